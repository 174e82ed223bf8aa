"""
Hanako logs in at a portal, and nobody else does with her answer.
"""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness import logging_in
from harness.scene import Scene
from harness.verifier.login import Answer, read_answer, read_challenge, write_answer
from pki.errors import Malformed
from pki.kinds import Kind

PORTAL = "https://portal.example/"


@pytest.fixture
def scene(tmp_path):
    made = Scene.fresh(tmp_path / "w", seed=1)
    made.resident("hanako")
    yield made
    made.close()


@pytest.fixture
def challenge(scene):
    return logging_in.draw(scene.world, audience=PORTAL).octets()


@pytest.fixture
def answer(scene, challenge):
    return logging_in.answer(scene.world, "hanako", challenge, pin="1234")


def judged(scene, answer, challenge, audience=PORTAL):
    given = write_answer(answer)
    return logging_in.check(scene.world, given, challenge, audience=audience)


def test_the_answer_to_the_challenge_lets_hanako_in(scene, challenge, answer):
    verdict = judged(scene, answer, challenge)

    assert ("OK", None) == (verdict.code, verdict.cause)
    assert challenge == verdict.covered.octets


def test_a_second_time_it_does_not(scene, challenge, answer):
    judged(scene, answer, challenge)

    assert "challenge-replayed" == judged(scene, answer, challenge).cause


def test_nor_at_another_relying_party(scene, challenge, answer):
    """
    The audience is in the octets that were signed.
    """
    verdict = judged(scene, answer, challenge, audience="https://other.example/")

    assert "challenge-mismatch" == verdict.cause


def test_nor_after_five_minutes(scene, challenge, answer):
    scene.advance(timedelta(minutes=5, seconds=1))

    assert "challenge-replayed" == judged(scene, answer, challenge).cause


def test_an_answer_to_another_challenge_is_none_to_this(scene, challenge, answer):
    another = logging_in.draw(scene.world, audience=PORTAL).octets()

    assert another != challenge
    assert "challenge-mismatch" == judged(scene, answer, another).cause


def test_the_signature_certificate_does_not_log_in(scene, challenge):
    """
    Its PIN means consent to a document, and it states who the holder is.
    """
    signature = scene.world.sign_raw("hanako", challenge, pin="ABC123", kind=Kind.SIGN)
    certificate = scene.world.certificate("hanako", Kind.SIGN)
    answer = Answer(challenge=challenge, certificate=certificate, signature=signature)

    verdict = judged(scene, answer, challenge)

    assert ("UNSUPPORTED_CERTIFICATE", "chain-constraints-failure") == (
        verdict.code,
        verdict.cause,
    )


def test_a_changed_signature_does_not_log_in(scene, challenge, answer):
    broken = replace(answer, signature=answer.signature[:-1] + b"\0")

    assert "SIGNATURE_MISMATCH" == judged(scene, broken, challenge).code


def test_a_refused_answer_does_not_use_the_challenge_up(scene, challenge, answer):
    judged(scene, replace(answer, signature=b"\0" * 256), challenge)

    assert judged(scene, answer, challenge).passed


def test_login_works_after_the_move_and_filing_does_not(scene):
    """
    Normal after a move [J 10.5].
    """
    filing = scene.world.sign_xml("hanako", b"<DATA id='DATA'/>", pin="ABC123")
    scene.world.office.move("hanako", address="神奈川県横浜市中区本町1-1", at=scene.now)
    scene.wait_for_lists()
    challenge = logging_in.draw(scene.world, audience=PORTAL).octets()
    answer = logging_in.answer(scene.world, "hanako", challenge, pin="1234")

    assert judged(scene, answer, challenge).passed
    assert "CERTIFICATE_REVOKED" == scene.verify(filing).code


def test_a_certificate_without_base64_padding_is_read(answer):
    """
    A client of the real portal leaves it away [RP 4.1].
    """
    fields = json.loads(write_answer(answer))
    fields["certificate"] = fields["certificate"].rstrip("=")

    assert answer == read_answer(json.dumps(fields).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"challenge": 1}',
        b'{"certificate":"!","challenge":"","signature":""}',
    ],
    ids=["empty", "array", "no fields", "no text", "a number", "no base64"],
)
def test_what_is_no_answer_is_refused_in_one_sentence(content):
    with pytest.raises(Malformed, match="the answer cannot be read"):
        read_answer(content)


def test_a_challenge_spelled_differently_is_none():
    """
    What is signed are its octets, so there is one spelling only.
    """
    fields = {
        "audience": PORTAL,
        "issued_at": "2026-04-01T03:00:00Z",
        "nonce": "00",
        "type": "minijpki-login-challenge",
    }
    good = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()

    assert datetime(2026, 4, 1, 3, tzinfo=UTC) == read_challenge(good).issued_at
    with pytest.raises(Malformed, match="not spelled"):
        read_challenge(json.dumps(fields).encode())


def test_an_answer_survives_the_round_trip(answer):
    assert answer == read_answer(write_answer(answer))
    assert base64.b64encode(answer.signature).decode() in write_answer(answer).decode()
