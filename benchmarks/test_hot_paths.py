"""
The hot paths one by one, for pytest-benchmark: where to look when a ratio has grown.

    .venv/bin/python -m pytest --benchmark-enable benchmarks -k V0

The ratios and their gates are `make bench`; what runs here are the same contenders, each
under its name, its limit beside it in the same group.
"""

import pytest
from suites import SUITES

# Of each suite the limit, and then what is measured against it.
HOT = {
    "I1": ("issuance", "RSA sign", "pki: row to DER"),
    "I3": ("office", "RSA sign", "office: certificate"),
    "V0": ("reading", "RSA verify", "strict read"),
    "V1": ("reading", "RSA verify", "path, 1k list"),
    "R2": ("rebuilding", "SHA-256 and RSA sign", "rebuild, one entry new"),
    "X1": ("filings", "minimal signature check", "signature read and checked"),
    "X2": ("filings", "minimal signing", "filing signed"),
    "E1": ("filings", "minimal with path", "filing judged, 1k list"),
    "E2": ("filings", "filing judged, 1k list", "filing judged, 100k list"),
}


@pytest.fixture(scope="module")
def block_of():
    """Make each suite once, when it is asked for."""
    made = {}

    def block(suite):
        if suite not in made:
            made[suite] = SUITES[suite]()
        return made[suite]

    return block


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(path, name, id=f"{path} {name}")
        for path, (_, *names) in HOT.items()
        for name in names
    ],
)
def test_hot_path(benchmark, block_of, path, name):
    """Each contender does its work, and says so itself: a wrong result fails."""
    benchmark.group = path
    [contender] = [each for each in block_of(HOT[path][0]).contenders if each.name == name]

    benchmark(contender.run)


@pytest.mark.parametrize("path", HOT)
def test_what_is_wrong_is_refused_by_what_is_fast(block_of, path):
    """The fast path must not win by skipping checks."""
    block_of(HOT[path][0]).refusals()
