"""
The commands that sign with a resident's card.
"""

from datetime import datetime
from typing import Any

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Word
from harness.cli.secret import Secret
from harness.documents.given import GIVEN
from pki.kinds import Kind


def card_options(command: Any) -> Any:
    """Add who signs, with which key, and the PIN."""
    for option in (
        click.option("--at", type=Moment(), help="When.  [default: the world's clock]"),
        click.option("-o", "--output", required=True, help="Write here; `-` is standard output."),
        click.option(
            "--pin",
            cls=Secret,
            envvar="MINIJPKI_PIN",
            prompt="PIN",
            help="[default: from MINIJPKI_PIN, or asked for]",
        ),
        click.option("--key", type=Word(Kind), default="sign", show_default=True),
        click.option("--holder", "identifier", metavar="ID", required=True, help="Whose card."),
    ):
        command = option(command)
    return command


@click.group(cls=Group)
def sign() -> None:
    """Sign with a resident's card; a wrong PIN costs a try.

    \b
    Examples:
        minijpki sign xml --holder hanako --pin ABC123 filing.xml -o signed.xml
        minijpki sign raw --holder hanako --pin ABC123 message.txt -o message.sig
    """


@sign.command()
@click.argument("document", metavar="IN")
@card_options
@click.option(
    "--form",
    type=click.Choice(["enveloped", "xtx", "deduction"]),
    help="[default: xtx if the root carries `id`, else enveloped]",
)
@click.pass_obj
def xml(
    desk: Desk,
    document: str,
    identifier: str,
    key: Kind,
    pin: str,
    output: str,
    form: str | None,
    at: datetime | None,
) -> None:
    """Sign an XML document.

    `xtx` is a filing as e-Tax receives it (inferred), `deduction` the shape of deduction
    certificates, `enveloped` the plain form.

    \b
    Examples:
        minijpki sign xml --holder hanako --pin ABC123 filing.xml -o signed.xml
        minijpki sign xml --holder hanako --form deduction in.xml -o out.xml
    """
    from harness.files import read_input, write_output
    from pki.xmldsig.forms import Form

    content = read_input(document)
    chosen = Form(form) if form else None
    signed = desk.world.sign_xml(identifier, content, pin=pin, kind=key, form=chosen, at=at)
    write_output(output, signed, binary=False)


@sign.command()
@click.argument("content", metavar="IN")
@card_options
@click.option("--detached", is_flag=True, help="Leave the content outside.")
@click.pass_obj
def cms(
    desk: Desk,
    content: str,
    identifier: str,
    key: Kind,
    pin: str,
    output: str,
    detached: bool,
    at: datetime | None,
) -> None:
    """Sign any file as a CMS message, DER.

    Signed attributes are those of CAdES-BES: content type, digest, moment, certificate.

    \b
    Examples:
        minijpki sign cms --holder hanako --pin ABC123 contract.txt -o contract.p7m
        minijpki sign cms --holder hanako --detached contract.txt -o contract.p7s
    """
    from harness.files import read_input, write_output

    signed = desk.world.sign_cms(
        identifier, read_input(content), pin=pin, kind=key, detached=detached, at=at
    )
    write_output(output, signed)


@sign.command()
@click.argument("content", metavar="IN")
@card_options
@click.option("--input", "given", type=click.Choice(GIVEN), default="message", show_default=True)
@click.pass_obj
def raw(
    desk: Desk,
    content: str,
    identifier: str,
    key: Kind,
    pin: str,
    output: str,
    given: str,
    at: datetime | None,
) -> None:
    """Make a bare signature, as cards do.

    `digest` is a hash, `digestinfo` a DER DigestInfo; `bytes` are signed verbatim, which
    gives signatures that ordinary verifiers refuse.

    \b
    Examples:
        minijpki sign raw --holder hanako --pin ABC123 message.txt -o message.sig
        minijpki sign raw --holder hanako --input bytes hash.bin -o bare.sig
    """
    from harness.files import read_input, write_output

    signed = desk.world.sign_raw(
        identifier, read_input(content), pin=pin, kind=key, given=given, at=at
    )
    write_output(output, signed)
