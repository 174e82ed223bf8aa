"""
Algorithms of XML signatures that minijpki computes; what is not in these tables is refused.

Pure, and cheap to import.  SHA-1, MD5, HMAC, DSA, XSLT, XPath and the variants that keep
comments are absent on purpose [DS 8.1] [DS 8.3].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Digest:
    """
    A row of the digest table.

    Attributes:
        uri: What DigestMethod says.
        name: As hashlib spells it.
    """

    uri: str
    name: str


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """
    A row of the signature table.

    Attributes:
        uri: What SignatureMethod says.
        name: The last part of the URI, "rsa-sha256".
        key_type: "rsa" or "ecdsa"; the latter's values are r and s side by side [DS 6.4.3].
        digest: What the signature hashes SignedInfo with, and our writer the content too.
    """

    uri: str
    name: str
    key_type: str
    digest: Digest


class Rule(Enum):
    """What the apex of a canonical subtree takes over from its ancestors."""

    INCLUSIVE = "1.0"  # every namespace and every xml:* attribute
    INCLUSIVE_11 = "1.1"  # every namespace, xml:lang and xml:space
    EXCLUSIVE = "exclusive"  # the namespaces that it visibly uses


@dataclass(frozen=True, slots=True)
class Canonicalization:
    """
    A row of the canonicalization table.

    Attributes:
        uri: What CanonicalizationMethod or Transform says.
        rule: What it means for the apex.
    """

    uri: str
    rule: Rule


SHA256 = Digest("http://www.w3.org/2001/04/xmlenc#sha256", "sha256")
SHA384 = Digest("http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384")
SHA512 = Digest("http://www.w3.org/2001/04/xmlenc#sha512", "sha512")

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"

RSA_SHA256 = SignatureMethod(_MORE + "rsa-sha256", "rsa-sha256", "rsa", SHA256)  # today [RP 2.1]
RSA_SHA384 = SignatureMethod(_MORE + "rsa-sha384", "rsa-sha384", "rsa", SHA384)
RSA_SHA512 = SignatureMethod(_MORE + "rsa-sha512", "rsa-sha512", "rsa", SHA512)
ECDSA_SHA256 = SignatureMethod(_MORE + "ecdsa-sha256", "ecdsa-sha256", "ecdsa", SHA256)
ECDSA_SHA384 = SignatureMethod(
    _MORE + "ecdsa-sha384", "ecdsa-sha384", "ecdsa", SHA384
)  # the next card
ECDSA_SHA512 = SignatureMethod(_MORE + "ecdsa-sha512", "ecdsa-sha512", "ecdsa", SHA512)

C14N = Canonicalization("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", Rule.INCLUSIVE)
C14N_11 = Canonicalization("http://www.w3.org/2006/12/xml-c14n11", Rule.INCLUSIVE_11)
EXC_C14N = Canonicalization("http://www.w3.org/2001/10/xml-exc-c14n#", Rule.EXCLUSIVE)

ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"  # [DS 6.6.4]

DIGESTS: Mapping[str, Digest] = MappingProxyType({row.uri: row for row in (SHA256, SHA384, SHA512)})
SIGNATURE_METHODS: Mapping[str, SignatureMethod] = MappingProxyType(
    {
        row.uri: row
        for row in (
            RSA_SHA256,
            RSA_SHA384,
            RSA_SHA512,
            ECDSA_SHA256,
            ECDSA_SHA384,
            ECDSA_SHA512,
        )
    }
)
CANONICALIZATIONS: Mapping[str, Canonicalization] = MappingProxyType(
    {row.uri: row for row in (C14N, C14N_11, EXC_C14N)}
)
