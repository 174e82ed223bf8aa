"""
PDF beside what nobody can skip: one hash of the file and one RSA operation.

Reported only: the container is pyHanko's, which reads it octet by octet, and nothing here
was made to be fast.  The limit is far away, and the peer is pyHanko's own signer and
validator over the same file.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import stage
from measure import Block, Contender, Item

from harness.documents.pdf.blank import blank_page
from harness.documents.pdf.profiles import PdfProfile

KEY = stage.rsa_key(3)
PAGE = blank_page(b"BT ET")
MOMENT = stage.LATER


def documents() -> Block:
    """Measure D1 and D2: one page signed as PAdES B-B, and judged."""
    # pyHanko takes a second to import, which no other suite should wait for.
    from harness.documents.pdf.read import read_pdf
    from harness.documents.pdf.write import sign_pdf
    from harness.verifier.pdf import verify_pdf

    def sign(certificate: bytes = stage.certificates()[0]) -> bytes:
        signer = stage.signer()
        return sign_pdf(
            PAGE,
            certificate=certificate,
            signer=lambda: signer,
            profile=PdfProfile.B_B,
            at=MOMENT,
        )

    document = sign()
    [signature] = read_pdf(document).signatures
    value = KEY.sign(signature.octets, stage.PKCS1V15, stage.SHA_256)
    warm = KEY.public_key()
    evidence = stage.evidence(1000)

    def minimal_signing() -> None:
        sha256(signature.octets).digest()
        KEY.sign(b"attributes", stage.PKCS1V15, stage.SHA_256)

    def minimal() -> None:
        sha256(signature.octets).digest()
        warm.verify(value, signature.octets, stage.PKCS1V15, stage.SHA_256)

    def passes() -> None:
        assert verify_pdf(document, evidence, at=MOMENT).passed

    def refusals() -> None:
        revoked = sign(stage.revoked_certificate())
        for wrong, code in (
            (document.replace(b"BT ET", b"ET BT", 1), "SIGNATURE_MISMATCH"),
            (document + b"%", "SIGNATURE_MISMATCH"),
            (revoked, "CERTIFICATE_REVOKED"),
        ):
            said = verify_pdf(wrong, evidence, at=MOMENT)
            assert code == said.code, said.code

    return Block(
        name="a PDF of one page, PAdES B-B",
        contenders=(
            Contender(name="SHA-256 + RSA sign, PDF", run=minimal_signing, calls=10),
            Contender(name="PDF signed", run=sign, calls=1),
            Contender(name="SHA-256 + RSA verify, PDF", run=minimal, calls=100),
            Contender(name="PDF read", run=lambda: read_pdf(document), calls=2),
            Contender(name="PDF judged, 1k list", run=passes, calls=2),
            Contender(name="pyHanko, integrity only", run=_pyhanko(document), calls=1, peer=True),
        ),
        items=(
            Item(
                id="D1",
                what="PDF signed, one page, PAdES B-B",
                contender="PDF signed",
                limit="SHA-256 + RSA sign, PDF",
            ),
            Item(
                id="D2",
                what="PDF judged: container, path, policy, 1k list",
                contender="PDF judged, 1k list",
                limit="SHA-256 + RSA verify, PDF",
                peers=("pyHanko, integrity only",),
            ),
            Item(
                id="D2",
                what="the container alone",
                contender="PDF read",
                limit="SHA-256 + RSA verify, PDF",
            ),
        ),
        refusals=refusals,
        rounds=7,
        turns=2,
    )


def _pyhanko(document: bytes) -> Callable[[], None]:
    """Let pyHanko check the same signature, without a path."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=[], moment=MOMENT)

    def run() -> None:
        [signature] = PdfFileReader(BytesIO(document)).embedded_signatures
        found = asyncio.run(
            async_validate_pdf_signature(signature, signer_validation_context=context)
        )
        assert found.intact
        assert found.valid

    return run
