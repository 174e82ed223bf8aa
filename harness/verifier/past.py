"""
Ask a list or a response about a moment that lies behind us.

What it says must be about the proven moment: it came out after that, and before the
certificate expired, for afterwards lists may drop it [5280 3.3]; or it is still in force, so
that nothing newer can be had.  A list that was in force then and no longer is would know
nothing of a revocation in its last hours.
"""

from dataclasses import dataclass
from datetime import datetime

from crl.ocsp.read import OcspResponse
from crl.ocsp.status import ocsp_status
from crl.status import Good, Prepared, Revoked, Status, Undetermined, status
from harness.verifier.evidence import Anchor
from pki.certificate.read import Certificate

TOO_LATE = Undetermined("no-poe", "it came out after the certificate expired, and may leave it out")
TOO_EARLY = Undetermined("no-poe", "it came out before the proven moment, and is out of date")
STALE = ("crl-stale", "ocsp-stale")


@dataclass(frozen=True, slots=True)
class Later(Good):
    """Good at the proven moment, and revoked afterwards."""

    since: datetime


def by_list(
    prepared: Prepared,
    certificate: Certificate,
    issuer: Anchor,
    *,
    at: datetime,
    proven: datetime | None,
) -> Status:
    """Ask a list at *at*, or about the past moment *proven*."""
    own = issuer.path.certificate
    if proven is None:
        return status(prepared, certificate, at=at, issuer=own)
    moment = _asked_at(prepared.crl.this_update, certificate, at=at, proven=proven)
    if isinstance(moment, Undetermined):
        return moment
    return _as_of(status(prepared, certificate, at=moment, issuer=own), proven)


def by_response(
    response: OcspResponse,
    certificate: Certificate,
    issuer: Anchor,
    *,
    at: datetime,
    proven: datetime | None,
    dated: bool,
) -> Status:
    """Ask a response at *at*, or about the past moment *proven*."""
    if proven is None or response.produced_at is None:
        return ocsp_status(response, certificate, issuer.path, at=at, dated=dated)
    moment = _asked_at(response.produced_at, certificate, at=at, proven=proven)
    if isinstance(moment, Undetermined):
        return moment
    return _as_of(ocsp_status(response, certificate, issuer.path, at=moment, dated=dated), proven)


def _asked_at(
    out: datetime, certificate: Certificate, *, at: datetime, proven: datetime
) -> datetime | Undetermined:
    """Choose the moment at which evidence that came out at *out* is asked."""
    if certificate.not_after < out <= at:
        return TOO_LATE
    return out if proven <= out <= at else min(at, certificate.not_after)


def _as_of(said: Status, proven: datetime) -> Status:
    match said:
        case Revoked(since) if since > proven:
            return Later(since)
        case Undetermined(cause) if cause in STALE:
            return TOO_EARLY
    return said
