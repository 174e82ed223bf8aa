"""
The commands that make bad days happen.
"""

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Serial
from harness.faults.table import FAULTS, SECONDS

fault_argument = click.argument("fault", metavar="FAULT")


@click.group(cls=Group)
def faults() -> None:
    """Make bad days happen, and end them.

    What is on concerns every server of the world at once.

    \b
    Examples:
        minijpki faults list
        minijpki faults on crl-stale
        minijpki faults off
    """


@faults.command("list")
@click.option("--on", "only_on", is_flag=True, help="Only what is on.")
@click.pass_obj
def list_(desk: Desk, only_on: bool) -> None:
    """List the faults, and which are on.

    \b
    Examples:
        minijpki faults list
        minijpki faults list --on --json
    """
    from harness.faults.switches import Board, Switch
    from pki.errors import NoWorld

    try:
        switches = Board(desk.world.store).reread()
    except NoWorld:
        switches = ()  # the table can be read without one
    rows = []
    for fault in FAULTS.values():
        concerned: list[Switch | None] = [each for each in switches if each.fault == fault.id]
        if not concerned and not only_on:
            concerned = [None]
        for switch in concerned:
            rows.append(
                {
                    "fault": fault.id,
                    "service": fault.service,
                    "on": switch is not None,
                    "point": switch.point if switch else None,
                    "serial": f"{switch.serial:#x}" if switch and switch.serial else None,
                    "left": switch.left if switch else None,
                    "what": fault.ja if desk.language == "ja" and not desk.as_json else fault.en,
                }
            )
    desk.table(rows)


@faults.command()
@fault_argument
@click.option("--times", "left", type=click.IntRange(1), help="For so many requests.")
@click.option("--point", metavar="PATH", help="For what begins so, as crl/sign/1/13101.")
@click.option("--serial", type=Serial(), help="For this certificate, in OCSP.")
@click.option("--seconds", type=float, default=SECONDS, show_default=True, help="Of slow ones.")
@click.pass_obj
def on(
    desk: Desk, fault: str, left: int | None, point: str | None, serial: int | None, seconds: float
) -> None:
    """Turn a fault on, until it is turned off or has had its times.

    \b
    Examples:
        minijpki faults on crl-stale
        minijpki faults on ocsp-try-later --times 3
        minijpki faults on crl-truncated --point crl/sign/1/13101
        minijpki faults on ocsp-unknown --serial 0x2
    """
    from harness.faults.switches import Board, Switch

    switch = Switch(fault=fault, point=point, serial=serial, left=left, seconds=seconds)
    Board(desk.world.store).on(switch)
    desk.answer(
        {
            "fault": fault,
            "point": point,
            "serial": f"{serial:#x}" if serial else None,
            "left": left,
        }
    )


@faults.command()
@click.argument("fault", metavar="[FAULT]", required=False)
@click.pass_obj
def off(desk: Desk, fault: str | None) -> None:
    """Turn a fault off, or all of them.

    \b
    Examples:
        minijpki faults off crl-stale
        minijpki faults off
    """
    from harness.faults.switches import Board

    desk.answer({"turned_off": Board(desk.world.store).off(fault)})
