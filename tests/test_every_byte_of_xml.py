"""
Every byte of a signed document is changed in turn, and nobody falls for it.

Whatever is under no signature may change, and only that: where it is, and why, is the table
OPEN, which a document of each form is held against, byte by byte.  What is said to be signed
stays what Hanako signed in any case.
"""

import re
from random import Random

import pytest
from filings import (
    DRAWING,
    FILES,
    KOUSEI,
    PIXELS,
    application,
    cosigned,
    drawing,
    filed,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from xml_workshop import hanako, taro

from crl.read import read_list
from crl.status import prepare
from harness.scene import Scene
from harness.verifier.documents import verify_xml
from harness.verifier.evidence import AtHand, anchor
from harness.verifier.policy import Policy, Revocation
from pki.causes import CAUSES
from pki.kinds import Kind
from pki.xmldsig.file_names import ByName
from pki.xmldsig.forms import Form
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import COVERAGE_CAUSES, Unreadable

SMALL = """\
<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="a.xsl"?>
<DATA id="DATA" xmlns="urn:d" xmlns:gen="urn:g">
  <P id="P"><NM ID="NM">国税　花子</NM><N IDREF="NM" a='1'>100</N><!-- ? --><gen:y/></P>
</DATA>
""".encode()
BESIDE = ByName({**FILES, DRAWING: PIXELS})

# Where an octet may change without any signature failing, and why.
DECLARATION = (rb"<\?xml .*?\?>", "canonical XML has no declaration [C14N 2.3]")
STYLE = (rb"<\?xml-stylesheet.*?\?>", "an element is signed, and this stands before it [RP 2.2]")
COMMENT = (rb"<!--.*?-->", "no canonical form of ours has comments [DS 8.1.3]")
SPARE_BITS = (rb"[^=]=+</(?:\w+:)?X509C", "spare bits of base64: the certificate stays the same")
SIGNATURE = (rb"<(?:\w+:)?Signature [^>]*>", "Signature is under no SignedInfo, SignedInfo is")
FRAME = ("<様式ID>.*</STYLESHEET>|<その他>.*</その他>".encode(), "e-Gov leaves its frame open")
ROOT = (rb'<DATA id="DATA"', "the procedure is signed, and not what the root says of itself")

HANAKO, TARO = (hanako,), (taro,)
BOTH = (hanako, taro)
# What is signed, by whom in order, and what stays open.
FORMS = {
    "enveloped": (lambda: filed(Form.ENVELOPED, source=SMALL), HANAKO, [DECLARATION, COMMENT]),
    "xtx": (lambda: filed(source=SMALL), HANAKO, [DECLARATION, STYLE, COMMENT]),
    "xtx in P-384": (lambda: filed(source=SMALL, by=taro()), TARO, [DECLARATION, STYLE, COMMENT]),
    "egov": (application, HANAKO, [DECLARATION, STYLE, SIGNATURE, FRAME]),
    "toki": (drawing, HANAKO, [DECLARATION]),
    "one within the other": (
        lambda: cosigned(filed(source=SMALL), by=taro()),
        BOTH,
        [DECLARATION, STYLE, COMMENT, SIGNATURE],
    ),
    "one beside the other": (
        lambda: cosigned(filed(source=SMALL, signed_id="P"), by=taro()),
        BOTH,
        [DECLARATION, STYLE, COMMENT, ROOT],
    ),
}
every_form = pytest.mark.parametrize("name", FORMS)


def believed(source, genuine):
    """
    Give what a verifier takes for signed: all signatures good, by the genuine certificates.
    """
    document = read_signatures(source, resources=BESIDE)
    if document.problems or len(genuine) != len(document.signatures):
        return None
    contents = []
    for signer, reading in zip(genuine, document.signatures, strict=True):
        if isinstance(reading, Unreadable) or reading.problems:
            return None
        if reading.coverage in COVERAGE_CAUSES or signer.der not in reading.certificates:
            return None
        if not signer.agrees(reading):
            return None
        contents.append([content.octets for content in reading.contents])
    return contents


def flipped(source):
    """
    Flip one bit of each byte in turn, the next one each time.
    """
    for where, octet in enumerate(source):
        yield where, source[:where] + bytes([octet ^ 1 << where % 8]) + source[where + 1 :]


def spots(source, regions):
    """
    List the octets of each region, by its reason.
    """
    return {
        reason: {
            where
            for found in re.finditer(pattern, source, re.DOTALL)
            for where in range(found.start(), found.end())
        }
        for pattern, reason in regions
    }


@every_form
def test_whatever_is_under_a_signature_cannot_change(name):
    """
    What may change lies where the table says, its rows are needed, and in no case does anybody
    believe in other content.
    """
    make, people, regions = FORMS[name]
    source, signers = make(), [person() for person in people]
    contents = believed(source, signers)
    assert contents is not None

    passed = {}
    for where, damaged in flipped(source):
        found = believed(damaged, signers)
        if found is not None:
            passed[where] = found

    allowed = spots(source, [*regions, SPARE_BITS])
    assert [contents] * len(passed) == list(passed.values())
    assert set() == set(passed) - set().union(*allowed.values())
    unused = {reason for reason, where in allowed.items() if not where & set(passed)}
    assert unused <= {SPARE_BITS[1], DECLARATION[1]}  # these depend on which bit it was


def test_a_deduction_certificate_is_a_filing_to_the_last_byte():
    """
    So it needs no damage of its own; what differs is the document around it.
    """
    assert filed(Form.XTX, source=SMALL) == filed(Form.DEDUCTION, source=SMALL)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """
    Two people with cards, and what a verifier needs to judge them without a world.
    """
    scene = Scene.fresh(tmp_path_factory.mktemp("bytes") / "w")
    people = [scene.resident("hanako"), scene.resident("taro")]
    scene.wait_for_lists()
    [generation] = scene.world.authority.generations(Kind.SIGN)
    trusted = anchor(generation.certificate)
    press = scene.world.press
    lists = [
        prepare(read_list(press.bytes(made)), trusted.path.certificate)
        for word in press.scopes(Kind.SIGN, generation.number, at=scene.now)
        if (made := press.find(Kind.SIGN, generation.number, word, at=scene.now))
    ]
    yield people, AtHand((trusted,), tuple(lists), ()), scene.now
    scene.close()


@pytest.mark.torture
def test_a_verdict_passes_for_what_was_signed_or_not_at_all(town, scaled):
    """
    The same with cards, paths and lists: whatever byte it is, a verdict, and never a wrong one.
    """
    (hers, his), evidence, at = town
    policy = Policy(revocation=Revocation.CRL)
    documents = [
        (hers.sign_xml(KOUSEI, form=Form.EGOV, files=FILES), FORMS["egov"][2]),
        (hers.sign_xml(PIXELS, form=Form.TOKI, name=DRAWING), [DECLARATION]),
        (his.sign_xml(hers.sign_xml(SMALL)), FORMS["one within the other"][2]),
    ]
    chance = Random("minijpki/every byte")
    for source, regions in documents:
        judged = verify_xml(source, evidence, policy, at=at, resources=BESIDE)
        assert judged.passed
        allowed = set().union(*spots(source, [*regions, SPARE_BITS]).values())
        for where, damaged in chance.sample(list(flipped(source)), scaled(len(source))):
            verdict = verify_xml(damaged, evidence, policy, at=at, resources=BESIDE)

            assert not verdict.passed or where in allowed
            assert not verdict.passed or judged.covered == verdict.covered


WORDS = (
    *(b'id="DATA"', b' ID="P"', b'xml:id="P"', b' Id="P"', b"IDREF", b"xmlns=''", b"<!--", b"-->"),
    *(b"<![CDATA[", b"]]>", b"<?x?>", b"&#0;", b"&amp;", b"%2e", b"../", b"#", b"\0", b"\xff\xfe"),
    *(b"<Object>", b"</Object>", b"<dsig:Object/>", b"<!DOCTYPE a>", b"xmlns:dsig='urn:x'", b"="),
)
mutation = st.one_of(
    st.tuples(st.just("flip"), st.integers(0), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.integers(0), st.integers(1, 80)),
    st.tuples(st.just("double"), st.integers(0), st.integers(1, 400)),
    st.tuples(st.just("move"), st.integers(0), st.integers(1, 400)),
    st.tuples(st.just("word"), st.integers(0), st.sampled_from(WORDS)),
)


def mutated(source, mutations):
    for way, place, extent in mutations:
        at = place % (len(source) or 1)
        if way == "flip":
            source = source[:at] + bytes([source[at] ^ extent]) + source[at + 1 :]
        elif way == "cut":
            source = source[:at] + source[at + extent :]
        elif way == "double":
            source = source[:at] + source[at : at + extent] + source[at:]
        elif way == "move":
            source = source[:at] + source[at + extent :] + source[at : at + extent]
        else:
            source = source[:at] + extent + source[at:]
        source = source or b"<"
    return source


@pytest.mark.torture
def test_no_damage_raises_and_none_is_believed(scaled):
    """
    Cut, doubled, moved, overwritten, several times: reading ends in values, and a signature
    that still holds is over what was signed.
    """
    made = {name: make() for name, (make, _, _) in FORMS.items()}
    known = {
        octets
        for source in made.values()
        for reading in read_signatures(source, resources=BESIDE).signatures
        for octets in [tuple(content.octets for content in reading.contents)]
    }

    @given(name=st.sampled_from(list(FORMS)), mutations=st.lists(mutation, min_size=1, max_size=4))
    @settings(derandomize=True, max_examples=scaled(20_000), deadline=None, database=None)
    def damage(name, mutations):
        document = read_signatures(mutated(made[name], mutations), resources=BESIDE)

        assert {problem.cause for problem in document.problems} <= set(CAUSES)
        for reading in document.signatures:
            assert {problem.cause for problem in reading.problems} <= set(CAUSES)
            if isinstance(reading, Unreadable) or document.problems or reading.problems:
                continue
            person = hanako if reading.method.key_type == "rsa" else taro
            if (person is hanako or len(reading.signature_value) == 96) and person().agrees(
                reading
            ):
                assert tuple(content.octets for content in reading.contents) in known

    damage()
