"""
Hanako's contract carries its time-stamp with it.

The stamp is over the signature value and sits where the signature does not cover it.  It
does not disturb those who know nothing of stamps, and pyHanko believes it.  Others could put
anything there; then each stamp stands for itself, and a bad one is no proof.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from outside import openssl
from stamps import DOCUMENT, authority
from town import minijpki

from harness.exports import pem
from harness.scene import Scene
from harness.verifier.policy import Judgement, Policy
from harness.verifier.proof import MAX_OWN
from harness.verifier.verdict import Indication
from pki.cms.read import read_signed_data
from pki.kinds import Algorithm, Kind
from pki.timestamps.attach import with_time_stamp
from pki.timestamps.read import read_response

ARCHIVE = Policy(judgement=Judgement.ARCHIVE)
YEARS_LATER = datetime(2033, 1, 1, tzinfo=UTC)


@pytest.fixture
def contract(jpki):
    return jpki.resident("hanako").sign_cms(DOCUMENT)


def judged(verdict):
    return verdict.indication.value, verdict.cause


def test_a_stamped_message_outlasts_its_certificate(jpki, contract):
    stamped = jpki.attach_timestamp(contract)
    jpki.set_clock(YEARS_LATER)

    assert ("TOTAL-FAILED", "expired") == judged(jpki.verify(stamped))
    assert ("TOTAL-PASSED", None) == judged(jpki.verify(stamped, ARCHIVE))
    assert ("INDETERMINATE", "out-of-bounds-no-poe") == judged(jpki.verify(contract, ARCHIVE))


def test_the_signature_stays_as_it_was(jpki, contract):
    stamped = jpki.attach_timestamp(contract)
    twice = jpki.attach_timestamp(stamped)

    before, after = read_signed_data(contract), read_signed_data(twice)
    assert before.signers[0].signature == after.signers[0].signature
    assert (before.content, before.certificates) == (after.content, after.certificates)
    assert 2 == len(after.signers[0].time_stamps)
    assert jpki.verify(twice).passed


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_openssl_verifies_the_message_and_reads_the_stamp(algorithm, tmp_path):
    scene = Scene.fresh(tmp_path / "w", algorithm=algorithm)
    contract = scene.attach_timestamp(scene.resident().sign_cms(DOCUMENT))
    (tmp_path / "contract.p7m").write_bytes(contract)
    (tmp_path / "ca.pem").write_bytes(pem("CERTIFICATE", authority(scene)))
    words = ("cms", "-verify", "-binary", "-inform", "DER", "-in", "contract.p7m", "-CAfile",
             "ca.pem", "-attime", int(scene.now.timestamp()), "-purpose", "any",
             "-out", "out")  # fmt: skip

    assert 0 == openssl(*words, folder=tmp_path).returncode
    printed = openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in",
                      "contract.p7m", folder=tmp_path)  # fmt: skip
    assert "id-smime-aa-timeStampToken" in printed.stdout


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_pyhanko_believes_the_stamp_and_no_twin_of_it(algorithm, tmp_path):
    scene = Scene.fresh(tmp_path / "w", algorithm=algorithm)
    contract = scene.resident().sign_cms(DOCUMENT, detached=True)
    token = read_response(scene.timestamp(DOCUMENT)).token  # of other octets

    own = pyhanko_says(scene.attach_timestamp(contract), authority(scene), at=scene.now)
    other = pyhanko_says(with_time_stamp(contract, token), authority(scene), at=scene.now)

    assert (True, True, True) == (own.valid, own.intact, own.trusted)
    assert not (other.valid and other.intact)


def pyhanko_says(message, ca, *, at):
    """
    Ask pyHanko about the stamp in a message.
    """
    from asn1crypto import cms, x509
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    roots = ValidationContext(
        trust_roots=[x509.Certificate.load(ca)], moment=at, allow_fetching=False
    )
    data = cms.ContentInfo.load(message)["content"]
    status = asyncio.run(
        async_validate_detached_cms(
            DOCUMENT, data, signer_validation_context=roots, ts_validation_context=roots
        )
    )
    return status.timestamp_validity


def test_a_stamp_of_something_else_proves_nothing(jpki, contract):
    token = read_response(jpki.timestamp(contract)).token  # of the file, not of the signature
    jpki.advance(timedelta(hours=1))

    verdict = jpki.verify(with_time_stamp(contract, token), ARCHIVE)

    assert ("INDETERMINATE", "timestamp-mismatch") == judged(verdict)
    assert jpki.verify(with_time_stamp(contract, token)).passed


def test_of_several_stamps_the_good_one_counts(jpki, contract):
    """
    Nobody signed which belong there, so a bad one takes nothing away.
    """
    token = read_response(jpki.timestamp(b"other")).token
    stamped = jpki.attach_timestamp(with_time_stamp(contract, token))
    jpki.set_clock(YEARS_LATER)

    assert jpki.verify(stamped, ARCHIVE).passed


def test_a_flood_of_stamps_is_not_waded_through(jpki, contract):
    """
    Whoever adds thousands makes nobody work for them, and hides nothing but their own.
    """
    flooded = contract
    for number in range(MAX_OWN + 4):
        token = read_response(jpki.timestamp(b"%d" % number, wait=False)).token
        flooded = with_time_stamp(flooded, token)
    jpki.advance(timedelta(hours=1))

    verdict = jpki.verify(flooded, ARCHIVE)

    assert ("INDETERMINATE", "timestamp-mismatch") == judged(verdict)
    assert MAX_OWN == sum(note.count("time-stamp 0x") for note in verdict.notes)


def test_a_stamp_of_the_file_takes_over_from_the_one_inside(jpki, contract):
    """
    The outer one proves that the inner one existed while its authority was in order.
    """
    stamped = jpki.attach_timestamp(contract)
    jpki.set_clock(YEARS_LATER)
    jpki.world.authority.found(Kind.SIGN, at=jpki.now)
    outer = jpki.timestamp(stamped)
    jpki.set_clock(datetime(2036, 6, 1, tzinfo=UTC))

    assert "INDETERMINATE" == jpki.verify(stamped, ARCHIVE).indication.value
    assert jpki.verify(stamped, timestamps=[outer]).passed
    assert Indication.TOTAL_PASSED is not jpki.verify(stamped, timestamps=[b"junk"]).indication


def test_the_command_puts_a_stamp_into_a_message(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scene = Scene.fresh(tmp_path / ".minijpki")
    hanako = scene.resident("hanako")
    (tmp_path / "contract.p7m").write_bytes(hanako.sign_cms(DOCUMENT))

    made = minijpki("timestamp", "attach", "contract.p7m", "-o", "stamped.p7m")
    scene.advance(timedelta(seconds=10))
    hanako.moves()

    assert 0 == made.exit_code
    assert 1 == minijpki("verify", "stamped.p7m").exit_code
    assert 0 == minijpki("verify", "stamped.p7m", "--policy", "archive").exit_code
    scene.close()
