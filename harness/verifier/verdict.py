"""
Verdicts: three outcomes, one cause, and every check.  Values, never exceptions [EN319102 5.1].
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter

from pki.causes import CAUSES, Code
from pki.certificate.read import Certificate
from pki.checks import Check
from pki.kinds import Kind


class Indication(Enum):
    """The main indication of EN 319 102-1, worst last."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class Outcome(Enum):
    """What became of one check."""

    __hash__ = object.__hash__  # Enum's own is Python code, and verdicts are on the hot path

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Result:
    """
    One check with its outcome; exists once per check and cause.

    Attributes:
        check: What was looked at.
        outcome: What came of it.
        cause: Id of the cause; None if it passed, or why it does not apply.
    """

    check: Check
    outcome: Outcome
    cause: str | None


@cache
def result(check: Check, cause: str | None) -> Result:
    """Return the one object for a check that passed, or did not for *cause*."""
    if cause is None:
        return Result(check, Outcome.PASSED, None)
    return Result(check, Outcome.FAILED if CAUSES[cause].fatal else Outcome.INDETERMINATE, cause)


@cache
def not_applicable(check: Check, cause: str | None = None) -> Result:
    """Return the one object for a check that this use does not make."""
    return Result(check, Outcome.NOT_APPLICABLE, cause)


@dataclass(frozen=True, slots=True)
class Covered:
    """
    What a signature really covers; a right verdict over the wrong octets is a wrong answer.

    Attributes:
        octets: Exactly what was digested.
        references: URIs, in order; empty where the content was handed in.
    """

    octets: bytes
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What a relying party learns.

    Attributes:
        indication: One of three.
        cause: Id of the cause that decided; None when passed.
        code: Of the platform operators; OK exactly when passed.
        results: Every check, none masked by another.
        at: The moment of judgement, UTC.
        certificate: The signer's; None if none was found or read.
        kind: Of the CA that it chains to; None without a chain.
        covered: What was signed; None unless digest and signature agree.
        notes: Details for a person, in English; nothing depends on them.
        revoked_since: When it was revoked; None if it is not, or nobody knows.
        reason: CRLReason of the revocation; None likewise.
        signatures: Of a document with several, each with a verdict of its own.
    """

    indication: Indication
    cause: str | None
    code: Code
    results: tuple[Result, ...]
    at: datetime
    certificate: Certificate | None = None
    kind: Kind | None = None
    covered: Covered | None = None
    notes: tuple[str, ...] = ()
    revoked_since: datetime | None = None
    reason: str | None = None
    signatures: tuple["Verdict", ...] = field(default=())

    @property
    def passed(self) -> bool:
        return self.indication is Indication.TOTAL_PASSED


_check_of, _outcome_of = attrgetter("check"), attrgetter("outcome")
_UNTROUBLED = frozenset({Outcome.PASSED, Outcome.NOT_APPLICABLE})
_CHECKS = {check: position for position, check in enumerate(Check)}
_OUTCOMES = {
    outcome: weight
    for weight, outcome in enumerate(
        (Outcome.NOT_APPLICABLE, Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED)
    )
}


def merged(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """Keep one result for each check, the worst: what a document passes its signer may fail."""
    if len(set(map(_check_of, results))) == len(results):
        return results
    kept: dict[Check, Result] = {}
    for each in results:
        before = kept.get(each.check)
        if before is None or _OUTCOMES[each.outcome] > _OUTCOMES[before.outcome]:
            kept[each.check] = each
    return tuple(sorted(kept.values(), key=lambda each: _CHECKS[each.check]))


_SEVERITY = {code: position for position, code in enumerate(Code)}


def decided(results: tuple[Result, ...]) -> tuple[Indication, str | None, Code]:
    """
    Draw the verdict from the checks: any failure fails, else anything open leaves it open.

    The cause is the first in the order of the platform operators' codes [RP 6.2].
    """
    if set(map(_outcome_of, results)) <= _UNTROUBLED:
        return Indication.TOTAL_PASSED, None, Code.OK
    failed = [r.cause for r in results if r.outcome is Outcome.FAILED and r.cause]
    if failed:
        cause = min(failed, key=lambda each: _SEVERITY[CAUSES[each].code])
        return Indication.TOTAL_FAILED, cause, CAUSES[cause].code
    for each in results:
        if each.outcome is Outcome.INDETERMINATE:
            return Indication.INDETERMINATE, each.cause, Code.UNSPECIFIED
    return Indication.TOTAL_PASSED, None, Code.OK


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """
    Return the verdict that decides for a document with several signatures.

    Of several equally bad ones it is the first in the order of the operators' codes, so that
    a document's code does not depend on who signed first [RP 6.2].
    """
    order = list(Indication)
    return max(verdicts, key=lambda each: (order.index(each.indication), -_SEVERITY[each.code]))
