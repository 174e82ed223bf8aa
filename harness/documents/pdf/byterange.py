"""
Where a signature lies in its file: the ByteRange, and the one gap in it [32000 12.8.1].

Stricter than the standard, which permits any ranges: two, from the first octet on, and
between them nothing but the message in hexadecimal digits, which is the hole that the
signature itself fills.  Digits are of one case, so that nothing in the hole can be changed.
"""

import re
from dataclasses import dataclass

from pki.der import read
from pki.errors import Malformed, MalformedDer

WHAT = "the signature's place in the PDF"
_HEX = re.compile(rb"<(?:[0-9A-F]+|[0-9a-f]+)>")
_BEFORE = re.compile(rb"/Contents[\x00\t\n\f\r ]*\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """
    A ByteRange that is in order.

    Attributes:
        gap: Where the first range ends.
        resume: Where the second begins.
        end: Where it ends.
        message: What stands in the gap, DER, its padding cut off.
    """

    gap: int
    resume: int
    end: int
    message: bytes

    def octets(self, content: bytes) -> bytes:
        """Return exactly what is digested."""
        return content[: self.gap] + content[self.resume : self.end]


def place(content: bytes, ranges: tuple[int, ...], contents: bytes) -> Place:
    """
    Find the place of a signature whose Contents the parser read as *contents*.

    Malformed for ranges that are negative, overlap, leave anything else out, or reach
    beyond the end, and for a message that is cut off or followed by anything but zeros.
    """
    if len(ranges) != 4:
        raise Malformed(WHAT, f"a ByteRange of {len(ranges)} numbers in place of four")
    first, gap, resume, length = ranges
    end = resume + length
    if first != 0 or gap <= 0 or length <= 0 or resume <= gap:
        raise Malformed(WHAT, "ranges that do not begin at 0, overlap, or have no length")
    if end > len(content):
        raise Malformed(WHAT, "a range that reaches beyond the end of the file")
    hole = content[gap:resume]
    if len(hole) % 2 or not _HEX.fullmatch(hole):
        raise Malformed(WHAT, "a gap that holds anything but one string of hexadecimal digits")
    if not _BEFORE.search(content, max(0, gap - 64), gap):
        raise Malformed(WHAT, "a gap that is not the value of Contents")
    padded = bytes.fromhex(hole[1:-1].decode("ascii"))
    if padded != contents:
        raise Malformed(WHAT, "a gap that holds another message than Contents")
    return Place(gap, resume, end, _message(padded))


def _message(padded: bytes) -> bytes:
    """Cut the padding off: zeros, for the hole is made before the message is."""
    try:
        stop = read.header(padded, 0, len(padded))[2]
    except MalformedDer as error:
        raise Malformed(WHAT, f"a message that is cut off or no DER ({error})") from error
    if padded[stop:].strip(b"\0"):
        raise Malformed(WHAT, "octets after the message other than zeros")
    return padded[:stop]
