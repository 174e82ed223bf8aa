"""
What OCSP responses say about the certificates of any path: RFC 6960, section 3.2.  Pure.

Read beside the standard.  Whoever answers is the certificate's issuer itself, or somebody
to whom this very key gave id-kp-OCSPSigning, in a certificate that comes with the response
[6960 4.2.2.2].  Whatever is not plainly such an answer, about this certificate and of this
moment, leaves the question open.  crl/ocsp/status is the short way for JPKI's own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from crl.ocsp.read import OcspResponse, SingleResponse
from crl.ocsp.status import (
    CRITICAL,
    EARLY,
    ERRORS,
    NO_NEXT_UPDATE,
    OCSP_SIGNING,
    OLD,
    OTHER,
    STALE,
    UNKNOWN,
    is_about,
    worst,
)
from crl.processing import CrlProcessing
from crl.status import GOOD, REASONS, Revoked, Status, Undetermined
from pki import oids
from pki.certificate.read import CRL_DISTRIBUTION_POINTS
from pki.errors import Malformed
from pki.keys import key_identifier
from pki.path import DIGITAL_SIGNATURE, NON_REPUDIATION
from pki.paths.algorithms import MISMATCH
from pki.paths.budget import Work
from pki.paths.foreign import Foreign, read_foreign
from pki.paths.names import comparable
from pki.paths.process import UNDERSTOOD, Inputs, Processed
from pki.paths.signatures import Signatures

NOCHECK = oids.content(oids.OCSP_NOCHECK)
MISSING = Undetermined("ocsp-missing", "no response is at hand")
REVOKED = 1  # certStatus [6960 4.2.1]

STRANGER = Undetermined("ocsp-untrusted", "nobody who may answer for the issuer signed it")
WEAK = Undetermined("ocsp-untrusted", "it is signed in a way that is not relied on")
GONE = Undetermined("ocsp-untrusted", "the responder's certificate is revoked")
UNCHECKED = Undetermined(
    "ocsp-untrusted", "the responder's certificate names lists, and none at hand speaks for it"
)

# How far a response got before it could not speak; the furthest is the one worth naming.
_STEPS = (
    *("ocsp-missing", "ocsp-error", "ocsp-other-certificate", "ocsp-untrusted"),
    *("ocsp-stale", "ocsp-unknown"),
)


@dataclass(frozen=True, slots=True)
class _Responder:
    """
    Somebody who may have signed a response.

    Attributes:
        certificate: His; the issuer's own, or one that the issuer signed for him.
        delegated: Whether it is the latter.
        key: SPKI with its parameters.
    """

    certificate: Foreign
    delegated: bool
    key: bytes


class OcspProcessing:
    """What responses at hand say, within one judgement."""

    __slots__ = ("_inputs", "_lists", "_max_age", "_responses", "_signatures", "_trusted")

    def __init__(
        self,
        responses: Iterable[OcspResponse],
        inputs: Inputs,
        signatures: Signatures,
        *,
        lists: CrlProcessing | None = None,
        max_age: timedelta | None = None,
    ) -> None:
        """
        Take what is at hand.

        *lists* are asked about responders; None takes their certificates on the issuer's
        word.  *max_age* refuses a thisUpdate that lies further back, and bounds an answer
        without nextUpdate, which else is fresh for a day.
        """
        self._responses = tuple(responses)
        self._inputs = inputs
        self._signatures = signatures
        self._lists = lists
        self._max_age = max_age
        self._trusted: dict[tuple[int, Foreign, bytes], Status] = {}

    @property
    def asked(self) -> bool:
        """Tell whether there is anything to be asked."""
        return bool(self._responses)

    def status(self, path: Processed, number: int) -> Status:
        """Say what the responses know of one certificate of a path, counted from the anchor."""
        furthest = MISSING
        good: Status | None = None
        for which in range(len(self._responses)):
            self._signatures.budget.spend(Work.LIST)
            said = self._ask(which, path, number)
            if isinstance(said, Revoked):
                return said
            if isinstance(said, Undetermined):
                furthest = max(furthest, said, key=_distance)
            else:
                good = said
        return good or furthest

    def _ask(self, which: int, path: Processed, number: int) -> Status:
        response = self._responses[which]
        if response.status:
            return Undetermined("ocsp-error", ERRORS.get(response.status, "another error"))
        certificate, key = path.certificates[number].certificate, path.keys[number]
        self._signatures.budget.spend(Work.ENTRY, len(response.singles))
        singles = [each for each in response.singles if is_about(each, certificate, key)]
        if not singles:  # (1)
            return OTHER
        question = (which, path.issuers[number], key)
        if question not in self._trusted:  # (2), (3), (4)
            self._trusted[question] = self._trust(response, path, number)
        trusted = self._trusted[question]
        if trusted != GOOD:
            return trusted
        if response.unknown_critical:  # [6960 4.4]
            return CRITICAL
        if response.produced_at is None or response.produced_at > self._inputs.at:
            return EARLY
        return worst([self._said(each) for each in singles])

    def _said(self, single: SingleResponse) -> Status:
        """Look at the dates before the status: what is stale decides nothing [6960 4.2.2.1]."""
        at, age = self._inputs.at, self._max_age
        if single.unknown_critical:
            return CRITICAL
        if single.this_update > at:  # (5)
            return EARLY
        if single.next_update is not None and at > single.next_update:  # (6)
            return STALE
        if age is None and single.next_update is None:
            age = NO_NEXT_UPDATE
        if age is not None and at - single.this_update > age:
            return OLD
        if single.status == REVOKED and single.revoked_since is not None:
            return Revoked(single.revoked_since, REASONS.get(single.reason, REASONS[None]))
        return UNKNOWN if single.status else GOOD

    def _trust(self, response: OcspResponse, path: Processed, number: int) -> Status:
        """Find who signed, and say whether he may answer for the issuer [6960 4.2.2.2]."""
        said: Status = STRANGER
        for responder in self._responders(response, path.issuers[number], path.keys[number]):
            cause = self._signatures.cause(
                responder.key, response.algorithm, response.signature, response.tbs
            )
            if cause == MISMATCH:
                continue
            if cause is not None:
                return WEAK
            if not responder.delegated:
                return GOOD
            said = self._standing(responder.certificate, path, number)
            if said == GOOD:
                return GOOD
        return said

    def _responders(
        self, response: OcspResponse, issuer: Foreign, key: bytes
    ) -> Iterator[_Responder]:
        if _is_named(response, issuer):
            yield _Responder(issuer, False, key)
        for der in response.certificates:
            self._signatures.budget.spend(Work.OCTET, len(der))
            self._signatures.budget.spend(Work.CANDIDATE)
            try:
                found = read_foreign(der)
                named = _is_named(response, found)
            except Malformed:
                continue
            if named and self._is_delegate(found, issuer, key):
                yield _Responder(found, True, found.certificate.spki)

    def _is_delegate(self, found: Foreign, issuer: Foreign, key: bytes) -> bool:
        own = found.certificate
        return (
            found.issuer == issuer.subject
            and OCSP_SIGNING in (found.purposes or ())
            and (
                own.key_usage is None or bool(own.key_usage & (DIGITAL_SIGNATURE | NON_REPUDIATION))
            )
            and own.not_before <= self._inputs.at <= own.not_after
            and all(
                identifier in UNDERSTOOD or identifier == NOCHECK
                for identifier, extension in own.extensions.items()
                if extension.critical
            )
            and self._signatures.cause(key, own.algorithm, own.signature, own.tbs) is None
        )

    def _standing(self, delegate: Foreign, path: Processed, number: int) -> Status:
        """Ask the lists about a responder, unless its issuer spares us [6960 4.2.2.2.1]."""
        extensions = delegate.certificate.extensions
        if self._lists is None or NOCHECK in extensions:
            return GOOD
        way = Processed(
            path.anchor,
            (*path.certificates[:number], delegate),
            path.keys[: number + 1],
            frozenset(),
        )
        said = self._lists.status(way, number)
        if isinstance(said, Revoked):
            return GONE
        # NOTE: one that names no list is left to local policy: a short life is its limit.
        return UNCHECKED if said != GOOD and CRL_DISTRIBUTION_POINTS in extensions else GOOD


def _is_named(response: OcspResponse, certificate: Foreign) -> bool:
    if response.responder_name is not None:
        return comparable(response.responder_name) == certificate.subject
    return response.responder_key_hash == key_identifier(certificate.certificate.spki)


def _distance(said: Undetermined) -> int:
    return _STEPS.index(said.cause) if said.cause in _STEPS else len(_STEPS)
