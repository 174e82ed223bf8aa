"""
Judge signed things: XML documents, bare signatures, bare certificates.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from harness.verifier.certificates import WITHOUT_ISSUER, Judged, judge_certificate, judge_read
from harness.verifier.evidence import Evidence
from harness.verifier.policy import DEFAULT, Policy
from harness.verifier.verdict import (
    Covered,
    Result,
    Verdict,
    concluded,
    not_applicable,
    result,
    worst,
)
from pki.certificate.read import Certificate, read_certificate
from pki.checks import Check
from pki.errors import Malformed
from pki.keys import PublicKey, fitting, is_rsa, verifies
from pki.xmldsig.ecdsa import der_from_raw
from pki.xmldsig.read import NO_RESOURCES, read_signatures
from pki.xmldsig.reading import COVERAGE_CAUSES, Coverage, SignatureReading, Unreadable

FORMAT = result(Check.FORMAT, None)
COVERAGE = result(Check.COVERAGE, None)
ALGORITHM = result(Check.ALGORITHM, None)
DIGEST = result(Check.DIGEST, None)
SIGNATURE = result(Check.SIGNATURE, None)
NO_DIGEST = not_applicable(Check.DIGEST)
NO_COVERAGE = not_applicable(Check.COVERAGE)
NO_ALGORITHM = not_applicable(Check.ALGORITHM)
NO_SIGNATURE = not_applicable(Check.SIGNATURE)
NOTHING_ELSE = (
    *(not_applicable(Check.FORMAT), NO_COVERAGE, NO_ALGORITHM, NO_DIGEST, NO_SIGNATURE),
    *(not_applicable(Check.CHAIN), *WITHOUT_ISSUER),
)
BROKEN = result(Check.SIGNATURE, "sig-crypto-failure")

FRAME_NOTE = "signed are 構成情報 and the files named; e-Gov leaves whatever else is there open"

# Under which check each cause that the reader of XML names is reported.
CHECK_OF: dict[str, Check] = {
    "format-failure": Check.FORMAT,
    "search-limit": Check.FORMAT,
    "wrapping": Check.COVERAGE,
    "coverage": Check.COVERAGE,
    "hash-failure": Check.DIGEST,
    "signed-data-not-found": Check.DIGEST,
    "sig-constraints-failure": Check.ALGORITHM,
    "crypto-constraints-failure": Check.ALGORITHM,
}


def verify_xml(
    document: bytes,
    evidence: Evidence,
    policy: Policy = DEFAULT,
    *,
    at: datetime,
    resources: Mapping[str, bytes] = NO_RESOURCES,
) -> Verdict:
    """Judge every signature of an XML document; it passes only if all of them do."""
    read = read_signatures(document, resources=resources)
    shared = tuple([(problem.cause, problem.text) for problem in read.problems])
    if not read.signatures:
        return unreadable(shared, at=at)
    verdicts = tuple(
        [
            unreadable(tuple((p.cause, p.text) for p in each.problems), at=at)
            if isinstance(each, Unreadable)
            else _verify_reading(each, shared, evidence, policy, at=at)
            for each in read.signatures
        ]
    )
    if len(verdicts) == 1:
        return verdicts[0]
    return replace(worst(verdicts), signatures=verdicts)


def _verify_reading(
    reading: SignatureReading,
    shared: tuple[tuple[str, str], ...],
    evidence: Evidence,
    policy: Policy,
    *,
    at: datetime,
) -> Verdict:
    problems = [*shared, *((each.cause, each.text) for each in reading.problems)]
    # Of content that is not what was signed nobody says that it is covered.
    known = bool(reading.contents)
    cause = COVERAGE_CAUSES.get(reading.coverage) if reading.coverage else None
    if cause:
        problems.append((cause, "the signature does not cover the whole document"))
    signer, key = _signer(reading)
    if signer is None:
        judged = _without_certificate(reading, evidence, policy, at=at)
        crypto = NO_SIGNATURE
    else:
        judged = judge_read(signer, evidence, policy, at=at)
        crypto = SIGNATURE if key is not None else BROKEN
    found = (FORMAT, COVERAGE if known else NO_COVERAGE, ALGORITHM, DIGEST, crypto, *judged.results)
    if problems:
        causes = {CHECK_OF[cause]: cause for cause, _ in reversed(problems)}
        found = (*[reported(causes, each) for each in found[:4]], *found[4:])
    covered = None
    if key is not None and not problems:
        parts = tuple([each.octets for each in reading.contents])
        uris = tuple([each.uri for each in reading.contents])
        covered = Covered(parts[0], uris) if len(parts) == 1 else _several(uris, parts)
    notes = tuple([text for _, text in problems])
    if known and reading.coverage is Coverage.FRAME:
        notes = (*notes, FRAME_NOTE)
    return verdict_on(found, judged, covered, notes, at=at)


def _several(uris: tuple[str, ...], parts: tuple[bytes, ...]) -> Covered:
    return Covered(b"".join(parts), uris, parts)


def reported(causes: dict[Check, str], found: Result) -> Result:
    """Return the result that *causes* have for a check, or what was *found* so far."""
    return result(found.check, causes[found.check]) if found.check in causes else found


def _signer(reading: SignatureReading) -> tuple[Certificate | None, PublicKey | None]:
    """
    Choose the certificate by the signature, never by its place in KeyInfo [DS 4.5.4].

    Returns the certificate and its key if one verifies; else the first that can be read,
    without its key, so that the rest of the report can be made.
    """
    first: Certificate | None = None
    for der in reading.certificates:
        try:
            certificate = read_certificate(der)
            key = certificate.public_key()
        except Malformed:
            continue
        first = first or certificate
        if _verifies(reading, key):
            return certificate, key
    return first, None


def _verifies(reading: SignatureReading, key: PublicKey) -> bool:
    method, signed_info = reading.method, reading.signed_info
    if method is None or signed_info is None:
        return False
    signature = reading.signature_value
    if (method.key_type == "rsa") is not is_rsa(key):
        return False
    if fitting(key) is None:
        return False  # RSA below 2048 bits, or another curve
    if method.key_type == "ecdsa":
        try:
            signature = der_from_raw(signature, (key.key_size + 7) // 8)
        except Malformed:
            return False
    return verifies(key, signature, signed_info, method.digest.name)


def _without_certificate(
    reading: SignatureReading, evidence: Evidence, policy: Policy, *, at: datetime
) -> Judged:
    """Judge what KeyInfo offers where nothing in it can be read: nothing to trust."""
    if reading.certificates:
        return judge_certificate(reading.certificates[0], evidence, policy, at=at)
    none = result(Check.CHAIN, "no-certificate-chain-found")
    return Judged(None, None, (none, *WITHOUT_ISSUER), note="KeyInfo holds no certificate")


def verify_raw(
    signature: bytes,
    content: bytes,
    certificate: bytes,
    evidence: Evidence,
    policy: Policy = DEFAULT,
    *,
    at: datetime,
) -> Verdict:
    """Judge a bare signature over *content* by the holder of *certificate*, DER."""
    judged = judge_certificate(certificate, evidence, policy, at=at)
    crypto = NO_SIGNATURE
    covered = None
    if judged.certificate is not None:
        crypto = BROKEN
        if verifies_bare(judged.certificate, signature, content):
            crypto = SIGNATURE
            covered = Covered(content)
    return verdict_on((crypto, *judged.results), judged, covered, (), at=at)


def verifies_bare(certificate: Certificate, signature: bytes, content: bytes) -> bool:
    """Tell whether a bare signature is the certificate's, by its generation's algorithm."""
    try:
        key = certificate.public_key()
    except Malformed:
        return False
    row = fitting(key)
    return row is not None and verifies(key, signature, content, row.digest)


def verify_certificate(
    der: bytes, evidence: Evidence, policy: Policy = DEFAULT, *, at: datetime
) -> Verdict:
    """Judge a certificate alone: is it good for this use at this moment?"""
    judged = judge_certificate(der, evidence, policy, at=at)
    return verdict_on(judged.results, judged, None, (), at=at)


def verdict_on(
    results: tuple[Result, ...],
    judged: Judged,
    covered: Covered | None,
    notes: tuple[str, ...],
    *,
    at: datetime,
) -> Verdict:
    """Put together what the document and its certificate were found to be."""
    results, indication, cause, code = concluded(results)
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


def unreadable(problems: tuple[tuple[str, str], ...], *, at: datetime) -> Verdict:
    """Word the verdict on what cannot be read at all."""
    found = tuple([result(CHECK_OF[cause], cause) for cause, _ in problems])
    results, indication, cause, code = concluded((*found, *NOTHING_ELSE))
    return Verdict(
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        at=at,
        notes=tuple(text for _, text in problems),
    )
