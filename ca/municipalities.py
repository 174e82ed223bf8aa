"""
Every municipality of Japan: its code, its names in kanji and Latin letters, who issues for it.

Reads one file of the package, municipalities.csv (its origin: docs/municipalities.md), once and
only when asked.  The text is searched rather than parsed, for nearly every command needs a
single line of its 1,918: a look-up makes one object.  Lines are in the order of the codes, so
those of a prefecture stand together, and no field has a comma in it.
"""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Literal

from pki.errors import (
    NotPermitted,
    UnknownMunicipality,
    UnknownMunicipalityCode,
    WardMissing,
)

DesignatedCity = Literal["ward", "city"]
"""The switch: in a designated city its wards issue (inferred, the default), or itself [D 4]."""


class MunicipalityKind(Enum):
    """What a municipality is by law; the word in the table."""

    CITY = "city"  # 市
    DESIGNATED_CITY = "designated-city"  # 政令指定都市
    WARD = "ward"  # its 区
    SPECIAL_WARD = "special-ward"  # 特別区, of Tokyo
    TOWN = "town"  # 町
    VILLAGE = "village"  # 村


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """
    A city, town, village or ward.

    Attributes:
        code: Five digits of JIS X 0402, without check digit.
        prefecture: In kanji, as an address begins.
        county: 郡 in kanji, before the name in an address; empty where there is none.
        name: In kanji; of a ward of a designated city with the city's before it.
        prefecture_romaji: As in subject and distribution point, `Tokyo-to` [J 2.1].
        name_romaji: The same, `Chiyoda-ku`, `Osaka-shi Kita-ku`; unique in its prefecture.
        issues: Whether certificates are issued here while the wards of designated cities
            issue; see `issuing` for the other way.
    """

    code: str
    prefecture: str
    county: str
    name: str
    prefecture_romaji: str
    name_romaji: str
    kind: MunicipalityKind
    issues: bool


@cache
def by_code(code: str) -> Municipality:
    """Return the municipality with that *code*."""
    table = _table()
    start = table.find(f"\n{code},")
    if start < 0 or len(code) != 5:
        raise UnknownMunicipalityCode(code)
    return _read(table[start + 1 : table.index("\n", start + 1)])


def of_address(address: str) -> Municipality:
    """
    Return the municipality with whose name *address* begins.

    The prefecture must be there; the county may be left out, and is believed whichever it is,
    but it decides where a prefecture has two places of one name (泊村 in 北海道).
    """
    prefecture, rest = _split_prefecture(address)
    found = _longest(prefecture, _folded(rest))
    if found is None:
        raise UnknownMunicipality(address)
    if found.kind is MunicipalityKind.DESIGNATED_CITY:
        wards = tuple(ward.name.removeprefix(found.name) for ward in wards_of(found))
        raise WardMissing(address, found.name, wards)
    return found


def issuing(municipality: Municipality, *, designated_city: DesignatedCity) -> Municipality:
    """Return whose certificates the residents of *municipality* hold, and whose list names them."""
    match municipality.kind:
        case MunicipalityKind.WARD if designated_city == "city":
            return city_of(municipality)
        case MunicipalityKind.DESIGNATED_CITY if designated_city == "city":
            return municipality
        case MunicipalityKind.DESIGNATED_CITY:
            raise NotPermitted(
                f"{municipality.name} issues nothing itself, its wards do; "
                "name one of them, or set designated-city=city"
            )
        case _ if not municipality.issues:
            raise NotPermitted(
                f"{municipality.name} ({municipality.code}) has no residents' counter, so nothing "
                "is issued in the villages of the northern territories; choose another municipality"
            )
        case _:
            return municipality


def city_of(ward: Municipality) -> Municipality:
    """Return the designated city that *ward* belongs to."""
    [city] = [
        _read(line)
        for line in _lines(ward.prefecture)
        if line.endswith(",designated-city,no") and ward.name.startswith(_name(line))
    ]
    return city


def wards_of(city: Municipality) -> tuple[Municipality, ...]:
    """Return the wards of a designated *city*, in the order of their codes."""
    return tuple(
        _read(line)
        for line in _lines(city.prefecture)
        if line.endswith(",ward,yes") and _name(line).startswith(city.name)
    )


def everyone() -> Iterator[Municipality]:
    """Yield every municipality in the order of the codes, designated cities and wards alike."""
    for line in _table().splitlines()[1:]:
        yield _read(line)


def unique_romaji(code: str, prefecture_romaji: str, name_romaji: str) -> str:
    """Return *name_romaji*, with the code behind it if the prefecture has it twice [J 13]."""
    twice = _table().count(f",{prefecture_romaji},{name_romaji},") > 1
    return f"{name_romaji}-{code}" if twice else name_romaji


@cache
def codes_of(prefecture_romaji: str, name_romaji: str) -> frozenset[str]:
    """Return the codes of what certificates call that; none if no municipality is called so."""
    suffixed = name_romaji[-6:-5] == "-" and name_romaji[-5:].isdigit()
    bare = name_romaji[:-6] if suffixed else name_romaji
    found = set()
    table, wanted = _table(), f",{prefecture_romaji},{bare},"
    place = table.find(wanted)
    while place >= 0:
        begin = table.rindex("\n", 0, place) + 1
        code = table[begin : begin + 5]
        if unique_romaji(code, prefecture_romaji, bare) == name_romaji:
            found.add(code)
        place = table.find(wanted, place + 1)
    return frozenset(found)


@cache
def _table() -> str:
    # not importlib.resources, whose import alone takes longer than all look-ups of a command
    content = pkgutil.get_data("ca", "municipalities.csv")
    if content is None:
        raise FileNotFoundError("ca/municipalities.csv is missing; install minijpki again")
    return content.decode("utf-8")


def _read(line: str) -> Municipality:
    code, prefecture, county, name, prefecture_romaji, name_romaji, kind, issues = line.split(",")
    return Municipality(
        code=code,
        prefecture=prefecture,
        county=county,
        name=name,
        prefecture_romaji=prefecture_romaji,
        name_romaji=unique_romaji(code, prefecture_romaji, name_romaji),
        kind=MunicipalityKind(kind),
        issues=issues == "yes",
    )


def _name(line: str) -> str:
    return line.split(",", 4)[3]


@cache
def _lines(prefecture: str) -> list[str]:
    table = _table()
    first = table.index(f",{prefecture},") - 5  # a code has five digits
    last = table.index("\n", table.rindex(f",{prefecture},"))
    return table[first:last].split("\n")


def _split_prefecture(address: str) -> tuple[str, str]:
    for length in (3, 4):  # 神奈川県, 和歌山県 and 鹿児島県 have four characters
        prefecture = address[:length]
        # no other column ends in one of these four
        if prefecture[-1:] in set("都道府県") and f",{prefecture}," in _table():
            return prefecture, address[length:]
    raise UnknownMunicipality(address)


def _longest(prefecture: str, rest: str) -> Municipality | None:
    """Return the municipality with the longest name that *rest* begins with, county or not."""
    gun = rest.find("郡", 1, 5)  # 西春日井郡 is as long as they get; 郡山市 begins with none
    county, beyond = rest[: gun + 1], rest[gun + 1 :]
    named = [entry for entry in _names(prefecture) if rest.startswith(entry[0])] or [
        entry for entry in _names(prefecture) if county and entry[1] and beyond.startswith(entry[0])
    ]
    if not named:
        return None
    # of equals the first, so 泊村 alone is the one with a counter, which has the lower code
    best = max(named, key=lambda entry: (len(entry[0]), entry[1] == county))
    return by_code(best[2])


@cache
def _names(prefecture: str) -> list[tuple[str, str, str]]:
    """Return of each municipality the name to compare, the county, the code."""
    return [
        (_folded(name), county, code)
        for code, _, county, name, _ in (line.split(",", 4) for line in _lines(prefecture))
    ]


_SPELLINGS = str.maketrans(
    {"ヶ": "ケ", "檮": "梼"}  # in daily use one stands for the other: 龍ヶ崎市, 檮原町
    | dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])  # variation selectors
)


def _folded(text: str) -> str:
    return text.translate(_SPELLINGS)
