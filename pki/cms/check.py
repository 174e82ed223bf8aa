"""
Compare what a signer claims with the content and with a certificate.  Pure.

The steps of RFC 5652, section 5.6, and of EN 319 122-1 for the attributes of CAdES, each
with its own answer, so that none hides another.  Whether the certificate may be trusted is
somebody else's question.
"""

from collections.abc import Sequence
from datetime import datetime

from pki.certificate.read import Certificate
from pki.cms import attributes as opening
from pki.cms.attributes import CertificateHash
from pki.cms.hashing import hashed
from pki.cms.identifiers import (
    ALGORITHM_PROTECTION,
    CONTENT_TYPE,
    DATA,
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
from pki.keys import ROWS, PublicKey, is_rsa, verifies
from pki.kinds import Algorithm
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
    own = None
    if digest is not None and content is not None:
        own = known.get(digest) if known else None
        if own is None:
            own = hashed(digest, content)
            if known is not None:
                known[digest] = own
    try:
        _check_attributes(data, signer, own, problems)
    except Malformed as error:
        problems.append((FORMAT, str(error)))
    return problems


# Most attributes are these octets and no others, so that nothing need be opened.
_DATA = bytes((read.OID, len(DATA))) + DATA
_OCTETS = {size: bytes((read.OCTET_STRING, size)) for size in (20, 32, 48, 64)}
_NAMED = bytes.fromhex("3026 3024 3022 0420")  # one certificate by SHA-256


def _check_attributes(
    data: SignedData, signer: SignerInfo, digest: bytes | None, problems: list[Problem]
) -> None:
    attributes = signer.signed_attributes or {}
    content_type = attributes.get(CONTENT_TYPE)
    if content_type is None:  # [5652 11.1]
        problems.append((FORMAT, "the signed attributes lack content-type"))
    elif (content_type != _DATA or data.content_type != DATA) and (
        opening.object_identifier(content_type) != data.content_type
    ):
        problems.append((FORMAT, "content-type is another than that of the content"))
    stated = attributes.get(MESSAGE_DIGEST)
    if stated is None:  # [5652 11.2]
        problems.append((FORMAT, "the signed attributes lack message-digest"))
    elif digest is None or stated != _OCTETS[len(digest)] + digest:
        octets = opening.octets(stated)
        if digest is not None and octets != digest:
            problems.append((HASH, "message-digest is not the digest of the content"))
    if ALGORITHM_PROTECTION in attributes:
        protected = opening.algorithm_protection(attributes[ALGORITHM_PROTECTION])
        if protected != (signer.digest_algorithm, signer.signature_algorithm):
            problems.append((CONSTRAINTS, "the algorithms are not those that were protected"))
    if SIGNING_TIME in attributes:
        signing_time(signer)  # only whether it is a time at all


def signing_time(signer: SignerInfo) -> datetime | None:
    """Return the moment of signing that the signer claims; None without a claim."""
    found = (signer.signed_attributes or {}).get(SIGNING_TIME)
    return None if found is None else opening.moment(found)


def time_problems(signer: SignerInfo, certificate: Certificate) -> list[Problem]:
    """
    Compare the claim with the certificate's dates; it proves nothing else [5652 11.3].

    A claim that is no time is among the problems of the content.
    """
    try:
        claimed = signing_time(signer)
    except Malformed:
        return []
    if claimed is None or claimed >= certificate.not_before:
        return []
    return [(CONSTRAINTS, "signing-time is before the certificate's notBefore")]


def candidates(data: SignedData, signer: SignerInfo) -> tuple[bytes, ...]:
    """
    Return those of the bag that may be the signer's certificate, by what names it.

    A hint: only `is_meant`, of a certificate that has been read, is sure.
    """
    key = signer.key_identifier
    if key is not None:
        # Whoever is meant has these octets in an extension; `is_meant` looks closely.
        return tuple([der for der in data.certificates if key and key in der])
    issuer, serial = signer.issuer or b"", signer.serial or b""
    return tuple([der for der in data.certificates if _is_named(der, issuer, serial)])


def _is_named(der: bytes, issuer: bytes, serial: bytes) -> bool:
    """Look at no more of a certificate than at that by which signers name it; a bag has many."""
    size = len(serial)
    try:
        # As nearly all begin: two long lengths, version 3, and a serial number.
        if der[8:14] == _BEGINNING and der[14] == size < 0x80:
            algorithm = 15 + size
            start = algorithm + 2 + der[algorithm + 1]
            return der.startswith(serial, 15) and der.startswith(issuer, start)
        return _issuer_and_serial(der) == (issuer, serial)
    except (Malformed, IndexError):
        return False


_BEGINNING = b"\xa0\x03\x02\x01\x02\x02"


def _issuer_and_serial(der: bytes) -> tuple[bytes, bytes]:
    start, stop = read.whole(der, read.SEQUENCE)
    at, stop = read.enter(der, start, stop, read.SEQUENCE)
    if der[at] == 0xA0:
        at = read.enter(der, at, stop, 0xA0)[1]
    begin, end = read.enter(der, at, stop, read.INTEGER)
    at = read.enter(der, end, stop, read.SEQUENCE)[1]
    return der[at : read.enter(der, at, stop, read.SEQUENCE)[1]], der[begin:end]


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
    if not _FITS[family](key):
        # RSA below 2048 bits, another curve; or a key of the other family.
        other = (family == "rsa") is not is_rsa(key)
        return MISMATCH if other else UNACCEPTABLE
    message = content if signer.signed_octets is None else signer.signed_octets
    return None if verifies(key, signer.signature, message, digest) else MISMATCH


_FITS = {"rsa": ROWS[Algorithm.RSA2048].fits, "ecdsa": ROWS[Algorithm.P384].fits}


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
    for identifier, opened in _SIGNING_CERTIFICATES:
        value = attributes.get(identifier)
        if value is None or (
            identifier == SIGNING_CERTIFICATE_V2 and value == _NAMED + hashed("sha256", der)
        ):
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


_SIGNING_CERTIFICATES = (
    (SIGNING_CERTIFICATE_V2, opening.signing_certificates),
    (SIGNING_CERTIFICATE, opening.signing_certificates_v1),
)


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
