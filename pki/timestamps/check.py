"""
Open a time-stamp token, and compare it with octets and with a certificate.  Pure.

The steps of RFC 3161, section 2.2, that need no trust: whether the authority's certificate
may be relied on is asked elsewhere.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pki.certificate.read import EXT_KEY_USAGE, Certificate, read_certificate
from pki.cms.check import certificate_problems, content_problems, is_meant, signature_cause
from pki.cms.identifiers import SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, TST_INFO
from pki.cms.read import read_signed_data
from pki.cms.reading import SignedData, SignerInfo
from pki.errors import Malformed, MalformedDer
from pki.oids import KP_TIME_STAMPING, content
from pki.path import DIGITAL_SIGNATURE, NON_REPUDIATION, stated_purposes
from pki.timestamps.read import TimestampInfo, read_info, read_response
from pki.timestamps.words import BY_CONTENT

WHAT = "the time-stamp"
TIME_STAMPING = content(KP_TIME_STAMPING)


@dataclass(frozen=True, slots=True)
class Token:
    """
    A time-stamp token, read and checked for form.

    Attributes:
        data: The SignedData.
        signer: The one who signed it.
        info: What is stated.
        content: The octets of the TSTInfo, which are signed.
    """

    data: SignedData
    signer: SignerInfo
    info: TimestampInfo
    content: bytes


def open_token(der: bytes) -> Token:
    """
    Read a token, or the response that brings it; Malformed for anything else.

    A response that refuses has no token, and says so.
    """
    data = read_signed_data(_unwrapped(der))
    if data.content_type != TST_INFO or data.content is None:
        raise Malformed(WHAT, "it signs something else than a TSTInfo")
    if len(data.signers) != 1:  # [3161 2.4.2]
        raise Malformed(WHAT, f"{len(data.signers)} signers, and there is to be one")
    return Token(data, data.signers[0], read_info(data.content), data.content)


def _unwrapped(der: bytes) -> bytes:
    """Take the token out of a response; what begins with no PKIStatusInfo is a token."""
    try:
        response = read_response(der)
    except MalformedDer as error:
        if _begins_with_an_oid(der):
            return der
        raise error
    if response.token is None:
        words = ", ".join(sorted(each.name for each in response.failures)) or "no reason given"
        raise Malformed(WHAT, f"it is a refusal ({response.status.name}: {words})")
    return response.token


def _begins_with_an_oid(der: bytes) -> bool:
    """Tell a ContentInfo from a response by its first element."""
    size = der[1] if len(der) > 2 else 0
    start = 2 + (size & 0x7F if size & 0x80 else 0)
    return der[:1] == b"\x30" and der[start : start + 1] == b"\x06"


def stamps(token: Token, octets: bytes) -> bool:
    """Tell whether a token is of these octets; False for a hash that may not be relied on."""
    row = BY_CONTENT.get(token.info.hashed.algorithm)
    return row is not None and hashlib.new(row.name, octets).digest() == token.info.hashed.value


def signer_of(token: Token, certificates: Sequence[bytes] = ()) -> Certificate | None:
    """
    Find the certificate whose key signed a token, as every attribute must say [3161 2.4.2].

    *certificates* are candidates beside the token's own, DER.
    """
    if content_problems(token.data, token.signer, token.content):
        return None
    stated = token.signer.signed_attributes or {}
    if SIGNING_CERTIFICATE_V2 not in stated and SIGNING_CERTIFICATE not in stated:
        return None  # nobody could say which certificate was meant [3161 2.4.2] [5816 2.2.1]
    for der in (*token.data.certificates, *certificates):
        try:
            certificate = read_certificate(der)
            key = certificate.public_key()
        except Malformed:
            continue
        if (
            is_meant(certificate, token.signer)
            and not certificate_problems(token.signer, der)
            and signature_cause(token.signer, token.content, key) is None
        ):
            return certificate
    return None


def may_stamp(certificate: Certificate) -> bool:
    """Tell whether a certificate is for time-stamps and for nothing else [3161 2.3]."""
    purposes = certificate.extensions.get(EXT_KEY_USAGE)
    usage = certificate.key_usage
    return (
        purposes is not None
        and purposes.critical
        and stated_purposes(certificate) == {TIME_STAMPING}
        and (usage is None or not usage & ~(DIGITAL_SIGNATURE | NON_REPUDIATION) & 0xFF)
        and (usage is None or bool(usage))
    )
