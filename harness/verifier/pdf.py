"""
Judge signed PDF documents: every signature in the file, and what came after each.

The container is read through `harness.documents.pdf.read`; the message is judged as any CMS
message over the octets that the ByteRange leaves in, and the certificate as any other.  The
document passes only if every signature does.  Evidence that travels in the DSS is asked
like any other, for lists and responses are signed by those who may speak.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from harness.documents.pdf.read import read_pdf
from harness.documents.pdf.reading import PdfSignature, Problem
from harness.verifier import documents
from harness.verifier.certificates import WITHOUT_ISSUER
from harness.verifier.evidence import Evidence
from harness.verifier.messages import verify_cms
from harness.verifier.pdf_proof import proven_by
from harness.verifier.policy import DEFAULT, Policy
from harness.verifier.proof import Stored
from harness.verifier.timestamps import verify_token
from harness.verifier.verdict import (
    Covered,
    Result,
    Verdict,
    decided,
    merged,
    not_applicable,
    result,
    worst,
)
from pki.checks import Check
from pki.cms.identifiers import SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2
from pki.cms.read import read_signed_data
from pki.errors import Malformed, SearchExhausted

# Under which check each cause that a reader names is reported.
CHECK_OF = {**documents.CHECK_OF, "modified": Check.COVERAGE}
OF_A_DOCUMENT = (Check.FORMAT, Check.COVERAGE, Check.ALGORITHM, Check.DIGEST, Check.SIGNATURE)
NOTHING_ELSE = (*map(not_applicable, (*OF_A_DOCUMENT, Check.CHAIN)), *WITHOUT_ISSUER)
PLACED = (result(Check.FORMAT, None), result(Check.COVERAGE, None))
PADES = "ETSI.CAdES.detached"


def verify_pdf(
    document: bytes, evidence: Evidence, policy: Policy = DEFAULT, *, at: datetime
) -> Verdict:
    """Judge every signature of a PDF; it passes only if all of them do, and there is one."""
    try:
        read = read_pdf(document)
    except SearchExhausted as error:
        return unreadable([("search-limit", str(error))], at=at)
    except Malformed as error:
        return unreadable([("format-failure", str(error))], at=at)
    if not read.signatures:
        return unreadable([("format-failure", "the PDF holds no signature")], at=at)
    known = proven_by(read, evidence, policy, at=at)
    verdicts = tuple(
        [
            _judge(each, its_own, policy, at=at)
            for each, its_own in zip(read.signatures, known, strict=True)
        ]
    )
    if len(verdicts) == 1:
        return verdicts[0]
    return replace(worst(verdicts), signatures=verdicts)


def _judge(signature: PdfSignature, evidence: Evidence, policy: Policy, *, at: datetime) -> Verdict:
    """Judge one signature: its place in the file, then its message."""
    told = [f"field {signature.field!r}, {signature.subfilter or 'of no known kind'}"]
    if signature.after:
        told.append(f"{signature.after} octets follow what is signed")
    if not signature.message:
        return unreadable(signature.problems, told, at=at)
    if signature.is_stamp:
        return _troubled(_stamped(signature, evidence, policy, at=at), signature.problems, told)
    verdict = verify_cms(signature.message, evidence, policy, at=at, content=signature.octets)
    problems = (*signature.problems, *message_problems(signature))
    if verdict.covered is not None:
        verdict = replace(verdict, covered=_covered(signature))
    return _troubled(verdict, problems, told)


def _covered(signature: PdfSignature) -> Covered:
    """Hand back what is signed, and say where it stands in the file."""
    ranges = " ".join(map(str, signature.ranges))
    return Covered(signature.octets, (f"ByteRange [{ranges}]",))


def _stamped(
    signature: PdfSignature, evidence: Evidence, policy: Policy, *, at: datetime
) -> Verdict:
    """Judge a document time-stamp, whose message is a token [EN319142 5.4.3]."""
    trusted_at = evidence.proof.at if isinstance(evidence, Stored) else None
    stamp = verify_token(
        signature.message, signature.octets, evidence, policy, at=at, trusted_at=trusted_at
    )
    results = (*PLACED, result(Check.TIMESTAMP, stamp.cause))
    indication, cause, code = decided(results)
    notes = [stamp.note] if stamp.note else []
    if stamp.cause is None and stamp.at is not None:
        notes.append(f"proves that this existed by {stamp.at:%Y-%m-%dT%H:%M:%SZ}")
    return Verdict(
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        at=at,
        certificate=stamp.authority,
        covered=_covered(signature) if stamp.cause is None else None,
        notes=tuple(notes),
    )


def message_problems(signature: PdfSignature) -> list[Problem]:
    """List what a message may be in general, and not in a PDF [32000 12.8.3.3]."""
    try:
        data = read_signed_data(signature.message)
    except Malformed:
        return []  # said already, by whoever judged the message
    problems: list[Problem] = []
    if data.content is not None:
        problems.append(("format-failure", "a message of a PDF brings content of its own"))
    if len(data.signers) > 1:
        text = f"a message of a PDF has one signer, and this has {len(data.signers)}"
        problems.append(("format-failure", text))
    for each in data.signers:
        named = {SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2} & set(each.signed_attributes or ())
        if signature.subfilter == PADES and not named:  # [EN319142 6.3]
            problems.append(("sig-constraints-failure", "the signature names no certificate"))
    return problems


def _troubled(verdict: Verdict, problems: Sequence[Problem], told: Iterable[str]) -> Verdict:
    """Add what is wrong with the place of a signature to the verdict on its message."""
    notes = (*told, *(text for _, text in problems), *verdict.notes)
    if not problems:
        return replace(verdict, notes=notes)
    results = merged((*_results(problems), *verdict.results))
    indication, cause, code = decided(results)
    return replace(
        verdict,
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        covered=None,
        notes=notes,
        signatures=(),
    )


def _results(problems: Iterable[Problem]) -> tuple[Result, ...]:
    return tuple([result(CHECK_OF[cause], cause) for cause, _ in problems])


def unreadable(problems: Sequence[Problem], told: Iterable[str] = (), *, at: datetime) -> Verdict:
    results = merged((*_results(problems), *NOTHING_ELSE))
    indication, cause, code = decided(results)
    return Verdict(
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        at=at,
        notes=(*told, *(text for _, text in problems)),
    )
