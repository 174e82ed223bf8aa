"""
Read lists strictly.  Pure: DER in, a frozen value out.

Everything around the entries is checked down to the leaves here, the entries themselves in
crl/index, for a list may hold a million of them and is often read for its dates alone.  The
reader knows no shape of JPKI: it refuses what the standards forbid outright, and says what
it found where the judging is somebody else's, in crl/status [5280 5] [X.690 10].
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pki import oids
from pki.certificate.read import Extension, check_name
from pki.certificate.read import read_time as read_any_time
from pki.der import read
from pki.der.write import oid
from pki.errors import Malformed, MalformedDer

WHAT = "the CRL"
MAX_SIZE = 256 << 20  # octets; a million entries have about 39 MB

AUTHORITY_KEY_IDENTIFIER = oid(oids.AUTHORITY_KEY_IDENTIFIER)[2:]
CRL_NUMBER = oid(oids.CRL_NUMBER)[2:]
ISSUING_DISTRIBUTION_POINT = oid(oids.ISSUING_DISTRIBUTION_POINT)[2:]
DELTA_CRL_INDICATOR = oid(oids.DELTA_CRL_INDICATOR)[2:]
PROCESSED = frozenset({AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, ISSUING_DISTRIBUTION_POINT})
"""Extensions that may be critical, for crl/status does what they say [5280 5.2]."""


class IssuingPoint(NamedTuple):
    """
    issuingDistributionPoint, opened [5280 5.2.5].

    Attributes:
        point: distributionPoint as it stands, tag and length included; None if absent.
        names: The directoryNames of its fullName, encoded; other forms are left out.
        only_user: onlyContainsUserCerts.
        only_ca: onlyContainsCACerts.
        some_reasons: Whether there is an onlySomeReasons.
        indirect: indirectCRL.
        only_attribute: onlyContainsAttributeCerts.
    """

    point: bytes | None
    names: frozenset[bytes]
    only_user: bool
    only_ca: bool
    some_reasons: bool
    indirect: bool
    only_attribute: bool


@dataclass(frozen=True, slots=True)
class RevocationList:
    """
    A list, read and checked for form, not for truth; its entries are still to be indexed.

    Attributes:
        der: The whole of it.
        tbs_start: Where in it what is signed begins.
        tbs_stop: Where that ends.
        algorithm: AlgorithmIdentifier, the same inside and outside.
        issuer: The DN, encoded.
        this_update: UTC.
        next_update: UTC; None if absent.
        entries_start: Where in *der* the entries begin.
        entries_stop: Where they end.
        extensions: By the content octets of the OID, in the list's order.
        number: cRLNumber; None if absent.
        key_identifier: keyIdentifier of authorityKeyIdentifier; None if absent.
        issuing_point: issuingDistributionPoint; None if absent.
        signature: The bits.
    """

    der: bytes
    tbs_start: int
    tbs_stop: int
    algorithm: bytes
    issuer: bytes
    this_update: datetime
    next_update: datetime | None
    entries_start: int
    entries_stop: int
    extensions: dict[bytes, Extension]
    number: int | None
    key_identifier: bytes | None
    issuing_point: IssuingPoint | None
    signature: bytes

    @property
    def tbs(self) -> memoryview:
        """Show what is signed; as a view, for copying forty megabytes costs a third of a hash."""
        return memoryview(self.der)[self.tbs_start : self.tbs_stop]

    @property
    def delta(self) -> bool:
        """Tell whether this says only what changed since another list [5280 5.2.4]."""
        return DELTA_CRL_INDICATOR in self.extensions

    @property
    def not_processed(self) -> tuple[bytes, ...]:
        """List the critical extensions that crl/status does not know, by their OIDs."""
        return tuple(
            [
                identifier
                for identifier, extension in self.extensions.items()
                if extension.critical and identifier not in PROCESSED
            ]
        )


def read_list(der: bytes) -> RevocationList:
    """Read one list, DER; MalformedDer for anything but its strict form."""
    size = len(der)
    if size > MAX_SIZE:
        raise Malformed(WHAT, f"{size} octets, more than the {MAX_SIZE} that any needs")
    try:
        return _read(der)
    except MalformedDer as error:
        raise of_the_list(error) from error
    except IndexError:
        raise MalformedDer(WHAT, "cut off", size) from None


def of_the_list(error: MalformedDer) -> MalformedDer:
    """Say of the list what a reader of smaller things said of those."""
    why = str(error).partition(": ")[2].rpartition(" (")[0]
    return MalformedDer(WHAT, why, error.offset)


def _read(der: bytes) -> RevocationList:
    start, stop = read.whole(der, 0x30)
    tbs_start, tbs_stop = read.enter(der, start, stop, 0x30)
    algorithm_stop = read.enter(der, tbs_stop, stop, 0x30)[1]
    algorithm = der[tbs_stop:algorithm_stop]
    read.check(der, tbs_stop, algorithm_stop)
    signature_start, signature_stop = read.enter(der, algorithm_stop, stop, 0x03)
    if signature_stop != stop or der[signature_start] != 0:
        raise MalformedDer(WHAT, "something else than three parts", signature_stop)

    if der[tbs_start : tbs_start + 3] != b"\x02\x01\x01":  # [5280 5.1.2.1]
        raise MalformedDer(WHAT, "not of version 2", tbs_start)
    at = tbs_start + 3
    if der[at : at + len(algorithm)] != algorithm:  # [5280 5.1.1.2]
        raise MalformedDer(WHAT, "two different signature algorithms", at)
    at += len(algorithm)
    begin, end = read.enter(der, at, tbs_stop, 0x30)
    if begin == end:  # [5280 5.1.2.3]
        raise MalformedDer(WHAT, "an empty issuer", at)
    check_name(der, begin, end)
    issuer = der[at:end]
    this_update, at = read_time(der, end, tbs_stop)
    next_update = None
    if at < tbs_stop and der[at] in (0x17, 0x18):
        next_update, at = read_time(der, at, tbs_stop)
    entries_start = entries_stop = at
    if at < tbs_stop and der[at] == 0x30:
        entries_start, entries_stop = read.enter(der, at, tbs_stop, 0x30)
        if entries_start == entries_stop:  # [5280 5.1.2.6]
            raise MalformedDer(WHAT, "an empty revokedCertificates", at)
        at = entries_stop
    extensions: dict[bytes, Extension] = {}
    if at < tbs_stop:
        begin, end = read.enter(der, at, tbs_stop, 0xA0)
        inner, inner_stop = read.enter(der, begin, end, 0x30)
        if end != tbs_stop or inner_stop != end:
            raise MalformedDer(WHAT, "extensions of another shape", at)
        extensions = read_extensions(der, inner, inner_stop)
    number = extensions.get(CRL_NUMBER)
    authority = extensions.get(AUTHORITY_KEY_IDENTIFIER)
    point = extensions.get(ISSUING_DISTRIBUTION_POINT)
    return RevocationList(
        der,
        start,
        tbs_stop,
        algorithm,
        issuer,
        this_update,
        next_update,
        entries_start,
        entries_stop,
        extensions,
        None if number is None else _number(number.value),
        None if authority is None else _key_identifier(authority.value),
        None if point is None else _issuing_point(point.value),
        der[signature_start + 1 : signature_stop],
    )


def read_time(der: bytes, at: int, stop: int) -> tuple[datetime, int]:
    """Read a Time and return it with the offset behind it [5280 5.1.2.4]."""
    moment, end = read_any_time(der, at, stop)
    if not der[at + 2 : end - 1].isdigit():  # a year of other characters would pass as 1999
        raise MalformedDer(WHAT, "a time that no calendar has", at)
    return moment, end


def read_extensions(der: bytes, at: int, stop: int) -> dict[bytes, Extension]:
    """Read the extensions of a list or of an entry between two offsets [5280 5.2] [5280 5.3]."""
    if at == stop:
        raise MalformedDer(WHAT, "an empty list of extensions", at)
    found: dict[bytes, Extension] = {}
    while at < stop:
        begin, end = read.enter(der, at, stop, 0x30)
        oid_start, oid_stop = read.enter(der, begin, end, 0x06)
        read.dotted(der, oid_start, oid_stop)
        critical = oid_stop < end and der[oid_stop] == 0x01
        value_at = oid_stop
        if critical:
            if der[oid_stop : oid_stop + 3] != b"\x01\x01\xff":  # [X.690 11.5]
                raise MalformedDer(WHAT, "a critical flag that is not TRUE", oid_stop)
            value_at += 3
        value_start, value_stop = read.enter(der, value_at, end, 0x04)
        identifier = der[oid_start:oid_stop]
        if value_stop != end or identifier in found:
            raise MalformedDer(WHAT, "an extension twice, or of another shape", at)
        read.check(der, value_start, value_stop)
        if read.header(der, value_start, value_stop)[2] != value_stop:
            raise MalformedDer(WHAT, "octets after an extension's value", value_start)
        found[identifier] = Extension(critical, der[value_start:value_stop])
        at = end
    return found


def _number(value: bytes) -> int:
    start, stop = read.whole(value, 0x02)
    number = read.integer(value, start, stop)
    if number < 0 or stop - start > 20:  # [5280 5.2.3]
        raise MalformedDer(WHAT, "a cRLNumber that is negative, or over 20 octets", start)
    return number


def _key_identifier(value: bytes) -> bytes | None:
    start, stop = read.whole(value, 0x30)
    parts = read.children(value, start, stop)
    tags = [tag for tag, _, _, _ in parts]
    if tags != sorted(set(tags)) or not set(tags) <= {0x80, 0xA1, 0x82}:  # [5280 4.2.1.1]
        raise MalformedDer(WHAT, "an authorityKeyIdentifier of another shape", start)
    return next((value[begin:end] for tag, _, begin, end in parts if tag == 0x80), None)


def _issuing_point(value: bytes) -> IssuingPoint:
    start, stop = read.whole(value, 0x30)
    parts = {tag: (at, begin, end) for tag, at, begin, end in read.children(value, start, stop)}
    # Each part once and in this order, and at least one of them [5280 5.2.5].
    order = [tag for tag in (0xA0, 0x81, 0x82, 0x83, 0x84, 0x85) if tag in parts]
    if not order or order != [part[0] for part in read.children(value, start, stop)]:
        raise MalformedDer(WHAT, "an issuingDistributionPoint of another shape", start)
    point, names = None, frozenset[bytes]()
    if 0xA0 in parts:
        at, begin, end = parts[0xA0]
        point, names = value[at:end], _full_names(value, begin, end)
    if 0x83 in parts:
        read.bits(value, *parts[0x83][1:])
    for tag in (0x81, 0x82, 0x84, 0x85):
        if tag in parts and value[parts[tag][1] : parts[tag][2]] != b"\xff":  # [X.690 11.5]
            raise MalformedDer(WHAT, "a flag that is not TRUE", parts[tag][0])
    if len(parts.keys() & {0x81, 0x82, 0x85}) > 1:  # [5280 5.2.5]
        raise MalformedDer(WHAT, "a scope of two kinds of certificate at once", start)
    return IssuingPoint(
        point, names, 0x81 in parts, 0x82 in parts, 0x83 in parts, 0x84 in parts, 0x85 in parts
    )


def _full_names(value: bytes, start: int, stop: int) -> frozenset[bytes]:
    """Collect the directoryNames of a DistributionPointName [5280 4.2.1.13]."""
    tag, begin, end = read.header(value, start, stop)
    if tag not in (0xA0, 0xA1) or end != stop or begin == end:
        raise MalformedDer(WHAT, "a distribution point of another shape", start)
    names = []
    if tag == 0xA0:
        for form, _, first, last in read.children(value, begin, end):
            if form == 0xA4:
                inner, inner_stop = read.enter(value, first, last, 0x30)
                if inner_stop != last:
                    raise MalformedDer(WHAT, "octets after a name", inner_stop)
                check_name(value, inner, inner_stop)
                names.append(value[first:last])
    return frozenset(names)
