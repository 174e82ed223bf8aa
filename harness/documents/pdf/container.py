"""
Open PDF files of strangers with pyHanko: bounded work, and one typed error.

pyHanko reads strictly, and decodes streams within limits of its own since 0.38; what it
does not bound is counted here: reads, objects, sections of cross-references.  It imports in
about a second, so this module is loaded when there is a PDF and not before.
"""

import logging
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from lxml import etree
from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeContext,
    DecodeLimits,
    DecodePurpose,
    DocumentDecodeBudget,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from pki.errors import Malformed, SearchExhausted

# What pyHanko has to say of a bad file is said once, in the verdict.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())

WHAT = "the PDF"
MAX_SIZE = 32 << 20  # octets
MAX_READS = 600_000  # steps of the parser, about a second
MAX_REVISIONS = 64
MAX_TABLE = 1 << 19  # octets, about 60,000 objects
MIB = 1 << 20
BUDGET = 64 * MIB  # octets decoded from streams, all of them together

LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * MIB),
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        DecodePurpose.OBJECT_STREAM: StreamDecodeLimits(
            max_ratio=100, ratio_floor=MIB, max_output_size=4 * MIB
        ),
    },
    document_budget=DocumentDecodeBudget(base_allowance=BUDGET, max_ratio=8),
)

# What pyHanko 0.38 was seen, or can be read, to leak over damaged files.
LEAKS = (
    PdfError,
    ValueError,  # UnicodeError and binascii.Error among them
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    OSError,
    etree.LxmlError,
    zlib.error,
    struct.error,
)


@contextmanager
def parsing() -> Iterator[None]:
    """Turn whatever pyHanko says of a bad file into Malformed, or SearchExhausted."""
    try:
        yield
    except PdfDecodeLimitError as error:
        raise SearchExhausted("octets decoded from streams", BUDGET) from error
    except LEAKS as error:
        said = " ".join(str(error).split())[:200]
        raise Malformed(WHAT, said or type(error).__name__) from error


class CountedBytes(BytesIO):
    """A file in memory that counts how often it is read."""

    def __init__(self, content: bytes, limit: int = MAX_READS) -> None:
        super().__init__(content)
        self.limit = limit
        self.left = limit

    def spend(self, steps: int) -> None:
        """Count work that is done elsewhere."""
        self.left -= steps
        if self.left < 0:
            raise SearchExhausted("steps of the PDF parser", self.limit)

    def read(self, size: int | None = -1) -> bytes:
        self.left -= 1
        if self.left < 0:
            self.spend(0)
        return super().read(size)


class _Context(DecodeContext):
    """Limits for decoding, and one for tables: entries of no width would never end."""

    def stream_output_cap(
        self, encoded_size: int, purpose: Any = None, expected_size: int | None = None
    ) -> int | None:
        if purpose is DecodePurpose.XREF_STREAM:
            # One octet more for each entry than it is wide, so never fewer than entries.
            if expected_size is None or expected_size <= 0:
                raise Malformed(WHAT, "a table of cross-references of no size")
            if expected_size > MAX_TABLE:
                raise SearchExhausted("octets in one table of cross-references", MAX_TABLE)
        cap: int | None = super().stream_output_cap(encoded_size, purpose, expected_size)
        return cap


class Container(PdfFileReader):
    """A PDF file, opened strictly, whose further reading is counted."""

    def __init__(self, content: bytes) -> None:
        if len(content) > MAX_SIZE:
            raise SearchExhausted("octets of PDF", MAX_SIZE)
        self.content = content
        self.counted = CountedBytes(content)
        self._bounded = _Context(LIMITS, input_size=len(content))
        super().__init__(self.counted, strict=True)
        if self.xrefs.total_revisions > MAX_REVISIONS:
            raise SearchExhausted("revisions", MAX_REVISIONS)

    @property
    def decode_context(self) -> DecodeContext:
        return self._bounded

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        # The header is searched from its start each time, in memory that nobody counts.
        stream = self.get_object(self._reference(stmnum))
        size = int(stream["/N"])
        self.counted.spend(max(0, 4 * size))
        decoded = len(stream.read_data(DecodePurpose.OBJECT_STREAM))
        self.counted.spend(decoded // max(1, size))
        return super()._get_object_from_stream(idnum, stmnum, idx)

    def _reference(self, number: int) -> Any:
        from pyhanko.pdf_utils.generic import Reference

        return Reference(number, 0, self)


def open_container(content: bytes) -> Container:
    """Open a PDF; Malformed or SearchExhausted if it cannot be."""
    with parsing():
        return Container(content)


def entry(value: Any, key: str, default: Any = None) -> Any:
    """Look up what a dictionary holds, behind a reference as well; pyHanko's own get does not."""
    try:
        return value[key]
    except KeyError:
        return default
