"""
The table of faults: what goes wrong on the wire, and what our verifier makes of it.

Free of imports but the dataclass, for the command line's help loads it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One fault.

    Attributes:
        id: In kebab case, stable.
        service: Whose answers it spoils: crl, ocsp, tsa, api, or http for all of these.
        en: What happens, in English.
        ja: The same in Japanese.
        cause: Id of the cause that our verifier names when this is all the evidence; of a
            fault of http the one for a list. None where it passes, late, or is not asked.
    """

    id: str
    service: str
    en: str
    ja: str
    cause: str | None


_ROWS = (
    # Lists.
    ("crl-stale", "crl", "a list whose nextUpdate has passed",
     "期限切れの失効リスト", "crl-stale"),
    ("crl-future", "crl", "a list of tomorrow", "明日付けの失効リスト", "crl-not-yet-valid"),
    ("crl-empty", "crl", "an answer of zero octets", "0バイトの応答", "crl-unusable"),
    ("crl-truncated", "crl", "half of the list", "途中で切れたリスト", "crl-unusable"),
    ("crl-wrong-issuer", "crl", "the list of the other CA", "別の認証局のリスト", "crl-untrusted"),
    ("crl-wrong-partition", "crl", "another municipality's list",
     "別の市区町村のリスト", "crl-scope"),
    ("crl-bad-signature", "crl", "a signature with one bit turned",
     "署名値が不正", "crl-untrusted"),
    ("crl-unknown-critical", "crl", "a critical extension that nobody knows",
     "未知の重要な拡張", "crl-unusable"),
    ("crl-number-backwards", "crl", "a cRLNumber lower than the one before",
     "CRL番号の逆行", "crl-unusable"),
    ("crl-yesterday", "crl", "yesterday's list, as while files are swapped",
     "入替え中の前日リスト", None),
    ("crl-no-next-update", "crl", "a list without nextUpdate", "nextUpdateなし", "crl-unusable"),
    ("crl-delta", "crl", "a list of changes only", "差分リスト", "crl-unusable"),
    ("crl-indirect", "crl", "a list that claims to speak for several issuers",
     "間接リスト", "crl-unusable"),
    ("crl-authorities-only", "crl", "the ARL in the list's place",
     "失効リストの代わりにARL", "crl-scope"),
    ("crl-pem", "crl", "PEM in the place of DER", "DERの代わりにPEM", "crl-unusable"),
    ("crl-missing", "crl", "404 for a list that is out", "公開済みリストに404", "crl-missing"),
    # What any service of HTTP can do to its clients.
    ("http-html-error", "http", "an HTML error page with status 200",
     "200番のHTMLエラー画面", "crl-missing"),
    ("http-500", "http", "500 Internal Server Error", "500エラー", "crl-missing"),
    ("http-503", "http", "503 Service Unavailable", "503エラー", "crl-missing"),
    ("http-slow-first-byte", "http", "nothing for some seconds, then the answer",
     "応答開始の遅延", None),
    ("http-slow-body", "http", "the answer in small pieces", "少しずつ届く応答", None),
    ("http-reset", "http", "the connection is reset", "接続のリセット", "crl-missing"),
    ("http-short-body", "http", "the connection ends before the body does",
     "本文の途中で切断", "crl-missing"),
    ("http-redirect-loop", "http", "a redirect to the same address",
     "リダイレクトのループ", "crl-missing"),
    ("http-gzip-mismatch", "http", "gzip is announced, and it is none",
     "gzipでない本文", "crl-missing"),
    ("http-wrong-type", "http", "the media type of plain text",
     "メディアタイプ違い", "crl-missing"),
    ("http-not-modified", "http", "304 to somebody who has nothing",
     "無条件要求への304", "crl-missing"),
    # OCSP.
    ("ocsp-unknown", "ocsp", "unknown", "unknown応答", "ocsp-unknown"),
    ("ocsp-malformed-request", "ocsp", "malformedRequest, whatever was asked",
     "malformedRequest応答", "ocsp-error"),
    ("ocsp-internal-error", "ocsp", "internalError", "internalError応答", "ocsp-error"),
    ("ocsp-try-later", "ocsp", "tryLater", "tryLater応答", "ocsp-error"),
    ("ocsp-sig-required", "ocsp", "sigRequired", "sigRequired応答", "ocsp-error"),
    ("ocsp-unauthorized", "ocsp", "unauthorized", "unauthorized応答", "ocsp-error"),
    ("ocsp-nonce-missing", "ocsp", "the nonce is not returned", "nonceなし", "ocsp-nonce"),
    ("ocsp-nonce-wrong", "ocsp", "another nonce is returned", "別のnonce", "ocsp-nonce"),
    ("ocsp-responder-expired", "ocsp", "the responder's certificate has expired",
     "レスポンダ証明書の期限切れ", "ocsp-untrusted"),
    ("ocsp-responder-purpose", "ocsp", "a responder without id-kp-OCSPSigning",
     "OCSP用途のない証明書", "ocsp-untrusted"),
    ("ocsp-responder-other-ca", "ocsp", "the responder of the other CA",
     "別の認証局のレスポンダ", "ocsp-untrusted"),
    ("ocsp-bad-signature", "ocsp", "a signature with one bit turned",
     "署名値が不正", "ocsp-untrusted"),
    ("ocsp-other-serial", "ocsp", "good, for another serial number",
     "別の証明書へのgood", "ocsp-other-certificate"),
    ("ocsp-no-next-update", "ocsp", "old data without nextUpdate",
     "nextUpdateなしの古い応答", "ocsp-stale"),
    ("ocsp-stale", "ocsp", "an answer whose nextUpdate has passed",
     "期限切れの応答", "ocsp-stale"),
    ("ocsp-future", "ocsp", "an answer of tomorrow", "明日付けの応答", "ocsp-stale"),
    ("ocsp-disagrees", "ocsp", "good where the list says revoked, and revoked where it says good",
     "CRLと矛盾する応答", "revoked"),
    ("ocsp-truncated", "ocsp", "half of the answer", "途中で切れた応答", "ocsp-unusable"),
    ("ocsp-empty", "ocsp", "an answer of zero octets", "0バイトの応答", "ocsp-unusable"),
    # The verification API.
    ("api-overload", "api", "429, and when to come again", "過負荷(429)", None),
    ("api-yesterday", "api", "the state of the day before", "前日時点の回答", None),
)  # fmt: skip

FAULTS = {row[0]: Fault(*row) for row in _ROWS}
SERVICES = ("crl", "ocsp", "tsa", "api")
SECONDS = 3.0  # that the slow ones take unless told
