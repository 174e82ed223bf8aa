"""
A portal that one logs in to with the authentication certificate and a challenge [RP 4.1].

The user is who the operator says, across renewals: a serial number is a bad user key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from harness.verifier.login import LIFETIME, Answer, Challenge, check_answer
from harness.verifier.proof import History
from harness.verifier.verdict import Verdict
from pki.certificate.read import Certificate

Identify = Callable[[Certificate], str | None]
"""Says which user a certificate is; None where nobody can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    What comes of a login.

    Attributes:
        user: Who is in; None if nobody is.
        is_new: Whether the portal sees the user for the first time.
        verdict: Of the answer.
    """

    user: str | None
    is_new: bool
    verdict: Verdict


class Portal:
    """The portal; it remembers challenges and users for as long as it lives."""

    def __init__(
        self, history: History, audience: str, identify: Identify, draw: Callable[[], str]
    ) -> None:
        self._history = history
        self._audience = audience
        self._identify = identify
        self._draw = draw
        self._open: dict[bytes, Challenge] = {}
        self._used: set[str] = set()
        self._users: set[str] = set()

    def challenge(self, *, at: datetime) -> bytes:
        """Draw what the card has to sign."""
        drawn = Challenge(audience=self._audience, nonce=self._draw(), issued_at=at)
        self._open = {
            octets: each for octets, each in self._open.items() if at - each.issued_at <= LIFETIME
        }
        self._open[drawn.octets()] = drawn
        return drawn.octets()

    def log_in(self, answer: Answer, *, at: datetime) -> Session:
        """Judge an answer; a challenge that is not open, or was used, lets nobody in."""
        asked = self._open.get(answer.challenge) or Challenge(
            audience=self._audience, nonce="", issued_at=at
        )
        evidence = self._history.as_of(at)
        used = asked.nonce in self._used
        verdict = check_answer(answer, asked, evidence, audience=self._audience, used=used, at=at)
        if not verdict.passed:
            return Session(user=None, is_new=False, verdict=verdict)
        self._used.add(asked.nonce)
        assert verdict.certificate is not None
        user = self._identify(verdict.certificate)
        is_new = user is not None and user not in self._users
        if user is not None:
            self._users.add(user)
        return Session(user=user, is_new=is_new, verdict=verdict)
