"""
Parse XML from strangers: no DOCTYPE, no entities, no network, and bounded work.

Pure.  libxml2 bounds the depth (256) and the length of a text (ten million octets).  What it
does not bound is counted here before the tree exists, as far as octets can tell, so that a
hostile document costs seconds at worst.
"""

import re
from typing import NamedTuple

from lxml import etree

from pki.errors import MalformedXml

MAX_OCTETS = 32 << 20  # 32 MiB
MAX_MARKS = 1 << 20  # of < and =, more than a tree has nodes; libxml2 takes 120 octets for each
MAX_STEPS = 100_000_000  # of canonicalising once, about 4 ns each
STEPS_PER_OCTET = 10  # of parsing and canonicalising, when nothing is hostile

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
ENCODINGS = frozenset(
    {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "shift_jis", "windows-31j", "euc-jp"}
)

WHAT = "the document"
PARSER = etree.XMLParser(
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    recover=False,
    collect_ids=False,  # pki/xmldsig/identifiers does, and looks at more than xml:id
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_USUAL_START = b'<?xml version="1.0" encoding="UTF-8"?>'
_START = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_LONG_TAG = 2048  # octets; a shorter one has too few attributes to matter
_MANY = 400  # attributes that fit into such a tag


class XmlDocument(NamedTuple):
    """
    A document that was willing to be read.

    Attributes:
        source: The octets sent.
        root: Its tree, which no other document shares.
        steps: Upper bound of the work of canonicalising it once.
    """

    source: bytes
    root: etree._Element
    steps: int


def parse_xml(source: bytes) -> XmlDocument:
    """Parse *source*, or refuse it with one sentence."""
    text = _plain(source)
    if len(text) > MAX_MARKS and text.count(b"<") + text.count(b"=") > MAX_MARKS:
        raise MalformedXml(WHAT, f"it has more than {MAX_MARKS} tags and attributes; split it")
    try:
        root = etree.fromstring(source, PARSER)
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None
    declared = root.getroottree().docinfo
    if declared.internalDTD is not None:
        raise MalformedXml(WHAT, "a DOCTYPE is never accepted; remove it")
    if declared.xml_version != "1.0":
        raise MalformedXml(WHAT, "only XML 1.0 has a canonical form; say version 1.0")
    steps = STEPS_PER_OCTET * len(source) + _namespace_steps(text, root)
    return XmlDocument(source, root, steps)


def _plain(source: bytes) -> bytes:
    """Check size and encoding; give octets in which < is < and nothing else."""
    if len(source) > MAX_OCTETS:
        raise MalformedXml(
            WHAT, f"it has {len(source)} octets, more than the {MAX_OCTETS} that are accepted"
        )
    text = source
    if source[:1] != b"<" or (source[:5] == b"<?xml" and not source.startswith(_USUAL_START)):
        text = source.decode("utf-16", "replace").encode() if source[:2] in _UTF16 else source
        if not _START.match(text):
            raise MalformedXml(WHAT, "it does not begin like XML, or its encoding hides that")
        encoding = _ENCODING.match(text)
        if encoding and encoding[1].decode("ascii", "replace").lower() not in ENCODINGS:
            raise MalformedXml(WHAT, "its encoding is not accepted; write UTF-8")
    if b"\0" in text:
        raise MalformedXml(WHAT, "it has a zero octet, or its encoding is not accepted")
    return text


def _refusal(error: etree.XMLSyntaxError) -> MalformedXml:
    why = " ".join((error.msg or "").split())
    return MalformedXml(WHAT, why[:200] or "it is not well-formed")


def _namespace_steps(text: bytes, root: etree._Element) -> int:
    """
    Bound what libxml2's lists cost: canonical XML takes, for each element, the square of
    the namespaces in scope and the square of the attributes.
    """
    declarations = text.count(b"xmlns")  # cannot be written otherwise
    steps = declarations**2 * (len(text) // 4)  # the shortest element has four octets
    if steps > MAX_STEPS:
        steps = declarations**2 * text.count(b"<")
    if steps > MAX_STEPS or _may_have_many_attributes(text):
        steps = _counted_steps(root)
    return steps


def _may_have_many_attributes(text: bytes) -> bool:
    if (len(text) // 5) ** 2 <= MAX_STEPS:  # the shortest attribute has five octets
        return False
    start, end = 0, len(text)
    while start < end:
        last = text.rfind(b"<", start, start + _LONG_TAG)
        if last < 0:  # a long tag, or a long text
            last = text.find(b"<", start)
            if last < 0:
                last = end
            if text.count(b"=", start, last) > _MANY:
                return True
        start = last + 1
    return False


def _counted_steps(root: etree._Element) -> int:
    in_scope = steps = 0
    for event, item in etree.iterwalk(root, events=("start", "start-ns", "end-ns")):
        if event == "start":
            steps += (in_scope + len(item.attrib)) ** 2
            if steps > MAX_STEPS:
                raise MalformedXml(
                    WHAT, "it has too many namespaces or attributes on its elements; split it"
                )
        else:
            in_scope += 1 if event == "start-ns" else -1
    return steps
