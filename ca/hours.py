"""
Where a holder turns to, and when somebody is there.

Pure.  OPENING is the whole table; nothing enforces it unless a caller asks.  National
holidays are not in it: on one of them the simulated counter is open.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum

from ca.words import Words
from pki.kinds import Confidence
from pki.validity import JST


class Place(Enum):
    """Where a procedure is gone through."""

    COUNTER = "counter"
    CENTRAL = "central"  # the issuing system behind the counter
    MYNAPORTAL = "mynaportal"
    CLIENT = "client"  # the software on the holder's own computer
    CONVENIENCE_STORE = "convenience-store"
    HOT_LINE = "hot-line"


NAMES: dict[Place, Words] = {
    Place.COUNTER: Words("municipal counter", "市区町村の窓口"),
    Place.CENTRAL: Words("central issuing system", "公的個人認証サービスの発行システム"),
    Place.MYNAPORTAL: Words("Mynaportal", "マイナポータル"),
    Place.CLIENT: Words("JPKI client software", "JPKI利用者ソフト"),
    Place.CONVENIENCE_STORE: Words("kiosk in a convenience store", "コンビニ等のキオスク端末"),
    Place.HOT_LINE: Words("hot-line, by phone", "コールセンター（電話）"),
}

Span = tuple[time, time]  # from the first, up to but not including the second; JST
ALL_DAY = (time(0), time.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """
    When one place is open.

    Attributes:
        weekdays: Monday to Friday, JST.
        weekends: Saturday and Sunday, JST; None if closed.
        rests_at_new_year: Whether it is closed from 29 December to 3 January.
        confidence: How sure we are.
        source: Citation.
    """

    weekdays: Span
    weekends: Span | None
    rests_at_new_year: bool
    confidence: Confidence
    source: str


def _inferred(weekdays: Span, weekends: Span | None, *, rests: bool) -> Opening:
    return Opening(
        weekdays=weekdays,
        weekends=weekends,
        rests_at_new_year=rests,
        confidence=Confidence.INFERRED,
        source="[J 13]",
    )


KIOSK_DAY = (time(6, 30), time(23))

OPENING: dict[Place, Opening] = {
    # Cities differ by a quarter of an hour, and some add an evening or a Sunday.
    Place.COUNTER: _inferred((time(8, 30), time(17, 15)), None, rests=True),
    # Longer than the counter, for those evenings and Sundays need it.
    Place.CENTRAL: _inferred((time(8, 30), time(20)), (time(8, 30), time(17, 30)), rests=True),
    Place.MYNAPORTAL: _inferred(KIOSK_DAY, KIOSK_DAY, rests=False),
    Place.CLIENT: _inferred(ALL_DAY, ALL_DAY, rests=False),  # changing a PIN needs no network
    Place.CONVENIENCE_STORE: _inferred(KIOSK_DAY, KIOSK_DAY, rests=True),
    # Round the clock, every day: a lost card cannot wait.
    Place.HOT_LINE: Opening(
        weekdays=ALL_DAY,
        weekends=ALL_DAY,
        rests_at_new_year=False,
        confidence=Confidence.SINGLE_SOURCE,
        source="[J 10.5]",
    ),
}


def is_open(place: Place, at: datetime) -> bool:
    """Say whether somebody is at *place* at the moment *at*, an aware one."""
    local = _in_japan(at)
    span = _span(OPENING[place], local)
    return span is not None and _covers(span, local.time())


def next_opening(place: Place, at: datetime) -> datetime:
    """Return *at* itself if *place* is open, else the next moment at which it opens."""
    if is_open(place, at):
        return at
    local = _in_japan(at)
    for ahead in range(16):  # new year and the weekends around it fit in
        day = local + timedelta(days=ahead)
        span = _span(OPENING[place], day)
        if span is not None:
            opens = datetime.combine(day.date(), span[0], tzinfo=JST)
            if opens > local:
                return opens.astimezone(at.tzinfo)
    raise ValueError(f"{place.value} never opens")


def _in_japan(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs an offset")
    return at.astimezone(JST)


def _span(opening: Opening, local: datetime) -> Span | None:
    if opening.rests_at_new_year and _new_year(local):
        return None
    return opening.weekdays if local.weekday() < 5 else opening.weekends


def _new_year(local: datetime) -> bool:
    return (local.month, local.day) >= (12, 29) or (local.month, local.day) <= (1, 3)


def _covers(span: Span, moment: time) -> bool:
    return span[0] <= moment < span[1] or span == ALL_DAY
