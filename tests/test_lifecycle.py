"""
Everything that can happen to Hanako's certificates.

She moves, marries, loses her card and finds it again, goes abroad and dies; each time the
table says what becomes of the two certificates, and the list says why.
"""

import datetime as dt
import re

import pytest

from ca.lifecycle import (
    REQUESTS,
    RULES,
    Abroad,
    Effect,
    Good,
    Held,
    Revoked,
    Switches,
    after,
    granted,
    listing,
)
from pki.errors import AlreadyRevoked
from pki.kinds import Confidence, Event, Kind, Reason, Request

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
NEXT_DAY = NOON + dt.timedelta(days=1)
MIDNIGHT = dt.datetime(2026, 4, 1, 15, tzinfo=dt.UTC)  # 2026-04-02 in JST
NEXT_DAY_EFFECT = Switches(effect=Effect.NEXT_DAY)

# What the list says of each certificate afterwards; None if it says nothing.
STORY = [
    (Event.MOVED, "affiliationChanged", None),
    (Event.MOVED_WITHIN, "affiliationChanged", None),
    (Event.ADDRESS_RENUMBERED, "affiliationChanged", None),
    (Event.RENAMED, "affiliationChanged", None),
    (Event.BIRTH_CORRECTED, "affiliationChanged", None),
    (Event.SEX_CORRECTED, "affiliationChanged", None),
    (Event.DIED, "affiliationChanged", "affiliationChanged"),
    (Event.LEFT, None, None),
    (Event.RECORD_DELETED, "cessationOfOperation", "cessationOfOperation"),
    (Event.STAY_EXTENDED, None, None),
    (Event.STAY_LAPSED, "cessationOfOperation", "cessationOfOperation"),
    (Event.ERROR_FOUND, "affiliationChanged", "affiliationChanged"),
    (Event.NUMBER_CHANGED, "superseded", "superseded"),
    (Event.CARD_LOST, "certificateHold", "certificateHold"),
    (Event.CARD_FOUND, None, None),
    (Event.CARD_RETURNED, "cessationOfOperation", "cessationOfOperation"),
    (Event.CARD_LAPSED, "cessationOfOperation", "cessationOfOperation"),
    (Event.CARD_EXPIRED, "cessationOfOperation", "cessationOfOperation"),
    (Event.CARD_REISSUED, "superseded", "superseded"),
    (Event.CARD_DESTROYED, "unspecified", "unspecified"),
    (Event.RENEWED, "superseded", "superseded"),
    (Event.PIN_LOCKED, None, None),
    (Event.PIN_CHANGED, None, None),
    (Event.PIN_RESET, None, None),
    (Event.CA_KEY_COMPROMISED, "cACompromise", "cACompromise"),
]
CELLS = [
    pytest.param(event, kind, reason, id=f"{event.value}-{kind.value}")
    for event, sign, auth in STORY
    for kind, reason in ((Kind.SIGN, sign), (Kind.AUTH, auth))
]


def reason_of(standing):
    return None if standing == Good() else standing.reason.value


@pytest.mark.parametrize(("event", "kind", "reason"), CELLS)
def test_each_event_puts_each_certificate_on_the_list_for_one_reason(event, kind, reason):
    """
    Relying parties read the reason, so each cause has exactly one [J 7] [J 11] [J 13].
    """
    standing = after(event, kind, Good(), at=NOON)

    assert reason == reason_of(standing)
    if reason:
        assert NOON == standing.since


@pytest.mark.parametrize(("event", "kind", "reason"), CELLS)
def test_a_hold_becomes_final_and_keeps_its_date(event, kind, reason):
    """
    Whatever would have revoked a good certificate ends a held one, as of the hold [J 13].
    """
    standing = after(event, kind, Held(NOON), at=NEXT_DAY)

    if reason in (None, "certificateHold"):
        assert Held(NOON) == standing
    else:
        assert Revoked(NOON, Reason(reason)) == standing


@pytest.mark.parametrize("event", Event, ids=lambda event: event.value)
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_life_goes_on_after_a_revocation(event, kind):
    """
    A later event neither fails nor changes what is revoked [5280 3.3].
    """
    revoked = Revoked(NOON, Reason.KEY_COMPROMISE)

    assert revoked == after(event, kind, revoked, at=NEXT_DAY)


def test_a_card_lost_and_found_stays_on_hold():
    """
    JPKI never lifts a hold; Hanako needs new certificates [J 7].
    """
    lost = after(Event.CARD_LOST, Kind.SIGN, Good(), at=NOON)
    found = after(Event.CARD_FOUND, Kind.SIGN, lost, at=NEXT_DAY)

    assert Held(NOON) == lost == found


@pytest.mark.parametrize("event", Event, ids=lambda event: event.value)
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_nothing_makes_a_held_certificate_good(event, kind):
    assert Good() != after(event, kind, Held(NOON), at=NEXT_DAY)


LAST_SECOND_BEFORE = dt.datetime(2024, 5, 26, 14, 59, 59, tzinfo=dt.UTC)
FIRST_SECOND = dt.datetime(2024, 5, 26, 15, tzinfo=dt.UTC)  # 2024-05-27 in JST


@pytest.mark.parametrize(
    ("abroad", "at", "kept"),
    [
        pytest.param(Abroad.BY_DATE, LAST_SECOND_BEFORE, False, id="by-date-before"),
        pytest.param(Abroad.BY_DATE, FIRST_SECOND, True, id="by-date-since"),
        pytest.param(Abroad.KEPT, LAST_SECOND_BEFORE, True, id="kept-before"),
        pytest.param(Abroad.REVOKED, NOON, False, id="revoked-since"),
    ],
)
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_leaving_japan_once_ended_both_certificates(abroad, at, kept, kind):
    """
    They may be kept abroad since 2024-05-27; sources disagree, hence the switch [J 11].
    """
    expected = Good() if kept else Revoked(at, Reason.CESSATION_OF_OPERATION)

    assert expected == after(Event.LEFT, kind, Good(), at=at, switches=Switches(abroad=abroad))


@pytest.mark.parametrize(
    ("at", "since"),
    [
        pytest.param(NOON, MIDNIGHT, id="noon"),
        pytest.param(MIDNIGHT - dt.timedelta(seconds=1), MIDNIGHT, id="last-second"),
        pytest.param(MIDNIGHT, MIDNIGHT + dt.timedelta(days=1), id="midnight"),
    ],
)
def test_a_revocation_may_wait_for_midnight_in_japan(at, since):
    """
    One city says at that moment, another the next day [J 10.5].
    """
    assert Revoked(since, Reason.AFFILIATION_CHANGED) == after(
        Event.MOVED, Kind.SIGN, Good(), at=at, switches=NEXT_DAY_EFFECT
    )
    assert Revoked(since, Reason.KEY_COMPROMISE) == granted(
        Request.REPORT_LEAK, Good(), at=at, switches=NEXT_DAY_EFFECT
    )


def test_a_hold_never_waits_for_midnight():
    assert Held(NOON) == after(
        Event.CARD_LOST, Kind.AUTH, Good(), at=NOON, switches=NEXT_DAY_EFFECT
    )


def test_a_held_certificate_does_not_wait_for_midnight_to_be_revoked():
    """
    Its date is that of the hold, and a later one would make it look good in between.
    """
    moved = after(Event.MOVED, Kind.SIGN, Held(NOON), at=NEXT_DAY, switches=NEXT_DAY_EFFECT)

    assert Revoked(NOON, Reason.AFFILIATION_CHANGED) == moved


REQUESTED = [
    pytest.param(Request.WITHDRAW, Reason.CESSATION_OF_OPERATION, id="withdraw"),
    pytest.param(Request.REPORT_LEAK, Reason.KEY_COMPROMISE, id="report-leak"),
]


@pytest.mark.parametrize(("request_", "reason"), REQUESTED)
def test_a_request_ends_the_certificate_that_it_names(request_, reason):
    assert Revoked(NOON, reason) == granted(request_, Good(), at=NOON)
    assert Revoked(NOON, reason) == granted(request_, Held(NOON), at=NEXT_DAY)


@pytest.mark.parametrize("request_", Request, ids=lambda request: request.value)
def test_a_request_that_names_a_revoked_certificate_is_refused(request_):
    with pytest.raises(AlreadyRevoked, match="2026-04-01") as refused:
        granted(request_, Revoked(NOON, Reason.SUPERSEDED), at=NEXT_DAY)

    assert NOON == refused.value.since


def test_the_tables_and_this_story_are_complete():
    assert {(event, kind) for event in Event for kind in Kind} == {
        (event, kind) for event, rows in RULES.items() for kind in rows
    }
    assert set(Request) == set(REQUESTS)
    assert list(Event) == [event for event, _, _ in STORY]
    assert list(Request) == [param.values[0] for param in REQUESTED]


def test_the_listing_shows_every_row_with_source_and_confidence():
    rows = list(listing())

    assert 2 * (len(Event) + len(Request)) == len(rows)
    for _, _, row in rows:
        assert re.fullmatch(r"\[J [\d.]+\]( \[J [\d.]+\])*", row.source)
        assert isinstance(row.confidence, Confidence)


@pytest.mark.parametrize(
    ("event", "kind", "words", "confidence"),
    [
        pytest.param(
            Event.MOVED, Kind.SIGN, "revoked (affiliationChanged)", "confirmed", id="moved"
        ),
        pytest.param(Event.MOVED, Kind.AUTH, "kept", "confirmed", id="moved-auth"),
        pytest.param(
            Event.DIED, Kind.SIGN, "revoked (affiliationChanged)", "single source", id="died"
        ),
        pytest.param(Event.CARD_LOST, Kind.AUTH, "held (certificateHold)", "confirmed", id="lost"),
        pytest.param(
            Event.CARD_REISSUED, Kind.SIGN, "revoked (superseded)", "inferred", id="reissued"
        ),
    ],
)
def test_a_row_can_be_printed(event, kind, words, confidence):
    row = RULES[event][kind]

    assert (words, confidence) == (row.words, row.confidence.value)
