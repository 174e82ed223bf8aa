"""
Inspecting files: what objects are in them, what is known around them, and whose they are.

Personal values are hidden unless the certificate is a simulation's own: its issuer says
O=JPKI-SIM, or the world at hand issued it.  What cannot be told counts as somebody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ca.municipalities import codes_of
from crl.inspection.engine import RULES, inspect, profile_of
from crl.ocsp.shape import RESPONSE
from harness.objects import Given, objects
from pki import oids
from pki.errors import JpkiError
from pki.inspection.chain import read_authority
from pki.inspection.describe import PERSONAL, Line, describe
from pki.inspection.engine import Report, clause_of, sentence
from pki.inspection.findings import Finding, Rule, Severity
from pki.inspection.production import Production, by_digest, by_key_identifier
from pki.inspection.specimen import Authority, Context
from pki.inspection.tree import MAX_NODES
from pki.kinds import Kind, Naming
from pki.validity import day_in_jst

if TYPE_CHECKING:
    from ca.register import Issued
    from harness.world import World

HIDDEN = "(hidden)"
NOBODYS = {"ca", "ocsp", "tsa"}  # kinds of certificate that are no person's
_AKI = oids.content(oids.AUTHORITY_KEY_IDENTIFIER)
_SIMULATION = b"JPKI-SIM"  # O of a world's own authorities
_SKI = oids.content(oids.SUBJECT_KEY_IDENTIFIER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """
    One object, and what came of inspecting it.

    Attributes:
        given: The object.
        report: What was found.
        hidden: Whether values that tell who somebody is stay unsaid.
        production: The real CA that it is of; None for all others.
    """

    given: Given
    report: Report
    hidden: bool
    production: Production | None

    @property
    def title(self) -> tuple[str, str]:
        """Name the kind, in English and in Japanese."""
        profile = profile_of(self.report.kind)
        return profile.title, profile.japanese

    def lines(self) -> Iterator[Line]:
        """Show the fields, personal values left out where they must be."""
        it = self.report.specimen
        for line in describe(it, profile_of(self.report.kind), of_person=True):
            if self.hidden and line.personal and line.value is not None:
                line = replace(line, value=HIDDEN)
            yield line

    def octets_of(self, line: Line) -> bytes:
        """Return what a line stands for, as it is encoded."""
        return self.given.octets[line.at : line.end]

    def found(self, finding: Finding) -> str | None:
        """Say what stands where a rule is broken, unless that is somebody's."""
        if self.hidden and finding.found and finding.rule.field in PERSONAL | {"issuer"}:
            return HIDDEN
        return finding.found

    def expected(self, finding: Finding) -> str | None:
        """Say what should, unless that is somebody's."""
        if self.hidden and finding.expected and finding.rule.field in PERSONAL:
            return HIDDEN
        return finding.expected


class Surroundings:
    """What is known around the objects: issuers, municipalities, and perhaps a world."""

    def __init__(
        self,
        issuers: Iterable[bytes] = (),
        world: World | None = None,
        *,
        limit: int = MAX_NODES,
    ) -> None:
        self._world = world
        self._limit = limit
        self._authorities: dict[bytes, Authority] = {}
        for der in issuers:
            self.learn(der)
        if world is not None:
            for kind in Kind:
                for generation in world.authority.generations(kind):
                    self.learn(generation.certificate)

    def learn(self, der: bytes) -> None:
        """Keep what a CA certificate says, for whatever it issued."""
        authority = read_authority(der)
        if authority is not None:
            self._authorities[authority.key_identifier] = authority

    def inspect(self, given: Given, kind: str | None, *, show_personal: bool) -> Inspected:
        """Inspect one object with all that is known around it."""
        report = inspect(given.octets, kind, context=Context(places=codes_of), limit=self._limit)
        authority = self._authorities.get(authority_key(report) or b"")
        ours, limits = self._ours(given.octets, report)
        if report.kind == RESPONSE.word and authority is not None:
            ours = _SIMULATION in authority.name  # a response has no issuer to say so
        if authority is not None or limits:
            context = Context(authority=authority, places=codes_of, limits=limits)
            report = inspect(given.octets, report.kind, context=context, limit=self._limit)
        return Inspected(
            given=given,
            report=report,
            hidden=not (show_personal or ours or _nobodys(given, report, kind)),
            production=_production(report),
        )

    def _ours(self, der: bytes, report: Report) -> tuple[bool, frozenset[date]]:
        """Tell whether the object is a simulation's own, and which days limit it there."""
        simulated = report.specimen.mode is Naming.SIM
        if self._world is None or report.kind not in ("sign", "auth"):
            return simulated, frozenset()
        serial = report.specimen.fields.get("serialNumber")
        number = int.from_bytes(report.specimen.content(serial)[:20], "big") if serial else 0
        if not 0 < number < 1 << 62:
            return simulated, frozenset()
        kind = Kind(report.kind)
        try:
            issued = self._world.register.certificate(kind, number)
            if self._world.register.der(kind, number) != der:
                return simulated, frozenset()
        except JpkiError:
            return simulated, frozenset()
        return True, limits_of(self._world, issued)


def _nobodys(given: Given, report: Report, kind: str | None) -> bool:
    """Tell whether an object is no person's, whatever kind somebody asked it to be judged as."""
    recognised = report.kind if kind is None else inspect(given.octets).kind
    return report.kind in NOBODYS and recognised in NOBODYS


def limits_of(world: World, issued: Issued) -> frozenset[date]:
    """List the days that a world knows to have ended a certificate: the card's, the other's."""
    register = world.register
    days = {
        day_in_jst(other.not_after)
        for other in register.certificates(issued.resident, Kind.AUTH)
        if other.at <= issued.at
    }
    card = register.card(issued.resident, at=issued.at)
    return frozenset(days | ({card.expires_on} if card else set()))


def authority_key(report: Report) -> bytes | None:
    """Return the identifier of the key that an object says it is signed with."""
    it = report.specimen
    identifier = it.fields.get("certID")
    if identifier is not None and len(identifier.parts) == 4:
        return it.content(identifier.parts[2])
    node = it.inner(_AKI)
    for part in node.parts if node else ():
        if part.tag == 0x80:
            return it.content(part)
    return None


def _production(report: Report) -> Production | None:
    """Name the real CA that an object is, or says to be issued by."""
    it = report.specimen
    known = by_digest(sha256(it.tree.data).hexdigest())
    if known is None and report.kind == "ca":
        own = it.inner(_SKI)
        known = by_key_identifier(it.content(own)) if own else None
    stated = authority_key(report)
    if known is None and stated is not None:
        known = by_key_identifier(stated)
    return known


def as_json(one: Inspected) -> dict[str, Any]:
    """Put an inspection into one object."""
    worst = one.report.worst()
    return {
        "file": one.given.name,
        "kind": one.report.kind,
        "sha256": sha256(one.given.octets).hexdigest(),
        "octets": len(one.given.octets),
        "worst": worst.value if worst else None,
        "personal": "hidden" if one.hidden else "shown",
        "production": one.production.title if one.production else None,
        "fields": [
            {
                "field": line.field,
                "label": line.label,
                "depth": line.depth,
                "value": line.value,
                "critical": line.critical,
                "offset": line.at,
                "length": line.end - line.at,
                "expected": line.row.shown if line.row else None,
                "confidence": line.row.confidence.value if line.row else None,
                "source": line.row.source if line.row else None,
            }
            for line in one.lines()
        ],
        "findings": [finding_json(one, each) for each in one.report.findings],
    }


def finding_json(one: Inspected, finding: Finding) -> dict[str, Any]:
    """Put one finding into an object."""
    return {
        "rule": finding.rule.id,
        "severity": finding.severity.value,
        "field": finding.rule.field,
        "clause": clause_of(finding),
        "confidence": finding.rule.confidence.value,
        "offset": finding.at,
        "length": finding.end - finding.at,
        "found": one.found(finding),
        "expected": one.expected(finding),
        "text": {"en": sentence(finding, "en"), "ja": sentence(finding, "ja")},
    }


def all_rules() -> list[tuple[Rule, tuple[str, ...]]]:
    """List every rule once, with the kinds that share its sentence and its grounds."""
    merged: dict[tuple[str, str, str, str], tuple[Rule, list[str]]] = {}
    for kind, rules in RULES.items():
        for rule in rules.values():
            key = (rule.id, rule.en, rule.clause, rule.confidence.value)
            merged.setdefault(key, (rule, []))[1].append(kind)
    return [(rule, tuple(kinds)) for rule, kinds in merged.values()]


def worst_of(inspected: Sequence[Inspected], fail_on: Severity) -> bool:
    """Tell whether a finding is at least as bad as *fail_on*."""
    order = list(Severity)
    return any(
        order.index(each.severity) <= order.index(fail_on)
        for one in inspected
        for each in one.report.findings
    )


def inspect_all(
    paths: Iterable[str],
    kind: str | None,
    *,
    around: Surroundings,
    show_personal: bool,
    say: Callable[[str], None],
) -> list[Inspected]:
    """Inspect all objects; a CA certificate among them serves as issuer of the others."""
    given: list[Given] = []
    for each in objects(paths, say):
        given.append(each)
        report = inspect(each.octets)
        if report.kind == "ca":
            around.learn(each.octets)
        given += enclosed(each, report)
    return [around.inspect(each, kind, show_personal=show_personal) for each in given]


def enclosed(given: Given, report: Report) -> list[Given]:
    """List the certificates that a response brings along: objects of their own."""
    certs = report.specimen.fields.get("certs")
    return [
        Given(f"{given.name}#certs{number}", report.specimen.octets(node))
        for number, node in enumerate(certs.parts if certs else (), start=1)
    ]


def difference(one: Inspected, other: Inspected) -> Iterator[dict[str, Any]]:
    """Compare two objects field by field, and yield where they differ."""
    mine, theirs = (_by_label(each) for each in (one, other))
    for key in dict.fromkeys([*mine, *theirs]):
        left, right = mine.get(key), theirs.get(key)
        sides = [None if line is None else (line.value, line.critical) for line in (left, right)]
        hidden = left is not None and HIDDEN in (left.value or "")
        same = left and right and one.octets_of(left) == other.octets_of(right)
        if sides[0] != sides[1] or (hidden and not same):
            yield {
                "field": key[0] if key[0] == key[1] else f"{key[0]}/{key[1]}",
                "first": _side(left),
                "second": _side(right),
            }


def _by_label(one: Inspected) -> dict[tuple[str, str, int], Line]:
    found: dict[tuple[str, str, int], Line] = {}
    for line in one.lines():
        number = 0
        while (line.field, line.label, number) in found:
            number += 1
        found[line.field, line.label, number] = line
    return found


def _side(line: Line | None) -> str | None:
    if line is None:
        return None
    return f"critical {line.value or ''}".strip() if line.critical else line.value or "…"
