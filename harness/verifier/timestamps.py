"""
Judge time-stamp tokens: who says so, when it was, and whether they may.

Its authority must be in order at a moment of its own: that of the judgement, or that by
which a later token proves this one to exist.  What bears the name of an authority that has
expired anybody may have signed since [3161 4 (3)].
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from harness.verifier.evidence import Evidence
from harness.verifier.policy import DEFAULT, Policy
from harness.verifier.revocation import Asked, ask
from harness.verifier.verdict import Outcome
from pki.certificate.read import Certificate, read_name
from pki.cms.check import digest_of
from pki.constraints import hash_holds, signature_holds
from pki.errors import Malformed
from pki.kinds import Reason
from pki.names import rfc4514
from pki.path import UNDERSTOOD, issuer_of
from pki.timestamps.check import Token, may_stamp, open_token, signer_of, stamps
from pki.timestamps.words import BY_CONTENT

_END = datetime.max.replace(tzinfo=UTC)
# Reasons for which earlier tokens stay good.  NOTE: reasonCode unspecified is one of them in
# RFC 3161, section 4 (1), an absent one is not; X.509 lets writers leave the former out, so
# both are told apart by nobody, and neither saves a token here.
SPARING = frozenset({Reason.AFFILIATION_CHANGED, Reason.SUPERSEDED, Reason.CESSATION_OF_OPERATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """
    What one token is worth.

    Attributes:
        cause: Why it proves nothing; None if it does prove.
        note: A detail for a person; empty if there is none.
        at: genTime, UTC; None if the token cannot be read.
        accuracy: By which that may be off; None if not stated.
        policy: Under which it was stamped, dotted; None likewise.
        serial: Of the token; None likewise.
        authority: Certificate of who signed it; None if nobody is found.
    """

    cause: str | None
    note: str = ""
    at: datetime | None = None
    accuracy: timedelta | None = None
    policy: str | None = None
    serial: int | None = None
    authority: Certificate | None = None

    @property
    def latest(self) -> datetime | None:
        """The latest moment that it can mean: by then the octets existed."""
        if self.at is None:
            return None
        # Some accuracies reach beyond the end of the calendar.
        return self.at + min(self.accuracy or timedelta(), _END - self.at)

    @property
    def subject(self) -> str | None:
        """DN of the authority, as RFC 4514 spells it; None where none is found or readable."""
        if self.authority is None:
            return None
        try:
            return rfc4514(read_name(self.authority.subject))
        except Malformed:
            return None


def verify_token(
    token: bytes,
    octets: bytes,
    evidence: Evidence,
    policy: Policy = DEFAULT,
    *,
    at: datetime,
    trusted_at: datetime | None = None,
) -> Stamp:
    """
    Judge a token, or the response that brings it, over *octets*, with the evidence of *at*.

    *trusted_at* is when its authority must be in order: the moment by which a later token
    proves this one to exist; *at* itself without.
    """
    try:
        opened = open_token(token)
    except Malformed as error:
        return Stamp(cause="timestamp-invalid", note=str(error))
    try:
        return _judged(opened, octets, evidence, policy, at=at, trusted_at=trusted_at or at)
    except Malformed as error:  # of the certificate's insides
        return _stamp(opened, "timestamp-invalid", str(error))


def _judged(
    token: Token,
    octets: bytes,
    evidence: Evidence,
    policy: Policy,
    *,
    at: datetime,
    trusted_at: datetime,
) -> Stamp:
    if not stamps(token, octets):
        return _stamp(token, "timestamp-mismatch", "the message imprint is of other octets")
    if token.info.unknown_critical:
        return _stamp(token, "timestamp-invalid", "it has a critical extension not known here")
    own = tuple([each.path.certificate.der for each in evidence.anchors])
    authority = signer_of(token, own)
    if authority is None:
        why = "no certificate in it is of the key that signed it, or that it names"
        return _stamp(token, "timestamp-invalid", why)
    cause, note = _trusted(token, authority, evidence, policy, at=at, trusted_at=trusted_at)
    return _stamp(token, cause, note, authority)


def _trusted(
    token: Token,
    authority: Certificate,
    evidence: Evidence,
    policy: Policy,
    *,
    at: datetime,
    trusted_at: datetime,
) -> tuple[str | None, str]:
    """Say why an authority may not be relied on, None if it may; and a detail."""
    if not may_stamp(authority) or _unknown_critical(authority):
        return "timestamp-untrusted", "its certificate is not for time-stamps, and them alone"
    anchors = evidence.anchors
    found = issuer_of(authority, tuple([each.path for each in anchors]))
    if found is None:
        return "timestamp-untrusted", "no trusted CA signed its certificate"
    stamped = token.info.at
    if stamped > trusted_at:
        return "timestamp-order", f"it is of {stamped:%Y-%m-%dT%H:%M:%SZ}, which is too late"
    for each in (authority, found.certificate):
        if not each.not_before <= stamped <= trusted_at <= each.not_after:
            return "timestamp-expired", f"its path ends at {each.not_after:%Y-%m-%dT%H:%M:%SZ}"
    if not _algorithms_hold(token, authority, dated=policy.judgement.dated, at=trusted_at):
        return "timestamp-expired", "its algorithm is past its end date"
    issuer = next(each for each in anchors if each.path is found)
    asked = ask(authority, issuer, evidence, policy, at=at, proven=trusted_at)
    return _standing(asked, stamped)


def _standing(asked: Asked, stamped: datetime) -> tuple[str | None, str]:
    """Weigh what is known of a revocation: some reasons spare what came before [3161 4 (1)]."""
    if asked.revoked is not None:
        since, reason = asked.revoked.since, asked.revoked.reason
        said = f"its certificate is revoked since {since:%Y-%m-%dT%H:%M:%SZ}, {reason.value}"
        if reason in SPARING and stamped < since:
            return None, said
        return "timestamp-untrusted", said
    if any(each.outcome is Outcome.INDETERMINATE for each in asked.results):
        return "no-poe", asked.note or "nothing tells whether its certificate is revoked"
    return None, asked.note


def _algorithms_hold(token: Token, authority: Certificate, *, dated: bool, at: datetime) -> bool:
    imprint = BY_CONTENT[token.info.hashed.algorithm].name
    digest = digest_of(token.signer)
    return (
        digest is not None
        and hash_holds(imprint, dated=dated, at=at)
        and signature_holds(authority.public_key(), digest, dated=dated, at=at)
    )


def _unknown_critical(certificate: Certificate) -> bool:
    return any(
        critical and identifier not in UNDERSTOOD
        for identifier, (critical, _) in certificate.extensions.items()
    )


def _stamp(
    token: Token, cause: str | None, note: str = "", authority: Certificate | None = None
) -> Stamp:
    return Stamp(
        cause=cause,
        note=f"time-stamp {token.info.serial:#x}: {note}" if note else "",
        at=token.info.at,
        accuracy=token.info.accuracy,
        policy=token.info.policy,
        serial=token.info.serial,
        authority=authority,
    )
