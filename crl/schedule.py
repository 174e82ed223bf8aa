"""
When the lists of one scope come out, and which number each bears.

Pure.  Days are Japanese, so JST appears here; moments are UTC.  Nothing is stored: list and
number at any moment follow from the scope's first certificate and from the publications by
hand, and are counted, not walked to.

    first     the very second of the scope's first certificate: list 1, so that no
              certificate is ever without a list (inferred [J 13])
    daily     03:00 JST, inferred [J 13]
    by hand   whenever somebody asked for one; two publications in one second are one
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from crl.entries import LIFETIME
from pki.validity import JST, ONE_DAY

DAILY_AT = time(3, 0, tzinfo=JST)  # inferred; the row thisUpdate of crl/shapes [J 13]

_ANY_DAY = datetime(1950, 1, 1, DAILY_AT.hour, DAILY_AT.minute, tzinfo=JST).astimezone(UTC)


class Publication(NamedTuple):
    """
    One list of a scope.

    Attributes:
        number: cRLNumber; 1 for the first.
        this_update: UTC, whole seconds.
    """

    number: int
    this_update: datetime

    @property
    def next_update(self) -> datetime:
        return self.this_update + LIFETIME


def _days(moment: datetime) -> int:
    """Count the daily publications up to *moment*, it included, from a day long ago on."""
    return (moment - _ANY_DAY) // ONE_DAY


def _daily(moment: datetime) -> datetime:
    """Find the last daily publication up to *moment*, it included."""
    return _ANY_DAY + _days(moment) * ONE_DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    When the lists of one scope come out; made by `schedule`.

    Attributes:
        first: The moment of the scope's first certificate.
        by_hand: Publications by hand, rising, after *first* and never at the daily hour.
    """

    first: datetime
    by_hand: tuple[datetime, ...]

    def number_at(self, at: datetime) -> int:
        """Count the lists that are out at a moment; zero before the first."""
        if at < self.first:
            return 0
        return 1 + _days(at) - _days(self.first) + bisect_right(self.by_hand, at)

    def newest(self, at: datetime) -> Publication | None:
        """Find the newest list that is out at a moment; None before the first."""
        if at < self.first:
            return None
        out = bisect_right(self.by_hand, at)
        latest = max(self.first, _daily(at))
        if out:
            latest = max(latest, self.by_hand[out - 1])
        return Publication(self.number_at(at), latest)

    def publications(self, until: datetime, since: datetime | None = None) -> Iterator[Publication]:
        """Go through the lists that come out up to *until*, from *since* on, both included."""
        at = self.first if since is None else max(since, self.first)
        out = self.newest(at)
        if out is not None and out.this_update < at:
            out = self._after(out)
        while out is not None and out.this_update <= until:
            yield out
            out = self._after(out)

    def next_publication(self, at: datetime) -> datetime:
        """Find when the next list comes out by itself after a moment."""
        return self.first if at < self.first else _daily(at) + ONE_DAY

    def _after(self, publication: Publication) -> Publication:
        number, moment = publication
        following = _daily(moment) + ONE_DAY
        here = bisect_right(self.by_hand, moment)
        return Publication(number + 1, min((following, *self.by_hand[here : here + 1])))


def schedule(first: datetime, by_hand: Iterable[datetime] = ()) -> Schedule:
    """
    Plan the lists of a scope.

    *by_hand* may come in any order and hold anything: what a scope without certificates
    could not publish, or what comes out anyway, leaves no trace in the numbers.
    """
    extra = {moment for moment in by_hand if moment > first and _daily(moment) != moment}
    return Schedule(first, tuple(sorted(extra)))


def listed_from(this_update: datetime) -> datetime:
    """
    Find the earliest notAfter that an entry of a list may have.

    An entry leaves after a daily list that came out past its certificate's end; one by
    hand does not count, for it is none that anybody expects [5280 3.3] [J 13].
    """
    return _daily(this_update - timedelta.resolution)


def still_listed(not_after: datetime, *, this_update: datetime) -> bool:
    """Tell whether a revoked certificate with that end is still on a list."""
    return not_after >= listed_from(this_update)
