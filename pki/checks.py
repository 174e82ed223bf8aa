"""
What a verdict looks at: the checks in the order of its report, and what a passed one says.

Pure.  Ids are stable and only ever added to.  What a check says when it does not pass is
the sentence of its cause, in pki/causes, unless CLOSER knows one that is closer to the check.
"""

from dataclasses import dataclass
from enum import Enum


class Check(Enum):
    """What the verifier looks at, in the order of its report; values are stable."""

    __hash__ = object.__hash__  # Enum's own is Python code, and verdicts are on the hot path

    FORMAT = "format"
    COVERAGE = "coverage"
    ALGORITHM = "algorithm"
    DIGEST = "digest"
    SIGNATURE = "signature"
    CHALLENGE = "challenge"
    CHAIN = "chain"
    ISSUER_VALIDITY = "issuer-validity"
    VALIDITY = "validity"
    KEY_USAGE = "key-usage"
    POLICY = "policy"
    EXTENSIONS = "extensions"
    REVOCATION_CRL = "revocation-crl"
    REVOCATION_OCSP = "revocation-ocsp"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Saying:
    """What a check says: the rule that it cites, and a sentence in both languages."""

    rule: str
    en: str
    ja: str


PASSED: dict[Check, Saying] = {
    Check.FORMAT: Saying(
        "XMLDSig 4.2; RFC 5652 5; X.690 10",
        "the object has the form that it must have",
        "正しい形式です。",
    ),
    Check.COVERAGE: Saying(
        "XMLDSig 8.1.3; ISO 32000-2 12.8.1",
        "the signature covers the whole document",
        "署名は文書全体を対象にしています。",
    ),
    Check.ALGORITHM: Saying(
        "XMLDSig 8.3; RFC 5652 10.1",
        "the algorithms may be relied on",
        "許可された暗号アルゴリズムです。",
    ),
    Check.DIGEST: Saying(
        "XMLDSig 3.2.1; RFC 5652 5.4",
        "the content is what was signed",
        "内容は署名時から変更されていません。",
    ),
    Check.SIGNATURE: Saying(
        "XMLDSig 3.2.2; RFC 5652 5.6; RFC 8017 8.2.2",
        "the signature value was made with the certificate's key",
        "署名値は証明書の公開鍵で検証できました。",
    ),
    Check.CHALLENGE: Saying(
        "docs/fidelity.md RP 4.1",
        "the answer is for this challenge and this relying party",
        "このチャレンジへの応答です。",
    ),
    Check.CHAIN: Saying(
        "RFC 5280 6.1.3 (a)(1)",
        "a trusted CA generation signed the certificate",
        "信頼する認証局が発行した証明書です。",
    ),
    Check.ISSUER_VALIDITY: Saying(
        "RFC 5280 6.1.3 (a)(2)",
        "the CA generation is within its dates",
        "認証局の証明書は有効期間内です。",
    ),
    Check.VALIDITY: Saying(
        "RFC 5280 6.1.3 (a)(2)",
        "the certificate is within its dates",
        "証明書は有効期間内です。",
    ),
    Check.KEY_USAGE: Saying(
        "RFC 5280 4.2.1.3",
        "keyUsage permits this use",
        "鍵用途はこの利用に適合しています。",
    ),
    Check.POLICY: Saying(
        "RFC 5280 6.1.5 (g)",
        "the policy is that of the right kind of certificate",
        "証明書ポリシーは正しい種類のものです。",
    ),
    Check.EXTENSIONS: Saying(
        "RFC 5280 6.1.5 (f)",
        "every critical extension is understood",
        "クリティカルな拡張はすべて処理できます。",
    ),
    Check.REVOCATION_CRL: Saying(
        "RFC 5280 6.3.3",
        "the list of the certificate's distribution point does not name it",
        "失効リストに記載されていません。",
    ),
    Check.REVOCATION_OCSP: Saying(
        "RFC 6960 2.2", "the OCSP responder says good", "OCSPレスポンダは有効と応答しました。"
    ),
    Check.TIMESTAMP: Saying(
        "RFC 3161 2.2",
        "a time-stamp proves when this existed at the latest",
        "タイムスタンプにより、その時刻に存在していたことが証明されています。",
    ),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a check is called before people, in both languages."""

    en: str
    ja: str


NAMES: dict[Check, Heading] = {
    Check.FORMAT: Heading("form", "形式"),
    Check.COVERAGE: Heading("coverage", "署名の範囲"),
    Check.ALGORITHM: Heading("algorithms", "暗号アルゴリズム"),
    Check.DIGEST: Heading("content", "内容の同一性"),
    Check.SIGNATURE: Heading("signature value", "署名値"),
    Check.CHALLENGE: Heading("challenge", "チャレンジ"),
    Check.CHAIN: Heading("issuer", "発行元"),
    Check.ISSUER_VALIDITY: Heading("dates of the CA", "認証局の有効期間"),
    Check.VALIDITY: Heading("dates of the certificate", "証明書の有効期間"),
    Check.KEY_USAGE: Heading("key usage", "鍵用途"),
    Check.POLICY: Heading("policy", "証明書ポリシー"),
    Check.EXTENSIONS: Heading("extensions", "拡張"),
    Check.REVOCATION_CRL: Heading("revocation list", "失効リスト"),
    Check.REVOCATION_OCSP: Heading("OCSP responder", "OCSPレスポンダ"),
    Check.TIMESTAMP: Heading("time-stamp", "タイムスタンプ"),
}

CLOSER: dict[tuple[Check, str], Saying] = {
    (Check.KEY_USAGE, "chain-constraints-failure"): Saying(
        "RFC 5280 4.2.1.3, 4.2.1.12",
        "the certificate's key may not be used for this; take the certificate of the right kind",
        "この用途には使えない鍵の証明書です。正しい種類の証明書を使ってください。",
    ),
    (Check.POLICY, "chain-constraints-failure"): Saying(
        "RFC 5280 6.1.5 (g)",
        "the certificate does not state the policy that this use needs; "
        "take the certificate of the right kind",
        "この用途に必要な証明書ポリシーがありません。正しい種類の証明書を使ってください。",
    ),
    (Check.EXTENSIONS, "chain-constraints-failure"): Saying(
        "RFC 5280 6.1.5 (f)",
        "the certificate has a critical extension that is not understood here; "
        "use one of this JPKI",
        "処理できないクリティカルな拡張があります。公的個人認証の証明書を使ってください。",
    ),
    (Check.REVOCATION_OCSP, "revoked"): Saying(
        "RFC 6960 2.2",
        "the OCSP responder says that the certificate is revoked; "
        "the holder needs a new one from the counter",
        "OCSPレスポンダは失効と応答しました。窓口で新しい証明書の発行を受けてください。",
    ),
}
