"""
Every night at three, Japanese time, each municipality with a certificate has a new list.

Nobody stores when lists came out: their moments and numbers are counted from the first
certificate and from the publications by hand.  Beside the counting stands a clerk who walks
through the days one by one, and is too slow to be wrong.
"""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crl.entries import LIFETIME
from crl.schedule import (
    DAILY_AT,
    Publication,
    Schedule,
    listed_from,
    schedule,
    still_listed,
)

JST = dt.timezone(dt.timedelta(hours=9))
FIRST = dt.datetime(2026, 4, 1, 1, 30, 5, tzinfo=dt.UTC)  # 10:30:05 in Japan
NIGHT = dt.datetime(2026, 4, 1, 18, tzinfo=dt.UTC)  # 03:00 on the 2nd
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


def clerk(first, by_hand, until):
    """List the publications by walking through the days."""
    moments = {first} if first <= until else set()
    night = dt.datetime.combine(first.astimezone(JST).date(), dt.time(3), JST)
    while night <= until:
        if night > first:
            moments.add(night.astimezone(dt.UTC))
        night += DAY
    moments |= {moment for moment in by_hand if first < moment <= until}
    return [Publication(number, moment) for number, moment in enumerate(sorted(moments), 1)]


firsts = st.integers(0, 850 * 86400).map(lambda seconds: FIRST + dt.timedelta(seconds=seconds))
# Near the first certificate, often at the daily hour and often twice.
distances = st.one_of(
    st.integers(-3 * 86400, 20 * 86400).map(lambda seconds: dt.timedelta(seconds=seconds)),
    st.integers(-2, 20).map(lambda days: ("night", days)),
    st.just(dt.timedelta()),
)


def moment_near(first, distance):
    if isinstance(distance, dt.timedelta):
        return first + distance
    day = first.astimezone(JST).date() + distance[1] * DAY
    return dt.datetime.combine(day, dt.time(3), JST).astimezone(dt.UTC)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(firsts, st.lists(distances, max_size=12), distances)
def test_counting_agrees_with_walking(first, by_hand, when):
    extras = [moment_near(first, distance) for distance in by_hand]
    at = moment_near(first, when)
    walked = clerk(first, extras, at)

    plan = schedule(first, extras)

    assert walked == list(plan.publications(at))
    assert len(walked) == plan.number_at(at)
    assert (walked[-1] if walked else None) == plan.newest(at)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(firsts, st.lists(distances, max_size=12), distances, distances)
def test_a_stretch_of_publications_is_cut_from_the_whole(first, by_hand, start, end):
    extras = [moment_near(first, distance) for distance in by_hand]
    since, until = moment_near(first, start), moment_near(first, end)
    plan = schedule(first, extras)

    assert [each for each in clerk(first, extras, until) if each.this_update >= since] == list(
        plan.publications(until, since)
    )


def test_the_first_list_is_out_at_the_second_of_the_first_certificate():
    plan = schedule(FIRST)

    assert None is plan.newest(FIRST - SECOND)
    assert 0 == plan.number_at(FIRST - SECOND)
    assert Publication(1, FIRST) == plan.newest(FIRST)


def test_the_second_comes_at_three_in_the_morning_in_japan():
    plan = schedule(FIRST)

    assert Publication(1, FIRST) == plan.newest(NIGHT - SECOND)
    assert Publication(2, NIGHT) == plan.newest(NIGHT)
    assert dt.time(3, tzinfo=JST) == DAILY_AT


def test_a_scope_that_begins_at_three_has_one_list_then():
    assert [Publication(1, NIGHT)] == list(schedule(NIGHT).publications(NIGHT))


def test_publishing_by_hand_is_one_more_list():
    by_hand = NIGHT + dt.timedelta(hours=5)
    plan = schedule(FIRST, [by_hand])

    assert Publication(3, by_hand) == plan.newest(NIGHT + dt.timedelta(hours=6))
    assert Publication(4, NIGHT + DAY) == plan.newest(NIGHT + DAY)


@pytest.mark.parametrize(
    "by_hand",
    [[NIGHT], [FIRST], [FIRST - DAY], [NIGHT, NIGHT]],
    ids=["at-the-daily-hour", "with-the-first", "before-the-first", "twice-at-the-daily-hour"],
)
def test_what_comes_out_anyway_counts_once(by_hand):
    assert schedule(FIRST) == schedule(FIRST, by_hand)


def test_two_publications_in_one_second_are_one():
    by_hand = FIRST + dt.timedelta(hours=1)

    assert 2 == schedule(FIRST, [by_hand, by_hand]).number_at(by_hand)


def test_the_next_list_is_announced():
    """By itself: what will be published by hand nobody knows."""
    plan = schedule(FIRST, [FIRST + SECOND])

    assert FIRST == plan.next_publication(FIRST - DAY)
    assert NIGHT == plan.next_publication(FIRST)
    assert NIGHT == plan.next_publication(NIGHT - SECOND)
    assert NIGHT + DAY == plan.next_publication(NIGHT)


def test_a_list_is_good_until_two_days_later():
    assert NIGHT + LIFETIME == Publication(2, NIGHT).next_update


def test_a_hundred_years_are_counted_and_not_walked_through():
    """36,524 days: the number is that of the days since, whatever lies between."""
    plan = Schedule(FIRST, ())

    assert 2 + 36524 == plan.number_at(NIGHT + 36524 * DAY)


# A certificate ends with a Japanese day, three hours before the next list.
END = dt.datetime(2026, 4, 1, 14, 59, 59, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("this_update", "listed"),
    [
        (NIGHT - DAY, True),
        (END, True),
        (END + SECOND, True),
        (NIGHT, True),
        (NIGHT + SECOND, False),
        (NIGHT + DAY, False),
    ],
    ids=[
        "the-night-before",
        "by-hand-in-its-last-second",
        "by-hand-when-it-has-ended",
        "the-night-after",
        "by-hand-after-that",
        "a-night-later",
    ],
)
def test_an_expired_certificate_is_on_one_more_daily_list(this_update, listed):
    """
    An entry MUST NOT leave before it was on one regularly scheduled list past the end
    [5280 3.3], and leaves then [J 13].
    """
    assert listed == still_listed(END, this_update=this_update)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(firsts, st.integers(0, 86399))
def test_whenever_a_certificate_ends_one_daily_list_past_that_names_it(first, seconds):
    end = first + dt.timedelta(seconds=seconds)
    nights = [
        each.this_update
        for each in schedule(first - 2 * DAY).publications(end + 4 * DAY)
        if each.number > 1 and each.this_update > end
    ]

    assert 1 == sum(still_listed(end, this_update=night) for night in nights)


def test_the_limit_can_be_asked_of_a_table():
    """What is listed is what ends at this moment or later."""
    assert NIGHT - DAY == listed_from(NIGHT)
    assert still_listed(NIGHT - DAY, this_update=NIGHT)
    assert not still_listed(NIGHT - DAY - SECOND, this_update=NIGHT)
