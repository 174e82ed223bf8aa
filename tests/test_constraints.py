"""
Until when an algorithm may be relied on is one table, and everybody obeys it.

SHA-1 never, whoever used it.  RSA-2048 for good, unless the policy counts the end dates of
CRYPTREC; then to the last second of 2030 in Japan, in whatever signature it stands.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from stamps import DOCUMENT, NOON, stamped, stamper, town
from test_ocsp import answered, authority, hanakos

from crl.ocsp.read import read_response
from crl.ocsp.status import ocsp_status
from crl.status import Good, Undetermined
from harness.scene import Scene
from harness.verifier.policy import Judgement, Policy
from harness.verifier.timestamps import verify_token
from harness.verifier.verdict import Outcome
from pki import oids
from pki.checks import Check
from pki.cms.identifiers import DIGESTS as CMS_DIGESTS
from pki.constraints import (
    CONSTRAINTS,
    CRYPTREC_2030,
    NEVER,
    hash_holds,
    key_holds,
    signature_holds,
)
from pki.keys import ROWS
from pki.kinds import Algorithm
from pki.path import trust_anchor
from pki.paths.algorithms import KEYS, SIGNATURES, Trust, acceptable
from pki.timestamps.words import IMPRINTS
from pki.xmldsig.algorithms import DIGESTS as XML_DIGESTS
from pki.xmldsig.algorithms import SIGNATURE_METHODS

LAST = datetime(2030, 12, 31, 14, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CRYPTREC = Policy(judgement=Judgement.CRYPTREC)


@cache
def key(family, size):
    if family == "rsa":
        return rsa.generate_private_key(65537, size).public_key()
    curves = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
    return ec.generate_private_key(curves[size]).public_key()


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("name", ["md5", "sha1", "sha224", "ripemd160", "none"])
def test_a_hash_that_is_out_or_unknown_is_relied_on_at_no_time(name, dated):
    for at in (NOON, datetime(1995, 1, 1, tzinfo=UTC), LAST + SECOND):
        assert not hash_holds(name, dated=dated, at=at)


@pytest.mark.parametrize(
    ("family", "size", "always", "last"),
    [
        ("rsa", 1024, False, None),
        ("rsa", 2048, True, LAST),
        ("rsa", 2056, True, LAST),
        ("rsa", 3072, True, None),
        ("ec", 256, True, None),
        ("ec", 384, True, None),
        ("ec", 521, True, None),
    ],
)
def test_a_key_is_relied_on_to_its_last_second(family, size, always, last):
    """
    [J 8]
    """
    its_key = key(family, size)

    assert always is key_holds(its_key, dated=False, at=LAST + SECOND)
    assert always is key_holds(its_key, dated=True, at=LAST)
    assert (always and last is None) is key_holds(its_key, dated=True, at=LAST + SECOND)


def test_a_key_of_no_family_in_the_table_is_relied_on_at_no_time():
    assert not key_holds(ed25519.Ed25519PrivateKey.generate().public_key(), dated=False, at=NOON)


def test_a_signature_is_as_good_as_the_weaker_of_the_two():
    assert signature_holds(key("rsa", 2048), "sha256", dated=True, at=LAST)
    assert not signature_holds(key("rsa", 2048), "sha1", dated=False, at=LAST)
    assert not signature_holds(key("rsa", 1024), "sha512", dated=False, at=LAST)


def test_the_table_has_no_gap_and_says_what_it_rests_on():
    for name in ("rsa", "ec"):
        rows = [row for row in CONSTRAINTS if row.name == name]
        for row, following in pairwise(rows):
            assert row.below == following.bits
    assert all(row.source for row in CONSTRAINTS)
    assert {None, NEVER, CRYPTREC_2030} == {row.dated_end for row in CONSTRAINTS}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param({row.digest for row in ROWS.values()}, id="certificates and lists"),
        pytest.param({row.name for row in XML_DIGESTS.values()}, id="XML digests"),
        pytest.param({row.digest.name for row in SIGNATURE_METHODS.values()}, id="XML signatures"),
        pytest.param(set(CMS_DIGESTS.values()), id="CMS"),
        pytest.param(set(IMPRINTS), id="time-stamps"),
        pytest.param(
            {row.digest.name for row in SIGNATURES.values() if not row.legacy}, id="other paths"
        ),
    ],
)
def test_no_reader_accepts_a_hash_that_the_table_does_not(names):
    assert names
    assert set() == {each for each in names if not hash_holds(each, dated=False, at=NOON)}


@pytest.mark.parametrize(("family", "size"), [("rsa", 2048), ("rsa", 3072), ("ec", 384)])
@pytest.mark.parametrize("at", [LAST, LAST + SECOND])
def test_paths_of_other_roots_obey_the_same_dates(family, size, at):
    its_key = key(family, size)

    assert key_holds(its_key, dated=True, at=at) is acceptable(its_key, Trust.CRYPTREC, at=at)
    assert key_holds(its_key, dated=False, at=at) is acceptable(its_key, Trust.DEFAULT, at=at)
    assert CRYPTREC_2030 in {row.end for row in KEYS}


def algorithm(verdict):
    return next(r.cause for r in verdict.results if r.check is Check.ALGORITHM)


@pytest.fixture
def in_the_last_second(tmp_path):
    """
    The end of 2030, and a filing whose certificate is still good.
    """
    scene = Scene.fresh(tmp_path / "w", seed=1, at=LAST - timedelta(days=400))
    hanako = scene.resident("hanako")
    filing = hanako.sign_xml("<DATA id='DATA'/>")
    scene.set_clock(LAST)
    return scene, filing


def test_a_document_is_judged_by_the_end_dates_where_they_are_asked_for(in_the_last_second):
    scene, filing = in_the_last_second

    before = scene.verify(filing, CRYPTREC)
    scene.advance(SECOND)
    after = scene.verify(filing, CRYPTREC)

    assert (True, None) == (before.passed, algorithm(before))
    assert (False, "crypto-constraints-failure") == (after.passed, algorithm(after))
    assert scene.verify(filing).passed


def test_p384_stays_open(tmp_path):
    scene = Scene.fresh(tmp_path / "w", at=LAST, algorithm=Algorithm.P384)
    filing = scene.resident().sign_xml("<DATA id='DATA'/>")
    scene.advance(timedelta(days=365))

    assert scene.verify(filing, CRYPTREC).passed


def test_a_response_is_judged_by_the_end_dates_where_they_are_asked_for():
    """
    The responder signs with a key of its own, which ends by itself.
    """
    ca = trust_anchor(authority().certificate)

    def said(at, *, dated):
        der = read_response(answered(this_update=at, next_update=at + SECOND))
        return ocsp_status(der, hanakos(), ca, at=at, dated=dated)

    assert Good() == said(LAST, dated=True)
    ended = said(LAST + SECOND, dated=True)
    assert isinstance(ended, Undetermined)
    assert ("ocsp-untrusted", "its algorithm is past its end date") == (ended.cause, ended.why)
    assert Good() == said(LAST + SECOND, dated=False)


@pytest.mark.parametrize(
    ("own", "at", "expected"),
    [
        (Algorithm.RSA2048, LAST, None),
        (Algorithm.RSA2048, LAST + SECOND, "timestamp-expired"),
        (Algorithm.P384, LAST + SECOND, None),
    ],
    ids=["the last second", "a second later", "P-384"],
)
def test_a_time_stamp_is_judged_by_the_end_dates_where_they_are_asked_for(own, at, expected):
    token = stamped(by=stamper(own))
    evidence = town(own).world.evidence.as_of(at)

    assert expected == verify_token(token, DOCUMENT, evidence, CRYPTREC, at=at).cause
    assert None is verify_token(token, DOCUMENT, evidence, at=at).cause


def test_sha_1_is_refused_in_every_form(tmp_path):
    """
    Each reader names the same cause, or has no word for SHA-1 at all.
    """
    scene = Scene.fresh(tmp_path / "w")
    signed = scene.resident().sign_xml("<DATA id='DATA'/>")
    for strong, weak in (
        (b"xmldsig-more#rsa-sha256", b"09/xmldsig#rsa-sha1"),
        (b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"),
    ):
        changed = signed.replace(b"2001/04/" + strong, b"2000/" + weak).replace(strong, weak)
        assert changed != signed
        verdict = scene.verify(changed)
        assert Outcome.FAILED in {r.outcome for r in verdict.results if r.check is Check.ALGORITHM}
        assert "crypto-constraints-failure" == algorithm(verdict)
    assert oids.content("1.3.14.3.2.26") not in b"".join(CMS_DIGESTS)
