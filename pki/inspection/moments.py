"""
Moments in an encoding, and what may be wrong with them.

Pure.
"""

from datetime import UTC, date, datetime

from pki.inspection.specimen import Specimen
from pki.inspection.tree import GENERALIZED_TIME, UTC_TIME, Node
from pki.validity import JST

LAST_UTC_YEAR = 2049  # two digits reach no further [5280 4.1.2.5.1]


def is_time(node: Node) -> bool:
    return node.tag in (UTC_TIME, GENERALIZED_TIME)


def read_time(it: Specimen, node: Node) -> datetime | None:
    """Read a moment in whole seconds of UTC; None if no calendar has it."""
    text = it.content(node)
    century = b""
    if node.tag == UTC_TIME:
        century = b"20" if text[:1] < b"5" else b"19"
    digits = century + text[:-1]
    if len(digits) != 14 or not digits.isdigit() or text[-1:] != b"Z":
        return None
    try:
        return datetime(
            int(digits[:4]),
            int(digits[4:6]),
            int(digits[6:8]),
            int(digits[8:10]),
            int(digits[10:12]),
            int(digits[12:]),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def of_right_type(node: Node, moment: datetime) -> bool:
    """Tell whether a moment is a UTCTime through 2049, and a GeneralizedTime from then on."""
    return node.tag == (UTC_TIME if moment.year <= LAST_UTC_YEAR else GENERALIZED_TIME)


def day_in_japan(moment: datetime) -> date:
    """Tell which day it is in Japan; the last of the calendar for what lies behind it."""
    try:
        return moment.astimezone(JST).date()
    except OverflowError:
        return date.max


def shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def years_on(day: date, years: int, months: int = 0) -> date:
    """Find the same date some years and months on, or the last day of a month that is shorter."""
    year, month = divmod(12 * (day.year + years) + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date.max
