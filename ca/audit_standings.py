"""
The audit of standings: the journal is lived through once more, and must revoke the same.

Reads and changes nothing.  A standing that follows from no event is damage, and so is an
event that revoked something of which no standing tells: a lost revocation is the worst that
can happen to a world.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ca.audit_journal import Entry, Key, of_entry
from ca.flaws import COLUMN, STANDING_ASTRAY, STANDING_MISSING, STANDING_WRONG, Finding
from ca.lifecycle import REQUESTS, RULES, Held, Outcome, Revoked, Row, Standing
from ca.register import Issued
from ca.store import Store, to_moment, to_seconds
from pki.kinds import Algorithm, Event, Kind, Request
from pki.validity import day_in_jst, is_renewal

EVENTS = {event.value: event for event in Event}
REQUEST_NAMED = {request.value: request for request in Request}
CAS = frozenset(kind.value for kind in Kind)
DAY, JST_AHEAD = 86400, 9 * 3600  # seconds
SUPERFLUOUS = "there should be none"

Rows = dict[tuple[int, Kind, int], tuple[Any, Any]]
"""Since and reason of each standing, by entry and certificate."""


def standings(
    store: Store, listed: Mapping[Key, Issued], entries: Mapping[int, Entry]
) -> Iterator[Finding]:
    """Check every standing against the event that it came from, and every event against them."""
    order = {
        (Kind(ca), serial): seq
        for ca, serial, seq in store.rows("SELECT ca, serial, seq FROM certificates")
        if ca in CAS
    }
    own = {
        (Kind(ca), serial): generation
        for ca, serial, generation in store.rows("SELECT ca, serial, generation FROM authorities")
        if ca in CAS
    }
    rows: Rows = {}
    for seq, ca, serial, at, since, reason in store.rows(
        "SELECT seq, ca, serial, at, since, reason FROM standings ORDER BY seq"
    ):
        where = f"standings/{ca}/{serial:#x}/{seq}"
        yield from of_entry(entries, seq, where, at)
        if ca not in CAS or (Kind(ca), serial) not in {**listed, **own}:
            yield Finding(STANDING_ASTRAY, where)
        else:
            rows[seq, Kind(ca), serial] = (since, reason)
    yield from _relived(rows, listed, own, order, entries)
    yield from _renewals(store, rows, listed, order)


def _relived(
    rows: Rows,
    listed: Mapping[Key, Issued],
    own: Mapping[Key, int],
    order: Mapping[Key, int],
    entries: Mapping[int, Entry],
) -> Iterator[Finding]:
    stand: dict[Key, Standing] = {}
    left = dict(rows)
    had = _by_resident(listed)
    for entry in sorted(entries.values(), key=lambda each: each.seq):
        if entry.what == Event.CA_KEY_COMPROMISED.value:
            concerned = _of_generation(entry, listed, own, order)
        else:
            concerned = _concerned(entry, had.get(entry.subject, []), listed, order)
        for kind, serial in concerned:
            row = _rule(entry, kind)
            before = stand.get((kind, serial))
            found = left.pop((entry.seq, kind, serial), None)
            where = f"standings/{kind.value}/{serial:#x}/{entry.seq}"
            if isinstance(before, Revoked) or row.reason is None:
                if found:
                    yield Finding(STANDING_WRONG, where, SUPERFLUOUS)
            elif found:
                wrong = _wrong(row, before, entry, *found)
                if wrong:
                    yield Finding(STANDING_WRONG, where, wrong)
                stand[kind, serial] = _become(row, before, entry)
            elif row.outcome is not Outcome.KEPT_ABROAD and not (
                row.outcome is Outcome.HELD and isinstance(before, Held)
            ):
                yield Finding(STANDING_MISSING, where, entry.what)
                stand[kind, serial] = _become(row, before, entry)
    for seq, kind, serial in left:
        where = f"standings/{kind.value}/{serial:#x}/{seq}"
        yield Finding(STANDING_WRONG, where, SUPERFLUOUS)


def _renewals(
    store: Store, rows: Rows, listed: Mapping[Key, Issued], order: Mapping[Key, int]
) -> Iterator[Finding]:
    """Check which certificates were issued as renewals [J 10.2]."""
    algorithms = {
        (ca, generation): Algorithm(algorithm)
        for ca, generation, algorithm in store.rows(
            "SELECT ca, generation, algorithm FROM authorities"
        )
        if algorithm in {each.value for each in Algorithm}
    }
    ended: dict[Key, list[tuple[int, Any]]] = {}
    for (seq, kind, serial), (since, _) in rows.items():
        ended.setdefault((kind, serial), []).append((seq, since))
    before: dict[tuple[str, Kind], Issued] = {}
    for key in sorted(listed, key=lambda each: (order[each], each[1])):
        one = listed[key]
        old = before.get((one.card, one.kind))
        before[one.card, one.kind] = one
        algorithm = algorithms.get((one.kind.value, old.generation)) if old else None
        renews = (
            old is not None
            and algorithm is not None
            and not any(
                seq < order[key] and isinstance(since, int) and since <= to_seconds(one.at)
                for seq, since in ended.get((old.kind, old.serial), [])
            )
            and is_renewal(day_in_jst(old.not_after), on=day_in_jst(one.at), algorithm=algorithm)
        )
        if renews != one.renewal:
            yield Finding(COLUMN, f"certificates/{one.kind.value}/{one.serial:#x}", "renewal")


def _by_resident(listed: Mapping[Key, Issued]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = {}
    for key, one in listed.items():
        found.setdefault(one.resident, []).append(key)
    return found


def _concerned(
    entry: Entry, had: Iterable[Key], listed: Mapping[Key, Issued], order: Mapping[Key, int]
) -> list[Key]:
    """Find the certificates that an entry speaks of: unexpired, and older than the entry."""
    if entry.what in REQUEST_NAMED:
        kinds = {each.value: each for each in Kind}
        named = (kinds.get(str(entry.detail.get("kind"))), entry.detail.get("serial"))
        return [key for key in had if key == named and _unexpired(listed[key], entry)]
    if entry.what not in EVENTS:
        return []
    known = [key for key in had if order[key] < entry.seq]
    if entry.what == Event.RENEWED.value:
        made = [listed[key] for key in had if order[key] == entry.seq]
        known = [old for one in made for old in _before(one, known, listed, order)]
    return [key for key in known if _unexpired(listed[key], entry)]


def _before(
    one: Issued, known: list[Key], listed: Mapping[Key, Issued], order: Mapping[Key, int]
) -> list[Key]:
    """Find what stood on the card before *one*, if anything did."""
    olds = [key for key in known if key[0] is one.kind and listed[key].card == one.card]
    return [max(olds, key=lambda key: order[key])] if olds else []


def _of_generation(
    entry: Entry, listed: Mapping[Key, Issued], own: Mapping[Key, int], order: Mapping[Key, int]
) -> list[Key]:
    """Find what a compromised CA key had issued, and its own certificate."""
    ca, generation = entry.subject.removeprefix("ca/"), entry.detail.get("generation")
    found = [
        key
        for key, one in listed.items()
        if (one.kind.value, one.generation) == (ca, generation)
        and order[key] < entry.seq
        and _unexpired(one, entry)
    ]
    return found + [key for key, n in own.items() if (key[0].value, n) == (ca, generation)]


def _unexpired(one: Issued, entry: Entry) -> bool:
    return to_seconds(one.not_after) >= entry.at


def _rule(entry: Entry, kind: Kind) -> Row:
    if entry.what in REQUEST_NAMED:
        return REQUESTS[REQUEST_NAMED[entry.what]]
    return RULES[EVENTS[entry.what]][kind]


def _become(row: Row, before: Standing | None, entry: Entry) -> Held | Revoked:
    since = before.since if isinstance(before, Held) else to_moment(entry.at)
    assert row.reason is not None  # only such rows come here
    return Held(since) if row.outcome is Outcome.HELD else Revoked(since, row.reason)


def _wrong(row: Row, before: Standing | None, entry: Entry, since: Any, reason: Any) -> str:
    """Say what is wrong about a standing that should be there; nothing if all is right."""
    assert row.reason is not None  # only such rows come here
    if reason != row.reason.value:
        return f"the reason is {row.reason.value}"
    if isinstance(before, Held):
        right = [] if row.outcome is Outcome.HELD else [to_seconds(before.since)]
    elif row.outcome is Outcome.HELD:
        right = [entry.at]
    else:
        right = [entry.at, _next_midnight(entry.at)]  # the switch may have been either
    return "" if since in right else "the date is another"


def _next_midnight(at: int) -> int:
    return (at + JST_AHEAD) // DAY * DAY + DAY - JST_AHEAD
