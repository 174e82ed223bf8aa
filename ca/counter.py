"""
The table of the municipal counter: procedure by applicant, from the pages of five cities.

Pure.  Read it from the holder's row on: what others need is derived from that row by the
functions on top, and whatever differs is written out.  Pages are those of 高岡, 高崎,
春日井, 名古屋 and 長崎; a row without a page is inferred.
"""

from collections.abc import Callable
from dataclasses import replace

from ca.documents import Document, Proof
from ca.eligibility import Applicant
from ca.hours import Place
from ca.procedures import Procedure, Refusal, Requirement
from ca.words import Words
from pki.kinds import Confidence, Pin

CARD = Document.MY_NUMBER_CARD
CERTIFICATE_PINS = (Pin.SIGN, Pin.AUTH)
CONFIRMED, SINGLE_SOURCE, INFERRED = Confidence
REISSUE_FEE = 200  # yen [J 10.3]
LETTER_PAGES = ("高岡", "高崎", "名古屋")

CHANGE_PINS_AFTERWARDS = Words(
    "the holder writes the PINs into the inquiry letter, under cover, and changes them afterwards",
    "照会書兼回答書に暗証番号を記入し封をしてください。手続後に暗証番号を変更してください。",
)


def represented(
    row: Requirement, *, confidence: Confidence = INFERRED, pages: tuple[str, ...] = ()
) -> Requirement:
    """Write the legal representative's row: as the holder's, with proof of the right to act."""
    return replace(
        row,
        bring=(*row.bring, Document.REPRESENTATION),
        own_proof=Proof.PHOTO_OR_TWO,
        places=(Place.COUNTER,),
        pages=pages,
        source="[J 10.1]",
        confidence=confidence,
        of_pins=INFERRED,
        of_documents=INFERRED,
    )


def applying(row: Requirement) -> Requirement:
    """Write the same row where it is certificates that are applied for, which one page covers."""
    return represented(row, confidence=SINGLE_SOURCE, pages=("高崎",))


def by_letter(
    row: Requirement,
    *,
    shortcut: Document | None = None,
    confidence: Confidence = INFERRED,
    pages: tuple[str, ...] = (),
) -> Requirement:
    """Write an agent's row: an inquiry letter to the holder, hence two visits [J 10.4]."""
    return replace(
        row,
        holder_proof=Proof.NOTHING,  # the letter reaches nobody else
        own_proof=Proof.PHOTO,
        visits=2,
        shortcut=shortcut,
        places=(Place.COUNTER,),
        same_day=False,
        pages=pages,
        source="[J 10.4]",
        confidence=confidence,
        of_pins=confidence,  # they are what the letter is for
        of_documents=INFERRED,
        note=CHANGE_PINS_AFTERWARDS if row.pins or row.new_pins else None,
    )


def with_authority(
    row: Requirement, *, confidence: Confidence = INFERRED, pages: tuple[str, ...] = ()
) -> Requirement:
    """Write the row of somebody whom a letter of authority is enough for: one visit."""
    return replace(
        row,
        bring=(*row.bring, Document.LETTER_OF_AUTHORITY),
        holder_proof=Proof.NOTHING,
        own_proof=Proof.PHOTO,
        places=(Place.COUNTER,),
        pages=pages,
        source="[J 10.4]",
        confidence=confidence,
        of_pins=INFERRED,
        of_documents=INFERRED,
    )


def unconfirmed(row: Requirement) -> Requirement:
    """Write the same row for somebody of whom no page speaks."""
    return replace(row, confidence=INFERRED, of_pins=INFERRED, pages=())


def refuse(en: str, ja: str) -> Refusal:
    """Write the row of an applicant who is turned away; no page speaks of them."""
    return Refusal(reason=Words(en, ja), source="[J 10.4]")


Rows = dict[Applicant, Requirement | Refusal]


def usual(
    holder: Requirement,
    *,
    letter: Confidence = INFERRED,
    represent: Callable[[Requirement], Requirement] = represented,
) -> Rows:
    """Write the four rows of a procedure in which the usual rules hold for all."""
    agent = by_letter(holder, confidence=letter, pages=() if letter is INFERRED else LETTER_PAGES)
    return {
        Applicant.HOLDER: holder,
        Applicant.GUARDIAN: represent(holder),
        Applicant.AGENT: agent,
        # Without a notice of change the household is an agent like any other (inferred).
        Applicant.HOUSEHOLD: unconfirmed(agent),
    }


def alone(holder: Requirement, others: Refusal) -> Rows:
    """Write the four rows of what only the holder can do."""
    return {
        Applicant.HOLDER: holder,
        Applicant.GUARDIAN: others,
        Applicant.AGENT: others,
        Applicant.HOUSEHOLD: others,
    }


ISSUE = Requirement(
    bring=(Document.DELIVERY_NOTICE,),
    holder_proof=Proof.PHOTO_OR_TWO,
    new_pins=tuple(Pin),
    pages=("春日井", "名古屋"),
    source="[J 10.1]",
    confidence=SINGLE_SOURCE,
    note=Words(
        "both certificates are written unless declined; sign from the age of 15 on",
        "不要の申出がない限り両方の電子証明書を搭載します（署名用は15歳以上）。",
    ),
)
# The delivery notice was posted to the holder, as an inquiry letter would be: one visit.
ISSUE_FOR_ANOTHER = replace(
    with_authority(ISSUE), holder_proof=Proof.PHOTO_OR_TWO, source="[J 10.1]"
)

ISSUE_LATER = Requirement(
    new_pins=CERTIFICATE_PINS,  # whoever had one before enters the PIN of then
    pages=("高崎", "春日井", "名古屋"),
    source="[J 10.1]",
    confidence=SINGLE_SOURCE,
    of_pins=SINGLE_SOURCE,  # 高崎
    note=Words(
        "also after a withdrawal, a loss or any other revocation, free of charge",
        "失効申請や紛失等で失効した後の発行も含み、手数料は無料です。",
    ),
)

RENEW = Requirement(
    pins=CERTIFICATE_PINS,
    pages=("春日井", "長崎"),
    source="[J 10.3]",
    confidence=CONFIRMED,
    of_pins=CONFIRMED,
    note=Words(
        "from three months before the last day on, with or without the notice",
        "有効期限の3か月前から、通知書がなくても手続できます。",
    ),
)
RENEW_BY_LETTER = by_letter(
    RENEW, shortcut=Document.EXPIRY_FORM, confidence=CONFIRMED, pages=LETTER_PAGES
)

RENEW_EXPIRED = Requirement(
    pins=CERTIFICATE_PINS,
    pages=("高崎", "名古屋", "長崎"),
    source="[J 10.3]",
    confidence=CONFIRMED,
    of_pins=SINGLE_SOURCE,  # 高崎
    note=Words(
        "free of charge; until then neither e-Tax nor convenience-store copies work",
        "無料です。手続まではe-Taxやコンビニ交付を利用できません。",
    ),
)

REISSUE = Requirement(
    bring=(Document.LOSS_REPORT,),
    holder_proof=Proof.PHOTO_OR_TWO,
    new_pins=tuple(Pin),
    fee=REISSUE_FEE,
    same_day=False,
    pages=("高崎", "名古屋", "長崎"),
    source="[J 10.3]",
    confidence=CONFIRMED,
    note=Words(
        "the card takes about a month and has a fee of its own",
        "カードの再交付には約1か月かかり、別途再交付手数料が必要です。",
    ),
)

RESET_PIN = Requirement(
    holder_proof=Proof.ONE_MORE,
    new_pins=tuple(Pin),
    pages=("高崎", "春日井", "長崎"),
    source="[J 10.4]",
    confidence=CONFIRMED,
    of_pins=CONFIRMED,
    of_documents=CONFIRMED,
    note=Words("only the PINs that are named are set anew", "申し出た暗証番号のみ再設定します。"),
)

RESET_PIN_STORE = Requirement(
    pins=CERTIFICATE_PINS,
    new_pins=CERTIFICATE_PINS,
    places=(Place.CONVENIENCE_STORE,),
    pages=("春日井",),  # 高崎 names the sign PIN only
    source="[J 10.4]",
    confidence=SINGLE_SOURCE,
    of_pins=SINGLE_SOURCE,
    note=Words(
        "prepare it with a smartphone; the other certificate must be valid, "
        "and its PIN is asked and must not be locked",
        "事前にスマートフォンで準備し、もう一方の有効な電子証明書の暗証番号（ロックされていない"
        "もの）を入力します。",
    ),
)
AT_THE_KIOSK_ALONE = refuse(
    "a kiosk serves the holder alone, who knows the other PIN; apply at the counter",
    "キオスク端末で手続できるのは本人のみです。窓口で申請してください。",
)

CHANGE_PIN = Requirement(
    pins=tuple(Pin),
    new_pins=tuple(Pin),
    places=(Place.COUNTER, Place.MYNAPORTAL, Place.CLIENT),
    pages=("春日井", "高崎"),
    source="[J 10.4]",
    confidence=CONFIRMED,
    of_pins=CONFIRMED,
    note=Words(
        "Mynaportal changes all but juki",
        "マイナポータルでは住民基本台帳用以外を変更できます。",
    ),
)

WITHDRAW = Requirement(
    holder_proof=Proof.PHOTO_OR_TWO,
    places=(Place.COUNTER, Place.CLIENT),
    source="[J 11]",
    note=Words(
        "online it is signed with the signature certificate; at the counter no PIN is asked",
        "オンラインでは署名用電子証明書で署名します。窓口では暗証番号は不要です。",
    ),
)

SUSPEND = Requirement(
    bring=(),
    places=(Place.HOT_LINE,),
    pages=("春日井",),
    source="[J 10.5]",
    confidence=CONFIRMED,
    note=Words(
        "free of charge, in several languages; the certificates are never resumed",
        "通話料無料、多言語対応。電子証明書の一時保留は解除されません。",
    ),
)
# What the hot-line does to the certificates cannot be undone, so it listens to those alone
# who live with the loss.
BY_PHONE = unconfirmed(SUSPEND)

RESUME = Requirement(
    pins=(Pin.JUKI,),
    source="[J 13]",
    note=Words(
        "the card resumes, its certificates do not; ask for new ones with it",
        "カードのみ再開し、電子証明書は失効のままです。新規発行を申請してください。",
    ),
)

RETURN = Requirement(holder_proof=Proof.PHOTO_OR_TWO, source="[J 11]")

REPORT_CHANGE = Requirement(
    bring=(CARD, Document.CHANGE_NOTICE),
    pins=(Pin.JUKI, Pin.SIGN),
    pages=("高崎", "春日井", "長崎"),
    source="[J 10.5]",
    confidence=CONFIRMED,
    of_pins=CONFIRMED,
    note=Words(
        "the old signature certificate is revoked in any case; the authentication one stays",
        "署名用電子証明書は自動的に失効し、利用者証明用電子証明書は引き続き有効です。",
    ),
)

REPORT_LEAK = Requirement(
    holder_proof=Proof.PHOTO_OR_TWO,
    source="[J 11]",
    note=Words(
        "at the counter only; whoever cannot come at once has the card suspended by phone",
        "窓口でのみ受け付けます。すぐに来庁できない場合は電話で一時停止してください。",
    ),
)

CONFIRM = Requirement(
    pins=CERTIFICATE_PINS, places=(Place.COUNTER, Place.CLIENT), source="[J 10.4]"
)
NOT_TO_OTHERS = refuse(
    "the content of a certificate is shown to the holder or a legal representative only; "
    "let one of them come",
    "電子証明書の内容は本人または法定代理人にのみお示しします。",
)

TABLE: dict[Procedure, Rows] = {
    Procedure.ISSUE: {
        Applicant.HOLDER: ISSUE,
        Applicant.GUARDIAN: applying(ISSUE),
        Applicant.AGENT: ISSUE_FOR_ANOTHER,
        Applicant.HOUSEHOLD: ISSUE_FOR_ANOTHER,
    },
    Procedure.ISSUE_LATER: usual(ISSUE_LATER, letter=CONFIRMED, represent=applying),
    Procedure.RENEW: usual(RENEW, represent=applying)
    | {
        Applicant.AGENT: RENEW_BY_LETTER,
        Applicant.HOUSEHOLD: unconfirmed(RENEW_BY_LETTER),
    },
    # The form that came with the notice ends with the certificate (inferred).
    Procedure.RENEW_EXPIRED: usual(RENEW_EXPIRED, represent=applying),
    Procedure.REISSUE: usual(REISSUE, represent=applying),
    Procedure.RESET_PIN: usual(RESET_PIN, letter=CONFIRMED),
    Procedure.RESET_PIN_STORE: alone(RESET_PIN_STORE, AT_THE_KIOSK_ALONE),
    Procedure.CHANGE_PIN: usual(CHANGE_PIN),
    Procedure.WITHDRAW: usual(WITHDRAW),
    Procedure.SUSPEND: {
        Applicant.HOLDER: SUSPEND,
        Applicant.GUARDIAN: BY_PHONE,
        Applicant.AGENT: refuse(
            "an agent cannot suspend a card by phone, for the hold on its certificates is "
            "final; let the holder, a legal representative or the household call",
            "任意代理人は電話で一時停止できません。本人、法定代理人または同一世帯員が"
            "連絡してください。",
        ),
        Applicant.HOUSEHOLD: BY_PHONE,
    },
    Procedure.RESUME: usual(RESUME),
    Procedure.RETURN: {
        Applicant.HOLDER: RETURN,
        Applicant.GUARDIAN: represented(RETURN),
        Applicant.AGENT: with_authority(RETURN),
        Applicant.HOUSEHOLD: with_authority(RETURN),
    },
    Procedure.REPORT_CHANGE: {
        Applicant.HOLDER: REPORT_CHANGE,
        Applicant.GUARDIAN: applying(REPORT_CHANGE),
        Applicant.AGENT: by_letter(REPORT_CHANGE, confidence=CONFIRMED, pages=LETTER_PAGES),
        Applicant.HOUSEHOLD: with_authority(
            REPORT_CHANGE, confidence=SINGLE_SOURCE, pages=("高崎",)
        ),
    },
    Procedure.REPORT_LEAK: usual(REPORT_LEAK),
    Procedure.CONFIRM: alone(CONFIRM, NOT_TO_OTHERS) | {Applicant.GUARDIAN: represented(CONFIRM)},
}
