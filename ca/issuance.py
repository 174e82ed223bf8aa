"""
Making cards and certificates: what is certified, until when, and in which order.

Whoever calls has decided that it may be done and holds the store's write lock; nothing here
asks about procedures.  In a double issue the authentication certificate comes first, for its
last day limits the other [J 10.2].
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from ca.authority import Authority, Generation
from ca.card import Card, Slot, personalise, put
from ca.lifecycle import Good
from ca.municipalities import Municipality, by_code, issuing
from ca.pins import PIN_OF, Chance, draw
from ca.register import Issued, Register
from ca.residents import Resident
from ca.store import Store, to_seconds
from pki.certificate.write import Subject
from pki.eras import birth_code
from pki.four_items import SEX_CODES, FourItems
from pki.keys import spki_of
from pki.kinds import Kind, Pin
from pki.names import Name, auth_identifier, auth_subject, sign_identifier, sign_subject
from pki.repertoire import GETA, to_repertoire
from pki.validity import JST, age_on, day_in_jst, is_renewal, last_day, last_second

CN_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AUTH_FIRST = (Kind.AUTH, Kind.SIGN)
RECKONED_AGE = 40  # years, of holders whose birth is unknown; inferred, no source [J 2.3]

Chances = Callable[[str], Chance]
"""Gives the chance for one purpose, named by a label; a seed gives each label its own."""


@dataclass(frozen=True, slots=True)
class Issuance:
    """The back room of the counter: the store, the authorities, and chance."""

    store: Store
    register: Register
    authority: Authority
    chances: Chances

    def reserve(self, kinds: tuple[Kind, ...], *, at: datetime) -> dict[Kind, int]:
        """Commit a serial number for each kind, in a transaction of its own [D 6]."""
        return {kind: self.authority.reserve(kind, 1, at=at)[0] for kind in kinds}

    def certify(
        self, resident: Resident, card: Card, kind: Kind, serial: int, *, seq: int, at: datetime
    ) -> tuple[Card, Issued]:
        """Issue one certificate onto a card, and return the card that holds it."""
        place = issuing(
            by_code(resident.municipality),
            designated_city="city" if self.store.setting("designated_city") == "city" else "ward",
        )
        generation = self.authority.issuing(kind, at=at)
        renewal = self.renews(card, kind, at=at)
        ending = last_day(
            kind,
            born=reckoned_birth(resident, on=day_in_jst(at)),
            issued_on=day_in_jst(at),
            renewal=renewal,
            card_expires_on=card.expires_on,
            auth_ends_on=self._auth_ends_on(card, at=at),
            algorithm=generation.algorithm,
        )
        key_id, key = self.authority.new_key(generation.algorithm)
        subject = Subject(
            serial=serial,
            not_before=at,
            not_after=last_second(ending.day),
            name=self._subject(kind, serial, place, at=at),
            spki=spki_of(key),
            items=four_items(resident, self.store.setting("substitute") or GETA)
            if kind is Kind.SIGN
            else None,
        )
        der = self.authority.certify(
            generation, (place.prefecture_romaji, place.name_romaji), subject
        )
        issued = Issued(
            kind=kind,
            serial=serial,
            generation=generation.number,
            resident=resident.identifier,
            card=card.serial,
            scope=place.code,
            renewal=renewal,
            at=at,
            not_before=subject.not_before,
            not_after=subject.not_after,
            key=key_id,
        )
        self._enter(issued, der, seq)
        slot = Slot(serial_number=serial, generation=str(generation.number), key=str(key_id))
        return put(card, kind, slot), issued

    def secrets(self, card_serial: str, wanted: Mapping[Pin, str]) -> dict[Pin, str]:
        """Return the four PINs: those that were chosen, and drawn ones for the rest."""
        chance = self.chances(f"pins/{card_serial}")
        return {pin: wanted[pin] if pin in wanted else draw(pin, chance) for pin in Pin}

    def renews(self, card: Card, kind: Kind, *, at: datetime) -> bool:
        """Tell whether one issued now counts as the renewal of the one before [J 10.2]."""
        before = self.register.current(card, kind)
        if before is None or self.register.standing(kind, before.serial, at=at) != Good():
            return False
        algorithm = self._generation_of(before).algorithm
        return is_renewal(day_in_jst(before.not_after), on=day_in_jst(at), algorithm=algorithm)

    def _generation_of(self, issued: Issued) -> Generation:
        return self.authority.generations(issued.kind)[issued.generation - 1]

    def _auth_ends_on(self, card: Card, *, at: datetime) -> date | None:
        held = self.register.current(card, Kind.AUTH)
        if held is None or held.not_after < at:
            return None
        if self.register.standing(Kind.AUTH, held.serial, at=at) != Good():
            return None
        return day_in_jst(held.not_after)

    def _subject(self, kind: Kind, serial: int, place: Municipality, *, at: datetime) -> Name:
        if kind is Kind.SIGN:
            requested = f"{at.astimezone(JST):%Y%m%d%H%M%S}"
            identifier = sign_identifier(requested, serial, place.code)
            return sign_subject(place.prefecture_romaji, place.name_romaji, identifier)
        chance = self.chances(f"auth-cn/{serial}")
        drawn = "".join(CN_CHARACTERS[chance(len(CN_CHARACTERS))] for _ in range(14))
        return auth_subject(auth_identifier(drawn, place.code))

    def _enter(self, issued: Issued, der: bytes, seq: int) -> None:
        self.store.insert(
            "certificates",
            (
                issued.kind.value,
                issued.serial,
                issued.generation,
                issued.resident,
                issued.card,
                issued.scope,
                int(issued.renewal),
                to_seconds(issued.at),
                to_seconds(issued.not_before),
                to_seconds(issued.not_after),
                issued.key,
                der,
                seq,
            ),
        )
        self.store.append(
            issued.at,
            "certificate-issued",
            issued.resident,
            kind=issued.kind.value,
            serial=issued.serial,
            generation=issued.generation,
            sha256=sha256(der).hexdigest(),
        )


def four_items(resident: Resident, glyph: str) -> FourItems:
    """Put a resident's record into the words of a signature certificate [J 2.3]."""
    name = to_repertoire(resident.name, substitute=glyph, choices=resident.substitutes)
    address = to_repertoire(resident.address, substitute=glyph, choices=resident.substitutes)
    return FourItems(
        name=name.text,
        born=birth_code(resident.born),
        sex=SEX_CODES[resident.sex],
        address=address.text,
        name_flags=name.flags,
        address_flags=address.flags,
    )


def reckoned_birth(resident: Resident, *, on: date) -> date:
    """Return the day from which years are counted; of unknown births one that makes an adult."""
    if resident.born is not None:
        return resident.born
    return date(on.year - RECKONED_AGE, 1, 1)


def age(resident: Resident, *, on: date) -> int:
    return age_on(reckoned_birth(resident, on=on), on)


def with_pin(card: Card, kind: Kind, secret: str) -> Card:
    """Give the card the PIN of a certificate that is added later, if it has none yet."""
    pin = PIN_OF[kind]
    return card if pin in card.pins else personalise(card, pin, secret)
