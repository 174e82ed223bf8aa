"""
Read OCSP requests strictly.  Pure: DER in, a frozen value out; whose they are is not asked.

A signature on a request is looked past: the responder here answers anybody, and a request
says nothing that a signature would have to protect [6960 4.1.2].
"""

from dataclasses import dataclass

from pki import oids
from pki.der import read
from pki.errors import Malformed, MalformedDer

WHAT = "the OCSP request"
MAX_SIZE = 1 << 16  # octets
MAX_ASKED = 32  # certificates in one request; ours
LONGEST_NONCE = 128  # octets (RFC 9654)
NONCE = oids.content("1.3.6.1.5.5.7.48.1.2")


@dataclass(frozen=True, slots=True)
class CertId:
    """
    About which certificate is asked.

    Attributes:
        der: As it was asked, to be repeated in the answer.
        digest: Content octets of the OID of the hash.
        name_hash: Of the issuer's DN.
        key_hash: Of the issuer's public key bits.
        serial: The certificate's.
    """

    der: bytes
    digest: bytes
    name_hash: bytes
    key_hash: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class OcspRequest:
    """
    A request, read and checked for form.

    Attributes:
        asked: At least one.
        nonce: To be returned; None if absent.
        unknown_critical: Whether it has a critical extension other than the nonce.
    """

    asked: tuple[CertId, ...]
    nonce: bytes | None = None
    unknown_critical: bool = False


def read_request(der: bytes) -> OcspRequest:
    """Read a request, DER; MalformedDer for anything but its strict form [6960 4.1.1]."""
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
    begin, end = read.enter(der, start, stop, read.SEQUENCE)
    if end != stop:
        tag, inner, inner_stop = read.header(der, end, stop)
        if tag != 0xA0 or inner_stop != stop:
            raise MalformedDer(WHAT, "something behind it that is no signature", end)
        read.check(der, inner, inner_stop)
    parts = read.children(der, begin, end)
    if parts and parts[0][0] == 0xA0:
        raise MalformedDer(WHAT, "a version other than 1, or one that is written out", begin)
    if parts and parts[0][0] == 0xA1:  # requestorName, which nobody here asks for
        read.check(der, parts[0][2], parts[0][3])
        parts = parts[1:]
    if not parts or len(parts) > 2 or parts[0][0] != read.SEQUENCE:
        raise MalformedDer(WHAT, "no list of what is asked", begin)
    listed = read.children(der, parts[0][2], parts[0][3])
    if not 0 < len(listed) <= MAX_ASKED:
        raise MalformedDer(WHAT, f"not one to {MAX_ASKED} certificates asked about", parts[0][1])
    asked, critical = [], False
    for tag, at, first, last in listed:
        if tag != read.SEQUENCE:
            raise MalformedDer(WHAT, "a question of another shape", at)
        one, strange = _question(der, first, last)
        asked.append(one)
        critical |= strange
    nonce = None
    if len(parts) == 2:
        tag, at, first, last = parts[1]
        if tag != 0xA2:
            raise MalformedDer(WHAT, "something that is no extension", at)
        nonce, strange = _extensions(der, first, last)
        critical |= strange
    return OcspRequest(tuple(asked), nonce, critical)


def _question(der: bytes, at: int, stop: int) -> tuple[CertId, bool]:
    begin, end = read.enter(der, at, stop, read.SEQUENCE)
    digest, digest_stop = read.enter(der, begin, end, read.SEQUENCE)
    first, second = read.enter(der, digest, digest_stop, read.OID)
    read.check(der, second, digest_stop)
    name_at, name_stop = read.enter(der, digest_stop, end, read.OCTET_STRING)
    key_at, key_stop = read.enter(der, name_stop, end, read.OCTET_STRING)
    serial_at, serial_stop = read.enter(der, key_stop, end, read.INTEGER)
    if serial_stop != end:
        raise MalformedDer(WHAT, "octets after a CertID", serial_stop)
    strange = False
    if end < stop:
        tag, inner, inner_stop = read.header(der, end, stop)
        if tag != 0xA0 or inner_stop != stop:
            raise MalformedDer(WHAT, "octets after a question", end)
        _, strange = _extensions(der, inner, inner_stop)
    asked = CertId(
        der=der[at:end],
        digest=der[first:second],
        name_hash=der[name_at:name_stop],
        key_hash=der[key_at:key_stop],
        serial=read.integer(der, serial_at, serial_stop),
    )
    return asked, strange


def _extensions(der: bytes, at: int, stop: int) -> tuple[bytes | None, bool]:
    """Return the nonce, and whether anything else is critical."""
    begin, end = read.enter(der, at, stop, read.SEQUENCE)
    if end != stop:
        raise MalformedDer(WHAT, "octets after the extensions", end)
    from crl.read import read_extensions

    found = read_extensions(der, begin, end)
    stated = found.pop(NONCE, None)
    nonce = None
    if stated is not None:
        first, last = read.whole(stated.value, read.OCTET_STRING)
        nonce = stated.value[first:last]
        if not 0 < len(nonce) <= LONGEST_NONCE:
            raise MalformedDer(WHAT, f"a nonce that is not of 1 to {LONGEST_NONCE} octets", begin)
    return nonce, any(each.critical for each in found.values())
