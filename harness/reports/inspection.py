"""
Inspections in the forms that programs read: JSON lines, SARIF, JUnit.

Values in, text out.  The page for people is inspection_page.
"""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from harness.inspecting import Inspected, all_rules, as_json
from harness.reports.inspection_page import page
from pki.inspection.engine import clause_of, sentence
from pki.inspection.findings import Finding, Severity

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def json_lines(found: Sequence[Inspected], language: str) -> str:
    """Write one object to the line; the language makes no difference."""
    return "".join(json.dumps(as_json(one), ensure_ascii=False) + "\n" for one in found)


def sarif(found: Sequence[Inspected], language: str) -> str:
    """Write a SARIF 2.1.0 log of one run, every rule described in it."""
    rules: dict[str, dict[str, Any]] = {}
    for rule, kinds in all_rules():
        described = rules.setdefault(
            rule.id,
            {
                "id": rule.id,
                "shortDescription": {"text": rule.text(language)},
                "defaultConfiguration": {"level": LEVELS[rule.severity.value]},
                "properties": {
                    "field": rule.field,
                    "clause": rule.clause,
                    "confidence": rule.confidence.value,
                    "kinds": [],
                },
            },
        )
        described["properties"]["kinds"] += kinds
    places = {id: number for number, id in enumerate(rules)}
    artifacts = {uri(one.given.name): one for one in found}
    numbers = {each: number for number, each in enumerate(artifacts)}
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "minijpki",
                        "version": version("minijpki"),
                        "rules": list(rules.values()),
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [
                    {
                        "location": {"uri": name},
                        "length": len(one.given.octets),
                        "hashes": {"sha-256": sha256(one.given.octets).hexdigest()},
                    }
                    for name, one in artifacts.items()
                ],
                "results": [
                    _result(one, numbers[uri(one.given.name)], each, places[each.rule.id], language)
                    for one in found
                    for each in one.report.findings
                    if each.severity is not Severity.NOTE  # explained elsewhere, and not flagged
                ],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(
    one: Inspected, artifact: int, finding: Finding, rule: int, language: str
) -> dict[str, Any]:
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity.value],
        "message": {"text": message(one, finding, language)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(one.given.name), "index": artifact},
                    "region": {"byteOffset": finding.at, "byteLength": finding.end - finding.at},
                },
                "logicalLocations": [{"name": finding.rule.field, "kind": "member"}],
            }
        ],
        "properties": {
            "clause": clause_of(finding),
            "confidence": finding.rule.confidence.value,
        },
    }


def message(one: Inspected, finding: Finding, language: str) -> str:
    """Say what is wrong, what stands there, and what should."""
    text = f"{sentence(finding, language)} {clause_of(finding)}"
    found, expected = one.found(finding), one.expected(finding)
    if found:
        text += f": {found}"
    return f"{text} ({expected})" if expected else text


def uri(name: str) -> str:
    """Write the name of a file as a relative reference."""
    from urllib.parse import quote

    return quote(name.lstrip("/"), safe="/", errors="replace")


def junit(found: Sequence[Inspected], language: str) -> str:
    """Write JUnit XML: an object is a suite, a rule of its kind a case."""
    from lxml import etree

    from crl.inspection.engine import RULES

    root = etree.Element("testsuites", name="minijpki inspect")
    for one in found:
        broken: dict[str, list[Finding]] = {}
        for each in one.report.findings:
            if each.severity.value != "note":
                broken.setdefault(each.rule.id, []).append(each)
        rules = [r for r in RULES[one.report.kind].values() if r.severity.value != "note"]
        failures = sum(each[0].severity.value == "error" for each in broken.values())
        suite = etree.SubElement(
            root,
            "testsuite",
            name=printable(one.given.name),
            tests=str(len(rules)),
            failures=str(failures),
            errors="0",
        )
        for rule in rules:
            case = etree.SubElement(
                suite, "testcase", classname=f"inspect.{one.report.kind}", name=rule.id
            )
            for finding in broken.get(rule.id, ()):
                text = printable(message(one, finding, language))
                if finding.severity.value == "error":
                    etree.SubElement(case, "failure", type=rule.id, message=text)
                    break
                etree.SubElement(case, "system-out").text = text
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True).decode()


def printable(text: str) -> str:
    """Keep out what XML cannot say."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


FORMS: dict[str, Callable[[Sequence[Inspected], str], str]] = {
    "json": json_lines,
    "sarif": sarif,
    "junit": junit,
    "html": page,
}
