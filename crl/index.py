"""
Check the entries of a list, and find serials among them: built once, asked often.  Pure.

Two ways lead through the entries, and accept the same octets.  `_entry` reads one of any
shape.  `_run` takes thousands at a time if they follow one of the forms that nearly every
entry has, differing in nothing but serial, time and reason: seen as the rows of a table,
such entries have columns, and a column is cut out and checked in one step.

A serial that stands twice counts from its earliest date: such a list contradicts itself
about when, but not about whether.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from operator import gt
from typing import NamedTuple

from crl.read import WHAT, RevocationList, of_the_list, read_extensions, read_time
from pki import oids
from pki.der import read
from pki.der.write import oid
from pki.errors import MalformedDer
from pki.times import FIRST_UTC_YEAR

REASON_CODE = oid(oids.REASON_CODE)[2:]
REASON_CODES = bytes((0, 1, 2, 3, 4, 5, 6, 8, 9, 10))  # [5280 5.3.1]; 7 is unused
REMOVE_FROM_CRL = 8

_FEWEST, _MOST = 16, 8192  # entries to a run; more would not stay in the processor's cache
_DIGITS = b"0123456789"
_REASON_ALONE = bytes.fromhex("300c 300a 0603551d15 0403 0a01")
"""The extensions of an entry that has a reasonCode and no other, up to the code itself."""


class Listed(NamedTuple):
    """
    What a list says of one serial.

    Attributes:
        serial: Positive, at most 20 octets.
        since: revocationDate, UTC.
        code: reasonCode as a number; None if absent.
        not_processed: OID of a critical extension that nobody here knows, or None.
    """

    serial: int
    since: datetime
    code: int | None
    not_processed: bytes | None


@dataclass(frozen=True, slots=True)
class SerialIndex:
    """
    The entries of one list, checked, and sorted whatever their order there.

    Attributes:
        der: Of the list.
        serials: Those below 2^64, rising.
        offsets: Where in *der* the entry of each begins.
        big: Offsets of the entries with greater serials.
        not_processed: OID of a critical entry extension that nobody here knows, or None.
    """

    der: bytes
    serials: "array[int]"
    offsets: "array[int]"
    big: dict[int, list[int]]
    not_processed: bytes | None

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.serials) + sum(map(len, self.big.values()))

    def __contains__(self, serial: int) -> bool:
        at = bisect_left(self.serials, serial)
        return (at < len(self.serials) and self.serials[at] == serial) or serial in self.big

    def find(self, serial: int) -> Listed | None:
        """Return what the list says of *serial*; None if nothing."""
        serials = self.serials
        at = bisect_left(serials, serial)
        if at == len(serials) or serials[at] != serial:
            if serial not in self.big:
                return None
            offsets = self.big[serial]
        else:
            offsets = [self.offsets[at]]
            while (at := at + 1) < len(serials) and serials[at] == serial:
                offsets.append(self.offsets[at])
        found = [_entry(self.der, offset, len(self.der))[0] for offset in offsets]
        return min(found, key=lambda listed: listed.since)

    def __iter__(self) -> Iterator[Listed]:
        """Go through the entries in the order of the list."""
        offsets = sorted([*self.offsets, *(at for each in self.big.values() for at in each)])
        return (_entry(self.der, offset, len(self.der))[0] for offset in offsets)


def index(crl: RevocationList) -> SerialIndex:
    """Check and index the entries of a list; MalformedDer for any that is not strict DER."""
    try:
        return _index(crl.der, crl.entries_start, crl.entries_stop)
    except MalformedDer as error:
        raise of_the_list(error) from error


def _index(der: bytes, at: int, stop: int) -> SerialIndex:
    serials, offsets = array("Q"), array("I")
    big: dict[int, list[int]] = {}
    not_processed = None
    known_days: set[int] = set()
    most = _FEWEST
    while at < stop:
        taken, size = _run(der, at, stop, most, serials, known_days)
        if taken:
            offsets.extend(range(at, at + taken * size, size))
            at += taken * size
            most = min(most * 8, _MOST) if taken == most else _FEWEST
            continue
        listed, end = _entry(der, at, stop)
        not_processed = not_processed or listed.not_processed
        if listed.serial >> 64:
            big.setdefault(listed.serial, []).append(at)
        else:
            serials.append(listed.serial)
            offsets.append(at)
        at = end
    if any(map(gt, serials, islice(serials, 1, None))):
        order = sorted(range(len(serials)), key=serials.__getitem__)
        serials = array("Q", map(serials.__getitem__, order))
        offsets = array("I", map(offsets.__getitem__, order))
    return SerialIndex(der, serials, offsets, big, not_processed)


def _entry(der: bytes, at: int, stop: int) -> tuple[Listed, int]:
    """Read the entry at *at*, and say where it ends [5280 5.1.2.6] [5280 5.3]."""
    start, end = read.enter(der, at, stop, 0x30)
    begin, after = read.enter(der, start, end, 0x02)
    serial = read.integer(der, begin, after)
    if serial <= 0 or after - begin > 20:  # [5280 4.1.2.2]
        raise MalformedDer(WHAT, "a serial not positive, or over 20 octets", begin)
    since, after = read_time(der, after, end)
    code, not_processed = None, None
    if der[after : end - 1] == _REASON_ALONE and der[end - 1] in REASON_CODES:
        code = der[end - 1]
    elif after < end:
        begin, inner_stop = read.enter(der, after, end, 0x30)
        if inner_stop != end:
            raise MalformedDer(WHAT, "octets after an entry's extensions", inner_stop)
        for identifier, extension in read_extensions(der, begin, inner_stop).items():
            if identifier == REASON_CODE:
                code = _reason_code(extension.value)
            elif extension.critical:
                not_processed = identifier
    return Listed(serial, since, code, not_processed), end


def _reason_code(value: bytes) -> int:
    start, stop = read.whole(value, read.ENUMERATED)
    if stop != start + 1 or value[start] not in REASON_CODES:
        raise MalformedDer(WHAT, "a reasonCode that the standard does not have", start)
    return value[start]


@cache
def _columns(width: int, leading_zero: bool, digits: int, stated: bool) -> tuple[bytes, ...]:
    """
    Spell one of the common forms of an entry: what may stand in each octet, b"" for anything.

    *width* is the serial's, in octets; a *leading_zero* keeps a serial positive
    [X.690 8.3]; *digits* are those of the time; *stated* says whether there is a reasonCode.
    """
    serial = [bytes(range(1, 0x80)), *[b""] * (width - 1)]
    if leading_zero:
        serial[:2] = b"\x00", bytes(range(0x80, 0x100))
    extensions = _REASON_ALONE if stated else b""
    inner = 2 + width + 2 + digits + 1 + len(extensions) + stated
    time_tag = 0x17 if digits == 12 else 0x18
    return (
        *(bytes((octet,)) for octet in (0x30, inner, 0x02, width)),
        *serial,
        *(bytes((octet,)) for octet in (time_tag, digits + 1)),
        *[_DIGITS] * (digits - 4),  # days and hours are looked at by _run
        *[b"012345", _DIGITS] * 2,
        b"Z",
        *(bytes((octet,)) for octet in extensions),
        *[REASON_CODES] * stated,
    )


def _run(
    der: bytes, at: int, stop: int, most: int, serials: "array[int]", known_days: set[int]
) -> tuple[int, int]:
    """
    Take at most *most* entries of one common form from *at* on, and append their serials.

    Return how many, zero for an entry of another form, and the size of each.
    """
    head = der[at : at + 5]
    if len(head) < 5 or not 0 < head[3] <= 9:
        return 0, 0
    size, width, leading_zero = head[1] + 2, head[3], head[4] == 0
    digits = 14 if der[at + 4 + width : at + 5 + width] == b"\x18" else 12
    columns = _columns(width, leading_zero, digits, size > 4 + width + 2 + digits + 1)
    taken = min(most, (stop - at) // size)
    if taken == 0 or size != len(columns) or (width == 1 and leading_zero):
        return 0, 0
    if width > 8 + leading_zero:  # does not fit into 64 bits
        return 0, 0
    for place, allowed in enumerate(columns):
        if allowed:
            column = der[at + place : at + taken * size : size]
            if column.translate(None, allowed):
                taken = len(column) - len(column.lstrip(allowed))
                if taken < _FEWEST // 4:  # not worth the columns that are left
                    return 0, 0

    def numbers(first: int, behind: int) -> "array[int]":
        """Read the columns up to *behind* as numbers, high octet first, no more than eight."""
        octets = bytearray(8 * taken)
        for place in range(first, behind):
            column = der[at + place : at + taken * size : size]
            octets[8 - behind + place :: 8] = column
        found = array("Q", octets)
        if sys.byteorder == "little":
            found.byteswap()
        return found

    hour = 4 + width + 2 + digits - 6
    try:
        for day in set(numbers(4 + width + 2, hour)) - known_days:
            _check_day(day.to_bytes(8, "big").lstrip(b"\x00"))
            known_days.add(day)
        if max(numbers(hour, hour + 2)) > int.from_bytes(b"23", "big"):
            raise ValueError("no such hour")
    except ValueError:
        for one in range(at, at + taken * size, size):
            _entry(der, one, stop)  # finds the time that no calendar has, and says where
        raise
    serials.extend(numbers(4 + width - min(width, 8), 4 + width))
    return taken, size


def _check_day(text: bytes) -> None:
    """Raise ValueError for a day that no calendar has, or not in this form [5280 5.1.2.6]."""
    year = int(text[:-4])
    if len(text) == 6:
        year += 1900 if year >= FIRST_UTC_YEAR % 100 else 2000
    elif year < 2050:
        raise ValueError(year)
    date(year, int(text[-4:-2]), int(text[-2:]))
