"""
The commands about the two CAs.
"""

from datetime import datetime

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Serial, Word, rfc3339
from pki.kinds import Algorithm, Kind

kind_argument = click.argument("kind", type=Word(Kind), metavar="sign|auth")


@click.group(cls=Group)
def ca() -> None:
    """Show the two CAs, and roll their keys over.

    \b
    Examples:
        minijpki ca show
        minijpki ca rollover sign
    """


@ca.command()
@click.option("--at", type=Moment(), help="As of then.  [default: now]")
@click.pass_obj
def show(desk: Desk, at: datetime | None) -> None:
    """Show every generation of both CAs.

    \b
    Examples:
        minijpki ca show --json
    """
    from pki.names import ca_name, rfc4514

    world = desk.world
    when = at or world.now()
    desk.table(
        {
            "kind": each.kind.value,
            "generation": each.number,
            "serial": f"{each.serial:#x}",
            "algorithm": each.algorithm.value,
            "not_before": rfc3339(each.not_before),
            "not_after": rfc3339(each.not_after),
            "subject": rfc4514(ca_name(each.kind, world.naming)),
        }
        for kind in Kind
        for each in world.authority.generations(kind, at=when)
    )


@ca.command()
@kind_argument
@click.option("--generation", "algorithm", type=Word(Algorithm), help="Change the algorithm, too.")
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.pass_obj
def rollover(desk: Desk, kind: Kind, algorithm: Algorithm | None, at: datetime | None) -> None:
    """Give a CA a new key under its old name.

    What the generations before have issued stays valid, and they go on listing it.

    \b
    Examples:
        minijpki ca rollover sign --at 2027-07-01T09:00:00+09:00
        minijpki ca rollover auth --generation p384
    """
    from ca.authority import rollover as roll_over

    world = desk.world
    made = roll_over(world.authority, kind, at=world.moment(at), algorithm=algorithm)
    desk.answer(
        {
            "kind": kind.value,
            "generation": made.number,
            "serial": f"{made.serial:#x}",
            "algorithm": made.algorithm.value,
            "not_after": rfc3339(made.not_after),
        }
    )


@ca.command()
@kind_argument
@click.argument("number", type=click.IntRange(min=1), metavar="GENERATION")
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.pass_obj
def compromise(desk: Desk, kind: Kind, number: int, at: datetime | None) -> None:
    """Announce that a CA's private key is compromised: everything it issued is revoked.

    \b
    Examples:
        minijpki ca compromise auth 1
    """
    from ca.authority import compromise as announce

    world = desk.world
    count = announce(world.authority, kind, number, at=world.moment(at))
    desk.answer({"kind": kind.value, "generation": number, "revoked": count})


@ca.command()
@kind_argument
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.pass_obj
def delegate(desk: Desk, kind: Kind, at: datetime | None) -> None:
    """Let an OCSP responder with a key of its own answer for a CA, for a year.

    Until then the CA itself signs what its responder says.

    \b
    Examples:
        minijpki ca delegate auth
    """
    world = desk.world
    made = world.responder.delegate(kind, at=world.moment(at))
    desk.answer(
        {"kind": kind.value, "serial": f"{made.serial:#x}", "not_after": rfc3339(made.not_after)}
    )


@ca.command()
@kind_argument
@click.argument("serial", type=Serial())
@click.option("--at", type=Moment(), help="As of then.  [default: now]")
@click.option("-o", "--output", required=True, help="Write the DER here.")
@click.pass_obj
def answer(desk: Desk, kind: Kind, serial: int, at: datetime | None, output: str) -> None:
    """Write what the OCSP responder says about a certificate.

    It knows what was known at the last full quarter of an hour.

    \b
    Examples:
        minijpki ca answer auth 0x2 -o auth.ocsp
    """
    from harness.files import write_output

    world = desk.world
    issued = world.register.certificate(kind, serial)
    when = at or world.now()
    write_output(output, world.responder.answer(kind, issued.generation, serial, at=when))
