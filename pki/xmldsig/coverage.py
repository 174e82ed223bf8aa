"""
How much of a document is under one signature, told by position and not by name [DS 8.1.1].

Pure.  A signature that is valid over *something* is the usual prey of an attacker, who moves
that something aside and puts a false twin where the application looks.
"""

from collections.abc import Sequence

from lxml import etree

from pki.xmldsig.egov import is_frame
from pki.xmldsig.parse import SIGNATURE
from pki.xmldsig.reading import Coverage

_OBJECT = "{http://www.w3.org/2000/09/xmldsig#}Object"


def coverage_of(root: etree._Element, signed: Sequence[etree._Element]) -> Coverage:
    """Tell how much of the document of *root* the elements *signed* are."""
    if root in signed:
        return Coverage.DOCUMENT
    if _is_content(root, signed):
        return Coverage.CONTENT
    if is_frame(root, signed):
        return Coverage.FRAME
    if any(_has_unsigned_namesake(root, element, signed) for element in signed):
        return Coverage.DISPLACED
    return Coverage.PART


def _is_content(root: etree._Element, signed: Sequence[etree._Element]) -> bool:
    if root.tag == SIGNATURE:  # what it brings along stands in its Objects
        content = [child for child in root if child.tag == _OBJECT]
        return all(child in signed for child in content)
    content = [child for child in root if isinstance(child.tag, str) and child.tag != SIGNATURE]
    texts = [root.text, *(child.tail for child in root)]
    loose = any(text and not text.isspace() for text in texts)
    return bool(content) and not loose and all(child in signed for child in content)


def _has_unsigned_namesake(
    root: etree._Element, element: etree._Element, signed: Sequence[etree._Element]
) -> bool:
    outermost = [e for e in signed if not any(other in e.iterancestors() for other in signed)]
    everywhere = sum(1 for _ in root.iter(element.tag))
    within = sum(1 for e in outermost for _ in e.iter(element.tag))
    return everywhere > within
