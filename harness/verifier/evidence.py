"""
What a judgement rests on: trusted generations, and lists for one certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crl.ocsp.read import OcspResponse, read_response
from crl.status import Prepared, Undetermined
from pki.certificate.read import Certificate, read_name
from pki.errors import Malformed, Unacceptable
from pki.kinds import Kind, Naming
from pki.names import Name, ca_name
from pki.naming import MODES
from pki.path import Requirement, TrustAnchor, requirement_for, trust_anchor

Candidate = Prepared | Undetermined
"""A list that was looked at for one CA key: it can be asked, or says why it cannot."""

Response = OcspResponse | Undetermined
"""An OCSP response that was read, or why it could not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """
    One trusted generation, and which CA of which naming mode it is.

    Attributes:
        path: For path processing.
        kind: Whose CA.
        naming: The mode of its names.
        requirement: What its certificates must be, when used as they are meant.
    """

    path: TrustAnchor
    kind: Kind
    naming: Naming
    requirement: Requirement


_CAS: dict[Name, tuple[Kind, Naming]] = {
    ca_name(kind, naming): (kind, naming) for kind in Kind for naming in Naming
}


def anchor(der: bytes) -> Anchor:
    """Trust one CA certificate; Unacceptable if it is neither CA of JPKI by its name."""
    path = trust_anchor(der)
    known = _CAS.get(read_name(path.certificate.subject))
    if known is None:
        raise Unacceptable(
            "the anchor bears the name of neither CA of JPKI; name a CA certificate of a world"
        )
    kind, naming = known
    return Anchor(
        path=path,
        kind=kind,
        naming=naming,
        requirement=requirement_for(
            nonrepudiation=kind is Kind.SIGN, policies=frozenset({MODES[naming].policy(kind)})
        ),
    )


class Evidence(Protocol):
    """Where a verifier finds what it needs; files, a world, or a network behind it."""

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """Return every generation that is trusted."""

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        """Return the lists at hand that may speak about a certificate."""

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        """Return the OCSP responses at hand that may speak about a certificate."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """Evidence that was handed over: anchors, lists already prepared, OCSP responses."""

    anchors: tuple[Anchor, ...]
    prepared: tuple[Candidate, ...] = ()
    answered: tuple[Response, ...] = ()

    def as_of(self, at: datetime) -> Evidence:
        """Return the same: what was handed over says itself when it was good."""
        return self

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        return self.prepared

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        return self.answered


def response(der: bytes) -> Response:
    """Read an OCSP response; one that cannot be read says why it is no use."""
    try:
        return read_response(der)
    except Malformed as error:
        return Undetermined("ocsp-unusable", str(error))
