"""
Commands that say what a verdict may say: causes, checks, mapping, schema.

Ids stand as they are in every language, and columns are headed by the keys of `--json`.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from harness.cli.desk import Desk, Group, padded, width

if TYPE_CHECKING:
    from pki.causes import Cause


@click.group(cls=Group)
def verdict() -> None:
    """Say what verdicts can say: every cause, every check, and how the codes come about.

    \b
    Examples:
        minijpki verdict causes
        minijpki verdict mapping
    """


class CauseId(click.ParamType[str]):
    """A cause by its id; the table is loaded only when one is asked for."""

    name = "cause"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from pki.causes import CAUSES

        if value not in CAUSES:
            self.fail(f"no cause {value!r}; see `minijpki verdict causes`", param, ctx)
        return value


@verdict.command()
@click.argument("ids", metavar="[CAUSE]...", nargs=-1, type=CauseId())
@click.pass_obj
def causes(desk: Desk, ids: tuple[str, ...]) -> None:
    """List why a verdict is not a pass: each cause with its cure.

    \b
    Examples:
        minijpki verdict causes
        minijpki verdict causes crl-scope --lang ja
        minijpki verdict causes --json
    """
    from pki.causes import CAUSES

    _list(desk, [_cause(CAUSES[each], desk) for each in ids or CAUSES])


@verdict.command()
@click.pass_obj
def checks(desk: Desk) -> None:
    """List what a verdict looks at, in the order of its report, and what passing means.

    \b
    Examples:
        minijpki verdict checks
        minijpki verdict checks --json
    """
    from pki.checks import NAMES, PASSED, Check

    _list(
        desk,
        (
            {
                "check": each.value,
                "title": _said(NAMES[each], desk),
                "rule": PASSED[each].rule,
                "meaning": _said(PASSED[each], desk),
            }
            for each in Check
        ),
    )


@verdict.command()
@click.pass_obj
def mapping(desk: Desk) -> None:
    """Lead from the sub-indications of EN 319 102-1 to the codes of platform operators.

    \b
    Examples:
        minijpki verdict mapping
        minijpki verdict mapping --json
    """
    from pki.indications import ROWS, causes_of

    _list(
        desk,
        (
            {
                "sub_indication": row.name,
                "indication": row.indication,
                "code": row.code.value,
                "causes": [cause.id for cause in causes_of(row)],
            }
            for row in ROWS
        ),
    )


@verdict.command()
def schema() -> None:
    """Print the JSON Schema (2020-12) of what `verify --json` prints.

    \b
    Examples:
        minijpki verdict schema
    """
    import pkgutil

    content = pkgutil.get_data("harness.verifier", "verdict.schema.json") or b""
    click.echo(content.decode(), nl=False)


def _cause(cause: "Cause", desk: Desk) -> Mapping[str, Any]:
    return {
        "cause": cause.id,
        "verdict": "TOTAL-FAILED" if cause.fatal else "INDETERMINATE",
        "sub_indication": cause.sub_indication,
        "en_indication": cause.en_indication,
        "code": cause.code.value,
        "rule": cause.rule,
        "meaning": _said(cause, desk),
    }


def _list(desk: Desk, rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows: objects for programs, columns for the eye."""
    if desk.as_json:
        desk.table(rows)
        return
    listed = list(rows)
    lines = [list(listed[0]), *([_shown(value) for value in row.values()] for row in listed)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [padded(cell, size) for cell, size in zip(line, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _shown(value: Any) -> str:
    return ", ".join(value) or "-" if isinstance(value, list) else str(value or "-")


def _said(row: Any, desk: Desk) -> Any:
    """Say a sentence to programs in both languages, to a person in theirs."""
    if desk.as_json:
        return {"en": row.en, "ja": row.ja}
    return row.ja if desk.language == "ja" else row.en
