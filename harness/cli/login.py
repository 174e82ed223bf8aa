"""
The commands of a challenge login: both sides of it.
"""

import sys
from datetime import datetime

import click

from harness.cli.desk import EXIT, Desk, Group
from harness.cli.moment import Moment
from harness.cli.secret import Secret

audience_option = click.option(
    "--audience", default="https://portal.example/", show_default=True, help="Who asks."
)


@click.group(cls=Group)
def login() -> None:
    """Log in by answering a challenge with the authentication key.

    \b
    Examples:
        minijpki login challenge -o challenge.json
        minijpki login answer --holder hanako --pin 1234 challenge.json -o answer.json
        minijpki login check answer.json --challenge challenge.json
    """


@login.command()
@audience_option
@click.option("-o", "--output", default="-", help="Write here.  [default: standard output]")
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.pass_obj
def challenge(desk: Desk, audience: str, output: str, at: datetime | None) -> None:
    """Draw a challenge, as the relying party.

    \b
    Examples:
        minijpki login challenge --audience https://portal.example/ -o challenge.json
    """
    from harness.files import write_output
    from harness.logging_in import draw

    drawn = draw(desk.world, audience=audience, at=at)
    write_output(output, drawn.octets(), binary=False)


@login.command()
@click.argument("path", metavar="CHALLENGE")
@click.option("--holder", "identifier", metavar="ID", required=True, help="Whose card.")
@click.option(
    "--pin",
    cls=Secret,
    envvar="MINIJPKI_PIN",
    prompt="PIN",
    help="[default: from MINIJPKI_PIN, or asked for]",
)
@click.option("-o", "--output", default="-", help="Write here.  [default: standard output]")
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.pass_obj
def answer(
    desk: Desk, path: str, identifier: str, pin: str, output: str, at: datetime | None
) -> None:
    """Answer a challenge with a resident's card.

    \b
    Examples:
        minijpki login answer --holder hanako --pin 1234 challenge.json -o answer.json
    """
    from harness.files import read_input, write_output
    from harness.logging_in import answer as answer_with
    from harness.verifier.login import write_answer

    given = answer_with(desk.world, identifier, read_input(path), pin=pin, at=at)
    write_output(output, write_answer(given), binary=False)


@login.command()
@click.argument("path", metavar="ANSWER")
@click.option("--challenge", "asked", metavar="FILE", required=True, help="What was asked.")
@audience_option
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.pass_obj
def check(desk: Desk, path: str, asked: str, audience: str, at: datetime | None) -> None:
    """Judge an answer, as the relying party; each challenge is good for one login.

    \b
    Examples:
        minijpki login check answer.json --challenge challenge.json
    """
    from harness.cli.verifying import show_verdict
    from harness.files import read_input
    from harness.logging_in import check as judge

    verdict = judge(desk.world, read_input(path), read_input(asked), audience=audience, at=at)
    show_verdict(desk, verdict)
    sys.exit(EXIT[verdict.indication.value])
