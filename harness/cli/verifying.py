"""
The command that judges.
"""

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from harness.cli.desk import EXIT, Command, Desk, padded, width
from harness.cli.moment import Moment

if TYPE_CHECKING:
    from harness.verifier.verdict import Verdict

MARKS = {"passed": "✓", "failed": "✗", "indeterminate": "?", "not-applicable": "·"}


@click.command(cls=Command)
@click.argument("path", metavar="FILE")
@click.option("--content", metavar="FILE", help="What a bare or detached signature signs.")
@click.option("--certificate", metavar="FILE", help="Whose signature it is said to be.")
@click.option("--at", type=Moment(), help="Judge as of then.  [default: the world's clock]")
@click.option(
    "--revocation", type=click.Choice(["both", "crl", "ocsp"]), default="both", show_default=True
)
@click.option("--use", type=click.Choice(["sign", "login"]), default="sign", show_default=True)
@click.option(
    "--policy",
    type=click.Choice(["receipt", "archive", "cryptrec", "cryptrec-archive"]),
    default="receipt",
    show_default=True,
)
@click.option(
    "--timestamp",
    "timestamps",
    multiple=True,
    metavar="FILE",
    help="A time-stamp of FILE, for an archive policy; another one is of the one before.",
)
@click.option("--anchor", "anchors", multiple=True, metavar="FILE", help="Trust this CA instead.")
@click.option("--crl", "lists", multiple=True, metavar="FILE", help="A list, beside --anchor.")
@click.option(
    "--ocsp", "responses", multiple=True, metavar="FILE", help="A response, beside --anchor."
)
@click.option(
    "--resource", "resources", multiple=True, metavar="FILE", help="Came along; must be signed too."
)
@click.option(
    "--resources", "folder", metavar="DIR", help="Where the files are that a signature names."
)
@click.option(
    "--from", "source", metavar="URL", help="Fetch lists and OCSP there, beside --anchor."
)
@click.option("--extract", metavar="FILE", help="Write the signed octets here, if it passes.")
@click.option("--html", "page", metavar="FILE", help="Write the verdict as a page, too.")
@click.option(
    "--unsafe-accept-unknown-revocation",
    "soft_fail",
    is_flag=True,
    help="Pass what nothing says to be revoked; every report shows it.",
)
@click.pass_obj
def verify(
    desk: Desk,
    /,
    path: str,
    at: datetime | None,
    extract: str | None,
    page: str | None,
    **asked: Any,
) -> None:
    """Judge a signed XML document, PDF or CMS message, a bare signature, or a certificate.

    Exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 3 INDETERMINATE.

    \b
    Examples:
        minijpki verify signed.xml
        minijpki verify signed.xml --at 2026-04-01T12:00:00+09:00 --json
        minijpki verify message.sig --content message.txt --certificate sign.cert.pem
        minijpki verify contract.p7m --extract contract.txt
        minijpki verify contract.p7s --content contract.txt
        minijpki verify contract.pdf --policy archive
        minijpki verify auth.cert.pem --use login
        minijpki verify signed.xml --policy archive --timestamp signed.xml.tsr
        minijpki verify signed.xml --html verdict.html
        minijpki verify drawing.tif.sig.xml --resource drawing.tif
        minijpki verify kousei.xml --resources .
        minijpki verify signed.xml --anchor sign.ca.pem --crl sign.crl.pem \\
            --at 2026-04-01T12:00:00+09:00
        minijpki verify signed.xml --anchor sign.ca.pem --from http://127.0.0.1:8765
    """
    from harness.verifier.witness import Witness
    from harness.verifying import judge_file

    witness = Witness() if page else None
    verdict = judge_file(lambda: desk.world, path, at=at, witness=witness, **asked)
    if extract and verdict.passed and verdict.covered:
        from harness.files import write_output

        write_output(extract, verdict.covered.octets)  # first, for it may be refused
    if page and witness:
        from harness.files import write_output
        from harness.reports.verdicts import verdict_page

        made = verdict_page(verdict, witness, desk.language, name=path)
        write_output(page, made.encode(), binary=False)
    show_verdict(desk, verdict)
    sys.exit(EXIT[verdict.indication.value])


def show_verdict(desk: Desk, verdict: "Verdict") -> None:
    """Print a verdict: one object, or the checks in columns."""
    from harness.verifier.wording import as_json

    told = as_json(verdict)
    if desk.as_json:
        import json

        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for number, each in enumerate(told.get("signatures", ()), start=1):
        holder = each["holder"]
        click.echo(f"— {number} —  {holder['name']}" if holder else f"— {number} —")
        _show_one(desk, each)
    if "signatures" not in told:
        _show_one(desk, told)
    else:
        click.echo(f"{told['verdict']}  {told['code']}")


def _show_one(desk: Desk, told: Mapping[str, Any]) -> None:
    sub = f" / {told['sub_indication']}" if told["sub_indication"] else ""
    click.echo(f"{told['verdict']}{sub}  {told['code']}")
    certificate = told["certificate"]
    if certificate:
        click.echo(f"  {certificate['subject']}  {certificate['serial']}")
    widest = max(width(each["check"]) for each in told["checks"])
    for each in told["checks"]:
        mark = MARKS[each["outcome"]]
        text = each["text"][desk.language]
        click.echo(f"  {mark} {padded(each['check'], widest)}  {text}  [{each['rule']}]")
    if certificate and certificate["revoked_since"]:
        click.echo(f"    {certificate['revoked_since']}  {certificate['reason']}")
    for part in (told["signed_content"] or {}).get("parts", ()):
        if part["file"]:
            click.echo(f"  = {part['sha256']}  {part['file']}")
    for note in told["notes"]:
        click.echo(f"  ! {note}")
