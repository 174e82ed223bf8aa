"""
Faults below the answer: what HTTP and its connections can do to any service.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from harness.faults.switches import Switch

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

PIECES = 8  # that a slow body comes in
HTML = (
    b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Service temporarily "
    b"unavailable</h1><p>Please try again later.</p></body></html>\n"
)
_STATUS = {"http-500": 500, "http-503": 503, "http-not-modified": 304, "api-overload": 429}


async def instead(switch: Switch, scope: Message, send: Send, path: str) -> bool:
    """Send what comes in the place of any answer; False where the answer is still wanted."""
    fault = switch.fault
    if fault == "http-reset":
        _reset(scope["extensions"]["minijpki.transport"])
    elif fault == "http-short-body":
        transport = scope["extensions"]["minijpki.transport"]
        transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 65536\r\n\r\n" + HTML)
        transport.close()
    elif fault == "http-html-error":
        await _reply(send, 200, HTML, {"content-type": "text/html; charset=utf-8"})
    elif fault == "http-redirect-loop":
        await _reply(send, 302, b"", {"location": path})
    elif fault in _STATUS:
        status = _STATUS[fault]
        later = {"retry-after": "60"} if status in (429, 503) else {}
        await _reply(send, status, b"", later)
    else:
        return False
    return True


def through(switch: Switch, send: Send) -> Send:
    """Return a way to send that spoils whatever goes through it."""
    way = _WAYS.get(switch.fault)
    return send if way is None else way(switch, send)


def _late(switch: Switch, send: Send) -> Send:
    async def late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(switch.seconds)
        await send(message)

    return late


def _piecewise(switch: Switch, send: Send) -> Send:
    async def piecewise(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] == "http.response.start" or not body:
            await send(message)
            return
        size = -(-len(body) // PIECES)
        for start in range(0, len(body), size):
            last = start + size >= len(body)
            more = message.get("more_body", False) or not last
            await send({**message, "body": body[start : start + size], "more_body": more})
            if not last:
                await asyncio.sleep(switch.seconds / PIECES)

    return piecewise


def _headed(name: bytes, value: bytes) -> Callable[[Switch, Send], Send]:
    def way(switch: Switch, send: Send) -> Send:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message["headers"] if n.lower() != name]
                message = {**message, "headers": [*kept, (name, value)]}
            await send(message)

        return headed

    return way


_WAYS: dict[str, Callable[[Switch, Send], Send]] = {
    "http-slow-first-byte": _late,
    "http-slow-body": _piecewise,
    "http-gzip-mismatch": _headed(b"content-encoding", b"gzip"),
    "http-wrong-type": _headed(b"content-type", b"text/plain; charset=utf-8"),
}


async def _reply(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": [*length, *named]})
    await send({"type": "http.response.body", "body": body})


def _reset(transport: Any) -> None:
    """End a connection with RST: nothing is sent any more, and nothing waited for."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
