"""
Where in the octets of a document an element ends, so that something can be put in there.

Pure.  What stands around the place remains as it was, byte by byte, as other signatures in the
document may have been made by somebody who never saw its canonical form.
"""

from xml.parsers import expat

from lxml import etree

from pki.xmldsig.parse import XmlDocument, parse_xml

_UTF8 = ("UTF-8", None)


def end_of(document: XmlDocument, element: etree._Element) -> tuple[XmlDocument, int]:
    """
    Find the offset of the end tag of *element*, an element of *document*.

    Where it has none, as in <a/>, or the octets are no UTF-8, the document is written anew.
    """
    steps = steps_to(element)
    offset = _end_tag(document, element)
    if offset is None:
        element.text = element.text or ""  # an end tag even for an empty element
        tree = document.root.getroottree()
        document = parse_xml(etree.tostring(tree, encoding="utf-8", xml_declaration=True))
        offset = _end_tag(document, at_steps(document.root, steps))
    assert offset is not None, "the serialiser has written an end tag"
    return document, offset


def steps_to(element: etree._Element) -> tuple[int, ...]:
    """Say how to get to *element* from its root, child by child."""
    steps = []
    parent = element.getparent()
    while parent is not None:
        steps.append(parent.index(element))
        element, parent = parent, parent.getparent()
    return tuple(reversed(steps))


def at_steps(root: etree._Element, steps: tuple[int, ...]) -> etree._Element:
    """Go from *root* child by child."""
    for step in steps:
        root = root[step]
    return root


def _end_tag(document: XmlDocument, element: etree._Element) -> int | None:
    declared = document.root.getroottree().docinfo.encoding
    if (declared.upper() if declared else None) not in _UTF8:
        return None
    wanted = next(n for n, each in enumerate(document.root.iter("*")) if each is element)
    parser = expat.ParserCreate()
    open_elements: list[int] = []
    count = 0
    found: list[int] = []

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        open_elements.append(count)
        count += 1

    def end(_name: str) -> None:
        if open_elements.pop() == wanted:
            found.append(parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(document.source, True)
    [offset] = found
    return offset if document.source[offset : offset + 2] == b"</" else None
