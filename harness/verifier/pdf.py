"""
Judge signed PDF documents: every signature in the file, and what came after each.

The container is read through `harness.documents.pdf.read`; the message is judged by our own
reader of CMS, the certificate as any other.  The document passes only if every signature
does.  Evidence that travels in the DSS is asked like any other, for lists and responses are
signed by those who may speak.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crl.read import read_list
from crl.status import prepare
from harness.documents.pdf.read import read_pdf
from harness.documents.pdf.reading import Evidence as Carried
from harness.documents.pdf.reading import PdfSignature, Problem
from harness.verifier.certificates import WITHOUT_ISSUER, Judged, judge_certificate, judge_read
from harness.verifier.evidence import Anchor, Candidate, Evidence, Response, response
from harness.verifier.policy import DEFAULT, Policy
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
from pki.causes import Check
from pki.certificate.read import Certificate, read_certificate
from pki.cms.check import candidates, certificate_problems, content_problems, is_meant
from pki.cms.check import signature_cause as check_value
from pki.cms.identifiers import DATA, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2
from pki.cms.read import read_signed_data
from pki.cms.reading import SignedData, SignerInfo
from pki.errors import Malformed, SearchExhausted

# Under which check each cause that a reader names is reported.
CHECK_OF: dict[str, Check] = {
    "format-failure": Check.FORMAT,
    "search-limit": Check.FORMAT,
    "coverage": Check.COVERAGE,
    "modified": Check.COVERAGE,
    "hash-failure": Check.DIGEST,
    "signed-data-not-found": Check.DIGEST,
    "sig-constraints-failure": Check.ALGORITHM,
    "crypto-constraints-failure": Check.ALGORITHM,
    "sig-crypto-failure": Check.SIGNATURE,
}
OF_A_MESSAGE = (Check.FORMAT, Check.COVERAGE, Check.ALGORITHM, Check.DIGEST, Check.SIGNATURE)
NO_CERTIFICATE = result(Check.CHAIN, "no-certificate-chain-found")


def verify_pdf(
    document: bytes, evidence: Evidence, policy: Policy = DEFAULT, *, at: datetime
) -> Verdict:
    """Judge every signature of a PDF; it passes only if all of them do, and there is one."""
    try:
        read = read_pdf(document)
    except SearchExhausted as error:
        return _unreadable("search-limit", str(error), at=at)
    except Malformed as error:
        return _unreadable("format-failure", str(error), at=at)
    if not read.signatures:
        return _unreadable("format-failure", "the PDF holds no signature", at=at)
    known = with_carried(evidence, read.evidence)
    verdicts = tuple([_judge(each, known, policy, at=at) for each in read.signatures])
    if len(verdicts) == 1:
        return verdicts[0]
    return replace(worst(verdicts), signatures=verdicts)


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What became of one message over some octets.

    Attributes:
        problems: Whatever is wrong with it.
        judged: Its signer's certificate.
    """

    problems: tuple[Problem, ...]
    judged: Judged


def judge_message(
    message: bytes,
    octets: bytes,
    evidence: Evidence,
    policy: Policy,
    *,
    names_certificate: bool,
    at: datetime,
) -> Judgement:
    """
    Judge the CMS of one signature over *octets*.

    One signer, detached; *names_certificate* insists on signing-certificate, as PAdES does
    [EN319142 6.3].
    """
    try:
        data = read_signed_data(message)
    except Malformed as error:
        return Judgement((("format-failure", str(error)),), NOBODY)
    if len(data.signers) != 1:  # [32000 12.8.3.3]
        why = f"{len(data.signers)} signers in one message of a PDF, which has exactly one"
        return Judgement((("format-failure", why),), NOBODY)
    signer = data.signers[0]
    problems: list[Problem] = []
    if data.content is not None or data.content_type != DATA:
        problems.append(("format-failure", "a message that brings content of its own"))
    if signer.signed_attributes is None:
        problems.append(("format-failure", "a message without signed attributes"))
    problems += content_problems(data, signer, octets)
    certificate, cause = _signer(data, signer, octets, at=at)
    if certificate is None:
        return Judgement(tuple(problems), _without(data, signer, evidence, policy, at=at))
    if cause:
        problems.append((cause, "the signature value is not the certificate's key's"))
    problems += certificate_problems(signer, certificate.der)
    named = {SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2} & set(signer.signed_attributes or ())
    if names_certificate and not named:
        problems.append(("sig-constraints-failure", "the signature names no certificate"))
    return Judgement(tuple(problems), judge_read(certificate, evidence, policy, at=at))


NOBODY = Judged(None, None, (NO_CERTIFICATE, *WITHOUT_ISSUER))


def _signer(
    data: SignedData, signer: SignerInfo, octets: bytes, *, at: datetime
) -> tuple[Certificate | None, str | None]:
    """Choose among the certificates that are meant the one whose key signed."""
    first: tuple[Certificate, str] | None = None
    for der in candidates(data, signer):
        try:
            certificate = read_certificate(der)
        except Malformed:
            continue
        if not is_meant(certificate, signer):
            continue
        cause = check_value(signer, octets, certificate.spki, at=at)
        if cause is None:
            return certificate, None
        first = first or (certificate, cause)
    return first or (None, None)


def _without(
    data: SignedData, signer: SignerInfo, evidence: Evidence, policy: Policy, *, at: datetime
) -> Judged:
    """Judge what the bag offers where nothing in it can be read: nothing to trust."""
    meant = candidates(data, signer)
    if meant:
        return judge_certificate(meant[0], evidence, policy, at=at)
    return replace(NOBODY, note="the message holds no certificate of its signer")


def _judge(signature: PdfSignature, evidence: Evidence, policy: Policy, *, at: datetime) -> Verdict:
    """Word the verdict on one signature."""
    if not signature.message:
        cause, text = signature.problems[0]
        return _unreadable(cause, text, at=at, field=signature.field)
    judgement = judge_message(
        signature.message,
        signature.octets,
        evidence,
        policy,
        names_certificate=signature.subfilter == "ETSI.CAdES.detached",
        at=at,
    )
    problems = (*signature.problems, *judgement.problems)
    judged = judgement.judged
    causes = {CHECK_OF[cause]: cause for cause, _ in reversed(problems)}
    found = tuple([_reported(causes, each, judged) for each in OF_A_MESSAGE])
    covered = None
    if not problems and judged.certificate is not None:
        covered = Covered(signature.octets)
    return _verdict((*found, *judged.results), judged, covered, _notes(signature, problems), at=at)


def _reported(causes: dict[Check, str], check: Check, judged: Judged) -> Result:
    if check in causes:
        return result(check, causes[check])
    if check is Check.SIGNATURE and judged.certificate is None:
        return not_applicable(check)
    return result(check, None)


def _notes(signature: PdfSignature, problems: Sequence[Problem]) -> tuple[str, ...]:
    told = [f"field {signature.field!r}, {signature.subfilter}"]
    if signature.after:
        told.append(f"{signature.after} octets follow what is signed")
    return (*told, *(text for _, text in problems))


def _verdict(
    results: tuple[Result, ...],
    judged: Judged,
    covered: Covered | None,
    notes: tuple[str, ...],
    *,
    at: datetime,
) -> Verdict:
    results = merged(results)
    indication, cause, code = decided(results)
    return Verdict(
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        at=at,
        certificate=judged.certificate,
        kind=judged.kind,
        covered=covered,
        notes=(*notes, judged.note) if judged.note else notes,
        revoked_since=judged.revoked.since if judged.revoked else None,
        reason=judged.revoked.reason.value if judged.revoked else None,
    )


def _unreadable(cause: str, text: str, *, at: datetime, field: str = "") -> Verdict:
    nothing = tuple([not_applicable(each) for each in (*OF_A_MESSAGE, Check.CHAIN)])
    results = (result(CHECK_OF[cause], cause), *nothing, *WITHOUT_ISSUER)
    notes = (f"field {field!r}", text) if field else (text,)
    return _verdict(results, Judged(None, None, ()), None, notes, at=at)


@dataclass(frozen=True, slots=True)
class WithCarried:
    """
    Evidence of the verifier's own, and after it what came along with the document.

    Attributes:
        own: Of the verifier; its anchors alone are trusted.
        carried: Of the DSS, prepared for each of these anchors.
        answered: Likewise.
    """

    own: Evidence
    carried: tuple[Candidate, ...]
    answered: tuple[Response, ...]

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """Return those of the verifier: what a document brings is never trusted."""
        return self.own.anchors

    def lists(self, certificate: Certificate, issuer: Anchor) -> Sequence[Candidate]:
        return (*self.own.lists(certificate, issuer), *self.carried)

    def responses(self, certificate: Certificate, issuer: Anchor) -> Sequence[Response]:
        return (*self.own.responses(certificate, issuer), *self.answered)


def with_carried(evidence: Evidence, carried: Carried) -> Evidence:
    """Let lists and responses of the DSS be asked, too; unreadable ones are left out."""
    if not (carried.lists or carried.responses):
        return evidence
    prepared: list[Candidate] = []
    for der in carried.lists:
        try:
            read = read_list(der)
        except Malformed:
            continue
        prepared += [prepare(read, each.path.certificate) for each in evidence.anchors]
    return WithCarried(evidence, tuple(prepared), tuple(map(response, carried.responses)))
