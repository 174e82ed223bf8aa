"""
Elementary files: what an application holds, and which references open it.

Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """
    A transparent file.

    Attributes:
        data: What READ BINARY gives.
        opened_by: Identifiers of the references of which one must be entered; none is free.
    """

    data: bytes
    opened_by: frozenset[int] = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A file of records, numbered from 1."""

    records: tuple[bytes, ...]
    opened_by: frozenset[int] = NONE


@dataclass(frozen=True, slots=True)
class Reference:
    """
    A secret to be entered.

    Attributes:
        name: What the chip calls it: one of the four PINs, or a number that is printed.
    """

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """
    A private key, used and never read.

    Attributes:
        name: What the chip calls it.
        opened_by: As of a transparent file; none signs for anybody.
    """

    name: str
    opened_by: frozenset[int] = NONE


@dataclass(frozen=True, slots=True)
class Closed:
    """A file that exists, and of which nothing else is known: nobody may read it."""


File = Binary | Records | Reference | SigningKey | Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """
    One application of the card.

    Attributes:
        word: Short name, in tables and traces.
        aid: Application identifier.
        files: By file identifier.
        default_key: The key that P2 = 00 of the signing command names; None where none is.
    """

    word: str
    aid: bytes
    files: Mapping[int, File] = field(default_factory=dict)
    default_key: SigningKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """
    Everything on the card at one moment.

    Attributes:
        applications: The one that is current after a reset comes first.
        tries: Left, by the name of a reference; one that is missing is blocked as issued.
        objects: What GET DATA gives, by tag.
    """

    applications: tuple[Application, ...]
    tries: Mapping[str, int]
    objects: Mapping[int, bytes] = field(default_factory=dict)
