"""
An application on its way: done at once, waiting for a letter, queued, or refused.

Pure.  An application is a value; `apply` makes one, `answer` is the second visit, `release`
the day on which the central system has caught up.  A refusal is a stage like any other, for
it is journalled as well.
"""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from ca.documents import Document
from ca.eligibility import Applicant, NotAllowed, may_apply
from ca.hours import NAMES, Place, is_open, next_opening
from ca.pins import DIGITS, Chance
from ca.procedures import BY, TITLES, Procedure, Refusal, Requirement, missing, requirements
from ca.words import Words
from pki.errors import NotPermitted
from pki.validity import JST

CODE_DIGITS = 8  # of the inquiry letter; ours, the real one is recognised by hand


@dataclass(frozen=True, slots=True)
class Done:
    """Granted; what it asked for has been carried out."""

    since: datetime


@dataclass(frozen=True, slots=True)
class InquirySent:
    """The inquiry letter is on its way to the holder [J 10.4]."""

    since: datetime
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Queued:
    """
    Granted, but the central system is overloaded; the old certificate stays until then [J 13].

    Attributes:
        since: UTC.
        receipt: What the applicant is handed.
        until: UTC; None if nobody knows.
    """

    since: datetime
    receipt: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Turned away, with what to do about it."""

    since: datetime
    reason: Words


Stage = Done | InquirySent | Queued | Refused


@dataclass(frozen=True, slots=True)
class Backlog:
    """
    That the central system is overloaded [J 10.1].

    Attributes:
        until: When it will have caught up, UTC; None if nobody knows.
    """

    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """
    One application.

    Attributes:
        number: Unique within a world; it is the receipt, too.
        procedure: What is asked for.
        by: Who came.
        resident: Identifier of the holder.
        submitted: UTC, the first visit.
        stage: How far it got.
    """

    number: str
    procedure: Procedure
    by: Applicant
    resident: str
    submitted: datetime
    stage: Stage


def apply(
    procedure: Procedure,
    by: Applicant,
    *,
    number: str,
    resident: str,
    at: datetime,
    age: int,
    guardianship: bool = False,
    shown: Set[Document] = frozenset(),
    of_holder: Set[Document] = frozenset(),
    place: Place | None = None,
    letter_code: str,
    backlog: Backlog | None = None,
    keep_hours: bool = False,
) -> Application:
    """Apply, and learn at once how far that goes.

    *shown* is the applicant's own; an applicant who is the holder may put all of it there.
    *place* is the first of the table unless given.  *letter_code* is used if a letter is sent.
    """
    application = Application(
        number=number,
        procedure=procedure,
        by=by,
        resident=resident,
        submitted=at,
        stage=Done(at),
    )
    requirement = requirements(procedure, by)
    if isinstance(requirement, Refusal):
        return _refuse(application, at, requirement.reason)
    where = place or requirement.places[0]
    if where not in requirement.places:
        return _refuse(application, at, _elsewhere(requirement, by, where))
    if keep_hours and not is_open(where, at):
        return _refuse(application, at, _closed(where, at))
    if where is Place.COUNTER:  # nobody looks at papers anywhere else, or asks for an age
        allowed = may_apply(by, age=age, guardianship=guardianship)
        if isinstance(allowed, NotAllowed):
            return _refuse(application, at, allowed.reason)
        holders = shown | of_holder if by is Applicant.HOLDER else of_holder
        wanting = missing(requirement, shown, holders)
        if wanting:
            return _refuse(application, at, _bring(procedure, wanting))
    if requirement.visits == 2 and requirement.shortcut not in shown | of_holder:
        return replace(application, stage=InquirySent(at, letter_code))
    return _grant(application, at, backlog)


def answer(
    application: Application, code: str, *, at: datetime, backlog: Backlog | None = None
) -> Application:
    """Come a second time, with the letter that the holder filled in."""
    if not isinstance(application.stage, InquirySent):
        raise NotPermitted(
            f"the application {application.number} waits for no inquiry letter; "
            "see `minijpki office pending`"
        )
    if code != application.stage.code:
        raise NotPermitted(
            f"the code is not that of the letter for application {application.number}; "
            "bring the letter that was posted to the holder"
        )
    return _grant(application, at, backlog)


def release(application: Application, *, at: datetime) -> Application:
    """Carry out what was queued, now that the central system is back."""
    if not isinstance(application.stage, Queued):
        raise NotPermitted(
            f"the application {application.number} is not queued; see `minijpki office pending`"
        )
    until = application.stage.until
    if until is not None and at < until:
        raise NotPermitted(
            f"the application {application.number} is queued until {until:%Y-%m-%dT%H:%M:%SZ}; "
            "wait, or advance the clock"
        )
    return replace(application, stage=Done(at))


def draw_code(chance: Chance) -> str:
    """Draw the code of an inquiry letter."""
    return "".join(DIGITS[chance(len(DIGITS))] for _ in range(CODE_DIGITS))


def word(stage: Stage) -> str:
    """Say the stage in the word of commands and JSON."""
    match stage:
        case Done():
            return "done"
        case InquirySent():
            return "inquiry-sent"
        case Queued():
            return "queued"
        case Refused():
            return "refused"


def _grant(application: Application, at: datetime, backlog: Backlog | None) -> Application:
    if backlog is None or not application.procedure.issues:
        return replace(application, stage=Done(at))
    if backlog.until is not None and backlog.until <= at:
        return replace(application, stage=Done(at))
    return replace(application, stage=Queued(at, application.number, backlog.until))


def _refuse(application: Application, at: datetime, reason: Words) -> Application:
    return replace(application, stage=Refused(at, reason))


def _bring(procedure: Procedure, wanting: tuple[Words, ...]) -> Words:
    return Words(
        f"{procedure.value} is refused for want of documents; bring: "
        + "; ".join(each.en for each in wanting),
        f"「{TITLES[procedure].ja}」に必要な書類が不足しています。お持ちください："
        + "、".join(each.ja for each in wanting),
    )


def _elsewhere(requirement: Requirement, by: Applicant, where: Place) -> Words:
    places = [NAMES[each] for each in requirement.places]
    return Words(
        f"this is not done for {BY[by].en} at the {NAMES[where].en}; "
        f"turn to: {', '.join(each.en for each in places)}",
        f"{NAMES[where].ja}では{BY[by].ja}による手続ができません。"
        f"手続できる場所：{'、'.join(each.ja for each in places)}",
    )


def _closed(where: Place, at: datetime) -> Words:
    opens = next_opening(where, at).astimezone(JST)
    return Words(
        f"the {NAMES[where].en} is closed; come again at {opens:%Y-%m-%d %H:%M} JST",
        f"{NAMES[where].ja}は時間外です。次の受付開始は{opens:%Y-%m-%d %H:%M}です。",
    )
