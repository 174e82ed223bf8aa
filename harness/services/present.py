"""
The world as a server sees it: looked at before every request, worked out again when changed.

One process, one thread, one world.  Others may write the same world meanwhile, be it the
command line or another worker: each request first asks whether somebody did.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ca.publication import Made
from ca.watch import Watch
from harness.clock import YEARS
from harness.faults.switches import Board
from harness.world import World
from pki.errors import Unacceptable

Kept = TypeVar("Kept")
HEADER = "minijpki-at"
FORGET_AFTER = 256  # changes of the world, or lists made, after which old lists are let go
MOST = 4096  # of each sort that are kept; a client that asks for ever new moments gains nothing


class Present:
    """
    What is known of the world as it is now.

    Attributes:
        version: Changes whenever anybody wrote.
        faults: The switchboard.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Board(world.store)
        self._watch = Watch(world.store)
        self.version: object = None
        self._frozen: datetime | None = None
        self._kept: dict[Any, Any] = {}
        self._changes = self._built = 0

    def look(self) -> None:
        """See whether somebody wrote since the last request."""
        version = self._watch.version()
        if version == self.version:
            return
        self.faults.reread()  # and every other setting
        self._kept.clear()
        self._changes += 1
        if self._changes > FORGET_AFTER:
            self.forget_lists()
        self._frozen = self.world.now() if self.world.store.setting("clock") else None
        self.version = version

    def wrote(self) -> None:
        """Say that this process wrote."""
        self._watch.wrote()
        self.look()

    def now(self) -> datetime:
        """Return the moment of the world's clock."""
        return self._frozen or self.world.now()

    def keep(self, key: Any, make: Callable[[], Kept]) -> Kept:
        """Return what was made for *key* since somebody wrote, or make it."""
        if key in self._kept:
            found: Kept = self._kept[key]
            return found
        if len(self._kept) >= MOST:
            self._kept.clear()
            self.forget_lists()
        made = self._kept[key] = make()
        return made

    def list_bytes(self, made: Made) -> bytes:
        """Return the octets of a list; the press is emptied now and then, lest it grow."""
        self._built += 1
        if self._built > FORGET_AFTER:
            self.forget_lists()
        return self.world.press.bytes(made)

    def forget_lists(self) -> None:
        """Let the press and the verifier begin anew; they keep every list that they saw."""
        self._changes = self._built = 0
        for name in ("press", "evidence"):
            self.world.__dict__.pop(name, None)


def moment_of(text: str) -> datetime:
    """Read a moment of a header or a field; Unacceptable for one without an offset."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        moment = moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise Unacceptable(
            "the moment is no ISO 8601 time with an offset; "
            "write it as in 2026-04-01T12:00:00+09:00"
        ) from None
    if moment.year not in YEARS:
        raise Unacceptable(
            f"the moment lies outside a world's years; give one of {YEARS[0]} to {YEARS[-1]}"
        )
    return moment


def yesterday(at: datetime) -> datetime:
    return at - timedelta(days=1)
