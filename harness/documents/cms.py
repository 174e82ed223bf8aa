"""
CMS messages: the content, the certificate on the card, and the key behind its PIN.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pki.certificate.read import read_certificate
from pki.cms.write import sign_data
from pki.keys import ROWS, algorithm_of, sign
from pki.kinds import Kind

if TYPE_CHECKING:
    from harness.world import World


def sign_cms(
    world: World,
    identifier: str,
    content: bytes,
    *,
    pin: str,
    kind: Kind = Kind.SIGN,
    detached: bool = False,
    at: datetime | None = None,
) -> bytes:
    """
    Sign *content*; the PIN is asked for when all else is ready, and tried once.

    The message claims the moment of the card's use as its signing-time.
    """
    certificate = world.certificate(identifier, kind)
    moment = world.moment(at)

    def signer(attributes: bytes) -> bytes:
        return sign(world.office.enter_pin(identifier, kind, pin, at=moment), attributes)

    return sign_data(
        content,
        certificate_der=certificate,
        algorithm=ROWS[algorithm_of(read_certificate(certificate).public_key())],
        signer=signer,
        detached=detached,
        signing_time=moment,
    )
