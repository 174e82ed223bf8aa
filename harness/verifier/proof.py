"""
Proof of existence: by when a signed thing existed, and evidence that was kept from then.

EN 319 102-1, section 5.6.2, made small and honest.  A time-stamp over the octets proves
that they existed by its moment; a second one over the first proves that the first existed
while its authority could still be relied on, and so on.  The certificate is then judged at
the first proven moment: what happened to it later does not matter any more.  Whether it was
revoked by then needs evidence that speaks for that moment, which is looked for among all
that was out until now and before the certificate expired, for lists may drop it afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from harness.verifier.evidence import Anchor, Candidate, Evidence, Response
from harness.verifier.policy import Policy, Revocation
from harness.verifier.timestamps import Stamp, verify_token
from harness.verifier.verdict import Result, not_applicable, result
from pki.causes import Check
from pki.certificate.read import Certificate

NO_TOKEN = not_applicable(Check.TIMESTAMP)
# Where nothing proves a moment, what ended may still have been in time.
UNPROVEN = {"expired": "out-of-bounds-no-poe", "revoked": "revoked-no-poe"}


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
    """Evidence that was kept, as of a moment of judgement, and a proof of existence."""

    history: History
    at: datetime
    proof: Proof = NOTHING

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        return self.history.as_of(self.at).anchors

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        return self._kept(certificate).lists(certificate, issuer)

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        return self._kept(certificate).responses(certificate, issuer)

    def _kept(self, certificate: Certificate) -> Evidence:
        return self.history.as_of(min(self.at, certificate.not_after))


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
        stamp = verify_token(token, stamped, bare, its_own, at=at, trusted_at=moment)
        stamps.append(stamp)
        if stamp.cause is not None or stamp.latest is None:
            failed = result(Check.TIMESTAMP, stamp.cause or "timestamp-invalid")
            return replace(bare, proof=Proof(None, failed, tuple(stamps)))
        # What the accuracy leaves open counts against the signer, but never beyond the later proof.
        moment = min(stamp.latest, moment)
    return replace(bare, proof=Proof(moment, result(Check.TIMESTAMP, None), tuple(stamps)))


def without_proof(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """Leave open what a time-stamp could have settled [EN319102 5.5]."""
    return tuple(
        [
            result(each.check, UNPROVEN[each.cause]) if each.cause in UNPROVEN else each
            for each in results
        ]
    )
