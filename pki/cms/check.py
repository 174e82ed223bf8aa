"""
Compare what a signer claims with the content and with a certificate.  Pure.

The steps of RFC 5652, section 5.6, and of EN 319 122-1 for the attributes of CAdES, each
with its own answer, so that none hides another.  Whether the certificate may be trusted is
somebody else's question.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pki.certificate.read import Certificate
from pki.cms import attributes as opening
from pki.cms.attributes import CertificateHash
from pki.cms.identifiers import (
    ALGORITHM_PROTECTION,
    CONTENT_TYPE,
    DIGESTS,
    LEGACY_DIGESTS,
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
from pki.paths.algorithms import UNACCEPTABLE, Trust
from pki.paths.algorithms import check as check_signature

FORMAT, HASH, CONSTRAINTS = "format-failure", "hash-failure", "sig-constraints-failure"


def digest_of(signer: SignerInfo, trust: Trust = Trust.DEFAULT) -> str | None:
    """Return the name of the digest that a signer uses; None for one that is not relied on."""
    found = DIGESTS.get(signer.digest_algorithm)
    if found is None and trust is Trust.LEGACY:
        return LEGACY_DIGESTS.get(signer.digest_algorithm)
    return found


def content_problems(
    data: SignedData, signer: SignerInfo, content: bytes, trust: Trust = Trust.DEFAULT
) -> list[Problem]:
    """List what is wrong between a signer and *content*, eContent's octets [5652 5.6]."""
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
        problems += _attribute_problems(data, signer, content, digest)
    except Malformed as error:
        problems.append((FORMAT, str(error)))
    return problems


def _attribute_problems(
    data: SignedData, signer: SignerInfo, content: bytes, digest: str | None
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
    elif digest is not None and opening.octets(stated) != hashlib.new(digest, content).digest():
        problems.append((HASH, "message-digest is not the digest of the content"))
    protected = attributes.get(ALGORITHM_PROTECTION)
    if protected is not None and opening.algorithm_protection(protected) != (
        signer.digest_algorithm,
        signer.signature_algorithm,
    ):
        problems.append((CONSTRAINTS, "the algorithms are not those that were protected"))
    return problems


def signing_time(signer: SignerInfo) -> datetime | None:
    """Return the moment of signing that the signer claims; None without a claim."""
    found = (signer.signed_attributes or {}).get(SIGNING_TIME)
    return None if found is None else opening.moment(found)


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
    start, stop = read.whole(der, read.SEQUENCE)
    at, stop = read.enter(der, start, stop, read.SEQUENCE)
    if der[at] == 0xA0:
        at = read.enter(der, at, stop, 0xA0)[1]
    begin, end = read.enter(der, at, stop, read.INTEGER)
    at = read.enter(der, end, stop, read.SEQUENCE)[1]
    return der[at : read.enter(der, at, stop, read.SEQUENCE)[1]], der[begin:end]


def is_meant(certificate: Certificate, signer: SignerInfo) -> bool:
    """Tell whether the signer names this certificate, now that it has been read [5652 5.3]."""
    if signer.key_identifier is not None:
        return certificate.key_identifier() == signer.key_identifier
    return _is_named(certificate.der, signer)


def signature_cause(
    signer: SignerInfo,
    content: bytes,
    spki: bytes,
    trust: Trust = Trust.DEFAULT,
    *,
    at: datetime,
) -> str | None:
    """Check the signature value with a key; None if it is the key's, else the cause."""
    digest = digest_of(signer, trust)
    identifier = signer.signature_algorithm
    if digest is None:
        return UNACCEPTABLE
    if identifier == RSA_ENCRYPTION:
        identifier = RSA_WITH[digest]
    elif SIGNATURES.get(identifier) != digest:  # [8933 3.1]
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
    own = hashlib.new(first.digest, der, usedforsecurity=False).digest()
    if own != first.value:
        return "signing-certificate names another certificate than that of the signature"
    if first.issuer is not None and (first.issuer, first.serial) != _issuer_and_serial(der):
        return "signing-certificate names another issuer or serial number"
    return ""
