"""
Ask one OCSP response about one certificate, on the caller's word for its issuer.
"""

from datetime import datetime, timedelta

from crl.ocsp.processing import OcspProcessing
from crl.ocsp.read import read_response
from crl.status import Status, Undetermined
from pki.paths.algorithms import MISMATCH, Trust
from pki.paths.budget import Budget
from pki.paths.foreign import read_foreign
from pki.paths.process import Inputs, Processed
from pki.paths.signatures import Signatures

OTHER_ISSUER = Undetermined("ocsp-other-certificate", "the certificate is of another issuer")


def said_by(
    response: bytes,
    certificate: bytes,
    issuer: bytes,
    *,
    at: datetime,
    max_age: timedelta | None = None,
    trust: Trust = Trust.DEFAULT,
) -> Status:
    """
    Say what a response knows of a certificate, all of them DER.

    *max_age* refuses an answer whose thisUpdate lies further back.  Malformed if
    certificate, issuer or response cannot be read.
    """
    read = read_response(response)
    target, above = read_foreign(certificate), read_foreign(issuer)
    signatures = Signatures(Budget(), trust, at=at)
    own, key = target.certificate, above.certificate.spki
    if target.issuer != above.subject or MISMATCH == signatures.cause(
        key, own.algorithm, own.signature, own.tbs
    ):
        return OTHER_ISSUER
    processing = OcspProcessing([read], Inputs(at=at), signatures, max_age=max_age)
    return processing.status(Processed(above, (target,), (key,), frozenset()), 0)
