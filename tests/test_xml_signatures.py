"""
Hanako signs a filing, and Taro signs beside her.

What a signature looks like in each form, what is left of the document around it, which
documents are not signed at all, and how several people sign one.
"""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from xml_workshop import DS, FILING, hanako, only_reading, signed, taro

from pki.errors import Malformed, MalformedXml, Unacceptable
from pki.xmldsig.algorithms import (
    C14N,
    CANONICALIZATIONS,
    DIGESTS,
    ECDSA_SHA384,
    ENVELOPED,
    EXC_C14N,
    SHA256,
    SIGNATURE_METHODS,
)
from pki.xmldsig.c14n import canonical_document, canonical_element
from pki.xmldsig.ecdsa import der_from_raw, raw_from_der
from pki.xmldsig.forms import SHAPES, Form
from pki.xmldsig.parse import parse_xml
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import Coverage
from pki.xmldsig.write import default_form, sign_xml

DEDUCTION = """\
<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="https://xml.e-tax.nta.go.jp/xsl/1.0/TEG810.xsl"?>
<TEG810 VR="1.0" id="TEG810" page="1" sakuseiDay="2026-10-01" sakuseiNM="会社" softNM="x"\
 xmlns="http://xml.e-tax.nta.go.jp/XSD/kyotsu" xmlns:gen="http://xml.e-tax.nta.go.jp/XSD/general">
<WXA00000><gen:yyyy>2026</gen:yyyy></WXA00000>
</TEG810>
""".encode()
PLAIN = b"<form><amount>100</amount></form>"


@pytest.mark.parametrize("signer", [hanako, taro], ids=lambda signer: signer.__name__)
@pytest.mark.parametrize("form", SHAPES, ids=lambda form: form.value)
@pytest.mark.parametrize("method", [C14N, EXC_C14N], ids=lambda row: row.rule.value)
def test_what_was_signed_is_read(form, signer, method):
    source = signed(form=form, by=signer(), canonicalization=method)

    reading = only_reading(source)

    assert () == reading.problems
    assert signer().agrees(reading)
    assert signer().method == reading.method
    assert (signer().der,) == reading.certificates
    assert Coverage.DOCUMENT == reading.coverage
    [content] = reading.contents
    canonical = canonical_element if SHAPES[form].by_identifier else canonical_document
    assert canonical(parse_xml(FILING).root, method) == content.octets
    assert content.is_root


def test_a_filing_is_signed_as_e_tax_would_have_it():
    """
    Last child of the root, one Reference to the root by identifier, two transforms, and the
    signer's certificate alone; all of it inferred [RP 2.1].
    """
    root = etree.fromstring(signed(form=Form.XTX))

    signature = root[-1]
    assert [f"{{{DS}}}Signature", "dsig"] == [signature.tag, signature.prefix]
    [reference] = only_reading(signed(form=Form.XTX)).references
    assert "#DATA" == reference.uri
    assert (ENVELOPED, C14N.uri) == reference.transforms
    assert SHA256 == reference.digest
    assert ["X509Data", "X509Certificate"] == [
        etree.QName(element).localname for element in signature[2].iterdescendants()
    ]


def test_a_deduction_certificate_keeps_its_style_sheet():
    """
    The instruction before the root stays, and is not under the signature [RP 2.2].
    """
    source = signed(DEDUCTION, form=Form.DEDUCTION)

    assert DEDUCTION[: DEDUCTION.index(b"</TEG810>")] == source[: source.index(b"<dsig:Signature")]
    assert source.endswith(b"</dsig:Signature></TEG810>\n")
    [content] = only_reading(source).contents
    assert content.octets.startswith(b"<TEG810 ")


def test_the_enveloped_form_covers_the_instructions_too():
    [content] = only_reading(signed(DEDUCTION, form=Form.ENVELOPED)).contents

    assert "" == content.uri
    assert content.octets.startswith(b"<?xml-stylesheet ")


@pytest.mark.parametrize(
    ("source", "form"),
    [
        pytest.param(FILING, Form.XTX, id="id on the root"),
        pytest.param(PLAIN, Form.ENVELOPED, id="none"),
        pytest.param(b'<form><x id="x"/></form>', Form.ENVELOPED, id="id below the root"),
    ],
)
def test_the_form_is_chosen_by_the_root(source, form):
    assert form == default_form(source)


@pytest.mark.parametrize("spelling", ["id", "ID", "Id", "xml:id"])
def test_an_identifier_has_four_spellings(spelling):
    reading = only_reading(signed(f'<form {spelling}="F-1"><a/></form>'.encode(), form=Form.XTX))

    assert () == reading.problems
    assert ["#F-1"] == [content.uri for content in reading.contents]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            b"\xef\xbb\xbf<?xml version='1.0'?>\r\n<form>\r\n\t<a/>\r\n</form >\r\n", id="BOM"
        ),
        pytest.param(
            b"<!-- </form> --><form><![CDATA[</form>]]></form><!-- </form> -->", id="comment"
        ),
        pytest.param(b"<form>&lt;/form></form>\n<?after </form> ?><!-- x -->\n", id="instruction"),
        pytest.param(
            '<?xml version="1.0" encoding="Shift_JIS"?><form>ソ表\u3000能</form>'.encode(
                "shift_jis"
            ),
            id="Shift_JIS",
        ),
        pytest.param(FILING, id="filing"),
    ],
)
def test_nothing_else_of_the_document_changes(source):
    """
    Not a byte: editing a signed form, be it a byte-order mark, breaks it [RP 2.2].
    """
    made = signed(source, form=Form.ENVELOPED)

    start, found, rest = made.partition(b"<Signature ")
    assert found
    assert source == start + rest.partition(b"</Signature>")[2]
    assert () == only_reading(made).problems
    assert Coverage.DOCUMENT == only_reading(made).coverage


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b'<form a="1"/>', id="empty root"),
        pytest.param("<?one?><form>文</form><!-- x -->".encode("utf-16"), id="UTF-16"),
    ],
)
def test_a_document_without_a_place_for_a_signature_is_written_anew(source):
    reading = only_reading(signed(source, form=Form.ENVELOPED))

    assert () == reading.problems
    assert canonical_document(parse_xml(source).root, C14N) == reading.contents[0].octets


def test_an_instruction_that_looks_like_two_hides_the_end_of_the_root():
    with pytest.raises(Unacceptable, match="remove what follows the root"):
        signed(b"<form>x</form><?odd </form><?odd?>", form=Form.ENVELOPED)


@pytest.mark.parametrize("form", SHAPES, ids=lambda form: form.value)
def test_signed_info_takes_over_the_language_of_the_root(form):
    """
    SignedInfo is canonicalised where it stands, below a root that may say xml:lang.
    """
    source = FILING.replace(b"<DATA ", b'<DATA xml:lang="ja" xml:space="preserve" ')

    reading = only_reading(signed(source, form=form))

    assert b'xml:lang="ja"' in reading.signed_info
    assert hanako().agrees(reading)


def test_the_same_request_gives_the_same_bytes():
    made = signed(identifier="20260401120000")

    assert made == signed(identifier="20260401120000")
    assert "20260401120000" == only_reading(made).identifier


@pytest.mark.parametrize(
    ("source", "options", "sentence"),
    [
        pytest.param(PLAIN, {}, "this root has none; give it one", id="no identifier"),
        pytest.param(b'<f id="a b"/>', {}, "cannot stand in a reference", id="odd identifier"),
        pytest.param(
            b'<f id="a"><g ID="a"/></f>', {}, "two elements .* identifier 'a'", id="twice"
        ),
        pytest.param(
            FILING, {"identifier": "IT"}, "choose another for the signature", id="Id taken"
        ),
        pytest.param(FILING, {"identifier": "a'b"}, "cannot stand", id="odd Id"),
        pytest.param(FILING, {"signed_id": "X"}, "no element below the root", id="unknown part"),
        pytest.param(FILING, {"signed_id": "DATA"}, "no element below the root", id="root as part"),
        pytest.param(b'<f id="a" xmlns="b"/>', {}, "no absolute URI", id="relative namespace"),
        pytest.param(b"<f id='a'>", {}, "the document cannot be read", id="malformed"),
        pytest.param(b"<!DOCTYPE f><f id='a'/>", {}, "DOCTYPE", id="DOCTYPE"),
    ],
)
def test_what_no_reader_would_accept_is_not_signed(source, options, sentence):
    with pytest.raises((Unacceptable, MalformedXml), match=sentence):
        signed(source, **options)


def test_a_document_that_is_signed_as_a_whole_is_not_signed_again():
    """
    The second signature would lie within what the first one covers and break it.
    """
    with pytest.raises(Unacceptable, match="would break the first"):
        signed(signed(), by=taro())


@given(r=st.integers(1, 2**384 - 1), s=st.integers(1, 2**384 - 1))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_both_spellings_of_an_ecdsa_value_say_the_same(r, s):
    der = encode_dss_signature(r, s)

    raw = raw_from_der(der, 48)

    assert 96 == len(raw)
    assert (r, s) == (int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    assert der == der_from_raw(raw, 48)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(bytes(96), id="zero"),
        pytest.param(b"\1" * 48 + bytes(48), id="s is zero"),
        pytest.param(b"\1" * 95, id="one octet short"),
        pytest.param(b"\1" * 97, id="one octet long"),
        pytest.param(encode_dss_signature(2**380, 2**380), id="DER"),
        pytest.param(b"", id="empty"),
    ],
)
def test_another_length_is_no_ecdsa_value(raw):
    with pytest.raises(Malformed, match="the ECDSA signature cannot be read"):
        der_from_raw(raw, 48)


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"\1" * 96, id="raw"),
        pytest.param(encode_dss_signature(2**384, 1), id="r too large"),
        pytest.param(encode_dss_signature(1, 1) + b"\0", id="trailing octet"),
        pytest.param(bytes.fromhex("300602010102820001"), id="long length"),
    ],
)
def test_only_strict_der_becomes_raw(der):
    with pytest.raises(Malformed, match="the ECDSA signature cannot be read"):
        raw_from_der(der, 48)


@pytest.fixture(scope="module")
def both():
    """
    A filing whose procedure element Hanako and then Taro signed, side by side [RP 2.1].
    """
    return signed(signed(signed_id="RKO0010"), by=taro(), signed_id="RKO0010")


def test_two_people_sign_one_procedure(both):
    document = read_signatures(both)

    hers, his = document.signatures
    assert () == document.problems + hers.problems + his.problems
    assert hanako().agrees(hers)
    assert taro().agrees(his)
    assert [Coverage.CONTENT] * 2 == [hers.coverage, his.coverage]
    assert ["{http://xml.e-tax.nta.go.jp/XSD/shotoku}RKO0010"] == [c.name for c in hers.contents]
    assert hers.contents[0].octets == his.contents[0].octets


def test_each_signature_is_judged_alone(both):
    """
    The first is damaged, the second still speaks; whoever wants both must ask both.
    """
    digest = re.search(rb"DigestValue>([^<]+)<", both)[1]
    damaged = both.replace(digest, b"A" * 43 + b"=", 1)

    hers, his = read_signatures(damaged).signatures

    assert ["hash-failure"] == [problem.cause for problem in hers.problems]
    assert () == hers.contents
    assert () == his.problems
    assert taro().agrees(his)


def test_an_enveloped_signature_leaves_out_itself_and_nothing_else():
    """
    Taro signs the whole document, and Hanako's signature is part of that [DS 6.6.4].
    """
    source = signed(signed(signed_id="RKO0010"), by=taro())

    hers, his = read_signatures(source).signatures

    assert () == hers.problems + his.problems
    assert [Coverage.CONTENT, Coverage.DOCUMENT] == [hers.coverage, his.coverage]
    assert 1 == his.contents[0].octets.count(b"<dsig:Signature ")


def test_a_signed_form_within_a_signed_filing():
    """
    Both are enveloped, and the root knows the namespace of signatures under a third prefix:
    each signature must find the document as it was sent, not as the other left it.
    """
    inner = signed(b'<form id="form">x<y/></form>', canonicalization=EXC_C14N)
    filing = b'<filing id="filing" xmlns:other="%s"><a/>%s text</filing>' % (DS.encode(), inner)
    source = signed(filing, by=taro())

    document = read_signatures(source)

    hers, his = document.signatures
    assert () == document.problems + hers.problems + his.problems
    assert hanako().agrees(hers)
    assert taro().agrees(his)
    assert [Coverage.PART, Coverage.DOCUMENT] == [hers.coverage, his.coverage]
    assert b'<form id="form">x<y></y></form>' == hers.contents[0].octets


def test_no_document_gets_more_signatures_than_a_reader_takes():
    source = FILING
    for number in range(8):
        source = signed(source, signed_id="IT", identifier=f"s{number}")

    assert 8 == len(read_signatures(source).signatures)
    with pytest.raises(Unacceptable, match="8 signatures"):
        signed(source, signed_id="IT")


def test_signing_asks_for_the_canonical_octets_once():
    """
    The card is asked once, for it counts; and it gets what a reader will verify.
    """
    asked = []

    made = sign_xml(
        FILING,
        form=Form.XTX,
        certificate_der=b"\x30\x00",
        signature_method=ECDSA_SHA384,
        signer=lambda message: asked.append(message) or b"value",
    )

    reading = only_reading(made)
    assert [reading.signed_info] == asked
    assert b"value" == reading.signature_value


def test_the_tables_name_each_algorithm_once():
    assert [6, 3, 3] == [len(SIGNATURE_METHODS), len(DIGESTS), len(CANONICALIZATIONS)]
    for table in (SIGNATURE_METHODS, DIGESTS, CANONICALIZATIONS):
        assert all(uri == row.uri for uri, row in table.items())
    assert all(name in row.uri for row in SIGNATURE_METHODS.values() for name in [row.name])
    assert {"rsa", "ecdsa"} == {row.key_type for row in SIGNATURE_METHODS.values()}
    assert not [
        uri
        for uri in [*SIGNATURE_METHODS, *DIGESTS, *CANONICALIZATIONS]
        if re.search("sha1|md5|hmac|WithComments", uri)
    ]


def test_every_form_has_its_shape():
    assert {*SHAPES, Form.EGOV, Form.TOKI} == set(Form)
