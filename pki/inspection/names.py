"""
Distinguished names as an inspector reads them, and how they differ from what must stand there.

Pure.
"""

from functools import lru_cache
from typing import NamedTuple

from pki import oids
from pki.inspection.specimen import Specimen
from pki.inspection.tree import OID, PRINTABLE, SEQUENCE, SET, UTF8, Node, dotted
from pki.names import ATTRIBUTES, Name

MANY = 64  # attributes of which no more are shown
WORDS = {oids.content(identifier): word for word, identifier in ATTRIBUTES.items()}
STRINGS = {PRINTABLE: "PrintableString", UTF8: "UTF8String", 0x16: "IA5String", 0x14: "T61String"}
STRINGS |= {0x1E: "BMPString", 0x1C: "UniversalString"}


class Attribute(NamedTuple):
    """One attribute of a name: its type, the type of its string, and that string's octets."""

    oid: bytes
    tag: int
    value: bytes

    def __str__(self) -> str:
        return f"{WORDS.get(self.oid) or dotted(self.oid)}={self.value.decode(errors='replace')}"


@lru_cache(maxsize=1024)
def expected_name(name: Name) -> tuple[Attribute, ...]:
    """Say how a name must be read: C a PrintableString, all else UTF8String [J 1.2]."""
    return tuple(
        Attribute(
            oids.content(ATTRIBUTES[word]), PRINTABLE if word == "C" else UTF8, value.encode()
        )
        for word, value in name
    )


def read_name(it: Specimen, node: Node) -> tuple[Attribute, ...] | None:
    """Read a name of one attribute to the RDN; None if it is not of that structure."""
    known = it.names.get(node.at, False)
    if known is not False:
        return known  # type: ignore[no-any-return]
    name = it.names[node.at] = _read_name(it, node)
    return name


def _read_name(it: Specimen, node: Node) -> tuple[Attribute, ...] | None:
    if node.tag != SEQUENCE:
        return None
    data = it.tree.data
    found = []
    for rdn in node.parts:
        parts = rdn.parts
        if rdn.tag != SET or len(parts) != 1 or parts[0].tag != SEQUENCE:
            return None
        pair = parts[0].parts
        if len(pair) != 2 or pair[0].tag != OID:
            return None
        oid, text = pair
        found.append(Attribute(data[oid.start : oid.end], text.tag, data[text.start : text.end]))
    return tuple(found)


def shown(name: tuple[Attribute, ...] | None) -> str | None:
    """Spell a name for people, in the order of its octets."""
    return None if name is None else ", ".join(map(str, name[:MANY]))


def judge_name(
    it: Specimen, slug: str, node: Node, expected: tuple[Attribute, ...] | None
) -> tuple[Attribute, ...] | None:
    """Judge the structure, the RDNs and the strings of a name, and its value if one is expected."""
    name = read_name(it, node)
    if name is not None and name == expected:
        return name
    if name is None:
        if multiple_attributes(node):
            it.hit(f"{slug}-rdn", node)
        else:
            it.hit(f"{slug}-structure", node)
        return None
    if len(set(name)) < len(name):
        it.hit(f"{slug}-rdn", node, shown(name))
    for place, attribute in enumerate(name):
        country = attribute.oid == _COUNTRY
        if attribute.tag != (PRINTABLE if country else UTF8):
            word = STRINGS.get(attribute.tag, f"{attribute.tag:#04x}")
            it.hit(f"{slug}-string-type", node.parts[place], f"{attribute}: {word}")
    if expected is not None:
        values = [(a.oid, a.value) for a in name]
        if values != [(a.oid, a.value) for a in expected]:
            it.hit(f"{slug}-value", node, shown(name), shown(expected))
    return name


def multiple_attributes(node: Node) -> bool:
    return node.tag == SEQUENCE and any(rdn.tag == SET and len(rdn.parts) > 1 for rdn in node.parts)


_COUNTRY = oids.content(oids.COUNTRY_NAME)
