"""
Expiry notices: what J-LIS posts two to three months before a certificate or card ends [J 10.3].

Reads the register and writes nothing.  A notice is addressed by what the counter knows on the
day of posting, or at the moment of asking if that is earlier: whoever renewed, moved or died
before gets none.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ca.card import Card, CardState
from ca.lifecycle import Good
from ca.register import COLUMNS, Register, card_from_json, issued
from ca.store import to_seconds
from pki.kinds import Kind
from pki.validity import JST, day_in_jst, last_second, notice_month, notice_sent_on

# What is posted in a month ends within these of its first day, with days to spare.
SOONEST, LATEST = timedelta(days=45), timedelta(days=165)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    One line of a notice.

    Attributes:
        resident: To whom it is posted.
        kind: Of the certificate that ends; None if it is the card.
        serial: Of the certificate; None if it is the card.
        card: Serial number of the card, or of the one that holds the certificate.
        last_day: In JST.
        posted_on: In JST.
    """

    resident: str
    kind: Kind | None
    serial: int | None
    card: str
    last_day: date
    posted_on: date


def notices(register: Register, month: date, *, at: datetime) -> tuple[Notice, ...]:
    """List the notices to be posted in the month of *month*, as known at *at*."""
    found = [*_of_certificates(register, month, at=at), *_of_cards(register, month, at=at)]
    words = [None, Kind.AUTH, Kind.SIGN]  # of what ends together, the card comes first
    found.sort(key=lambda each: (each.posted_on, each.resident, words.index(each.kind)))
    return tuple(found)


def _of_certificates(register: Register, month: date, *, at: datetime) -> Iterator[Notice]:
    first = month.replace(day=1)
    rows = register.store.rows(
        f"SELECT {COLUMNS} FROM certificates WHERE not_after BETWEEN ? AND ? AND at <= ?",
        to_seconds(last_second(first + SOONEST)),
        to_seconds(last_second(first + LATEST)),
        to_seconds(at),
    )
    for each in map(issued, rows):
        ends = day_in_jst(each.not_after)
        if notice_month(ends) != _word(month):
            continue
        when = min(at, _morning(notice_sent_on(ends)))
        known = [one for one in register.certificates(each.resident, each.kind) if one.at <= when]
        if known[-1:] == [each] and register.standing(each.kind, each.serial, at=when) == Good():
            yield Notice(
                resident=each.resident,
                kind=each.kind,
                serial=each.serial,
                card=each.card,
                last_day=ends,
                posted_on=notice_sent_on(ends),
            )


def _of_cards(register: Register, month: date, *, at: datetime) -> Iterator[Notice]:
    seen: set[tuple[str, date]] = set()
    for card in _ending_about(register, month, at=at):
        ends = card.expires_on
        if notice_month(ends) != _word(month) or (card.serial, ends) in seen:
            continue
        seen.add((card.serial, ends))
        then = register.card(card.holder, at=min(at, _morning(notice_sent_on(ends))))
        if then and then.state is CardState.ACTIVE and _same(then, card):
            yield Notice(
                resident=card.holder,
                kind=None,
                serial=None,
                card=card.serial,
                last_day=ends,
                posted_on=notice_sent_on(ends),
            )


def _ending_about(register: Register, month: date, *, at: datetime) -> Iterator[Card]:
    """Find the states of cards that end in one of the months in question."""
    first = month.replace(day=1)
    days = range(SOONEST.days, LATEST.days)
    for word in sorted({_word(first + timedelta(days=day)) for day in days}):
        rows = register.store.rows(
            "SELECT value FROM states "
            "WHERE noun = 'card' AND at <= ? AND value LIKE ? ORDER BY seq",
            to_seconds(at),
            f'%"expires_on": "{word}-%',
        )
        for (value,) in rows:
            yield card_from_json(json.loads(value))


def _same(one: Card, other: Card) -> bool:
    return (one.serial, one.expires_on) == (other.serial, other.expires_on)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=JST).astimezone(UTC)


def _word(month: date) -> str:
    return f"{month.year:04}-{month.month:02}"
