"""
One request of the driver protocol: its keys, each read as what it must be.
"""

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

from pki.paths.algorithms import Trust

MAX_WHY = 500  # characters

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_OID = re.compile(r"[0-2](\.(0|[1-9]\d{0,38})){1,63}", re.ASCII)

Answer = dict[str, Any]


class BadRequest(ValueError):
    """A request is not as the protocol writes it."""


class Unsupported(ValueError):
    """A kind, an algorithm or a type of object that is not implemented."""


class Request:
    """The keys of one request, each read as what it must be."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def word(self, key: str) -> str:
        text: str = self._typed(key, str)
        return text

    def octets(self, key: str) -> bytes:
        return _octets(key, self._fields.get(key))

    def all_octets(self, key: str) -> list[bytes]:
        """Return a list of binary fields; empty where there is none."""
        return self.octets_of(key) if key in self else []

    def octets_of(self, key: str) -> list[bytes]:
        """Return a list of binary fields that must be there."""
        return [_octets(key, each) for each in self._typed(key, list)]

    def part(self, key: str) -> "Request":
        return Request(self._typed(key, dict))

    def resources(self) -> dict[str, bytes]:
        if "resources" not in self:
            return {}
        given = self._typed("resources", dict)
        return {uri: _octets("resources", each) for uri, each in given.items()}

    def flag(self, key: str) -> bool:
        return self._typed(key, bool) if key in self else False

    def number(self, key: str) -> int | None:
        if key not in self:
            return None
        number = self._fields[key]
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1 << 31:
            raise BadRequest(f"{key} is no number from 0 on")
        return number

    def seconds(self, key: str) -> timedelta | None:
        number = self.number(key)
        return None if number is None else timedelta(seconds=number)

    def identifiers(self, key: str) -> frozenset[str] | None:
        """Return a set of dotted OIDs; None where there is none."""
        if key not in self:
            return None
        given = self._typed(key, list)
        if not all(isinstance(each, str) and _is_identifier(each) for each in given):
            raise BadRequest(f"{key} holds something else than dotted OIDs")
        return frozenset(given)

    def moment(self, key: str) -> datetime:
        text = self.word(key)
        if not _MOMENT.fullmatch(text):
            raise BadRequest(f"{key} is no time as in 2026-04-01T00:00:00Z")
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadRequest(f"{key} is a time that no calendar has") from None

    @property
    def trust(self) -> Trust:
        profile = self._fields.get("profile", "default")
        if profile not in ("default", "legacy"):
            raise BadRequest("profile is neither default nor legacy")
        return Trust(profile)

    @property
    def is_legacy(self) -> bool:
        """Tell whether the answer must say that it was given under the old profile."""
        fields = self._fields
        return fields.get("kind") != "parse" and fields.get("profile") == Trust.LEGACY.value

    def _typed(self, key: str, kind: type) -> Any:
        value = self._fields.get(key)
        if not isinstance(value, kind):
            raise BadRequest(f"{key} is missing, or of another type")
        return value


def _octets(key: str, value: Any) -> bytes:
    try:
        if isinstance(value, str):
            return b64decode(value, validate=True)
    except ValueError:
        pass
    raise BadRequest(f"{key} is missing, or not base64")


def _is_identifier(text: str) -> bool:
    if not _OID.fullmatch(text):
        return False
    first, second = text.split(".")[:2]
    return first == "2" or int(second) < 40


def why(text: str) -> str:
    """Put a sentence on one line of bounded length."""
    return " ".join(text.split())[:MAX_WHY]
