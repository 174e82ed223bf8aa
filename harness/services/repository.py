"""
The repository: lists and CA certificates as files, and an index from directory names to them.

A list's ETag is its digest, and Last-Modified its thisUpdate in the world's time.  Nothing
may be taken from a cache without asking again: this world's clock is turned at will.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from ca.publication import Made
from harness.exports import pem
from harness.faults.lists import spoiled_list
from harness.services.present import Present
from pki.certificate.fields import encode_name
from pki.errors import Missing
from pki.kinds import Kind
from pki.names import rfc4514

CRL_TYPE = "application/pkix-crl"  # RFC 2585
CERTIFICATE_TYPE = "application/pkix-cert"
REVALIDATE = "no-cache"


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What goes back.

    Attributes:
        status: Of HTTP.
        body: Its octets.
        headers: Names in lower case.
        fault: That spoiled it; None mostly.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """
    One file of the repository.

    Attributes:
        body: Its octets.
        packed: The same under gzip.
        tag: Of these octets.
        modified: Since when they are so, UTC; None where that has no meaning.
        media_type: Of the octets.
    """

    body: bytes
    packed: bytes
    tag: str
    modified: datetime | None
    media_type: str


def file_of(body: bytes, media_type: str, modified: datetime | None) -> File:
    packed = gzip.compress(body, 6, mtime=0)
    return File(body, packed, sha256(body).hexdigest()[:32], modified, media_type)


class Repository:
    """What is out, by moment."""

    def __init__(self, present: Present) -> None:
        self._present = present

    def crl(
        self, kind: Kind, generation: int, word: str, asked: Mapping[str, str], *, at: datetime
    ) -> Reply:
        """Answer for one list, as of *at*; Missing if none is out."""
        made = self._made(kind, generation, word, at=at)
        switch = self._present.faults.hit("crl", f"crl/{kind.value}/{generation}/{word}.crl")
        if switch is None:
            key = ("list", kind, generation, word, made.request.number, made.request.this_update)
            return answer(self._present.keep(key, lambda: self._file(made)), asked)
        spoiled = spoiled_list(switch.fault, self._present.world, made, at=at)
        if spoiled is None:
            return Reply(404, b"", {"content-type": "text/plain"}, switch.fault)
        headers = {"content-type": CRL_TYPE, "cache-control": "no-store"}
        return Reply(200, spoiled, headers, switch.fault)

    def _made(self, kind: Kind, generation: int, word: str, *, at: datetime) -> Made:
        made = None
        if (generation, word) in self._out(kind, at=at):
            made = self._present.keep(
                ("out", kind, generation, word, at),
                lambda: self._present.world.press.find(kind, generation, word, at=at),
            )
        if made is None:
            raise Missing("no such list is out; see /crl/ for those that are")
        return made

    def _out(self, kind: Kind, *, at: datetime) -> frozenset[tuple[int, str]]:
        """Return which lists there are, by generation and word."""
        world = self._present.world
        return self._present.keep(
            ("words", kind, at),
            lambda: frozenset(
                (each.number, word)
                for each in world.authority.generations(kind, at=at)
                for word in world.press.scopes(kind, each.number, at=at)
            ),
        )

    def _file(self, made: Made) -> File:
        body = self._present.list_bytes(made)
        return file_of(body, CRL_TYPE, made.request.this_update)

    def index(self, base: str, *, at: datetime) -> dict[str, object]:
        """Map every directoryName to the lists under it, one for each CA key."""
        world = self._present.world
        points: dict[bytes, dict[str, object]] = {}
        for made in world.press.all_newest(at=at):
            name = world.press.scope(made.kind, made.word).point
            encoded = encode_name(name) if name else b""
            generation = world.authority.generations(made.kind)[made.generation - 1]
            entry = points.setdefault(
                encoded,
                {
                    "directory_name": rfc4514(name) if name else None,
                    "der": base64.b64encode(encoded).decode(),
                    "kind": made.kind.value,
                    "scope": made.word,
                    "lists": [],
                },
            )
            listed = entry["lists"]
            assert isinstance(listed, list)
            listed.append(
                {
                    "generation": made.generation,
                    "authority_key_identifier": world.authority.issuer(
                        generation
                    ).key_identifier.hex(),
                    "number": made.request.number,
                    "this_update": f"{made.request.this_update:%Y-%m-%dT%H:%M:%SZ}",
                    "next_update": f"{made.request.next_update:%Y-%m-%dT%H:%M:%SZ}",
                    "url": f"{base}/crl/{made.kind.value}/{made.generation}/{made.word}.crl",
                }
            )
        return {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "points": list(points.values())}

    def certificate(
        self, kind: Kind, generation: int, form: str, asked: Mapping[str, str], *, at: datetime
    ) -> Reply:
        """Answer for one CA certificate, `cer` as DER or `pem`; Missing if there is none."""
        founded = self._present.world.authority.generations(kind, at=at)
        if not 0 < generation <= len(founded):
            raise Missing(f"the {kind.value} CA has no generation {generation} yet; see /ca/")
        der = founded[generation - 1].certificate
        since = founded[generation - 1].not_before
        if form == "pem":
            made = file_of(pem("CERTIFICATE", der), "application/x-pem-file", since)
        else:
            made = file_of(der, CERTIFICATE_TYPE, since)
        return answer(made, asked)

    def bundle(self, kind: Kind, *, at: datetime) -> bytes:
        """Return every generation of a CA as PEM, oldest first."""
        founded = self._present.world.authority.generations(kind, at=at)
        return b"".join(pem("CERTIFICATE", each.certificate) for each in founded)

    def authorities(self, base: str, *, at: datetime) -> list[dict[str, object]]:
        """List the CA certificates and where they are."""
        return [
            {
                "kind": each.kind.value,
                "generation": each.number,
                "serial": f"{each.serial:#x}",
                "not_before": f"{each.not_before:%Y-%m-%dT%H:%M:%SZ}",
                "not_after": f"{each.not_after:%Y-%m-%dT%H:%M:%SZ}",
                "url": f"{base}/ca/{each.kind.value}/{each.number}.cer",
            }
            for kind in Kind
            for each in self._present.world.authority.generations(kind, at=at)
        ]


def answer(file: File, asked: Mapping[str, str]) -> Reply:
    """Send a file, packed where that is understood, or nothing where it is there already."""
    packing = _takes_gzip(asked.get("accept-encoding", ""))
    tag = f'"{file.tag}-gzip"' if packing else f'"{file.tag}"'
    headers = {"etag": tag, "cache-control": REVALIDATE, "vary": "accept-encoding"}
    if file.modified is not None:
        headers["last-modified"] = format_datetime(file.modified, usegmt=True)
    if _is_there(file, asked):
        return Reply(304, b"", headers)
    headers["content-type"] = file.media_type
    if packing:
        headers["content-encoding"] = "gzip"
    return Reply(200, file.packed if packing else file.body, headers)


def _takes_gzip(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_there(file: File, asked: Mapping[str, str]) -> bool:
    """Compare what the client has; its tag decides where it names one (RFC 9110, 13.2.2)."""
    if (tags := asked.get("if-none-match")) is not None:
        named = {each.strip().removeprefix("W/").strip('"') for each in tags.split(",")}
        return bool(named & {file.tag, f"{file.tag}-gzip", "*"})
    since = asked.get("if-modified-since")
    if since is None or file.modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
    return moment.replace(tzinfo=moment.tzinfo or UTC) >= file.modified
