"""
The command that judges every field of an object by the profile.

Findings go to stdout with the object that they are about; what was passed over is said on stderr.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from harness.cli.desk import Command, Desk, on_one_line, padded, width

if TYPE_CHECKING:
    from harness.inspecting import Inspected, Surroundings

MARKS = {"error": "✗", "warning": "!", "note": "·"}
KINDS = ["sign", "auth", "ca", "ocsp", "tsa", "municipal", "authorities", "full", "response"]
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
@click.option("--show-personal", is_flag=True, help="Show whose certificate it is, whosever it is.")
@click.option("--notes", is_flag=True, help="Explain the oddities, too, that JPKI really has.")
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
    rules: bool,
    diff: bool,
) -> None:
    """Judge every field of certificates, lists and responses by the profile.

    FILE is PEM, DER or PKCS #12, a directory of such, or - for standard input.  Whose
    certificate it is stays hidden, unless a simulation issued it.

    Exit status: 0 no finding, 1 a finding from --fail-on on.

    \b
    Examples:
        minijpki inspect sign.cert.pem
        minijpki inspect --as auth --fail-on warning auth.cert.pem --json
        minijpki inspect out/ --format sarif -o findings.sarif
        minijpki inspect --rules
        minijpki inspect --diff old.cert.pem new.cert.pem
    """
    from harness.inspecting import inspect_all, worst_of
    from pki.inspection.findings import Severity

    if rules:
        show_rules(desk, kind)
        return
    if not paths:
        raise click.UsageError("name a FILE, or - for standard input")
    found = inspect_all(
        paths,
        kind,
        around=surroundings(desk, issuers),
        show_personal=show_personal,
        say=lambda text: desk.say(text),
    )
    if diff:
        sys.exit(show_difference(desk, found))
    answer(desk, found, form or ("json" if desk.as_json else "text"), output, notes=notes)
    sys.exit(int(worst_of(found, Severity(fail_on))))


def surroundings(desk: Desk, issuers: tuple[str, ...]) -> Surroundings:
    """Gather what is known: the issuers that were named, and the world if there is one."""
    from harness.inspecting import Surroundings, objects
    from pki.errors import NoWorld

    named = [each.octets for path in issuers for each in objects([path], desk.say)]
    try:
        world = desk.world
    except NoWorld:
        world = None
    return Surroundings(named, world)


def answer(
    desk: Desk, found: list[Inspected], form: str, output: str | None, *, notes: bool
) -> None:
    """Put what was found into one of the forms, and write it where it was asked for."""
    from harness.files import write_output

    if form == "text":
        text = "\n".join(line for one in found for line in told(one, desk.language, notes=notes))
        text += "\n"
    else:
        from harness.reports.inspection import FORMS

        text = FORMS[form](found, desk.language)
    if output:
        write_output(output, text.encode(), binary=False)
    else:
        click.echo(text, nl=False)


def told(one: Inspected, language: str, *, notes: bool) -> list[str]:
    """Show one object for the eye: its fields in columns, each finding below its field."""
    from hashlib import sha256

    title = one.title[language == "ja"]
    octets = {"en": "octets", "ja": "オクテット"}[language]
    digest = sha256(one.given.octets).hexdigest()[:16]
    told = [f"{one.given.name}: {title}, {len(one.given.octets)} {octets}, SHA-256 {digest}…"]
    if one.production:
        told.append(
            {
                "en": f"  of the real JPKI: {one.production.title}",
                "ja": f"  実在の JPKI のもの: {one.production.japanese}",
            }[language]
        )
    lines = list(one.lines())
    findings = [f for f in one.report.findings if notes or f.severity.value != "note"]
    widest = max((width(_label(line.label, line.depth)) for line in lines), default=0)
    left = list(findings)
    for place, line in enumerate(lines):
        label = padded(_label(line.label, line.depth), widest)
        critical = "critical  " if line.critical else ""
        inferred = line.row is not None and line.row.confidence.value == "inferred"
        sure = f"  ({_inferred(language)})" if inferred else ""
        told.append(f"  {label}  {critical}{line.value or ''}{sure}".rstrip())
        last = place + 1 == len(lines) or lines[place + 1].depth == 0
        if last:
            here = [f for f in left if f.rule.field == line.field]
            left = [f for f in left if f not in here]
            told += [text for f in here for text in _finding(one, f, language)]
    told += [text for f in left for text in _finding(one, f, language)]
    told.append(f"  {summary(findings, language)}")
    return [on_one_line(line) for line in told]


def _inferred(language: str) -> str:
    return {"en": "inferred", "ja": "推定"}[language]


def _label(label: str, depth: int) -> str:
    return "  " * depth + label


def _finding(one: Inspected, finding: object, language: str) -> list[str]:
    from pki.inspection.engine import clause_of, sentence
    from pki.inspection.findings import Finding

    assert isinstance(finding, Finding)
    mark = MARKS[finding.severity.value]
    at = {"en": f"byte {finding.at}", "ja": f"{finding.at} バイト目"}[language]
    confidence = finding.rule.confidence.value
    told = [
        f"    {mark} {finding.rule.id}: {sentence(finding, language)}  "
        f"{clause_of(finding)} ({confidence}; {at})"
    ]
    if found := one.found(finding):
        words = {"en": ("found", "expected"), "ja": ("実際", "期待")}[language]
        expected = one.expected(finding)
        told.append(
            f"      {words[0]}: {found}" + (f"  {words[1]}: {expected}" if expected else "")
        )
    return told


def summary(findings: object, language: str) -> str:
    """Count findings by severity, for people."""
    from collections import Counter
    from typing import cast

    from pki.inspection.findings import Finding

    counts = Counter(each.severity.value for each in cast("list[Finding]", findings))
    words = {
        "en": {"error": "errors", "warning": "warnings", "note": "notes"},
        "ja": {"error": "件のエラー", "warning": "件の警告", "note": "件の注記"},
    }[language]
    if not counts:
        return {"en": "no findings", "ja": "指摘なし"}[language]
    return ", ".join(f"{counts[key]} {word}" for key, word in words.items() if counts[key])


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
    """Compare two objects; exit 1 if they differ."""
    from harness.inspecting import difference

    if len(found) != 2:
        raise click.UsageError(f"--diff compares two objects, and there are {len(found)}")
    rows = list(difference(*found))
    desk.table(rows)
    return int(bool(rows))
