"""
The basic fields of a certificate, from version to subjectPublicKeyInfo.

Pure.  In the order of RFC 5280, section 4.1.2.
"""

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha1

from pki import oids
from pki.inspection.findings import Rule
from pki.inspection.moments import day_in_japan, is_time, of_right_type, read_time, shown, years_on
from pki.inspection.names import Attribute, expected_name, judge_name, read_name
from pki.inspection.names import shown as name_shown
from pki.inspection.specimen import Specimen
from pki.inspection.table import CONFIRMED, ERROR, INFERRED, NOTE, rule
from pki.inspection.tree import BIT_STRING, INTEGER, OID, SEQUENCE, Node, dotted
from pki.kinds import Algorithm, Kind, Naming
from pki.names import UNITS, ca_japanese_name, ca_name
from pki.naming import MODES
from pki.validity import TERMS

CERTIFICATES = ("ca", "sign", "auth", "ocsp", "tsa")
HOLDERS = ("sign", "auth")
SERVICES = ("ocsp", "tsa")
MAX_SERIAL = 20  # octets [5280 4.1.2.2]
SEEN_SERIAL = 4  # octets, the longest that JPKI is known to have [J 2.1]
ONE_DAY = timedelta(days=1)
SERVICE_LIFETIME = timedelta(days=366)  # one year, ours [J 6]

RULES: tuple[Rule, ...] = (
    rule(
        "serial-number-seen",
        "serialNumber",
        NOTE,
        CERTIFICATES,
        "[J 2.1]",
        INFERRED,
        f"serial numbers of JPKI have had {SEEN_SERIAL} octets at most so far",
        f"これまでの JPKI のシリアル番号は {SEEN_SERIAL} オクテット以下である",
    ),
    rule(
        "validity-time-type",
        "validity",
        ERROR,
        CERTIFICATES,
        "[5280 4.1.2.5]",
        CONFIRMED,
        "a time must be a UTCTime through 2049, and a GeneralizedTime from 2050 on",
        "時刻は 2049 年までは UTCTime、2050 年からは GeneralizedTime でなければならない",
    ),
    rule(
        "validity-calendar",
        "validity",
        ERROR,
        CERTIFICATES,
        "[5280 4.1.2.5]",
        CONFIRMED,
        "a time must be on the calendar, with seconds, ending in Z",
        "時刻は暦にあり、秒まで書かれ、Z で終わらなければならない",
    ),
    rule(
        "validity-last-second",
        "validity",
        ERROR,
        ("ca", *HOLDERS),
        "[J 2.1] [J 1.1]",
        CONFIRMED,
        "notAfter must be 23:59:59 JST, that is 14:59:59Z",
        "notAfter は日本時間 23:59:59 すなわち 14:59:59Z でなければならない",
    ),
    rule(
        "validity-length",
        "validity",
        ERROR,
        CERTIFICATES,
        "[J 1.1] [J 10.2]",
        CONFIRMED,
        "the certificate must not last longer than its kind does, nor end before it begins",
        "有効期間は証明書の種類の上限を超えてはならず、始期が終期より後であってはならない",
    ),
    rule(
        "subject-public-key-info-generation",
        "subjectPublicKeyInfo",
        ERROR,
        CERTIFICATES,
        "[J 2.1] [D 2]",
        INFERRED,
        "the key must be of the same algorithm generation as the signature",
        "公開鍵は署名と同じアルゴリズム世代でなければならない",
    ),
)

# Of the curve y^2 = x^3 - 3x + b over the integers modulo p (FIPS 186-4, D.1.2.4).
P384_P = 2**384 - 2**128 - 2**96 + 2**32 - 1
P384_B = int(
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
    "c656398d8a2ed19d2a85c8edd3ec2aef",
    16,
)
_ALGORITHMS = {
    (oids.content(oids.SHA256_WITH_RSA), b"\x05\x00"): Algorithm.RSA2048,
    (oids.content(oids.ECDSA_WITH_SHA384), b""): Algorithm.P384,
}
_KEYS = {
    (oids.content(oids.RSA_ENCRYPTION), b"\x05\x00"): Algorithm.RSA2048,
    (
        oids.content(oids.EC_PUBLIC_KEY),
        b"\x06" + bytes((len(oids.content(oids.SECP384R1)),)) + oids.content(oids.SECP384R1),
    ): Algorithm.P384,
}
_ORGANIZATIONS = {mode.organization.encode(): naming for naming, mode in MODES.items()}
_UNITS = {unit.encode(): kind for kind, unit in UNITS.items()}
_ORGANIZATION = oids.content(oids.ORGANIZATION_NAME)
_UNIT = oids.content(oids.ORGANIZATIONAL_UNIT_NAME)


def algorithm_identifier(it: Specimen, node: Node) -> tuple[bytes, bytes] | None:
    """Read an AlgorithmIdentifier: its OID's content, its parameters as they stand."""
    parts = node.parts
    if node.tag != SEQUENCE or not 1 <= len(parts) <= 2 or parts[0].tag != OID:
        return None
    data = it.tree.data
    return data[parts[0].start : parts[0].end], data[parts[0].end : node.end]


def place(it: Specimen, node: Node | None) -> None:
    """Read off the issuer's name which naming mode, and which of the two CAs, this is."""
    name = read_name(it, node) if node else None
    for attribute in name or ():
        if attribute.oid == _ORGANIZATION:
            it.mode = it.mode or _ORGANIZATIONS.get(attribute.value)
        elif attribute.oid == _UNIT:
            it.ca = it.ca or _UNITS.get(attribute.value)
    if it.kind in HOLDERS:
        it.ca = Kind(it.kind)
    if it.ca and it.mode:
        it.dn, it.japanese = _expected(it.ca.value, it.mode.value)


@cache
def _expected(ca: str, mode: str) -> tuple[tuple[Attribute, ...], tuple[Attribute, ...]]:
    """Say how both names of a CA must be read; by words, for an enum takes long to hash."""
    kind, naming = Kind(ca), Naming(mode)
    return expected_name(ca_name(kind, naming)), expected_name(ca_japanese_name(kind, naming))


def version(it: Specimen, node: Node) -> None:
    if node.tag != 0xA0 or len(node.parts) != 1 or node.parts[0].tag != INTEGER:
        it.hit("version-structure", node)
    elif it.content(node.parts[0]) != b"\x02":
        it.hit("version-value", node, f"v{it.content(node.parts[0])[-1] + 1}", "v3")


def serial_number(it: Specimen, node: Node) -> None:
    content = it.content(node)
    if node.tag != INTEGER:
        it.hit("serial-number-structure", node)
    elif not content or content[0] >= 0x80 or not any(content) or len(content) > MAX_SERIAL:
        it.hit("serial-number-value", node, f"0x{content.hex()}", "0x01…")
    elif len(content) > SEEN_SERIAL:
        it.hit("serial-number-seen", node, f"0x{content.hex()}")


def signature(it: Specimen, node: Node) -> Algorithm | None:
    identifier = algorithm_identifier(it, node)
    if identifier is None:
        it.hit("signature-structure", node)
        return None
    algorithm = _ALGORITHMS.get(identifier)
    if algorithm is None:
        it.hit("signature-value", node, dotted(identifier[0]))
    return algorithm


def issuer(it: Specimen, node: Node) -> None:
    name = judge_name(it, "issuer", node, it.dn)
    if it.dn is None and name is not None:
        it.hit("issuer-value", node, name_shown(name))


def validity(
    it: Specimen, node: Node, algorithm: Algorithm | None
) -> tuple[datetime, datetime] | None:
    if node.tag != SEQUENCE or len(node.parts) != 2 or not all(map(is_time, node.parts)):
        it.hit("validity-structure", node)
        return None
    moments = []
    for part in node.parts:
        moment = read_time(it, part)
        if moment is None:
            it.hit("validity-calendar", part, it.content(part).decode(errors="replace"))
            continue
        if not of_right_type(part, moment):
            it.hit("validity-time-type", part, shown(moment))
        moments.append(moment)
    if len(moments) != 2:
        return None
    begin, end = moments
    it.days = begin, end
    if it.kind not in SERVICES and (end.hour, end.minute, end.second) != (14, 59, 59):
        it.hit("validity-last-second", node.parts[1], shown(end), "…T14:59:59Z")
    _length(it, node, begin, end, algorithm)
    return begin, end


def _length(
    it: Specimen, node: Node, begin: datetime, end: datetime, algorithm: Algorithm | None
) -> None:
    if end < begin:
        it.hit("validity-length", node, f"{shown(begin)} – {shown(end)}")
        return
    if it.kind == "ocsp":
        if end - begin > SERVICE_LIFETIME:
            it.hit("validity-length", node, shown(end), f"≤ {shown(begin + SERVICE_LIFETIME)}")
        return
    terms = TERMS[algorithm or Algorithm.RSA2048]
    first, last = day_in_japan(begin), day_in_japan(end)
    if it.kind == "tsa":  # from the first use to the issuer's own end, at most all of its life
        latest = years_on(first, terms.ca)
        if last > latest:
            it.hit("validity-length", node, shown(end), f"≤ {latest.isoformat()}")
        return
    if it.kind == "ca":
        same = years_on(first, terms.ca)
        due = same - ONE_DAY if same.day == first.day else same
        if last != due:
            it.hit("validity-length", node.parts[1], last.isoformat(), due.isoformat())
        return
    longest = max(terms.first, terms.renewed)
    latest = years_on(first, longest, terms.months_more)
    if last > latest:
        it.hit("validity-length", node.parts[1], last.isoformat(), f"≤ {latest.isoformat()}")


def public_key(it: Specimen, node: Node, algorithm: Algorithm | None) -> bytes | None:
    """Judge the key; return its SHA-1 identifier where it can be read."""
    parts = node.parts
    if node.tag != SEQUENCE or len(parts) != 2 or parts[1].tag != BIT_STRING:
        it.hit("subject-public-key-info-structure", node)
        return None
    identifier = algorithm_identifier(it, parts[0])
    if identifier is None:
        it.hit("subject-public-key-info-structure", parts[0])
        return None
    bits = it.content(parts[1])[1:]
    found = _KEYS.get(identifier)
    if found is None:
        it.hit("subject-public-key-info-value", parts[0], dotted(identifier[0]))
    elif found is Algorithm.RSA2048:
        _rsa(it, parts[1])
    elif not on_curve(bits):
        it.hit("subject-public-key-info-value", parts[1])
    if found and algorithm and found is not algorithm:
        it.hit("subject-public-key-info-generation", node, found.value, algorithm.value)
    return sha1(bits, usedforsecurity=False).digest()


def on_curve(bits: bytes) -> bool:
    """Tell whether octets are an uncompressed point of P-384 [5480 2.2]."""
    if len(bits) != 97 or bits[0] != 4:
        return False
    x, y = int.from_bytes(bits[1:49], "big"), int.from_bytes(bits[49:], "big")
    return x < P384_P and y < P384_P and (y * y - x * x * x + 3 * x - P384_B) % P384_P == 0


def _rsa(it: Specimen, node: Node) -> None:
    start = node.start + 1
    if it.tree.data[node.start : start] != b"\x00":
        it.hit("subject-public-key-info-structure", node)
        return
    read = it.tree.read(start, node.end, 4)
    numbers = read[0].parts if len(read) == 1 and read[0].tag == SEQUENCE else []
    if len(numbers) != 2 or numbers[0].tag != INTEGER or numbers[1].tag != INTEGER:
        it.hit("subject-public-key-info-structure", node)
        return
    modulus, exponent = map(it.content, numbers)
    # 257 octets: a zero, then 2048 bits of which the first is one, and an odd number.
    if len(modulus) != 257 or modulus[0] or modulus[1] < 0x80 or not modulus[-1] & 1:
        bits = int.from_bytes(modulus, "big").bit_length()
        it.hit("subject-public-key-info-value", numbers[0], f"{bits} bit", "2048 bit")
    if exponent != b"\x01\x00\x01":
        number = int.from_bytes(exponent[:16], "big")
        it.hit("subject-public-key-info-value", numbers[1], f"e = {number}", "e = 65537")
