"""
A small PKI for tests/oracle/: the same octets at every run, from keys that are no secrets.

Certificates and lists are made by the library `cryptography`, OCSP responses by hand, so
that the verifier is shown what its own writers would never write.
"""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha1, sha256
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from pki.der.write import (
    NULL,
    bit_string,
    enumerated,
    explicit,
    implicit,
    integer,
    octet_string,
    oid,
    sequence,
    tlv,
)
from pki.keys import key_identifier, public_key_bits

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
HASHES = {
    "1.3.14.3.2.26": lambda data: sha1(data, usedforsecurity=False).digest(),
    "2.16.840.1.101.3.4.2.1": lambda data: sha256(data).digest(),
}
SHA1, SHA256_OID = HASHES
POLICY = "1.3.6.1.4.1.32473.85.7.1"
GOOD, UNKNOWN = implicit(0, b""), implicit(2, b"")
KEY_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@cache
def key(word: str) -> EllipticCurvePrivateKey:
    """Give the key that goes by a word, the same for ever."""
    return derive_private_key(int.from_bytes(sha256(word.encode()).digest()) >> 1, SECP256R1())


def spki(word: str) -> bytes:
    return key(word).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def dn(word: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)])


def usage(*words: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{word: word in words for word in KEY_USAGES})


def purposes(*dotted: str) -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in dotted])


def point(name: str) -> x509.CRLDistributionPoints:
    where = [x509.DirectoryName(dn(name))]
    return x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)])


def certificate(
    subject: str,
    issuer: str,
    *extensions: x509.ExtensionType | tuple[x509.ExtensionType, bool],
    serial: int | None = None,
    subject_key: str | None = None,
    issuer_key: str | None = None,
    begins: datetime = NOON - YEAR,
    ends: datetime = NOON + YEAR,
    ca: bool = False,
) -> bytes:
    """Issue a certificate, DER; an extension is itself, or (itself, critical)."""
    known = sha256(f"{subject}/{issuer}/{subject_key}/{issuer_key}".encode()).digest()
    builder = (
        x509.CertificateBuilder()
        .subject_name(dn(subject))
        .issuer_name(dn(issuer))
        .public_key(key(subject_key or subject).public_key())
        .serial_number(serial or int.from_bytes(known[:8]) | 1)
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder.add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
        words = [x509.PolicyInformation(x509.ObjectIdentifier(POLICY), None)]
        builder = builder.add_extension(x509.CertificatePolicies(words), critical=False)
    for each in extensions:
        extension, critical = each if isinstance(each, tuple) else (each, False)
        builder = builder.add_extension(extension, critical=critical)
    made = builder.sign(key(issuer_key or issuer), SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)


def authority(subject: str, issuer: str | None = None, **other: object) -> bytes:
    return certificate(subject, issuer or subject, ca=True, **other)  # type: ignore[arg-type]


def crl(
    issuer: str,
    *serials: int,
    issuer_key: str | None = None,
    at: datetime = NOON - HOUR,
    next_update: datetime = NOON + DAY,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> bytes:
    """Issue a list, DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(dn(issuer))
        .last_update(at)
        .next_update(next_update)
        .add_extension(x509.CRLNumber(7), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at - HOUR)
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    made = builder.sign(key(issuer_key or issuer), SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)


def generalized(moment: datetime) -> bytes:
    return tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


def extension(dotted: str, value: bytes, *, critical: bool) -> bytes:
    flag = b"\x01\x01\xff" if critical else b""
    return sequence(oid(dotted), flag, octet_string(value))


def revoked(reason: int | None = 1, *, since: datetime = NOON - DAY) -> bytes:
    stated = b"" if reason is None else explicit(0, enumerated(reason))
    return tlv(0xA1, generalized(since) + stated)


def single(
    standing: bytes = GOOD,
    *,
    serial: int,
    issuer: str = "City",
    issuer_key: str | None = None,
    digest: str = SHA1,
    this_update: datetime = NOON - HOUR,
    next_update: datetime | None = NOON + HOUR,
    extensions: tuple[bytes, ...] = (),
) -> bytes:
    """Write a SingleResponse about a certificate of *issuer* [6960 4.2.1]."""
    hashed = HASHES.get(digest, HASHES[SHA1])
    identifier = sequence(
        sequence(oid(digest), NULL),
        octet_string(hashed(dn(issuer).public_bytes())),
        octet_string(hashed(public_key_bits(spki(issuer_key or issuer)))),
        integer(serial),
    )
    return sequence(
        identifier,
        standing,
        generalized(this_update),
        b"" if next_update is None else explicit(0, generalized(next_update)),
        explicit(1, sequence(*extensions)) if extensions else b"",
    )


def response(
    *singles: bytes,
    by: str = "City",
    named: bool = False,
    signed_by: str | None = None,
    produced_at: datetime = NOON - HOUR,
    extensions: tuple[bytes, ...] = (),
    certificates: tuple[bytes, ...] = (),
    basic: str = "1.3.6.1.5.5.7.48.1.1",
) -> bytes:
    """Write and sign a response of somebody, named by his key or by his name [6960 4.2.1]."""
    responder = explicit(2, octet_string(key_identifier(spki(by))))
    if named:
        responder = explicit(1, dn(by).public_bytes())
    tbs = sequence(
        responder,
        generalized(produced_at),
        sequence(*singles),
        explicit(1, sequence(*extensions)) if extensions else b"",
    )
    value = key(signed_by or by).sign(tbs, ECDSA(SHA256(), deterministic_signing=True))
    signed = sequence(
        tbs,
        ECDSA_SHA256,
        bit_string(value),
        explicit(0, sequence(*certificates)) if certificates else b"",
    )
    return sequence(enumerated(0), explicit(0, sequence(oid(basic), octet_string(signed))))


def scope(name: str | None = None, **given: bool) -> x509.IssuingDistributionPoint:
    words = ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl")
    flags = {word: given.get(word, False) for word in words}
    return x509.IssuingDistributionPoint(
        full_name=None if name is None else [x509.DirectoryName(dn(name))],
        relative_name=None,
        only_some_reasons=None,
        only_contains_attribute_certs=False,
        **flags,
    )


class Exchange(NamedTuple):
    """
    A request and what its answer must say.

    Attributes:
        name: After what is the matter with it.
        fields: Of the request, but for its id.
        says: Fields that the answer must have.
    """

    name: str
    fields: dict[str, Any]
    says: dict[str, Any]


def text(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def texts(*octets: bytes) -> list[str]:
    return [text(each) for each in octets]


SERIAL, CITY_SERIAL = 0x4711, 0x22
OCSP_SIGNING, ANY_PURPOSE = "1.3.6.1.5.5.7.3.9", "2.5.29.37.0"
CLIENT = "1.3.6.1.5.5.7.3.2"
TIME = f"{NOON:%Y-%m-%dT%H:%M:%SZ}"

ROOT = authority("Root")
CITY = authority("City", "Root", serial=CITY_SERIAL)
POLICIES = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(POLICY), None)])
HANAKO = certificate("Hanako", "City", POLICIES, serial=SERIAL)
NOCHECK = x509.OCSPNoCheck()
