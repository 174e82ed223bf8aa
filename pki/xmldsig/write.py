"""
Sign an XML document in one of the forms that relying parties want.

Pure: the private key stays behind a callable, which gets the canonical SignedInfo and gives
the SignatureValue.  The signature is spliced into the octets before the root's end tag, so
that whatever else the document was, byte by byte, it remains.
"""

import hashlib
import re
from collections.abc import Callable

from lxml import etree

from pki.errors import Unacceptable
from pki.xmldsig.algorithms import C14N, ENVELOPED, Canonicalization, SignatureMethod
from pki.xmldsig.c14n import canonical_document, canonical_element
from pki.xmldsig.filings.template import Digested, Letters
from pki.xmldsig.forms import SHAPES, Form
from pki.xmldsig.identifiers import (
    SPELLINGS,
    XML,
    duplicate_identifier,
    find_identified,
    identifier_of,
)
from pki.xmldsig.parse import SIGNATURE, XmlDocument, parse_xml
from pki.xmldsig.structure import MAX_SIGNATURES, read_structure

_REFERABLE = re.compile(r"[\w.:·-]+")  # wider than an XML name: some begin with a digit [RP 3]
_END_TAG = re.compile(rb"</[^<>]*>[ \t\r\n]*")


def default_form(source: bytes) -> Form:
    """Choose the form for a document of which nobody said anything."""
    return Form.ENVELOPED if parse_xml(source).root.get("id") is None else Form.XTX


def sign_xml(
    source: bytes,
    *,
    form: Form,
    certificate_der: bytes,
    signature_method: SignatureMethod,
    signer: Callable[[bytes], bytes],
    canonicalization: Canonicalization = C14N,
    identifier: str | None = None,
    signed_id: str | None = None,
) -> bytes:
    """
    Sign *source* in *form*; *signer* turns canonical SignedInfo into the signature value.

    *identifier* becomes the Signature's Id.  With *signed_id* only the element of that
    identifier is signed, canonicalization alone: the way in which several people can sign
    one document without breaking each other's signatures [RP 2.1].
    """
    document, place = _with_place(parse_xml(source))
    root = document.root
    _check_signable(root, identifier)
    shape = SHAPES[form]
    transforms = [ENVELOPED, canonicalization.uri]
    if signed_id is not None:
        transforms = [canonicalization.uri]
        octets = canonical_element(_identified(root, signed_id), canonicalization)
        uri = f"#{signed_id}"
    elif shape.by_identifier:
        octets = canonical_element(root, canonicalization)
        uri = f"#{_root_identifier(root, form)}"
    else:
        octets = canonical_document(root, canonicalization)
        uri = ""

    digest_value = hashlib.new(signature_method.digest.name, octets).digest()
    letters = Letters(
        prefix=shape.prefix,
        identifier=identifier,
        canonicalization=canonicalization,
        method=signature_method,
        references=(Digested(uri, tuple(transforms), digest_value),),
        certificate_der=certificate_der,
    )
    value = signer(_canonical_signed_info(root, letters.with_value(b""), canonicalization))
    return document.source[:place] + letters.with_value(value) + document.source[place:]


def _check_signable(root: etree._Element, identifier: str | None) -> None:
    """Refuse what our own reader, or any careful one, would refuse afterwards."""
    twice = duplicate_identifier(root)
    if twice is not None:
        raise Unacceptable(
            f"two elements of the document have the identifier {twice!r}, so that a reference "
            "means either; give each its own"
        )
    signatures = list(root.iter(SIGNATURE))
    if len(signatures) >= MAX_SIGNATURES:
        raise Unacceptable(
            f"the document has {len(signatures)} signatures, and no reader of ours takes more; "
            "sign a copy with fewer"
        )
    own = {f"#{root.get(name)}" for name in SPELLINGS} | {""}
    for signature in signatures:
        if own & {reference.uri for reference in read_structure(signature).signed_info.references}:
            raise Unacceptable(
                "the document is signed as a whole already, and another signature inside would "
                "break the first; sign one of its elements by identifier from the start"
            )
    if identifier is not None:
        _check_referable(identifier)
        if find_identified(root, identifier) is not None:
            raise Unacceptable(
                f"the document has an element with the identifier {identifier!r}; "
                "choose another for the signature"
            )


def _root_identifier(root: etree._Element, form: Form) -> str:
    identifier = identifier_of(root)
    if identifier is None:
        raise Unacceptable(
            f"the form {form.value} refers to the root by its identifier, and this root has none; "
            'give it one, as in <DATA id="DATA">, or choose the form enveloped'
        )
    return _check_referable(identifier)


def _identified(root: etree._Element, identifier: str) -> etree._Element:
    element = find_identified(root, _check_referable(identifier))
    if element is None or element is root:
        raise Unacceptable(
            f"no element below the root has the identifier {identifier!r}; name one that has"
        )
    return element


def _check_referable(identifier: str) -> str:
    if not _REFERABLE.fullmatch(identifier):
        raise Unacceptable(
            f"the identifier {identifier!r} cannot stand in a reference; "
            "use letters, digits and . : - _ only"
        )
    return identifier


def _canonical_signed_info(
    root: etree._Element, signature: bytes, canonicalization: Canonicalization
) -> bytes:
    """
    Canonicalise SignedInfo where it will stand, in a shell of the root.

    The shell hands down what the root does, namespaces and xml:* attributes, and spares
    the parsing of the whole document once more.
    """
    shell = etree.Element(root.tag, nsmap=root.nsmap)  # type: ignore[arg-type]
    for name, value in root.attrib.items():
        if str(name).startswith(XML):
            shell.set(name, value)
    shell.text = ""  # makes the serialiser write an end tag
    start, _, end = etree.tostring(shell, encoding="utf-8").rpartition(b"</")
    [found] = etree.fromstring(start + signature + b"</" + end)
    return canonical_element(found[0], canonicalization)


def _with_place(document: XmlDocument) -> tuple[XmlDocument, int]:
    """Find where the root's end tag begins; write the document anew when that is hard."""
    place = _end_tag(document)
    if place is None:
        document.root.text = document.root.text or ""  # an end tag even for an empty root
        tree = document.root.getroottree()
        document = parse_xml(etree.tostring(tree, encoding="utf-8", xml_declaration=True))
        place = _end_tag(document)
    if place is None:
        raise Unacceptable(
            "an instruction after the root hides where the root ends; remove what follows the root"
        )
    return document, place


def _end_tag(document: XmlDocument) -> int | None:
    """
    Find the last end tag of the octets, surely that of the root.

    After it stand only the siblings of the root, which are taken off one by one.  A comment
    cannot have "<!--" inside, an instruction might have "<?".
    """
    source, end = document.source, len(document.source)
    for node in reversed(list(document.root.itersiblings())):
        if isinstance(node, etree._Comment):
            end = source.rfind(b"<!--", 0, end)
        elif "<?" in (node.text or ""):
            return None
        else:
            end = source.rfind(b"<?", 0, end)
    start = source.rfind(b"</", 0, end)
    return start if start >= 0 and _END_TAG.fullmatch(source, start, end) else None
