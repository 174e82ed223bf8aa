"""
Write tests/pkits.json: what NIST expects of each test of PKITS, as data.

    python scripts/pkits_expectations.py PKITS_JSON > tests/pkits.json

PKITS_JSON is tests/fixtures/nist_pkits/pkits.json from the source archive of
pyhanko-certvalidator 0.33 (MIT).  It says which certificates and lists belong to a test;
pkits-user-notice.json beside it does for the tests on user notices.  For the sections on
policies that manifest has sub-parts of its own, so their inputs and outcomes stand here,
after NIST's description of the suite, sections 4.8 and 4.10, where a test that says what
happens for several initial policy sets counts as several.
"""

import json
import re
import sys
from pathlib import Path

POLICY = "2.16.840.1.101.3.2.1.48."

# Test: one entry for each sub-part: policies, flags (x explicit, m mapping inhibited), valid.
PARTS = {
    "4.8.1": [("", "x", True), ("1", "x", True), ("2", "x", False), ("1 2", "x", True)],
    "4.8.2": [("", "", True), ("", "x", False)],
    "4.8.3": [("", "", True), ("", "x", False), ("1 2", "x", False)],
    "4.8.6": [("", "", True), ("1", "", True), ("2", "", False)],
    "4.8.10": [("", "", True), ("1", "", True), ("2", "", True)],
    "4.8.11": [("", "", True), ("1", "", True)],
    "4.8.13": [("1", "", True), ("2", "", True), ("3", "", True)],
    "4.8.14": [("1", "", True), ("2", "", False)],
    "4.8.18": [("1", "", True), ("2", "", True)],
    "4.8.20": [("1", "x", True)],
    "4.10.1": [("1", "", True), ("2", "", False), ("", "m", False)],
    "4.10.2": [("", "", False), ("", "m", False)],
    "4.10.3": [("1", "", False), ("2", "", True)],
    "4.10.5": [("1", "", True), ("6", "", False)],
    "4.10.6": [("1", "", True), ("6", "", False)],
    "4.10.12": [("1", "", True), ("2", "", True)],
    "4.10.13": [("", "", True), ("1 2", "", True), ("2", "", False)],
}


def main(manifest: Path) -> None:
    """Print the records."""
    notices = manifest.with_name("pkits-user-notice.json")
    given = json.loads(manifest.read_text())
    known = {each["id"] for each in given}
    given += [each for each in json.loads(notices.read_text()) if each["id"] not in known]
    given.append(
        {
            "id": "40820",
            "name": "cps_pointer_qualifier_test20",
            "cert": "CPSPointerQualifierTest20EE.crt",
            "other_certs": ["GoodCACert.crt"],
            "crls": ["GoodCACRL.crl"],
        }
    )
    records = []
    seen = set()
    for each in given:
        number = f"4.{int(each['id'][1:3])}.{int(each['id'][3:])}"
        if number == "4.8.18" and "test19" in each["name"]:
            number = "4.8.19"  # a slip of the manifest
        parts = PARTS.get(number)
        if parts is None:
            params = each.get("params", {})
            part = "m" * params.get("initial_policy_mapping_inhibit", False)
            part += "a" * params.get("initial_any_policy_inhibit", False)
            records.append(record(number, each, "", part, "error" not in each))
        elif number not in seen:
            for at, (policies, flags, valid) in enumerate(parts, start=1):
                numbered = f"{number}.{at}" if len(parts) > 1 else number
                records.append(record(numbered, each, policies, flags, valid))
        seen.add(number)
    doubled(records)
    records.sort(key=lambda each: [int(part) for part in each["number"].split(".")])
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in records)
    print(f"[\n{lines}\n]")


def record(number: str, given: dict, policies: str, flags: str, valid: bool) -> dict:
    """Write one record; the target comes first, and the others are a bag."""
    return {
        "number": number,
        "name": re.sub(r"(EE)?\.crt$", "", given["cert"]),
        "certs": [given["cert"], *given.get("other_certs", [])],
        "crls": ["TrustAnchorRootCRL.crl", *given.get("crls", [])],
        "policies": [POLICY + each for each in policies.split()] or None,
        "explicit_policy": "x" in flags,
        "inhibit_mapping": "m" in flags,
        "inhibit_any": "a" in flags,
        "valid": valid,
    }


def doubled(records: list[dict]) -> None:
    """Number the sub-parts that the manifest itself has."""
    numbers = [each["number"] for each in records]
    counts: dict[str, int] = {}
    for each in records:
        number = each["number"]
        if numbers.count(number) > 1:
            counts[number] = counts.get(number, 0) + 1
            each["number"] = f"{number}.{counts[number]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
