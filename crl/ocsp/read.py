"""
Read OCSP responses strictly.  Pure: DER in, a frozen value out; nothing is judged here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from pki import oids
from pki.certificate.read import Extension
from pki.der import read
from pki.errors import Malformed, MalformedDer
from pki.paths.names import comparable

WHAT = "the OCSP response"
MAX_SIZE = 1 << 20  # octets
MAX_NONCE = 128  # octets (RFC 9654)
SUCCESSFUL = 0
STATUSES = (SUCCESSFUL, 1, 2, 3, 5, 6)  # 4 was never given [6960 4.2.1]

BASIC = oids.content("1.3.6.1.5.5.7.48.1.1")
NONCE = oids.content("1.3.6.1.5.5.7.48.1.2")


@dataclass(frozen=True, slots=True)
class SingleResponse:
    """
    What is said about one certificate.

    Attributes:
        digest: Content octets of the OID of the hash in the CertID.
        name_hash: Of the issuer's DN.
        key_hash: Of the issuer's public key bits.
        serial: The certificate's.
        status: 0 good, 1 revoked, 2 unknown.
        revoked_since: UTC; None unless revoked.
        reason: CRLReason code; None if not stated.
        this_update: UTC.
        next_update: UTC; None if absent.
        unknown_critical: Whether it has a critical extension, none of which is processed.
    """

    digest: bytes
    name_hash: bytes
    key_hash: bytes
    serial: int
    status: int
    revoked_since: datetime | None
    reason: int | None
    this_update: datetime
    next_update: datetime | None
    unknown_critical: bool


@dataclass(frozen=True, slots=True)
class OcspResponse:
    """
    A response, read and checked for form.

    Attributes:
        status: responseStatus; 0 is successful, and everything below is None or empty else.
        tbs: What is signed.
        algorithm: AlgorithmIdentifier of the signature.
        signature: The bits.
        responder_name: DN of the responder, encoded; None if named by key.
        responder_key_hash: SHA-1 of its key bits; None if named by name.
        produced_at: UTC.
        singles: At least one.
        nonce: Of the request, returned; None if absent.
        unknown_critical: Whether it has a critical extension other than the nonce.
        certificates: DER, for finding the responder's.
    """

    status: int
    tbs: bytes = b""
    algorithm: bytes = b""
    signature: bytes = b""
    responder_name: bytes | None = None
    responder_key_hash: bytes | None = None
    produced_at: datetime | None = None
    singles: tuple[SingleResponse, ...] = ()
    nonce: bytes | None = None
    unknown_critical: bool = False
    certificates: tuple[bytes, ...] = ()


def read_response(der: bytes) -> OcspResponse:
    """Read a response, DER; MalformedDer for anything but its strict form [6960 4.2.1]."""
    if len(der) > MAX_SIZE:
        raise Malformed(WHAT, f"{len(der)} octets, more than the {MAX_SIZE} that any needs")
    try:
        return _read(der)
    except MalformedDer as error:
        why = str(error).partition(": ")[2].rpartition(" (")[0]
        raise MalformedDer(WHAT, why, error.offset) from error
    except IndexError:
        raise MalformedDer(WHAT, "cut off", len(der)) from None


def _read(der: bytes) -> OcspResponse:
    start, stop = read.whole(der, read.SEQUENCE)
    begin, at = read.enter(der, start, stop, read.ENUMERATED)
    status = read.integer(der, begin, at)
    if status not in STATUSES:
        raise MalformedDer(WHAT, "a status that the standard does not have", begin)
    if at == stop:
        if status == SUCCESSFUL:
            raise MalformedDer(WHAT, "successful, and without an answer", at)
        return OcspResponse(status)
    if status != SUCCESSFUL:
        raise MalformedDer(WHAT, "an answer beside an error", at)
    begin, end = read.enter(der, at, stop, 0xA0)
    inner, inner_stop = read.enter(der, begin, end, read.SEQUENCE)
    first, second = read.enter(der, inner, inner_stop, read.OID)
    octets, octets_stop = read.enter(der, second, inner_stop, read.OCTET_STRING)
    if end != stop or inner_stop != end or octets_stop != inner_stop:
        raise MalformedDer(WHAT, "octets after its answer", octets_stop)
    if der[first:second] != BASIC:
        raise MalformedDer(WHAT, "an answer of a type other than basic", first)
    return _basic(der[octets:octets_stop])


def _basic(der: bytes) -> OcspResponse:
    start, stop = read.whole(der, read.SEQUENCE)
    read.check(der, start, stop)
    parts = read.children(der, start, stop)
    if [part[0] for part in parts[:3]] != [0x30, 0x30, 0x03] or len(parts) > 4:
        raise MalformedDer(WHAT, "something else than three or four parts", start)
    certificates: tuple[bytes, ...] = ()
    if len(parts) == 4:
        tag, _, begin, end = parts[3]
        inner, inner_stop = read.enter(der, begin, end, read.SEQUENCE)
        if tag != 0xA0 or inner_stop != end:
            raise MalformedDer(WHAT, "certificates of another shape", begin)
        listed = read.children(der, inner, inner_stop)
        if any(tag != read.SEQUENCE for tag, _, _, _ in listed):
            raise MalformedDer(WHAT, "something else among its certificates", inner)
        certificates = tuple([der[at:after] for _, at, _, after in listed])
    _, tbs_at, tbs_start, tbs_stop = parts[0]
    name, key_hash, produced, singles, extensions = _response_data(der, tbs_start, tbs_stop)
    bits, unused = read.bits(der, parts[2][2], parts[2][3])
    if unused:
        raise MalformedDer(WHAT, "a signature with unused bits", parts[2][1])
    nonce = extensions.pop(NONCE, None)
    return OcspResponse(
        status=SUCCESSFUL,
        tbs=der[tbs_at:tbs_stop],
        algorithm=der[parts[1][1] : parts[1][3]],
        signature=bits,
        responder_name=name,
        responder_key_hash=key_hash,
        produced_at=produced,
        singles=singles,
        nonce=read_nonce(nonce.value) if nonce else None,
        unknown_critical=any(each.critical for each in extensions.values()),
        certificates=certificates,
    )


def _response_data(
    der: bytes, at: int, stop: int
) -> tuple[
    bytes | None, bytes | None, datetime, tuple[SingleResponse, ...], dict[bytes, Extension]
]:
    tag, begin, end = read.header(der, at, stop)
    if tag == 0xA0:
        raise MalformedDer(WHAT, "a version other than 1, or one that is written out", at)
    name = key_hash = None
    if tag == 0xA1:
        inner, inner_stop = read.enter(der, begin, end, read.SEQUENCE)
        name = der[begin:end]
        comparable(name)  # for its form
    elif tag == 0xA2:
        inner, inner_stop = read.enter(der, begin, end, read.OCTET_STRING)
        key_hash = der[inner:inner_stop]
    if tag not in (0xA1, 0xA2) or inner_stop != end:
        raise MalformedDer(WHAT, "a responder that is named in neither way", at)
    produced, at = read_generalized(der, end, stop)
    begin, end = read.enter(der, at, stop, read.SEQUENCE)
    listed = read.children(der, begin, end)
    if not listed or any(tag != read.SEQUENCE for tag, _, _, _ in listed):
        raise MalformedDer(WHAT, "an answer about nothing", begin)
    singles = tuple([_single(der, inner, inner_stop) for _, _, inner, inner_stop in listed])
    extensions = _extensions(der, end, stop, 0xA1) if end < stop else {}
    return name, key_hash, produced, singles, extensions


def _single(der: bytes, at: int, stop: int) -> SingleResponse:
    begin, end = read.enter(der, at, stop, read.SEQUENCE)
    digest, digest_stop = read.enter(der, begin, end, read.SEQUENCE)
    first, second = read.enter(der, digest, digest_stop, read.OID)
    name_at, name_stop = read.enter(der, digest_stop, end, read.OCTET_STRING)
    key_at, key_stop = read.enter(der, name_stop, end, read.OCTET_STRING)
    serial_at, serial_stop = read.enter(der, key_stop, end, read.INTEGER)
    if serial_stop != end:
        raise MalformedDer(WHAT, "octets after a CertID", serial_stop)
    tag, inner, inner_stop = read.header(der, end, stop)
    since = reason = None
    if tag == 0xA1:
        since, after = read_generalized(der, inner, inner_stop)
        if after < inner_stop:
            wrapped, wrapped_stop = read.enter(der, after, inner_stop, 0xA0)
            code, code_stop = read.enter(der, wrapped, wrapped_stop, read.ENUMERATED)
            if wrapped_stop != inner_stop or code_stop != wrapped_stop:
                raise MalformedDer(WHAT, "octets after a reason", code_stop)
            reason = read.integer(der, code, code_stop)
    elif tag not in (0x80, 0x82) or inner != inner_stop:
        raise MalformedDer(WHAT, "a status that is none of three", end)
    this_update, after = read_generalized(der, inner_stop, stop)
    next_update = None
    if after < stop and der[after] == 0xA0:
        wrapped, wrapped_stop = read.enter(der, after, stop, 0xA0)
        next_update, end_of_time = read_generalized(der, wrapped, wrapped_stop)
        if end_of_time != wrapped_stop:
            raise MalformedDer(WHAT, "octets after nextUpdate", end_of_time)
        after = wrapped_stop
    extensions = _extensions(der, after, stop, 0xA1) if after < stop else {}
    return SingleResponse(
        digest=der[first:second],
        name_hash=der[name_at:name_stop],
        key_hash=der[key_at:key_stop],
        serial=read.integer(der, serial_at, serial_stop),
        status=tag & 0x1F,
        revoked_since=since,
        reason=reason,
        this_update=this_update,
        next_update=next_update,
        unknown_critical=any(each.critical for each in extensions.values()),
    )


def read_generalized(der: bytes, at: int, stop: int) -> tuple[datetime, int]:
    """Read a GeneralizedTime in whole seconds, and return the offset behind it [6960 4.2.2.1]."""
    begin, end = read.enter(der, at, stop, read.GENERALIZED_TIME)
    moment = _moment(der[begin:end])
    if moment is None:
        raise MalformedDer(WHAT, "a time that is not YYYYMMDDhhmmssZ, or in no calendar", at)
    return moment, end


@lru_cache(maxsize=1024)  # a response has two or three times, many have the same
def _moment(text: bytes) -> datetime | None:
    if len(text) != 15 or text[14:] != b"Z" or not text[:14].isdigit():
        return None
    try:
        fields = [int(text[i:j]) for i, j in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))]
        return datetime(*fields, tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _extensions(der: bytes, at: int, stop: int, tag: int) -> dict[bytes, Extension]:
    begin, end = read.enter(der, at, stop, tag)
    inner, inner_stop = read.enter(der, begin, end, read.SEQUENCE)
    if end != stop or inner_stop != end:
        raise MalformedDer(WHAT, "octets after the extensions", end)
    from crl.read import read_extensions

    return read_extensions(der, inner, inner_stop)


def read_nonce(value: bytes) -> bytes:
    """Open a nonce, which is an OCTET STRING inside the extension's own (RFC 9654)."""
    begin, end = read.whole(value, read.OCTET_STRING)
    if not 1 <= end - begin <= MAX_NONCE:
        raise MalformedDer(WHAT, "a nonce that is empty, or too long", begin)
    return value[begin:end]
