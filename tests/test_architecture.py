"""
The house stands on its foundations.

A floor rests only on floors below it, the pure ones touch nothing of the outside, one
module remembers, one asks the time, and the verifier has nothing in common with the issuer.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

import pki

ROOT = Path(__file__).parent.parent
FLOORS = ("pki", "crl", "ca", "harness")
GUESTS = {"cryptography", "lxml"}  # the libraries that a pure floor may know

# Modules of the standard library by which a pure floor would meet the outside.
CLOCK = {"sched", "time"}
CHANCE = {"random", "secrets", "uuid"}
NETWORK = {"asyncio", "ftplib", "http", "select", "smtplib", "socket", "ssl", "urllib"}
PROCESS = {"concurrent", "multiprocessing", "os", "signal", "subprocess", "threading"}
DISK = {
    *("dbm", "fileinput", "glob", "importlib", "mmap", "pathlib", "pickle", "pkgutil"),
    *("shelve", "shutil", "sqlite3", "tempfile", "zipfile"),
}
OUTSIDE = CLOCK | CHANCE | NETWORK | PROCESS | DISK

# Whose path starts so must not import what starts so.
FORBIDDEN = {
    "pki/": {"crl", "ca", "harness"} | OUTSIDE,
    "crl/": {"ca", "harness"} | OUTSIDE,
    "ca/": {"harness"} | OUTSIDE,
}
# And who may nevertheless, for a reason.
PERMITTED = {
    "ca/municipalities.py": {"pkgutil"},  # one file of the package, read once
    "ca/store.py": {"pathlib", "sqlite3"},  # the one place that remembers
}
DATABASE = {"peewee", "playhouse", "sqlite3"}

# Modules that make what others must judge.
WRITERS = re.compile(r"\b(write|fields|issuance|authority|ceremony)$")
# Bytes of DER, under no format: the keys' own identifiers are spelled with it.
NO_FORMAT = {"pki.der.write"}

MODULES = [
    path.relative_to(ROOT) for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))
]
PURE = ("pki/", "crl/", "ca/lifecycle", "ca/card")
every_module = pytest.mark.parametrize("module", MODULES, ids=str)


def source(module):
    return (ROOT / module).read_text(encoding="utf-8")


@cache
def tree(module):
    return ast.parse(source(module))


@cache
def imports(module):
    """
    Dotted names that *module* imports, wherever in it.
    """
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def dotted(module):
    parts = module.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {dotted(module): module for module in MODULES}


def reached(name):
    """
    Every module of the house that *name* imports, however indirectly.
    """
    found = set()
    waiting = [name]
    while waiting:
        fresh = imports(NAMES[waiting.pop()]) & set(NAMES) - found
        found |= fresh
        waiting += fresh
    return found


def starting_with(names, starts):
    return {name for name in names for start in starts if f"{name}.".startswith(f"{start}.")}


@every_module
def test_imports_point_downwards_and_lower_floors_touch_nothing_outside(module):
    path = module.as_posix()
    forbidden = {
        name for start, names in FORBIDDEN.items() if path.startswith(start) for name in names
    }

    assert set() == starting_with(imports(module), forbidden - PERMITTED.get(path, set()))


@every_module
def test_pure_modules_have_two_guests_and_open_nothing(module):
    if not module.as_posix().startswith(PURE):
        return
    libraries = {name.split(".")[0] for name in imports(module)} - {*FLOORS, "__future__"}
    called = {
        node.func.id
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert libraries - sys.stdlib_module_names <= GUESTS
    assert set() == called & {"open", "input", "print", "exec", "eval", "__import__"}


@every_module
def test_only_the_store_knows_the_database(module):
    if module.as_posix() != "ca/store.py":
        assert set() == starting_with(imports(module), DATABASE)


@every_module
def test_only_the_clock_asks_what_time_it_is(module):
    """
    Durations may be measured anywhere; what day it is, only harness/clock asks.
    """
    if module.as_posix() == "harness/clock.py":
        return
    asked = {
        ast.unparse(node)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute)
        and re.search(
            r"\b(datetime|date|dt)\.(now|utcnow|today)$|\btime\.(time(_ns)?|localtime|gmtime|ctime)$",
            ast.unparse(node),
        )
    }

    assert set() == asked
    assert set() == imports(module) & {"time.time", "time.time_ns", "time.localtime"}


@every_module
def test_the_verifier_imports_readers_only(module):
    """
    Sharing a writer with the issuer, it could not catch the issuer's mistakes.
    """
    if module.as_posix().startswith("harness/verifier"):
        everything = imports(module) | reached(dotted(module))

        assert set() == {name for name in everything - NO_FORMAT if WRITERS.search(name)}
        assert set() == starting_with(everything, {"ca", "pki.profiles"})


@pytest.mark.parametrize("reader", [name for name in NAMES if name.endswith(".read")])
def test_a_reader_never_reaches_the_writer_of_its_format(reader):
    everything = reached(reader)

    assert f"{reader.removesuffix('.read')}.write" not in everything
    assert set() == {name for name in everything - NO_FORMAT if WRITERS.search(name)}


@every_module
def test_the_inspector_is_a_stranger_to_readers_and_writers(module):
    """
    It judges what they make; of both it shares only the tables, and the keys' own octets [D 17].
    """
    if module.as_posix().startswith(("pki/inspection/", "crl/inspection/")):
        everything = (imports(module) | reached(dotted(module))) - {"pki.der.read"} - NO_FORMAT

        assert set() == {name for name in everything if WRITERS.search(name)}
        assert set() == {name for name in everything & set(NAMES) if name.endswith(".read")}


def test_the_words_that_every_command_needs_cost_nothing():
    assert {"enum", "enum.Enum"} == imports(Path("pki/kinds.py"))


@every_module
def test_no_floor_is_imported_whole(module):
    """
    ``from crl.entries import Entry``, so that crl and ca stay free as variables.
    """
    assert set() == set(FLOORS) & {
        alias.name
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Import)
        for alias in node.names
    }


@every_module
def test_no_module_hides_another_by_its_name(module):
    hidden = {*FLOORS, *sys.stdlib_module_names, "tests", "benchmarks"}
    own = module.parts[1:-1] + (() if module.stem.startswith("__") else (module.stem,))

    assert set() == set(own) & hidden


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_says_whose_it_is_and_nothing_else(floor):
    """
    dogtag-pki has a package pki, others have a crl and a harness; ours are told apart by this.
    """
    body = tree(Path(floor, "__init__.py")).body
    statements = [node for node in body if not _is_docstring(node)]

    assert ['DISTRIBUTION = "minijpki"'] == [ast.unparse(s).replace("'", '"') for s in statements]
    assert ast.get_docstring(tree(Path(floor, "__init__.py")))
    assert (ROOT / floor / "py.typed").is_file()


@every_module
def test_a_room_within_a_floor_says_what_it_is_and_nothing_else(module):
    if module.name == "__init__.py" and len(module.parts) > 2:
        assert [True] == [_is_docstring(node) for node in tree(module).body]


@every_module
def test_every_module_says_what_it_is(module):
    assert ast.get_docstring(tree(module))


def test_every_package_is_one():
    """
    A folder without __init__.py would be found in the source and missing in the wheel.
    """
    folders = {(ROOT / module).parent for module in MODULES}

    assert set() == {folder for folder in folders if not (folder / "__init__.py").is_file()}


def test_nothing_loose_lies_beside_the_floors():
    """
    The root is on the import path of whoever works here, and tests/pki would hide pki.
    """
    assert [] == list(ROOT.glob("*.py"))
    assert [] == list((ROOT / "tests").rglob("__init__.py"))


@every_module
def test_every_citation_is_explained(module):
    """
    A tag such as [5280 5.2.3] has its key in the docstring of pki/__init__.py.
    """
    explained = re.findall(r"^    (\S+) ", pki.__doc__.partition("Citations")[2], re.MULTILINE)
    used = re.findall(r"\[([A-Z0-9][\w.]*) [A-Z]?\d[^\]\n]*\]", source(module))

    assert set(used) <= set(explained)


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
