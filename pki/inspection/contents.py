"""
What the extensions of a certificate hold.

Pure.  In the order of RFC 5280, section 4.2; what subjectAltName says of a holder is `holder`.
"""

from collections.abc import Callable
from functools import cache, lru_cache

from pki import oids
from pki.inspection.findings import Rule
from pki.inspection.names import (
    Attribute,
    judge_name,
    read_name,
    shown,
)
from pki.inspection.specimen import Specimen
from pki.inspection.table import CONFIRMED, ERROR, WARNING, rule
from pki.inspection.tree import (
    BIT_STRING,
    BOOLEAN,
    IA5,
    NULL,
    OCTET_STRING,
    OID,
    SEQUENCE,
    Node,
    dotted,
)
from pki.kinds import Kind, Naming
from pki.names import ATTRIBUTES, UNITS
from pki.naming import MODES
from pki.profiles import PROFILES

HOLDERS = ("sign", "auth")
MANY = 64  # of what should stand alone, and is not all shown

RULES: tuple[Rule, ...] = (
    rule(
        "crl-distribution-points-issuer",
        "cRLDistributionPoints",
        ERROR,
        HOLDERS,
        "[J 2.2] [J 3]",
        CONFIRMED,
        "the distribution point must be below the name of the issuing CA",
        "配布点は発行 CA の名前の下になければならない",
    ),
    rule(
        "crl-distribution-points-municipality",
        "cRLDistributionPoints",
        ERROR,
        HOLDERS,
        "[J 2.2] [J 3] [D 4]",
        CONFIRMED,
        "the distribution point must name a municipality of Japan",
        "配布点は日本の市区町村を示さなければならない",
    ),
    rule(
        "policy-agreement",
        "certificatePolicies",
        ERROR,
        HOLDERS,
        "[J 2.2] [J 3]",
        CONFIRMED,
        "policy, issuing CA and key usage must be those of one and the same kind",
        "ポリシー、発行 CA、鍵用途は同一の種別のものでなければならない",
    ),
    rule(
        "certificate-policies-qualifier",
        "certificatePolicies",
        ERROR,
        HOLDERS,
        "[5280 4.2.1.4] [J 2.2] [J 3]",
        CONFIRMED,
        "the policy must have one qualifier, an id-qt-cps with an http URI as IA5String",
        "ポリシーの修飾子は IA5String の http URI を持つ id-qt-cps 一つでなければならない",
    ),
    rule(
        "authority-info-access-host",
        "authorityInfoAccess",
        WARNING,
        ("auth",),
        "[J 3]",
        CONFIRMED,
        "the responder's address should be an http URI with a host",
        "レスポンダの所在はホスト名を持つ http URI であるのが望ましい",
    ),
)

USAGE_BITS = (  # in the order of the bits [5280 4.2.1.3]
    *("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment"),
    *("keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"),
)
_QT_CPS = oids.content(oids.QT_CPS)
_UNIT = oids.content(oids.ORGANIZATIONAL_UNIT_NAME)
_UNITS = {unit.encode(): kind for kind, unit in UNITS.items()}
_AD_OCSP = oids.content(oids.AD_OCSP)
_POLICIES = {oids.content(mode.policy(kind)): kind for mode in MODES.values() for kind in Kind}
POINT_UNIT = b"CRL Distribution Points"
_POINT_SHAPE = tuple(oids.content(ATTRIBUTES[word]) for word in ("C", "O", "OU", "OU", "OU", "CN"))
CN_TAIL = " CRLDP"


@lru_cache(maxsize=16)
def _words(kind: str, name: str) -> tuple[str, ...]:
    """Say what a profile has for a row of words; of keyUsage, extKeyUsage."""
    for row in PROFILES[kind].rows:
        if row.name == name and isinstance(row.content, tuple):
            return row.content
    return ()


@lru_cache(maxsize=256)
def usages(content: bytes) -> tuple[str, ...]:
    """Name the bits of a keyUsage."""
    return tuple(
        word
        for number, word in enumerate(USAGE_BITS)
        if len(content) > 1 + number // 8 and content[1 + number // 8] >> (7 - number % 8) & 1
    )


def key_usage(it: Specimen, node: Node) -> None:
    if node.tag != BIT_STRING:
        it.hit("key-usage-structure", node)
        return
    content = it.content(node)
    if content and content[0] < 8 and not content[-1] >> content[0] & 1 and len(content) > 1:
        it.hit("key-usage-der", node, flaw="named-bits")
    found, expected = usages(content), _words(it.kind, "keyUsage")
    if found != expected:
        it.hit("key-usage-value", node, ", ".join(found) or "–", ", ".join(expected))


def ext_key_usage(it: Specimen, node: Node) -> None:
    if node.tag != SEQUENCE or any(part.tag != OID for part in node.parts):
        it.hit("ext-key-usage-structure", node)
        return
    found = tuple(dotted(it.content(part)) for part in node.parts[:MANY])
    expected = _words(it.kind, "extKeyUsage")
    if found != expected:
        it.hit("ext-key-usage-value", node, ", ".join(found) or "–", ", ".join(expected))


def basic_constraints(it: Specimen, node: Node) -> None:
    if node.tag != SEQUENCE or any(part.tag not in (BOOLEAN, 2) for part in node.parts):
        it.hit("basic-constraints-structure", node)
        return
    parts = node.parts
    if parts and parts[0].tag == BOOLEAN and it.content(parts[0]) == b"\x00":
        it.hit("basic-constraints-der", parts[0], flaw="default")
    if [it.octets(part) for part in parts] != [b"\x01\x01\xff"]:
        it.hit("basic-constraints-value", node)


def no_check(it: Specimen, node: Node) -> None:
    if node.tag != NULL:
        it.hit("ocsp-no-check-structure", node)
    elif node.start != node.end:
        it.hit("ocsp-no-check-value", node)


def certificate_policies(it: Specimen, node: Node) -> None:
    infos = node.parts
    if (
        node.tag != SEQUENCE
        or not infos
        or any(i.tag != SEQUENCE or not i.parts or i.parts[0].tag != OID for i in infos)
    ):
        it.hit("certificate-policies-structure", node)
        return
    found = [it.content(info.parts[0]) for info in infos]
    expected = _policy(it.kind, it.mode.value) if it.mode else None
    if expected and found != [expected]:
        stated = ", ".join(map(dotted, found[:MANY]))
        it.hit("certificate-policies-value", node, stated, dotted(expected))
    _agreement(it, node, found)
    _qualifier(it, infos[0])


@cache
def _policy(kind: str, mode: str) -> bytes:
    return oids.content(MODES[Naming(mode)].policy(Kind(kind)))


def _agreement(it: Specimen, node: Node, policies: list[bytes]) -> None:
    said = [word.value for word in map(_POLICIES.get, policies) if word]
    unit = issuing_unit(it)
    if unit:
        said.append(unit.value)
    usage = it.inner(_KEY_USAGE)
    if usage is not None and usage.tag == BIT_STRING:
        signs = "nonRepudiation" in usages(it.content(usage))
        said.append("sign" if signs else "auth")
    if len(set(said)) > 1:
        it.hit("policy-agreement", node, " / ".join(said), it.kind)


def issuing_unit(it: Specimen) -> Kind | None:
    """Return which of the two CAs the issuer's name says, whatever kind this is taken for."""
    node = it.fields.get("issuer")
    for attribute in (read_name(it, node) if node else None) or ():
        if attribute.oid == _UNIT and attribute.value in _UNITS:
            return _UNITS[attribute.value]
    return None


def _qualifier(it: Specimen, info: Node) -> None:
    qualifiers = info.parts[1].parts if len(info.parts) == 2 else []
    pair = qualifiers[0].parts if len(qualifiers) == 1 else []
    if len(pair) != 2 or it.content(pair[0]) != _QT_CPS or pair[1].tag != IA5:
        it.hit("certificate-policies-qualifier", info)
        return
    uri = it.content(pair[1])
    expected = MODES[it.mode].cps_uri("…") if it.mode else None
    if expected and not fits_uri(uri, expected):
        it.hit("certificate-policies-value", pair[1], uri.decode(errors="replace"), expected)
    if not is_http(uri):
        it.hit("certificate-policies-qualifier", pair[1], uri.decode(errors="replace"))


def fits_uri(uri: bytes, expected: str) -> bool:
    """Tell whether a URI is the one expected, or ends like it where its base is a world's own."""
    if expected.startswith("…"):
        return uri.endswith(expected[1:].encode())
    return uri == expected.encode()


def is_http(uri: bytes) -> bool:
    scheme, colon, rest = uri.partition(b"://")
    return scheme in (b"http", b"https") and bool(colon and rest) and b" " not in uri


def directory_names(it: Specimen, node: Node) -> list[Node] | None:
    """Return the names in GeneralNames of directory names; None if it is anything else."""
    if node.tag != SEQUENCE or not node.parts:
        return None
    if any(part.tag != 0xA4 or len(part.parts) != 1 for part in node.parts):
        return None
    return [part.parts[0] for part in node.parts]


def japanese_name(slug: str) -> Callable[[Specimen, Node], None]:
    """Make the check of an extension that has the CA's Japanese name, and nothing else."""

    def check(it: Specimen, node: Node) -> None:
        names = directory_names(it, node)
        if names is None:
            it.hit(f"{slug}-structure", node)
        elif len(names) != 1:
            it.hit(f"{slug}-value", node)
        else:
            judge_name(it, slug, names[0], it.japanese)

    return check


def point_name(it: Specimen, node: Node) -> Node | None:
    """Return the name in a DistributionPointName of one directory name; else None."""
    if node.tag != 0xA0 or len(node.parts) != 1 or node.parts[0].tag != 0xA0:
        return None
    names = node.parts[0].parts
    if len(names) != 1 or names[0].tag != 0xA4 or len(names[0].parts) != 1:
        return None
    return names[0].parts[0]


def distribution_points(it: Specimen, node: Node) -> None:
    slug = "crl-distribution-points"
    points = node.parts
    if node.tag != SEQUENCE or not points or any(point.tag != SEQUENCE for point in points):
        it.hit(f"{slug}-structure", node)
        return
    parts = points[0].parts
    name = point_name(it, parts[0]) if parts else None
    if len(points) != 1 or len(parts) != 1 or name is None:
        it.hit(f"{slug}-value", node)
    if name is None:
        return
    if it.kind == "ca":
        judge_name(it, slug, name, it.dn)
        return
    read = judge_name(it, slug, name, None)
    if read is not None:
        judge_point(it, slug, name, read)


def judge_point(it: Specimen, slug: str, node: Node, name: tuple[Attribute, ...]) -> None:
    """Judge the point of a municipality: below the CA, six RDNs, a place that exists."""
    where = municipality(name)
    if where is None:
        it.hit(f"{slug}-value", node, shown(name))
        return
    if it.dn is not None and [a.value for a in name[:3]] != [a.value for a in it.dn[:3]]:
        it.hit(f"{slug}-issuer", node, shown(name[:3]), shown(it.dn[:3]))
    if tuple(a.oid for a in name) != _POINT_SHAPE or name[3].value != POINT_UNIT:
        it.hit(f"{slug}-value", node, shown(name), "C, O, OU, OU=CRL Distribution Points, OU, CN")
    places = it.context.places
    if places is not None and not places(*where):
        it.hit(f"{slug}-municipality", node, shown(name))


def municipality(name: tuple[Attribute, ...]) -> tuple[str, str] | None:
    """Read prefecture and municipality off a point of six RDNs."""
    if len(name) != 6:
        return None
    prefecture, place = (a.value.decode(errors="replace") for a in name[4:])
    return (prefecture, place.removesuffix(CN_TAIL)) if place.endswith(CN_TAIL) else None


def authority_info_access(it: Specimen, node: Node) -> None:
    slug = "authority-info-access"
    entries = node.parts
    if (
        node.tag != SEQUENCE
        or not entries
        or any(e.tag != SEQUENCE or len(e.parts) != 2 or e.parts[0].tag != OID for e in entries)
    ):
        it.hit(f"{slug}-structure", node)
        return
    method, location = entries[0].parts
    if len(entries) != 1 or it.content(method) != _AD_OCSP or location.tag != 0x86:
        it.hit(f"{slug}-value", node)
        return
    uri = it.content(location)
    expected = MODES[it.mode].ocsp_uri("…") if it.mode else None
    if expected and not fits_uri(uri, expected):
        it.hit(f"{slug}-value", location, uri.decode(errors="replace"), expected)
    if not is_http(uri):
        it.hit(f"{slug}-host", location, uri.decode(errors="replace"))


def authority_key_identifier(it: Specimen, node: Node) -> None:
    """Judge all three parts [J 2.2]; the key itself is the business of `chain`."""
    slug = "authority-key-identifier"
    parts = node.parts
    if node.tag != SEQUENCE or any(part.tag not in (0x80, 0xA1, 0x82) for part in parts):
        it.hit(f"{slug}-structure", node)
        return
    if [part.tag for part in parts] != [0x80, 0xA1, 0x82] or parts[0].end - parts[0].start != 20:
        it.hit(f"{slug}-value", node)
    for part in parts:
        if part.tag == 0xA1:
            names = part.parts
            if len(names) != 1 or names[0].tag != 0xA4 or len(names[0].parts) != 1:
                it.hit(f"{slug}-structure", part)
                continue
            judge_name(it, slug, names[0].parts[0], it.dn)
        elif part.tag == 0x82 and not it.content(part):
            it.hit(f"{slug}-value", part)


def subject_key_identifier(it: Specimen, node: Node, own: bytes | None) -> None:
    if node.tag != OCTET_STRING:
        it.hit("subject-key-identifier-structure", node)
    elif own is not None and it.content(node) != own:
        it.hit("subject-key-identifier-value", node, it.content(node)[:32].hex(), own.hex())


_KEY_USAGE = oids.content(oids.KEY_USAGE)
CHECKS: dict[str, Callable[[Specimen, Node], None]] = {
    oids.KEY_USAGE: key_usage,
    oids.EXT_KEY_USAGE: ext_key_usage,
    oids.BASIC_CONSTRAINTS: basic_constraints,
    oids.OCSP_NOCHECK: no_check,
    oids.CERTIFICATE_POLICIES: certificate_policies,
    oids.ISSUER_ALT_NAME: japanese_name("issuer-alt-name"),
    oids.CRL_DISTRIBUTION_POINTS: distribution_points,
    oids.AUTHORITY_INFO_ACCESS: authority_info_access,
    oids.AUTHORITY_KEY_IDENTIFIER: authority_key_identifier,
}
