"""
The terminal in a convenience store: a copy from the register against the card and its PIN.

The municipality is the verifier there [RP 4.2].  The terminal works from 6:30 to 23:00, and
gives out only what the holder's municipality offers (hours and offers differ; inferred).
"""

from dataclasses import dataclass
from datetime import datetime, time

from harness.receivers.portal import Portal
from harness.verifier.login import Answer
from harness.verifier.verdict import Verdict
from pki.validity import JST

OPENS, CLOSES = time(6, 30), time(23)
OFFERED = ("住民票の写し", "印鑑登録証明書")
CLOSED = "the terminal works from 6:30 to 23:00"
NOT_OFFERED = "this municipality does not offer that here; go to the counter"
NOT_KNOWN = "the card could not be accepted; go to the counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    What the terminal does.

    Attributes:
        printed: The copy; None where nothing is printed.
        reason: Why not; None if printed.
        verdict: Of the card's answer; None where it was not asked.
    """

    printed: str | None
    reason: str | None
    verdict: Verdict | None


class Terminal:
    """One terminal; the portal behind it knows challenges and people."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def challenge(self, *, at: datetime) -> bytes:
        """Draw what the card has to sign, once its PIN was entered."""
        return self._portal.challenge(at=at)

    def serve(self, wanted: str, answer: Answer, *, at: datetime) -> Served:
        """Print a copy, or say why not."""
        if not OPENS <= at.astimezone(JST).time() < CLOSES:
            return Served(printed=None, reason=CLOSED, verdict=None)
        if wanted not in OFFERED:
            return Served(printed=None, reason=NOT_OFFERED, verdict=None)
        session = self._portal.log_in(answer, at=at)
        if session.user is None:
            return Served(printed=None, reason=NOT_KNOWN, verdict=session.verdict)
        return Served(printed=f"{wanted}（模擬）", reason=None, verdict=session.verdict)
