"""
What an OCSP response says about one certificate at one moment.  Pure.

Whatever is not plainly an answer about this certificate, by somebody who may give it, and
fresh, leaves the question open: never a yes [6960 3.2] [D 9].
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import new

from crl.ocsp.read import OcspResponse, SingleResponse
from crl.status import REASONS, Good, Revoked, Undetermined
from pki import oids
from pki.certificate.read import Certificate, read_certificate
from pki.constraints import signature_holds
from pki.errors import Malformed
from pki.keys import BY_IDENTIFIER, PublicKey, key_identifier, public_key_bits, verifies
from pki.path import DIGITAL_SIGNATURE, TrustAnchor, stated_purposes

# The hashes that a CertID may use; SHA-1 here names an issuer and protects nothing.
DIGESTS = {
    oids.content("1.3.14.3.2.26"): "sha1",
    oids.content("2.16.840.1.101.3.4.2.1"): "sha256",
    oids.content("2.16.840.1.101.3.4.2.2"): "sha384",
    oids.content("2.16.840.1.101.3.4.2.3"): "sha512",
}
OCSP_SIGNING = oids.content(oids.KP_OCSP_SIGNING)
NO_NEXT_UPDATE = timedelta(days=1)  # how long an answer without nextUpdate is fresh; ours

ERRORS = {
    1: "malformedRequest",
    2: "internalError",
    3: "tryLater",
    5: "sigRequired",
    6: "unauthorized",
}
OTHER = Undetermined("ocsp-other-certificate", "no answer in it is about this certificate")
STRANGER = Undetermined("ocsp-untrusted", "nobody who may answer for this CA signed it")
BAD_SIGNATURE = Undetermined("ocsp-untrusted", "its signature does not match")
ENDED = Undetermined("ocsp-untrusted", "its algorithm is past its end date")
CRITICAL = Undetermined("ocsp-untrusted", "it has a critical extension that nobody processes")
STALE = Undetermined("ocsp-stale", "nextUpdate has passed")
OLD = Undetermined("ocsp-stale", "it promises no nextUpdate, and is too old")
EARLY = Undetermined("ocsp-stale", "it comes from the future")
UNKNOWN = Undetermined("ocsp-unknown", "the responder does not know the certificate")
WRONG_NONCE = Undetermined("ocsp-nonce", "its nonce is not that of the request")
NO_NONCE = Undetermined("ocsp-nonce", "it returns no nonce, and one was required")


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceRule:
    """
    What the relying party sent, and whether it insists.

    Attributes:
        sent: Of the request; None if none was sent.
        required: Whether an answer without it is refused; one with another always is.
    """

    sent: bytes | None = None
    required: bool = False


ANY_NONCE = NonceRule()


def ocsp_status(
    response: OcspResponse,
    certificate: Certificate,
    issuer: TrustAnchor,
    *,
    at: datetime,
    nonce: NonceRule = ANY_NONCE,
    dated: bool = False,
) -> Good | Revoked | Undetermined:
    """
    Say what *response* says about a certificate that *issuer* signed; the worst wins.

    With *dated* the end dates of algorithms count for the responder's key, too.
    """
    if response.status:
        return Undetermined("ocsp-error", ERRORS.get(response.status, "another error"))
    key = _responder_key(response, issuer, at=at)
    if isinstance(key, Undetermined):
        return key
    row = BY_IDENTIFIER.get(response.algorithm)
    if row is None or not row.fits(key):
        return BAD_SIGNATURE
    if not verifies(key, response.signature, response.tbs, row.digest):
        return BAD_SIGNATURE
    if not signature_holds(key, row.digest, dated=dated, at=at):
        return ENDED
    if response.unknown_critical:
        return CRITICAL
    if nonce.sent is not None:
        if response.nonce is None and nonce.required:
            return NO_NONCE
        if response.nonce is not None and response.nonce != nonce.sent:
            return WRONG_NONCE
    if response.produced_at is None or response.produced_at > at:
        return EARLY
    said = [
        _fresh(single, at=at)
        for single in response.singles
        if _is_about(single, certificate, issuer)
    ]
    if not said:
        return OTHER
    return min(said, key=_severity)


def _severity(said: Good | Revoked | Undetermined) -> int:
    return {Revoked: 0, Undetermined: 1, Good: 2}[type(said)]


def _is_about(single: SingleResponse, certificate: Certificate, issuer: TrustAnchor) -> bool:
    """Compare serial number and issuer; both hashes must be the issuer's [6960 3.2 (1)]."""
    digest = DIGESTS.get(single.digest)
    if digest is None or single.serial != certificate.serial:
        return False
    bits = public_key_bits(issuer.certificate.spki)
    return (
        new(digest, issuer.certificate.subject, usedforsecurity=False).digest() == single.name_hash
        and new(digest, bits, usedforsecurity=False).digest() == single.key_hash
    )


def _fresh(single: SingleResponse, *, at: datetime) -> Good | Revoked | Undetermined:
    """Look at the dates before the status: a stale good is no good [6960 3.2 (5), (6)]."""
    if single.unknown_critical:
        return CRITICAL
    if single.this_update > at:
        return EARLY
    if single.status == 1 and single.revoked_since is not None:
        return Revoked(single.revoked_since, REASONS.get(single.reason, REASONS[None]))
    if single.next_update is None:
        if at - single.this_update > NO_NEXT_UPDATE:
            return OLD
    elif at > single.next_update:
        return STALE
    return Good() if single.status == 0 else UNKNOWN


def _responder_key(
    response: OcspResponse, issuer: TrustAnchor, *, at: datetime
) -> PublicKey | Undetermined:
    """Find who signed: the CA itself, or somebody it delegated to [6960 4.2.2.2]."""
    if _is_named(response, issuer.certificate):
        return issuer.public_key
    for der in response.certificates:
        try:
            delegate = read_certificate(der)
            if (
                _is_named(response, delegate)
                and delegate.issuer == issuer.certificate.subject
                and delegate.algorithm == issuer.identifier
                and OCSP_SIGNING in stated_purposes(delegate)
                and (delegate.key_usage is None or delegate.key_usage & DIGITAL_SIGNATURE)
                and delegate.not_before <= at <= delegate.not_after
                and verifies(issuer.public_key, delegate.signature, delegate.tbs, issuer.digest)
            ):
                return delegate.public_key()
        except Malformed:
            continue
    return STRANGER


def _is_named(response: OcspResponse, certificate: Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    return response.responder_key_hash == key_identifier(certificate.spki)
