"""
Proof of existence: by when a signed thing existed, and evidence that was kept from then.

EN 319 102-1, section 5.6.2, made small and honest.  A time-stamp over the octets proves
that they existed by its moment; a second one over the first proves that the first existed
while its authority could still be relied on, and so on.  The certificate is then judged at
the first proven moment: what happened to it later does not matter any more.  Whether it was
revoked by then needs evidence that speaks for that moment: what came out in the days after
it, but before the certificate expired, for lists may drop it afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from harness.verifier.evidence import Anchor, Candidate, Evidence, Response
from harness.verifier.policy import Policy, Revocation
from harness.verifier.timestamps import Stamp, verify_token
from harness.verifier.verdict import Result, not_applicable, result
from pki.causes import Check
from pki.certificate.read import Certificate

GRACE = timedelta(days=2)  # until whoever archives has the next lists; ours
NO_TOKEN = not_applicable(Check.TIMESTAMP)
# Where nothing proves a moment, what ended may still have been in time.
UNPROVEN = {
    "expired": "out-of-bounds-no-poe",
    "ca-expired": "out-of-bounds-no-poe",
    "revoked": "revoked-no-poe",
    "crypto-constraints-failure": "crypto-no-poe",
}


class History(Protocol):
    """Where evidence of any past moment is found."""

    def as_of(self, at: datetime) -> Evidence:
        """Return the evidence that was out at *at*."""


@dataclass(frozen=True, slots=True)
class Proof:
    """
    By when something existed.

    Attributes:
        at: The proven moment, UTC; None if nothing is proven.
        result: Of the check, for the report.
        stamps: What each token is worth, the newest first, up to one that proves nothing.
    """

    at: datetime | None
    result: Result
    stamps: tuple[Stamp, ...] = ()

    @property
    def note(self) -> str:
        """Say for a person what was proven, or what was the matter."""
        said = [each.note for each in self.stamps if each.note]
        if self.at is not None:
            said.insert(0, f"proven to exist by {self.at:%Y-%m-%dT%H:%M:%SZ}")
        return "; ".join(said)


NOTHING = Proof(None, NO_TOKEN)


@dataclass(frozen=True, slots=True)
class Stored:
    """
    Evidence that was kept, and a proof of existence.

    Attributes:
        history: Where it was kept.
        at: The moment of judgement; nothing newer counts.
        about: The past moment that is asked about; None for that of judgement.
        proof: Of what is judged.
    """

    history: History
    at: datetime
    about: datetime | None = None
    proof: Proof = NOTHING

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        return self.history.as_of(self.at).anchors

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        return self._kept(certificate).lists(certificate, issuer)

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        return self._kept(certificate).responses(certificate, issuer)

    def _kept(self, certificate: Certificate) -> Evidence:
        latest = self.at if self.about is None else min(self.at, self.about + GRACE)
        return self.history.as_of(min(latest, certificate.not_after))


def stored(
    history: History, octets: bytes, tokens: Sequence[bytes], policy: Policy, *, at: datetime
) -> Stored:
    """
    Prove by *tokens* when *octets* existed, and return the evidence to judge them by.

    The first token is over the octets, every further one over the whole token before it.
    """
    bare = Stored(history, at)
    if not tokens:
        return bare
    # Which list or response a holder's certificate is asked of is no concern of the authority's.
    its_own = replace(policy, revocation=Revocation.BOTH)
    moment = at
    stamps: list[Stamp] = []
    for stamped, token in reversed(list(pairwise((octets, *tokens)))):
        then = replace(bare, about=moment)
        stamp = verify_token(token, stamped, then, its_own, at=at, trusted_at=moment)
        stamps.append(stamp)
        if stamp.cause is not None or stamp.latest is None:
            failed = result(Check.TIMESTAMP, stamp.cause or "timestamp-invalid")
            return replace(bare, proof=Proof(None, failed, tuple(stamps)))
        # What the accuracy leaves open counts against the signer, but never beyond the later proof.
        moment = min(stamp.latest, moment)
    proof = Proof(moment, result(Check.TIMESTAMP, None), tuple(stamps))
    return replace(bare, about=moment, proof=proof)


def with_own(
    evidence: Evidence, signature: bytes, tokens: Sequence[bytes], policy: Policy, *, at: datetime
) -> Evidence:
    """
    Add what time-stamps over a signature value prove that travel within the signature.

    Nobody signed that they belong there, so each stands for itself and the earliest counts;
    bad ones leave the question open only where nothing else proves a moment.
    """
    if not tokens or not policy.judgement.past or not isinstance(evidence, Stored):
        return evidence
    proof = evidence.proof
    if proof is not NOTHING and proof.at is None:
        return evidence  # what was handed over must hold
    trusted_at = proof.at or at
    then = replace(evidence, about=trusted_at, proof=NOTHING)
    its_own = replace(policy, revocation=Revocation.BOTH)
    stamps = [
        verify_token(token, signature, then, its_own, at=at, trusted_at=trusted_at)
        for token in tokens
    ]
    said = (*proof.stamps, *stamps)
    proven = [each.latest for each in stamps if each.cause is None and each.latest]
    if proven:
        moment = min(trusted_at, *proven)
        proof = Proof(moment, result(Check.TIMESTAMP, None), said)
        return replace(evidence, about=moment, proof=proof)
    if proof is not NOTHING:
        return replace(evidence, proof=replace(proof, stamps=said))
    return replace(evidence, proof=Proof(None, result(Check.TIMESTAMP, stamps[0].cause), said))


def without_proof(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """Leave open what a time-stamp could have settled [EN319102 5.5]."""
    return tuple(
        [
            result(each.check, UNPROVEN[each.cause]) if each.cause in UNPROVEN else each
            for each in results
        ]
    )
