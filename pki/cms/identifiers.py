"""
Object identifiers of CMS: content types, attributes and digests, as content octets.

Pure.  Readers compare octets, writers put them behind tag and length.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pki import oids
from pki.der.write import NULL, sequence, tlv
from pki.keys import ROWS
from pki.kinds import Algorithm

DATA = oids.content("1.2.840.113549.1.7.1")  # [5652 4]
SIGNED_DATA = oids.content("1.2.840.113549.1.7.2")  # [5652 5.1]
TST_INFO = oids.content("1.2.840.113549.1.9.16.1.4")  # [3161 2.4.2]

CONTENT_TYPE = oids.content("1.2.840.113549.1.9.3")  # [5652 11.1]
MESSAGE_DIGEST = oids.content("1.2.840.113549.1.9.4")  # [5652 11.2]
SIGNING_TIME = oids.content("1.2.840.113549.1.9.5")  # [5652 11.3]
SIGNING_CERTIFICATE = oids.content("1.2.840.113549.1.9.16.2.12")  # by SHA-1 [5035 5.4]
SIGNING_CERTIFICATE_V2 = oids.content("1.2.840.113549.1.9.16.2.47")  # [5035 3]
ALGORITHM_PROTECTION = oids.content("1.2.840.113549.1.9.52")  # [6211 2]
SIGNATURE_TIME_STAMP = oids.content("1.2.840.113549.1.9.16.2.14")  # [3161 A]

KNOWN_ATTRIBUTES = frozenset(
    {
        CONTENT_TYPE,
        MESSAGE_DIGEST,
        SIGNING_TIME,
        SIGNING_CERTIFICATE,
        SIGNING_CERTIFICATE_V2,
        ALGORITHM_PROTECTION,
        SIGNATURE_TIME_STAMP,
    }
)


def algorithm(identifier: str, parameters: bytes = b"") -> bytes:
    """Write an AlgorithmIdentifier, which tables hold whole."""
    return sequence(tlv(0x06, oids.content(identifier)), parameters)


_SHA2 = "2.16.840.1.101.3.4.2."
_DIGESTS = {"sha256": _SHA2 + "1", "sha384": _SHA2 + "2", "sha512": _SHA2 + "3"}

DIGESTS: Mapping[bytes, str] = MappingProxyType(
    # Written without parameters, and accepted with NULL [5754 2].
    {
        algorithm(identifier, parameters): name
        for name, identifier in _DIGESTS.items()
        for parameters in (b"", NULL)
    }
)
"""AlgorithmIdentifier, whole, to the name that hashlib knows."""

LEGACY_DIGESTS: Mapping[bytes, str] = MappingProxyType(
    {algorithm("1.3.14.3.2.26", parameters): "sha1" for parameters in (b"", NULL)}
)
"""What old public vectors need besides."""

IDENTIFIER_OF: Mapping[str, bytes] = MappingProxyType(
    {name: algorithm(identifier) for name, identifier in _DIGESTS.items()}
)
"""The same the other way round, for writers."""

RSA_ENCRYPTION = algorithm(oids.RSA_ENCRYPTION, NULL)
"""A signature algorithm that leaves the digest to digestAlgorithm [5754 3.2]."""

_RSA, _ECDSA = "1.2.840.113549.1.1.", "1.2.840.10045.4.3."

SIGNATURES: Mapping[bytes, tuple[str, str]] = MappingProxyType(
    {
        ROWS[Algorithm.RSA2048].identifier: ("rsa", "sha256"),
        algorithm(_RSA + "12", NULL): ("rsa", "sha384"),
        algorithm(_RSA + "13", NULL): ("rsa", "sha512"),
        algorithm(_ECDSA + "2"): ("ecdsa", "sha256"),
        ROWS[Algorithm.P384].identifier: ("ecdsa", "sha384"),
        algorithm(_ECDSA + "4"): ("ecdsa", "sha512"),
    }
)
"""AlgorithmIdentifier of a signature, whole, to the kind of key and the digest."""

LEGACY_SIGNATURES: Mapping[bytes, tuple[str, str]] = MappingProxyType(
    {
        algorithm(_RSA + "5", NULL): ("rsa", "sha1"),
        algorithm("1.2.840.10040.4.3"): ("dsa", "sha1"),
        algorithm("2.16.840.1.101.3.4.3.2"): ("dsa", "sha256"),
    }
)
"""What old public vectors need besides."""

RSA_WITH: Mapping[str, bytes] = MappingProxyType(
    {
        digest: identifier
        for table in (SIGNATURES, LEGACY_SIGNATURES)
        for identifier, (family, digest) in table.items()
        if family == "rsa"
    }
)
"""What rsaEncryption means beside a digest."""
