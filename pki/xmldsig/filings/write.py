"""
Sign an e-Gov application, a drawing for the land registry, or what others have signed already.

Pure: the private key stays behind a callable, as in `pki/xmldsig/write`.  A signature beside
others must break none of them: it stands where no other one looks, or within the one that
covers everything, whose enveloped-signature transform leaves it out [DS 6.6.4].
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from pki.errors import Unacceptable
from pki.xmldsig.algorithms import C14N, ENVELOPED, Canonicalization, SignatureMethod
from pki.xmldsig.c14n import canonical_document, canonical_element
from pki.xmldsig.egov import CONTENT, ROOT, SIGNATURES
from pki.xmldsig.file_names import decoded, encoded, file_name, reference_to
from pki.xmldsig.filings.place import at_steps, end_of, steps_to
from pki.xmldsig.filings.template import Digested, Letters
from pki.xmldsig.identifiers import (
    SPELLINGS,
    duplicate_identifier,
    find_identified,
    identifier_of,
)
from pki.xmldsig.parse import SIGNATURE, XmlDocument, parse_xml
from pki.xmldsig.signed_info import MAX_REFERENCES
from pki.xmldsig.structure import MAX_SIGNATURES, Structure, read_structure

_COPIED = re.compile(r"#[\w.:·%-]+")  # nothing that means something in markup
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """
    Who signs, and how.

    Attributes:
        signer: Turns canonical SignedInfo into the signature value; asked once, at the end.
        identifier: Becomes the Signature's Id, unless it is None.
    """

    certificate_der: bytes
    method: SignatureMethod
    signer: Callable[[bytes], bytes]
    identifier: str | None = None
    canonicalization: Canonicalization = C14N

    def digested(self, uri: str, octets: bytes, *transforms: str) -> Digested:
        return Digested(uri, transforms, hashlib.new(self.method.digest.name, octets).digest())

    def letters(self, prefix: str, references: Sequence[Digested]) -> Letters:
        return Letters(
            prefix=prefix,
            identifier=self.identifier,
            canonicalization=self.canonicalization,
            method=self.method,
            references=references,
            certificate_der=self.certificate_der,
        )


def sign_egov(source: bytes, files: Mapping[str, bytes], by: Signing) -> bytes:
    """
    Sign 構成情報 of an application, and *files* beside it by their names [RP 3].

    The files carry no Transforms: their octets are signed as they are.  Whoever signs after
    somebody else signs the same, into the same 署名情報.
    """
    document = parse_xml(source)
    standing = _standing(document.root, by)
    content = document.root.find(CONTENT) if document.root.tag == ROOT else None
    identifier = None if content is None else identifier_of(content)
    if content is None or not identifier:
        raise Unacceptable(
            f"the form egov signs {CONTENT} with an ID below the root {ROOT}, and the document "
            "has none; sign kousei.xml, or choose another form"
        )
    if 1 + len(files) > MAX_REFERENCES:
        raise Unacceptable(
            f"an application refers to {MAX_REFERENCES - 1} files at most, and here are "
            f"{len(files)}; put several into one"
        )
    references = [
        by.digested(
            f"#{encoded(identifier)}",
            canonical_element(content, by.canonicalization),
            by.canonicalization.uri,
        ),
        *[by.digested(reference_to(name), octets) for name, octets in files.items()],
    ]
    _check_same_files(standing, references)
    letters = by.letters("", references)
    holder = document.root.find(SIGNATURES)
    _check_room(document.root if holder is None else holder, standing)
    if holder is not None:
        return _appended(document, holder, letters, by)
    before_holder = steps_to(content)
    document, place = end_of(document, content)
    tags = f"<{SIGNATURES}>".encode(), f"</{SIGNATURES}>".encode()
    return _spliced(
        document,
        document.source.index(b">", place) + 1,
        (*before_holder[:-1], before_holder[-1] + 1, 0),
        letters,
        by,
        around=tags,
    )


def sign_toki(name: str, content: bytes, by: Signing) -> bytes:
    """
    Sign a drawing of that file *name*; the signature is a document of its own beside it.

    It belongs into the file `<name>.sig.xml` of the same folder [RP 3].
    """
    letters = by.letters("", [by.digested(reference_to(name), content)])
    signature = parse_xml(_DECLARATION + letters.with_value(b"")).root
    value = by.signer(canonical_element(signature[0], by.canonicalization))
    return _DECLARATION + letters.with_value(value) + b"\n"


def is_signed(source: bytes) -> bool:
    """Tell whether a document has a signature already, good or bad."""
    return next(parse_xml(source).root.iter(SIGNATURE), None) is not None


def cosign_xml(source: bytes, by: Signing) -> bytes:
    """
    Sign what the first signer of *source* signed, and break nobody's signature.

    What was signed by the identifier of an element gets the new signature beside the old one,
    as the root's last child; what was signed whole gets it into the old one, in an Object,
    and it covers that one, too.  Both inferred [RP 2.1].
    """
    document = parse_xml(source)
    standing = _standing(document.root, by)
    if not standing:
        raise Unacceptable("nobody has signed the document yet; sign it in some form first")
    element, structure = standing[0]
    if element is document.root:
        raise Unacceptable(
            "the document is nothing but a signature, and speaks for one signer; "
            "sign what it refers to into another file"
        )
    references = structure.signed_info.references
    uris = [reference.uri or "" for reference in references]
    if any(not uri.startswith("#") and uri for uri in uris):
        raise Unacceptable(
            "the first signature covers files, too; choose the form egov, and attach them"
        )
    odd = next((uri for uri in uris if uri and not _COPIED.fullmatch(uri)), None)
    if odd is not None:
        raise Unacceptable(
            f"the first signature refers to {odd[:80]!r}, which is not written a second time; "
            "give the element another identifier, and sign it anew"
        )
    whole = _meanings_of(document.root)
    if set(uris) <= whole:
        return _sign_within(document, standing, uris[0], by)
    if set(uris) & whole or any(reference.enveloped for reference in references):
        raise Unacceptable(
            "the first signature is of a shape that leaves no room for another; "
            "sign a copy without it"
        )
    digests = [
        by.digested(
            uri,
            canonical_element(_element_of(document.root, uri), by.canonicalization),
            by.canonicalization.uri,
        )
        for uri in uris
    ]
    _check_room(document.root, standing)
    return _appended(document, document.root, by.letters(_prefix(element), digests), by)


def _sign_within(
    document: XmlDocument,
    standing: Sequence[tuple[etree._Element, Structure]],
    uri: str,
    by: Signing,
) -> bytes:
    """Put a signature of the whole document into an Object of the innermost such signature."""
    whole = _meanings_of(document.root)
    around = [
        element
        for element, structure in standing
        if whole & {reference.uri for reference in structure.signed_info.references}
    ][-1]
    _check_room(around, standing)
    prefix = _prefix(around)
    p = f"{prefix}:" if prefix else ""
    tags = f"<{p}Object>".encode(), f"</{p}Object>".encode()
    steps = (*steps_to(around), len(around), 0)
    document, place = end_of(document, around)
    # With the Object, but without what will stand in it: what enveloped-signature leaves.
    emptied = parse_xml(document.source[:place] + b"".join(tags) + document.source[place:])
    canonical = canonical_element if uri else canonical_document
    octets = canonical(emptied.root, by.canonicalization)
    reference = by.digested(uri, octets, ENVELOPED, by.canonicalization.uri)
    return _spliced(document, place, steps, by.letters(prefix, [reference]), by, around=tags)


def _appended(
    document: XmlDocument, parent: etree._Element, letters: Letters, by: Signing
) -> bytes:
    """Make a signature the last child of *parent*."""
    steps = (*steps_to(parent), len(parent))
    document, place = end_of(document, parent)
    return _spliced(document, place, steps, letters, by)


def _spliced(
    document: XmlDocument,
    place: int,
    steps: tuple[int, ...],
    letters: Letters,
    by: Signing,
    *,
    around: tuple[bytes, bytes] = (b"", b""),
) -> bytes:
    """Put a signature into the octets at *place*; it is signed where it will stand, at *steps*."""

    def with_value(value: bytes) -> bytes:
        inside = around[0] + letters.with_value(value) + around[1]
        return document.source[:place] + inside + document.source[place:]

    signature = at_steps(parse_xml(with_value(b"")).root, steps)
    assert signature.tag == SIGNATURE, "the place was found by the same steps"
    return with_value(by.signer(canonical_element(signature[0], by.canonicalization)))


def _standing(root: etree._Element, by: Signing) -> list[tuple[etree._Element, Structure]]:
    """List the signatures that stand already; refuse what no careful reader would accept."""
    twice = duplicate_identifier(root)
    if twice is not None:
        raise Unacceptable(
            f"two elements of the document have the identifier {twice!r}, so that a reference "
            "means either; give each its own"
        )
    if by.identifier is not None and find_identified(root, by.identifier) is not None:
        raise Unacceptable(
            f"the document has an element with the identifier {by.identifier!r}; "
            "choose another for the signature"
        )
    found = [(each, read_structure(each)) for each in root.iter(SIGNATURE)]
    if len(found) >= MAX_SIGNATURES:
        raise Unacceptable(
            f"the document has {len(found)} signatures, and no reader of ours takes more; "
            "sign a copy with fewer"
        )
    return found


def _meanings_of(root: etree._Element) -> set[str | None]:
    """List the references that mean the whole document."""
    return {"", *[f"#{root.get(name)}" for name in SPELLINGS if root.get(name) is not None]}


def _check_room(
    place: etree._Element, standing: Sequence[tuple[etree._Element, Structure]]
) -> None:
    """Refuse a *place* for a signature where another one looks, unless it leaves itself out."""
    root = place.getroottree().getroot()
    around = [place, *place.iterancestors()]
    for element, structure in standing:
        for reference in structure.signed_info.references:
            target = _target_of(root, reference.uri or "")
            if target is not None and any(target is each for each in around):
                if reference.enveloped and any(element is each for each in around):
                    continue
                raise Unacceptable(
                    f"a signature covers {reference.uri!r}, where another one would have to stand "
                    "and would break it; sign one element by its identifier from the start"
                )


def _target_of(root: etree._Element, uri: str) -> etree._Element | None:
    if uri == "":
        return root
    return find_identified(root, decoded(uri[1:])) if uri.startswith("#") else None


def _element_of(root: etree._Element, uri: str) -> etree._Element:
    element = _target_of(root, uri)
    if element is None:
        raise Unacceptable(
            f"the first signature refers to {uri[:80]!r}, which is not there; "
            "sign the document as it was"
        )
    return element


def _check_same_files(
    standing: Sequence[tuple[etree._Element, Structure]], references: Sequence[Digested]
) -> None:
    """Whoever signs together signs the same files."""
    own = {file_name(each.uri) for each in references if not each.uri.startswith("#")}
    for _, structure in standing:
        uris = [reference.uri or "" for reference in structure.signed_info.references]
        theirs = {file_name(uri) for uri in uris if uri and not uri.startswith("#")}
        if own != theirs:
            differing = ", ".join(sorted(own ^ theirs))
            raise Unacceptable(
                f"the signature that stands there and this one differ in the files {differing}; "
                "attach the same files"
            )


def _prefix(element: etree._Element) -> str:
    return element.prefix or ""
