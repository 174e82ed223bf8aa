"""
The reception of the municipal counter: applications by the rules, and what comes of them.

Decides with ca/application, asks the card for PINs, lets the office carry out what is granted,
and enters each step into the journal.  Papers are looked at before any PIN is entered; a PIN
that is wrong costs a try and leaves no application behind.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime

from ca import application as pure
from ca.application import Application, Backlog, Done, InquirySent, Queued, Refused, draw_code, word
from ca.cases import Case, case_numbered, pending, put_case
from ca.documents import Document
from ca.eligibility import Applicant
from ca.grants import GRANTS, check_new_pins, kinds_meant, pins_asked
from ca.hours import Place
from ca.issuance import age
from ca.office import Handed, Office
from ca.procedures import Procedure, Requirement, requirements
from ca.register import Issued
from ca.store import to_moment, to_seconds
from ca.words import Words
from pki.errors import JpkiError, NotPermitted, TooEarly
from pki.kinds import Kind, Pin
from pki.validity import day_in_jst

CENTRAL = "central"  # the setting, and the journal's subject: up is empty
DOWN, DELAY = "down", "delay:"  # the latter with the second of its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    What an applicant leaves the counter with.

    Attributes:
        case: The application, with its receipt and how far it got.
        handed: Card, certificates and drawn PINs; None unless some were made just now.
        fee: Yen, for the certificates.
        certificates: Those that were just made, or that the applicant came to read.
    """

    case: Case
    handed: Handed | None
    fee: int
    certificates: tuple[Issued, ...] = ()

    @property
    def application(self) -> Application:
        return self.case.application


class Reception:
    """Where applications are made at the offices of one world."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.store = office.store

    def apply(
        self,
        procedure: Procedure,
        identifier: str,
        by: Applicant = Applicant.HOLDER,
        *,
        at: datetime,
        shown: Set[Document] = frozenset(),
        of_holder: Set[Document] = frozenset(),
        pins: Mapping[Pin, str] | None = None,
        new_pins: Mapping[Pin, str] | None = None,
        kind: Kind | None = None,
        place: Place | None = None,
        keep_hours: bool = False,
    ) -> Served:
        """
        Make an application and go as far with it as it goes today.

        A refusal by the rules is a stage of the application, and journalled; what is
        impossible as things stand is an error, and leaves no application.
        """
        self._check_moment(at)
        resident = self.office.living(identifier)
        years = age(resident, on=day_in_jst(at))

        def decide(number: str, code: str) -> Application:
            return pure.apply(
                procedure,
                by,
                number=number,
                resident=identifier,
                at=at,
                age=years,
                guardianship=resident.guardianship,
                shown=shown,
                of_holder=of_holder,
                place=place,
                letter_code=code,
                backlog=self.backlog(at=at),
                keep_hours=keep_hours,
            )

        draft = decide("", "")
        requirement = requirements(procedure, by)
        kinds: tuple[Kind, ...] = ()
        if isinstance(requirement, Requirement) and not isinstance(draft.stage, Refused):
            kinds = kinds_meant(self.office.register, procedure, identifier, kind, age=years, at=at)
        case = Case(
            application=draft,
            kinds=kinds,
            place=place or _first_place(requirement),
            pins=dict(pins or {}),
            new_pins=dict(new_pins or {}),
        )
        if isinstance(requirement, Requirement) and not isinstance(draft.stage, Refused):
            check_new_pins(case, requirement)
            if not isinstance(draft.stage, InquirySent):  # the holder writes them into the letter
                self._ask_pins(case, requirement, at=at)
        with self.store.writing():
            number = f"A-{self._next_number()}"
            code = draw_code(self.office.issuance.chances(f"letter/{number}"))
            case = replace(case, application=decide(number, code))
            self._enter("application", case, at=at)
        return self._serve(case, at=at)

    def answer(
        self,
        number: str,
        code: str,
        *,
        at: datetime,
        pins: Mapping[Pin, str] | None = None,
        new_pins: Mapping[Pin, str] | None = None,
    ) -> Served:
        """Come a second time, with the inquiry letter; PINs that it states count from now on."""
        self._check_moment(at)
        case = case_numbered(self.store, number)
        application = pure.answer(case.application, code, at=at, backlog=self.backlog(at=at))
        self.office.living(case.resident)
        case = replace(
            case,
            application=application,
            pins={**case.pins, **(pins or {})},
            new_pins={**case.new_pins, **(new_pins or {})},
        )
        requirement = requirements(case.procedure, application.by)
        assert isinstance(requirement, Requirement)  # or no letter had been sent
        check_new_pins(case, requirement)
        self._ask_pins(case, requirement, at=at)
        with self.store.writing():
            before = case_numbered(self.store, number).application
            pure.answer(before, code, at=at)  # again, lest two answer at once
            self._enter("application-answered", case, at=at)
        return self._serve(case, at=at)

    def release(self, number: str, *, at: datetime) -> Served:
        """Carry out one application that was queued, now that the central system is back."""
        self._check_moment(at)
        with self.store.writing():
            case = case_numbered(self.store, number)
            case = replace(case, application=self._released(case.application, at=at))
            self._enter("application-released", case, at=at)
        return self._serve(case, at=at)

    def release_all(self, *, at: datetime) -> tuple[Served, ...]:
        """Carry out all that is queued, the oldest first; what has become impossible is refused."""
        queued = [
            case.application.number
            for case in pending(self.store)
            if isinstance(case.application.stage, Queued)
        ]
        return tuple(self._release_or_refuse(number, at=at) for number in queued)

    def backlog(self, *, at: datetime) -> Backlog | None:
        """Say whether the central system is overloaded at *at*, and until when."""
        central = self.store.setting(CENTRAL)
        if central.startswith(DELAY):
            until = to_moment(int(central.removeprefix(DELAY)))
            return Backlog(until) if at < until else None
        return Backlog() if central == DOWN else None

    def delay(self, until: datetime, *, at: datetime) -> None:
        """Let the central system be overloaded until then [J 10.1]."""
        if until <= at:
            raise NotPermitted(
                f"the delay would end at {until:%Y-%m-%dT%H:%M:%SZ}, which is not after "
                f"{at:%Y-%m-%dT%H:%M:%SZ}; give a later moment"
            )
        self._turn(f"{DELAY}{to_seconds(until)}", "central-delayed", at=at)

    def shut_down(self, *, at: datetime) -> None:
        """Let the central system stop, nobody knows for how long [J 10.1]."""
        self._turn(DOWN, "central-down", at=at)

    def restore(self, *, at: datetime) -> tuple[Served, ...]:
        """Bring the central system back, and carry out all that was queued."""
        self._turn("", "central-up", at=at)
        return self.release_all(at=at)

    def _serve(self, case: Case, *, at: datetime) -> Served:
        """Carry out what is granted; entered already is what is not."""
        application = case.application
        requirement = requirements(application.procedure, application.by)
        refused = isinstance(application.stage, Refused)
        fee = requirement.fee if isinstance(requirement, Requirement) and not refused else 0
        if not isinstance(application.stage, Done):
            return Served(case=case, handed=None, fee=fee)
        try:
            handed = GRANTS[case.procedure](self.office, case, at)
        except JpkiError as error:
            self._close("application-refused", _refused(case, error, at), at=at)
            raise
        self._close("application-done", case, at=at)
        made = handed.certificates if handed else self._confirmed(case)
        return Served(case=case, handed=handed, fee=fee, certificates=made)

    def _confirmed(self, case: Case) -> tuple[Issued, ...]:
        if case.procedure is not Procedure.CONFIRM:
            return ()
        register = self.office.register
        card = register.card_of(case.resident)
        found = (register.current(card, kind) for kind in case.kinds)
        return tuple(each for each in found if each is not None)

    def _released(self, application: Application, *, at: datetime) -> Application:
        backlog = self.backlog(at=at)
        if backlog and backlog.until is None:
            raise NotPermitted(
                f"the application {application.number} cannot be released while the central "
                "system is down; wait, or bring it back with `minijpki office up`"
            )
        if isinstance(application.stage, Queued):
            # What was said when it was queued is of no matter: the system came back early,
            # or late.
            until = backlog.until if backlog else None
            application = replace(application, stage=replace(application.stage, until=until))
        return pure.release(application, at=at)

    def _release_or_refuse(self, number: str, *, at: datetime) -> Served:
        try:
            return self.release(number, at=at)
        except JpkiError:
            case = case_numbered(self.store, number)
            return Served(case=case, handed=None, fee=0)

    def _ask_pins(self, case: Case, requirement: Requirement, *, at: datetime) -> None:
        """Let the PINs be entered, one after the other; a wrong one costs a try."""
        asked = pins_asked(case, requirement, self.office.register.card(case.resident))
        lacking = [pin.value for pin in asked if pin not in case.pins]
        if lacking:
            raise NotPermitted(
                f"{case.procedure.value} asks for the PIN of: {', '.join(lacking)}; "
                f"give --pin {lacking[0]}=VALUE, or apply for reset-pin first"
            )
        for pin in asked:
            self.office.check_pin(case.resident, pin, case.pins[pin], at=at)

    def _enter(self, what: str, case: Case, *, at: datetime) -> None:
        """Enter a step; one that is granted is closed by an entry of its own."""
        application = case.application
        granted = isinstance(application.stage, Done)
        seq = self.store.append(
            at,
            what,
            case.resident,
            number=application.number,
            procedure=application.procedure.value,
            by=application.by.value,
            stage="granted" if granted else word(application.stage),
        )
        put_case(self.store, seq, at, case.at_stage(application.stage))

    def _close(self, what: str, case: Case, *, at: datetime) -> None:
        with self.store.writing():
            number = case.application.number
            seq = self.store.append(at, what, case.resident, number=number)
            put_case(self.store, seq, at, case.at_stage(case.application.stage))

    def _turn(self, central: str, what: str, *, at: datetime) -> None:
        with self.store.writing():
            self.store.append(at, what, CENTRAL)
            self.store.set(CENTRAL, central)

    def _check_moment(self, at: datetime) -> None:
        newest = self.store.newest()
        if newest is not None and at < newest:
            raise TooEarly(at, newest)

    def _next_number(self) -> int:
        sql = "SELECT COUNT(*) FROM journal WHERE what = 'application'"
        return int(self.store.rows(sql)[0][0]) + 1


def _first_place(requirement: object) -> Place:
    return requirement.places[0] if isinstance(requirement, Requirement) else Place.COUNTER


def _refused(case: Case, error: JpkiError, at: datetime) -> Case:
    # Our errors speak English; whoever reads Japanese gets the same sentence.
    return case.at_stage(Refused(at, Words(str(error), str(error))))
