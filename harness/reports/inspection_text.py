"""
An inspection for the eye: the fields in columns, each finding below its field.

Values in, lines out; nothing that a certificate says reaches the terminal unprintable.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import zip_longest

from harness.cli.desk import padded, width
from harness.inspecting import Inspected
from pki.inspection.describe import Line
from pki.inspection.engine import clause_of, sentence
from pki.inspection.findings import Finding, Severity
from pki.kinds import Confidence
from pki.repertoire import SPACE

MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
WORDS = {
    "en": {
        "octets": "octets",
        "real": "of the real JPKI",
        "hidden": "values that tell whose it is are hidden; --show-personal shows them",
        "inferred": "inferred",
        "found": "found",
        "expected": "expected",
        "clean": "no findings",
        Severity.ERROR: "{} errors",
        Severity.WARNING: "{} warnings",
        Severity.NOTE: "{} notes",
        Confidence.CONFIRMED: "confirmed",
        Confidence.SINGLE_SOURCE: "single source",
        Confidence.INFERRED: "inferred",
        "byte": "byte {}",
    },
    "ja": {
        "octets": "オクテット",
        "real": "実在の JPKI のもの",
        "hidden": "本人を示す値は伏せています。--show-personal で表示します",
        "inferred": "推定",
        "found": "実際",
        "expected": "期待",
        "clean": "指摘なし",
        Severity.ERROR: "エラー {} 件",
        Severity.WARNING: "警告 {} 件",
        Severity.NOTE: "注記 {} 件",
        Confidence.CONFIRMED: "確認済み",
        Confidence.SINGLE_SOURCE: "単一の出典",
        Confidence.INFERRED: "推定",
        "byte": "{} バイト目",
    },
}


def text(found: Sequence[Inspected], language: str, *, notes: bool = False) -> str:
    """Show all objects; *notes* are the oddities that are explained."""
    lines = [line for one in found for line in _object(one, language, notes=notes)]
    return "".join(f"{_harmless(line)}\n" for line in lines)


def _harmless(line: str) -> str:
    """Keep what a certificate says from speaking to the terminal; U+3000 is part of names."""
    return "".join(each if each.isprintable() or each == SPACE else "\ufffd" for each in line)


def _object(one: Inspected, language: str, *, notes: bool) -> Iterator[str]:
    words = WORDS[language]
    octets = one.given.octets
    title = one.title[language == "ja"]
    digest = sha256(octets).hexdigest()[:16]
    yield f"{one.given.name}: {title}, {len(octets)} {words['octets']}, SHA-256 {digest}…"
    if one.production:
        name = one.production.japanese if language == "ja" else one.production.title
        yield f"  {words['real']}: {name}"
    if one.hidden:
        yield f"  {words['hidden']}"
    findings = [each for each in one.report.findings if notes or each.severity is not Severity.NOTE]
    yield from _fields(one, findings, language)
    yield f"  {summary(findings, language)}"


def _fields(one: Inspected, findings: list[Finding], language: str) -> Iterator[str]:
    lines = list(one.lines())
    widest = max((width(_label(line)) for line in lines), default=0)
    left = findings
    for line, following in zip_longest(lines, lines[1:]):
        critical = "critical  " if line.critical else ""
        inferred = line.row is not None and line.row.confidence is Confidence.INFERRED
        sure = f"  ({WORDS[language]['inferred']})" if inferred else ""
        yield f"  {padded(_label(line), widest)}  {critical}{line.value or ''}{sure}".rstrip()
        if following is None or following.depth == 0:
            for each in left:
                if each.rule.field == line.field:
                    yield from _finding(one, each, language)
            left = [each for each in left if each.rule.field != line.field]
    for each in left:  # of fields that are not there
        yield from _finding(one, each, language)


def _label(line: Line) -> str:
    return "  " * line.depth + line.label


def _finding(one: Inspected, finding: Finding, language: str) -> Iterator[str]:
    words, rule = WORDS[language], finding.rule
    grounds = f"{words[rule.confidence]}; {words['byte'].format(finding.at)}"
    said = f"{sentence(finding, language)}  {clause_of(finding)} ({grounds})"
    yield f"    {MARKS[finding.severity]} {rule.id}: {said}"
    found, expected = one.found(finding), one.expected(finding)
    if found or expected:
        both = [(words["found"], found), (words["expected"], expected)]
        yield "      " + "  ".join(f"{word}: {value}" for word, value in both if value)


def summary(findings: Iterable[Finding], language: str) -> str:
    """Count findings by severity."""
    counts = Counter(each.severity for each in findings)
    words = WORDS[language]
    told = [words[each].format(counts[each]) for each in Severity if counts[each]]
    return ", ".join(told) or words["clean"]
