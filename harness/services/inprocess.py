"""
A server in a thread of this process, for tests: the same one, over a real socket.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from socket import socket
from threading import Event, Thread

import uvicorn

from harness.services.door import Log
from harness.services.serving import Options, address_of, configured, door_of, listen
from harness.world import World
from pki.errors import OutputRefused

STOPPED = 30.0  # seconds after which a server that should stop is given up


class Running:
    """
    A server of the world in *directory*, on a free port of loopback until `close`.

    It opens the world for itself, so the test's own view of it stays the test's own.  Where the
    address must be known before the world is made, hand over a socket that listens.
    """

    def __init__(
        self,
        directory: Path,
        options: Options | None = None,
        log: Log | None = None,
        opened: socket | None = None,
    ) -> None:
        self._directory = directory
        self._options = replace(options or Options(), port=0)
        self._log = log
        self._socket = opened or listen(self._options.host, 0)
        self.base_url = address_of(self._socket, self._options.host)
        self._server: uvicorn.Server | None = None
        self._ready = Event()
        self._thread = Thread(target=self._run, name="minijpki-serve", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._server is None:
            self._socket.close()
            raise OutputRefused("the server did not start; see the traceback above")

    def _run(self) -> None:
        try:
            world = World.open(self._directory)
            door = door_of(world, self._options, self._log)
            self._server = uvicorn.Server(configured(door))
        finally:
            self._ready.set()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            world.close()

    def close(self) -> None:
        """Stop when every answer that is under way was given."""
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(STOPPED)
        self._socket.close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
