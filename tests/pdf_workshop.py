"""
What the stories about PDF share: pages to sign, and updates that nobody should make.

An update is written by pyHanko's writer, as any program would write it, behind what was
signed.  A forged signature is our own with its ranges or its message changed, and signed
anew where that is the point, past card and counter.
"""

import re
from io import BytesIO

from forgery import key_of
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from harness.documents.pdf.blank import blank_page
from pki.cms.write import sign_data
from pki.keys import ROWS, algorithm_of, sign
from pki.kinds import Kind

PAGE = blank_page(b"BT ET")
BYTE_RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\] *")


class Writer(IncrementalPdfFileWriter):
    """
    Writes what it is told, and no metadata of its own.
    """

    def _update_meta(self):
        pass


def updated(document, change):
    """
    Append a revision in which *change* did something to the file.
    """
    writer = Writer(BytesIO(document))
    change(writer)
    written = BytesIO()
    writer.write(written)
    assert written.getvalue().startswith(document)
    return written.getvalue()


def page_of(writer):
    return writer.find_page_for_modification(0)[0].get_object()


def draw(writer):
    """
    Give the page another content.
    """
    stream = generic.StreamObject(stream_data=b"0 0 100 100 re f")
    page = page_of(writer)
    page["/Contents"] = writer.add_object(stream)
    writer.update_container(page)


def annotate(writer):
    """
    Put a note onto the page.
    """
    page = page_of(writer)
    note = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Text"),
            pdf_name("/Rect"): generic.ArrayObject(map(NumberObject, (0, 0, 50, 50))),
            pdf_name("/Contents"): pdf_string("void"),
        }
    )
    notes = page.get("/Annots", generic.ArrayObject())
    page["/Annots"] = generic.ArrayObject([*notes, writer.add_object(note)])
    writer.update_container(page)


def entitle(writer):
    """
    Give the document another title.
    """
    info = DictionaryObject({pdf_name("/Title"): pdf_string("void")})
    writer.set_info(writer.add_object(info))


XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="void"/>
</rdf:RDF></x:xmpmeta>"""


def describe(writer):
    """
    Give the document a title in XMP.
    """
    header = DictionaryObject({pdf_name("/Type"): pdf_name("/Metadata")})
    stream = generic.StreamObject(dict_data=header, stream_data=XMP)
    writer.root["/Metadata"] = writer.add_object(stream)
    writer.update_root()


def with_form(value="100"):
    """
    Make a page with one field of text, filled in.
    """

    def add_field(writer):
        page = page_of(writer)
        field = DictionaryObject(
            {
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): pdf_string("amount"),
                pdf_name("/V"): pdf_string(value),
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/Rect"): generic.ArrayObject(map(NumberObject, (0, 0, 50, 50))),
            }
        )
        reference = writer.add_object(field)
        page["/Annots"] = generic.ArrayObject([reference])
        form = DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([reference])})
        writer.root["/AcroForm"] = writer.add_object(form)
        writer.update_container(page)
        writer.update_root()

    return updated(PAGE, add_field)


def fill_in(writer):
    """
    Change what stands in the field of text.
    """
    for each in writer.root["/AcroForm"]["/Fields"]:
        field = each.get_object()
        if field["/FT"] == "/Tx":
            field["/V"] = pdf_string("900")
            writer.update_container(field)


def ranges_of(document):
    """
    Return the ByteRange of the newest signature.
    """
    return tuple(map(int, BYTE_RANGE.findall(document)[-1]))


def with_ranges(document, *ranges):
    """
    Write other numbers into the newest ByteRange, in the room that it has.
    """
    found = list(BYTE_RANGE.finditer(document))[-1]
    written = b"/ByteRange [%s]" % b" ".join(str(each).encode() for each in ranges)
    room = found.end() - found.start()
    assert len(written) <= room
    return document[: found.start()] + written.ljust(room) + document[found.end() :]


def with_message(document, message):
    """
    Put another message into the hole of the newest signature, padded with zeros.
    """
    _, gap, resume, _ = ranges_of(document)
    digits = message.hex().encode().ljust(resume - gap - 2, b"0")
    assert gap + 2 + len(digits) == resume
    return document[: gap + 1] + digits + document[resume - 1 :]


def message_of(document):
    """
    Return the message of the newest signature with its padding.
    """
    _, gap, resume, _ = ranges_of(document)
    return bytes.fromhex(document[gap + 1 : resume - 1].decode())


def signed_over(scene, octets, **options):
    """
    Sign any octets with Hanako's key, as a detached message of our own writer.
    """
    key = key_of(scene)
    return sign_data(
        octets,
        certificate_der=scene.world.certificate("hanako", Kind.SIGN),
        algorithm=ROWS[algorithm_of(key)],
        signer=lambda attributes: sign(key, attributes),
        detached=True,
        **options,
    )


def resigned(scene, document, *ranges):
    """
    Sign what other ranges leave in, so that only the ranges are wrong.
    """
    changed = with_ranges(document, *ranges)
    covered = b"".join(
        changed[start : start + length]
        for start, length in zip(ranges[::2], ranges[1::2], strict=True)
    )
    _, gap, resume, _ = ranges_of(document)
    digits = signed_over(scene, covered).hex().encode().ljust(resume - gap - 2, b"0")
    return changed[: gap + 1] + digits + changed[resume - 1 :]
