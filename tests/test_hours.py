"""
Hanako goes to the counter on a Friday evening, on a Sunday, and at new year.

She finds it closed; the hot-line answers always.
"""

import datetime as dt

import pytest

from ca.hours import JST, NAMES, OPENING, Place, is_open, next_opening


def japan(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("place", "at", "expected"),
    [
        pytest.param(Place.COUNTER, "2026-04-01 08:29:59", False, id="before"),
        pytest.param(Place.COUNTER, "2026-04-01 08:30:00", True, id="opens"),
        pytest.param(Place.COUNTER, "2026-04-01 17:14:59", True, id="last-second"),
        pytest.param(Place.COUNTER, "2026-04-01 17:15:00", False, id="closes"),
        pytest.param(Place.COUNTER, "2026-04-04 12:00:00", False, id="saturday"),
        pytest.param(Place.COUNTER, "2026-12-28 12:00:00", True, id="last-day-of-the-year"),
        pytest.param(Place.COUNTER, "2026-12-29 12:00:00", False, id="new-year-begins"),
        pytest.param(Place.COUNTER, "2028-01-03 12:00:00", False, id="new-year-ends"),
        pytest.param(Place.COUNTER, "2028-01-04 12:00:00", True, id="first-day-of-the-year"),
        pytest.param(Place.CENTRAL, "2026-04-05 12:00:00", True, id="central-on-sunday"),
        pytest.param(Place.CENTRAL, "2026-04-01 19:59:59", True, id="central-in-the-evening"),
        pytest.param(Place.CONVENIENCE_STORE, "2026-04-01 06:29:59", False, id="kiosk-asleep"),
        pytest.param(Place.CONVENIENCE_STORE, "2026-04-04 22:59:59", True, id="kiosk-saturday"),
        pytest.param(Place.CONVENIENCE_STORE, "2027-01-01 12:00:00", False, id="kiosk-new-year"),
        pytest.param(Place.MYNAPORTAL, "2026-04-01 23:00:00", False, id="mynaportal-at-night"),
        pytest.param(Place.CLIENT, "2027-01-01 03:00:00", True, id="client"),
        pytest.param(Place.HOT_LINE, "2027-01-01 00:00:00", True, id="hot-line-new-year"),
        pytest.param(Place.HOT_LINE, "2026-04-05 23:59:59", True, id="hot-line-last-second"),
    ],
)
def test_each_place_keeps_its_hours(place, at, expected):
    assert expected == is_open(place, japan(at))


def test_the_hours_are_those_of_japan():
    """
    Half past eight in the morning there is the evening before in UTC.
    """
    assert is_open(Place.COUNTER, dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC))
    assert not is_open(Place.COUNTER, dt.datetime(2026, 4, 1, 8, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("2026-04-01 12:00", "2026-04-01 12:00", id="open-already"),
        pytest.param("2026-04-01 06:00", "2026-04-01 08:30", id="early"),
        pytest.param("2026-04-03 18:00", "2026-04-06 08:30", id="friday-evening"),
        pytest.param("2026-12-28 18:00", "2027-01-04 08:30", id="new-year"),
        pytest.param("2027-12-28 18:00", "2028-01-04 08:30", id="new-year-and-a-tuesday"),
    ],
)
def test_the_next_opening_is_found(at, expected):
    assert japan(expected) == next_opening(Place.COUNTER, japan(at))


def test_a_moment_without_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        is_open(Place.COUNTER, japan("2026-04-01 12:00").replace(tzinfo=None))


def test_every_place_has_hours_and_a_name():
    assert set(Place) == set(OPENING) == set(NAMES)
