"""
My Number and the numbers printed on the card: made up, but well formed [CARD A7] [CARD A8].

Pure.  Nothing public reserves a range of My Numbers for tests, so ours begin with five zeros
and say in every place that they are made up; the check digit is right.
"""

from datetime import date
from hashlib import sha256

from pki.eras import era_of

LEADING = "00000"
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # of the eleven digits, from the first


def check_digit(eleven: str) -> str:
    """Compute the last digit of a My Number [CARD A7]."""
    rest = sum(int(digit) * weight for digit, weight in zip(eleven, WEIGHTS, strict=True)) % 11
    return str(11 - rest) if rest > 1 else "0"


def is_my_number(text: str) -> bool:
    """Tell whether twelve digits end as a My Number must."""
    plain = len(text) == 12 and text.isascii() and text.isdigit()
    return plain and check_digit(text[:11]) == text[11]


def my_number(registration: int, changes: int) -> str:
    """
    Make up the My Number of a resident.

    *registration* is the journal's number of the resident's first entry, so no two of a world
    share one; *changes* counts how often the number was changed.
    """
    eleven = f"{LEADING}{(registration * 10 + changes) % 10**6:06d}"
    return eleven + check_digit(eleven)


def era_birth(born: date | None) -> str:
    """Write a birth date as YYMMDD with the year of its era; an unknown one as zeros."""
    if born is None:
        return "000000"
    era = era_of(born)
    year = born.year - era.first.year + 1 if era else born.year
    return f"{year % 100:02d}{born:%m%d}"


def security_code(card_serial: str) -> str:
    """Make up the four digits printed on the face of a card."""
    drawn = int.from_bytes(sha256(f"security-code/{card_serial}".encode()).digest()[:4])
    return f"{drawn % 10_000:04d}"


def number_b(born: date | None, expires_on: date, card_serial: str) -> str:
    """Compose 照合番号B: birth in the era's year, year of expiry, security code [CARD A7]."""
    return f"{era_birth(born)}{expires_on.year:04d}{security_code(card_serial)}"
