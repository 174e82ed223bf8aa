"""
Open the values of signed attributes strictly.  Pure: DER in, plain values out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TypeVar

from pki.certificate.read import read_time
from pki.cms.identifiers import DATA, DIGESTS
from pki.der import read
from pki.errors import MalformedDer

WHAT = "the signed attribute"
_Value = TypeVar("_Value")
_DATA = bytes((read.OID, len(DATA))) + DATA


@dataclass(frozen=True, slots=True)
class CertificateHash:
    """
    How signing-certificate names one certificate [5035 4] [5035 5.4.1].

    Attributes:
        digest: Name of the hash, as hashlib spells it; None if it is not in our table.
        value: The hash of the whole certificate.
        issuer: DN of its issuer, encoded; None if issuerSerial is absent.
        serial: Content octets of its serial number; None likewise.
    """

    digest: str | None
    value: bytes
    issuer: bytes | None
    serial: bytes | None


def _of_an_attribute(opener: Callable[[bytes], _Value]) -> Callable[[bytes], _Value]:
    """Say of the attribute what a reader of smaller things said of those."""

    @wraps(opener)
    def opened(value: bytes) -> _Value:
        try:
            return opener(value)
        except MalformedDer as error:
            why = str(error).partition(": ")[2].rpartition(" (")[0]
            raise MalformedDer(WHAT, why, error.offset) from error

    return opened


@_of_an_attribute
def object_identifier(value: bytes) -> bytes:
    """Return the content octets of the OID that an attribute is, such as content-type."""
    if value == _DATA:
        return DATA
    start, stop = read.whole(value, read.OID)
    read.dotted(value, start, stop)
    return value[start:stop]


@_of_an_attribute
def octets(value: bytes) -> bytes:
    """Return the octets that an attribute is, such as message-digest."""
    start, stop = read.whole(value, read.OCTET_STRING)
    return value[start:stop]


@_of_an_attribute
def moment(value: bytes) -> datetime:
    """Return the moment that signing-time claims, UTC; nobody vouches for it [5652 11.3]."""
    found, end = read_time(value, 0, len(value))
    if end != len(value):
        raise MalformedDer(WHAT, "octets after a time", end)
    return found


@_of_an_attribute
def signing_certificates(value: bytes) -> tuple[CertificateHash, ...]:
    """Open signing-certificate-v2; the first is the signer's, others are of its path [5035 3]."""
    return _signing_certificates(value, "sha256")


@_of_an_attribute
def signing_certificates_v1(value: bytes) -> tuple[CertificateHash, ...]:
    """Open signing-certificate, which hashes with SHA-1 and cannot say so [5035 5.4]."""
    return _signing_certificates(value, "sha1")


@_of_an_attribute
def algorithm_protection(value: bytes) -> tuple[bytes, bytes | None]:
    """Return the digest and the signature algorithm that are protected [6211 2]."""
    start, stop = read.whole(value, read.SEQUENCE)
    digest_stop = read.enter(value, start, stop, read.SEQUENCE)[1]
    signature = None
    if digest_stop < stop and value[digest_stop] == 0xA1:  # implicit, as all in that module
        end = read.enter(value, digest_stop, stop, 0xA1)[1]
        signature = b"\x30" + value[digest_stop + 1 : end]
    return value[start:digest_stop], signature


def _signing_certificates(value: bytes, default: str) -> tuple[CertificateHash, ...]:
    start, stop = read.whole(value, read.SEQUENCE)
    begin, end = read.enter(value, start, stop, read.SEQUENCE)
    after = end
    if after < stop:  # policies, which nobody processes [5035 3]
        after = read.enter(value, after, stop, read.SEQUENCE)[1]
    if after != stop or begin == end:
        raise MalformedDer(WHAT, "a signing-certificate of another shape", start)
    return tuple(
        [
            _certificate_hash(value, tag, inner, inner_stop, default)
            for tag, _, inner, inner_stop in read.children(value, begin, end)
        ]
    )


def _certificate_hash(value: bytes, tag: int, at: int, stop: int, default: str) -> CertificateHash:
    if tag != read.SEQUENCE:
        raise MalformedDer(WHAT, "a certificate's hash of another shape", at)
    digest: str | None = default
    if value[at : at + 1] == b"\x30" and default != "sha1":
        end = read.enter(value, at, stop, read.SEQUENCE)[1]
        # NOTE: a default is not encoded [X.690 11.5], yet signers write this one out; taken.
        digest = DIGESTS.get(value[at:end])
        at = end
    begin, at = read.enter(value, at, stop, read.OCTET_STRING)
    hashed = value[begin:at]
    issuer = serial = None
    if at < stop:
        begin, end = read.enter(value, at, stop, read.SEQUENCE)
        if end != stop:
            raise MalformedDer(WHAT, "octets after a certificate's hash", end)
        issuer, serial = _issuer_serial(value, begin, end)
    return CertificateHash(digest, hashed, issuer, serial)


def _issuer_serial(value: bytes, at: int, stop: int) -> tuple[bytes, bytes]:
    """Open an IssuerSerial, whose issuer is one directoryName [5035 5.4.1]."""
    begin, names_stop = read.enter(value, at, stop, read.SEQUENCE)
    name, name_stop = read.enter(value, begin, names_stop, 0xA4)
    first, end = read.enter(value, names_stop, stop, read.INTEGER)
    if name_stop != names_stop or end != stop:
        raise MalformedDer(WHAT, "an issuer and serial number of another shape", at)
    return value[name:name_stop], value[first:end]
