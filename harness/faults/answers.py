"""
OCSP answers gone wrong: each fault of ocsp as the octets that come in the place of an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ca.authority import Generation
from ca.responder import REFRESH
from crl.ocsp.request.read import CertId
from crl.ocsp.write import (
    Responder,
    Unknown,
    assemble,
    certificate_identifier,
    encode_single,
    refuse,
)
from crl.status import Good, Revoked
from harness.world import World
from pki.certificate.fields import encode_name
from pki.certificate.write import Issuer, Subject, issue, template
from pki.keys import spki_of
from pki.kinds import Reason
from pki.names import service_name
from pki.profiles import OCSP, Profile

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PURPOSELESS = replace(OCSP, rows=tuple(row for row in OCSP.rows if row.name != "extKeyUsage"))
Standing = Good | Revoked | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What a right answer would be made of.

    Attributes:
        world: Whose.
        generation: Who issued the certificate.
        identifier: The CertID that is asked about.
        standing: Of that certificate.
        signer: Who would sign.
        known_at: Of the data.
        nonce: Of the request; None without one.
        at: When it is asked.
    """

    world: World
    generation: Generation
    identifier: CertId
    standing: Standing
    signer: Responder
    known_at: datetime
    nonce: bytes | None
    at: datetime

    @property
    def issuer(self) -> Issuer:
        return self.world.authority.issuer(self.generation)

    @property
    def other(self) -> Issuer:
        """The other CA, whose key is at hand for whoever must not sign."""
        authority = self.world.authority
        return authority.issuer(authority.generations(self.generation.kind.other)[-1])

    def said(
        self,
        *,
        this_update: datetime | None = None,
        next_update: datetime | None = None,
        identifier: bytes | None = None,
        promised: bool = True,
    ) -> bytes:
        """Sign an answer that differs from the right one in what is given."""
        begins = this_update or self.known_at
        single = encode_single(
            identifier or self.identifier.der,
            self.standing,
            this_update=begins,
            next_update=(next_update or begins + REFRESH) if promised else None,
        )
        return assemble(single, self.signer, produced_at=begins, nonce=self.nonce)


def spoiled_answer(fault: str, asked: Asked) -> bytes:
    """Return what comes in the place of an answer, DER or not."""
    if fault in _ERRORS:
        return refuse(_ERRORS[fault])
    return _MAKERS[fault](asked)


_ERRORS = {  # [6960 4.2.1]
    "ocsp-malformed-request": 1,
    "ocsp-internal-error": 2,
    "ocsp-try-later": 3,
    "ocsp-sig-required": 5,
    "ocsp-unauthorized": 6,
}


def _delegated(
    it: Asked, profile: Profile = OCSP, *, by: Issuer | None = None, expired: bool = False
) -> bytes:
    """Answer through a responder with a key that is at hand, delegated badly."""
    issuer = by or it.issuer
    key = it.other.private_key
    ends = it.at - HOUR if expired else it.at + DAY
    subject = Subject(
        serial=1 << 62,  # beyond any that is issued here
        not_before=max(it.at - 3 * DAY, issuer.not_before),
        not_after=ends,
        name=service_name(issuer.naming, issuer.kind, "OCSP Responder"),
        spki=spki_of(key),
    )
    certificate = issue(template(issuer, profile), subject)
    signer = Responder(private_key=key, spki=spki_of(key), certificates=(certificate,))
    return replace(it, signer=signer).said()


def _another_serial(it: Asked) -> bytes:
    issuer = it.issuer
    identifier = certificate_identifier(
        encode_name(issuer.name), spki_of(issuer.private_key), it.identifier.serial + 1
    )
    return replace(it, standing=Good()).said(identifier=identifier)


def _contrary(it: Asked) -> bytes:
    if isinstance(it.standing, Revoked):
        return replace(it, standing=Good()).said()
    return replace(it, standing=Revoked(it.known_at - HOUR, Reason.KEY_COMPROMISE)).said()


def _forged(it: Asked) -> bytes:
    """Sign with another key under the right one's name."""
    return replace(it, signer=replace(it.signer, private_key=it.other.private_key)).said()


def _other_nonce(it: Asked) -> bytes:
    nonce = bytes(each ^ 0xFF for each in it.nonce or bytes(16))
    return replace(it, nonce=nonce).said()


_MAKERS: dict[str, Callable[[Asked], bytes]] = {
    "ocsp-unknown": lambda it: replace(it, standing=Unknown()).said(),
    "ocsp-nonce-missing": lambda it: replace(it, nonce=None).said(),
    "ocsp-nonce-wrong": _other_nonce,
    "ocsp-responder-expired": lambda it: _delegated(it, expired=True),
    "ocsp-responder-purpose": lambda it: _delegated(it, PURPOSELESS),
    "ocsp-responder-other-ca": lambda it: _delegated(it, by=it.other),
    "ocsp-bad-signature": _forged,
    "ocsp-other-serial": _another_serial,
    "ocsp-no-next-update": lambda it: it.said(this_update=it.at - 3 * DAY, promised=False),
    "ocsp-stale": lambda it: it.said(this_update=it.known_at - DAY),
    "ocsp-future": lambda it: it.said(this_update=it.known_at + DAY),
    "ocsp-disagrees": _contrary,
    "ocsp-truncated": lambda it: it.said()[: len(it.said()) // 2],
    "ocsp-empty": lambda it: b"",
}
