"""
Read time-stamp requests, responses and TSTInfo strictly.  Pure: DER in, frozen values out.

Nothing is judged here: a hash that nobody should use and a version that nobody knows are
reported as they stand, for the authority must say what is the matter with a request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pki.der import read
from pki.errors import Malformed, MalformedDer
from pki.timestamps.words import Failure, Status

REQUEST, RESPONSE, INFO = (
    *("the time-stamp request", "the time-stamp response"),
    "the TSTInfo of the time-stamp",
)
MAX_SIZE = 1 << 18  # octets; a token with a long path has about 10 kB
NULL = b"\x05\x00"

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Hashed:
    """
    MessageImprint: what was stamped, or is to be [3161 2.4.1].

    Attributes:
        algorithm: Content octets of the OID of the hash.
        value: The hash.
    """

    algorithm: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """
    TimeStampReq [3161 2.4.1].

    Attributes:
        version: 1 is the only one.
        hashed: What is to be stamped.
        policy: That is asked for, dotted; None for any.
        nonce: To be returned; None if none was sent.
        wants_certificate: Whether the authority's certificate must be in the answer.
        extensions: Content octets of the OIDs of all extensions.
    """

    version: int
    hashed: Hashed
    policy: str | None
    nonce: int | None
    wants_certificate: bool
    extensions: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampInfo:
    """
    TSTInfo: what an authority states [3161 2.4.2].

    Attributes:
        policy: Under which it was stamped, dotted.
        hashed: What was stamped.
        serial: Unique with this authority; up to 160 bits.
        at: genTime, UTC, to the microsecond.
        accuracy: By which the moment may be off to either side; None if not stated.
        ordering: Whether tokens of this authority can be put in order whatever the accuracy.
        nonce: Of the request; None if it had none.
        authority: GeneralName of the authority, encoded; None if not stated.
        unknown_critical: Whether there is a critical extension, none of which is processed.
    """

    policy: str
    hashed: Hashed
    serial: int
    at: datetime
    accuracy: timedelta | None
    ordering: bool
    nonce: int | None
    authority: bytes | None
    unknown_critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampResponse:
    """
    TimeStampResp [3161 2.4.2].

    Attributes:
        status: What became of the request.
        failures: Why it was refused; empty if it was not, or nobody says.
        texts: For a person.
        token: The ContentInfo with the SignedData, DER; None unless granted.
    """

    status: Status
    failures: frozenset[Failure]
    texts: tuple[str, ...]
    token: bytes | None


def read_request(der: bytes) -> TimestampRequest:
    """Read a TimeStampReq, DER; MalformedDer for anything but its strict form."""
    return _strictly(REQUEST, _request, der)


def read_response(der: bytes) -> TimestampResponse:
    """Read a TimeStampResp, DER; MalformedDer for anything but its strict form."""
    return _strictly(RESPONSE, _response, der)


def read_info(der: bytes) -> TimestampInfo:
    """Read a TSTInfo, DER; MalformedDer for anything but its strict form."""
    return _strictly(INFO, _info, der)


def _strictly(what: str, reader: Callable[[bytes], Read], der: bytes) -> Read:
    if len(der) > MAX_SIZE:
        raise Malformed(what, f"{len(der)} octets, more than the {MAX_SIZE} that any needs")
    try:
        read.check(der, 0, len(der))
        return reader(der)
    except MalformedDer as error:
        why = str(error).partition(": ")[2].rpartition(" (")[0]
        raise MalformedDer(what, why, error.offset) from error
    except IndexError:
        raise MalformedDer(what, "cut off", len(der)) from None


class _Parts:
    """The elements of one SEQUENCE, taken from the front; what is left over is refused."""

    def __init__(self, der: bytes, start: int, stop: int) -> None:
        self.der = der
        self.at = start
        self.stop = stop

    def tag(self) -> int | None:
        return self.der[self.at] if self.at < self.stop else None

    def take(self, tag: int) -> tuple[int, int]:
        start, self.at = read.enter(self.der, self.at, self.stop, tag)
        return start, self.at

    def optional(self, tag: int) -> tuple[int, int] | None:
        return self.take(tag) if self.tag() == tag else None

    def integer(self) -> int:
        return read.integer(self.der, *self.take(read.INTEGER))

    def end(self) -> None:
        if self.at != self.stop:
            raise MalformedDer("the DER", "an element that does not belong there", self.at)


def _request(der: bytes) -> TimestampRequest:
    parts = _Parts(der, *read.whole(der, read.SEQUENCE))
    version = parts.integer()
    hashed = _hashed(parts)
    policy = parts.optional(read.OID)
    nonce = parts.integer() if parts.tag() == read.INTEGER else None
    wants_certificate = _default_false(parts)
    extensions = parts.optional(0xA0)
    parts.end()
    return TimestampRequest(
        version=version,
        hashed=hashed,
        policy=read.dotted(der, *policy) if policy else None,
        nonce=nonce,
        wants_certificate=wants_certificate,
        extensions=tuple(_extensions(der, *extensions)) if extensions else (),
    )


def _response(der: bytes) -> TimestampResponse:
    parts = _Parts(der, *read.whole(der, read.SEQUENCE))
    info = _Parts(der, *parts.take(read.SEQUENCE))
    number = info.integer()
    free_text = info.optional(read.SEQUENCE)
    bits = info.optional(read.BIT_STRING)
    info.end()
    token = None
    if parts.tag() is not None:
        at = parts.at
        parts.take(read.SEQUENCE)
        token = der[at : parts.at]
    parts.end()
    try:
        status = Status(number)
    except ValueError:
        raise MalformedDer("the DER", f"status {number}, which there is not", 0) from None
    if status.granted is not (token is not None):  # [3161 2.4.2]
        raise MalformedDer("the DER", "a token where none may be, or none where one must", 0)
    return TimestampResponse(
        status=status,
        failures=_failures(der, *bits) if bits else frozenset(),
        texts=_texts(der, *free_text) if free_text else (),
        token=token,
    )


def _info(der: bytes) -> TimestampInfo:
    parts = _Parts(der, *read.whole(der, read.SEQUENCE))
    if parts.integer() != 1:
        raise MalformedDer("the DER", "a version other than 1", 0)
    policy = read.dotted(der, *parts.take(read.OID))
    hashed = _hashed(parts)
    serial = parts.integer()
    at = _moment(der, *parts.take(read.GENERALIZED_TIME))
    accuracy = parts.optional(read.SEQUENCE)
    ordering = _default_false(parts)
    nonce = parts.integer() if parts.tag() == read.INTEGER else None
    authority = parts.optional(0xA0)
    extensions = parts.optional(0xA1)
    parts.end()
    return TimestampInfo(
        policy=policy,
        hashed=hashed,
        serial=serial,
        at=at,
        accuracy=_accuracy(der, *accuracy) if accuracy else None,
        ordering=ordering,
        nonce=nonce,
        authority=_general_name(der, *authority) if authority else None,
        unknown_critical=any(_extensions(der, *extensions).values()) if extensions else False,
    )


def _hashed(parts: _Parts) -> Hashed:
    imprint = _Parts(parts.der, *parts.take(read.SEQUENCE))
    algorithm = _Parts(parts.der, *imprint.take(read.SEQUENCE))
    start, stop = algorithm.take(read.OID)
    read.dotted(parts.der, start, stop)  # for its form
    # Absent or NULL, and nothing that somebody could choose [5754 2].
    if algorithm.tag() is not None:
        begin, end = algorithm.take(read.NULL)
        if begin != end:
            raise MalformedDer("the DER", "NULL with content", begin)
    algorithm.end()
    begin, end = imprint.take(read.OCTET_STRING)
    imprint.end()
    return Hashed(parts.der[start:stop], parts.der[begin:end])


def _default_false(parts: _Parts) -> bool:
    """Read a BOOLEAN that is FALSE where it is absent, and absent where FALSE [X.690 11.5]."""
    found = parts.optional(read.BOOLEAN)
    if found is None:
        return False
    if not read.boolean(parts.der, *found):
        raise MalformedDer("the DER", "a default that is written out", found[0])
    return True


def _moment(der: bytes, start: int, stop: int) -> datetime:
    """Read genTime: to the second, or with a fraction that ends in no zero [3161 2.4.2]."""
    text = der[start:stop]
    whole, _, fraction = text[:-1].partition(b".")
    dotted = b"." in text
    if (
        text[-1:] != b"Z"
        or len(whole) != 14
        or not whole.isdigit()
        or (dotted and not (fraction.isdigit() and fraction[-1:] != b"0"))
    ):
        raise MalformedDer("the DER", "a time that is not YYYYMMDDhhmmss[.f]Z", start)
    if len(fraction) > 6:
        raise MalformedDer("the DER", "a time finer than a microsecond", start)
    try:
        fields = [int(whole[i:j]) for i, j in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))]
        return datetime(*fields, int(fraction.ljust(6, b"0")), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        raise MalformedDer("the DER", "a time that no calendar has", start) from None


def _accuracy(der: bytes, start: int, stop: int) -> timedelta:
    parts = _Parts(der, start, stop)
    seconds = parts.integer() if parts.tag() == read.INTEGER else 0
    millis, micros = (
        read.integer(der, *found) if (found := parts.optional(tag)) else None
        for tag in (0x80, 0x81)
    )
    parts.end()
    if not 0 <= seconds < 1 << 31 or any(
        part is not None and not 1 <= part <= 999 for part in (millis, micros)
    ):
        raise MalformedDer("the DER", "an accuracy out of its bounds", start)
    return timedelta(seconds=seconds, milliseconds=millis or 0, microseconds=micros or 0)


def _general_name(der: bytes, start: int, stop: int) -> bytes:
    _, _, end = read.header(der, start, stop)
    if end != stop:
        raise MalformedDer("the DER", "octets after the authority's name", end)
    return der[start:stop]


def _extensions(der: bytes, start: int, stop: int) -> dict[bytes, bool]:
    """Return by OID whether each extension is critical; none stands twice [5280 4.2]."""
    found: dict[bytes, bool] = {}
    for tag, begin, content, end in read.children(der, start, stop):
        if tag != read.SEQUENCE:
            raise MalformedDer("the DER", "something else than an extension", begin)
        parts = _Parts(der, content, end)
        first, last = parts.take(read.OID)
        read.dotted(der, first, last)  # for its form
        critical = _default_false(parts)
        parts.take(read.OCTET_STRING)
        parts.end()
        if der[first:last] in found:
            raise MalformedDer("the DER", "an extension that stands twice", begin)
        found[der[first:last]] = critical
    if not found:
        raise MalformedDer("the DER", "extensions, and none among them", start)
    return found


def _texts(der: bytes, start: int, stop: int) -> tuple[str, ...]:
    found = []
    for tag, begin, content, end in read.children(der, start, stop):
        if tag != read.UTF8:
            raise MalformedDer("the DER", "a text that is no UTF8String", begin)
        found.append(read.text(der, tag, content, end))
    return tuple(found)


def _failures(der: bytes, start: int, stop: int) -> frozenset[Failure]:
    """Return the bits that are known; others say nothing to anybody."""
    octets, _ = read.bits(der, start, stop)
    return frozenset(
        each
        for each in Failure
        if each.value // 8 < len(octets) and octets[each.value // 8] & 0x80 >> each.value % 8
    )
