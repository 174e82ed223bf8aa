"""
What came after a signature: revisions that may follow it, and any that may not.

A PDF grows by updates at its end.  After a signature only these may come: another
signature or document time-stamp, which is judged itself, and evidence in the DSS.  pyHanko
compares the revisions object by object; its rules for filling in forms are left out here,
and those for metadata made narrower [32000 12.8.2.2].
"""

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import process_data_at_eof
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.fields import enumerate_sig_fields

from harness.documents.pdf.byterange import Place
from harness.documents.pdf.container import Container, entry
from harness.documents.pdf.reading import Problem
from harness.documents.pdf.tail import is_accounted_for

MODIFIED = "modified"
COVERAGE = "coverage"
_END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?\Z")
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
NO_ENTITIES = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
# What a program that signs may tell of itself in the Info dictionary.
_HOUSEKEEPING = frozenset({"/ModDate", "/Producer"})


class _Housekeeping(DocInfoRule):
    """Lets the date of the last change be changed, and no title or author."""

    def apply(self, old: Any, new: Any) -> Iterable[Any]:
        before, after = (_kept(entry(each.trailer_view, "/Info", {})) for each in (old, new))
        if before != after:
            raise SuspiciousModification("the Info dictionary says something else")
        yield from super().apply(old, new)


class _Metadata(MetadataUpdateRule):
    """Lets XMP come along, as it does with every save, and say nothing new of the document."""

    def apply(self, old: Any, new: Any) -> Iterable[Any]:
        before, after = (_described(each.root) for each in (old, new))
        if not after <= before:
            raise SuspiciousModification("the metadata say something else")
        yield from super().apply(old, new)


def _described(root: Any) -> set[tuple[str, str]]:
    """List what XMP says in the terms of Dublin Core: title, author, subject and the like."""
    stream = entry(root, "/Metadata")
    if stream is None:
        return set()
    read = etree.fromstring(stream.read_data(DecodePurpose.XMP_METADATA), NO_ENTITIES)
    found = {
        (str(each.tag), " ".join(map(str, each.itertext())).strip())
        for each in read.iter(f"{DUBLIN_CORE}*")
    }
    return found | {
        (str(name), str(value))
        for each in read.iter()
        for name, value in each.attrib.items()
        if str(name).startswith(DUBLIN_CORE)
    }


def _kept(info: Any) -> dict[str, str]:
    return {key: repr(info[key]) for key in info if key not in _HOUSEKEEPING}


POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        *(
            rule.as_qualified(ModificationLevel.LTA_UPDATES)
            for rule in (
                _Housekeeping(),
                _Metadata(),
                XrefStreamRule(),
                ObjectStreamRule(),
                DSSCompareRule(),
            )
        ),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
)


def problems_after(
    container: Container, place: Place, revision: int, permission: int | None
) -> list[Problem]:
    """
    List what is wrong with the coverage of a signature that *revision* brought.

    *permission* is the P of its DocMDP, if it certifies: 1 permits no further signature.
    """
    text = _uncovered(container, place, revision)
    if text:
        return [(COVERAGE, text)]
    rest = len(container.content) - place.end
    if not rest:
        return []
    if container.xrefs.total_revisions == revision + 1:
        return [(MODIFIED, f"{rest} octets follow what is signed, and are no revision")]
    if not _END.search(container.content, len(container.content) - 16):
        return [(MODIFIED, "octets after the last revision")]
    if not is_accounted_for(container, place.end, revision):
        return [(MODIFIED, "octets between later revisions that belong to none")]
    return _later(container, revision, permission)


def _uncovered(container: Container, place: Place, revision: int) -> str:
    """Say what of the signed revisions lies outside the signed octets; empty if nothing does."""
    xrefs = container.xrefs
    if place.end == len(container.content):
        if revision + 1 != xrefs.total_revisions:
            return "a signature over the whole file that an older revision brought"
    else:
        container.stream.seek(place.end)
        if process_data_at_eof(container.stream) != xrefs.get_startxref_for_revision(revision):
            return "what is signed does not end where its revision ends"
    for number in range(revision + 1):
        if xrefs.get_xref_container_info(number).end_location > place.end:
            return "cross-references of the signed revision that are not signed"
        listed = xrefs.get_xref_data(number).standard_xrefs.values()
        if any(offset >= place.end for _, offset in listed):
            return "objects of the signed revision that are not signed"
    for number in range(revision + 1, xrefs.total_revisions):
        if xrefs.get_xref_container_info(number).start_location < place.end:
            return "a later revision that lies within what is signed"
    return ""


def _later(container: Container, revision: int, permission: int | None) -> list[Problem]:
    """Compare each later revision with the one that was signed."""
    found = POLICY.review_file(container, revision)
    if isinstance(found, SuspiciousModification):
        return [(MODIFIED, "a later revision changes more than signatures and their evidence")]
    if found.modification_level > ModificationLevel.FORM_FILLING:
        return [(MODIFIED, "a later revision changes annotations")]
    if permission == 1 and found.modification_level > ModificationLevel.LTA_UPDATES:
        return [(MODIFIED, "a later signature, where the author permitted none")]
    before = {
        name for name, _, _ in enumerate_sig_fields(container.get_historical_resolver(revision))
    }
    added = [name for name, value, _ in enumerate_sig_fields(container) if value is None]
    if set(added) - before:
        return [(MODIFIED, "a later revision adds a field for a signature, and no signature")]
    return []
