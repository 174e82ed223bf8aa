"""
Evidence that came along with a document: asked like any other, and trusted like none.

Lists and responses are signed by those who may speak, so it does not matter who brings
them.  Anchors are the verifier's own, always.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crl.read import read_list
from crl.status import prepare
from harness.documents.pdf.reading import Evidence as Carried
from harness.verifier.evidence import Anchor, Candidate, Evidence, Response, response
from harness.verifier.proof import History
from pki.certificate.read import Certificate
from pki.errors import Malformed


@dataclass(frozen=True, slots=True)
class WithCarried:
    """
    Evidence of the verifier's own, and after it what came along with the document.

    Attributes:
        own: Of the verifier; its anchors alone are trusted.
        carried: Of the document, prepared for each of these anchors.
        answered: Likewise.
    """

    own: Evidence
    carried: tuple[Candidate, ...]
    answered: tuple[Response, ...]

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """Return those of the verifier: what a document brings is never trusted."""
        return self.own.anchors

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        """Return the verifier's lists, and those that came along."""
        return (*self.own.lists(certificate, issuer), *self.carried)

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        """Return the verifier's responses, and those that came along."""
        return (*self.own.responses(certificate, issuer), *self.answered)


@dataclass(frozen=True, slots=True)
class CarriedHistory:
    """The verifier's history, and what came along, which is there at any moment."""

    own: History
    carried: Carried

    def as_of(self, at: datetime) -> Evidence:
        """Return the evidence that was out at *at*, and what came along."""
        return with_carried(self.own.as_of(at), self.carried)


def with_carried(evidence: Evidence, carried: Carried) -> Evidence:
    """Let lists and responses of a document be asked, too; unreadable ones are left out."""
    if not (carried.lists or carried.responses):
        return evidence
    prepared: list[Candidate] = []
    for der in carried.lists:
        try:
            read = read_list(der)
        except Malformed:
            continue
        prepared += [prepare(read, each.path.certificate) for each in evidence.anchors]
    return WithCarried(evidence, tuple(prepared), tuple(map(response, carried.responses)))
