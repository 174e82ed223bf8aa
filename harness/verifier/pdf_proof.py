"""
Proof of existence out of a PDF: time-stamps over the document that cover a signature.

Under an archive policy they are followed back, the newest first: each lets the one before
be relied on although its authority may have expired since.  The signature is then judged as
of the first moment that holds; a time-stamp within its own message may go back further
[EN319102 5.6.2.4] [EN319142 5.4.3].
"""

from dataclasses import replace
from datetime import datetime

from harness.documents.pdf.reading import PdfReading, PdfSignature
from harness.verifier.carried import CarriedHistory, with_carried
from harness.verifier.evidence import Evidence
from harness.verifier.policy import Policy, Revocation
from harness.verifier.proof import Proof, Stored
from harness.verifier.timestamps import verify_token
from harness.verifier.verdict import result
from pki.checks import Check


def proven_by(
    read: PdfReading, evidence: Evidence, policy: Policy, *, at: datetime
) -> tuple[Evidence, ...]:
    """Return the evidence for each signature of a PDF, with what is proven of its moment."""
    if not (policy.judgement.past and isinstance(evidence, Stored)):
        known = with_carried(evidence, read.evidence)
        return (known,) * len(read.signatures)
    # Which list or response a holder's certificate is asked of is no concern of the authority's.
    its_own = replace(policy, revocation=Revocation.BOTH)
    stored = replace(evidence, history=CarriedHistory(evidence.history, read.evidence))
    found: list[Evidence] = []
    for each in reversed(read.signatures):
        found.append(stored)
        if each.is_stamp and not each.problems:
            stored = _stamped(stored, each, its_own, at=at)
    return tuple(reversed(found))


def _stamped(stored: Stored, stamp: PdfSignature, policy: Policy, *, at: datetime) -> Stored:
    """Go back by one time-stamp; one that does not hold has a verdict of its own."""
    moment = stored.proof.at or at
    then = replace(stored, about=moment)
    said = verify_token(stamp.message, stamp.octets, then, policy, at=at, trusted_at=moment)
    if said.cause is not None or said.latest is None:
        return stored
    moment = min(said.latest, moment)
    stamps = (*stored.proof.stamps, said)
    proof = Proof(moment, result(Check.TIMESTAMP, None), stamps)
    return replace(stored, about=moment, proof=proof)
