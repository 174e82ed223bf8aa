"""
What the signatures of a PDF say, as plain values that outlive the file.
"""

from dataclasses import dataclass

Problem = tuple[str, str]
"""Id of a cause, and one line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """
    One signature of a PDF, taken apart and judged for its place in the file alone.

    Attributes:
        field: Its form field; empty for a signature that hangs in none.
        is_stamp: Whether it is a document time-stamp.
        subfilter: How its message is meant, without the slash.
        message: The CMS message, DER, without the padding; empty if it cannot be told.
        octets: Exactly what is digested; empty likewise.
        ranges: Offsets and lengths, as the ByteRange has them.
        after: Octets that follow what is signed.
        problems: Whatever is wrong with form and coverage.
    """

    field: str
    is_stamp: bool = False
    subfilter: str = ""
    message: bytes = b""
    octets: bytes = b""
    ranges: tuple[int, ...] = ()
    after: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What the document security store holds, DER and unread: nobody vouches for it.

    Attributes:
        certificates: Of authorities, or of anybody.
        lists: Of revoked certificates.
        responses: Of OCSP responders.
    """

    certificates: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class PdfReading:
    """
    All signatures of a PDF, oldest first, and the evidence that travels along.
    """

    signatures: tuple[PdfSignature, ...]
    evidence: Evidence = Evidence()
