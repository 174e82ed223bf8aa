"""
A witness beside the evidence: what a judgement was shown, and what each piece said.

For reports only.  The verdict is made without it, and the same with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crl.ocsp.read import OcspResponse
from crl.ocsp.status import ocsp_status
from crl.status import Good, Revoked, Undetermined, status
from harness.verifier.evidence import Anchor, Candidate, Evidence, Response
from pki.certificate.read import Certificate


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
        why: What exactly is the matter, in a clause; empty if nothing is.
    """

    source: str
    number: int | None = None
    made_at: datetime | None = None
    until: datetime | None = None
    said: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who was asked about, under which anchor, and what was brought."""

    certificate: Certificate
    issuer: Anchor
    brought: tuple[Candidate | Response, ...]


class Witness:
    """Evidence that remembers what it was asked for, and brings it from other evidence."""

    def __init__(self) -> None:
        self._evidence: Evidence | None = None
        self._asked: list[_Asked] = []

    def beside(self, evidence: Evidence) -> Evidence:
        """Stand beside *evidence* from now on."""
        self._evidence = evidence
        return self

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        return self._evidence.anchors if self._evidence else ()

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        found = self._evidence.lists(certificate, issuer) if self._evidence else ()
        self._asked.append(_Asked(certificate, issuer, tuple(found)))
        return found

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        found = self._evidence.responses(certificate, issuer) if self._evidence else ()
        self._asked.append(_Asked(certificate, issuer, tuple(found)))
        return found

    def issuer_of(self, certificate: Certificate) -> Certificate | None:
        """Return the CA generation that was found to have signed a certificate."""
        for each in self._asked:
            if each.certificate.der == certificate.der:
                return each.issuer.path.certificate
        return None

    def exhibits(self, certificate: Certificate, *, at: datetime) -> Iterator[Exhibit]:
        """Yield what was brought about a certificate, each piece once, with what it says."""
        seen: set[int] = set()
        for each in self._asked:
            if each.certificate.der != certificate.der:
                continue
            for piece in each.brought:
                if id(piece) not in seen:
                    seen.add(id(piece))
                    yield _exhibit(piece, each, at=at)


def _exhibit(piece: Candidate | Response, asked: _Asked, *, at: datetime) -> Exhibit:
    path = asked.issuer.path
    if isinstance(piece, Undetermined):
        return Exhibit(source=piece.cause.partition("-")[0], said=piece.cause, why=piece.why)
    if isinstance(piece, OcspResponse):
        answer = ocsp_status(piece, asked.certificate, path, at=at)
        said, why = _said(answer)
        dates = [each.next_update for each in piece.singles if each.next_update]
        until = min(dates, default=None)
        return Exhibit(source="ocsp", made_at=piece.produced_at, until=until, said=said, why=why)
    said, why = _said(status(piece, asked.certificate, at=at, issuer=path.certificate))
    return Exhibit(
        source="crl",
        number=piece.crl.number,
        made_at=piece.crl.this_update,
        until=piece.next_update,
        said=said,
        why=why,
    )


def _said(answer: Good | Revoked | Undetermined) -> tuple[str, str]:
    match answer:
        case Good():
            return "good", ""
        case Revoked():
            return "revoked", ""
        case Undetermined(cause, why):
            return cause, why
