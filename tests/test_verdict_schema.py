"""
A program reads verdicts: what it may rely on is a schema, and every verdict keeps to it.

The judge is a validator of JSON Schema that nobody here wrote.  The schema is closed, so
that a key that nobody announced is noticed, and so is one that is gone.
"""

import json
import runpy
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from forgery import filed, forged, key_of
from jsonschema import Draft202012Validator
from town import minijpki, settle

from harness import logging_in
from harness.verifier.documents import verify_certificate, verify_raw, verify_xml
from harness.verifier.evidence import AtHand
from harness.verifier.policy import Policy, Use
from harness.verifier.verdict import Covered, worst
from harness.verifier.wording import as_json
from pki.causes import CAUSES, Code
from pki.checks import Check
from pki.indications import EN_INDICATIONS, ROWS
from pki.kinds import Kind, Reason

ROOT = Path(__file__).parent.parent
FILE = ROOT / "harness" / "verifier" / "verdict.schema.json"
SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

# The promise to whoever reads verdicts; keys may be added, and none may go.
PROMISED = {
    *("verdict", "sub_indication", "code", "en_indication", "checks", "holder"),
    *("certificate", "at", "signed_content"),
}
OF_A_CHECK = {"check", "outcome", "cause", "rule", "text"}


def complaints(told):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(told)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    from harness.scene import Scene

    made = Scene.fresh(tmp_path_factory.mktemp("scene") / "w", seed=1)
    made.resident("hanako")
    made.resident("taro", address="大阪府大阪市北区中之島1-1")
    made.advance(timedelta(hours=1))
    yield made
    made.close()


@pytest.fixture(scope="module")
def verdicts(scene):
    """
    One verdict of every sort that the product makes.
    """
    world, now = scene.world, scene.now
    certificate, key = world.certificate("hanako", Kind.SIGN), key_of(scene)
    evidence = world.evidence.as_of(now)
    blind = AtHand(evidence.anchors)
    filing = filed(certificate, key)
    once = filed(certificate, key, signed_id="RKO0010")
    taro = world.certificate("taro", Kind.SIGN)
    both = filed(taro, key_of(scene, "taro"), document=once, signed_id="RKO0010")
    stranger = forged(scene, signed_by=key)
    challenge = logging_in.draw(world, audience="https://portal.example/").octets()
    answer = logging_in.answer(world, "hanako", challenge, pin="1234")
    from harness.verifier.login import write_answer

    def login(audience):
        return logging_in.check(world, write_answer(answer), challenge, audience=audience)

    made = {
        "passed": verify_xml(filing, evidence, at=now),
        "content-changed": verify_xml(filing.replace(b">100<", b">900<"), evidence, at=now),
        "no-evidence": verify_xml(filing, blind, at=now),
        "soft-fail": verify_xml(filing, blind, Policy(accept_unknown_revocation=True), at=now),
        "soft-fail-for-nothing": verify_xml(
            filing, evidence, Policy(accept_unknown_revocation=True), at=now
        ),
        "expired": verify_xml(filing, evidence, at=now + timedelta(days=2000)),
        "too-early": verify_xml(filing, evidence, at=now - timedelta(days=4000)),
        "no-xml": verify_xml(b"no XML", evidence, at=now),
        "stranger": verify_xml(filed(stranger, key), evidence, at=now),
        "two-signatures": verify_xml(both, evidence, at=now),
        "one-of-two-changed": verify_xml(both.replace(b">100<", b">900<"), evidence, at=now),
        "certificate": verify_certificate(certificate, evidence, at=now),
        "certificate-for-login": verify_certificate(
            certificate, evidence, Policy(use=Use.LOGIN), at=now
        ),
        "no-certificate": verify_certificate(b"0\x00", evidence, at=now),
        "raw-of-another": verify_raw(b"\x00" * 256, b"content", certificate, evidence, at=now),
        "login-elsewhere": login("https://elsewhere.example/"),
        "login": login("https://portal.example/"),
        "login-again": login("https://portal.example/"),
    }
    scene.world.office.move("hanako", address="神奈川県横浜市中区本町1-1", at=scene.now)
    scene.wait_for_lists()
    return made | {"revoked": scene.verify(filing)}


SORTS = {
    "passed": "OK",
    "content-changed": "SIGNATURE_MISMATCH",
    "no-evidence": "UNSPECIFIED",
    "soft-fail": "OK",
    "soft-fail-for-nothing": "OK",
    "expired": "CERTIFICATE_EXPIRED",
    "too-early": "UNSUPPORTED_CERTIFICATE",
    "no-xml": "UNSPECIFIED",
    "stranger": "UNSUPPORTED_CERTIFICATE",
    "two-signatures": "OK",
    "one-of-two-changed": "SIGNATURE_MISMATCH",
    "certificate": "OK",
    "certificate-for-login": "UNSUPPORTED_CERTIFICATE",
    "no-certificate": "UNSUPPORTED_CERTIFICATE",
    "raw-of-another": "SIGNATURE_MISMATCH",
    "login-elsewhere": "UNSPECIFIED",
    "login": "OK",
    "login-again": "UNSPECIFIED",
    "revoked": "CERTIFICATE_REVOKED",
}


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_of_verdict_keeps_to_the_schema(verdicts, sort):
    told = json.loads(json.dumps(as_json(verdicts[sort])))

    assert [] == complaints(told)
    assert SORTS[sort] == told["code"]
    assert set(told) >= PROMISED
    assert [] == [each for each in told["checks"] if set(each) != OF_A_CHECK]


def test_every_sort_was_looked_at(verdicts):
    assert set(SORTS) == set(verdicts)


def test_several_signatures_are_verdicts_of_their_own(verdicts):
    told = as_json(verdicts["two-signatures"])

    assert 2 == len(told["signatures"])
    assert [set(told) - {"signatures"}] * 2 == [set(each) for each in told["signatures"]]


def test_of_two_failures_the_operators_order_decides_and_not_who_signed_first(verdicts):
    """
    A stranger's signature beside a changed one: chain before signature [RP 6.2].
    """
    changed, stranger = verdicts["content-changed"], verdicts["stranger"]

    assert stranger is worst((changed, stranger))
    assert stranger is worst((stranger, changed))
    assert changed is worst((verdicts["no-xml"], changed, verdicts["passed"]))


def test_a_report_made_with_soft_fail_always_shows_it(verdicts):
    """
    Whether or not it mattered [D 9].
    """
    shown = {sort: " ".join(verdict.notes) for sort, verdict in verdicts.items()}

    assert {"soft-fail", "soft-fail-for-nothing"} == {
        sort for sort, notes in shown.items() if "soft-fail" in notes
    }
    assert "was not insisted on" in shown["soft-fail"]
    assert "would have been accepted" in shown["soft-fail-for-nothing"]


SPOILED = {  # what no verdict may look like
    "a-key-nobody-announced": lambda told: told.update(more=1),
    "a-key-that-is-gone": lambda told: told.pop("at"),
    "another-key-in-a-check": lambda told: told["checks"][0].update(more=1),
    "another-key-in-the-certificate": lambda told: told["certificate"].update(more=1),
    "another-key-in-what-was-signed": lambda told: told["signed_content"].update(more=1),
    "another-key-in-the-holder": lambda told: told["holder"].update(more=1),
    "a-cause-nobody-knows": lambda told: told["checks"][0].update(cause="bad-luck"),
    "passed-for-a-cause": lambda told: told["checks"][0].update(cause="revoked"),
    "failed-for-no-cause": lambda told: told["checks"][0].update(outcome="failed"),
    "passed-though-a-check-failed": lambda told: told["checks"][0].update(
        outcome="failed", cause="revoked"
    ),
    "ok-and-failed": lambda told: told.update(verdict="TOTAL-FAILED"),
    "passed-and-not-ok": lambda told: told.update(code="UNSPECIFIED"),
    "a-time-without-zone": lambda told: told.update(at="2026-04-01T12:00:00"),
    "no-check-at-all": lambda told: told.update(checks=[]),
    "one-signature-of-several": lambda told: told.update(signatures=[deepcopy(told)]),
    "signatures-of-signatures": lambda told: told.update(
        signatures=[{**deepcopy(told), "signatures": [deepcopy(told)] * 2}] * 2
    ),
}


@pytest.mark.parametrize("spoil", SPOILED)
def test_what_is_no_verdict_is_refused(verdicts, spoil):
    told = as_json(verdicts["passed"])
    assert [] == complaints(told)

    SPOILED[spoil](told)

    assert [] != complaints(told)


def test_an_open_verdict_is_never_more_than_unspecified(verdicts):
    told = as_json(verdicts["no-evidence"])

    told["code"] = "CERTIFICATE_REVOKED"

    assert [] != complaints(told)


def test_references_of_any_form_are_text(verdicts):
    hostile = Covered(b"x", ("", "#DATA", "\u202e<script>", "../%00"))
    told = as_json(replace(verdicts["passed"], covered=hostile))

    assert [] == complaints(told)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)

    assert "https://json-schema.org/draft/2020-12/schema" == SCHEMA["$schema"]


def test_its_enumerations_are_those_of_the_tables():
    """
    If this fails, `make docs`.
    """
    definitions = SCHEMA["$defs"]

    assert list(CAUSES) == definitions["cause"]["enum"]
    assert [each.value for each in Check] == definitions["check"]["enum"]
    assert [each.value for each in Code] == definitions["code"]["enum"]
    assert [row.name for row in ROWS if row.name] == definitions["sub_indication"]["enum"]
    assert EN_INDICATIONS == set(definitions["en_indication"]["enum"])
    reasons = definitions["certificate"]["properties"]["reason"]["enum"]
    assert [*(each.value for each in Reason), None] == reasons


def test_the_script_writes_the_schema_as_it_stands():
    script = runpy.run_path(str(ROOT / "scripts" / "profile_tables.py"))
    text = FILE.read_text(encoding="utf-8")

    assert text == script["schema"](text)
    assert text == script["schema"](text.replace('"crl-scope"', '"crl-stale"'))


def test_nothing_in_it_is_open():
    """
    Every object that names its keys names all of them.
    """
    found = []

    def walk(part, path):
        if isinstance(part, dict):
            if "required" in part and "properties" in part:
                found.append((path, part.get("additionalProperties")))
            for key, value in part.items():
                walk(value, f"{path}/{key}")
        elif isinstance(part, list):
            for each in part:
                walk(each, path)

    walk(SCHEMA, "")

    assert len(found) >= 6
    assert {False} == {closed for _, closed in found}


def test_the_command_prints_the_schema_and_answers_by_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)

    printed = json.loads(minijpki("verdict", "schema").stdout)
    told = json.loads(minijpki("verify", "signed.xml", "--json").stdout)

    assert SCHEMA == printed
    assert "TOTAL-PASSED" == told["verdict"]
    assert [] == [*Draft202012Validator(printed).iter_errors(told)]
