"""
What an audit of a world's store can find: one row per flaw, with its words.

Pure.  `damage` says whether something is not as it was stored; what is merely worth knowing,
such as a serial that was reserved and never used, is a note.
"""

from dataclasses import dataclass

from ca.words import Words


@dataclass(frozen=True, slots=True)
class Flaw:
    """
    One thing that can be wrong.

    Attributes:
        id: In kebab case, stable.
        damage: Whether it is damage, or only a note.
        text: What is wrong, with `{}` for the particulars.
    """

    id: str
    damage: bool
    text: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One flaw that was found.

    Attributes:
        flaw: Its row.
        where: Table and key, as in `certificates/sign/0x2`.
        detail: Fills the text; may be empty.
    """

    flaw: Flaw
    where: str
    detail: str = ""

    @property
    def text(self) -> Words:
        return Words(*(each.format(self.detail) for each in self.flaw.text))


def _damage(id: str, en: str, ja: str) -> Flaw:
    return Flaw(id, True, Words(en, ja))


def _note(id: str, en: str, ja: str) -> Flaw:
    return Flaw(id, False, Words(en, ja))


DATABASE = _damage(
    "database", "the database finds itself damaged: {}", "データベースが破損しています：{}"
)
SETTING = _damage("setting", "the setting cannot be {}", "設定値{}は使用できません。")
NAMING = _damage(
    "naming",
    "the CA bears another name than the world's naming mode gives it",
    "認証局の名称が命名モードと一致しません。",
)
JOURNAL_GAP = _damage(
    "journal-gap",
    "the journal lacks what stood before this entry, from entry {} on",
    "この記録の前（記録{}以降）が欠落しています。",
)
JOURNAL_SEAL = _damage(
    "journal-seal",
    "the entry does not fit its seal: it was changed, or the one before it",
    "記録が封印と一致しません。この記録または直前の記録が変更されています。",
)
JOURNAL_ORDER = _damage(
    "journal-order",
    "the entry is dated before the one that precedes it",
    "記録の日時が直前の記録より前です。",
)
ENTRY_MISSING = _damage(
    "entry-missing",
    "the row was made by entry {}, which the journal does not have",
    "この行を作成した記録{}が存在しません。",
)
MOMENT = _damage(
    "moment",
    "the row is dated otherwise than entry {}, which made it",
    "行の日時が作成元の記録{}と一致しません。",
)
STATE_SEAL = _damage(
    "state-seal", "the state does not fit its seal: it was changed", "状態が封印と一致しません。"
)
STATE_MISSING = _damage(
    "state-missing", "the state that its entry left is missing", "記録に対応する状態がありません。"
)
STATE_UNREADABLE = _damage(
    "state-unreadable", "the state cannot be read ({})", "状態を読み取れません（{}）。"
)
CARD_ASTRAY = _damage(
    "card-astray",
    "the card holds a certificate that does not exist as it says: {}",
    "カードに存在しない電子証明書が記録されています：{}",
)
CONSENT_ASTRAY = _damage(
    "consent-astray",
    "the consent was given with a sign certificate that does not exist: {}",
    "同意に用いた署名用電子証明書が存在しません：{}",
)
KEY_CHANGED = _damage(
    "key-changed",
    "the private key is not as it was stored: its SHA-256 differs",
    "秘密鍵のSHA-256が一致しません。",
)
KEY_WRONG = _damage(
    "key-wrong",
    "private key {} is missing, or belongs to another certificate",
    "秘密鍵{}が存在しないか、この電子証明書のものではありません。",
)
CERTIFICATE_CHANGED = _damage(
    "certificate-changed",
    "the certificate is not as it was issued: its SHA-256 is not the journal's",
    "電子証明書のSHA-256が記録と一致しません。",
)
CERTIFICATE_UNRECORDED = _damage(
    "certificate-unrecorded",
    "the journal has no entry of this certificate",
    "電子証明書の発行が記録されていません。",
)
CERTIFICATE_MISSING = _damage(
    "certificate-missing",
    "the certificate of entry {} is missing",
    "記録{}の電子証明書が存在しません。",
)
COLUMN = _damage(
    "column",
    "the row says otherwise than the certificate and the journal about: {}",
    "行の内容が電子証明書または記録と一致しません：{}",
)
SERIAL_TWICE = _damage(
    "serial-twice",
    "the CA gave this serial to {} certificates",
    "同一の発行番号の電子証明書が{}件あります。",
)
SERIAL_UNRESERVED = _damage(
    "serial-unreserved",
    "the serial of this certificate was not reserved before it was issued",
    "発行前に発行番号が確保されていません。",
)
SERIAL_MOMENT = _damage(
    "serial-moment",
    "the serial was reserved at another moment than that of its certificate",
    "発行番号の確保日時が電子証明書と一致しません。",
)
STANDING_ASTRAY = _damage(
    "standing-astray",
    "the standing is of a certificate that does not exist",
    "存在しない電子証明書の失効記録です。",
)
STANDING_MISSING = _damage(
    "standing-missing",
    "{} must have revoked or held the certificate, and no standing says so",
    "{}により失効または一時保留となるべき電子証明書の失効記録がありません。",
)
STANDING_WRONG = _damage(
    "standing-wrong",
    "the standing does not follow from the event of its entry: {}",
    "失効記録が事由と一致しません：{}",
)
PUBLICATION_WRONG = _damage(
    "publication-wrong",
    "the list is not the one that entry {} speaks of",
    "失効リストが記録{}の内容と一致しません。",
)
SERIAL_GAP = _note(
    "serial-gap",
    "the serial was reserved and never used, as after a crash; it stays a recorded gap",
    "発行番号が確保されたまま使用されていません（記録済みの欠番）。",
)
APPLICATION_OPEN = _note(
    "application-open",
    "the application was granted in entry {} and never closed; see what the counter did then",
    "申請は記録{}で認められましたが、完了していません。",
)
