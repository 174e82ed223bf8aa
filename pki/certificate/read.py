"""
Read certificates strictly, on the hot path.  Pure: DER in, a frozen value out.

Every length of the certificate is checked down to its leaves, the extensions' values
included; fields and names are checked for their shape and string types; what the standards
forbid outright is refused [5280 4.1] [X.690 10].  The reader knows no profile: judging is
the caller's.  Names stay encoded, for issuers are matched by their octets; `read_name`
opens them.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from pki import oids
from pki.der import read
from pki.errors import Malformed, MalformedDer
from pki.four_items import FourItems, from_values
from pki.keys import BY_IDENTIFIER, PublicKey, public_key
from pki.names import ATTRIBUTES, Name

WHAT = "the certificate"
MAX_SIZE = 64 * 1024  # octets; a real one has about 1.7 kB

KEY_USAGE = oids.content(oids.KEY_USAGE)
SUBJECT_ALT_NAME = oids.content(oids.SUBJECT_ALT_NAME)
BASIC_CONSTRAINTS = oids.content(oids.BASIC_CONSTRAINTS)
CRL_DISTRIBUTION_POINTS = oids.content(oids.CRL_DISTRIBUTION_POINTS)
CERTIFICATE_POLICIES = oids.content(oids.CERTIFICATE_POLICIES)
AUTHORITY_KEY_IDENTIFIER = oids.content(oids.AUTHORITY_KEY_IDENTIFIER)
SUBJECT_KEY_IDENTIFIER = oids.content(oids.SUBJECT_KEY_IDENTIFIER)
EXT_KEY_USAGE = oids.content(oids.EXT_KEY_USAGE)
# What these say differs from holder to holder.  The other extensions, and the issuer's name,
# are shared by all certificates of a municipality: octets once found strict stay so.
_PERSONAL = (SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER)
_PERSONAL_STARTS = frozenset(b"\x06\x03" + identifier for identifier in _PERSONAL)
_SHARED = 4096  # such octets that are remembered: a few for each of 1,900 municipalities
_LONGEST = 512  # of them, so that no stranger fills the memory
_RSA_2048 = bytes.fromhex("30820122 300d06092a864886f70d0101010500 0382010f00")  # and the bits
_ATTRIBUTE_WORDS = {oids.content(dotted): word for word, dotted in ATTRIBUTES.items()}


class Extension(NamedTuple):
    """One extension as it stands: whether it is critical, and the octets of its value."""

    critical: bool
    value: bytes


class Certificate(NamedTuple):
    """
    A certificate, read and checked for form, not for truth; a named tuple for speed.

    Attributes:
        der: The whole of it.
        tbs: What is signed.
        serial: Positive, at most 20 octets.
        algorithm: AlgorithmIdentifier, the same inside and outside.
        issuer: The DN, encoded.
        not_before: UTC.
        not_after: UTC, inclusive.
        subject: The DN, encoded.
        spki: SubjectPublicKeyInfo, encoded.
        extensions: By the content octets of the OID, in the certificate's order.
        signature: The bits.
        key_usage: The bits of keyUsage from the left, 0x80 digitalSignature; None if absent.
        policies: Content octets of the policies' OIDs; None without the extension.
    """

    der: bytes
    tbs: bytes
    serial: int
    algorithm: bytes
    issuer: bytes
    not_before: datetime
    not_after: datetime
    subject: bytes
    spki: bytes
    extensions: dict[bytes, Extension]
    signature: bytes
    key_usage: int | None
    policies: frozenset[bytes] | None

    def public_key(self) -> PublicKey:
        """Load the subject's key; Malformed if it is of no kind that we know."""
        return public_key(self.spki)

    def key_identifier(self) -> bytes | None:
        """Return subjectKeyIdentifier, if stated."""
        found = self.extensions.get(SUBJECT_KEY_IDENTIFIER)
        return found.value[2:] if found else None

    def authority_key_identifier(self) -> bytes | None:
        """Return the keyIdentifier of authorityKeyIdentifier, if stated."""
        found = self.extensions.get(AUTHORITY_KEY_IDENTIFIER)
        if found is None:
            return None
        value = found.value
        start, stop = read.whole(value, read.SEQUENCE)
        if start < stop:
            tag, begin, end = read.header(value, start, stop)
            if tag == 0x80:
                return value[begin:end]
        return None

    def distribution_points(self) -> tuple[bytes, ...]:
        """
        List the directoryNames of cRLDistributionPoints, encoded [5280 4.2.1.13].

        Points in any other form, or with reasons or a cRLIssuer, are left out: nobody
        can say yes on the strength of a point that is not understood.
        """
        found = self.extensions.get(CRL_DISTRIBUTION_POINTS)
        if found is None:
            return ()
        value = found.value
        start, stop = read.whole(value, read.SEQUENCE)
        points = []
        for tag, _, begin, end in read.children(value, start, stop):
            parts = read.children(value, begin, end)
            if tag == read.SEQUENCE and len(parts) == 1 and parts[0][0] == 0xA0:
                name = full_name(value, parts[0][2], parts[0][3])
                if name is not None:
                    points.append(name)
        return tuple(points)

    def four_items(self) -> FourItems | None:
        """Return what subjectAltName says of the holder; None without that extension [J 2.3]."""
        found = self.extensions.get(SUBJECT_ALT_NAME)
        return None if found is None else from_values(other_names(found.value))


def full_name(data: bytes, start: int, stop: int) -> bytes | None:
    """Return the one directoryName of a DistributionPointName, encoded [5280 4.2.1.13]."""
    tag, begin, end = read.header(data, start, stop)
    if tag != 0xA0 or end != stop:
        return None
    tag, begin, end = read.header(data, begin, end)
    if tag != 0xA4 or end != stop:
        return None
    return data[begin:end]


def other_names(value: bytes) -> dict[str, str]:
    """Read the otherNames of a subjectAltName: dotted OID to text [J 2.3]."""
    start, stop = read.whole(value, read.SEQUENCE)
    found: dict[str, str] = {}
    for tag, at, begin, end in read.children(value, start, stop):
        if tag != 0xA0:
            continue
        first, second = read.enter(value, begin, end, read.OID)
        wrapped, inner = read.enter(value, second, end, 0xA0)
        kind, text_start, text_stop = read.header(value, wrapped, inner)
        identifier = read.dotted(value, first, second)
        if inner != end or text_stop != inner or identifier in found:
            raise MalformedDer("the subjectAltName", "otherName of another shape", at)
        found[identifier] = read.text(value, kind, text_start, text_stop)
    return found


def read_name(encoded: bytes) -> Name:
    """Open a DN of single-valued RDNs; unknown attributes keep their dotted OID."""
    start, stop = read.whole(encoded, read.SEQUENCE)
    parts = []
    for tag, at, begin, end in read.children(encoded, start, stop):
        inner, inner_stop = read.enter(encoded, begin, end, read.SEQUENCE)
        if tag != read.SET or inner_stop != end:
            raise MalformedDer("the name", "an RDN that does not hold one attribute", at)
        oid_start, oid_stop = read.enter(encoded, inner, inner_stop, read.OID)
        kind, text_start, text_stop = read.header(encoded, oid_stop, inner_stop)
        if text_stop != inner_stop:
            raise MalformedDer("the name", "octets after an attribute", text_stop)
        word = _ATTRIBUTE_WORDS.get(encoded[oid_start:oid_stop])
        identifier = word or read.dotted(encoded, oid_start, oid_stop)
        parts.append((identifier, read.text(encoded, kind, text_start, text_stop)))
    return tuple(parts)


def check_name(data: bytes, start: int, stop: int) -> None:
    """Check the shape of a Name, with one attribute to the RDN [5280 4.1.2.4] [J 1.2]."""
    at = start
    try:
        while at < stop:
            # SET, SEQUENCE, OID, value: their four lengths must agree with one another.
            size = data[at + 1]
            value = at + 6 + data[at + 5]
            end = at + 2 + size
            if (
                data[at : at + 5 : 2] != b"\x31\x30\x06"
                or size >= 0x80
                or data[at + 3] != size - 2
                or value + 2 + data[value + 1] != end
            ):
                _check_long_rdn(data, at, stop)
                at = read.enter(data, at, stop, 0x31)[1]
                continue
            text = data[value + 2 : end]
            if not text.isascii() or data[value] & 0x1F == 0x1F:
                read.header(data, value, end)
                if data[value] == 0x0C or data[value] == 0x13:
                    read.text(data, data[value], value + 2, end)
            at = end
    except IndexError:
        raise MalformedDer(WHAT, "cut off", at) from None
    if at != stop:
        raise MalformedDer(WHAT, "a name that reaches beyond its parent", at)


def _check_long_rdn(data: bytes, at: int, stop: int) -> None:
    """Check an RDN with lengths of several octets, or say what is wrong with it."""
    begin, rdn_stop = read.enter(data, at, stop, 0x31)
    begin, end = read.enter(data, begin, rdn_stop, 0x30)
    if end != rdn_stop:
        raise MalformedDer(WHAT, "an RDN of more than one attribute", at)
    value = read.enter(data, begin, end, 0x06)[1]
    tag, begin, value_stop = read.header(data, value, end)
    if value_stop != end:
        raise MalformedDer(WHAT, "octets after an attribute", value_stop)
    if tag == 0x0C or tag == 0x13:
        read.text(data, tag, begin, value_stop)


def read_time(data: bytes, at: int, stop: int) -> tuple[datetime, int]:
    """Read a Time and return it with the offset behind it [5280 4.1.2.5]."""
    if data[at : at + 2] == b"\x17\x0d":
        end = at + 15
        digits = data[at + 2 : end - 1]
        century = 1900 if digits >= b"5" else 2000  # [5280 4.1.2.5.1]
    elif data[at : at + 2] == b"\x18\x0f":
        end = at + 17
        digits = data[at + 2 : end - 1]
        century = 0
        if digits < b"2050":
            raise MalformedDer(WHAT, "GeneralizedTime before 2050", at)
    else:
        read.header(data, at, stop)  # says what is wrong with its length
        raise MalformedDer(WHAT, "a time in neither form of the profile", at)
    if end > stop:
        raise MalformedDer(WHAT, "a time that reaches beyond its parent", at)
    if data[end - 1] != 0x5A or not digits.isdigit():
        raise MalformedDer(WHAT, "a time of other characters than digits and a Z", at)
    rest, second = divmod(int(digits), 100)
    rest, minute = divmod(rest, 100)
    rest, hour = divmod(rest, 100)
    rest, day = divmod(rest, 100)
    year, month = divmod(rest, 100)
    try:
        return datetime(century + year, month, day, hour, minute, second, 0, UTC), end
    except ValueError:
        raise MalformedDer(WHAT, "a time that no calendar has", at) from None


def read_certificate(der: bytes) -> Certificate:
    """Read one certificate, DER; MalformedDer for anything but its strict form."""
    size = len(der)
    if size > MAX_SIZE:
        raise Malformed(WHAT, f"{size} octets, more than the {MAX_SIZE} that any needs")
    try:
        return _read(der)
    except MalformedDer as error:
        raise MalformedDer(
            WHAT, str(error).partition(": ")[2].rpartition(" (")[0], error.offset
        ) from error
    except IndexError:
        raise MalformedDer(WHAT, "cut off", size) from None


def _read(der: bytes) -> Certificate:
    start, stop = read.whole(der, 0x30)
    tbs_start, tbs_stop = read.enter(der, start, stop, 0x30)
    algorithm_stop = read.enter(der, tbs_stop, stop, 0x30)[1]
    algorithm = der[tbs_stop:algorithm_stop]
    if algorithm not in BY_IDENTIFIER:
        read.check(der, tbs_stop, algorithm_stop)
    signature_start, signature_stop = read.enter(der, algorithm_stop, stop, 0x03)
    if signature_stop != stop or der[signature_start] != 0:
        raise MalformedDer(WHAT, "something else than three parts", signature_stop)

    if der[tbs_start : tbs_start + 5] != b"\xa0\x03\x02\x01\x02":
        raise MalformedDer(WHAT, "not of version 3", tbs_start)
    begin, at = read.enter(der, tbs_start + 5, tbs_stop, 0x02)
    serial = read.integer(der, begin, at)
    if serial <= 0 or at - begin > 20:  # [5280 4.1.2.2]
        raise MalformedDer(WHAT, "a serialNumber not positive, or over 20 octets", begin)
    end = at + len(algorithm)
    if der[at:end] != algorithm:  # [5280 4.1.1.2]
        raise MalformedDer(WHAT, "two different signature algorithms", at)
    at = end
    begin, end = read.enter(der, at, tbs_stop, 0x30)
    issuer = der[at:end]
    if len(issuer) > _LONGEST or not _is_strict_name(issuer):
        check_name(der, begin, end)
    begin, validity_stop = read.enter(der, end, tbs_stop, 0x30)
    not_before, begin = read_time(der, begin, validity_stop)
    not_after, begin = read_time(der, begin, validity_stop)
    if begin != validity_stop:
        raise MalformedDer(WHAT, "more than two times in its validity", begin)
    begin, end = read.enter(der, validity_stop, tbs_stop, 0x30)
    check_name(der, begin, end)
    subject = der[validity_stop:end]
    at = end
    end = read.enter(der, at, tbs_stop, 0x30)[1]
    spki = der[at:end]
    if not spki.startswith(_RSA_2048) or len(spki) != 294:
        read.check(der, at, end)
    extensions: dict[bytes, Extension] = {}
    if end < tbs_stop:
        begin, wrapper_stop = read.enter(der, end, tbs_stop, 0xA3)
        at, list_stop = read.enter(der, begin, wrapper_stop, 0x30)
        if wrapper_stop != tbs_stop or list_stop != wrapper_stop or at == list_stop:
            raise MalformedDer(WHAT, "extensions of another shape", begin)
        extensions = _extensions(der, at, list_stop)
    usage = extensions.get(KEY_USAGE)
    policies = extensions.get(CERTIFICATE_POLICIES)
    return Certificate(
        der,
        der[start:tbs_stop],
        serial,
        algorithm,
        issuer,
        not_before,
        not_after,
        subject,
        spki,
        extensions,
        der[signature_start + 1 : signature_stop],
        None if usage is None else _key_usage(usage.value),
        None if policies is None else _policies(policies.value),
    )


def _extensions(der: bytes, at: int, stop: int) -> dict[bytes, Extension]:
    """Read the extensions, and check their values down to the leaves [5280 4.1]."""
    found: dict[bytes, Extension] = {}
    while at < stop:
        size = der[at + 1]
        begin = at + 2
        if size >= 0x80:
            begin, size = read.long_length(der, at)
        end = begin + size
        known = None
        if end <= stop and size <= _LONGEST and der[begin : begin + 5] not in _PERSONAL_STARTS:
            known = _shared_extension(der[at:end])
        identifier, extension = known or _extension(der, at, stop)
        if identifier in found:  # [5280 4.2]
            raise MalformedDer(WHAT, "an extension twice", at)
        found[identifier] = extension
        at = end
    return found


def _extension(data: bytes, at: int, stop: int) -> tuple[bytes, Extension]:
    """Read the extension at *at*; its value is one element, strict down to the leaves."""
    begin, end = read.enter(data, at, stop, 0x30)
    oid_start, oid_stop = read.enter(data, begin, end, 0x06)
    critical = data[oid_stop] == 0x01
    value_at = oid_stop
    if critical:
        value_at += 3
        if data[oid_stop:value_at] != b"\x01\x01\xff":  # [X.690 11.5]
            raise MalformedDer(WHAT, "a critical flag that is not TRUE", oid_stop)
    start, value_stop = read.enter(data, value_at, end, 0x04)
    if value_stop != end:
        raise MalformedDer(WHAT, "an extension of another shape", at)
    read.check(data, start, end)
    inner = read.header(data, start, end)[2]
    if inner != end:
        raise MalformedDer(WHAT, "octets after an extension's value", inner)
    return data[oid_start:oid_stop], Extension(critical, data[start:end])


@lru_cache(maxsize=_SHARED)
def _shared_extension(encoded: bytes) -> tuple[bytes, Extension] | None:
    """Read an extension that many certificates share; None if it is not strict."""
    try:
        return _extension(encoded, 0, len(encoded))
    except (MalformedDer, IndexError):
        return None


@lru_cache(maxsize=_SHARED)
def _is_strict_name(encoded: bytes) -> bool:
    try:
        check_name(encoded, *read.whole(encoded, 0x30))
    except MalformedDer:
        return False
    return True


@lru_cache(maxsize=_SHARED)
def _key_usage(value: bytes) -> int:
    start, stop = read.whole(value, 0x03)
    octets, _ = read.bits(value, start, stop)
    if not octets or len(octets) > 2 or octets[-1] == 0:  # [X.690 11.2.2] [5280 4.2.1.3]
        raise MalformedDer(WHAT, "a keyUsage without bits, or with too many", start)
    return octets[0]


@lru_cache(maxsize=_SHARED)
def _policies(value: bytes) -> frozenset[bytes]:
    start, stop = read.whole(value, 0x30)
    found = []
    while start < stop:
        begin, end = read.enter(value, start, stop, 0x30)
        first, last = read.enter(value, begin, end, 0x06)
        found.append(value[first:last])
        start = end
    policies = frozenset(found)
    if not found or len(policies) != len(found):  # [5280 4.2.1.4]
        raise MalformedDer(WHAT, "no policy, or one twice", 0)
    return policies
