"""
The door that every request comes through, and the way from there.

Guarded first, read within limits of size and time, answered as of one moment, spoiled where
a fault is on, counted and logged with the world's time.  OCSP is answered here directly, for
it is asked most; everything else is Starlette's.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import unquote_to_bytes

from harness.faults.switches import Switch
from harness.faults.table import SERVICES
from harness.faults.wire import Message, Send, instead, through
from harness.services.guard import Guard
from harness.services.measures import Measures
from harness.services.present import HEADER, Present, moment_of
from harness.services.responder import Responders
from pki.errors import JpkiError, Unacceptable
from pki.kinds import Kind

MAX_BODY = 16 << 20  # octets; a signed document of ten megabytes is a large one
MAX_QUESTION = 1 << 16  # of OCSP
DROPPED = 1 << 20  # octets beyond a limit that are read all the same
KINDS = {kind.value: kind for kind in Kind}
_POSTED = {f"/ocsp/{word}": kind for word, kind in KINDS.items()}
NAMELESS = ("crl", "ca")  # paths in which nobody is named, and nothing asked
KNOWN = frozenset(
    {
        *("crl", "ca", "ocsp", "tsa", "api", "receivers", "healthz", "metrics"),
        *("control", "residents", "authorities", "faults"),
    }
)
_HEADER = HEADER.encode()

Log = Callable[[str], None]


class Refusal(Exception):
    """A request that is not answered; told with a status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class WrongType(Unacceptable):
    """A body of another media type than JSON; no form of a page elsewhere can send that."""


@dataclass(slots=True)
class Visit:
    """
    What is noted of one request while it is answered.

    Attributes:
        service: First part of the path, if it is a known one.
        method: Of HTTP.
        path: For the log; empty where it could name a person.
        at: The moment that it is answered as of.
        started: By a stop watch, seconds.
        status: Of the answer.
        octets: Of its body.
        fault: That spoiled it; None mostly.
    """

    service: str
    method: str
    path: str
    at: datetime
    started: float
    status: int = 500
    octets: int = 0
    fault: str | None = None


class Door:
    """The whole server, as ASGI sees it."""

    def __init__(
        self, present: Present, rooms: Any, responders: Responders, guard: Guard, log: Log | None
    ) -> None:
        self.measures = Measures()
        self._present = present
        self._rooms = rooms
        self._responders = responders
        self._guard = guard
        self._log = log
        self._has_looked = False

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        assert scope["type"] == "http"
        path = scope["path"]
        service = path[1:].partition("/")[0]
        self._look()
        now = self._present.now()
        visit = Visit(
            service if service in KNOWN else "",
            scope["method"],
            path if service in NAMELESS else "",
            now,
            perf_counter(),
        )
        self.measures.running += 1
        try:
            await self._answer(visit, service, scope, receive, send)
        except Refusal as refusal:
            await _refuse(visit, send, refusal)
        finally:
            self.measures.running -= 1
            seconds = perf_counter() - visit.started
            self.measures.count(visit.service, visit.status, seconds, visit.fault)
            if self._log is not None:
                self._log(_line(visit, now, seconds))

    def _look(self) -> None:
        """
        See what changed, once for all requests that came by the same turn of the loop.

        They all arrived before this look, so whatever was committed before one of them was
        sent is seen by it.
        """
        if not self._has_looked:
            self._present.look()
            self._has_looked = True
            asyncio.get_running_loop().call_soon(self._forget_look)

    def _forget_look(self) -> None:
        self._has_looked = False

    async def _answer(
        self, visit: Visit, service: str, scope: Message, receive: Any, send: Send
    ) -> None:
        headers = dict(scope["headers"])
        refused = self._guard.refuse(service, visit.method, scope["http_version"], headers)
        if refused is not None:
            raise Refusal(*refused)
        if _HEADER in headers:
            visit.at = _moment(headers)
        switch = None
        if self._present.faults.switches:
            switch = self._switch(service, scope["path"])
        body = b""
        if visit.method not in ("GET", "HEAD"):
            limit = MAX_QUESTION if service in ("ocsp", "tsa") else MAX_BODY
            body = await _body(headers, receive, limit)
        if switch is not None:
            visit.fault = switch.fault
            if await instead(switch, scope, _noting(visit, send), scope["path"]):
                return
            send = through(switch, send)
        if service == "ocsp":
            await self._ocsp(visit, scope, body, send)
            return
        scope["state"] = {"visit": visit, "body": body, "present": self._present}
        await self._rooms(scope, _once(body), _noting(visit, send))

    def _switch(self, service: str, path: str) -> Switch | None:
        if service not in SERVICES:
            return None
        found = self._present.faults.hit("http", path)
        return found or (self._present.faults.hit("api", path) if service == "api" else None)

    async def _ocsp(self, visit: Visit, scope: Message, body: bytes, send: Send) -> None:
        """Answer OCSP by GET or POST [6960 A.1]."""
        kind, question = _POSTED.get(scope["path"]), body
        if kind is None or visit.method != "POST":
            kind, question = _asked(visit.method, scope["raw_path"].decode("latin-1"), body)
        answered = self._responders.answer(kind, question, at=visit.at)
        visit.fault = visit.fault or answered.fault
        visit.status, visit.octets = 200, len(answered.der)
        await send(answered.start)
        await send(answered.body)


def _asked(method: str, path: str, body: bytes) -> tuple[Kind, bytes]:
    """Find out which responder is asked what."""
    parts = path.split("/", 3)
    kind = KINDS.get(parts[2] if len(parts) > 2 else "")
    if kind is None:
        raise Refusal(404, "there are two responders, /ocsp/sign and /ocsp/auth")
    if method == "POST":
        return kind, body
    if method in ("GET", "HEAD"):
        return kind, _asked_by_get(parts[3] if len(parts) > 3 else "")
    raise Refusal(405, "OCSP is asked by GET or POST")


def _asked_by_get(text: str) -> bytes:
    """Undo what GET does to a request; what cannot be undone is malformed, and told so in OCSP."""
    try:
        return base64.b64decode(unquote_to_bytes(text), validate=True)
    except binascii.Error:
        return b""


def _moment(headers: Mapping[bytes, bytes]) -> datetime:
    try:
        return moment_of(headers[_HEADER].decode("latin-1"))
    except Unacceptable as error:
        raise Refusal(400, f"{HEADER}: {error}") from error


async def _body(headers: Mapping[bytes, bytes], receive: Any, limit: int) -> bytes:
    """Read a body within its limit of size; that of time is the protocol's."""
    stated = headers.get(b"content-length", b"0")
    if stated.isdigit() and int(stated[:12]) > limit:
        raise Refusal(413, f"the body is longer than {limit} octets")
    message = await receive()
    body = bytes(message.get("body", b""))
    if not message.get("more_body"):
        return _checked(body, limit)
    pieces = [body]
    size = len(body)
    # A little more than the limit is read and dropped, so that the refusal arrives, too.
    while message.get("more_body") and size <= limit + DROPPED:
        message = await receive()
        piece = bytes(message.get("body", b""))
        size += len(piece)
        if size <= limit + 1:
            pieces.append(piece)
    if message["type"] == "http.disconnect":
        raise Refusal(408, "the body did not arrive")
    if size > limit:
        raise Refusal(413, f"the body is longer than {limit} octets")
    return b"".join(pieces)


def _checked(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise Refusal(413, f"the body is longer than {limit} octets")
    return body


def _once(body: bytes) -> Any:
    """Hand on a body that was read already."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return receive


def _noting(visit: Visit, send: Send) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            visit.status = message["status"]
        else:
            visit.octets += len(message.get("body", b""))
        await send(message)

    return noting


async def _refuse(visit: Visit, send: Send, refusal: Refusal) -> None:
    visit.status = refusal.status
    body = json.dumps({"error": str(refusal)}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # what is left of its body is nobody's request
    ]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="minijpki", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _line(visit: Visit, now: datetime, seconds: float) -> str:
    """Write one line of the log; no person is in it, and no question either."""
    more = f', "path": {json.dumps(visit.path)}' if visit.path else ""
    if visit.at is not now and visit.at != now:
        more += f', "as_of": "{visit.at:%Y-%m-%dT%H:%M:%SZ}"'
    if visit.fault:
        more += f', "fault": "{visit.fault}"'
    return (
        f'{{"world_time": "{now.isoformat()}", "method": "{visit.method}", '
        f'"service": "{visit.service}", "status": {visit.status}, '
        f'"octets": {visit.octets}, "ms": {seconds * 1000:.3f}{more}}}'
    )


def status_of(error: JpkiError) -> int:
    """Choose the status of HTTP that an error of ours is told with."""
    from pki import errors

    for sort, status in (
        (WrongType, 415),
        (errors.Missing, 404),
        (errors.CardError, 409),
        (errors.LifecycleError, 409),
        (errors.NotPermitted, 403),
        (errors.WorldBusy, 503),
        (errors.WorldError, 500),
    ):
        if isinstance(error, sort):
            return status
    return 400
