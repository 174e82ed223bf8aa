"""
The command about expiry notices.
"""

from datetime import date, datetime

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Month


@click.group(cls=Group)
def notices() -> None:
    """List whose certificates end soon.

    \b
    Examples:
        minijpki notices list --month 2030-10
    """


@notices.command("list")
@click.option("--month", type=Month(), metavar="YYYY-MM", help="[default: the clock's month]")
@click.option("--at", type=Moment(), help="As known then.  [default: now]")
@click.pass_obj
def list_(desk: Desk, month: date | None, at: datetime | None) -> None:
    """List the notices to be posted in a month, for certificates and cards.

    They go out two to three months before the last day; whoever has renewed, or lost what
    would end, gets none.

    \b
    Examples:
        minijpki notices list --month 2030-10
        minijpki notices list --month 2030-10 --json
    """
    from ca.notices import notices as due
    from pki.validity import day_in_jst

    world = desk.world
    when = at or world.now()
    desk.table(
        {
            "id": each.resident,
            "kind": each.kind.value if each.kind else "card",
            "serial": None if each.serial is None else f"{each.serial:#x}",
            "card": each.card,
            "last_day": each.last_day.isoformat(),
            "posted_on": each.posted_on.isoformat(),
        }
        for each in due(world.register, month or day_in_jst(when), at=when)
    )
