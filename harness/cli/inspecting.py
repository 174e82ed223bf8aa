"""
The command that judges every field of an object by the profile.

Findings go to stdout with the object that they are about; what was passed over is said on stderr.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from harness.cli.desk import Command, Desk
from harness.cli.profiles import KINDS

if TYPE_CHECKING:
    from harness.inspecting import Inspected, Surroundings

FORMATS = ["text", "json", "sarif", "junit", "html"]


@click.command(cls=Command)
@click.argument("paths", metavar="FILE...", nargs=-1)
@click.option("--as", "kind", type=click.Choice(KINDS), help="Judge as this kind.")
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "error"]),
    default="error",
    show_default=True,
    help="Exit 1 from this severity on.",
)
@click.option("--issuer", "issuers", multiple=True, metavar="FILE", help="A CA certificate.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Of the answer.  [default: text]"
)
@click.option("-o", "--output", metavar="FILE", help="Write the answer here.")
@click.option("--show-personal", is_flag=True, help="Show whose it is, whosever it is.")
@click.option("--notes", is_flag=True, help="Explain the oddities that JPKI really has, too.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Look at so many elements at most."
)
@click.option("--rules", is_flag=True, help="List every rule, and judge nothing.")
@click.option("--diff", is_flag=True, help="Compare two objects field by field.")
@click.pass_obj
def inspect(
    desk: Desk,
    /,
    paths: tuple[str, ...],
    kind: str | None,
    fail_on: str,
    issuers: tuple[str, ...],
    form: str | None,
    output: str | None,
    *,
    show_personal: bool,
    notes: bool,
    limit: int | None,
    rules: bool,
    diff: bool,
) -> None:
    """Judge every field of certificates, lists and responses by the profile.

    FILE is PEM, DER or PKCS #12, a directory of such, or - for standard input.  Whose
    certificate it is stays hidden, unless a simulation issued it.

    Exit status: 0 no finding, 1 a finding from --fail-on on, or a difference.

    \b
    Examples:
        minijpki inspect sign.cert.pem
        minijpki inspect --as auth --fail-on warning auth.cert.pem --json
        minijpki inspect out/ --format sarif -o findings.sarif
        minijpki inspect --rules
        minijpki inspect --diff old.cert.pem new.cert.pem
    """
    if rules:
        show_rules(desk, kind)
        return
    if not paths:
        raise click.UsageError("name a FILE, or - for standard input")
    from harness.inspecting import inspect_all, worst_of
    from pki.inspection.findings import Severity

    around = surroundings(desk, issuers, limit)
    found = inspect_all(paths, kind, around=around, show_personal=show_personal, say=desk.say)
    if diff:
        sys.exit(show_difference(desk, found))
    answer(desk, found, form or ("json" if desk.as_json else "text"), output, notes=notes)
    sys.exit(int(worst_of(found, Severity(fail_on))))


def surroundings(desk: Desk, issuers: tuple[str, ...], limit: int | None) -> Surroundings:
    """Gather what is known: the issuers that were named, and the world if there is one."""
    from harness.inspecting import Surroundings
    from harness.objects import objects
    from pki.errors import NoWorld
    from pki.inspection.tree import MAX_NODES

    most = limit or MAX_NODES
    named = [each.octets for each in objects(issuers, desk.say)]
    try:
        return Surroundings(named, desk.world, limit=most)
    except NoWorld:
        return Surroundings(named, limit=most)


def answer(
    desk: Desk, found: list[Inspected], form: str, output: str | None, *, notes: bool
) -> None:
    """Put what was found into one of the forms, and write it where it was asked for."""
    from harness.files import write_output
    from harness.reports.inspection import FORMS
    from harness.reports.inspection_text import text

    if form == "text":
        told = text(found, desk.language, notes=notes)
    else:
        told = FORMS[form](found, desk.language)
    if output:
        write_output(output, told.encode(), binary=False)
    else:
        click.echo(told, nl=False)


def show_rules(desk: Desk, kind: str | None) -> None:
    """List the rules of a kind, or all."""
    from harness.inspecting import all_rules

    desk.table(
        {
            "rule": rule.id,
            "severity": rule.severity.value,
            "field": rule.field,
            "kinds": list(kinds),
            "clause": rule.clause,
            "confidence": rule.confidence.value,
            "text": {"en": rule.en, "ja": rule.ja} if desk.as_json else rule.text(desk.language),
        }
        for rule, kinds in all_rules()
        if kind is None or kind in kinds
    )


def show_difference(desk: Desk, found: list[Inspected]) -> int:
    """Compare two objects; 1 if they differ."""
    from harness.inspecting import difference

    if len(found) != 2:
        raise click.UsageError(f"--diff compares two objects, and there are {len(found)}")
    rows = list(difference(*found))
    if rows or not desk.as_json:
        desk.table(rows)
    return int(bool(rows))
