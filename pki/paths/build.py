"""
Path building: from a target up to an anchor, through a bag in no order.  Pure.

Generations of a CA share a name, and hints mislead: an issuer is looked up by its name,
key identifiers say only whom to try first, and the signature decides [J 1] [5280 4.2.1.1].
Every try is counted, so that a bag made to be searched for ever ends by the counter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pki.paths.algorithms import MISMATCH, inherits
from pki.paths.budget import Work
from pki.paths.foreign import Foreign
from pki.paths.names import ComparableName
from pki.paths.process import KEY_CERT_SIGN
from pki.paths.signatures import Signatures

MAX_LENGTH = 32  # certificates to a path; no PKI in use has ten


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A way from the target to an anchor, yet to be processed.

    Attributes:
        anchor: Where it ends.
        certificates: From the one that the anchor signed to the target.
    """

    anchor: Foreign
    certificates: tuple[Foreign, ...]


class Bag:
    """Anchors and other certificates, found by their subject."""

    __slots__ = ("_anchors", "_others", "anchors")

    def __init__(self, anchors: Iterable[Foreign], others: Iterable[Foreign] = ()) -> None:
        self.anchors = tuple(anchors)
        self._anchors = _by_subject(self.anchors)
        trusted = {(each.subject, each.certificate.spki) for each in self.anchors}
        self._others = _by_subject(
            each for each in others if (each.subject, each.certificate.spki) not in trusted
        )

    def named(self, name: ComparableName) -> tuple[Foreign, ...]:
        """Return every certificate, anchors included, whose subject is *name*."""
        return (*self._anchors.get(name, ()), *self._others.get(name, ()))

    def anchors_of(self, each: Foreign) -> list[Foreign]:
        """Return the anchors that may have signed *each*, the likeliest first."""
        return _likeliest_first(each, self._anchors.get(each.issuer, []))

    def issuers_of(self, each: Foreign) -> list[Foreign]:
        """Return the others that may have signed *each*, the likeliest first."""
        return _likeliest_first(each, self._others.get(each.issuer, []))


def _by_subject(certificates: Iterable[Foreign]) -> dict[ComparableName, list[Foreign]]:
    found: dict[ComparableName, dict[bytes, Foreign]] = {}
    for each in certificates:
        found.setdefault(each.subject, {}).setdefault(each.certificate.der, each)
    return {name: list(same.values()) for name, same in found.items()}


def _likeliest_first(each: Foreign, candidates: list[Foreign]) -> list[Foreign]:
    """Put those last that are plainly no CA, and before them those with another key."""
    hint = each.issuer_key_identifier
    return sorted(
        candidates, key=lambda one: (not _may_issue(one), hint not in (None, one.key_identifier))
    )


def candidates(target: Foreign, bag: Bag, signatures: Signatures) -> Iterator[Candidate]:
    """
    Yield the ways from *target* to an anchor, shortest detours first.

    SearchExhausted when the budget is spent.  Nothing is promised of a way but that each
    signature on it is the issuer's and that no name and key come twice.
    """
    return _climb((target,), bag, signatures)


def _climb(path: tuple[Foreign, ...], bag: Bag, signatures: Signatures) -> Iterator[Candidate]:
    lowest = path[0]
    for anchor in bag.anchors_of(lowest):
        if _signed(lowest, anchor, signatures):
            yield Candidate(anchor, path)
    if len(path) >= MAX_LENGTH:
        return
    for issuer in bag.issuers_of(lowest):
        if not _met(issuer, path) and _signed(lowest, issuer, signatures):
            yield from _climb((issuer, *path), bag, signatures)


def _may_issue(issuer: Foreign) -> bool:
    usage = issuer.certificate.key_usage
    return issuer.is_ca and (usage is None or bool(usage & KEY_CERT_SIGN))


def _met(issuer: Foreign, path: tuple[Foreign, ...]) -> bool:
    """Tell whether a name and key stand on the path already: a loop leads nowhere new."""
    return any(
        issuer.subject == each.subject and issuer.certificate.spki == each.certificate.spki
        for each in path
    )


def _signed(each: Foreign, issuer: Foreign, signatures: Signatures) -> bool:
    own, key = each.certificate, issuer.certificate.spki
    signatures.budget.spend(Work.CANDIDATE)
    if inherits(key):
        return True  # whose parameters, processing will know
    # A signature that may not be relied on is followed: processing then says just that.
    return signatures.cause(key, own.algorithm, own.signature, own.tbs) != MISMATCH
