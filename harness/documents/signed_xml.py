"""
Signed XML: the form, the certificate on the card, and the key behind its PIN.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pki.certificate.read import read_certificate
from pki.keys import ROWS, PrivateKey, algorithm_of, sign
from pki.kinds import Algorithm, Kind
from pki.xmldsig import write
from pki.xmldsig.algorithms import SIGNATURE_METHODS
from pki.xmldsig.ecdsa import raw_from_der
from pki.xmldsig.forms import Form

P384_OCTETS = 48  # of r, and of s

if TYPE_CHECKING:
    from harness.world import World


def sign_xml(
    world: World,
    identifier: str,
    document: bytes,
    *,
    pin: str,
    kind: Kind = Kind.SIGN,
    form: Form | None = None,
    at: datetime | None = None,
) -> bytes:
    """Sign a document; the PIN is asked for when all else is ready, and tried once."""
    certificate = world.certificate(identifier, kind)
    algorithm = algorithm_of(read_certificate(certificate).public_key())

    def signer(signed_info: bytes) -> bytes:
        key = world.office.enter_pin(identifier, kind, pin, at=world.moment(at))
        return xml_signature(key, signed_info)

    return write.sign_xml(
        document,
        form=form or write.default_form(document),
        certificate_der=certificate,
        signature_method=SIGNATURE_METHODS[ROWS[algorithm].xml_signature],
        signer=signer,
    )


def xml_signature(key: PrivateKey, signed_info: bytes) -> bytes:
    """Sign canonical SignedInfo; ECDSA as r and s side by side [DS 6.4.3]."""
    signature = sign(key, signed_info)
    if algorithm_of(key) is Algorithm.RSA2048:
        return signature
    return raw_from_der(signature, P384_OCTETS)
