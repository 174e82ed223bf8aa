"""
Read DER for inspection: strictly, with offsets, and on past what is wrong.

Pure.  A reader of the hot path refuses at the first flaw; an inspector must name each of
them and still show the rest.  So this walker shares nothing with pki/der: it notes a `Flaw`
and goes on where that has a meaning.  It never recurses, and it counts what it visits.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

MAX_DEPTH = 64
MAX_NODES = 300_000  # a third of a second; no certificate has more than three hundred
MAX_FLAWS = 1000  # whoever has more is not read by anybody

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 1, 2, 3, 4, 5, 6
ENUMERATED, UTF8, PRINTABLE, IA5, UTC_TIME, GENERALIZED_TIME = 10, 12, 0x13, 0x16, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

# What is wrong with an encoding: the clause, and both languages.
FLAWS = {
    "length-form": ("[X.690 10.1]", "a length not in its shortest form", "長さが最短形でない"),
    "length-indefinite": ("[X.690 10.1]", "an indefinite length", "不定長の長さ"),
    "cut-off": ("[X.690 8.1]", "an element that is cut off", "要素が途中で切れている"),
    "beyond-parent": ("[X.690 8.1]", "an element that reaches beyond its parent", "親をはみ出す"),
    "tag-form": ("[X.690 8.1.2]", "a tag of several octets", "複数オクテットのタグ"),
    "too-deep": ("[D 17]", f"nesting deeper than {MAX_DEPTH}", f"{MAX_DEPTH} 段を超える入れ子"),
    "too-much": ("[D 17]", "more elements than are looked at", "調べる上限を超える要素数"),
    "trailing": ("[X.690 8.1]", "octets behind the end", "末尾に余分なオクテット"),
    "boolean": ("[X.690 11.1]", "a BOOLEAN neither 00 nor FF", "00 でも FF でもない BOOLEAN"),
    "default": ("[X.690 11.5]", "a default value that is encoded", "既定値の符号化"),
    "integer": ("[X.690 8.3.2]", "an INTEGER not in its shortest form", "最短形でない INTEGER"),
    "oid": ("[X.690 8.19]", "an OBJECT IDENTIFIER not in its one form", "不正な OID の符号化"),
    "bits": ("[X.690 11.2]", "a BIT STRING with impossible unused bits", "不正な未使用ビット"),
    "named-bits": (
        "[X.690 11.2.2]",
        "named bits with trailing zeros",
        "末尾に 0 の残る名前付きビット",
    ),
    "null": ("[X.690 8.8]", "a NULL with content", "内容のある NULL"),
    "string": ("[X.690 8.23]", "a string that is not of its own type", "型に合わない文字列"),
    "time": ("[X.690 11.7]", "a time not in its one form", "時刻の書式違反"),
    "form": ("[X.690 10.2]", "a primitive type in constructed form", "基本型の構造化符号化"),
    "set-order": ("[X.690 11.6]", "a SET OF that is not sorted", "整列されていない SET OF"),
}


class Node(NamedTuple):
    """
    One element.

    Attributes:
        tag: Its tag octet.
        at: Where it begins.
        start: Where its content begins.
        end: Behind its last octet.
        parts: The elements in it; empty for a primitive one.
    """

    tag: int
    at: int
    start: int
    end: int
    parts: "list[Node]"


class Flaw:
    """
    Something that is not DER.

    Attributes:
        what: Key of FLAWS.
        at: Where the element begins.
    """

    __slots__ = ("at", "what")

    def __init__(self, what: str, at: int) -> None:
        self.what = what
        self.at = at


class Tree:
    """
    Octets, and what was noted while reading them.

    Attributes:
        data: What is read.
        flaws: In the order in which they were met.
        visited: How many elements were read: the work counter.
        limit: How many may be.
    """

    __slots__ = ("data", "flaws", "limit", "visited")

    def __init__(self, data: bytes, limit: int = MAX_NODES) -> None:
        self.data = data
        self.flaws: list[Flaw] = []
        self.visited = 0
        self.limit = limit

    def note(self, what: str, at: int) -> None:
        if len(self.flaws) < MAX_FLAWS:
            self.flaws.append(Flaw(what, at))

    @property
    def exhausted(self) -> bool:
        """Whether there was more than may be looked at."""
        return self.visited > self.limit

    def content(self, node: Node) -> bytes:
        return self.data[node.start : node.end]

    def octets(self, node: Node) -> bytes:
        return self.data[node.at : node.end]

    def read(self, start: int, stop: int, depth: int = 0) -> list[Node]:
        """Read all elements between *start* and *stop*, those within them included."""
        data, checks = self.data, _CHECKS
        new = tuple.__new__  # half the price of Node(...), and there are two hundred
        top: list[Node] = []
        parts, end, at = top, stop, start
        waiting: list[tuple[list[Node], int]] = []
        visited = self.visited
        while True:
            if at >= end:
                if not waiting:
                    break
                parts, end = waiting.pop()
                continue
            begin = at + 2
            if begin > end:
                self.note("cut-off", at)
                at = end
                continue
            tag = data[at]
            size = data[at + 1]
            check = checks[tag]
            if size >= 0x80 or check is _odd_tag:
                if size == 0x81 and begin < end and data[begin] >= 0x80 and tag & 0x1F != 0x1F:
                    size = data[begin]
                    begin += 1
                else:
                    begin, size = self._odd_header(at, end)
            after = begin + size
            if after > end:
                self.note("beyond-parent" if waiting else "cut-off", at)
                after = end
            visited += 1
            if visited > self.limit:
                self.note("too-much", at)
                break
            if check is None:
                parts.append(new(Node, (tag, at, begin, after, _NO_PARTS)))
                at = after
            elif check is _constructed:
                inner: list[Node] = []
                parts.append(new(Node, (tag, at, begin, after, inner)))
                if len(waiting) + depth >= MAX_DEPTH:
                    self.note("too-deep", at)
                    at = after
                    continue
                if tag < 0x30:
                    self.note("form", at)
                waiting.append((parts, end))
                parts, end, at = inner, after, begin
            else:
                parts.append(new(Node, (tag, at, begin, after, _NO_PARTS)))
                flaw = check(data[begin:after])
                if flaw:
                    self.note(flaw, at)
                at = after
        self.visited = visited
        return top

    def _odd_header(self, at: int, end: int) -> tuple[int, int]:
        """Read a long tag or a long length; note what is wrong with either."""
        data = self.data
        begin = at + 1
        if data[at] & 0x1F == 0x1F:
            self.note("tag-form", at)
            while begin < end and data[begin] & 0x80:
                begin += 1
            begin += 1
            if begin >= end:
                return end, 1  # which reaches beyond
        size = data[begin]
        begin += 1
        if size < 0x80:
            return begin, size
        count = size & 0x7F
        if count == 0:
            self.note("length-indefinite", at)
            return begin, end - begin
        octets = data[begin : min(begin + count, end)]
        if len(octets) < count:
            return end, 1
        if octets[0] == 0 or (count == 1 and octets[0] < 0x80):
            self.note("length-form", at)
        # More octets than any file has: whatever they say, it reaches beyond.
        size = int.from_bytes(octets, "big") if count <= 8 else end
        return begin + count, size


_NO_PARTS: list[Node] = []  # of every primitive element; nobody appends to it


def _boolean(content: bytes) -> str | None:
    return None if content in (b"\x00", b"\xff") else "boolean"


def _integer(content: bytes) -> str | None:
    if not content:
        return "integer"
    if len(content) > 1:
        first = content[0]
        if (first == 0 and content[1] < 0x80) or (first == 0xFF and content[1] >= 0x80):
            return "integer"
    return None


def _bits(content: bytes) -> str | None:
    if not content:
        return "bits"
    unused = content[0]
    if unused and (unused > 7 or len(content) == 1 or content[-1] & ((1 << unused) - 1)):
        return "bits"
    return None


_PADDED = re.compile(rb"(?:^|[\x00-\x7f])\x80")  # an arc that begins with zeros


def _oid(content: bytes) -> str | None:
    if not content or content[-1] & 0x80 or (0x80 in content and _PADDED.search(content)):
        return "oid"
    return None


def _null(content: bytes) -> str | None:
    return "null" if content else None


def _utf8(content: bytes) -> str | None:
    try:
        content.decode()
    except UnicodeDecodeError:
        return "string"
    return None


_NOT_PRINTABLE = bytes(
    sorted(
        set(range(256))
        - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
    )
)


def _printable(content: bytes) -> str | None:
    return "string" if content.translate(None, _NOT_PRINTABLE) != content else None


def _ia5(content: bytes) -> str | None:
    return None if content.isascii() else "string"


def _utc_time(content: bytes) -> str | None:
    fits = len(content) == 13 and content[12] == 0x5A and content[:12].isdigit()
    return None if fits else "time"


def _generalized_time(content: bytes) -> str | None:
    fits = len(content) == 15 and content[14] == 0x5A and content[:14].isdigit()
    return None if fits else "time"


def _odd_tag(content: bytes) -> str | None:
    """Stand for a tag of several octets, which is noted where it is read."""
    return None


def _constructed(content: bytes) -> str | None:
    """Stand for a tag whose content is elements, each of which is read."""
    return None


# By tag octet: what looks at the content; None where any will do.
_CHECKS: list[Callable[[bytes], str | None] | None] = [
    _odd_tag if tag & 0x1F == 0x1F else _constructed if tag & 0x20 else None for tag in range(256)
]
_CHECKS[BOOLEAN] = _boolean
_CHECKS[INTEGER] = _CHECKS[ENUMERATED] = _integer
_CHECKS[BIT_STRING] = _bits
_CHECKS[OID] = _oid
_CHECKS[NULL] = _null
_CHECKS[UTF8] = _utf8
_CHECKS[PRINTABLE] = _printable
_CHECKS[IA5] = _ia5
_CHECKS[UTC_TIME] = _utc_time
_CHECKS[GENERALIZED_TIME] = _generalized_time


def dotted(content: bytes) -> str:
    """Spell the content of an OBJECT IDENTIFIER as people do; in hex what is none."""
    arcs: list[int] = []
    arc = 0
    for octet in content[:64]:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    if not arcs:
        return content.hex()
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - first * 40, *arcs[1:])))
