"""
Bare signatures, as a card makes them from whatever it is handed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from harness.documents.given import GIVEN
from pki import pkcs1
from pki.errors import NotPermitted
from pki.keys import PrivateKey, sign
from pki.kinds import Kind

if TYPE_CHECKING:
    from harness.world import World


def sign_raw(
    world: World,
    identifier: str,
    content: bytes,
    *,
    pin: str,
    kind: Kind = Kind.SIGN,
    given: str = "message",
    at: datetime | None = None,
) -> bytes:
    """
    Sign *content* with a resident's card.

    *given* is `message` (hashed here), `digest` (a bare hash, put into a DigestInfo),
    `digestinfo` (signed as it is, after a look at its form) or `bytes` (signed verbatim,
    as a card does with anything: a bare hash then gives what verifiers refuse [RP 1]).
    """
    pkcs1.check_given(content, given)
    key = world.office.enter_pin(identifier, kind, pin, at=world.moment(at))
    return bare_signature(key, content, given)


def bare_signature(key: PrivateKey, content: bytes, given: str) -> bytes:
    if given == "message":
        return sign(key, content)
    if given == "digest":
        return pkcs1.sign_digest(key, content)
    if given in ("digestinfo", "bytes"):
        return pkcs1.sign_verbatim(key, content)
    raise NotPermitted(f"{given!r} is nothing to sign; use one of {', '.join(GIVEN)}")
