"""
The municipal counter (窓口): cards and certificates are handed over here.

Events are reported one door on, in ca/events, and PINs are entered at ca/pin_desk.  What
the applicant must bring is not asked here but in ca/applications; this is what happens
once it is granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ca import card as cards
from ca.card import Card, CardState, new_card
from ca.eligibility import NotAllowed, may_have
from ca.issuance import AUTH_FIRST, age, reckoned_birth, with_pin
from ca.lifecycle import Abroad, after
from ca.pin_desk import PinDesk
from ca.pins import KIND_OF, PIN_OF, check
from ca.register import Issued
from ca.residents import Resident
from pki.errors import NotEligible, NotNewest, NotPermitted
from pki.kinds import Event, Kind, Pin
from pki.validity import card_last_day, day_in_jst


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """
    What is handed over the counter.

    Attributes:
        card: The card.
        certificates: Those that were just written on it.
        drawn: PINs that nobody chose, to be shown once.
        declined: Why a kind is not on the card, in the order asked for.
    """

    card: Card
    certificates: tuple[Issued, ...]
    drawn: Mapping[Pin, str]
    declined: tuple[tuple[Kind, NotAllowed], ...] = ()


class Office(PinDesk):
    """The residents' counters of one world, all behind one desk."""

    def issue_card(
        self,
        identifier: str,
        *,
        at: datetime,
        pins: Mapping[Pin, str] | None = None,
        without: frozenset[Kind] = frozenset(),
        instead: bool = False,
        even_so: bool = False,
    ) -> Handed:
        """
        Issue a card with the certificates that the resident may have and does not decline.

        *instead* replaces the card before; *even_so* issues what is refused only as a rule.
        """
        resident = self._resident_here(identifier)
        self._not_before_the_newest(at)
        self._check_card_before(identifier, instead)
        for pin, secret in (pins or {}).items():
            check(pin, secret)
        declined = () if even_so else self._declined(resident, at=at)
        kinds = tuple(
            kind
            for kind in AUTH_FIRST
            if kind not in without and kind not in {refused for refused, _ in declined}
        )
        on = day_in_jst(at)
        ends = card_last_day(
            reckoned_birth(resident, on=on), on, resident.stay_ends_on, self.algorithm
        ).day
        serials = self.issuance.reserve(kinds, at=at)
        with self.store.writing():
            self._check_card_before(identifier, instead)  # again, lest two are issued at once
            resident = self._resident_here(identifier)
            number = f"{self._next_card():08d}"
            secrets = self.issuance.secrets(number, pins or {})
            kept = {
                pin: secret
                for pin, secret in secrets.items()
                if pin not in KIND_OF or KIND_OF[pin] in kinds
            }
            card = new_card(
                serial=number, holder=identifier, issued_on=on, expires_on=ends, secrets=kept
            )
            if instead:
                self.report(Event.CARD_REISSUED, identifier, at=at)
            seq = self.store.append(at, "card-issued", identifier, card=number)
            self.register.put_card(seq, at, card)
            card, made = self._certify_all(resident, card, serials, seq, at=at)
        drawn = {pin: secret for pin, secret in kept.items() if pin not in (pins or {})}
        return Handed(card=card, certificates=made, drawn=drawn, declined=declined)

    def renew(
        self,
        identifier: str,
        kinds: tuple[Kind, ...] = AUTH_FIRST,
        *,
        at: datetime,
        serial: int | None = None,
        pins: Mapping[Pin, str] | None = None,
        even_so: bool = False,
    ) -> Handed:
        """
        Issue new certificates onto the card: a renewal, or whatever the moment makes of it.

        Inside the window it is a renewal, before it an early issue, after expiry or
        revocation a new issue [J 10.2].  *serial* names the certificate to be renewed and
        must be the newest of its kind.
        """
        self._not_before_the_newest(at)
        ordered = tuple(kind for kind in AUTH_FIRST if kind in kinds)
        self._writable(identifier, ordered, at=at, serial=serial, pins=pins, even_so=even_so)
        serials = self.issuance.reserve(ordered, at=at)
        with self.store.writing():
            resident, card = self._writable(  # again, lest two renew at once
                identifier, ordered, at=at, serial=serial, pins=pins, even_so=even_so
            )
            secrets = self.issuance.secrets(f"{card.serial}/{at:%Y%m%d%H%M%S}", pins or {})
            fresh = [PIN_OF[kind] for kind in ordered if PIN_OF[kind] not in card.pins]
            for kind in ordered:
                card = with_pin(card, kind, secrets[PIN_OF[kind]])
            seq = self.store.append(
                at, Event.RENEWED.value, identifier, kinds=[kind.value for kind in ordered]
            )
            old = [self.register.current(card, kind) for kind in ordered]
            card, made = self._certify_all(resident, card, serials, seq, at=at)
            for before in old:
                if before is not None and before.not_after >= at:
                    standing = self.register.standing(before.kind, before.serial)
                    become = after(Event.RENEWED, before.kind, standing, at=at)
                    self._stand(seq, before, standing, become, at=at)
        drawn = {pin: secrets[pin] for pin in fresh if pin not in (pins or {})}
        return Handed(card=card, certificates=made, drawn=drawn)

    def _resident_here(self, identifier: str) -> Resident:
        resident = self.living(identifier)
        if resident.deleted or (
            resident.left_on is not None and self.switches.abroad is Abroad.REVOKED
        ):
            raise NotPermitted(
                f"the resident {identifier!r} has no residence record any more; "
                f"register the return with `minijpki resident move {identifier}`"
            )
        return resident

    def _declined(self, resident: Resident, *, at: datetime) -> tuple[tuple[Kind, NotAllowed], ...]:
        years = age(resident, on=day_in_jst(at))
        answers = (
            (kind, may_have(kind, age=years, guardianship=resident.guardianship))
            for kind in AUTH_FIRST
        )
        return tuple((kind, each) for kind, each in answers if isinstance(each, NotAllowed))

    def _certify_all(
        self, resident: Resident, card: Card, serials: dict[Kind, int], seq: int, *, at: datetime
    ) -> tuple[Card, tuple[Issued, ...]]:
        made = []
        for kind, serial in serials.items():
            card, issued = self.issuance.certify(resident, card, kind, serial, seq=seq, at=at)
            made.append(issued)
        seq = self.store.append(at, "card-written", resident.identifier, card=card.serial)
        self.register.put_card(seq, at, card)
        return card, tuple(made)

    def _check_card_before(self, identifier: str, instead: bool) -> None:
        before = self.register.card(identifier)
        if before and not instead and before.state in (CardState.ACTIVE, CardState.SUSPENDED):
            raise NotPermitted(
                f"the resident {identifier!r} has a card that is {before.state.value}; "
                f"replace it with `minijpki card reissue {identifier}`"
            )
        if before is None and instead:
            self.register.card_of(identifier)

    def _writable(
        self,
        identifier: str,
        kinds: tuple[Kind, ...],
        *,
        at: datetime,
        serial: int | None,
        pins: Mapping[Pin, str] | None,
        even_so: bool,
    ) -> tuple[Resident, Card]:
        """Return whose card gets new certificates, and the card; refuse if it may not."""
        resident = self._resident_here(identifier)
        card = self.register.card_of(identifier)
        if serial is not None:
            self._check_newest(identifier, kinds, serial)
        cards.require_active(card)
        if not even_so:
            for kind, refused in self._declined(resident, at=at):
                if kind in kinds:
                    raise NotEligible(refused.reason.en)
        if card.expires_on < day_in_jst(at):
            raise NotPermitted(
                f"the card expired on {card.expires_on}, and no certificate outlives its card; "
                f"replace it with `minijpki card reissue {identifier}`"
            )
        for pin, secret in (pins or {}).items():
            check(pin, secret)
            if pin in card.pins or KIND_OF.get(pin) not in kinds:
                raise NotPermitted(
                    f"the {pin.value} PIN is not set with new certificates; "
                    f"change it with `minijpki card change-pin {identifier}`"
                )
        return resident, card

    def _check_newest(self, identifier: str, kinds: tuple[Kind, ...], serial: int) -> None:
        for kind in kinds:
            listed = self.register.certificates(identifier, kind)
            if listed and listed[-1].serial != serial and serial in {c.serial for c in listed}:
                raise NotNewest(
                    f"the {kind.value} certificate {serial:#x} has a successor, "
                    f"{listed[-1].serial:#x}; only the newest is renewed"
                )
            if listed and listed[-1].serial == serial:
                return
        self.register.certificate(kinds[0], serial)
        raise NotPermitted(f"the certificate {serial:#x} is not {identifier!r}'s; name theirs")

    def _next_card(self) -> int:
        sql = "SELECT COUNT(*) FROM journal WHERE what = 'card-issued'"
        return int(self.store.rows(sql)[0][0]) + 1
