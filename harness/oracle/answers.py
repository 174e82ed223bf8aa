"""
The driver protocol: one JSON object on a line asks, one answers, in the same order.

Every answer depends on its request alone.  A request that is not as the protocol writes it
is answered `bad-request`; hostile objects inside a good request are not, they are judged.
"""

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from harness.oracle.kinds import crl, ocsp, parse, path, signature, xmldsig
from harness.oracle.request import Answer, BadRequest, Request, Unsupported, why
from pki.paths.algorithms import Trust

MAX_LINE = 64 << 20  # octets

KINDS: dict[str, Callable[[Request], Answer]] = {
    "path": path,
    "crl": crl,
    "ocsp": ocsp,
    "signature": signature,
    "xmldsig": xmldsig,
    "parse": parse,
}


def lines(source: BinaryIO, *, limit: int = MAX_LINE) -> Iterator[bytes | None]:
    """Yield the lines of *source*; None for one over *limit* octets, which is skipped whole."""
    while line := source.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = source.readline(limit)
        yield None


def answer(line: bytes | None) -> Answer:
    """Answer one line, whatever is in it."""
    if line is None:
        return _trouble(None, "bad-request", f"a line of more than {MAX_LINE} octets")
    try:
        fields = json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        return _trouble(None, "bad-request", f"not JSON in UTF-8: {error}")
    identifier = fields.get("id") if isinstance(fields, dict) else None
    if not isinstance(identifier, str):
        return _trouble(None, "bad-request", "no object with an id that is a string")
    request = Request(fields)
    try:
        found = {"id": identifier, **_answered(request)}
    except BadRequest as error:
        return _trouble(identifier, "bad-request", str(error))
    except Unsupported as error:
        found = _trouble(identifier, "unsupported", str(error))
    except Exception as error:  # the protocol has a word for what must not happen
        found = _trouble(identifier, "internal", f"{type(error).__name__}: {error}")
    if request.is_legacy:
        found["profile"] = Trust.LEGACY.value
    return found


def _answered(request: Request) -> Answer:
    kind = request.word("kind")
    if kind not in KINDS:
        raise Unsupported(f"the kind {kind!r} is not implemented")
    return KINDS[kind](request)


def _trouble(identifier: str | None, error: str, text: str) -> Answer:
    return {"id": identifier, "error": error, "why": why(text)}
