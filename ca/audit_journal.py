"""
The audit of the journal, of the states that hang on it, and of the settings.

Reads and changes nothing.  Values of a wrong type are findings like any others: SQLite would
keep a word in a column of numbers.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ca.application import word
from ca.card import Card
from ca.cases import from_json as case_from_json
from ca.flaws import (
    APPLICATION_OPEN,
    CARD_ASTRAY,
    CONSENT_ASTRAY,
    ENTRY_MISSING,
    JOURNAL_GAP,
    JOURNAL_ORDER,
    JOURNAL_SEAL,
    MOMENT,
    PUBLICATION_WRONG,
    SETTING,
    STATE_MISSING,
    STATE_SEAL,
    STATE_UNREADABLE,
    Finding,
)
from ca.lifecycle import Abroad, Effect
from ca.linking import consent_from_json
from ca.register import Issued, card_from_json
from ca.residents import from_json as resident_from_json
from ca.store import ORIGIN, SCHEMA, Store, sealed
from pki.kinds import Algorithm, Event, Kind, Naming

Key = tuple[Kind, int]
"""What tells a certificate: its CA, and its serial number there."""

# What each setting may be; one that is not here is free.
SETTINGS: dict[str, Callable[[str], bool]] = {
    "schema": lambda value: value.isdigit() and 1 <= int(value) <= SCHEMA,
    "naming": lambda value: value in {each.value for each in Naming},
    "algorithm": lambda value: value in {each.value for each in Algorithm},
    "base_url": lambda value: "://" in value,
    "clock": lambda value: value == "" or _is_whole(value),
    "clock_offset": lambda value: _is_whole(value),
    "seed": lambda value: value == "" or _is_whole(value),
    "abroad": lambda value: value in {each.value for each in Abroad},
    "effect": lambda value: value in {each.value for each in Effect},
    "designated_city": lambda value: value in ("ward", "city"),
    "usable_after": str.isdigit,
    "substitute": lambda value: len(value) == 1,
    "central": lambda value: value in ("", "down") or _is_whole(value.removeprefix("delay:")),
}
REQUIRED = ("schema", "naming", "algorithm", "base_url", "clock")

# Entries that leave a state of their subject, and of which sort; of other sorts it has a
# name of its own.
SUBJECTS_STATE: dict[str, str] = {
    "resident-added": "resident",
    "card-issued": "card",
    "card-written": "card",
    "card-extended": "card",
    "pin-failed": "card",
    "pin-right": "card",
    Event.PIN_LOCKED.value: "card",
    Event.PIN_CHANGED.value: "card",
    Event.PIN_RESET.value: "card",
    **{
        event.value: "resident"
        for event in Event
        if event.name.partition("_")[0] not in ("PIN", "CA") and event is not Event.RENEWED
    },
}


class Entry(NamedTuple):
    """One entry of the journal, with what its row says of itself."""

    seq: int
    at: int  # seconds since 1970
    what: str
    subject: str
    detail: dict[str, Any]
    text: str  # the detail as it is stored
    seal: str


def settings(store: Store) -> Iterator[Finding]:
    """Check that each setting is one that could have been set."""
    found = dict(store.rows("SELECT name, value FROM settings"))
    for name in (*REQUIRED, *sorted(set(found) - set(REQUIRED))):
        value = found.get(name)
        if value is None or not SETTINGS.get(name, _anything)(str(value)):
            shown = "missing" if value is None else repr(value)
            yield Finding(SETTING, f"settings/{name}", shown)


def read_journal(store: Store) -> list[Entry]:
    """Read the whole journal; a detail that is no object is read as an empty one."""
    rows = store.rows("SELECT seq, at, what, subject, detail, seal FROM journal ORDER BY seq")
    return [
        Entry(seq, at, what, subject, _object(text), text, seal)
        for seq, at, what, subject, text, seal in rows
    ]


def journal_findings(journal: list[Entry]) -> Iterator[Finding]:
    """Check the chain: every number there, each sealed with the one before, none out of order."""
    seal, newest, expected = ORIGIN, 0, 1
    for entry in journal:
        where = f"journal/{entry.seq}"
        if entry.seq != expected:
            yield Finding(JOURNAL_GAP, where, str(expected))
        # Beyond a gap the chain cannot be followed, and begins anew.
        elif entry.seal != sealed(seal, (*entry[:4], entry.text)):
            yield Finding(JOURNAL_SEAL, where)
        if isinstance(entry.at, int):
            if entry.at < newest:
                yield Finding(JOURNAL_ORDER, where)
            newest = max(newest, entry.at)
        seal, expected = entry.seal, entry.seq + 1


def of_entry(
    entries: Mapping[int, Entry], seq: int, where: str, at: int | None = None
) -> Iterator[Finding]:
    """Check that the entry which made a row exists, and bears the same moment."""
    entry = entries.get(seq)
    if entry is None:
        yield Finding(ENTRY_MISSING, where, str(seq))
    elif at is not None and at != entry.at:
        yield Finding(MOMENT, where, str(seq))


def states(
    store: Store, issued: Mapping[Key, Issued], entries: Mapping[int, Entry]
) -> Iterator[Finding]:
    """Check every state that residents, cards, consents and applications ever had."""
    rows = store.rows("SELECT seq, at, noun, id, value, seal FROM states ORDER BY seq")
    left = {(seq, noun, identifier) for seq, _, noun, identifier, _, _ in rows}
    for seq, at, noun, identifier, text, seal in rows:
        where = f"states/{noun}/{identifier}/{seq}"
        if seal != sealed(ORIGIN, (seq, at, noun, identifier, text)):
            yield Finding(STATE_SEAL, where)
        yield from of_entry(entries, seq, where, at)
        yield from _state(noun, identifier, text, where, issued)
    for entry in entries.values():
        state = _left_by(entry)
        if state and (entry.seq, *state) not in left:
            yield Finding(STATE_MISSING, "/".join(("states", *state, str(entry.seq))))
    yield from _open_applications(entries)


def publications(store: Store, entries: Mapping[int, Entry]) -> Iterator[Finding]:
    """Check that every list published by hand is the one that its entry speaks of."""
    listed = set()
    for seq, ca, generation, scope, at in store.rows(
        "SELECT seq, ca, generation, scope, at FROM publications ORDER BY seq"
    ):
        where = f"publications/{ca}/{generation}/{scope}/{seq}"
        yield from of_entry(entries, seq, where, at)
        entry = entries.get(seq)
        said = {"generation": generation, "scope": scope}
        if entry and (entry.subject, entry.detail) != (f"ca/{ca}", said):
            yield Finding(PUBLICATION_WRONG, where, str(seq))
        listed.add(seq)
    for entry in entries.values():
        if entry.what == "list-published" and entry.seq not in listed:
            yield Finding(PUBLICATION_WRONG, f"publications/{entry.seq}", str(entry.seq))


def _state(
    noun: str, identifier: str, text: str, where: str, issued: Mapping[Key, Issued]
) -> Iterator[Finding]:
    reader = _READERS.get(noun)
    if reader is None:
        return
    try:
        named, value = reader(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield Finding(STATE_UNREADABLE, where, type(error).__name__)
        return
    if named != identifier:
        yield Finding(STATE_UNREADABLE, where, f"it is of {named}")
    elif isinstance(value, Card):
        yield from _slots(value, where, issued)
    elif noun == "consent" and (Kind.SIGN, value) not in issued:
        yield Finding(CONSENT_ASTRAY, where, f"{value:#x}")


def _slots(card: Card, where: str, issued: Mapping[Key, Issued]) -> Iterator[Finding]:
    for kind, slot in card.slots.items():
        on_card = issued.get((kind, slot.serial_number))
        said = (card.holder, card.serial, slot.generation, slot.key)
        if on_card is None or said != (
            on_card.resident,
            on_card.card,
            str(on_card.generation),
            str(on_card.key),
        ):
            yield Finding(CARD_ASTRAY, where, f"{kind.value} {slot.serial_number:#x}")


def _left_by(entry: Entry) -> tuple[str, str] | None:
    """Return noun and identifier of the state that an entry must have left; None if none."""
    if entry.what.startswith("application"):
        return "application", str(entry.detail.get("number"))
    if entry.what.startswith("consent-"):
        return "consent", f"{entry.subject}/{entry.detail.get('service')}"
    noun = SUBJECTS_STATE.get(entry.what)
    return (noun, entry.subject) if noun else None


def _open_applications(entries: Mapping[int, Entry]) -> Iterator[Finding]:
    granted: dict[str, int] = {}
    for entry in entries.values():
        if entry.what.startswith("application"):
            number = str(entry.detail.get("number"))
            if entry.detail.get("stage") == "granted":
                granted[number] = entry.seq
            else:
                granted.pop(number, None)
    for number, seq in granted.items():
        yield Finding(APPLICATION_OPEN, f"states/application/{number}", str(seq))


def _application(value: Any) -> tuple[str, Any]:
    case = case_from_json(value)
    return case.application.number, word(case.application.stage)


def _consent(value: Any) -> tuple[str, Any]:
    consent = consent_from_json(value)
    return f"{consent.resident}/{consent.service}", consent.serial


def _card(value: Any) -> tuple[str, Any]:
    card = card_from_json(value)
    return card.holder, card


# Each returns the identifier that a state gives itself, and what it refers to.
_READERS: dict[str, Callable[[Any], tuple[str, Any]]] = {
    "resident": lambda value: (resident_from_json(value).identifier, None),
    "card": _card,
    "application": _application,
    "consent": _consent,
}


def _object(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, TypeError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdigit()


def _anything(value: str) -> bool:
    return True
