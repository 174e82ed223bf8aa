"""
How far is reading an XML signature, all our checks included, from what nobody can skip?

The limit parses, canonicalises document and SignedInfo, hashes and verifies once; the reader
also bounds the work, looks for identifiers that are there twice, takes the structure apart
and decodes the certificate.  Each size is a group of its own; compare medians within one
[D 11]: X1, X2.
"""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from pki.xmldsig.algorithms import RSA_SHA256
from pki.xmldsig.forms import Form
from pki.xmldsig.read import read_signatures
from pki.xmldsig.write import sign_xml

SIZES = {"10 KB": 10 << 10, "1 MB": 1 << 20}
START = (
    '<DATA id="DATA" xmlns="http://xml.e-tax.nta.go.jp/XSD/shotoku"'
    ' xmlns:gen="http://xml.e-tax.nta.go.jp/XSD/general"><RKO0010 id="RKO0010"><CONTENTS id="C">'
)
ROW = (
    '<gen:row ID="R{0:06d}" IDREF="X"><gen:yy>{0}</gen:yy><gen:kingaku kind="k">{0}</gen:kingaku>'
    "<gen:name>国税　花子</gen:name></gen:row>"
)
END = "</CONTENTS></RKO0010></DATA>"
PADDING = padding.PKCS1v15()
CERTIFICATE = bytes(1350)  # of the length of a holder's; nobody reads it here


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module", params=SIZES)
def filing(request):
    """A dense filing, full of identifiers, of about the size that its name says."""
    rows = SIZES[request.param] // len(ROW.format(0).encode())
    return (START + "".join(map(ROW.format, range(rows))) + END).encode()


@pytest.fixture(scope="module")
def signed(filing, key):
    return _signed(filing, key)


def test_verify_what_nobody_can_skip(benchmark, signed, key):
    benchmark.group = f"verify {len(signed)} octets"
    [reading] = read_signatures(signed).signatures
    signed_info = etree.fromstring(reading.signed_info)
    public = key.public_key()

    def limit():
        canonical = etree.tostring(etree.fromstring(signed), method="c14n", with_comments=False)
        hashlib.sha256(canonical).digest()
        message = etree.tostring(signed_info, method="c14n", with_comments=False)
        public.verify(reading.signature_value, message, PADDING, hashes.SHA256())

    benchmark(limit)


def test_verify(benchmark, signed, key):
    benchmark.group = f"verify {len(signed)} octets"
    public = key.public_key()

    def verify():
        document = read_signatures(signed)
        [reading] = document.signatures
        public.verify(reading.signature_value, reading.signed_info, PADDING, hashes.SHA256())
        return document

    document = benchmark(verify)

    assert () == document.problems + document.signatures[0].problems


def test_a_changed_figure_is_found(signed):
    """The fast path must not win by looking away."""
    changed = signed.replace("花子".encode(), "花男".encode(), 1)

    [reading] = read_signatures(changed).signatures

    assert ["hash-failure"] == [problem.cause for problem in reading.problems]


def test_sign_what_nobody_can_skip(benchmark, filing, key):
    benchmark.group = f"sign {len(filing)} octets"

    def limit():
        canonical = etree.tostring(etree.fromstring(filing), method="c14n", with_comments=False)
        hashlib.sha256(canonical).digest()
        return key.sign(canonical[:900], PADDING, hashes.SHA256())

    benchmark(limit)


def test_sign(benchmark, filing, key):
    benchmark.group = f"sign {len(filing)} octets"

    made = benchmark(_signed, filing, key)

    assert () == read_signatures(made).signatures[0].problems


def _signed(filing, key):
    return sign_xml(
        filing,
        form=Form.XTX,
        certificate_der=CERTIFICATE,
        signature_method=RSA_SHA256,
        signer=lambda message: key.sign(message, PADDING, hashes.SHA256()),
    )
