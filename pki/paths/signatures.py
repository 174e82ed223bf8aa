"""
Signature checks within one judgement: counted, and none made twice.  Pure.
"""

from datetime import datetime

from pki.paths.algorithms import Trust, check
from pki.paths.budget import Budget, Work


class Signatures:
    """Checks signatures at one moment and under one table of algorithms."""

    __slots__ = ("_known", "at", "budget", "trust")

    def __init__(self, budget: Budget, trust: Trust, *, at: datetime) -> None:
        self.budget = budget
        self.trust = trust
        self.at = at
        self._known: dict[tuple[bytes, bytes, bytes, bytes], str | None] = {}

    def cause(self, spki: bytes, algorithm: bytes, signature: bytes, message: bytes) -> str | None:
        """Say why a signature cannot be relied on; None if it can."""
        question = (spki, algorithm, signature, message)
        if question not in self._known:
            self.budget.spend(Work.SIGNATURE, 1 + (len(message) >> 20))  # a MiB costs like one
            self._known[question] = check(
                spki, algorithm, signature, message, self.trust, at=self.at
            )
        return self._known[question]
