"""
The press: which lists are out at any moment, and what they say.

A list is a value computed from the journal: nothing is stored when one comes out, and any
past one can be made again, byte for byte.  Bytes exist only once somebody asks [D 5].
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ca.authority import Authority
from ca.municipalities import by_code
from ca.store import Store, to_moment, to_seconds
from crl.entries import LIFETIME, Body, Entry, ListRequest
from crl.schedule import Publication, Schedule, schedule, still_listed
from crl.scope import FULL, Scope, authorities, municipal
from crl.write import Template, build_list, encode_entries, template, with_entry, without
from pki.errors import Missing, TooEarly
from pki.kinds import Kind, Reason

ARL, FULL_WORD = "arl", "full"
STAMPING = "tsa"  # under which the store keeps time-stamping authorities
MANY = 64  # new entries from which on encoding all of them costs less than adding each


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """
    One list that is out.

    Attributes:
        kind: Whose CA.
        generation: Of the key that signs it.
        word: Of its scope.
        request: What it says.
        entries: Those of the request.
    """

    kind: Kind
    generation: int
    word: str
    request: ListRequest
    entries: tuple[Entry, ...]


class Press:
    """Makes the lists of one world, and keeps those that it made."""

    def __init__(self, store: Store, authority: Authority) -> None:
        self.store = store
        self.authority = authority
        self._bytes: dict[tuple[Kind, int, str, int], tuple[ListRequest, bytes]] = {}
        self._templates: dict[tuple[Kind, int, str], Template] = {}
        self._bodies: dict[tuple[Kind, int, str], tuple[frozenset[Entry], Body]] = {}

    def scope(self, kind: Kind, word: str) -> Scope:
        """Return the scope of that word: a JIS code, `arl` or `full`."""
        if word == ARL:
            return authorities(kind, self.authority.naming)
        if word == FULL_WORD:
            return FULL
        place = by_code(word)
        return municipal(
            kind,
            self.authority.naming,
            code=word,
            prefecture=place.prefecture_romaji,
            name=place.name_romaji,
        )

    def scopes(self, kind: Kind, generation: int, *, at: datetime) -> list[str]:
        """List the words of the scopes that have a list by *at*."""
        found = self.store.rows(
            "SELECT DISTINCT scope FROM certificates "
            "WHERE ca = ? AND generation = ? AND at <= ? ORDER BY scope",
            kind.value,
            generation,
            to_seconds(at),
        )
        full = [FULL_WORD] if self.store.setting("full_list") == "on" else []
        return [word for (word,) in found] + [ARL, *full]

    def newest(self, kind: Kind, word: str, *, generation: int | None = None, at: datetime) -> Made:
        """
        Return the newest list of a scope that was out at *at*.

        Without *generation* it is that of the newest generation that has one; Missing if
        none has.
        """
        numbers = [each.number for each in self.authority.generations(kind, at=at)]
        for number in reversed(numbers if generation is None else [generation]):
            made = self._newest(kind, word, number, at=at)
            if made is not None:
                return made
        self.scope(kind, word)
        raise Missing(
            f"no {kind.value} list of {word} is out at {at:%Y-%m-%dT%H:%M:%SZ}; one comes out "
            "with the first certificate that is issued there"
        )

    def find(self, kind: Kind, generation: int, word: str, *, at: datetime) -> Made | None:
        """Return the newest list of one CA key and scope; None if none is out."""
        return self._newest(kind, word, generation, at=at)

    def all_newest(self, *, at: datetime) -> list[Made]:
        """Return every list that is out at *at*, one for each CA key and scope."""
        return [
            made
            for kind in Kind
            for generation in self.authority.generations(kind, at=at)
            for word in self.scopes(kind, generation.number, at=at)
            if (made := self._newest(kind, word, generation.number, at=at)) is not None
        ]

    def publish(
        self, kinds: tuple[Kind, ...], words: Iterable[str] = (), *, at: datetime
    ) -> list[Made]:
        """
        Publish lists now, of every scope unless *words* names some.

        Where one came out this very second, all of these come out a second later: two
        lists of one scope never share a moment, or a number.
        """
        newest = self.store.newest()
        if newest is not None and at < newest:
            raise TooEarly(at, newest)
        wanted = tuple(words)
        for word in wanted:
            for kind in kinds:
                self.newest(kind, word, at=at)
        with self.store.writing():
            chosen = [
                made
                for made in self.all_newest(at=at)
                if made.kind in kinds and (not wanted or made.word in wanted)
            ]
            if any(made.request.this_update >= at for made in chosen):
                at += timedelta(seconds=1)
            for made in chosen:
                word = made.word
                seq = self.store.append(
                    at,
                    "list-published",
                    f"ca/{made.kind.value}",
                    generation=made.generation,
                    scope=word,
                )
                row = (seq, made.kind.value, made.generation, word, to_seconds(at))
                self.store.insert("publications", row)
        return [
            self.newest(made.kind, made.word, generation=made.generation, at=at) for made in chosen
        ]

    def next_moment(self, *, at: datetime) -> datetime:
        """Say when the lists of the next night come out."""
        return schedule(at).next_publication(at)

    def bytes(self, made: Made) -> bytes:
        """
        Sign a list, once; the same list has the same bytes (ECDSA is deterministic).

        The number alone does not say which it is: asked about a day to come, the world
        answers as of now, and may say more when that day is here.
        """
        key = (made.kind, made.generation, made.word, made.request.number)
        known = self._bytes.get(key)
        if known is None or known[0] != made.request:
            request = replace(made.request, entries=self._body(made))
            known = (made.request, build_list(self._template(made), request))
            self._bytes[key] = known
        return known[1]

    def _body(self, made: Made) -> Body:
        """Encode the entries of a list; what the one before it had is not encoded again."""
        key = (made.kind, made.generation, made.word)
        wanted = frozenset(made.entries)
        had, body = self._bodies.get(key, (frozenset[Entry](), Body()))
        fresh = wanted - had
        if len(fresh) > MANY:
            body = encode_entries(made.entries)
        else:
            gone = {entry.serial for entry in had} - {entry.serial for entry in wanted}
            body = without(body, gone) if gone else body
            for entry in fresh:
                body = with_entry(body, entry)
        self._bodies[key] = (wanted, body)
        return body

    def _template(self, made: Made) -> Template:
        key = (made.kind, made.generation, made.word)
        if key not in self._templates:
            generation = self.authority.generations(made.kind)[made.generation - 1]
            issuer = self.authority.issuer(generation)
            self._templates[key] = template(issuer, self.scope(made.kind, made.word))
        return self._templates[key]

    def _newest(self, kind: Kind, word: str, generation: int, *, at: datetime) -> Made | None:
        planned = self._schedule(kind, generation, word)
        out = planned.newest(at) if planned else None
        if out is None:
            return None
        entries = tuple(
            entry
            for entry, not_after in self._entries(kind, generation, word, out)
            if still_listed(not_after, this_update=out.this_update)
        )
        request = ListRequest(
            number=out.number,
            this_update=out.this_update,
            next_update=out.this_update + LIFETIME,
            entries=entries,
        )
        return Made(kind=kind, generation=generation, word=word, request=request, entries=entries)

    def _schedule(self, kind: Kind, generation: int, word: str) -> Schedule | None:
        first = self._first(kind, generation, word)
        if first is None:
            return None
        return schedule(first, self._by_hand(kind, generation, word))

    def _first(self, kind: Kind, generation: int, word: str) -> datetime | None:
        """Return when a scope got its first certificate, and so its first list."""
        if word in (ARL, FULL_WORD):
            known = self.authority.generations(kind)
            return known[generation - 1].not_before if generation <= len(known) else None
        found = self.store.rows(
            "SELECT MIN(at) FROM certificates WHERE ca = ? AND generation = ? AND scope = ?",
            kind.value,
            generation,
            word,
        )
        return None if found[0][0] is None else to_moment(found[0][0])

    def _by_hand(self, kind: Kind, generation: int, word: str) -> dict[datetime, int]:
        """Return the lists published by hand: moment, and number of the journal entry."""
        found = self.store.rows(
            "SELECT at, seq FROM publications "
            "WHERE ca = ? AND generation = ? AND scope = ? ORDER BY at",
            kind.value,
            generation,
            word,
        )
        return {to_moment(at): seq for at, seq in found}

    def _entries(
        self, kind: Kind, generation: int, word: str, out: Publication
    ) -> list[tuple[Entry, datetime]]:
        """
        Return what a list must name, with each certificate's notAfter.

        A list of the night says what was in the journal before that second; one published
        by hand what was in it before its own entry.
        """
        seq = self._by_hand(kind, generation, word).get(out.this_update)
        until = ("s.seq < ?", seq) if seq else ("s.at < ?", to_seconds(out.this_update))
        if word == ARL:
            return self._compromised(kind, generation, *until)
        where = "" if word == FULL_WORD else "AND c.scope = ?"
        found = self.store.rows(
            f"""SELECT s.serial, s.since, s.reason, c.not_after, s.seq FROM standings AS s
                JOIN certificates AS c ON c.ca = s.ca AND c.serial = s.serial
                WHERE c.ca = ? AND c.generation = ? {where} AND {until[0]} AND s.since <= ?
                ORDER BY s.seq""",
            kind.value,
            generation,
            *(() if word == FULL_WORD else (word,)),
            until[1],
            to_seconds(out.this_update),
        )
        if word == FULL_WORD:
            found += self._services(kind, generation, *until, to_seconds(out.this_update))
        newest = {serial: (since, reason, ends) for serial, since, reason, ends, _ in found}
        return [
            (Entry(serial=serial, since=to_moment(since), reason=Reason(reason)), to_moment(ends))
            for serial, (since, reason, ends) in sorted(newest.items())
        ]

    def _services(
        self, kind: Kind, generation: int, until: str, limit: int, this_update: int
    ) -> list[tuple[int, int, str, int, int]]:
        """Return revoked time-stamping authorities, which only the list of everything names."""
        rows = self.store.rows(
            f"SELECT s.value, s.seq FROM states AS s WHERE s.noun = ? AND {until} ORDER BY s.seq",
            STAMPING,
            limit,
        )
        known = [(json.loads(value), seq) for value, seq in rows]
        return [
            (each["serial"], each["since"], each["reason"], each["not_after"], seq)
            for each, seq in known
            if (each["ca"], each["generation"]) == (kind.value, generation)
            and each.get("since", this_update + 1) <= this_update
        ]

    def _compromised(
        self, kind: Kind, generation: int, until: str, limit: int
    ) -> list[tuple[Entry, datetime]]:
        """Return the CA certificate itself, if its key was announced to be compromised."""
        authority = self.authority.generations(kind)[generation - 1]
        found = self.store.rows(
            "SELECT s.since, s.reason FROM standings AS s "
            f"WHERE s.ca = ? AND s.serial = ? AND {until}",
            kind.value,
            authority.serial,
            limit,
        )
        return [
            (
                Entry(serial=authority.serial, since=to_moment(since), reason=Reason(reason)),
                authority.not_after,
            )
            for since, reason in found[-1:]
        ]
