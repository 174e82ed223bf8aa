"""
A stranger tries everything on what Hanako signed.

Whatever is in a document, reading it ends in values, says all that is wrong, and hands out
only octets that a good digest covers.  Attacks are named after what the stranger did; the
letters are the families of the corpus that they come from.
"""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from xml_workshop import DS, FILING, causes, hanako, only_reading, signed

from pki.causes import CAUSES
from pki.errors import MalformedXml
from pki.xmldsig.algorithms import (
    C14N,
    C14N_11,
    ENVELOPED,
    EXC_C14N,
    RSA_SHA256,
    SHA256,
)
from pki.xmldsig.c14n import canonical_element
from pki.xmldsig.identifiers import duplicate_identifier, surely_distinct
from pki.xmldsig.parse import MAX_OCTETS, parse_xml
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import COVERAGE_CAUSES, Coverage, Unreadable
from pki.xmldsig.structure import Structure, read_any
from pki.xmldsig.usual import read_usual


def signature_of(source):
    return etree.fromstring(source).findall(f".//{{{DS}}}Signature")[-1]


def test_changed_content_is_found():
    assert ["hash-failure"] == causes(signed().replace(b">100<", b">900<"))


def test_changed_signed_info_is_for_the_key_to_find():
    """
    Its octets are what the caller verifies, so the change must be in them.
    """
    source = signed().replace(b"<dsig:Reference URI", b'<dsig:Reference Type="x" URI')

    reading = only_reading(source)

    assert () == reading.problems
    assert not hanako().agrees(reading)


def test_a_comment_splits_a_figure_and_the_reader_gets_it_whole():
    """
    The signature holds; what was signed is 100, not 1 [DS 8.1.3].
    """
    reading = only_reading(signed().replace(b">100<", b">1<!-- ? -->00<"))

    assert () == reading.problems
    assert hanako().agrees(reading)
    assert b">100<" in reading.contents[0].octets


def swapped(old, new, *, source=None):
    source = signed() if source is None else source
    assert old in source, "the attack must change something"
    return source.replace(old, new)


def with_second_root(source):
    """
    The signed document becomes a part of a false one that looks like it.
    """
    false = FILING.replace(b' id="DATA"', b' id="FALSE"').replace(b">100<", b">900<")
    false = re.sub(rb' (id|ID)="(?!FALSE)[^"]*"', b"", false)
    return false.replace(b"</DATA>", b"<hidden>" + source + b"</hidden></DATA>")


def element(name, content="", **attributes):
    listed = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<dsig:{name}{listed}>{content}</dsig:{name}>".encode()


TRANSFORM = element("Transform", Algorithm=C14N.uri).replace(b"></dsig:Transform>", b"/>")
VALUE = re.compile(rb"<dsig:DigestValue>[^<]+</dsig:DigestValue>")
SIGNATURE = re.compile(rb"<dsig:Signature .*</dsig:Signature>", re.DOTALL)
REFERENCE = re.compile(rb"<dsig:Reference .*</dsig:Reference>", re.DOTALL)
SIGNED_INFO = re.compile(rb"<dsig:SignedInfo>.*</dsig:SignedInfo>", re.DOTALL)
HMAC = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"


def sub(pattern, replacement, source=None):
    changed, count = pattern.subn(replacement, signed() if source is None else source)
    assert count, "the attack must change something"
    return changed


ATTACKS = {
    # A03, A05, A06, A07
    "signature removed": (lambda: FILING, ["format-failure"]),
    "the identifier again, before": (
        lambda: swapped(b"  <RKO0010", b'<DATA id="DATA"/><RKO0010'),
        ["wrapping"],
    ),
    "the identifier again, after": (
        lambda: swapped(b"</RKO0010>", b'</RKO0010><x id="DATA"/>'),
        ["wrapping"],
    ),
    "the identifier as ID": (lambda: swapped(b"<KINGAKU ", b'<KINGAKU ID="DATA" '), ["wrapping"]),
    "the identifier as Id": (lambda: swapped(b"<KINGAKU ", b'<KINGAKU Id="DATA" '), ["wrapping"]),
    "the identifier as xml:id": (
        lambda: swapped(b"<KINGAKU ", b'<KINGAKU xml:id="DATA" '),
        ["wrapping"],
    ),
    "another identifier twice": (
        lambda: swapped(b"<KINGAKU ", b'<KINGAKU Id="IT" '),
        ["wrapping"],
    ),
    "xml:id twice": (
        lambda: signed(b'<f id="a"><x xml:id="b"/><x/></f>').replace(b"<x/>", b'<x xml:id="b"/>'),
        ["wrapping"],
    ),
    "the identifier in the signature": (
        lambda: swapped(b"<dsig:KeyInfo>", b'<dsig:KeyInfo Id="DATA">'),
        ["wrapping"],
    ),
    "the identifier in another spelling of characters": (
        lambda: swapped(b"<KINGAKU ", b'<KINGAKU ID="D&#65;TA" '),
        ["wrapping"],
    ),
    # A09, A10 and other structure
    "two SignedInfo": (
        lambda: sub(SIGNED_INFO, lambda found: found[0] * 2),
        ["format-failure"],
    ),
    "SignedInfo behind": (
        lambda: re.sub(
            rb"(<dsig:SignedInfo>.*</dsig:SignedInfo>)(<dsig:SignatureValue>.*</dsig:SignatureValue>)",
            rb"\2\1",
            signed(),
        ),
        ["format-failure"],
    ),
    "two SignatureValue": (
        lambda: swapped(b"<dsig:KeyInfo>", element("SignatureValue") + b"<dsig:KeyInfo>"),
        ["format-failure"],
    ),
    "SignedInfo of another namespace": (
        lambda: swapped(b"dsig:SignedInfo>", b"x:SignedInfo>").replace(
            b"<x:SignedInfo>", b'<x:SignedInfo xmlns:x="urn:x">'
        ),
        ["format-failure"],
    ),
    "no Reference": (lambda: sub(REFERENCE, b""), ["format-failure"]),
    "something behind KeyInfo": (
        lambda: swapped(b"</dsig:KeyInfo>", b"</dsig:KeyInfo><x/>"),
        ["format-failure"],
    ),
    "text between elements": (
        lambda: swapped(b"<dsig:SignatureValue>", b"x<dsig:SignatureValue>"),
        ["format-failure"],
    ),
    "comment in DigestValue": (
        lambda: swapped(b"</dsig:DigestValue>", b"<!-- x --></dsig:DigestValue>"),
        ["format-failure"],
    ),
    "instruction in DigestValue": (
        lambda: swapped(b"</dsig:DigestValue>", b"<?x?></dsig:DigestValue>"),
        ["format-failure"],
    ),
    "comment in SignatureValue": (
        lambda: swapped(b"</dsig:SignatureValue>", b"<!-- x --></dsig:SignatureValue>"),
        ["format-failure"],
    ),
    "DigestValue not base64": (
        lambda: sub(VALUE, element("DigestValue", "*")),
        ["format-failure"],
    ),
    "DigestValue not ASCII": (
        lambda: sub(VALUE, "<dsig:DigestValue>値</dsig:DigestValue>".encode()),
        ["format-failure"],
    ),
    "DigestValue with spare bits": (
        lambda: sub(VALUE, element("DigestValue", "A" * 42 + "B=")),
        ["format-failure"],
    ),
    "DigestValue too short": (lambda: sub(VALUE, element("DigestValue", "AAAA")), ["hash-failure"]),
    "no Algorithm": (
        lambda: re.sub(rb'(<dsig:DigestMethod) Algorithm="[^"]*"', rb"\1", signed()),
        ["format-failure"],
    ),
    "parameters where none are": (
        lambda: swapped(
            TRANSFORM,
            TRANSFORM[:-2] + b'><x PrefixList="a"/></dsig:Transform>',
        ),
        ["format-failure"],
    ),
    "a PrefixList where none is": (
        lambda: swapped(
            TRANSFORM,
            TRANSFORM[:-2]
            + b'><e:InclusiveNamespaces xmlns:e="%s" PrefixList="a"/></dsig:Transform>'
            % EXC_C14N.uri.encode(),
        ),
        ["format-failure"],
    ),
    "sixty-five prefixes": (
        lambda: swapped(
            TRANSFORM,
            element(
                "Transform",
                f'<e:InclusiveNamespaces xmlns:e="{EXC_C14N.uri}" PrefixList="{"a " * 65}"/>',
                Algorithm=EXC_C14N.uri,
            ),
        ),
        ["format-failure"],
    ),
    "seventeen References": (
        lambda: sub(REFERENCE, lambda found: found[0] * 17),
        ["format-failure"],
    ),
    "ten thousand References": (
        lambda: sub(REFERENCE, lambda found: found[0] * 10_000),
        ["format-failure"],
    ),
    "nine signatures": (
        lambda: sub(SIGNATURE, lambda found: found[0] * 9),
        ["format-failure"],
    ),
    "seventeen certificates": (
        lambda: swapped(b"</dsig:X509Data>", element("X509Certificate") * 16 + b"</dsig:X509Data>"),
        ["format-failure"],
    ),
    "relative namespace": (
        lambda: swapped(b"<KINGAKU ", b'<KINGAKU xmlns:x="x" '),
        ["format-failure"],
    ),
    # A15 to A19
    "C14N with comments": (
        lambda: swapped(C14N.uri.encode() + b'"', C14N.uri.encode() + b'#WithComments"'),
        ["sig-constraints-failure"] * 2,
    ),
    "C14N with comments, in the transform alone": (
        lambda: swapped(TRANSFORM, TRANSFORM.replace(b'"/>', b'#WithComments"/>')),
        ["sig-constraints-failure"],
    ),
    "XSLT": (
        lambda: swapped(TRANSFORM, element("Transform", "<x/>", Algorithm=XSLT)),
        ["sig-constraints-failure"],
    ),
    "XPath": (
        lambda: swapped(
            TRANSFORM,
            element("Transform", "<dsig:XPath>not(self::KINGAKU)</dsig:XPath>", Algorithm=XPATH)
            + TRANSFORM,
        ),
        ["sig-constraints-failure"],
    ),
    "enveloped after C14N": (
        lambda: swapped(TRANSFORM, TRANSFORM + element("Transform", Algorithm=ENVELOPED)),
        ["sig-constraints-failure"],
    ),
    "C14N twice": (lambda: swapped(TRANSFORM, TRANSFORM * 2), ["sig-constraints-failure"]),
    "enveloped and within the signature": (
        lambda: swapped(
            b"</dsig:Signature>",
            element("Object", "x", Id="object") + b"</dsig:Signature>",
            source=swapped(b'"#DATA"', b'"#object"'),
        ),
        ["sig-constraints-failure"],
    ),
    "rsa-sha1": (
        lambda: swapped(RSA_SHA256.uri.encode(), f"{DS}rsa-sha1".encode()),
        ["crypto-constraints-failure"],
    ),
    "sha1": (
        lambda: swapped(SHA256.uri.encode(), f"{DS}sha1".encode()),
        ["crypto-constraints-failure"],
    ),
    "md5 and rsa-md5": (
        lambda: swapped(
            RSA_SHA256.uri.encode(),
            b"http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
            source=swapped(SHA256.uri.encode(), b"http://www.w3.org/2001/04/xmldsig-more#md5"),
        ),
        ["crypto-constraints-failure"] * 2,
    ),
    "HMAC of eight bits": (
        lambda: sub(
            re.compile(rb"<dsig:SignatureMethod [^>]*/>"),
            element(
                "SignatureMethod",
                "<dsig:HMACOutputLength>8</dsig:HMACOutputLength>",
                Algorithm=HMAC,
            ),
        ),
        ["crypto-constraints-failure"],
    ),
    # A22
    "http": (
        lambda: swapped(b'"#DATA"', b'"http://example.jp/filing.xml"'),
        ["sig-constraints-failure"],
    ),
    "file": (lambda: swapped(b'"#DATA"', b'"file:///etc/passwd"'), ["sig-constraints-failure"]),
    "another host": (lambda: swapped(b'"#DATA"', b'"//host/x"'), ["sig-constraints-failure"]),
    "attachment not at hand": (
        lambda: swapped(b'"#DATA"', b'"attachment.csv"'),
        ["signed-data-not-found"],
    ),
    "unknown identifier": (lambda: swapped(b'"#DATA"', b'"#NONE"'), ["signed-data-not-found"]),
    "IDREF is no identifier": (lambda: swapped(b'"#DATA"', b'"#NR"'), ["signed-data-not-found"]),
    "empty identifier": (lambda: swapped(b'"#DATA"', b'"#"'), ["signed-data-not-found"]),
    "XPointer": (lambda: swapped(b'"#DATA"', b'"#xpointer(/)"'), ["sig-constraints-failure"]),
    "no URI": (
        lambda: swapped(b'<dsig:Reference URI="#DATA"', b"<dsig:Reference"),
        ["signed-data-not-found"],
    ),
    # A12 and what XML itself forbids
    "DOCTYPE": (lambda: b"<!DOCTYPE DATA>" + signed(), ["format-failure"]),
    "entity": (
        lambda: b'<!DOCTYPE DATA [<!ENTITY x "900">]>' + swapped(b">100<", b">&x;<"),
        ["format-failure"],
    ),
    "external entity": (
        lambda: (
            b'<!DOCTYPE DATA [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + swapped(b">100<", b">&x;<")
        ),
        ["format-failure"],
    ),
    "entity bomb": (
        lambda: (
            b"<!DOCTYPE DATA ["
            + b'<!ENTITY x0 "lol">'
            + b"".join(b'<!ENTITY x%d "%s">' % (n, b"&x%d;" % (n - 1) * 10) for n in range(1, 12))
            + b"]>"
            + swapped(b">100<", b">&x11;<")
        ),
        ["format-failure"],
    ),
    "sixteen References to eight megabytes": (
        lambda: sub(
            REFERENCE,
            lambda found: found[0] * 16,
            swapped(b">100<", b">" + b"1" * (8 << 20) + b"<"),
        ),
        ["search-limit"],
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_stranger_gets_nothing_but_causes(attack):
    """
    Each has the causes that it must have, and no content is handed out as signed.
    """
    change, expected = ATTACKS[attack]
    source = change()

    document = read_signatures(source)

    assert expected == causes(source)
    assert set(expected) <= set(CAUSES)
    for reading in document.signatures:
        assert isinstance(reading, Unreadable) or () == reading.contents


REFUSED = {
    "a hundred megabytes": (lambda: b"<a>" + bytes(100 << 20), "has 104857603 octets"),
    "a million tags": (lambda: b"<a>" + b"<a/>" * (1 << 20) + b"</a>", "more than 1048576 tags"),
    "namespaces by the square": (
        lambda: (
            b"<a "
            + b" ".join(b'xmlns:n%d="u:%d"' % (n, n) for n in range(2000))
            + b">"
            + b"<b/>" * 2000
            + b"</a>"
        ),
        "too many namespaces",
    ),
    "attributes by the square": (
        lambda: b"<a " + b" ".join(b'a%d=""' % n for n in range(12_000)) + b"/>",
        "too many namespaces or attributes",
    ),
    "five thousand deep": (lambda: b"<a>" * 5000 + b"</a>" * 5000, "depth"),
    "empty": (lambda: b"", "does not begin like XML"),
    "no XML": (lambda: b"%PDF-1.7", "does not begin like XML"),
    "not closed": (lambda: b"<a>", "EndTag|end tag|Premature end"),
    "zero octets": (lambda: b"<a/>\0", "zero octet"),
    "XML 1.1": (lambda: b'<?xml version="1.1"?><a/>', "say version 1.0"),
    "UTF-7": (lambda: b'<?xml version="1.0" encoding="UTF-7"?><a/>', "write UTF-8"),
    "UTF-32": (lambda: "<a/>".encode("utf-32"), "encoding"),
    "EBCDIC": (lambda: "<a/>".encode("cp037"), "does not begin like XML"),
    "DOCTYPE": (lambda: b"<!DOCTYPE a><a/>", "DOCTYPE is never accepted"),
    "DOCTYPE in UTF-16": (lambda: "<!DOCTYPE a><a/>".encode("utf-16"), "DOCTYPE"),
}


@pytest.mark.parametrize("document", REFUSED)
def test_a_document_is_refused_with_one_sentence(document):
    """
    What is too large is never parsed, and what is costly is counted: no clock is asked.
    """
    made, sentence = REFUSED[document]

    with pytest.raises(MalformedXml, match=sentence) as refused:
        parse_xml(made())

    assert "\n" not in str(refused.value)


def test_large_and_ordinary_documents_are_not_refused():
    """
    The twins: many namespaces side by side, a long base64 text, many attributes over all.
    """
    document = b"<a>" + b"".join(
        (
            *(b'<b xmlns:n%d="u:%d" c="" d="" e=""/>' % (n, n) for n in range(20_000)),
            *(b"<f>", b"AAA=" * 250_000, b"</f></a>"),
        )
    )

    assert 20_001 == len(parse_xml(document).root)


def test_attachments_are_counted_as_work_too():
    source = sub(
        re.compile(rb"<dsig:Reference .*</dsig:Reference>", re.DOTALL),
        lambda found: found[0] * 16,
        re.sub(
            rb'<dsig:Transform Algorithm="[^"]*enveloped-signature"/>',
            b"",
            swapped(b'"#DATA"', b'"large.xml"'),
        ),
    )

    assert ["search-limit"] == causes(source, resources={"large.xml": b"<" * (8 << 20)})


def test_an_idref_is_never_an_identifier():
    """
    The twin of the attacks with identifiers [DS 4.4.3.1].
    """
    reading = only_reading(signed(FILING.replace(b'IDREF="NM"', b'IDREF="DATA"')))

    assert () == reading.problems


def test_a_comment_or_a_cdata_section_may_speak_of_a_doctype():
    reading = only_reading(
        signed(FILING.replace(b">100<", b"><!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE x>]]><"))
    )

    assert () == reading.problems


def test_a_signature_may_be_spread_over_lines():
    """
    White space between elements and within base64, comments between elements.
    """
    source = re.sub(rb">(?=<dsig:)", b">\n  <!-- x -->", signed(signed_id="IT"))
    source = re.sub(rb"(DigestValue>[\w+/]{10})", rb"\1\n \t", source)

    reading = only_reading(source)

    assert () == reading.problems
    assert not hanako().agrees(reading)  # all this is signed, of course


def test_everything_wrong_is_said():
    """
    A second cause is never masked by the first.
    """
    source = swapped(SHA256.uri.encode(), f"{DS}sha1".encode())
    source = swapped(RSA_SHA256.uri.encode(), HMAC.encode(), source=source)
    source = swapped(ENVELOPED.encode(), XPATH.encode(), source=source)

    assert [
        "crypto-constraints-failure",
        "sig-constraints-failure",
        "crypto-constraints-failure",
    ] == causes(source)


def test_the_signed_document_moved_into_a_false_one():
    """
    Nothing is wrong with the signature; it says that what it covers is not the document sent
    and that something of the same name stands where an application would look [DS 8.1.1].
    """
    source = with_second_root(signed())

    reading = only_reading(source)

    assert () == reading.problems
    assert hanako().agrees(reading)
    assert Coverage.DISPLACED == reading.coverage
    assert "wrapping" == COVERAGE_CAUSES[reading.coverage]
    [content] = reading.contents
    assert not content.is_root
    assert b">100<" in content.octets
    assert b">900<" not in content.octets


def test_the_signed_part_moved_into_the_signature():
    part = re.compile(rb"<RKO0010.*</RKO0010>", re.DOTALL)
    source = signed(signed_id="RKO0010", canonicalization=EXC_C14N)
    original = part.search(source)[0]
    false = original.replace(b">100<", b">900<").replace(b' id="RKO0010"', b"")
    false = re.sub(rb' (id|ID)="[^"]*"', b"", false)
    moved = part.sub(false, source).replace(
        b"</dsig:Signature>", element("Object", original.decode()) + b"</dsig:Signature>"
    )

    reading = only_reading(moved)

    assert () == reading.problems
    assert Coverage.DISPLACED == reading.coverage
    assert [b">100<" in content.octets for content in reading.contents] == [True]


@pytest.mark.parametrize("part", ["CONTENTS", "IT", "NM"])
def test_a_part_is_a_part(part):
    reading = only_reading(signed(signed_id=part))

    assert () == reading.problems
    assert Coverage.PART == reading.coverage
    assert "coverage" == COVERAGE_CAUSES[reading.coverage]


def test_something_added_beside_the_signed_procedure():
    source = signed(signed_id="RKO0010").replace(b"<dsig:Signature ", b"<more/><dsig:Signature ")

    assert Coverage.PART == only_reading(source).coverage


def test_loose_text_beside_the_signed_procedure():
    source = signed(signed_id="RKO0010").replace(b"<dsig:Signature ", b"900<dsig:Signature ")

    assert Coverage.PART == only_reading(source).coverage


def detached(uri, digest):
    own = signed(b"<f id='x'/>").replace(b'"#x"', f'"{uri}"'.encode())
    own = re.sub(rb"<dsig:Transforms>.*</dsig:Transforms>", b"", own)
    return VALUE.sub(element("DigestValue", digest), own)


EMPTY_SHA256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_an_attachment_is_read_from_what_the_caller_laid_out():
    source = detached("添付.csv", EMPTY_SHA256)

    [content] = only_reading(source, resources={"添付.csv": b""}).contents

    assert ("添付.csv", b"", None, False) == (
        content.uri,
        content.octets,
        content.name,
        content.is_root,
    )


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param({}, id="nothing at hand"),
        pytest.param({"テ.csv": b""}, id="the same name in another normal form"),
        pytest.param({"デ.CSV": b""}, id="another case"),
    ],
)
def test_an_attachment_is_found_under_its_exact_name_only(resources):
    assert ["signed-data-not-found"] == causes(
        detached("デ.csv", EMPTY_SHA256), resources=resources
    )


def test_a_changed_attachment_is_found():
    source = detached("a.csv", EMPTY_SHA256)

    assert ["hash-failure"] == causes(source, resources={"a.csv": b"x"})


def test_an_attachment_may_be_canonicalised_first():
    source = swapped(b'"#DATA"', b'"other.xml"')
    source = source.replace(element("Transform", Algorithm=ENVELOPED), b"")
    source = re.sub(rb'<dsig:Transform Algorithm="[^"]*enveloped-signature"/>', b"", source)

    reading = only_reading(source, resources={"other.xml": FILING})

    assert () == reading.problems
    assert Coverage.PART == reading.coverage


def test_a_signature_may_be_a_file_of_its_own():
    """
    As beside a drawing [RP 3]: there is nothing else in it that could be left unsigned.
    """
    source = SIGNATURE.search(detached("drawing.pdf", EMPTY_SHA256))[0]

    reading = only_reading(source, resources={"drawing.pdf": b""})

    assert () == reading.problems
    assert Coverage.CONTENT == reading.coverage


@pytest.mark.parametrize(
    ("more", "coverage"),
    [
        pytest.param(b"", Coverage.CONTENT, id="alone"),
        pytest.param(element("Object", "900"), Coverage.DISPLACED, id="beside another"),
    ],
)
def test_a_signature_may_carry_what_it_signs(more, coverage):
    brought = element("Object", "100", Id="object").replace(
        b" Id", b' xmlns:dsig="%s" Id' % DS.encode()
    )
    digest = b64encode(sha256(brought).digest()).decode()
    source = SIGNATURE.search(detached("#object", digest))[0]
    source = source.replace(b"</dsig:Signature>", brought + more + b"</dsig:Signature>")

    reading = only_reading(source)

    assert () == reading.problems
    assert coverage == reading.coverage
    assert [brought] == [content.octets for content in reading.contents]


@pytest.mark.parametrize(
    "attack", ["the identifier again, before", "unknown identifier", "XPath", "http"]
)
def test_what_means_nothing_covers_nothing(attack):
    change, _ = ATTACKS[attack]
    [reading] = read_signatures(change()).signatures

    assert reading.coverage is None


def test_all_certificates_are_handed_over_in_order():
    """
    Trust chooses among them, not their place [DS 4.5.4].
    """
    more = element("X509Certificate", "AAAA")
    source = swapped(b"<dsig:X509Certificate>", more + b"<dsig:X509Certificate>")

    assert (bytes(3), hanako().der) == only_reading(source).certificates


def test_a_certificate_may_come_without_padding():
    source = swapped(
        b"<dsig:X509Certificate>", element("X509Certificate", "AAA") + b"<dsig:X509Certificate>"
    )

    assert bytes(2) == only_reading(source).certificates[0]


def test_a_bare_key_is_no_certificate():
    value = element("KeyValue", "<x/>")
    source = re.sub(rb"<dsig:X509Data>.*</dsig:X509Data>", value, signed())

    reading = only_reading(source)

    assert () == reading.certificates == reading.problems


def test_the_limit_is_looked_at_before_the_octets_are():
    assert ["format-failure"] == causes(bytes(MAX_OCTETS + 1))


@pytest.mark.parametrize("prefix", [b"dsig:", b"", "署:".encode()], ids=["dsig", "none", "署"])
@pytest.mark.parametrize("method", [C14N, C14N_11, EXC_C14N], ids=lambda row: row.rule.value)
def test_the_quick_reader_reads_what_the_thorough_one_reads(prefix, method):
    """
    Whatever the quick one reads of a Signature, the thorough one reads the same.
    """
    source = signed(canonicalization=method).replace(b"dsig:", prefix)
    source = source.replace(b":dsig=", b":" + prefix[:-1] + b"=" if prefix else b"=")
    for spread in (b"><", b">\n <"):
        start, found, inside = source.partition(b"<" + prefix + b"Signature ")
        element = signature_of(start + found + inside.replace(b"><", spread))

        quick = read_usual(element)

        assert quick is not None
        assert read_any(element) == Structure(*quick)


@given(data=st.data())
@settings(derandomize=True, max_examples=400, deadline=None)
def test_of_a_changed_signature_the_quick_reader_says_nothing_else(data):
    """
    Octets change, vanish or come twice: the two readers still agree, or the quick one passes.
    """
    source = signed()
    first = source.index(b"<dsig:Signature ")
    at = data.draw(st.integers(first, len(source) - 1))
    change = data.draw(
        st.sampled_from([b"", b"A", b" ", b"=", b"&amp;", b"&#13;", b"<!--x-->", b"<?x?>", b"<x/>"])
    )
    source = source[:at] + change + source[at + data.draw(st.integers(0, 1)) :]
    try:
        element = signature_of(source)
    except (etree.XMLSyntaxError, IndexError):
        return

    try:
        quick = read_usual(element)
    except MalformedXml:
        with pytest.raises(MalformedXml):
            read_any(element)
        return

    if quick is not None:
        assert read_any(element) == Structure(*quick)


letters = st.sampled_from(["a", "A", "b", "é", "É", "&amp;", "a b", "a&#10;b", "a&#32;b"])
spellings = st.sampled_from(["id", "ID", "Id", "xml:id", "IDREF", "fid"])
tags = st.builds(
    lambda name, value, text: f'<t {name}="{value}">{text}</t>',
    spellings,
    letters,
    st.sampled_from(["", ' id="a"', ' xml:id="b"', "x"]),
)


@given(inside=st.lists(tags, max_size=4), beside=st.lists(tags, max_size=2))
@settings(derandomize=True, max_examples=500, deadline=None)
def test_identifiers_that_are_said_to_be_distinct_are(inside, beside):
    """
    The quick look at the canonical octets may doubt too much, and never too little.
    """
    root = parse_xml(f"<r><m>{''.join(inside)}</m><s>{''.join(beside)}</s></r>".encode()).root
    document, other = root

    if surely_distinct(canonical_element(document, C14N), other):
        assert duplicate_identifier(root) is None


@given(
    text=st.lists(st.tuples(spellings, st.sampled_from("ab")), min_size=1, max_size=5),
)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_duplicates_are_counted_by_element_and_not_by_attribute(text):
    """
    Against the plain definition: two elements, one value, any of four spellings.
    """
    root = parse_xml(
        ("<r>" + "".join(f'<t {name}="{value}"/>' for name, value in text) + "</r>").encode()
    ).root
    values = [value for name, value in text if name in ("id", "ID", "Id", "xml:id")]

    assert (len(values) != len(set(values))) == (duplicate_identifier(root) is not None)


@pytest.mark.parametrize(
    "decoy",
    ['<a title="id=" id="X"/>', '<a title="see id=" ID="X"/>', 'say id="<a id="X"/>'],
    ids=["in a value", "in a longer value", "in a text"],
)
def test_no_text_hides_the_identifier_behind_it(decoy):
    """What only looks like an identifier must not swallow a true one that comes next."""
    root = parse_xml(f'<r><m>{decoy}<b id="X"/></m><s/></r>'.encode()).root

    assert not surely_distinct(canonical_element(root[0], C14N), root[1])
    assert "X" == duplicate_identifier(root)


def test_one_element_may_say_its_identifier_twice():
    assert duplicate_identifier(parse_xml(b'<r><t id="a" ID="a"/><t id="b"/></r>').root) is None


@given(data=st.data())
@settings(derandomize=True, max_examples=400, deadline=None)
def test_no_damage_raises_and_none_is_believed(data):
    """
    One octet changed, cut or put in, anywhere: reading returns, and whatever is handed out
    with a good signature is what Hanako signed.
    """
    source = signed()
    original = only_reading(source).contents[0].octets
    where = data.draw(st.integers(0, len(source) - 1))
    change = data.draw(st.sampled_from(["flip", "cut", "insert", "truncate"]))
    octet = data.draw(st.integers(0, 255))
    damaged = {
        "flip": source[:where] + bytes([octet]) + source[where + 1 :],
        "cut": source[:where] + source[where + 1 :],
        "insert": source[:where] + bytes([octet]) + source[where:],
        "truncate": source[:where],
    }[change]

    document = read_signatures(damaged)

    for reading in document.signatures:
        if isinstance(reading, Unreadable) or document.problems or reading.problems:
            continue
        if hanako().agrees(reading):
            assert [original] == [content.octets for content in reading.contents]
