"""
What can only be judged with the issuer's certificate at hand.

Pure.  `read_authority` reads that certificate as any other is read here, by this walker.
"""

from hashlib import sha1

from pki import oids
from pki.inspection.findings import Rule
from pki.inspection.moments import read_time, shown
from pki.inspection.names import read_name
from pki.inspection.names import shown as name_shown
from pki.inspection.specimen import Authority, Specimen
from pki.inspection.table import CONFIRMED, ERROR, INFERRED, rule
from pki.inspection.tree import BIT_STRING, SEQUENCE, Tree
from pki.kinds import Algorithm

ISSUED = ("sign", "auth", "ocsp", "tsa")

RULES: tuple[Rule, ...] = (
    rule(
        "issuer-chain",
        "issuer",
        ERROR,
        ISSUED,
        "[5280 6.1.3] [J 1.2]",
        CONFIRMED,
        "the issuer must be the CA's subject, octet for octet",
        "発行者は CA の主体者名とオクテット単位で一致しなければならない",
    ),
    rule(
        "validity-chain",
        "validity",
        ERROR,
        ISSUED,
        "[J 12]",
        INFERRED,
        "the validity must lie within that of the CA certificate",
        "有効期間は CA 証明書の有効期間内でなければならない",
    ),
    rule(
        "authority-key-identifier-chain",
        "authorityKeyIdentifier",
        ERROR,
        ISSUED,
        "[5280 4.2.1.1] [J 2.2]",
        CONFIRMED,
        "keyIdentifier and authorityCertSerialNumber must be those of the CA certificate",
        "鍵識別子とシリアル番号は CA 証明書のものでなければならない",
    ),
    rule(
        "signature-value-chain",
        "signatureValue",
        ERROR,
        ("ca", *ISSUED),
        "[5280 6.1.3]",
        CONFIRMED,
        "the signature must be that of the CA's key",
        "署名は CA の鍵によるものでなければならない",
    ),
)

_DIGESTS = {Algorithm.RSA2048: "sha256", Algorithm.P384: "sha384"}
_AKI = oids.content(oids.AUTHORITY_KEY_IDENTIFIER)


def read_authority(der: bytes) -> Authority | None:
    """Read what a CA certificate says, as far as its structure allows; None if it does not."""
    tree = Tree(der)
    top = tree.read(0, len(der))
    parts = top[0].parts if len(top) == 1 and top[0].tag == SEQUENCE else []
    fields = parts[0].parts if len(parts) == 3 else []
    if fields and fields[0].tag == 0xA0:
        fields = fields[1:]
    if len(fields) < 6 or len(fields[3].parts) != 2 or len(fields[5].parts) != 2:
        return None
    bits = fields[5].parts[1]
    if bits.tag != BIT_STRING:
        return None
    it = Specimen(tree, "ca", {})
    return Authority(
        name=tree.octets(fields[4]),
        serial=tree.content(fields[0]),
        key_identifier=sha1(tree.content(bits)[1:], usedforsecurity=False).digest(),
        spki=tree.octets(fields[5]),
        not_before=read_time(it, fields[3].parts[0]),
        not_after=read_time(it, fields[3].parts[1]),
    )


def judge_chain(it: Specimen) -> None:
    """Compare the certificate with its issuer's."""
    authority = it.context.authority
    if authority is None or it.kind == "ca":
        return
    issuer = it.fields.get("issuer")
    if issuer and it.octets(issuer) != authority.name:
        it.hit("issuer-chain", issuer, name_shown(read_name(it, issuer)))
    if it.days is not None:
        (begin, end), validity = it.days, it.fields["validity"]
        if authority.not_before and begin < authority.not_before:
            it.hit("validity-chain", validity, shown(begin), f"≥ {shown(authority.not_before)}")
        if authority.not_after and end > authority.not_after:
            it.hit("validity-chain", validity, shown(end), f"≤ {shown(authority.not_after)}")
    _identifier(it, authority)


def _identifier(it: Specimen, authority: Authority) -> None:
    node = it.inner(_AKI)
    for part in node.parts if node else ():
        stated = it.content(part)
        if part.tag == 0x80 and stated != authority.key_identifier:
            expected = authority.key_identifier.hex()
            it.hit("authority-key-identifier-chain", part, stated[:32].hex(), expected)
        elif part.tag == 0x82 and stated != authority.serial:
            expected = f"0x{authority.serial.hex()}"
            it.hit("authority-key-identifier-chain", part, f"0x{stated.hex()}", expected)


def judge_signature(it: Specimen, algorithm: Algorithm | None, spki: bytes) -> None:
    """Check the signature of a whole certificate with a key; what cannot be checked is wrong."""
    from pki.errors import Malformed
    from pki.keys import algorithm_of, public_key, verifies

    tbs, value = it.fields.get("tbsCertificate"), it.fields.get("signatureValue")
    if tbs is None or value is None or algorithm is None:
        return
    try:
        key = public_key(spki)
    except Malformed:
        key = None
    if (
        key is None
        or algorithm_of(key) is not algorithm
        or not verifies(key, it.content(value)[1:], it.octets(tbs), _DIGESTS[algorithm])
    ):
        it.hit("signature-value-chain", value)
