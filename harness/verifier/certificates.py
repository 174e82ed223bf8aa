"""
Judge one certificate: chain, dates, usage, policy, extensions, revocation; every check.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from crl.status import Revoked
from harness.verifier.evidence import Anchor, Evidence
from harness.verifier.policy import Policy, Use
from harness.verifier.proof import NOTHING, Stored, without_proof
from harness.verifier.revocation import ask
from harness.verifier.verdict import Result, not_applicable, result
from pki.causes import Check
from pki.certificate.read import Certificate, read_certificate
from pki.constraints import key_holds, signature_holds
from pki.errors import Malformed
from pki.kinds import Kind
from pki.path import Requirement, issuer_of, judge, requirement_for

NO_CHAIN = result(Check.CHAIN, "no-certificate-chain-found")
# Without an issuer there is nothing to compare the rest with.
WITHOUT_ISSUER = tuple(
    not_applicable(check)
    for check in (
        Check.ISSUER_VALIDITY,
        Check.VALIDITY,
        Check.KEY_USAGE,
        Check.POLICY,
        Check.EXTENSIONS,
        Check.REVOCATION_CRL,
        Check.REVOCATION_OCSP,
    )
)
UNREADABLE = (result(Check.FORMAT, "format-failure"), NO_CHAIN, *WITHOUT_ISSUER)


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What became of one certificate.

    Attributes:
        certificate: As read; None if it cannot be read.
        kind: Of the CA that it chains to; None without a chain.
        results: Every check, in order.
        revoked: When and why it was revoked, if it was.
        note: A detail for a person; empty if there is none.
    """

    certificate: Certificate | None
    kind: Kind | None
    results: tuple[Result, ...]
    revoked: Revoked | None = None
    note: str = ""


def judge_certificate(der: bytes, evidence: Evidence, policy: Policy, *, at: datetime) -> Judged:
    """Judge a certificate, DER, for the use that *policy* names."""
    try:
        certificate = read_certificate(der)
    except Malformed as error:
        return Judged(None, None, UNREADABLE, note=str(error))
    return judge_read(certificate, evidence, policy, at=at)


def judge_read(
    certificate: Certificate, evidence: Evidence, policy: Policy, *, at: datetime
) -> Judged:
    """Judge a certificate that has been read, though not yet into its last extension."""
    try:
        return _judge(certificate, evidence, policy, at=at)
    except Malformed as error:
        return Judged(certificate, None, UNREADABLE, note=str(error))


def _judge(certificate: Certificate, evidence: Evidence, policy: Policy, *, at: datetime) -> Judged:
    anchors = evidence.anchors
    by_path = {id(each.path): each for each in anchors}
    found = issuer_of(certificate, tuple([each.path for each in anchors]))
    if found is None:
        return Judged(certificate, None, (NO_CHAIN, *WITHOUT_ISSUER))
    issuer = by_path[id(found)]
    requirement = _requirement(issuer, policy)
    judgement = policy.judgement
    proof = evidence.proof if judgement.past and isinstance(evidence, Stored) else NOTHING
    moment = proof.at or at
    path = judge(certificate, found, requirement, at=moment)
    results = [result(check, cause) for check, cause in path]
    if judgement.dated:
        holds = key_holds(certificate.public_key(), dated=True, at=moment) and signature_holds(
            found.public_key, found.digest, dated=True, at=moment
        )
        results.insert(0, result(Check.ALGORITHM, None if holds else "crypto-constraints-failure"))
    asked = ask(certificate, issuer, evidence, policy, at=at, proven=proof.at)
    results += asked.results
    if not judgement.past:
        return Judged(certificate, issuer.kind, tuple(results), asked.revoked, asked.note)
    judged = tuple(results) if proof.at else without_proof(tuple(results))
    note = "; ".join(filter(None, (proof.note, asked.note)))
    return Judged(certificate, issuer.kind, (*judged, proof.result), asked.revoked, note)


def _requirement(issuer: Anchor, policy: Policy) -> Requirement:
    """Ask what the use asks; of the other CA's certificates what none can meet [J 2.2] [J 3]."""
    requirement = issuer.requirement
    if issuer.kind is not policy.use.kind:
        requirement = requirement_for(nonrepudiation=policy.use is Use.SIGN, policies=frozenset())
    if policy.usable_after:
        requirement = replace(requirement, usable_after=policy.usable_after)
    return requirement
