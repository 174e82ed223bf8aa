"""
Founding a world's authorities, with or without the generations of the past.
"""

from datetime import UTC, datetime

from ca.authority import Authority
from ca.store import to_seconds
from pki.kinds import Algorithm, Kind
from pki.validity import day_in_jst, rollover_due

# When the real CAs changed their keys [J 1.1]; the seconds are theirs, the day of auth 2
# is known and its second is not, so it shares that of sign 2.
HISTORY: tuple[tuple[datetime, datetime], ...] = (
    (datetime(2015, 10, 20, 2, 40, 28, tzinfo=UTC), datetime(2015, 10, 20, 3, 8, 13, tzinfo=UTC)),
    (datetime(2019, 9, 14, 23, 41, 56, tzinfo=UTC), datetime(2019, 9, 14, 23, 41, 56, tzinfo=UTC)),
    (datetime(2023, 7, 16, 0, 50, 27, tzinfo=UTC), datetime(2023, 7, 16, 1, 1, 4, tzinfo=UTC)),
)
# CA certificates bear numbers of the counter that holders' certificates share; between two
# generations about this many were issued.  Round numbers, lest they pass for the real ones.
HISTORIC_SERIALS = (1, 20_000_000, 108_000_000)


def found_authorities(authority: Authority, *, at: datetime, history: bool) -> None:
    """Found both CAs at *at*; with *history* the generations before it, too."""
    if history:
        for moment, kind, serial in _past(at):
            _skip_to(authority, kind, serial, at=moment)
            authority.found(kind, at=moment, algorithm=Algorithm.RSA2048)
    for kind in Kind:
        generations = authority.generations(kind, at=at)
        newest = generations[-1] if generations else None
        if (
            newest is None
            or newest.algorithm is not authority.algorithm
            or rollover_due(
                day_in_jst(newest.not_after), on=day_in_jst(at), algorithm=newest.algorithm
            )
        ):
            authority.found(kind, at=at)


def _past(at: datetime) -> list[tuple[datetime, Kind, int]]:
    """List the foundations before *at* in order: moment, CA, serial number."""
    found = [
        (moment, kind, serial)
        for pair, serial in zip(HISTORY, HISTORIC_SERIALS, strict=True)
        for kind, moment in zip((Kind.SIGN, Kind.AUTH), pair, strict=True)
        if moment < at
    ]
    return sorted(found, key=lambda each: each[0])


def _skip_to(authority: Authority, kind: Kind, serial: int, *, at: datetime) -> None:
    """Leave the serial numbers before *serial* to certificates that were never made here."""
    if serial > 1:
        authority.store.insert("serials", (kind.value, serial - 1, to_seconds(at)))
