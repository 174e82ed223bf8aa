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

    Where it has none, as in <a/>, or the octets are hard to follow, the document is written anew.
    """
    offset = _end_tag(document, element)
    if offset is not None:
        return document, offset
    tree, word = document.root.getroottree(), "here"
    while f"<!--{word}-->".encode() in etree.tostring(tree, encoding="utf-8"):
        word += ".here"
    element.append(etree.Comment(word))
    written = etree.tostring(tree, encoding="utf-8", xml_declaration=True)
    before, _, after = written.partition(f"<!--{word}-->".encode())
    return parse_xml(before + after), len(before)


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
    try:
        parser.Parse(document.source, True)
    except expat.ExpatError:  # which takes fewer characters for a name than others
        return None
    [offset] = found
    return offset if document.source[offset : offset + 2] == b"</" else None
