"""
At the counter of Chiyoda: Hanako renews, moves and loses things, and Taro goes for her.

What the pages of the cities ask for is asked for; what is granted is really done to cards and
certificates, and what is not leaves them alone.
"""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from ca.application import Done, InquirySent, Queued, Refused, word
from ca.card import CardState
from ca.cases import case_numbered, pending
from ca.documents import Document
from ca.eligibility import Applicant
from ca.grants import FITTING, GRANTS, INSTEAD, Condition
from ca.hours import Place
from ca.lifecycle import Good, Held, Revoked
from ca.procedures import Procedure, Requirement, requirements
from harness.cli.root import cli
from harness.world import World
from pki.errors import (
    AlreadyRevoked,
    Missing,
    NotEligible,
    NotPermitted,
    PinLocked,
    ResidentDied,
    TooEarly,
    UnacceptablePin,
    UnknownResident,
    WrongPin,
)
from pki.kinds import Event, Kind, Pin, Reason, Sex

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST, a Wednesday
DAY = dt.timedelta(days=1)
CARD = Document.MY_NUMBER_CARD
LICENCE = Document.DRIVING_LICENCE
PINS = {Pin.SIGN: "ABC123", Pin.AUTH: "1234", Pin.JUKI: "1111", Pin.TEXT: "2222"}
BOTH = {Pin.SIGN: "ABC123", Pin.AUTH: "1234"}
YOKOHAMA = "神奈川県横浜市中区本町1-1"
EVERYTHING = frozenset(Document)


@pytest.fixture
def world(tmp_path):
    """
    A world in which Hanako has a card, and Taro none.
    """
    made = World.create(tmp_path / "w", at=NOON, seed=1)
    for name, born, sex in (("hanako", 1990, Sex.FEMALE), ("taro", 1988, Sex.MALE)):
        made.office.add(
            name,
            name=f"住基 {name}",
            born=dt.date(born, 1, 1),
            sex=sex,
            address="東京都千代田区丸の内1-1-1",
            at=NOON,
        )
    made.office.issue_card("hanako", pins=PINS, at=NOON)
    yield made
    made.close()


def go(world, procedure, by=Applicant.HOLDER, *, at=NOON, resident="hanako", **settings):
    usual = {"shown": {CARD} if by is Applicant.HOLDER else {LICENCE}, "of_holder": {CARD}}
    return world.reception.apply(procedure, resident, by, at=at, **(usual | settings))


def current(world, kind):
    return world.register.current(world.register.card_of("hanako"), kind)


def standings(world, kind):
    listed = world.register.certificates("hanako", kind)
    return [world.register.standing(kind, each.serial) for each in listed]


def tries(world, pin):
    return world.register.card_of("hanako").pins[pin].tries_left


def happened(world):
    return [what for _, _, what, _, _ in world.store.journal()]


def test_the_holder_renews_in_one_visit(world):
    served = go(world, Procedure.RENEW, pins=BOTH, at=NOON + DAY)

    assert Done(NOON + DAY) == served.application.stage
    assert "A-1" == served.application.number
    assert [Kind.AUTH, Kind.SIGN] == [each.kind for each in served.certificates]
    assert [Revoked(NOON + DAY, Reason.SUPERSEDED), Good()] == standings(world, Kind.SIGN)
    assert 0 == served.fee


def test_each_step_is_in_the_journal_and_no_pin_is(world):
    before = len(happened(world))
    go(world, Procedure.RENEW, pins=BOTH)

    steps = happened(world)[before:]
    assert ("application", "application-done") == (steps[0], steps[-1])
    assert "renewed" in steps
    assert "ABC123" not in str(world.store.journal())


def test_the_pins_are_asked_of_the_card(world):
    """
    Wrong, it costs a try [J 10.4], and there is no application and no new certificate.
    """
    with pytest.raises(WrongPin, match="4 tries left"):
        go(world, Procedure.RENEW, pins=BOTH | {Pin.SIGN: "ZZZ999"})

    assert 4 == tries(world, Pin.SIGN)
    assert 1 == len(standings(world, Kind.SIGN))
    assert "application" not in happened(world)


def test_a_locked_pin_renews_nothing(world):
    for _ in range(2):
        with pytest.raises(WrongPin):
            go(world, Procedure.RENEW, pins=BOTH | {Pin.AUTH: "0000"})
    with pytest.raises(PinLocked):
        go(world, Procedure.RENEW, pins=BOTH | {Pin.AUTH: "0000"})
    with pytest.raises(PinLocked):
        go(world, Procedure.RENEW, pins=BOTH)

    go(
        world,
        Procedure.RESET_PIN,
        shown={CARD, LICENCE},
        new_pins={Pin.AUTH: "4321"},
    )
    go(world, Procedure.RENEW, pins=BOTH | {Pin.AUTH: "4321"})

    assert 2 == len(standings(world, Kind.AUTH))


def test_papers_are_looked_at_before_any_pin_is_entered(world):
    served = go(world, Procedure.RENEW, shown=set(), of_holder=set(), pins={Pin.SIGN: "ZZZ999"})

    assert isinstance(served.application.stage, Refused)
    assert "bring: My Number Card" in served.application.stage.reason.en
    assert 5 == tries(world, Pin.SIGN)
    assert "refused" == world.store.journal()[-1][4]["stage"]


def test_a_pin_that_is_not_told_is_asked_for(world):
    with pytest.raises(NotPermitted, match="asks for the PIN of: auth; give --pin auth=VALUE"):
        go(world, Procedure.RENEW, pins={Pin.SIGN: "ABC123"})


def test_one_certificate_can_be_named(world):
    served = go(world, Procedure.RENEW, kind=Kind.AUTH, pins={Pin.AUTH: "1234"})

    assert [Kind.AUTH] == [each.kind for each in served.certificates]
    assert [Good()] == standings(world, Kind.SIGN)


def test_taro_comes_twice_with_a_letter_between(world):
    """
    The office writes to the holder, who fills in the PINs under cover [J 10.4].
    """
    sent = go(world, Procedure.RENEW, Applicant.AGENT)
    assert isinstance(sent.application.stage, InquirySent)
    assert [Good()] == standings(world, Kind.SIGN)
    assert ["A-1"] == [case.application.number for case in pending(world.store)]

    code = sent.application.stage.code
    served = world.reception.answer("A-1", code, pins=BOTH, at=NOON + DAY)

    assert Done(NOON + DAY) == served.application.stage
    assert 2 == len(standings(world, Kind.SIGN))
    assert () == pending(world.store)


def test_the_letter_of_another_is_refused_and_the_right_one_still_counts(world):
    sent = go(world, Procedure.RENEW, Applicant.AGENT, pins=BOTH)
    code = sent.application.stage.code

    with pytest.raises(NotPermitted, match="is not that of the letter"):
        world.reception.answer("A-1", code[::-1] + "0", at=NOON)
    with pytest.raises(WrongPin):
        world.reception.answer("A-1", code, pins={Pin.AUTH: "0000"}, at=NOON)

    assert "done" == word(world.reception.answer("A-1", code, at=NOON).application.stage)
    with pytest.raises(NotPermitted, match="waits for no inquiry letter"):
        world.reception.answer("A-1", code, at=NOON)


def test_the_form_that_came_with_the_notice_saves_a_visit(world):
    served = go(
        world,
        Procedure.RENEW,
        Applicant.AGENT,
        shown={LICENCE, Document.EXPIRY_FORM},
        pins=BOTH,
    )

    assert "done" == word(served.application.stage)


def test_pins_are_kept_no_longer_than_they_are_needed(world):
    sent = go(world, Procedure.RENEW, Applicant.AGENT, pins=BOTH)
    assert BOTH == case_numbered(world.store, "A-1").pins
    assert "ABC123" not in repr(sent.case)

    world.reception.answer("A-1", sent.application.stage.code, at=NOON)

    assert {} == case_numbered(world.store, "A-1").pins


def test_a_case_comes_out_of_the_store_as_it_went_in(world):
    """
    One in each stage.
    """
    made = [
        go(world, Procedure.RENEW, Applicant.AGENT, pins=BOTH),
        go(world, Procedure.CONFIRM, Applicant.AGENT),
        go(world, Procedure.CONFIRM, pins=BOTH),
    ]
    world.reception.delay(NOON + DAY, at=NOON)
    made.append(go(world, Procedure.RENEW, pins=BOTH))

    assert ["inquiry-sent", "refused", "done", "queued"] == [
        word(each.application.stage) for each in made
    ]
    for each in made:
        kept = each.case.at_stage(each.application.stage)
        assert kept == case_numbered(world.store, each.application.number)


def test_an_unknown_receipt_is_missing(world):
    with pytest.raises(Missing, match="no application 'A-9'"):
        world.reception.answer("A-9", "31415926", at=NOON)


def test_the_old_certificate_stays_while_the_system_is_overloaded(world):
    """
    Queued with a receipt [J 13].
    """
    world.reception.delay(NOON + DAY, at=NOON)
    queued = go(world, Procedure.RENEW, pins=BOTH)
    assert Queued(NOON, "A-1", NOON + DAY) == queued.application.stage
    assert [Good()] == standings(world, Kind.SIGN)

    with pytest.raises(NotPermitted, match="queued until 2026-04-02T03:00:00Z"):
        world.reception.release("A-1", at=NOON + DAY - dt.timedelta(seconds=1))
    served = world.reception.release("A-1", at=NOON + DAY)

    assert Done(NOON + DAY) == served.application.stage
    assert [Revoked(NOON + DAY, Reason.SUPERSEDED), Good()] == standings(world, Kind.SIGN)


def test_a_wrong_pin_is_not_even_queued(world):
    world.reception.shut_down(at=NOON)

    with pytest.raises(WrongPin):
        go(world, Procedure.RENEW, pins=BOTH | {Pin.SIGN: "ZZZ999"})
    assert () == pending(world.store)


def test_what_is_down_comes_back_and_works_off_its_queue(world):
    world.reception.shut_down(at=NOON)
    go(world, Procedure.RENEW, pins=BOTH)
    go(world, Procedure.ISSUE, resident="taro", shown=EVERYTHING, new_pins=PINS)
    with pytest.raises(NotPermitted, match="while the central system is down"):
        world.reception.release("A-1", at=NOON)

    first, second = world.reception.restore(at=NOON + DAY)

    assert ("A-1", "A-2") == (first.application.number, second.application.number)
    assert Done(NOON + DAY) == first.application.stage == second.application.stage
    assert "1234" == second.handed.card.pins[Pin.AUTH].secret
    assert () == pending(world.store)
    assert None is world.reception.backlog(at=NOON + DAY)


def test_coming_back_early_ends_a_delay(world):
    world.reception.delay(NOON + 9 * DAY, at=NOON)
    go(world, Procedure.RENEW, pins=BOTH)

    [served] = world.reception.restore(at=NOON + DAY)

    assert "done" == word(served.application.stage)


def test_a_longer_delay_counts_for_those_who_wait_already(world):
    world.reception.delay(NOON + DAY, at=NOON)
    go(world, Procedure.RENEW, pins=BOTH)
    world.reception.delay(NOON + 3 * DAY, at=NOON)

    with pytest.raises(NotPermitted, match="queued until 2026-04-04"):
        world.reception.release("A-1", at=NOON + DAY)


def test_a_delay_that_is_over_delays_nobody(world):
    world.reception.delay(NOON + DAY, at=NOON)

    assert "done" == word(go(world, Procedure.RENEW, pins=BOTH, at=NOON + DAY).application.stage)


def test_a_delay_ends_in_the_future(world):
    with pytest.raises(NotPermitted, match="give a later moment"):
        world.reception.delay(NOON, at=NOON)


def test_whoever_died_in_the_queue_is_refused_and_the_queue_goes_on(world):
    world.reception.shut_down(at=NOON)
    go(world, Procedure.RENEW, pins=BOTH)
    go(world, Procedure.ISSUE, resident="taro", shown=EVERYTHING)
    world.office.report(Event.DIED, "hanako", at=NOON)

    first, second = world.reception.restore(at=NOON)

    assert isinstance(first.application.stage, Refused)
    assert "is dead" in first.application.stage.reason.en
    assert "done" == word(second.application.stage)


def test_a_revocation_never_waits_for_the_system(world):
    world.reception.shut_down(at=NOON)

    go(world, Procedure.WITHDRAW, kind=Kind.SIGN)

    assert [Revoked(NOON, Reason.CESSATION_OF_OPERATION)] == standings(world, Kind.SIGN)


def test_a_new_card_is_handed_over_with_both_certificates(world):
    served = go(world, Procedure.ISSUE, resident="taro", shown=EVERYTHING)

    assert {Pin.SIGN, Pin.AUTH, Pin.JUKI, Pin.TEXT} == set(served.handed.drawn)
    assert 2 == len(served.certificates)


def test_a_certificate_that_was_declined_is_issued_later(world):
    go(
        world,
        Procedure.ISSUE,
        resident="taro",
        shown=EVERYTHING,
        kind=Kind.AUTH,
        new_pins={Pin.AUTH: "1234"},
    )

    served = go(world, Procedure.ISSUE_LATER, resident="taro", new_pins={Pin.SIGN: "NEW123"})

    assert [Kind.SIGN] == [each.kind for each in served.certificates]
    assert "NEW123" == served.handed.card.pins[Pin.SIGN].secret
    assert {} == served.handed.drawn


def test_after_a_withdrawal_the_pin_of_then_is_asked(world):
    go(world, Procedure.WITHDRAW, kind=Kind.SIGN)

    with pytest.raises(NotPermitted, match="asks for the PIN of: sign"):
        go(world, Procedure.ISSUE_LATER)
    served = go(world, Procedure.ISSUE_LATER, pins={Pin.SIGN: "ABC123"})

    assert [Kind.SIGN] == [each.kind for each in served.certificates]


def test_a_reissued_card_costs_200_yen_for_its_certificates(world):
    served = go(world, Procedure.REISSUE, shown={LICENCE, Document.LOSS_REPORT})

    assert 200 == served.fee
    assert [Revoked(NOON, Reason.SUPERSEDED), Good()] == standings(world, Kind.AUTH)
    assert "00000002" == served.handed.card.serial


def test_after_a_move_a_new_signature_certificate_is_asked_for(world):
    """
    With the notice, and the juki and sign PINs [J 10.5].
    """
    world.office.move("hanako", address=YOKOHAMA, at=NOON)
    papers = {CARD, Document.CHANGE_NOTICE}

    with pytest.raises(NotPermitted, match="asks for the PIN of: juki"):
        go(world, Procedure.REPORT_CHANGE, shown=papers, pins={Pin.SIGN: "ABC123"})
    go(
        world,
        Procedure.REPORT_CHANGE,
        shown=papers,
        pins={Pin.SIGN: "ABC123", Pin.JUKI: "1111"},
    )

    assert [Revoked(NOON, Reason.AFFILIATION_CHANGED), Good()] == standings(world, Kind.SIGN)
    assert [Good()] == standings(world, Kind.AUTH)
    assert "14104" == current(world, Kind.SIGN).scope


def test_a_household_member_with_authority_reports_the_move_in_one_visit(world):
    world.office.move("hanako", address=YOKOHAMA, at=NOON)

    served = go(
        world,
        Procedure.REPORT_CHANGE,
        Applicant.HOUSEHOLD,
        shown={LICENCE, Document.CHANGE_NOTICE, Document.LETTER_OF_AUTHORITY},
        pins={Pin.SIGN: "ABC123", Pin.JUKI: "1111"},
    )

    assert "done" == word(served.application.stage)


def test_a_lost_card_is_suspended_by_phone_and_resumed_at_the_counter(world):
    go(world, Procedure.SUSPEND, shown=set(), of_holder=set())
    assert CardState.SUSPENDED is world.register.card_of("hanako").state

    go(world, Procedure.RESUME, pins={Pin.JUKI: "1111"})

    assert CardState.ACTIVE is world.register.card_of("hanako").state
    assert [Held(NOON)] == standings(world, Kind.SIGN)


def test_a_returned_card_ends_both(world):
    go(world, Procedure.RETURN, shown={CARD, LICENCE})

    assert CardState.RETURNED is world.register.card_of("hanako").state
    for kind in Kind:
        assert [Revoked(NOON, Reason.CESSATION_OF_OPERATION)] == standings(world, kind)


def test_a_leak_is_reported_for_both_unless_one_is_named(world):
    go(world, Procedure.REPORT_LEAK, shown={CARD, LICENCE})

    for kind in Kind:
        assert [Revoked(NOON, Reason.KEY_COMPROMISE)] == standings(world, kind)
    with pytest.raises(AlreadyRevoked):
        go(world, Procedure.REPORT_LEAK, shown={CARD, LICENCE})


def test_a_withdrawal_online_is_signed(world):
    """
    At the counter no PIN is asked; online the sign PIN is, and its certificate must be in force.
    """
    online = {"place": Place.CLIENT, "shown": set(), "of_holder": set()}
    with pytest.raises(NotPermitted, match="asks for the PIN of: sign"):
        go(world, Procedure.WITHDRAW, kind=Kind.AUTH, **online)
    go(world, Procedure.WITHDRAW, kind=Kind.AUTH, pins={Pin.SIGN: "ABC123"}, **online)
    assert [Revoked(NOON, Reason.CESSATION_OF_OPERATION)] == standings(world, Kind.AUTH)

    world.office.move("hanako", address=YOKOHAMA, at=NOON)
    with pytest.raises(NotPermitted, match="withdraw at the counter"):
        go(world, Procedure.WITHDRAW, kind=Kind.SIGN, pins={Pin.SIGN: "ABC123"}, **online)
    assert isinstance(case_numbered(world.store, "A-2").application.stage, Refused)


def test_known_pins_are_changed_all_or_none(world):
    new = {Pin.SIGN: "NEW123", Pin.AUTH: "4321"}
    with pytest.raises(WrongPin):
        go(world, Procedure.CHANGE_PIN, pins=BOTH | {Pin.AUTH: "0000"}, new_pins=new)
    assert "ABC123" == world.register.card_of("hanako").pins[Pin.SIGN].secret

    go(world, Procedure.CHANGE_PIN, pins=BOTH, new_pins=new)

    changed = world.register.card_of("hanako").pins
    assert ("NEW123", "4321") == (changed[Pin.SIGN].secret, changed[Pin.AUTH].secret)


def test_mynaportal_changes_all_but_one(world):
    """
    The juki PIN only at the counter or with the client software [J 10.4].
    """
    with pytest.raises(NotPermitted, match="not changed by mynaportal"):
        go(
            world,
            Procedure.CHANGE_PIN,
            place=Place.MYNAPORTAL,
            pins={Pin.JUKI: "1111"},
            new_pins={Pin.JUKI: "3333"},
        )


def test_a_kiosk_sets_one_pin_by_the_other(world):
    new = {"new_pins": {Pin.SIGN: "NEW123"}, "shown": set(), "of_holder": set()}
    with pytest.raises(WrongPin, match="auth PIN"):
        go(world, Procedure.RESET_PIN_STORE, pins={Pin.AUTH: "0000"}, **new)

    go(world, Procedure.RESET_PIN_STORE, pins={Pin.AUTH: "1234"}, **new)

    assert "NEW123" == world.register.card_of("hanako").pins[Pin.SIGN].secret


def test_the_content_is_read_by_the_holder(world):
    served = go(world, Procedure.CONFIRM, pins=BOTH)

    assert [current(world, Kind.AUTH), current(world, Kind.SIGN)] == list(served.certificates)
    assert None is served.handed


@pytest.mark.parametrize(
    ("procedure", "settings", "expected"),
    [
        pytest.param(Procedure.RESET_PIN, {}, "needs to know which PIN", id="no-pin-named"),
        pytest.param(Procedure.CHANGE_PIN, {}, "needs to know which PIN", id="nothing-to-change"),
        pytest.param(
            Procedure.RESET_PIN_STORE,
            {"new_pins": BOTH},
            "sets one PIN by the other",
            id="two-at-the-kiosk",
        ),
        pytest.param(
            Procedure.RENEW,
            {"new_pins": {Pin.SIGN: "NEW123"}, "pins": BOTH},
            "renew sets no sign PIN anew, but: none",
            id="renewal-keeps-the-pins",
        ),
        pytest.param(
            Procedure.REPORT_CHANGE, {"kind": Kind.AUTH}, "leave --key away", id="auth-stays"
        ),
        pytest.param(
            Procedure.RENEW_EXPIRED,
            {"pins": BOTH},
            "is good; apply for renew instead of renew-expired",
            id="not-expired",
        ),
        pytest.param(
            Procedure.ISSUE_LATER,
            {"kind": Kind.SIGN},
            "is good; apply for renew instead of issue-later",
            id="in-force",
        ),
    ],
)
def test_what_does_not_fit_leaves_no_application(world, procedure, settings, expected):
    before = world.store.journal()

    with pytest.raises(NotPermitted, match=expected):
        go(world, procedure, shown=EVERYTHING, **settings)
    assert before == world.store.journal()


def test_an_expired_certificate_is_renewed_by_its_own_procedure(world):
    late = dt.datetime(2031, 3, 1, 3, tzinfo=dt.UTC)
    with pytest.raises(NotPermitted, match="is expired; apply for renew-expired"):
        go(world, Procedure.RENEW, pins=BOTH, at=late)

    served = go(world, Procedure.RENEW_EXPIRED, pins=BOTH, at=late)

    assert 2 == len(served.certificates)
    assert 0 == served.fee


def test_a_new_pin_that_breaks_its_rule_is_refused_before_anything_happens(world):
    before = world.store.journal()

    with pytest.raises(UnacceptablePin):
        go(world, Procedure.RESET_PIN, shown=EVERYTHING, new_pins={Pin.SIGN: "abc"})
    assert before == world.store.journal()


def test_a_refusal_of_the_table_is_journalled(world):
    served = go(world, Procedure.CONFIRM, Applicant.AGENT)

    assert "refused" == word(served.application.stage)
    assert "refused" == world.store.journal()[-1][4]["stage"]


def test_a_child_has_no_signature_certificate_renewed(world):
    """
    As a rule not under 15 [J 10.1]; a parent applies, and learns so.
    """
    world.office.add(
        "yuki",
        name="住基 雪",
        born=dt.date(2015, 5, 5),
        sex=Sex.FEMALE,
        address="東京都千代田区丸の内1-1-1",
        at=NOON,
    )
    parent = {"resident": "yuki", "shown": EVERYTHING, "of_holder": EVERYTHING}
    served = go(world, Procedure.ISSUE, Applicant.GUARDIAN, **parent)
    assert [Kind.AUTH] == [each.kind for each in served.certificates]

    with pytest.raises(NotEligible):
        go(
            world,
            Procedure.REPORT_CHANGE,
            Applicant.GUARDIAN,
            pins={Pin.JUKI: served.handed.drawn[Pin.JUKI]},
            **parent,
        )


@pytest.mark.parametrize(
    ("resident", "at", "error"),
    [
        pytest.param("momotaro", NOON, UnknownResident, id="stranger"),
        pytest.param("hanako", NOON - DAY, TooEarly, id="yesterday"),
    ],
)
def test_nobody_applies_who_cannot(world, resident, at, error):
    with pytest.raises(error):
        go(world, Procedure.RENEW, resident=resident, pins=BOTH, at=at)


def test_nobody_applies_for_the_dead(world):
    world.office.report(Event.DIED, "hanako", at=NOON)

    with pytest.raises(ResidentDied):
        go(world, Procedure.RETURN, Applicant.HOUSEHOLD, shown=EVERYTHING)


def test_the_hours_are_kept_if_asked_for(world):
    evening = dt.datetime(2026, 4, 3, 9, tzinfo=dt.UTC)  # Friday, 18:00 in Japan

    served = go(world, Procedure.RENEW, at=evening, keep_hours=True)

    assert "come again at 2026-04-06 08:30 JST" in served.application.stage.reason.en


def test_every_procedure_is_carried_out_by_somebody():
    assert set(Procedure) == set(GRANTS)
    assert set(Condition) == set(INSTEAD)
    for condition, procedure in INSTEAD.items():
        assert condition in FITTING[procedure]


def minijpki(world, *arguments):
    return CliRunner().invoke(cli, ["-C", str(world.directory), *arguments], catch_exceptions=False)


RENEW = ["office", "apply", "renew", "hanako", "--show", "my-number-card"]
TOLD = ["--pin", "sign=ABC123", "--pin", "auth=1234"]


def test_the_command_applies_and_tells_the_fee(world):
    result = minijpki(world, *RENEW, *TOLD, "--json")

    told = json.loads(result.stdout)
    assert ("A-1", "done", 0) == (told["receipt"], told["stage"], told["fee"])
    assert ["auth", "sign"] == [each["kind"] for each in told["certificates"]]
    assert (0, "") == (result.exit_code, result.stderr)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(RENEW[:-2], 1, "bring: My Number Card", id="papers"),
        pytest.param([*RENEW, "--pin", "sign=ZZZ999", *TOLD[2:]], 1, "4 tries left", id="pin"),
        pytest.param([*RENEW, "--pin", "ZZZ999"], 2, "write a PIN as NAME=VALUE", id="no-name"),
        pytest.param([*RENEW, "--pin", "pin=ZZZ999"], 2, "write a PIN as", id="bad-name"),
        pytest.param(["office", "apply", "renew", "momotaro"], 1, "no resident", id="stranger"),
        pytest.param(["office", "apply", "marry", "hanako"], 1, "no procedure", id="procedure"),
        pytest.param([*RENEW, "--show", "smile"], 2, "'smile' is not one of", id="document"),
        pytest.param(["office", "delay", "--until", "2026-04-02"], 2, "add Z", id="offset"),
        pytest.param(["office", "answer", "A-9", "--code", "1"], 1, "no application", id="receipt"),
    ],
)
def test_what_is_refused_is_told_in_one_line(world, arguments, status, said):
    result = minijpki(world, *arguments)

    assert (status, "") == (result.exit_code, result.stdout)
    assert said in result.stderr
    assert "ZZZ999" not in result.stderr
    if status == 1:
        assert 1 == result.stderr.count("\n")


def test_a_refusal_speaks_the_language_of_the_reader(world):
    result = minijpki(world, "--lang", "ja", *RENEW[:-2])

    assert "必要な書類が不足しています" in result.stderr
    assert 1 == result.exit_code


def test_the_second_visit_by_command(world):
    """
    The code is told once, as if it came by post.
    """
    first = minijpki(
        world,
        *RENEW[:4],
        *("--by", "agent", "--show", "driving-licence", "--of-holder", "my-number-card", "--json"),
    )
    told = json.loads(first.stdout)
    assert ("inquiry-sent", []) == (told["stage"], told["certificates"])
    assert "posted to the holder" in first.stderr

    [waiting] = map(json.loads, minijpki(world, "office", "pending", "--json").stdout.splitlines())
    assert ("A-1", "inquiry-sent") == (waiting["receipt"], waiting["stage"])
    assert "code" not in waiting

    second = minijpki(world, "office", "answer", "A-1", "--code", told["code"], *TOLD, "--json")
    assert "done" == json.loads(second.stdout)["stage"]


def test_the_queue_by_command(world):
    until = "2026-04-02T12:00:00+09:00"
    assert 0 == minijpki(world, "office", "delay", "--until", until).exit_code
    queued = minijpki(world, *RENEW, *TOLD, "--lang", "ja")
    assert "従来の電子証明書" in queued.stderr
    assert "受付済" in queued.stdout

    early = minijpki(world, "office", "release", "A-1")
    assert (1, "") == (early.exit_code, early.stdout)
    assert "queued until 2026-04-02T03:00:00Z" in early.stderr

    [done] = map(
        json.loads,
        minijpki(world, "office", "release", "--at", until, "--json").stdout.splitlines(),
    )
    assert ("A-1", "done") == (done["receipt"], done["stage"])


def test_down_and_up_by_command(world):
    minijpki(world, "office", "down")
    minijpki(world, "office", "apply", "issue", "taro", "--show", "driving-licence",
             "--show", "delivery-notice")  # fmt: skip

    up = minijpki(world, "office", "up", "--json")

    told = json.loads(up.stdout)
    assert ("A-1", "done", "taro") == (told["receipt"], told["stage"], told["id"])
    assert 4 == len(told["pins"])


@pytest.mark.parametrize("by", Applicant, ids=lambda by: by.value)
@pytest.mark.parametrize("procedure", Procedure, ids=lambda procedure: procedure.value)
def test_the_command_prints_the_row_of_the_table(procedure, by):
    """
    No world is needed to ask what to bring.
    """
    arguments = ["office", "requirements", procedure.value, "--by", by.value]
    row = requirements(procedure, by)

    told = json.loads(CliRunner().invoke(cli, [*arguments, "--json"]).stdout)
    english = CliRunner().invoke(cli, [*arguments, "--lang", "en"])
    japanese = CliRunner().invoke(cli, [*arguments, "--lang", "ja"])

    assert isinstance(row, Requirement) == told["possible"]
    assert row.source == told["source"]
    assert 0 == english.exit_code == japanese.exit_code
    if isinstance(row, Requirement):
        assert (row.visits, row.fee) == (told["visits"], told["fee"])
        assert [pin.value for pin in row.pins] == told["pins"]
        assert f"{row.fee} yen" in english.stdout
        assert f"{row.fee}円" in japanese.stdout
    else:
        assert row.reason.en in english.stdout
        assert row.reason.ja in japanese.stdout


def test_all_rows_have_the_same_keys():
    lines = CliRunner().invoke(cli, ["office", "requirements", "--json"]).stdout.splitlines()

    assert len(Procedure) * len(Applicant) == len(lines)
    assert 1 == len({tuple(json.loads(line)) for line in lines})


def test_the_whole_table_fits_under_one_header():
    shown = CliRunner().invoke(cli, ["office", "requirements", "--lang", "en"])

    assert 1 + len(Procedure) * len(Applicant) == len(shown.stdout.splitlines())
    assert ["procedure", "by", "pins", "visits", "fee", "places", "confidence"] == (
        shown.stdout.splitlines()[0].split()
    )


def test_the_documents_are_listed():
    told = CliRunner().invoke(cli, ["office", "documents", "--json"]).stdout.splitlines()

    assert {each.value for each in Document} == {json.loads(line)["document"] for line in told}
