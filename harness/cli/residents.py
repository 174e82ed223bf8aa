"""
The commands about residents.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Day, Moment, Substitute, Word, rfc3339
from pki.kinds import Event, Kind, Sex

if TYPE_CHECKING:
    from ca.residents import Resident
    from harness.world import World

at_option = click.option(
    "--at", type=Moment(), help="When it happened.  [default: the world's clock]"
)
RARE = (
    Event.RECORD_DELETED,
    Event.ERROR_FOUND,
    Event.NUMBER_CHANGED,
    Event.STAY_LAPSED,
    Event.CARD_EXPIRED,
    Event.CARD_LAPSED,
    Event.CARD_DESTROYED,
)


@click.group(cls=Group)
def resident() -> None:
    """Register residents, and report what happens to them.

    \b
    Examples:
        minijpki resident list
        minijpki resident move hanako --address 神奈川県横浜市中区本町1-1
    """


@resident.command()
@click.option("--id", "identifier", help="What to call the resident.  [default: r1, r2, …]")
@click.option("--name", required=True, help="氏名, family and given name with a space between.")
@click.option("--born", type=Day(), help="YYYY-MM-DD; left away if unknown.")
@click.option("--sex", type=Word(Sex), required=True)
@click.option("--address", required=True, help="From the prefecture on.")
@click.option("--stay-ends-on", type=Day(), help="Of a limited residence period.")
@click.option("--guardianship", is_flag=True, help="Under adult guardianship (成年被後見人).")
@click.option(
    "--substitute",
    "substitutes",
    type=Substitute(),
    multiple=True,
    metavar="C=S",
    help="Which character stands for one outside the repertoire, as in 髙=高.",
)
@at_option
@click.pass_obj
def add(
    desk: Desk,
    identifier: str | None,
    name: str,
    born: date | None,
    sex: Sex,
    address: str,
    stay_ends_on: date | None,
    guardianship: bool,
    substitutes: tuple[tuple[str, str], ...],
    at: datetime | None,
) -> None:
    """Register a resident; the municipality is found from the address.

    \b
    Examples:
        minijpki resident add --id hanako --name "住基 花子" --born 1990-01-01 \\
            --sex female --address 東京都千代田区丸の内1-1-1
        minijpki resident add --name "髙橋 太郎" --born 1985-05-05 --sex male \\
            --address 大阪府大阪市北区梅田1-1 --substitute 髙=高
    """
    world = desk.world
    added = world.add_resident(
        identifier,
        name=name,
        born=born,
        sex=sex,
        address=address,
        at=at,
        stay_ends_on=stay_ends_on,
        guardianship=guardianship,
        substitutes=dict(substitutes),
    )
    desk.answer(_told(world, added))


@resident.command("list")
@click.pass_obj
def list_(desk: Desk) -> None:
    """List the residents.

    \b
    Examples:
        minijpki resident list --lang ja
    """
    from ca.municipalities import by_code

    desk.table(
        {
            "id": each.identifier,
            "name": each.name.replace("\u3000", " "),
            "born": each.born,
            "municipality": by_code(each.municipality).name,
            "died_on": each.died_on,
        }
        if not desk.as_json
        else _fields(each)
        for each in desk.world.register.residents()
    )


@resident.command()
@click.argument("identifier", metavar="ID")
@click.option("--at", type=Moment(), help="As of then.  [default: now]")
@click.pass_obj
def show(desk: Desk, identifier: str, at: datetime | None) -> None:
    """Show a resident and every certificate that they ever had.

    \b
    Examples:
        minijpki resident show hanako
        minijpki resident show hanako --at 2026-04-02T00:00:00Z --json
    """
    world = desk.world
    desk.answer(_told(world, world.register.resident(identifier, at=at), at=at))


@resident.command()
@click.argument("identifier", metavar="ID")
@click.option("--address", required=True, help="Where the resident lives now.")
@at_option
@click.pass_obj
def move(desk: Desk, identifier: str, address: str, at: datetime | None) -> None:
    """Report that the resident ID moved house.

    Revokes the signature certificate, which states the old address; the authentication
    certificate stays.

    \b
    Examples:
        minijpki resident move hanako --address 神奈川県横浜市中区本町1-1
        minijpki resident move hanako --address … --at 2026-04-01T12:00:00+09:00 --json
    """
    world = desk.world
    when = world.moment(at)
    desk.answer(_told(world, world.office.move(identifier, address=address, at=when)))


@resident.command()
@click.argument("identifier", metavar="ID")
@click.option("--name", required=True, help="The new 氏名.")
@at_option
@click.pass_obj
def rename(desk: Desk, identifier: str, name: str, at: datetime | None) -> None:
    """Report a new name: by marriage, divorce, adoption or court.

    \b
    Examples:
        minijpki resident rename hanako --name "鈴木 花子"
    """
    world = desk.world
    desk.answer(_told(world, world.office.rename(identifier, name=name, at=world.moment(at))))


@resident.command()
@click.argument("identifier", metavar="ID")
@click.option("--born", type=Day(), help="The right date of birth.")
@click.option("--sex", type=Word(Sex), help="The right sex.")
@at_option
@click.pass_obj
def correct(
    desk: Desk, identifier: str, born: date | None, sex: Sex | None, at: datetime | None
) -> None:
    """Correct the date of birth or the sex.

    \b
    Examples:
        minijpki resident correct hanako --born 1990-01-02
    """
    if born is None and sex is None:
        raise click.UsageError("say what is to be corrected: --born or --sex")
    world = desk.world
    desk.answer(
        _told(world, world.office.correct(identifier, born=born, sex=sex, at=world.moment(at)))
    )


@resident.command("extend-stay")
@click.argument("identifier", metavar="ID")
@click.option("--until", type=Day(), required=True, help="The new last day.")
@at_option
@click.pass_obj
def extend_stay(desk: Desk, identifier: str, until: date, at: datetime | None) -> None:
    """Report that a limited residence period was extended.

    \b
    Examples:
        minijpki resident extend-stay john --until 2030-03-31
    """
    world = desk.world
    when = world.moment(at)
    desk.answer(_told(world, world.office.extend_stay(identifier, until=until, at=when)))


@resident.command()
@click.argument("identifier", metavar="ID")
@at_option
@click.pass_obj
def die(desk: Desk, identifier: str, at: datetime | None) -> None:
    """Report a death; nothing more happens to the dead.

    \b
    Examples:
        minijpki resident die hanako --at 2031-05-05T09:00:00+09:00
    """
    _report(desk, Event.DIED, identifier, at)


@resident.command()
@click.argument("identifier", metavar="ID")
@at_option
@click.pass_obj
def leave(desk: Desk, identifier: str, at: datetime | None) -> None:
    """Report a move abroad; since 2024-05-27 card and certificates may be kept.

    \b
    Examples:
        minijpki resident leave hanako
    """
    _report(desk, Event.LEFT, identifier, at)


@resident.command()
@click.argument("identifier", metavar="ID")
@click.argument("event", metavar="EVENT", type=click.Choice([each.value for each in RARE]))
@at_option
@click.pass_obj
def report(desk: Desk, identifier: str, event: str, at: datetime | None) -> None:
    """Report one of the rarer events.

    EVENT is record-deleted, error-found, number-changed, stay-lapsed, card-expired,
    card-lapsed or card-destroyed.

    \b
    Examples:
        minijpki resident report hanako error-found
        minijpki resident report john stay-lapsed
    """
    _report(desk, Event(event), identifier, at)


def _report(desk: Desk, event: Event, identifier: str, at: datetime | None) -> None:
    world = desk.world
    desk.answer(_told(world, world.office.report(event, identifier, at=world.moment(at))))


def _fields(each: "Resident") -> dict[str, Any]:
    return {
        "id": each.identifier,
        "name": each.name,
        "born": each.born and each.born.isoformat(),
        "sex": each.sex.value,
        "address": each.address,
        "municipality": each.municipality,
        "stay_ends_on": each.stay_ends_on and each.stay_ends_on.isoformat(),
        "guardianship": each.guardianship,
        "died_on": each.died_on and each.died_on.isoformat(),
        "left_on": each.left_on and each.left_on.isoformat(),
    }


def _told(world: "World", each: "Resident", at: datetime | None = None) -> dict[str, Any]:
    when = at or world.now()
    listed = world.register.certificates(each.identifier)
    return {
        **_fields(each),
        "certificates": [
            {
                "kind": issued.kind.value,
                "serial": f"{issued.serial:#x}",
                "generation": issued.generation,
                "not_before": rfc3339(issued.not_before),
                "not_after": rfc3339(issued.not_after),
                **told(world, issued.kind, issued.serial, issued.not_after, at=when),
            }
            for issued in listed
            if issued.at <= when
        ],
    }


def told(
    world: "World", kind: Kind, serial: int, not_after: datetime, *, at: datetime
) -> dict[str, Any]:
    """Put how a certificate stands into the words of the reports."""
    from ca.lifecycle import Good, Held, Revoked

    match world.register.standing(kind, serial, at=at):
        case Good():
            standing = "good" if at <= not_after else "expired"
            return {"standing": standing, "since": None, "reason": None}
        case Held(since):
            return {
                "standing": "held",
                "since": rfc3339(since),
                "reason": "certificateHold",
            }
        case Revoked(since, reason):
            return {"standing": "revoked", "since": rfc3339(since), "reason": reason.value}
