"""
The card of a resident as a chip: files, counters and keys of one world's store.

What other processes do to the card is seen at the next SELECT, for a look at the journal's
end tells whether anything has happened at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from time import sleep

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ca.card import GONE
from ca.printed_numbers import enter_number, tries_left
from harness.card.contents import (
    NUMBERS,
    OWN,
    PINS,
    Person,
    contents,
    printed_numbers,
)
from harness.card.files import Contents
from harness.card.interpreter import Entered
from harness.card.my_number import my_number
from harness.card.switches import CardSwitches
from harness.card.tokens import TOKENS, Token
from harness.world import World
from pki import pkcs1
from pki.errors import CardGone, NotOnCard, PinLocked, Unacceptable, WrongPin
from pki.keys import PrivateKey, load_private
from pki.kinds import Channel, Event, Kind


class Keeper:
    """
    The chip of the card that a resident holds when it is inserted.

    A card that was returned or replaced is in nobody's hands: CardGone, from then on.
    """

    def __init__(
        self,
        world: World,
        identifier: str,
        *,
        token: Token = Token.CARD,
        switches: CardSwitches | None = None,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self.world = world
        self.identifier = identifier
        self.serial = world.register.card_of(identifier).serial
        self._token = TOKENS[token]
        self._switches = switches or CardSwitches()
        self._pause = pause
        self._keys: dict[int, PrivateKey] = {}
        self._seen: tuple[int, Person, Contents] | None = None

    def contents(self) -> Contents:
        return self._now()[1]

    def enter(self, reference: str, value: bytes) -> Entered:
        text = value.decode("latin-1")
        with self.world.store.writing():  # where the settings are read again, the clock too
            at = self.world.now()
            pin = PINS.get(reference)
            if pin is not None:
                tried = self.world.office.try_pin(self.identifier, pin, text, at=at)
                return Entered(tried.ok, tried.tries_left, tried.compared)
            person, _ = self._now()
            limit = self._switches.number("number-tries")
            right = printed_numbers(person)[reference]
            store, card = self.world.store, person.card
            number = enter_number(store, card, reference, text, right, limit=limit, at=at)
            return Entered(number.ok, number.tries_left, number.compared)

    def change(self, reference: str, old: bytes, new: bytes) -> bool:
        with self.world.store.writing():
            return self._changed(reference, old.decode("latin-1"), new.decode("latin-1"))

    def _changed(self, reference: str, old: str, new: str) -> bool:
        try:
            self.world.office.change_pin(
                self.identifier,
                PINS[reference],
                old,
                new,
                channel=Channel.CLIENT,
                at=self.world.now(),
                any_form=self._switches.value("pin-form") == "any",
            )
        except (WrongPin, PinLocked):
            return False
        return True

    def unblock(self, reference: str, new: bytes) -> None:
        with self.world.store.writing():
            at = self.world.now()
            text = new.decode("latin-1")
            self.world.office.reset_pin(self.identifier, PINS[reference], text, at=at)

    def sign(self, key: str, mode: int, data: bytes) -> bytes | None:
        if milliseconds := self._switches.number("delay"):
            self._pause(milliseconds / 1000)
        try:
            return MODES[mode](self._key(key), data)
        except Unacceptable:  # of the next card's keys, whose commands nobody has published
            return None

    def _key(self, name: str) -> PrivateKey:
        if name == OWN:
            return own_key()
        person, _ = self._now()
        slot = person.card.slots.get(Kind(name))
        if slot is None:
            raise NotOnCard(Kind(name))
        number = int(slot.key)
        if number not in self._keys:
            self._keys[number] = self.world.authority.key(number)
        return self._keys[number]

    def _now(self) -> tuple[Person, Contents]:
        """Return what the store says; what it said before, if nothing has happened since."""
        [(newest,)] = self.world.store.rows("SELECT MAX(seq) FROM journal")
        if self._seen is None or self._seen[0] != newest:
            person = self._person()
            made = contents(person, self._token, self._switches)
            self._seen = (newest, person, made)
        return self._seen[1:]

    def _person(self) -> Person:
        register = self.world.register
        card = register.card_of(self.identifier)
        if card.serial != self.serial:
            raise CardGone("replaced")
        if card.state in GONE:
            raise CardGone(card.state.value)
        issued = {
            kind: register.certificate(kind, s.serial_number) for kind, s in card.slots.items()
        }
        resident = register.resident(self.identifier)
        limit = self._switches.number("number-tries")
        return Person(
            resident=resident,
            card=card,
            number=number_of(self.world, self.identifier),
            municipality=next((each.scope for each in issued.values()), resident.municipality),
            certificates={kind: register.der(kind, one.serial) for kind, one in issued.items()},
            authorities={
                kind: self.world.authority.generations(kind)[one.generation - 1].certificate
                for kind, one in issued.items()
            },
            number_tries={
                reference: tries_left(self.world.store, card, reference, limit)
                for reference in NUMBERS
            },
            own_modulus=own_modulus(),
        )


def number_of(world: World, identifier: str) -> str:
    """Return the My Number of a resident, made up of when they were registered."""
    entries = world.store.rows(
        "SELECT seq, what FROM journal WHERE subject = ? ORDER BY seq", identifier
    )
    changes = sum(what == Event.NUMBER_CHANGED.value for _, what in entries)
    return my_number(entries[0][0], changes)


@cache
def own_key() -> RSAPrivateKey:
    """Load the key that every card here has for itself: published, so it proves nothing."""
    der = files("harness.card").joinpath("own_key.der").read_bytes()
    key = load_private(der, ours=True)
    assert isinstance(key, RSAPrivateKey)
    return key


@cache
def own_modulus() -> bytes:
    return own_key().public_key().public_numbers().n.to_bytes(256)


def _bare_hash(key: PrivateKey, data: bytes) -> bytes:
    return pkcs1.sign_verbatim(key, sha256(data).digest())


def _message(key: PrivateKey, data: bytes) -> bytes:
    return pkcs1.sign_verbatim(key, pkcs1.digest_info(sha256(data).digest()))


def _pss(key: PrivateKey, data: bytes) -> bytes:
    return pkcs1.sign_pss(key, sha256(data).digest())


def _digest(key: PrivateKey, data: bytes) -> bytes:
    return pkcs1.sign_verbatim(key, pkcs1.digest_info(data))


# What P1 of the signing command asks for [CARD A5].
MODES: dict[int, Callable[[PrivateKey, bytes], bytes]] = {
    0x00: pkcs1.sign_verbatim,
    0x01: _bare_hash,
    0x02: _digest,
    0x03: _message,
    0x04: pkcs1.sign_pss,
    0x05: _pss,
}
