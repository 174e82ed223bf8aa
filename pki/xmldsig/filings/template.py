"""
The letters of a Signature element with any number of References.

Pure.  As compact as the schema allows [DS 4.2].
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from pki.xmldsig.algorithms import Canonicalization, SignatureMethod

DS = "http://www.w3.org/2000/09/xmldsig#"

_SIGNATURE = (
    "<{p}Signature {xmlns}{id}>{signed_info}"
    "<{p}SignatureValue>{value}</{p}SignatureValue>"
    "<{p}KeyInfo><{p}X509Data><{p}X509Certificate>{certificate}</{p}X509Certificate>"
    "</{p}X509Data></{p}KeyInfo></{p}Signature>"
)
_SIGNED_INFO = (
    "<{p}SignedInfo>"
    '<{p}CanonicalizationMethod Algorithm="{c14n}"/><{p}SignatureMethod Algorithm="{method}"/>'
    "{references}</{p}SignedInfo>"
)
_REFERENCE = (
    '<{p}Reference URI="{uri}">{transforms}<{p}DigestMethod Algorithm="{digest}"/>'
    "<{p}DigestValue>{digest_value}</{p}DigestValue></{p}Reference>"
)


@dataclass(frozen=True, slots=True)
class Digested:
    """
    One Reference to be.

    Attributes:
        uri: Of characters that mean nothing in markup.
        transforms: URIs in order; empty leaves the element Transforms out.
        digest_value: Of the signature method's own digest.
    """

    uri: str
    transforms: tuple[str, ...]
    digest_value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """
    All that a Signature element says but its value.

    Attributes:
        prefix: Empty means the default namespace.
        identifier: Becomes its Id, unless it is None.
    """

    prefix: str
    identifier: str | None
    canonicalization: Canonicalization
    method: SignatureMethod
    references: Sequence[Digested]
    certificate_der: bytes

    def with_value(self, value: bytes) -> bytes:
        """Write the element, with *value* as its SignatureValue."""
        p = f"{self.prefix}:" if self.prefix else ""
        signed_info = _SIGNED_INFO.format(
            p=p,
            c14n=self.canonicalization.uri,
            method=self.method.uri,
            references="".join([self._reference(p, each) for each in self.references]),
        )
        return _SIGNATURE.format(
            p=p,
            xmlns=f'xmlns:{self.prefix}="{DS}"' if p else f'xmlns="{DS}"',
            id=f' Id="{self.identifier}"' if self.identifier is not None else "",
            signed_info=signed_info,
            value=_base64(value),
            certificate=_base64(self.certificate_der),
        ).encode()

    def _reference(self, p: str, reference: Digested) -> str:
        listed = "".join([f'<{p}Transform Algorithm="{uri}"/>' for uri in reference.transforms])
        return _REFERENCE.format(
            p=p,
            uri=reference.uri,
            transforms=f"<{p}Transforms>{listed}</{p}Transforms>" if listed else "",
            digest=self.method.digest.uri,
            digest_value=_base64(reference.digest_value),
        )


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")
