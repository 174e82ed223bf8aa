"""
Break every field of every profile in every way, and the inspector says which field it was.

The table of what is broken, and by which rule it is caught, is docs/mutations.md.
"""

import runpy
from pathlib import Path

import pytest

from crl.inspection.engine import ALL_PROFILES, RULES, inspect
from pki.inspection.findings import Severity
from pki.kinds import Algorithm

ROOT = Path(__file__).parent.parent
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "mutations.py"))
samples, table, by_hand = SCRIPT["samples"], SCRIPT["table"], SCRIPT["by_hand"]
EXCUSED = SCRIPT["EXCUSED"]

every_kind = pytest.mark.parametrize("kind", ALL_PROFILES)
every_generation = pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)


def rules(kind):
    return {id for id, rule in RULES[kind].items() if rule.severity is not Severity.NOTE}


@every_generation
@every_kind
def test_what_is_sound_has_no_finding(algorithm, kind):
    sample = samples(algorithm)[kind]

    assert {} == SCRIPT["fired"](sample.der, sample)


@every_generation
@every_kind
def test_a_sound_object_is_recognised(algorithm, kind):
    assert kind == inspect(samples(algorithm)[kind].der).kind


@every_generation
@every_kind
def test_each_broken_field_is_named(algorithm, kind):
    """
    Absent, twice, of another type, OID, criticality, place, value or encoding.
    """
    missed = [(field, way) for field, way, named in table(algorithm, kind) if not named]

    assert set() == set(missed) - set(EXCUSED)


@every_generation
@every_kind
def test_each_rule_beyond_the_rows_fires(algorithm, kind):
    missed = [(rule, done) for rule, _, done, caught in by_hand(algorithm, kind) if not caught]

    assert [] == missed


@every_kind
def test_no_rule_is_dead(kind):
    """
    A rule that nothing can break would be a promise that nobody keeps.
    """
    fired = {rule for algorithm in Algorithm for rule, *_ in by_hand(algorithm, kind)}
    for algorithm in Algorithm:
        for _, _, named in table(algorithm, kind):
            fired |= set(named)

    assert set() == rules(kind) - fired


def test_what_is_excused_is_really_missed():
    """
    An excuse for what is caught all the same would hide the day on which it is not.
    """
    missed = {
        (field, way)
        for kind in ALL_PROFILES
        for field, way, named in table(Algorithm.RSA2048, kind)
        if not named
    }

    assert set(EXCUSED) == missed


def test_the_report_is_current():
    """
    If this fails, run scripts/mutations.py and look at what changed.
    """
    page = (ROOT / "docs" / "mutations.md").read_text(encoding="utf-8")

    assert SCRIPT["page"]() == page
