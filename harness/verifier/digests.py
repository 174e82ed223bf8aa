"""
Judge bare signatures where only the digest of the content is known, as operators do [RP 6.2].
"""

from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from harness.verifier.certificates import judge_certificate
from harness.verifier.documents import NO_SIGNATURE
from harness.verifier.evidence import Evidence
from harness.verifier.policy import DEFAULT, Policy
from harness.verifier.verdict import Verdict, decided, merged, result
from pki.certificate.read import Certificate
from pki.checks import Check
from pki.errors import Malformed
from pki.keys import BY_IDENTIFIER

DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def verify_digest(
    signature: bytes,
    digest: bytes,
    algorithm: str,
    certificate: bytes,
    evidence: Evidence,
    policy: Policy = DEFAULT,
    *,
    at: datetime,
) -> Verdict:
    """
    Judge a bare signature over content of that digest by the holder of *certificate*, DER.

    *algorithm* is a key of DIGESTS; one that is not the generation's fails, as for content.
    """
    judged = judge_certificate(certificate, evidence, policy, at=at)
    crypto = NO_SIGNATURE
    if judged.certificate is not None:
        matches = _matches(judged.certificate, signature, digest, algorithm)
        crypto = result(Check.SIGNATURE, None if matches else "sig-crypto-failure")
    results = merged((crypto, *judged.results))
    indication, cause, code = decided(results)
    return Verdict(
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        at=at,
        certificate=judged.certificate,
        kind=judged.kind,
        notes=(judged.note,) if judged.note else (),
        revoked_since=judged.revoked.since if judged.revoked else None,
        reason=judged.revoked.reason.value if judged.revoked else None,
    )


def _matches(certificate: Certificate, signature: bytes, digest: bytes, algorithm: str) -> bool:
    try:
        key = certificate.public_key()
    except Malformed:
        return False
    chosen = DIGESTS[algorithm]
    fitting = [row for row in BY_IDENTIFIER.values() if row.fits(key)]
    if not fitting or fitting[0].digest != algorithm or len(digest) != chosen.digest_size:
        return False
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, digest, PKCS1v15(), Prehashed(chosen))
        else:
            key.verify(signature, digest, ECDSA(Prehashed(chosen)))
    except InvalidSignature:
        return False
    return True
