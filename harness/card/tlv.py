"""
BER-TLV as the card's own files have it: tags of two octets, and images that are no photographs.

Pure.
"""

import zlib

from pki.errors import Malformed


def tlv(tag: int, value: bytes) -> bytes:
    """Write one object; the length in as few octets as it needs."""
    size = len(value)
    if size < 0x80:
        length = bytes((size,))
    elif size < 0x100:
        length = bytes((0x81, size))
    else:
        length = b"\x82" + size.to_bytes(2)
    return tag.to_bytes(2 if tag > 0xFF else 1) + length + value


def with_offsets(outer: int, fields: list[tuple[int, bytes]], *, filled: bool = True) -> bytes:
    """
    Write a file whose first object says where each of the others begins.

    Offsets are those from the start of the file, two octets each.
    """
    written = [tlv(tag, value) for tag, value in fields]
    body = sum(map(len, written))
    table_tag = (outer & 0xFF) + 1 | 0xDF00
    table = tlv(table_tag, bytes(2 * len(fields) if filled else 0))
    start = len(tlv(outer, bytes(len(table) + body))) - body
    if filled:
        places = []
        for each in written:
            places.append(start.to_bytes(2))
            start += len(each)
        table = tlv(table_tag, b"".join(places))
    return tlv(outer, table + b"".join(written))


def read_tlv(octets: bytes) -> tuple[int, bytes, bytes]:
    """Read the first object: tag, value, and what follows; Malformed if it is cut off."""
    try:
        wide = octets[0] & 0x1F == 0x1F
        tag = int.from_bytes(octets[: 1 + wide])
        at = 2 + wide
        size = octets[at - 1]
        if size & 0x80:
            more = size & 0x7F
            size = int.from_bytes(octets[at : at + more])
            at += more
    except IndexError:
        raise Malformed("the object", "it ends before its length") from None
    if len(octets) < at + size:
        raise Malformed("the object", "it is cut off")
    return tag, octets[at : at + size], octets[at + size :]


def picture(text: str, *, width: int, height: int) -> bytes:
    """Make a PNG of one bit to the pixel: not the text, but a pattern of its own, and a comment."""
    pattern = text.encode()
    row_size = -(-width // 8)
    rows = b"".join(
        b"\0" + bytes(pattern[(line + column) % len(pattern)] for column in range(row_size))
        for line in range(height)
    )
    head = width.to_bytes(4) + height.to_bytes(4) + bytes((1, 0, 0, 0, 0))
    comment = b"Comment\0\0\0\0\0" + pattern
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)
        for name, body in (
            (b"IHDR", head),
            (b"iTXt", comment),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )
