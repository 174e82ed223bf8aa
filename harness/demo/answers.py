"""
Verdicts as answers of the story: what came, beside what the script expects.

Pure.
"""

from ca.words import Words
from harness.reports.story import Answer, Tone
from harness.verifier.verdict import Indication, Verdict
from harness.verifier.wording import rfc3339
from pki.causes import Code

TONES = {
    Indication.TOTAL_PASSED: Tone.PASSED,
    Indication.INDETERMINATE: Tone.OPEN,
    Indication.TOTAL_FAILED: Tone.FAILED,
}
# What the verdict is where the code says so; an UNSPECIFIED of this story is always open.
INDICATIONS = {Code.OK: Indication.TOTAL_PASSED, Code.UNSPECIFIED: Indication.INDETERMINATE}


def answer(asked: Words, verdict: Verdict, expects: Code) -> Answer:
    """Put a verdict beside what was expected."""
    detail = ""
    if verdict.revoked_since:
        detail = f"{verdict.reason}, {rfc3339(verdict.revoked_since)}"
    elif verdict.cause:
        detail = verdict.cause
    return Answer(
        asked=asked,
        at=verdict.at,
        expected=_spelled(INDICATIONS.get(expects, Indication.TOTAL_FAILED), expects),
        found=_spelled(verdict.indication, verdict.code),
        tone=TONES[verdict.indication],
        detail=detail,
    )


def _spelled(indication: Indication, code: Code) -> str:
    return f"{indication.value} {code.value}"
