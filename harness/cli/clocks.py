"""
The commands about the world's clock.
"""

from datetime import datetime, timedelta

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Period, rfc3339


@click.group("clock", cls=Group)
def group() -> None:
    """Show and turn the world's clock.

    \b
    Examples:
        minijpki clock show
        minijpki clock advance 30d
    """


@group.command()
@click.pass_obj
def show(desk: Desk) -> None:
    """Show what time it is in the world.

    \b
    Examples:
        minijpki clock show --json
    """
    world = desk.world
    desk.answer({"clock": rfc3339(world.now()), "frozen": bool(world.store.setting("clock"))})


@group.command("set")
@click.argument("moment", type=Moment(), metavar="TIME")
@click.pass_obj
def set_(desk: Desk, moment: datetime) -> None:
    """Freeze the clock at TIME; never before the newest entry of the journal.

    \b
    Examples:
        minijpki clock set 2027-01-01T00:00:00+09:00
    """
    desk.answer({"clock": rfc3339(desk.world.set_clock(moment))})


@group.command()
@click.argument("period", type=Period(), metavar="PERIOD")
@click.pass_obj
def advance(desk: Desk, period: timedelta) -> None:
    """Turn the clock on by PERIOD: 45s, 90m, 12h, 30d or 2w.

    \b
    Examples:
        minijpki clock advance 30d
    """
    desk.answer({"clock": rfc3339(desk.world.turn_clock(period))})


@group.command()
@click.option("--rate", type=int, default=1, show_default=True, help="How many times as fast.")
@click.pass_obj
def run(desk: Desk, rate: int) -> None:
    """Let the clock run with the machine's, on from where it stands, or faster.

    \b
    Examples:
        minijpki clock run
        minijpki clock run --rate 3600
    """
    desk.answer({"clock": rfc3339(desk.world.let_clock_run(rate))})
