"""
The switchboard: which faults are on, for which point or serial, and how many times more.

Kept among the settings of the world, so that the command line, the page and every worker
turn the same switches.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from ca.store import Store
from harness.faults.table import FAULTS, SECONDS, Fault
from pki.errors import Missing, Unacceptable

SETTING = "faults"
LONGEST = 3600.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """
    One fault that is on.

    Attributes:
        fault: Its id.
        point: Beginning of the path concerned, as `crl/sign/1/13101`; None for every path.
        serial: Of the certificate concerned; None for every one.
        left: How many requests more; None without end.
        seconds: That a slow one takes.
    """

    fault: str
    point: str | None = None
    serial: int | None = None
    left: int | None = None
    seconds: float = SECONDS

    def concerns(self, path: str, serial: int | None) -> bool:
        if self.point is not None and not _within(path, self.point):
            return False
        return self.serial is None or self.serial == serial


class Board:
    """The switches of one world."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._switches: tuple[Switch, ...] = ()

    @property
    def switches(self) -> tuple[Switch, ...]:
        """Those that are on, oldest first, as of the last `reread`."""
        return self._switches

    def reread(self) -> tuple[Switch, ...]:
        """Read them anew; another process may have turned some."""
        self._store.reread()
        rows = json.loads(self._store.setting(SETTING, "[]"))
        self._switches = tuple(Switch(**row) for row in rows)
        return self._switches

    def on(self, switch: Switch) -> None:
        """Turn a fault on; the same fault for the same point and serial is replaced."""
        find(switch.fault)
        if switch.left is not None and switch.left < 1:
            raise Unacceptable("a fault is for one request or more; give another --times")
        if not 0 <= switch.seconds <= LONGEST:
            raise Unacceptable(f"a slow fault takes 0 to {LONGEST:.0f} seconds; give another")
        if switch.point is not None:
            switch = replace(switch, point=switch.point.strip("/"))
        with self._store.writing():
            self._write([*(each for each in self.reread() if _key(each) != _key(switch)), switch])

    def off(self, fault: str | None = None) -> int:
        """Turn one fault off, or all; returns how many switches that were."""
        if fault is not None:
            find(fault)
        with self._store.writing():
            before = self.reread()
            self._write([each for each in before if fault and each.fault != fault])
        return len(before) - len(self._switches)

    def hit(self, service: str, path: str, serial: int | None = None) -> Switch | None:
        """Return what goes wrong with this answer, counting it; None if nothing does."""
        for each in self._switches:
            if FAULTS[each.fault].service == service and each.concerns(path, serial):
                return each if each.left is None else self._counted(each)
        return None

    def _counted(self, switch: Switch) -> Switch | None:
        """Count one request of a limited switch; another process may have had the last."""
        with self._store.writing():
            found = {_key(each): each for each in self.reread()}
            mine = found.get(_key(switch))
            if mine is None or mine.left is None:
                return mine
            if mine.left == 1:
                del found[_key(switch)]
            else:
                found[_key(switch)] = replace(mine, left=mine.left - 1)
            self._write(list(found.values()))
        return mine

    def _write(self, switches: list[Switch]) -> None:
        rows = [asdict(each) for each in switches]
        self._store.set(SETTING, json.dumps(rows))
        self._switches = tuple(switches)


def find(fault: str) -> Fault:
    """Return the row of a fault; Missing if none is called that."""
    if fault not in FAULTS:
        raise Missing(f"no fault is called {fault!r}; see `minijpki faults list`")
    return FAULTS[fault]


def _key(switch: Switch) -> tuple[str, str | None, int | None]:
    return switch.fault, switch.point, switch.serial


def _within(path: str, point: str) -> bool:
    """Tell whether *path* is *point*, or lies below it; the ending of a file may be left away."""
    path = path.strip("/")
    return path == point or path.startswith((f"{point}/", f"{point}."))
