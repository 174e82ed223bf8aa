"""
Kinds of certificate, algorithms, reasons, events, requests: the words that every command needs.

Imports nothing but enum, for every command loads it; cryptography alone would cost
forty milliseconds.  Values are the words of commands, files, URLs and JSON.
"""

from enum import Enum


class Kind(Enum):
    """Which of the two certificates on a holder's card, and which of the two CAs."""

    SIGN = "sign"  # 署名用電子証明書
    AUTH = "auth"  # 利用者証明用電子証明書

    @property
    def other(self) -> "Kind":
        return Kind.AUTH if self is Kind.SIGN else Kind.SIGN


class Algorithm(Enum):
    """What a generation of keys is made of [J 2.1] [J 8]."""

    RSA2048 = "rsa2048"  # today: RSA-2048 with SHA-256
    P384 = "p384"  # the next card: ECDSA P-384 with SHA-384


class Naming(Enum):
    """How loudly the names say that this is a simulation [D 3]."""

    SIM = "sim"
    TEST = "test"
    EXACT = "exact"


class Sex(Enum):
    """What is entered as 性別, the word of the command line; see pki/names for the code."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Reason(Enum):
    """CRLReason, as far as JPKI uses it [J 7]; spelled as in [5280 5.3.1]."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    CERTIFICATE_HOLD = "certificateHold"


class Confidence(Enum):
    """How well public material supports a row of a table [J 0]."""

    CONFIRMED = "confirmed"  # parsed from a certificate, or said by independent sources
    SINGLE_SOURCE = "single source"  # said once, and contradicted nowhere
    INFERRED = "inferred"  # our own conclusion, or a default


class Event(Enum):
    """Something that happens to a holder or a card, as the municipal counter learns of it."""

    MOVED = "moved"  # 転出・転入
    MOVED_WITHIN = "moved-within"  # 転居
    ADDRESS_RENUMBERED = "address-renumbered"  # 住居表示の実施
    RENAMED = "renamed"  # 氏名の変更
    BIRTH_CORRECTED = "birth-corrected"  # 生年月日の訂正
    SEX_CORRECTED = "sex-corrected"  # 性別の訂正
    DIED = "died"  # 死亡
    LEFT = "left"  # 国外転出
    RECORD_DELETED = "record-deleted"  # 住民票の消除
    STAY_EXTENDED = "stay-extended"  # 在留期間の更新
    STAY_LAPSED = "stay-lapsed"  # 在留期間の満了
    ERROR_FOUND = "error-found"  # 職権による失効
    NUMBER_CHANGED = "number-changed"  # 個人番号の変更
    CARD_LOST = "card-lost"  # 紛失、一時停止
    CARD_FOUND = "card-found"  # 一時停止の解除 (of the card; never of a hold)
    CARD_RETURNED = "card-returned"  # 返納
    CARD_LAPSED = "card-lapsed"  # カードの失効
    CARD_EXPIRED = "card-expired"  # 有効期間満了
    CARD_REISSUED = "card-reissued"  # 再交付
    CARD_DESTROYED = "card-destroyed"  # 交付前の破棄
    RENEWED = "renewed"  # 更新
    PIN_LOCKED = "pin-locked"
    PIN_CHANGED = "pin-changed"
    PIN_RESET = "pin-reset"  # 暗証番号の初期化
    CA_KEY_COMPROMISED = "ca-key-compromised"  # 認証局の秘密鍵の危殆化


class Request(Enum):
    """Something that a holder asks for one certificate, by name."""

    WITHDRAW = "withdraw"  # 失効申請
    REPORT_LEAK = "report-leak"  # 秘密鍵の漏えい等の届出


class Pin(Enum):
    """The four secrets of a card [J 10.4]."""

    SIGN = "sign"  # 署名用電子証明書の暗証番号
    AUTH = "auth"  # 利用者証明用電子証明書の暗証番号
    JUKI = "juki"  # 住民基本台帳用の暗証番号
    TEXT = "text"  # 券面事項入力補助用の暗証番号


class Channel(Enum):
    """Where a PIN is changed, unlocked or reset [J 10.4]."""

    COUNTER = "counter"  # 窓口
    MYNAPORTAL = "mynaportal"  # マイナポータル
    CLIENT = "client"  # JPKI利用者ソフト
    CONVENIENCE_STORE = "convenience-store"  # コンビニ等のキオスク端末
