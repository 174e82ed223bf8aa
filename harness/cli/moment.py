"""
Parameter types: a moment, a day, a month, a period, a kind; parsing happens here and nowhere else.
"""

import re
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

import click

from harness.clock import YEARS

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType[datetime]):
    """An ISO 8601 time; one without an offset is refused, never guessed."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 time", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no offset; add Z or +09:00", param, ctx)
        try:
            moment = moment.astimezone(UTC).replace(microsecond=0)
        except OverflowError:
            self.fail(f"{value!r} lies outside the calendar", param, ctx)
        if moment.year not in YEARS:
            first, last = YEARS[0], YEARS[-1]
            self.fail(f"{value!r} lies outside a world's years, {first} to {last}", param, ctx)
        return moment


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        from ca.residents import parse_day

        return value if isinstance(value, date) else parse_day(value)


class Month(click.ParamType[date]):
    """A month as YYYY-MM; its first day stands for it."""

    name = "month"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        if not re.fullmatch(r"[1-8]\d{3}-(0[1-9]|1[0-2])", value, re.ASCII):
            self.fail(f"{value!r} is no month; write it as YYYY-MM, as in 2031-01", param, ctx)
        return date.fromisoformat(f"{value}-01")


class Period(click.ParamType[timedelta]):
    """A period such as 30d, 12h, 90m, 45s, 2w."""

    name = "period"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhdw])", value)
        if found is None:
            self.fail(f"{value!r} is no period; write it as 30d, 12h, 90m, 45s or 2w", param, ctx)
        return timedelta(**{UNITS[found[2]]: int(found[1])})


class Substitute(click.ParamType[tuple[str, str]]):
    """A character and the one that stands for it, as in 髙=高."""

    name = "substitute"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        outside, _, inside = value.partition("=")
        if len(outside) != 1 or not inside:
            self.fail(f"{value!r} is no pair of characters; write it as 髙=高", param, ctx)
        return outside, inside


class Serial(click.ParamType[int]):
    """A serial number, in hexadecimal with 0x or in decimal."""

    name = "serial"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if isinstance(value, int):
            return value
        try:
            return int(value, 0)
        except ValueError:
            self.fail(f"{value!r} is no serial number; write 0x1a or 26", param, ctx)


class Word(click.Choice[str]):
    """One member of an enum, by its value; click itself would offer the members' names."""

    def __init__(self, words: type[Enum]) -> None:
        super().__init__([member.value for member in words])
        self._words = words

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        return value if isinstance(value, Enum) else self._words(super().convert(value, param, ctx))


def rfc3339(moment: datetime) -> str:
    """Spell a UTC moment with the Z that most readers expect."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
