"""
The OCSP responders of both CAs, as HTTP asks them.

Live, every answer is signed when it is asked for, and returns the nonce.  Signed before
(`--ocsp pre-signed`), an answer is signed once for each quarter of an hour and handed out as
it is, without nonce (RFC 9654, 3).  Either way it says what was known at the last refresh [J 6].
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import new
from typing import Any

from ca.authority import Generation
from ca.responder import REFRESH, refreshed
from crl.ocsp.request.read import CertId, OcspRequest, read_request
from crl.ocsp.status import DIGESTS
from crl.ocsp.write import Responder, Unknown, assemble, encode_single, refuse
from crl.status import Good, Revoked
from harness.faults.answers import Asked, spoiled_answer
from harness.services.present import MOST, Present
from pki.certificate.read import read_certificate
from pki.errors import Malformed
from pki.keys import public_key_bits
from pki.kinds import Kind

HEADERS = (b"content-type", b"application/ocsp-response"), (b"cache-control", b"no-cache")
MALFORMED_REQUEST = refuse(1)
UNAUTHORIZED = refuse(6)


@dataclass(frozen=True)  # without slots, for what is worked out once
class Answered:
    """
    One answer.

    Attributes:
        der: What is sent.
        fault: That spoiled it; None mostly.
    """

    der: bytes
    fault: str | None = None

    @cached_property
    def start(self) -> dict[str, Any]:
        """What ASGI sends before it."""
        length = (b"content-length", b"%d" % len(self.der))
        return {"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]}

    @cached_property
    def body(self) -> dict[str, Any]:
        """What ASGI sends then."""
        return {"type": "http.response.body", "body": self.der}


class Responders:
    """Answers for both CAs."""

    def __init__(self, present: Present, *, live: bool = True) -> None:
        self._present = present
        self._live = live
        self._ready: dict[tuple[str, bytes], Answered] = {}
        self._at: datetime | None = None  # of the answers that are ready
        self._known_at: datetime | None = None
        self._version: object = None

    def answer(self, kind: Kind, question: bytes, *, at: datetime) -> Answered:
        """Answer a request; whatever cannot be read is answered as RFC 6960 has it."""
        if self._live or self._present.faults.switches:
            return self._answer(kind, question, at=at)
        if at is not self._at or self._present.version != self._version:
            known_at = refreshed(at)
            if (known_at, self._present.version) != (self._known_at, self._version):
                self._ready.clear()
            self._at, self._known_at, self._version = at, known_at, self._present.version
        key = (kind.value, question)
        found = self._ready.get(key)
        if found is None:
            if len(self._ready) >= MOST:
                self._ready.clear()
            found = self._ready[key] = self._answer(kind, question, at=at)
        return found

    def _answer(self, kind: Kind, question: bytes, *, at: datetime) -> Answered:
        try:
            request = read_request(question)
        except Malformed:
            return Answered(MALFORMED_REQUEST)
        if request.unknown_critical:  # [6960 4.4]
            return Answered(MALFORMED_REQUEST)
        found = [self._generation(kind, each) for each in request.asked]
        generation = found[0]
        if generation is None or any(each != generation for each in found):
            return Answered(UNAUTHORIZED)  # [6960 2.3]
        if generation.not_before > at:
            return Answered(UNAUTHORIZED)
        if self._present.faults.switches:
            spoiled = self._spoiled(kind, generation, request, at=at)
            if spoiled is not None:
                return spoiled
        known_at = refreshed(at)
        singles = b"".join([self._single(generation, each, known_at) for each in request.asked])
        signer = self._signer(generation, at=at)
        nonce = request.nonce if self._live else None
        return Answered(assemble(singles, signer, produced_at=known_at, nonce=nonce))

    def _single(self, generation: Generation, asked: CertId, known_at: datetime) -> bytes:
        def make() -> bytes:
            return encode_single(
                asked.der,
                self._standing(generation, asked, known_at),
                this_update=known_at,
                next_update=known_at + REFRESH,
            )

        return self._present.keep(("single", generation.kind, asked.der, known_at), make)

    def _standing(
        self, generation: Generation, asked: CertId, known_at: datetime
    ) -> Good | Revoked | Unknown:
        desk = self._present.world.responder
        # What no column of the store can hold, nobody was given.
        serial = asked.serial if 0 < asked.serial < 1 << 63 else 0
        return desk.standing(generation.kind, generation.number, serial, before=known_at)

    def _signer(self, generation: Generation, *, at: datetime) -> Responder:
        desk = self._present.world.responder
        key = ("signer", generation.kind, generation.number, at)
        return self._present.keep(key, lambda: desk.signer(generation, at=at))

    def _generation(self, kind: Kind, asked: CertId) -> Generation | None:
        """Find the CA key that a CertID names, by whichever hash it names it."""
        digest = DIGESTS.get(asked.digest)
        if digest is None:
            return None
        named = self._present.keep(("issuers", kind, digest), lambda: self._issuers(kind, digest))
        return named.get((asked.name_hash, asked.key_hash))

    def _issuers(self, kind: Kind, digest: str) -> dict[tuple[bytes, bytes], Generation]:
        found = {}
        for each in self._present.world.authority.generations(kind):
            read = read_certificate(each.certificate)
            bits = public_key_bits(read.spki)
            hashes = [new(digest, octets, usedforsecurity=False) for octets in (read.subject, bits)]
            found[hashes[0].digest(), hashes[1].digest()] = each
        return found

    def _spoiled(
        self, kind: Kind, generation: Generation, request: OcspRequest, *, at: datetime
    ) -> Answered | None:
        first = request.asked[0]
        switch = self._present.faults.hit("ocsp", f"ocsp/{kind.value}", first.serial)
        if switch is None:
            return None
        known_at = refreshed(at)
        asked = Asked(
            world=self._present.world,
            generation=generation,
            identifier=first,
            standing=self._standing(generation, first, known_at),
            signer=self._signer(generation, at=at),
            known_at=known_at,
            nonce=request.nonce,
            at=at,
        )
        return Answered(spoiled_answer(switch.fault, asked), switch.fault)
