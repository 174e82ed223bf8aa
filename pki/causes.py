"""
Why a verdict is not a pass: one table of causes, and one of the checks that find them.

Pure.  The verifier, the driver, the corpus and the reports all look here; ids are stable
and only ever added to.  `fatal` says whether the breach is TOTAL-FAILED in this product;
what EN 319 102-1 calls it travels along, for a breach of the JPKI policy is a failure here
even where the standard would leave it open [D 8].
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Code(StrEnum):
    """What platform operators answer, in the order in which the first match counts [RP 6.2]."""

    UNSUPPORTED_CERTIFICATE = "UNSUPPORTED_CERTIFICATE"
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED"
    SIGNATURE_MISMATCH = "SIGNATURE_MISMATCH"
    CERTIFICATE_REVOKED = "CERTIFICATE_REVOKED"
    UNSPECIFIED = "UNSPECIFIED"  # anything else; never a success
    OK = "OK"  # exactly when the verdict is TOTAL-PASSED


@dataclass(frozen=True, slots=True)
class Cause:
    """
    One reason not to pass.

    Attributes:
        id: In kebab case, stable.
        fatal: TOTAL-FAILED if true, INDETERMINATE if not.
        sub_indication: Of EN 319 102-1, the nearest [EN319102 5.1.3].
        en_indication: Indication and sub-indication as the standard would have them.
        code: Of the platform operators.
        rule: The clause that is broken or cannot be met.
        en: What happened, and the cure.
        ja: The same in Japanese.
    """

    id: str
    fatal: bool
    sub_indication: str
    en_indication: str
    code: Code
    rule: str
    en: str
    ja: str


def _failed(
    id: str, sub: str, code: Code, rule: str, en: str, ja: str, *, open_in: str | None = None
) -> Cause:
    """Write a cause that no later information can cure; *open_in* is the standard's own view."""
    standard = f"INDETERMINATE/{open_in}" if open_in else f"TOTAL-FAILED/{sub}"
    return Cause(id, True, sub, standard, code, rule, en, ja)


def _open(id: str, sub: str, rule: str, en: str, ja: str) -> Cause:
    """Write a cause that leaves the question open, which is never a yes."""
    return Cause(id, False, sub, f"INDETERMINATE/{sub}", Code.UNSPECIFIED, rule, en, ja)


_FORMAT, _CHAIN = "FORMAT_FAILURE", "CHAIN_CONSTRAINTS_FAILURE"
_UNSUPPORTED, _MISMATCH = Code.UNSUPPORTED_CERTIFICATE, Code.SIGNATURE_MISMATCH

CAUSES: dict[str, Cause] = {
    cause.id: cause
    for cause in (
        _failed(
            "format-failure",
            _FORMAT,
            Code.UNSPECIFIED,
            "EN 319 102-1 5.1.3",
            "the object does not have the form that it must have; get an undamaged copy",
            "形式が正しくありません。破損していないファイルを入手してください。",
        ),
        _failed(
            "wrapping",
            _FORMAT,
            Code.UNSPECIFIED,
            "XMLDSig 4.4.3.3; XML 1.0 3.3.1",
            "an id stands twice, so that the signed element is not the only one of its name; "
            "reject the document",
            "同じIDが複数あり、署名対象を一意に決められません。この文書は受理しないでください。",
        ),
        _failed(
            "hash-failure",
            "HASH_FAILURE",
            _MISMATCH,
            "XMLDSig 3.2.1",
            "the content was changed after it was signed; have it signed again",
            "署名後に内容が変更されています。署名し直してもらってください。",
        ),
        _failed(
            "sig-crypto-failure",
            "SIG_CRYPTO_FAILURE",
            _MISMATCH,
            "XMLDSig 3.2.2; RFC 8017 8.2.2",
            "the signature value is not this key's over this content; have it signed again",
            "署名値が証明書の公開鍵と一致しません。署名し直してもらってください。",
        ),
        _failed(
            "signed-data-not-found",
            "SIGNED_DATA_NOT_FOUND",
            Code.UNSPECIFIED,
            "EN 319 102-1 5.1.3",
            "what the signature refers to is not there; supply the file under its exact name",
            "署名対象のデータが見つかりません。正確な名前のファイルを添えてください。",
            open_in="SIGNED_DATA_NOT_FOUND",
        ),
        _failed(
            "sig-constraints-failure",
            "SIG_CONSTRAINTS_FAILURE",
            Code.UNSPECIFIED,
            "XMLDSig 8.1",
            "the signature uses a transform, canonicalisation or address that is not on the "
            "list of permitted ones; sign with one that is",
            "許可されていない変換・正規化・参照が使われています。許可された方式で署名してください。",
            open_in="SIG_CONSTRAINTS_FAILURE",
        ),
        _failed(
            "coverage",
            "SIG_CONSTRAINTS_FAILURE",
            Code.UNSPECIFIED,
            "XMLDSig 8.1.3",
            "the signature covers only a part of the document; sign the root element",
            "署名が文書全体を対象にしていません。ルート要素に署名してください。",
            open_in="SIG_CONSTRAINTS_FAILURE",
        ),
        _failed(
            "crypto-constraints-failure",
            "CRYPTO_CONSTRAINTS_FAILURE",
            Code.UNSPECIFIED,
            "XMLDSig 8.3",
            "the algorithm is not one of those that may be relied on; use SHA-256 or better",
            "許可されていない暗号アルゴリズムです。SHA-256以上を使ってください。",
            open_in="CRYPTO_CONSTRAINTS_FAILURE",
        ),
        _failed(
            "no-certificate-chain-found",
            "NO_CERTIFICATE_CHAIN_FOUND",
            _UNSUPPORTED,
            "RFC 5280 6.1.3 (a)(1)",
            "no trusted CA signed the certificate; use a certificate of this JPKI",
            "信頼する認証局が発行した証明書ではありません。公的個人認証の証明書を使ってください。",
            open_in="NO_CERTIFICATE_CHAIN_FOUND",
        ),
        _failed(
            "chain-constraints-failure",
            _CHAIN,
            _UNSUPPORTED,
            "RFC 5280 6.1.3, 6.1.5",
            "the certificate is of another kind than this use needs; take the right one",
            "この用途に使える種類の証明書ではありません。正しい証明書を使ってください。",
            open_in=_CHAIN,
        ),
        _failed(
            "expired",
            "EXPIRED",
            Code.CERTIFICATE_EXPIRED,
            "RFC 5280 6.1.3 (a)(2)",
            "the certificate had expired at the moment of judgement; renew it at the counter",
            "証明書の有効期間が満了しています。窓口で更新してください。",
            open_in="OUT_OF_BOUNDS_NO_POE",
        ),
        _failed(
            "not-yet-valid",
            "NOT_YET_VALID",
            Code.CERTIFICATE_EXPIRED,
            "RFC 5280 6.1.3 (a)(2)",
            "the certificate may not be used yet at the moment of judgement; wait until it may",
            "証明書はまだ使えません。有効期間の開始を待ってください。",
            open_in="OUT_OF_BOUNDS_NO_POE",
        ),
        _failed(
            "ca-expired",
            _CHAIN,
            _UNSUPPORTED,
            "RFC 5280 6.1.3 (a)(2), 6.2",
            "the CA generation that issued the certificate is outside its dates; "
            "use a certificate of a newer generation",
            "発行した認証局の証明書が有効期間外です。新しい世代の証明書を使ってください。",
            open_in=_CHAIN,
        ),
        _failed(
            "revoked",
            "REVOKED",
            Code.CERTIFICATE_REVOKED,
            "RFC 5280 6.3.3 (j)",
            "the certificate is revoked; the holder needs a new one from the counter",
            "証明書は失効しています。窓口で新しい証明書の発行を受けてください。",
            open_in="REVOKED_NO_POE",
        ),
        _open(
            "out-of-bounds-no-poe",
            "OUT_OF_BOUNDS_NO_POE",
            "EN 319 102-1 5.5",
            "nothing proves that the signature existed while the certificate was valid; "
            "supply a time-stamp",
            "証明書が有効な間に署名されたことを示すものがありません。タイムスタンプを添えてください。",
        ),
        _open(
            "revoked-no-poe",
            "REVOKED_NO_POE",
            "EN 319 102-1 5.5",
            "the certificate is revoked, and nothing proves that the signature existed before; "
            "supply a time-stamp",
            "証明書は失効しており、失効前の署名であることを示すものがありません。"
            "タイムスタンプを添えてください。",
        ),
        _open(
            "crypto-no-poe",
            "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            "EN 319 102-1 5.5",
            "the algorithm is past its end date, and nothing proves that the signature existed "
            "before; supply a time-stamp",
            "暗号アルゴリズムの使用期限を過ぎており、期限前の署名であることを示すものがありません。"
            "タイムスタンプを添えてください。",
        ),
        _open(
            "no-poe",
            "NO_POE",
            "EN 319 102-1 5.6.2.4",
            "no list or response that was stored speaks for the proven moment; "
            "supply one that came out after it and before the certificate expired",
            "証明された時刻についての失効情報がありません。"
            "その時刻より後、有効期間内に発行されたものを添えてください。",
        ),
        _open(
            "timestamp-mismatch",
            "NO_POE",
            "RFC 3161 2.4.2",
            "the time-stamp is of other octets than these; supply the one of this document",
            "タイムスタンプはこの文書のものではありません。この文書のものを添えてください。",
        ),
        _open(
            "timestamp-invalid",
            "NO_POE",
            "RFC 3161 2.2, 2.4.2",
            "the time-stamp is damaged, or not signed by the authority that it names; "
            "get an undamaged copy",
            "タイムスタンプが破損しているか、局の署名と一致しません。正しいものを入手してください。",
        ),
        _open(
            "timestamp-untrusted",
            "NO_POE",
            "RFC 3161 2.3",
            "no authority that is trusted for time-stamps made this one; "
            "have the document stamped by one that is",
            "信頼するタイムスタンプ局のものではありません。信頼する局で取得してください。",
        ),
        _open(
            "timestamp-expired",
            "NO_POE",
            "RFC 3161 4 (3)",
            "the authority's certificate is not within its dates, and no later time-stamp covers "
            "this one; supply the later one",
            "タイムスタンプ局の証明書が有効期間外です。"
            "期間内に取得した後続のタイムスタンプを添えてください。",
        ),
        _open(
            "timestamp-order",
            "TIMESTAMP_ORDER_FAILURE",
            "EN 319 102-1 5.6.2.4",
            "the time-stamp is of a later moment than it may be; check the clock and the order",
            "タイムスタンプの時刻が前後しています。時計と順序を確認してください。",
        ),
        _open(
            "crl-missing",
            "TRY_LATER",
            "RFC 5280 6.3.3",
            "no list of the certificate's distribution point is at hand; fetch it and ask again",
            "この証明書の失効リストがありません。取得してから再度検証してください。",
        ),
        _open(
            "crl-scope",
            "TRY_LATER",
            "RFC 5280 6.3.3 (b)(2), 5.2.5",
            "the list at hand speaks for another distribution point, such as another "
            "municipality; fetch the certificate's own",
            "手元の失効リストは別の市区町村など別の配布点のものです。正しいリストを取得してください。",
        ),
        _open(
            "crl-stale",
            "TRY_LATER",
            "RFC 5280 5.1.2.5",
            "the list is past its nextUpdate; fetch the newest",
            "失効リストの次回更新日時を過ぎています。最新のリストを取得してください。",
        ),
        _open(
            "crl-not-yet-valid",
            "TRY_LATER",
            "RFC 5280 5.1.2.4",
            "the list comes from the future; check the clock",
            "失効リストの発行日時が未来です。時計を確認してください。",
        ),
        _open(
            "crl-untrusted",
            "TRY_LATER",
            "RFC 5280 6.3.3 (f), (g)",
            "the list is not signed by the key that issued the certificate; fetch the right one",
            "失効リストが証明書を発行した鍵で署名されていません。正しいリストを取得してください。",
        ),
        _open(
            "crl-unusable",
            "TRY_LATER",
            "RFC 5280 5.2",
            "the list has a form that cannot be relied on; report it to the authority",
            "信頼できない形式の失効リストです。認証局に連絡してください。",
        ),
        _open(
            "ocsp-missing",
            "TRY_LATER",
            "RFC 6960 3.2",
            "no OCSP response for the certificate is at hand; ask the responder",
            "OCSP応答がありません。レスポンダに問い合わせてください。",
        ),
        _open(
            "ocsp-unknown",
            "TRY_LATER",
            "RFC 6960 2.2",
            "the responder does not know the certificate, which is never a yes; "
            "ask the right responder",
            "レスポンダはこの証明書を知りません。正しいレスポンダに問い合わせてください。",
        ),
        _open(
            "ocsp-other-certificate",
            "TRY_LATER",
            "RFC 6960 3.2 (1)",
            "the response is about another certificate; ask again about this one",
            "OCSP応答は別の証明書についてのものです。この証明書について問い合わせてください。",
        ),
        _open(
            "ocsp-untrusted",
            "TRY_LATER",
            "RFC 6960 4.2.2.2",
            "nobody who may answer for this CA signed the response; ask its own responder",
            "この認証局の権限あるレスポンダの署名ではありません。正しいレスポンダに問い合わせてください。",
        ),
        _open(
            "ocsp-nonce",
            "TRY_LATER",
            "RFC 6960 4.4.1; RFC 9654",
            "the response does not return the nonce that was sent; ask again",
            "OCSP応答のノンスが要求と一致しません。再度問い合わせてください。",
        ),
        _open(
            "ocsp-stale",
            "TRY_LATER",
            "RFC 6960 3.2 (5), (6)",
            "the response is not of this moment; ask again",
            "OCSP応答が新しくありません。再度問い合わせてください。",
        ),
        _open(
            "ocsp-error",
            "TRY_LATER",
            "RFC 6960 2.3",
            "the responder gave an error in place of an answer; try again later",
            "OCSPレスポンダがエラーを返しました。しばらくしてから再度お試しください。",
        ),
        _open(
            "ocsp-unusable",
            "TRY_LATER",
            "RFC 6960 4.2.1",
            "the response cannot be read; ask again",
            "OCSP応答を読み取れません。再度問い合わせてください。",
        ),
        _open(
            "revocation-unknown",
            "TRY_LATER",
            "RFC 5280 6.3.3",
            "neither a list nor an OCSP response can speak for the certificate now; "
            "the question stays open, which is never a yes",
            "失効リストもOCSP応答も使えず、失効の有無が分かりません。有効とはみなせません。",
        ),
        _open(
            "search-limit",
            "TRY_LATER",
            "EN 319 102-1 5.1.3",
            "the work that one judgement may cost is used up; send a smaller object",
            "検証の上限に達しました。より小さいデータで試してください。",
        ),
        _failed(
            "challenge-mismatch",
            "SIG_CONSTRAINTS_FAILURE",
            Code.UNSPECIFIED,
            "docs/fidelity.md RP 4.1",
            "the answer is not for this challenge, or for another relying party; start again",
            "このチャレンジへの応答ではありません。最初からやり直してください。",
            open_in="SIG_CONSTRAINTS_FAILURE",
        ),
        _failed(
            "challenge-replayed",
            "SIG_CONSTRAINTS_FAILURE",
            Code.UNSPECIFIED,
            "docs/fidelity.md RP 4.1",
            "the challenge was answered before, or is out of date; start again",
            "使用済みまたは期限切れのチャレンジです。最初からやり直してください。",
            open_in="SIG_CONSTRAINTS_FAILURE",
        ),
    )
}


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
    Check.TIMESTAMP: Passing(
        "RFC 3161 2.2",
        "a time-stamp proves when this existed at the latest",
        "タイムスタンプにより、その時刻に存在していたことが証明されています。",
    ),
}
