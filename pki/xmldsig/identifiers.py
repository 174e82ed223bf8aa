"""
Identifiers of elements: which attributes make one, and that no two elements share one.

Pure.  Without a DOCTYPE nothing says which attribute is an ID, so four spellings count,
whoever wrote them; IDREF refers and never identifies [RP 2.1].  A second element with the
identifier of a signed one is the tool of every wrapping attack, so any duplicate anywhere
refuses the document [DS 4.4.3.3].
"""

import re
from itertools import chain
from typing import cast

from lxml import etree

XML = "{http://www.w3.org/XML/1998/namespace}"
SPELLINGS = ("id", "ID", "Id", f"{XML}id")

_NAMES = ("id", "ID", "Id", "xml:id")
_VALUES = tuple(
    etree.XPath(f"descendant-or-self::*/@{name}", smart_strings=False) for name in _NAMES
)
# Of whatever namespace, and void="" as well.  What looks like one inside of a text or a value
# must not swallow the one behind it, so a value is looked at and not consumed.
_WRITTEN = re.compile(rb'id="(?=([^"<]*)")')
_OWNERS = tuple(
    etree.XPath(f"descendant-or-self::*/@{name}[. = $value]/..", smart_strings=False)
    for name in _NAMES
)


def identifier_of(element: etree._Element) -> str | None:
    """Find the first identifier of *element*, in the order of SPELLINGS."""
    return next((v for name in SPELLINGS if (v := element.get(name)) is not None), None)


def find_identified(root: etree._Element, identifier: str) -> etree._Element | None:
    """Find the element with that *identifier*; the caller has refused duplicates."""
    for name in SPELLINGS:
        if root.get(name) == identifier:
            return root
    for owners in _OWNERS:
        found = cast(list[etree._Element], owners(root, value=identifier))
        if found:
            return found[0]
    return None


def duplicate_identifier(*parts: etree._Element) -> str | None:
    """Find an identifier that two elements share, in any spelling, across all *parts*."""
    # Four walks in C, and not a union: libxml2 merges node sets in quadratic time.
    values = [value for part in parts for value in _values(part)]
    if len(values) == len(set(values)):
        return None
    seen: set[str] = set()
    for element in chain.from_iterable(part.iter("*") for part in parts):
        own = {value for name in SPELLINGS if (value := element.get(name)) is not None}
        if repeated := own & seen:
            return min(repeated)
        seen |= own
    return None  # one element said the same twice, as with id="a" ID="a"


def surely_distinct(canonical: bytes, other: etree._Element) -> bool:
    """
    Tell that no identifier is twice in *canonical* octets and in *other* together.

    Cheaper than four walks: in canonical form every attribute is ` name="value"`.  Text and
    other names may hold the same octets and lower case may merge two values, so False means
    only that `duplicate_identifier` has to look.
    """
    values = _WRITTEN.findall(canonical.lower())
    if b"&" in b"".join(values):  # escaped here, and plain in *other*
        return False
    for element in other.iter("*"):
        for name, value in element.items():
            if name in SPELLINGS:
                values.append(str(value).encode().lower())
    return len(values) == len(set(values))


def _values(part: etree._Element) -> list[str]:
    return list(chain.from_iterable(cast(list[str], walk(part)) for walk in _VALUES))
