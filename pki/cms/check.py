"""
Compare what a signer claims with the content and with a certificate.  Pure.

The steps of RFC 5652, section 5.6, and of EN 319 122-1 for the attributes of CAdES, each
with its own answer, so that none hides another.  Whether the certificate may be trusted is
somebody else's question.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from pki.certificate.read import Certificate
from pki.cms import attributes as opening
from pki.cms.attributes import CertificateHash
from pki.cms.identifiers import (
    ALGORITHM_PROTECTION,
    CONTENT_TYPE,
    DIGESTS,
    LEGACY_DIGESTS,
    LEGACY_SIGNATURES,
    MESSAGE_DIGEST,
    RSA_ENCRYPTION,
    RSA_WITH,
    SIGNATURES,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
)
from pki.cms.reading import Problem, SignedData, SignerInfo
from pki.der import read
from pki.errors import Malformed
from pki.keys import ROWS, PublicKey, algorithm_of, verifies
from pki.paths.algorithms import MISMATCH, UNACCEPTABLE, Trust
from pki.paths.algorithms import check as check_signature

FORMAT, HASH, CONSTRAINTS = "format-failure", "hash-failure", "sig-constraints-failure"


def digest_of(signer: SignerInfo, trust: Trust = Trust.DEFAULT) -> str | None:
    """Return the name of the digest that a signer uses; None for one that is not relied on."""
    found = DIGESTS.get(signer.digest_algorithm)
    if found is None and trust is Trust.LEGACY:
        return LEGACY_DIGESTS.get(signer.digest_algorithm)
    return found


def content_problems(
    data: SignedData,
    signer: SignerInfo,
    content: bytes | None,
    trust: Trust = Trust.DEFAULT,
    *,
    known: dict[str, bytes] | None = None,
) -> list[Problem]:
    """
    List what is wrong between a signer and *content*, eContent's octets [5652 5.6].

    Without content, all but its digest is looked at.  *known* remembers digests of this
    content by name, where several signers are asked about one content.
    """
    problems: list[Problem] = []
    digest = digest_of(signer, trust)
    if digest is None:
        problems.append((UNACCEPTABLE, "the digest algorithm is none that may be relied on"))
    elif signer.digest_algorithm not in data.digest_algorithms and digest not in {
        DIGESTS.get(each, LEGACY_DIGESTS.get(each)) for each in data.digest_algorithms
    }:
        problems.append((FORMAT, "the digest algorithm is not among those announced"))  # [5652 5.1]
    if signer.signed_attributes is None:
        return problems
    try:
        own = None
        if digest is not None and content is not None:
            own = _digest(digest, content, {} if known is None else known)
        problems += _attribute_problems(data, signer, own)
    except Malformed as error:
        problems.append((FORMAT, str(error)))
    return problems


def _digest(name: str, content: bytes, known: dict[str, bytes]) -> bytes:
    if name not in known:
        known[name] = hashed(name, content)
    return known[name]


def _attribute_problems(
    data: SignedData, signer: SignerInfo, digest: bytes | None
) -> list[Problem]:
    attributes = signer.signed_attributes or {}
    problems: list[Problem] = []
    content_type = attributes.get(CONTENT_TYPE)
    if content_type is None:  # [5652 11.1]
        problems.append((FORMAT, "the signed attributes lack content-type"))
    elif opening.object_identifier(content_type) != data.content_type:
        problems.append((FORMAT, "content-type is another than that of the content"))
    stated = attributes.get(MESSAGE_DIGEST)
    if stated is None:  # [5652 11.2]
        problems.append((FORMAT, "the signed attributes lack message-digest"))
    elif digest is not None and opening.octets(stated) != digest:
        problems.append((HASH, "message-digest is not the digest of the content"))
    protected = attributes.get(ALGORITHM_PROTECTION)
    if protected is not None and opening.algorithm_protection(protected) != (
        signer.digest_algorithm,
        signer.signature_algorithm,
    ):
        problems.append((CONSTRAINTS, "the algorithms are not those that were protected"))
    return problems


_HASHES: dict[str, Callable[..., "hashlib._Hash"]] = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


def hashed(digest: str, content: bytes) -> bytes:
    """Hash by name, faster than hashlib finds it."""
    return _HASHES[digest](content, usedforsecurity=False).digest()


def signing_time(signer: SignerInfo) -> datetime | None:
    """Return the moment of signing that the signer claims; None without a claim."""
    found = (signer.signed_attributes or {}).get(SIGNING_TIME)
    return None if found is None else opening.moment(found)


def time_problems(signer: SignerInfo, certificate: Certificate) -> list[Problem]:
    """Compare the claim with the certificate's dates; it proves nothing else [5652 11.3]."""
    try:
        claimed = signing_time(signer)
    except Malformed as error:
        return [(FORMAT, str(error))]
    if claimed is None or claimed >= certificate.not_before:
        return []
    return [(CONSTRAINTS, "signing-time is before the certificate's notBefore")]


def candidates(data: SignedData, signer: SignerInfo) -> tuple[bytes, ...]:
    """Return those of the bag that may be the signer's certificate, by what names it."""
    return tuple([der for der in data.certificates if _is_named(der, signer)])


def _is_named(der: bytes, signer: SignerInfo) -> bool:
    if signer.key_identifier is not None:
        # Whoever is meant has these octets in an extension; `is_meant` looks closely.
        return bool(signer.key_identifier) and signer.key_identifier in der
    try:
        return _issuer_and_serial(der) == (signer.issuer, signer.serial)
    except (Malformed, IndexError):
        return False


def _issuer_and_serial(der: bytes) -> tuple[bytes, bytes]:
    """Read no more of a certificate than by what signers name it, for a bag holds many."""
    at = 8
    if der[:1] != b"\x30" or der[4:5] != b"\x30" or der[at : at + 5] != _VERSION_3:
        start, stop = read.whole(der, read.SEQUENCE)
        at = read.enter(der, start, stop, read.SEQUENCE)[0]
        if der[at] == 0xA0:
            at = read.enter(der, at, stop, 0xA0)[1]
    else:
        at += 5
    begin, end = read.enter(der, at, len(der), read.INTEGER)
    at = read.enter(der, end, len(der), read.SEQUENCE)[1]
    return der[at : read.enter(der, at, len(der), read.SEQUENCE)[1]], der[begin:end]


_VERSION_3 = b"\xa0\x03\x02\x01\x02"


def is_meant(certificate: Certificate, signer: SignerInfo) -> bool:
    """Tell whether the signer names this certificate, now that it has been read [5652 5.3]."""
    if signer.serial is None:
        return certificate.key_identifier() == signer.key_identifier
    serial = int.from_bytes(signer.serial, "big", signed=True)
    return (certificate.issuer, certificate.serial) == (signer.issuer, serial)


def signature_cause(signer: SignerInfo, content: bytes, key: PublicKey) -> str | None:
    """
    Check the signature value with a key of JPKI; None if it is the key's, else the cause.

    The signature must hash with what the content was hashed with [8933 3.1].
    """
    digest = DIGESTS.get(signer.digest_algorithm)
    family, named = SIGNATURES.get(signer.signature_algorithm, ("", None))
    if signer.signature_algorithm == RSA_ENCRYPTION:
        family, named = "rsa", digest
    if digest is None or named != digest:
        return UNACCEPTABLE
    if (family == "rsa") is not isinstance(key, RSAPublicKey):
        return MISMATCH
    if not ROWS[algorithm_of(key)].fits(key):
        return UNACCEPTABLE  # RSA below 2048 bits, or another curve
    message = content if signer.signed_octets is None else signer.signed_octets
    return None if verifies(key, signer.signature, message, digest) else MISMATCH


def foreign_signature_cause(
    signer: SignerInfo, content: bytes, spki: bytes, trust: Trust, *, at: datetime
) -> str | None:
    """Check the same with a key of any PKI, under one of the tables of algorithms."""
    digest = digest_of(signer, trust)
    identifier = signer.signature_algorithm
    if identifier == RSA_ENCRYPTION and digest is not None:
        identifier = RSA_WITH[digest]
    _, named = SIGNATURES.get(identifier) or LEGACY_SIGNATURES.get(identifier) or ("", None)
    if digest is None or named != digest:
        return UNACCEPTABLE
    message = content if signer.signed_octets is None else signer.signed_octets
    return check_signature(spki, identifier, signer.signature, message, trust, at=at)


def certificate_problems(signer: SignerInfo, der: bytes) -> list[Problem]:
    """
    Compare a certificate with what signing-certificate says, in either version [5035 3].

    Without that attribute there is nothing to compare, and nobody may say that the
    certificate was not exchanged for another with the same key.
    """
    attributes = signer.signed_attributes or {}
    problems: list[Problem] = []
    for identifier, opened in (
        (SIGNING_CERTIFICATE_V2, opening.signing_certificates),
        (SIGNING_CERTIFICATE, opening.signing_certificates_v1),
    ):
        value = attributes.get(identifier)
        if value is None:
            continue
        try:
            named = opened(value)
        except Malformed as error:
            problems.append((FORMAT, str(error)))
            continue
        text = _difference(named, der)
        if text:
            problems.append((CONSTRAINTS, text))
    return problems


def _difference(named: Sequence[CertificateHash], der: bytes) -> str:
    """Say how the first certificate that is named differs from *der*; empty if it does not."""
    first = named[0]
    if first.digest is None:
        return "signing-certificate hashes with an algorithm that may not be relied on"
    if hashed(first.digest, der) != first.value:
        return "signing-certificate names another certificate than that of the signature"
    if first.issuer is not None and (first.issuer, first.serial) != _issuer_and_serial(der):
        return "signing-certificate names another issuer or serial number"
    return ""
