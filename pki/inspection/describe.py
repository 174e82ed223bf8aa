"""
An object as people read it: every field with its value, beside what the profile has for it.

Pure.  Values are read off the inspector's own tree; what cannot be read is shown in hex.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pki import oids
from pki.inspection.contents import usages
from pki.inspection.holder import ITEMS
from pki.inspection.moments import is_time, read_time, shown
from pki.inspection.names import read_name
from pki.inspection.names import shown as name_shown
from pki.inspection.specimen import Extension, Specimen
from pki.inspection.tree import (
    BIT_STRING,
    BOOLEAN,
    ENUMERATED,
    INTEGER,
    NULL,
    OID,
    SEQUENCE,
    SET,
    Node,
    Tree,
    dotted,
)
from pki.profiles import Profile, Row

MAX_LINES = 2000  # of one object; a list of a city has more entries than anybody reads
LONG = 32  # octets of which only the first are shown

# What tells who somebody is: nobody's business unless the certificate is one of ours.
PERSONAL = {
    *("serialNumber", "subject", "subjectPublicKeyInfo", "subjectAltName"),
    *("subjectKeyIdentifier", "cRLDistributionPoints", "signatureValue", "validity"),
    *("revokedCertificates", "issuingDistributionPoint", "reasonCode"),
    *("certID", "certStatus", "nonce"),
}
WORDS = {
    oids.content(value): name
    for name, value in {
        "sha256WithRSAEncryption": oids.SHA256_WITH_RSA,
        "rsaEncryption": oids.RSA_ENCRYPTION,
        "ecdsa-with-SHA384": oids.ECDSA_WITH_SHA384,
        "id-ecPublicKey": oids.EC_PUBLIC_KEY,
        "secp384r1": oids.SECP384R1,
        "id-qt-cps": oids.QT_CPS,
        "id-ad-ocsp": oids.AD_OCSP,
        "id-kp-clientAuth": oids.KP_CLIENT_AUTH,
        "id-kp-timeStamping": oids.KP_TIME_STAMPING,
        "id-kp-OCSPSigning": oids.KP_OCSP_SIGNING,
        "C": oids.COUNTRY_NAME,
        "L": oids.LOCALITY_NAME,
        "O": oids.ORGANIZATION_NAME,
        "OU": oids.ORGANIZATIONAL_UNIT_NAME,
        "CN": oids.COMMON_NAME,
        "sha1": "1.3.14.3.2.26",
        "id-pkix-ocsp-basic": "1.3.6.1.5.5.7.48.1.1",
        **dict(ITEMS),
    }.items()
}


STATUSES = {  # [6960 4.2.1]
    **{0: "successful", 1: "malformedRequest", 2: "internalError", 3: "tryLater"},
    **{5: "sigRequired", 6: "unauthorized"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One field, or a part of one.

    Attributes:
        field: As the profile spells it; what findings name.
        label: In the left column; of a part its own name.
        value: For people; None where the parts below say it.
        depth: 0 for a field, 1 for a part of one.
        at: Offset of its first octet.
        end: Behind its last.
        critical: Of an extension; None of anything else.
        row: Of the profile; None for a part, and for what the profile does not have.
        personal: Whether the value tells who somebody is.
    """

    field: str
    label: str
    value: str | None
    depth: int
    at: int
    end: int
    critical: bool | None = None
    row: Row | None = None
    personal: bool = False


def describe(it: Specimen, profile: Profile, *, of_person: bool) -> Iterator[Line]:
    """Show every field in the order of the octets; *of_person* marks what tells who it is."""
    rows = {row.name: row for row in profile.rows}
    by_oid = {oids.content(row.oid): row for row in profile.extensions if row.oid}
    skipped = {"tbsCertificate", "extensions", "certs"}  # whose parts stand for themselves
    listed: list[tuple[int, str, Node | Extension]] = [
        (node.at, name, node) for name, node in it.fields.items() if name not in skipped
    ]
    for extension in it.extensions:
        row = by_oid.get(extension.oid)
        listed.append((extension.node.at, row.name if row else dotted(extension.oid), extension))
    for _, name, thing in sorted(listed, key=lambda each: each[0])[:MAX_LINES]:
        strange = name not in rows and isinstance(thing, Extension)  # it may say anything
        personal = of_person and (strange or name in PERSONAL)
        yield from _field(it, name, thing, rows, of_person=personal)


def _field(
    it: Specimen,
    name: str,
    thing: Node | Extension,
    rows: Mapping[str, Row],
    *,
    of_person: bool,
) -> Iterator[Line]:
    critical: bool | None = None
    inner: Node | None
    if isinstance(thing, Extension):
        node, critical, inner = thing.node, thing.critical, thing.inner
    else:
        node = inner = thing
    value, parts = (None, []) if inner is None else _content(it, name, inner)
    if inner is None and isinstance(thing, Extension):
        value = _hex(it.content(thing.value))
    yield Line(
        field=name,
        label=name,
        value=value,
        depth=0,
        at=node.at,
        end=node.end,
        critical=critical,
        row=rows.get(name),
        personal=of_person,
    )
    for label, text, part in parts[:MAX_LINES]:
        yield Line(
            field=name,
            label=label,
            value=text,
            depth=1,
            at=part.at,
            end=part.end,
            personal=of_person,
        )


Parts = list[tuple[str, str, Node]]


def _content(it: Specimen, name: str, node: Node) -> tuple[str | None, Parts]:
    """Say what a field holds: one value, or parts with labels."""
    match name:
        case "version":
            number = node.parts[0] if node.parts else node
            return f"v{int.from_bytes(it.content(number)[:8], 'big') + 1}", []
        case "serialNumber":
            return f"0x{it.content(node)[:LONG].hex()}", []
        case "keyUsage" if node.tag == BIT_STRING:
            return ", ".join(usages(it.content(node))), []
        case "validity" if len(node.parts) == 2:
            words = ("notBefore", "notAfter")
            return None, [
                (word, _leaf(it, part), part) for word, part in zip(words, node.parts, strict=True)
            ]
        case "subjectAltName":
            return _alternative(it, node)
        case "subjectPublicKeyInfo" if len(node.parts) == 2:
            return f"{_flat(it, node.parts[0])}, {_key_bits(it, node.parts[1])} bit", []
        case "responseStatus":
            code = int.from_bytes(it.content(node)[:8], "big")
            return STATUSES.get(code, str(code)), []
        case "certStatus":
            word = {0x80: "good", 0xA1: "revoked", 0x82: "unknown"}.get(node.tag, "?")
            return ", ".join(filter(None, (word, _flat(it, node) if node.parts else ""))), []
        case "ocspNoCheck" if node.tag == NULL:
            return "NULL", []
        case "signatureValue":
            return f"{node.end - node.start - 1} octets", []
    return _flat(it, node), []


def _key_bits(it: Specimen, node: Node) -> int:
    """Count the bits of a modulus, or of a coordinate of a point."""
    bits = it.content(node)[1:]
    read = Tree(bits).read(0, min(len(bits), 8192)) if bits[:1] == b"\x30" else []
    numbers = read[0].parts if read else []
    if numbers:
        return int.from_bytes(bits[numbers[0].start : numbers[0].end], "big").bit_length()
    return (len(bits) - 1) * 4


def _alternative(it: Specimen, node: Node) -> tuple[str | None, Parts]:
    parts: Parts = []
    for part in node.parts:
        inner = part.parts
        if part.tag == 0xA0 and len(inner) == 2 and len(inner[1].parts) == 1:
            label = WORDS.get(it.content(inner[0])) or dotted(it.content(inner[0]))
            parts.append((label, _leaf(it, inner[1].parts[0]), part))
    return (None, parts) if parts else (_flat(it, node), [])


def _flat(it: Specimen, node: Node) -> str:
    """Put an element with everything in it on one line."""
    texts: list[str] = []
    waiting = [node]
    while waiting and len(texts) < 64:
        one = waiting.pop()
        name = read_name(it, one) if one.parts and one.parts[0].tag == SET else None
        if name:
            texts.append(name_shown(name) or "")
        elif one.parts:
            waiting += reversed(one.parts)
        elif one.tag not in (NULL, SEQUENCE):
            texts.append(_leaf(it, one))
    return ", ".join(texts) + (" …" if waiting else "")


def _leaf(it: Specimen, node: Node) -> str:
    content = it.content(node)
    if is_time(node):
        moment = read_time(it, node)
        return shown(moment) if moment else content.decode(errors="replace")
    if node.tag == OID:
        return WORDS.get(content) or dotted(content)
    if node.tag == BOOLEAN:
        return "TRUE" if content != b"\x00" else "FALSE"
    if node.tag in (INTEGER, ENUMERATED):
        return (
            str(int.from_bytes(content, "big", signed=True)) if len(content) <= 8 else _hex(content)
        )
    if node.tag in (0x0C, 0x13, 0x16, 0x86):
        return content.decode(errors="replace")
    return _hex(content)


def _hex(content: bytes) -> str:
    return content[:LONG].hex() + ("…" if len(content) > LONG else "")
