"""
Read DER strictly, as fast as Python goes.  Pure: bytes in, offsets and values out.

One definite, shortest length; one tag octet; nothing left over [X.690 10].  Readers on
the hot path walk with `Walk`, or inline what `enter` does; everything raises MalformedDer.
"""

from pki.errors import MalformedDer

MAX_DEPTH = 64

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
ENUMERATED, UTF8, SEQUENCE, SET = 0x0A, 0x0C, 0x30, 0x31
PRINTABLE, IA5, UTC_TIME, GENERALIZED_TIME = 0x13, 0x16, 0x17, 0x18


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return tag, first content octet and end of the TLV at *at*; it must end by *end*."""
    try:
        tag = data[at]
        size = data[at + 1]
        start = at + 2
        if size >= 0x80:
            start, size = long_length(data, at)
    except IndexError:
        raise MalformedDer("the DER", "cut off", at) from None
    stop = start + size
    if stop > end:
        raise MalformedDer("the DER", "an element reaches beyond its parent", at)
    if tag & 0x1F == 0x1F:
        raise MalformedDer("the DER", "tag of more than one octet", at)
    return tag, start, stop


def long_length(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the TLV at *at* begins and its size, of several octets."""
    count = data[at + 1] & 0x7F
    start = at + 2 + count
    if count == 1:
        size = data[at + 2]
        if size >= 0x80:
            return start, size
    elif count == 2:
        size = data[at + 2] << 8 | data[at + 3]
        if size >= 0x100:
            return start, size
    elif 3 <= count <= 4:
        size = int.from_bytes(data[at + 2 : start], "big")
        if size >> ((count - 1) * 8):
            return start, size
    raise MalformedDer("the DER", "length not in its one shortest form", at)


def enter(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the TLV at *at* begins and ends; its tag must be *tag*."""
    try:
        size = data[at + 1]
        start = at + 2
        if size >= 0x80:
            if size == 0x82 and data[start]:  # the commonest, in place
                size = data[start] << 8 | data[at + 3]
                start = at + 4
            else:
                start, size = long_length(data, at)
        stop = start + size
        if data[at] == tag and stop <= end:
            return start, stop
    except IndexError:
        raise MalformedDer("the DER", "cut off", at) from None
    found, _, _ = header(data, at, end)  # says what is wrong with the length
    raise MalformedDer("the DER", f"tag {found:#04x} where {tag:#04x} must stand", at)


def whole(data: bytes, tag: int) -> tuple[int, int]:
    """Enter the one TLV that *data* consists of."""
    start, stop = enter(data, 0, len(data), tag)
    if stop != len(data):
        raise MalformedDer("the DER", "octets after its end", stop)
    return start, stop


def children(data: bytes, start: int, stop: int) -> list[tuple[int, int, int, int]]:
    """List (tag, begin, content begin, end) of every TLV between *start* and *stop*."""
    found = []
    while start < stop:
        tag, content, end = header(data, start, stop)
        found.append((tag, start, content, end))
        start = end
    return found


def integer(data: bytes, start: int, stop: int) -> int:
    """Return the INTEGER whose content lies between *start* and *stop* [X.690 8.3]."""
    content = data[start:stop]
    if not content or (
        len(content) > 1
        and ((content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80))
    ):
        raise MalformedDer("the DER", "INTEGER not in its shortest form", start)
    return int.from_bytes(content, "big", signed=True)


def boolean(data: bytes, start: int, stop: int) -> bool:
    content = data[start:stop]
    if content not in (b"\x00", b"\xff"):  # [X.690 11.1]
        raise MalformedDer("the DER", "BOOLEAN neither 00 nor FF", start)
    return content == b"\xff"


def dotted(data: bytes, start: int, stop: int) -> str:
    """Return the OBJECT IDENTIFIER between *start* and *stop* in dotted form [X.690 8.19]."""
    content = data[start:stop]
    if not content or content[-1] & 0x80:
        raise MalformedDer("the DER", "OBJECT IDENTIFIER cut off", start)
    arcs: list[int] = []
    arc = 0
    fresh = True
    for octet in content:
        if fresh and octet == 0x80:
            raise MalformedDer("the DER", "OBJECT IDENTIFIER not in its shortest form", start)
        arc = arc << 7 | octet & 0x7F
        fresh = octet < 0x80
        if fresh:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - first * 40, *arcs[1:])))


def bits(data: bytes, start: int, stop: int) -> tuple[bytes, int]:
    """Return octets and number of unused bits of a BIT STRING [X.690 11.2]."""
    if start == stop:
        raise MalformedDer("the DER", "empty BIT STRING", start)
    unused = data[start]
    content = data[start + 1 : stop]
    if unused > 7 or (unused and not content):
        raise MalformedDer("the DER", "impossible number of unused bits", start)
    if unused and content[-1] & ((1 << unused) - 1):
        raise MalformedDer("the DER", "unused bits that are not zero", start)
    return content, unused


def text(data: bytes, tag: int, start: int, stop: int) -> str:
    """Return the character string of one of the types that JPKI uses."""
    try:
        if tag == UTF8:
            return data[start:stop].decode()
        if tag in (PRINTABLE, IA5):
            return data[start:stop].decode("ascii")
    except UnicodeDecodeError:
        raise MalformedDer("the DER", "string that is not of its own type", start) from None
    raise MalformedDer("the DER", f"tag {tag:#04x} where a string must stand", start)


def check(data: bytes, start: int, stop: int) -> None:
    """
    Check every length down to the leaves between *start* and *stop*, without recursion.

    Most of the work of reading a certificate is done in this loop, so the commonest long
    length is taken apart in place, and what ends together with its parent is not stacked.
    Whatever it does not like, or might not, is looked at again, closely.
    """
    burdens = _BURDENS
    ends: list[int] = []
    end = stop
    at = start
    burden = 0
    try:
        while True:
            while at != end:
                begin = at + 2
                size = data[at + 1]
                if size >= 0x80:
                    if size == 0x81 and data[begin] >= 0x80:
                        size = data[begin]
                        begin += 1
                    else:
                        begin, size = long_length(data, at)
                after = begin + size
                if its := burdens[data[at]]:
                    burden += its
                    if after != end:
                        if after > end:
                            return _check_closely(data, start, stop)
                        ends.append(end)
                        end = after
                    at = begin
                elif after > end:
                    return _check_closely(data, start, stop)
                else:
                    at = after
            if not ends:
                break
            end = ends.pop()
    except (IndexError, MalformedDer):
        return _check_closely(data, start, stop)
    if burden > MAX_DEPTH:
        _check_closely(data, start, stop)


# By tag octet: what an element may add to the depth, and too much for a forbidden tag.
_BURDENS = tuple(MAX_DEPTH + 1 if tag & 0x1F == 0x1F else tag >> 5 & 1 for tag in range(256))


def _check_closely(data: bytes, start: int, stop: int) -> None:
    """Check the same, tags and depth included, and say what is wrong where."""
    ends = [stop]
    at = start
    while True:
        while at == ends[-1]:
            ends.pop()
            if not ends:
                return
        tag, begin, after = header(data, at, ends[-1])
        if tag & 0x20:
            if len(ends) > MAX_DEPTH:
                raise MalformedDer("the DER", f"nested deeper than {MAX_DEPTH}", at)
            ends.append(after)
            at = begin
        else:
            at = after
