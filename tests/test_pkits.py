"""
NIST's suite for path validation, all of it, judged by the verifier.

PKITS has 249 tests, sub-parts counted: certificates and lists of 2011, each with one thing
wrong or one thing unusual, made to be judged on 2011-04-15.  What NIST expects stands in
pkits.json; the certificates come with the package cryptography-vectors.  Two tests need
DSA, hence the tables for old vectors (`legacy`).
"""

import json
import random
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest

from crl.opened import ask, open_list
from harness.verifier.paths import Answer, Asked, validate
from pki.causes import CAUSES
from pki.errors import JpkiError
from pki.paths.algorithms import Trust
from pki.paths.budget import Budget
from pki.paths.foreign import read_foreign

VECTORS = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
RECORDS = json.loads((Path(__file__).parent / "pkits.json").read_text(encoding="utf-8"))
AT = datetime(2011, 4, 15, tzinfo=UTC)
ANCHOR = "TrustAnchorRootCertificate.crt"

# Number of a test, and the sentence that says why we answer otherwise than NIST.
DEVIATIONS: dict[str, str] = {}

SECTIONS = {
    **{1: 6, 2: 8, 3: 11, 4: 21, 5: 8, 6: 17, 7: 5, 8: 35, 9: 8, 10: 23, 11: 11, 12: 11},
    **{13: 38, 14: 35, 15: 10, 16: 2},
}


@cache
def certificate(name):
    return (VECTORS / "certs" / name).read_bytes()


@cache
def crl(name):
    return (VECTORS / "crls" / name).read_bytes()


def judged(record, *, certs=None, crls=None, **other):
    target, *bag = certs or [certificate(name) for name in record["certs"]]
    policies = record["policies"]
    return validate(
        target,
        bag,
        [certificate(ANCHOR)],
        crls or [crl(name) for name in record["crls"]],
        at=AT,
        policies=None if policies is None else frozenset(policies),
        explicit_policy=record["explicit_policy"],
        inhibit_mapping=record["inhibit_mapping"],
        inhibit_any=record["inhibit_any"],
        **{"trust": Trust.LEGACY, **other},
    )


def test_no_record_was_dropped():
    """
    A count of 247 would have lost 4.3.10 and 4.16.1.
    """
    sections = Counter(int(record["number"].split(".")[1]) for record in RECORDS)

    assert sections == SECTIONS
    assert (114, 135) == (
        sum(record["valid"] for record in RECORDS),
        sum(not record["valid"] for record in RECORDS),
    )
    assert 249 == len({record["number"] for record in RECORDS})


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["number"])
def test_the_verifier_answers_as_nist_does(record):
    """
    A deviation may refuse what NIST accepts, with a sentence; it never accepts more.
    """
    verdict = judged(record)

    accepted = verdict.answer is Answer.VALID
    if record["number"] in DEVIATIONS:
        assert record["valid"]
        assert not accepted
    else:
        assert record["valid"] is accepted, verdict.why
    assert accepted is (verdict.cause is None)
    assert verdict.cause is None or verdict.cause in CAUSES


@pytest.mark.parametrize(
    ("number", "answer", "cause"),
    [
        pytest.param("4.1.2", Answer.INVALID, "no-certificate-chain-found", id="CA signature"),
        pytest.param("4.2.1", Answer.INVALID, "ca-expired", id="CA not yet valid"),
        pytest.param("4.2.2", Answer.INVALID, "not-yet-valid", id="target not yet valid"),
        pytest.param("4.2.6", Answer.INVALID, "expired", id="target expired"),
        pytest.param("4.3.1", Answer.INVALID, "no-certificate-chain-found", id="names"),
        pytest.param("4.4.1", Answer.INDETERMINATE, "crl-missing", id="no list"),
        pytest.param("4.4.3", Answer.INVALID, "revoked", id="revoked"),
        pytest.param("4.4.8", Answer.INDETERMINATE, "crl-unusable", id="unknown in an entry"),
        pytest.param("4.4.9", Answer.INDETERMINATE, "crl-unusable", id="unknown in the list"),
        pytest.param("4.4.11", Answer.INDETERMINATE, "crl-stale", id="old list"),
        pytest.param("4.6.1", Answer.INVALID, "chain-constraints-failure", id="no CA"),
        pytest.param("4.14.3", Answer.INDETERMINATE, "crl-scope", id="another point"),
        pytest.param("4.14.15", Answer.INVALID, "revoked", id="revoked for some reasons"),
        pytest.param("4.14.27", Answer.INDETERMINATE, "crl-missing", id="not indirect"),
        pytest.param("4.15.4", Answer.INVALID, "revoked", id="revoked by a delta"),
        pytest.param("4.16.2", Answer.INVALID, "chain-constraints-failure", id="critical"),
    ],
)
def test_a_refusal_says_why(number, answer, cause):
    """
    Missing evidence is an open question, and a revoked certificate never is.
    """
    record = next(each for each in RECORDS if each["number"] == number)

    verdict = judged(record)

    assert (answer, cause) == (verdict.answer, verdict.cause)


def test_the_order_of_the_bag_and_of_the_lists_changes_nothing():
    chance = random.Random(14)
    answers = []
    for record in RECORDS:
        target, *bag = [certificate(name) for name in record["certs"]]
        crls = [crl(name) for name in record["crls"]]
        chance.shuffle(bag)
        chance.shuffle(crls)
        answers.append(judged(record, certs=[target, *bag], crls=crls).answer)

    assert answers == [judged(record).answer for record in RECORDS]


def test_strangers_in_the_bag_change_nothing():
    """
    The whole suite in one bag, and every list at hand: more generations, more hints.
    """
    everybody = [path.read_bytes() for path in sorted(VECTORS.glob("certs/*.crt"))]
    for record in RECORDS[::7]:
        own = [certificate(name) for name in record["certs"]]

        alone = judged(record, revocation=Asked.NONE)
        among = judged(record, certs=[*own, *everybody], revocation=Asked.NONE)

        assert (record["number"], alone.answer) == (record["number"], among.answer)


def test_dsa_is_for_old_vectors_only():
    """
    Under the product's own tables everything else is answered alike.
    """
    differing = [
        record["number"]
        for record in RECORDS
        if record["valid"] is not (judged(record, trust=Trust.DEFAULT).answer is Answer.VALID)
    ]

    assert ["4.1.4", "4.1.5"] == differing
    assert "crypto-constraints-failure" == judged(RECORDS[3], trust=Trust.DEFAULT).cause


def test_without_lists_nothing_is_valid_that_needs_an_answer():
    valid = [record for record in RECORDS if record["valid"]]

    answers = {judged(record, crls=[crl("NoPoliciesCACRL.crl")]).answer for record in valid}

    assert {Answer.INDETERMINATE} == answers


def mutations(octets, chance, count):
    """
    Damage *octets* in the ways that break parsers: a flipped bit, a cut, a doubled piece.
    """
    for _ in range(count):
        damaged = bytearray(octets)
        at = chance.randrange(len(damaged))
        match chance.randrange(5):
            case 0:
                damaged[at] ^= 1 << chance.randrange(8)
            case 1:
                del damaged[at:]
            case 2:
                damaged[at:at] = damaged[at : at + chance.randrange(1, 40)]
            case 3:
                damaged[at] = chance.randrange(256)
            case 4:
                del damaged[at : at + chance.randrange(1, 8)]
        yield bytes(damaged)


def test_damaged_certificates_and_lists_end_in_a_typed_error_or_are_read():
    """
    Any other exception would fail this; how many got past the readers is counted, too.
    """
    chance = random.Random(5280)
    past = 0
    for name in sorted({name for record in RECORDS[::5] for name in record["certs"]}):
        for damaged in mutations(certificate(name), chance, 25):
            try:
                read_foreign(damaged)
                past += 1
            except JpkiError:
                continue
    for name in sorted({name for record in RECORDS[::5] for name in record["crls"]}):
        for damaged in mutations(crl(name), chance, 25):
            try:
                ask(open_list(damaged), Budget())
                past += 1
            except JpkiError:
                continue

    assert past > 100


def test_no_damage_turns_a_path_valid_or_raises():
    """
    A changed certificate is no longer what was signed, whatever was changed.
    """
    chance = random.Random(6)
    for record in RECORDS[::3]:
        originals = [certificate(name) for name in record["certs"]]
        target, *bag = originals
        for damaged in mutations(target, chance, 4):
            if damaged != target:
                assert Answer.VALID is not judged(record, certs=[damaged, *bag]).answer
        if bag:
            at = chance.randrange(len(bag))
            for damaged in mutations(bag[at], chance, 2):
                judged(record, certs=[target, *bag[:at], damaged, *bag[at + 1 :]])
        if record["number"].startswith("4.15."):
            continue  # a complete list speaks alone where its delta cannot be read
        crls = [crl(name) for name in record["crls"]]
        for damaged in mutations(crls[-1], chance, 4):
            verdict = judged(record, crls=[*crls[:-1], damaged])
            assert record["valid"] or verdict.answer is not Answer.VALID, record["number"]
