"""
Read certificates of any PKI: strict DER, but no habit of JPKI is asked for.  Pure.

pki/certificate/read is the strict reader of our own and the faster one.  This one also
takes versions 1 and 2, unique identifiers, serials that are zero or negative, RDNs of
several attributes, and GeneralizedTime before 2050, all of which stand in real trust
stores and public test suites.  Every extension that a path looks at is opened here, so
that a certificate is either wholly understood or no part of any path.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from pki import oids
from pki.certificate.read import (
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXT_KEY_USAGE,
    KEY_USAGE,
    SUBJECT_ALT_NAME,
    Certificate,
    Extension,
)
from pki.der import read
from pki.errors import Malformed, MalformedDer
from pki.paths import extensions as opening
from pki.paths.extensions import Subtrees
from pki.paths.general_names import GeneralName
from pki.paths.names import ComparableName, comparable

WHAT = "the certificate"
MAX_SIZE = 256 * 1024  # octets

NAME_CONSTRAINTS = oids.content(oids.NAME_CONSTRAINTS)
POLICY_MAPPINGS = oids.content(oids.POLICY_MAPPINGS)
POLICY_CONSTRAINTS = oids.content(oids.POLICY_CONSTRAINTS)
_PLACES = (4, 6, 8, 10, 12)  # of month, day, hour, minute and second in a time
INHIBIT_ANY_POLICY = oids.content(oids.INHIBIT_ANY_POLICY)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foreign:
    """
    A certificate with everything opened that decides about a path.

    Attributes:
        certificate: As read.
        issuer: The DN, comparable.
        subject: The same.
        is_ca: basicConstraints cA; false without that extension.
        path_length: pathLenConstraint; None if there is no limit.
        mappings: Pairs of policyMappings.
        require_explicit: requireExplicitPolicy; None if absent.
        inhibit_mapping: inhibitPolicyMapping; None if absent.
        inhibit_any: inhibitAnyPolicy; None if absent.
        purposes: Of extKeyUsage; None if absent, which permits all.
        names: Of subjectAltName.
        subtrees: Of nameConstraints; None if absent.
        key_identifier: subjectKeyIdentifier, a hint; None if absent.
        issuer_key_identifier: keyIdentifier of authorityKeyIdentifier, another hint.
    """

    certificate: Certificate
    issuer: ComparableName
    subject: ComparableName
    is_ca: bool
    path_length: int | None
    mappings: tuple[tuple[bytes, bytes], ...]
    require_explicit: int | None
    inhibit_mapping: int | None
    inhibit_any: int | None
    purposes: frozenset[bytes] | None
    names: tuple[GeneralName, ...]
    subtrees: Subtrees | None
    key_identifier: bytes | None
    issuer_key_identifier: bytes | None

    @property
    def self_issued(self) -> bool:
        """Tell whether issuer and subject are one name, whatever the keys [5280 6.1]."""
        return self.issuer == self.subject

    @property
    def distribution_points(self) -> bytes | None:
        """Return the value of cRLDistributionPoints, which crl/points opens."""
        found = self.certificate.extensions.get(CRL_DISTRIBUTION_POINTS)
        return None if found is None else found.value


def read_foreign(der: bytes) -> Foreign:
    """Read one certificate, DER; Malformed for anything but strict DER."""
    if len(der) > MAX_SIZE:
        raise Malformed(WHAT, f"{len(der)} octets, more than the {MAX_SIZE} that any needs")
    try:
        return opened(_read(der))
    except MalformedDer as error:
        if error.what == WHAT:
            raise
        why = str(error).partition(": ")[2].rpartition(" (")[0]
        raise MalformedDer(WHAT, why, error.offset) from error
    except IndexError:
        raise MalformedDer(WHAT, "cut off", len(der)) from None


def opened(certificate: Certificate) -> Foreign:
    """Open what decides about a path in a certificate that was read, by either reader."""

    def value(identifier: bytes) -> bytes | None:
        found = certificate.extensions.get(identifier)
        if found is None:
            return None
        read.check(found.value, 0, len(found.value))
        return found.value

    constraints = value(BASIC_CONSTRAINTS)
    is_ca, path_length = (
        (False, None) if constraints is None else opening.basic_constraints(constraints)
    )
    mappings = value(POLICY_MAPPINGS)
    skips = value(POLICY_CONSTRAINTS)
    explicit, mapping = (None, None) if skips is None else opening.policy_constraints(skips)
    inhibit = value(INHIBIT_ANY_POLICY)
    purposes = value(EXT_KEY_USAGE)
    names = value(SUBJECT_ALT_NAME)
    subtrees = value(NAME_CONSTRAINTS)
    return Foreign(
        certificate=certificate,
        issuer=comparable(certificate.issuer),
        subject=comparable(certificate.subject),
        is_ca=is_ca,
        path_length=path_length,
        mappings=() if mappings is None else opening.policy_mappings(mappings),
        require_explicit=explicit,
        inhibit_mapping=mapping,
        inhibit_any=None if inhibit is None else opening.inhibit_any_policy(inhibit),
        purposes=None if purposes is None else opening.purposes(purposes),
        names=() if names is None else opening.alternative_names(names),
        subtrees=None if subtrees is None else opening.name_constraints(subtrees),
        key_identifier=certificate.key_identifier(),
        issuer_key_identifier=certificate.authority_key_identifier(),
    )


def _read(der: bytes) -> Certificate:
    start, stop = read.whole(der, 0x30)
    tbs_start, tbs_stop = read.enter(der, start, stop, 0x30)
    read.check(der, start, stop)
    algorithm_stop = read.enter(der, tbs_stop, stop, 0x30)[1]
    algorithm = der[tbs_stop:algorithm_stop]
    signature_start, signature_stop = read.enter(der, algorithm_stop, stop, 0x03)
    if signature_stop != stop or der[signature_start] != 0:
        raise MalformedDer(WHAT, "something else than three parts", signature_stop)

    version, at = _version(der, tbs_start, tbs_stop)
    begin, end = read.enter(der, at, tbs_stop, 0x02)
    serial = read.integer(der, begin, end)
    if end - begin > 21:  # twenty octets, and one that keeps them positive [5280 4.1.2.2]
        raise MalformedDer(WHAT, "a serialNumber over 20 octets", begin)
    at = end + len(algorithm)
    if der[end:at] != algorithm:  # [5280 4.1.1.2]
        raise MalformedDer(WHAT, "two different signature algorithms", end)
    issuer_stop = read.enter(der, at, tbs_stop, 0x30)[1]
    begin, validity_stop = read.enter(der, issuer_stop, tbs_stop, 0x30)
    not_before, begin = read_time(der, begin, validity_stop)
    not_after, begin = read_time(der, begin, validity_stop)
    if begin != validity_stop:
        raise MalformedDer(WHAT, "more than two times in its validity", begin)
    subject_stop = read.enter(der, validity_stop, tbs_stop, 0x30)[1]
    spki_stop = read.enter(der, subject_stop, tbs_stop, 0x30)[1]
    found = _extensions(der, spki_stop, tbs_stop, version)
    usage, policies = found.get(KEY_USAGE), found.get(CERTIFICATE_POLICIES)
    return Certificate(
        der,
        der[start:tbs_stop],
        serial,
        algorithm,
        der[at:issuer_stop],
        not_before,
        not_after,
        der[validity_stop:subject_stop],
        der[subject_stop:spki_stop],
        found,
        der[signature_start + 1 : signature_stop],
        None if usage is None else opening.key_usage(usage.value),
        None if policies is None else opening.policies(policies.value),
    )


def _version(der: bytes, at: int, stop: int) -> tuple[int, int]:
    if der[at] != 0xA0:
        return 1, at
    begin, end = read.enter(der, at, stop, 0xA0)
    first, last = read.enter(der, begin, end, 0x02)
    version = read.integer(der, first, last) + 1
    if last != end or version not in (2, 3):  # a default is not encoded [X.690 11.5]
        raise MalformedDer(WHAT, "a version that the standard does not have", at)
    return version, end


def _extensions(der: bytes, at: int, stop: int, version: int) -> dict[bytes, Extension]:
    """Read what follows the key: unique identifiers, then extensions [5280 4.1.2.8]."""
    for tag in (0x81, 0x82):
        if version > 1 and at < stop and der[at] == tag:
            begin, end = read.enter(der, at, stop, tag)
            read.bits(der, begin, end)
            at = end
    found: dict[bytes, Extension] = {}
    if at == stop:
        return found
    begin, end = read.enter(der, at, stop, 0xA3)
    here, list_stop = read.enter(der, begin, end, 0x30)
    if version != 3 or end != stop or list_stop != end or here == end:
        raise MalformedDer(WHAT, "extensions of another shape", at)
    while here < end:
        first, here_stop = read.enter(der, here, end, 0x30)
        oid_start, oid_stop = read.enter(der, first, here_stop, 0x06)
        read.dotted(der, oid_start, oid_stop)
        critical = der[oid_stop] == 0x01
        if critical and der[oid_stop : oid_stop + 3] != b"\x01\x01\xff":  # [X.690 11.5]
            raise MalformedDer(WHAT, "a critical flag that is not TRUE", oid_stop)
        value_at = oid_stop + 3 if critical else oid_stop
        value_start, value_stop = read.enter(der, value_at, here_stop, 0x04)
        identifier = der[oid_start:oid_stop]
        if value_stop != here_stop or identifier in found:  # [5280 4.2]
            raise MalformedDer(WHAT, "an extension twice, or of another shape", here)
        found[identifier] = Extension(critical, der[value_start:value_stop])
        here = here_stop
    return found


def read_time(der: bytes, at: int, stop: int) -> tuple[datetime, int]:
    """Read a Time in either form, whatever the year, and where it ends [5280 4.1.2.5]."""
    tag, start, end = read.header(der, at, stop)
    content = der[start : end - 1]
    if tag == 0x17 and len(content) == 12 and content.isdigit():
        content = (b"19" if content[:2] >= b"50" else b"20") + content  # [5280 4.1.2.5.1]
    if tag not in (0x17, 0x18) or len(content) != 14 or not content.isdigit():
        raise MalformedDer(WHAT, "a time in neither form of the profile", at)
    try:
        if der[end - 1] != 0x5A:
            raise ValueError("no Z")
        year = int(content[:4])
        month, day, hour, minute, second = (int(content[place : place + 2]) for place in _PLACES)
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC), end
    except ValueError:
        raise MalformedDer(WHAT, "a time that no calendar has", at) from None
