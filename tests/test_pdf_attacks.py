"""
Somebody gets hold of a signed contract and would like it to say something else.

Nothing that is not what was signed passes; what comes after a signature is only more
signatures and their evidence; and whatever is sent ends in a verdict, at a bounded price.
"""

import os
import random
import re
import zlib

import pytest
from forgery import causes, sound
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_workshop import (
    PAGE,
    annotate,
    describe,
    draw,
    entitle,
    fill_in,
    message_of,
    ranges_of,
    resigned,
    signed_over,
    updated,
    with_form,
    with_message,
    with_ranges,
)
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from harness.documents.pdf import container
from harness.documents.pdf.blank import blank_page
from harness.documents.pdf.profiles import PdfProfile
from harness.documents.pdf.read import read_pdf
from harness.scene import Scene
from harness.verifier.verdict import Indication
from pki.errors import Malformed, SearchExhausted

MUTATIONS = 2000 if os.environ.get("MINIJPKI_TORTURE") == "1" else 100
HEX_LETTERS = frozenset(b"ABCDEFabcdef")


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    scene = Scene.fresh(tmp_path_factory.mktemp("contracts") / "world")
    scene.resident("hanako")
    scene.resident("taro")
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def signed(scene):
    return scene.world.sign_pdf("hanako", PAGE, pin="ABC123")


@pytest.fixture(scope="module")
def both(scene, signed):
    return scene.world.sign_pdf("taro", signed, pin="ABC123")


def found(scene, document):
    return causes(scene.verify(document))[1]


@pytest.mark.torture
def test_no_byte_can_be_changed(scene, signed, scaled):
    """
    Each byte in turn gets another bit; a twentieth of them here, with those around the hole.
    """
    _, gap, resume, _ = ranges_of(signed)
    chance = random.Random(0)
    around = {*range(gap - 4, gap + 4), *range(resume - 4, resume + 4)}
    chosen = chance.sample(range(len(signed)), scaled(len(signed)))
    passed = []
    for position in sorted({*chosen, *around}):
        changed = bytearray(signed)
        changed[position] ^= 1 << chance.randrange(8)
        if scene.verify(bytes(changed)).indication is not Indication.TOTAL_FAILED:
            passed.append(position)

    assert [] == passed


def test_the_digits_of_the_message_are_of_one_case(scene, signed):
    """
    What the signature does not cover cannot be changed either: not even to other digits of
    the same value, for a message has one spelling in upper case and one in lower.
    """
    _, gap, resume, _ = ranges_of(signed)
    hole = signed[gap:resume]
    position = next(each for each, digit in enumerate(hole) if digit in HEX_LETTERS)
    mixed = hole[:position] + hole[position : position + 1].swapcase() + hole[position + 1 :]

    assert scene.verify(signed[:gap] + hole.swapcase() + signed[resume:]).passed
    assert {"format": "format-failure"} == found(scene, signed[:gap] + mixed + signed[resume:])


# What a signer, or a thief of ranges, writes: how, from (document, gap, resume, size).
RANGES = {
    "a-page-left-out": lambda d, gap, resume, size: (0, 100, 200, size - 200),
    "from-the-second-byte-on": lambda d, gap, resume, size: (1, gap - 1, resume, size - resume),
    "gap-too-wide": lambda d, gap, resume, size: (0, gap - 20, resume, size - resume),
    "gap-too-wide-behind": lambda d, gap, resume, size: (0, gap, resume + 9, size - resume - 9),
    "gap-too-narrow": lambda d, gap, resume, size: (0, gap + 1, resume, size - resume),
    "overlap": lambda d, gap, resume, size: (0, resume + 10, resume, size - resume),
    "nothing-behind": lambda d, gap, resume, size: (0, gap, resume, 0),
    "end-left-out": lambda d, gap, resume, size: (0, gap, resume, size - resume - 7),
}
UNREADABLE_RANGES = {
    "negative": lambda gap, resume, size: (0, gap, -resume, size),
    "negative-length": lambda gap, resume, size: (0, gap, resume, -1),
    "beyond-the-end": lambda gap, resume, size: (0, gap, resume, size),
    "far-beyond": lambda gap, resume, size: (0, gap, resume, 10**9),
    "two-numbers": lambda gap, resume, size: (0, gap),
    "six-numbers": lambda gap, resume, size: (0, gap, resume, 9, resume + 9, 9),
    "none": lambda gap, resume, size: (),
}


@pytest.mark.parametrize("ranges", RANGES.values(), ids=RANGES)
def test_ranges_that_leave_anything_out_fail_though_signed(scene, signed, ranges):
    """
    The signer's own signature over them is right: only the place is wrong [32000 12.8.1].
    """
    _, gap, resume, length = ranges_of(signed)

    document = resigned(scene, signed, *ranges(signed, gap, resume, resume + length))
    verdict = scene.verify(document)

    assert Indication.TOTAL_FAILED is verdict.indication
    assert verdict.cause in ("format-failure", "coverage")
    assert verdict.covered is None


def test_the_right_ranges_signed_anew_pass(scene, signed):
    assert scene.verify(resigned(scene, signed, *ranges_of(signed))).passed


@pytest.mark.parametrize("ranges", UNREADABLE_RANGES.values(), ids=UNREADABLE_RANGES)
def test_ranges_that_are_none(scene, signed, ranges):
    _, gap, resume, length = ranges_of(signed)

    document = with_ranges(signed, *ranges(gap, resume, resume + length))

    assert {"format": "format-failure"} == found(scene, document)


SPOILED_MESSAGES = {
    "other-octets-after": lambda m: m[:-1] + b"\x01",
    "cut": lambda m: m[: len(m) // 2],
    "empty": lambda m: b"",
    "null": lambda m: b"\x05\x00",
    "indefinite-length": lambda m: b"\x30\x80" + m[4:],
    "text": lambda m: b"not a message",
}


@pytest.mark.parametrize("spoil", SPOILED_MESSAGES.values(), ids=SPOILED_MESSAGES)
def test_a_spoiled_message_is_no_signature(scene, signed, spoil):
    verdict = scene.verify(with_message(signed, spoil(message_of(signed))))

    assert "format-failure" == verdict.cause
    assert Indication.TOTAL_FAILED is verdict.indication


def test_a_message_of_another_document_is_of_another_document(scene, signed):
    other = scene.world.sign_pdf("hanako", blank_page(b"0 0 9 9 re f"), pin="ABC123")

    verdict = scene.verify(with_message(signed, message_of(other).rstrip(b"\0")))

    assert (
        "hash-failure"
        == found(scene, with_message(signed, message_of(other).rstrip(b"\0")))["digest"]
    )
    assert Indication.TOTAL_FAILED is verdict.indication


def test_a_message_brings_no_content_of_its_own(scene, signed):
    """
    Its content would be what is signed, and the document anything.
    """
    from forgery import key_of

    from pki.cms.write import sign_data
    from pki.keys import ROWS, algorithm_of, sign
    from pki.kinds import Kind

    key = key_of(scene)
    message = sign_data(
        b"100",
        certificate_der=scene.world.certificate("hanako", Kind.SIGN),
        algorithm=ROWS[algorithm_of(key)],
        signer=lambda attributes: sign(key, attributes),
    )

    assert "format-failure" == found(scene, with_message(signed, message))["format"]


def test_pades_names_its_certificate(scene, signed):
    """
    As `adbe.pkcs7.detached` the same message would do [EN319142 6.3].
    """
    subfilter = signed.replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")
    assert len(subfilter) == len(signed)
    assert scene.verify(resigned(scene, subfilter, *ranges_of(subfilter))).passed

    unknown = signed.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1_")
    document = resigned(scene, unknown, *ranges_of(unknown))

    assert {"algorithm": "sig-constraints-failure"} == found(scene, document)


def free_the_page(document):
    """
    Append a table that frees the page, by hand: no writer would.
    """
    start = len(document)
    size = int(re.findall(rb"/Size (\d+)", document)[-1])
    before = int(re.findall(rb"startxref\s+(\d+)", document)[-1])
    root = re.findall(rb"/Root (\d+ 0 R)", document)[-1]
    return document + (
        b"xref\n3 1\n0000000000 00001 f \ntrailer\n<</Size %d/Root %s/Prev %d>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, root, before, start)
    )


LATER = {  # what is appended: how
    "newline": lambda d: d + b"\n",
    "comment": lambda d: d + b"% void\n",
    "zeros": lambda d: d + bytes(100),
    "page-content": lambda d: updated(d, draw),
    "annotation": lambda d: updated(d, annotate),
    "title": lambda d: updated(d, entitle),
    "title-in-xmp": lambda d: updated(d, describe),
    "page-freed": free_the_page,
    "empty-field": lambda d: updated(
        d, lambda w: append_signature_field(w, SigFieldSpec("over", box=(0, 0, 500, 800)))
    ),
    "catalog": lambda d: updated(d, open_action),
    "changed-and-changed-back": lambda d: updated(updated(d, draw), undraw),
    "garbage-after-a-good-revision": lambda d: updated(d, lambda w: w.update_root()) + b"% void",
    "object-of-no-table": lambda d: updated(d + HIDDEN, lambda w: w.update_root()),
}
HIDDEN = b"3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n"
HARMLESS = {"newline", "comment", "zeros", "garbage-after-a-good-revision"}  # once more follows


def open_action(writer):
    """
    Let the document do something when it is opened.
    """
    writer.root["/OpenAction"] = writer.add_object(
        DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_name("/x")})
    )
    writer.update_root()


def undraw(writer):
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)


@pytest.mark.parametrize("append", LATER.values(), ids=LATER)
def test_nothing_else_may_come_after_a_signature(scene, signed, append):
    document = append(signed)

    verdict = scene.verify(document)

    assert document.startswith(signed)
    assert {"coverage": "modified"} == causes(verdict)[1]
    assert f"{len(document) - len(signed)} octets follow what is signed" in verdict.notes


@pytest.mark.parametrize(
    "append", [pytest.param(each, id=name) for name, each in LATER.items() if name not in HARMLESS]
)
def test_a_second_signature_does_not_heal_what_came_between(scene, signed, append):
    try:
        document = scene.world.sign_pdf("taro", append(signed), pin="ABC123")
    except Malformed:
        return  # what is no PDF any more cannot be signed either

    assert Indication.TOTAL_FAILED is scene.verify(document).indication


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_white_space_and_comments_between_signatures_say_nothing(scene, signed, name):
    document = scene.world.sign_pdf("taro", LATER[name](signed), pin="ABC123")

    assert scene.verify(document).passed


def test_a_file_that_does_not_say_where_its_table_is(scene, signed):
    assert {"format": "format-failure"} == found(scene, signed + b"%%EOF\n")


def test_signatures_and_evidence_may_come_after_a_signature(scene, signed, both):
    third = scene.world.sign_pdf("hanako", both, pin="ABC123", profile=PdfProfile.B_LT)

    assert scene.verify(both).passed
    assert 3 == len(scene.verify(third).signatures)
    assert scene.verify(third).passed


def test_a_changed_form_is_changed(scene):
    document = scene.world.sign_pdf("hanako", with_form(), pin="ABC123")

    assert scene.verify(document).passed
    assert {"coverage": "modified"} == found(scene, updated(document, fill_in))


def test_a_broken_second_signature_fails_the_document(scene, signed, both):
    spoiled = with_message(both, signed_over(scene, b"something else"))

    verdict = sound(scene.verify(spoiled))

    assert ["OK", "SIGNATURE_MISMATCH"] == [each.code for each in verdict.signatures]
    assert "SIGNATURE_MISMATCH" == verdict.code


def test_a_garbage_signature_is_not_overlooked(scene, signed):
    """
    GHSA-g258-q5gf-7hvx: a verifier looked at the first signature only.
    """

    def add(writer):
        writer.add_object(
            DictionaryObject(
                {pdf_name("/Type"): pdf_name("/Sig"), pdf_name("/Contents"): pdf_name("/no")}
            )
        )

    verdict = scene.verify(updated(signed, add))

    assert "format-failure" in [each.cause for each in verdict.signatures]
    assert Indication.TOTAL_FAILED is verdict.indication


def test_a_signature_that_was_taken_out_of_its_field_is_missed(scene, both):
    """
    Whoever hides the second signature leaves an object that calls itself one.
    """

    def hide(writer):
        fields = writer.root["/AcroForm"]["/Fields"]
        fields.pop()
        writer.update_container(fields)

    verdict = scene.verify(updated(both, hide))

    assert Indication.TOTAL_FAILED is verdict.indication


def test_an_encrypted_file_is_not_judged(tmp_path, scene):
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(BytesIO(PAGE)))
    writer.encrypt("secret")
    written = BytesIO()
    writer.write(written)

    assert {"format": "format-failure"} == found(scene, written.getvalue())


# Files that cost more than they weigh.
def with_object_stream(data, *, count, first):
    packed = zlib.compress(data)
    return b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
        *(count, first, len(packed)),
        packed,
    )


def file_with(*objects, trailer=b"", xref=None):
    """
    Write a file of these objects, whose table is a stream if *xref* gives its dictionary.
    """
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(written)
    if xref is not None:
        written += b"%d 0 obj\n%s\nendobj\n" % (len(objects) + 1, xref(places, start))
    else:
        written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        written += b"".join(b"%010d 00000 n \n" % each for each in places)
        written += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, trailer)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


CATALOG = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[ 4 0 R ]>>>>"


def bomb(_=None):
    """
    An object stream of 20 MB of spaces in 20 kB.
    """
    packed = with_object_stream(b" " * (20 << 20), count=1, first=10)

    def table(places, start):
        rows = b"\0\0\0\0\0\0\0"
        rows += b"".join(b"\1" + each.to_bytes(4, "big") + b"\0\0" for each in places)
        rows += b"\2" + (3).to_bytes(4, "big") + b"\0\0"
        rows += b"\1" + start.to_bytes(4, "big") + b"\0\0"
        return (
            b"<</Type/XRef/Size 6/W[ 1 4 2 ]/Index[ 0 6 ]/Root 1 0 R/Length %d>>"
            b"stream\n%s\nendstream" % (len(rows), rows)
        )

    return file_with(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>", packed, xref=table)


def endless_table(_=None):
    """
    A cross-reference stream of a thousand million entries without an octet.
    """
    return file_with(
        CATALOG,
        xref=lambda places, start: (
            b"<</Type/XRef/Size 1000000000/W[ 0 0 0 ]/Root 1 0 R/Length 0>>stream\n\nendstream"
        ),
    )


COSTLY = {
    "zip-bomb": bomb,
    "endless-table": endless_table,
    "loop-of-tables": lambda: file_with(CATALOG, trailer=b"/Prev 999999"),
    "deep": lambda: file_with(b"[" * 100_000),
    "deep-dictionaries": lambda: file_with(b"<</Type/Catalog/AcroForm" + b"<</Fields[" * 50_000),
    "fields-in-a-ring": lambda: file_with(
        CATALOG, b"<<>>", b"<<>>", b"<</T(a)/Kids[ 4 0 R ]/FT/Sig>>"
    ),
    "root-of-itself": lambda: file_with(b"1 0 R"),
    "many-objects": lambda: b"%PDF-1.7\nxref\n0 9999999\n" + b"0000000000 00000 n \n" * 60_000,
    "no-end": lambda: b"%PDF-1.7\n" + b" " * (1 << 20),
    "a-large-array": lambda: file_with(b"<</Type/Catalog/AcroForm[" + b"1 " * 1_200_000 + b"]>>"),
}


@pytest.mark.parametrize("build", COSTLY.values(), ids=COSTLY)
def test_a_costly_file_ends_in_a_typed_error(build):
    document = build()

    with pytest.raises((Malformed, SearchExhausted)):
        read_pdf(document)


def test_what_is_too_large_is_not_opened(monkeypatch, signed):
    monkeypatch.setattr(container, "MAX_SIZE", len(signed) - 1)

    with pytest.raises(SearchExhausted, match="octets of PDF"):
        read_pdf(signed)


def test_an_honest_file_takes_a_small_part_of_the_work(both):
    """
    The limit is two million steps; most of these are the digits of the messages.
    """
    opened = container.open_container(both)
    read_pdf(both)

    assert opened.counted.limit - opened.counted.left < 40_000


@pytest.mark.torture
@settings(deadline=None, max_examples=MUTATIONS, derandomize=True)
@given(data=st.data())
def test_whatever_is_changed_ends_in_a_verdict(scene, both, data):
    """
    Pieces cut out, doubled, overwritten with words that PDF knows: never an exception, and
    never a pass but for the untouched file.
    """
    document = bytearray(both)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(document) - 1))
        length = data.draw(st.integers(0, 40))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from(WORDS),
                st.just(bytes(document[start : start + length]) * 2),
            )
        )
        document[start : start + length] = piece

    verdict = sound(
        scene.verify(bytes(document)) if document[:5] == b"%PDF-" else scene.verify(both)
    )

    if bytes(document) != both and document[:5] == b"%PDF-":
        assert not verdict.passed


WORDS = [
    *(b"/ByteRange", b"/Contents", b"<<", b">>", b"[", b"]", b"obj", b"endobj", b"stream", b"xref"),
    *(b"0 0 R", b"1 0 R", b"9 0 R", b"null", b"-1", b"99999999999999999999", b"/Kids", b"/Parent"),
    *(b"trailer", b"startxref", b"%%EOF", b"/Prev 0", b"/ObjStm", b"/XRefStm 0", b"(", b")", b"<"),
]
