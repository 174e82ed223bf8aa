"""
Hanako applies to e-Gov, a surveyor sends a drawing, and what came along is all signed.

What the two forms look like, what a reader says of them, and what a stranger gets who puts
something false beside, around or behind what was signed.
"""

import json
import re
import unicodedata
from base64 import b64encode
from hashlib import sha256

import pytest
from filings import (
    APPLICATION,
    DRAWING,
    FILES,
    KOUSEI,
    PIXELS,
    SHEET,
    STAMP,
    application,
    drawing,
)
from lxml import etree
from town import PIN, minijpki, refused, settle
from xml_workshop import DS, causes, hanako, only_reading, signed, taro

from harness.scene import Holder, Scene
from harness.verifier.verdict import Indication
from harness.verifier.wording import as_json
from pki.causes import Code
from pki.errors import Unacceptable
from pki.kinds import Algorithm
from pki.validity import JST
from pki.xmldsig.algorithms import C14N, ECDSA_SHA384, RSA_SHA256
from pki.xmldsig.file_names import ByName, reference_to
from pki.xmldsig.forms import Form
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import COVERAGE_CAUSES, Coverage, Unreadable

BESIDE = ByName(FILES)
by_both = pytest.mark.parametrize("signer", [hanako, taro], ids=lambda signer: signer.__name__)


@by_both
def test_an_application_is_signed_as_e_gov_would_have_it(signer):
    """
    構成情報 by its escaped identifier, C14N alone; then the files, without Transforms; the time
    as Id; in 署名情報, right behind what is signed [RP 3].
    """
    source = application(by=signer())

    reading = only_reading(source, resources=BESIDE)
    assert () == reading.problems
    assert signer().agrees(reading)
    assert STAMP == reading.identifier
    assert (RSA_SHA256 if signer is hanako else ECDSA_SHA384) == reading.method
    assert [
        ("#%E6%A7%8B%E6%88%90%E6%83%85%E5%A0%B1", (C14N.uri,)),
        ("%E7%94%B3%E8%AB%8B%E6%9B%B8%201.xml", ()),
        ("%E5%88%A5%E7%B4%99(2)%2B.csv", ()),
    ] == [(each.uri, each.transforms) for each in reading.references]
    root = etree.fromstring(source)
    assert ["構成情報", "署名情報", "その他"] == [each.tag for each in root[3:]]
    assert [f"{{{DS}}}Signature"] == [each.tag for each in root[4]]
    assert (signer().der,) == reading.certificates


def test_of_an_application_its_frame_stays_open():
    """
    What e-Gov leaves unsigned is known by name, so that nothing else passes for it.
    """
    reading = only_reading(application(), resources=BESIDE)

    assert Coverage.FRAME == reading.coverage
    assert Coverage.FRAME not in COVERAGE_CAUSES
    assert list(FILES.values()) == [each.octets for each in reading.contents[1:]]
    assert reading.contents[0].octets.startswith('<構成情報 ID="構成情報">'.encode())


def test_everything_around_stays_as_it_was():
    """
    An octet may be part of what somebody else signed, so none is touched.
    """
    source = KOUSEI.replace(b"<DataRoot>", b"<DataRoot\t>").replace(b"\n", b"\r\n")

    made = application(source)

    assert source == re.sub("<署名情報>.*</署名情報>".encode(), b"", made)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            KOUSEI.replace("<その他>".encode(), "<署名情報/><その他>".encode()), id="<a/>"
        ),
        pytest.param(
            KOUSEI.replace("<その他>".encode(), "<署名情報>\n</署名情報><その他>".encode()),
            id="empty",
        ),
        pytest.param(KOUSEI.decode().replace("UTF-8", "UTF-16").encode("utf-16"), id="UTF-16"),
        pytest.param(
            KOUSEI.decode().replace("UTF-8", "Shift_JIS").encode("shift_jis"), id="Shift_JIS"
        ),
        pytest.param(re.sub("<その他>.*</その他>".encode(), b"", KOUSEI), id="nothing else"),
        pytest.param(b"\xef\xbb\xbf" + KOUSEI, id="byte order mark"),
        pytest.param(KOUSEI.replace(b"</DataRoot>", b"<!-- > --></DataRoot><!-- x -->"), id="more"),
    ],
)
def test_a_place_is_found_in_whatever_comes(source):
    reading = only_reading(application(source), resources=BESIDE)

    assert () == reading.problems
    assert hanako().agrees(reading)
    assert Coverage.FRAME == reading.coverage


def test_an_application_without_files_is_signed_alone():
    reading = only_reading(application(files={}))

    assert () == reading.problems
    assert ["#%E6%A7%8B%E6%88%90%E6%83%85%E5%A0%B1"] == [each.uri for each in reading.contents]


@pytest.mark.parametrize(
    ("source", "files", "sentence"),
    [
        pytest.param(b"<DATA id='x'/>", {}, "sign kousei.xml, or choose another form", id="other"),
        pytest.param(
            KOUSEI.replace(' ID="構成情報"'.encode(), b""),
            {},
            "with an ID below the root",
            id="no ID",
        ),
        pytest.param(
            KOUSEI.replace(b"<DataRoot>", b"<Root>").replace(b"</DataRoot>", b"</Root>"),
            {},
            "sign kousei.xml",
            id="another root",
        ),
        pytest.param(
            KOUSEI, {f"{n}.csv": b"" for n in range(16)}, "15 files at most", id="sixteen"
        ),
        pytest.param(KOUSEI, {"../a.csv": b""}, "rename the file", id="a path"),
        pytest.param(KOUSEI, {"%41.csv": b""}, "rename the file", id="an escape"),
        pytest.param(
            KOUSEI.replace("<その他>".encode(), '<その他 id="構成情報">'.encode()),
            {},
            "two elements of the document have the identifier",
            id="twice",
        ),
        pytest.param(
            KOUSEI.replace("<その他>".encode(), f'<その他 id="{STAMP}">'.encode()),
            {},
            "choose another for the signature",
            id="Id taken",
        ),
    ],
)
def test_what_is_no_application_is_not_signed(source, files, sentence):
    with pytest.raises(Unacceptable, match=sentence):
        application(source, files=files)


def test_an_application_that_is_signed_as_a_whole_has_no_room():
    source = signed(KOUSEI, form=Form.ENVELOPED)

    with pytest.raises(Unacceptable, match="where another one would have to stand"):
        application(source, files={})


def test_fifteen_files_fit():
    files = {f"{n}.csv": bytes([n]) for n in range(15)}

    reading = only_reading(application(files=files), resources=ByName(files))

    assert () == reading.problems
    assert 16 == len(reading.contents)


@by_both
def test_a_drawing_is_signed_in_a_document_of_its_own(signer):
    """
    Nothing but a Signature, one Reference to the file's name, and the file's octets [RP 3].
    """
    source = drawing(by=signer())

    reading = only_reading(source, resources=ByName({DRAWING: PIXELS}))
    assert () == reading.problems
    assert signer().agrees(reading)
    assert Coverage.CONTENT == reading.coverage
    assert [(reference_to(DRAWING), PIXELS)] == [(e.uri, e.octets) for e in reading.contents]
    assert [()] == [each.transforms for each in reading.references]
    root = etree.fromstring(source)
    assert f"{{{DS}}}Signature" == root.tag
    assert b'<?xml version="1.0" encoding="UTF-8"?>' == source.splitlines()[0]


def test_an_identifier_may_be_escaped_in_every_form():
    source = signed('<f id="税">x</f>'.encode()).replace('"#税"'.encode(), b'"#%E7%A8%8E"')

    reading = only_reading(source)

    assert () == reading.problems
    assert Coverage.DOCUMENT == reading.coverage
    assert not hanako().agrees(reading)  # the address is signed, too


CONTENT = "構成情報"
FALSE = "<構成情報><管理情報><手続名称>偽</手続名称></管理情報></構成情報>"
SIGNATURE = re.compile("<署名情報>.*</署名情報>".encode(), re.DOTALL)


def swapped(old, new, source=None):
    source = application() if source is None else source
    assert old.encode() in source, "the attack must change something"
    return source.replace(old.encode(), new.encode())


def with_object(content):
    return swapped("</Signature>", f"<Object>{content}</Object></Signature>")


# What a stranger puts around what is signed; the signature itself stays good.
AROUND = {
    "a false twin before": (lambda: swapped("<構成情報 ", f"{FALSE}<構成情報 "), "displaced"),
    "a false twin behind": (lambda: swapped("<その他>", f"{FALSE}<その他>"), "displaced"),
    "a false twin among the rest": (lambda: swapped("<その他>", f"<その他>{FALSE}"), "displaced"),
    "a false twin in an Object": (
        lambda: with_object(FALSE.replace("<構成情報>", '<構成情報 xmlns="">')),
        "displaced",
    ),
    "a false twin of another namespace in an Object": (lambda: with_object(FALSE), "part"),
    "a false part among the rest": (
        lambda: swapped("<その他>", "<その他><手続名称>偽</手続名称>"),
        "part",
    ),
    "a false part in the style": (
        lambda: swapped("<様式ID>", "<様式ID><手続名称>偽</手続名称>"),
        "part",
    ),
    "a false part in an Object": (lambda: with_object("<手続名称>偽</手続名称>"), "part"),
    "another element": (lambda: swapped("<その他>", "<追加/><その他>"), "part"),
    "the rest twice": (lambda: swapped("<その他>", "<その他/><その他>"), "part"),
    "the style twice": (lambda: swapped("<様式ID>", "<様式ID/><様式ID>"), "part"),
    "another order": (lambda: swapped("<構成情報 ", "<その他/><構成情報 "), "part"),
    "loose text": (lambda: swapped("<その他>", "偽<その他>"), "part"),
    "loose text beside the signature": (lambda: swapped("<署名情報>", "<署名情報>偽"), "part"),
    "something beside the signature": (lambda: swapped("<署名情報>", "<署名情報><偽/>"), "part"),
    "a namespace for the root": (
        lambda: swapped("<DataRoot>", '<x:DataRoot xmlns:x="urn:x">').replace(
            b"</DataRoot>", b"</x:DataRoot>"
        ),
        "part",
    ),
    "another root": (
        lambda: (
            b"<Outer>" + application().partition(b"?>\n<?")[2].partition(b"?>")[2] + b"</Outer>"
        ),
        "part",
    ),
}


@pytest.mark.parametrize("attack", AROUND)
def test_nothing_false_stands_around_what_is_signed(attack):
    """
    Whoever looks for an element by its name finds no unsigned one [DS 8.1.1].
    """
    change, coverage = AROUND[attack]
    document = read_signatures(change(), resources=BESIDE)

    assert () == document.problems
    [reading] = document.signatures
    assert Coverage(coverage) == reading.coverage
    assert reading.coverage in COVERAGE_CAUSES


SIGNED = re.compile("<構成情報 .*</構成情報>".encode(), re.DOTALL)


@pytest.mark.parametrize(
    ("place", "moved"),
    [
        pytest.param("</Signature>", "<Object><x xmlns=''>{}</x></Object>{place}", id="an Object"),
        pytest.param("<その他>", "<x>{}</x>{place}", id="an element of its own"),
        pytest.param("<その他>", "{place}{}", id="the rest"),
        pytest.param("</署名情報>", "<DataRoot>{}</DataRoot>{place}", id="a false application"),
    ],
)
def test_what_is_signed_is_moved_aside_and_a_false_one_put_in_its_place(place, moved):
    """
    The digest still agrees, and the one whom an application would read is not signed [DS 8.1.1].
    """
    source = application()
    original = SIGNED.search(source)[0].decode()
    false = SIGNED.sub(FALSE.encode(), source)

    made = swapped(place, moved.format(original, place=place), false)

    [reading] = read_signatures(made, resources=BESIDE).signatures
    assert () == reading.problems
    assert hanako().agrees(reading)
    assert Coverage.DISPLACED == reading.coverage


IDENTIFIERS = {
    "the identifier again": '<その他 id="構成情報">',
    "the identifier as ID": '<その他 ID="構成情報">',
    "the identifier as Id": '<その他 Id="構成情報">',
    "the identifier as xml:id": '<その他 xml:id="構成情報">',
    "the identifier in other letters": '<その他 id="&#x69CB;成情報">',
    "the time of the signature": f'<その他 id="{STAMP}">',
}


@pytest.mark.parametrize("attack", IDENTIFIERS)
def test_no_identifier_is_there_twice(attack):
    source = swapped("<その他>", IDENTIFIERS[attack])

    assert ["wrapping"] == causes(source, resources=BESIDE)


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param('<その他 IDREF="構成情報">', id="IDREF refers"),
        pytest.param('<その他 fid="構成情報">', id="fid is a name of e-Tax"),
        pytest.param('<その他 iD="構成情報">', id="no spelling of ours"),
    ],
)
def test_what_is_no_identifier_harms_nobody(twin):
    assert [] == causes(swapped("<その他>", twin), resources=BESIDE)


ESCAPED = "#%E6%A7%8B%E6%88%90%E6%83%85%E5%A0%B1"
ADDRESSES = {
    "an element of those letters": (
        lambda: swapped("<その他>", f'<その他 id="{ESCAPED[1:]}">'),
        "wrapping",
    ),
    "half an escape": (lambda: swapped(ESCAPED, "#%E6%A7"), "sig-constraints-failure"),
    "escaped twice": (
        lambda: swapped(ESCAPED, ESCAPED.replace("%", "%25")),
        "sig-constraints-failure",
    ),
    "another normal form": (
        lambda: swapped(ESCAPED, "#" + unicodedata.normalize("NFD", "構成情報が")),
        "signed-data-not-found",
    ),
    "an XPointer, escaped": (lambda: swapped(ESCAPED, "#xpointer%28/%29"), "signed-data-not-found"),
    "an XPointer": (lambda: swapped(ESCAPED, "#xpointer(/)"), "sig-constraints-failure"),
    "nothing, so the document": (lambda: swapped(ESCAPED, ""), "hash-failure"),
    "a file and a fragment": (
        lambda: swapped(f'"{ESCAPED}"', f'"a.xml{ESCAPED}"'),
        "sig-constraints-failure",
    ),
    "a file with a query": (lambda: swapped("201.xml", "201.xml?x"), "sig-constraints-failure"),
    "a folder up": (
        lambda: swapped('"%E7%94%B3', '"../%E7%94%B3'),
        "sig-constraints-failure",
    ),
    "a folder up, escaped": (
        lambda: swapped('"%E7%94%B3', '"%2e%2e%2f%E7%94%B3'),
        "sig-constraints-failure",
    ),
    "a zero octet": (lambda: swapped("201.xml", "201.xml%00"), "sig-constraints-failure"),
    "a letter in disguise": (lambda: swapped("201.xml", "201.%78ml"), "sig-constraints-failure"),
    "another case": (lambda: swapped("201.xml", "201.XML"), "signed-data-not-found"),
    "http": (lambda: swapped('"%E7%94%B3', '"http://x/%E7'), "sig-constraints-failure"),
    "absolute": (lambda: swapped('"%E7%94%B3', '"/%E7%94%B3'), "sig-constraints-failure"),
}


@pytest.mark.parametrize("attack", ADDRESSES)
def test_an_address_means_one_thing_or_nothing(attack):
    change, cause = ADDRESSES[attack]
    document = read_signatures(change(), resources=BESIDE)

    assert cause in [p.cause for s in document.signatures for p in s.problems] + [
        p.cause for p in document.problems
    ]
    for reading in document.signatures:
        assert isinstance(reading, Unreadable) or () == reading.contents


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        pytest.param({}, "signed-data-not-found", id="nothing came along"),
        pytest.param({**FILES, SHEET: b"a,b\n1,3\n"}, "hash-failure", id="a changed figure"),
        pytest.param({**FILES, SHEET: b""}, "hash-failure", id="an empty file"),
        pytest.param({SHEET: FILES[SHEET]}, "signed-data-not-found", id="one is missing"),
        pytest.param(
            {SHEET: FILES[APPLICATION], APPLICATION: FILES[SHEET]}, "hash-failure", id="exchanged"
        ),
        pytest.param(
            {**FILES, APPLICATION: FILES[APPLICATION].replace(b"\r\n", b"\n")},
            "hash-failure",
            id="other line ends",
        ),
    ],
)
def test_what_came_along_is_what_was_signed(files, cause):
    assert {cause} == set(causes(application(), resources=ByName(files)))


def test_a_file_is_no_document_and_is_never_parsed():
    """
    Without Transforms octets are octets, be they a bomb.
    """
    files = {"a.xml": b"<!DOCTYPE a [" + b"<" * 100_000}

    assert [] == causes(application(files=files), resources=ByName(files))


# The whole way: cards, certificates, lists, verdicts.


@pytest.fixture(scope="module", params=Algorithm, ids=lambda algorithm: algorithm.value)
def scene(request, tmp_path_factory):
    made = Scene.fresh(tmp_path_factory.mktemp("filings") / "w", algorithm=request.param)
    made.resident("hanako")
    made.resident("taro")
    made.wait_for_lists()
    yield made
    made.close()


def holder(scene, identifier):
    return Holder(scene, identifier)


def test_an_application_passes_with_its_files_and_says_what_is_signed(scene):
    source = holder(scene, "hanako").sign_xml(KOUSEI, form=Form.EGOV, files=FILES)

    told = as_json(scene.verify(source, files=FILES))
    assert "TOTAL-PASSED" == told["verdict"]
    content, *beside = told["signed_content"]["parts"]
    assert (ESCAPED, None) == (content["uri"], content["file"])
    assert [
        {"uri": reference_to(n), "file": n, "sha256": sha256(o).hexdigest(), "length": len(o)}
        for n, o in FILES.items()
    ] == beside
    assert "leaves whatever else is there open" in told["notes"][0]
    assert (
        f"{scene.now.astimezone(JST):%Y%m%d%H%M%S}"
        == only_reading(source, resources=BESIDE).identifier
    )


def test_a_file_that_came_along_and_is_not_signed_fails(scene):
    """
    Its reader would take it for signed [DS 8.1.3].
    """
    source = holder(scene, "hanako").sign_xml(KOUSEI, form=Form.EGOV, files=FILES)

    verdict = scene.verify(source, files={**FILES, "more.csv": b"1"})

    assert (Indication.TOTAL_FAILED, "coverage") == (verdict.indication, verdict.cause)
    assert Code.UNSPECIFIED == verdict.code
    assert verdict.covered is None
    assert "no part of the signature: more.csv" == verdict.notes[-1]


def test_a_filing_does_not_speak_for_what_came_along(scene):
    source = holder(scene, "hanako").sign_xml("<DATA id='DATA'>1</DATA>")

    assert scene.verify(source).passed
    assert "coverage" == scene.verify(source, files={"a.csv": b""}).cause


def test_a_drawing_passes_with_the_file_of_its_name_alone(scene):
    drawn = holder(scene, "taro").sign_xml(PIXELS, form=Form.TOKI, name=DRAWING)

    assert scene.verify(drawn, files={DRAWING: PIXELS}).passed
    assert "signed-data-not-found" == scene.verify(drawn).cause
    assert "signed-data-not-found" == scene.verify(drawn, files={"other.tif": PIXELS}).cause
    assert "hash-failure" == scene.verify(drawn, files={DRAWING: PIXELS + b"\0"}).cause


def test_a_certificate_that_is_revoked_signs_no_drawing(scene):
    saburo = scene.resident()
    drawn = saburo.sign_xml(PIXELS, form=Form.TOKI, name=DRAWING)
    saburo.moves()

    assert Code.CERTIFICATE_REVOKED == scene.verify(drawn, files={DRAWING: PIXELS}).code


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param({"files": FILES}, "only the form egov signs files", id="files with a filing"),
        pytest.param(
            {"files": FILES, "form": Form.TOKI, "name": "a"},
            "only the form egov",
            id="and a drawing",
        ),
        pytest.param({"form": Form.TOKI}, "refers to it by its name", id="a drawing without name"),
        pytest.param({"form": Form.EGOV, "part": "x"}, "itself says what is signed", id="a part"),
    ],
)
def test_words_that_do_not_go_together_are_refused(scene, options, sentence):
    with pytest.raises(Unacceptable, match=sentence):
        holder(scene, "hanako").sign_xml(KOUSEI, **options)


# And typed.


@pytest.fixture
def desk(tmp_path, monkeypatch):
    settle(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kousei.xml").write_bytes(KOUSEI)
    (tmp_path / DRAWING).write_bytes(PIXELS)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    assert 0 == minijpki("clock", "advance", "2d").exit_code
    assert 0 == minijpki("export", "--holder", "hanako", "-o", ".").exit_code
    return tmp_path


BY = ("sign", "xml", "--holder", "hanako", "--pin", PIN, "--form")
ATTACH = ("--attach", APPLICATION, "--attach", SHEET)


def test_an_application_is_typed_and_judged(desk):
    assert 0 == minijpki(*BY, "egov", "kousei.xml", *ATTACH, "-o", "out.xml").exit_code

    named = minijpki("verify", "out.xml", "--resource", APPLICATION, "--resource", SHEET, "--json")
    beside = minijpki("verify", "out.xml", "--resources", ".", "--json")

    assert [0, 0] == [named.exit_code, beside.exit_code]
    assert named.stdout == beside.stdout
    parts = json.loads(named.stdout)["signed_content"]["parts"]
    assert [None, APPLICATION, SHEET] == [part["file"] for part in parts]
    shown = minijpki("verify", "out.xml", "--resources", ".").stdout
    assert f"  = {sha256(FILES[SHEET]).hexdigest()}  {SHEET}\n" in shown


def test_without_the_files_an_application_fails(desk):
    minijpki(*BY, "egov", "kousei.xml", *ATTACH, "-o", "out.xml")

    result = minijpki("verify", "out.xml", "--json")

    assert (1, "signed-data-not-found") == (result.exit_code, json.loads(result.stdout)["cause"])


def test_a_drawing_is_typed_and_judged(desk):
    target = f"{DRAWING}.sig.xml"
    assert 0 == minijpki(*BY, "toki", DRAWING, "-o", target).exit_code

    assert 0 == minijpki("verify", target, "--resource", DRAWING).exit_code
    assert 0 == minijpki("verify", target, "--resources", ".").exit_code
    assert 1 == minijpki("verify", target).exit_code


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(("verify", "signed.xml", "--resource", "none"), "none", id="no such file"),
        pytest.param(("verify", "signed.xml", "--resources", "none"), "none", id="no such folder"),
        pytest.param(
            ("verify", "signed.xml", "--resources", ".", "--resource", DRAWING),
            "not both",
            id="both",
        ),
        pytest.param(
            ("verify", "sign.cert.pem", "--resources", "."), "only a signed XML document", id="bare"
        ),
        pytest.param(
            (
                *("verify", "signed.xml", "--content", DRAWING),
                *("--certificate", "sign.cert.pem", "--resource", DRAWING),
            ),
            "only a signed XML document",
            id="a bare signature",
        ),
        pytest.param((*BY, "toki", "-", "-o", "x"), "by its name", id="a drawing without a name"),
        pytest.param((*BY, "egov", "filing.xml", "-o", "x"), "sign kousei.xml", id="a filing"),
        pytest.param(
            (*BY, "xtx", "filing.xml", *ATTACH, "-o", "x"), "only the form egov", id="attached"
        ),
        pytest.param(
            (*BY, "egov", "kousei.xml", *ATTACH, *ATTACH, "-o", "x"), "have the name", id="twice"
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(desk, words, sentence):
    assert sentence in refused(minijpki(*words, input="x"))
    assert not (desk / "x").exists()


def test_a_stranger_reads_no_other_file(desk):
    """
    The digest of a secret is no way to it either: what is not a plain name is not looked up.
    """
    (desk / "in").mkdir()
    secret = (desk / ".minijpki" / "world.sqlite3").read_bytes()
    digest = b64encode(sha256(secret).digest())
    for uri in ("../.minijpki/world.sqlite3", "%2e%2e%2f.minijpki%2fworld.sqlite3", "link"):
        (desk / "in" / "link").unlink(missing_ok=True)
        (desk / "in" / "link").symlink_to(desk / ".minijpki" / "world.sqlite3")
        source = drawing().replace(reference_to(DRAWING).encode(), uri.encode())
        source = re.sub(b"(<DigestValue>)[^<]+", rb"\g<1>" + digest, source)
        (desk / "x.xml").write_bytes(source)

        told = json.loads(minijpki("verify", "x.xml", "--resources", "in", "--json").stdout)

        assert None is told["signed_content"]
        assert (
            "failed"
            == {each["check"]: each["outcome"] for each in told["checks"]}[
                "algorithm" if "2" in uri or "." in uri else "digest"
            ]
        )
