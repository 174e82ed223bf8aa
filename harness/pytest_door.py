"""
The pytest plugin's door: one light module that imports no floor until a fixture is asked for.

Installed as `minijpki_pytest`, a name that no user's package hides.  It lives in the
relying party's environment, so it must be a good guest: a foreign `pki`, `ca`, `crl` or
`harness` fails the one test that asks for `jpki`, with one sentence, and no other.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.card.in_tests import TestReader
    from harness.scene import Scene

FLOORS = ("pki", "crl", "ca", "harness")
DEFAULT_SEED = 0


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("minijpki")
    group.addoption(
        "--jpki-seed",
        type=int,
        default=DEFAULT_SEED,
        help="Seed of the worlds of the jpki fixture; the same seed gives the same bytes.",
    )


def foreign_floor() -> str | None:
    """Return a sentence about a package that is not ours but bears the name of one."""
    for floor in FLOORS:
        try:
            found = import_module(floor)
        except ImportError as error:
            return f"minijpki's package {floor!r} cannot be imported: {error}"
        if getattr(found, "DISTRIBUTION", None) != "minijpki":
            where = getattr(found, "__file__", None) or "an unknown place"
            return (
                f"the package {floor!r} at {where} hides minijpki's; rename it, or keep the "
                "tests that ask for jpki in a project of their own"
            )
    return None


@pytest.fixture
def jpki(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A miniature JPKI of this test's own: seeded, offline, on a clock that you turn."""
    if sentence := foreign_floor():
        pytest.fail(sentence, pytrace=False)
    from harness.scene import Scene

    scene = Scene.fresh(tmp_path / "jpki", seed=request.config.getoption("--jpki-seed"))
    yield scene
    scene.close()


@pytest.fixture
def jpki_reader(jpki: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestReader]:
    """
    A virtual reader with a resident's card in it, for any software that speaks PC/SC.

    Skips with a reason where there can be none; fails under MINIJPKI_REQUIRE_TOOLS=1.
    """
    from harness.card.in_tests import TestReader, own_path
    from harness.card.pcsc import VARIABLE
    from pki.errors import NotPermitted

    monkeypatch.setenv(VARIABLE, str(own_path()))  # for clients within this process
    reader = TestReader(jpki.world.directory)
    try:
        reader.insert(jpki.resident())
    except NotPermitted as error:
        reason = f"no virtual reader: {error}"
        if os.environ.get("MINIJPKI_REQUIRE_TOOLS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    yield reader
    reader.remove()
