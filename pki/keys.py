"""
Keys and bare signatures, one row for each algorithm generation [J 2.1] [J 8].

Pure: keys come from outside, nothing is generated here.  ROWS is the only place in the
project, besides the profiles, that knows what an algorithm is made of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from typing import TypeGuard, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP384R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from pki import oids
from pki.der import read
from pki.der.write import NULL, oid, sequence
from pki.errors import Malformed
from pki.kinds import Algorithm

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
PublicKey = RSAPublicKey | EllipticCurvePublicKey

_PKCS1 = PKCS1v15()
_DIGESTS: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
_ECDSA = {name: ECDSA(digest) for name, digest in _DIGESTS.items()}
# The same key and message give the same bytes [6979 3.2].
_ECDSA_FIXED = {
    name: ECDSA(digest, deterministic_signing=True) for name, digest in _DIGESTS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmRow:
    """
    What one algorithm generation is made of.

    Attributes:
        algorithm: Which.
        identifier: AlgorithmIdentifier of the signature, as it stands in certificates.
        digest: Name of the hash, as hashlib spells it.
        xml_signature: SignatureMethod of XML signatures.
        fits: Whether a public key is of this generation.
    """

    algorithm: Algorithm
    identifier: bytes
    digest: str
    xml_signature: str
    fits: Callable[[PublicKey], bool]


# The library's classes are abstract, and asking them is Python code on the hot path.
@cache
def _is_rsa_type(kind: type) -> bool:
    return issubclass(kind, (RSAPublicKey, RSAPrivateKey))


@cache
def _is_ec_type(kind: type) -> bool:
    return issubclass(kind, (EllipticCurvePublicKey, EllipticCurvePrivateKey))


def is_rsa(key: PublicKey) -> TypeGuard[RSAPublicKey]:
    """Tell RSA from elliptic curves."""
    return _is_rsa_type(type(key))


def _is_rsa2048(key: PublicKey) -> bool:
    return is_rsa(key) and key.key_size >= 2048


def _is_p384(key: PublicKey) -> bool:
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP384R1)


ROWS: dict[Algorithm, AlgorithmRow] = {
    Algorithm.RSA2048: AlgorithmRow(
        algorithm=Algorithm.RSA2048,
        identifier=sequence(oid(oids.SHA256_WITH_RSA), NULL),  # with NULL [J 1.2]
        digest="sha256",
        xml_signature="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        fits=_is_rsa2048,
    ),
    Algorithm.P384: AlgorithmRow(
        algorithm=Algorithm.P384,
        identifier=sequence(oid(oids.ECDSA_WITH_SHA384)),  # without parameters [5758 3.2]
        digest="sha384",
        xml_signature="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        fits=_is_p384,
    ),
}

BY_IDENTIFIER = {row.identifier: row for row in ROWS.values()}


def fitting(key: PublicKey) -> AlgorithmRow | None:
    """Return the generation whose keys are like *key*; None if there is none."""
    for row in ROWS.values():
        if row.fits(key):
            return row
    return None


def algorithm_of(key: PrivateKey | PublicKey) -> Algorithm:
    """Return the generation that a key belongs to."""
    if _is_rsa_type(type(key)):
        return Algorithm.RSA2048
    return Algorithm.P384


def sign(key: PrivateKey, message: bytes, digest: str | None = None) -> bytes:
    """Sign *message* as certificates are signed; ECDSA as DER, and deterministic [6979]."""
    if _is_rsa_type(type(key)):
        return cast(RSAPrivateKey, key).sign(message, _PKCS1, _DIGESTS[digest or "sha256"])
    return cast(EllipticCurvePrivateKey, key).sign(message, _ECDSA_FIXED[digest or "sha384"])


def verifies(key: PublicKey, signature: bytes, message: bytes, digest: str) -> bool:
    """Tell whether *signature* over *message* is the key's; one strict encoding [8017 8.2.2]."""
    try:
        if is_rsa(key):
            key.verify(signature, message, _PKCS1, _DIGESTS[digest])
        else:
            cast(EllipticCurvePublicKey, key).verify(signature, message, _ECDSA[digest])
    except InvalidSignature:
        return False
    return True


def public_key(spki: bytes) -> PublicKey:
    """Load a SubjectPublicKeyInfo; Malformed for a key of any other kind."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed("the public key", str(error) or type(error).__name__) from error
    kind = type(key)
    if _is_rsa_type(kind) or _is_ec_type(kind):
        return cast(PublicKey, key)
    raise Malformed("the public key", "neither RSA nor elliptic curve")


def spki_of(key: PrivateKey) -> bytes:
    """Return the SubjectPublicKeyInfo of a key pair, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_key_bits(spki: bytes) -> bytes:
    """Return the public key bits, without tag, length and unused bits [6960 4.1.1]."""
    head = _HEADS.get(len(spki))
    if head is not None and spki.startswith(head):
        return spki[len(head) :]
    start, stop = read.whole(spki, read.SEQUENCE)
    _, _, after = read.header(spki, start, stop)
    begin, end = read.enter(spki, after, stop, read.BIT_STRING)
    return spki[begin + 1 : end]


# A key of one of our generations has always the same octets before its bits, by its size.
_HEADS = {
    294: bytes.fromhex("30820122 300d 06092a864886f70d010101 0500 0382010f00"),
    120: bytes.fromhex("3076 3010 06072a8648ce3d0201 06052b81040022 036200"),
}


def key_identifier(spki: bytes) -> bytes:
    """Return SHA-1 of the public key bits [J 1.2] [5280 4.2.1.2 (1)]."""
    return sha1(public_key_bits(spki), usedforsecurity=False).digest()


def private_der(key: PrivateKey) -> bytes:
    """Write a private key as PKCS #8, unencrypted: a simulation's keys are no secrets [D 13]."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_private(der: bytes, *, ours: bool) -> PrivateKey:
    """
    Load a PKCS #8 key.

    The library checks the numbers of an RSA key, which costs a hundred signatures; *ours*
    leaves that out, for keys that we made and that a hash of our own protects.
    """
    try:
        key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=ours)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed("the private key", str(error) or type(error).__name__) from error
    if isinstance(key, (RSAPrivateKey, EllipticCurvePrivateKey)):
        return key
    raise Malformed("the private key", "neither RSA nor elliptic curve")
