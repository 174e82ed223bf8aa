"""
Hanako, who pays the tax, and Taro, her accountant, sign the same document.

Signing what is signed adds a signature and breaks none.  A document passes only if all of its
signatures do, and each has a verdict of its own.  Where in the document the second one stands
is inferred for e-Tax, and known for e-Gov.
"""

import json
from dataclasses import replace

import pytest
from filings import (
    APPLICATION,
    FILES,
    KOUSEI,
    SHEET,
    application,
    cosigned,
    drawing,
    filed,
    signing,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from town import PIN, minijpki, settle
from xml_workshop import DS, FILING, hanako, taro

from harness.scene import Holder, Scene
from harness.verifier.verdict import Indication
from harness.verifier.wording import as_json
from pki.causes import Code
from pki.errors import Unacceptable
from pki.kinds import Algorithm
from pki.xmldsig.algorithms import C14N, EXC_C14N
from pki.xmldsig.c14n import canonical_document
from pki.xmldsig.file_names import ByName
from pki.xmldsig.filings.write import cosign_xml
from pki.xmldsig.forms import SHAPES, Form
from pki.xmldsig.parse import parse_xml
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import Coverage

SIGNATURE = f"{{{DS}}}Signature"
by_form = pytest.mark.parametrize("form", SHAPES, ids=lambda form: form.value)


def readings(source, files=None):
    """
    Read all signatures of a document that has no trouble at all.
    """
    document = read_signatures(source, resources=ByName(files or {}))
    assert () == document.problems
    assert () == sum((each.problems for each in document.signatures), ())
    return document.signatures


@by_form
def test_the_accountant_signs_within_what_covers_everything(form):
    """
    Beside an enveloped signature nothing can stand, so the second goes into the first; both
    cover the whole document, the second the first as well [DS 6.6.4].
    """
    first = filed(form)
    source = cosigned(first, by=taro())

    hers, his = readings(source)
    assert hanako().agrees(hers)
    assert taro().agrees(his)
    assert [Coverage.DOCUMENT] * 2 == [hers.coverage, his.coverage]
    assert readings(first)[0].contents == hers.contents
    assert 1 == his.contents[0].octets.count(b"SignatureValue>") / 2
    root = etree.fromstring(source)
    assert [f"{{{DS}}}Object", SIGNATURE] == [root[-1][-1].tag, root[-1][-1][0].tag]


def test_the_accountant_signs_beside_what_covers_the_procedure():
    """
    As the facts suggest: each refers to the procedure element and stands behind it [RP 2.1].
    """
    source = cosigned(filed(signed_id="RKO0010"), by=taro())

    hers, his = readings(source)
    assert hanako().agrees(hers)
    assert taro().agrees(his)
    assert [Coverage.CONTENT] * 2 == [hers.coverage, his.coverage]
    assert hers.contents == his.contents
    assert [(C14N.uri,)] * 2 == [each.references[0].transforms for each in (hers, his)]
    assert [SIGNATURE] * 2 == [each.tag for each in etree.fromstring(source)[-2:]]


def test_the_second_signer_of_an_application_signs_the_same_files():
    """
    In one 署名情報, one behind the other, with Ids of their own [RP 3].
    """
    first = application()
    source = application(first, by=taro(), stamp="20260401120001")

    hers, his = readings(source, FILES)
    assert hanako().agrees(hers)
    assert taro().agrees(his)
    assert [Coverage.FRAME] * 2 == [hers.coverage, his.coverage]
    assert hers.contents == his.contents
    assert ["20260401120000", "20260401120001"] == [hers.identifier, his.identifier]
    assert [SIGNATURE] * 2 == [each.tag for each in etree.fromstring(source).find("署名情報")]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param(lambda: FILING, "nobody has signed the document yet", id="not signed"),
        pytest.param(drawing, "speaks for one signer", id="a drawing"),
        pytest.param(application, "choose the form egov, and attach them", id="an application"),
        pytest.param(
            lambda: filed().replace(b"<RKO0010 ", b"<a id='IT'/><RKO0010 "),
            "two elements",
            id="twice",
        ),
        pytest.param(
            lambda: filed(signed_id="RKO0010").replace(b'"#RKO0010"', b'"#NONE"'),
            "which is not there",
            id="nothing referred to",
        ),
        pytest.param(
            lambda: filed(signed_id="RKO0010").replace(b'RKO0010"', b'A&quot; x=&quot;"'),
            "not written a second time",
            id="an address that is markup",
        ),
        pytest.param(
            lambda: filed(signed_id="RKO0010").replace(b'"#RKO0010"', b'""'),
            "would break it",
            id="the whole document, but not itself",
        ),
    ],
)
def test_what_leaves_no_room_is_not_signed_again(source, sentence):
    with pytest.raises(Unacceptable, match=sentence):
        cosigned(source(), by=taro())


@pytest.mark.parametrize("files", [{}, {APPLICATION: b"1"}, {**FILES, "more.csv": b""}])
def test_who_signs_together_signs_the_same_files(files):
    with pytest.raises(Unacceptable, match="attach the same files"):
        application(application(), by=taro(), files=files, stamp="20260401120001")


def test_whoever_saw_other_octets_signs_other_octets():
    """
    Nobody can make them agree; the verdict tells whose files these are.
    """
    source = application(
        application(), by=taro(), files={**FILES, SHEET: b"x"}, stamp="20260401120001"
    )

    hers, his = read_signatures(source, resources=ByName(FILES)).signatures

    assert () == hers.problems
    assert ["hash-failure"] == [problem.cause for problem in his.problems]


@by_form
def test_eight_sign_and_no_ninth(form):
    source = filed(form)
    for _ in range(7):
        source = cosigned(source, by=taro())

    assert 8 == len(readings(source))
    with pytest.raises(Unacceptable, match="8 signatures"):
        cosigned(source, by=taro())


def test_signing_asks_the_card_once_and_for_what_will_be_read():
    asked = []
    by = replace(signing(), signer=lambda message: asked.append(message) or b"value")

    made = cosign_xml(filed(), by)

    _, his = read_signatures(made).signatures
    assert [his.signed_info] == asked
    assert b"value" == his.signature_value


parts = st.lists(
    st.sampled_from(
        [
            *(
                "text",
                "税",
                "&amp;",
                "<!-- > -->",
                "<!--here-->",
                "<?p < ?>",
                "<![CDATA[</a>]]>",
                "<a/>",
                "<a></a>",
            ),
            *(
                "<𠮷/>",
                '<b xmlns="urn:b"/>',
                '<x:c xmlns:x="urn:x" x:y=">"/>',
                "\r\n",
                "<d e='/f>'/>",
            ),
        ]
    ),
    max_size=6,
).map("".join)


@given(
    inside=parts,
    before=st.sampled_from(["", "<?xml version='1.0' encoding='UTF-8'?>", "<!-- </f> -->"]),
    after=st.sampled_from(["", "\n", "<!-- </f> -->", "<?p </f> ?>"]),
    method=st.sampled_from([C14N, EXC_C14N]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(derandomize=True, max_examples=20, deadline=None)
def test_in_whatever_document_both_signatures_hold(inside, before, after, method, encoding):
    """
    The end of the first signature is found among everything that looks like one.
    """
    if encoding == "utf-16":
        before = ""
    source = f'{before}<f id="f"><g id="g">{inside}</g>{inside}</f>{after}'.encode(encoding)
    for form, options in ((Form.ENVELOPED, {}), (Form.XTX, {}), (Form.XTX, {"signed_id": "g"})):
        first = filed(form, source=source, canonicalization=method, **options)
        both = cosigned(cosigned(first, by=taro()), by=hanako())

        hers, his, hers_again = readings(both)

        assert hanako().agrees(hers)
        assert taro().agrees(his)
        assert hanako().agrees(hers_again)
        bare = etree.fromstring(both)
        for each in bare.findall(SIGNATURE):
            bare.remove(each)
        assert canonical_document(parse_xml(source).root, C14N) == canonical_document(bare, C14N)


# The whole way.


@pytest.fixture(scope="module", params=Algorithm, ids=lambda algorithm: algorithm.value)
def scene(request, tmp_path_factory):
    made = Scene.fresh(tmp_path_factory.mktemp("both") / "w", algorithm=request.param)
    made.resident("hanako")
    made.resident("taro")
    made.resident("jiro")
    made.wait_for_lists()
    yield made
    made.close()


@pytest.fixture
def people(scene):
    return [Holder(scene, name) for name in ("hanako", "taro", "jiro")]


@pytest.mark.parametrize("part", [None, "P"], ids=["whole", "part"])
def test_a_document_passes_if_all_signatures_do(scene, people, part):
    hers, his, _ = people
    both = his.sign_xml(hers.sign_xml("<DATA id='DATA'><P id='P'>1</P></DATA>", part=part))

    told = as_json(scene.verify(both))

    assert "TOTAL-PASSED" == told["verdict"]
    assert ["住基　花子", "住基　太郎"] == [each["holder"]["name"] for each in told["signatures"]]
    assert 2 == len({each["certificate"]["serial"] for each in told["signatures"]})
    assert ["OK"] * 2 == [each["code"] for each in told["signatures"]]


def test_one_bad_signature_fails_the_document(scene, people):
    """
    Her signature covers none of his, so his value may change without hers failing.
    """
    hers, his, _ = people
    both = his.sign_xml(hers.sign_xml("<DATA id='DATA'>1</DATA>"))
    start, tag, value = both.rpartition(b"<dsig:SignatureValue>")
    broken = start + tag + (b"B" if value[:1] == b"A" else b"A") + value[1:]

    verdict = scene.verify(broken)

    assert Indication.TOTAL_FAILED == verdict.indication
    assert [True, False] == [each.passed for each in verdict.signatures]
    assert Code.SIGNATURE_MISMATCH == verdict.code


@pytest.mark.parametrize("mover", [0, 1], ids=["the taxpayer moves", "the accountant moves"])
def test_a_revoked_certificate_of_either_fails_the_document(tmp_path, mover):
    scene = Scene.fresh(tmp_path / "w")
    people = [scene.resident(name) for name in ("hanako", "taro")]
    both = people[1].sign_xml(people[0].sign_xml("<DATA id='DATA'>1</DATA>"))
    people[mover].moves()

    verdict = scene.verify(both)

    assert Code.CERTIFICATE_REVOKED == verdict.code
    assert [n != mover for n in (0, 1)] == [each.passed for each in verdict.signatures]
    scene.close()


def test_three_sign_an_application_within_one_second(scene, people):
    """
    Each gets the next free second for an Id.
    """
    source = KOUSEI
    for person in people:
        source = person.sign_xml(source, form=Form.EGOV, files=FILES)

    verdict = scene.verify(source, files=FILES)

    assert verdict.passed
    assert (
        3 == len(verdict.signatures) == len({each.certificate.der for each in verdict.signatures})
    )
    first, *_, last = [int(each.identifier) for each in readings(source, FILES)]
    assert 2 == last - first


def test_a_wrong_pin_leaves_the_document_as_it_was(tmp_path, monkeypatch):
    settle(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = ("sign", "xml", "--holder", "hanako", "--pin")

    refused = minijpki(*words, "WRONG1", "signed.xml", "-o", "signed.xml")
    done = minijpki(*words, PIN, "signed.xml", "-o", "both.xml")

    assert [1, 0] == [refused.exit_code, done.exit_code]
    assert 1 == (tmp_path / "signed.xml").read_bytes().count(b"<dsig:SignatureValue>")
    minijpki("clock", "advance", "2d")
    shown = minijpki("verify", "both.xml").stdout
    assert ["— 1 —  住基　花子", "— 2 —  住基　花子"] == [
        line for line in shown.splitlines() if line.startswith("—")
    ]
    assert "TOTAL-PASSED  OK" == shown.splitlines()[-1]
    told = json.loads(minijpki("verify", "both.xml", "--json").stdout)
    assert 2 == len(told["signatures"])


def test_a_part_is_typed(tmp_path, monkeypatch):
    settle(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.xml").write_text("<DATA id='D'><P id='P'>1</P></DATA>", encoding="utf-8")
    words = ("sign", "xml", "--holder", "hanako", "--pin", PIN)

    minijpki(*words, "p.xml", "--part", "P", "-o", "one.xml")
    minijpki(*words, "one.xml", "-o", "two.xml")

    uris = [each.references[0].uri for each in readings((tmp_path / "two.xml").read_bytes())]
    assert ["#P", "#P"] == uris
