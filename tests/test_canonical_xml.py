"""
A document is brought into the one form in which it is signed.

The traps come first, each with the octets that the standard wants.  Then a second
canonicaliser, fifty lines over another parser and written from the standard alone, reads
random documents with us, every element of them.
"""

from xml.dom import minidom

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pki.errors import MalformedXml, Unacceptable
from pki.xmldsig.algorithms import C14N, C14N_11, EXC_C14N, Rule
from pki.xmldsig.c14n import canonical_document, canonical_element, leave_out
from pki.xmldsig.parse import parse_xml

XML = "http://www.w3.org/XML/1998/namespace"
XMLNS = "http://www.w3.org/2000/xmlns/"


def parsed(text):
    return parse_xml(text.encode()).root


def found(text, name="s"):
    [element] = parsed(text).iter(f"{{*}}{name}")
    return element


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        pytest.param(
            '<r xmlns="urn:u"><m><s><t><v/></t></s></m></r>',
            '<s xmlns="urn:u"><t><v></v></t></s>',
            id="inherited default namespace, declared once",
        ),
        pytest.param(
            '<p:r xmlns="urn:u" xmlns:p="urn:p"><p:s><t><p:v/></t></p:s></p:r>',
            '<p:s xmlns="urn:u" xmlns:p="urn:p"><t><p:v></p:v></t></p:s>',
            id="a prefix at the apex, the default namespace below",
        ),
        pytest.param(
            '<r xmlns="urn:u"><m xmlns=""><s><t/></s></m></r>',
            "<s><t></t></s>",
            id="default namespace undeclared above",
        ),
        pytest.param(
            '<r xmlns="urn:u" xmlns:z="urn:z"><s><t xmlns=""/></s></r>',
            '<s xmlns="urn:u" xmlns:z="urn:z"><t xmlns=""></t></s>',
            id="default namespace undeclared below, unused prefix kept",
        ),
        pytest.param(
            '<r xml:lang="en" xml:space="preserve"><m xml:lang="ja"><s/></m></r>',
            '<s xml:lang="ja" xml:space="preserve"></s>',
            id="the nearest xml:lang",
        ),
        pytest.param(
            '<r xml:lang="en"><s xml:lang="ja"/></r>',
            '<s xml:lang="ja"></s>',
            id="its own xml:lang",
        ),
        pytest.param(
            '<r xml:id="above" xml:base="a/"><s/></r>',
            '<s xml:base="a/" xml:id="above"></s>',
            id="xml:id and xml:base handed down as well",
        ),
        pytest.param(
            '<r><s b="2" a="1" xmlns:y="urn:a" xmlns:x="urn:b" x:c="3" y:c="4"/></r>',
            '<s xmlns:x="urn:b" xmlns:y="urn:a" a="1" b="2" y:c="4" x:c="3"></s>',
            id="attributes by namespace name, not by prefix",
        ),
        pytest.param("<r><s>1<!-- no -->00</s>tail</r>", "<s>100</s>", id="comments and the tail"),
        pytest.param(
            "<r><s>a\r\nb\rc&#13;d<![CDATA[<&>]]></s></r>",
            "<s>a\nb\nc&#xD;d&lt;&amp;&gt;</s>",
            id="line ends and CDATA",
        ),
        pytest.param(
            '<r><s a="1\t2\n3&#9;4&#10;5&#13;6 &lt;&gt;&quot;&amp;&apos;"/></r>',
            '<s a="1 2 3&#x9;4&#xA;5&#xD;6 &lt;>&quot;&amp;\'"></s>',
            id="white space and quotes in an attribute",
        ),
        pytest.param(
            '<r><s 属性="値">髙&#x20BB7;<?p  d ?><?e?></s></r>',
            '<s 属性="値">髙𠮷<?p d ?><?e?></s>',
            id="beyond ASCII, instructions",
        ),
    ],
)
def test_an_element_takes_with_it_what_it_inherits(text, octets):
    """
    Inclusive canonicalization, the one that filings use [C14N 2.4].
    """
    assert octets.encode() == canonical_element(found(text), C14N)


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        pytest.param(
            '<r xml:lang="en" xml:space="preserve" xml:id="above"><s/></r>',
            '<s xml:lang="en" xml:space="preserve"></s>',
            id="language and space alone",
        ),
        pytest.param(
            '<r xmlns="urn:u"><s xml:base="own/" xml:id="own"/></r>',
            '<s xmlns="urn:u" xml:base="own/" xml:id="own"></s>',
            id="what is its own stays",
        ),
    ],
)
def test_version_1_1_hands_down_less(text, octets):
    """
    Canonical XML 1.1 is no accident of 1.0: who declares one and computes the other is found
    out as soon as an ancestor has an xml:id [C14N11 2.4].
    """
    assert octets.encode() == canonical_element(found(text), C14N_11)


def test_version_1_1_would_join_bases_and_that_is_refused():
    with pytest.raises(Unacceptable, match="xml:base"):
        canonical_element(found('<r xml:base="http://example.jp/a/"><s/></r>'), C14N_11)


@pytest.mark.parametrize(
    ("prefixes", "octets"),
    [
        pytest.param((), '<p:s xmlns:p="urn:p"><t xmlns="urn:u"></t></p:s>', id="none"),
        pytest.param(
            ("z",), '<p:s xmlns:p="urn:p" xmlns:z="urn:z"><t xmlns="urn:u"></t></p:s>', id="z"
        ),
        pytest.param(
            ("#default",), '<p:s xmlns="urn:u" xmlns:p="urn:p"><t></t></p:s>', id="#default"
        ),
        pytest.param(
            ("#default", "z", "nowhere"),
            '<p:s xmlns="urn:u" xmlns:p="urn:p" xmlns:z="urn:z"><t></t></p:s>',
            id="all",
        ),
    ],
)
def test_exclusive_takes_what_is_visible_or_listed(prefixes, octets):
    """
    And no xml:* attribute at all [EXC 3].
    """
    element = found(
        '<r xmlns="urn:u" xmlns:p="urn:p" xmlns:z="urn:z" xml:lang="ja"><p:s><t/></p:s></r>'
    )

    assert octets.encode() == canonical_element(element, EXC_C14N, prefixes)


WITH_SIBLINGS = (
    '<?xml version="1.0"?>\n<?xml-stylesheet  href="a.xsl"?><!-- no -->\n<?one?>'
    '<s xmlns="urn:u"><t><v/></t></s>\n<!-- no --><?two  d ?>\n'
)
ROOT = '<s xmlns="urn:u"><t><v></v></t></s>'


@pytest.mark.parametrize("method", [C14N, C14N_11, EXC_C14N], ids=lambda row: row.rule.value)
def test_a_document_has_its_instructions_and_its_root_has_not(method):
    """
    URI="" means the one, URI="#id" of the root the other [DS 4.4.3.3].
    """
    root = parsed(WITH_SIBLINGS)

    document = f'<?xml-stylesheet href="a.xsl"?>\n<?one?>\n{ROOT}\n<?two d ?>'
    assert document.encode() == canonical_document(root, method)
    assert ROOT.encode() == canonical_element(root, method)


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        pytest.param("<r>a<s>x</s>b<t/>c</r>", "<r>ab<t></t>c</r>", id="text on both sides"),
        pytest.param("<r><t/>a<s/>b</r>", "<r><t></t>ab</r>", id="after an element"),
        pytest.param("<r><s/></r>", "<r></r>", id="alone"),
        pytest.param(
            '<p:r xmlns:p="urn:1"><q:s xmlns:q="urn:1"/><p:t/></p:r>',
            '<p:r xmlns:p="urn:1"><p:t></p:t></p:r>',
            id="a namespace under two prefixes",
        ),
    ],
)
def test_what_is_left_out_leaves_the_text_around_it(text, octets):
    element = found(text)
    root = element.getroottree().getroot()

    leave_out(element)

    assert octets.encode() == canonical_element(root, C14N)


def test_a_relative_namespace_name_has_no_canonical_form():
    with pytest.raises(MalformedXml, match="no absolute URI"):
        canonical_element(parsed('<s xmlns="relative"/>'), C14N)


IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
IN_VALUES = {
    **{"&": "&amp;", "<": "&lt;", '"': "&quot;"},
    **{"\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"},
}


class SecondOpinion:
    """
    Canonical XML over expat and minidom, element by element as the standard tells it.
    """

    def __init__(self, rule, prefixes=(), omitted=None):
        self.rule = rule
        self.prefixes = {"" if prefix == "#default" else prefix for prefix in prefixes}
        self.omitted = omitted

    def of(self, apex):
        return self.element(apex, {}, self.inherited(apex)).encode()

    def inherited(self, apex):
        attributes = {}
        above = apex.parentNode
        while above.nodeType == above.ELEMENT_NODE and self.rule is not Rule.EXCLUSIVE:
            for name, value in above.attributes.items():
                if name.startswith("xml:") and not apex.hasAttribute(name):
                    attributes.setdefault(name, value)
            above = above.parentNode
        if self.rule is Rule.INCLUSIVE_11:
            attributes = {n: v for n, v in attributes.items() if n in ("xml:lang", "xml:space")}
        return [((XML, name[4:]), name, value) for name, value in attributes.items()]

    def element(self, node, rendered, more=()):
        if node is self.omitted:
            return ""
        attributes = list(more)
        visible = {node.prefix or ""}
        for attribute in node.attributes.values():
            if attribute.namespaceURI != XMLNS:
                key = (attribute.namespaceURI or "", attribute.localName)
                attributes.append((key, attribute.name, attribute.value))
                visible |= {attribute.prefix} - {None, "xml"}
        scope = self.scope(node)
        if self.rule is Rule.EXCLUSIVE:
            scope = {p: u for p, u in scope.items() if p in visible | self.prefixes}
        declared = {p: u for p, u in scope.items() if rendered.get(p, "") != u}
        start = f"<{node.tagName}"
        for prefix, uri in sorted(declared.items()):
            start += f' xmlns{":" if prefix else ""}{prefix}="{uri}"'
        for _, name, value in sorted(attributes):
            start += f' {name}="{escaped(value, IN_VALUES)}"'
        inside = "".join(self.child(child, {**rendered, **declared}) for child in node.childNodes)
        return f"{start}>{inside}</{node.tagName}>"

    def child(self, node, rendered):
        if node.nodeType == node.ELEMENT_NODE:
            return self.element(node, rendered)
        if node.nodeType == node.PROCESSING_INSTRUCTION_NODE:
            return f"<?{node.target}{' ' if node.data else ''}{node.data}?>"
        if node.nodeType == node.COMMENT_NODE:
            return ""
        return escaped(node.data, IN_TEXT)

    def scope(self, node):
        """
        Namespaces in scope; an undeclared default counts as the empty name.
        """
        if node.nodeType != node.ELEMENT_NODE:
            return {"": ""}
        own = {
            attribute.localName if attribute.prefix else "": attribute.value or ""
            for attribute in node.attributes.values()
            if attribute.namespaceURI == XMLNS
        }
        return {**self.scope(node.parentNode), **own}


def escaped(text, table):
    return "".join(table.get(character, character) for character in text)


names = st.sampled_from(["a", "b", "p:a", "p:c", "q:b"])
texts = st.text(st.sampled_from("ab <>&\"'\t\n髙"), max_size=4)
attributes = st.dictionaries(
    st.sampled_from(["x", "y", "p:x", "q:x", "xml:lang", "xml:space", "xml:other"]),
    texts,
    max_size=3,
)
declarations = st.fixed_dictionaries(
    {},
    optional={
        "xmlns": st.sampled_from(["", "urn:1", "urn:2"]),
        "xmlns:p": st.sampled_from(["urn:p", "urn:pp"]),
        "xmlns:q": st.sampled_from(["urn:q", "urn:qq"]),
        "xmlns:unused": st.just("urn:unused"),
    },
)


def written(name, own, children):
    listed = "".join(f' {each}="{escaped(value, IN_VALUES)}"' for each, value in own.items())
    return f"<{name}{listed}>{''.join(children)}</{name}>"


def tag(children):
    own = st.builds(lambda a, b: {**a, **b}, declarations, attributes)
    return st.builds(written, names, own, st.lists(children, max_size=4))


leaves = st.one_of(
    texts.map(lambda text: escaped(text, IN_TEXT)),
    st.sampled_from(["<!-- c -->", "<?pi  d ?>", "<?e?>", "<![CDATA[<&]]>", "&#13;", "<a/>"]),
)
documents = st.builds(
    lambda own, children: written("r", {"xmlns:p": "urn:p", "xmlns:q": "urn:q", **own}, children),
    declarations,
    st.lists(st.recursive(tag(leaves), tag, max_leaves=6), min_size=1, max_size=3),
)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(text=documents)
@pytest.mark.parametrize(
    ("method", "prefixes"),
    [
        pytest.param(C14N, (), id="1.0"),
        pytest.param(C14N_11, (), id="1.1"),
        pytest.param(EXC_C14N, (), id="exclusive"),
        pytest.param(EXC_C14N, ("p", "#default"), id="exclusive with a list"),
    ],
)
def test_a_second_opinion_agrees_on_every_element(method, prefixes, text):
    """
    Inherited, undeclared and rebound namespaces in all combinations that chance offers.
    """
    ours = list(parsed(text).iter("*"))
    theirs = minidom.parseString(text.encode()).getElementsByTagName("*")

    opinion = SecondOpinion(method.rule, prefixes)
    assert [opinion.of(element) for element in theirs] == [
        canonical_element(element, method, prefixes) for element in ours
    ]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(text=documents, number=st.integers(min_value=1))
def test_a_second_opinion_agrees_on_what_is_left_when_one_element_is_left_out(text, number):
    root = parsed(text)
    ours = list(root.iter("*"))
    theirs = minidom.parseString(text.encode()).getElementsByTagName("*")
    number = 1 + number % (len(ours) - 1)

    leave_out(ours[number])

    opinion = SecondOpinion(Rule.INCLUSIVE, omitted=theirs[number])
    assert opinion.of(theirs[0]) == canonical_element(root, C14N)
    assert isinstance(ours[number], etree._Element)
