"""
Which cards of a world are in a reader: a locked file each, so that `card remove` finds them.

The lock ends with the process, however it ends, so a file without one tells of nothing.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from time import monotonic, sleep

from pki.errors import Missing, NotPermitted

SECONDS = 10  # that a reader gets to end
PATIENCE = 0.01  # seconds between two looks


@contextmanager
def holding(world: Path, identifier: str) -> Iterator[None]:
    """Hold the card of a resident in a reader; NotPermitted if it is in one already."""
    path = _path(world, identifier)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _locked(descriptor):
            raise NotPermitted(
                f"the card of {identifier!r} is in a reader already; "
                f"take it out with `minijpki card remove {identifier}`"
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def take_out(world: Path, identifier: str) -> None:
    """End the process that holds a card in its reader; Missing if there is none."""
    path = _path(world, identifier)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _in_no_reader(identifier) from None
    try:
        if _locked(descriptor):
            path.unlink(missing_ok=True)
            raise _in_no_reader(identifier)
        os.kill(int(os.pread(descriptor, 20, 0)), signal.SIGTERM)
        until = monotonic() + SECONDS
        while not _locked(descriptor):
            if monotonic() > until:
                raise NotPermitted(f"the reader with the card of {identifier!r} does not end")
            sleep(PATIENCE)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _path(world: Path, identifier: str) -> Path:
    return world / f"inserted-{identifier}"


def _in_no_reader(identifier: str) -> Missing:
    return Missing(
        f"the card of {identifier!r} is in no reader; insert it with "
        f"`minijpki card insert {identifier}`"
    )
