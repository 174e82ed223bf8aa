"""
Write CMS SignedData of JPKI, attached or detached, with the attributes of CAdES-BES.

Pure: the private key stays behind a callable, which gets the DER of the signed attributes
and gives the signature.  Equal requests and equal signatures give equal bytes; there is no
signing-time unless one is handed in [EN319122 4].
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pki.cms.identifiers import (
    CONTENT_TYPE,
    DATA,
    IDENTIFIER_OF,
    MESSAGE_DIGEST,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
)
from pki.der import read
from pki.der.write import explicit, integer, octet_string, sequence, set_of, tlv
from pki.keys import AlgorithmRow

_VERSION_1 = integer(1)
_VERSION_3 = integer(3)


def sign_data(
    content: bytes,
    *,
    certificate_der: bytes,
    algorithm: AlgorithmRow,
    signer: Callable[[bytes], bytes],
    detached: bool = False,
    signing_time: datetime | None = None,
    content_type: bytes = DATA,
    chain: Sequence[bytes] = (),
    bare: bool = False,
) -> bytes:
    """
    Sign *content*, and write the message as ContentInfo, DER [5652 5.1].

    *signer* turns the octets that are signed into the signature, ECDSA as DER.  With
    *detached* the content stays outside.  *content_type* is the content octets of an OID,
    for messages that wrap something special; *chain* are further certificates, DER.  *bare*
    leaves all certificates out, for a reader who has them.
    """
    digest = IDENTIFIER_OF[algorithm.digest]
    attributes = signed_attributes(
        hashlib.new(algorithm.digest, content).digest(),
        certificate_der=certificate_der,
        digest=algorithm.digest,
        content_type=content_type,
        signing_time=signing_time,
    )
    signature = signer(attributes)
    info = sequence(
        _VERSION_1,
        _issuer_and_serial(certificate_der),
        digest,
        b"\xa0" + attributes[1:],
        algorithm.identifier,
        octet_string(signature),
    )
    encapsulated = tlv(0x06, content_type)
    if not detached:
        encapsulated += explicit(0, octet_string(content))
    data = sequence(
        _VERSION_1 if content_type == DATA else _VERSION_3,  # [5652 5.1]
        set_of([digest]),
        sequence(encapsulated),
        b"" if bare else explicit(0, b"".join(sorted([certificate_der, *chain]))),
        set_of([info]),
    )
    return sequence(tlv(0x06, SIGNED_DATA), explicit(0, data))


def signed_attributes(
    message_digest: bytes,
    *,
    certificate_der: bytes,
    digest: str,
    content_type: bytes = DATA,
    signing_time: datetime | None = None,
) -> bytes:
    """Write what is signed: the attributes as a SET OF, in DER's order [5652 5.4]."""
    attributes = [
        _attribute(CONTENT_TYPE, tlv(0x06, content_type)),
        _attribute(MESSAGE_DIGEST, octet_string(message_digest)),
        _attribute(SIGNING_CERTIFICATE_V2, _signing_certificate(certificate_der, digest)),
    ]
    if signing_time is not None:
        attributes.append(_attribute(SIGNING_TIME, _time(signing_time)))
    return set_of(attributes)


def _attribute(identifier: bytes, value: bytes) -> bytes:
    return sequence(tlv(0x06, identifier), tlv(0x31, value))


def _signing_certificate(der: bytes, digest: str) -> bytes:
    """Name the certificate by hash; SHA-256 is the default, which DER leaves out [5035 3]."""
    hashed = octet_string(hashlib.new(digest, der).digest())
    named = hashed if digest == "sha256" else IDENTIFIER_OF[digest] + hashed
    return sequence(sequence(sequence(named)))


def _time(moment: datetime) -> bytes:
    """Write a Time: UTCTime from 1950 to 2049, GeneralizedTime otherwise [5652 11.3]."""
    moment = moment.astimezone(UTC)
    if 1950 <= moment.year < 2050:
        return tlv(0x17, f"{moment:%y%m%d%H%M%SZ}".encode("ascii"))
    return tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode("ascii"))


def _issuer_and_serial(der: bytes) -> bytes:
    """Write IssuerAndSerialNumber with the very octets of the certificate [5652 10.2.4]."""
    start, stop = read.whole(der, read.SEQUENCE)
    at, stop = read.enter(der, start, stop, read.SEQUENCE)
    at = read.enter(der, at, stop, 0xA0)[1]  # a certificate of JPKI states its version
    serial_stop = read.enter(der, at, stop, read.INTEGER)[1]
    algorithm_stop = read.enter(der, serial_stop, stop, read.SEQUENCE)[1]
    issuer_stop = read.enter(der, algorithm_stop, stop, read.SEQUENCE)[1]
    return sequence(der[algorithm_stop:issuer_stop], der[at:serial_stop])
