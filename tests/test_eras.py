"""
One day, written in three ways: in nine digits, in an era, in DER.

The first day of an era belongs to it, and the year 2050 changes the form of a time.
"""

import datetime as dt
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.eras import (
    ERAS,
    birth_code,
    era_digit,
    era_matches,
    japanese_date,
    read_birth_code,
)
from pki.errors import ImpossibleDate
from pki.times import asn1_time

BORN = date(2001, 2, 3)

fixed = settings(derandomize=True, max_examples=100, deadline=None)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
moments = st.datetimes(
    dt.datetime(1950, 1, 2),  # noqa: DTZ001  # the strategy wants them naive
    dt.datetime(2200, 1, 1),  # noqa: DTZ001  # likewise
    timezones=st.just(dt.UTC),
).map(lambda moment: moment.replace(microsecond=0))


@pytest.mark.parametrize(
    ("day", "digit", "written"),
    [
        pytest.param("1868-01-24", "0", "1868年1月24日", id="before 明治"),
        pytest.param("1868-01-25", "1", "明治元年1月25日", id="first of 明治"),
        pytest.param("1912-07-29", "1", "明治45年7月29日", id="last of 明治"),
        pytest.param("1912-07-30", "2", "大正元年7月30日", id="first of 大正"),
        pytest.param("1926-12-24", "2", "大正15年12月24日", id="last of 大正"),
        pytest.param("1926-12-25", "3", "昭和元年12月25日", id="first of 昭和"),
        pytest.param("1989-01-07", "3", "昭和64年1月7日", id="last of 昭和"),
        pytest.param("1989-01-08", "4", "平成元年1月8日", id="first of 平成"),
        pytest.param("2019-04-30", "4", "平成31年4月30日", id="last of 平成"),
        pytest.param("2019-05-01", "5", "令和元年5月1日", id="first of 令和"),
        pytest.param("2001-02-03", "4", "平成13年2月3日", id="Hanako"),
    ],
)
def test_the_first_day_of_an_era_belongs_to_it(day, digit, written):
    """
    The day itself is in the new era [J 10.2].
    """
    day = date.fromisoformat(day)

    assert digit == era_digit(day)
    assert written == japanese_date(day)


def test_eras_stand_from_the_newest_to_the_oldest():
    """
    The search takes the first that fits.
    """
    assert sorted(ERAS, key=lambda era: era.first, reverse=True) == list(ERAS)


def test_hanakos_birth_is_nine_digits():
    """
    An era digit before a Gregorian year [J 2.3].
    """
    assert "420010203" == birth_code(BORN)
    assert BORN == read_birth_code("420010203")
    assert era_matches("420010203")


def test_an_unknown_birth_date_is_all_zeros():
    assert "000000000" == birth_code(None)
    assert read_birth_code("000000000") is None
    assert era_matches("000000000")


@pytest.mark.parametrize(
    ("code", "born"),
    [
        pytest.param("320010203", BORN, id="昭和"),
        pytest.param("020010203", BORN, id="unknown"),
        pytest.param("419890107", date(1989, 1, 7), id="a day early"),
        pytest.param("319890108", date(1989, 1, 8), id="a day late"),
    ],
)
def test_a_wrong_era_is_read_and_can_be_told(code, born):
    assert born == read_birth_code(code)
    assert not era_matches(code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param("", "nine digits", id="empty"),
        pytest.param("20010203", "nine digits", id="without era"),
        pytest.param("4200102033", "nine digits", id="too long"),
        pytest.param("4130203  ", "nine digits", id="Japanese year"),
        pytest.param("４２００１０２０３", "nine digits", id="full width"),
        pytest.param("+20010203", "nine digits", id="sign"),
        pytest.param("620010203", "no era", id="era 6"),
        pytest.param("920010203", "no era", id="era 9"),
        pytest.param("420010229", "no calendar", id="29 February of a common year"),
        pytest.param("420011301", "no calendar", id="month 13"),
        pytest.param("420010200", "no calendar", id="day 0"),
        pytest.param("400000203", "no calendar", id="year 0"),
        pytest.param("400000000", "no calendar", id="zeros with an era"),
    ],
)
def test_nine_digits_that_are_no_date_are_refused(code, message):
    with pytest.raises(ImpossibleDate, match=message):
        read_birth_code(code)


@fixed
@given(days)
def test_a_birth_date_survives_the_round_trip(day):
    code = birth_code(day)

    assert (9, day, True) == (len(code), read_birth_code(code), era_matches(code))


@pytest.mark.parametrize(
    ("moment", "der"),
    [
        pytest.param(
            "2031-02-03T14:59:59Z", "17 0d 33 31 30 32 30 33 31 34 35 39 35 39 5a", id="UTC"
        ),
        pytest.param(
            "2031-02-03T23:59:59+09:00", "17 0d 33 31 30 32 30 33 31 34 35 39 35 39 5a", id="JST"
        ),
        pytest.param(
            "1950-01-01T00:00:00Z", "17 0d 35 30 30 31 30 31 30 30 30 30 30 30 5a", id="first"
        ),
        pytest.param(
            "2049-12-31T23:59:59Z",
            "17 0d 34 39 31 32 33 31 32 33 35 39 35 39 5a",
            id="last UTCTime",
        ),
        pytest.param(
            "2050-01-01T00:00:00Z",
            "18 0f 32 30 35 30 30 31 30 31 30 30 30 30 30 30 5a",
            id="first GeneralizedTime",
        ),
        pytest.param(
            "2050-01-01T08:59:59+09:00",
            "17 0d 34 39 31 32 33 31 32 33 35 39 35 39 5a",
            id="2050 in Japan only",
        ),
    ],
)
def test_a_time_changes_its_form_with_the_year_2050(moment, der):
    """
    UTCTime through 2049, GeneralizedTime from 2050, by the UTC year [5280 4.1.2.5].
    """
    assert bytes.fromhex(der) == asn1_time(dt.datetime.fromisoformat(moment))


@fixed
@given(moments)
def test_a_time_says_the_second_it_stands_for(moment):
    der = asn1_time(moment)

    content = der[2:].decode("ascii")
    if der[0] == 0x17:
        content = ("20" if content[:2] < "50" else "19") + content
    assert len(der) == der[1] + 2
    assert (0x18 if moment.year >= 2050 else 0x17) == der[0]
    assert moment == dt.datetime.strptime(content, "%Y%m%d%H%M%SZ").replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(dt.datetime(2026, 4, 1), id="no zone"),  # noqa: DTZ001  # on purpose
        pytest.param(dt.datetime(2026, 4, 1, microsecond=1, tzinfo=dt.UTC), id="fraction"),
        pytest.param(dt.datetime(1949, 12, 31, tzinfo=dt.UTC), id="before UTCTime"),
    ],
)
def test_a_time_that_der_cannot_say_is_a_mistake(moment):
    with pytest.raises(ValueError, match=r"must be aware|before 1950"):
        asn1_time(moment)
