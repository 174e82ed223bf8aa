"""
How long cards and certificates last, and when they may be renewed.

Pure.  Days are Japanese, so JST appears here; moments are UTC.  TERMS is the whole policy,
one row per generation, and below it stands one function per rule of the calendar.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum

from pki.errors import ImpossibleDate, Unacceptable
from pki.kinds import Algorithm, Kind

JST = timezone(timedelta(hours=9), "JST")
LAST_SECOND = time(23, 59, 59, tzinfo=JST)  # 14:59:59Z [J 2.1]
ONE_DAY = timedelta(days=1)
FULL_AGE = 18  # years [J 10.1]
NOTICE_MONTHS = 3  # two to three, says the source; with the window [J 10.3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    The periods of one generation.

    Attributes:
        first: A certificate ends with this birthday after issue.
        renewed: The same, if it was issued as a renewal.
        first_minor: The same, for a holder under 18.
        renewed_minor: The same, for a renewal under 18.
        card: A card ends with this birthday after issue.
        card_minor: The same, for a holder under 18.
        months_more: From the birthday to the last day; months.
        window: How long before its end a certificate or a card may be renewed; months.
        ca: Lifetime of a CA certificate; years.
        ca_rollover: A CA with less than this before it gets a new key; years.
    """

    first: int
    renewed: int
    first_minor: int
    renewed_minor: int
    card: int
    card_minor: int
    months_more: int
    window: int
    ca: int
    ca_rollover: int


TERMS = {
    Algorithm.RSA2048: Terms(
        first=5,  # [J 10.2]
        renewed=6,  # [J 10.2]
        first_minor=5,  # as for everybody: it is the card that ends early [J 10.1]
        renewed_minor=6,
        card=10,  # [J 10.1]
        card_minor=5,  # [J 10.1]
        months_more=0,
        window=3,  # [J 10.3]
        ca=10,  # [J 1.1]
        ca_rollover=6,  # the longest certificate; inferred [J 1.1]
    ),
    # All inferred [J 8] [J 13].
    Algorithm.P384: Terms(
        first=10,
        # NOTE: nobody says what a renewal gets.  An eleventh birthday and a month would
        # outlive a CA that may have eleven years before it, so we count to the tenth again.
        renewed=10,
        first_minor=5,
        renewed_minor=5,
        card=10,
        card_minor=5,
        months_more=1,
        window=12,
        ca=20,
        ca_rollover=11,
    ),
}


class Because(Enum):
    """What decided the last day of a certificate or a card."""

    BIRTHDAY = "birthday"
    CARD = "card"  # カードの有効期限
    AUTHENTICATION_CERTIFICATE = "auth"
    STAY = "stay"  # 在留期間


@dataclass(frozen=True, slots=True)
class Ending:
    """
    The last day of a certificate or a card, in JST, and what decided it.

    Attributes:
        day: Valid to the last second of it.
        because: The limit that came first; of equal ones the first in the order of Because.
    """

    day: date
    because: Because


def day_in_jst(moment: datetime) -> date:
    """Tell which day it is in Japan at *moment*."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} must be aware, or the machine would decide its zone")
    return moment.astimezone(JST).date()


def last_second(day: date) -> datetime:
    """Give the notAfter of a last day: 23:59:59 JST, in UTC [J 2.1]."""
    return datetime.combine(day, LAST_SECOND).astimezone(UTC)


def usable_from(not_before: datetime, days: int) -> datetime:
    """Find the midnight in Japan from which a certificate works, *days* after its issue [J 13]."""
    day = day_in_jst(not_before) + days * ONE_DAY
    return datetime.combine(day, time(0, tzinfo=JST)).astimezone(UTC)


def birthday_after(born: date, day: date, n: int) -> date:
    """Find the n-th birthday after *day*; one on the day itself does not count [J 10.2]."""
    if n < 1:
        raise ValueError(f"there is no birthday number {n}")
    if born > day:
        raise ImpossibleDate(
            f"the birth date lies after {day}, the day of issue; correct whichever is wrong"
        )
    passed = _in_year(born, day.year) <= day
    return _in_year(born, day.year + n if passed else day.year + n - 1)


def age_on(born: date, day: date) -> int:
    """
    Count the years that somebody has completed on *day*; negative before the birth.

    NOTE: by the law on the counting of age one is older at the end of the day *before* the
    birthday.  The counter goes by the birthday, and so do we (inferred [J 10.1]).
    """
    return day.year - born.year - (_in_year(born, day.year) > day)


def last_day(
    kind: Kind,
    *,
    born: date,
    issued_on: date,
    renewal: bool,
    card_expires_on: date,
    auth_ends_on: date | None,
    algorithm: Algorithm,
) -> Ending:
    """
    Find the last day of a certificate: the earliest of its limits [J 10.2].

    *auth_ends_on* limits signature certificates only.  None says that no authentication
    certificate is held; an expired one is not held either (inferred [J 10.2]).
    """
    if card_expires_on < issued_on:
        raise Unacceptable(
            f"the card expired on {card_expires_on}; "
            "no certificate outlives its card, have the card reissued first"
        )
    terms = TERMS[algorithm]
    if age_on(born, issued_on) < FULL_AGE:
        n = terms.renewed_minor if renewal else terms.first_minor
    else:
        n = terms.renewed if renewal else terms.first
    limits = [
        Ending(_counted(born, issued_on, n, terms), Because.BIRTHDAY),
        Ending(card_expires_on, Because.CARD),
    ]
    if kind is Kind.SIGN and auth_ends_on is not None and auth_ends_on >= issued_on:
        limits.append(Ending(auth_ends_on, Because.AUTHENTICATION_CERTIFICATE))
    return _earliest(limits)


def card_last_day(
    born: date, issued_on: date, stay_ends_on: date | None, algorithm: Algorithm
) -> Ending:
    """
    Find the last day of a card [J 10.1].

    *stay_ends_on* is None for nationals and for those who may stay for good.
    """
    if stay_ends_on is not None and stay_ends_on < issued_on:
        raise Unacceptable(
            f"the stay ended on {stay_ends_on}; no card outlives it, have the stay extended first"
        )
    terms = TERMS[algorithm]
    n = terms.card if age_on(born, issued_on) >= FULL_AGE else terms.card_minor
    limits = [Ending(_counted(born, issued_on, n, terms), Because.BIRTHDAY)]
    if stay_ends_on is not None:
        limits.append(Ending(stay_ends_on, Because.STAY))
    return _earliest(limits)


def renewal_window_opens(ends_on: date, algorithm: Algorithm) -> date:
    """
    Find the first day of the renewal window.

    It is the day after the same day of three months earlier [J 10.3]; where that month is
    too short, after its last day (inferred [J 10.2]).  P-384: of a year earlier.
    """
    return _months_on(ends_on, -TERMS[algorithm].window) + ONE_DAY


def is_renewal(ends_on: date, *, on: date, algorithm: Algorithm) -> bool:
    """Tell whether what is applied for then renews: not early, not after expiry [J 10.2]."""
    return renewal_window_opens(ends_on, algorithm) <= on <= ends_on


def notice_sent_on(ends_on: date) -> date:
    """
    Find the day on which the expiry notice goes out: two to three months before [J 10.3].

    The first day of the three months, on which renewal begins (inferred); in the P-384
    generation, too, though renewal begins long before (inferred).
    """
    return _months_on(ends_on, -NOTICE_MONTHS) + ONE_DAY


def notice_month(ends_on: date) -> str:
    """Name the month of the notice, as YYYY-MM."""
    sent = notice_sent_on(ends_on)
    return f"{sent.year:04}-{sent.month:02}"


def ca_last_day(issued_on: date, algorithm: Algorithm) -> date:
    """
    Find the last day of a CA certificate: before the same date, ten years on [J 1.1].

    Issued on 29 February: 28 February, be it a leap year or not (inferred [J 10.2]).
    """
    same_date = _in_year(issued_on, issued_on.year + TERMS[algorithm].ca)
    return same_date - ONE_DAY if same_date.day == issued_on.day else same_date


def rollover_due(ca_ends_on: date, *, on: date, algorithm: Algorithm) -> bool:
    """Tell whether a CA is too old to see its next certificates out (inferred [J 1.1])."""
    return _in_year(on, on.year + TERMS[algorithm].ca_rollover) > ca_ends_on


def outlives(ends_on: date, ca_ends_on: date) -> bool:
    """Tell whether a certificate would outlive its issuer, so that none is issued [J 12]."""
    return ends_on > ca_ends_on


def _counted(born: date, issued_on: date, n: int, terms: Terms) -> date:
    return _months_on(birthday_after(born, issued_on, n), terms.months_more)


def _earliest(limits: list[Ending]) -> Ending:
    return min(limits, key=lambda ending: ending.day)


def _in_year(day: date, year: int) -> date:
    """Find the same date of another year; 29 February falls back on the 28th [J 10.2]."""
    return _months_on(day, 12 * (year - day.year))


def _months_on(day: date, months: int) -> date:
    """Find the same day of another month, or the month's last."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ImpossibleDate("a day past the year 9999 is on no calendar; choose an earlier one")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
