"""
The commands about certificates that belong together, and about the latest four items.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Serial, Word, rfc3339
from harness.cli.residents import at_option, told
from pki.kinds import Kind

if TYPE_CHECKING:
    from ca.linking import Answer, Consent
    from ca.register import Issued
    from harness.world import World

as_of = click.option("--at", type=Moment(), help="As of then.  [default: now]")
service_option = click.option("--service", metavar="NAME", required=True, help="Which service.")
known_option = click.option(
    "--serial", "known", type=Serial(), help="That the service has.  [default: of the consent]"
)


@click.group(cls=Group)
def link() -> None:
    """Tell which certificates belong together.

    \b
    Examples:
        minijpki link show 0x2 --kind sign
    """


@link.command("show")
@click.argument("serial", type=Serial())
@click.option("--kind", type=Word(Kind), help="Of which CA.  [default: the one that has it]")
@as_of
@click.pass_obj
def show_link(desk: Desk, serial: int, kind: Kind | None, at: datetime | None) -> None:
    """Show what belongs to the certificate SERIAL.

    `pair` is of the other kind, on the same card; `older`, `newer` and `newest` are of the
    same kind and person.  The serials of the two CAs overlap, so --kind is needed where both
    have that one.

    \b
    Examples:
        minijpki link show 0x2 --kind sign
        minijpki link show 2 --kind auth --at 2026-04-02T00:00:00Z --json
    """
    from ca.linking import link as link_of

    world = desk.world
    when = at or world.now()
    linked = link_of(world.register, kind or _only_kind(world, serial), serial, at=when)
    one = linked.certificate
    desk.answer(
        {
            "kind": one.kind.value,
            "serial": f"{one.serial:#x}",
            "id": one.resident,
            "card": one.card,
            **told(world, one.kind, one.serial, one.not_after, at=when),
            "pair": _named(linked.pair),
            "older": _named(linked.older),
            "newer": _named(linked.newer),
            "newest": _named(linked.newest),
        }
    )


@link.command("latest")
@click.argument("identifier", metavar="ID")
@service_option
@known_option
@as_of
@click.pass_obj
def latest_link(
    desk: Desk, identifier: str, service: str, known: int | None, at: datetime | None
) -> None:
    """Ask for the latest four items of the resident ID; the same as `consent latest`.

    \b
    Examples:
        minijpki link latest hanako --service kakei
    """
    _answer_latest(desk, identifier, service, known, at)


@click.group(cls=Group)
def consent() -> None:
    """Record consent to the latest four items.

    \b
    Examples:
        minijpki consent give hanako --service kakei --pin ABC123
        minijpki consent latest hanako --service kakei
    """


@consent.command()
@click.argument("identifier", metavar="ID")
@service_option
@click.option(
    "--pin",
    envvar="MINIJPKI_PIN",
    help="The sign PIN, entered at the card.  [default: signed elsewhere, at Mynaportal say]",
)
@at_option
@click.pass_obj
def give(desk: Desk, identifier: str, service: str, pin: str | None, at: datetime | None) -> None:
    """Record that the resident ID lets a service have the latest four items.

    It is given with the signature certificate, which must be in force, for ten years.

    \b
    Examples:
        minijpki consent give hanako --service kakei --pin ABC123
        minijpki consent give hanako --service kakei
    """
    from ca.linking import check_service, give_consent

    world = desk.world
    when = world.moment(at)
    check_service(service)
    if pin is not None:
        world.office.enter_pin(identifier, Kind.SIGN, pin, at=when)
    given = give_consent(world.register, identifier, service, at=when)
    desk.answer(_fields(given, at=when))


@consent.command()
@click.argument("identifier", metavar="ID")
@service_option
@at_option
@click.pass_obj
def withdraw(desk: Desk, identifier: str, service: str, at: datetime | None) -> None:
    """Take consent back; the service is refused from then on.

    \b
    Examples:
        minijpki consent withdraw hanako --service kakei
    """
    from ca.linking import withdraw_consent

    world = desk.world
    when = world.moment(at)
    desk.answer(_fields(withdraw_consent(world.register, identifier, service, at=when), at=when))


@consent.command()
@click.argument("identifier", metavar="ID")
@click.option("--service", metavar="NAME", help="Only this service.  [default: all]")
@as_of
@click.pass_obj
def show(desk: Desk, identifier: str, service: str | None, at: datetime | None) -> None:
    """Show what the resident ID consented to, ended consents included.

    \b
    Examples:
        minijpki consent show hanako
        minijpki consent show hanako --service kakei --json
    """
    from ca.linking import consents

    world = desk.world
    when = at or world.now()
    desk.table(
        _fields(each, at=when)
        for each in consents(world.register, identifier, at=when)
        if service in (None, each.service)
    )


@consent.command()
@click.argument("identifier", metavar="ID")
@service_option
@known_option
@as_of
@click.pass_obj
def latest(
    desk: Desk, identifier: str, service: str, known: int | None, at: datetime | None
) -> None:
    """Ask for the latest four items of the resident ID, as a service would.

    `outcome` is `new` once the certificate that the service knows has ended and a new one is
    in force; `nothing-yet` as long as there is none; `unchanged` while the known one is in
    force.  Refused without consent.

    \b
    Examples:
        minijpki consent latest hanako --service kakei
        minijpki consent latest hanako --service kakei --serial 0x2 --json
    """
    _answer_latest(desk, identifier, service, known, at)


def _answer_latest(
    desk: Desk, identifier: str, service: str, known: int | None, at: datetime | None
) -> None:
    from ca.linking import latest_items

    world = desk.world
    when = at or world.now()
    answer = latest_items(world.register, identifier, service, known=known, at=when)
    desk.answer({"id": identifier, "service": service, **_outcome(answer)})


def _outcome(answer: "Answer") -> dict[str, Any]:
    from ca.linking import FEE, Latest, NothingYet, Unchanged
    from pki.four_items import ROWS

    nothing = {**{field: None for _, field in ROWS}, "fee": 0}
    match answer:
        case Unchanged(certificate):
            return {"outcome": "unchanged", "serial": f"{certificate.serial:#x}", **nothing}
        case NothingYet():
            return {"outcome": "nothing-yet", "serial": None, **nothing}
        case Latest(items, certificate):
            told_items = {field: getattr(items, field) for _, field in ROWS}
            serial = f"{certificate.serial:#x}"
            return {"outcome": "new", "serial": serial, **told_items, "fee": FEE}


def _only_kind(world: "World", serial: int) -> Kind:
    """Find the one CA that issued SERIAL; misuse if both did."""
    from pki.errors import UnknownCertificate

    found = []
    for kind in Kind:
        try:
            found.append(world.register.certificate(kind, serial).kind)
        except UnknownCertificate:
            continue
    if len(found) == 2:
        raise click.UsageError(f"both CAs issued a certificate {serial:#x}; give --kind")
    return found[0] if found else Kind.SIGN  # which will say that it is unknown


def _named(issued: "Issued | None") -> str | None:
    return None if issued is None else f"{issued.serial:#x}"


def _fields(consent: "Consent", *, at: datetime) -> dict[str, Any]:
    return {
        "id": consent.resident,
        "service": consent.service,
        "serial": f"{consent.serial:#x}",
        "given": rfc3339(consent.given),
        "until": rfc3339(consent.until),
        "withdrawn": rfc3339(consent.withdrawn) if consent.withdrawn else None,
        "in_force": consent.is_in_force(at),
    }
