"""
Measure everything, print ratios, and fail where one is above its gate.

    python -m benchmarks [--only SUITE]... [--quick] [--json]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # pytest finds the same modules there, flat

import argparse
import json
import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from cryptography.hazmat.backends.openssl import backend
from measure import Item, Times, measure_calmly
from suites import SUITES, blocks

LIBRARIES = ("cryptography", "lxml", "click", "peewee", "signxml", "pyhanko-certvalidator")
GRACE = 5  # times its budget, after which seconds fail, too


def versions() -> str:
    """Name what was measured with: libraries, OpenSSL, Python, machine."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    found.append(backend.openssl_version_text())
    return f"Python {platform.python_version()}, {', '.join(found)}, {platform.machine()}"


def outcome(item: Item, times: Times, *, calm: bool) -> str:
    """Say what became of one item."""
    ratio = times.ratio(item.contender, item.limit)
    seconds = times.micros(item.contender) / 1e6
    missed = item.at_most is not None and ratio > item.at_most
    missed |= item.at_least is not None and ratio < item.at_least
    if missed:
        return "FAILED" if calm else "inconclusive"
    if item.budget is not None and seconds > item.budget:
        return "FAILED" if seconds > GRACE * item.budget else "over budget"
    return "passed" if item.at_most or item.at_least else "reported"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(SUITES), default=[])
    parser.add_argument("--quick", action="store_true", help="seven rounds of one turn")
    parser.add_argument("--json", action="store_true", help="one object per item")
    asked = parser.parse_args()
    if not asked.json:
        print(versions())
    ends: dict[str, list[str]] = {}
    for block in blocks(tuple(asked.only)):
        if asked.quick:
            block = replace(block, rounds=7, turns=1)
        times, calm = measure_calmly(block, block.items)
        if not asked.json:
            print(f"\n{block.name}{'' if calm else '  (the limit itself was not steady)'}")
            for reason in block.missing:
                print(f"  - {reason}")
        for item in block.items:
            end = outcome(item, times, calm=calm)
            ends.setdefault(end, []).append(item.id)
            _tell(item, times, end, as_json=asked.json)
    failed = ends.get("FAILED", [])
    unsure = ends.get("inconclusive", [])
    if not asked.json:
        print(f"\n{len(failed)} failed{': ' + ', '.join(failed) if failed else ''}", end="; ")
        print(f"inconclusive: {', '.join(unsure) or 'none'}")
    return 1 if failed else 0


def _tell(item: Item, times: Times, end: str, *, as_json: bool) -> None:
    ratio = times.ratio(item.contender, item.limit)
    ours, limit = times.micros(item.contender), times.micros(item.limit)
    peers = {peer: times.ratio(peer, item.limit) for peer in item.peers}
    if as_json:
        fields = {"id": item.id, "what": item.what, "ratio": round(ratio, 3)}
        fields |= {"gate": item.at_most or item.at_least, "outcome": end, "micros": round(ours, 3)}
        fields |= {"limit": item.limit, "limit_micros": round(limit, 3)}
        print(json.dumps(fields | {"peers": {k: round(v, 2) for k, v in peers.items()}}))
        return
    gate = f"<= {item.at_most:g}" if item.at_most else ""
    gate = f">= {item.at_least:g}" if item.at_least else gate
    print(
        f"  {item.id:5} {item.what:62} {ours:11.2f} us / {limit:11.2f} us"
        f" = {ratio:7.3f} {gate:8} {end}"
    )
    for peer, its in peers.items():
        print(f"        {peer:60} {its:37.2f}")


if __name__ == "__main__":
    sys.exit(main())
