"""
Write time-stamp requests, TSTInfo and responses.  Pure: equal values give equal bytes.

What an authority signs is a SignedData around the TSTInfo, which `pki.cms` writes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pki.der.write import (
    BOOLEAN_TRUE,
    NULL,
    explicit,
    integer,
    named_bits,
    octet_string,
    oid,
    sequence,
    tlv,
    utf8,
)
from pki.timestamps.words import IMPRINTS, Failure, Status

V1 = integer(1)


def write_request(
    digest: str,
    hashed: bytes,
    *,
    policy: str | None = None,
    nonce: int | None = None,
    wants_certificate: bool = True,
) -> bytes:
    """Write a TimeStampReq for a hash; *digest* is its name in IMPRINTS [3161 2.4.1]."""
    return sequence(
        V1,
        message_imprint(digest, hashed),
        b"" if policy is None else oid(policy),
        b"" if nonce is None else integer(nonce),
        BOOLEAN_TRUE if wants_certificate else b"",
    )


def message_imprint(digest: str, hashed: bytes) -> bytes:
    """Write a MessageImprint; ValueError for a hash of another length."""
    row = IMPRINTS[digest]
    if len(hashed) != row.size:
        raise ValueError(f"{len(hashed)} octets are no {digest}")
    # With NULL, as every client in use sends it; absent is as good [5754 2].
    return sequence(sequence(oid(row.oid), NULL), octet_string(hashed))


def write_info(
    imprint: bytes,
    *,
    policy: str,
    serial: int,
    at: datetime,
    accuracy: timedelta | None = None,
    nonce: int | None = None,
    authority: bytes | None = None,
) -> bytes:
    """
    Write a TSTInfo [3161 2.4.2].

    *imprint* is a MessageImprint, encoded; *authority* the DN in the authority's certificate.
    """
    return sequence(
        V1,
        oid(policy),
        imprint,
        integer(serial),
        generalized_time(at),
        b"" if accuracy is None else _accuracy(accuracy),
        b"" if nonce is None else integer(nonce),
        # A directoryName in GeneralName, tag 4, within tsa, tag 0: both are CHOICEs.
        b"" if authority is None else explicit(0, explicit(4, authority)),
    )


def write_response(token: bytes) -> bytes:
    """Write the response that grants *token*, a ContentInfo [3161 2.4.2]."""
    return sequence(sequence(integer(Status.GRANTED.value)), token)


def refuse(failure: Failure, text: str = "") -> bytes:
    """Write the response that refuses, and says why [3161 2.4.2]."""
    return sequence(
        sequence(
            integer(Status.REJECTION.value),
            sequence(utf8(text)) if text else b"",
            named_bits(_bits([failure])),
        )
    )


def _bits(failures: Iterable[Failure]) -> list[int]:
    return [each.value for each in failures]


def generalized_time(moment: datetime) -> bytes:
    """Write genTime, with a fraction only where there is one [3161 2.4.2]."""
    at = moment.astimezone(UTC)
    fraction = f".{at.microsecond:06d}".rstrip("0") if at.microsecond else ""
    return tlv(0x18, f"{at:%Y%m%d%H%M%S}{fraction}Z".encode("ascii"))


def _accuracy(accuracy: timedelta) -> bytes:
    millis, micros = divmod(accuracy.microseconds, 1000)
    seconds = accuracy.days * 86400 + accuracy.seconds
    return sequence(
        integer(seconds) if seconds else b"",
        tlv(0x80, integer(millis)[2:]) if millis else b"",
        tlv(0x81, integer(micros)[2:]) if micros else b"",
    )
