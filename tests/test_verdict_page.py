"""
A verdict as a page that somebody forwards: whole, in both languages, and harmless.

Most of what it shows was written by whoever sent the document, who may be the very person
that the verdict refuses.  So the page is read back here by a parser of HTML.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from forgery import filed, forged, key_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from town import YOKOHAMA, minijpki, process, settle

from harness.reports.page import jst
from harness.reports.verdicts import verdict_page, visible
from harness.scene import Scene
from harness.verifier.documents import verify_xml
from harness.verifier.evidence import AtHand
from harness.verifier.verdict import Covered
from harness.verifier.witness import Witness
from harness.verifier.wording import as_json
from pki.causes import CAUSES
from pki.checks import NAMES, PASSED
from pki.kinds import Kind

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}"
UNREAD = verify_xml(b"no XML", AtHand(()), at=datetime(2026, 4, 1, 3, tzinfo=UTC))
REVERSED = "safe\u202egnp.exe"


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    made = Scene.fresh(tmp_path_factory.mktemp("scene") / "w", seed=1)
    made.resident("hanako")
    made.resident("taro", address="大阪府大阪市北区中之島1-1")
    yield made
    made.close()


def judged(scene, document, evidence=None):
    """
    Judge a document, and let a witness attend.
    """
    witness = Witness()
    evidence = evidence or scene.world.evidence.as_of(scene.now)
    witness.attend(evidence)
    return verify_xml(document, evidence, at=scene.now), witness


@pytest.fixture(scope="module")
def filing(scene):
    return filed(scene.world.certificate("hanako", Kind.SIGN), key_of(scene))


def page(verdict, witness, lang="en", name="signed.xml"):
    return verdict_page(verdict, witness, lang, name=name)


def text_of(element):
    return " ".join(" ".join(element.itertext()).split())


def spoken(written, lang):
    """
    Return what a reader of one language sees, languages apart.
    """
    tree = html.fromstring(written.encode())
    other = {"en": "ja", "ja": "en"}[lang]
    for each in tree.xpath(f"//body//*[@lang='{other}']|//style"):
        each.drop_tree()
    return text_of(tree)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_says_every_check_in_both_languages(scene, filing, lang):
    verdict, witness = judged(scene, filing)

    shown = spoken(page(verdict, witness), lang)

    for each in as_json(verdict)["checks"]:
        said = each["text"][lang]
        assert (said if lang == "ja" else f"{said[0].upper()}{said[1:]}.") in shown
        assert each["rule"] in shown
    names = [getattr(NAMES[each.check], lang) for each in verdict.results]
    assert [] == [name for name in names if name not in shown]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_opens_in_the_language_that_was_asked_for(scene, filing, lang):
    tree = html.fromstring(page(*judged(scene, filing), lang).encode())

    assert lang == tree.get("lang")
    assert [f"to-{lang}"] == tree.xpath("//input[@checked]/@id")


def test_who_signed_what_is_on_it(scene, filing):
    verdict, witness = judged(scene, filing)

    shown = spoken(page(verdict, witness), "en")

    told = as_json(verdict)
    assert "住基 花子" in shown.replace("\u3000", " ")
    assert "1990-01-01" in shown
    assert told["signed_content"]["sha256"] in shown
    assert f"{told['signed_content']['length']} octets" in shown
    assert "#DATA" in shown
    assert told["certificate"]["subject"] in shown
    assert "1.2.392.200149.8.5.1.1.20" in shown


def test_the_evidence_is_on_it_with_its_dates(scene, filing):
    verdict, witness = judged(scene, filing)
    exhibits = witness.exhibits(verdict.certificate, at=verdict.at)

    shown = spoken(page(verdict, witness), "en")

    assert [("crl", "good"), ("ocsp", "ocsp-unknown")] == [(e.source, e.said) for e in exhibits]
    assert all(f"{jst(each.made_at)} JST" in shown for each in exhibits)
    assert all(f"{jst(each.until)} JST" in shown for each in exhibits)


def test_an_old_list_is_named_with_what_is_the_matter(scene, filing):
    at = scene.now + timedelta(days=30)
    verdict, witness = judged(scene, filing)

    said = [each.said for each in witness.exhibits(verdict.certificate, at=at)]

    assert ["crl-stale", "ocsp-stale"] == said


def test_without_evidence_it_says_so(scene, filing):
    anchors = AtHand(scene.world.evidence.as_of(scene.now).anchors)
    verdict, witness = judged(scene, filing, anchors)

    shown = spoken(page(verdict, witness), "en")

    assert "It cannot be told" in shown
    assert "No list and no OCSP response was at hand." in shown


@pytest.mark.parametrize(
    "document",
    [b"no XML at all", b"<DATA id='DATA'>unsigned</DATA>", b""],
    ids=["no-xml", "unsigned", "empty"],
)
def test_even_what_cannot_be_read_gets_a_page(scene, document):
    verdict, witness = judged(scene, document)

    shown = spoken(page(verdict, witness), "en")

    assert "It does not pass" in shown
    assert "None was found, or none could be read." in shown


def test_each_of_several_signatures_has_its_part(scene):
    once = filed(scene.world.certificate("hanako", Kind.SIGN), key_of(scene), signed_id="RKO0010")
    both = filed(
        scene.world.certificate("taro", Kind.SIGN),
        key_of(scene, "taro"),
        document=once,
        signed_id="RKO0010",
    )
    written = page(*judged(scene, both))
    tree = html.fromstring(written.encode())

    assert 2 == len(tree.xpath("//ol[@class='checks']"))
    assert "Signature 1 of 2" in spoken(written, "en")
    assert "署名 2／2" in spoken(written, "ja")
    assert "住基 太郎" in spoken(written, "ja").replace("\u3000", " ")


def test_the_top_says_which_signature_decided(scene):
    """
    Hanako's is good, and the stranger's beside it is not.
    """
    once = filed(scene.world.certificate("hanako", Kind.SIGN), key_of(scene), signed_id="RKO0010")
    stranger = forged(scene, who="taro", signed_by=key_of(scene, "taro"))
    both = filed(stranger, key_of(scene, "taro"), document=once, signed_id="RKO0010")
    tree = html.fromstring(page(*judged(scene, both)).encode())

    top = text_of(tree.xpath("//div[contains(@class, 'why')]")[0])

    assert "signature 2 署名 2 · no-certificate-chain-found" in top


def test_the_sentence_at_the_top_is_that_of_the_check_that_decided(scene):
    """
    Which may be closer than that of the cause alone.
    """
    other = forged(scene, without=[x509.ExtensionOID.CERTIFICATE_POLICIES])
    verdict, witness = judged(scene, filed(other, key_of(scene)))
    tree = html.fromstring(page(verdict, witness).encode())

    top = text_of(tree.xpath("//div[contains(@class, 'why')]")[0])

    assert "chain-constraints-failure" == verdict.cause
    assert "The certificate does not state the policy that this use needs." in top
    assert "chain-constraints-failure · RFC 5280 6.1.5 (g)" in top
    assert CAUSES[verdict.cause].ja not in top


def spoiled(scene, filing):
    """
    A verdict that holds hostile text in every place a stranger can write to.
    """
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.COMMON_NAME, HOSTILE[:60]),
        ]
    )
    stranger = filed(forged(scene, subject_name=name), key_of(scene))
    verdict, witness = judged(scene, stranger)
    assert "script" in as_json(verdict)["certificate"]["subject"]
    return (
        replace(
            verdict,
            covered=Covered(b"x", (HOSTILE, REVERSED, "")),
            notes=(HOSTILE, REVERSED),
        ),
        witness,
    )


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_hostile_text_stays_text(scene, filing, lang):
    verdict, witness = spoiled(scene, filing)

    written = page(verdict, witness, lang, name=f"{HOSTILE}.xml")

    tree = html.fromstring(written.encode())
    elements = {each.tag for each in tree.iter() if isinstance(each.tag, str)}
    attributes = {key for each in tree.iter() for key in each.attrib}
    assert set() == elements & {"script", "img", "iframe", "object", "embed", "link", "form", "a"}
    assert set() == {each for each in attributes if each.startswith("on")}
    assert set() == attributes & {"src", "href", "style", "action", "srcdoc", "background"}
    assert "{{7*7}}" in tree.text_content()
    assert HOSTILE in tree.text_content()


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_at_all_becomes_an_element(text):
    """
    Whatever it is, it comes out as it went in, but for what has no face.
    """
    shown = html.fromstring(page(UNREAD, Witness(), name=text)).xpath("//bdi")[0]

    assert [] == list(shown)
    assert visible(text).replace("\r\n", "\n") == (shown.text or "")


def test_what_has_no_face_is_spelled_out(scene, filing):
    verdict, witness = spoiled(scene, filing)

    written = page(verdict, witness, name=REVERSED)

    assert "\u202e" not in written
    assert "safe\\u202egnp.exe" in written
    assert "住基\u3000花子" == visible("住基\u3000花子")
    assert "a\\u0000b\\u000ac" == visible("a\0b\nc")


def test_the_page_fetches_nothing_and_forbids_it(scene, filing):
    written = page(*judged(scene, filing))

    assert "default-src 'none'" in written
    assert None is re.search(r"https?://|//[a-z]|@import|url\(", written)


def test_what_a_verdict_will_say_one_day_is_on_it_too(scene, filing, monkeypatch):
    """
    A key for which the page has no place yet is listed, and escaped like any other.
    """
    verdict, witness = judged(scene, filing)
    monkeypatch.setattr(
        "harness.reports.verdicts.as_json", lambda each: as_json(each) | {"more": HOSTILE}
    )

    tree = html.fromstring(page(verdict, witness).encode())

    assert HOSTILE in tree.xpath("//dl[@class='notes']")[0].text_content()


def test_the_command_writes_the_page_beside_its_answer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)
    bare = minijpki("verify", "signed.xml", "--json")

    result = minijpki("verify", "signed.xml", "--html", "verdict.html", "--json", "--lang", "ja")

    written = Path("verdict.html").read_text(encoding="utf-8")
    assert (0, bare.stdout, "") == (result.exit_code, result.stdout, result.stderr)
    assert json.loads(result.stdout)["signed_content"]["sha256"] in written
    assert "検証に合格しました" in spoken(written, "ja")
    assert next(iter(PASSED.values())).ja in spoken(written, "ja")


def test_a_refusal_has_a_page_and_its_exit_status(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)
    minijpki("resident", "move", "hanako", "--address", YOKOHAMA)
    minijpki("clock", "advance", "1d")

    result = minijpki("verify", "signed.xml", "--html", "verdict.html", "--lang", "en")

    shown = spoken(Path("verdict.html").read_text(encoding="utf-8"), "en")
    assert 1 == result.exit_code
    assert "Revoked since 2026-04-01 12:00 JST · affiliationChanged" in shown
    assert "The holder needs a new one from the counter." in shown


def test_a_page_that_cannot_be_written_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)

    result = process("verify", "signed.xml", "--html", "filing.xml/verdict.html")

    assert 1 == result.returncode
    assert "" == result.stdout
    assert "cannot be written" in result.stderr
