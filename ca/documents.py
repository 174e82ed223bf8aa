"""
What the counter wants to see: identity documents of lists A and B, and other papers.

Pure.  Every city words its lists a little differently; these are what they have in common,
and the whole of them is inferred [J 10.4].
"""

from collections.abc import Set
from enum import Enum

from ca.words import Words


class Document(Enum):
    """A piece of paper or plastic, under the word by which commands call it."""

    # List A: issued by an authority, with a photograph.
    MY_NUMBER_CARD = "my-number-card"
    DRIVING_LICENCE = "driving-licence"
    DRIVING_HISTORY = "driving-history"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence-card"
    PERMANENT_RESIDENT = "special-permanent-resident"
    DISABILITY = "disability-certificate"
    # List B: without one, naming name and birth date, or name and address.
    HEALTH_INSURANCE = "health-insurance"
    PENSION = "pension-book"
    NURSING_INSURANCE = "nursing-insurance"
    MEDICAL_AID = "medical-aid"
    CHILD_ALLOWANCE = "child-allowance"
    STUDENT = "student-card"
    EMPLOYEE = "employee-card"
    # Neither: what proves a right or a fact instead of a person.
    REPRESENTATION = "proof-of-representation"
    LETTER_OF_AUTHORITY = "letter-of-authority"
    DELIVERY_NOTICE = "delivery-notice"
    EXPIRY_FORM = "expiry-form"
    CHANGE_NOTICE = "change-notice"
    LOSS_REPORT = "loss-report"
    INQUIRY_LETTER = "inquiry-letter"


NAMES: dict[Document, Words] = {
    Document.MY_NUMBER_CARD: Words("My Number Card", "マイナンバーカード"),
    Document.DRIVING_LICENCE: Words("driving licence", "運転免許証"),
    Document.DRIVING_HISTORY: Words("certificate of driving history", "運転経歴証明書"),
    Document.PASSPORT: Words("passport", "旅券"),
    Document.RESIDENCE_CARD: Words("residence card", "在留カード"),
    Document.PERMANENT_RESIDENT: Words(
        "special permanent resident certificate", "特別永住者証明書"
    ),
    Document.DISABILITY: Words("physical disability certificate", "身体障害者手帳"),
    Document.HEALTH_INSURANCE: Words("health insurance eligibility certificate", "資格確認書"),
    Document.PENSION: Words("pension book", "年金手帳"),
    Document.NURSING_INSURANCE: Words("nursing insurance certificate", "介護保険被保険者証"),
    Document.MEDICAL_AID: Words("medical aid certificate", "医療受給者証"),
    Document.CHILD_ALLOWANCE: Words("child-rearing allowance certificate", "児童扶養手当証書"),
    Document.STUDENT: Words("student card", "学生証"),
    Document.EMPLOYEE: Words("employee card", "社員証"),
    Document.REPRESENTATION: Words(
        "proof of representation (family register or guardianship register)",
        "代理権を証する書類（戸籍謄本または登記事項証明書）",
    ),
    Document.LETTER_OF_AUTHORITY: Words("letter of authority", "委任状"),
    Document.DELIVERY_NOTICE: Words("delivery notice", "交付通知書"),
    Document.EXPIRY_FORM: Words(
        "form sent with the expiry notice, filled in under cover",
        "有効期限通知書に同封の照会書兼回答書",
    ),
    Document.CHANGE_NOTICE: Words("notice of move or change", "異動の届出"),
    Document.LOSS_REPORT: Words("number of the report of the loss", "遺失届の受理番号"),
    Document.INQUIRY_LETTER: Words("inquiry letter, filled in under cover", "照会書兼回答書"),
}

LIST_A = frozenset(
    {
        Document.MY_NUMBER_CARD,
        Document.DRIVING_LICENCE,
        Document.DRIVING_HISTORY,
        Document.PASSPORT,
        Document.RESIDENCE_CARD,
        Document.PERMANENT_RESIDENT,
        Document.DISABILITY,
    }
)
LIST_B = frozenset(
    {
        Document.HEALTH_INSURANCE,
        Document.PENSION,
        Document.NURSING_INSURANCE,
        Document.MEDICAL_AID,
        Document.CHILD_ALLOWANCE,
        Document.STUDENT,
        Document.EMPLOYEE,
    }
)
PAPERS = frozenset(Document) - LIST_A - LIST_B


class Proof(Enum):
    """How somebody proves who they are."""

    NOTHING = "nothing"  # beyond what must be brought anyway
    ONE_MORE = "one-more"
    PHOTO = "photo"
    PHOTO_OR_TWO = "photo-or-two"


ASKED: dict[Proof, Words] = {
    Proof.NOTHING: Words("no further identity document", "追加の本人確認書類は不要"),
    Proof.ONE_MORE: Words(
        "one document of list A or B besides the card",
        "カードのほかに本人確認書類AまたはBから1点",
    ),
    Proof.PHOTO: Words("one document of list A", "本人確認書類Aから1点"),
    Proof.PHOTO_OR_TWO: Words(
        "one document of list A or two of list B", "本人確認書類Aから1点またはBから2点"
    ),
}


def proves(proof: Proof, shown: Set[Document]) -> bool:
    """Say whether the documents *shown* by one person satisfy *proof*."""
    match proof:
        case Proof.NOTHING:
            return True
        case Proof.ONE_MORE:
            return bool(shown & (LIST_A | LIST_B) - {Document.MY_NUMBER_CARD})
        case Proof.PHOTO:
            return bool(shown & LIST_A)
        case Proof.PHOTO_OR_TWO:
            return bool(shown & LIST_A) or len(shown & LIST_B) >= 2
