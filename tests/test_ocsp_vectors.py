"""
OCSP as others write it: the files of cryptography_vectors, and responses of that library.

Each file is read, or refused in one sentence; those that are refused are listed with why.
"""

import datetime as dt
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from path_workshop import HOUR, YEAR, authority, certificate, key

from crl.ocsp.read import read_response
from crl.ocsp.request.read import read_request
from crl.status import Good, Revoked, Undetermined
from harness.verifier.responses import said_by
from pki.errors import Malformed
from pki.kinds import Reason

FOLDER = Path(cryptography_vectors.__file__).parent / "x509" / "ocsp"
FILES = sorted(FOLDER.glob("*.der"))

REFUSED = {
    "req-duplicate-ext": "an extension twice",
    "req-invalid-version": "a version other than 1",
    "resp-invalid-version": "a version other than 1",
    "resp-response-type-unknown-oid": "an answer of a type other than basic",
    "resp-successful-no-response-bytes": "successful, and without an answer",
    "resp-unknown-response-status": "a status that the standard does not have",
}


def reader(file):
    return read_request if "req" in file.stem.rpartition(".")[2].split("-") else read_response


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_is_read_or_refused_with_a_reason(file):
    read = reader(file)
    if file.stem not in REFUSED:
        read(file.read_bytes())
        return

    with pytest.raises(Malformed, match=REFUSED[file.stem]):
        read(file.read_bytes())


def test_all_twenty_eight_are_there():
    assert 28 == len(FILES)
    assert set(REFUSED) <= {file.stem for file in FILES}


def test_what_is_read_is_what_the_other_library_reads():
    for file in FILES:
        if file.stem in REFUSED or reader(file) is read_request:
            continue
        ours = read_response(file.read_bytes())
        theirs = ocsp.load_der_ocsp_response(file.read_bytes())

        assert theirs.response_status.value == ours.status
        if not ours.status:
            single = next(iter(theirs.responses))
            assert single.serial_number == ours.singles[0].serial
            assert single.this_update_utc == ours.singles[0].this_update
            assert single.next_update_utc == ours.singles[0].next_update
            assert theirs.produced_at_utc == ours.produced_at
            assert theirs.tbs_response_bytes == ours.tbs


def responded(status, *, digest=None, by="City", delegate=None):
    """
    Let the library answer about Hanako; it states the present as producedAt.
    """
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    dates = {"begins": now - YEAR, "ends": now + YEAR}
    city = authority("City", "Root", **dates)
    hanako = certificate("Hanako", "City", **dates)
    since = now - HOUR if status is ocsp.OCSPCertStatus.REVOKED else None
    signer = city
    if delegate is not None:
        signer = certificate(by, "City", x509.ExtendedKeyUsage([delegate]), **dates)
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(hanako),
            issuer=x509.load_der_x509_certificate(city),
            algorithm=digest or SHA256(),
            cert_status=status,
            this_update=now - HOUR,
            next_update=now + HOUR,
            revocation_time=since,
            revocation_reason=x509.ReasonFlags.key_compromise if since else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, x509.load_der_x509_certificate(signer))
    )
    if delegate is not None:
        builder = builder.certificates([x509.load_der_x509_certificate(signer)])
    made = builder.sign(key(by), SHA256())
    at = made.produced_at_utc
    return said_by(made.public_bytes(Encoding.DER), hanako, city, at=at)


@pytest.mark.parametrize("digest", [SHA1(), SHA256()], ids=["SHA-1", "SHA-256"])
def test_an_answer_of_another_library_is_believed(digest):
    assert Good() == responded(ocsp.OCSPCertStatus.GOOD, digest=digest)
    revoked = responded(ocsp.OCSPCertStatus.REVOKED, digest=digest)
    assert isinstance(revoked, Revoked)
    assert Reason.KEY_COMPROMISE is revoked.reason
    unknown = responded(ocsp.OCSPCertStatus.UNKNOWN, digest=digest)
    assert isinstance(unknown, Undetermined)
    assert "ocsp-unknown" == unknown.cause


def test_a_delegate_of_another_library_needs_the_purpose():
    may, other = x509.ExtendedKeyUsageOID.OCSP_SIGNING, x509.ExtendedKeyUsageOID.CLIENT_AUTH

    assert Good() == responded(ocsp.OCSPCertStatus.GOOD, by="Helper", delegate=may)
    refused = responded(ocsp.OCSPCertStatus.GOOD, by="Helper", delegate=other)
    assert isinstance(refused, Undetermined)
    assert "ocsp-untrusted" == refused.cause
