"""
Canonical form of a document or of one element in it [C14N 2] [EXC 3].

Pure.  libxml2 does the work; what stands here keeps it right.  Asked for a subtree, lxml
hands libxml2 a torn copy, and then namespaces are declared that are declared already, xmlns=""
above all; such a subtree is written out with its namespaces and parsed again.  That alone
would lose the xml:* attributes of the ancestors, which inclusive canonicalization hands down.
"""

from collections.abc import Sequence

from lxml import etree

from pki.errors import MalformedXml, Unacceptable
from pki.xmldsig.algorithms import Canonicalization, Rule
from pki.xmldsig.identifiers import XML
from pki.xmldsig.parse import PARSER

DEFAULT = "#default"  # in a PrefixList, the default namespace [EXC 3]
BASE = f"{XML}base"
INHERITED_11 = (f"{XML}lang", f"{XML}space")  # [C14N11 2.4]


def canonical_document(
    root: etree._Element, method: Canonicalization, prefixes: Sequence[str] = ()
) -> bytes:
    """Canonicalise the whole document of *root*: processing instructions yes, comments no."""
    return _written(root.getroottree(), method, prefixes)


def canonical_element(
    element: etree._Element, method: Canonicalization, prefixes: Sequence[str] = ()
) -> bytes:
    """Canonicalise *element* with its descendants, and without comments."""
    if element.getparent() is None:
        return _canonical_root(element, method, prefixes)
    inherited = _inherited(element, method.rule)
    if element.prefix is not None and not inherited:
        octets = _written(element, method, prefixes)
        # The torn copy declares too much, never too little: without any declaration after
        # the apex it has done no harm.
        if octets.find(b" xmlns", octets.find(b">")) < 0:
            return octets
    source = etree.tostring(element, encoding="utf-8", with_tail=False)
    try:
        apex = etree.fromstring(source, PARSER)
    except etree.XMLSyntaxError as error:
        raise MalformedXml("the element", f"it cannot stand alone: {error.msg}") from None
    for name, value in inherited.items():
        apex.set(name, value)
    return _written(apex, method, prefixes)


def canonical_in_place(element: etree._Element, method: Canonicalization) -> bytes | None:
    """
    Canonicalise *element* without a second parsing; None where that is surely wrong.

    What comes out is right if no element below *element* declares a namespace in it, and
    the caller has to look whether that is so.
    """
    if element.prefix is None or _inherited(element, method.rule):
        return None
    octets = _written(element, method, ())
    return None if b'xmlns=""' in octets else octets


def leave_out(signature: etree._Element) -> None:
    """
    Take *signature* out of its tree for good, and leave the text around it [DS 6.6.4].

    For good, because lxml rewrites prefixes when an element comes back.
    """
    parent = signature.getparent()
    if parent is None:
        raise ValueError("the root cannot be left out")
    # lxml moves the text that follows along with an element.  A comment takes its place
    # and is no part of any canonical form that we compute.
    place = etree.Comment("")
    place.tail = signature.tail
    parent.replace(signature, place)


def _canonical_root(
    root: etree._Element, method: Canonicalization, prefixes: Sequence[str]
) -> bytes:
    if root.getprevious() is None and root.getnext() is None:
        return _written(root, method, prefixes)
    # With siblings lxml would again work on a torn copy; the document as a whole is right,
    # and each instruction before or after the root is exactly one line of it [C14N 2.3].
    octets = _written(root.getroottree(), method, prefixes)
    before = reversed(list(root.itersiblings(preceding=True)))
    head = b"".join(_instruction(node) + b"\n" for node in before if _is_pi(node))
    tail = b"".join(b"\n" + _instruction(node) for node in root.itersiblings() if _is_pi(node))
    if not octets.startswith(head + b"<") or not octets.endswith(b">" + tail):
        raise MalformedXml("the document", "an instruction beside its root has no canonical form")
    return octets[len(head) : len(octets) - len(tail)]


def _is_pi(node: etree._Element) -> bool:
    return isinstance(node, etree._ProcessingInstruction)


def _instruction(node: etree._Element) -> bytes:
    pi = node.target + (f" {node.text}" if node.text else "")  # type: ignore[attr-defined]
    return f"<?{pi}?>".encode()


def _inherited(element: etree._Element, rule: Rule) -> dict[str, str]:
    """Collect the xml:* attributes that the apex takes over, the nearest ancestor's first."""
    found: dict[str, str] = {}
    if rule is Rule.EXCLUSIVE:
        return found
    for ancestor in element.iterancestors():
        for name in ancestor.keys():  # noqa: SIM118  # an element iterates over its children
            if str(name).startswith(XML):
                found.setdefault(str(name), ancestor.get(name) or "")
    if rule is Rule.INCLUSIVE_11:
        if BASE in found:
            raise Unacceptable(
                "an ancestor of the signed element has xml:base, which Canonical XML 1.1 joins and "
                "minijpki does not; use C14N 1.0 or exclusive C14N"
            )
        found = {name: value for name, value in found.items() if name in INHERITED_11}
    return {name: value for name, value in found.items() if element.get(name) is None}


def _written(
    node: etree._Element | etree._ElementTree, method: Canonicalization, prefixes: Sequence[str]
) -> bytes:
    exclusive = method.rule is Rule.EXCLUSIVE
    listed = list(prefixes) if exclusive and prefixes else None
    try:
        if listed and DEFAULT in listed:
            node = _acquainted_with_default(node)
        return etree.tostring(
            node,
            method="c14n",
            exclusive=exclusive,
            with_comments=False,
            inclusive_ns_prefixes=listed,
        )
    except etree.C14NError:
        raise MalformedXml(
            "the document",
            "it has no canonical form, as when a namespace name is no absolute URI",
        ) from None


def _acquainted_with_default(node: etree._Element | etree._ElementTree) -> etree._ElementTree:
    """
    Parse *node* again, so that its PrefixList may have #default in it.

    lxml passes on only the prefixes that its dictionary of names has met, one dictionary
    for each thread.  Namespace names get into it, so the word is introduced as one; whether
    that worked, a document that nobody sent has to show.
    """
    etree.fromstring(b'<a:a xmlns:a="#default"/>', PARSER)
    probe = etree.fromstring(b'<a:a xmlns="urn:b" xmlns:a="urn:a"/>', PARSER)
    octets = etree.tostring(
        probe, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=[DEFAULT]
    )
    if octets != b'<a:a xmlns="urn:b" xmlns:a="urn:a"></a:a>':
        raise Unacceptable("a PrefixList with #default cannot be honoured here; leave it out")
    source = etree.tostring(node, encoding="utf-8", with_tail=False)
    return etree.fromstring(source, PARSER).getroottree()
