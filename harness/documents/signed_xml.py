"""
Signed XML: the form, the certificate on the card, and the key behind its PIN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pki.certificate.read import read_certificate
from pki.errors import Unacceptable
from pki.keys import ROWS, PrivateKey, algorithm_of, sign
from pki.kinds import Algorithm, Kind
from pki.validity import JST
from pki.xmldsig import write
from pki.xmldsig.algorithms import SIGNATURE_METHODS
from pki.xmldsig.ecdsa import raw_from_der
from pki.xmldsig.filings.write import Signing, cosign_xml, is_signed, sign_egov, sign_toki
from pki.xmldsig.forms import Form
from pki.xmldsig.identifiers import find_identified
from pki.xmldsig.parse import parse_xml

P384_OCTETS = 48  # of r, and of s
NO_FILES: Mapping[str, bytes] = {}

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
    part: str | None = None,
    files: Mapping[str, bytes] = NO_FILES,
    name: str | None = None,
    at: datetime | None = None,
) -> bytes:
    """
    Sign a document; the PIN is asked for when all else is ready, and tried once.

    *part* is the identifier of the one element to sign.  *files* stand beside an application
    of e-Gov, *name* is that of a drawing.  What has a signature gets another one.
    """
    if files and form is not Form.EGOV:
        raise Unacceptable("only the form egov signs files beside the document; choose it")
    if part is not None and form in (Form.EGOV, Form.TOKI):
        raise Unacceptable(f"the form {form.value} itself says what is signed; leave the part away")
    certificate = world.certificate(identifier, kind)
    algorithm = algorithm_of(read_certificate(certificate).public_key())
    method = SIGNATURE_METHODS[ROWS[algorithm].xml_signature]

    def signer(signed_info: bytes) -> bytes:
        key = world.office.enter_pin(identifier, kind, pin, at=world.moment(at))
        return xml_signature(key, signed_info)

    by = Signing(certificate_der=certificate, method=method, signer=signer)
    if form is Form.EGOV:
        return sign_egov(document, files, _stamped(by, document, world.moment(at)))
    if form is Form.TOKI:
        if name is None:
            raise Unacceptable("a signature beside a file refers to it by its name; say which")
        return sign_toki(name, document, by)
    if part is None and is_signed(document):
        return cosign_xml(document, by)
    return write.sign_xml(
        document,
        form=form or write.default_form(document),
        certificate_der=certificate,
        signature_method=method,
        signer=signer,
        signed_id=part,
    )


def _stamped(by: Signing, document: bytes, at: datetime) -> Signing:
    """Give the signature the time as its Id, a second later where that is taken [RP 3]."""
    root = parse_xml(document).root
    moment = at.astimezone(JST)
    while find_identified(root, f"{moment:%Y%m%d%H%M%S}") is not None:
        moment += timedelta(seconds=1)
    return replace(by, identifier=f"{moment:%Y%m%d%H%M%S}")


def xml_signature(key: PrivateKey, signed_info: bytes) -> bytes:
    """Sign canonical SignedInfo; ECDSA as r and s side by side [DS 6.4.3]."""
    signature = sign(key, signed_info)
    if algorithm_of(key) is Algorithm.RSA2048:
        return signature
    return raw_from_der(signature, P384_OCTETS)
