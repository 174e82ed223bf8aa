"""
Take SignedInfo apart: its canonical octets, and what they say [DS 4.4].

Pure.  An algorithm outside our tables is no breach of structure but a problem of its own, so
that all of them are found and none hides another.
"""

from dataclasses import dataclass

from lxml import etree

from pki.errors import Unacceptable
from pki.xmldsig.algorithms import (
    CANONICALIZATIONS,
    DIGESTS,
    ENVELOPED,
    SIGNATURE_METHODS,
    Canonicalization,
    Rule,
    SignatureMethod,
)
from pki.xmldsig.c14n import canonical_element
from pki.xmldsig.elements import DS, broken, children_of, decoded_value
from pki.xmldsig.reading import Problem, Reference

MAX_REFERENCES = 16
MAX_PREFIXES = 64

_CANONICALIZATION = f"{DS}CanonicalizationMethod"
_METHOD = f"{DS}SignatureMethod"
_REFERENCE = f"{DS}Reference"
_TRANSFORMS = f"{DS}Transforms"
_TRANSFORM = f"{DS}Transform"
_DIGEST_METHOD = f"{DS}DigestMethod"
_DIGEST_VALUE = f"{DS}DigestValue"
_REFERENCE_SHAPES = (
    [_TRANSFORMS, _DIGEST_METHOD, _DIGEST_VALUE],
    [_DIGEST_METHOD, _DIGEST_VALUE],
)
_EXC_PREFIXES = "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"


@dataclass(slots=True)  # not frozen: it never leaves the package, and is on the hot path
class SignedInfo:
    """
    What one SignedInfo says; octets, method and references as in SignatureReading.

    Attributes:
        problems: Algorithms outside our tables.
    """

    octets: bytes | None
    method: SignatureMethod | None
    references: tuple[Reference, ...]
    problems: tuple[Problem, ...]


def read_signed_info(element: etree._Element) -> SignedInfo:
    """Read a SignedInfo element, or refuse it as malformed."""
    parts, names = children_of(element)
    if names[:2] != [_CANONICALIZATION, _METHOD]:
        raise broken("SignedInfo must begin with CanonicalizationMethod and SignatureMethod")
    if not 1 <= len(names) - 2 <= MAX_REFERENCES or set(names[2:]) != {_REFERENCE}:
        raise broken(f"SignedInfo must end with 1 to {MAX_REFERENCES} References")
    problems: list[Problem] = []
    return SignedInfo(
        _octets(element, parts[0], problems),
        _signature_method(parts[1], problems),
        tuple([_reference(part, problems) for part in parts[2:]]),
        tuple(problems),
    )


def _octets(
    element: etree._Element, method: etree._Element, problems: list[Problem]
) -> bytes | None:
    uri = _algorithm(method)
    row = CANONICALIZATIONS.get(uri)
    if row is None:
        problems.append(_forbidden("sig-constraints-failure", "canonicalization", uri))
        return None
    try:
        return canonical_element(element, row, _prefixes(method, row))
    except Unacceptable as error:
        problems.append(Problem("sig-constraints-failure", str(error)))
        return None


def _signature_method(element: etree._Element, problems: list[Problem]) -> SignatureMethod | None:
    uri = _algorithm(element)
    row = SIGNATURE_METHODS.get(uri)
    if row is None:  # HMACOutputLength and the like are not even looked at [DS 6.3.1]
        problems.append(_forbidden("crypto-constraints-failure", "signature method", uri))
    elif len(element):
        raise broken("SignatureMethod takes no parameters here")
    return row


def _reference(element: etree._Element, problems: list[Problem]) -> Reference:
    parts, names = children_of(element)  # [DS 4.4.3]
    if names not in _REFERENCE_SHAPES:
        raise broken("Reference must have Transforms, DigestMethod and DigestValue only")
    found = len(problems)
    transforms: tuple[str, ...] = ()
    canonicalization: Canonicalization | None = None
    prefixes: tuple[str, ...] = ()
    if len(parts) == 3:
        transforms, canonicalization, prefixes = _transforms(parts[0], problems)
    uri = _algorithm(parts[-2])
    digest = DIGESTS.get(uri)
    if digest is None:
        problems.append(_forbidden("crypto-constraints-failure", "digest", uri))
    elif len(parts[-2]):
        raise broken("DigestMethod takes no parameters here")
    return Reference(
        uri=element.get("URI"),
        transforms=transforms,
        enveloped=ENVELOPED in transforms,
        canonicalization=canonicalization,
        prefixes=prefixes,
        digest=digest,
        digest_value=decoded_value(parts[-1]),
        allowed=len(problems) == found,
    )


def _transforms(
    element: etree._Element, problems: list[Problem]
) -> tuple[tuple[str, ...], Canonicalization | None, tuple[str, ...]]:
    """Allow enveloped-signature and then a canonicalization, each at most once."""
    canonicalization: Canonicalization | None = None
    prefixes: tuple[str, ...] = ()
    uris: list[str] = []
    steps, names = children_of(element)
    if set(names) != {_TRANSFORM}:
        raise broken("Transforms must have Transform in it and nothing else")
    for step in steps:
        uri = _algorithm(step)
        if uri == ENVELOPED and not uris:
            if len(step):
                raise broken("enveloped-signature takes no parameters")
        elif uri in CANONICALIZATIONS and canonicalization is None:
            canonicalization = CANONICALIZATIONS[uri]
            prefixes = _prefixes(step, canonicalization)
        else:
            problems.append(_forbidden("sig-constraints-failure", "transform, or its place,", uri))
        uris.append(uri)
    return tuple(uris), canonicalization, prefixes


def _prefixes(element: etree._Element, row: Canonicalization) -> tuple[str, ...]:
    """Read the PrefixList that only exclusive canonicalization may have [EXC 4]."""
    if not len(element):
        return ()
    parameters, names = children_of(element)
    if row.rule is not Rule.EXCLUSIVE or names != [_EXC_PREFIXES]:
        raise broken("a canonicalization has parameters that it does not take")
    prefixes = tuple(parameters[0].get("PrefixList", "").split())
    if len(prefixes) > MAX_PREFIXES:
        raise broken(f"a PrefixList has more than {MAX_PREFIXES} prefixes")
    return prefixes


def _algorithm(element: etree._Element) -> str:
    uri = element.get("Algorithm")
    if uri is None:
        raise broken("an element that names an algorithm has no Algorithm attribute")
    return uri


def _forbidden(cause: str, what: str, uri: str) -> Problem:
    return Problem(cause, f"the {what} {uri[:80]!r} is not allowed")
