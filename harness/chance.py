"""
Chance for a world: the system's, or drawn from a seed.

A seed gives each label a stream of its own, so that the same acts give the same bytes
whatever the order of processes.
"""

import secrets
from collections.abc import Callable
from random import Random

from ca.pins import Chance


def chances(seed: int | None) -> Callable[[str], Chance]:
    """Return what gives the chance for one label."""
    if seed is None:
        return lambda label: secrets.randbelow
    return lambda label: Random(f"minijpki/{seed}/{label}").randrange
