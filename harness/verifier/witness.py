"""
A witness of the evidence: what was at hand in a judgement, and what each piece says.

For reports only.  It is asked when the verdict is made, so that it cannot change one.
"""

from dataclasses import dataclass
from datetime import datetime

from crl.ocsp.status import ocsp_status
from crl.status import Good, Revoked, Undetermined, status
from harness.verifier.evidence import Anchor, Candidate, Evidence, Response
from pki.certificate.read import Certificate
from pki.errors import Malformed
from pki.path import issuer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """
    One piece of evidence, as a report names it.

    Attributes:
        source: crl or ocsp.
        number: cRLNumber; None if absent, and for OCSP.
        made_at: thisUpdate of a list, producedAt of a response; None if it was not read.
        until: nextUpdate; None if absent.
        said: good, revoked, or the id of the cause for which it cannot tell.
    """

    source: str
    number: int | None = None
    made_at: datetime | None = None
    until: datetime | None = None
    said: str


class Witness:
    """Remembers the evidence of a judgement and, asked afterwards, says what was in it."""

    def __init__(self) -> None:
        self._evidence: Evidence | None = None

    def attend(self, evidence: Evidence) -> None:
        """Remember what is judged by."""
        self._evidence = evidence

    def issuer_of(self, certificate: Certificate) -> Anchor | None:
        """Return the CA generation that signed a certificate; None if none that is trusted."""
        anchors = self._evidence.anchors if self._evidence else ()
        try:
            found = issuer_of(certificate, tuple(each.path for each in anchors))
        except Malformed:
            return None
        return next((each for each in anchors if each.path is found), None)

    def exhibits(self, certificate: Certificate, *, at: datetime) -> tuple[Exhibit, ...]:
        """Return what was at hand about a certificate, each piece with what it says at *at*."""
        issuer = self.issuer_of(certificate)
        if self._evidence is None or issuer is None:
            return ()
        try:
            lists = self._evidence.lists(certificate, issuer)
            responses = self._evidence.responses(certificate, issuer)
            made = [_list(each, certificate, issuer, at=at) for each in lists]
            made += [_response(each, certificate, issuer, at=at) for each in responses]
        except Malformed:
            return ()
        return tuple(made)


def _list(piece: Candidate, certificate: Certificate, issuer: Anchor, *, at: datetime) -> Exhibit:
    if isinstance(piece, Undetermined):
        return Exhibit(source="crl", said=piece.cause)
    return Exhibit(
        source="crl",
        number=piece.crl.number,
        made_at=piece.crl.this_update,
        until=piece.next_update,
        said=_said(status(piece, certificate, at=at, issuer=issuer.path.certificate)),
    )


def _response(
    piece: Response, certificate: Certificate, issuer: Anchor, *, at: datetime
) -> Exhibit:
    if isinstance(piece, Undetermined):
        return Exhibit(source="ocsp", said=piece.cause)
    return Exhibit(
        source="ocsp",
        made_at=piece.produced_at,
        until=min((each.next_update for each in piece.singles if each.next_update), default=None),
        said=_said(ocsp_status(piece, certificate, issuer.path, at=at)),
    )


def _said(answer: Good | Revoked | Undetermined) -> str:
    match answer:
        case Good():
            return "good"
        case Revoked():
            return "revoked"
        case Undetermined(cause):
            return cause
