"""
What JPKI really does though other linters dislike it: explained, and not flagged.

Pure; a table.  A note appears with an object that has the oddity; it is never a fault [J 14].
"""

from collections.abc import Callable

from pki import oids
from pki.inspection.findings import Rule
from pki.inspection.names import Attribute, read_name
from pki.inspection.specimen import Specimen
from pki.inspection.table import CONFIRMED, INFERRED, NOTE, rule
from pki.inspection.tree import Node

CERTIFICATES = ("ca", "sign", "auth", "ocsp", "tsa")
HOLDERS = ("sign", "auth")
FEW = 8  # octets; a random serial has more [5280 4.1.2.2]

RULES: tuple[Rule, ...] = tuple(
    rule(id, field, NOTE, kinds, clause, confidence, en, ja)
    for id, field, kinds, clause, confidence, en, ja in (
        (
            "odd-serial-number",
            "serialNumber",
            CERTIFICATES,
            "[J 2.1] [J 14]",
            INFERRED,
            "serial numbers are small and sequential, without entropy; CAs and holders share one "
            "counter, and the first CA has 1",
            "シリアル番号は乱数を含まない小さな連番で、CA と利用者が一つの連番を共有する",
        ),
        (
            "odd-policies-critical",
            "certificatePolicies",
            HOLDERS,
            "[J 2.2] [J 3] [J 14]",
            CONFIRMED,
            "certificatePolicies is critical, on which some validators stop; the CPS is at http",
            "certificatePolicies はクリティカルで、検証を打ち切る実装もある。CPS は http である",
        ),
        (
            "odd-point",
            "cRLDistributionPoints",
            ("ca", *HOLDERS),
            "[J 2.2] [J 14]",
            CONFIRMED,
            "distribution points are directory names only, there is no URI of a list anywhere",
            "配布点はディレクトリ名だけで、失効リストの URI はどこにもない",
        ),
        (
            "odd-issuer",
            "issuer",
            CERTIFICATES,
            "[J 1.2] [J 14]",
            CONFIRMED,
            "the OU is repeated in the CA's name, there is no CN, and all generations share it",
            "CA の名前は OU を繰り返し CN を持たない。全世代が同じ名前を使う",
        ),
        (
            "odd-subject",
            "subject",
            ("sign",),
            "[J 2.1] [J 14]",
            CONFIRMED,
            "the L is repeated, for prefecture and municipality, and the CN is no name",
            "L は都道府県と市区町村で繰り返され、CN は氏名ではない",
        ),
        (
            "odd-authority-key-identifier",
            "authorityKeyIdentifier",
            HOLDERS,
            "[J 2.2] [J 14]",
            CONFIRMED,
            "authorityKeyIdentifier has issuer and serial besides the key identifier",
            "authorityKeyIdentifier は鍵識別子に加えて発行者名とシリアル番号を持つ",
        ),
        (
            "odd-ca-alternative",
            "subjectAltName",
            ("ca",),
            "[J 1.2] [J 14]",
            CONFIRMED,
            "a CA has a subjectAltName, its name in Japanese, and no authorityKeyIdentifier",
            "CA 証明書は日本語名の subjectAltName を持ち、authorityKeyIdentifier を持たない",
        ),
        (
            "odd-other-names",
            "subjectAltName",
            ("sign",),
            "[J 2.3] [J 14]",
            CONFIRMED,
            "subjectAltName has otherNames only, in the order .1 .4 .3 .5 .2 .6, and a Gregorian "
            "year behind an era digit",
            "subjectAltName は otherName だけを決まった順に持ち、元号の数字の後は西暦である",
        ),
        (
            "odd-key-identifier",
            "subjectKeyIdentifier",
            CERTIFICATES,
            "[J 1.2] [J 14]",
            CONFIRMED,
            "key identifiers are SHA-1, which names a key and protects nothing",
            "鍵識別子は SHA-1 だが、鍵の名前であって安全性には関わらない",
        ),
        (
            "odd-last-second",
            "validity",
            ("ca", *HOLDERS),
            "[J 2.1] [J 14]",
            CONFIRMED,
            "the last second is 14:59:59Z, for days end at midnight in Japan",
            "末日は日本時間で終わるので notAfter は 14:59:59Z である",
        ),
        (
            "odd-responder",
            "authorityInfoAccess",
            ("auth",),
            "[J 3] [J 14]",
            CONFIRMED,
            "authentication certificates name an OCSP responder; signature certificates name none",
            "利用者証明用は OCSP レスポンダを示すが、署名用は示さない",
        ),
    )
)


def _small(it: Specimen, node: Node) -> bool:
    return 0 < node.end - node.start < FEW


def _twice(word: str) -> Callable[[Specimen, Node], bool]:
    oid = oids.content(word)

    def check(it: Specimen, node: Node) -> bool:
        name: tuple[Attribute, ...] = read_name(it, node) or ()
        return sum(attribute.oid == oid for attribute in name) > 1

    return check


def _there(it: Specimen, node: Node) -> bool:
    return True


# Which part of the object shows the oddity, and when it does.
_FIELDS: dict[str, tuple[str, Callable[[Specimen, Node], bool]]] = {
    "odd-serial-number": ("serialNumber", _small),
    "odd-issuer": ("issuer", _twice(oids.ORGANIZATIONAL_UNIT_NAME)),
    "odd-subject": ("subject", _twice(oids.LOCALITY_NAME)),
    "odd-last-second": ("validity", lambda it, node: it.octets(node).endswith(b"145959Z")),
}
_EXTENSIONS: dict[str, tuple[bytes, Callable[[Specimen, Node], bool]]] = {
    "odd-policies-critical": (
        oids.content(oids.CERTIFICATE_POLICIES),
        lambda it, node: it.named[oids.content(oids.CERTIFICATE_POLICIES)].critical,
    ),
    "odd-point": (
        oids.content(oids.CRL_DISTRIBUTION_POINTS),
        lambda it, node: b"://" not in it.octets(node),
    ),
    "odd-authority-key-identifier": (
        oids.content(oids.AUTHORITY_KEY_IDENTIFIER),
        lambda it, node: len(node.parts) > 1,
    ),
    "odd-ca-alternative": (oids.content(oids.SUBJECT_ALT_NAME), _there),
    "odd-other-names": (oids.content(oids.SUBJECT_ALT_NAME), _there),
    "odd-key-identifier": (
        oids.content(oids.SUBJECT_KEY_IDENTIFIER),
        lambda it, node: node.end - node.start == 20,
    ),
    "odd-responder": (oids.content(oids.AUTHORITY_INFO_ACCESS), _there),
}


def note_oddities(it: Specimen) -> None:
    """Note what is odd about a certificate, and as it is in the real ones."""
    for id, (name, shows) in _FIELDS.items():
        node = it.fields.get(name)
        if id in it.rules and node is not None and shows(it, node):
            it.hit(id, node)
    for id, (oid, shows) in _EXTENSIONS.items():
        extension = it.named.get(oid)
        if id not in it.rules or extension is None or extension.inner is None:
            continue
        if shows(it, extension.inner):
            it.hit(id, extension.node)
