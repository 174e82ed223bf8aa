"""
Typed access to what the store remembers: residents, cards, certificates, standings.

Light on purpose, for every command that only shows something comes through here; nothing
below imports cryptography.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ca import residents
from ca.card import Card, CardState, PinState, Slot
from ca.lifecycle import Good, Held, Revoked, Standing
from ca.residents import Resident
from ca.store import Store, to_moment, to_seconds
from pki.errors import Missing, UnknownCertificate, UnknownResident
from pki.kinds import Kind, Pin, Reason

COLUMNS = "ca, serial, generation, resident, card, scope, renewal, at, not_before, not_after, key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """
    One certificate that was issued.

    Attributes:
        kind: Which of the two, and so which CA.
        serial: Unique within that CA, over all its generations.
        generation: Of the CA, from 1.
        resident: Identifier of the holder.
        card: Serial number of the card.
        scope: Code of the issuing municipality, which names the list.
        renewal: Whether it was issued inside the window of the one before.
        at: When it was asked for.
        not_before: UTC.
        not_after: UTC, inclusive.
        key: Of the private key, in the store.
    """

    kind: Kind
    serial: int
    generation: int
    resident: str
    card: str
    scope: str
    renewal: bool
    at: datetime
    not_before: datetime
    not_after: datetime
    key: int


@dataclass(frozen=True, slots=True)
class Register:
    """The residents, cards and certificates of one world."""

    store: Store

    def resident(self, identifier: str, *, at: datetime | None = None) -> Resident:
        """Return a resident as of *at*, now by default; UnknownResident."""
        value = self.store.state("resident", identifier, at=at)
        if value is None:
            raise UnknownResident(identifier)
        return residents.from_json(value)

    def residents(self) -> list[Resident]:
        return [residents.from_json(value) for value in self.store.states("resident")]

    def put_resident(self, seq: int, at: datetime, resident: Resident) -> None:
        value = residents.to_json(resident)
        self.store.put_state(seq, at, "resident", resident.identifier, value)

    def card(self, holder: str, *, at: datetime | None = None) -> Card | None:
        """Return the newest card of a resident, whatever became of it; None without one."""
        value = self.store.state("card", holder, at=at)
        return None if value is None else card_from_json(value)

    def card_of(self, holder: str) -> Card:
        """Return the newest card of a resident, who must have one."""
        self.resident(holder)
        card = self.card(holder)
        if card is None:
            raise Missing(
                f"the resident {holder!r} has no card; "
                f"issue one with `minijpki card issue {holder}`"
            )
        return card

    def put_card(self, seq: int, at: datetime, card: Card) -> None:
        self.store.put_state(seq, at, "card", card.holder, card_to_json(card))

    def certificates(self, holder: str, kind: Kind | None = None) -> list[Issued]:
        """List a resident's certificates, oldest first."""
        sql = f"SELECT {COLUMNS} FROM certificates WHERE resident = ? ORDER BY seq, serial"
        found = [issued(row) for row in self.store.rows(sql, holder)]
        return [each for each in found if kind is None or each.kind is kind]

    def current(self, card: Card | None, kind: Kind) -> Issued | None:
        """Return the certificate that a card holds for a kind."""
        slot = card.slots.get(kind) if card else None
        return self.certificate(kind, slot.serial_number) if slot else None

    def certificate(self, kind: Kind, serial: int) -> Issued:
        """Return a certificate by CA and serial number; UnknownCertificate."""
        sql = f"SELECT {COLUMNS} FROM certificates WHERE ca = ? AND serial = ?"
        countable = serial.bit_length() < 64  # what the store's columns hold
        found = self.store.rows(sql, kind.value, serial) if countable else ()
        if not found:
            raise UnknownCertificate(
                f"the {kind.value} CA issued no certificate {serial:#x}; "
                "see `minijpki resident show ID`"
            )
        return issued(found[0])

    def der(self, kind: Kind, serial: int) -> bytes:
        found = self.store.rows(
            "SELECT der FROM certificates WHERE ca = ? AND serial = ?", kind.value, serial
        )
        return bytes(found[0][0])

    def standing(self, kind: Kind, serial: int, *, at: datetime | None = None) -> Standing:
        """
        Return how a certificate stands as of *at*; by default as the newest entry leaves it.

        A revocation that takes effect the next day is none until then.
        """
        limit, values = ("AND at <= ? AND since <= ?", (to_seconds(at),) * 2) if at else ("", ())
        found = self.store.rows(
            "SELECT since, reason FROM standings WHERE ca = ? AND serial = ? "
            f"{limit} ORDER BY seq DESC LIMIT 1",
            kind.value,
            serial,
            *values,
        )
        return standing_of(*found[0]) if found else Good()

    def put_standing(
        self, seq: int, at: datetime, kind: Kind, serial: int, standing: Held | Revoked
    ) -> None:
        self.store.insert(
            "standings",
            (
                seq,
                kind.value,
                serial,
                to_seconds(at),
                to_seconds(standing.since),
                standing.reason.value,
            ),
        )


def issued(row: tuple[Any, ...]) -> Issued:
    """Read a row of COLUMNS."""
    ca, serial, generation, resident, card, scope, renewal, at, start, end, key = row
    return Issued(
        kind=Kind(ca),
        serial=serial,
        generation=generation,
        resident=resident,
        card=card,
        scope=scope,
        renewal=bool(renewal),
        at=to_moment(at),
        not_before=to_moment(start),
        not_after=to_moment(end),
        key=key,
    )


def standing_of(since: int, reason: str) -> Held | Revoked:
    moment = to_moment(since)
    if reason == Reason.CERTIFICATE_HOLD.value:
        return Held(moment)
    return Revoked(moment, Reason(reason))


def card_to_json(card: Card) -> dict[str, Any]:
    """Write a card as the store keeps one, PINs in clear [D 13]."""
    return {
        "serial": card.serial,
        "holder": card.holder,
        "issued_on": card.issued_on.isoformat(),
        "expires_on": card.expires_on.isoformat(),
        "state": card.state.value,
        "pins": {pin.value: [s.secret, s.tries_left] for pin, s in card.pins.items()},
        "slots": {
            kind.value: [s.serial_number, s.generation, s.key] for kind, s in card.slots.items()
        },
    }


def card_from_json(value: dict[str, Any]) -> Card:
    """Read what `card_to_json` wrote."""
    return Card(
        serial=value["serial"],
        holder=value["holder"],
        issued_on=date.fromisoformat(value["issued_on"]),
        expires_on=date.fromisoformat(value["expires_on"]),
        state=CardState(value["state"]),
        pins={Pin(pin): PinState(*state) for pin, state in value["pins"].items()},
        slots={
            Kind(kind): Slot(serial_number=serial, generation=generation, key=key)
            for kind, (serial, generation, key) in value["slots"].items()
        },
    )
