"""
What a list says, before anyone signs it.  Pure; nothing is encoded here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from pki.kinds import Reason

LIFETIME = timedelta(hours=48)  # daily, with a margin; inferred [J 13]
MAX_SERIAL = (1 << 159) - 1  # what twenty octets hold [5280 4.1.2.2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One certificate that is revoked or held.

    Attributes:
        serial: The certificate's, positive.
        since: revocationDate; UTC, whole seconds.
        reason: reasonCode.
    """

    serial: int
    since: datetime
    reason: Reason

    def __post_init__(self) -> None:
        if not 0 < self.serial <= MAX_SERIAL:
            raise ValueError(f"the serial {self.serial:#x} is not positive, or over 20 octets")


class Unspecified(Enum):
    """What an entry says whose reason is `unspecified` [J 13]."""

    ABSENT = "absent"  # nothing, as it SHOULD [5280 5.3.1]
    ALWAYS = "always"  # the word, all the same


class Page(NamedTuple):
    """
    Some neighbouring entries, encoded.

    Attributes:
        serials: Rising, none twice, at least one.
        pieces: One encoded entry for each serial.
        octets: The pieces in a row.
    """

    serials: tuple[int, ...]
    pieces: tuple[bytes, ...]
    octets: bytes


@dataclass(frozen=True, slots=True)
class Body:
    """
    The entries of a list, encoded; `crl.write` makes bodies and changes them page by page.

    Attributes:
        pages: By rising serials, none empty.
        firsts: The first serial of each page.
    """

    pages: tuple[Page, ...] = ()
    firsts: tuple[int, ...] = ()

    def __len__(self) -> int:
        return sum([len(page.serials) for page in self.pages])


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """
    Everything that one list of a CA key and scope says.

    Attributes:
        number: cRLNumber; grows with every list.
        this_update: UTC, whole seconds.
        next_update: UTC, whole seconds; as a rule LIFETIME later.
        entries: The revoked and held ones within the scope, in any order; or the same
            already encoded, where a list is made again with little changed.
    """

    number: int
    this_update: datetime
    next_update: datetime
    entries: tuple[Entry, ...] | Body

    def __post_init__(self) -> None:
        if not 0 <= self.number <= MAX_SERIAL:  # twenty octets here, too [5280 5.2.3]
            raise ValueError(f"the list number {self.number} is negative, or over 20 octets")
        if self.next_update <= self.this_update:
            raise ValueError("nextUpdate must be later than thisUpdate")
