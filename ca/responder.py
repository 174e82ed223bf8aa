"""
The OCSP desk: what the responder of each CA knows, refreshed every quarter of an hour [J 6].

An answer is a value computed from the journal, as lists are, so any past one can be made
again.  The CA itself signs until it delegates; then its responder does, with a certificate
of our own profile, for the real one is not public.
"""

import base64
from datetime import datetime, timedelta

from ca.authority import Authority, Generation
from ca.lifecycle import Good as Standing
from ca.publication import STAMPING
from ca.register import Register
from ca.store import Store, to_moment, to_seconds
from crl.ocsp.write import Responder, Single, Unknown, respond
from crl.status import Good, Revoked
from pki.certificate.fields import encode_name
from pki.certificate.write import Subject, signed, template, to_be_signed
from pki.keys import spki_of
from pki.kinds import Kind, Reason
from pki.names import service_name
from pki.profiles import OCSP

REFRESH = timedelta(minutes=15)  # [J 6]
LIFETIME = timedelta(days=365)  # of a delegation; ours
INSTANT = timedelta(seconds=1)
DELEGATED = "responder-delegated"


def refreshed(at: datetime) -> datetime:
    """Find the last full quarter of an hour."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second)


class Desk:
    """The responders of both CAs, in one process."""

    def __init__(self, store: Store, authority: Authority) -> None:
        self.store = store
        self.authority = authority
        self.register = Register(store)

    def answer(
        self,
        kind: Kind,
        generation: int,
        serial: int,
        *,
        at: datetime,
        nonce: bytes | None = None,
    ) -> bytes:
        """Answer about one certificate, by what was known at the last refresh; DER."""
        founded = self.authority.generations(kind)[generation - 1]
        known_at = refreshed(at)
        issuer = self.authority.issuer(founded)
        single = Single(
            issuer_name=encode_name(issuer.name),
            issuer_spki=spki_of(issuer.private_key),
            serial=serial,
            standing=self.standing(kind, generation, serial, before=known_at),
            this_update=known_at,
            next_update=known_at + REFRESH,
        )
        return respond([single], self.signer(founded, at=at), produced_at=known_at, nonce=nonce)

    def delegate(self, kind: Kind, *, at: datetime) -> Subject:
        """Let a responder with a key of its own answer for the newest generation of a CA."""
        generation = self.authority.newest(kind, at=at)
        issuer = self.authority.issuer(generation)
        serial = self.authority.reserve(kind, 1, at=at)[0]
        with self.store.writing():
            number, key = self.authority.new_key(generation.algorithm)
            subject = Subject(
                serial=serial,
                not_before=at,
                not_after=min(at + LIFETIME, generation.not_after),
                name=service_name(self.authority.naming, kind, "OCSP Responder"),
                spki=spki_of(key),
            )
            tbs = to_be_signed(template(issuer, OCSP), subject)
            self.authority.inspection(tbs, OCSP.word, generation.certificate)
            der = signed(tbs, issuer.algorithm, issuer.private_key)
            seq = self.store.append(
                at,
                DELEGATED,
                f"ca/{kind.value}",
                generation=generation.number,
                serial=serial,
            )
            value = {
                "key": number,
                "certificate": base64.b64encode(der).decode(),
                "not_after": to_seconds(subject.not_after),
            }
            self.store.put_state(seq, at, "responder", f"{kind.value}/{generation.number}", value)
        return subject

    def signer(self, generation: Generation, *, at: datetime) -> Responder:
        """Say who answers for a generation: the CA, or whom it delegated to."""
        name = f"{generation.kind.value}/{generation.number}"
        found = self.store.state("responder", name, at=at)
        if found is None or found["not_after"] < to_seconds(at):
            key = self.authority.issuer(generation).private_key
            return Responder(private_key=key, spki=spki_of(key))
        key = self.authority.key(found["key"])
        own = base64.b64decode(found["certificate"])
        return Responder(private_key=key, spki=spki_of(key), certificates=(own,))

    def standing(
        self, kind: Kind, generation: int, serial: int, *, before: datetime
    ) -> Good | Revoked | Unknown:
        """Say what the journal knew before that second."""
        found = self.store.rows(
            "SELECT 1 FROM certificates WHERE ca = ? AND serial = ? AND generation = ? AND at < ?",
            kind.value,
            serial,
            generation,
            to_seconds(before),
        )
        if not found:
            return self._service(kind, generation, serial, before=before)
        standing = self.register.standing(kind, serial, at=before - INSTANT)
        if isinstance(standing, Standing):
            return Good()
        return Revoked(standing.since, standing.reason)

    def _service(
        self, kind: Kind, generation: int, serial: int, *, before: datetime
    ) -> Good | Revoked | Unknown:
        """
        Say how a time-stamping authority stands.

        It has no list, so that it exists is known at once and not from the next quarter on.
        """
        name = f"{kind.value}/{serial}"
        found = self.store.state(STAMPING, name)
        if found is None or found["generation"] != generation:
            return Unknown()
        then = self.store.state(STAMPING, name, at=before - INSTANT) or {}
        if "since" not in then:
            return Good()
        return Revoked(to_moment(then["since"]), Reason(then["reason"]))
