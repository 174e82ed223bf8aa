"""
Read CMS SignedData strictly, whatever its content is.  Pure: DER in, a frozen value out.

`read_signed_data` takes any SignedData: a signed document, the signature of a PDF, a
time-stamp token, whose content is then another structure for another reader.  Everything
is DER down to the leaves, but for the insides of certificates, lists and content, which
are handed on as they are.  RFC 5652 lets all but the signed attributes be BER; nobody
whom JPKI meets needs that, and two readings of one message are one too many [D 3].
"""

from functools import lru_cache

from pki.cms.identifiers import (
    CONTENT_TYPE,
    DATA,
    KNOWN_ALGORITHMS,
    KNOWN_ATTRIBUTES,
    MESSAGE_DIGEST,
    SIGNED_DATA,
)
from pki.cms.reading import SignedData, SignerInfo
from pki.der import read
from pki.errors import Malformed, MalformedDer

WHAT = "the CMS message"
MAX_SIZE = 64 << 20  # octets, the content's included
MAX_SIGNERS = 16
MAX_CERTIFICATES = 256  # in the bag; a path needs two
MAX_LISTS = 256
MAX_ATTRIBUTES = 64  # of one signer

_SHARED = 1024  # parts that many messages share, and that are remembered as strict
_LONGEST = 512  # octets of them, so that no stranger fills the memory

_SEQUENCE, _SET = read.SEQUENCE, read.SET
_PREFIX = bytes((read.OID, len(SIGNED_DATA))) + SIGNED_DATA
_ENCODED_DATA = bytes((read.OID, len(DATA))) + DATA
_DETACHED = b"\x30\x0b" + _ENCODED_DATA
_OF_DATA = b"\x30\x18\x06\x09" + CONTENT_TYPE + b"\x31\x0b" + _ENCODED_DATA
_BY_SHA256 = b"\x30\x2f\x06\x09" + MESSAGE_DIGEST + b"\x31\x22\x04\x20"
_INDEFINITE = (
    "a length that is indefinite, which is BER; write the message anew in DER, where every "
    "length is stated"
)


def read_signed_data(der: bytes) -> SignedData:
    """
    Read one ContentInfo of type signed-data, DER [5652 3] [5652 5.1].

    MalformedDer for anything but its strict form; Malformed where there is more of
    something than any honest message has.
    """
    if len(der) > MAX_SIZE:
        raise Malformed(WHAT, f"{len(der)} octets, more than the {MAX_SIZE} that any needs")
    try:
        return _read(der)
    except MalformedDer as error:
        why = str(error).partition(": ")[2].rpartition(" (")[0]
        if der[error.offset + 1 : error.offset + 2] == b"\x80":
            why = _INDEFINITE
        raise MalformedDer(WHAT, why, error.offset) from error
    except IndexError:
        raise MalformedDer(WHAT, "cut off", len(der)) from None


def _read(der: bytes) -> SignedData:
    start, stop = read.whole(der, _SEQUENCE)
    at = start + len(_PREFIX)
    if der[start:at] != _PREFIX:
        raise MalformedDer(WHAT, "content of another type than signed-data", start)
    begin, end = read.enter(der, at, stop, 0xA0)
    version_at, inner_stop = read.enter(der, begin, end, _SEQUENCE)
    if end != stop or inner_stop != end:
        raise MalformedDer(WHAT, "octets after the signed-data", inner_stop)

    at = version_at + 3
    version = der[version_at:at]
    begin, at = read.enter(der, at, stop, _SET)
    digests = _announced(der[begin:at]) if at - begin <= _LONGEST else None
    if digests is None:
        read.check(der, begin, at)
        raise MalformedDer(WHAT, "more digest algorithms than there are", begin)
    if der[at : at + 13] == _DETACHED:
        content_type, content, at = DATA, None, at + 13
    else:
        content_type, content, at = _content(der, at, stop)
    # Whatever is newer than PKCS #7 needs version 3, or one above [5652 5.1].
    needed = 1 if content_type == DATA else 3
    certificates: tuple[bytes, ...] = ()
    revocation: tuple[bytes, ...] = ()
    if der[at] == 0xA0:
        begin, at = read.enter(der, at, stop, 0xA0)
        needed, certificates = _certificates(der, begin, at, needed)
    if der[at] == 0xA1:
        begin, at = read.enter(der, at, stop, 0xA1)
        listed = _few(der, begin, at, MAX_LISTS, "lists")
        revocation = tuple([der[a:z] for _, a, _, z in listed])
        if any(tag != _SEQUENCE for tag, _, _, _ in listed):
            needed = 5
    begin, end = read.enter(der, at, stop, _SET)
    if end != stop:
        raise MalformedDer(WHAT, "octets after the signers", end)
    signers: list[SignerInfo] = []
    while begin < end:
        if len(signers) == MAX_SIGNERS:
            raise Malformed(WHAT, _TOO_MANY.format(MAX_SIGNERS, "signers"))
        signer, begin = _signer(der, begin, end)
        signers.append(signer)
        if signer.key_identifier is not None and needed < 3:
            needed = 3
    if version != b"\x02\x01%c" % needed:
        raise MalformedDer(WHAT, f"another version than {needed}, which it needs", version_at)
    return SignedData(digests, content_type, content, certificates, revocation, tuple(signers))


_PRIMITIVE = tuple(not tag & 0x20 and tag & 0x1F != 0x1F for tag in range(256))
_TOO_MANY = "more than {} {}, which no honest message has"


def _few(der: bytes, at: int, stop: int, limit: int, what: str) -> list[tuple[int, int, int, int]]:
    """List the elements between two offsets, but never more than *limit*."""
    found: list[tuple[int, int, int, int]] = []
    while at < stop:
        if len(found) == limit:
            raise Malformed(WHAT, _TOO_MANY.format(limit, what))
        tag, begin, end = read.header(der, at, stop)
        found.append((tag, at, begin, end))
        at = end
    return found


@lru_cache(maxsize=_SHARED)
def _announced(encoded: bytes) -> tuple[bytes, ...] | None:
    """Take a set of digest algorithms apart, the same in most messages; None if not strict."""
    if not _is_strict(encoded):
        return None
    return tuple([encoded[a:z] for _, a, _, z in read.children(encoded, 0, len(encoded))])


@lru_cache(maxsize=_SHARED)
def _is_strict(encoded: bytes) -> bool:
    """Tell whether octets are strict DER down to the leaves; once found so, they stay so."""
    try:
        read.check(encoded, 0, len(encoded))
    except MalformedDer:
        return False
    return True


def _content(der: bytes, at: int, stop: int) -> tuple[bytes, bytes | None, int]:
    """Read encapContentInfo; its content is one primitive OCTET STRING, or detached [5652 5.2]."""
    at, end = read.enter(der, at, stop, _SEQUENCE)
    begin, at = read.enter(der, at, end, read.OID)
    content_type = der[begin:at]
    if content_type != DATA:
        read.dotted(der, begin, at)
    if at == end:
        return content_type, None, end
    begin, inner = read.enter(der, at, end, 0xA0)
    first, last = read.enter(der, begin, inner, read.OCTET_STRING)
    if inner != end or last != inner:
        raise MalformedDer(WHAT, "octets after the content", last)
    return content_type, der[first:last], end


def _certificates(der: bytes, at: int, stop: int, needed: int) -> tuple[int, tuple[bytes, ...]]:
    """Read the bag, and which version what is in it needs [5652 5.1] [5652 10.2.2]."""
    found: list[bytes] = []
    count = 0
    while at < stop:
        count += 1
        if count > MAX_CERTIFICATES:
            raise Malformed(WHAT, _TOO_MANY.format(MAX_CERTIFICATES, "certificates"))
        tag = der[at]
        if tag != _SEQUENCE and tag not in _OTHER_CERTIFICATES:
            raise MalformedDer(WHAT, "a certificate of no kind that there is", at)
        end = read.enter(der, at, stop, tag)[1]
        if tag == _SEQUENCE:
            found.append(der[at:end])
        else:
            needed = max(needed, _OTHER_CERTIFICATES[tag])
        at = end
    return needed, tuple(found)


# Attribute certificates of versions 1 and 2, and other formats; nobody here reads them.
_OTHER_CERTIFICATES = {0xA1: 3, 0xA2: 4, 0xA3: 5}


def _signer(der: bytes, at: int, stop: int) -> tuple[SignerInfo, int]:
    """Read the SignerInfo at *at*, and return the offset behind it [5652 5.3]."""
    begin, stop = read.enter(der, at, stop, _SEQUENCE)
    at = begin + 3
    version = der[begin:at]
    issuer = serial = key_identifier = None
    if version == b"\x02\x01\x01":
        begin, end = read.enter(der, at, stop, _SEQUENCE)
        at = read.enter(der, begin, end, _SEQUENCE)[1]
        issuer = der[begin:at]
        if at - begin > _LONGEST or not _is_strict(issuer):
            read.check(der, begin, at)
        begin, at = read.enter(der, at, end, read.INTEGER)
        serial = der[begin:at]
        if not 0 < der[begin] < 0x80:
            read.integer(der, begin, at)
        if at != end:
            raise MalformedDer(WHAT, "octets after a signer's serialNumber", at)
    elif version == b"\x02\x01\x03":
        begin, at = read.enter(der, at, stop, 0x80)
        key_identifier = der[begin:at]
    else:
        raise MalformedDer(WHAT, "a signer of another version than 1 or 3", begin)
    end = at + 2 + der[at + 1]
    digest_algorithm = der[at:end]
    if digest_algorithm not in KNOWN_ALGORITHMS or end > stop:
        digest_algorithm, end = _algorithm(der, at, stop)
    at = end
    attributes = octets = None
    if der[at] == 0xA0:
        begin, end = read.enter(der, at, stop, 0xA0)
        attributes = _signed_attributes(der, begin, end)
        octets = b"\x31" + der[at + 1 : end]  # the tag that is signed [5652 5.4]
        at = end
    end = at + 2 + der[at + 1]
    signature_algorithm = der[at:end]
    if signature_algorithm not in KNOWN_ALGORITHMS or end > stop:
        signature_algorithm, end = _algorithm(der, at, stop)
    begin, at = read.enter(der, end, stop, read.OCTET_STRING)
    signature = der[begin:at]
    unsigned: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()
    if at < stop:
        begin, end = read.enter(der, at, stop, 0xA1)
        if end != stop:
            raise MalformedDer(WHAT, "octets after a signer", end)
        unsigned = _unsigned_attributes(der, begin, end)
    info = SignerInfo(
        issuer,
        serial,
        key_identifier,
        digest_algorithm,
        attributes,
        octets,
        signature_algorithm,
        signature,
        unsigned,
    )
    return info, stop


def _algorithm(der: bytes, at: int, stop: int) -> tuple[bytes, int]:
    """Read an AlgorithmIdentifier that is in none of the tables."""
    begin, end = read.enter(der, at, stop, _SEQUENCE)
    read.check(der, begin, end)
    return der[at:end], end


def _signed_attributes(der: bytes, at: int, stop: int) -> dict[bytes, bytes]:
    """
    Read attributes that must be DER, in the order of a SET OF, one value each.

    What is signed is their DER encoding [5652 5.4]; were another order taken, every reader
    would have to write them anew and hope to write what the signer wrote.  SEQUENCE, OID,
    SET and value are taken apart in place, for this is on the hot path.
    """
    found: dict[bytes, bytes] = {}
    before = b""
    if der[at : at + 26] == _OF_DATA and at + 26 <= stop:  # the first of nearly all messages
        before = _OF_DATA
        found[CONTENT_TYPE] = _ENCODED_DATA
        at += 26
        end = at + 49
        if der[at : at + 17] == _BY_SHA256 and end <= stop:  # and the second
            before = der[at:end]
            found[MESSAGE_DIGEST] = der[at + 15 : end]
            at = end
    while at < stop:
        begin, end = read.enter(der, at, stop, _SEQUENCE)
        oid_start = begin + 2
        oid_stop = oid_start + der[begin + 1]
        begin = oid_stop + 2
        size = der[oid_stop + 1]
        if size >= 0x80:
            begin, size = read.long_length(der, oid_stop)
        if (
            der[oid_start - 2] != 0x06
            or oid_stop - oid_start >= 0x80  # no identifier is that long, nor its length
            or oid_stop >= end
            or der[oid_stop] != 0x31
            or begin + size != end
        ):
            raise MalformedDer(WHAT, "an attribute of another shape", at)
        identifier = der[oid_start:oid_stop]
        if identifier not in KNOWN_ATTRIBUTES:
            read.dotted(der, oid_start, oid_stop)
        # One primitive value with a length of one octet is checked in place.
        if not (
            begin + 1 < end
            and _PRIMITIVE[der[begin]]
            and der[begin + 1] < 0x80
            and begin + 2 + der[begin + 1] == end
        ):
            if begin == end or read.header(der, begin, end)[2] != end:
                raise MalformedDer(WHAT, "a signed attribute without exactly one value", at)
            read.check(der, begin, end)
        encoded = der[at:end]
        if encoded <= before:  # [X.690 11.6]
            raise MalformedDer(WHAT, "signed attributes out of order", at)
        if identifier in found:
            raise MalformedDer(WHAT, "a signed attribute twice", at)
        if len(found) == MAX_ATTRIBUTES:
            raise Malformed(WHAT, _TOO_MANY.format(MAX_ATTRIBUTES, "attributes"))
        found[identifier] = der[begin:end]
        before = encoded
        at = end
    if not found:
        raise MalformedDer(WHAT, "an empty set of signed attributes", at)
    return found


def _unsigned_attributes(
    der: bytes, at: int, stop: int
) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """Read attributes that nobody signed: any order, any number of values but none."""
    read.check(der, at, stop)
    found = []
    for tag, here, begin, end in _few(der, at, stop, MAX_ATTRIBUTES, "attributes"):
        if tag != _SEQUENCE:
            raise MalformedDer(WHAT, "an attribute that is no SEQUENCE", here)
        first, last = read.enter(der, begin, end, read.OID)
        read.dotted(der, first, last)
        begin, inner = read.enter(der, last, end, _SET)
        listed = _few(der, begin, inner, MAX_ATTRIBUTES, "values of an attribute")
        if inner != end or not listed:
            raise MalformedDer(WHAT, "an attribute of another shape", here)
        found.append((der[first:last], tuple([der[a:z] for _, a, _, z in listed])))
    if not found:
        raise MalformedDer(WHAT, "an empty set of unsigned attributes", at)
    return tuple(found)
