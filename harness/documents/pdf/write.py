"""
Write signatures into PDF files: an incremental update each, pinned to a moment.

pyHanko writes the container and the CMS; the card only signs, and only when all else is
ready.  Times and ids are given, so that the same document, key and moment give the same
octets.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.dss import DocumentSecurityStore

from harness.documents.pdf.container import open_container, parsing
from harness.documents.pdf.profiles import PdfProfile
from pki.certificate.read import read_certificate
from pki.keys import ROWS, algorithm_of
from pki.kinds import Algorithm

SIGNATURE_SIZES = {Algorithm.RSA2048: 256, Algorithm.P384: 104}  # octets, at most
ATTRIBUTES_SIZE = 1024  # octets of a SignedData besides certificate and signature, at most
TOKEN_SIZE = 4096  # of a time-stamp token with its certificates, at most
SUBFILTERS = {PdfProfile.PKCS7: SigSeedSubFilter.ADOBE_PKCS7_DETACHED}
PADES = SigSeedSubFilter.PADES

Sign = Callable[[bytes], bytes]
"""Signs octets, by hashing them with the digest of the key's generation."""

Stamp = Callable[[bytes], bytes]
"""Gives the time-stamp token over octets, DER."""


class _Card(Signer):
    """A signer as pyHanko wants one, who leaves the signing to a card."""

    def __init__(self, certificate: x509.Certificate, sign: Sign, size: int) -> None:
        super().__init__(signing_cert=certificate)
        self._sign = sign
        self._size = size

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        return bytes(self._size) if dry_run else self._sign(data)


class _Update(IncrementalPdfFileWriter):
    """An incremental update with nothing in it but what was put there, and no id by chance."""

    @classmethod
    def _handle_id(cls, prev: Any) -> Any:
        first = sha256(prev.content).digest()[:16]
        if "/ID" in prev.trailer:
            stated = prev.trailer["/ID"][0]
            first = stated.original_bytes
        second = sha256(b"update" + prev.content).digest()[:16]
        return ArrayObject([ByteStringObject(first), ByteStringObject(second)])

    def _update_meta(self) -> None:
        """Leave title, dates and the like alone: pyHanko would write the machine's time."""


def sign_pdf(
    document: bytes,
    *,
    certificate: bytes,
    signer: Callable[[], Sign],
    profile: PdfProfile,
    at: datetime,
    stamp: Stamp | None = None,
) -> bytes:
    """
    Add a signature to a PDF, as an incremental update of its own.

    *signer* is asked for the way to sign when everything else is ready: this is where a PIN
    is entered.  *stamp* is needed where the profile has a time-stamp.  Malformed if the
    document is no PDF that can be signed.
    """
    read = read_certificate(certificate)
    algorithm = algorithm_of(read.public_key())
    digest = ROWS[algorithm].digest
    size = SIGNATURE_SIZES[algorithm]
    reserved = len(certificate) + size + ATTRIBUTES_SIZE
    reserved += TOKEN_SIZE if profile.is_stamped else 0
    placeholder = SignatureObject(
        timestamp=at, subfilter=SUBFILTERS.get(profile, PADES), bytes_reserved=2 * reserved
    )
    embedding = _Embedding(document, placeholder, digest)
    card = _Card(x509.Certificate.load(certificate), signer(), size)
    message = _finished(
        card.async_sign(
            embedding.digest,
            digest,
            use_pades=profile is not PdfProfile.PKCS7,
            signed_attr_settings=PdfCMSSignedAttributes(
                signing_time=at if profile is PdfProfile.PKCS7 else None
            ),
        )
    )
    if profile.is_stamped and stamp is not None:
        _attach(message, stamp)
    return embedding.fill(message.dump())


def stamp_pdf(document: bytes, stamp: Stamp) -> bytes:
    """Add a document time-stamp, as an incremental update of its own [EN319142 5.4.3]."""
    embedding = _Embedding(document, DocumentTimestamp(bytes_reserved=2 * TOKEN_SIZE), "sha256")
    return embedding.fill(stamp(embedding.octets()))


def add_evidence(
    document: bytes,
    *,
    certificates: Iterable[bytes],
    lists: Iterable[bytes],
    responses: Iterable[bytes],
) -> bytes:
    """Add what it takes to judge the signatures later, all DER, to the DSS [EN319142 5.4.2.2]."""
    with parsing():
        update = _update(document)
        DocumentSecurityStore.supply_dss_in_writer(
            update,
            None,
            certs=[x509.Certificate.load(each) for each in certificates],
            crls=[crl.CertificateList.load(each) for each in lists],
            ocsps=[ocsp.OCSPResponse.load(each) for each in responses],
        )
        written = BytesIO()
        update.write(written)
    return written.getvalue()


class _Embedding:
    """A document with a hole in it, of the size that a signature needs."""

    def __init__(self, document: bytes, placeholder: PdfSignedData, digest: str) -> None:
        with parsing():
            update = _update(document)
            self._steps = PdfCMSEmbedder().write_cms(_free_name(update), update)
            next(self._steps)
            self._steps.send(SigObjSetup(sig_placeholder=placeholder))
            prepared, self._output = self._steps.send(SigIOSetup(md_algorithm=digest))
        self.digest: bytes = prepared.document_digest
        self._hole = prepared.reserved_region_start, prepared.reserved_region_end

    def octets(self) -> bytes:
        """Return what is signed: everything but the hole."""
        written: bytes = self._output.getvalue()
        start, end = self._hole
        return written[:start] + written[end:]

    def fill(self, message: bytes) -> bytes:
        """Put the message into the hole and return the whole document."""
        self._steps.send(message)
        written: bytes = self._output.getvalue()
        return written


def _update(document: bytes) -> _Update:
    container = open_container(document)
    return _Update(container.stream, prev=container)


def _free_name(update: _Update) -> str:
    taken = {name for name, _, _ in enumerate_sig_fields(update)}
    return next(name for n in range(1, len(taken) + 2) if (name := f"Signature{n}") not in taken)


def _attach(message: cms.ContentInfo, stamp: Stamp) -> None:
    """Stamp the signature value [EN319142 5.3] [3161 A]."""
    signer = message["content"]["signer_infos"][0]
    token = cms.ContentInfo.load(stamp(signer["signature"].native))
    attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    signer["unsigned_attrs"] = cms.CMSAttributes([attribute])


def _finished(work: Coroutine[Any, Any, cms.ContentInfo]) -> cms.ContentInfo:
    """Wait for pyHanko, whose signing is asynchronous; also within somebody's own loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, work).result()
