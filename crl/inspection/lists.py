"""
Inspect revocation lists: fields, entries, extensions, and the issuer behind them.

Pure.  In the order of RFC 5280, section 5.1.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from crl.entries import LIFETIME
from crl.shapes import SHAPES
from pki import oids
from pki.inspection import basics, chain, contents
from pki.inspection.certificate import judge_value
from pki.inspection.moments import is_time, of_right_type, read_time, shown
from pki.inspection.names import judge_name
from pki.inspection.rows import judge_extensions
from pki.inspection.specimen import Specimen, align
from pki.inspection.tree import ENUMERATED, INTEGER, OCTET_STRING, OID, SEQUENCE, Node
from pki.kinds import Algorithm

PROFILES = {shape.value: profile for shape, profile in SHAPES.items()}
WANTED = (
    *("version", "signature", "issuer", "thisUpdate", "nextUpdate", "revokedCertificates"),
    "extensions",
)
_FITS: Mapping[str, Callable[[Node], bool]] = {
    "version": lambda node: node.tag == INTEGER,
    "signature": lambda node: (
        node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag == OID
    ),
    "issuer": lambda node: node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag == 0x31,
    "thisUpdate": is_time,
    "nextUpdate": is_time,
    "revokedCertificates": lambda node: (
        node.tag == SEQUENCE and (not node.parts or node.parts[0].tag == SEQUENCE)
    ),
    "extensions": lambda node: node.tag == 0xA0,
}
_AKI = oids.content(oids.AUTHORITY_KEY_IDENTIFIER)
_NUMBER = oids.content(oids.CRL_NUMBER)
_IDP = oids.content(oids.ISSUING_DISTRIBUTION_POINT)
_REASON = oids.content(oids.REASON_CODE)
_SLUGS = {
    "version": "version",
    "signature": "signature",
    "issuer": "issuer",
    "thisUpdate": "this-update",
    "nextUpdate": "next-update",
    "revokedCertificates": "revoked-certificates",
    "extensions": "extensions",
}


def judge_list(it: Specimen, top: list[Node]) -> None:
    """Judge a whole list."""
    whole = top[0] if top else None
    if len(top) != 1 or whole is None or whole.tag != SEQUENCE or len(whole.parts) != 3:
        it.hit("list-structure", whole)
        if whole is None or not whole.parts or whole.parts[0].tag != SEQUENCE:
            return
    tbs = whole.parts[0]
    it.fields["tbsCertificate"] = tbs
    algorithm = _judge_tbs(it, tbs)
    if len(whole.parts) != 3:
        return
    it.fields["signatureAlgorithm"], it.fields["signatureValue"] = whole.parts[1:]
    inner = it.fields.get("signature")
    if inner is None or it.octets(whole.parts[1]) != it.octets(inner):
        it.hit("signature-algorithm-value", whole.parts[1])
    judge_value(it, whole.parts[2], algorithm)
    if it.context.authority is not None:
        chain.judge_signature(it, algorithm, it.context.authority.spki)


def _judge_tbs(it: Specimen, tbs: Node) -> Algorithm | None:
    wanted: tuple[str, ...] = WANTED
    parts = tbs.parts
    if len(parts) == len(WANTED) and parts[5].tag in (SEQUENCE, 0x31):
        pass  # whatever stands where the entries should
    elif not any(n.tag == SEQUENCE and _holds_entries(n) for n in parts[3:]):
        wanted = tuple(name for name in WANTED if name != "revokedCertificates")
    found, absent, twice = align(it.tree.data, tbs.parts, wanted, _FITS)
    it.fields.update(found)
    for name in absent:
        if name != "revokedCertificates":
            it.hit(f"{_SLUGS[name]}-presence", tbs)
    for name, node in twice:
        it.hit(f"{_SLUGS[name]}-once", node)
    basics.place(it, found.get("issuer"))
    listed = found.get("extensions")
    if listed is not None:
        if listed.tag == 0xA0 and len(listed.parts) == 1 and listed.parts[0].tag == SEQUENCE:
            judge_extensions(it, PROFILES[it.kind], listed.parts[0])
        else:
            it.hit("extensions-structure", listed)
    return _judge_fields(it, found)


def _holds_entries(node: Node) -> bool:
    return not node.parts or node.parts[0].tag == SEQUENCE


def _judge_fields(it: Specimen, found: Mapping[str, Node]) -> Algorithm | None:
    algorithm = None
    if (node := found.get("version")) is not None:
        if node.tag != INTEGER:
            it.hit("version-structure", node)
        elif it.content(node) != b"\x01":
            it.hit("version-value", node, f"v{it.content(node)[-1] + 1}", "v2")
    if (node := found.get("signature")) is not None:
        algorithm = basics.signature(it, node)
    if (node := found.get("issuer")) is not None:
        basics.issuer(it, node)
        authority = it.context.authority
        if authority is not None and it.octets(node) != authority.name:
            it.hit("issuer-chain", node)
    this = _moment(it, found.get("thisUpdate"), "this-update")
    following = _moment(it, found.get("nextUpdate"), "next-update")
    if this and following:
        if following <= this:
            it.hit("this-update-order", found["thisUpdate"], shown(this), f"< {shown(following)}")
        elif following - this != LIFETIME:
            it.hit(
                "next-update-value", found["nextUpdate"], shown(following), shown(this + LIFETIME)
            )
    if (node := found.get("revokedCertificates")) is not None:
        _entries(it, node, this)
    for extension in it.extensions:
        if extension.inner is not None:
            check = _CHECKS.get(extension.oid)
            if check is not None and extension is it.named[extension.oid]:
                check(it, extension.inner)
    return algorithm


def _moment(it: Specimen, node: Node | None, slug: str) -> datetime | None:
    if node is None:
        return None
    if not is_time(node):
        it.hit(f"{slug}-structure", node)
        return None
    moment = read_time(it, node)
    if moment is None:
        it.hit(f"{slug}-calendar", node, it.content(node).decode(errors="replace"))
    elif not of_right_type(node, moment):
        it.hit(f"{slug}-time-type", node, shown(moment))
    return moment


def _entries(it: Specimen, node: Node, this: datetime | None) -> None:
    """Judge every entry, and the serials of all of them."""
    slug = "revoked-certificates"
    if node.tag != SEQUENCE or not node.parts:  # absent, never empty [5280 5.1.2.6]
        it.hit(f"{slug}-structure", node)
        return
    serials = set()
    before = -1
    for entry in node.parts:
        parts = entry.parts
        if (
            entry.tag != SEQUENCE
            or not 2 <= len(parts) <= 3
            or parts[0].tag != INTEGER
            or not is_time(parts[1])
            or (len(parts) == 3 and (parts[2].tag != SEQUENCE or not parts[2].parts))
        ):
            it.hit(f"{slug}-structure", entry)
            continue
        content = it.content(parts[0])
        serial = int.from_bytes(content, "big", signed=True)
        if serial <= 0 or len(content) > basics.MAX_SERIAL:
            it.hit(f"{slug}-value", parts[0], f"0x{content[:32].hex()}")
        if serial in serials:
            it.hit(f"{slug}-once", entry, f"0x{content[:32].hex()}")
        elif serial < before:
            it.hit(f"{slug}-order", entry, f"0x{content[:32].hex()}")
        serials.add(serial)
        before = serial
        since = read_time(it, parts[1])
        if since is None or not of_right_type(parts[1], since) or (this and since > this):
            it.hit(f"{slug}-date", parts[1], it.content(parts[1]).decode(errors="replace"))
        if len(parts) == 3:
            _reason(it, parts[2])


def _reason(it: Specimen, listed: Node) -> None:
    for node in listed.parts:
        parts = node.parts
        if it.tree.flaws:
            it.spread(node, "reason-code")
        if node.tag != SEQUENCE or not 2 <= len(parts) <= 3 or parts[0].tag != OID:
            it.hit("reason-code-structure", node)
            continue
        if it.content(parts[0]) != _REASON or node is not listed.parts[0]:
            it.hit("revoked-certificates-extensions", node)
            continue
        if len(parts) == 3:
            critical = it.content(parts[1]) != b"\x00"
            it.hit("reason-code-critical" if critical else "reason-code-flag", parts[1])
        seen = len(it.tree.flaws)
        _code(it, parts[-1])
        if len(it.tree.flaws) > seen:
            it.spread(node, "reason-code")


def _code(it: Specimen, value: Node) -> None:
    read = it.tree.read(value.start, value.end, 8) if value.tag == OCTET_STRING else []
    if len(read) != 1 or read[0].tag != ENUMERATED:
        it.hit("reason-code-structure", value)
        return
    code = it.content(read[0])
    if code == b"\x00":
        it.hit("reason-code-unspecified", value)
    elif code == b"\x08":
        it.hit("reason-code-lifted", value)
    elif not code or len(code) > 1 or code[0] > 6:  # those that JPKI uses [J 7]
        it.hit("reason-code-value", value, code[:4].hex(), "1 – 6")


def authority_key_identifier(it: Specimen, node: Node) -> None:
    """Judge keyIdentifier, which stands alone."""
    slug = "authority-key-identifier"
    if node.tag != SEQUENCE or any(part.tag not in (0x80, 0xA1, 0x82) for part in node.parts):
        it.hit(f"{slug}-structure", node)
        return
    authority = it.context.authority
    parts = node.parts
    if [part.tag for part in parts] != [0x80] or parts[0].end - parts[0].start != 20:
        it.hit(f"{slug}-value", node)
    elif authority is not None and it.content(parts[0]) != authority.key_identifier:
        stated, due = it.content(parts[0]).hex(), authority.key_identifier.hex()
        it.hit(f"{slug}-value", parts[0], stated, due)


def crl_number(it: Specimen, node: Node) -> None:
    content = it.content(node)
    if node.tag != INTEGER:
        it.hit("crl-number-structure", node)
    elif not content or content[0] >= 0x80 or not any(content) or len(content) > 20:
        it.hit("crl-number-value", node, f"0x{content[:32].hex()}", "≥ 1")


def issuing_distribution_point(it: Specimen, node: Node) -> None:
    slug = "issuing-distribution-point"
    if it.kind == "full":
        return
    if node.tag != SEQUENCE or not node.parts:
        it.hit(f"{slug}-structure", node)
        return
    name = contents.point_name(it, node.parts[0])
    rest = [it.octets(part) for part in node.parts[1:]]
    for part in node.parts[1:]:
        if part.tag in (0x81, 0x82, 0x84, 0x85) and it.content(part) == b"\x00":
            it.hit(f"{slug}-der", part, flaw="default")
    expected = [b"\x82\x01\xff"] if it.kind == "authorities" else []
    if name is None or rest != expected:
        it.hit(f"{slug}-value", node)
    if name is None:
        return
    if it.kind == "authorities":
        judge_name(it, slug, name, it.dn)
        return
    read = judge_name(it, slug, name, None)
    if read is not None:
        contents.judge_point(it, slug, name, read)


_CHECKS: dict[bytes, Callable[[Specimen, Node], None]] = {
    _AKI: authority_key_identifier,
    _NUMBER: crl_number,
    _IDP: issuing_distribution_point,
}


def recognise_list(it: Specimen, tbs: Node) -> str:
    """Tell which shape a list has by its issuingDistributionPoint."""
    for node in tbs.parts:
        if node.tag == 0xA0 and node.parts:
            it.take_extensions(node.parts[0])
    point = it.inner(_IDP)
    if point is None and _IDP not in it.named:
        return "full"
    only_ca = point is not None and any(part.tag == 0x82 for part in point.parts)
    return "authorities" if only_ca else "municipal"
