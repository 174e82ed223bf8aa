"""
Hanako's card, from the day it is issued to the day it ends.

Born on 3 February 2001, she gets her card on 1 April 2026.  Her certificates end with a
birthday, with the card or with one another, whatever comes first; a renewal wins a year; a
guest's card ends with the stay, a child's with the fifth birthday.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.errors import Unacceptable
from pki.kinds import Algorithm, Kind
from pki.validity import (
    TERMS,
    Because,
    Ending,
    card_last_day,
    last_day,
    outlives,
    renewal_window_opens,
    rollover_due,
)

RSA, P384 = Algorithm.RSA2048, Algorithm.P384
BORN = date(2001, 2, 3)
ISSUED = date(2026, 4, 1)
CARD_ENDS = date(2036, 2, 3)

fixed = settings(derandomize=True, max_examples=100, deadline=None)
leap_days = st.sampled_from([date(year, 2, 29) for year in range(1904, 2028, 4)])
births = st.one_of(st.dates(date(1900, 1, 1), date(2026, 4, 1)), leap_days)


def ending(kind, **changes):
    """
    The last day of a certificate of Hanako's, who holds no other one.
    """
    usual = {
        "born": BORN,
        "issued_on": ISSUED,
        "renewal": False,
        "card_expires_on": CARD_ENDS,
        "auth_ends_on": None,
        "algorithm": RSA,
    }
    return last_day(kind, **usual | changes)


def test_the_test_card_ends_on_its_day():
    """
    Issued on 2025-10-27 to a holder whose birthday is 17 February [J 10.2].
    """
    card = ending(Kind.SIGN, born=date(1990, 2, 17), issued_on=date(2025, 10, 27))

    assert Ending(date(2030, 2, 17), Because.BIRTHDAY) == card


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_a_certificate_ends_with_the_fifth_birthday(kind):
    assert Ending(date(2031, 2, 3), Because.BIRTHDAY) == ending(kind)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_a_renewal_ends_with_the_sixth_birthday(kind):
    assert Ending(date(2032, 2, 3), Because.BIRTHDAY) == ending(kind, renewal=True)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_no_certificate_outlives_its_card(kind):
    card_ends = date(2028, 2, 3)

    assert Ending(card_ends, Because.CARD) == ending(kind, card_expires_on=card_ends)


def test_a_signature_certificate_ends_with_the_authentication_certificate():
    """
    So one that is issued again after a move does not win a day [J 10.2].
    """
    auth_ends = date(2029, 2, 3)

    assert Ending(auth_ends, Because.AUTHENTICATION_CERTIFICATE) == ending(
        Kind.SIGN, auth_ends_on=auth_ends
    )


def test_an_authentication_certificate_does_not_limit_its_successor():
    assert Because.BIRTHDAY is ending(Kind.AUTH, auth_ends_on=date(2026, 5, 1)).because


def test_an_expired_authentication_certificate_is_not_held():
    """
    It sets no limit; on its last day it still does [J 10.2].
    """
    yesterday = ISSUED - timedelta(days=1)

    assert Because.BIRTHDAY is ending(Kind.SIGN, auth_ends_on=yesterday).because
    assert Ending(ISSUED, Because.AUTHENTICATION_CERTIFICATE) == ending(
        Kind.SIGN, auth_ends_on=ISSUED
    )


def test_in_a_double_renewal_both_end_on_the_same_day():
    """
    The authentication certificate comes first, and its new day is the other's limit [J 10.2].
    """
    auth = ending(Kind.AUTH, renewal=True)
    sign = ending(Kind.SIGN, renewal=True, auth_ends_on=auth.day)

    assert auth == sign


def test_of_equal_limits_the_first_is_named():
    fifth = date(2031, 2, 3)

    assert Because.BIRTHDAY is ending(Kind.SIGN, card_expires_on=fifth, auth_ends_on=fifth).because


def test_an_expired_card_takes_no_certificate():
    with pytest.raises(Unacceptable, match=r"the card expired on 2026-03-31.*reissued first"):
        ending(Kind.AUTH, card_expires_on=date(2026, 3, 31))

    assert Ending(ISSUED, Because.CARD) == ending(Kind.AUTH, card_expires_on=ISSUED)


@pytest.mark.parametrize(
    ("born", "day"),
    [
        pytest.param("2001-02-03", "2036-03-03", id="a month more"),
        pytest.param("2001-01-31", "2036-02-29", id="to the end of a short month"),
        pytest.param("2000-02-29", "2036-03-29", id="29 February in a leap year"),
        pytest.param("2001-12-15", "2036-01-15", id="into the next year"),
        pytest.param("2008-04-02", "2030-05-02", id="under 18"),
        pytest.param("2008-04-01", "2036-05-01", id="18 today"),
    ],
)
@pytest.mark.parametrize("renewal", [False, True], ids=["first", "renewal"])
def test_the_next_generation_gets_ten_birthdays_and_a_month(born, day, renewal):
    """
    Under 18 five; a renewal no more than that, all inferred [J 8] [J 13].
    """
    born = date.fromisoformat(born)
    card = card_last_day(born, ISSUED, None, P384)

    certificate = ending(
        Kind.AUTH, born=born, renewal=renewal, card_expires_on=card.day, algorithm=P384
    )

    assert Ending(date.fromisoformat(day), Because.BIRTHDAY) == certificate == card


@pytest.mark.parametrize(
    ("born", "stay", "day", "because"),
    [
        pytest.param("2001-02-03", None, "2036-02-03", Because.BIRTHDAY, id="grown up"),
        pytest.param("2008-04-01", None, "2036-04-01", Because.BIRTHDAY, id="18 today"),
        pytest.param("2008-04-02", None, "2030-04-02", Because.BIRTHDAY, id="18 tomorrow"),
        pytest.param("2026-04-01", None, "2031-04-01", Because.BIRTHDAY, id="born today"),
        pytest.param("2000-02-29", None, "2036-02-29", Because.BIRTHDAY, id="29 February"),
        pytest.param("2001-02-03", "2027-09-30", "2027-09-30", Because.STAY, id="short stay"),
        pytest.param("2001-02-03", "2040-01-01", "2036-02-03", Because.BIRTHDAY, id="long stay"),
        pytest.param("2001-02-03", "2026-04-01", "2026-04-01", Because.STAY, id="stay ends today"),
    ],
)
def test_a_card_ends_with_a_birthday_or_the_stay(born, stay, day, because):
    """
    The tenth birthday, under 18 the fifth; the end of a limited stay if earlier [J 10.1].
    """
    stay = stay and date.fromisoformat(stay)

    assert Ending(date.fromisoformat(day), because) == card_last_day(
        date.fromisoformat(born), ISSUED, stay, RSA
    )


def test_who_may_stay_no_longer_gets_no_card():
    with pytest.raises(Unacceptable, match=r"the stay ended on 2026-03-31.*extended first"):
        card_last_day(BORN, ISSUED, date(2026, 3, 31), RSA)


@fixed
@given(
    births,
    st.sampled_from(list(Kind)),
    st.booleans(),
    st.sampled_from(list(Algorithm)),
    st.none() | st.dates(date(2026, 4, 1), date(2040, 1, 1)),
    st.none() | st.dates(date(2026, 4, 1), date(2040, 1, 1)),
)
def test_nothing_lasts_longer_than_any_of_its_limits(born, kind, renewal, algorithm, stay, auth):
    card = card_last_day(born, ISSUED, stay, algorithm)
    found = ending(
        kind,
        born=born,
        renewal=renewal,
        card_expires_on=card.day,
        auth_ends_on=auth,
        algorithm=algorithm,
    )

    limits = {Because.CARD: card.day}
    if kind is Kind.SIGN and auth is not None:
        limits[Because.AUTHENTICATION_CERTIFICATE] = auth
    assert ISSUED <= found.day <= min(limits.values())
    if found.because is not Because.BIRTHDAY:
        assert limits[found.because] == found.day


def test_renewing_on_the_first_day_of_the_window_wins_no_year():
    """
    Three months early, the sixth birthday is the one that would have been the fifth.
    """
    first = ending(Kind.AUTH).day
    early = renewal_window_opens(first, RSA)

    renewed = ending(Kind.AUTH, issued_on=early, renewal=True)

    assert date(2036, 2, 3) == renewed.day == date(first.year + 5, first.month, first.day)


@fixed
@given(births, st.dates(date(2026, 4, 1), date(2060, 1, 1)), st.sampled_from(list(Algorithm)))
def test_a_ca_that_need_not_roll_over_outlives_what_it_issues(born, on, algorithm):
    """
    This is what the six and the eleven years are for [J 1.1].
    """
    ends = date(2046, 3, 31)
    longest = ending(
        Kind.AUTH,
        born=born,
        issued_on=on,
        renewal=True,
        card_expires_on=date(2099, 12, 31),
        algorithm=algorithm,
    )

    assert rollover_due(ends, on=on, algorithm=algorithm) or not outlives(longest.day, ends)


def test_every_generation_has_its_terms():
    assert set(Algorithm) == set(TERMS)
