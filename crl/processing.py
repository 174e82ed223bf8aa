"""
CRL validation: RFC 5280, section 6.3, step by step.  Pure.

Read beside the standard, whose letters stand at the lines.  For every point of a
certificate every list at hand is asked: one that says revoked is enough, and good it is
if nobody does and what was heard covers all reasons.  Of two lists of one scope, the
newer counts.  A list may be signed by another than the certificate's issuer; whoever
signed it needs a path of its own to the same anchor, and an answer about every
certificate on that path, too.  crl/status is the short way for lists of JPKI.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crl.index import REMOVE_FROM_CRL
from crl.opened import Asking, Entry, OpenedList, ask
from crl.points import ALL_REASONS, Point, agrees, points
from crl.read import AUTHORITY_KEY_IDENTIFIER, ISSUING_DISTRIBUTION_POINT
from crl.status import CRL_SIGN, GOOD, REASONS, Revoked, Status, Undetermined
from pki.errors import Malformed, MalformedDer, SearchExhausted
from pki.paths.algorithms import with_parameters
from pki.paths.budget import Work
from pki.paths.build import Bag, candidates
from pki.paths.foreign import Foreign
from pki.paths.process import Inputs, Processed, process
from pki.paths.signatures import Signatures

MISSING = Undetermined("crl-missing", "no list of the certificate's issuer is at hand")
NONE_AGREES = Undetermined("crl-scope", "no list at hand speaks for the certificate's point")
NOT_ALL_REASONS = Undetermined("crl-scope", "the lists at hand cover only some reasons")
NOT_UNDERSTOOD = Undetermined("crl-unusable", "the list has a critical extension not known here")
NO_END = Undetermined("crl-unusable", "the list does not say until when it is good")
BAD_POINTS = Undetermined("crl-unusable", "the certificate's points cannot be read")
TOO_NEW = Undetermined("crl-not-yet-valid", "thisUpdate is yet to come")
BAD_ENTRIES = Undetermined("crl-unusable", "the entries are not strict DER")
STALE = Undetermined("crl-stale", "nextUpdate has passed")
UNTRUSTED = Undetermined("crl-untrusted", "nobody with a path to the anchor signed the list")
IN_A_CIRCLE = Undetermined("crl-untrusted", "the list would have to vouch for its own signer")

MAX_SIGNERS = 16  # who vouch for one another in a row; each has a list of his own signer's

# How far a list got before it could not speak; the furthest is the one worth naming.
_STEPS = ("crl-missing", "crl-scope", "crl-unusable", "crl-not-yet-valid", "crl-stale")


@dataclass(frozen=True, slots=True)
class _Signer:
    """
    Somebody who may have signed a list, and what speaks for him.

    Attributes:
        certificate: His; of a trust anchor likewise.
        key: SPKI with its parameters.
    """

    certificate: Foreign
    key: bytes


class CrlProcessing:
    """What lists at hand say, within one judgement."""

    __slots__ = (
        "_asked",
        "_bag",
        "_complete",
        "_deltas",
        "_entries",
        "_given",
        "_inputs",
        "_signatures",
        "_signed_by",
        "_trusted",
    )

    def __init__(
        self,
        lists: Iterable[OpenedList],
        bag: Bag,
        inputs: Inputs,
        signatures: Signatures,
        *,
        signers: Iterable[Foreign] = (),
    ) -> None:
        """Take what is at hand; *signers* may sign lists without a path, on the caller's word."""
        lists = sorted(lists, key=lambda each: each.crl.this_update, reverse=True)
        self._complete = [each for each in lists if each.base is None]
        self._deltas = [each for each in lists if each.base is not None]
        self._bag = bag
        self._given = tuple(signers)
        self._inputs = inputs
        self._signatures = signatures
        self._asked: set[Foreign] = set()  # those being asked about, up the recursion
        self._trusted: set[tuple[OpenedList, Foreign, bytes]] = set()
        self._signed_by: dict[tuple[OpenedList, bytes], bool] = {}
        self._entries: dict[OpenedList, Asking | None] = {}

    def path_status(self, path: Processed) -> Status:
        """Say what the lists know of a path, from the anchor down; the first word counts."""
        return self._down_to(path, len(path.certificates))

    def _down_to(self, path: Processed, stop: int) -> Status:
        for number in range(stop):
            said = self.status(path, number)
            if said != GOOD:
                return said
        return GOOD

    def status(self, path: Processed, number: int) -> Status:
        """Say what the lists know of one certificate of a path, counted from the anchor."""
        certificate = path.certificates[number]
        if certificate in self._asked:
            return IN_A_CIRCLE
        if len(self._asked) == MAX_SIGNERS:
            raise SearchExhausted("signers of lists", MAX_SIGNERS)
        self._asked.add(certificate)
        try:
            return self._status(path, number)
        finally:
            self._asked.discard(certificate)

    def _status(self, path: Processed, number: int) -> Status:
        certificate = path.certificates[number]
        try:
            stated = points(certificate)
        except MalformedDer:
            return BAD_POINTS
        reasons = 0  # reasons_mask
        furthest = MISSING
        heard: set[tuple[bytes, bytes | None]] = set()
        for point in stated:
            for complete in self._complete:
                self._signatures.budget.spend(Work.LIST)
                # NOTE: (e) passes over lists that add no reason; here only over older ones
                # of the same scope, lest a list that says revoked be asked too late.
                if _scope(complete) in heard or not _concerns(complete, point, certificate):
                    continue
                said = self._ask(complete, point, path, number)
                if isinstance(said, Revoked):
                    return said
                if isinstance(said, Undetermined):
                    furthest = max(furthest, said, key=_distance)
                    continue
                heard.add(_scope(complete))
                reasons |= point.reasons & complete.scope.reasons  # (d), (l)
        if reasons == ALL_REASONS:
            return GOOD
        return NOT_ALL_REASONS if reasons else furthest

    def _ask(self, complete: OpenedList, point: Point, path: Processed, number: int) -> Status:
        """Ask one complete list, with the delta that belongs to it, if there is one."""
        certificate = path.certificates[number]
        if not agrees(point, complete.scope, certificate):  # (b)(2)
            return NONE_AGREES
        unusable = self._unusable(complete)  # (a)
        if unusable is not None:
            return unusable
        trusted = self._signer(complete, path, number)  # (f), (g)
        if trusted != GOOD:
            return trusted
        asking = self._asking(complete)
        if asking is None:
            return BAD_ENTRIES
        if not asking.understood:  # [5280 5.3]
            return NOT_UNDERSTOOD
        issuer, serial = certificate.issuer, certificate.certificate.serial
        entry: Entry | None = None
        delta = self._delta(complete, path, number)
        if delta is not None:
            entry = delta.find(issuer, serial)  # (i)
        if entry is None:
            entry = asking.find(issuer, serial)  # (j)
        if entry is None or entry.code == REMOVE_FROM_CRL:  # (k)
            return GOOD
        return Revoked(entry.since, REASONS[entry.code])

    def _asking(self, crl: OpenedList) -> Asking | None:
        """Index the entries of a list that is trusted; None if they cannot be read."""
        if crl not in self._entries:
            try:
                self._entries[crl] = ask(crl, self._signatures.budget)
            except Malformed:
                self._entries[crl] = None
        return self._entries[crl]

    def _unusable(self, crl: OpenedList) -> Undetermined | None:
        """Look at dates and critical extensions [5280 5.2] [5280 6.3.3 (a)]."""
        if not crl.understood:
            return NOT_UNDERSTOOD
        if crl.crl.next_update is None:
            return NO_END
        if self._inputs.at < crl.crl.this_update:
            return TOO_NEW
        return STALE if self._inputs.at > crl.crl.next_update else None

    def _delta(self, complete: OpenedList, path: Processed, number: int) -> Asking | None:
        """Find the newest delta that may be combined with a complete list [5280 5.2.4]."""
        fitting = [each for each in self._deltas if _belongs(each, complete)]
        self._signatures.budget.spend(Work.LIST, len(self._deltas))
        for delta in sorted(fitting, key=lambda each: each.crl.number or 0, reverse=True):
            if self._unusable(delta) is None and self._signer(delta, path, number) == GOOD:  # (h)
                asking = self._asking(delta)
                if asking is not None and asking.understood:
                    return asking
        return None

    def _signer(self, crl: OpenedList, path: Processed, number: int) -> Status:
        """Say whether somebody signed a list who is trusted to [5280 6.3.3 (f), (g)]."""
        question = (crl, path.issuers[number], path.keys[number])
        if question in self._trusted:
            return GOOD
        said = self._look_for_signer(crl, path, number)
        # A no may come of a circle, a yes of a list that names its own signer: those hold
        # for this way of asking alone.
        if said == GOOD and path.certificates[number].subject != crl.issuer:
            self._trusted.add(question)
        return said

    def _look_for_signer(self, crl: OpenedList, path: Processed, number: int) -> Status:
        issuer, key, asked = path.issuers[number], path.keys[number], path.certificates[number]
        # The certificate's own issuer is on the path, which is judged from the anchor down.
        if crl.issuer == issuer.subject and self._signed(crl, _Signer(issuer, key)):
            return GOOD
        for given in self._given:
            if crl.issuer == given.subject and self._signed(
                crl, _Signer(given, given.certificate.spki)
            ):
                return GOOD
        said: Status = UNTRUSTED
        for other in self._bag.named(crl.issuer):
            if other is path.anchor:
                if self._signed(crl, _Signer(other, other.certificate.spki)):
                    return GOOD
                continue
            for signer, way in self._ways(crl, other, path.anchor):
                if not self._signed(crl, signer):
                    continue
                # NOTE: the standard is silent on a list that names its own signer. It is
                # believed about him as about all others, since who holds his key could
                # forge it in any case; a longer circle stays open.
                above = len(way.certificates) - (signer.certificate is asked)
                heard = self._down_to(way, above)
                if heard == GOOD:
                    return GOOD
                said = heard if heard == IN_A_CIRCLE else UNTRUSTED
        return said

    def _ways(
        self, crl: OpenedList, signer: Foreign, anchor: Foreign
    ) -> Iterable[tuple[_Signer, Processed]]:
        """Find the paths of a list's signer to the same anchor [5280 6.3.3 (f)]."""
        usage = signer.certificate.key_usage
        if usage is not None and not usage & CRL_SIGN:
            return
        inputs = Inputs(at=self._inputs.at)
        for candidate in candidates(signer, self._bag, self._signatures):
            if candidate.anchor is not anchor:
                continue
            self._signatures.budget.spend(Work.PATH)
            way = process(anchor, candidate.certificates, inputs, self._signatures)
            if isinstance(way, Processed):
                key = with_parameters(signer.certificate.spki, way.keys[-1])
                yield _Signer(signer, key), way

    def _signed(self, crl: OpenedList, signer: _Signer) -> bool:
        usage = signer.certificate.certificate.key_usage
        if usage is not None and not usage & CRL_SIGN:
            return False
        question = (crl, signer.key)
        if question not in self._signed_by:
            own = crl.crl
            self._signed_by[question] = (
                self._signatures.cause(signer.key, own.algorithm, own.signature, bytes(own.tbs))
                is None
            )
        return self._signed_by[question]


def _scope(crl: OpenedList) -> tuple[bytes, bytes | None]:
    """Tell lists of one issuer and scope from others, whoever signed them."""
    point = crl.crl.extensions.get(ISSUING_DISTRIBUTION_POINT)
    return crl.crl.issuer, None if point is None else point.value


def _concerns(crl: OpenedList, point: Point, certificate: Foreign) -> bool:
    """Compare the list's issuer with who should speak at a point [5280 6.3.3 (b)(1)]."""
    if point.issuers:
        return crl.scope.indirect and crl.issuer in point.issuers
    return crl.issuer == certificate.issuer


def _belongs(delta: OpenedList, complete: OpenedList) -> bool:
    """Tell whether a delta may be combined with a list [5280 5.2.4] [5280 6.3.3 (c)]."""
    number, base, newer = complete.crl.number, delta.base, delta.crl.number
    if number is None or base is None or newer is None or not base <= number < newer:
        return False
    return delta.issuer == complete.issuer and all(
        delta.crl.extensions.get(identifier) == complete.crl.extensions.get(identifier)
        for identifier in (ISSUING_DISTRIBUTION_POINT, AUTHORITY_KEY_IDENTIFIER)
    )


def _distance(said: Undetermined) -> int:
    return _STEPS.index(said.cause) if said.cause in _STEPS else len(_STEPS)
