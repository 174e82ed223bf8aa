"""
Inspect OCSP responses.

Pure.  In the order of RFC 6960, section 4.2.1.
"""

from datetime import datetime, timedelta
from hashlib import sha1

from crl.ocsp.shape import NONCE, RESPONSE
from pki import oids
from pki.inspection import basics
from pki.inspection.certificate import RULES as CERTIFICATE_RULES
from pki.inspection.certificate import judge_value
from pki.inspection.chain import judge_signature, read_authority
from pki.inspection.findings import Rule
from pki.inspection.moments import read_time, shown
from pki.inspection.specimen import Specimen
from pki.inspection.table import CONFIRMED, ERROR, INFERRED, WARNING, rule
from pki.inspection.tree import (
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

KIND = ("response",)
REFRESH = timedelta(minutes=15)  # [J 6]
MAX_NONCE = 128  # octets, RFC 9654
# A status other than successful has no answer, a nonce is there only if one was sent, and what
# cannot be told from its neighbours when it is absent is a matter of structure.
NOT_DEMANDED = {
    *("response-status-presence", "response-type-presence", "responder-id-presence"),
    *("produced-at-presence", "cert-id-presence", "cert-status-presence"),
    *("single-update-presence", "nonce-presence", "signature-algorithm-presence"),
    *("response-status-once", "response-type-once", "responder-id-once", "produced-at-once"),
    *("cert-id-once", "cert-status-once", "single-update-once", "signature-algorithm-once"),
    *("nonce-order", "single-update-structure"),
}


def _rule(id: str, field: str, clause: str, en: str, ja: str, confidence=CONFIRMED, severity=ERROR) -> Rule:  # type: ignore[no-untyped-def]
    return rule(id, field, severity, KIND, clause, confidence, en, ja)


RULES: tuple[Rule, ...] = (
    _rule(
        "response-structure",
        "response",
        "[6960 4.2.1]",
        "a response must be a status, with an answer of one known structure when successful",
        "応答は状態を持ち、成功の場合は定められた構造の回答を持たなければならない",
    ),
    _rule(
        "response-der",
        "response",
        "[X.690 10]",
        "the response must be encoded in DER, with nothing behind it",
        "応答は DER で符号化し、後ろに何もあってはならない",
    ),
    _rule(
        "response-version",
        "response",
        "[X.690 11.5]",
        "the version must not be encoded, for v1 is the default",
        "版は既定の v1 なので符号化してはならない",
    ),
    _rule(
        "single-structure",
        "response",
        "[6960 4.2.1]",
        "there must be at least one answer, each of certID, certStatus, thisUpdate, nextUpdate",
        "一つ以上の回答があり、それぞれ certID、certStatus、thisUpdate、nextUpdate を持つこと",
    ),
    _rule(
        "single-update-order",
        "singleUpdate",
        "[6960 4.2.2.1]",
        "nextUpdate must be after thisUpdate, and thisUpdate not after producedAt",
        "nextUpdate は thisUpdate より後、thisUpdate は producedAt 以前でなければならない",
    ),
    _rule(
        "cert-id-chain",
        "certID",
        "[6960 4.1.1]",
        "both hashes must be those of one and the same CA, the issuer at hand",
        "二つのハッシュは手元の発行 CA のものでなければならない",
    ),
    _rule(
        "responder-id-chain",
        "responderID",
        "[6960 4.2.2.3]",
        "the key hash must be that of the certificate enclosed, or of the issuer",
        "鍵ハッシュは同封の証明書または発行 CA の鍵のものでなければならない",
    ),
    _rule(
        "cert-status-reason",
        "certStatus",
        "[5280 5.3.1]",
        "the reason unspecified should be left out",
        "理由 unspecified は書かないのが望ましい",
        INFERRED,
        WARNING,
    ),
    _rule(
        "signature-value-chain",
        "signatureValue",
        "[6960 4.2.2.2]",
        "the signature must be that of the certificate enclosed, or of the issuer",
        "署名は同封の証明書または発行 CA の鍵によるものでなければならない",
    ),
    _rule(
        "extension-unknown",
        "extensions",
        "[J 6]",
        "there should be no extension but the nonce",
        "拡張は nonce だけであるのが望ましい",
        INFERRED,
        WARNING,
    ),
    _rule(
        "extension-unknown-critical",
        "extensions",
        "[6960 4.4]",
        "no extension but the nonce may be critical",
        "nonce 以外の拡張はクリティカルであってはならない",
    ),
    _rule(
        "extensions-elements",
        "extensions",
        "[5280 4.1]",
        "each extension must be an OID, an optional BOOLEAN and an OCTET STRING of one element",
        "拡張は OID、任意の BOOLEAN、一要素を収めた OCTET STRING から成らなければならない",
    ),
    *(
        rule(each.id, each.field, each.severity, KIND, each.clause, each.confidence, each.en, each.ja)
        for each in CERTIFICATE_RULES
        if each.field == "signatureValue"
    ),
)

PROFILE = RESPONSE
_BASIC = oids.content("1.3.6.1.5.5.7.48.1.1")
_NONCE = oids.content(NONCE)
_SHA1 = (oids.content("1.3.14.3.2.26"), b"\x05\x00")
_HASH = 20  # octets of SHA-1


def judge_response(it: Specimen, top: list[Node]) -> None:
    """Judge a response; of one that is not successful there is nothing but the status."""
    whole = top[0] if top else None
    parts = whole.parts if whole else []
    if len(top) != 1 or whole is None or whole.tag != SEQUENCE or not 1 <= len(parts) <= 2:
        it.hit("response-structure", whole)
        return
    status = it.fields["responseStatus"] = parts[0]
    code = it.content(status)
    if status.tag != ENUMERATED:
        it.hit("response-status-structure", status)
    elif code not in (b"\x00", b"\x01", b"\x02", b"\x03", b"\x05", b"\x06"):
        it.hit("response-status-value", status, code[:4].hex())
    elif (code == b"\x00") is not (len(parts) == 2):
        it.hit("response-structure", whole)
    if len(parts) == 2:
        _bytes(it, parts[1])


def _bytes(it: Specimen, node: Node) -> None:
    pair = node.parts[0].parts if node.tag == 0xA0 and len(node.parts) == 1 else []
    if len(pair) != 2 or pair[1].tag != OCTET_STRING:
        it.hit("response-structure", node)
        return
    it.fields["responseType"] = pair[0]
    if pair[0].tag != OID:
        it.hit("response-type-structure", pair[0])
    elif it.content(pair[0]) != _BASIC:
        it.hit("response-type-value", pair[0], dotted(it.content(pair[0])))
        return
    read = it.tree.read(pair[1].start, pair[1].end, 4)
    parts = read[0].parts if len(read) == 1 and read[0].tag == SEQUENCE else []
    if not 3 <= len(parts) <= 4 or parts[0].tag != SEQUENCE:
        it.hit("response-structure", pair[1])
        return
    it.fields["tbsCertificate"] = parts[0]
    it.fields["signatureAlgorithm"], it.fields["signatureValue"] = parts[1:3]
    algorithm = _algorithm(it, parts[1])
    judge_value(it, parts[2], algorithm)
    own = _enclosed(it, parts[3]) if len(parts) == 4 else None
    _tbs(it, parts[0], own)
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
    if not 3 <= len(parts) <= 4:
        it.hit("response-structure", tbs)
        return
    it.fields["responderID"], it.fields["producedAt"] = parts[:2]
    _responder(it, parts[0], own)
    produced = _moment(it, parts[1])
    if parts[1].tag != GENERALIZED_TIME:
        it.hit("produced-at-structure", parts[1])
    elif produced is None:
        it.hit("produced-at-value", parts[1], it.content(parts[1]).decode(errors="replace"))
    if parts[2].tag != SEQUENCE or not parts[2].parts:
        it.hit("single-structure", parts[2])
    for single in parts[2].parts:
        _single(it, single, produced)
    if len(parts) == 4:
        _extensions(it, parts[3])


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
    parts = node.parts
    if node.tag != SEQUENCE or not 3 <= len(parts) <= 5:
        it.hit("single-structure", node)
        return
    it.fields.setdefault("certID", parts[0])
    it.fields.setdefault("certStatus", parts[1])
    it.fields.setdefault("singleUpdate", parts[2])
    _identifier(it, parts[0])
    _status(it, parts[1], produced)
    this = _moment(it, parts[2])
    following = None
    if len(parts) > 3 and parts[3].tag == 0xA0 and len(parts[3].parts) == 1:
        following = _moment(it, parts[3].parts[0])
    if this is None or following is None or len(parts) == 5:
        it.hit("single-structure", node)
        return
    if following <= this or (produced and this > produced):
        it.hit("single-update-order", parts[2], shown(this), f"< {shown(following)}")
    elif following - this != REFRESH or this.minute % 15 or this.second:
        it.hit("single-update-value", parts[2], f"{shown(this)} – {shown(following)}")


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
