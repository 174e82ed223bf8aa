"""
Evidence out of a world: its own CAs as anchors, and the lists that were out at a moment.

The verifier gets bytes and reads them like anybody's; nothing of ca reaches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crl.read import read_list
from crl.status import prepare
from harness.verifier.evidence import Anchor, Candidate, Response, anchor, response
from pki.certificate.fields import encode_name
from pki.certificate.read import Certificate
from pki.kinds import Kind

if TYPE_CHECKING:
    from ca.publication import Made
    from crl.entries import ListRequest
    from harness.world import World


class WorldEvidence:
    """What a world can show, prepared once for as long as the process lives."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._anchors: dict[bytes, tuple[Anchor, int]] = {}
        self._prepared: dict[tuple[Kind, int, str, int], tuple[ListRequest, Candidate]] = {}
        self._points: dict[tuple[Kind, bytes], str] = {}

    def as_of(self, at: datetime) -> AsOf:
        """Return the evidence that was out at *at*."""
        anchors = []
        for kind in Kind:
            for generation in self._world.authority.generations(kind, at=at):
                der = generation.certificate
                if der not in self._anchors:
                    self._anchors[der] = (anchor(der), generation.number)
                anchors.append(self._anchors[der][0])
        return AsOf(self, tuple(anchors), at)

    def lists(
        self, certificate: Certificate, issuer: Anchor, *, at: datetime
    ) -> Sequence[Candidate]:
        """Return the one list that may speak about a certificate, if it is out."""
        number = self._anchors[issuer.path.certificate.der][1]
        for point in certificate.distribution_points():
            word = self._word(issuer.kind, number, point, at=at)
            made = word and self._world.press.find(issuer.kind, number, word, at=at)
            if made:
                return (self._prepare(made, issuer),)
        return ()

    def responses(
        self, certificate: Certificate, issuer: Anchor, *, at: datetime
    ) -> Sequence[Response]:
        """Return what the CA's responder says, by its data of the last quarter of an hour."""
        number = self._anchors[issuer.path.certificate.der][1]
        der = self._world.responder.answer(issuer.kind, number, certificate.serial, at=at)
        return (response(der),)

    def _word(self, kind: Kind, generation: int, point: bytes, *, at: datetime) -> str | None:
        if (kind, point) not in self._points:
            press = self._world.press
            for word in press.scopes(kind, generation, at=at):
                name = press.scope(kind, word).point
                if name is not None:
                    self._points[kind, encode_name(name)] = word
        return self._points.get((kind, point))

    def _prepare(self, made: Made, issuer: Anchor) -> Candidate:
        request = made.request
        key = (made.kind, made.generation, made.word, request.number)
        known = self._prepared.get(key)
        if known is None or known[0] != request:  # of a day to come, it may have changed since
            read = read_list(self._world.press.bytes(made))
            known = (request, prepare(read, issuer.path.certificate))
            self._prepared[key] = known
        return known[1]


@dataclass(frozen=True, slots=True)
class AsOf:
    """A world's evidence as of one moment."""

    source: WorldEvidence
    anchors: tuple[Anchor, ...]
    at: datetime

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        return self.source.lists(certificate, issuer, at=self.at)

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        return self.source.responses(certificate, issuer, at=self.at)
