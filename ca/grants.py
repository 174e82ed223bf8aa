"""
What a granted application does: the step from the table of the counter to the counter's acts.

GRANTS has one row per procedure.  Above it stands what is decided before anybody enters a
PIN: which certificates an application is about, and which PINs it therefore asks for.
"""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from ca.card import Card
from ca.cases import Case
from ca.eligibility import Allowed, may_have
from ca.hours import Place
from ca.lifecycle import Good, Revoked
from ca.pins import KIND_OF, PIN_OF, check
from ca.procedures import Procedure, Requirement
from ca.register import Register
from pki.errors import NotPermitted
from pki.kinds import Channel, Event, Kind, Pin, Request

if TYPE_CHECKING:
    from ca.office import Handed, Office

BOTH = (Kind.AUTH, Kind.SIGN)  # authentication first, for it limits the other [J 10.2]


class Condition(Enum):
    """What a card has of one kind, as a clerk sees it."""

    NONE = "missing"
    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"  # or on hold, which is never lifted [J 7]


# Procedures that are for certificates in one condition only, and the one for each condition.
FITTING = {
    Procedure.RENEW: {Condition.GOOD},
    Procedure.RENEW_EXPIRED: {Condition.EXPIRED},
    Procedure.ISSUE_LATER: {Condition.NONE, Condition.REVOKED, Condition.EXPIRED},
}
INSTEAD = {
    Condition.NONE: Procedure.ISSUE_LATER,
    Condition.GOOD: Procedure.RENEW,
    Condition.EXPIRED: Procedure.RENEW_EXPIRED,
    Condition.REVOKED: Procedure.ISSUE_LATER,
}


def condition(register: Register, card: Card, kind: Kind, *, at: datetime) -> Condition:
    """Say what the card has of *kind*."""
    issued = register.current(card, kind)
    if issued is None:
        return Condition.NONE
    if register.standing(kind, issued.serial, at=at) != Good():
        return Condition.REVOKED
    return Condition.GOOD if at <= issued.not_after else Condition.EXPIRED


def kinds_meant(
    register: Register,
    procedure: Procedure,
    identifier: str,
    named: Kind | None,
    *,
    age: int,
    at: datetime,
) -> tuple[Kind, ...]:
    """Find the certificates that an application is about; NotPermitted if none fits."""
    match procedure:
        case Procedure.ISSUE | Procedure.REISSUE:
            return (named,) if named else BOTH
        case Procedure.RENEW | Procedure.RENEW_EXPIRED | Procedure.ISSUE_LATER:
            return _fitting(register, procedure, identifier, named, age=age, at=at)
        case Procedure.REPORT_CHANGE:
            if named is Kind.AUTH:
                raise NotPermitted(
                    "report-change is about the sign certificate, and the auth certificate "
                    "stays as it is; leave --key away"
                )
            return (Kind.SIGN,)
        case Procedure.WITHDRAW | Procedure.REPORT_LEAK | Procedure.CONFIRM:
            return (named,) if named else _on_card(register, procedure, identifier)
        case _:
            return ()


def check_new_pins(case: Case, requirement: Requirement) -> None:
    """Refuse new PINs that are too many, too few, or break their rules."""
    name = case.procedure.value
    beyond = [pin.value for pin in case.new_pins if pin not in requirement.new_pins]
    if beyond:
        settable = ", ".join(pin.value for pin in requirement.new_pins) or "none"
        raise NotPermitted(f"{name} sets no {beyond[0]} PIN anew, but: {settable}")
    if case.procedure in (Procedure.RESET_PIN, Procedure.CHANGE_PIN) and not case.new_pins:
        raise NotPermitted(f"{name} needs to know which PIN; give --new-pin NAME=VALUE")
    if case.procedure is Procedure.RESET_PIN_STORE and len(case.new_pins) != 1:
        raise NotPermitted(
            f"{name} sets one PIN by the other; give --new-pin sign=VALUE or auth=VALUE"
        )
    for pin, secret in case.new_pins.items():
        check(pin, secret)


def pins_asked(case: Case, requirement: Requirement, card: Card | None) -> tuple[Pin, ...]:
    """Find the PINs to be entered: those that the card has and the procedure is about."""
    wanted: set[Pin] = {PIN_OF[kind] for kind in case.kinds}
    match case.procedure:
        case Procedure.ISSUE_LATER:
            pass  # whoever had one before enters the PIN of then
        case Procedure.REPORT_CHANGE | Procedure.RESUME:
            wanted = set(requirement.pins)
        case Procedure.CHANGE_PIN:
            wanted = set(case.new_pins)
        case Procedure.RESET_PIN_STORE:
            wanted = {PIN_OF[KIND_OF[pin].other] for pin in case.new_pins}
        case Procedure.WITHDRAW if case.place is Place.CLIENT:
            wanted = {Pin.SIGN}  # online it is signed
        case _:
            wanted &= set(requirement.pins)
    return tuple(pin for pin in Pin if card and pin in wanted and pin in card.pins)


def _fitting(
    register: Register,
    procedure: Procedure,
    identifier: str,
    named: Kind | None,
    *,
    age: int,
    at: datetime,
) -> tuple[Kind, ...]:
    card = register.card_of(identifier)
    under_guardianship = register.resident(identifier).guardianship
    have = {kind: condition(register, card, kind, at=at) for kind in BOTH}
    fits = tuple(kind for kind in BOTH if have[kind] in FITTING[procedure])
    if named is None:
        if procedure is Procedure.ISSUE_LATER:  # nobody asks for what they may not have
            fits = tuple(
                kind
                for kind in fits
                if isinstance(may_have(kind, age=age, guardianship=under_guardianship), Allowed)
            )
        if fits:
            return fits
        named = next((kind for kind in BOTH if have[kind] not in FITTING[procedure]), Kind.SIGN)
    elif named in fits:
        return (named,)
    raise NotPermitted(
        f"the {named.value} certificate of {identifier!r} is {have[named].value}; "
        f"apply for {INSTEAD[have[named]].value} instead of {procedure.value}"
    )


def _on_card(register: Register, procedure: Procedure, identifier: str) -> tuple[Kind, ...]:
    card = register.card_of(identifier)
    held = tuple(kind for kind in BOTH if kind in card.slots)
    if not held:
        raise NotPermitted(
            f"the card of {identifier!r} holds no certificate; "
            f"there is nothing for {procedure.value}, issue one with issue-later"
        )
    if procedure is Procedure.CONFIRM:
        return held
    standing = {kind: register.standing(kind, card.slots[kind].serial_number) for kind in held}
    left = tuple(kind for kind in held if not isinstance(standing[kind], Revoked))
    return left or held  # and the counter will say since when they are revoked


def _issue(office: "Office", case: Case, at: datetime) -> "Handed":
    without = frozenset(Kind) - set(case.kinds)
    return office.issue_card(
        case.resident,
        at=at,
        pins=case.new_pins,
        without=without,
        instead=case.procedure is Procedure.REISSUE,
    )


def _renew(office: "Office", case: Case, at: datetime) -> "Handed":
    return office.renew(case.resident, case.kinds, at=at, pins=case.new_pins)


def _reset_pins(office: "Office", case: Case, at: datetime) -> None:
    with office.store.writing():
        for pin, secret in case.new_pins.items():
            office.reset_pin(case.resident, pin, secret, at=at)


def _reset_at_store(office: "Office", case: Case, at: datetime) -> None:
    [(pin, secret)] = case.new_pins.items()
    other = case.pins.get(PIN_OF[KIND_OF[pin].other], "")
    office.reset_pin_at_store(case.resident, pin, secret, other, at=at)


def _change_pins(office: "Office", case: Case, at: datetime) -> None:
    # Each was entered before, and was right, so that all are changed or none.
    channel = Channel(case.place.value)
    with office.store.writing():
        for pin, secret in case.new_pins.items():
            old = case.pins.get(pin, "")
            office.change_pin(case.resident, pin, old, secret, channel=channel, at=at)


def _withdraw(office: "Office", case: Case, at: datetime) -> None:
    card = office.register.card_of(case.resident)
    if case.place is Place.CLIENT and not office.is_valid(card, Kind.SIGN, at=at):
        raise NotPermitted(
            "a withdrawal online is signed with the signature certificate, which is not in "
            "force; withdraw at the counter"
        )
    _request(office, case, Request.WITHDRAW, at)


def _report_leak(office: "Office", case: Case, at: datetime) -> None:
    _request(office, case, Request.REPORT_LEAK, at)


def _request(office: "Office", case: Case, request: Request, at: datetime) -> None:
    with office.store.writing():
        for kind in case.kinds:
            office.request(request, case.resident, kind, at=at)


def _report(event: Event) -> "Grant":
    def report(office: "Office", case: Case, at: datetime) -> None:
        office.register.card_of(case.resident)
        office.report(event, case.resident, at=at)

    return report


def _confirm(office: "Office", case: Case, at: datetime) -> None:
    """Show what is there, which changes nothing."""


Grant = Callable[["Office", Case, datetime], "Handed | None"]

GRANTS: dict[Procedure, Grant] = {
    Procedure.ISSUE: _issue,
    Procedure.ISSUE_LATER: _renew,
    Procedure.RENEW: _renew,
    Procedure.RENEW_EXPIRED: _renew,
    Procedure.REISSUE: _issue,
    Procedure.RESET_PIN: _reset_pins,
    Procedure.RESET_PIN_STORE: _reset_at_store,
    Procedure.CHANGE_PIN: _change_pins,
    Procedure.WITHDRAW: _withdraw,
    Procedure.SUSPEND: _report(Event.CARD_LOST),
    Procedure.RESUME: _report(Event.CARD_FOUND),
    Procedure.RETURN: _report(Event.CARD_RETURNED),
    Procedure.REPORT_CHANGE: _renew,
    Procedure.REPORT_LEAK: _report_leak,
    Procedure.CONFIRM: _confirm,
}
