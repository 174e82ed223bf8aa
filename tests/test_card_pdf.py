"""
pyHanko signs a PDF with Hanako's card, through PKCS #11, and poppler finds the signature valid.
"""

import sys

import pytest
from test_card_in_a_reader import library
from xml_workshop import required

pytestmark = pytest.mark.slow
SCRIPT = """
import sys
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.pdf_utils.generic import ArrayObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

module, out = sys.argv[1:]
writer = PdfFileWriter()
stream = writer.add_object(__import__("pyhanko.pdf_utils.generic").pdf_utils.generic.StreamObject(
    stream_data=b"BT ET"))
box = ArrayObject(map(NumberObject, (0, 0, 595, 842)))
writer.insert_page(PageObject(contents=stream, media_box=box))
with open(out, "w+b") as file:
    writer.write(file)
session = open_pkcs11_session(module, slot_no=1, user_pin="ABC123")
signer = PKCS11Signer(session, key_id=b"\\x02", cert_id=b"\\x02")
with open(out, "r+b") as file:
    signers.PdfSigner(signers.PdfSignatureMetadata(field_name="Sig", md_algorithm="sha256"),
                      signer=signer).sign_pdf(IncrementalPdfFileWriter(file), in_place=True)
"""


def test_pyhanko_signs_a_pdf_with_the_card(jpki, jpki_reader, tmp_path):
    """Poppler and our own verifier accept it, and neither takes it once it is changed."""
    pytest.importorskip("pyhanko", reason="pyhanko is not installed, and only it can be asked this")
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed, and pyHanko needs it")
    tool = required("pdfsig")
    paper = tmp_path / "paper.pdf"

    done = jpki_reader.run(
        *(sys.executable, "-W", "ignore", "-c", SCRIPT, library("opensc-pkcs11.so"), paper)
    )
    assert 0 == done.returncode, done.stderr
    said = jpki_reader.run(tool, "-nocert", paper).stdout
    assert jpki.verify(paper.read_bytes()).passed
    paper.write_bytes(paper.read_bytes().replace(b"BT ET", b"ET BT", 1))
    changed = jpki_reader.run(tool, "-nocert", paper).stdout

    assert "Signature is Valid." in said
    assert "Signature is Valid." not in changed
    assert "SIGNATURE_MISMATCH" == jpki.verify(paper.read_bytes()).code
