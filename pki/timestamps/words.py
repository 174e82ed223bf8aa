"""
The words of the time-stamp protocol, which reader and writer share.  Pure.
"""

from dataclasses import dataclass
from enum import Enum

from pki import oids

POLICY = oids.CP_TSA  # under which our own authority stamps; ours, as JPKI has none [J 6]


class Status(Enum):
    """PKIStatus [3161 2.4.2]."""

    GRANTED = 0
    GRANTED_WITH_MODS = 1
    REJECTION = 2
    WAITING = 3
    REVOCATION_WARNING = 4
    REVOCATION_NOTIFICATION = 5

    @property
    def granted(self) -> bool:
        """Whether a token comes along; with any other status none may [3161 2.4.2]."""
        return self in (Status.GRANTED, Status.GRANTED_WITH_MODS)


class Failure(Enum):
    """PKIFailureInfo, by the number of its bit [3161 2.4.2]."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    ADD_INFO_NOT_AVAILABLE = 17
    SYSTEM_FAILURE = 25


@dataclass(frozen=True, slots=True)
class Imprint:
    """
    A hash that a message imprint may be made with; SHA-1 is none of them.

    Attributes:
        name: As hashlib spells it.
        oid: Dotted [5754 2].
        size: Of the hash, octets.
    """

    name: str
    oid: str
    size: int


IMPRINTS = {
    row.name: row
    for row in (
        Imprint("sha256", "2.16.840.1.101.3.4.2.1", 32),
        Imprint("sha384", "2.16.840.1.101.3.4.2.2", 48),
        Imprint("sha512", "2.16.840.1.101.3.4.2.3", 64),
    )
}
BY_CONTENT = {oids.content(row.oid): row for row in IMPRINTS.values()}
