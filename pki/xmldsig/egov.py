"""
The frame of an e-Gov application, kousei.xml: what is signed in it, and what never is [RP 3].

Pure.  構成情報 is signed, together with files beside it; the style, the signatures and what
the receiver adds stand outside.  So a signature never covers such a document whole, and a
reader has to know which parts e-Gov itself leaves open, lest anything else pass for them.
"""

from collections.abc import Sequence

from lxml import etree

from pki.xmldsig.parse import SIGNATURE

ROOT = "DataRoot"
CONTENT = "構成情報"
SIGNATURES = "署名情報"
OTHER = "その他"
LABELS = ("様式ID", "様式バージョン", "STYLESHEET")  # one text each
ORDER = (*LABELS, CONTENT, SIGNATURES, OTHER)


def is_frame(root: etree._Element, signed: Sequence[etree._Element]) -> bool:
    """Tell whether *root* is an e-Gov application of which *signed* is all that e-Gov signs."""
    if root.tag != ROOT or _loose(root):
        return False
    children = [child for child in root if isinstance(child.tag, str)]
    names = [str(child.tag) for child in children]
    if names != [name for name in ORDER if name in names]:  # each once, in order, no others
        return False
    parts = dict(zip(names, children, strict=True))
    content = parts.get(CONTENT)
    if content is None or not any(content is each for each in signed):
        return False
    if any(len(parts[name]) for name in LABELS if name in parts):
        return False
    holder = parts.get(SIGNATURES)
    if holder is not None and (_loose(holder) or any(not _may_hold(each) for each in holder)):
        return False
    others = [part for part in children if part is not content]
    return not any(_share_a_name(part, content) for part in others)


def _may_hold(element: etree._Element) -> bool:
    return element.tag == SIGNATURE or not isinstance(element.tag, str)


def _loose(element: etree._Element) -> bool:
    texts = [element.text, *(child.tail for child in element)]
    return any(text and not text.isspace() for text in texts)


def _share_a_name(part: etree._Element, content: etree._Element) -> bool:
    """Whoever looks for an element by its name, even without the namespace, finds a signed one."""
    names = {etree.QName(each).localname for each in content.iter("*")}
    return any(etree.QName(each).localname in names for each in part.iter("*"))
