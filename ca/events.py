"""
Where life meets the register: new residents, moves, names, deaths, and what they revoke.

Every change is one transaction: the entry, the new state, the standings.  Only a dead
resident refuses events, only a request that names a revoked certificate is refused [D 7].
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ca import card as cards
from ca.authority import Authority
from ca.card import CardState
from ca.issuance import Chances, Issuance, reckoned_birth
from ca.lifecycle import Abroad, Effect, Good, Revoked, Standing, Switches, after, granted
from ca.municipalities import issuing, of_address
from ca.register import Issued, Register
from ca.residents import Resident, check_birth, check_identifier, moved
from ca.store import Store
from pki.errors import NotOnCard, ResidentDied, TooEarly, Unacceptable
from pki.kinds import Algorithm, Event, Kind, Request, Sex
from pki.repertoire import full_width, prepare_address, prepare_name
from pki.validity import card_last_day, day_in_jst


class EventDesk:
    """Where residents are registered, and life is reported."""

    def __init__(self, store: Store, authority: Authority, chances: Chances) -> None:
        self.store = store
        self.authority = authority
        self.register = Register(store)
        self.issuance = Issuance(store, self.register, authority, chances)

    @property
    def switches(self) -> Switches:
        return Switches(
            abroad=Abroad(self.store.setting("abroad", Abroad.BY_DATE.value)),
            effect=Effect(self.store.setting("effect", Effect.AT_ONCE.value)),
        )

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm(self.store.setting("algorithm"))

    def add(
        self,
        identifier: str,
        *,
        name: str,
        born: date | None,
        sex: Sex,
        address: str,
        at: datetime,
        substitutes: Mapping[str, str] | None = None,
        stay_ends_on: date | None = None,
        guardianship: bool = False,
    ) -> Resident:
        """Register a new resident; what cannot stand in a certificate is refused now."""
        check_identifier(identifier)
        check_birth(born, on=day_in_jst(at))
        chosen = dict(substitutes or {})
        prepare_name(name, choices=chosen)
        prepare_address(address, choices=chosen)
        place = of_address(spelled_address(address))
        issuing(place, designated_city="ward")
        resident = Resident(
            identifier=identifier,
            name=spelled_name(name),
            born=born,
            sex=sex,
            address=spelled_address(address),
            municipality=place.code,
            substitutes=chosen,
            stay_ends_on=stay_ends_on,
            guardianship=guardianship,
        )
        with self.store.writing():
            if self.store.state("resident", identifier) is not None:
                raise Unacceptable(
                    f"there is a resident {identifier!r} already; choose another --id"
                )
            seq = self.store.append(at, "resident-added", identifier)
            self.register.put_resident(seq, at, resident)
        return resident

    def move(self, identifier: str, *, address: str, at: datetime) -> Resident:
        """Report a new address, in the same municipality or another."""
        prepare_address(address)
        spelled = spelled_address(address)
        place = of_address(spelled)
        issuing(place, designated_city="ward")
        with self.store.writing():  # reading, too, or one of two changes at once is lost
            before = self.register.resident(identifier)
            if before.address == spelled and before.left_on is None:
                raise Unacceptable(
                    f"the resident {identifier!r} lives at that address already; give the new one"
                )
            event = Event.MOVED_WITHIN if place.code == before.municipality else Event.MOVED
            become = moved(before, address=spelled, municipality=place.code)
            return self.report(event, identifier, at=at, become=become)

    def rename(self, identifier: str, *, name: str, at: datetime) -> Resident:
        """Report a new name."""
        with self.store.writing():
            before = self.register.resident(identifier)
            prepare_name(name, choices=before.substitutes)
            spelled = spelled_name(name)
            if spelled == before.name:
                raise Unacceptable(
                    f"the resident {identifier!r} bears that name already; give the new one"
                )
            become = replace(before, name=spelled)
            return self.report(Event.RENAMED, identifier, at=at, become=become)

    def correct(
        self, identifier: str, *, born: date | None = None, sex: Sex | None = None, at: datetime
    ) -> Resident:
        """Correct the date of birth, the sex, or both; each is an event of its own."""
        check_birth(born, on=day_in_jst(at))
        with self.store.writing():
            before = changed = self.register.resident(identifier)
            if born in (None, before.born) and sex in (None, before.sex):
                raise Unacceptable(
                    f"the record of resident {identifier!r} says so already; give what is different"
                )
            if born is not None and born != before.born:
                changed = replace(changed, born=born)
                self.report(Event.BIRTH_CORRECTED, identifier, at=at, become=changed)
            if sex is not None and sex is not before.sex:
                changed = replace(changed, sex=sex)
                self.report(Event.SEX_CORRECTED, identifier, at=at, become=changed)
        return changed

    def report(
        self,
        event: Event,
        identifier: str,
        *,
        at: datetime,
        become: Resident | None = None,
        **detail: Any,
    ) -> Resident:
        """Enter an event, and let it happen to the resident, the card and the certificates."""
        with self.store.writing():
            resident = self.living(identifier)
            seq = self.store.append(at, event.value, identifier, **detail)
            resident = become or resident
            on = day_in_jst(at)
            if event is Event.DIED:
                resident = replace(resident, died_on=on)
            elif event is Event.LEFT:
                resident = replace(resident, left_on=on)
            elif event is Event.RECORD_DELETED:
                resident = replace(resident, deleted=True)
            self.register.put_resident(seq, at, resident)
            card = self.register.card(identifier)
            if card is not None:
                changed = cards.card_after(event, card, at=at, switches=self.switches)
                if changed != card:
                    self.register.put_card(seq, at, changed)
            for issued in self.register.certificates(identifier):
                standing = self.register.standing(issued.kind, issued.serial)
                self._stand(
                    seq,
                    issued,
                    standing,
                    after(event, issued.kind, standing, at=at, switches=self.switches),
                    at=at,
                )
        return resident

    def request(self, request: Request, identifier: str, kind: Kind, *, at: datetime) -> Issued:
        """Grant a holder's request about the certificate that the card holds for *kind*."""
        with self.store.writing():
            self.living(identifier)
            issued = self.register.current(self.register.card_of(identifier), kind)
            if issued is None:
                raise NotOnCard(kind)
            standing = self.register.standing(kind, issued.serial)
            become = granted(request, standing, at=at, switches=self.switches)
            seq = self.store.append(
                at, request.value, identifier, kind=kind.value, serial=issued.serial
            )
            self._stand(seq, issued, standing, become, at=at)
        return issued

    def extend_stay(self, identifier: str, *, until: date, at: datetime) -> Resident:
        """Extend a residence period; a card that has not expired yet goes along [J 10.1]."""
        with self.store.writing():
            resident = self.living(identifier)
            if resident.stay_ends_on is None:
                raise Unacceptable(
                    f"the stay of resident {identifier!r} is not limited, and nothing extends it"
                )
            if until <= resident.stay_ends_on:
                raise Unacceptable(
                    f"the stay of resident {identifier!r} lasts to {resident.stay_ends_on} "
                    "already; give a later day"
                )
            longer = replace(resident, stay_ends_on=until)
            changed = self.report(Event.STAY_EXTENDED, identifier, at=at, become=longer)
            card = self.register.card(identifier)
            if card and card.state is CardState.ACTIVE and card.expires_on >= day_in_jst(at):
                ends = card_last_day(
                    reckoned_birth(longer, on=card.issued_on),
                    card.issued_on,
                    until,
                    self.algorithm,
                ).day
                seq = self.store.append(at, "card-extended", identifier, until=ends.isoformat())
                self.register.put_card(seq, at, replace(card, expires_on=ends))
        return changed

    def living(self, identifier: str) -> Resident:
        resident = self.register.resident(identifier)
        if resident.died_on is not None:
            raise ResidentDied(identifier)
        return resident

    def _stand(
        self, seq: int, issued: Issued, before: Standing, become: Standing, *, at: datetime
    ) -> None:
        if become == before or isinstance(become, Good) or issued.not_after < at:
            return
        if isinstance(before, Revoked):
            return
        self.register.put_standing(seq, at, issued.kind, issued.serial, become)

    def _not_before_the_newest(self, at: datetime) -> None:
        newest = self.store.newest()
        if newest is not None and at < newest:
            raise TooEarly(at, newest)


def spelled_name(name: str) -> str:
    """Spell a name as the record has it: full width, one U+3000; no substitutes yet."""
    return "\u3000".join(full_width(name).split())


def spelled_address(address: str) -> str:
    """Spell an address as the record has it: full width throughout."""
    return full_width(address).strip("\u3000")
