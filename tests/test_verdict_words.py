"""
A verdict explains itself: what happened, what to do, by which rule, and in two languages.

Whoever is refused reads one sentence.  It must be there, be whole, and be in their language;
and whoever compares two products needs to know which word of one is which of the other.
"""

import json
import re
from pathlib import Path

import pytest
from town import minijpki, refused

from harness.verifier.verdict import not_applicable, result
from harness.verifier.wording import parted, rule, sentence
from pki.causes import CAUSES, Code
from pki.checks import CLOSER, NAMES, PASSED, Check
from pki.indications import CODES, EN_INDICATIONS, ROWS, SUB_INDICATIONS, causes_of

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "verifier.md"

# Words that Japanese readers of such texts know in Latin letters.
LATIN = {"ID", "IDs", "OCSP", "SHA", "CA", "CRL", "XML", "CMS", "PDF", "TSA", "DER", "URI"}

EXPLAINED = {cause.id: cause for cause in CAUSES.values()} | {
    f"{check.value}/{cause}": saying for (check, cause), saying in CLOSER.items()
}
SAID = EXPLAINED | {f"{check.value}-passed": saying for check, saying in PASSED.items()}
every_explanation = pytest.mark.parametrize("row", EXPLAINED.values(), ids=list(EXPLAINED))
every_saying = pytest.mark.parametrize("row", SAID.values(), ids=list(SAID))


def test_every_check_has_a_name_and_says_when_it_passed():
    assert set(Check) == set(NAMES) == set(PASSED)


def test_whatever_is_said_closer_is_said_of_a_cause_there_is():
    assert {cause for _, cause in CLOSER} <= set(CAUSES)
    assert {check for check, _ in CLOSER} <= set(Check)


@pytest.mark.parametrize("id", CAUSES)
def test_a_cause_is_called_in_kebab_case_by_its_own_name(id):
    assert id == CAUSES[id].id
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)


@every_explanation
def test_an_explanation_says_cause_and_cure(row):
    """
    In English before and behind the one semicolon, in Japanese two sentences.
    """
    for lang, text in (("en", row.en), ("ja", row.ja)):
        said = parted(text, lang)
        assert len(said.cause) >= (15 if lang == "en" else 6)
        assert len(said.cure) >= (5 if lang == "en" else 6)
    assert 1 == row.en.count("; ")
    assert 2 == row.ja.count("。")


@every_saying
def test_english_is_lower_case_without_full_stop(row):
    assert row.en == row.en.strip()
    assert not row.en.endswith((".", ";"))
    assert row.en[0].islower() or row.en.split()[0] in {"OCSP", "CRL", "CMS", "PDF", "XML"}
    assert row.en.isascii()
    assert 15 <= len(row.en) <= 180


@every_saying
def test_japanese_is_polite_whole_and_translated(row):
    """
    です・ます to the end of each sentence, and no word left in English.
    """
    sentences = row.ja.removesuffix("。").split("。")

    assert row.ja.endswith("。")
    assert [] == [
        each for each in sentences if not re.search(r"(です|ます|ません|ました|ください)$", each)
    ]
    assert set() == set(re.findall(r"[A-Za-z]+", row.ja)) - LATIN
    assert re.search(r"[ぁ-ん]", row.ja)
    assert None is re.search(r"[,.;:!?()]|\s", row.ja)
    assert 8 <= len(row.ja) <= 80


@every_saying
def test_a_rule_names_a_document_and_a_clause(row):
    for clause in row.rule.split("; "):
        assert re.match(r"(RFC \d+|EN 319 \d+|XMLDSig|X\.\d+|XML|ISO|ETSI|docs/)", clause)
        assert re.search(r"\d", clause)


@pytest.mark.parametrize("check", Check, ids=lambda check: check.value)
def test_a_check_is_called_something_in_both_languages(check):
    name = NAMES[check]

    assert 3 <= len(name.en) <= 30
    assert name.en.isascii()
    assert 2 <= len(name.ja) <= 14
    assert not name.ja.isascii()


def test_the_page_for_reviewers_has_a_section_for_every_check():
    page = PAGE.read_text(encoding="utf-8")

    assert [each.value for each in Check] == [
        heading
        for heading in re.findall(r"^### `(.+)`$", page, re.MULTILINE)
        if heading in {each.value for each in Check}
    ]


def test_what_the_page_for_reviewers_points_at_is_there():
    page = PAGE.read_text(encoding="utf-8")
    places = set(re.findall(r"`((?:pki|crl|harness|tests)/[\w/.]+)`", page))

    assert places
    assert [] == [
        place
        for place in sorted(places)
        if not any((ROOT / f"{place}{end}").exists() for end in ("", ".py"))
    ]


def test_names_of_checks_are_told_apart():
    assert len({name.en for name in NAMES.values()}) == len(Check)
    assert len({name.ja for name in NAMES.values()}) == len(Check)


def test_what_was_not_relied_on_says_why_and_asks_for_nothing():
    spared = not_applicable(Check.REVOCATION_OCSP, "ocsp-missing")

    assert "not relied on: no OCSP response for the certificate is at hand" == sentence(
        spared, "en"
    )
    assert "判断には使用していません（OCSP応答がありません）。" == sentence(spared, "ja")
    assert "not part of this judgement" == sentence(not_applicable(Check.DIGEST), "en")


def test_one_cause_is_worded_by_the_check_that_found_it():
    """
    A wrong policy and an extension nobody knows are one cause, and two sentences and rules.
    """
    cause = "chain-constraints-failure"
    found = [result(check, cause) for check in (Check.KEY_USAGE, Check.POLICY, Check.EXTENSIONS)]

    assert 3 == len({sentence(each, "en") for each in found})
    assert 3 == len({sentence(each, "ja") for each in found})
    assert [
        "RFC 5280 4.2.1.3, 4.2.1.12",
        "RFC 5280 6.1.5 (g)",
        "RFC 5280 6.1.5 (f)",
    ] == [rule(each) for each in found]
    assert CAUSES[cause].rule == rule(result(Check.CHAIN, cause))


@pytest.mark.parametrize("id", CAUSES)
def test_every_cause_keeps_to_the_mapping(id):
    """
    From its sub-indication to its code, and its standard's view is one the standard has.
    """
    cause = CAUSES[id]

    assert CODES[cause.sub_indication] is (cause.code if cause.fatal else Code.UNSPECIFIED)
    assert cause.en_indication in EN_INDICATIONS


def test_the_mapping_leads_there_and_back():
    """
    Many to one, one to many, and together nothing is lost.
    """
    assert len(ROWS) == len(CODES)
    assert {(row.name, row.code) for row in ROWS} == {
        (name, code) for code, names in SUB_INDICATIONS.items() for name in names
    }
    assert set(Code) == {row.code for row in ROWS}
    assert (None,) == SUB_INDICATIONS[Code.OK]
    assert ("HASH_FAILURE", "SIG_CRYPTO_FAILURE") == SUB_INDICATIONS[Code.SIGNATURE_MISMATCH]
    assert set(CAUSES) == {cause.id for row in ROWS for cause in causes_of(row)}


def test_only_what_passed_is_ok():
    assert {None} == {row.name for row in ROWS if row.code is Code.OK}
    assert {"TOTAL-PASSED"} == {row.indication for row in ROWS if row.name is None}


def objects(*arguments):
    return [json.loads(line) for line in minijpki(*arguments, "--json").stdout.splitlines()]


def test_causes_are_listed_in_columns_and_in_json():
    shown = minijpki("verdict", "causes", "--lang", "ja").stdout
    told = objects("verdict", "causes")

    assert len(CAUSES) + 1 == len(shown.splitlines())
    assert CAUSES["revoked"].ja in shown
    assert list(CAUSES) == [each["cause"] for each in told]
    assert {"en": CAUSES["revoked"].en, "ja": CAUSES["revoked"].ja} == next(
        each["meaning"] for each in told if each["cause"] == "revoked"
    )


def test_one_cause_can_be_asked_for_and_an_unknown_one_is_misuse():
    shown = minijpki("verdict", "causes", "crl-scope", "--lang", "en").stdout

    assert 2 == len(shown.splitlines())
    assert CAUSES["crl-scope"].en in shown
    assert "no cause 'luck'" in refused(minijpki("verdict", "causes", "luck"), 2)


def test_the_mapping_and_the_checks_are_listed():
    rows = objects("verdict", "mapping")
    shown = minijpki("verdict", "checks", "--lang", "ja").stdout

    assert [(row.name, row.code.value) for row in ROWS] == [
        (each["sub_indication"], each["code"]) for each in rows
    ]
    assert all(check.value in shown and PASSED[check].ja in shown for check in Check)
