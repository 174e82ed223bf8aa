"""
The window for PINs: they are entered, changed and set anew, and every try is counted.
"""

from collections.abc import Callable
from datetime import datetime

from ca import card as cards
from ca.card import Attempt, Card
from ca.events import EventDesk
from ca.lifecycle import Good
from ca.pins import KIND_OF, PIN_OF
from pki.keys import PrivateKey
from pki.kinds import Channel, Event, Kind, Pin


class PinDesk(EventDesk):
    """Where a card is asked, and believed before anybody hears the answer."""

    def enter_pin(self, identifier: str, kind: Kind, value: str, *, at: datetime) -> PrivateKey:
        """
        Enter a PIN to use a key once; the counter is stored before anybody hears the answer.

        Raises WrongPin or PinLocked.
        """
        card = self._entered(
            identifier, PIN_OF[kind], lambda card: cards.unlock(card, kind, value), at=at
        )
        return self.authority.key(int(card.slots[kind].key))

    def check_pin(self, identifier: str, pin: Pin, value: str, *, at: datetime) -> None:
        """Enter a PIN for the counter to see, which uses no key; WrongPin or PinLocked."""
        self._entered(identifier, pin, lambda card: cards.verify_pin(card, pin, value), at=at)

    def try_pin(self, identifier: str, pin: Pin, value: str, *, at: datetime) -> Attempt:
        """Enter a PIN for a reader of status words, who is told what came of it."""
        return self._attempt(
            identifier, pin, lambda card: cards.verify_pin(card, pin, value), at=at
        )

    def change_pin(
        self,
        identifier: str,
        pin: Pin,
        old: str,
        new: str,
        *,
        channel: Channel,
        at: datetime,
        any_form: bool = False,
    ) -> None:
        """Change a known PIN by one of the ways that there are for it [J 10.4]."""
        self._entered(
            identifier,
            pin,
            lambda card: cards.change_pin(card, pin, old, new, channel, any_form=any_form),
            at=at,
            event=Event.PIN_CHANGED,
        )

    def reset_pin(self, identifier: str, pin: Pin, new: str, *, at: datetime) -> None:
        """Set a PIN anew at the counter."""
        with self.store.writing():
            card = cards.reset_pin(self.register.card_of(identifier), pin, new)
            seq = self.store.append(at, Event.PIN_RESET.value, identifier, pin=pin.value)
            self.register.put_card(seq, at, card)

    def reset_pin_at_store(
        self, identifier: str, pin: Pin, new: str, other: str, *, at: datetime
    ) -> None:
        """Set a PIN anew at a kiosk, on the strength of the other certificate [J 10.4]."""

        def attempted(card: Card) -> Attempt:
            valid = pin in KIND_OF and self.is_valid(card, KIND_OF[pin].other, at=at)
            return cards.reset_pin_at_store(card, pin, new, other, other_is_valid=valid)

        tried = PIN_OF[KIND_OF[pin].other] if pin in KIND_OF else pin
        self._entered(identifier, tried, attempted, at=at, event=Event.PIN_RESET)

    def is_valid(self, card: Card, kind: Kind, *, at: datetime) -> bool:
        """Tell whether the card's certificate of a kind is good and within its dates."""
        issued = self.register.current(card, kind)
        return (
            issued is not None
            and issued.not_before <= at <= issued.not_after
            and self.register.standing(kind, issued.serial, at=at) == Good()
        )

    def _entered(
        self,
        identifier: str,
        pin: Pin,
        attempted: Callable[[Card], Attempt],
        *,
        at: datetime,
        event: Event | None = None,
    ) -> Card:
        """Try a PIN, and raise what a failure amounts to."""
        attempt = self._attempt(identifier, pin, attempted, at=at, event=event)
        cards.refusal(attempt, pin)
        return attempt.card

    def _attempt(
        self,
        identifier: str,
        pin: Pin,
        attempted: Callable[[Card], Attempt],
        *,
        at: datetime,
        event: Event | None = None,
    ) -> Attempt:
        """
        Try a PIN on the card as it stands, and store what came of it before anybody hears.

        The card is read under the lock, for two who guess at once share the tries.  What
        only turns the counter is entered at the journal's end where *at* lies before it: a
        guess about the past would cost nothing otherwise.
        """
        with self.store.writing():
            before = self.register.card_of(identifier)
            attempt = attempted(before)
            if event is None or not attempt.ok:
                at = max(at, self.store.newest() or at)
            if not attempt.ok:
                locked = attempt.locked and attempt.compared
                what = Event.PIN_LOCKED.value if locked else "pin-failed"
                left = attempt.tries_left
                seq = self.store.append(at, what, identifier, pin=pin.value, left=left)
            elif event is not None or attempt.card != before:
                seq = self.store.append(at, event.value if event else "pin-right", identifier)
            else:
                return attempt
            self.register.put_card(seq, at, attempt.card)
        return attempt
