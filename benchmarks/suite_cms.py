"""
CMS beside what nobody can skip: one hash of the content and one RSA operation.

The signature is verified as a message is judged, path apart: read strictly, the signer's
certificate found and compared with signing-certificate, content and attributes digested.
Its key is at hand, as for XML signatures; what loading it costs besides is reported.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256

import stage
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7Options,
    PKCS7SignatureBuilder,
)
from measure import Block, Contender, Item

from harness.verifier.messages import verify_cms
from pki.certificate.read import read_certificate
from pki.cms.check import candidates, certificate_problems, content_problems, signature_cause
from pki.cms.read import read_signed_data
from pki.cms.write import sign_data
from pki.keys import ROWS, PublicKey, public_key
from pki.kinds import Algorithm

CONTENT = stage.document(10 * stage.KB)
HOLDER = stage.certificates()[0]
KEY = stage.rsa_key(3)


def signed(content: bytes = CONTENT, certificate: bytes = HOLDER) -> bytes:
    """Sign detached, with the first holder's key."""
    return sign_data(
        content,
        certificate_der=certificate,
        algorithm=ROWS[Algorithm.RSA2048],
        signer=stage.signer(),
        detached=True,
    )


def verify(message: bytes, content: bytes, key: PublicKey) -> None:
    """Check all that is not about the path."""
    data = read_signed_data(message)
    [signer] = data.signers
    [certificate] = candidates(data, signer)
    assert not content_problems(data, signer, content)
    assert not certificate_problems(signer, certificate)
    assert signature_cause(signer, content, key) is None


def messages() -> Block:
    """Measure C1 and C2: CMS signed and verified, 10 KB detached."""
    message = signed()
    [signer] = read_signed_data(message).signers
    spki = read_certificate(HOLDER).spki
    warm = KEY.public_key()
    attributes, value = signer.signed_octets or b"", signer.signature
    evidence = stage.evidence(1000)

    def minimal_signing() -> None:
        sha256(CONTENT).digest()
        KEY.sign(attributes, stage.PKCS1V15, stage.SHA_256)

    def minimal() -> None:
        sha256(CONTENT).digest()
        warm.verify(value, attributes, stage.PKCS1V15, stage.SHA_256)

    def passes() -> None:
        assert verify_cms(message, evidence, at=stage.LATER, content=CONTENT).passed

    def refusals() -> None:
        passes()
        changed = CONTENT.replace(b"1", b"2", 1)
        revoked = signed(certificate=stage.revoked_certificate())
        other = signed(certificate=stage.other_policy_certificate())
        for wrong, content, code in (
            (message, changed, "SIGNATURE_MISMATCH"),
            (revoked, CONTENT, "CERTIFICATE_REVOKED"),
            (other, CONTENT, "UNSUPPORTED_CERTIFICATE"),
        ):
            said = verify_cms(wrong, evidence, at=stage.LATER, content=content)
            assert code == said.code, said.code

    peers, missing = _peers(message)
    return Block(
        name="a CMS message over 10 KB, detached",
        contenders=(
            Contender(name="SHA-256 + RSA sign", run=minimal_signing, calls=40),
            Contender(name="message signed", run=signed, calls=40),
            Contender(name="cryptography pkcs7", run=_cryptography(), calls=40, peer=True),
            Contender(name="SHA-256 + RSA verify", run=minimal, calls=400),
            Contender(
                name="message verified", run=lambda: verify(message, CONTENT, warm), calls=400
            ),
            Contender(
                name="message verified, key loaded",
                run=lambda: verify(message, CONTENT, public_key(spki)),
                calls=400,
            ),
            Contender(name="message judged, 1k list", run=passes, calls=100),
            *peers,
        ),
        items=(
            Item(
                id="C1",
                what="CMS message signed, 10 KB detached",
                contender="message signed",
                limit="SHA-256 + RSA sign",
                at_most=1.10,
                peers=("cryptography pkcs7",),
            ),
            Item(
                id="C2",
                what="CMS message verified, without path",
                contender="message verified",
                limit="SHA-256 + RSA verify",
                at_most=2.0,
                peers=tuple(peer.name for peer in peers),
            ),
            Item(
                id="C2",
                what="the same, and the key loaded",
                contender="message verified, key loaded",
                limit="SHA-256 + RSA verify",
            ),
            Item(
                id="C3",
                what="CMS message judged: path, policy, 1k list",
                contender="message judged, 1k list",
                limit="SHA-256 + RSA verify",
            ),
        ),
        refusals=refusals,
        missing=missing,
    )


def _cryptography() -> Callable[[], object]:
    certificate = x509.load_der_x509_certificate(HOLDER)
    builder = PKCS7SignatureBuilder().set_data(CONTENT).add_signer(certificate, KEY, stage.SHA_256)
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    return lambda: builder.sign(Encoding.DER, options)


def _peers(message: bytes) -> tuple[tuple[Contender, ...], tuple[str, ...]]:
    """Let asn1crypto and pyHanko verify the same message, if they are installed."""
    try:
        from asn1crypto import cms, tsp, x509  # noqa: F401
        from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
        from pyhanko_certvalidator import ValidationContext
    except ImportError:
        return (), ("asn1crypto and pyHanko are not installed; `make bench` installs them",)
    key = KEY.public_key()
    root = x509.Certificate.load(stage.issuer().certificate)
    context = ValidationContext(trust_roots=[root], moment=stage.LATER)

    def asn1crypto() -> None:
        data = cms.ContentInfo.load(message)["content"]
        [info] = data["signer_infos"]
        attributes = info["signed_attrs"]
        stated = {each["type"].native: each["values"][0].native for each in attributes}
        assert sha256(CONTENT).digest() == stated["message_digest"]
        key.verify(
            info["signature"].native,
            attributes.untag().dump(),
            stage.PKCS1V15,
            stage.SHA_256,
        )

    def pyhanko() -> None:
        data = cms.ContentInfo.load(message)["content"]
        found = async_validate_detached_cms(CONTENT, data, signer_validation_context=context)
        assert asyncio.run(found).intact

    return (
        Contender(name="asn1crypto", run=asn1crypto, calls=40, peer=True),
        Contender(name="pyHanko, with path", run=pyhanko, calls=1, peer=True),
    ), ()
