"""
Whether every octet behind a signature is accounted for: objects that a table lists, tables,
and between them white space and comments [32000 7.5.6].

What no table lists no reader looks at, as long as the tables are in order; one that mends
damaged files by searching them for objects would find it, though.
"""

import re
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, Reference, TrailerReference
from pyhanko.pdf_utils.xref import XRefSectionType

from harness.documents.pdf.container import Container

_WHITE = rb"[\x00\t\n\f\r ]"
_FILLER = re.compile(
    rb"(?:%b|%%[^\r\n]*+(?:[\r\n]|\Z)|startxref%b++\d++|endobj)*+" % (_WHITE, _WHITE)
)


def is_accounted_for(container: Container, start: int, revision: int) -> bool:
    """Tell whether revisions after *revision* are all that follows *start*."""
    at = start
    for begin, end in sorted(_spans(container, start, revision)):
        if begin < at and end > at:
            return False  # one object within another
        if begin > at and not _FILLER.fullmatch(container.content, at, begin):
            return False
        at = max(at, end)
    return bool(_FILLER.fullmatch(container.content, at))


def _spans(container: Container, start: int, revision: int) -> Iterator[tuple[int, int]]:
    """Yield where each object and table of later revisions begins and ends."""
    xrefs, stream = container.xrefs, container.stream
    for number in range(revision + 1, xrefs.total_revisions):
        listed = xrefs.get_xref_data(number).standard_xrefs
        for identifier, (generation, offset) in listed.items():
            if offset >= start:
                reference = Reference(identifier, generation, container)
                yield offset, _end_of(container, reference, offset)
        table: Any = xrefs.get_xref_container_info(number)
        if table.xref_section_type is XRefSectionType.STANDARD:
            stream.seek(table.end_location)
            DictionaryObject.read_from_stream(stream, TrailerReference(container))
            yield table.start_location - len(b"xref\n"), stream.tell()  # past the word already
        else:
            yield table.start_location, table.end_location


def _end_of(container: Container, reference: Any, offset: int) -> int:
    """Read an object where it stands, and see where the parser arrived."""
    container._read_object(reference, offset, never_decrypt=True)
    return container.counted.tell()
