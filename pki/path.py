"""
Path processing for JPKI: one certificate under one trust anchor, and no intermediate [J 1].

Pure.  Read beside RFC 5280, section 6.1, whose steps the functions name.  A CA of JPKI is
a single self-signed tier, so a path is one certificate long; anything longer has no anchor
here and is refused.  Revocation is another floor's.  Findings are constants: a pair of the
check and the cause, None when it passed.
"""

from dataclasses import dataclass
from datetime import datetime

from pki import oids
from pki.certificate.read import (
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXT_KEY_USAGE,
    KEY_USAGE,
    SUBJECT_ALT_NAME,
    SUBJECT_KEY_IDENTIFIER,
    Certificate,
    read_certificate,
)
from pki.checks import Check
from pki.der import read
from pki.errors import Unacceptable
from pki.keys import BY_IDENTIFIER, PublicKey, algorithm_of, verifies
from pki.kinds import Algorithm
from pki.validity import usable_from

Finding = tuple[Check, str | None]

DIGITAL_SIGNATURE, NON_REPUDIATION = 0x80, 0x40
KEY_CERT_SIGN, CRL_SIGN = 0x04, 0x02

UNDERSTOOD = frozenset(
    {
        AUTHORITY_KEY_IDENTIFIER,
        BASIC_CONSTRAINTS,
        CERTIFICATE_POLICIES,
        CRL_DISTRIBUTION_POINTS,
        EXT_KEY_USAGE,
        KEY_USAGE,
        SUBJECT_ALT_NAME,
        SUBJECT_KEY_IDENTIFIER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """
    One CA generation that is trusted, with its key loaded once.

    Attributes:
        certificate: Read and found to be signed by itself.
        key_identifier: subjectKeyIdentifier; None if it states none.
        public_key: What its certificates and lists are verified with.
        algorithm: The generation of the key, which fixes the signature algorithm.
        identifier: AlgorithmIdentifier of everything that it signs.
        digest: What it hashes with.
    """

    certificate: Certificate
    key_identifier: bytes | None
    public_key: PublicKey
    algorithm: Algorithm
    identifier: bytes
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    What one use asks of a certificate.

    Attributes:
        usage: Bits of keyUsage that must all be set; 0x80 is digitalSignature.
        policies: Content octets of acceptable policy OIDs; one must be stated.
        purpose: Content octets of a purpose that must be stated; None if none need be.
        usable_after: Days in Japan for which a new certificate may not be used yet [J 13].
    """

    usage: int
    policies: frozenset[bytes]
    purpose: bytes | None = None
    usable_after: int = 0


def trust_anchor(der: bytes) -> TrustAnchor:
    """
    Make a CA certificate a trust anchor.

    Unacceptable for what is no self-signed CA certificate: trust is the caller's choice,
    but what is chosen must be able to bear it.
    """
    certificate = read_certificate(der)
    row = BY_IDENTIFIER.get(certificate.algorithm)
    usage = certificate.key_usage or 0
    constraints = certificate.extensions.get(BASIC_CONSTRAINTS)
    if constraints is None or not _is_ca(constraints.value) or not usage & KEY_CERT_SIGN:
        raise Unacceptable(
            "the anchor is no CA certificate: it needs basicConstraints cA and keyCertSign; "
            "name the CA's certificate, not a holder's"
        )
    key = certificate.public_key()
    if (
        row is None
        or not row.fits(key)
        or certificate.issuer != certificate.subject
        or not verifies(key, certificate.signature, certificate.tbs, row.digest)
    ):
        raise Unacceptable(
            "the anchor did not sign itself with an algorithm of JPKI; name the self-signed "
            "certificate of the CA"
        )
    return TrustAnchor(
        certificate=certificate,
        key_identifier=certificate.key_identifier(),
        public_key=key,
        algorithm=algorithm_of(key),
        identifier=row.identifier,
        digest=row.digest,
    )


def issuer_of(certificate: Certificate, anchors: tuple[TrustAnchor, ...]) -> TrustAnchor | None:
    """
    Find the generation that signed a certificate [5280 6.1.3 (a)(1), (a)(4)].

    Generations share a name, so the key decides: authorityKeyIdentifier says which to try
    first, and the signature has the last word, for hints may be absent or wrong [J 1].
    """
    named = [anchor for anchor in anchors if anchor.certificate.subject == certificate.issuer]
    if len(named) > 1:
        hint = certificate.authority_key_identifier()
        named.sort(key=lambda anchor: anchor.key_identifier != hint)
    for anchor in named:
        if certificate.algorithm == anchor.identifier and verifies(
            anchor.public_key, certificate.signature, certificate.tbs, anchor.digest
        ):
            return anchor
    return None


CHAIN = (Check.CHAIN, None)
NO_CHAIN = (Check.CHAIN, "no-certificate-chain-found")
_ISSUER_VALID = (Check.ISSUER_VALIDITY, None)
_ISSUER_EXPIRED = (Check.ISSUER_VALIDITY, "ca-expired")
_VALID = (Check.VALIDITY, None)
_EXPIRED = (Check.VALIDITY, "expired")
_NOT_YET = (Check.VALIDITY, "not-yet-valid")
_USAGE = (Check.KEY_USAGE, None)
_WRONG_USAGE = (Check.KEY_USAGE, "chain-constraints-failure")
_POLICY = (Check.POLICY, None)
_WRONG_POLICY = (Check.POLICY, "chain-constraints-failure")
_EXTENSIONS = (Check.EXTENSIONS, None)
_UNKNOWN = (Check.EXTENSIONS, "chain-constraints-failure")


def judge(
    certificate: Certificate, anchor: TrustAnchor, requirement: Requirement, *, at: datetime
) -> tuple[Finding, ...]:
    """Take the other steps for a certificate that *anchor* signed; every one, in any case."""
    ca = anchor.certificate
    usage = certificate.key_usage
    policies = certificate.policies
    return (
        CHAIN,
        _ISSUER_VALID if ca.not_before <= at <= ca.not_after else _ISSUER_EXPIRED,  # [5280 6.2]
        _dates(certificate, requirement, at),
        _USAGE  # [5280 4.2.1.3]
        if usage is not None
        and usage & requirement.usage == requirement.usage
        and not _may_issue(certificate)
        and _has_purpose(certificate, requirement.purpose)
        else _WRONG_USAGE,
        _POLICY  # [5280 6.1.5 (g)]; anyPolicy is no policy of JPKI
        if policies is not None and not policies.isdisjoint(requirement.policies)
        else _WRONG_POLICY,
        _UNKNOWN if _unknown_critical(certificate) else _EXTENSIONS,
    )


def _dates(certificate: Certificate, requirement: Requirement, at: datetime) -> Finding:
    """Compare the dates, both ends included [5280 6.1.3 (a)(2)] [5280 4.1.2.5]."""
    if at > certificate.not_after:
        return _EXPIRED
    start = certificate.not_before
    if at < (usable_from(start, requirement.usable_after) if requirement.usable_after else start):
        return _NOT_YET
    return _VALID


def _may_issue(certificate: Certificate) -> bool:
    """Tell a CA certificate from a holder's: nobody files with the former."""
    found = certificate.extensions.get(BASIC_CONSTRAINTS)
    return found is not None and _is_ca(found.value)


def _is_ca(value: bytes) -> bool:
    start, stop = read.whole(value, read.SEQUENCE)
    parts = read.children(value, start, stop)
    if not parts or parts[0][0] != read.BOOLEAN:
        return False
    return read.boolean(value, parts[0][2], parts[0][3])


def _has_purpose(certificate: Certificate, purpose: bytes | None) -> bool:
    """Look for a purpose; one that is not asked for must not bar ours either [5280 4.2.1.12]."""
    if EXT_KEY_USAGE not in certificate.extensions:
        return purpose is None
    # Signature certificates state none [J 2.2].
    return purpose is not None and purpose in stated_purposes(certificate)


def stated_purposes(certificate: Certificate) -> frozenset[bytes]:
    """Return the content octets of the OIDs in extKeyUsage; empty without one."""
    found = certificate.extensions.get(EXT_KEY_USAGE)
    if found is None:
        return frozenset()
    start, stop = read.whole(found.value, read.SEQUENCE)
    return frozenset([found.value[b:e] for _, _, b, e in read.children(found.value, start, stop)])


def _unknown_critical(certificate: Certificate) -> bool:
    """Look for a critical extension that nobody here processes [5280 6.1.5 (f)]."""
    for identifier, (critical, _) in certificate.extensions.items():
        if critical and identifier not in UNDERSTOOD:
            return True
    return False


CLIENT_AUTH = oids.content(oids.KP_CLIENT_AUTH)


def requirement_for(*, nonrepudiation: bool, policies: frozenset[str]) -> Requirement:
    """Write the requirement of signing documents, or else of login [J 2.2] [J 3]."""
    return Requirement(
        usage=DIGITAL_SIGNATURE | (NON_REPUDIATION if nonrepudiation else 0),
        policies=frozenset(oids.content(policy) for policy in policies),
        purpose=None if nonrepudiation else CLIENT_AUTH,
    )
