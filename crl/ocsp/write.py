"""
Write and sign OCSP responses.  Pure: equal requests give equal bytes.

The real responder's profile is not public, so this follows RFC 6960: delegated, by key,
SHA-1 in the CertID as every client sends it [J 6].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha1

from crl.status import Good, Revoked
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
from pki.keys import ROWS, PrivateKey, algorithm_of, key_identifier, sign
from pki.kinds import Reason

BASIC = "1.3.6.1.5.5.7.48.1.1"
NONCE = "1.3.6.1.5.5.7.48.1.2"
SHA1 = sequence(oid("1.3.14.3.2.26"), NULL)

CODES = {  # [5280 5.3.1]
    Reason.UNSPECIFIED: 0,
    Reason.KEY_COMPROMISE: 1,
    Reason.CA_COMPROMISE: 2,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION_OF_OPERATION: 5,
    Reason.CERTIFICATE_HOLD: 6,
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """The responder does not know the certificate [6960 2.2]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """
    Who answers, and with which key.

    Attributes:
        private_key: Of the responder.
        spki: SubjectPublicKeyInfo of that key, DER.
        certificates: DER; the responder's own, for relying parties to find. Empty where
            the CA itself answers.
    """

    private_key: PrivateKey
    spki: bytes
    certificates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """
    What is said about one certificate.

    Attributes:
        issuer_name: DN of its issuer, encoded.
        issuer_spki: SubjectPublicKeyInfo of its issuer, DER.
        serial: Its serial number.
        standing: What the responder knows.
        this_update: When that was known to be right, UTC.
        next_update: When more will be known, UTC; None to promise nothing.
    """

    issuer_name: bytes
    issuer_spki: bytes
    serial: int
    standing: Good | Revoked | Unknown
    this_update: datetime
    next_update: datetime | None


def respond(
    singles: Sequence[Single],
    responder: Responder,
    *,
    produced_at: datetime,
    nonce: bytes | None = None,
) -> bytes:
    """Write and sign a response, DER [6960 4.2.1]."""
    return assemble(
        b"".join(map(_single, singles)), responder, produced_at=produced_at, nonce=nonce
    )


def assemble(
    singles: bytes, responder: Responder, *, produced_at: datetime, nonce: bytes | None = None
) -> bytes:
    """Sign what `encode_single` wrote, one behind the other; what is known need not be again."""
    extensions = b""
    if nonce is not None:
        extension = sequence(oid(NONCE), octet_string(octet_string(nonce)))
        extensions = explicit(1, sequence(extension))
    tbs = sequence(
        _responder_id(responder.spki),
        generalized_time(produced_at),
        sequence(singles),
        extensions,
    )
    algorithm = ROWS[algorithm_of(responder.private_key)].identifier
    certificates = explicit(0, sequence(*responder.certificates)) if responder.certificates else b""
    basic = sequence(tbs, algorithm, bit_string(sign(responder.private_key, tbs)), certificates)
    answer = sequence(oid(BASIC), octet_string(basic))
    return sequence(enumerated(0), explicit(0, answer))


@lru_cache(maxsize=64)
def _responder_id(spki: bytes) -> bytes:
    return explicit(2, octet_string(key_identifier(spki)))


def refuse(status: int) -> bytes:
    """Write a response without an answer: tryLater is 3, unauthorized 6 [6960 4.2.1]."""
    return sequence(enumerated(status))


def certificate_identifier(issuer_name: bytes, issuer_spki: bytes, serial: int) -> bytes:
    """Write a CertID with SHA-1 [6960 4.1.1]."""
    name_hash = sha1(issuer_name, usedforsecurity=False).digest()
    return sequence(
        SHA1, octet_string(name_hash), octet_string(key_identifier(issuer_spki)), integer(serial)
    )


@lru_cache(maxsize=256)  # the answers of a quarter of an hour all bear the same few
def generalized_time(moment: datetime) -> bytes:
    """Write a GeneralizedTime, the only form that OCSP has, in whole seconds [6960 4.2.2.1]."""
    return tlv(0x18, f"{moment.astimezone(UTC):%Y%m%d%H%M%SZ}".encode("ascii"))


def encode_single(
    identifier: bytes,
    standing: Good | Revoked | Unknown,
    *,
    this_update: datetime,
    next_update: datetime | None,
) -> bytes:
    """Write what is said about one CertID, which is repeated as it was asked [6960 4.2.1]."""
    update = b""
    if next_update is not None:
        update = explicit(0, generalized_time(next_update))
    return sequence(identifier, _standing(standing), generalized_time(this_update), update)


def _single(single: Single) -> bytes:
    return encode_single(
        certificate_identifier(single.issuer_name, single.issuer_spki, single.serial),
        single.standing,
        this_update=single.this_update,
        next_update=single.next_update,
    )


def _standing(standing: Good | Revoked | Unknown) -> bytes:
    match standing:
        case Good():
            return implicit(0, b"")
        case Unknown():
            return implicit(2, b"")
        case Revoked(since, reason):
            stated = explicit(0, enumerated(CODES[reason]))
            return tlv(0xA1, generalized_time(since) + stated)
