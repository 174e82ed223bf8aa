"""
The page that says what is known says what the code says.

Tables that the code knows better are generated, and whoever follows a citation finds its
section.
"""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIDELITY, DESIGN = ROOT / "docs" / "fidelity.md", ROOT / "docs" / "design.md"
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "profile_tables.py"))

# The keys that point into our own pages; all others point at standards.
PAGES = {"J": FIDELITY, "RP": FIDELITY, "CARD": FIDELITY, "D": DESIGN}
CITING = ("pki", "crl", "ca", "harness", "benchmarks", "scripts", "tests", "docs")


def sections(page, key):
    """
    Numbers of the headings of *page* that begin with *key*.
    """
    return set(re.findall(rf"^#+ {key} (\S+)", page.read_text(encoding="utf-8"), re.MULTILINE))


def citations(key):
    """
    Where each section of *key* is cited.
    """
    found = {}
    for folder in CITING:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md"}:
                text = path.read_text(encoding="utf-8")
                for section in re.findall(rf"\[{key} ([A-Z]?\d+(?:\.\d+)*)[^\]\n]*\]", text):
                    found.setdefault(section, path.relative_to(ROOT))
    return found


@pytest.mark.parametrize("name", SCRIPT["PAGES"])
def test_generated_tables_are_current(name):
    """
    If this fails, `make docs` and look at what changed.
    """
    page = (ROOT / name).read_text(encoding="utf-8")

    assert SCRIPT["written"](page, SCRIPT["PAGES"][name]) == page


def test_a_stale_table_is_noticed():
    page = FIDELITY.read_text(encoding="utf-8").replace("v3 | confirmed", "v1 | confirmed", 1)

    assert SCRIPT["written"](page, SCRIPT["PAGES"]["docs/fidelity.md"]) != page


@pytest.mark.parametrize("key", PAGES)
def test_every_citation_of_our_own_pages_leads_somewhere(key):
    cited = citations(key)

    assert {} == {
        section: place
        for section, place in cited.items()
        if section not in sections(PAGES[key], key)
    }
    assert cited


def test_every_field_of_every_certificate_has_its_line():
    page = FIDELITY.read_text(encoding="utf-8")
    profiles = runpy.run_path(str(ROOT / "scripts" / "profile_tables.py"))["PROFILES"]

    lines = {
        word: page.partition(f"### `{word}`:")[2].partition("\n### ")[0].partition("<!--")[0]
        for word in profiles
    }

    assert {word: len(profile.rows) for word, profile in profiles.items()} == {
        word: len(re.findall(r"^\| \d+ \|", text, re.MULTILINE)) for word, text in lines.items()
    }


def test_no_section_stands_twice():
    headings = re.findall(r"^#+ (.+)$", FIDELITY.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(set(headings)) == len(headings)
