"""
The audit of keys, certificates and serial numbers.

Reads and changes nothing.  The certificate itself and the sealed journal are what columns are
held against; both are read, for a digest that is right proves nothing about the row beside it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

from ca.audit_journal import Entry, Key, of_entry
from ca.flaws import (
    CERTIFICATE_CHANGED,
    CERTIFICATE_MISSING,
    CERTIFICATE_UNRECORDED,
    COLUMN,
    KEY_CHANGED,
    KEY_WRONG,
    NAMING,
    SERIAL_GAP,
    SERIAL_MOMENT,
    SERIAL_TWICE,
    SERIAL_UNRESERVED,
    Finding,
)
from ca.municipalities import by_code
from ca.register import COLUMNS, Issued, issued
from ca.responder import DELEGATED
from ca.store import Store, to_seconds
from ca.timestamping import CERTIFIED, TOKENS
from pki.certificate.read import Certificate, read_certificate, read_name
from pki.errors import JpkiError, Malformed
from pki.keys import algorithm_of, load_private, spki_of
from pki.kinds import Kind, Naming
from pki.names import ca_name, distribution_point

PORTION = 1000  # rows at a time, for a world may hold millions


def read_issued(store: Store) -> dict[Key, Issued]:
    """Read the rows of all certificates; one that cannot be read is left out."""
    listed = {}
    for row in store.rows(f"SELECT {COLUMNS} FROM certificates ORDER BY seq, serial"):
        found = _issued(row)
        if found is not None:
            listed[found.kind, found.serial] = found
    return listed


def keys(store: Store) -> Iterator[Finding]:
    """Check that every private key has the digest that it was stored with."""
    last = 0
    while rows := store.rows(
        f"SELECT id, der, sha256 FROM keys WHERE id > ? ORDER BY id LIMIT {PORTION}", last
    ):
        for number, der, digest in rows:
            if sha256(bytes(der)).hexdigest() != digest:
                yield Finding(KEY_CHANGED, f"keys/{number}")
        last = rows[-1][0]


def authorities(store: Store, entries: Mapping[int, Entry]) -> Iterator[Finding]:
    """Check every CA certificate against the journal, its row, its key, and the naming mode."""
    founded = {
        (entry.subject.removeprefix("ca/"), entry.detail.get("generation")): entry
        for entry in entries.values()
        if entry.what == "ca-founded"
    }
    rows = store.rows(
        "SELECT ca, generation, serial, algorithm, not_before, not_after, key, der, seq "
        "FROM authorities ORDER BY ca, generation"
    )
    for ca, generation, serial, algorithm, start, end, key, der, seq in rows:
        where = f"authorities/{ca}/{generation}"
        entry = founded.pop((ca, generation), None)
        certificate, findings = _unchanged(bytes(der), entry, where)
        yield from findings
        if certificate is None or entry is None:
            continue
        said = (entry.seq, entry.detail.get("serial"), entry.detail.get("algorithm"))
        wrong = [] if (seq, serial, algorithm) == said else ["journal"]
        wrong += _dates(certificate, serial, start, end)
        if wrong:
            yield Finding(COLUMN, where, ", ".join(wrong))
        if not _is_key_of(store, key, certificate):
            yield Finding(KEY_WRONG, where, str(key))
        if not _bears(certificate, Kind(ca), store.setting("naming")):
            yield Finding(NAMING, where)
    for (ca, generation), entry in founded.items():
        yield Finding(CERTIFICATE_MISSING, f"authorities/{ca}/{generation}", str(entry.seq))


def certificates(
    store: Store, listed: Mapping[Key, Issued], entries: Mapping[int, Entry]
) -> Iterator[Finding]:
    """Check every holder's certificate against the journal, its row and its key."""
    recorded = {
        (entry.detail.get("kind"), entry.detail.get("serial")): entry
        for entry in entries.values()
        if entry.what == "certificate-issued"
    }
    cards = _cards_written(entries)
    for kind in Kind:
        last = -1
        while rows := store.rows(
            f"SELECT {COLUMNS}, der, seq FROM certificates WHERE ca = ? AND serial > ? "
            f"ORDER BY serial LIMIT {PORTION}",
            kind.value,
            last,
        ):
            for *row, der, seq in rows:
                where = f"certificates/{kind.value}/{row[1]:#x}"
                entry = recorded.pop((kind.value, row[1]), None)
                yield from of_entry(entries, seq, where, row[7])
                yield from _certificate(store, tuple(row), bytes(der), entry, cards, where)
            last = rows[-1][1]
    for (ca, serial), entry in recorded.items():
        yield Finding(CERTIFICATE_MISSING, f"certificates/{ca}/{serial:#x}", str(entry.seq))


def serials(store: Store, listed: Mapping[Key, Issued]) -> Iterator[Finding]:
    """Check that each serial was reserved first, and went to one certificate at most."""
    rows = store.rows("SELECT ca, serial, not_before FROM authorities")
    used = [tuple(row) for row in rows]
    used += [(one.kind.value, one.serial, to_seconds(one.at)) for one in listed.values()]
    used += _delegated(store)
    times = Counter((ca, serial) for ca, serial, _ in used)
    reserved = {
        (ca, serial): at for ca, serial, at in store.rows("SELECT ca, serial, at FROM serials")
    }
    for (ca, serial), count in sorted(times.items()):
        if count > 1:
            yield Finding(SERIAL_TWICE, f"serials/{ca}/{serial:#x}", str(count))
    for ca, serial, at in sorted(used):
        if (ca, serial) not in reserved:
            yield Finding(SERIAL_UNRESERVED, f"serials/{ca}/{serial:#x}")
        elif reserved[ca, serial] != at:
            yield Finding(SERIAL_MOMENT, f"serials/{ca}/{serial:#x}")
    stamped = {(ca, serial) for ca, serial in reserved if ca == TOKENS}  # of no certificate
    for ca, serial in sorted(reserved.keys() - times.keys() - stamped):
        yield Finding(SERIAL_GAP, f"serials/{ca}/{serial:#x}")


def _delegated(store: Store) -> list[tuple[str, int, int]]:
    """List CA, serial and moment of the services' certificates; damage is found elsewhere."""
    sql = "SELECT subject, at, detail FROM journal WHERE what IN (?, ?)"
    found = []
    for who, at, detail in store.rows(sql, DELEGATED, CERTIFIED):
        with suppress(ValueError, KeyError, TypeError):
            found.append((who.removeprefix("ca/"), int(json.loads(detail)["serial"]), at))
    return found


def _certificate(
    store: Store,
    row: tuple[Any, ...],
    der: bytes,
    entry: Entry | None,
    cards: Mapping[str, list[tuple[int, str]]],
    where: str,
) -> Iterator[Finding]:
    certificate, findings = _unchanged(der, entry, where)
    yield from findings
    one = _issued(row)
    if one is None:
        yield Finding(COLUMN, where, "any")
    if certificate is None or entry is None or one is None:
        return
    written = (card for seq, card in cards.get(entry.subject, []) if seq > entry.seq)
    wrong = [
        name
        for name, said, stored in (
            ("resident", entry.subject, one.resident),
            ("generation", entry.detail.get("generation"), one.generation),
            ("at", entry.at, to_seconds(one.at)),
            ("card", next(written, None), one.card),
            ("scope", _point(certificate), _scope(one, store.setting("naming"))),
        )
        if said != stored
    ]
    wrong += _dates(certificate, one.serial, to_seconds(one.not_before), to_seconds(one.not_after))
    if wrong:
        yield Finding(COLUMN, where, ", ".join(wrong))
    if not _is_key_of(store, one.key, certificate):
        yield Finding(KEY_WRONG, where, str(one.key))


def _unchanged(
    der: bytes, entry: Entry | None, where: str
) -> tuple[Certificate | None, list[Finding]]:
    """Read a certificate that is as the journal has it; None and findings if it is not."""
    if entry is None:
        return None, [Finding(CERTIFICATE_UNRECORDED, where)]
    if sha256(der).hexdigest() != entry.detail.get("sha256"):
        return None, [Finding(CERTIFICATE_CHANGED, where)]
    try:
        return read_certificate(der), []
    except Malformed:
        return None, [Finding(CERTIFICATE_CHANGED, where)]


def _dates(certificate: Certificate, serial: Any, start: Any, end: Any) -> list[str]:
    said = {
        "serial": (certificate.serial, serial),
        "not_before": (to_seconds(certificate.not_before), start),
        "not_after": (to_seconds(certificate.not_after), end),
    }
    return [name for name, (stated, stored) in said.items() if stated != stored]


def _is_key_of(store: Store, number: int, certificate: Certificate) -> bool:
    found = store.rows("SELECT der, algorithm FROM keys WHERE id = ?", number)
    try:
        key = load_private(bytes(found[0][0]), ours=True) if found else None
    except Malformed:
        return False
    return (
        key is not None
        and spki_of(key) == certificate.spki
        and algorithm_of(key).value == found[0][1]
    )


def _bears(certificate: Certificate, kind: Kind, naming: str) -> bool:
    words = {each.value for each in Naming}
    return naming in words and read_name(certificate.subject) == ca_name(kind, Naming(naming))


def _point(certificate: Certificate) -> Any:
    points = certificate.distribution_points()
    return read_name(points[0]) if points else None


def _scope(one: Issued, naming: str) -> Any:
    """Return the point that the row's scope would give, in any naming mode that it may be."""
    try:
        place = by_code(one.scope)
        mode = Naming(naming)
    except (JpkiError, ValueError):
        return one.scope
    return distribution_point(one.kind, mode, place.prefecture_romaji, place.name_romaji)


def _cards_written(entries: Mapping[int, Entry]) -> dict[str, list[tuple[int, str]]]:
    """List, for each resident, when which card was written to."""
    found: dict[str, list[tuple[int, str]]] = {}
    for entry in entries.values():
        if entry.what == "card-written":
            found.setdefault(entry.subject, []).append((entry.seq, str(entry.detail.get("card"))))
    return found


def _issued(row: Any) -> Issued | None:
    try:
        return issued(tuple(row))
    except (ValueError, TypeError, OverflowError):
        return None
