"""
Taro goes to the counter for Hanako, who is in hospital.

He comes twice, with a letter between; once he forgets a paper, once the central system is
overloaded, and once the counter is closed.
"""

import datetime as dt

import pytest

from ca.application import (
    Backlog,
    Done,
    InquirySent,
    Queued,
    Refused,
    answer,
    apply,
    draw_code,
    release,
    word,
)
from ca.documents import Document
from ca.eligibility import Applicant
from ca.hours import Place
from ca.procedures import Procedure
from pki.errors import NotPermitted

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST, a Wednesday
LATER = NOON + dt.timedelta(days=5)
CARD = Document.MY_NUMBER_CARD
TARO = {Document.DRIVING_LICENCE}
CODE = "31415926"


def go(procedure, by=Applicant.HOLDER, **settings):
    usual = {
        "number": "A-1",
        "resident": "hanako",
        "at": NOON,
        "age": 40,
        "letter_code": CODE,
        "shown": {CARD} if by is Applicant.HOLDER else TARO,
        "of_holder": {CARD},
    }
    return apply(procedure, by, **(usual | settings))


def send_taro(**settings):
    return go(Procedure.RENEW, Applicant.AGENT, **settings)


def test_the_holder_is_served_at_once():
    assert Done(NOON) == go(Procedure.RENEW).stage


def test_an_agent_waits_for_the_letter():
    """
    The office writes to the holder, who fills in the PINs under cover [J 10.4].
    """
    sent = send_taro()

    assert InquirySent(NOON, CODE) == sent.stage
    assert Done(LATER) == answer(sent, CODE, at=LATER).stage
    assert NOON == answer(sent, CODE, at=LATER).submitted


def test_the_form_that_came_with_the_notice_saves_a_visit():
    assert Done(NOON) == send_taro(shown=TARO | {Document.EXPIRY_FORM}).stage


def test_only_the_letter_of_this_application_is_taken():
    sent = send_taro()

    with pytest.raises(NotPermitted, match="bring the letter that was posted") as refused:
        answer(sent, "27182818", at=LATER)
    assert CODE not in str(refused.value)
    assert CODE not in repr(sent)


def test_only_one_who_waits_for_a_letter_answers():
    done = go(Procedure.RENEW)

    with pytest.raises(NotPermitted, match="A-1 waits for no inquiry letter"):
        answer(done, CODE, at=LATER)


def test_whoever_forgets_a_paper_is_told_what_to_bring():
    stage = go(Procedure.RESET_PIN).stage

    assert isinstance(stage, Refused)
    assert (
        "reset-pin is refused for want of documents; bring: "
        "one document of list A or B besides the card, of the holder" == stage.reason.en
    )
    assert "本人確認書類AまたはBから1点" in stage.reason.ja


def test_everything_that_is_missing_is_named_at_once():
    stage = go(Procedure.REPORT_CHANGE, Applicant.HOUSEHOLD, shown=set(), of_holder=set()).stage

    assert [
        "My Number Card",
        "notice of move or change",
        "letter of authority",
        "one document of list A, of whoever comes",
    ] == stage.reason.en.partition("bring: ")[2].split("; ")


def test_a_household_member_with_a_notice_and_authority_comes_once():
    papers = {Document.CHANGE_NOTICE, Document.LETTER_OF_AUTHORITY}

    assert Done(NOON) == go(Procedure.REPORT_CHANGE, Applicant.HOUSEHOLD, shown=TARO | papers).stage


def test_a_refusal_of_the_table_is_a_stage():
    stage = go(Procedure.CONFIRM, Applicant.AGENT).stage

    assert isinstance(stage, Refused)
    assert "legal representative only" in stage.reason.en


@pytest.mark.parametrize(
    ("by", "age", "guardianship", "refused"),
    [
        pytest.param(Applicant.HOLDER, 14, False, True, id="child-in-person"),
        pytest.param(Applicant.GUARDIAN, 14, False, False, id="child-with-parent"),
        pytest.param(Applicant.HOUSEHOLD, 14, False, True, id="child-with-brother"),
        pytest.param(Applicant.GUARDIAN, 40, False, True, id="parent-of-a-grown-up"),
        pytest.param(Applicant.GUARDIAN, 40, True, False, id="guardian"),
    ],
)
def test_a_child_is_represented(by, age, guardianship, refused):
    stage = go(
        Procedure.RENEW,
        by,
        age=age,
        guardianship=guardianship,
        shown={CARD, Document.REPRESENTATION},
    ).stage

    assert refused == isinstance(stage, Refused)


def test_a_child_may_report_a_loss_by_phone():
    assert Done(NOON) == go(Procedure.SUSPEND, age=12, shown=set(), of_holder=set()).stage


def test_a_place_that_does_not_serve_is_named_with_those_that_do():
    stage = go(Procedure.SUSPEND, place=Place.COUNTER).stage

    assert isinstance(stage, Refused)
    assert stage.reason.en.endswith("turn to: hot-line, by phone")


def test_no_papers_are_shown_to_a_screen():
    stage = go(Procedure.CHANGE_PIN, place=Place.MYNAPORTAL, shown=set(), of_holder=set()).stage

    assert Done(NOON) == stage


def test_an_overloaded_system_hands_out_a_receipt():
    """
    It has happened several times since 2020-05 [J 10.1].
    """
    queued = go(Procedure.RENEW, backlog=Backlog())

    assert Queued(NOON, "A-1", None) == queued.stage
    assert Done(LATER) == release(queued, at=LATER).stage


def test_what_is_delayed_is_not_released_early():
    queued = go(Procedure.RENEW, backlog=Backlog(LATER))

    with pytest.raises(NotPermitted, match="queued until 2026-04-06T03:00:00Z"):
        release(queued, at=NOON)
    assert Done(LATER) == release(queued, at=LATER).stage


def test_a_delay_that_is_over_delays_nothing():
    assert Done(LATER) == go(Procedure.RENEW, at=LATER, backlog=Backlog(LATER)).stage


def test_the_second_visit_may_end_in_the_queue_as_well():
    assert (
        Queued(LATER, "A-1", None) == answer(send_taro(), CODE, at=LATER, backlog=Backlog()).stage
    )


@pytest.mark.parametrize(
    ("procedure", "stage"),
    [
        pytest.param(procedure, "queued" if issues else "done", id=procedure.value)
        for procedure, issues in [
            (Procedure.ISSUE, True),
            (Procedure.ISSUE_LATER, True),
            (Procedure.RENEW, True),
            (Procedure.RENEW_EXPIRED, True),
            (Procedure.REISSUE, True),
            (Procedure.REPORT_CHANGE, True),
            (Procedure.RESET_PIN, False),
            (Procedure.WITHDRAW, False),
            (Procedure.SUSPEND, False),
            (Procedure.REPORT_LEAK, False),
            (Procedure.RETURN, False),
        ]
    ],
)
def test_only_what_issues_waits_for_the_central_system(procedure, stage):
    """
    A revocation never does: the old certificate is not to outlive its reason.
    """
    application = go(procedure, shown=frozenset(Document), backlog=Backlog())

    assert stage == word(application.stage)


def test_nothing_is_released_that_was_not_queued():
    with pytest.raises(NotPermitted, match="A-1 is not queued"):
        release(send_taro(), at=LATER)


def test_hours_are_kept_only_if_asked_for():
    """
    Friday, 18:00 in Japan.
    """
    evening = dt.datetime(2026, 4, 3, 9, tzinfo=dt.UTC)

    assert Done(evening) == go(Procedure.RENEW, at=evening).stage
    stage = go(Procedure.RENEW, at=evening, keep_hours=True).stage
    assert "the municipal counter is closed; come again at 2026-04-06 08:30 JST" == stage.reason.en


def test_the_code_of_a_letter_follows_from_chance():
    assert "00000000" == draw_code(lambda below: 0)
    assert "99999999" == draw_code(lambda below: below - 1)


@pytest.mark.parametrize(
    ("application", "expected"),
    [
        pytest.param(go(Procedure.RENEW), "done", id="done"),
        pytest.param(send_taro(), "inquiry-sent", id="inquiry-sent"),
        pytest.param(go(Procedure.RENEW, backlog=Backlog()), "queued", id="queued"),
        pytest.param(go(Procedure.CONFIRM, Applicant.AGENT), "refused", id="refused"),
    ],
)
def test_each_stage_has_its_word(application, expected):
    assert expected == word(application.stage)
