"""
What a verdict looks at: the checks in the order of its report, and what a passed one says.

Pure.  Ids are stable and only ever added to.  What a check says when it does not pass is
the sentence of its cause, in pki/causes.
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


@dataclass(frozen=True, slots=True)
class Passing:
    """What a passed check says: the rule that was obeyed, and a sentence in both languages."""

    rule: str
    en: str
    ja: str


PASSED: dict[Check, Passing] = {
    Check.FORMAT: Passing(
        "XMLDSig 4.2; X.690 10",
        "the object has the form that it must have",
        "形式は正しいです。",
    ),
    Check.COVERAGE: Passing(
        "XMLDSig 8.1.3",
        "the signature covers the whole document",
        "署名は文書全体を対象にしています。",
    ),
    Check.ALGORITHM: Passing(
        "XMLDSig 6.1", "the algorithms may be relied on", "許可された暗号アルゴリズムです。"
    ),
    Check.DIGEST: Passing(
        "XMLDSig 3.2.1",
        "the content is what was signed",
        "内容は署名時から変更されていません。",
    ),
    Check.SIGNATURE: Passing(
        "XMLDSig 3.2.2; RFC 8017 8.2.2",
        "the signature value is the certificate's key's",
        "署名値は証明書の公開鍵と一致します。",
    ),
    Check.CHALLENGE: Passing(
        "docs/fidelity.md RP 4.1",
        "the answer is for this challenge and this relying party",
        "このチャレンジへの応答です。",
    ),
    Check.CHAIN: Passing(
        "RFC 5280 6.1.3 (a)(1)",
        "a trusted CA generation signed the certificate",
        "信頼する認証局が発行した証明書です。",
    ),
    Check.ISSUER_VALIDITY: Passing(
        "RFC 5280 6.1.3 (a)(2)",
        "the CA generation is within its dates",
        "認証局の証明書は有効期間内です。",
    ),
    Check.VALIDITY: Passing(
        "RFC 5280 6.1.3 (a)(2)",
        "the certificate is within its dates",
        "証明書は有効期間内です。",
    ),
    Check.KEY_USAGE: Passing(
        "RFC 5280 4.2.1.3",
        "keyUsage permits this use",
        "鍵用途はこの用途を許しています。",
    ),
    Check.POLICY: Passing(
        "RFC 5280 6.1.5 (g)",
        "the policy is that of the right kind of certificate",
        "証明書ポリシーは正しい種類のものです。",
    ),
    Check.EXTENSIONS: Passing(
        "RFC 5280 6.1.5 (f)",
        "every critical extension is understood",
        "重要な拡張はすべて処理できます。",
    ),
    Check.REVOCATION_CRL: Passing(
        "RFC 5280 6.3.3",
        "the list of the certificate's distribution point does not name it",
        "失効リストに記載されていません。",
    ),
    Check.REVOCATION_OCSP: Passing(
        "RFC 6960 2.2", "the OCSP responder says good", "OCSPレスポンダは有効と応答しました。"
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
}
