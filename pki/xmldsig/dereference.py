"""
From a Reference to the octets that it digests [DS 4.4.3.2] [DS 4.4.3.3].

Pure: nothing is fetched.  A reference means the document, an element of it by identifier, or
octets that the caller has laid out under exactly that URI.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from pki.errors import MalformedXml, Unacceptable
from pki.xmldsig.algorithms import C14N, DIGESTS
from pki.xmldsig.c14n import canonical_document, canonical_element, leave_out
from pki.xmldsig.file_names import decoded, file_name
from pki.xmldsig.identifiers import find_identified
from pki.xmldsig.parse import STEPS_PER_OCTET, XmlDocument, parse_xml
from pki.xmldsig.reading import Problem, Reference


class Target(NamedTuple):
    """
    What a reference means, before its transforms.

    Attributes:
        element: None for outside octets.
        whole: The reference is URI="", the document and not only its root.
        octets: From outside, else empty.
    """

    element: etree._Element | None
    whole: bool = False
    octets: bytes = b""


_HASHES = {row.name: getattr(hashlib, row.name) for row in DIGESTS.values()}  # faster than new


def steps_of(reference: Reference, target: Target, document: XmlDocument) -> int:
    """Bound the work of digesting *target*, a target in *document*, in the parser's steps."""
    if target.element is not None:
        return document.steps
    per_octet = 1 if reference.canonicalization is None else STEPS_PER_OCTET
    return per_octet * len(target.octets)


def find_target(
    reference: Reference, root: etree._Element, resources: Mapping[str, bytes]
) -> Target | Problem:
    """Find what *reference* means in the document of *root*."""
    uri = reference.uri
    if uri is None:
        return Problem("signed-data-not-found", "a reference without URI says not what it signs")
    if uri == "":
        return Target(root, whole=True)
    if uri.startswith("#"):
        if "(" in uri:
            return Problem(
                "sig-constraints-failure", f"the reference {_short(uri)} is an XPointer; use #id"
            )
        return _identified(uri, root)
    if uri in resources:
        return Target(None, octets=resources[uri])
    if _is_remote(uri):
        return Problem(
            "sig-constraints-failure", f"the reference {_short(uri)} leads away; nothing is fetched"
        )
    try:
        name = file_name(uri)
    except Unacceptable as error:
        return Problem("sig-constraints-failure", str(error))
    return Problem("signed-data-not-found", f"the file {_short(name)} is not at hand")


def digested_octets(
    reference: Reference, target: Target, signature: etree._Element
) -> bytes | Problem:
    """
    Apply the transforms of *reference*, a reference of *signature*, to *target*.

    With enveloped-signature the tree loses *signature* for good.
    """
    try:
        if target.element is None:
            return _outside_octets(reference, target.octets)
        if reference.enveloped:
            if signature is target.element or signature in target.element.iterancestors():
                return Problem(
                    "sig-constraints-failure",
                    "enveloped-signature leaves nothing of what lies within the signature",
                )
            leave_out(signature)
        method = reference.canonicalization or C14N  # [DS 4.4.3.2]
        if target.whole:
            return canonical_document(target.element, method, reference.prefixes)
        return canonical_element(target.element, method, reference.prefixes)
    except MalformedXml as error:
        return Problem("format-failure", str(error))
    except Unacceptable as error:
        return Problem("sig-constraints-failure", str(error))


def check_digest(reference: Reference, octets: bytes) -> Problem | None:
    """Compare the digest of *octets* with what *reference* says [DS 3.2.1]."""
    assert reference.digest is not None, "the caller computes allowed references only"
    if _HASHES[reference.digest.name](octets).digest() == reference.digest_value:
        return None
    return Problem(
        "hash-failure", f"the digest of {_short(reference.uri or '')} differs; it was changed"
    )


def _identified(uri: str, root: etree._Element) -> Target | Problem:
    """Find an element by a fragment, which e-Gov percent-encodes [RP 3] [3986 3.5]."""
    identifier = uri[1:]
    if "%" in uri:
        if find_identified(root, identifier) is not None:  # others take it at its letters
            return Problem("wrapping", f"the reference {_short(uri)} may mean two elements")
        try:
            identifier = decoded(identifier)
        except Unacceptable as error:
            return Problem("sig-constraints-failure", str(error))
    element = find_identified(root, identifier)
    if element is None:
        return Problem("signed-data-not-found", f"no element has the identifier {_short(uri)}")
    return Target(element)


def _outside_octets(reference: Reference, octets: bytes) -> bytes | Problem:
    if reference.enveloped:
        return Problem(
            "sig-constraints-failure", "enveloped-signature has no meaning outside the document"
        )
    if reference.canonicalization is None:
        return octets
    return canonical_document(
        parse_xml(octets).root, reference.canonicalization, reference.prefixes
    )


def _is_remote(uri: str) -> bool:
    scheme = uri.partition("/")[0]
    return uri.startswith("/") or ":" in scheme


def _short(uri: str) -> str:
    return repr(uri if len(uri) <= 80 else uri[:80] + "…")
