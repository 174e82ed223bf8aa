"""
Hanako files her return, logs in to a portal, and fetches a copy at the convenience store.

Then she moves: the login goes on, the filing is refused, and what was filed in the gap is
told about later.
"""

import base64
import json
from datetime import timedelta

import pytest
from test_serving import ask

from harness.receivers.filing import ENDED, OTHER, UNREGISTERED, FilingDesk
from harness.receivers.portal import Portal
from harness.receivers.terminal import CLOSED, NOT_KNOWN, NOT_OFFERED, Terminal
from harness.scene import Scene
from harness.services.inprocess import Running
from harness.verifier.login import Answer
from pki.kinds import Kind

RETURN = b'<DATA id="DATA"><income>1</income></DATA>'
NUMBER = "1234567890123456"


@pytest.fixture
def scene(tmp_path):
    made = Scene.fresh(tmp_path / "world")
    made.resident("hanako")
    made.wait_for_lists()
    yield made
    made.close()


@pytest.fixture
def hanako(scene):
    from harness.scene import Holder

    return Holder(scene, "hanako")


@pytest.fixture
def desk(scene):
    return FilingDesk(scene.world.evidence)


@pytest.fixture
def portal(scene):
    drawn = iter(f"{number:064x}" for number in range(1, 100))

    def identify(certificate):
        return scene.world.register.certificate(Kind.AUTH, certificate.serial).resident

    return Portal(scene.world.evidence, "https://portal.test", identify, lambda: next(drawn))


def answered(hanako, challenge):
    return Answer(
        challenge=challenge,
        certificate=hanako.certificate(Kind.AUTH),
        signature=hanako.answer(challenge),
    )


def test_a_return_is_accepted_for_the_registered_certificate(scene, hanako, desk):
    assert desk.register(NUMBER, hanako.certificate(), at=scene.now).passed

    receipt = desk.file(NUMBER, hanako.sign_xml(RETURN), at=scene.now)

    assert (True, 1, None) == (receipt.accepted, receipt.number, receipt.reason)


def test_nobody_files_without_a_registered_certificate(scene, hanako, desk):
    receipt = desk.file(NUMBER, hanako.sign_xml(RETURN), at=scene.now)

    assert (False, UNREGISTERED) == (receipt.accepted, receipt.reason)


def test_renewed_and_not_registered_again_is_refused(scene, hanako, desk):
    """
    RP 2.3.
    """
    desk.register(NUMBER, hanako.certificate(), at=scene.now)
    hanako.renews(Kind.SIGN)

    receipt = desk.file(NUMBER, hanako.sign_xml(RETURN), at=scene.now)

    assert (False, OTHER) == (receipt.accepted, receipt.reason)


def test_a_renewed_certificate_counts_from_the_next_day(scene, hanako, desk):
    """
    RP 2.3: registered on the day of the renewal, it is refused until midnight in Japan.
    """
    desk.register(NUMBER, hanako.certificate(), at=scene.now)
    hanako.renews(Kind.SIGN, wait=False)
    scene.advance(timedelta(hours=1))
    desk.register(NUMBER, hanako.certificate(), at=scene.now)
    signed = hanako.sign_xml(RETURN)

    today = desk.file(NUMBER, signed, at=scene.now)
    scene.advance(timedelta(days=1))
    tomorrow = desk.file(NUMBER, signed, at=scene.now)

    assert [False, True] == [today.accepted, tomorrow.accepted]


def test_what_was_filed_in_the_gap_is_told_about_later(scene, hanako, desk):
    """
    RP 2.3: accepted at once, for no list knows yet; a notice follows when one does.
    """
    desk.register(NUMBER, hanako.certificate(), at=scene.now)
    hanako.moves(wait=False)
    signed = hanako.sign_xml(RETURN)

    receipt = desk.file(NUMBER, signed, at=scene.now)
    at_once = desk.notices(NUMBER, at=scene.now)
    scene.wait_for_lists()

    assert receipt.accepted
    assert () == at_once
    assert (f"return 1: {ENDED}",) == desk.notices(NUMBER, at=scene.now)
    assert () == desk.notices(NUMBER, at=scene.now)
    assert not desk.file(NUMBER, signed, at=scene.now).accepted


def test_who_moved_still_logs_in(scene, hanako, portal):
    first = portal.log_in(answered(hanako, portal.challenge(at=scene.now)), at=scene.now)
    hanako.moves()
    second = portal.log_in(answered(hanako, portal.challenge(at=scene.now)), at=scene.now)

    assert [("hanako", True), ("hanako", False)] == [(e.user, e.is_new) for e in (first, second)]


def test_an_answer_lets_in_once_and_a_strangers_challenge_never(scene, hanako, portal):
    answer = answered(hanako, portal.challenge(at=scene.now))
    portal.log_in(answer, at=scene.now)

    again = portal.log_in(answer, at=scene.now)
    elsewhere = portal.log_in(answered(hanako, b"{}"), at=scene.now)

    assert [None, None] == [again.user, elsewhere.user]
    assert ["challenge-replayed", "challenge-mismatch"] == [
        again.verdict.cause,
        elsewhere.verdict.cause,
    ]


def test_the_terminal_prints_for_whom_it_knows_while_it_is_open(scene, hanako, portal):
    terminal = Terminal(portal)
    noon = scene.set_clock(scene.now.replace(hour=3) + timedelta(days=1))
    night = noon + timedelta(hours=12)

    def served(wanted="住民票の写し", at=noon):
        return terminal.serve(wanted, answered(hanako, terminal.challenge(at=at)), at=at)

    assert "住民票の写し（模擬）" == served().printed
    assert [NOT_OFFERED, CLOSED] == [served("戸籍謄本").reason, served(at=night).reason]
    hanako.loses_card()
    again = scene.now.replace(hour=3) + timedelta(days=1)
    assert NOT_KNOWN == served(at=again).reason


def test_the_receivers_are_served(scene, hanako):
    def post(path, **fields):
        status, _, body = ask(
            server.base_url,
            f"/receivers/{path}",
            method="POST",
            body=json.dumps(fields),
            headers={"Content-Type": "application/json"},
        )
        return status, json.loads(body)

    def b64(octets):
        return base64.b64encode(octets).decode()

    with Running(scene.world.directory) as server:
        _, told = post("filing/register", taxpayer=NUMBER, certificate=b64(hanako.certificate()))
        signed = b64(hanako.sign_xml(RETURN))
        _, filed = post("filing/file", taxpayer=NUMBER, document=signed)
        _, drawn = post("portal/challenge")
        challenge = base64.b64decode(drawn["challenge"])
        _, session = post(
            "portal/login",
            challenge=drawn["challenge"],
            certificate=b64(hanako.certificate(Kind.AUTH)),
            signature=b64(hanako.answer(challenge)),
        )
        refused = post("filing/file", taxpayer=1)

    assert [True, True, "hanako"] == [told["registered"], filed["accepted"], session["user"]]
    assert 400 == refused[0]
