"""
The rules about OCSP responses beyond the rows of crl/ocsp/shape.

Pure; a table, in the order of RFC 6960, section 4.2.1.  `responses` has the checks.
"""

from pki.inspection.certificate import RULES as CERTIFICATE_RULES
from pki.inspection.findings import Rule, Severity
from pki.inspection.table import CONFIRMED, ERROR, INFERRED, WARNING, rule
from pki.kinds import Confidence

KIND = ("response",)
# A nonce is there only if one was sent, and has no other extension beside it.
NOT_DEMANDED = {"nonce-presence", "nonce-order"}


def _rule(
    id: str,
    field: str,
    clause: str,
    en: str,
    ja: str,
    confidence: Confidence = CONFIRMED,
    severity: Severity = ERROR,
) -> Rule:
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
        rule(
            each.id, each.field, each.severity, KIND, each.clause, each.confidence, each.en, each.ja
        )
        for each in CERTIFICATE_RULES
        if each.field == "signatureValue"
    ),
)
