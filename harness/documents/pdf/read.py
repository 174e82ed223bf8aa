"""
Read the signatures of a PDF: where they lie, what they cover, what came after them.

Every signature of the file is found: those that hang in form fields, and whatever else
calls itself one, which is then unreadable rather than overlooked.  Nothing is judged here
but form and coverage; the messages are for a reader of CMS.
"""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import (
    ByteStringObject,
    DictionaryObject,
    EncryptedObjAccess,
    IndirectObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.sign.fields import enumerate_sig_fields

from harness.documents.pdf.byterange import place
from harness.documents.pdf.container import WHAT, Container, entry, open_container, parsing
from harness.documents.pdf.reading import Evidence, PdfReading, PdfSignature, Problem
from harness.documents.pdf.revisions import problems_after
from pki.errors import Malformed, SearchExhausted

FORMAT, CONSTRAINTS = "format-failure", "sig-constraints-failure"
MAX_SIGNATURES = 32
MAX_OBJECTS = 50_000
SUBFILTERS = {"adbe.pkcs7.detached": False, "ETSI.CAdES.detached": False, "ETSI.RFC3161": True}
"""How the message may be meant, and whether it is a time-stamp."""

_TYPES = {"/Sig", "/DocTimeStamp"}


def read_pdf(document: bytes) -> PdfReading:
    """
    Read all signatures of a PDF, oldest first.

    Malformed if the file cannot be read, SearchExhausted if that would take too much work;
    what is wrong with one signature stands in its `problems`.
    """
    container = open_container(document)
    with parsing():
        if container.encrypt_dict is not None:
            raise Malformed(WHAT, "it is encrypted, so that nobody sees what is signed")
        if container.xrefs.hybrid_xrefs_present:
            raise Malformed(WHAT, "two tables of cross-references for one revision")
        found = list(_signatures(container))
        return PdfReading(tuple(found), _evidence(container) if found else Evidence())


def _signatures(container: Container) -> Iterator[PdfSignature]:
    held: dict[tuple[int, int], str] = {}
    for name, value, _ in enumerate_sig_fields(container, filled_status=True):
        if not isinstance(value, IndirectObject):
            yield _unreadable(name, "a signature that is no object of its own")
        elif (value.idnum, value.generation) in held:
            yield _unreadable(name, "a signature that hangs in two fields")
        else:
            held[value.idnum, value.generation] = name
        if len(held) > MAX_SIGNATURES:
            raise SearchExhausted("signatures", MAX_SIGNATURES)
    ordered = sorted(
        held, key=lambda each: (container.xrefs.get_last_change(_reference(container, each)), each)
    )
    for each in ordered:
        yield _signature(container, _reference(container, each), held[each])
    for _ in range(_strays(container, set(held))):
        yield _unreadable("", "a signature that hangs in no field of the form")


def _reference(container: Container, key: tuple[int, int]) -> Any:
    return IndirectObject(key[0], key[1], container).reference


def _signature(container: Container, reference: Any, name: str) -> PdfSignature:
    """Take one signature apart; whatever cannot be read of it is a problem of its own."""
    try:
        with parsing():
            return _read_signature(container, reference, name)
    except Malformed as error:
        return PdfSignature(field=name, problems=((FORMAT, str(error)),))


def _read_signature(container: Container, reference: Any, name: str) -> PdfSignature:
    value = container.get_object(reference)
    if not isinstance(value, DictionaryObject):
        raise Malformed(WHAT, "a signature that is no dictionary")
    subfilter = str(entry(value, "/SubFilter", "/")).removeprefix("/")
    is_stamp = entry(value, "/Type", "/Sig") == "/DocTimeStamp"
    problems: list[Problem] = []
    if SUBFILTERS.get(subfilter) is not is_stamp:
        problems.append(
            (CONSTRAINTS, f"the subfilter {subfilter[:40]!r} is none of those permitted")
        )
    ranges = tuple(int(each) for each in value["/ByteRange"])
    found = place(container.content, ranges, _contents(value))
    revision = container.xrefs.get_last_change(reference)
    problems += problems_after(container, found, revision, _permission(value))
    return PdfSignature(
        field=name,
        is_stamp=is_stamp,
        subfilter=subfilter,
        message=found.message,
        octets=found.octets(container.content),
        ranges=ranges,
        after=len(container.content) - found.end,
        problems=tuple(problems),
    )


def _contents(value: Any) -> bytes:
    contents = value.raw_get("/Contents", decrypt=EncryptedObjAccess.RAW)
    if not isinstance(contents, (TextStringObject, ByteStringObject)):
        raise Malformed(WHAT, "a message that is no string")
    octets: bytes = contents.original_bytes
    return octets


def _permission(value: Any) -> int | None:
    """Return what an author's signature permits afterwards; None for any other [32000 12.8.2.2]."""
    for each in entry(value, "/Reference", ()):
        transform = each.get_object()
        if entry(transform, "/TransformMethod") == "/DocMDP":
            return int(entry(entry(transform, "/TransformParams", {}), "/P", 2))
    return None


def _strays(container: Container, held: set[tuple[int, int]]) -> int:
    """Count the objects that call themselves signatures and hang in no field."""
    xrefs = container.xrefs
    listed = {
        (each.idnum, each.generation): each
        for number in range(xrefs.total_revisions)
        for each in xrefs.explicit_refs_in_revision(number)
    }
    if len(listed) > MAX_OBJECTS:
        raise SearchExhausted("objects", MAX_OBJECTS)
    return sum(
        key not in held and xrefs[each] is not None and _claims(container.get_object(each))
        for key, each in listed.items()
    )


def _claims(value: Any) -> bool:
    return (
        isinstance(value, DictionaryObject)
        and not isinstance(value, StreamObject)
        and (entry(value, "/Type") in _TYPES or "/ByteRange" in value)
    )


def _evidence(container: Container) -> Evidence:
    """Take what the DSS of the newest revision holds [EN319142 5.4.2.2]."""
    store = entry(container.root, "/DSS")
    if store is None:
        return Evidence()
    return Evidence(
        _streams(store, "/Certs", DecodePurpose.CERTIFICATE),
        _streams(store, "/CRLs", DecodePurpose.CRL),
        _streams(store, "/OCSPs", DecodePurpose.OCSP_RESPONSE),
    )


def _streams(store: Any, key: str, purpose: Any) -> tuple[bytes, ...]:
    return tuple([each.get_object().read_data(purpose) for each in entry(store, key, ())][:64])


def _unreadable(name: str, why: str) -> PdfSignature:
    return PdfSignature(field=name, problems=((FORMAT, f"{WHAT} holds {why}"),))
