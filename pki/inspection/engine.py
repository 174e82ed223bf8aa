"""
Inspect an object: recognise it, walk its rules, and say what each finding is about.

Pure.  The kinds of certificate are registered here; crl/inspection has those of lists and
responses, by the same means.
"""

from dataclasses import dataclass
from functools import cache

from pki.inspection import basics, certificate, chain, contents, holder_rules, oddities, rows
from pki.inspection.findings import Finding, Rule, Severity
from pki.inspection.specimen import NOTHING, Context, Specimen
from pki.inspection.table import of_profile, slug
from pki.inspection.tree import FLAWS, MAX_FLAWS, Tree
from pki.profiles import PROFILES

BY_HAND = (
    *certificate.RULES,
    *rows.RULES,
    *basics.RULES,
    *contents.RULES,
    *holder_rules.RULES,
    *chain.RULES,
    *oddities.RULES,
)


def gather(word: str, generated: list[Rule], by_hand: tuple[Rule, ...]) -> dict[str, Rule]:
    """Gather the rules of one kind by their ids, in the order of the object."""
    listed = [*generated, *(each for each in by_hand if word in each.kinds)]
    found = {each.id: each for each in listed}
    assert len(found) == len(listed), "two rules of one kind have one id"
    return found


# Rows whose value several rules judge, each by its own name.
TAKEN_APART = {("validity", None), ("subjectAltName", "sign")}


def _generated(word: str) -> list[Rule]:
    return [
        each
        for each in of_profile(PROFILES[word])
        if not each.id.endswith("-value")
        or not {(each.field, None), (each.field, word)} & TAKEN_APART
    ]


@cache
def rules_of(word: str) -> dict[str, Rule]:
    """Return the rules of one kind of certificate; made when first asked for, as an issuer is."""
    return gather(word, _generated(word), BY_HAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What an inspection found.

    Attributes:
        kind: Word of the kind that the object was taken for.
        specimen: The object, taken apart.
        findings: By offset.
    """

    kind: str
    specimen: Specimen
    findings: tuple[Finding, ...]

    def worst(self) -> Severity | None:
        """Return the severity of the worst finding; None if there is none."""
        for severity in Severity:
            if any(each.severity is severity for each in self.findings):
                return severity
        return None


def inspect_tbs(tbs: bytes, kind: str, *, context: Context = NOTHING) -> tuple[Finding, ...]:
    """Inspect what is about to be signed."""
    tree = Tree(tbs)
    top = tree.read(0, len(tbs))
    it = Specimen(tree, kind, rules_of(kind), context)
    if tree.exhausted:
        return conclude(it, "certificate").findings
    if len(top) == 1:
        certificate.judge_tbs(it, top[0])
    else:
        it.hit("tbs-certificate-structure", top[0] if top else None)
    if not it.findings and not tree.flaws:
        return ()
    return conclude(it, "certificate").findings


def conclude(it: Specimen, whole: str) -> Report:
    """Lay the flaws of the encoding at the doors of their fields, and sort what was found."""
    if it.tree.flaws:
        spans = spans_of(it)
        for flaw in it.tree.flaws:
            name = _owner(spans, flaw.at, whole)
            rule = it.rules.get(f"{name}-der") or it.rules[f"{slug(whole)}-der"]
            end = min(flaw.at + 2, len(it.tree.data))
            it.findings.append(Finding(rule, flaw.at, end, flaw=flaw.what))
    unique = {(f.rule.id, f.at, f.found, f.flaw): f for f in it.findings}
    findings = sorted(unique.values(), key=lambda each: (each.at, each.end))
    return Report(kind=it.kind, specimen=it, findings=tuple(findings))


def spans_of(it: Specimen) -> list[tuple[int, int, str]]:
    """List the octets that belong to each field, the smaller ones last."""
    spans = [*it.spans, *((n.at, n.end, slug(name)) for name, n in it.fields.items())]
    for extension in it.extensions[:MAX_FLAWS]:
        spans.append((extension.node.at, extension.node.end, extension.slug))
    return spans


def _owner(spans: list[tuple[int, int, str]], at: int, whole: str) -> str:
    owners = [(end - begin, name) for begin, end, name in spans if begin <= at < end]
    return min(owners)[1] if owners else slug(whole)


def clause_of(finding: Finding) -> str:
    """Return the clause that a finding cites: that of the encoding, or of the rule."""
    return FLAWS[finding.flaw][0] if finding.flaw else finding.rule.clause


def sentence(finding: Finding, language: str) -> str:
    """Say what is wrong, in one sentence."""
    text = finding.rule.text(language)
    if finding.flaw:
        text += f" ({FLAWS[finding.flaw][2 if language == 'ja' else 1]})"
    return text
