"""
Bad days on demand: each fault on the wire, and what our verifier makes of it.

The verifier fetches everything from the server that is spoiled, under its default policy.
Where a fault leaves one source whole, the other is taken away, so that nothing but the
spoiled evidence is left: then nothing passes, and the cause is named.
"""

import gzip
from datetime import timedelta

import pytest
from click.testing import CliRunner
from test_serving import LIST, ask, question

from crl.ocsp.read import read_response
from crl.read import read_list
from harness.cli.root import cli
from harness.faults.switches import Board, Switch
from harness.faults.table import FAULTS
from harness.fetching import Fetched, Fetcher
from harness.scene import Scene
from harness.services.inprocess import Running
from harness.verifier.documents import verify_certificate
from harness.verifier.evidence import anchor
from harness.verifier.verdict import Indication
from pki.checks import Check
from pki.errors import Missing
from pki.kinds import Kind

NO_LIST, NO_ANSWER = "crl-missing", "ocsp-try-later"


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """
    A second day: Hanako is here, Taro moved since the list of yesterday and is on today's.
    """
    scene = Scene.fresh(tmp_path_factory.mktemp("day") / "world")
    scene.resident("hanako")
    taro = scene.resident("taro")
    scene.wait_for_lists()
    taro.moves()
    scene.advance(timedelta(hours=1))
    with Running(scene.world.directory) as server:
        yield scene, server.base_url
    scene.close()


@pytest.fixture
def board(day):
    scene, _ = day
    yield Board(scene.world.store)
    Board(scene.world.store).off()


def fetched(scene, base, seconds=10.0):
    anchors = tuple(
        anchor(each.certificate)
        for kind in Kind
        for each in scene.world.authority.generations(kind)
    )
    return Fetched(anchors, Fetcher(base, seconds))


def judged(scene, evidence, holder="hanako"):
    return verify_certificate(scene.world.certificate(holder, Kind.SIGN), evidence, at=scene.now)


def cause_of(verdict, check):
    [found] = [each for each in verdict.results if each.check is check]
    return found.cause


def test_without_faults_the_fetching_verifier_passes_hanako_and_fails_taro(day):
    scene, base = day
    evidence = fetched(scene, base)

    verdicts = [judged(scene, evidence, holder) for holder in ("hanako", "taro")]

    assert [Indication.TOTAL_PASSED, Indication.TOTAL_FAILED] == [v.indication for v in verdicts]
    assert "revoked" == verdicts[1].cause


def test_there_are_thirty_faults_and_more_each_with_its_words():
    assert 30 <= len(FAULTS)
    assert all(each.en and each.ja for each in FAULTS.values())


LISTS = [f for f in FAULTS.values() if f.service == "crl" and f.cause]
ANSWERS = [f for f in FAULTS.values() if f.service == "ocsp" and f.cause != "revoked"]
WIRE = [f for f in FAULTS.values() if f.service == "http"]


@pytest.mark.parametrize("fault", LISTS, ids=lambda each: each.id)
def test_a_spoiled_list_is_no_evidence(day, board, fault):
    scene, base = day
    evidence = fetched(scene, base)
    judged(scene, evidence)  # it has seen the right list before
    board.on(Switch(fault=NO_ANSWER))
    right = ask(base, LIST)[2]
    board.on(Switch(fault=fault.id))

    wire = ask(base, LIST)
    verdict = judged(scene, evidence)

    assert right != wire[2]
    assert Indication.INDETERMINATE is verdict.indication
    assert fault.cause == cause_of(verdict, Check.REVOCATION_CRL)


@pytest.mark.parametrize("fault", ANSWERS, ids=lambda each: each.id)
def test_a_spoiled_answer_is_no_evidence(day, board, fault):
    scene, base = day
    asked = question(scene, "hanako", nonce=b"n" * 32)
    right = ask(base, "/ocsp/sign", method="POST", body=asked)[2]
    board.on(Switch(fault=NO_LIST))
    board.on(Switch(fault=fault.id))

    spoiled = ask(base, "/ocsp/sign", method="POST", body=asked)[2]
    verdict = judged(scene, fetched(scene, base))

    assert right != spoiled
    assert Indication.INDETERMINATE is verdict.indication
    assert fault.cause == cause_of(verdict, Check.REVOCATION_OCSP)


@pytest.mark.parametrize("fault", [f for f in WIRE if f.cause], ids=lambda each: each.id)
def test_a_spoiled_connection_brings_no_evidence(day, board, fault):
    scene, base = day
    board.on(Switch(fault=fault.id))

    verdict = judged(scene, fetched(scene, base))

    assert Indication.INDETERMINATE is verdict.indication
    assert ("crl-missing", "ocsp-missing") == (
        cause_of(verdict, Check.REVOCATION_CRL),
        cause_of(verdict, Check.REVOCATION_OCSP),
    )


@pytest.mark.parametrize("fault", ["http-slow-first-byte", "http-slow-body"])
def test_what_is_merely_slow_passes_late_and_what_is_too_slow_not_at_all(day, board, fault):
    scene, base = day
    board.on(Switch(fault=fault, seconds=0.1))

    late = judged(scene, fetched(scene, base))
    board.on(Switch(fault=fault, seconds=2))
    too_late = judged(scene, fetched(scene, base, seconds=0.2))

    assert Indication.TOTAL_PASSED is late.indication
    assert Indication.INDETERMINATE is too_late.indication


@pytest.mark.parametrize("fault", LISTS, ids=lambda each: each.id)
def test_beside_a_spoiled_list_the_responder_still_speaks(day, board, fault):
    """
    D 9: open only where neither source is usable; the report shows that one was not.
    """
    scene, base = day
    evidence = fetched(scene, base)
    judged(scene, evidence)
    board.on(Switch(fault=fault.id))

    verdicts = [judged(scene, evidence, holder) for holder in ("hanako", "taro")]

    assert [True, False] == [each.passed for each in verdicts]
    assert fault.cause == cause_of(verdicts[0], Check.REVOCATION_CRL)


def test_yesterdays_list_is_signed_and_in_force_and_does_not_know_of_today(day, board):
    """
    J 5: while files are swapped; the responder knows, and one no is enough.
    """
    scene, base = day
    today = read_list(ask(base, LIST)[2])
    board.on(Switch(fault="crl-yesterday"))

    yesterday = read_list(ask(base, LIST)[2])
    verdict = judged(scene, fetched(scene, base), "taro")

    assert timedelta(days=1) == today.this_update - yesterday.this_update
    assert (Indication.TOTAL_FAILED, "revoked") == (verdict.indication, verdict.cause)


def test_who_saw_todays_list_does_not_go_back_to_yesterdays(day, board):
    scene, base = day
    evidence = fetched(scene, base)
    judged(scene, evidence, "hanako")
    board.on(Switch(fault="crl-yesterday"))
    board.on(Switch(fault=NO_ANSWER))

    verdict = judged(scene, evidence, "taro")

    assert Indication.INDETERMINATE is verdict.indication
    assert "crl-unusable" == cause_of(verdict, Check.REVOCATION_CRL)


@pytest.mark.parametrize("holder", ["hanako", "taro"])
def test_where_list_and_responder_disagree_one_no_is_enough(day, board, holder):
    scene, base = day
    board.on(Switch(fault="ocsp-disagrees"))

    verdict = judged(scene, fetched(scene, base), holder)

    assert (Indication.TOTAL_FAILED, "revoked") == (verdict.indication, verdict.cause)


def test_an_error_page_comes_with_status_200(day, board):
    _, base = day
    board.on(Switch(fault="http-html-error"))

    status, headers, body = ask(base, LIST)

    assert (200, "text/html; charset=utf-8") == (status, headers["content-type"])
    assert body.startswith(b"<!DOCTYPE html>")


def test_a_redirect_leads_to_itself(day, board):
    _, base = day
    board.on(Switch(fault="http-redirect-loop"))

    status, headers, _ = ask(base, LIST)

    assert (302, LIST) == (status, headers["location"])


def test_what_says_gzip_is_none(day, board):
    _, base = day
    board.on(Switch(fault="http-gzip-mismatch"))

    _, headers, body = ask(base, LIST)

    assert "gzip" == headers["content-encoding"]
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(body)


def test_a_reset_is_a_reset(day, board):
    _, base = day
    board.on(Switch(fault="http-reset"))

    with pytest.raises(ConnectionResetError):
        ask(base, LIST)


def test_a_fault_is_for_so_many_requests(day, board):
    _, base = day
    board.on(Switch(fault="http-500", left=2))

    assert [500, 500, 200, 200] == [ask(base, LIST)[0] for _ in range(4)]


def test_a_fault_is_for_one_distribution_point(day, board):
    _, base = day
    board.on(Switch(fault="crl-missing", point="crl/sign/1/13101"))

    found = [ask(base, path)[0] for path in (LIST, "/crl/sign/1/arl.crl", "/crl/auth/1/13101.crl")]

    assert [404, 200, 200] == found


def test_a_fault_is_for_one_serial(day, board):
    scene, base = day
    issued = scene.world.register.certificates("hanako", Kind.SIGN)[0]
    board.on(Switch(fault="ocsp-unknown", serial=issued.serial))

    said = [
        read_response(ask(base, "/ocsp/sign", method="POST", body=question(scene, who))[2])
        for who in ("hanako", "taro")
    ]

    assert [2, 1] == [each.singles[0].status for each in said]


def test_a_fault_that_nobody_knows_cannot_be_turned_on(board):
    with pytest.raises(Missing, match="no fault is called 'crl-lost'"):
        board.on(Switch(fault="crl-lost"))


def test_the_command_judges_by_what_a_server_says(day, board, tmp_path):
    """
    TOTAL-PASSED, TOTAL-FAILED and INDETERMINATE, as exit status 0, 1 and 3.
    """
    scene, base = day
    (tmp_path / "ca.pem").write_bytes(ask(base, "/ca/sign.pem")[2])
    for who in ("hanako", "taro"):
        (tmp_path / who).write_bytes(scene.world.certificate(who, Kind.SIGN))

    def status(who):
        line = ["verify", tmp_path / who, "--anchor", tmp_path / "ca.pem", "--from", base]
        return CliRunner().invoke(cli, [*map(str, line), "--at", scene.now.isoformat()]).exit_code

    found = [status("hanako"), status("taro")]
    board.on(Switch(fault="http-500"))

    assert [0, 1, 3] == [*found, status("hanako")]
