"""
Evidence over HTTP: lists and OCSP answers, fetched when a verifier asks.

Whatever is not plainly an answer is none: another status, another media type, a redirect, an
answer that is cut, too long or too late.  What comes is judged by the same readers as ever;
here it only has to arrive, to answer this very nonce, and not to be older than what came
before it.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from crl.ocsp.request.write import write_request
from crl.ocsp.write import certificate_identifier
from crl.read import read_list
from crl.status import Prepared, Undetermined, prepare
from harness.verifier.evidence import Anchor, Candidate, Evidence, Response, response
from pki.certificate.read import Certificate
from pki.errors import JpkiError, Malformed, Unacceptable

CRL_TYPE = "application/pkix-crl"
OCSP_TYPE = "application/ocsp-response"
QUESTION_TYPE = "application/ocsp-request"
INDEX = "/crl/"
JSON_TYPE = "application/json"
MAX_LIST = 64 << 20  # octets
MAX_ANSWER = 1 << 20
SECONDS = 10.0  # for one answer, from the first to the last octet
NONCE = 32  # octets (RFC 9654)
PIECE = 1 << 16
BACKWARDS = "its number is lower than that of a list which was here before"


class Unreachable(JpkiError):
    """Nothing usable came back."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """
    Asks one server.

    Attributes:
        base_url: Of the server.
        seconds: For one answer.
        headers: Sent with every request.
    """

    base_url: str
    seconds: float = SECONDS
    headers: tuple[tuple[str, str], ...] = ()

    def get(self, path: str, media_type: str, limit: int) -> bytes:
        """Fetch a file; Unreachable if it does not come whole, and as what it should be."""
        return self._ask("GET", path, None, media_type, limit, {"accept-encoding": "gzip"})

    def post(self, path: str, body: bytes, sent: str, media_type: str, limit: int) -> bytes:
        """Ask with a body; Unreachable likewise."""
        return self._ask("POST", path, body, media_type, limit, {"content-type": sent})

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        media_type: str,
        limit: int,
        headers: dict[str, str],
    ) -> bytes:
        place = urlsplit(self.base_url)
        if place.hostname is None or place.scheme not in ("http", "https"):
            raise Unacceptable(
                f"{self.base_url!r} is no http URL; write it as in http://127.0.0.1:8765"
            )
        sort = HTTPSConnection if place.scheme == "https" else HTTPConnection
        connection = sort(place.hostname, place.port, timeout=self.seconds)
        ends = time.monotonic() + self.seconds
        try:
            connection.request(
                method, place.path.rstrip("/") + path, body, headers | dict(self.headers)
            )
            answer = connection.getresponse()
            if answer.status != 200:
                raise Unreachable(f"{path} is answered with status {answer.status}")
            found = (answer.getheader("content-type") or "").partition(";")[0].strip().lower()
            if found != media_type:
                raise Unreachable(f"{path} is answered with {found or 'no media type'}")
            octets = _whole(answer, connection, path, limit, ends)
            return _unpacked(octets, answer.getheader("content-encoding"), path, limit)
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"{path} is not answered ({type(error).__name__})") from error
        finally:
            connection.close()


def _whole(answer: HTTPResponse, connection: Any, path: str, limit: int, ends: float) -> bytes:
    """Read to the end, within size and time; what is cut is Unreachable."""
    pieces, size = [], 0
    while True:
        left = ends - time.monotonic()
        if left <= 0:
            raise Unreachable(f"{path} takes too long")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = answer.read1(PIECE)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise Unreachable(f"{path} is longer than {limit} octets")
    if answer.length:
        raise Unreachable(f"{path} is cut off")
    return b"".join(pieces)


def _unpacked(octets: bytes, coding: str | None, path: str, limit: int) -> bytes:
    if coding is None:
        return octets
    if coding != "gzip":
        raise Unreachable(f"{path} is packed in a way that nobody asked for")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(octets, limit + 1)
    except zlib.error:
        raise Unreachable(f"{path} says gzip, and is none") from None
    if len(found) > limit or not unpacker.eof or unpacker.unused_data:
        raise Unreachable(f"{path} is not one whole gzip of at most {limit} octets")
    return found


class Fetched:
    """
    Evidence of one server, as a relying party has it: anchors of its own, the rest fetched.

    Remembers which number each list had, so that none comes back that is older; fetches
    anew for every judgement otherwise.
    """

    def __init__(self, anchors: tuple[Anchor, ...], fetcher: Fetcher) -> None:
        self.anchors = anchors
        self._fetcher = fetcher
        self._numbers: dict[tuple[bytes | None, bytes], int] = {}

    def as_of(self, at: datetime) -> Evidence:
        """Return the same: a server answers as of its own clock, whatever *at* is."""
        return self

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        """Fetch the list that the index names for a certificate's point and its CA key."""
        try:
            index = json.loads(self._fetcher.get(INDEX, JSON_TYPE, MAX_ANSWER))
            paths = _paths(index, certificate, issuer)
            return tuple(self._list(path, issuer) for path in paths)
        except (Unreachable, Unacceptable) as error:
            return (Undetermined("crl-missing", str(error)),)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return (Undetermined("crl-missing", "the index is of another shape"),)

    def _list(self, path: str, issuer: Anchor) -> Candidate:
        octets = self._fetcher.get(path, CRL_TYPE, MAX_LIST)
        try:
            read = read_list(octets)
        except Malformed as error:
            return Undetermined("crl-unusable", str(error))
        found = prepare(read, issuer.path.certificate)
        if isinstance(found, Prepared) and read.number is not None:
            key = (found.key_identifier, path.encode())
            if read.number < self._numbers.get(key, 0):
                return Undetermined("crl-unusable", BACKWARDS)
            self._numbers[key] = read.number
        return found

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        """Ask the CA's responder; an answer without the nonce that was sent is none."""
        nonce = secrets.token_bytes(NONCE)
        own = issuer.path.certificate
        identifier = certificate_identifier(own.subject, own.spki, certificate.serial)
        question = write_request((identifier,), nonce)
        path = f"/ocsp/{issuer.kind.value}"
        try:
            octets = self._fetcher.post(path, question, QUESTION_TYPE, OCSP_TYPE, MAX_ANSWER)
        except Unreachable as error:
            return (Undetermined("ocsp-missing", str(error)),)
        read = response(octets)
        if isinstance(read, Undetermined) or read.status:
            return (read,)
        if read.nonce != nonce:
            return (Undetermined("ocsp-nonce", "it does not return the nonce that was sent"),)
        return (read,)


def _paths(index: Any, certificate: Certificate, issuer: Anchor) -> list[str]:
    """Look up the certificate's points in an index; only the path of an address is followed."""
    key = issuer.path.certificate.key_identifier()
    wanted = {base64.b64encode(each).decode() for each in certificate.distribution_points()}
    return [
        urlsplit(listed["url"]).path
        for point in index["points"]
        if point["der"] in wanted
        for listed in point["lists"]
        if key is not None and listed["authority_key_identifier"] == key.hex()
    ]
