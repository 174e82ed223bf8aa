"""
The certificate profiles of JPKI, one table per kind of certificate.

Pure.  Rows come in the order of the certificate, and each says what it rests on and how
firmly.  The issuer walks these tables; the inspector reads DER on its own and is checked
against them.  An extension that no row names must be absent.
"""

from dataclasses import dataclass, replace
from enum import Enum

from pki import oids
from pki.kinds import Confidence


class Per(Enum):
    """What decides content that differs from certificate to certificate."""

    ALGORITHM = "algorithm"
    COUNTER = "counter"
    HOLDER = "holder"
    ISSUER = "issuer"
    MUNICIPALITY = "municipality"
    NAMING = "naming"
    PUBLIC_KEY = "public key"


CONFIRMED, SINGLE_SOURCE, INFERRED = Confidence

Content = Per | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """
    One field or extension that every certificate of the kind carries.

    Attributes:
        name: As the standards spell it.
        oid: Of an extension, dotted; None for a field.
        critical: Of an extension; None for a field, which has no such flag.
        content: The value in the standard's words, or what decides it.
        shown: What a reader sees there, in one line.
        confidence: How sure we are of the whole row.
        source: Citation of what the row rests on.
    """

    name: str
    oid: str | None
    critical: bool | None
    content: Content
    shown: str
    confidence: Confidence
    source: str


def field(name: str, content: Content, shown: str, confidence: Confidence, source: str) -> Row:
    """Write the row of a field."""
    return Row(name, None, None, content, shown, confidence, source)


def critical(
    name: str, oid: str, content: Content, shown: str, confidence: Confidence, source: str
) -> Row:
    """Write the row of an extension that nobody may ignore."""
    return Row(name, oid, True, content, shown, confidence, source)


def plain(
    name: str, oid: str, content: Content, shown: str, confidence: Confidence, source: str
) -> Row:
    """Write the row of an extension that is not critical."""
    return Row(name, oid, False, content, shown, confidence, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    What a certificate of one kind must say.

    Attributes:
        word: The kind in commands, files, URLs and JSON.
        title: In prose.
        japanese: The official Japanese term.
        rows: In the order of the certificate.
    """

    word: str
    title: str
    japanese: str
    rows: tuple[Row, ...]

    @property
    def fields(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.oid is None)

    @property
    def extensions(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.oid is not None)


VERSION = field("version", ("v3",), "v3", CONFIRMED, "[J 1.2]")
SIGNATURE = field(
    "signature",
    Per.ALGORITHM,
    "sha256WithRSAEncryption with NULL; P-384: ecdsa-with-SHA384 (inferred)",
    CONFIRMED,
    "[J 1.2] [J 2.1] [J 8]",
)
ISSUER = field(
    "issuer", Per.ISSUER, "the CA's DN, C PrintableString, else UTF8String", CONFIRMED, "[J 1.2]"
)
PUBLIC_KEY = field(
    "subjectPublicKeyInfo",
    Per.PUBLIC_KEY,
    "rsaEncryption with NULL, 2048 bit, e = 65537; P-384: named curve (inferred)",
    CONFIRMED,
    "[J 1.2] [J 2.1] [J 8]",
)
SERIAL = field(
    "serialNumber",
    Per.COUNTER,
    "positive, sequential, one counter per CA for its own certificates and the holders'",
    INFERRED,
    "[J 1.1] [J 2.1]",
)
KEY_IDENTIFIER = plain(
    "subjectKeyIdentifier",
    oids.SUBJECT_KEY_IDENTIFIER,
    Per.PUBLIC_KEY,
    "SHA-1 of the public key bits",
    CONFIRMED,
    "[J 1.2] [J 2.2] [J 3]",
)
AUTHORITY = plain(
    "authorityKeyIdentifier",
    oids.AUTHORITY_KEY_IDENTIFIER,
    Per.ISSUER,
    "keyIdentifier, authorityCertIssuer, authorityCertSerialNumber of the CA certificate",
    CONFIRMED,
    "[J 2.2] [J 3]",
)
ISSUER_ALT_NAME = plain(
    "issuerAltName",
    oids.ISSUER_ALT_NAME,
    Per.ISSUER,
    "one directoryName, the CA's Japanese name",
    CONFIRMED,
    "[J 2.2] [J 3]",
)
POINT = plain(
    "cRLDistributionPoints",
    oids.CRL_DISTRIBUTION_POINTS,
    Per.MUNICIPALITY,
    "one point, fullName directoryName of six RDNs; no URI, no reasons, no cRLIssuer",
    CONFIRMED,
    "[J 2.2] [J 3]",
)

CA = Profile(
    word="ca",
    title="CA certificate",
    japanese="認証局の自己署名証明書",
    rows=(
        VERSION,
        SERIAL,
        SIGNATURE,
        ISSUER,
        field(
            "validity",
            Per.ALGORITHM,
            "to 23:59:59 JST of the issue date + 10 years - 1 day (P-384: 20 years, inferred)",
            CONFIRMED,
            "[J 1.1] [J 12]",
        ),
        field("subject", Per.ISSUER, "equal to the issuer", CONFIRMED, "[J 1.2]"),
        PUBLIC_KEY,
        critical(
            "keyUsage",
            oids.KEY_USAGE,
            ("keyCertSign", "cRLSign"),
            "keyCertSign, cRLSign",
            CONFIRMED,
            "[J 1.2]",
        ),
        plain(
            "subjectAltName",
            oids.SUBJECT_ALT_NAME,
            Per.ISSUER,
            "one directoryName, the CA's Japanese name",
            CONFIRMED,
            "[J 1.2]",
        ),
        critical(
            "basicConstraints",
            oids.BASIC_CONSTRAINTS,
            ("cA",),
            "cA TRUE, no pathLenConstraint",
            CONFIRMED,
            "[J 1.2]",
        ),
        plain(
            "cRLDistributionPoints",
            oids.CRL_DISTRIBUTION_POINTS,
            Per.ISSUER,
            "one point, fullName directoryName, the CA's own DN",
            CONFIRMED,
            "[J 1.2]",
        ),
        KEY_IDENTIFIER,
    ),
)

SIGN = Profile(
    word="sign",
    title="signature certificate",
    japanese="署名用電子証明書",
    rows=(
        VERSION,
        SERIAL,
        SIGNATURE,
        ISSUER,
        field(
            "validity",
            Per.HOLDER,
            "second of issue to 23:59:59 JST of the last day",
            CONFIRMED,
            "[J 2.1] [J 10.2]",
        ),
        field(
            "subject",
            Per.HOLDER,
            "C, L prefecture, L municipality, CN of 28 characters (not the name)",
            CONFIRMED,
            "[J 2.1]",
        ),
        PUBLIC_KEY,
        critical(
            "keyUsage",
            oids.KEY_USAGE,
            ("digitalSignature", "nonRepudiation"),
            "digitalSignature, nonRepudiation",
            CONFIRMED,
            "[J 2.2]",
        ),
        plain(
            "subjectAltName",
            oids.SUBJECT_ALT_NAME,
            Per.HOLDER,
            "six otherNames: name, birth, sex, address, substitutes of name, of address",
            CONFIRMED,
            "[J 2.3]",
        ),
        critical(
            "certificatePolicies",
            oids.CERTIFICATE_POLICIES,
            Per.NAMING,
            "1.2.392.200149.8.5.1.1.20 with one CPS qualifier",
            CONFIRMED,
            "[J 2.2]",
        ),
        ISSUER_ALT_NAME,
        POINT,
        AUTHORITY,
        KEY_IDENTIFIER,
    ),
)

# Says neither who the holder is nor where they live; hence it outlives a move.
AUTH = Profile(
    word="auth",
    title="authentication certificate",
    japanese="利用者証明用電子証明書",
    rows=(
        VERSION,
        SERIAL,
        SIGNATURE,
        ISSUER,
        field(
            "validity",
            Per.HOLDER,
            "second of issue to 23:59:59 JST of the last day",
            CONFIRMED,
            "[J 3] [J 10.2]",
        ),
        field("subject", Per.HOLDER, "C, CN of 23 characters", CONFIRMED, "[J 3]"),
        PUBLIC_KEY,
        critical(
            "keyUsage",
            oids.KEY_USAGE,
            ("digitalSignature",),
            "digitalSignature",
            CONFIRMED,
            "[J 3]",
        ),
        plain(
            "extKeyUsage",
            oids.EXT_KEY_USAGE,
            (oids.KP_CLIENT_AUTH,),
            "id-kp-clientAuth",
            CONFIRMED,
            "[J 3]",
        ),
        critical(
            "certificatePolicies",
            oids.CERTIFICATE_POLICIES,
            Per.NAMING,
            "1.2.392.200149.8.5.1.3.30 with one CPS qualifier",
            CONFIRMED,
            "[J 3]",
        ),
        ISSUER_ALT_NAME,
        POINT,
        plain(
            "authorityInfoAccess",
            oids.AUTHORITY_INFO_ACCESS,
            Per.NAMING,
            "one id-ad-ocsp, URI",
            CONFIRMED,
            "[J 3]",
        ),
        AUTHORITY,
        KEY_IDENTIFIER,
    ),
)


def ours(row: Row) -> Row:
    """Write a row of the CAs' holders into a profile that no source describes [J 6]."""
    return replace(row, confidence=INFERRED, source="[J 6]")


SERVICE_FIELDS = (
    *map(ours, (VERSION, SERIAL, SIGNATURE, ISSUER)),
    field("validity", Per.ISSUER, "one year, never past the issuer's", INFERRED, "[J 6]"),
    field("subject", Per.NAMING, "C, O, OU, CN of the service", INFERRED, "[J 6]"),
    ours(PUBLIC_KEY),
)

# The real profile of either service is not public; these two are ours [J 6].
OCSP = Profile(
    word="ocsp",
    title="OCSP responder certificate",
    japanese="OCSPレスポンダ証明書",
    rows=(
        *SERVICE_FIELDS,
        critical(
            "keyUsage",
            oids.KEY_USAGE,
            ("digitalSignature",),
            "digitalSignature",
            INFERRED,
            "[6960 4.2.2.2]",
        ),
        plain(
            "extKeyUsage",
            oids.EXT_KEY_USAGE,
            (oids.KP_OCSP_SIGNING,),
            "id-kp-OCSPSigning",
            INFERRED,
            "[6960 4.2.2.2]",
        ),
        plain(
            "ocspNoCheck",
            oids.OCSP_NOCHECK,
            ("NULL",),
            "NULL: the responder's own certificate is not checked",
            INFERRED,
            "[6960 4.2.2.2.1]",
        ),
        ours(AUTHORITY),
        ours(KEY_IDENTIFIER),
    ),
)

TSA = Profile(
    word="tsa",
    title="time-stamping authority certificate",
    japanese="タイムスタンプ局証明書",
    rows=(
        # A token must outlast the certificates that it serves.
        *(
            replace(row, shown="from the first use to the issuer's own end")
            if row.name == "validity"
            else row
            for row in SERVICE_FIELDS
        ),
        critical(
            "keyUsage",
            oids.KEY_USAGE,
            ("digitalSignature", "nonRepudiation"),
            "digitalSignature, nonRepudiation",
            INFERRED,
            "[3161 2.3]",
        ),
        critical(
            "extKeyUsage",
            oids.EXT_KEY_USAGE,
            (oids.KP_TIME_STAMPING,),
            "id-kp-timeStamping, alone and critical",
            INFERRED,
            "[3161 2.3]",
        ),
        ours(AUTHORITY),
        ours(KEY_IDENTIFIER),
    ),
)

PROFILES: dict[str, Profile] = {profile.word: profile for profile in (CA, SIGN, AUTH, OCSP, TSA)}
