"""
Answer a time-stamp request: DER in, DER out, with moment, serial number and key given.

Pure.  Reader and writer meet here and nowhere else; no verifier comes this way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pki.cms.identifiers import TST_INFO
from pki.cms.write import sign_data
from pki.errors import Malformed
from pki.keys import ROWS, PrivateKey, algorithm_of, sign
from pki.timestamps.read import TimestampRequest, read_request
from pki.timestamps.words import BY_CONTENT, POLICY, Failure
from pki.timestamps.write import message_imprint, refuse, write_info, write_response

ACCURACY = timedelta(seconds=1)  # a world's clock counts whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamper:
    """
    Who stamps, and with which key.

    Attributes:
        private_key: Of the authority.
        certificate: The authority's own, DER.
        subject: The DN in it, encoded.
        path: Further certificates to send along where one is asked for, DER.
        policy: Under which it stamps, dotted.
        accuracy: That it states; None to state none.
    """

    private_key: PrivateKey
    certificate: bytes
    subject: bytes
    path: tuple[bytes, ...] = ()
    policy: str = POLICY
    accuracy: timedelta | None = ACCURACY


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Why a request gets no token.

    Attributes:
        failure: In the protocol's word.
        text: For a person.
    """

    failure: Failure
    text: str


def answer(der: bytes, stamper: Stamper, *, at: datetime, serial: int) -> bytes:
    """Answer a TimeStampReq with a TimeStampResp, whatever was sent [3161 2.4.2]."""
    request = accept(der, policy=stamper.policy)
    if isinstance(request, Refusal):
        return refuse(request.failure, request.text)
    return grant(request, stamper, at=at, serial=serial)


def accept(der: bytes, *, policy: str = POLICY) -> TimestampRequest | Refusal:
    """Read a request, and say whether it can be granted under *policy*."""
    try:
        request = read_request(der)
    except Malformed as error:
        return Refusal(Failure.BAD_DATA_FORMAT, str(error))
    if request.version != 1:
        return Refusal(Failure.BAD_REQUEST, f"version {request.version} is not known; send 1")
    row = BY_CONTENT.get(request.hashed.algorithm)
    if row is None:
        return Refusal(Failure.BAD_ALG, "the hash is none of SHA-256, SHA-384 and SHA-512")
    if len(request.hashed.value) != row.size:
        return Refusal(
            Failure.BAD_DATA_FORMAT, f"{len(request.hashed.value)} octets are no {row.name}"
        )
    if request.policy is not None and request.policy != policy:
        return Refusal(Failure.UNACCEPTED_POLICY, f"the only policy here is {policy}")
    if request.extensions:  # critical or not [3161 2.4.1]
        return Refusal(Failure.UNACCEPTED_EXTENSION, "no extension is known here")
    return request


def grant(request: TimestampRequest, stamper: Stamper, *, at: datetime, serial: int) -> bytes:
    """Stamp what a request that `accept` let through asks for [3161 2.4.2]."""
    row = BY_CONTENT[request.hashed.algorithm]
    info = write_info(
        message_imprint(row.name, request.hashed.value),
        policy=stamper.policy,
        serial=serial,
        at=at,
        accuracy=stamper.accuracy,
        nonce=request.nonce,
        authority=stamper.subject,
    )
    token = sign_data(
        info,
        certificate_der=stamper.certificate,
        algorithm=ROWS[algorithm_of(stamper.private_key)],
        signer=lambda octets: sign(stamper.private_key, octets),
        content_type=TST_INFO,
        chain=stamper.path,
        bare=not request.wants_certificate,  # then no certificate may be there [3161 2.4.1]
    )
    return write_response(token)
