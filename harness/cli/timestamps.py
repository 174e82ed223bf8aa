"""
The commands of the time-stamping authority, and of its clients.
"""

import sys
from datetime import datetime

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, rfc3339

REASONS = ("unspecified", "keyCompromise", "affiliationChanged", "superseded")
at_option = click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
output_option = click.option(
    "-o", "--output", required=True, help="Write the response here; `-` is standard output."
)


@click.group(cls=Group)
def timestamp() -> None:
    """Stamp documents with the world's time (RFC 3161).

    The authority is ours, for JPKI has none; the signature CA certifies it at its first use.

    \b
    Examples:
        minijpki timestamp make signed.xml -o signed.xml.tsr
        minijpki verify signed.xml --policy archive --timestamp signed.xml.tsr
    """


@timestamp.command()
@click.argument("path", metavar="FILE")
@output_option
@click.option(
    "--digest",
    type=click.Choice(["sha256", "sha384", "sha512"]),
    default="sha256",
    show_default=True,
    help="Hash of FILE.",
)
@at_option
@click.pass_obj
def make(desk: Desk, path: str, output: str, digest: str, at: datetime | None) -> None:
    """Stamp a file: ask for it, and write the response.

    \b
    Examples:
        minijpki timestamp make signed.xml -o signed.xml.tsr
        minijpki timestamp make signed.xml.tsr -o again.tsr --digest sha384
    """
    from harness.files import read_input, write_output
    from harness.timestamping import granted

    response = desk.world.timestamp(read_input(path), digest=digest, at=at)
    write_output(output, granted(response))


@timestamp.command()
@click.argument("path", metavar="REQUEST")
@output_option
@at_option
@click.pass_obj
def answer(desk: Desk, path: str, output: str, at: datetime | None) -> None:
    """Answer a request that another program made, such as `openssl ts -query`.

    A refusal is an answer, too.

    \b
    Examples:
        minijpki timestamp answer request.tsq -o signed.xml.tsr
    """
    from harness.files import read_input, write_output

    world = desk.world
    response = world.timestamping.answer(read_input(path), at=world.moment(at))
    write_output(output, response)


@timestamp.command()
@click.argument("path", metavar="STAMP")
@click.option("--content", metavar="FILE", required=True, help="What is said to be stamped.")
@click.option("--at", type=Moment(), help="Judge as of then.  [default: the world's clock]")
@click.option("--anchor", "anchors", multiple=True, metavar="FILE", help="Trust this CA instead.")
@click.option("--crl", "lists", multiple=True, metavar="FILE", help="A list, beside --anchor.")
@click.option(
    "--ocsp", "responses", multiple=True, metavar="FILE", help="A response, beside --anchor."
)
@click.pass_obj
def check(
    desk: Desk,
    path: str,
    content: str,
    at: datetime | None,
    anchors: tuple[str, ...],
    lists: tuple[str, ...],
    responses: tuple[str, ...],
) -> None:
    """Judge a time-stamp: who says that FILE existed, and when.

    Exit status: 0 it proves that, 3 it proves nothing.

    \b
    Examples:
        minijpki timestamp check signed.xml.tsr --content signed.xml
        minijpki timestamp check signed.xml.tsr --content signed.xml \\
            --anchor sign.ca.pem --ocsp tsa.ors --at 2026-04-01T12:00:00+09:00
    """
    from harness.files import read_input
    from harness.verifying import judge_timestamp
    from pki.causes import CAUSES

    stamp = judge_timestamp(
        lambda: desk.world,
        read_input(path),
        read_input(content),
        at=at,
        anchors=anchors,
        lists=lists,
        responses=responses,
    )
    cause = CAUSES[stamp.cause] if stamp.cause else None
    desk.answer(
        {
            "proves": stamp.cause is None,
            "cause": stamp.cause,
            "at": rfc3339(stamp.at) if stamp.at else None,
            "accuracy": stamp.accuracy.total_seconds() if stamp.accuracy is not None else None,
            "policy": stamp.policy,
            "serial": f"{stamp.serial:#x}" if stamp.serial is not None else None,
            "authority": stamp.subject,
        }
    )
    if cause:
        desk.say(f"{cause.en}  [{cause.rule}]", f"{cause.ja}  [{cause.rule}]")
    if stamp.note:
        desk.say(stamp.note)
    sys.exit(3 if cause else 0)


@timestamp.command()
@click.option("--reason", type=click.Choice(REASONS), default="superseded", show_default=True)
@at_option
@click.pass_obj
def revoke(desk: Desk, reason: str, at: datetime | None) -> None:
    """Revoke the authority's certificate; the next stamp is another authority's.

    After keyCompromise and unspecified no stamp of the key proves anything any more; the
    other reasons spare those that were made before.

    \b
    Examples:
        minijpki timestamp revoke --reason keyCompromise
    """
    from pki.kinds import Reason

    world = desk.world
    serial = world.timestamping.revoke(Reason(reason), at=world.moment(at))
    desk.answer({"serial": f"{serial:#x}", "reason": reason})
