"""
What each procedure asks of whoever comes: the vocabulary of the table, and how to look it up.

Pure.  The table itself is ca/counter, one row per procedure and applicant.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import Enum

from ca.documents import ASKED, NAMES, PAPERS, Document, Proof, proves
from ca.eligibility import Applicant
from ca.hours import Place
from ca.words import Words
from pki.errors import UnknownProcedure
from pki.kinds import Confidence, Pin


class Procedure(Enum):
    """What somebody can go to the counter, a kiosk, a screen or a phone for."""

    ISSUE = "issue"
    ISSUE_LATER = "issue-later"
    RENEW = "renew"
    RENEW_EXPIRED = "renew-expired"
    REISSUE = "reissue"
    RESET_PIN = "reset-pin"
    RESET_PIN_STORE = "reset-pin-store"
    CHANGE_PIN = "change-pin"
    WITHDRAW = "withdraw"
    SUSPEND = "suspend"
    RESUME = "resume"
    RETURN = "return"
    REPORT_CHANGE = "report-change"
    REPORT_LEAK = "report-leak"
    CONFIRM = "confirm"

    @property
    def issues(self) -> bool:
        """Whether it needs the central system to make certificates."""
        return self in _ISSUING


_ISSUING = frozenset(
    {
        Procedure.ISSUE,
        Procedure.ISSUE_LATER,
        Procedure.RENEW,
        Procedure.RENEW_EXPIRED,
        Procedure.REISSUE,
        Procedure.REPORT_CHANGE,
    }
)

TITLES: dict[Procedure, Words] = {
    Procedure.ISSUE: Words("certificates together with the card", "カード交付時の発行"),
    Procedure.ISSUE_LATER: Words(
        "a certificate on a card that has none in force", "電子証明書の新規発行"
    ),
    Procedure.RENEW: Words("renewal before the last day", "有効期限内の更新"),
    Procedure.RENEW_EXPIRED: Words("renewal after the last day", "有効期限満了後の更新"),
    Procedure.REISSUE: Words("certificates on a re-issued card", "カード再交付時の発行"),
    Procedure.RESET_PIN: Words(
        "a forgotten or locked PIN, set anew", "暗証番号の初期化・再設定（ロック解除）"
    ),
    Procedure.RESET_PIN_STORE: Words(
        "a forgotten or locked PIN, set anew at a kiosk", "コンビニ等での暗証番号の初期化"
    ),
    Procedure.CHANGE_PIN: Words("a known PIN, changed", "暗証番号の変更"),
    Procedure.WITHDRAW: Words("withdrawal of a certificate", "電子証明書の失効申請"),
    Procedure.SUSPEND: Words("suspension of a lost card", "紛失による一時停止"),
    Procedure.RESUME: Words("resumption of a card found again", "一時停止の解除"),
    Procedure.RETURN: Words("return of the card", "カードの返納"),
    Procedure.REPORT_CHANGE: Words(
        "a new signature certificate after a move or change", "住所・氏名等の変更に伴う発行"
    ),
    Procedure.REPORT_LEAK: Words("report of a leaked key", "秘密鍵の漏えい等の届出"),
    Procedure.CONFIRM: Words("reading what the certificates say", "電子証明書の内容確認"),
}

BY: dict[Applicant, Words] = {
    Applicant.HOLDER: Words("the holder", "本人"),
    Applicant.GUARDIAN: Words("the legal representative", "法定代理人"),
    Applicant.AGENT: Words("an agent", "任意代理人"),
    Applicant.HOUSEHOLD: Words("a member of the household", "同一世帯員"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    What one procedure asks of one kind of applicant.

    Attributes:
        bring: Each of these; the card among them is the holder's.
        holder_proof: Of who the holder is.
        own_proof: Of who comes in the holder's place; NOTHING from the holder.
        pins: Asked, of those that the card has and the procedure is about.
        new_pins: Set anew, likewise.
        visits: 2 if an inquiry letter goes to the holder in between.
        shortcut: Brought along, it saves the second visit; None if nothing does.
        fee: Yen, for the certificates; a re-issued card has a fee of its own.
        places: Where it can be done; documents are seen at the counter only.
        same_day: Whether it is finished on the day of the last visit, in ordinary times.
        pages: Cities whose page says so; empty if the row is inferred.
        source: Citation.
        confidence: How sure we are of visits, fee and places.
        of_pins: How sure we are of the PINs.
        of_documents: How sure we are of what is to be brought.
        note: What else the applicant should know; None if nothing.
    """

    bring: tuple[Document, ...] = (Document.MY_NUMBER_CARD,)
    holder_proof: Proof = Proof.NOTHING
    own_proof: Proof = Proof.NOTHING
    pins: tuple[Pin, ...] = ()
    new_pins: tuple[Pin, ...] = ()
    visits: int = 1
    shortcut: Document | None = None
    fee: int = 0
    places: tuple[Place, ...] = (Place.COUNTER,)
    same_day: bool = True
    pages: tuple[str, ...] = ()
    source: str
    confidence: Confidence = Confidence.INFERRED
    of_pins: Confidence = Confidence.INFERRED
    of_documents: Confidence = Confidence.INFERRED
    note: Words | None = None

    @property
    def second_visit(self) -> tuple[Document, ...]:
        """What to bring the second time; nothing, if there is none."""
        return (Document.INQUIRY_LETTER,) if self.visits == 2 else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """
    That one kind of applicant cannot do this at all.

    Attributes:
        reason: With what to do instead.
        source: Citation.
        confidence: How sure we are.
    """

    reason: Words
    source: str
    confidence: Confidence = Confidence.INFERRED


def procedure_named(word: str) -> Procedure:
    """Return the procedure that commands call *word*."""
    try:
        return Procedure(word)
    except ValueError:
        raise UnknownProcedure(word) from None


def requirements(procedure: Procedure, by: Applicant) -> Requirement | Refusal:
    """Look up what *procedure* asks of *by*."""
    from ca.counter import TABLE  # which needs the vocabulary above

    return TABLE[procedure][by]


def missing(
    requirement: Requirement, shown: Set[Document], of_holder: Set[Document]
) -> tuple[Words, ...]:
    """Name what is still to be brought to the counter; nothing, if all is there.

    *shown* is the applicant's own, *of_holder* the absent holder's; papers count in either.
    """
    on_the_desk = shown | of_holder
    wanting = [
        NAMES[each]
        for each in requirement.bring
        if each not in (on_the_desk if each in PAPERS else of_holder)
    ]
    if not proves(requirement.holder_proof, of_holder):
        wanting.append(_of(BY[Applicant.HOLDER], ASKED[requirement.holder_proof]))
    if not proves(requirement.own_proof, shown):
        whoever = Words("whoever comes", "来庁者")
        wanting.append(_of(whoever, ASKED[requirement.own_proof]))
    return tuple(wanting)


def _of(whom: Words, asked: Words) -> Words:
    return Words(f"{asked.en}, of {whom.en}", f"{whom.ja}の{asked.ja}")
