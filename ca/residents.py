"""
Residents as the 住民票 has them, and what life changes about them.

Pure and light: a resident is a value, an event makes another.  What a certificate will
state is worked out at issue, by `four_items`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from pki.errors import ImpossibleDate, Unacceptable
from pki.kinds import Sex

MAX_IDENTIFIER = 64  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """
    One person as the counter knows them at one moment.

    Attributes:
        identifier: Unique within a world.
        name: 氏名 as registered, family and given name separated by U+3000.
        born: None where the record says that it is unknown.
        sex: As registered.
        address: 住所 from the prefecture on, full width.
        municipality: Five digits of JIS X 0402, found from the address.
        substitutes: What the holder chose to stand for characters outside the repertoire.
        stay_ends_on: Last day of a limited residence period; None for everybody else.
        guardianship: Whether under adult guardianship (成年被後見人).
        died_on: None of the living.
        left_on: Since when abroad; None of residents.
        deleted: Whether the residence record was deleted for another reason.
    """

    identifier: str
    name: str
    born: date | None
    sex: Sex
    address: str
    municipality: str
    substitutes: Mapping[str, str] = field(default_factory=dict)
    stay_ends_on: date | None = None
    guardianship: bool = False
    died_on: date | None = None
    left_on: date | None = None
    deleted: bool = False


def check_identifier(identifier: str) -> str:
    """Refuse what could not be an argument, a file name or a word of a URL."""
    good = identifier.isascii() and all(c.isalnum() or c in "-_" for c in identifier)
    if not good or not identifier[:1].isalnum() or len(identifier) > MAX_IDENTIFIER:
        raise Unacceptable(
            f"{identifier!r} cannot identify a resident; use up to {MAX_IDENTIFIER} of "
            "a-z, A-Z, 0-9, - and _, beginning with a letter or digit"
        )
    return identifier


def parse_day(text: str) -> date:
    """Read YYYY-MM-DD; ImpossibleDate for what no calendar has."""
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise ImpossibleDate(
            f"{text!r} is no day of the calendar; write it as YYYY-MM-DD, as in 1990-01-01"
        ) from None


def check_birth(born: date | None, *, on: date) -> None:
    """Refuse a birth after *on*, or one that nobody alive can have."""
    if born is not None and not on.year - 150 <= born.year <= on.year:
        raise ImpossibleDate(f"nobody alive on {on} was born on {born}; correct the date of birth")
    if born is not None and born > on:
        raise ImpossibleDate(f"the birth date {born} lies after {on}; correct whichever is wrong")


def to_json(resident: Resident) -> dict[str, Any]:
    """Write a resident as the store keeps one."""
    value = asdict(resident)
    value["sex"] = resident.sex.value
    for name in _DAYS:
        value[name] = value[name].isoformat() if value[name] else None
    return value


def from_json(value: Mapping[str, Any]) -> Resident:
    """Read what `to_json` wrote."""
    days = {name: date.fromisoformat(value[name]) if value[name] else None for name in _DAYS}
    return Resident(**{**value, **days, "sex": Sex(value["sex"])})


_DAYS = ("born", "stay_ends_on", "died_on", "left_on")


def moved(resident: Resident, *, address: str, municipality: str) -> Resident:
    """Register a new address; whoever had left is back."""
    return replace(resident, address=address, municipality=municipality, left_on=None)
