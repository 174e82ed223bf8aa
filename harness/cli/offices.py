"""
The commands about the municipal counter: what it asks for, and applying there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ca.documents import Document
from ca.eligibility import Applicant
from ca.hours import Place
from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Word, rfc3339
from harness.cli.residents import at_option
from pki.kinds import Kind, Pin

if TYPE_CHECKING:
    from ca.applications import Served
    from ca.cases import Case


class Secret(click.ParamType[tuple[Pin, str]]):
    """A PIN by its name; no message repeats its value."""

    name = "name=value"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[Pin, str]:
        if isinstance(value, tuple):
            return value
        name, equals, secret = value.partition("=")
        pins = {pin.value: pin for pin in Pin}
        if name not in pins or not equals:
            self.fail(f"write a PIN as NAME=VALUE, with a name of {', '.join(pins)}", param, ctx)
        return pins[name], secret


pin_option = click.option(
    "--pin", "pins", type=Secret(), multiple=True, help="One that is asked for; a wrong one costs."
)
new_pin_option = click.option(
    "--new-pin", "new_pins", type=Secret(), multiple=True, help="One that is set anew."
)
by_option = click.option(
    "--by", type=Word(Applicant), default="holder", show_default=True, help="Who comes."
)


@click.group(cls=Group)
def office() -> None:
    """Apply at the municipal counter, by its rules.

    What `card` does at once is done here as in life: with papers, PINs, letters and queues.

    \b
    Examples:
        minijpki office requirements renew --by agent
        minijpki office apply renew hanako --show my-number-card --pin sign=ABC123 --pin auth=1234
    """


@office.command()
@click.argument("procedure", required=False)
@click.option("--by", type=Word(Applicant), help="Who comes.  [default: show all four]")
@click.pass_obj
def requirements(desk: Desk, procedure: str | None, by: Applicant | None) -> None:
    """Show what PROCEDURE asks of whoever comes: papers, PINs, visits, fee and place.

    Without PROCEDURE all procedures are listed in short.

    \b
    Examples:
        minijpki office requirements
        minijpki office requirements renew --by agent --lang ja
        minijpki office requirements reset-pin --json
    """
    from ca.procedures import Procedure, procedure_named
    from harness.cli import requirements as shown

    asked = [procedure_named(procedure)] if procedure else list(Procedure)
    rows = [(each, one) for each in asked for one in ([by] if by else Applicant)]
    if desk.as_json:
        desk.table(shown.row(*each) for each in rows)
    elif procedure is None:
        desk.table(shown.summary(*each, desk.language) for each in rows)
    else:
        for place, each in enumerate(rows):
            if place:
                click.echo()
            desk.answer(shown.full(*each, desk.language))


@office.command()
@click.argument("procedure")
@click.argument("identifier", metavar="ID")
@by_option
@click.option(
    "--show",
    "shown",
    type=Word(Document),
    multiple=True,
    metavar="DOCUMENT",
    help="What the applicant puts on the desk; `office documents` lists them.",
)
@click.option(
    "--of-holder",
    type=Word(Document),
    multiple=True,
    metavar="DOCUMENT",
    help="What the applicant brings of the absent holder's.",
)
@pin_option
@new_pin_option
@click.option("--key", type=Word(Kind), help="Only this certificate.  [default: what fits]")
@click.option("--place", type=Word(Place), help="Where.  [default: the first that serves]")
@click.option("--keep-hours", is_flag=True, help="Refuse outside the opening hours.")
@at_option
@click.pass_obj
def apply(
    desk: Desk,
    procedure: str,
    identifier: str,
    by: Applicant,
    shown: tuple[Document, ...],
    of_holder: tuple[Document, ...],
    pins: tuple[tuple[Pin, str], ...],
    new_pins: tuple[tuple[Pin, str], ...],
    key: Kind | None,
    place: Place | None,
    keep_hours: bool,
    at: datetime | None,
) -> None:
    """Apply for PROCEDURE about the resident ID.

    It is carried out at once, or the answer tells the code of the inquiry letter that was
    posted to the holder (`office answer` is the second visit), or the application is queued
    while the central system is overloaded.  PINs drawn for the holder are shown here, once.

    \b
    Examples:
        minijpki office apply renew hanako --show my-number-card \\
            --pin sign=ABC123 --pin auth=1234
        minijpki office apply renew hanako --by agent --show driving-licence \\
            --of-holder my-number-card
        minijpki office apply reset-pin hanako --show my-number-card --show passport \\
            --new-pin sign=NEW123
        minijpki office apply suspend hanako
    """
    from ca.procedures import procedure_named

    wanted = procedure_named(procedure)
    world = desk.world
    served = world.reception.apply(
        wanted,
        identifier,
        by,
        at=world.moment(at),
        shown=frozenset(shown),
        of_holder=frozenset(of_holder),
        pins=dict(pins),
        new_pins=dict(new_pins),
        kind=key,
        place=place,
        keep_hours=keep_hours,
    )
    _tell(desk, served)


@office.command()
@click.argument("number")
@click.option("--code", required=True, help="Of the inquiry letter.")
@pin_option
@new_pin_option
@at_option
@click.pass_obj
def answer(
    desk: Desk,
    number: str,
    code: str,
    pins: tuple[tuple[Pin, str], ...],
    new_pins: tuple[tuple[Pin, str], ...],
    at: datetime | None,
) -> None:
    """Come a second time for the application NUMBER, with the inquiry letter.

    The holder wrote the PINs into it, unless they were told when applying.

    \b
    Examples:
        minijpki office answer A-1 --code 31415926 --pin sign=ABC123 --pin auth=1234
    """
    world = desk.world
    served = world.reception.answer(
        number, code, at=world.moment(at), pins=dict(pins), new_pins=dict(new_pins)
    )
    _tell(desk, served)


@office.command()
@click.pass_obj
def pending(desk: Desk) -> None:
    """List the applications that wait: for a letter, or for the central system.

    \b
    Examples:
        minijpki office pending --json
    """
    from ca.cases import pending as waiting

    desk.table(_case(each) for each in waiting(desk.world.store))


@office.command()
@click.pass_obj
def documents(desk: Desk) -> None:
    """List the documents that can be shown, with the list that they are on.

    \b
    Examples:
        minijpki office documents --lang ja
    """
    from ca.documents import LIST_A, LIST_B, NAMES

    for_eye = not desk.as_json
    desk.table(
        {
            "document": each.value,
            "list": "A" if each in LIST_A else "B" if each in LIST_B else None,
            "name": NAMES[each].said(desk.language) if for_eye else NAMES[each]._asdict(),
        }
        for each in Document
    )


@office.command()
@click.option("--until", type=Moment(), required=True, help="When it will have caught up.")
@at_option
@click.pass_obj
def delay(desk: Desk, until: datetime, at: datetime | None) -> None:
    """Let the central system be overloaded until a moment.

    What needs new certificates is queued with a receipt, and the old ones stay until then.

    \b
    Examples:
        minijpki office delay --until 2026-04-02T12:00:00+09:00
    """
    world = desk.world
    world.reception.delay(until, at=world.moment(at))
    desk.answer({"central": "delayed", "until": rfc3339(until)})


@office.command()
@at_option
@click.pass_obj
def down(desk: Desk, at: datetime | None) -> None:
    """Let the central system stop, nobody knows for how long.

    \b
    Examples:
        minijpki office down
    """
    world = desk.world
    world.reception.shut_down(at=world.moment(at))
    desk.answer({"central": "down", "until": None})


@office.command()
@at_option
@click.pass_obj
def up(desk: Desk, at: datetime | None) -> None:
    """Bring the central system back, and carry out all that was queued.

    \b
    Examples:
        minijpki office up
    """
    world = desk.world
    _tell_all(desk, world.reception.restore(at=world.moment(at)))


@office.command()
@click.argument("number", required=False)
@at_option
@click.pass_obj
def release(desk: Desk, number: str | None, at: datetime | None) -> None:
    """Carry out what was queued, or the application NUMBER alone, once a delay is over.

    \b
    Examples:
        minijpki office release
        minijpki office release A-1 --at 2026-04-02T12:00:00+09:00
    """
    world = desk.world
    when = world.moment(at)
    if number:
        _tell(desk, world.reception.release(number, at=when))
    else:
        _tell_all(desk, world.reception.release_all(at=when))


def _tell(desk: Desk, served: "Served") -> None:
    """Tell an applicant how far it went; a refusal is told as one."""
    from ca.application import InquirySent, Queued, Refused
    from pki.errors import NotPermitted

    stage = served.application.stage
    match stage:
        case Refused():
            raise NotPermitted(stage.reason.said(desk.language))
        case InquirySent():
            desk.say(
                "an inquiry letter was posted to the holder; come again with it",
                "照会書兼回答書を本人あてに郵送しました。記入のうえお持ちください。",
            )
        case Queued():
            desk.say(
                "the central system is overloaded; the old certificates stay until it is back",
                "発行システムが混雑しているため受付のみ行いました。それまでは従来の電子証明書が"
                "有効です。",
            )
    fields = _fields(served)
    if not desk.as_json:
        fields = {name: value for name, value in fields.items() if value not in (None, [], {})}
    desk.answer(fields)


def _tell_all(desk: Desk, served: "tuple[Served, ...]") -> None:
    if desk.as_json:
        desk.table(map(_fields, served))
        return
    desk.table({**_case(each.case), "reason": _reason(each, desk.language)} for each in served)
    for each in served:
        if each.handed and each.handed.drawn:
            drawn = {pin.value: secret for pin, secret in each.handed.drawn.items()}
            desk.answer({"receipt": each.application.number, "pins": drawn})


def _reason(served: "Served", lang: str) -> str | None:
    from ca.application import Refused

    stage = served.application.stage
    return stage.reason.said(lang) if isinstance(stage, Refused) else None


def _case(case: "Case") -> dict[str, Any]:
    from ca.application import Queued, word

    stage = case.application.stage
    until = stage.until if isinstance(stage, Queued) else None
    return {
        "receipt": case.application.number,
        "procedure": case.procedure.value,
        "by": case.application.by.value,
        "id": case.resident,
        "stage": word(stage),
        "since": rfc3339(stage.since),
        "until": rfc3339(until) if until else None,
    }


def _fields(served: "Served") -> dict[str, Any]:
    from ca.application import InquirySent, Refused

    stage = served.application.stage
    handed = served.handed
    return {
        **_case(served.case),
        "reason": stage.reason._asdict() if isinstance(stage, Refused) else None,
        "code": stage.code if isinstance(stage, InquirySent) else None,
        "fee": served.fee,
        "card": handed.card.serial if handed else None,
        "pins": _drawn(handed.drawn if handed else {}),
        "certificates": [
            {
                "kind": each.kind.value,
                "serial": f"{each.serial:#x}",
                "not_after": rfc3339(each.not_after),
            }
            for each in served.certificates
        ],
    }


def _drawn(pins: Mapping[Pin, str]) -> dict[str, str]:
    return {pin.value: secret for pin, secret in pins.items()}
