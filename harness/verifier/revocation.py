"""
Ask the evidence whether a certificate is revoked: lists, OCSP responses, or both.

Revoked if either says so; open if neither can speak; and a yes needs one that speaks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crl.status import Good, Revoked, Undetermined, status
from harness.verifier.evidence import Anchor, Evidence
from harness.verifier.past import Later, by_list, by_response
from harness.verifier.policy import DEFAULT, Policy, Revocation
from harness.verifier.verdict import Result, not_applicable, result
from pki.causes import Check
from pki.certificate.read import Certificate

CRL, OCSP = Check.REVOCATION_CRL, Check.REVOCATION_OCSP
NO_LIST = Undetermined("crl-missing", "")
NO_RESPONSE = Undetermined("ocsp-missing", "")
NOT_ASKED = {check: not_applicable(check) for check in (CRL, OCSP)}
SOFT_FAIL = "soft-fail: whether the certificate is revoked is not known, and was not insisted on"

Answer = Good | Revoked | Undetermined

# How far a source got before it could not speak; the furthest is the one worth naming.
STEPS = (
    "ocsp-unusable",
    "crl-untrusted",
    "ocsp-untrusted",
    "ocsp-error",
    "crl-unusable",
    "ocsp-nonce",
    "crl-scope",
    "ocsp-other-certificate",
    "crl-not-yet-valid",
    "crl-stale",
    "ocsp-stale",
    "no-poe",
    "ocsp-unknown",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What the evidence said.

    Attributes:
        results: Of the list and of OCSP, in this order.
        revoked: When and why, if either says so; the earlier if both do.
        note: A detail for a person; empty if there is none.
    """

    results: tuple[Result, Result]
    revoked: Revoked | None
    note: str


GOOD_BY_LIST = Asked((result(CRL, None), not_applicable(OCSP, NO_RESPONSE.cause)), None, "")


def ask(
    certificate: Certificate,
    issuer: Anchor,
    evidence: Evidence,
    policy: Policy,
    *,
    at: datetime,
    proven: datetime | None = None,
) -> Asked:
    """
    Ask what *policy* wants asked about a certificate that *issuer* signed.

    *proven* is the past moment that counts, where something proves one: the evidence is then
    asked about that moment, and what came later is none of a revocation.
    """
    lists = evidence.lists(certificate, issuer)
    quickly = policy is DEFAULT and proven is None and len(lists) == 1
    if quickly and not evidence.responses(certificate, issuer):
        # Nearly always: one list, the right one, and it says good.
        only = lists[0]
        if not isinstance(only, Undetermined) and isinstance(
            status(only, certificate, at=at, issuer=issuer.path.certificate), Good
        ):
            return GOOD_BY_LIST
    crl = ocsp = None
    if policy.revocation is not Revocation.OCSP:
        crl = _best(
            [
                each
                if isinstance(each, Undetermined)
                else by_list(each, certificate, issuer, at=at, proven=proven)
                for each in lists
            ],
            NO_LIST,
        )
    if policy.revocation is not Revocation.CRL:
        ocsp = _best(
            [
                each
                if isinstance(each, Undetermined)
                else by_response(
                    each,
                    certificate,
                    issuer,
                    at=at,
                    proven=proven,
                    dated=policy.judgement.dated,
                )
                for each in evidence.responses(certificate, issuer)
            ],
            NO_RESPONSE,
        )
    answers = [each for each in (crl, ocsp) if each is not None]
    decided = any(not isinstance(each, Undetermined) for each in answers)
    # Where one source speaks, the other need not; where soft-fail is on, neither need.
    spared = decided or policy.accept_unknown_revocation
    results = (_result(CRL, crl, spared=spared), _result(OCSP, ocsp, spared=spared))
    revoked = min(
        [each for each in answers if isinstance(each, Revoked)],
        key=lambda each: each.since,
        default=None,
    )
    return Asked(results, revoked, _since(answers) if decided else _why(answers, policy))


def _since(answers: list[Answer]) -> str:
    """Mention a revocation that came after the proven moment."""
    later = [each.since for each in answers if isinstance(each, Later)]
    return f"revoked since {min(later):%Y-%m-%dT%H:%M:%SZ}, which is later" if later else ""


def _best(answers: Iterable[Answer], missing: Undetermined) -> Answer:
    """Choose among the answers of one sort of source: a no, else a yes, else the nearest miss."""
    best: Answer = missing
    for answer in answers:
        if isinstance(answer, Revoked):
            return answer
        if isinstance(best, Undetermined) and (
            isinstance(answer, Good) or _step(answer) > _step(best)
        ):
            best = answer
    return best


def _step(answer: Undetermined) -> int:
    return STEPS.index(answer.cause) if answer.cause in STEPS else -1


def _result(check: Check, answer: Answer | None, *, spared: bool) -> Result:
    match answer:
        case None:
            return NOT_ASKED[check]
        case Good():
            return result(check, None)
        case Revoked():
            return result(check, "revoked")
        case Undetermined(cause):
            return not_applicable(check, cause) if spared else result(check, cause)


def _why(answers: list[Answer], policy: Policy) -> str:
    if policy.accept_unknown_revocation:
        return SOFT_FAIL
    return "; ".join(each.why for each in answers if isinstance(each, Undetermined) and each.why)
