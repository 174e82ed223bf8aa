"""
How rules come out of the profile tables, and how the others are written.

Pure.  Every row of a profile gets one rule for each property that it has: there, once, in its
place, critical or not, of the right structure, in DER, and of the right value.  What goes beyond
is written by hand, beside the check that finds it.
"""

import re
from collections.abc import Iterable, Mapping

from pki.inspection.findings import Rule, Severity
from pki.kinds import Confidence
from pki.profiles import Profile, Row

ERROR, WARNING, NOTE = Severity
CONFIRMED, SINGLE_SOURCE, INFERRED = Confidence

# Where the standards speak of a field [5280].
CLAUSES = {
    "version": "[5280 4.1.2.1]",
    "serialNumber": "[5280 4.1.2.2]",
    "signature": "[5280 4.1.2.3]",
    "issuer": "[5280 4.1.2.4]",
    "validity": "[5280 4.1.2.5]",
    "subject": "[5280 4.1.2.6]",
    "subjectPublicKeyInfo": "[5280 4.1.2.7]",
    "authorityKeyIdentifier": "[5280 4.2.1.1]",
    "subjectKeyIdentifier": "[5280 4.2.1.2]",
    "keyUsage": "[5280 4.2.1.3]",
    "certificatePolicies": "[5280 4.2.1.4]",
    "subjectAltName": "[5280 4.2.1.6]",
    "issuerAltName": "[5280 4.2.1.7]",
    "basicConstraints": "[5280 4.2.1.9]",
    "extKeyUsage": "[5280 4.2.1.12]",
    "cRLDistributionPoints": "[5280 4.2.1.13]",
    "authorityInfoAccess": "[5280 4.2.2.1]",
    "ocspNoCheck": "[6960 4.2.2.2.1]",
}

_FIELD = (
    ("presence", "{0} must be there", "{0} がなければならない"),
    ("once", "{0} must be there once only", "{0} は一つだけでなければならない"),
    ("structure", "{0} must have its type and structure", "{0} の型と構造が正しくなければならない"),
    ("der", "{0} must be encoded in DER", "{0} は DER で符号化しなければならない"),
    ("value", "{0} must be: {1}", "{0} の値は次のとおりでなければならない: {1}"),
)
_EXTENSION = (
    *_FIELD,
    ("order", "{0} must stand in its place", "{0} は決められた順に置かなければならない"),
    (
        "flag",
        "the flag critical of {0} must not be encoded when FALSE",
        "{0} の critical は FALSE のとき符号化してはならない",
    ),
)
_CRITICAL = {
    True: ("{0} must be critical", "{0} はクリティカルでなければならない"),
    False: ("{0} must not be critical", "{0} はクリティカルであってはならない"),
}
# Rows that are names, or hold one.
_NAMED = (
    (
        "string-type",
        "in {0} C must be a PrintableString and all else UTF8String",
        "{0} の C は PrintableString、その他は UTF8String でなければならない",
    ),
    (
        "rdn",
        "{0} must have one attribute to the RDN, and no RDN twice",
        "{0} の RDN は属性を一つだけ持ち、同じ RDN が繰り返されてはならない",
    ),
)
NAMED = {
    ("ca", "subjectAltName"),
    *((word, "issuer") for word in ("ca", "sign", "auth", "ocsp", "tsa")),
    *((word, "subject") for word in ("ca", "sign", "auth", "ocsp", "tsa")),
    *((word, "authorityKeyIdentifier") for word in ("sign", "auth", "ocsp", "tsa")),
    *((word, name) for word in ("sign", "auth") for name in ("issuerAltName",)),
    *((word, "cRLDistributionPoints") for word in ("ca", "sign", "auth")),
    *((word, "issuer") for word in ("municipal", "authorities", "full")),
    *((word, "issuingDistributionPoint") for word in ("municipal", "authorities")),
}


def slug(name: str) -> str:
    """Spell a field as the ids of its rules begin: keyUsage, key-usage."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.replace("RL", "rl")).lower()


def of_profile(profile: Profile, clauses: Mapping[str, str] = CLAUSES) -> list[Rule]:
    """Write the rules that follow from the rows of one profile."""
    return [
        rule
        for row in profile.rows
        for rule in of_row(profile.word, row, clauses.get(row.name, ""))
    ]


def of_row(word: str, row: Row, clause: str) -> list[Rule]:
    """Write the rules of one row: a property each."""
    properties = list(_FIELD if row.oid is None else _EXTENSION)
    if row.critical is not None:
        properties.append(("critical", *_CRITICAL[row.critical]))
    if (word, row.name) in NAMED:
        properties += _NAMED
    sources = " ".join(dict.fromkeys(re.findall(r"\[[^\]]+\]", f"{clause} {row.source}")))
    return [
        Rule(
            id=f"{slug(row.name)}-{name}",
            field=row.name,
            severity=ERROR,
            clause={"flag": "[X.690 11.5]", "der": "[X.690 10]"}.get(name, sources),
            confidence=CONFIRMED if name in ("flag", "der") else row.confidence,
            en=en.format(row.name, row.shown),
            ja=ja.format(row.name, row.shown),
            kinds=(word,),
        )
        for name, en, ja in properties
    ]


def rule(
    id: str,
    field: str,
    severity: Severity,
    kinds: Iterable[str],
    clause: str,
    confidence: Confidence,
    en: str,
    ja: str,
) -> Rule:
    """Write one rule by hand."""
    return Rule(
        id=id,
        field=field,
        severity=severity,
        clause=clause,
        confidence=confidence,
        en=en,
        ja=ja,
        kinds=tuple(kinds),
    )
