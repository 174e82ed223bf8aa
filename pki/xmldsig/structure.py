"""
Take one Signature element apart [DS 4.2].

Pure.  The structure must be exactly the schema's: children in order, nothing in between.
SignedInfo, the signed part, has a module of its own.
"""

from dataclasses import dataclass
from itertools import islice

from lxml import etree

from pki.xmldsig.elements import (
    DS,
    broken,
    children_of,
    decoded_certificate,
    decoded_value,
)
from pki.xmldsig.signed_info import SignedInfo, read_signed_info
from pki.xmldsig.usual import read_usual

MAX_SIGNATURES = 8
MAX_CERTIFICATES = 16

_SIGNED_INFO = f"{DS}SignedInfo"
_SIGNATURE_VALUE = f"{DS}SignatureValue"
_KEY_INFO = f"{DS}KeyInfo"
_X509_CERTIFICATE = f"{DS}X509Certificate"
_OBJECT = f"{DS}Object"


@dataclass(slots=True)  # not frozen: it never leaves the package, and is on the hot path
class Structure:
    """What stands in one Signature element, before any digest is computed."""

    identifier: str | None
    signed_info: SignedInfo
    signature_value: bytes
    certificates: tuple[bytes, ...]


def read_structure(signature: etree._Element) -> Structure:
    """Read one Signature element, or refuse it as malformed."""
    usual = read_usual(signature)
    return read_any(signature) if usual is None else Structure(*usual)


def read_any(signature: etree._Element) -> Structure:
    """Read one Signature element by walking through it, whatever the schema allows."""
    parts, names = children_of(signature)
    if names[:2] != [_SIGNED_INFO, _SIGNATURE_VALUE]:
        raise broken("Signature must begin with one SignedInfo and one SignatureValue")
    has_key_info = names[2:3] == [_KEY_INFO]
    if any(name != _OBJECT for name in names[3 if has_key_info else 2 :]):
        raise broken("after SignatureValue only one KeyInfo and then Objects may follow")
    return Structure(
        signature.get("Id"),
        read_signed_info(parts[0]),
        decoded_value(parts[1]),
        _certificates(parts[2]) if has_key_info else (),
    )


def _certificates(key_info: etree._Element) -> tuple[bytes, ...]:
    """Collect what may be the signer's certificate [DS 4.5.4]; other hints are ignored."""
    elements = list(islice(key_info.iter(_X509_CERTIFICATE), MAX_CERTIFICATES + 1))
    if len(elements) > MAX_CERTIFICATES:
        raise broken(f"KeyInfo has more than {MAX_CERTIFICATES} certificates")
    return tuple([decoded_certificate(element) for element in elements])
