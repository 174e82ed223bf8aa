"""
Running the server: sockets, workers, and a stop that lets every answer be finished.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from harness.services.door import Door, Log
from harness.services.guard import LOOPBACK, Guard, is_loopback, name_of
from harness.services.present import Present
from harness.services.responder import Responders
from harness.services.rooms import Rooms
from harness.world import World
from pki.errors import NotPermitted, OutputRefused

ARRIVAL_SECONDS = 10.0  # for all of a request to arrive
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
KEEP_ALIVE = 30  # seconds
STOP_SECONDS = 5  # for answers that are under way
CONNECTIONS = 1024
FLUSH_SECONDS = 0.1  # how long a line of the log waits for others


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    How to serve.

    Attributes:
        host: Address to listen at.
        port: The same; 0 for any that is free.
        hosts: Further names that the server may be asked by.
        token: For all but the public services; None for no need of one.
        live: Whether OCSP answers are signed when asked for.
        quiet: Whether no access log is written.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    token: str | None = None
    live: bool = True
    quiet: bool = False

    @property
    def is_exposed(self) -> bool:
        """Whether somebody else than this machine can come in."""
        return not is_loopback(self.host) or bool(self.hosts)


class Protocol(HttpToolsProtocol):
    """HTTP with a limit of time for each request to arrive; the faults get its transport."""

    _since: float | None = None  # since when a request is awaited, by the loop's clock
    _next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = self.loop.time()
        self._next_look = self.loop.call_later(ARRIVAL_SECONDS / 4, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"minijpki.transport": self.transport}  # type: ignore[dict-item]
        if self._since is None:
            self._since = self.loop.time()

    def on_message_complete(self) -> None:
        self._since = None
        super().on_message_complete()

    def _look(self) -> None:
        """End a connection whose request does not arrive; one timer for all its requests."""
        self._next_look = None
        if self.transport.is_closing():
            return
        if self._since is not None and self.loop.time() - self._since > ARRIVAL_SECONDS:
            if self.cycle is not None and self.cycle.more_body:
                self.transport.write(TOO_LATE)
            self.transport.close()
        else:
            self._next_look = self.loop.call_later(ARRIVAL_SECONDS / 4, self._look)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket, so that the port is known before anything else is made."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host.strip("[]"), port))
    except OSError as error:
        opened.close()
        raise OutputRefused(
            f"nobody can listen at {host}:{port} ({error.strerror}); choose another --port"
        ) from error
    opened.listen(CONNECTIONS)
    opened.setblocking(False)
    return opened


def address_of(opened: socket.socket, host: str) -> str:
    """Spell the base URL of a server."""
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{shown}:{opened.getsockname()[1]}"


def door_of(world: World, options: Options, log: Log | None) -> Door:
    """Put a server together around an open world."""
    if options.is_exposed and options.token is None:
        raise NotPermitted("whoever can be reached from elsewhere needs a token; give --token")
    present = Present(world)
    rooms = Rooms(present)
    names = {name_of(each) for each in (*options.hosts, options.host)}
    guard = Guard(
        hosts=LOOPBACK | names,
        any_address=options.host in ("0.0.0.0", "::"),
        token=options.token if options.is_exposed else None,
        exactly=frozenset(f"{name}:{options.port}".encode() for name in names),
    )
    from harness.services.furnish import furnish

    furnish(rooms, present)
    responders = Responders(present, live=options.live)
    door = Door(present, rooms.application(), responders, guard, log)
    rooms.measures = door.measures
    return door


def configured(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        loop="uvloop",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=STOP_SECONDS,
        limit_concurrency=CONNECTIONS,
        **more,
    )


def run(directory: Path, options: Options, opened: socket.socket, *, workers: int = 1) -> None:
    """Serve a world until a signal says stop."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stopped)  # uvicorn repeats the signal when it has stopped
    if workers > 1:
        _serve_by_many(directory, options, opened, workers)
        return
    world = World.open(directory)
    log = None if options.quiet else Lines()
    try:
        uvicorn.Server(configured(door_of(world, options, log))).run(sockets=[opened])
    finally:
        if log is not None:
            log.flush()
        world.close()


def _stopped(number: int, frame: FrameType | None) -> None:
    """Come to an end with status 0: stopping is what was asked for."""


class Lines:
    """The access log on standard error: written many lines at once, and at the end."""

    def __init__(self) -> None:
        self._waiting: list[str] = []

    def __call__(self, line: str) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._waiting.append(line)

    def flush(self) -> None:
        """Write what is waiting."""
        if self._waiting:
            sys.stderr.write("\n".join([*self._waiting, ""]))
            sys.stderr.flush()
            self._waiting.clear()


def _serve_by_many(directory: Path, options: Options, opened: socket.socket, workers: int) -> None:
    """Let processes share the socket; each opens the world for itself."""
    from uvicorn.supervisors import Multiprocess

    os.environ[ENVIRONMENT] = _packed(directory, options)
    config = configured("harness.services.serving:worker", factory=True, workers=workers)
    Multiprocess(config, sockets=[opened]).run()


ENVIRONMENT = "MINIJPKI_SERVE"


def _packed(directory: Path, options: Options) -> str:
    import json
    from dataclasses import asdict

    return json.dumps({"directory": str(directory.absolute()), **asdict(options)})


def worker() -> Door:
    """Make the server of one worker, from what its parent left in the environment."""
    import json

    found = json.loads(os.environ[ENVIRONMENT])
    world = World.open(found.pop("directory"))
    options = Options(**{**found, "hosts": tuple(found["hosts"])})
    log = None if options.quiet else Lines()
    if log is not None:
        atexit.register(log.flush)
    return door_of(world, options, log)
