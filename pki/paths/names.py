"""
Distinguished names, compared as RFC 5280, section 7.1, wants it.  Pure.

A name becomes a tuple of RDNs, each a set of attributes with prepared values, so that
equality is equality.  Strings are prepared by the rules of LDAP: case is folded, spaces
are folded, PrintableString and UTF8String are one [5280 7.1] [4518 2].
"""

import stringprep
import unicodedata
from functools import lru_cache

from pki.der import read
from pki.errors import MalformedDer

Attribute = tuple[bytes, int, str | bytes]
"""Content octets of the OID; 0 and text, or the tag and the octets of any other value."""

ComparableName = tuple[frozenset[Attribute], ...]

EMAIL_ADDRESS = bytes.fromhex("2a864886f70d010901")  # 1.2.840.113549.1.9.1

# How each string type spells characters; TeletexString is missing, for nobody agrees on it.
_ENCODINGS = {
    0x0C: "utf-8",
    0x12: "ascii",  # NumericString
    0x13: "ascii",  # PrintableString
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
_TO_SPACE = frozenset("\t\n\v\f\r\u0085")  # [4518 2.2]
_TO_NOTHING = frozenset("\u00ad\u1806\u034f\u180b\u180c\u180d\ufffc\u200b")


def comparable(encoded: bytes) -> ComparableName:
    """Prepare a Name, DER, for comparison; MalformedDer for anything else."""
    return _comparable(encoded)


@lru_cache(maxsize=4096)
def _comparable(encoded: bytes) -> ComparableName:
    start, stop = read.whole(encoded, read.SEQUENCE)
    return tuple(
        [
            _rdn(encoded, tag, at, begin, end)
            for tag, at, begin, end in read.children(encoded, start, stop)
        ]
    )


def relative(data: bytes, begin: int, end: int) -> frozenset[Attribute]:
    """Prepare the content of an RDN, as nameRelativeToCRLIssuer has it [5280 4.2.1.13]."""
    return _rdn(data, read.SET, begin, begin, end)


def _rdn(data: bytes, tag: int, at: int, begin: int, end: int) -> frozenset[Attribute]:
    if tag != read.SET or begin == end:
        raise MalformedDer("the name", "an RDN without attributes, or no RDN", at)
    pieces, attributes = [], []
    while begin < end:
        inner, inner_stop = read.enter(data, begin, end, read.SEQUENCE)
        oid_start, oid_stop = read.enter(data, inner, inner_stop, read.OID)
        read.dotted(data, oid_start, oid_stop)
        kind, value_start, value_stop = read.header(data, oid_stop, inner_stop)
        if value_stop != inner_stop:
            raise MalformedDer("the name", "octets after an attribute", value_stop)
        pieces.append(data[begin:inner_stop])
        value = data[value_start:value_stop]
        attributes.append((data[oid_start:oid_stop], *_value(kind, value, value_start)))
        begin = inner_stop
    if pieces != sorted(pieces):  # [X.690 11.6]
        raise MalformedDer("the name", "an RDN whose attributes are not in order", at)
    return frozenset(attributes)


def _value(kind: int, value: bytes, at: int) -> tuple[int, str | bytes]:
    if kind not in _ENCODINGS:
        return kind, value
    try:
        return 0, prepared(value.decode(_ENCODINGS[kind]))
    except UnicodeDecodeError:
        raise MalformedDer("the name", "a string that is not of its own type", at) from None


def prepared(text: str) -> str:
    """Prepare a string for comparison [4518 2.2] [4518 2.3] [4518 2.6.1]."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    mapped = []
    for each in text:
        category = unicodedata.category(each)
        if each in _TO_SPACE or category in ("Zs", "Zl", "Zp"):
            mapped.append(" ")
        elif each not in _TO_NOTHING and category not in ("Cc", "Cf"):
            mapped.append(stringprep.map_table_b2(each))
    folded = unicodedata.normalize("NFKC", "".join(mapped))
    return " ".join([word for word in folded.split(" ") if word])


def emails(encoded: bytes) -> list[bytes]:
    """List the emailAddress attributes of a Name, as they stand [5280 4.2.1.10]."""
    found = []
    start, stop = read.whole(encoded, read.SEQUENCE)
    for _, _, begin, end in read.children(encoded, start, stop):
        for _, _, inner, inner_stop in read.children(encoded, begin, end):
            oid_start, oid_stop = read.enter(encoded, inner, inner_stop, read.OID)
            if encoded[oid_start:oid_stop] == EMAIL_ADDRESS:
                found.append(encoded[read.header(encoded, oid_stop, inner_stop)[1] : inner_stop])
    return found


def within(name: ComparableName, base: ComparableName) -> bool:
    """Tell whether *name* stands at or below *base* in the directory [5280 4.2.1.10]."""
    return name[: len(base)] == base
