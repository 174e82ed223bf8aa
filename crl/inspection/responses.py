"""
Inspect OCSP responses.

Pure.  In the order of RFC 6960, section 4.2.1.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha1

from crl.ocsp.shape import NONCE
from pki import oids
from pki.inspection import basics
from pki.inspection.certificate import judge_value
from pki.inspection.chain import judge_signature, read_authority
from pki.inspection.moments import read_time, shown
from pki.inspection.specimen import Specimen, align
from pki.inspection.table import slug
from pki.inspection.tree import (
    BIT_STRING,
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    Node,
    dotted,
)
from pki.kinds import Algorithm

REFRESH = timedelta(minutes=15)  # [J 6]
MAX_NONCE = 128  # octets, RFC 9654
_BASIC = oids.content("1.3.6.1.5.5.7.48.1.1")
_NONCE = oids.content(NONCE)
_SHA1 = (oids.content("1.3.14.3.2.26"), b"\x05\x00")
_HASH = 20  # octets of SHA-1
_OPTIONAL = {"responseBytes", "nextUpdate"}
_FITS: Mapping[str, Callable[[Node], bool]] = {
    "responseStatus": lambda node: node.tag == ENUMERATED,
    "responseBytes": lambda node: node.tag == 0xA0,
    "responseType": lambda node: node.tag == OID,
    "response": lambda node: node.tag == OCTET_STRING,
    "tbsCertificate": lambda node: (
        node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag != OID
    ),
    "signatureAlgorithm": lambda node: (
        node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag == OID
    ),
    "signatureValue": lambda node: node.tag == BIT_STRING,
    "certs": lambda node: node.tag == 0xA0,
    "responderID": lambda node: node.tag in (0xA1, 0xA2),
    "producedAt": lambda node: node.tag == GENERALIZED_TIME,
    "responses": lambda node: node.tag == SEQUENCE,
    "responseExtensions": lambda node: node.tag == 0xA1,
    "certID": lambda node: node.tag == SEQUENCE,
    "certStatus": lambda node: node.tag in (0x80, 0xA1, 0x82),
    "singleUpdate": lambda node: node.tag == GENERALIZED_TIME,
    "nextUpdate": lambda node: node.tag == 0xA0,
}


def judge_response(it: Specimen, top: list[Node]) -> None:
    """Judge a response; of one that is not successful there is nothing but the status."""
    whole = top[0] if top else None
    if len(top) != 1 or whole is None or whole.tag != SEQUENCE or not whole.parts:
        it.hit("response-structure", whole)
        return
    found = _aligned(it, whole, whole.parts, ("responseStatus", "responseBytes"))
    answer = found.pop("responseBytes", None)
    it.fields.update(found)
    if (status := found.get("responseStatus")) is not None:
        _code(it, status, answered=answer is not None)
    if answer is not None:
        _bytes(it, answer)


def _aligned(
    it: Specimen, whole: Node, nodes: list[Node], wanted: tuple[str, ...]
) -> dict[str, Node]:
    """Tell fields by their places and shapes; what is absent or stands twice is a finding."""
    found, absent, twice = align(it.tree.data, nodes, wanted, _FITS)
    for name in absent:
        if name not in _OPTIONAL:
            it.hit(_id(it, name, "presence"), whole)
    for name, node in twice:
        it.hit(_id(it, name, "once"), node)
    return found


def _id(it: Specimen, name: str, broken: str) -> str:
    id = f"{slug(name)}-{broken}"
    return id if id in it.rules else "response-structure"


def _code(it: Specimen, status: Node, *, answered: bool) -> None:
    code = it.content(status)
    if status.tag != ENUMERATED:
        it.hit("response-status-structure", status)
    elif code not in (b"\x00", b"\x01", b"\x02", b"\x03", b"\x05", b"\x06"):
        it.hit("response-status-value", status, code[:4].hex())
    elif (code == b"\x00") is not answered:
        it.hit("response-status-value", status, code.hex())


def _bytes(it: Specimen, node: Node) -> None:
    pair = node.parts[0].parts if node.tag == 0xA0 and len(node.parts) == 1 else []
    found = _aligned(it, node, pair, ("responseType", "response"))
    kind, octets = found.get("responseType"), found.get("response")
    if kind is not None:
        it.fields["responseType"] = kind
        if kind.tag != OID:
            it.hit("response-type-structure", kind)
        elif it.content(kind) != _BASIC:
            it.hit("response-type-value", kind, dotted(it.content(kind)))
            return
    if octets is not None and octets.tag == OCTET_STRING:
        _basic(it, octets)


def _basic(it: Specimen, octets: Node) -> None:
    read = it.tree.read(octets.start, octets.end, 4)
    parts = read[0].parts if len(read) == 1 and read[0].tag == SEQUENCE else []
    if not parts or parts[0].tag != SEQUENCE:
        it.hit("response-structure", octets)
        return
    wanted = ("tbsCertificate", "signatureAlgorithm", "signatureValue", "certs")
    found = _aligned(it, read[0], parts, wanted[: 4 if parts[-1].tag == 0xA0 else 3])
    certs = found.pop("certs", None)
    it.fields.update(found)
    algorithm = None
    if (node := found.get("signatureAlgorithm")) is not None:
        algorithm = _algorithm(it, node)
    if (node := found.get("signatureValue")) is not None:
        judge_value(it, node, algorithm)
    own = _enclosed(it, certs) if certs is not None else None
    if (node := found.get("tbsCertificate")) is not None:
        _tbs(it, node, own)
    _signed(it, algorithm, own)


def _algorithm(it: Specimen, node: Node) -> Algorithm | None:
    identifier = basics.algorithm_identifier(it, node)
    if identifier is None:
        it.hit("signature-algorithm-structure", node)
        return None
    algorithm = basics._ALGORITHMS.get(identifier)
    if algorithm is None:
        it.hit("signature-algorithm-value", node, dotted(identifier[0]))
    return algorithm


def _enclosed(it: Specimen, node: Node) -> bytes | None:
    """Return the first certificate that is enclosed."""
    listed = node.parts[0].parts if node.tag == 0xA0 and len(node.parts) == 1 else []
    if not listed:
        it.hit("response-structure", node)
        return None
    it.fields["certs"] = node.parts[0]
    return it.octets(listed[0])


def _signed(it: Specimen, algorithm: Algorithm | None, own: bytes | None) -> None:
    responder = read_authority(own) if own else None
    if responder is not None:
        judge_signature(it, algorithm, responder.spki)
    elif it.context.authority is not None:
        judge_signature(it, algorithm, it.context.authority.spki)


def _tbs(it: Specimen, tbs: Node, own: bytes | None) -> None:
    parts = list(tbs.parts)
    if parts and parts[0].tag == 0xA0:
        it.hit("response-version", parts.pop(0))
    wanted = ("responderID", "producedAt", "responses", "responseExtensions")
    extended = len(parts) > 1 and parts[-1].tag == 0xA1
    found = _aligned(it, tbs, parts, wanted if extended else wanted[:3])
    listed, extensions = found.pop("responses", None), found.pop("responseExtensions", None)
    it.fields.update(found)
    if (node := found.get("responderID")) is not None:
        _responder(it, node, own)
    produced = None
    if (node := found.get("producedAt")) is not None:
        produced = _moment(it, node)
        if node.tag != GENERALIZED_TIME:
            it.hit("produced-at-structure", node)
        elif produced is None:
            it.hit("produced-at-value", node, it.content(node).decode(errors="replace"))
    if listed is not None and (listed.tag != SEQUENCE or not listed.parts):
        it.hit("single-structure", listed)
    for single in listed.parts if listed else ():
        _single(it, single, produced)
    if extensions is not None:
        _extensions(it, extensions)


def _responder(it: Specimen, node: Node, own: bytes | None) -> None:
    if node.tag == 0xA1:
        it.hit("responder-id-value", node)
        return
    hashes = node.parts
    if node.tag != 0xA2 or len(hashes) != 1 or hashes[0].tag != OCTET_STRING:
        it.hit("responder-id-structure", node)
        return
    stated = it.content(hashes[0])
    if len(stated) != _HASH:
        it.hit("responder-id-value", node, f"{len(stated)} octets")
        return
    responder = read_authority(own) if own else it.context.authority
    if responder is not None and stated != responder.key_identifier:
        it.hit("responder-id-chain", node, stated.hex(), responder.key_identifier.hex())


def _moment(it: Specimen, node: Node) -> datetime | None:
    return read_time(it, node) if node.tag == GENERALIZED_TIME else None


def _single(it: Specimen, node: Node, produced: datetime | None) -> None:
    if node.tag != SEQUENCE or not node.parts:
        it.hit("single-structure", node)
        return
    wanted = ("certID", "certStatus", "singleUpdate", "nextUpdate")
    found = _aligned(it, node, node.parts, wanted)
    for name in wanted[:3]:
        if name in found:
            it.fields.setdefault(name, found[name])
    if "certID" in found:
        _identifier(it, found["certID"])
    if "certStatus" in found:
        _status(it, found["certStatus"], produced)
    if "singleUpdate" in found:
        _updates(it, found["singleUpdate"], found.get("nextUpdate"), produced)


def _updates(it: Specimen, node: Node, following: Node | None, produced: datetime | None) -> None:
    this, end = _moment(it, node), None
    if following is not None and following.tag == 0xA0 and len(following.parts) == 1:
        end = _moment(it, following.parts[0])
    if this is None or end is None:
        it.hit("single-update-structure", node)
    elif end <= this or (produced and this > produced):
        it.hit("single-update-order", node, shown(this), f"< {shown(end)}")
    elif end - this != REFRESH or this.minute % 15 or this.second:
        it.hit("single-update-value", node, f"{shown(this)} – {shown(end)}")


def _identifier(it: Specimen, node: Node) -> None:
    parts = node.parts
    tags = [part.tag for part in parts]
    if node.tag != SEQUENCE or tags != [SEQUENCE, OCTET_STRING, OCTET_STRING, INTEGER]:
        it.hit("cert-id-structure", node)
        return
    algorithm = basics.algorithm_identifier(it, parts[0])
    names, keys, serial = map(it.content, parts[1:])
    if (
        algorithm != _SHA1
        or len(names) != _HASH
        or len(keys) != _HASH
        or not serial
        or serial[0] >= 0x80
        or not any(serial)
        or len(serial) > basics.MAX_SERIAL
    ):
        it.hit("cert-id-value", node)
        return
    authority = it.context.authority
    if authority is None:
        return
    name = sha1(authority.name, usedforsecurity=False).digest()
    if (names, keys) != (name, authority.key_identifier):
        it.hit("cert-id-chain", node, f"{names.hex()} {keys.hex()}")


def _status(it: Specimen, node: Node, produced: datetime | None) -> None:
    if node.tag in (0x80, 0x82):
        if node.start != node.end:
            it.hit("cert-status-value", node)
        return
    parts = node.parts
    if node.tag != 0xA1 or not 1 <= len(parts) <= 2:
        it.hit("cert-status-structure", node)
        return
    since = _moment(it, parts[0])
    if since is None or (produced and since > produced):
        it.hit("cert-status-value", parts[0], it.content(parts[0]).decode(errors="replace"))
    if len(parts) == 2:
        code = parts[1].parts[0] if parts[1].tag == 0xA0 and len(parts[1].parts) == 1 else None
        if code is None or code.tag != ENUMERATED:
            it.hit("cert-status-structure", parts[1])
        elif it.content(code) == b"\x00":
            it.hit("cert-status-reason", code)
        elif it.content(code)[:1] > b"\x06" or len(it.content(code)) != 1:
            it.hit("cert-status-value", code, it.content(code)[:4].hex(), "1 – 6")


def _extensions(it: Specimen, node: Node) -> None:
    if node.tag != 0xA1 or len(node.parts) != 1:
        it.hit("response-structure", node)
        return
    for strange in it.take_extensions(node.parts[0]):
        it.hit("extensions-elements", strange)
    seen: set[bytes] = set()
    for each in it.extensions:
        if each.oid != _NONCE:
            id = "extension-unknown-critical" if each.critical else "extension-unknown"
            it.hit(id, each.node, dotted(each.oid))
            continue
        each.slug = "nonce"
        if each.oid in seen:
            it.hit("nonce-once", each.node)
        seen.add(each.oid)
        if each.critical:
            it.hit("nonce-critical", each.node)
        if each.flag is not None and not each.critical:
            it.hit("nonce-flag", each.flag)
        if each.inner is None or each.inner.tag != OCTET_STRING:
            it.hit("nonce-structure", each.value)
        elif not 1 <= each.inner.end - each.inner.start <= MAX_NONCE:
            it.hit("nonce-value", each.value)
