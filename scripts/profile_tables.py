"""
Write the tables of docs/ that the code knows better than any author.

    python scripts/profile_tables.py            # bring the pages up to date
    python scripts/profile_tables.py --check    # exit 1 if they are not, and change nothing

A table stands between the marks `<!-- NAME: generated -->` and `<!-- NAME: end -->`; what is
around them is written by hand.
"""

import ast
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ca.lifecycle import listing
from crl.ocsp.shape import RESPONSE
from crl.shapes import SHAPES
from harness.card.contents import AIDS
from harness.card.contents import NAMES as APPLICATIONS
from harness.card.instructions import INSTRUCTIONS
from harness.card.switches import SWITCHES
from harness.card.tokens import TOKENS
from harness.card.words import MEANINGS
from harness.inspecting import all_rules
from pki.causes import CAUSES, Code
from pki.checks import NAMES, PASSED, Check
from pki.indications import EN_INDICATIONS, ROWS, causes_of
from pki.kinds import Event, Kind, Reason
from pki.naming import DEFAULT_BASE_URL, MODES
from pki.profiles import PROFILES, Profile

ROOT = Path(__file__).parent.parent
FLOORS = ("pki", "crl", "ca", "harness")


def profile_tables(profiles: Iterable[Profile]) -> Iterator[str]:
    """Write one table per profile, one line per field in the order of the object."""
    for profile in profiles:
        yield f"### `{profile.word}`: {profile.title} ({profile.japanese})"
        yield ""
        yield from table(
            ("#", "field or extension", "critical", "value", "confidence", "rests on"),
            (
                (
                    str(number),
                    row.name,
                    {None: "–", True: "**yes**", False: "no"}[row.critical],
                    row.shown,
                    row.confidence.value,
                    row.source,
                )
                for number, row in enumerate(profile.rows, 1)
            ),
        )
        yield ""


def certificates() -> Iterator[str]:
    yield from profile_tables(PROFILES.values())


def lists() -> Iterator[str]:
    yield from profile_tables(SHAPES.values())


def responses() -> Iterator[str]:
    yield from profile_tables([RESPONSE])


def rules() -> Iterator[str]:
    """List every rule of the inspector, by the kinds that share it."""
    yield from table(
        ("rule", "severity", "kinds", "what must hold", "clause", "confidence"),
        (
            (
                f"`{rule.id}`",
                rule.severity.value,
                ", ".join(kinds),
                rule.en,
                rule.clause,
                rule.confidence.value,
            )
            for rule, kinds in all_rules()
        ),
    )


def naming() -> Iterator[str]:
    def value(of: Callable[[str], object]) -> Iterator[str]:
        for naming in MODES:
            yield f"`{of(naming)}`"

    modes = MODES
    rows = (
        ("O in DNs and points", lambda n: modes[n].organization),
        ("O in subjectAltName and issuerAltName", lambda n: modes[n].japanese_organization),
        ("policy, sign", lambda n: modes[n].policy(Kind.SIGN)),
        ("policy, auth", lambda n: modes[n].policy(Kind.AUTH)),
        ("CPS", lambda n: modes[n].cps_uri(DEFAULT_BASE_URL)),
        ("OCSP, auth only", lambda n: modes[n].ocsp_uri(DEFAULT_BASE_URL)),
    )
    heads = ("field", *(f"`{naming.value}`" for naming in modes))
    yield from table(heads, ((what, *value(of)) for what, of in rows))


def events() -> Iterator[str]:
    yield from table(
        ("event or request", "kind", "outcome (reason)", "confidence", "rests on", "remark"),
        (
            (
                f"`{what.value}`" if isinstance(what, Event) else f"request `{what.value}`",
                f"`{kind.value}`",
                row.words,
                row.confidence.value,
                row.source,
                row.note,
            )
            for what, kind, row in listing()
        ),
    )


def house() -> Iterator[str]:
    """List every module by floor, with the first sentence of its docstring."""
    for floor in FLOORS:
        yield f"### `{floor}/`"
        yield ""
        yield from table(
            ("module", "what it is"),
            (
                (f"`{path.relative_to(ROOT / floor).with_suffix('').as_posix()}`", said)
                for path in sorted((ROOT / floor).rglob("*.py"))
                if path.name != "__init__.py" and (said := first_sentence(path))
            ),
        )
        yield ""


def first_sentence(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(said.partition("\n\n")[0].split())
    return paragraph.replace(".  ", ". ").partition(". ")[0].rstrip(".")


def checks() -> Iterator[str]:
    """List what a verdict looks at, in the order of its report."""
    yield from table(
        ("check", "what it is", "rule", "passed says", "合格のとき"),
        (
            (f"`{each.value}`", NAMES[each].en, PASSED[each].rule, PASSED[each].en, PASSED[each].ja)
            for each in Check
        ),
    )


def causes() -> Iterator[str]:
    """List every reason not to pass."""
    yield from table(
        ("cause", "verdict", "sub-indication", "EN 319 102-1", "code", "rule", "says", "表示"),
        (
            (
                f"`{cause.id}`",
                "TOTAL-FAILED" if cause.fatal else "INDETERMINATE",
                cause.sub_indication,
                cause.en_indication,
                cause.code.value,
                cause.rule,
                cause.en,
                cause.ja,
            )
            for cause in CAUSES.values()
        ),
    )


def mapping() -> Iterator[str]:
    """Lead from a sub-indication to the operators' code, and to the causes that bear it."""
    yield from table(
        ("sub-indication", "listed under", "code", "causes here"),
        (
            (
                row.name or "–",
                row.indication,
                row.code.value,
                ", ".join(f"`{cause.id}`" for cause in causes_of(row)) or "–",
            )
            for row in ROWS
        ),
    )


def card_applications() -> Iterator[str]:
    """List the applications of the virtual card, and which tokens have them."""
    yield from table(
        ("word", "application", "identifier", "on"),
        (
            (
                f"`{word}`",
                APPLICATIONS[word],
                f"`{aid.hex().upper()}`",
                ", ".join(token.value for token, row in TOKENS.items() if word in row.applications),
            )
            for word, aid in AIDS.items()
        ),
    )


def card_instructions() -> Iterator[str]:
    """List every instruction that the virtual card knows."""
    yield from table(
        ("CLA INS", "name", "applications", "form", "answers of its own", "rests on"),
        (
            (
                f"`{row.cla:02X} {row.ins:02X}`",
                row.name,
                "all" if len(row.where) == len(AIDS) else ", ".join(sorted(row.where)),
                row.form,
                row.answers,
                row.source,
            )
            for row in INSTRUCTIONS
        ),
    )


def card_words() -> Iterator[str]:
    yield from table(
        ("SW", "says"),
        ((f"`{'63Cx' if sw == 0x63C0 else f'{sw:04X}'}`", text) for sw, text in MEANINGS.items()),
    )


def card_switches() -> Iterator[str]:
    yield from table(
        ("switch", "default", "otherwise", "decides", "rests on"),
        (
            (
                f"`{name}`",
                f"`{row.default}`",
                ", ".join(f"`{value}`" for value in row.values if value != row.default)
                or f"0 to {row.limit}",
                row.what,
                row.source,
            )
            for name, row in SWITCHES.items()
        ),
    )


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Write a table of Markdown."""
    heads = tuple(heads)
    yield line(heads)
    yield line("---" for _ in heads)
    yield from map(line, rows)


def line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


PAGES: dict[str, dict[str, Callable[[], Iterator[str]]]] = {
    "docs/fidelity.md": {
        "certificates": certificates,
        "lists": lists,
        "naming": naming,
        "events": events,
    },
    "docs/profiles.md": {
        "certificates": certificates,
        "lists": lists,
        "responses": responses,
        "rules": rules,
    },
    "docs/design.md": {"house": house},
    "docs/card.md": {
        "applications": card_applications,
        "instructions": card_instructions,
        "words": card_words,
        "switches": card_switches,
    },
    "docs/verifier.md": {"checks": checks, "causes": causes, "mapping": mapping},
}

SCHEMA = "harness/verifier/verdict.schema.json"


def schema(text: str) -> str:
    """Return the schema of verdicts with every enumeration as the tables have it now."""
    made = json.loads(text)
    definitions = made["$defs"]
    definitions["check"]["enum"] = [each.value for each in Check]
    definitions["cause"]["enum"] = list(CAUSES)
    definitions["code"]["enum"] = [each.value for each in Code]
    definitions["sub_indication"]["enum"] = [row.name for row in ROWS if row.name]
    definitions["en_indication"]["enum"] = sorted(EN_INDICATIONS)
    reasons = [each.value for each in Reason]
    definitions["certificate"]["properties"]["reason"]["enum"] = [*reasons, None]
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def written(page: str, tables: dict[str, Callable[[], Iterator[str]]]) -> str:
    """Return *page* with every generated table as the code has it now."""
    for name, make in tables.items():
        before, begin, rest = page.partition(f"<!-- {name}: generated -->")
        _, end, after = rest.partition(f"<!-- {name}: end -->")
        if not begin or not end:
            raise SystemExit(f"the page has no marks for the table {name!r}; write them first")
        made = "\n".join(make()).rstrip()
        page = f"{before}{begin}\n{made}\n{end}{after}"
    return page


def stale() -> dict[Path, str]:
    """Return the pages that are not current, with what they should say."""
    found = {}
    for name, tables in PAGES.items():
        old = (ROOT / name).read_text(encoding="utf-8")
        new = written(old, tables)
        if old != new:
            found[ROOT / name] = new
    old = (ROOT / SCHEMA).read_text(encoding="utf-8")
    if old != schema(old):
        found[ROOT / SCHEMA] = schema(old)
    return found


def main(arguments: list[str]) -> int:
    """Write the pages, or only say whether they are current."""
    pages = stale()
    for path, text in pages.items():
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is not current; run `make docs`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)} is brought up to date")
    return int("--check" in arguments and bool(pages))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
