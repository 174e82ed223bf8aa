"""
Hanako chooses four PINs.

One is a password of letters and digits, three have four digits.  What the card would
never take is refused before it gets there, and no message repeats what she typed.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.pins import DIGITS, KIND_OF, LETTERS, PIN_OF, RULES, check, draw
from pki.errors import UnacceptablePin
from pki.kinds import Channel, Kind, Pin

FOUR_DIGITS = [Pin.AUTH, Pin.JUKI, Pin.TEXT]


@pytest.mark.parametrize("value", ["ABC123", "A12345", "ABCDE1", "1A2B3C4D5E6F7G8H"])
def test_a_password_of_letters_and_digits_may_sign(value):
    assert check(Pin.SIGN, value) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("AB123", id="five"),
        pytest.param("1A2B3C4D5E6F7G8H9", id="seventeen"),
        pytest.param("ABCDEF", id="letters-only"),
        pytest.param("123456", id="digits-only"),
        pytest.param("ABC-123", id="hyphen"),
        pytest.param("ABC 123", id="space"),
        pytest.param("ABC１２３", id="full-width-digits"),
        pytest.param("ＡＢＣ123", id="full-width-letters"),
        pytest.param("ABC123\n", id="line-feed"),
        pytest.param("ſtra55e", id="long-s-that-upper-cases-to-ascii"),
    ],
)
def test_what_breaks_the_rule_may_not_sign(value):
    """
    Six to sixteen of A to Z and 0 to 9, one of each at least [J 10.4].
    """
    with pytest.raises(UnacceptablePin, match="choose another") as refused:
        check(Pin.SIGN, value)

    assert Pin.SIGN is refused.value.pin


def test_lower_case_is_refused_with_its_cure():
    """
    Clients send upper case, the card compares bytes: taken as it is, it would never match.
    """
    with pytest.raises(UnacceptablePin, match=r"; use upper case$"):
        check(Pin.SIGN, "abc123")


@pytest.mark.parametrize("pin", FOUR_DIGITS, ids=lambda pin: pin.value)
@pytest.mark.parametrize("value", ["", "123", "12345", "12a4", "１２３４", "٣٣٣٣", "12 4"])
def test_the_others_have_four_digits(pin, value):
    check(pin, "0000")
    with pytest.raises(UnacceptablePin, match=f"^the {pin.value} PIN must be 4 digits"):
        check(pin, value)


@pytest.mark.parametrize("pin", Pin, ids=lambda pin: pin.value)
def test_no_message_repeats_the_pin(pin):
    with pytest.raises(UnacceptablePin) as refused:
        check(pin, "hana5")

    assert "hana5" not in str(refused.value).lower()


@pytest.mark.parametrize(
    ("pin", "tries"),
    [
        pytest.param(Pin.SIGN, 5, id="sign"),
        pytest.param(Pin.AUTH, 3, id="auth"),
        pytest.param(Pin.JUKI, 3, id="juki"),
        pytest.param(Pin.TEXT, 3, id="text"),
    ],
)
def test_each_has_its_tries(pin, tries):
    """
    Exact numbers, for all four are known [J 10.4].
    """
    assert tries == RULES[pin].tries


@pytest.mark.parametrize(
    ("channel", "pins"),
    [
        pytest.param(Channel.COUNTER, set(Pin), id="counter"),
        pytest.param(Channel.MYNAPORTAL, set(Pin) - {Pin.JUKI}, id="mynaportal"),
        pytest.param(Channel.CLIENT, set(Pin), id="client"),
        pytest.param(Channel.CONVENIENCE_STORE, set(), id="convenience-store"),
    ],
)
def test_each_channel_changes_its_pins(channel, pins):
    assert pins == {pin for pin, rule in RULES.items() if channel in rule.changed_at}


@pytest.mark.parametrize(
    ("channel", "pins"),
    [
        pytest.param(Channel.COUNTER, set(Pin), id="counter"),
        pytest.param(Channel.MYNAPORTAL, set(), id="mynaportal"),
        pytest.param(Channel.CLIENT, set(), id="client"),
        pytest.param(Channel.CONVENIENCE_STORE, {Pin.SIGN, Pin.AUTH}, id="convenience-store"),
    ],
)
def test_each_channel_resets_its_pins(channel, pins):
    assert pins == {pin for pin, rule in RULES.items() if channel in rule.reset_at}


def test_every_pin_has_a_rule_and_every_kind_a_pin():
    assert set(Pin) == set(RULES)
    assert set(Kind) == set(PIN_OF)
    assert PIN_OF == {kind: pin for pin, kind in KIND_OF.items()}


@given(pin=st.sampled_from(Pin), seed=st.integers())
@settings(derandomize=True, max_examples=200, deadline=None)
def test_a_drawn_pin_fits_its_rule_and_follows_from_the_seed(pin, seed):
    first = draw(pin, random.Random(seed).randrange)
    second = draw(pin, random.Random(seed).randrange)

    check(pin, first)
    assert first == second


@pytest.mark.parametrize("pin", Pin, ids=lambda pin: pin.value)
@pytest.mark.parametrize(
    "chance", [lambda below: 0, lambda below: below - 1], ids=["lowest", "highest"]
)
def test_even_the_dullest_chance_draws_a_good_pin(pin, chance):
    check(pin, draw(pin, chance))


@given(value=st.text(alphabet=LETTERS + DIGITS + "aö", max_size=18))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_the_rule_for_signing_is_the_one_of_the_facts(value):
    good = (
        6 <= len(value) <= 16
        and all(each in LETTERS or each in DIGITS for each in value)
        and any(each in LETTERS for each in value)
        and any(each in DIGITS for each in value)
    )
    try:
        check(Pin.SIGN, value)
    except UnacceptablePin:
        assert not good
    else:
        assert good
