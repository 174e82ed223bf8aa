"""
Programs that nobody here wrote are shown our signatures, and we are shown theirs.

pdfsig says three things at once, and only all three mean what we mean; each judge is shown
a twin that it must refuse.  pdfsig and NSS judge by the machine's clock, so this world runs
with it.
"""

import asyncio
import subprocess
from io import BytesIO

import pytest
from asn1crypto import crl, keys, x509
from forgery import key_of
from pdf_workshop import PAGE, draw, updated
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from xml_workshop import required

from harness import clock
from harness.documents.pdf.profiles import PdfProfile
from harness.exports import pem
from harness.scene import Scene
from pki.keys import ROWS, private_der
from pki.kinds import Algorithm, Kind

ALL_THREE = {"Signature is Valid.", "Certificate is Trusted.", "Total document signed"}
every_profile = pytest.mark.parametrize("profile", PdfProfile, ids=lambda each: each.value)


@pytest.fixture(scope="module", params=Algorithm, ids=lambda each: each.value)
def scene(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("judges")
    scene = Scene.fresh(folder / "world", at=clock.now(), algorithm=request.param)
    scene.resident("hanako")
    scene.resident("taro")
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def trusting(scene, tmp_path_factory):
    """
    Give a database of NSS that trusts this world's CA for signatures.
    """
    folder = tmp_path_factory.mktemp("nss")
    authority = scene.world.authority.generations(Kind.SIGN)[0].certificate
    (folder / "ca.pem").write_bytes(pem("CERTIFICATE", authority))
    certutil(folder, "-N", "--empty-password")
    certutil(folder, "-A", "-n", "ca", "-t", "CT,C,C", "-i", "ca.pem")
    return folder


def certutil(folder, *arguments):
    subprocess.run(
        [required("certutil"), *arguments, "-d", "."],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )


def pdfsig(folder, document):
    """
    Ask pdfsig; return what it says of each signature.
    """
    (folder / "it.pdf").write_bytes(document)
    run = subprocess.run(
        [required("pdfsig"), "-nssdir", ".", "it.pdf"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    return [
        {line.strip(" -").split("Validation: ")[-1] for line in part.splitlines()}
        for part in run.stdout.split("Signature #")[1:]
    ]


@every_profile
def test_pdfsig_agrees_in_all_three(scene, trusting, profile):
    document = scene.world.sign_pdf("hanako", PAGE, pin="ABC123", profile=profile)

    (said,) = pdfsig(trusting, document)

    expected = ALL_THREE
    if profile is PdfProfile.B_LT:  # its evidence comes after the signature
        expected = ALL_THREE - {"Total document signed"} | {"Not total document signed"}
    assert expected <= said
    assert scene.verify(document).passed


def test_pdfsig_sees_what_was_appended_and_what_was_changed(scene, trusting):
    document = scene.world.sign_pdf("hanako", PAGE, pin="ABC123")
    changed = document.replace(b"BT ET", b"ET BT", 1)

    (appended,) = pdfsig(trusting, updated(document, draw))
    (altered,) = pdfsig(trusting, changed)

    assert {"Signature is Valid.", "Not total document signed"} <= appended
    assert "modified" == scene.verify(updated(document, draw)).cause
    assert "Digest Mismatch." in altered
    assert "hash-failure" == scene.verify(changed).cause


def test_pdfsig_trusts_no_other_ca(scene, trusting, tmp_path):
    other = Scene.fresh(tmp_path / "other", at=clock.now(), seed=1)
    other.resident("hanako")

    (said,) = pdfsig(trusting, other.world.sign_pdf("hanako", PAGE, pin="ABC123"))

    assert "Signature is Valid." in said
    assert "Certificate is Trusted." not in said
    other.close()


def test_pdfsig_sees_both_of_two_signatures(scene, trusting):
    """
    Of two people: pdfsig 22.12 has "Unknown issue with Certificate" for one that it met before.
    """
    once = scene.world.sign_pdf("hanako", PAGE, pin="ABC123")
    twice = scene.world.sign_pdf("taro", once, pin="ABC123")

    first, second = pdfsig(trusting, twice)

    assert {"Signature is Valid.", "Not total document signed"} <= first
    assert ALL_THREE <= second


def certificates(scene):
    holder = x509.Certificate.load(scene.world.certificate("hanako", Kind.SIGN))
    authority = scene.world.authority.generations(Kind.SIGN)[0].certificate
    return holder, x509.Certificate.load(authority)


def context(scene):
    """
    Let pyHanko's validator trust the CA, with its newest list, and insist on one.
    """
    scope = scene.world.register.certificates("hanako", Kind.SIGN)[-1].scope
    made = scene.world.press.newest(Kind.SIGN, scope, generation=1, at=scene.now)
    return ValidationContext(
        trust_roots=[certificates(scene)[1]],
        crls=[crl.CertificateList.load(scene.world.press.bytes(made))],
        revocation_mode="hard-fail",
        allow_fetching=False,
        moment=scene.now,
    )


def validated(scene, document, number=0):
    signature = PdfFileReader(BytesIO(document)).embedded_signatures[number]
    return asyncio.run(
        async_validate_pdf_signature(signature, signer_validation_context=context(scene))
    )


@every_profile
def test_pyhanko_agrees_and_insists_on_the_list(scene, profile):
    document = scene.world.sign_pdf("hanako", PAGE, pin="ABC123", profile=profile)

    status = validated(scene, document)

    assert status.bottom_line
    assert status.trusted
    assert not validated(scene, updated(document, draw)).bottom_line
    assert not validated(scene, document.replace(b"BT ET", b"ET BT", 1)).bottom_line


def digest(scene):
    return ROWS[scene.world.authority.algorithm].digest


def simple_signer(scene):
    """
    Give pyHanko the key of the card, which no card would allow.
    """
    holder, authority = certificates(scene)
    store = SimpleCertificateStore()
    store.register(authority)
    return SimpleSigner(
        signing_cert=holder,
        signing_key=keys.PrivateKeyInfo.load(private_der(key_of(scene))),
        cert_registry=store,
    )


@pytest.mark.parametrize(
    "subfilter",
    [SigSeedSubFilter.ADOBE_PKCS7_DETACHED, SigSeedSubFilter.PADES],
    ids=["pkcs7", "pades"],
)
@pytest.mark.parametrize("size", [None, 30_000], ids=["tight", "wide"])
def test_what_pyhanko_signs_passes_here(scene, subfilter, size):
    """
    With the CA's certificate along, a visible hole of another size, and times of its own.
    """
    metadata = PdfSignatureMetadata(
        field_name="Theirs",
        md_algorithm=digest(scene),
        subfilter=subfilter,
    )
    written = PdfSigner(metadata, signer=simple_signer(scene)).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(PAGE)), bytes_reserved=size
    )

    assert scene.verify(written.getvalue()).passed
    assert "modified" == scene.verify(updated(written.getvalue(), draw)).cause


@pytest.mark.parametrize(
    ("permission", "cause"), [(MDPPerm.NO_CHANGES, "modified"), (MDPPerm.FILL_FORMS, None)]
)
def test_an_author_may_permit_no_further_signature(scene, permission, cause):
    metadata = PdfSignatureMetadata(
        field_name="Author",
        md_algorithm=digest(scene),
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=permission,
    )
    written = PdfSigner(metadata, signer=simple_signer(scene)).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(PAGE))
    )
    both = scene.world.sign_pdf("taro", written.getvalue(), pin="ABC123")

    assert scene.verify(written.getvalue()).passed
    assert cause == scene.verify(both).cause


def test_both_sign_one_document(scene):
    """
    For P-384 pyHanko adds metadata in XMP, which say nothing new of the document.
    """
    ours = scene.world.sign_pdf("hanako", PAGE, pin="ABC123")
    metadata = PdfSignatureMetadata(
        field_name="Theirs", md_algorithm=digest(scene), subfilter=SigSeedSubFilter.PADES
    )
    both = PdfSigner(metadata, signer=simple_signer(scene)).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(ours))
    )

    verdict = scene.verify(both.getvalue())

    assert verdict.passed
    assert 2 == len(verdict.signatures)
    assert validated(scene, both.getvalue(), 0).bottom_line
    assert validated(scene, both.getvalue(), 1).bottom_line
