"""
The page of an inspection: every field beside what the profile has for it, in both languages.

Pure; inspections in, text out.  The page fetches nothing and runs no script.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from crl.inspection.engine import profile_of
from harness.inspecting import Inspected
from pki.inspection.describe import Line
from pki.inspection.engine import clause_of, sentence
from pki.inspection.findings import Finding, Severity

if TYPE_CHECKING:
    from jinja2 import Template

MARKS = {"error": "✗", "warning": "!", "note": "·"}
CONFIDENCE = {"confirmed": "確認済み", "single source": "単一の出典", "inferred": "推定"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of the page: its line, the lines of its parts, and what was found there."""

    line: Line
    parts: tuple[Line, ...]
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> str:
        """The severity of the worst finding; empty without one."""
        there = {each.severity for each in self.findings}
        return next((each.value for each in Severity if each in there), "")


def page(found: Sequence[Inspected], language: str) -> str:
    """Write the page; *language* is the one that it opens in."""
    return _template().render(
        found=found,
        lang=language,
        shown=shown,
        others=others,
        profile_of=profile_of,
        digest=lambda one: sha256(one.given.octets).hexdigest(),
        sentence=sentence,
        clause_of=clause_of,
        marks=MARKS,
        confidence=CONFIDENCE,
        count=count,
    )


def shown(one: Inspected) -> Iterator[Shown]:
    """Group the lines of an object by field."""
    groups: list[list[Line]] = []
    for line in one.lines():
        if line.depth and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    left = list(one.report.findings)
    for head, *parts in groups:
        here = [each for each in left if each.rule.field == head.field]
        left = [each for each in left if each not in here]
        yield Shown(head, tuple(parts), tuple(here))


def others(one: Inspected) -> list[Finding]:
    """List the findings of fields that are not there."""
    fields = {line.field for line in one.lines()}
    return [each for each in one.report.findings if each.rule.field not in fields]


def count(one: Inspected, severity: str) -> int:
    return sum(each.severity.value == severity for each in one.report.findings)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("inspection.html.j2")
