"""
A desk for tax returns, after e-Tax: a certificate is registered for each 利用者識別番号.

Unregistered, or renewed and not registered again, is refused [RP 2.3]; a renewed certificate
counts from the next day on.  What passes is accepted at once; when a revocation surfaces
afterwards that was in force at the time, a notice follows.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from harness.verifier.documents import verify_certificate, verify_xml
from harness.verifier.policy import Policy
from harness.verifier.proof import History
from harness.verifier.verdict import Verdict

RECEIPT = Policy()
RENEWED = Policy(usable_after=1)  # from the next day on [RP 2.3]
UNREGISTERED = "no certificate is registered for this number; register one first"
OTHER = "another certificate is registered for this number; after a renewal, register it again"
ENDED = "the certificate was revoked when the return came in; file it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """
    The certificate of one taxpayer.

    Attributes:
        certificate: DER.
        renewed: Whether it took the place of another.
    """

    certificate: bytes
    renewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """
    What the desk answers.

    Attributes:
        number: Of the return, from 1; 0 where none was accepted.
        accepted: Whether it counts as filed.
        reason: Why not, by rule; None if accepted.
        verdict: Of the signature; None where it was not looked at.
        at: When it came in.
    """

    number: int
    accepted: bool
    reason: str | None
    verdict: Verdict | None
    at: datetime


class FilingDesk:
    """The desk; it remembers for as long as it lives."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._registered: dict[str, Registered] = {}
        self._filed: list[tuple[str, Receipt]] = []
        self._noticed: set[int] = set()

    def register(self, taxpayer: str, certificate: bytes, *, at: datetime) -> Verdict:
        """Register a certificate for a number, if it is good today."""
        before = self._registered.get(taxpayer)
        verdict = verify_certificate(certificate, self._history.as_of(at), RECEIPT, at=at)
        if verdict.passed and (before is None or before.certificate != certificate):
            self._registered[taxpayer] = Registered(
                certificate=certificate, renewed=before is not None
            )
        return verdict

    def file(self, taxpayer: str, document: bytes, *, at: datetime) -> Receipt:
        """Take in a signed return."""
        known = self._registered.get(taxpayer)
        if known is None:
            return Receipt(number=0, accepted=False, reason=UNREGISTERED, verdict=None, at=at)
        policy = RENEWED if known.renewed else RECEIPT
        verdict = verify_xml(document, self._history.as_of(at), policy, at=at)
        receipt = Receipt(number=0, accepted=False, reason=None, verdict=verdict, at=at)
        if verdict.certificate is None or verdict.certificate.der != known.certificate:
            return replace(receipt, reason=OTHER)
        if not verdict.passed:
            return replace(receipt, reason=verdict.cause)
        receipt = replace(receipt, number=len(self._filed) + 1, accepted=True)
        self._filed.append((taxpayer, receipt))
        return receipt

    def notices(self, taxpayer: str, *, at: datetime) -> tuple[str, ...]:
        """Say what surfaced by *at* about accepted returns, each thing once."""
        found = []
        for who, receipt in self._filed:
            if who != taxpayer or receipt.number in self._noticed or receipt.verdict is None:
                continue
            signer = receipt.verdict.certificate
            assert signer is not None
            later = verify_certificate(signer.der, self._history.as_of(at), RECEIPT, at=at)
            if later.revoked_since is not None and later.revoked_since <= receipt.at:
                self._noticed.add(receipt.number)
                found.append(f"return {receipt.number}: {ENDED}")
        return tuple(found)
