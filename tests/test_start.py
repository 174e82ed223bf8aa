"""
Somebody else's pki is in the house, or a terminal that knows no kanji.
"""

import io
import sys
from types import ModuleType

import pytest

from harness.__main__ import check_identity, speak_utf8


def test_our_own_floors_are_recognised():
    check_identity()


@pytest.mark.parametrize("floor", ["pki", "crl", "ca", "harness"])
def test_a_foreign_floor_is_refused(floor, monkeypatch):
    """
    dogtag-pki owns a name, too; better one sentence than a puzzling ImportError.
    """
    monkeypatch.setitem(sys.modules, floor, ModuleType(floor))

    with pytest.raises(SystemExit, match=f"'{floor}' found at an unknown place is not ours"):
        check_identity()


def test_kanji_come_out_whatever_the_locale(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))

    speak_utf8()
    print("住基 花子 \udcff", end="", flush=True)

    assert "住基 花子 \\udcff" == written.getvalue().decode("utf-8")
