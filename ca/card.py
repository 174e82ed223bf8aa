"""
The My Number Card: four PINs with their counters, and what it holds for each kind.

Pure: a card is a value and whatever happens to it makes another.  A failed attempt makes
one as well, with a lower counter, and the caller must remember that card before anybody
hears the answer.  So attempts are values; `refusal` turns one into an error for those who
want an error, while a reader of APDUs makes a status word of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum

from ca.lifecycle import DEFAULT, Switches, survives_abroad
from ca.pins import KIND_OF, PIN_OF, RULES, check
from pki.errors import CardGone, NotOnCard, NotPermitted, PinLocked, WrongPin
from pki.kinds import Channel, Event, Kind, Pin


class CardState(Enum):
    """What has become of the card itself."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  # 一時停止
    RETURNED = "returned"  # 返納
    LAPSED = "lapsed"  # 失効
    EXPIRED = "expired"  # 有効期間満了
    REPLACED = "replaced"  # 再交付
    DESTROYED = "destroyed"  # 交付前の破棄


# Nobody holds these any more.  The others still answer to whoever has them and knows the
# PIN, a suspended or lapsed one too: what stops its signatures is the revocation.
GONE = frozenset({CardState.RETURNED, CardState.DESTROYED})

# What an event makes of the card; one that is not named here leaves it as it is.
BECOMES: dict[Event, CardState] = {
    Event.DIED: CardState.LAPSED,  # inferred [J 13]
    Event.LEFT: CardState.LAPSED,  # unless it may be kept abroad [J 11]
    Event.RECORD_DELETED: CardState.LAPSED,  # inferred [J 13]
    Event.STAY_LAPSED: CardState.LAPSED,  # [J 10.1]
    Event.NUMBER_CHANGED: CardState.LAPSED,  # it states the old number; inferred
    Event.CARD_LOST: CardState.SUSPENDED,  # [J 10.5]
    Event.CARD_FOUND: CardState.ACTIVE,  # the card resumes, its certificates never [J 13]
    Event.CARD_RETURNED: CardState.RETURNED,
    Event.CARD_LAPSED: CardState.LAPSED,
    Event.CARD_EXPIRED: CardState.EXPIRED,
    Event.CARD_REISSUED: CardState.REPLACED,
    Event.CARD_DESTROYED: CardState.DESTROYED,
}


@dataclass(frozen=True, slots=True)
class PinState:
    """
    One PIN as the chip keeps it.

    Attributes:
        secret: Never shown.
        tries_left: From its limit down to 0, which is locked.
    """

    secret: str = field(repr=False)
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    What the card holds for one kind.

    Attributes:
        serial_number: Of the certificate.
        generation: Of the CA that issued it; serial numbers are unique only within a CA.
        key: Where the store keeps the private key.
    """

    serial_number: int
    generation: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """
    One card at one moment.

    Attributes:
        serial: Of the card, unique within a world.
        holder: Identifier of the resident.
        issued_on: In Japan.
        expires_on: In Japan; the last day on which it is valid.
        state: What has become of it.
        pins: Those that were set; juki and text always are, the others with their certificate.
        slots: The certificates on it; a kind that is missing was declined or not allowed.
    """

    serial: str
    holder: str
    issued_on: date
    expires_on: date
    state: CardState = CardState.ACTIVE
    pins: Mapping[Pin, PinState]
    slots: Mapping[Kind, Slot] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.expires_on < self.issued_on:
            raise ValueError(f"card {self.serial} expires before it is issued")
        missing = {Pin.JUKI, Pin.TEXT, *(PIN_OF[kind] for kind in self.slots)} - set(self.pins)
        if missing:
            names = ", ".join(sorted(pin.value for pin in missing))
            raise ValueError(f"card {self.serial} lacks the PINs: {names}")

    def is_locked(self, pin: Pin) -> bool:
        return pin in self.pins and self.pins[pin].tries_left == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """
    What came of entering a PIN.

    Attributes:
        card: As it is now; to be remembered before the answer is given.
        ok: Whether the PIN was right.
        tries_left: Of the PIN that was entered.
        compared: False if it was locked before, so that the right PIN fails, too.
    """

    card: Card
    ok: bool
    tries_left: int
    compared: bool = True

    @property
    def locked(self) -> bool:
        return self.tries_left == 0


def personalise(card: Card, pin: Pin, secret: str) -> Card:
    """Set *pin* on the card, with all its tries, as the counter does."""
    check(pin, secret)
    return _with_pin(card, pin, PinState(secret, RULES[pin].tries))


def new_card(
    *, serial: str, holder: str, issued_on: date, expires_on: date, secrets: Mapping[Pin, str]
) -> Card:
    """Make a card that holds no certificate yet; every secret must fit its rule."""
    for pin, secret in secrets.items():
        check(pin, secret)
    pins = {pin: PinState(secret, RULES[pin].tries) for pin, secret in secrets.items()}
    return Card(serial=serial, holder=holder, issued_on=issued_on, expires_on=expires_on, pins=pins)


def put(card: Card, kind: Kind, slot: Slot) -> Card:
    """Write a certificate and its key, in place of older ones; the PIN stays."""
    require_active(card)
    return replace(card, slots={**card.slots, kind: slot})


def take(card: Card, kind: Kind) -> Card:
    """Erase a certificate and its key; the PIN stays for the next."""
    return replace(card, slots={each: slot for each, slot in card.slots.items() if each != kind})


def card_after(event: Event, card: Card, *, at: datetime, switches: Switches = DEFAULT) -> Card:
    """Return the card as *event* leaves it; one that is no longer in use stays as it is."""
    if card.state not in (CardState.ACTIVE, CardState.SUSPENDED) or event not in BECOMES:
        return card
    if event is Event.LEFT and survives_abroad(at=at, switches=switches):
        return card
    return replace(card, state=BECOMES[event])


def verify_pin(card: Card, pin: Pin, value: str) -> Attempt:
    """Compare *value*; only the right one restores the tries, and a lock stays [J 10.4]."""
    state = _pin_state(card, pin)
    if state.tries_left == 0:
        return Attempt(card=card, ok=False, tries_left=0, compared=False)
    ok = value == state.secret
    left = RULES[pin].tries if ok else state.tries_left - 1
    changed = _with_pin(card, pin, replace(state, tries_left=left))
    return Attempt(card=changed, ok=ok, tries_left=left)


def unlock(card: Card, kind: Kind, value: str) -> Attempt:
    """Ask for the use of a key; `ok` permits one signature."""
    if kind not in card.slots:
        raise NotOnCard(kind)
    return verify_pin(card, PIN_OF[kind], value)


def change_pin(
    card: Card, pin: Pin, old: str, new: str, channel: Channel, *, any_form: bool = False
) -> Attempt:
    """
    Set *new* for those who know *old*; what breaks a rule is refused before a try is lost.

    *any_form* is for a chip that takes whatever it is sent, if there is one [CARD A8].
    """
    if channel not in RULES[pin].changed_at:
        where = ", ".join(sorted(each.value for each in RULES[pin].changed_at))
        raise NotPermitted(
            f"the {pin.value} PIN is not changed by {channel.value}; use one of: {where}"
        )
    if channel is not Channel.CLIENT:  # which talks to the chip and asks nobody else
        require_active(card)
    if not any_form:
        check(pin, new)
    attempt = verify_pin(card, pin, old)
    if not attempt.ok:
        return attempt
    state = PinState(new, RULES[pin].tries)
    return replace(attempt, card=_with_pin(attempt.card, pin, state))


def reset_pin(card: Card, pin: Pin, new: str) -> Card:
    """Set *new* at the counter, which has seen who the holder is, and unlock the PIN."""
    require_active(card)
    _pin_state(card, pin)
    return personalise(card, pin, new)


def reset_pin_at_store(
    card: Card, pin: Pin, new: str, other_value: str, *, other_is_valid: bool
) -> Attempt:
    """Set *new* at a kiosk, which trusts the other certificate and its PIN [J 10.4].

    The attempt is one on the other PIN.
    """
    if Channel.CONVENIENCE_STORE not in RULES[pin].reset_at:
        raise NotPermitted(
            f"the {pin.value} PIN is not reset at a convenience store; reset it at the counter"
        )
    require_active(card)
    kind = KIND_OF[pin]
    for needed in (kind, kind.other):
        if needed not in card.slots:
            raise NotOnCard(needed)
    if not other_is_valid:
        raise NotPermitted(
            f"the {pin.value} PIN is reset at a convenience store only while the "
            f"{kind.other.value} certificate is valid; reset it at the counter"
        )
    check(pin, new)
    attempt = verify_pin(card, PIN_OF[kind.other], other_value)
    return replace(attempt, card=personalise(attempt.card, pin, new)) if attempt.ok else attempt


def refusal(attempt: Attempt, pin: Pin) -> None:
    """Raise what a failed *attempt* on *pin* amounts to; one that succeeded raises nothing."""
    if attempt.ok:
        return
    if attempt.locked:
        raise PinLocked(pin)
    raise WrongPin(pin, attempt.tries_left)


def _pin_state(card: Card, pin: Pin) -> PinState:
    if card.state in GONE:
        raise CardGone(card.state.value)
    if pin not in card.pins:
        raise NotOnCard(KIND_OF[pin])
    return card.pins[pin]


def _with_pin(card: Card, pin: Pin, state: PinState) -> Card:
    return replace(card, pins={**card.pins, pin: state})


def require_active(card: Card) -> None:
    if card.state in GONE:
        raise CardGone(card.state.value)
    if card.state is not CardState.ACTIVE:
        cure = (
            "resume it at the counter first"
            if card.state is CardState.SUSPENDED
            else "issue a new one with `minijpki card reissue ID`"
        )
        raise NotPermitted(f"the card is {card.state.value} and not written to; {cure}")
