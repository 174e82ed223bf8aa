"""
What an OCSP response looks like, as a table beside crl/shapes.

Pure.  Public material shows no response of JPKI, so every row is inferred and follows RFC 6960;
the inspector walks this table, and the writer is checked against it.
"""

from pki.kinds import Confidence
from pki.profiles import Per, Profile, field, plain

INFERRED = Confidence.INFERRED
NONCE = "1.3.6.1.5.5.7.48.1.2"

RESPONSE = Profile(
    word="response",
    title="OCSP response",
    japanese="OCSP応答",
    rows=(
        field("responseStatus", ("successful",), "successful", INFERRED, "[J 6] [6960 4.2.1]"),
        field(
            "responseType",
            ("id-pkix-ocsp-basic",),
            "id-pkix-ocsp-basic",
            INFERRED,
            "[J 6] [6960 4.2.1]",
        ),
        field(
            "responderID",
            Per.PUBLIC_KEY,
            "byKey: SHA-1 of the responder's public key bits",
            INFERRED,
            "[J 6] [6960 4.2.2.3]",
        ),
        field(
            "producedAt",
            ("GeneralizedTime",),
            "GeneralizedTime, whole seconds, not before any thisUpdate",
            INFERRED,
            "[J 6] [6960 4.2.2.1]",
        ),
        field(
            "certID",
            Per.ISSUER,
            "SHA-1 with NULL: of the issuer's DN, of its public key bits; the serial",
            INFERRED,
            "[J 6] [6960 4.1.1]",
        ),
        field(
            "certStatus",
            ("good", "revoked", "unknown"),
            "good, revoked since when and with a reason that JPKI uses, or unknown",
            INFERRED,
            "[J 6] [J 7] [6960 4.2.1]",
        ),
        field(
            "singleUpdate",
            ("15 min",),
            "thisUpdate on a full quarter of an hour, nextUpdate 15 minutes on",
            INFERRED,
            "[J 6] [6960 4.2.2.1]",
        ),
        plain("nonce", NONCE, Per.COUNTER, "the nonce of the request, if any", INFERRED, "[J 6]"),
        field(
            "signatureAlgorithm",
            Per.ALGORITHM,
            "sha256WithRSAEncryption with NULL; P-384: ecdsa-with-SHA384",
            INFERRED,
            "[J 6] [J 8]",
        ),
    ),
)
