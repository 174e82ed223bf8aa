"""
What the network side costs, beside what nobody can skip: a signature, and a bare endpoint.

The server's own protocol is driven without a socket, request by request on one loop, so that
a figure is processor time of the server alone; sockets would cost both sides the same.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvloop
from measure import Block, Contender, Item
from uvicorn.server import ServerState

from crl.ocsp.read import read_response
from crl.ocsp.request.write import write_request
from crl.ocsp.write import certificate_identifier
from harness.scene import Scene
from harness.services.present import Present
from harness.services.responder import Responders
from harness.services.serving import Options, Protocol, configured, door_of
from pki.keys import sign
from pki.kinds import Kind
from pki.path import trust_anchor

PEOPLE = 8
CONNECTIONS = 16  # that ask at the same time
AT_ONCE = 12 * CONNECTIONS  # requests in one call


class Wire:
    """A transport that goes nowhere: counts what is written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, octets: bytes) -> None:
        self.written.append(octets)

    def writelines(self, pieces: Any) -> None:
        self.written.extend(pieces)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 8765) if name in ("sockname", "peername") else default

    def is_closing(self) -> bool:
        return False

    def close(self) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Clients:
    """Keep connections busy with one application, over the server's own protocol."""

    def __init__(self, loop: Any, app: Any, requests: tuple[bytes, ...]) -> None:
        self._loop = loop
        self._requests = requests
        self._wire = Wire()
        config = configured(app)
        config.load()
        self._state = ServerState()
        self._protocols = [Protocol(config, self._state, {}, loop) for _ in range(CONNECTIONS)]
        for each in self._protocols:
            each.connection_made(self._wire)  # type: ignore[arg-type]

    def run(self) -> None:
        self._loop.run_until_complete(self._all())
        self._wire.written.clear()

    async def _all(self) -> None:
        for number in range(AT_ONCE // CONNECTIONS):
            for other, each in enumerate(self._protocols):
                each.data_received(self._requests[(number + other) % len(self._requests)])
            while self._state.tasks:
                await asyncio.sleep(0)

    def answers(self) -> bytes:
        self._loop.run_until_complete(self._all())
        said = b"".join(self._wire.written)
        self._wire.written.clear()
        return said


def bare(body: bytes) -> Callable[..., Awaitable[None]]:
    """Make an endpoint that answers everything with the same octets."""
    headers = [
        (b"content-type", b"application/ocsp-response"),
        (b"content-length", str(len(body)).encode()),
    ]

    async def endpoint(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return endpoint


def responding() -> Block:
    """Measure O1 and O2: a live answer beside its signature, one signed before beside ASGI."""
    folder = tempfile.TemporaryDirectory(prefix="minijpki-bench-")
    scene = Scene.fresh(Path(folder.name) / "world")
    people = [scene.resident().identifier for _ in range(PEOPLE)]
    scene.holder(people[0]).moves()
    scene.advance(timedelta(hours=1))
    world = scene.world
    generation = world.authority.generations(Kind.SIGN)[0]
    own = trust_anchor(generation.certificate).certificate
    serials = [
        next(each.serial for each in world.register.certificates(who, Kind.SIGN)) for who in people
    ]
    questions = tuple(
        write_request((certificate_identifier(own.subject, own.spki, each),)) for each in serials
    )
    at = scene.now
    live = Responders(Present(world), live=True)
    key = world.authority.issuer(generation).private_key
    tbs = read_response(live.answer(Kind.SIGN, questions[0], at=at).der).tbs
    numbers = iter(range(1 << 60))

    def answered() -> None:
        live._present.look()
        live.answer(Kind.SIGN, questions[next(numbers) % PEOPLE], at=at)

    lines: list[str] = []
    door = door_of(world, Options(live=False), lines.append)
    loop = uvloop.new_event_loop()
    requests = tuple(
        b"POST /ocsp/sign HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nContent-Type: "
        b"application/ocsp-request\r\nContent-Length: %d\r\n\r\n" % len(each) + each
        for each in questions
    )
    sample = live.answer(Kind.SIGN, questions[0], at=at).der
    ours, limit = (Clients(loop, each, requests) for each in (door, bare(sample)))

    def refusals() -> None:
        said = [read_response(live.answer(Kind.SIGN, q, at=at).der) for q in questions]
        assert [1, *[0] * (PEOPLE - 1)] == [each.singles[0].status for each in said]
        said_before = ours.answers()
        assert said_before.count(b"HTTP/1.1 200 OK") == AT_ONCE
        assert live.answer(Kind.SIGN, b"x", at=at).der == b"\x30\x03\x0a\x01\x01"

    refusals()
    return Block(
        name="OCSP over HTTP",
        contenders=(
            Contender(name="one signature", run=lambda: sign(key, tbs), calls=100),
            Contender(name="bare ASGI", run=limit.run, calls=2, works=AT_ONCE),
            Contender(name="live, in the handler", run=answered, calls=100),
            Contender(name="signed before, served", run=ours.run, calls=2, works=AT_ONCE),
        ),
        items=(
            Item(
                id="O1",
                what="OCSP, signed when asked, inside the handler",
                contender="live, in the handler",
                limit="one signature",
                at_most=1.15,
            ),
            Item(
                id="O2",
                what="OCSP, signed before, per request of the server",
                contender="signed before, served",
                limit="bare ASGI",
                at_most=2.0,
            ),
        ),
        refusals=refusals,
    )
