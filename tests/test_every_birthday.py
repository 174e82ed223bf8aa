"""
Everybody, issued to on every day.

A leap cycle of birth dates against a leap cycle of days of issue, each pair reckoned once
more by counting birthdays off a list, which is slow and hard to get wrong [J 10.2].
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from pki.kinds import Algorithm, Kind
from pki.validity import last_day, last_second

CYCLE = 3 * 365 + 366  # days
BORN = date(1988, 3, 1)
ISSUED = date(2024, 2, 29)
NEVER = date(9999, 12, 31)


def birthdays(born):
    """
    List the days on which somebody grows older; in common years 29 February is the 28th.
    """
    leapling = (born.month, born.day) == (2, 29)
    return [
        born.replace(year=year, day=28 if leapling and year % 4 else born.day)
        for year in range(2020, 2040)
    ]


@pytest.mark.torture
def test_a_certificate_ends_with_the_fifth_birthday_and_a_renewal_with_the_sixth(scaled):
    pairs = CYCLE * CYCLE
    step = pairs // scaled(pairs)  # coprime with the cycle, so no birth date is left out
    listed = [birthdays(BORN + timedelta(days)) for days in range(CYCLE)]
    wrong = []

    for pair in range(0, pairs, step):
        born, issued = divmod(pair, CYCLE)
        on = ISSUED + timedelta(issued)
        after = [day for day in listed[born] if day > on]
        for renewal, expected in ((False, after[4]), (True, after[5])):
            ending = last_day(
                Kind.AUTH,
                born=BORN + timedelta(born),
                issued_on=on,
                renewal=renewal,
                card_expires_on=NEVER,
                auth_ends_on=None,
                algorithm=Algorithm.RSA2048,
            )
            if ending.day != expected:
                wrong.append((BORN + timedelta(born), on, renewal, ending.day, expected))

    assert [] == wrong


def test_a_last_day_ends_where_the_next_begins_in_japan(scaled):
    days = scaled(20 * CYCLE)

    ends = [last_second(ISSUED + timedelta(each)) for each in range(days)]

    assert datetime(2024, 2, 29, 14, 59, 59, tzinfo=UTC) == ends[0]
    assert {timedelta(days=1)} == {b - a for a, b in pairwise(ends)}
