"""
Asking for time-stamps: what a client of the authority does.
"""

import hashlib

from pki.errors import NotPermitted, Unacceptable
from pki.timestamps.check import open_token, stamps
from pki.timestamps.read import read_request, read_response
from pki.timestamps.words import IMPRINTS
from pki.timestamps.write import write_request


def request_for(
    octets: bytes,
    *,
    digest: str = "sha256",
    policy: str | None = None,
    nonce: int | None = None,
    wants_certificate: bool = True,
) -> bytes:
    """Write a request for octets, DER [3161 2.4.1]; Unacceptable for a hash of no table."""
    if digest not in IMPRINTS:
        raise Unacceptable(
            f"no time-stamp is made over {digest!r}; choose one of {', '.join(IMPRINTS)}"
        )
    return write_request(
        digest,
        hashlib.new(digest, octets).digest(),
        policy=policy,
        nonce=nonce,
        wants_certificate=wants_certificate,
    )


def granted(response: bytes) -> bytes:
    """Return a response that brings a token; NotPermitted for one that refuses."""
    read = read_response(response)
    if read.token is None:
        why = "; ".join(read.texts) or ", ".join(sorted(each.name for each in read.failures))
        raise NotPermitted(f"the authority refused the request: {why or 'it does not say why'}")
    return response


def answers(response: bytes, request: bytes, octets: bytes) -> bool:
    """
    Tell whether a response is the answer to this very request, as its sender must [3161 2.2].

    Malformed for what cannot be read.
    """
    asked, info = read_request(request), open_token(response).info
    return (
        info.hashed == asked.hashed
        and stamps(open_token(response), octets)
        and info.nonce == asked.nonce
        and asked.policy in (None, info.policy)
    )
