"""
Inspect certificates: what kind one is, and its rules in the order of its octets.

Pure.  What is to be signed is inspected before it bears a signature; the whole certificate
has three more fields around that, and is then judged against its issuer, too.
"""

from collections.abc import Callable, Mapping

from pki import oids
from pki.inspection import basics, chain, contents, holder
from pki.inspection.findings import Rule
from pki.inspection.names import judge_name
from pki.inspection.rows import judge_extensions
from pki.inspection.specimen import Context, Specimen, align
from pki.inspection.table import CONFIRMED, ERROR, rule, slug
from pki.inspection.tree import BIT_STRING, INTEGER, OID, SEQUENCE, SET, Node, Tree
from pki.kinds import Algorithm
from pki.profiles import PROFILES

KINDS = tuple(PROFILES)
WANTED = (
    *("version", "serialNumber", "signature", "issuer", "validity", "subject"),
    *("subjectPublicKeyInfo", "extensions"),
)

RULES: tuple[Rule, ...] = (
    *(
        rule(
            f"{slug(field)}-{name}",
            field,
            ERROR,
            KINDS,
            clause,
            CONFIRMED,
            en,
            ja,
        )
        for field, name, clause, en, ja in (
            (
                "certificate",
                "structure",
                "[5280 4.1]",
                "a certificate must be a SEQUENCE of three: what is signed, how, the signature",
                "証明書は署名対象、署名方式、署名の三要素の SEQUENCE でなければならない",
            ),
            (
                "certificate",
                "der",
                "[X.690 10]",
                "the certificate must be encoded in DER, with nothing behind it",
                "証明書は DER で符号化し、後ろに何もあってはならない",
            ),
            (
                "tbsCertificate",
                "structure",
                "[5280 4.1.2]",
                "what is signed must be the fields of a version 3 certificate and nothing else",
                "署名対象は第 3 版証明書のフィールドだけでなければならない",
            ),
            (
                "extensions",
                "presence",
                "[5280 4.1.2.9]",
                "there must be extensions",
                "拡張がなければならない",
            ),
            (
                "extensions",
                "structure",
                "[5280 4.1.2.9]",
                "extensions must be one SEQUENCE under the tag [3]",
                "拡張はタグ [3] の下の一つの SEQUENCE でなければならない",
            ),
            (
                "extensions",
                "once",
                "[5280 4.1.2.9]",
                "extensions must be there once only",
                "拡張の列は一つだけでなければならない",
            ),
            (
                "extensions",
                "der",
                "[X.690 10]",
                "extensions must be encoded in DER",
                "拡張は DER で符号化しなければならない",
            ),
            (
                "signatureAlgorithm",
                "value",
                "[5280 4.1.1.2]",
                "the algorithm behind what is signed must be the one within, octet for octet",
                "外側の署名方式は内側のものとオクテット単位で一致しなければならない",
            ),
            (
                "signatureAlgorithm",
                "der",
                "[X.690 10]",
                "signatureAlgorithm must be encoded in DER",
                "signatureAlgorithm は DER で符号化しなければならない",
            ),
            (
                "signatureValue",
                "structure",
                "[5280 4.1.1.3]",
                "the signature must be a BIT STRING of whole octets, as long as its algorithm says",
                "署名は方式の定める長さの、端数ビットのない BIT STRING でなければならない",
            ),
            (
                "signatureValue",
                "der",
                "[X.690 10]",
                "signatureValue must be encoded in DER",
                "signatureValue は DER で符号化しなければならない",
            ),
        )
    ),
)

_RSA_OCTETS = 256  # of a signature under 2048 bit [8017 8.2.1]
_OF_OID = {oids.content(oid): check for oid, check in contents.CHECKS.items()}
_SAN = oids.content(oids.SUBJECT_ALT_NAME)
_SKI = oids.content(oids.SUBJECT_KEY_IDENTIFIER)
_EKU = oids.content(oids.EXT_KEY_USAGE)
_BC = oids.content(oids.BASIC_CONSTRAINTS)
_KU = oids.content(oids.KEY_USAGE)
_POLICIES = oids.content(oids.CERTIFICATE_POLICIES)
_ca_alternative = contents.japanese_name("subject-alt-name")


def _is_name(node: Node) -> bool:
    return node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag == SET


def _is_algorithm(node: Node) -> bool:
    return node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag == OID


def _is_key(node: Node) -> bool:
    return node.tag == SEQUENCE and len(node.parts) == 2 and node.parts[0].tag == SEQUENCE


_FITS: Mapping[str, Callable[[Node], bool]] = {
    "version": lambda node: node.tag == 0xA0,
    "serialNumber": lambda node: node.tag == INTEGER,
    "signature": _is_algorithm,
    "issuer": _is_name,
    "validity": lambda node: (
        node.tag == SEQUENCE and bool(node.parts) and node.parts[0].tag in (0x17, 0x18)
    ),
    "subject": _is_name,
    "subjectPublicKeyInfo": _is_key,
    "extensions": lambda node: node.tag == 0xA3,
}


def judge_certificate(it: Specimen, top: list[Node]) -> None:
    """Judge a whole certificate."""
    whole = top[0] if top else None
    if len(top) != 1 or whole is None or whole.tag != SEQUENCE or len(whole.parts) != 3:
        it.hit("certificate-structure", whole)
        if whole is None or not whole.parts or whole.parts[0].tag != SEQUENCE:
            return
    parts = whole.parts
    it.fields["tbsCertificate"] = parts[0]
    algorithm = judge_tbs(it, parts[0])
    if len(parts) != 3:
        return
    it.fields["signatureAlgorithm"], it.fields["signatureValue"] = parts[1:]
    inner = it.fields.get("signature")
    if inner is None or it.octets(parts[1]) != it.octets(inner):
        it.hit("signature-algorithm-value", parts[1])
    judge_value(it, parts[2], algorithm)
    if it.kind == "ca":
        own = it.fields.get("subjectPublicKeyInfo")
        if own is not None:
            chain.judge_signature(it, algorithm, it.octets(own))
    elif it.context.authority is not None:
        chain.judge_signature(it, algorithm, it.context.authority.spki)


def judge_value(it: Specimen, node: Node, algorithm: Algorithm | None) -> None:
    """Judge the form of a signature."""
    content = it.content(node)
    right = node.tag == BIT_STRING and content[:1] == b"\x00"
    if right and algorithm is Algorithm.RSA2048:
        right = len(content) == 1 + _RSA_OCTETS
    elif right and algorithm is Algorithm.P384:
        flaws = len(it.tree.flaws)
        read = it.tree.read(node.start + 1, node.end, 4)
        numbers = read[0].parts if len(read) == 1 and read[0].tag == SEQUENCE else []
        right = [part.tag for part in numbers] == [INTEGER, INTEGER]
        right = right and flaws == len(it.tree.flaws)
    if not right:
        it.hit("signature-value-structure", node)


def judge_tbs(it: Specimen, tbs: Node) -> Algorithm | None:
    """Judge what is signed; return the algorithm that it names."""
    nodes = tbs.parts
    if tbs.tag != SEQUENCE:
        it.hit("tbs-certificate-structure", tbs)
        return None
    strange = [node for node in nodes if node.tag in (0x81, 0x82, 0xA1, 0xA2)]
    if strange:  # unique identifiers
        it.hit("tbs-certificate-structure", strange[0])
        nodes = [node for node in nodes if node not in strange]
    found, absent, twice = align(it.tree.data, nodes, WANTED, _FITS)
    it.fields.update(found)
    for name in absent:
        it.hit(f"{slug(name)}-presence", tbs)
    for name, node in twice:
        it.hit(f"{slug(name)}-once", node)
    basics.place(it, found.get("issuer"))
    listed = found.get("extensions")
    if listed is not None:
        if listed.tag == 0xA3 and len(listed.parts) == 1 and listed.parts[0].tag == SEQUENCE:
            judge_extensions(it, PROFILES[it.kind], listed.parts[0])
        else:
            it.hit("extensions-structure", listed)
    algorithm = _judge_fields(it, found)
    chain.judge_chain(it)
    return algorithm


def _judge_fields(it: Specimen, found: Mapping[str, Node]) -> Algorithm | None:
    algorithm, days, own = None, None, None
    if (node := found.get("version")) is not None:
        basics.version(it, node)
    if (node := found.get("serialNumber")) is not None:
        basics.serial_number(it, node)
    if (node := found.get("signature")) is not None:
        algorithm = basics.signature(it, node)
    if (node := found.get("issuer")) is not None:
        basics.issuer(it, node)
    if (node := found.get("validity")) is not None:
        days = basics.validity(it, node, algorithm)
    if (node := found.get("subject")) is not None:
        if it.kind == "ca":
            judge_name(it, "subject", node, it.dn)
        elif it.kind in basics.SERVICES:
            holder.country_and_service(it, node)
        else:
            holder.subject(it, node, days[0] if days else None)
    if (node := found.get("subjectPublicKeyInfo")) is not None:
        own = basics.public_key(it, node, algorithm)
    seen: set[bytes] = set()
    for extension in it.extensions:
        oid, node = extension.oid, extension.inner
        if node is None or oid in seen:
            continue
        seen.add(oid)
        if oid == _SKI:
            contents.subject_key_identifier(it, node, own)
        elif oid == _SAN:
            if it.kind == "ca":
                _ca_alternative(it, node)
            elif it.kind == "sign":
                holder.four_items(it, node, days, algorithm)
        elif (check := _OF_OID.get(oid)) is not None and f"{_SLUGS[oid]}-value" in it.rules:
            check(it, node)
    return algorithm


_SLUGS = {
    oids.content(row.oid): slug(row.name)
    for profile in PROFILES.values()
    for row in profile.extensions
    if row.oid
}


def recognise(tree: Tree, top: list[Node]) -> str | None:
    """Tell which kind a certificate is by what it may do; None if it may do nothing known."""
    tbs = top[0].parts[0] if top and top[0].parts else None
    if tbs is None or tbs.tag != SEQUENCE:
        return None
    it = Specimen(Tree(tree.data), "", {}, Context())
    for node in tbs.parts:
        if node.tag == 0xA3 and node.parts:
            it.take_extensions(node.parts[0])
    usage, purposes = it.inner(_KU), it.inner(_EKU)
    purpose = it.octets(purposes) if purposes else b""
    constraints = it.inner(_BC)
    if oids.content(oids.KP_OCSP_SIGNING) in purpose:
        return "ocsp"
    if oids.content(oids.KP_TIME_STAMPING) in purpose:
        return "tsa"
    words = contents.usages(it.content(usage)) if usage else ()
    if (constraints and constraints.parts) or "keyCertSign" in words:
        return "ca"
    policies = it.inner(_POLICIES)
    for oid, kind in contents._POLICIES.items():
        if policies and oid in it.octets(policies):
            return kind.value
    for node in tbs.parts:
        if node.tag == SEQUENCE:
            it.fields["issuer"] = node
            unit = contents.issuing_unit(it)
            if unit:
                return unit.value
    return None
