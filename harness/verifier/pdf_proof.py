"""
Proof of existence out of a PDF: time-stamps over a signature, and over the document after it.

Under an archive policy a signature is judged as of the first moment that a chain of
time-stamps proves: document time-stamps that cover it, the newest first, each of which
lets the one before be relied on although its authority may have expired since, and then
the time-stamps over the signature itself [EN319102 5.6.2.4] [EN319142 5.4.3].
"""

from dataclasses import replace
from datetime import datetime

from harness.documents.pdf.reading import PdfReading, PdfSignature
from harness.verifier.carried import CarriedHistory, with_carried
from harness.verifier.evidence import Evidence
from harness.verifier.policy import Policy, Revocation
from harness.verifier.proof import Proof, Stored
from harness.verifier.timestamps import Stamp, verify_token
from harness.verifier.verdict import result
from pki.causes import Check
from pki.cms.read import read_signed_data
from pki.errors import Malformed

MAX_TOKENS = 8  # over one signature


def proven_by(
    read: PdfReading, evidence: Evidence, policy: Policy, *, at: datetime
) -> tuple[Evidence, ...]:
    """Return the evidence for each signature of a PDF, with what is proven of its moment."""
    if not (policy.judgement.past and isinstance(evidence, Stored)):
        known = with_carried(evidence, read.evidence)
        return (known,) * len(read.signatures)
    stored = replace(evidence, history=CarriedHistory(evidence.history, read.evidence))
    return tuple(
        [
            _proven(each, read.signatures[number + 1 :], stored, policy, at=at)
            for number, each in enumerate(read.signatures)
        ]
    )


def _proven(
    signature: PdfSignature,
    later: tuple[PdfSignature, ...],
    stored: Stored,
    policy: Policy,
    *,
    at: datetime,
) -> Stored:
    """Walk back from the newest time-stamp; the last that holds gives the moment."""
    its_own = replace(policy, revocation=Revocation.BOTH)
    proof = stored.proof
    covering = [
        (each.message, each.octets) for each in later if each.is_stamp and not each.problems
    ]
    for token, octets in (*reversed(covering), *_over(signature)):
        moment = proof.at or at
        stamp = verify_token(token, octets, stored, its_own, at=at, trusted_at=moment)
        proof = _extended(proof, stamp, moment)
    return replace(stored, proof=proof)


def _extended(proof: Proof, stamp: Stamp, moment: datetime) -> Proof:
    """Go back by one time-stamp, if it holds; one that does not only takes nothing away."""
    stamps = (*proof.stamps, stamp)
    if stamp.cause is None and stamp.latest is not None:
        return Proof(min(stamp.latest, moment), result(Check.TIMESTAMP, None), stamps)
    if proof.at is not None:
        return replace(proof, stamps=stamps)
    return Proof(None, result(Check.TIMESTAMP, stamp.cause or "timestamp-invalid"), stamps)


def _over(signature: PdfSignature) -> list[tuple[bytes, bytes]]:
    """List the time-stamps over a signature value, each with what it is over."""
    try:
        signers = read_signed_data(signature.message).signers
    except Malformed:
        return []
    return [(token, each.signature) for each in signers for token in each.time_stamps][:MAX_TOKENS]
