"""
Write DER.  Pure: values in, bytes out.

Each function writes one TLV; the names are ASN.1's own.  Nothing here reads.
"""

from collections.abc import Iterable
from functools import lru_cache

from pki.oids import content

BOOLEAN_TRUE = b"\x01\x01\xff"
NULL = b"\x05\x00"


def tlv(tag: int, value: bytes) -> bytes:
    """Write *value* under *tag*, with the shortest length [X.690 10.1]."""
    size = len(value)
    if size < 0x80:
        return bytes((tag, size)) + value
    if size < 0x100:
        return bytes((tag, 0x81, size)) + value
    if size < 0x10000:
        return bytes((tag, 0x82, size >> 8, size & 0xFF)) + value
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + value


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def set_of(parts: Iterable[bytes]) -> bytes:
    """Write a SET OF, which DER sorts [X.690 11.6]."""
    return tlv(0x31, b"".join(sorted(parts)))


def explicit(number: int, value: bytes) -> bytes:
    """Wrap a TLV in the constructed context tag *number*."""
    return tlv(0xA0 | number, value)


def implicit(number: int, value: bytes) -> bytes:
    """Write primitive content under the context tag *number*."""
    return tlv(0x80 | number, value)


def integer(value: int) -> bytes:
    """Write an INTEGER in two's complement, as short as it goes [X.690 8.3]."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(0x02, value.to_bytes(size, "big", signed=True))


def enumerated(value: int) -> bytes:
    return tlv(0x0A, bytes((value,)))


def octet_string(value: bytes) -> bytes:
    return tlv(0x04, value)


def bit_string(value: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes((unused,)) + value)


def named_bits(bits: Iterable[int]) -> bytes:
    """Write a named bit list, trailing zero bits dropped [X.690 11.2.2]."""
    numbers = sorted(set(bits))
    if not numbers:
        return bit_string(b"")
    last = numbers[-1]
    value = sum(1 << (last - number) for number in numbers)
    size = last // 8 + 1
    unused = size * 8 - last - 1
    return bit_string((value << unused).to_bytes(size, "big"), unused)


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """Write an OBJECT IDENTIFIER [X.690 8.19]."""
    return tlv(0x06, content(dotted))


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


PRINTABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")


def printable(text: str) -> bytes:
    """Write a PrintableString; ValueError for any other character [X.690 8.23]."""
    if not PRINTABLE.issuperset(text):
        raise ValueError(f"not a PrintableString: {text!r}")
    return tlv(0x13, text.encode("ascii"))


def ia5(text: str) -> bytes:
    return tlv(0x16, text.encode("ascii"))
