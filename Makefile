# Every target sets up what it needs.  `make help` lists them.

VENV    ?= .venv
WORKERS ?= auto
BIN     := $(VENV)/bin
FLOORS  := pki crl ca harness

# An editable install copies the plugin's door into the environment, so a changed door is
# a reason to install again, as a changed pyproject.toml is.
SOURCES := pyproject.toml scripts/make_env.sh $(wildcard harness/pytest_door.py)

.PHONY: help env demo test bench torture lint types docs clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(VENV)/.core  ## make .venv with the core; PYTHON=python3.12 chooses the interpreter

demo: $(VENV)/.core  ## tell the whole story on a fresh world, with a report
	@rm -rf demo-out
	@$(BIN)/minijpki demo -o demo-out
	@for page in demo-out/*.html; do echo "The report is in $$PWD/$$page"; done

test: $(VENV)/.tests  ## run the tests, minutes; PYTEST_ARGS="-k moving" chooses
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

bench: $(VENV)/.bench  ## measure, as ratios to what nobody can avoid, at most ten minutes
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

torture: $(VENV)/.fuzz  ## run the torture tests in full size, as long as it takes
	@MINIJPKI_TORTURE=1 $(BIN)/python -m pytest -m torture --durations=0 $(PYTEST_ARGS) tests

lint: $(VENV)/.tests  ## check style and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.tests  ## check types, strictly
	@$(BIN)/mypy

docs: $(VENV)/.core  ## bring the generated tables of docs/ up to date
	@$(BIN)/python scripts/profile_tables.py
	@$(BIN)/python scripts/mutations.py

clean:  ## remove what tools and the demo leave behind; .venv stays
	@rm -rf build dist demo-out .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find $(FLOORS) benchmarks scripts tests -name __pycache__ -prune -exec rm -rf {} +

# The richer environments hold the poorer ones, so that none is installed twice.
$(VENV)/.core: $(SOURCES)
	@PYTHON="$(PYTHON)" sh scripts/make_env.sh $(VENV)
	@touch $@

$(VENV)/.tests: $(SOURCES)
	@PYTHON="$(PYTHON)" sh scripts/make_env.sh $(VENV) dev,plugin,pdf,server
	@touch $(VENV)/.core $@

$(VENV)/.bench: $(SOURCES)
	@PYTHON="$(PYTHON)" sh scripts/make_env.sh $(VENV) dev,plugin,pdf,server,bench
	@touch $(VENV)/.core $(VENV)/.tests $@

$(VENV)/.fuzz: $(SOURCES)
	@PYTHON="$(PYTHON)" sh scripts/make_env.sh $(VENV) dev,plugin,pdf,server,fuzz
	@touch $(VENV)/.core $(VENV)/.tests $@
