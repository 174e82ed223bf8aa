"""
What one judgement may cost, counted in work and not in time.  Pure.

A count is the same on every machine, so a hostile input ends the same way everywhere.
"""

from enum import Enum

from pki.errors import SearchExhausted


class Work(Enum):
    """What is counted."""

    SIGNATURE = "signatures"
    CANDIDATE = "candidates"
    PATH = "paths"
    NAME = "names"
    POLICY = "policies"
    LIST = "lists"
    ENTRY = "entries"
    OCTET = "octets"


LIMITS = {  # how much of it one judgement may take; the worst mixes take seconds
    Work.SIGNATURE: 500,  # checked; about 30 µs each for RSA-2048
    Work.CANDIDATE: 20_000,  # certificates tried as somebody's issuer
    Work.PATH: 200,  # processed from end to end
    Work.NAME: 200_000,  # comparisons of a name with a subtree of name constraints
    Work.POLICY: 400_000,  # policies and mappings gone through
    Work.LIST: 20_000,  # pairs of a distribution point and a list
    Work.ENTRY: 300_000,  # entries of lists that are no ordinary ones
    Work.OCTET: 3 << 20,  # of certificates read
}


class Budget:
    """The work that is left; shared by all that serves one judgement."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = dict(LIMITS)

    def spend(self, work: Work, amount: int = 1) -> None:
        """Take *amount* of *work*; SearchExhausted if there is not so much left."""
        self._left[work] -= amount
        if self._left[work] < 0:
            raise SearchExhausted(work.value, LIMITS[work])

    def spent(self, work: Work) -> int:
        """Tell how much of *work* was taken so far."""
        return LIMITS[work] - self._left[work]
