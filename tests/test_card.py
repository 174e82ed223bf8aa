"""
Hanako's card, and a finder who guesses.

Every wrong guess costs a try, the last one locks the PIN, and then the right one fails,
too.  The counter helps, and so does a kiosk for those who know the other PIN.
"""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.card import (
    BECOMES,
    Card,
    CardState,
    PinState,
    Slot,
    card_after,
    change_pin,
    new_card,
    personalise,
    put,
    refusal,
    reset_pin,
    reset_pin_at_store,
    take,
    unlock,
    verify_pin,
)
from ca.lifecycle import Abroad, Switches
from ca.pins import RULES
from pki.errors import CardGone, NotOnCard, NotPermitted, PinLocked, UnacceptablePin, WrongPin
from pki.kinds import Channel, Event, Kind, Pin

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
SECRETS = {Pin.SIGN: "HANAKO1", Pin.AUTH: "1234", Pin.JUKI: "2345", Pin.TEXT: "3456"}
NEW = {Pin.SIGN: "SAKURA2", Pin.AUTH: "9876", Pin.JUKI: "8765", Pin.TEXT: "7654"}
WRONG = {Pin.SIGN: "HANAKO2", Pin.AUTH: "4321", Pin.JUKI: "4321", Pin.TEXT: "4321"}
LIMITS = {Pin.SIGN: 5, Pin.AUTH: 3, Pin.JUKI: 3, Pin.TEXT: 3}

every_pin = pytest.mark.parametrize("pin", Pin, ids=lambda pin: pin.value)
either_way = pytest.mark.parametrize(
    ("pin", "other"), [(Pin.SIGN, Pin.AUTH), (Pin.AUTH, Pin.SIGN)], ids=["sign", "auth"]
)


def fresh(*kinds, secrets=SECRETS):
    card = new_card(
        serial="000000000000001",
        holder="hanako",
        issued_on=dt.date(2026, 4, 1),
        expires_on=dt.date(2036, 2, 3),
        secrets=secrets,
    )
    for number, kind in enumerate(kinds or Kind, start=100):
        slot = Slot(serial_number=number, generation="2023", key=f"{kind.value}-{number}")
        card = put(card, kind, slot)
    return card


def guess(card, pin, times):
    for _ in range(times):
        card = verify_pin(card, pin, WRONG[pin]).card
    return card


@every_pin
def test_each_wrong_entry_costs_a_try(pin):
    """
    5, 3, 3 and 3 consecutive errors [J 10.4].
    """
    card, left = fresh(), []
    for _ in range(LIMITS[pin]):
        attempt = verify_pin(card, pin, WRONG[pin])
        card = attempt.card
        left.append(attempt.tries_left)

    assert list(reversed(range(LIMITS[pin]))) == left
    assert card.is_locked(pin)


@every_pin
def test_a_locked_pin_refuses_the_right_one(pin):
    """
    And it does not even compare; a reader of APDUs tells the two apart [CARD A6].
    """
    card = guess(fresh(), pin, LIMITS[pin])

    attempt = verify_pin(card, pin, SECRETS[pin])

    assert (False, True, False) == (attempt.ok, attempt.locked, attempt.compared)
    assert card == attempt.card


@every_pin
def test_the_right_entry_restores_all_tries(pin):
    card = guess(fresh(), pin, LIMITS[pin] - 1)

    attempt = verify_pin(card, pin, SECRETS[pin])

    assert (True, LIMITS[pin]) == (attempt.ok, attempt.tries_left)
    assert fresh() == attempt.card


@every_pin
def test_one_pin_does_not_lock_another(pin):
    card = guess(fresh(), pin, LIMITS[pin])

    assert [pin] == [each for each in Pin if card.is_locked(each)]


def test_a_failure_leaves_the_old_card_untouched():
    """
    The new one is to be remembered first; a crash in between costs nobody a second try.
    """
    card = fresh()

    attempt = verify_pin(card, Pin.AUTH, "0000")

    assert fresh() == card
    assert 2 == attempt.card.pins[Pin.AUTH].tries_left


def test_lower_case_costs_a_try():
    """
    The card compares bytes [CARD A8].
    """
    assert 4 == verify_pin(fresh(), Pin.SIGN, "hanako1").tries_left


def test_a_failed_attempt_becomes_an_error_for_those_who_want_one():
    wrong = verify_pin(fresh(), Pin.AUTH, "0000")
    last = verify_pin(guess(fresh(), Pin.AUTH, 2), Pin.AUTH, "0000")
    locked = verify_pin(last.card, Pin.AUTH, SECRETS[Pin.AUTH])

    with pytest.raises(WrongPin, match="2 tries left") as refused:
        refusal(wrong, Pin.AUTH)
    assert (Pin.AUTH, 2) == (refused.value.pin, refused.value.tries_left)
    with pytest.raises(PinLocked):
        refusal(last, Pin.AUTH)
    with pytest.raises(PinLocked):
        refusal(locked, Pin.AUTH)
    refusal(verify_pin(fresh(), Pin.AUTH, "1234"), Pin.AUTH)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_the_pin_of_its_kind_permits_the_key(kind):
    pin, other = (Pin.SIGN, Pin.AUTH) if kind is Kind.SIGN else (Pin.AUTH, Pin.SIGN)

    assert unlock(fresh(), kind, SECRETS[pin]).ok
    assert not unlock(fresh(), kind, SECRETS[other]).ok


def test_a_certificate_that_is_not_on_the_card_costs_no_try():
    """
    A card may come with one certificate only [J 10.1].
    """
    child = fresh(Kind.AUTH, secrets={pin: SECRETS[pin] for pin in Pin if pin is not Pin.SIGN})

    with pytest.raises(NotOnCard):
        unlock(child, Kind.SIGN, "HANAKO1")
    with pytest.raises(NotOnCard):
        verify_pin(child, Pin.SIGN, "HANAKO1")


def test_the_signature_certificate_can_be_added_later():
    child = fresh(Kind.AUTH, secrets={pin: SECRETS[pin] for pin in Pin if pin is not Pin.SIGN})
    slot = Slot(serial_number=7, generation="2023", key="sign-7")

    grown = put(personalise(child, Pin.SIGN, "HANAKO1"), Kind.SIGN, slot)

    assert unlock(grown, Kind.SIGN, "HANAKO1").ok


def test_a_renewed_certificate_keeps_pin_and_tries():
    card = guess(fresh(), Pin.SIGN, 2)
    slot = Slot(serial_number=7, generation="2027", key="sign-7")

    renewed = put(card, Kind.SIGN, slot)

    assert slot == renewed.slots[Kind.SIGN]
    assert card.pins == renewed.pins


def test_a_certificate_taken_off_leaves_the_other():
    assert {Kind.AUTH} == set(take(fresh(), Kind.SIGN).slots)


@every_pin
@pytest.mark.parametrize("channel", Channel, ids=lambda channel: channel.value)
def test_a_known_pin_is_changed_where_the_table_says(pin, channel):
    """
    Mynaportal changes all but juki, a convenience store none [J 10.4].
    """
    allowed = {Channel.COUNTER, Channel.CLIENT}
    if pin is not Pin.JUKI:
        allowed.add(Channel.MYNAPORTAL)

    if channel in allowed:
        attempt = change_pin(fresh(), pin, SECRETS[pin], NEW[pin], channel)
        assert attempt.ok
        assert verify_pin(attempt.card, pin, NEW[pin]).ok
        assert not verify_pin(attempt.card, pin, SECRETS[pin]).ok
    else:
        with pytest.raises(NotPermitted, match=f"not changed by {channel.value}"):
            change_pin(fresh(), pin, SECRETS[pin], NEW[pin], channel)


@every_pin
def test_changing_with_the_wrong_pin_costs_a_try_and_changes_nothing(pin):
    attempt = change_pin(fresh(), pin, WRONG[pin], NEW[pin], Channel.COUNTER)

    assert (False, LIMITS[pin] - 1) == (attempt.ok, attempt.tries_left)
    assert verify_pin(attempt.card, pin, SECRETS[pin]).ok


@every_pin
def test_changing_does_not_unlock(pin):
    card = guess(fresh(), pin, LIMITS[pin])

    attempt = change_pin(card, pin, SECRETS[pin], NEW[pin], Channel.COUNTER)

    assert not attempt.ok
    assert card == attempt.card


def test_a_new_pin_that_breaks_the_rule_costs_no_try():
    with pytest.raises(UnacceptablePin):
        change_pin(fresh(), Pin.AUTH, "0000", "12345", Channel.COUNTER)


@every_pin
def test_the_counter_sets_a_locked_pin_anew(pin):
    card = reset_pin(guess(fresh(), pin, LIMITS[pin]), pin, NEW[pin])

    assert LIMITS[pin] == card.pins[pin].tries_left
    assert verify_pin(card, pin, NEW[pin]).ok


@either_way
def test_a_kiosk_trusts_the_other_certificate(pin, other):
    """
    Either direction; it must be valid, and its PIN known and not locked [J 10.4].
    """
    card = guess(guess(fresh(), pin, LIMITS[pin]), other, 1)

    attempt = reset_pin_at_store(card, pin, NEW[pin], SECRETS[other], other_is_valid=True)

    assert attempt.ok
    assert PinState(NEW[pin], LIMITS[pin]) == attempt.card.pins[pin]
    assert PinState(SECRETS[other], LIMITS[other]) == attempt.card.pins[other]


@either_way
def test_a_kiosk_counts_wrong_entries_of_the_other_pin(pin, other):
    card = guess(fresh(), pin, LIMITS[pin])

    attempt = reset_pin_at_store(card, pin, NEW[pin], WRONG[other], other_is_valid=True)

    assert (False, LIMITS[other] - 1) == (attempt.ok, attempt.tries_left)
    assert attempt.card.is_locked(pin)


@either_way
def test_a_kiosk_cannot_help_once_both_are_locked(pin, other):
    card = guess(guess(fresh(), pin, LIMITS[pin]), other, LIMITS[other])

    attempt = reset_pin_at_store(card, pin, NEW[pin], SECRETS[other], other_is_valid=True)

    assert (False, True) == (attempt.ok, attempt.locked)
    with pytest.raises(PinLocked) as refused:
        refusal(attempt, other)
    assert other is refused.value.pin


@either_way
def test_a_kiosk_needs_the_other_certificate_valid(pin, other):
    with pytest.raises(NotPermitted, match=f"only while the {other.value} certificate is valid"):
        reset_pin_at_store(fresh(), pin, NEW[pin], SECRETS[other], other_is_valid=False)


@pytest.mark.parametrize("gone", Kind, ids=lambda kind: kind.value)
@either_way
def test_a_kiosk_needs_both_certificates_on_the_card(pin, other, gone):
    with pytest.raises(NotOnCard) as refused:
        reset_pin_at_store(take(fresh(), gone), pin, NEW[pin], SECRETS[other], other_is_valid=True)

    assert gone is refused.value.kind


@pytest.mark.parametrize("pin", [Pin.JUKI, Pin.TEXT], ids=lambda pin: pin.value)
def test_a_kiosk_resets_no_other_pin(pin):
    with pytest.raises(NotPermitted, match="not reset at a convenience store"):
        reset_pin_at_store(fresh(), pin, NEW[pin], "1234", other_is_valid=True)


def test_a_kiosk_refuses_a_bad_new_pin_before_it_counts():
    with pytest.raises(UnacceptablePin):
        reset_pin_at_store(fresh(), Pin.AUTH, "12345", "WRONG1", other_is_valid=True)


def test_a_suspended_card_still_signs_but_nobody_writes_to_it():
    """
    What stops its signatures is the list, not the chip.
    """
    lost = card_after(Event.CARD_LOST, fresh(), at=NOON)

    assert CardState.SUSPENDED is lost.state
    assert unlock(lost, Kind.SIGN, "HANAKO1").ok
    for write in (
        lambda: reset_pin(lost, Pin.AUTH, "9876"),
        lambda: change_pin(lost, Pin.AUTH, "1234", "9876", Channel.MYNAPORTAL),
        lambda: reset_pin_at_store(lost, Pin.AUTH, "9876", "HANAKO1", other_is_valid=True),
        lambda: put(lost, Kind.SIGN, lost.slots[Kind.SIGN]),
    ):
        with pytest.raises(NotPermitted, match="the card is suspended"):
            write()


@pytest.mark.parametrize(
    "event", [Event.CARD_RETURNED, Event.CARD_DESTROYED], ids=lambda event: event.value
)
def test_a_card_that_nobody_has_answers_nobody(event):
    gone = card_after(event, fresh(), at=NOON)

    with pytest.raises(CardGone, match=f"the card was {gone.state.value}"):
        unlock(gone, Kind.AUTH, "1234")


FATES = {
    Event.DIED: "lapsed",
    Event.RECORD_DELETED: "lapsed",
    Event.STAY_LAPSED: "lapsed",
    Event.NUMBER_CHANGED: "lapsed",
    Event.CARD_LOST: "suspended",
    Event.CARD_RETURNED: "returned",
    Event.CARD_LAPSED: "lapsed",
    Event.CARD_EXPIRED: "expired",
    Event.CARD_REISSUED: "replaced",
    Event.CARD_DESTROYED: "destroyed",
}


@pytest.mark.parametrize("event", Event, ids=lambda event: event.value)
def test_each_event_has_its_effect_on_the_card(event):
    assert FATES.get(event, "active") == card_after(event, fresh(), at=NOON).state.value


def test_the_table_of_fates_is_complete():
    assert {*FATES, Event.CARD_FOUND, Event.LEFT} == set(BECOMES)


def test_a_card_found_again_resumes():
    """
    The card does, its certificates never [J 13].
    """
    lost = card_after(Event.CARD_LOST, fresh(), at=NOON)

    assert fresh() == card_after(Event.CARD_FOUND, lost, at=NOON)


@pytest.mark.parametrize("event", Event, ids=lambda event: event.value)
@pytest.mark.parametrize(
    "state",
    [each for each in CardState if each not in (CardState.ACTIVE, CardState.SUSPENDED)],
    ids=lambda state: state.value,
)
def test_nothing_brings_a_card_back(event, state):
    card = replace(fresh(), state=state)

    assert card == card_after(event, card, at=NOON)


def test_a_card_may_be_kept_abroad_or_not():
    stays = card_after(Event.LEFT, fresh(), at=NOON)
    ends = card_after(Event.LEFT, fresh(), at=NOON, switches=Switches(abroad=Abroad.REVOKED))

    assert (CardState.ACTIVE, CardState.LAPSED) == (stays.state, ends.state)


def test_no_secret_is_shown():
    card = fresh()
    shown = repr(card) + repr(verify_pin(card, Pin.SIGN, "HANAKO1"))

    assert not [secret for secret in SECRETS.values() if f"{secret!r}" in shown]


def test_an_impossible_card_cannot_be_made():
    with pytest.raises(ValueError, match="lacks the PINs: text"):
        new_card(
            serial="1",
            holder="hanako",
            issued_on=dt.date(2026, 4, 1),
            expires_on=dt.date(2036, 2, 3),
            secrets={Pin.JUKI: "2345"},
        )
    with pytest.raises(ValueError, match="expires before it is issued"):
        replace(fresh(), expires_on=dt.date(2026, 3, 31))
    with pytest.raises(ValueError, match="lacks the PINs: sign"):
        Card(
            serial="1",
            holder="hanako",
            issued_on=dt.date(2026, 4, 1),
            expires_on=dt.date(2036, 2, 3),
            pins={pin: PinState("0000", 3) for pin in Pin if pin is not Pin.SIGN},
            slots=fresh().slots,
        )


deeds = st.lists(
    st.tuples(
        st.sampled_from(["verify", "change", "reset", "store"]),
        st.sampled_from(Pin),
        st.booleans(),
    ),
    max_size=40,
)


@given(deeds=deeds)
@settings(derandomize=True, max_examples=150, deadline=None)
def test_tries_never_rise_but_by_the_right_pin_or_a_reset(deeds):
    """
    Every sequence of right and wrong entries, changes and resets keeps the counters' law.
    """
    card = fresh()
    for deed, pin, right in deeds:
        before = card
        entered = {each: (SECRETS if right else WRONG)[each] for each in Pin}
        earned = set()
        if deed == "reset":
            card, earned = reset_pin(card, pin, SECRETS[pin]), {pin}
        elif deed == "store":
            if pin in (Pin.JUKI, Pin.TEXT):
                continue
            other = Pin.AUTH if pin is Pin.SIGN else Pin.SIGN
            attempt = reset_pin_at_store(
                card, pin, SECRETS[pin], entered[other], other_is_valid=True
            )
            card = attempt.card
            earned = {pin, other} if right and before.pins[other].tries_left else set()
            assert attempt.ok == bool(earned)
        else:
            attempt = (
                verify_pin(card, pin, entered[pin])
                if deed == "verify"
                else change_pin(card, pin, entered[pin], SECRETS[pin], Channel.CLIENT)
            )
            card = attempt.card
            earned = {pin} if right and before.pins[pin].tries_left else set()
            assert attempt.ok == bool(earned)
        for each in Pin:
            left = card.pins[each].tries_left
            assert 0 <= left <= LIMITS[each] == RULES[each].tries
            if each in earned:
                assert LIMITS[each] == left
            else:
                assert left in (before.pins[each].tries_left, before.pins[each].tries_left - 1)
