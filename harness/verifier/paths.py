"""
Judge a certification path of any PKI: find one that holds, ask the lists, say what came of it.

For JPKI's own certificates `harness.verifier.certificates` is the judge, faster and asking
more of them.  This one serves the oracle and whoever brings certificates of other roots.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from crl.ocsp.processing import OcspProcessing
from crl.ocsp.read import OcspResponse, read_response
from crl.opened import OpenedList, open_list
from crl.processing import MISSING, CrlProcessing
from crl.status import GOOD, Good, Revoked, Status, Undetermined
from pki import oids
from pki.causes import CAUSES
from pki.der import read
from pki.errors import Malformed, SearchExhausted
from pki.paths.algorithms import Trust
from pki.paths.budget import Budget, Work
from pki.paths.build import Bag, candidates
from pki.paths.foreign import Foreign, read_foreign
from pki.paths.process import Inputs, Processed, Refused, process
from pki.paths.signatures import Signatures


class Answer(Enum):
    """The words of the driver."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


class Asked(Enum):
    """Which certificates of a path need an answer about revocation."""

    ALL = "all"
    TARGET = "target"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PathVerdict:
    """
    What a caller learns of a path.

    Attributes:
        answer: One of three.
        cause: Id in pki/causes; None when valid.
        why: What exactly is the matter, in English; nothing depends on it.
        path: DER, target first and the anchor left out; empty if no path was found.
        policies: user-constrained-policy-set, dotted; empty unless a path was found.
    """

    answer: Answer
    cause: str | None = None
    why: str = ""
    path: tuple[bytes, ...] = ()
    policies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sources:
    """
    Lists and responses at hand.

    Attributes:
        lists: Of any issuer.
        answers: By OCSP.
    """

    lists: CrlProcessing
    answers: OcspProcessing

    def status(self, path: Processed, number: int) -> Status:
        """Ask both about one certificate: revoked if either says so, and good if either does."""
        by_list, by_answer = self.lists.status(path, number), self.answers.status(path, number)
        if isinstance(by_list, Revoked) or isinstance(by_answer, Undetermined):
            # The list's word is the nearer miss, unless there was none.
            return by_answer if by_list == MISSING and self.answers.asked else by_list
        return by_answer


_NO_PATH = PathVerdict(
    Answer.INVALID, "no-certificate-chain-found", "no way leads to a trust anchor"
)


def validate(
    target: bytes,
    bag: Iterable[bytes],
    anchors: Iterable[bytes],
    crls: Iterable[bytes] = (),
    responses: Iterable[bytes] = (),
    *,
    at: datetime,
    policies: frozenset[str] | None = None,
    explicit_policy: bool = False,
    inhibit_mapping: bool = False,
    inhibit_any: bool = False,
    purposes: frozenset[str] = frozenset(),
    max_depth: int | None = None,
    revocation: Asked = Asked.ALL,
    trust: Trust = Trust.DEFAULT,
) -> PathVerdict:
    """
    Build and validate a path from *target* to one of *anchors*.

    *bag* holds other certificates in no order, *crls* and *responses* the lists and
    OCSP responses at hand; what cannot be read there is left out, for it can prove nothing.
    *policies* None stands for any.
    """
    inputs = Inputs(
        at=at,
        policies=None if policies is None else frozenset(map(oids.content, policies)),
        explicit_policy=explicit_policy,
        inhibit_mapping=inhibit_mapping,
        inhibit_any=inhibit_any,
        purposes=frozenset(map(oids.content, purposes)),
        max_depth=max_depth,
    )
    signatures = Signatures(Budget(), trust, at=at)
    try:
        end_entity = read_foreign(target)
    except Malformed as error:
        return _refused("format-failure", str(error))
    try:
        known = Bag(_readable(anchors, signatures.budget), _readable(bag, signatures.budget))
        lists = CrlProcessing(_usable(crls, signatures.budget), known, inputs, signatures)
        answers = OcspProcessing(
            _answers(responses, signatures.budget), inputs, signatures, lists=lists
        )
        sources = Sources(lists, answers)
        return _search(end_entity, known, sources, inputs, signatures, revocation)
    except SearchExhausted as error:
        return _refused("search-limit", str(error))


def _refused(cause: str, why: str, path: Processed | None = None) -> PathVerdict:
    answer = Answer.INVALID if CAUSES[cause].fatal else Answer.INDETERMINATE
    return PathVerdict(answer, cause, why, _ders(path), _dotted(path))


def _search(
    target: Foreign,
    bag: Bag,
    sources: Sources,
    inputs: Inputs,
    signatures: Signatures,
    revocation: Asked,
) -> PathVerdict:
    """Try one path after the other; one that holds is enough, else the best one is reported."""
    refused: Refused | None = None
    unanswered: PathVerdict | None = None
    revoked: PathVerdict | None = None
    for candidate in candidates(target, bag, signatures):
        signatures.budget.spend(Work.PATH)
        path = process(candidate.anchor, candidate.certificates, inputs, signatures)
        if isinstance(path, Refused):
            if refused is None or path.reached > refused.reached:
                refused = path
            continue
        said = _asked(sources, path, revocation)
        if isinstance(said, Good):
            return PathVerdict(Answer.VALID, None, "", _ders(path), _dotted(path))
        if isinstance(said, Revoked):
            # Whoever revoked the target itself meant it on every path.
            why = f"revoked since {said.since:%Y-%m-%dT%H:%M:%SZ}, {said.reason.value}"
            revoked = revoked or _refused("revoked", why, path)
            if isinstance(sources.status(path, len(path.certificates) - 1), Revoked):
                return revoked
        else:
            unanswered = unanswered or _refused(said.cause, said.why, path)
    if refused is not None and not revoked and not unanswered:
        return _refused(refused.cause, refused.why)
    return revoked or unanswered or _NO_PATH


def _readable(ders: Iterable[bytes], budget: Budget) -> list[Foreign]:
    found = []
    for der in ders:
        budget.spend(Work.OCTET, len(der))
        try:
            found.append(read_foreign(der))
        except Malformed:
            continue
    return found


def _usable(ders: Iterable[bytes], budget: Budget) -> list[OpenedList]:
    found = []
    for der in ders:
        budget.spend(Work.LIST)
        try:
            found.append(open_list(der))
        except Malformed:
            continue
    return found


def _answers(ders: Iterable[bytes], budget: Budget) -> list[OcspResponse]:
    found = []
    for der in ders:
        budget.spend(Work.OCTET, len(der))
        try:
            found.append(read_response(der))
        except Malformed:
            continue
    return found


def _asked(sources: Sources, path: Processed, revocation: Asked) -> Status:
    """Ask about a path, from the anchor down; the first word that is no yes counts."""
    last = len(path.certificates) - 1
    numbers = {Asked.NONE: (), Asked.TARGET: (last,), Asked.ALL: range(last + 1)}[revocation]
    for number in numbers:
        said = sources.status(path, number)
        if said != GOOD:
            return said
    return GOOD


def _ders(path: Processed | None) -> tuple[bytes, ...]:
    found = () if path is None else path.certificates
    return tuple(each.certificate.der for each in reversed(found))


def _dotted(path: Processed | None) -> frozenset[str]:
    found = frozenset[bytes]() if path is None else path.policies
    return frozenset(read.dotted(each, 0, len(each)) for each in found)
