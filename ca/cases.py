"""
Applications as the store keeps them: how far each got, and what it is about.

An application (ca/application) is pure and says how far; a case adds what is needed to carry
it out later, after a letter or in a queue, PINs included [D 13].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ca.application import Application, Done, InquirySent, Queued, Refused, Stage, word
from ca.eligibility import Applicant
from ca.hours import Place
from ca.procedures import Procedure
from ca.store import Store, to_moment, to_seconds
from ca.words import Words
from pki.errors import Missing
from pki.kinds import Kind, Pin

NOUN = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One application and what it is about.

    Attributes:
        application: How far it got.
        kinds: Certificates that it is about; none if it is about the card or its PINs.
        place: Where it was made.
        pins: As entered, or as the holder will write them into the inquiry letter.
        new_pins: As chosen.
    """

    application: Application
    kinds: tuple[Kind, ...]
    place: Place
    pins: Mapping[Pin, str] = field(default_factory=dict, repr=False)
    new_pins: Mapping[Pin, str] = field(default_factory=dict, repr=False)

    @property
    def resident(self) -> str:
        return self.application.resident

    @property
    def procedure(self) -> Procedure:
        return self.application.procedure

    @property
    def waits(self) -> bool:
        """Whether something is still to come: a letter, or the central system."""
        return isinstance(self.application.stage, InquirySent | Queued)

    def at_stage(self, stage: Stage) -> "Case":
        """Return the case as it is once the application has come to *stage*."""
        moved = replace(self, application=replace(self.application, stage=stage))
        # What nobody will ask for again is not kept.
        return moved if moved.waits else replace(moved, pins={}, new_pins={})


def case_numbered(store: Store, number: str) -> Case:
    """Return the case with that receipt."""
    value = store.state(NOUN, number)
    if value is None:
        raise Missing(f"no application {number!r} in this world; see `minijpki office pending`")
    return from_json(value)


def pending(store: Store) -> tuple[Case, ...]:
    """List the cases that wait, in the order in which they were begun."""
    listed = (from_json(value) for value in store.states(NOUN))
    return tuple(case for case in listed if case.waits)


def put_case(store: Store, seq: int, at: datetime, case: Case) -> None:
    store.put_state(seq, at, NOUN, case.application.number, to_json(case))


def to_json(case: Case) -> dict[str, Any]:
    """Write a case as the store keeps one."""
    application = case.application
    return {
        "number": application.number,
        "procedure": application.procedure.value,
        "by": application.by.value,
        "resident": application.resident,
        "submitted": to_seconds(application.submitted),
        "stage": word(application.stage),
        **_stage_to_json(application.stage),
        "kinds": [kind.value for kind in case.kinds],
        "place": case.place.value,
        "pins": {pin.value: secret for pin, secret in case.pins.items()},
        "new_pins": {pin.value: secret for pin, secret in case.new_pins.items()},
    }


def from_json(value: Mapping[str, Any]) -> Case:
    """Read what `to_json` wrote."""
    application = Application(
        number=value["number"],
        procedure=Procedure(value["procedure"]),
        by=Applicant(value["by"]),
        resident=value["resident"],
        submitted=to_moment(value["submitted"]),
        stage=_stage_from_json(value),
    )
    return Case(
        application=application,
        kinds=tuple(map(Kind, value["kinds"])),
        place=Place(value["place"]),
        pins={Pin(pin): secret for pin, secret in value["pins"].items()},
        new_pins={Pin(pin): secret for pin, secret in value["new_pins"].items()},
    )


def _stage_to_json(stage: Stage) -> dict[str, Any]:
    since = to_seconds(stage.since)
    match stage:
        case Done():
            return {"since": since}
        case InquirySent():
            return {"since": since, "code": stage.code}
        case Queued():
            until = to_seconds(stage.until) if stage.until else None
            return {"since": since, "receipt": stage.receipt, "until": until}
        case Refused():
            return {"since": since, "reason": list(stage.reason)}


def _stage_from_json(value: Mapping[str, Any]) -> Stage:
    since = to_moment(value["since"])
    match value["stage"]:
        case "done":
            return Done(since)
        case "inquiry-sent":
            return InquirySent(since, value["code"])
        case "queued":
            until = value["until"]
            return Queued(since, value["receipt"], None if until is None else to_moment(until))
        case "refused":
            return Refused(since, Words(*value["reason"]))
        case other:
            raise ValueError(f"{other!r} is no stage of an application")
