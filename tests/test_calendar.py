"""
The Japanese calendar stumbles, and certificates stumble with it.

A day ends nine hours before the UTC day, a birthday on 29 February comes every fourth year,
and three months before the 31st there may be no such day.  Each rule has its vectors, and
beside them a way of counting that is too slow to be wrong.
"""

import datetime as dt
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.errors import ImpossibleDate
from pki.kinds import Algorithm
from pki.validity import (
    JST,
    age_on,
    birthday_after,
    ca_last_day,
    day_in_jst,
    is_renewal,
    last_second,
    notice_month,
    notice_sent_on,
    outlives,
    renewal_window_opens,
    rollover_due,
)

RSA, P384 = Algorithm.RSA2048, Algorithm.P384
BORN = date(2001, 2, 3)
ISSUED = date(2026, 4, 1)

fixed = settings(derandomize=True, max_examples=100, deadline=None)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
leap_days = st.sampled_from([date(year, 2, 29) for year in range(1904, 2028, 4)])
births = st.one_of(st.dates(date(1900, 1, 1), date(2026, 4, 1)), leap_days)


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def is_birthday(born, day):
    """
    The rule in words: the same date, and 28 February for 29 February in common years.
    """
    if (born.month, born.day) == (2, 29) and not is_leap(day.year):
        return (day.month, day.day) == (2, 28)
    return (day.month, day.day) == (born.month, born.day)


def following(day):
    while True:
        day += dt.timedelta(days=1)
        yield day


def preceding(day):
    while True:
        day -= dt.timedelta(days=1)
        yield day


def test_a_japanese_day_ends_nine_hours_before_the_utc_day():
    """
    23:59:59 JST, which every certificate says as 14:59:59Z [J 2.1].
    """
    assert dt.datetime(2031, 2, 3, 14, 59, 59, tzinfo=dt.UTC) == last_second(date(2031, 2, 3))
    assert date(2031, 2, 3) == day_in_jst(dt.datetime(2031, 2, 3, 14, 59, 59, tzinfo=dt.UTC))
    assert date(2031, 2, 4) == day_in_jst(dt.datetime(2031, 2, 3, 15, 0, 0, tzinfo=dt.UTC))


def test_a_last_second_is_said_in_utc():
    assert dt.UTC is last_second(ISSUED).tzinfo


def test_a_moment_without_a_zone_is_refused():
    """
    Otherwise the machine's zone would decide, and with it another day.
    """
    with pytest.raises(ValueError, match="aware"):
        day_in_jst(dt.datetime(2026, 4, 1, 12))  # noqa: DTZ001  # naive on purpose


@fixed
@given(days)
def test_the_last_second_is_the_last_of_its_day(day):
    end = last_second(day)

    assert day == day_in_jst(end)
    assert day + dt.timedelta(days=1) == day_in_jst(end + dt.timedelta(seconds=1))
    assert "23:59:59" == f"{end.astimezone(JST):%H:%M:%S}"


@pytest.mark.parametrize(
    ("born", "day", "n", "birthday"),
    [
        pytest.param("2001-02-03", "2026-04-01", 5, "2031-02-03", id="this year's is over"),
        pytest.param("2001-05-03", "2026-04-01", 5, "2030-05-03", id="this year's counts"),
        pytest.param("2001-04-01", "2026-04-01", 5, "2031-04-01", id="on the day: not counted"),
        pytest.param("2001-04-02", "2026-04-01", 5, "2030-04-02", id="on the next day: counted"),
        pytest.param("2000-02-29", "2026-04-01", 5, "2031-02-28", id="29 February, common year"),
        pytest.param("2000-02-29", "2027-04-01", 5, "2032-02-29", id="29 February, leap year"),
        pytest.param("2000-02-29", "2026-02-28", 1, "2027-02-28", id="issued on 28 February"),
        pytest.param("2000-02-29", "2028-02-28", 1, "2028-02-29", id="issued the day before"),
        pytest.param("2026-04-01", "2026-04-01", 5, "2031-04-01", id="born on the day of issue"),
    ],
)
def test_a_birthday_is_counted_from_the_day_after_issue(born, day, n, birthday):
    """
    "After the day of issue"; 29 February falls back on the 28th [J 10.2].
    """
    assert date.fromisoformat(birthday) == birthday_after(
        date.fromisoformat(born), date.fromisoformat(day), n
    )


@fixed
@given(births, st.dates(date(2026, 4, 1), date(2120, 1, 1)), st.integers(1, 10))
def test_counting_day_by_day_finds_the_same_birthday(born, day, n):
    if born > day:
        born, day = day, born
    found = [candidate for _, candidate in zip(range(366 * n), following(day), strict=False)]
    expected = [candidate for candidate in found if is_birthday(born, candidate)][n - 1]

    birthday = birthday_after(born, day, n)

    assert expected == birthday
    assert dt.timedelta(0) < birthday - day <= dt.timedelta(days=366 * n)


def test_nobody_is_issued_anything_before_birth():
    with pytest.raises(ImpossibleDate, match="lies after 2026-04-01"):
        birthday_after(date(2026, 4, 2), ISSUED, 5)


def test_there_is_no_zeroth_birthday():
    with pytest.raises(ValueError, match="birthday number 0"):
        birthday_after(BORN, ISSUED, 0)


def test_the_calendar_ends_with_the_year_9999():
    """
    A clock may be set there; the sentence must not repeat the birth date.
    """
    with pytest.raises(ImpossibleDate, match="past the year 9999") as refusal:
        birthday_after(BORN, date(9998, 4, 1), 5)

    assert "2001" not in str(refusal.value)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        pytest.param("2008-04-02", "2026-04-01", 17, id="the day before"),
        pytest.param("2008-04-01", "2026-04-01", 18, id="the birthday"),
        pytest.param("2008-02-29", "2026-02-27", 17, id="leap day, the day before"),
        pytest.param("2008-02-29", "2026-02-28", 18, id="leap day"),
        pytest.param("2011-04-01", "2026-04-01", 15, id="fifteen"),
        pytest.param("2026-04-01", "2026-04-01", 0, id="born today"),
    ],
)
def test_age_goes_by_the_birthday(born, day, age):
    assert age == age_on(date.fromisoformat(born), date.fromisoformat(day))


@fixed
@given(births, st.integers(0, 40_000))
def test_age_is_the_number_of_birthdays_had(born, lived):
    day = born + dt.timedelta(days=lived)
    years = range(born.year + 1, day.year + 1)
    had = [
        y for y in years if any(is_birthday(born, d) and d <= day for d in late_february(born, y))
    ]

    assert len(had) == age_on(born, day)


def late_february(born, year):
    """
    The days of *year* that can be the birthday of *born*.
    """
    if (born.month, born.day) == (2, 29):
        return [date(year, 2, 28)] + ([date(year, 2, 29)] if is_leap(year) else [])
    return [date(year, born.month, born.day)]


@pytest.mark.parametrize(
    ("last", "opens"),
    [
        pytest.param("2031-05-01", "2031-02-02", id="1 May"),  # single source
        pytest.param("2031-05-27", "2031-02-28", id="27 May"),
        pytest.param("2031-05-28", "2031-03-01", id="28 May"),
        pytest.param("2031-05-29", "2031-03-01", id="29 May"),
        pytest.param("2031-05-30", "2031-03-01", id="30 May"),
        pytest.param("2031-05-31", "2031-03-01", id="31 May"),
        pytest.param("2032-05-28", "2032-02-29", id="28 May of a leap year"),
        pytest.param("2032-05-29", "2032-03-01", id="29 May of a leap year"),
        pytest.param("2031-02-03", "2030-11-04", id="into the year before"),
        pytest.param("2031-11-30", "2031-08-31", id="30 November"),
        pytest.param("2031-03-31", "2031-01-01", id="31 March"),
    ],
)
def test_the_window_opens_the_day_after_the_same_day_three_months_earlier(last, opens):
    """
    1 May from 2 February on; month ends are clamped [J 10.2] [J 10.3].
    """
    assert date.fromisoformat(opens) == renewal_window_opens(date.fromisoformat(last), RSA)


@pytest.mark.parametrize(
    ("last", "opens"),
    [
        pytest.param("2036-03-03", "2035-03-04", id="any day"),
        pytest.param("2036-02-29", "2035-03-01", id="29 February"),
    ],
)
def test_the_next_generation_is_renewed_from_a_year_before(last, opens):
    """
    By the same rule, inferred [J 8].
    """
    assert date.fromisoformat(opens) == renewal_window_opens(date.fromisoformat(last), P384)


@fixed
@given(days, st.sampled_from(list(Algorithm)))
def test_walking_back_day_by_day_finds_the_same_window(last, algorithm):
    months = {RSA: 3, P384: 12}[algorithm]
    same_day = next(
        day
        for day in preceding(last)
        if 12 * (last.year - day.year) + last.month - day.month == months and day.day <= last.day
    )

    opens = renewal_window_opens(last, algorithm)

    assert same_day + dt.timedelta(days=1) == opens < last
    assert is_renewal(last, on=opens, algorithm=algorithm)
    assert not is_renewal(last, on=same_day, algorithm=algorithm)


def test_renewal_is_neither_early_nor_late():
    """
    On the last day it still renews; a day later it is a new certificate [J 10.2].
    """
    last = date(2031, 5, 1)
    tried = [date(2031, 2, 1), date(2031, 2, 2), last, date(2031, 5, 2)]

    assert [False, True, True, False] == [is_renewal(last, on=day, algorithm=RSA) for day in tried]


def test_a_notice_goes_out_two_to_three_months_before():
    assert date(2030, 11, 4) == notice_sent_on(date(2031, 2, 3))
    assert "2030-11" == notice_month(date(2031, 2, 3))


@fixed
@given(days)
def test_no_notice_is_too_early_or_too_late(last):
    """
    With the first day of the three-month window, for either generation [J 10.3].
    """
    ahead = last - notice_sent_on(last)

    assert renewal_window_opens(last, RSA) == notice_sent_on(last)
    assert dt.timedelta(days=62) < ahead < dt.timedelta(days=92)


@pytest.mark.parametrize(
    ("not_before", "not_after"),
    [
        pytest.param("2015-10-20T02:40:28Z", "2025-10-19T14:59:59Z", id="sign 1"),
        pytest.param("2019-09-14T23:41:56Z", "2029-09-14T14:59:59Z", id="sign 2"),
        pytest.param("2023-07-16T00:50:27Z", "2033-07-15T14:59:59Z", id="sign 3"),
        pytest.param("2015-10-20T03:08:13Z", "2025-10-19T14:59:59Z", id="auth 1"),
        pytest.param("2023-07-16T01:01:04Z", "2033-07-15T14:59:59Z", id="auth 3"),
    ],
)
def test_a_ca_ends_as_the_real_ones_do(not_before, not_after):
    """
    The five whose dates are known; sign 2 began in the morning of the next Japanese day [J 1.1].
    """
    issued_on = day_in_jst(dt.datetime.fromisoformat(not_before))

    assert dt.datetime.fromisoformat(not_after) == last_second(ca_last_day(issued_on, RSA))


@pytest.mark.parametrize(
    ("issued", "algorithm", "last"),
    [
        pytest.param("2026-04-01", RSA, "2036-03-31", id="rsa2048"),
        pytest.param("2026-04-01", P384, "2046-03-31", id="p384"),
        pytest.param("2024-02-29", RSA, "2034-02-28", id="29 February to a common year"),
        pytest.param("2028-02-29", P384, "2048-02-28", id="29 February to a leap year"),
        pytest.param("2026-03-01", RSA, "2036-02-29", id="1 March to a leap year"),
        pytest.param("2026-01-01", RSA, "2035-12-31", id="New Year"),
    ],
)
def test_a_ca_ends_the_day_before_the_same_date(issued, algorithm, last):
    """
    Ten years on, P-384 twenty; issued on 29 February always on the 28th [J 10.2].
    """
    assert date.fromisoformat(last) == ca_last_day(date.fromisoformat(issued), algorithm)


@pytest.mark.parametrize(
    ("algorithm", "on", "due"),
    [
        pytest.param(RSA, "2030-03-31", False, id="rsa2048, six years remain"),
        pytest.param(RSA, "2030-04-01", True, id="rsa2048, a day less"),
        pytest.param(P384, "2035-03-31", False, id="p384, eleven years remain"),
        pytest.param(P384, "2035-04-01", True, id="p384, a day less"),
    ],
)
def test_a_ca_rolls_over_when_its_next_certificates_might_outlive_it(algorithm, on, due):
    ends = ca_last_day(ISSUED, algorithm)

    assert due == rollover_due(ends, on=date.fromisoformat(on), algorithm=algorithm)


def test_a_certificate_may_end_with_its_ca_and_not_after():
    assert not outlives(date(2036, 3, 31), date(2036, 3, 31))
    assert outlives(date(2036, 4, 1), date(2036, 3, 31))
