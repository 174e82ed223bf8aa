"""
Distinguished names of JPKI: which attributes, in which order [J 1.2] [J 2.1] [J 3].

Pure.  A name is a tuple of (attribute, value); every RDN holds one attribute.  C is a
PrintableString, everything else UTF8String.
"""

from pki import oids
from pki.kinds import Kind, Naming
from pki.naming import MODES

Name = tuple[tuple[str, str], ...]

ATTRIBUTES = {
    "C": oids.COUNTRY_NAME,
    "L": oids.LOCALITY_NAME,
    "O": oids.ORGANIZATION_NAME,
    "OU": oids.ORGANIZATIONAL_UNIT_NAME,
    "CN": oids.COMMON_NAME,
}

UNITS = {Kind.SIGN: "JPKI for digital signature", Kind.AUTH: "JPKI for user authentication"}
JAPANESE_UNITS = {
    Kind.SIGN: "公的個人認証サービス署名用",
    Kind.AUTH: "公的個人認証サービス利用者証明用",
}
OPERATOR = "Japan Agency for Local Authority Information Systems"
JAPANESE_OPERATOR = "地方公共団体情報システム機構"


def ca_name(kind: Kind, naming: Naming) -> Name:
    """Name a CA; all its generations share this name [J 1.2]."""
    return (
        ("C", "JP"),
        ("O", MODES[naming].organization),
        ("OU", UNITS[kind]),
        ("OU", OPERATOR),
    )


def ca_japanese_name(kind: Kind, naming: Naming) -> Name:
    """Name a CA in Japanese, as its subjectAltName does [J 1.2]."""
    return (
        ("C", "JP"),
        ("O", MODES[naming].japanese_organization),
        ("OU", JAPANESE_UNITS[kind]),
        ("OU", JAPANESE_OPERATOR),
    )


def distribution_point(kind: Kind, naming: Naming, prefecture: str, municipality: str) -> Name:
    """Name the list of one issuing municipality [J 2.2] [J 3]."""
    return (
        ("C", "JP"),
        ("O", MODES[naming].organization),
        ("OU", UNITS[kind]),
        ("OU", "CRL Distribution Points"),
        ("OU", prefecture),
        ("CN", f"{municipality} CRLDP"),
    )


def sign_subject(prefecture: str, municipality: str, identifier: str) -> Name:
    """Name the subject of a signature certificate; the holder's name is not in it [J 2.1]."""
    return (("C", "JP"), ("L", prefecture), ("L", municipality), ("CN", identifier))


def auth_subject(identifier: str) -> Name:
    """Name the subject of an authentication certificate [J 3]."""
    return (("C", "JP"), ("CN", identifier))


def service_name(naming: Naming, kind: Kind | None, service: str) -> Name:
    """Name one of our services; the real names are not public (inferred [J 6])."""
    unit = (("OU", UNITS[kind]),) if kind else ()
    return (("C", "JP"), ("O", MODES[naming].organization), *unit, ("CN", service))


def sign_identifier(requested: str, sequence: int, municipality_code: str) -> str:
    """
    Compose the CN of a signature certificate: 28 characters [J 2.1].

    *requested* is YYYYMMDDhhmmss in JST; the last nine are assumed to be those of the
    authentication certificate (inferred [J 13]).
    """
    return f"{requested}{sequence % 100_000:05d}{municipality_code}003A"


def auth_identifier(drawn: str, municipality_code: str) -> str:
    """Compose the CN of an authentication certificate: 23 characters [J 3]."""
    return f"{drawn}{municipality_code}003A"


def rfc4514(name: Name) -> str:
    """Spell a name as text, last RDN first, as RFC 4514 wants it."""
    return ",".join(f"{attribute}={_escaped(value)}" for attribute, value in reversed(name))


def _escaped(value: str) -> str:
    text = "".join("\\" + each if each in ',+"\\<>;=' else each for each in value)
    if text[:1] in (" ", "#"):
        text = "\\" + text
    return text[:-1] + "\\ " if text.endswith(" ") and not text.endswith("\\ ") else text
