"""
What one list says of one certificate at one moment.  Pure.

A list is prepared once, for the CA key that must have signed it: signature, form and
entries are looked at then.  Asking costs a few comparisons and a search afterwards, but
issuer, scope and dates are compared each time [5280 6.3.3].  Whatever is not plainly this
certificate's list, in force at this moment, leaves the question open: never a yes [D 9].
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from crl.index import REMOVE_FROM_CRL, SerialIndex, index
from crl.read import IssuingPoint, RevocationList
from pki.certificate.read import BASIC_CONSTRAINTS, CRL_DISTRIBUTION_POINTS, Certificate
from pki.der.write import sequence
from pki.errors import MalformedDer
from pki.keys import BY_IDENTIFIER, verifies
from pki.kinds import Reason

CRL_SIGN = 0x02  # of keyUsage, counted as in Certificate.key_usage [5280 4.2.1.3]

REASONS = {  # [5280 5.3.1]
    None: Reason.UNSPECIFIED,  # what an absent reasonCode means
    0: Reason.UNSPECIFIED,
    1: Reason.KEY_COMPROMISE,
    2: Reason.CA_COMPROMISE,
    3: Reason.AFFILIATION_CHANGED,
    4: Reason.SUPERSEDED,
    5: Reason.CESSATION_OF_OPERATION,
    6: Reason.CERTIFICATE_HOLD,
    9: Reason.UNSPECIFIED,  # privilegeWithdrawn, which JPKI has no use for [J 7]
    10: Reason.UNSPECIFIED,  # aACompromise, likewise
}


@dataclass(frozen=True, slots=True)
class Good:
    """On the list that speaks for it the certificate is not."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """On the list, for good: certificateHold counts, for a hold is never lifted [J 7]."""

    since: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Undetermined:
    """
    The list cannot tell.

    Attributes:
        cause: Its id in pki/causes.
        why: What exactly is the matter, in a clause.
    """

    cause: str
    why: str


Status = Good | Revoked | Undetermined

GOOD = Good()

OTHER_ISSUER = Undetermined("crl-untrusted", "the list is another CA's")
OTHER_GENERATION = Undetermined("crl-untrusted", "the list is of another key of the CA")
MAY_NOT_SIGN = Undetermined("crl-untrusted", "the issuer's keyUsage has no cRLSign")
OTHER_ALGORITHM = Undetermined("crl-untrusted", "the list is signed with an algorithm not in use")
BAD_SIGNATURE = Undetermined("crl-untrusted", "the signature is not the issuer's")

NOT_COMPLETE = Undetermined("crl-unusable", "the list holds changes only, to another list")
NO_NEXT_UPDATE = Undetermined("crl-unusable", "the list does not say until when it is good")
INDIRECT = Undetermined("crl-unusable", "the list speaks for several issuers")
UNKNOWN_CRITICAL = Undetermined("crl-unusable", "the list has a critical extension not known here")
UNKNOWN_IN_ENTRY = Undetermined("crl-unusable", "an entry has a critical extension not known here")
BAD_ENTRIES = Undetermined("crl-unusable", "the entries are not strict DER")
REMOVED = Undetermined("crl-unusable", "removeFromCRL stands in a list that is complete")

OTHER_POINT = Undetermined("crl-scope", "the list is of another distribution point")
OTHER_SORT = Undetermined("crl-scope", "the list is of certificates of another sort")
SOME_REASONS = Undetermined("crl-scope", "the list covers only some reasons")
FROM_THE_FUTURE = Undetermined("crl-not-yet-valid", "thisUpdate is yet to come")
STALE = Undetermined("crl-stale", "nextUpdate has passed")


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A list that a CA key signed, ready to be asked; made by `prepare` alone.

    Attributes:
        crl: The list.
        issuer: The CA certificate whose key signed it.
        key_identifier: That certificate's subjectKeyIdentifier; None if it has none.
        next_update: The list's, which is there.
        sole_point: cRLDistributionPoints of a certificate that names the list's point and
            no other; None for a list without a point.
        index: The entries.
    """

    crl: RevocationList
    issuer: Certificate
    key_identifier: bytes | None
    next_update: datetime
    sole_point: bytes | None
    index: SerialIndex


def prepare(crl: RevocationList, issuer: Certificate) -> Prepared | Undetermined:
    """
    Check a list against the CA certificate whose key must have signed it.

    Whether that certificate is itself to be trusted is for the path to say [5280 6.3.3 (f)].
    """
    key_identifier = issuer.key_identifier()
    if crl.issuer != issuer.subject:  # [5280 6.3.3 (b)(1)]
        return OTHER_ISSUER
    if crl.key_identifier is not None and crl.key_identifier != key_identifier:
        return OTHER_GENERATION  # [5280 5.2.1]
    if issuer.key_usage is not None and not issuer.key_usage & CRL_SIGN:  # [5280 6.3.3 (f)]
        return MAY_NOT_SIGN
    key = issuer.public_key()
    row = BY_IDENTIFIER.get(crl.algorithm)
    if row is None or not row.fits(key):
        return OTHER_ALGORITHM
    # The view goes where bytes are asked for: it is read in the same way, and not copied.
    if not verifies(key, crl.signature, cast(bytes, crl.tbs), row.digest):  # [5280 6.3.3 (g)]
        return BAD_SIGNATURE
    point = crl.issuing_point
    if crl.delta:  # [5280 5.2.4]
        return NOT_COMPLETE
    if crl.not_processed:  # [5280 5.2]
        return UNKNOWN_CRITICAL
    if point is not None and point.indirect:  # [5280 6.3.3 (b)(1)]; JPKI has none
        return INDIRECT
    if crl.next_update is None:  # [5280 5.1.2.5]
        return NO_NEXT_UPDATE
    try:
        found = index(crl)
    except MalformedDer:
        return BAD_ENTRIES
    if found.not_processed is not None:  # [5280 5.3]
        return UNKNOWN_IN_ENTRY
    sole_point = None
    if point is not None and point.point is not None:
        sole_point = sequence(sequence(point.point))
    return Prepared(crl, issuer, key_identifier, crl.next_update, sole_point, found)


def status(
    prepared: Prepared, certificate: Certificate, *, at: datetime, issuer: Certificate | None = None
) -> Status:
    """
    Say what a list knows of a certificate.

    *issuer* is the CA certificate whose key signed the certificate, where the caller has
    found out.  Without, the certificate must name that key itself, for generations of a
    CA share its name.
    """
    own = prepared.issuer
    if certificate.issuer != own.subject:
        return OTHER_ISSUER
    if issuer is None:
        named = certificate.authority_key_identifier()
        if named is None or named != prepared.key_identifier:
            return OTHER_GENERATION
    elif issuer is not own and issuer.spki != own.spki:
        return OTHER_GENERATION
    crl = prepared.crl
    point = crl.issuing_point
    if point is not None:
        open_question = _scope(prepared.sole_point, point, certificate)
        if open_question is not None:
            return open_question
    if at < crl.this_update:  # [5280 5.1.2.4]
        return FROM_THE_FUTURE
    if at > prepared.next_update:  # [5280 6.3.3 (a)]
        return STALE
    listed = prepared.index.find(certificate.serial)
    if listed is None:
        return SOME_REASONS if point is not None and point.some_reasons else GOOD
    if listed.code == REMOVE_FROM_CRL:
        return REMOVED
    return Revoked(listed.since, REASONS[listed.code])


def _scope(
    sole_point: bytes | None, point: IssuingPoint, certificate: Certificate
) -> Undetermined | None:
    """Compare the list's point with the certificate's [5280 6.3.3 (b)(2)]."""
    if sole_point is not None:
        stated = certificate.extensions.get(CRL_DISTRIBUTION_POINTS)
        # Nearly always the one point, octet for octet; anything else is opened.
        if stated is None:
            if certificate.issuer not in point.names:  # the point that is meant [5280 6.3.3]
                return OTHER_POINT
        elif stated.value != sole_point and point.names.isdisjoint(
            certificate.distribution_points()
        ):
            return OTHER_POINT
    if point.only_user or point.only_ca or point.only_attribute:
        constraints = certificate.extensions.get(BASIC_CONSTRAINTS)
        is_ca = constraints is not None and constraints.value[2:5] == b"\x01\x01\xff"
        if point.only_attribute or (point.only_ca if not is_ca else point.only_user):
            return OTHER_SORT
    return None
