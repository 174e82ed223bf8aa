"""
What a list looks like, one table per shape, as pki/profiles has them for certificates.

Pure.  Public material shows no list of JPKI, so nearly every row is inferred; the writer
walks the extensions, and what no row names must be absent.  Delta lists are not made.
"""

from enum import Enum

from pki import oids
from pki.kinds import Confidence
from pki.profiles import Per, Profile, critical, field, plain

INFERRED = Confidence.INFERRED

_FIELDS = (
    field("version", ("v2",), "v2, for there are extensions", INFERRED, "[J 13] [5280 5.1.2.1]"),
    field(
        "signature",
        Per.ALGORITHM,
        "as in the CA's certificates: sha256WithRSAEncryption with NULL; P-384: ecdsa-with-SHA384",
        INFERRED,
        "[J 1.2] [J 8]",
    ),
    field("issuer", Per.ISSUER, "the CA's DN, octet for octet", INFERRED, "[5280 5.1.2.3]"),
    field(
        "thisUpdate",
        ("03:00 JST",),
        "daily at 03:00 JST, and once more at each publication by hand",
        INFERRED,
        "[J 5] [J 13]",
    ),
    field("nextUpdate", ("48 h",), "thisUpdate + 48 h", INFERRED, "[J 13]"),
    field(
        "revokedCertificates",
        Per.COUNTER,
        "by rising serial, absent when there is none; an expired certificate leaves "
        "after one further daily list",
        INFERRED,
        "[J 13] [5280 3.3] [5280 5.1.2.6]",
    ),
    field(
        "reasonCode",
        Per.HOLDER,
        "in every entry but those whose reason is unspecified",
        INFERRED,
        "[J 5] [J 13] [5280 5.3.1]",
    ),
)
_AUTHORITY = plain(
    "authorityKeyIdentifier",
    oids.AUTHORITY_KEY_IDENTIFIER,
    Per.ISSUER,
    "keyIdentifier alone; it tells the generations apart",
    INFERRED,
    "[J 13] [5280 5.2.1]",
)
_NUMBER = plain(
    "cRLNumber",
    oids.CRL_NUMBER,
    Per.COUNTER,
    "1 for the first list of the scope, then one more each time",
    INFERRED,
    "[J 13] [5280 5.2.3]",
)


class Shape(Enum):
    """Which of the three tables; the value is its word."""

    MUNICIPAL = "municipal"
    AUTHORITIES = "authorities"
    FULL = "full"


MUNICIPAL = Profile(
    word=Shape.MUNICIPAL.value,
    title="list of one issuing municipality",
    japanese="失効リスト",
    rows=(
        *_FIELDS,
        _AUTHORITY,
        _NUMBER,
        critical(
            "issuingDistributionPoint",
            oids.ISSUING_DISTRIBUTION_POINT,
            Per.MUNICIPALITY,
            "the point that the certificates name, and no booleans",
            INFERRED,
            "[J 13] [5280 5.2.5]",
        ),
    ),
)

AUTHORITIES = Profile(
    word=Shape.AUTHORITIES.value,
    title="list of CA certificates",
    japanese="認証局失効リスト",
    rows=(
        *_FIELDS,
        _AUTHORITY,
        _NUMBER,
        critical(
            "issuingDistributionPoint",
            oids.ISSUING_DISTRIBUTION_POINT,
            Per.ISSUER,
            "the CA's own DN, onlyContainsCACerts",
            INFERRED,
            "[J 13] [5280 5.2.5]",
        ),
    ),
)

FULL = Profile(
    word=Shape.FULL.value,
    title="list of everything a CA issued, off by default",
    japanese="完全失効リスト",
    rows=(*_FIELDS, _AUTHORITY, _NUMBER),
)

SHAPES: dict[Shape, Profile] = {
    Shape.MUNICIPAL: MUNICIPAL,
    Shape.AUTHORITIES: AUTHORITIES,
    Shape.FULL: FULL,
}
