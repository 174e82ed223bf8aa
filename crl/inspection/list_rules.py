"""
The rules about revocation lists beyond the rows of crl/shapes.

Pure; a table, in the order of RFC 5280, section 5.1.  `lists` has the checks.
"""

from crl.shapes import SHAPES
from pki.inspection import certificate
from pki.inspection.findings import Rule
from pki.inspection.table import CONFIRMED, ERROR, INFERRED, WARNING, rule

LISTS = tuple(shape.value for shape in SHAPES)
CLAUSES = {
    "version": "[5280 5.1.2.1]",
    "signature": "[5280 5.1.2.2]",
    "issuer": "[5280 5.1.2.3]",
    "thisUpdate": "[5280 5.1.2.4]",
    "nextUpdate": "[5280 5.1.2.5]",
    "revokedCertificates": "[5280 5.1.2.6]",
    "reasonCode": "[5280 5.3.1]",
    "authorityKeyIdentifier": "[5280 5.2.1]",
    "cRLNumber": "[5280 5.2.3]",
    "issuingDistributionPoint": "[5280 5.2.5]",
}
# What a row cannot demand: a list may be empty, a reason unsaid, a list published at any hour.
NOT_DEMANDED = {
    "revoked-certificates-presence",
    "reason-code-presence",
    "reason-code-once",
    "this-update-value",
}

RULES: tuple[Rule, ...] = (
    rule(
        "list-structure",
        "certificateList",
        ERROR,
        LISTS,
        "[5280 5.1]",
        CONFIRMED,
        "a list must be a SEQUENCE of three: what is signed, how, the signature",
        "失効リストは署名対象、署名方式、署名の三要素の SEQUENCE でなければならない",
    ),
    rule(
        "list-der",
        "certificateList",
        ERROR,
        LISTS,
        "[X.690 10]",
        CONFIRMED,
        "the list must be encoded in DER, with nothing behind it",
        "失効リストは DER で符号化し、後ろに何もあってはならない",
    ),
    rule(
        "extensions-presence",
        "extensions",
        ERROR,
        LISTS,
        "[5280 5.1.2.7]",
        CONFIRMED,
        "there must be extensions",
        "拡張がなければならない",
    ),
    rule(
        "extensions-once",
        "extensions",
        ERROR,
        LISTS,
        "[5280 5.1.2.7]",
        CONFIRMED,
        "extensions must be there once only",
        "拡張の列は一つだけでなければならない",
    ),
    rule(
        "extensions-structure",
        "extensions",
        ERROR,
        LISTS,
        "[5280 5.1.2.7]",
        CONFIRMED,
        "extensions must be one SEQUENCE under the tag [0]",
        "拡張はタグ [0] の下の一つの SEQUENCE でなければならない",
    ),
    *(
        rule(
            f"{word}-update-{name}",
            f"{word}Update",
            ERROR,
            LISTS,
            f"[5280 5.1.2.{clause}]",
            CONFIRMED,
            en,
            ja,
        )
        for word, clause in (("this", 4), ("next", 5))
        for name, en, ja in (
            (
                "time-type",
                "the time must be a UTCTime through 2049, and a GeneralizedTime from 2050 on",
                "時刻は 2049 年までは UTCTime、2050 年からは GeneralizedTime でなければならない",
            ),
            (
                "calendar",
                "the time must be on the calendar, with seconds, ending in Z",
                "時刻は暦にあり、秒まで書かれ、Z で終わらなければならない",
            ),
        )
    ),
    rule(
        "this-update-order",
        "thisUpdate",
        ERROR,
        LISTS,
        "[5280 5.1.2.5]",
        CONFIRMED,
        "thisUpdate must be before nextUpdate",
        "thisUpdate は nextUpdate より前でなければならない",
    ),
    rule(
        "revoked-certificates-order",
        "revokedCertificates",
        WARNING,
        LISTS,
        "[J 13]",
        INFERRED,
        "the entries should stand by rising serial number",
        "項目はシリアル番号の昇順に並ぶのが望ましい",
    ),
    rule(
        "revoked-certificates-date",
        "revokedCertificates",
        ERROR,
        LISTS,
        "[5280 5.1.2.6]",
        CONFIRMED,
        "a revocation date must be on the calendar, of its type, and not after thisUpdate",
        "失効日時は暦にあって型が正しく、thisUpdate 以前でなければならない",
    ),
    rule(
        "revoked-certificates-extensions",
        "revokedCertificates",
        ERROR,
        LISTS,
        "[J 13] [5280 5.3]",
        INFERRED,
        "an entry must have no extension but reasonCode",
        "項目の拡張は reasonCode だけでなければならない",
    ),
    rule(
        "reason-code-critical",
        "reasonCode",
        ERROR,
        LISTS,
        "[5280 5.3.1]",
        CONFIRMED,
        "reasonCode must not be critical",
        "reasonCode はクリティカルであってはならない",
    ),
    rule(
        "reason-code-flag",
        "reasonCode",
        ERROR,
        LISTS,
        "[X.690 11.5]",
        CONFIRMED,
        "the flag critical of reasonCode must not be encoded when FALSE",
        "reasonCode の critical は FALSE のとき符号化してはならない",
    ),
    rule(
        "reason-code-unspecified",
        "reasonCode",
        WARNING,
        LISTS,
        "[5280 5.3.1]",
        CONFIRMED,
        "the reason unspecified should be left out",
        "理由 unspecified は書かないのが望ましい",
    ),
    rule(
        "reason-code-lifted",
        "reasonCode",
        ERROR,
        LISTS,
        "[J 7]",
        CONFIRMED,
        "no hold is lifted, so removeFromCRL must not occur",
        "一時保留は解除されないので removeFromCRL があってはならない",
    ),
    rule(
        "issuing-distribution-point-municipality",
        "issuingDistributionPoint",
        ERROR,
        ("municipal",),
        "[J 5] [D 4]",
        INFERRED,
        "the point must name a municipality of Japan",
        "配布点は日本の市区町村を示さなければならない",
    ),
    rule(
        "issuing-distribution-point-issuer",
        "issuingDistributionPoint",
        ERROR,
        ("municipal",),
        "[J 5]",
        INFERRED,
        "the point must be below the name of the issuing CA",
        "配布点は発行 CA の名前の下になければならない",
    ),
    rule(
        "issuer-chain",
        "issuer",
        ERROR,
        LISTS,
        "[5280 5.1.2.3]",
        CONFIRMED,
        "the issuer must be the CA's subject, octet for octet",
        "発行者は CA の主体者名とオクテット単位で一致しなければならない",
    ),
    rule(
        "signature-value-chain",
        "signatureValue",
        ERROR,
        LISTS,
        "[5280 6.3.3]",
        CONFIRMED,
        "the signature must be that of the CA's key",
        "署名は CA の鍵によるものでなければならない",
    ),
    *(
        rule(
            each.id,
            each.field,
            each.severity,
            LISTS,
            each.clause,
            each.confidence,
            each.en,
            each.ja,
        )
        for each in certificate.RULES
        if each.field in ("signatureAlgorithm", "signatureValue") or each.id == "extensions-der"
    ),
)
