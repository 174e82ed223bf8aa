"""
Japanese eras: in the nine digits of a birth date, and as people write a date.

Pure.  An era's first day belongs to it, and the last day of the one before is the day
before [J 10.2].  In a certificate the era is one digit and the year stays Gregorian, so the
digit says nothing new; it can only be wrong.
"""

from dataclasses import dataclass
from datetime import date

from pki.errors import ImpossibleDate

UNKNOWN_ERA = "0"
UNKNOWN_BIRTH = "000000000"  # nine digits like all others; inferred from the digit [J 2.3]


@dataclass(frozen=True, slots=True)
class Era:
    """
    One era, and the digit that certificates give it.

    Attributes:
        digit: First of the nine of a birth date.
        name: In kanji.
        first: Its first day.
    """

    digit: str
    name: str
    first: date


ERAS = (
    Era("5", "令和", date(2019, 5, 1)),  # [J 10.2]
    Era("4", "平成", date(1989, 1, 8)),  # [J 10.2]
    Era("3", "昭和", date(1926, 12, 25)),  # [J 10.2]
    Era("2", "大正", date(1912, 7, 30)),  # [J 10.2]
    # NOTE: no source of JPKI gives this day.  It is the first of the first lunar month, from
    # which the era was counted afterwards; who was born before gets the unknown era.
    Era("1", "明治", date(1868, 1, 25)),
)
DIGITS = frozenset(era.digit for era in ERAS) | {UNKNOWN_ERA}


def era_of(day: date) -> Era | None:
    """Find the era of *day*; None before 明治."""
    return next((era for era in ERAS if era.first <= day), None)


def era_digit(day: date) -> str:
    """Give the digit of the era of *day* [J 2.3]."""
    era = era_of(day)
    return era.digit if era else UNKNOWN_ERA


def japanese_date(day: date) -> str:
    """Write *day* as people do, 平成13年2月3日; before 明治 the Gregorian year must do."""
    era = era_of(day)
    if era is None:
        return f"{day.year}年{day.month}月{day.day}日"
    year = day.year - era.first.year + 1
    return f"{era.name}{year if year > 1 else '元'}年{day.month}月{day.day}日"


def birth_code(born: date | None) -> str:
    """Write a birth date in the nine digits of a certificate, EYYYYMMDD [J 2.3]."""
    if born is None:
        return UNKNOWN_BIRTH
    return f"{era_digit(born)}{born.year:04}{born.month:02}{born.day:02}"


def read_birth_code(code: str) -> date | None:
    """Read nine digits; None is a birth date that nobody knows.

    Whether the era fits the date is left to era_matches: a reader must survive a
    certificate in which it does not, and an inspector must say so.
    """
    if len(code) != len(UNKNOWN_BIRTH) or not (code.isascii() and code.isdigit()):
        raise ImpossibleDate("the birth date of a certificate must be nine digits; write EYYYYMMDD")
    if code[0] not in DIGITS:
        raise ImpossibleDate(
            f"the birth date begins with {code[0]}, which is no era; "
            "write 1 for 明治 to 5 for 令和, or 0 for an unknown one"
        )
    if code == UNKNOWN_BIRTH:
        return None
    try:
        return date(int(code[1:5]), int(code[5:7]), int(code[7:]))
    except ValueError:
        raise ImpossibleDate(
            "the birth date is on no calendar; write the Gregorian year, month and day, "
            f"or {UNKNOWN_BIRTH} for an unknown one"
        ) from None


def era_matches(code: str) -> bool:
    """Tell whether the era digit of *code* is the one of its date."""
    return birth_code(read_birth_code(code)) == code
