"""
Which signatures on certificates and lists may be relied on, and until when.  Pure.

Two tables decide: SIGNATURES, what is known at all, and KEYS, how strong a key must be.
The AlgorithmIdentifier must be one of the table's octet for octet, so that no parameters
can hide in it [5280 4.1.1.2] [4055 5] [5758 3].
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pki import oids
from pki.constraints import CRYPTREC_2030
from pki.der import read
from pki.der.write import NULL, oid, sequence, tlv
from pki.errors import MalformedDer


class Trust(Enum):
    """How much is asked of algorithms; the words of the driver and of the verifier's policies."""

    DEFAULT = "default"
    LEGACY = "legacy"  # SHA-1, short RSA and DSA too, for old public vectors alone
    CRYPTREC = "cryptrec"  # the default, and the end dates of algorithms [J 8]


class Family(Enum):
    """What a key is."""

    RSA = "RSA"
    EC = "EC"
    DSA = "DSA"


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """
    One signature algorithm.

    Attributes:
        identifier: AlgorithmIdentifier, whole.
        family: Of the keys that make it.
        digest: What it hashes with.
        legacy: Whether it is taken under Trust.LEGACY only.
    """

    identifier: bytes
    family: Family
    digest: HashAlgorithm
    legacy: bool = False


SIGNATURES = {
    row.identifier: row
    for row in (
        SignatureRow(sequence(oid("1.2.840.113549.1.1.11"), NULL), Family.RSA, SHA256()),
        SignatureRow(sequence(oid("1.2.840.113549.1.1.12"), NULL), Family.RSA, SHA384()),
        SignatureRow(sequence(oid("1.2.840.113549.1.1.13"), NULL), Family.RSA, SHA512()),
        SignatureRow(sequence(oid("1.2.840.10045.4.3.2")), Family.EC, SHA256()),
        SignatureRow(sequence(oid("1.2.840.10045.4.3.3")), Family.EC, SHA384()),
        SignatureRow(sequence(oid("1.2.840.10045.4.3.4")), Family.EC, SHA512()),
        SignatureRow(sequence(oid("1.2.840.113549.1.1.5"), NULL), Family.RSA, SHA1(), legacy=True),
        SignatureRow(sequence(oid("1.2.840.10040.4.3")), Family.DSA, SHA1(), legacy=True),
        SignatureRow(sequence(oid("2.16.840.1.101.3.4.3.2")), Family.DSA, SHA256(), legacy=True),
    )
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """
    Keys of one family and strength.

    Attributes:
        family: Which.
        bits: From this length on.
        below: Up to this length, exclusive.
        legacy: Whether they are taken under Trust.LEGACY only.
        end: Not to be relied on after this moment under Trust.CRYPTREC; None if not known.
    """

    family: Family
    bits: int
    below: int
    legacy: bool = False
    end: datetime | None = None


LONGEST = 16384  # bits; what is longer only serves to keep a verifier busy

KEYS = (
    KeyRow(Family.RSA, 512, 2048, legacy=True),
    KeyRow(Family.RSA, 2048, 3072, end=CRYPTREC_2030),
    KeyRow(Family.RSA, 3072, LONGEST + 1),
    KeyRow(Family.EC, 256, 522),
    KeyRow(Family.DSA, 1024, 3073, legacy=True),
)

Key = RSAPublicKey | EllipticCurvePublicKey | DSAPublicKey

MISMATCH, UNACCEPTABLE = "sig-crypto-failure", "crypto-constraints-failure"
_CURVES = (SECP256R1, SECP384R1, SECP521R1)
_PKCS1 = PKCS1v15()


def load(spki: bytes) -> Key | None:
    """Load a SubjectPublicKeyInfo; None for a key that no signature of the table fits."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(key, RSAPublicKey):
        numbers = key.public_numbers()
        return key if numbers.n & 1 and numbers.e >> 64 == 0 else None
    if isinstance(key, EllipticCurvePublicKey):
        return key if isinstance(key.curve, _CURVES) else None
    return key if isinstance(key, DSAPublicKey) else None


def acceptable(key: Key, trust: Trust, *, at: datetime) -> bool:
    """Look a key up in KEYS."""
    family = _family(key)
    for row in KEYS:
        if row.family is family and row.bits <= key.key_size < row.below:
            if trust is Trust.CRYPTREC and row.end is not None and at > row.end:
                return False
            return not row.legacy or trust is Trust.LEGACY
    return False


def check(
    spki: bytes, identifier: bytes, signature: bytes, message: bytes, trust: Trust, *, at: datetime
) -> str | None:
    """Check a signature; None if it is the key's and may be relied on, else the cause."""
    row, key = SIGNATURES.get(identifier), load(spki)
    if row is None or key is None or key.key_size > LONGEST:
        return UNACCEPTABLE
    if row.family is not _family(key):
        return MISMATCH
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, _PKCS1, row.digest)
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, message, ECDSA(row.digest))
        else:
            key.verify(signature, message, row.digest)
    except InvalidSignature:
        return MISMATCH
    # Only then, so that a weak signature is told from somebody else's.
    weak = (row.legacy and trust is not Trust.LEGACY) or not acceptable(key, trust, at=at)
    return UNACCEPTABLE if weak else None


def _family(key: Key) -> Family:
    if isinstance(key, RSAPublicKey):
        return Family.RSA
    return Family.EC if isinstance(key, EllipticCurvePublicKey) else Family.DSA


_DSA = oids.content("1.2.840.10040.4.1")


def inherits(spki: bytes) -> bool:
    """Tell whether a key leaves its parameters to the issuer's, as DSA may [5280 6.1.4 (f)]."""
    identifier, parameters, _ = _parts(spki)
    return identifier == _DSA and not parameters


def with_parameters(spki: bytes, issuer: bytes) -> bytes:
    """Give a key the parameters of its issuer's, if it leaves them to it [5280 6.1.4 (f)]."""
    identifier, parameters, key = _parts(spki)
    if identifier != _DSA or parameters:
        return spki
    issuers, inherited, _ = _parts(issuer)
    if issuers != _DSA:
        return spki
    return sequence(sequence(tlv(read.OID, identifier), inherited), key)


def _parts(spki: bytes) -> tuple[bytes, bytes, bytes]:
    """Return algorithm, parameters and key, the latter two with their headers."""
    try:
        start, stop = read.whole(spki, read.SEQUENCE)
        begin, end = read.enter(spki, start, stop, read.SEQUENCE)
        first, last = read.enter(spki, begin, end, read.OID)
    except MalformedDer:
        return b"", b"", b""
    return spki[first:last], spki[last:end], spki[end:stop]
