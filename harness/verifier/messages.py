"""
Judge CMS messages: signed data, attached or detached, each signer for itself.

The policy is that of CAdES-BES: what is signed are attributes, which bind the content's
digest and, as a rule, the certificate.  A message signed without attributes is refused:
its octets could be passed off as the attributes of another [EN319122 5.1].
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from harness.verifier.certificates import WITHOUT_ISSUER, Judged, judge_read
from harness.verifier.documents import (
    ALGORITHM,
    BROKEN,
    CHECK_OF,
    COVERAGE,
    DIGEST,
    FORMAT,
    NO_COVERAGE,
    NO_SIGNATURE,
    SIGNATURE,
    _reported,
    _unreadable,
    _verdict,
)
from harness.verifier.evidence import Evidence
from harness.verifier.policy import DEFAULT, Policy
from harness.verifier.proof import with_own
from harness.verifier.verdict import Covered, Verdict, result, worst
from pki.causes import Check
from pki.certificate.read import Certificate, read_certificate
from pki.cms.check import (
    candidates,
    certificate_problems,
    content_problems,
    is_meant,
    signature_cause,
    signing_time,
    time_problems,
)
from pki.cms.identifiers import DATA
from pki.cms.read import read_signed_data
from pki.cms.reading import Problem, SignedData, SignerInfo
from pki.errors import Malformed

MAX_CANDIDATES = 8  # certificates of one name and serial number that are tried for a signer
# Fails by its chain whatever else the message holds, for nobody is known to have signed.
NOBODY = Judged(
    None,
    None,
    (result(Check.CHAIN, "no-certificate-chain-found"), *WITHOUT_ISSUER),
    note="the message holds no readable certificate of the signer that it names",
)


def verify_cms(
    message: bytes,
    evidence: Evidence,
    policy: Policy = DEFAULT,
    *,
    at: datetime,
    content: bytes | None = None,
    certificates: Sequence[bytes] = (),
) -> Verdict:
    """
    Judge every signer of a CMS message, DER; it passes only if all of them do.

    *content* is what a detached message signs; if the message brings its own, the two must
    be equal.  *certificates*, DER, are candidates beside those of the message.
    """
    try:
        data = read_signed_data(message)
    except Malformed as error:
        return _unreadable((("format-failure", str(error)),), at=at)
    if not data.signers:
        nobody = ("format-failure", "the message has no signer; nobody signed it")
        return _unreadable((nobody,), at=at)
    if certificates:
        data = replace(data, certificates=(*data.certificates, *certificates))
    octets, shared = _content(data, content)
    known: dict[str, bytes] = {}
    verdicts = tuple(
        [
            _verify_signer(data, each, octets, shared, known, evidence, policy, at=at)
            for each in data.signers
        ]
    )
    if len(verdicts) == 1:
        return verdicts[0]
    return replace(worst(verdicts), signatures=verdicts)


def _content(data: SignedData, given: bytes | None) -> tuple[bytes | None, list[Problem]]:
    """Find the octets that are said to be signed, and what is wrong with them for everybody."""
    problems: list[Problem] = []
    if data.content_type != DATA:
        text = "the content is no document but a structure with a purpose of its own"
        problems.append(("sig-constraints-failure", text))
    if data.content is None and given is None:
        text = "the message is detached; hand over the file that it signs"
        problems.append(("signed-data-not-found", text))
    if data.content is not None and given is not None and data.content != given:
        text = "the message brings its own content, and it is not the file that was handed over"
        problems.append(("hash-failure", text))
    return (given if data.content is None else data.content), problems


def _verify_signer(
    data: SignedData,
    signer: SignerInfo,
    content: bytes | None,
    shared: Sequence[Problem],
    known: dict[str, bytes],
    evidence: Evidence,
    policy: Policy,
    *,
    at: datetime,
) -> Verdict:
    problems = [*shared, *content_problems(data, signer, content, known=known)]
    if signer.signed_attributes is None:
        problems.append(("sig-constraints-failure", "there are no signed attributes"))
    certificate, cause = _signer(data, signer, content)
    crypto = SIGNATURE if cause is None else result(Check.SIGNATURE, "sig-crypto-failure")
    if certificate is None:
        judged, crypto = NOBODY, NO_SIGNATURE
    else:
        kept = with_own(evidence, signer.signature, signer.time_stamps, policy, at=at)
        judged = judge_read(certificate, kept, policy, at=at)
        problems += certificate_problems(signer, certificate.der)
        problems += time_problems(signer, certificate)
        if cause is not None and cause != BROKEN.cause:
            problems.append((cause, "the signature's algorithm, or its key, is not relied on"))
            crypto = NO_SIGNATURE
    causes = {CHECK_OF[cause]: cause for cause, _ in reversed(problems)}
    found = (
        _reported(causes, Check.FORMAT, FORMAT),
        COVERAGE if content is not None else NO_COVERAGE,
        _reported(causes, Check.ALGORITHM, ALGORITHM),
        _reported(causes, Check.DIGEST, DIGEST),
        crypto,
        *judged.results,
    )
    covered = None
    if content is not None and crypto is SIGNATURE and not problems:
        covered = Covered(content)
    notes = [text for _, text in problems]
    if not causes and _is_ahead(signer, at):
        notes.append("signing-time is in the future; nobody vouches for it")
    return _verdict(found, judged, covered, tuple(notes), at=at)


def _signer(
    data: SignedData, signer: SignerInfo, content: bytes | None
) -> tuple[Certificate | None, str | None]:
    """
    Choose the certificate among those that the signer names, by the signature.

    Where look-alikes have the same key, signing-certificate decides.  Returns the
    certificate and why the signature is not its key's, None if it is; where none of them
    verifies, the first that can be read, so that the rest of the report can be made.
    """
    chosen: tuple[Certificate | None, str | None] = (None, None)
    for der in dict.fromkeys(candidates(data, signer)[:MAX_CANDIDATES]):
        try:
            certificate = read_certificate(der)
            key = certificate.public_key()
            if not is_meant(certificate, signer):
                continue
        except Malformed:
            continue
        cause = BROKEN.cause
        if content is not None or signer.signed_octets is not None:
            cause = signature_cause(signer, content or b"", key)
        if cause is None and not certificate_problems(signer, der):
            return certificate, None
        if chosen[0] is None or (cause is None and chosen[1] is not None):
            chosen = certificate, cause
    return chosen


def _is_ahead(signer: SignerInfo, at: datetime) -> bool:
    claimed = signing_time(signer)
    return claimed is not None and claimed > at
