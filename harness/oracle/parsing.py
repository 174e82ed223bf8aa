"""
The kind of request that only reads, and every reader that it drives.
"""

import re
from base64 import b64decode
from collections.abc import Callable

from crl.ocsp.read import read_response
from crl.ocsp.request import read_request
from crl.opened import ask, open_list
from harness.oracle.request import Answer, Request, Unsupported, why
from pki.der import read
from pki.errors import JpkiError, Malformed, SearchExhausted
from pki.paths.algorithms import load
from pki.paths.budget import Budget
from pki.paths.foreign import read_foreign
from pki.paths.names import comparable
from pki.xmldsig.parse import parse_xml


def parse(request: Request) -> Answer:
    """Only read an object."""
    what, octets = request.word("what"), request.octets("data")
    if what not in READERS:
        raise Unsupported(f"nothing here reads {what!r}")
    limit, reader = READERS[what]
    try:
        if len(octets) > limit:
            raise SearchExhausted("octets", limit)
        reader(octets)
    except SearchExhausted as error:
        return {"verdict": "refused", "error": "search-limit", "why": why(str(error))}
    except JpkiError as error:
        return {"verdict": "refused", "error": "format-failure", "why": why(str(error))}
    return {"verdict": "parsed"}


def _crl(octets: bytes) -> None:
    ask(open_list(octets), Budget())


def _spki(octets: bytes) -> None:
    start, stop = read.whole(octets, read.SEQUENCE)
    read.check(octets, start, stop)
    if load(octets) is None:
        raise Malformed("the public key", "of no kind that signs certificates here")


def _der(octets: bytes) -> None:
    if read.header(octets, 0, len(octets))[2] != len(octets):
        raise Malformed("the DER", "octets after its end")
    read.check(octets, 0, len(octets))


_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n([A-Za-z0-9+/=\r\n]*)-----END \1-----")


def _pem(octets: bytes) -> None:
    blocks = list(_BLOCK.finditer(octets))
    if not blocks or octets.count(b"-----BEGIN ") != len(blocks):
        raise Malformed("the PEM", "no block, or one that is not closed")
    for block in blocks:
        try:
            _der(b64decode(b"".join(block[2].split()), validate=True))
        except ValueError:
            raise Malformed("the PEM", "a block that is not base64") from None


READERS: dict[str, tuple[int, Callable[[bytes], object]]] = {
    # The most octets that a second is enough for, and the reader.
    "certificate": (256 << 10, read_foreign),
    "crl": (8 << 20, _crl),
    "ocsp-request": (64 << 10, read_request),
    "ocsp-response": (256 << 10, read_response),
    "name": (256 << 10, comparable),
    "spki": (64 << 10, _spki),
    "pem": (2 << 20, _pem),
    "xml": (32 << 20, parse_xml),
    "der": (2 << 20, _der),
}
