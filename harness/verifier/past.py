"""
Ask a list or a response about a moment that lies behind us.

What it says must be about the proven moment: it came out after that, and before the
certificate expired, for afterwards lists may drop it [5280 3.3]; or it is still in force, so
that nothing newer can be had.  A list that was in force then and no longer is would know
nothing of a revocation in its last hours.
"""

from collections.abc import Callable
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
    out = prepared.crl.this_update

    def ask(moment: datetime) -> Status:
        return status(prepared, certificate, at=moment, issuer=own)

    return _about(ask, out, certificate, at=at, proven=proven)


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

    def ask(moment: datetime) -> Status:
        return ocsp_status(response, certificate, issuer.path, at=moment, dated=dated)

    return _about(ask, response.produced_at, certificate, at=at, proven=proven)


def _about(
    ask: Callable[[datetime], Status],
    out: datetime,
    certificate: Certificate,
    *,
    at: datetime,
    proven: datetime,
) -> Status:
    """Ask evidence that came out at *out*: as of then, and where that is not enough, of now."""
    if out > at:
        return ask(at)  # which says that it comes from the future
    said = ask(out)
    if isinstance(said, Revoked):  # never lifted again, so no evidence is too old for a no [J 7]
        return Later(said.since) if said.since > proven else said
    if isinstance(said, Undetermined) or proven <= out <= certificate.not_after:
        return said
    if out > certificate.not_after:
        return TOO_LATE
    said = ask(min(at, certificate.not_after))
    stale = isinstance(said, Undetermined) and said.cause in STALE
    return TOO_EARLY if stale else said
