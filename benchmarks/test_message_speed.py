"""
How far are a CMS message signed, and one verified, from one hash and one RSA operation?

The reader takes the message apart to its leaves, finds the signer's certificate in the bag,
compares it with signing-certificate, and digests content and attributes; no path.  Compare
medians within one group [D 11]: C1, C2.
"""

import hashlib

import pytest
import stage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from pki.cms.check import candidates, certificate_problems, content_problems, signature_cause
from pki.cms.read import read_signed_data
from pki.cms.write import sign_data
from pki.keys import ROWS
from pki.kinds import Algorithm

CONTENT = stage.document(10 << 10)
PADDING = padding.PKCS1v15()


@pytest.fixture(scope="module")
def message():
    return signed()


def signed():
    return sign_data(
        CONTENT,
        certificate_der=stage.certificates()[0],
        algorithm=ROWS[Algorithm.RSA2048],
        signer=stage.signer(),
        detached=True,
    )


def verified(message, content):
    data = read_signed_data(message)
    [signer] = data.signers
    [certificate] = candidates(data, signer)
    return [
        *content_problems(data, signer, content),
        *certificate_problems(signer, certificate),
        *filter(None, [signature_cause(signer, content, stage.rsa_key(3).public_key())]),
    ]


def test_sign_what_nobody_can_skip(benchmark):
    benchmark.group = "CMS sign"
    key = stage.rsa_key(3)

    def limit():
        hashlib.sha256(CONTENT).digest()
        return key.sign(CONTENT[:130], PADDING, hashes.SHA256())

    benchmark(limit)


def test_sign(benchmark):
    benchmark.group = "CMS sign"

    made = benchmark(signed)

    assert [] == verified(made, CONTENT)


def test_verify_what_nobody_can_skip(benchmark, message):
    benchmark.group = "CMS verify"
    [signer] = read_signed_data(message).signers
    key = stage.rsa_key(3).public_key()

    def limit():
        hashlib.sha256(CONTENT).digest()
        key.verify(signer.signature, signer.signed_octets, PADDING, hashes.SHA256())

    benchmark(limit)


def test_verify(benchmark, message):
    benchmark.group = "CMS verify"

    assert [] == benchmark(verified, message, CONTENT)


def test_a_changed_figure_is_found(message):
    """The fast path must not win by looking away."""
    changed = CONTENT.replace(b"1", b"2", 1)

    assert ["hash-failure"] == [cause for cause, _ in verified(message, changed)]
