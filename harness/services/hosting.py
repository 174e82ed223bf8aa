"""
The world that is served: one that exists, or one made for the while.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from harness.scene import BEGIN
from harness.world import World


@contextmanager
def ephemeral_world(
    base_url: str, *, seed: int | None = None, at: datetime | None = None
) -> Iterator[Path]:
    """
    Make a world, and throw it away at the end.

    A seeded one stands still at the beginning of a story unless *at* says otherwise, for
    its bytes are to be the same every time; any other runs with the machine.
    """
    if seed is not None and at is None:
        at = BEGIN
    with tempfile.TemporaryDirectory(prefix="minijpki-") as folder:
        directory = Path(folder) / "world"
        World.create(directory, at=at, seed=seed, base_url=base_url).close()
        yield directory


@contextmanager
def world_at(directory: str | None) -> Iterator[Path]:
    """Open the world that exists, to see that it does."""
    world = World.open(directory)
    world.close()
    yield world.directory
