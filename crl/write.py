"""
Encode entries, and sign lists, from the tables of crl/shapes.  Pure: equal requests give
equal lists; the key signs, nothing else is asked.

An entry's octets never change while it is on a list, so a `Body` is kept and changed where
something changed, and making a list again costs little more than hashing and signing it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from crl.entries import Body, Entry, ListRequest, Page, Unspecified
from crl.scope import Scope
from crl.shapes import SHAPES
from pki import oids
from pki.certificate import fields
from pki.certificate.write import Issuer
from pki.der.write import (
    bit_string,
    enumerated,
    explicit,
    implicit,
    integer,
    octet_string,
    oid,
    sequence,
    tlv,
)
from pki.keys import ROWS as ALGORITHMS
from pki.keys import sign
from pki.kinds import Reason
from pki.times import asn1_time

REASON_CODES = {  # [5280 5.3.1]; 7 is unused, and what is missing JPKI has no use for [J 7]
    Reason.UNSPECIFIED: 0,
    Reason.KEY_COMPROMISE: 1,
    Reason.CA_COMPROMISE: 2,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION_OF_OPERATION: 5,
    Reason.CERTIFICATE_HOLD: 6,
}
_REASONS = {
    reason: sequence(fields.extension(oids.REASON_CODE, enumerated(code), critical=False))
    for reason, code in REASON_CODES.items()
}
_CRL_NUMBER = oid(oids.CRL_NUMBER)  # not critical [5280 5.2.3]
_PAGE = 32  # entries; small, for a page is put together again whole when one changes


@dataclass(frozen=True, slots=True)
class Template:
    """
    What all lists of one CA key and scope repeat, already encoded.

    Attributes:
        issuer: Who signs.
        head: version, signature and issuer.
        before: The extensions in front of cRLNumber.
        after: The extensions behind it.
    """

    issuer: Issuer
    head: bytes
    before: bytes
    after: bytes


def encode_entry(entry: Entry, unspecified: Unspecified = Unspecified.ABSENT) -> bytes:
    """Write one entry of revokedCertificates [5280 5.1.2.6]."""
    stated = entry.reason is not Reason.UNSPECIFIED or unspecified is Unspecified.ALWAYS
    extensions = _REASONS[entry.reason] if stated else b""
    return tlv(0x30, integer(entry.serial) + asn1_time(entry.since) + extensions)


def encode_entries(entries: Iterable[Entry], unspecified: Unspecified = Unspecified.ABSENT) -> Body:
    """Write entries in the order of their serials; ValueError for a serial that comes twice."""
    ordered = sorted(entries, key=attrgetter("serial"))
    serials = [entry.serial for entry in ordered]
    if len(set(serials)) != len(serials):
        raise ValueError("a serial stands twice among the entries of one list")
    return _body(_pages(serials, [encode_entry(entry, unspecified) for entry in ordered]))


def with_entry(body: Body, entry: Entry, unspecified: Unspecified = Unspecified.ABSENT) -> Body:
    """Add one entry to *body*, or put it in the place of an older one of the same serial."""
    pages, firsts, serial = body.pages, body.firsts, entry.serial
    piece = encode_entry(entry, unspecified)
    if not pages:
        return Body((Page((serial,), (piece,), piece),), (serial,))
    at = max(bisect_right(firsts, serial) - 1, 0)
    serials, pieces, _ = pages[at]
    here = bisect_left(serials, serial)
    after = here + (serials[here : here + 1] == (serial,))
    serials = (*serials[:here], serial, *serials[after:])
    pieces = (*pieces[:here], piece, *pieces[after:])
    if len(serials) >= 2 * _PAGE:
        return _body((*pages[:at], *_pages(serials, pieces), *pages[at + 1 :]))
    page = Page(serials, pieces, b"".join(pieces))
    return Body(
        (*pages[:at], page, *pages[at + 1 :]), (*firsts[:at], serials[0], *firsts[at + 1 :])
    )


def without(body: Body, gone: Collection[int]) -> Body:
    """Take the entries of some serials from *body*: certificates that expired [5280 3.3]."""
    serials = frozenset(gone)
    kept: list[Page] = []
    for page in body.pages:
        if serials.isdisjoint(page.serials):
            kept.append(page)
        else:
            left = [at for at, serial in enumerate(page.serials) if serial not in serials]
            kept += _pages([page.serials[at] for at in left], [page.pieces[at] for at in left])
    return _body(kept)


def _pages(serials: Sequence[int], pieces: Sequence[bytes]) -> list[Page]:
    return [
        Page(
            tuple(serials[at : at + _PAGE]),
            tuple(pieces[at : at + _PAGE]),
            b"".join(pieces[at : at + _PAGE]),
        )
        for at in range(0, len(serials), _PAGE)
    ]


def _body(pages: Iterable[Page]) -> Body:
    pages = tuple(pages)
    return Body(pages, tuple([page.serials[0] for page in pages]))


def template(issuer: Issuer, scope: Scope) -> Template:
    """Write what all lists of one CA key and scope repeat."""
    head = (
        integer(1),  # v2 [5280 5.1.2.1]
        ALGORITHMS[issuer.algorithm].identifier,  # [5280 5.1.2.2]
        fields.encode_name(issuer.name),  # [5280 5.1.2.3]
    )
    around = [b""]
    for row in SHAPES[scope.shape].extensions:
        assert row.oid is not None
        assert row.critical is not None
        match row.name:
            case "authorityKeyIdentifier":
                value = sequence(implicit(0, issuer.key_identifier))
            case "issuingDistributionPoint" if scope.idp is not None:
                value = scope.idp
            case "cRLNumber":
                around.append(b"")
                continue
            case _:
                raise ValueError(f"no encoder for {row.name}")
        around[-1] += fields.extension(row.oid, value, critical=row.critical)
    before, after = around
    return Template(issuer, b"".join(head), before, after)


def to_be_signed(
    made: Template, request: ListRequest, unspecified: Unspecified = Unspecified.ABSENT
) -> bytes:
    """Write the TBSCertList: what an inspection looks at before the key signs it."""
    entries = request.entries
    body = entries if isinstance(entries, Body) else encode_entries(entries, unspecified)
    octets = [page.octets for page in body.pages]
    number = tlv(0x30, _CRL_NUMBER + octet_string(integer(request.number)))
    return _sequence(
        [
            made.head,
            _time(request.this_update),
            _time(request.next_update),
            # Absent, never empty [5280 5.1.2.6].
            *((_head(sum(map(len, octets))), *octets) if octets else ()),
            explicit(0, tlv(0x30, made.before + number + made.after)),
        ]
    )


_time = lru_cache(maxsize=64)(asn1_time)  # a night's lists all bear the same two


def build_list(
    made: Template, request: ListRequest, unspecified: Unspecified = Unspecified.ABSENT
) -> bytes:
    """Write and sign one list, DER [5280 5.1]."""
    tbs = to_be_signed(made, request, unspecified)
    signature = bit_string(sign(made.issuer.private_key, tbs))
    return _sequence([tbs, ALGORITHMS[made.issuer.algorithm].identifier, signature])


def _sequence(parts: list[bytes]) -> bytes:
    """Write a SEQUENCE and copy its parts once; `sequence` does so twice, and lists grow big."""
    return b"".join((_head(sum(map(len, parts))), *parts))


def _head(size: int) -> bytes:
    """Write tag and length of a SEQUENCE of *size* octets [X.690 8.1.3]."""
    if size < 0x80:
        return bytes((0x30, size))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x30, 0x80 | len(octets))) + octets
