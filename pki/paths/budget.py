"""
What one judgement may cost, counted in work and not in time.  Pure.

A count is the same on every machine, so a hostile input ends the same way everywhere.
"""

from enum import Enum

from pki.errors import SearchExhausted


class Work(Enum):
    """What is counted, and how much of it one judgement may take."""

    SIGNATURE = 500  # signature values checked; about 30 µs each for RSA-2048
    CANDIDATE = 20_000  # certificates tried as somebody's issuer
    PATH = 200  # complete paths processed
    NAME = 200_000  # comparisons of a name with a subtree of name constraints
    POLICY = 400_000  # policies and mappings gone through
    LIST = 20_000  # pairs of a distribution point and a list
    ENTRY = 300_000  # entries of lists that are no ordinary ones
    OCTET = 4 << 20  # of certificates read


class Budget:
    """The work that is left; shared by all that serves one judgement."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = {work: work.value for work in Work}

    def spend(self, work: Work, amount: int = 1) -> None:
        """Take *amount* of *work*; SearchExhausted if there is not so much left."""
        self._left[work] -= amount
        if self._left[work] < 0:
            raise SearchExhausted(work.name.lower(), work.value)

    def spent(self, work: Work) -> int:
        """Tell how much of *work* was taken so far."""
        return work.value - self._left[work]
