"""
Read the XML signatures of a document: what they say, what they cover, what is wrong.

Pure; bytes in, values out.  This is core validation without the key: digests are checked
here [DS 3.2.1], the caller checks the signature value [DS 3.2.2] and the certificate.
Whatever a stranger can put into a document ends in a Problem, never in an exception, and
all problems are found, not only the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from lxml import etree

from pki.errors import MalformedXml
from pki.xmldsig.coverage import coverage_of
from pki.xmldsig.dereference import (
    Target,
    check_digest,
    digested_octets,
    find_target,
    steps_of,
)
from pki.xmldsig.identifiers import duplicate_identifier, surely_distinct
from pki.xmldsig.parse import SIGNATURE, XmlDocument, parse_xml
from pki.xmldsig.reading import (
    Problem,
    Reference,
    SignatureReading,
    SignedContent,
    SignedDocument,
    Unreadable,
)
from pki.xmldsig.structure import MAX_SIGNATURES, Structure, read_structure

MAX_STEPS = 1_000_000_000  # over all references of a document, about 4 ns each

NO_RESOURCES: Mapping[str, bytes] = MappingProxyType({})


@dataclass(slots=True)
class _Claim:
    """One reference on its way: what it means, and then the octets that it digests."""

    number: int  # of its signature in the document
    reference: Reference
    target: Target
    outcome: bytes | Problem = b""


@dataclass(slots=True)
class _Half:
    """One signature on its way: what it says, before anybody has looked whether that is so."""

    structure: Structure
    claims: list[_Claim]
    problems: list[Problem]


def read_signatures(
    source: bytes, *, resources: Mapping[str, bytes] = NO_RESOURCES
) -> SignedDocument:
    """Read every signature of *source*; only *resources* may be referred to outside of it."""
    try:
        document = parse_xml(source)
    except MalformedXml as error:
        return _nothing("format-failure", str(error))
    signatures = list(islice(document.root.iter(SIGNATURE), MAX_SIGNATURES + 1))
    if not signatures:
        return _nothing("format-failure", "the document has no Signature; nobody signed it")
    if len(signatures) > MAX_SIGNATURES:
        return _nothing("format-failure", f"the document has over {MAX_SIGNATURES} signatures")

    halves = [
        _begin(number, signature, document, resources)
        for number, signature in enumerate(signatures)
    ]
    claims = [claim for half in halves if isinstance(half, _Half) for claim in half.claims]
    if sum([steps_of(claim.reference, claim.target, document) for claim in claims]) > MAX_STEPS:
        return _nothing("search-limit", "the references of the document are too much work")
    distinct = _digest(claims, signatures, document, resources)
    problems = () if distinct else _wrapping(document, signatures)
    ends = [
        _end(half, document, sound=not problems) if isinstance(half, _Half) else half
        for half in halves
    ]
    return SignedDocument(tuple(ends), problems)


def _nothing(cause: str, text: str) -> SignedDocument:
    return SignedDocument(signatures=(), problems=(Problem(cause, text),))


def _begin(
    number: int,
    signature: etree._Element,
    document: XmlDocument,
    resources: Mapping[str, bytes],
) -> _Half | Unreadable:
    """Read the structure of one signature and find what its references mean."""
    try:
        structure = read_structure(signature)
    except MalformedXml as error:
        return Unreadable((Problem("format-failure", str(error)),))
    half = _Half(structure, [], list(structure.signed_info.problems))
    for reference in structure.signed_info.references:
        if not reference.allowed:
            continue
        target = find_target(reference, document.root, resources)
        if isinstance(target, Problem):
            half.problems.append(target)
        else:
            half.claims.append(_Claim(number, reference, target))
    return half


def _digest(
    claims: Sequence[_Claim],
    signatures: Sequence[etree._Element],
    document: XmlDocument,
    resources: Mapping[str, bytes],
) -> bool:
    """
    Fill in the outcome of every claim; tell whether identifiers are surely distinct.

    Enveloped references come last, for each destroys a tree: the last one the document's
    own, the others a fresh one.  Nearly always there is only one.
    """
    distinct = False
    enveloped = []
    for claim in claims:
        if claim.reference.enveloped:
            enveloped.append(claim)
        else:
            claim.outcome = digested_octets(claim.reference, claim.target, signatures[claim.number])
    for claim in enveloped:
        target, signature = claim.target, signatures[claim.number]
        if claim is not enveloped[-1]:
            root = parse_xml(document.source).root
            again = find_target(claim.reference, root, resources)
            assert isinstance(again, Target), "the same octets make the same tree"
            target, signature = again, list(root.iter(SIGNATURE))[claim.number]
        claim.outcome = octets = digested_octets(claim.reference, target, signature)
        if claim.target.element is document.root and isinstance(octets, bytes) and not distinct:
            distinct = surely_distinct(octets, signatures[claim.number])
    return distinct


def _wrapping(document: XmlDocument, signatures: Sequence[etree._Element]) -> tuple[Problem, ...]:
    cut_out = [s for s in signatures if s.getparent() is None and s is not document.root]
    identifier = duplicate_identifier(document.root, *cut_out)
    if identifier is None:
        return ()
    text = f"two elements have the identifier {identifier[:80]!r}; a reference means either"
    return (Problem("wrapping", text),)


def _end(half: _Half, document: XmlDocument, *, sound: bool) -> SignatureReading:
    """
    Compare the digests and say what is covered.

    When identifiers are not *sound* nobody can say what was signed, so nothing was.
    """
    claims = half.claims if sound else []
    contents, elements = [], []
    for claim in claims:
        reference, target, outcome = claim.reference, claim.target, claim.outcome
        if target.element is not None:
            elements.append(target.element)
        problem = outcome if isinstance(outcome, Problem) else check_digest(reference, outcome)
        if problem is not None:
            half.problems.append(problem)
            continue
        assert isinstance(outcome, bytes)
        assert reference.uri is not None, "a reference without URI has no target"
        name = None if target.element is None else target.element.tag
        is_root = target.element is document.root
        contents.append(SignedContent(reference.uri, outcome, name, is_root))
    structure, signed_info = half.structure, half.structure.signed_info
    return SignatureReading(
        identifier=structure.identifier,
        method=signed_info.method,
        signature_value=structure.signature_value,
        signed_info=signed_info.octets,
        references=signed_info.references,
        certificates=structure.certificates,
        contents=() if half.problems or not sound else tuple(contents),
        coverage=coverage_of(document.root, elements) if claims else None,
        problems=tuple(half.problems),
    )
