"""
Years later somebody takes Hanako's contract out of the archive.

Her certificate has ended long since, or was revoked when she moved.  What counts is whether
it was good when the contract can be shown to have existed: a time-stamp says when that was,
and the lists that were kept say how the certificate stood.  What proves nothing is no yes.
"""

from datetime import UTC, datetime, timedelta

import pytest
from stamps import DOCUMENT, NOON
from town import minijpki, refused

from crl.read import read_list
from crl.status import prepare
from harness.exports import pem
from harness.scene import Scene
from harness.verifier.documents import verify_raw, verify_xml
from harness.verifier.evidence import AtHand, anchor, response
from harness.verifier.policy import Judgement, Policy, Revocation
from harness.verifier.proof import NOTHING, stored
from harness.verifier.verdict import Indication, Outcome
from pki.certificate.read import read_certificate
from pki.kinds import Algorithm, Kind, Reason

ARCHIVE = Policy(judgement=Judgement.ARCHIVE)
CRYPTREC_ARCHIVE = Policy(judgement=Judgement.CRYPTREC_ARCHIVE)
FILING = '<DATA id="DATA">100</DATA>'
YEARS_LATER = datetime(2033, 1, 1, tzinfo=UTC)
AFTER_THE_AUTHORITY = datetime(2036, 4, 1, tzinfo=UTC)
PASSED, OPEN, FAILED = (
    *(Indication.TOTAL_PASSED, Indication.INDETERMINATE),
    Indication.TOTAL_FAILED,
)


@pytest.fixture
def hanako(jpki):
    return jpki.resident("hanako")


@pytest.fixture
def filing(hanako):
    return hanako.sign_xml(FILING)


def judged(verdict):
    return verdict.indication, verdict.cause


@pytest.mark.parametrize("sort", ["xml", "cms"])
def test_a_stamp_outlasts_a_move(jpki, hanako, sort):
    signed = hanako.sign_xml(FILING) if sort == "xml" else hanako.sign_cms(DOCUMENT)
    stamp = jpki.timestamp(signed)
    hanako.moves()

    assert (FAILED, "revoked") == judged(jpki.verify(signed))
    verdict = jpki.verify(signed, timestamps=[stamp])
    assert (PASSED, None) == judged(verdict)
    assert None is verdict.revoked_since
    assert "revoked since 2026-04-01T03:00:02Z, which is later" in verdict.notes[-1]


def test_a_stamp_after_the_move_comes_too_late(jpki, hanako, filing):
    hanako.moves()

    verdict = jpki.verify(filing, timestamps=[jpki.timestamp(filing)])

    assert (FAILED, "revoked") == judged(verdict)
    assert NOON == verdict.revoked_since


def test_a_stamp_within_the_very_second_of_the_move_comes_too_late(jpki, hanako, filing):
    """
    The accuracy leaves it open which was first, and that counts against the signer.
    """
    stamp = jpki.timestamp(filing, wait=False)
    hanako.moves()

    assert (FAILED, "revoked") == judged(jpki.verify(filing, timestamps=[stamp]))


def test_a_revocation_that_no_list_knew_at_the_time_counts_all_the_same(jpki, hanako, filing):
    """
    Signed and stamped in the gap between the move and the next list: received as good, and
    found out in the archive.
    """
    hanako.moves(wait=False)
    jpki.advance(timedelta(minutes=1))
    stamp = jpki.timestamp(filing)
    received = jpki.verify(filing, Policy(revocation=Revocation.CRL))
    jpki.wait_for_lists()

    assert received.passed
    assert (FAILED, "revoked") == judged(jpki.verify(filing, timestamps=[stamp]))


def test_a_stamp_outlasts_the_end_of_the_certificate(jpki, filing):
    stamp = jpki.timestamp(filing)
    jpki.set_clock(YEARS_LATER)

    assert (FAILED, "expired") == judged(jpki.verify(filing))
    assert (PASSED, None) == judged(jpki.verify(filing, timestamps=[stamp]))


def test_a_stamp_after_the_end_of_the_certificate_comes_too_late(jpki, filing):
    jpki.set_clock(YEARS_LATER)

    verdict = jpki.verify(filing, timestamps=[jpki.timestamp(filing)])

    assert (FAILED, "expired") == judged(verdict)


def test_without_a_stamp_the_archive_asks_for_one(jpki, hanako, filing):
    """
    [EN319102 5.5]
    """
    assert (PASSED, None) == judged(jpki.verify(filing, ARCHIVE))
    hanako.moves()
    assert (OPEN, "revoked-no-poe") == judged(jpki.verify(filing, ARCHIVE))
    jpki.set_clock(YEARS_LATER)
    assert (OPEN, "out-of-bounds-no-poe") == judged(jpki.verify(filing, ARCHIVE))


def test_a_stamp_does_not_heal_a_changed_document(jpki, filing):
    changed = filing.replace(b">100<", b">900<")
    stamp = jpki.timestamp(changed)

    verdict = jpki.verify(changed, timestamps=[stamp])

    assert (FAILED, "hash-failure") == judged(verdict)


def test_a_stamp_of_another_document_proves_nothing(jpki, hanako, filing):
    other = jpki.timestamp(hanako.sign_xml(FILING.replace("100", "101")))

    assert (OPEN, "timestamp-mismatch") == judged(jpki.verify(filing, timestamps=[other]))


@pytest.mark.parametrize("junk", [b"", b"\x30\x00", b"junk", FILING.encode()])
def test_junk_in_place_of_a_stamp_proves_nothing(jpki, filing, junk):
    assert (OPEN, "timestamp-invalid") == judged(jpki.verify(filing, timestamps=[junk]))


def test_a_stamp_of_another_town_proves_nothing(jpki, filing, tmp_path):
    """
    Its CA bears the same name, and has another key.
    """
    stamp = Scene.fresh(tmp_path / "elsewhere", seed=77).timestamp(filing)
    jpki.advance(timedelta(hours=1))

    assert (OPEN, "timestamp-untrusted") == judged(jpki.verify(filing, timestamps=[stamp]))


def test_a_stamp_from_the_future_proves_nothing(jpki, filing):
    before = jpki.now
    jpki.advance(timedelta(days=1))
    stamp = jpki.timestamp(filing)

    verdict = jpki.verify(filing, timestamps=[stamp], at=before + timedelta(hours=1))

    assert (OPEN, "timestamp-order") == judged(verdict)


def test_a_stamp_ends_with_the_certificate_of_its_authority(jpki, filing):
    """
    Whoever has the key by then can turn the clock back [3161 4 (3)].
    """
    stamp = jpki.timestamp(filing)

    last = jpki.verify(filing, timestamps=[stamp], at=AFTER_THE_AUTHORITY - timedelta(days=1))
    after = jpki.verify(filing, timestamps=[stamp], at=AFTER_THE_AUTHORITY)

    assert (PASSED, None) == judged(last)
    assert (OPEN, "out-of-bounds-no-poe") == judged(after)
    assert "timestamp-expired" in causes(after)


def causes(verdict):
    return {each.cause for each in verdict.results if each.outcome is not Outcome.NOT_APPLICABLE}


@pytest.fixture
def stamped_twice(jpki, filing):
    """
    In 2033 the first stamp is stamped, by an authority of the next generation.
    """
    first = jpki.timestamp(filing)
    jpki.set_clock(YEARS_LATER)
    jpki.world.authority.found(Kind.SIGN, at=jpki.now)
    second = jpki.timestamp(first)
    jpki.set_clock(AFTER_THE_AUTHORITY)
    return first, second


def test_a_later_stamp_takes_over_in_time(jpki, filing, stamped_twice):
    verdict = jpki.verify(filing, timestamps=stamped_twice)

    assert (PASSED, None) == judged(verdict)
    assert "proven to exist by 2026-04-01T03:00:01Z" in verdict.notes[0]


def test_stamps_count_in_their_order_only(jpki, filing, stamped_twice):
    first, second = stamped_twice

    for stamps in ([second, first], [second], [first, first], [first, second, second]):
        assert "TOTAL-PASSED" != jpki.verify(filing, timestamps=stamps).indication.value


def test_a_later_stamp_of_the_document_says_nothing_about_the_first_one(jpki, filing):
    first = jpki.timestamp(filing)
    jpki.set_clock(YEARS_LATER)

    verdict = jpki.verify(filing, timestamps=[first, jpki.timestamp(filing)])

    assert "timestamp-mismatch" in causes(verdict)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.SUPERSEDED, (PASSED, None)),
        (Reason.AFFILIATION_CHANGED, (PASSED, None)),
        (Reason.KEY_COMPROMISE, (OPEN, "revoked-no-poe")),
        (Reason.UNSPECIFIED, (OPEN, "revoked-no-poe")),
    ],
    ids=lambda each: getattr(each, "value", ""),
)
def test_what_a_revoked_authority_stamped_before_depends_on_the_reason(
    jpki, hanako, filing, reason, expected
):
    """
    [3161 4 (1)]
    """
    stamp = jpki.timestamp(filing)
    hanako.moves()
    jpki.world.timestamping.revoke(reason, at=jpki.now)
    jpki.advance(timedelta(minutes=30))

    assert expected == judged(jpki.verify(filing, timestamps=[stamp]))


def test_a_stamp_that_was_stamped_survives_the_theft_of_its_key(jpki, hanako, filing):
    """
    The theft came after the first stamp is proven to have existed.
    """
    first = jpki.timestamp(filing)
    jpki.world.authority.found(Kind.SIGN, at=jpki.now)
    second = jpki.timestamp(first)
    hanako.moves()
    old = next(each for each in jpki.world.store.states("tsa") if each["generation"] == 1)
    jpki.world.timestamping._put(
        jpki.world.store.append(jpki.now, "timestamping-revoked", "ca/sign", serial=old["serial"]),
        jpki.now,
        old | {"since": int(jpki.now.timestamp()), "reason": "keyCompromise"},
    )
    jpki.advance(timedelta(minutes=30))

    assert not jpki.verify(filing, timestamps=[first]).passed
    assert jpki.verify(filing, timestamps=[first, second]).passed


def test_the_end_of_an_algorithm_is_judged_at_the_proven_moment(jpki, filing):
    """
    RSA-2048 ends with 2030 under cryptrec; a stamp of a P-384 authority carries over [J 8].
    """
    first = jpki.timestamp(filing)
    jpki.set_clock(datetime(2030, 6, 1, tzinfo=UTC))
    jpki.world.authority.found(Kind.SIGN, at=jpki.now, algorithm=Algorithm.P384)
    second = jpki.timestamp(first, digest="sha384")
    jpki.set_clock(YEARS_LATER)

    def verify(*stamps):
        return judged(jpki.verify(filing, CRYPTREC_ARCHIVE, timestamps=stamps))

    assert (PASSED, None) == verify(first, second)
    assert (OPEN, "crypto-no-poe") == verify(first)
    assert (OPEN, "crypto-no-poe") == verify()
    assert (PASSED, None) == judged(jpki.verify(filing, ARCHIVE, timestamps=[first]))


@pytest.fixture
def kept(jpki, filing):
    """
    The archive's own files: CA certificate, stamp, the authority's standing, and lists.
    """
    world = jpki.world
    stamp = jpki.timestamp(filing)
    issued = world.register.certificate(Kind.SIGN, 2)
    issuer = anchor(world.authority.newest(Kind.SIGN, at=jpki.now).certificate)

    def list_of(at, scope=issued.scope):
        made = world.press.newest(Kind.SIGN, scope, at=at)
        return prepare(read_list(world.press.bytes(made)), issuer.path.certificate)

    def evidence(*lists, at=YEARS_LATER):
        serial = read_certificate(world.timestamping.stamper(at=jpki.now).certificate).serial
        told = response(world.responder.answer(Kind.SIGN, 1, serial, at=at))
        return AtHand((issuer,), lists, (told,))

    return stamp, issued, list_of, evidence


def by_files(filing, stamp, evidence, *, at=YEARS_LATER):
    kept = stored(evidence, filing, (stamp,), ARCHIVE, at=at)
    return judged(verify_xml(filing, kept, ARCHIVE, at=at))


def test_a_list_of_the_days_after_the_stamp_is_enough(filing, kept):
    stamp, _, list_of, evidence = kept

    at_hand = evidence(list_of(NOON + timedelta(days=3)))

    assert (PASSED, None) == by_files(filing, stamp, at_hand)


def test_a_list_from_before_the_stamp_knows_nothing_of_its_last_hours(filing, kept):
    """
    It was good enough on that day, when there was no newer one, and no longer is.
    """
    stamp, _, list_of, evidence = kept
    at_hand = evidence(list_of(NOON), at=NOON + timedelta(minutes=30))

    assert (PASSED, None) == by_files(filing, stamp, at_hand, at=NOON + timedelta(minutes=30))
    assert (OPEN, "no-poe") == by_files(filing, stamp, evidence(list_of(NOON)))


def test_a_list_from_after_the_end_of_the_certificate_may_leave_it_out(filing, kept):
    """
    [5280 3.3]
    """
    stamp, issued, list_of, evidence = kept

    at_hand = evidence(list_of(issued.not_after + timedelta(days=10)))

    assert (OPEN, "no-poe") == by_files(filing, stamp, at_hand)


def test_of_several_lists_the_one_that_revokes_decides(jpki, hanako, filing, kept):
    stamp, _, list_of, evidence = kept
    later = jpki.now + timedelta(days=30)
    before = list_of(NOON + timedelta(days=1))
    jpki.world.set_clock(later)
    hanako.withdraws()
    after = list_of(jpki.now)

    assert (PASSED, None) == by_files(filing, stamp, evidence(before, after))
    too_late = jpki.timestamp(filing)
    assert (FAILED, "revoked") == by_files(filing, too_late, evidence(before, after))
    assert (OPEN, "no-poe") == by_files(filing, too_late, evidence(before))


def test_without_any_list_nothing_is_known(filing, kept):
    stamp, _, _, evidence = kept

    assert OPEN is by_files(filing, stamp, evidence())[0]


def test_a_stamp_whose_authority_nobody_vouches_for_proves_nothing(filing, kept):
    """
    Nothing at hand tells whether the authority's certificate is revoked.
    """
    stamp, _, list_of, evidence = kept
    full = evidence(list_of(NOON + timedelta(days=3)))
    silent = AtHand(full.anchors, full.prepared)

    assert "no-poe" == stored(silent, filing, (stamp,), ARCHIVE, at=NOON + timedelta(
        days=3)).proof.result.cause  # fmt: skip


def test_a_bare_signature_is_stamped_itself(jpki, hanako):
    signature = hanako.sign_raw(DOCUMENT)
    stamp = jpki.timestamp(signature)
    certificate = hanako.certificate()
    hanako.moves()

    kept = stored(jpki.world.evidence, signature, (stamp,), ARCHIVE, at=jpki.now)
    verdict = verify_raw(signature, DOCUMENT, certificate, kept, ARCHIVE, at=jpki.now)

    assert (PASSED, None) == judged(verdict)


def test_a_proof_counts_under_an_archive_policy_alone(jpki, hanako, filing):
    stamp = jpki.timestamp(filing)
    hanako.moves()

    kept = stored(jpki.world.evidence, filing, (stamp,), ARCHIVE, at=jpki.now)

    assert NOTHING is not kept.proof
    assert (FAILED, "revoked") == judged(verify_xml(filing, kept, at=jpki.now))


def test_the_command_stamps_judges_and_revokes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    scene = Scene.fresh(tmp_path / ".minijpki")
    hanako = scene.resident("hanako")
    (tmp_path / "signed.xml").write_bytes(hanako.sign_xml(FILING))
    ca = scene.world.authority.newest(Kind.SIGN, at=scene.now).certificate
    (tmp_path / "ca.pem").write_bytes(pem("CERTIFICATE", ca))

    assert 0 == minijpki("timestamp", "make", "signed.xml", "-o", "stamp.tsr").exit_code
    told = minijpki("--json", "timestamp", "check", "stamp.tsr", "--content", "signed.xml")
    assert 0 == told.exit_code
    assert '"at": "2026-04-01T03:00:00Z", "accuracy": 1.0' in told.stdout
    assert "CN=Time-Stamping Authority" in told.stdout
    other = minijpki("timestamp", "check", "stamp.tsr", "--content", "ca.pem")
    assert 3 == other.exit_code
    assert "[RFC 3161 2.4.2]" in other.stderr
    alone = ("--anchor", "ca.pem", "--at", "2026-04-01T12:00:00+09:00")
    silent = minijpki("timestamp", "check", "stamp.tsr", "--content", "signed.xml", *alone)
    assert 3 == silent.exit_code  # whether its authority is revoked no file says

    scene.advance(timedelta(seconds=10))
    hanako.moves()
    archive = ("verify", "signed.xml", "--policy", "archive", "--timestamp", "stamp.tsr")
    assert 1 == minijpki("verify", "signed.xml").exit_code
    assert 0 == minijpki(*archive).exit_code
    assert "under the policy receipt no time-stamp counts" in refused(
        minijpki("verify", "signed.xml", "--timestamp", "stamp.tsr")
    )
    assert 0 == minijpki("timestamp", "revoke", "--reason", "keyCompromise").exit_code
    scene.advance(timedelta(minutes=30))
    assert 3 == minijpki(*archive).exit_code
    scene.close()


def test_the_command_answers_what_another_program_asks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Scene.fresh(tmp_path / ".minijpki").close()
    (tmp_path / "junk").write_bytes(b"junk")

    assert 0 == minijpki("timestamp", "answer", "junk", "-o", "refusal.tsr").exit_code
    result = minijpki("timestamp", "check", "refusal.tsr", "--content", "junk")

    assert 3 == result.exit_code
    assert "BAD_DATA_FORMAT" in result.stderr
