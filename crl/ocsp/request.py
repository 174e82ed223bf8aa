"""
Read OCSP requests strictly.  Pure: DER in, a frozen value out.
"""

from dataclasses import dataclass

from crl.ocsp.read import NONCE, read_nonce
from crl.read import read_extensions
from pki.certificate.read import Extension
from pki.der import read
from pki.errors import Malformed, MalformedDer

WHAT = "the OCSP request"
MAX_SIZE = 64 * 1024  # octets


@dataclass(frozen=True, slots=True)
class CertificateIdentifier:
    """
    The certificate that is asked about [6960 4.1.1].

    Attributes:
        der: The CertID as it stands, for the answer to repeat.
        digest: Content octets of the OID of the hash.
        name_hash: Of the issuer's DN.
        key_hash: Of the issuer's public key bits.
        serial: The certificate's.
        unknown_critical: Whether what asks about it has a critical extension.
    """

    der: bytes
    digest: bytes
    name_hash: bytes
    key_hash: bytes
    serial: int
    unknown_critical: bool


@dataclass(frozen=True, slots=True)
class OcspRequest:
    """
    A request, read and checked for form.

    Attributes:
        asked: At least one.
        nonce: To be returned; None if absent.
        unknown_critical: Whether it has a critical extension other than the nonce.
        signed: Whether it has a signature, which nobody here checks.
    """

    asked: tuple[CertificateIdentifier, ...]
    nonce: bytes | None
    unknown_critical: bool
    signed: bool


def read_request(der: bytes) -> OcspRequest:
    """Read a request, DER; Malformed for anything but its strict form [6960 4.1.1]."""
    if len(der) > MAX_SIZE:
        raise Malformed(WHAT, f"{len(der)} octets, more than the {MAX_SIZE} that any needs")
    try:
        return _read(der)
    except MalformedDer as error:
        why = str(error).partition(": ")[2].rpartition(" (")[0]
        raise MalformedDer(WHAT, why, error.offset) from error
    except IndexError:
        raise MalformedDer(WHAT, "cut off", len(der)) from None


def _read(der: bytes) -> OcspRequest:
    start, stop = read.whole(der, read.SEQUENCE)
    read.check(der, start, stop)
    at, end = read.enter(der, start, stop, read.SEQUENCE)
    if end != stop:
        signature, signature_stop = read.enter(der, end, stop, 0xA0)
        if (
            signature_stop != stop
            or read.enter(der, signature, stop, read.SEQUENCE)[1] != signature_stop
        ):
            raise MalformedDer(WHAT, "octets after its signature", signature_stop)
    if at < end and der[at] == 0xA0:
        raise MalformedDer(WHAT, "a version other than 1, or one that is written out", at)
    if at < end and der[at] == 0xA1:  # requestorName, which decides nothing
        at = read.header(der, at, end)[2]
    begin, listed = read.enter(der, at, end, read.SEQUENCE)
    parts = read.children(der, begin, listed)
    if not parts or any(tag != read.SEQUENCE for tag, _, _, _ in parts):
        raise MalformedDer(WHAT, "a question about nothing", begin)
    extensions = _extensions(der, listed, end, 0xA2) if listed < end else {}
    nonce = extensions.pop(NONCE, None)
    return OcspRequest(
        asked=tuple([_identifier(der, start, stop) for _, _, start, stop in parts]),
        nonce=None if nonce is None else read_nonce(nonce.value),
        unknown_critical=any(each.critical for each in extensions.values()),
        signed=end != stop,
    )


def _identifier(der: bytes, at: int, stop: int) -> CertificateIdentifier:
    begin, end = read.enter(der, at, stop, read.SEQUENCE)
    digest, digest_stop = read.enter(der, begin, end, read.SEQUENCE)
    first, second = read.enter(der, digest, digest_stop, read.OID)
    name_at, name_stop = read.enter(der, digest_stop, end, read.OCTET_STRING)
    key_at, key_stop = read.enter(der, name_stop, end, read.OCTET_STRING)
    serial_at, serial_stop = read.enter(der, key_stop, end, read.INTEGER)
    if serial_stop != end:
        raise MalformedDer(WHAT, "octets after a CertID", serial_stop)
    extensions = _extensions(der, end, stop, 0xA0) if end < stop else {}
    return CertificateIdentifier(
        der=der[at:end],
        digest=der[first:second],
        name_hash=der[name_at:name_stop],
        key_hash=der[key_at:key_stop],
        serial=read.integer(der, serial_at, serial_stop),
        unknown_critical=any(each.critical for each in extensions.values()),
    )


def _extensions(der: bytes, at: int, stop: int, tag: int) -> dict[bytes, Extension]:
    begin, end = read.enter(der, at, stop, tag)
    inner, inner_stop = read.enter(der, begin, end, read.SEQUENCE)
    if end != stop or inner_stop != end:
        raise MalformedDer(WHAT, "octets after the extensions", end)
    return read_extensions(der, inner, inner_stop)
