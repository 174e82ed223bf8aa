"""
Is Hanako's certificate revoked?  It depends on whom one asks, and on what lies at hand.

The list of her municipality knows; any other, an old one, a changed one, or none at all,
leaves the question open, and that is never a yes.
"""

import datetime as dt
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from forgery import FILING, ca_key, causes

from ca.authority import compromise, rollover
from crl.read import read_list
from crl.status import prepare
from harness.keypool import Deck
from harness.scene import Scene
from harness.verifier.documents import verify_xml
from harness.verifier.evidence import AtHand, anchor
from harness.verifier.policy import Policy, Revocation
from harness.verifier.verdict import Outcome
from harness.verifier.wording import as_json
from pki.checks import Check
from pki.kinds import Algorithm, Event, Kind, Reason, Request

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
LISTS_ALONE = Policy(revocation=Revocation.CRL)
CHIYODA, KITA = "13101", "27127"
REVOKED = ("CERTIFICATE_REVOKED", {"revocation-crl": "revoked"})


@pytest.fixture
def scene(jpki):
    """
    Hanako of Chiyoda and Taro of Osaka, a day after the CAs were founded.
    """
    jpki.advance(DAY)
    jpki.resident("hanako")
    jpki.resident("taro", address="大阪府大阪市北区中之島1-1")
    return jpki


@pytest.fixture
def filing(scene):
    return scene.world.sign_xml("hanako", FILING, pin="ABC123")


def the_list(scene, word=CHIYODA, *, kind=Kind.SIGN, generation=1, at=None):
    press = scene.world.press
    return press.bytes(press.newest(kind, word, generation=generation, at=at or scene.now))


def judged(scene, filing, *lists, at=None, policy=LISTS_ALONE, kinds=(Kind.SIGN,)):
    """
    Judge by files alone: every generation of a CA, and these lists.
    """
    anchors = tuple(
        anchor(generation.certificate)
        for kind in kinds
        for generation in scene.world.authority.generations(kind)
    )
    prepared = tuple(
        prepare(read_list(each), trusted.path.certificate) for each in lists for trusted in anchors
    )
    return verify_xml(filing, AtHand(anchors, prepared), policy, at=at or scene.now)


def test_by_the_right_list_it_passes(scene, filing):
    assert ("OK", {}) == causes(judged(scene, filing, the_list(scene)))


ENDINGS = {  # what happens, how, and the reason that the list gives
    "moved": (
        lambda s: s.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=s.now),
        "affiliationChanged",
    ),
    "married": (
        lambda s: s.world.office.rename("hanako", name="戸籍 花子", at=s.now),
        "affiliationChanged",
    ),
    "died": (
        lambda s: s.world.office.report(Event.DIED, "hanako", at=s.now),
        "affiliationChanged",
    ),
    "renewed": (lambda s: s.world.office.renew("hanako", at=s.now), "superseded"),
    "withdrawn": (
        lambda s: s.world.office.request(Request.WITHDRAW, "hanako", Kind.SIGN, at=s.now),
        "cessationOfOperation",
    ),
    "leaked": (
        lambda s: s.world.office.request(Request.REPORT_LEAK, "hanako", Kind.SIGN, at=s.now),
        "keyCompromise",
    ),
    "lost": (
        lambda s: s.world.office.report(Event.CARD_LOST, "hanako", at=s.now),
        "certificateHold",
    ),
    "destroyed": (
        lambda s: s.world.office.report(Event.CARD_DESTROYED, "hanako", at=s.now),
        "unspecified",
    ),
    "ca-compromised": (
        lambda s: compromise(s.world.authority, Kind.SIGN, 1, at=s.now),
        "cACompromise",
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_nights_list_says_since_when_and_why(scene, filing, ending):
    """Both sources say so by then; at once, only the list of the night before is out [J 7]."""
    happen, reason = ENDINGS[ending]
    scene.advance(dt.timedelta(hours=1))
    since = scene.now

    happen(scene)
    gap = scene.verify(filing, LISTS_ALONE)
    scene.wait_for_lists()
    known = scene.verify(filing)

    assert ("OK", {}) == causes(gap)
    both = {"revocation-crl": "revoked", "revocation-ocsp": "revoked"}
    assert ("CERTIFICATE_REVOKED", both) == causes(known)
    assert (since, reason) == (known.revoked_since, known.reason)
    assert reason == as_json(known)["certificate"]["reason"]


def test_every_reason_has_its_ending():
    assert {each.value for each in Reason} == {reason for _, reason in ENDINGS.values()}


def test_a_hold_is_never_lifted_though_the_card_is_found(scene, filing):
    """[J 7]."""
    scene.world.office.report(Event.CARD_LOST, "hanako", at=scene.now)
    scene.wait_for_lists()
    scene.world.office.report(Event.CARD_FOUND, "hanako", at=scene.now)
    scene.wait_for_lists()

    assert REVOKED == causes(scene.verify(filing, LISTS_ALONE))


def rebuilt(scene, *, signed_by=None, extensions=(), **changes):
    """
    Make the list anew with something different, by a library that has no part in ours.
    """
    own = x509.load_der_x509_crl(the_list(scene))
    builder = x509.CertificateRevocationListBuilder(
        own.issuer, own.last_update_utc, changes.get("next_update", own.next_update_utc)
    )
    for each in own.extensions:
        builder = builder.add_extension(each.value, each.critical)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    signed = builder.sign(signed_by or ca_key(scene), hashes.SHA256())
    return signed.public_bytes(Encoding.DER)


def altered(der):
    return der[:-9] + bytes((der[-9] ^ 1,)) + der[-8:]


UNFIT = {  # what lies at hand, and why it does not count
    "nothing": (lambda s: [], "crl-missing"),
    "another-municipalitys": (lambda s: [the_list(s, KITA)], "crl-scope"),
    "that-of-authorities": (lambda s: [the_list(s, "arl")], "crl-scope"),
    "yesterdays-yesterdays": (lambda s: [the_list(s, at=s.now - 3 * DAY)], "crl-stale"),
    "tomorrows": (lambda s: [the_list(s, at=s.now + DAY)], "crl-not-yet-valid"),
    "of-the-other-ca": (lambda s: [the_list(s, kind=Kind.AUTH)], "crl-untrusted"),
    "changed": (lambda s: [altered(the_list(s))], "crl-untrusted"),
    "a-strangers": (
        lambda s: [rebuilt(s, signed_by=Deck(1).take(Algorithm.RSA2048, 77))],
        "crl-untrusted",
    ),
    "a-delta": (
        lambda s: [rebuilt(s, extensions=[(x509.DeltaCRLIndicator(1), True)])],
        "crl-unusable",
    ),
    "unknown-critical": (
        lambda s: [
            rebuilt(
                s,
                extensions=[
                    (
                        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
                        True,
                    )
                ],
            )
        ],
        "crl-unusable",
    ),
}


@pytest.mark.parametrize("unfit", UNFIT)
@pytest.mark.parametrize("beside", ["alone", "beside-another-cas"])
def test_a_list_that_cannot_speak_leaves_the_question_open(scene, filing, unfit, beside):
    """
    The cause is that of the list which came nearest, not of the first one that was tried.
    """
    scene.advance(4 * DAY)
    gather, cause = UNFIT[unfit]
    lists = gather(scene)
    if beside != "alone":
        rollover(scene.world.authority, Kind.SIGN, at=scene.now)
        lists = [the_list(scene, kind=Kind.AUTH), *lists, the_list(scene, KITA, kind=Kind.AUTH)]
        cause = "crl-untrusted" if cause == "crl-missing" else cause

    verdict = judged(scene, filing, *lists)

    assert ("UNSPECIFIED", {"revocation-crl": cause}) == causes(verdict)
    assert "INDETERMINATE" == verdict.indication.value
    assert as_json(verdict)["notes"] or unfit == "nothing"


@pytest.mark.parametrize("unfit", UNFIT)
def test_beside_the_right_list_no_other_matters(scene, filing, unfit):
    scene.advance(4 * DAY)
    gather, _ = UNFIT[unfit]

    verdict = judged(scene, filing, *gather(scene), the_list(scene), *gather(scene))

    assert ("OK", {}) == causes(verdict)


def test_an_older_good_list_does_not_outdo_a_newer_one(scene, filing):
    """
    Whichever is read first; both are within their dates.
    """
    old = the_list(scene)
    scene.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=scene.now)
    scene.wait_for_lists()
    new = the_list(scene)

    assert REVOKED == causes(judged(scene, filing, old, new))
    assert REVOKED == causes(judged(scene, filing, new, old))


@pytest.mark.parametrize("unfit", UNFIT)
def test_soft_fail_passes_and_every_report_says_so(scene, filing, unfit):
    """Only for those who ask for it by its name [D 9]."""
    scene.advance(4 * DAY)
    gather, cause = UNFIT[unfit]
    soft = replace(LISTS_ALONE, accept_unknown_revocation=True)

    verdict = judged(scene, filing, *gather(scene), policy=soft)

    assert ("OK", {}) == causes(verdict)
    told = as_json(verdict)
    [crl] = [each for each in told["checks"] if each["check"] == "revocation-crl"]
    assert ("not-applicable", cause) == (crl["outcome"], crl["cause"])
    assert any("soft-fail" in note for note in told["notes"])


def test_soft_fail_does_not_forgive_a_revocation(scene, filing):
    scene.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=scene.now)
    scene.wait_for_lists()
    soft = replace(LISTS_ALONE, accept_unknown_revocation=True)

    assert REVOKED == causes(judged(scene, filing, the_list(scene), policy=soft))


def test_the_responder_alone_can_be_asked_and_must_then_answer(scene, filing):
    asked = Policy(revocation=Revocation.OCSP)
    nobody = judged(scene, filing, the_list(scene), policy=asked)
    scene.advance(dt.timedelta(hours=1))

    answered = scene.verify(filing, asked)

    assert ("UNSPECIFIED", {"revocation-ocsp": "ocsp-missing"}) == causes(nobody)
    assert ("OK", {}) == causes(answered)
    assert {Check.REVOCATION_CRL: Outcome.NOT_APPLICABLE} == {
        each.check: each.outcome for each in answered.results if each.outcome is not Outcome.PASSED
    }


def test_the_responder_knows_of_a_move_before_the_night(scene, filing):
    """Its data are a quarter of an hour old at most [J 6]; either source is enough [D 9]."""
    scene.advance(dt.timedelta(hours=1))
    scene.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=scene.now)

    at_once = scene.verify(filing)
    scene.advance(dt.timedelta(minutes=15))
    soon = scene.verify(filing)

    assert ("OK", {}) == causes(at_once)
    assert ("CERTIFICATE_REVOKED", {"revocation-ocsp": "revoked"}) == causes(soon)


def test_what_was_asked_of_a_day_to_come_is_not_believed_when_it_is_there(scene, filing):
    """
    On that day the list says more, though it is the list of the same night.
    """
    day = scene.now + 2 * DAY

    hoped = scene.verify(filing, LISTS_ALONE, at=day)
    scene.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=scene.now)
    feared = scene.verify(filing, LISTS_ALONE, at=day)
    scene.set_clock(day)
    seen = scene.verify(filing, LISTS_ALONE)

    assert ("OK", {}) == causes(hoped)
    assert REVOKED == causes(feared)
    assert REVOKED == causes(seen)


def test_the_past_stays_as_it_was(scene, filing):
    """A verdict of any moment can be had again, after whatever happened since [D 5]."""
    before = scene.now
    hers = the_list(scene)
    scene.advance(DAY)
    scene.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=scene.now)
    rollover(scene.world.authority, Kind.SIGN, at=scene.now + SECOND)
    scene.wait_for_lists()

    again = scene.verify(filing, at=before)

    assert REVOKED == causes(scene.verify(filing, LISTS_ALONE))
    assert ("OK", {}) == causes(again)
    assert hers == the_list(scene, at=before)


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda a: a.value)
def test_the_login_survives_the_move_that_ends_the_filing(tmp_path, algorithm):
    """Normal, and it surprises relying parties [J 10.5]."""
    scene = Scene.fresh(tmp_path / "w", algorithm=algorithm)
    holder = scene.resident("hanako")
    filing = holder.sign_xml(FILING)
    assert scene.verify(filing).passed

    holder.moves()

    challenge = b"https://portal.example.jp 4711"
    verdict = scene.verify_login(holder.certificate(Kind.AUTH), holder.answer(challenge), challenge)
    assert "CERTIFICATE_REVOKED" == scene.verify(filing).code
    assert verdict.passed
    assert challenge == verdict.covered.octets
    scene.close()


def test_a_new_certificate_after_the_move_files_again(scene, filing):
    scene.world.office.move("hanako", address="大阪府大阪市北区梅田1-1", at=scene.now)
    scene.world.office.renew("hanako", (Kind.SIGN,), at=scene.now)
    again = scene.world.sign_xml("hanako", FILING, pin="ABC123")
    scene.wait_for_lists()

    assert REVOKED == causes(scene.verify(filing, LISTS_ALONE))
    assert ("OK", {}) == causes(scene.verify(again, LISTS_ALONE))
    assert "大阪府" in scene.verify(again).certificate.four_items().address
