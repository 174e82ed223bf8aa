"""
Ask one list about one certificate, on the caller's word for who may have signed it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from crl.opened import open_list
from crl.processing import STALE, CrlProcessing
from crl.status import Good, Status, Undetermined
from pki.errors import Malformed
from pki.paths.algorithms import MISMATCH, Trust
from pki.paths.budget import Budget, Work
from pki.paths.build import Bag
from pki.paths.foreign import Foreign, read_foreign
from pki.paths.process import Inputs, Processed
from pki.paths.signatures import Signatures

OTHER_ISSUER = Undetermined("crl-untrusted", "the certificate is of another issuer")
CHANGES_ONLY = Undetermined("crl-unusable", "the list holds changes only, and this is none")


def said_by(
    crl: bytes,
    certificate: bytes,
    issuer: bytes,
    others: Iterable[bytes] = (),
    *,
    at: datetime,
    max_age: timedelta | None = None,
    trust: Trust = Trust.DEFAULT,
) -> Status:
    """
    Say what a list knows of a certificate, all of them DER.

    *others* may have signed the list as well as *issuer*.  *max_age* refuses a list whose
    thisUpdate lies further back.  Malformed if certificate, issuer or list cannot be read.
    """
    opened = open_list(crl)
    target, above = read_foreign(certificate), read_foreign(issuer)
    signatures = Signatures(Budget(), trust, at=at)
    own = target.certificate
    if target.issuer != above.subject or MISMATCH == signatures.cause(
        above.certificate.spki, own.algorithm, own.signature, own.tbs
    ):
        return OTHER_ISSUER
    if max_age is not None and at - opened.crl.this_update > max_age:
        return STALE
    # A delta alone can revoke, but nobody is good because of what it leaves out.
    complete = replace(opened, base=None)
    processing = CrlProcessing(
        [complete],
        Bag([above]),
        Inputs(at=at),
        signatures,
        signers=[above, *_readable(others, signatures.budget)],
    )
    path = Processed(above, (target,), (above.certificate.spki,), frozenset())
    said = processing.status(path, 0)
    return CHANGES_ONLY if isinstance(said, Good) and opened.base is not None else said


def _readable(ders: Iterable[bytes], budget: Budget) -> list[Foreign]:
    found = []
    for der in ders:
        budget.spend(Work.OCTET, len(der))
        try:
            found.append(read_foreign(der))
        except Malformed:
            continue
    return found
