"""
Put a verdict into words: JSON for machines, aligned text for people, in both languages.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from harness.verifier.verdict import Indication, Outcome, Result, Verdict
from pki.causes import CAUSES, Cause
from pki.certificate.read import Certificate, read_name
from pki.checks import CLOSER, PASSED, Saying
from pki.der import read
from pki.errors import Malformed
from pki.names import rfc4514

NOT_MADE = {"en": "not part of this judgement", "ja": "この検証では対象外です。"}
SPARED = {
    "en": "not relied on: {}",
    "ja": "判断には使用していません（{}）。",
}


def rfc3339(moment: datetime) -> str:
    """Spell a UTC moment with the Z that most readers expect."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Write a verdict as the one object of `verify --json`; keys are stable."""
    cause = CAUSES[verdict.cause] if verdict.cause else None
    found: dict[str, Any] = {
        "verdict": verdict.indication.value,
        "sub_indication": cause.sub_indication if cause else None,
        "cause": verdict.cause,
        "code": verdict.code.value,
        "en_indication": cause.en_indication if cause else Indication.TOTAL_PASSED.value,
        "checks": [_check(each) for each in verdict.results],
        # Of a stranger's certificate these are claims, or a real person's data [J 1.1].
        "holder": _holder(verdict.certificate) if verdict.kind else None,
        "certificate": _certificate(verdict),
        "at": rfc3339(verdict.at),
        "signed_content": _covered(verdict),
        "notes": list(verdict.notes),
    }
    if verdict.signatures:
        found["signatures"] = [as_json(each) for each in verdict.signatures]
    return found


def sentence(each: Result, lang: str) -> str:
    """Say what became of one check, with the cure if there is one."""
    if each.outcome is Outcome.NOT_APPLICABLE and each.cause is None:
        return NOT_MADE[lang]
    row = _row(each)
    text = row.ja if lang == "ja" else row.en
    if each.outcome is Outcome.NOT_APPLICABLE:
        return SPARED[lang].format(parted(text, lang).cause)
    return text


class Sentence(NamedTuple):
    """What happened, and what to do about it; the latter is empty where nothing need be done."""

    cause: str
    cure: str


def parted(text: str, lang: str) -> Sentence:
    """Part what happened from what to do, without the mark between them or at the end."""
    if lang == "ja":
        happened, _, cure = text.partition("。")
        return Sentence(happened, cure.removesuffix("。"))
    happened, _, cure = text.partition("; ")
    return Sentence(happened, cure)


def rule(each: Result) -> str:
    """Cite the clause that was obeyed, or was not."""
    return _row(each).rule


def _row(each: Result) -> Cause | Saying:
    """Find the row of the tables that speaks, the closest to the check."""
    if each.cause is None:
        return PASSED[each.check]
    return CLOSER.get((each.check, each.cause)) or CAUSES[each.cause]


def _check(each: Result) -> dict[str, Any]:
    return {
        "check": each.check.value,
        "outcome": each.outcome.value,
        "cause": each.cause,
        "rule": rule(each),
        "text": {lang: sentence(each, lang) for lang in ("en", "ja")},
    }


def _holder(certificate: Certificate | None) -> dict[str, Any] | None:
    """State the four items, as the certificate does; None where it states none."""
    try:
        items = certificate.four_items() if certificate else None
    except Malformed:
        return None
    if items is None:
        return None
    return {
        "name": items.name,
        "born": items.born,
        "sex": items.sex,
        "address": items.address,
        "name_flags": items.name_flags,
        "address_flags": items.address_flags,
    }


def _certificate(verdict: Verdict) -> dict[str, Any] | None:
    certificate = verdict.certificate
    if certificate is None:
        return None
    policies = certificate.policies or ()
    return {
        "issuer": name_of(certificate.issuer),
        "serial": f"{certificate.serial:#x}",
        "kind": verdict.kind.value if verdict.kind else None,
        "policy": next((read.dotted(p, 0, len(p)) for p in sorted(policies)), None),
        "subject": name_of(certificate.subject),
        "not_before": rfc3339(certificate.not_before),
        "not_after": rfc3339(certificate.not_after),
        "revoked_since": rfc3339(verdict.revoked_since) if verdict.revoked_since else None,
        "reason": verdict.reason,
    }


def name_of(encoded: bytes) -> str | None:
    """Write a DN after RFC 4514; None if it cannot be read."""
    try:
        return rfc4514(read_name(encoded))
    except Malformed:
        return None


def _covered(verdict: Verdict) -> dict[str, Any] | None:
    if verdict.covered is None:
        return None
    return {
        "sha256": sha256(verdict.covered.octets).hexdigest(),
        "length": len(verdict.covered.octets),
        "references": list(verdict.covered.references),
    }
