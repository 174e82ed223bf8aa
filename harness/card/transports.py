"""
The wires of a virtual card: vpcd's protocol over TCP, either way round, and lines of hex.

Of vpcd's protocol: every message has its length before it, two octets; one octet alone is a
command of the reader, to which only the question for the ATR is answered [CARD B1].
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TextIO

from harness.card.session import CardSession
from pki.errors import NotPermitted

OFF, ON, RESET, ATR = 0, 1, 2, 4
VPCD_PORT = 35963  # "Virtual PCD 00 00"
LOOPBACK = "127.0.0.1"
QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux only


def serve(
    wire: socket.socket, session: CardSession, noticed: Callable[[], None] | None = None
) -> None:
    """
    Answer a reader until it hangs up; CardGone if the card is in nobody's hands any more.

    *noticed* is called once, when the reader has switched the card on and asked for its ATR:
    from then on clients find it.

    vpcd sends a length and its message in two packets, so without a quick acknowledgement
    before every read each APDU waits 44 ms [CARD B3].
    """
    on = False
    with suppress(ConnectionError):
        while (message := _message(wire)) is not None:
            if len(message) > 1:
                _send(wire, session.exchange(message))
            elif message[:1] == bytes((ATR,)):
                _send(wire, session.atr)
                if on and noticed is not None:
                    noticed()
                    noticed = None
            elif message[:1] in (bytes((OFF,)), bytes((ON,)), bytes((RESET,))):
                session.reset()
                on = message[:1] == bytes((ON,))


def serve_tcp(listener: socket.socket, session: CardSession) -> None:
    """Serve one client after the other; each finds a card that was just switched on."""
    while True:
        wire, _ = listener.accept()
        with wire:
            session.reset()
            serve(wire, session)


def listen(port: int = 0) -> socket.socket:
    """Listen on the loop-back interface; 0 chooses a free port."""
    try:
        return socket.create_server((LOOPBACK, port), backlog=1)
    except OSError as error:
        raise NotPermitted(
            f"port {port} cannot be listened on ({error.strerror}); choose another with --port"
        ) from error


def serve_lines(asked: Iterable[str], answers: TextIO, session: CardSession) -> None:
    """Answer one line of hex with one line of hex; `atr` asks for the ATR, `reset` resets."""
    for line in asked:
        word = "".join(line.split())
        if not word:
            continue
        if word in ("atr", "reset"):
            if word == "reset":
                session.reset()
            answers.write(session.atr.hex().upper() + "\n")
        else:
            answers.write(session.exchange(_octets(word)).hex().upper() + "\n")
        answers.flush()


def connected(port: int = VPCD_PORT, *, wait: Callable[[], bool] = lambda: False) -> socket.socket:
    """Connect to vpcd; *wait* is asked after every failure whether to try again."""
    while True:
        try:
            return socket.create_connection((LOOPBACK, port))
        except OSError as error:
            if not wait():
                raise NotPermitted(
                    f"no virtual reader answers on port {port} ({error.strerror}); start pcscd "
                    "with vsmartcard's vpcd, or leave its start to `minijpki card insert`"
                ) from error


def _message(wire: socket.socket) -> bytes | None:
    head = _octets_of(wire, 2)
    return None if head is None else _octets_of(wire, int.from_bytes(head))


def _octets_of(wire: socket.socket, count: int) -> bytes | None:
    found = b""
    while len(found) < count:
        if QUICKACK is not None:
            wire.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
        more = wire.recv(count - len(found))
        if not more:
            return None
        found += more
    return found


def _send(wire: socket.socket, octets: bytes) -> None:
    wire.sendall(len(octets).to_bytes(2) + octets)


def _octets(word: str) -> bytes:
    try:
        return bytes.fromhex(word)
    except ValueError:
        return b""  # which no card takes for a command
