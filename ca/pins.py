"""
The four PINs of a card: their form, their tries, and where each may be changed or reset.

Pure.  The table RULES says it all; `check` and `draw` walk it.  No message repeats a PIN.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pki.errors import UnacceptablePin
from pki.kinds import Channel, Confidence, Kind, Pin

Chance = Callable[[int], int]
"""Gives a number from 0 up to, but not including, its argument; secrets.randbelow is one."""

DIGITS = "0123456789"  # ASCII: a full-width digit is no digit to the card
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LEGIBLE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # a drawn PIN is read once and typed by hand
DRAWN_LENGTH = 8  # of the sign PIN; the four-digit ones have no choice

ANYWHERE = frozenset({Channel.COUNTER, Channel.MYNAPORTAL, Channel.CLIENT})
COUNTER_OR_STORE = frozenset({Channel.COUNTER, Channel.CONVENIENCE_STORE})
COUNTER_ONLY = frozenset({Channel.COUNTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRule:
    """
    What holds for one of the four.

    Attributes:
        shortest: In characters.
        longest: In characters.
        letters: Whether it takes letters, and then needs one of them and one digit.
        tries: Wrong entries in a row, the last of which locks it.
        changed_at: Where it is changed by those who know it.
        reset_at: Where it is set anew by those who forgot or locked it.
        confidence: How sure we are of the whole row.
        source: Citation.
    """

    shortest: int
    longest: int
    letters: bool
    tries: int
    changed_at: frozenset[Channel]
    reset_at: frozenset[Channel]
    confidence: Confidence
    source: str

    @property
    def words(self) -> str:
        """The form, as messages and helps word it."""
        if self.letters:
            return (
                f"{self.shortest} to {self.longest} of A-Z and 0-9, "
                "with at least one letter and one digit"
            )
        return f"{self.shortest} digits"


def _four_digits(
    changed_at: frozenset[Channel], reset_at: frozenset[Channel], confidence: Confidence
) -> PinRule:
    return PinRule(
        shortest=4,
        longest=4,
        letters=False,
        tries=3,
        changed_at=changed_at,
        reset_at=reset_at,
        confidence=confidence,
        source="[J 10.4]",
    )


RULES: dict[Pin, PinRule] = {
    Pin.SIGN: PinRule(
        shortest=6,
        longest=16,
        letters=True,
        tries=5,
        changed_at=ANYWHERE,
        reset_at=COUNTER_OR_STORE,
        confidence=Confidence.CONFIRMED,
        source="[J 10.4]",
    ),
    Pin.AUTH: _four_digits(ANYWHERE, COUNTER_OR_STORE, Confidence.CONFIRMED),
    # Mynaportal changes all but this one.
    Pin.JUKI: _four_digits(ANYWHERE - {Channel.MYNAPORTAL}, COUNTER_ONLY, Confidence.CONFIRMED),
    Pin.TEXT: _four_digits(ANYWHERE, COUNTER_ONLY, Confidence.SINGLE_SOURCE),
}

PIN_OF = {Kind.SIGN: Pin.SIGN, Kind.AUTH: Pin.AUTH}
KIND_OF = {pin: kind for kind, pin in PIN_OF.items()}


def check(pin: Pin, value: str) -> None:
    """Refuse a *value* that breaks the rule of *pin*."""
    rule = RULES[pin]
    if not _fits(rule, value):
        # Clients send upper case whatever was typed, but the card compares bytes
        # [CARD A8]: a lower-case PIN, taken as it is, would never be right again.
        if rule.letters and _fits(rule, _upper(value)):
            raise UnacceptablePin(pin, rule.words, "use upper case")
        raise UnacceptablePin(pin, rule.words)


def draw(pin: Pin, chance: Chance) -> str:
    """Draw a PIN that fits the rule; the same chance gives the same PIN."""
    rule = RULES[pin]
    if not rule.letters:
        return "".join(_one_of(DIGITS, chance) for _ in range(rule.longest))
    characters = [_one_of(LEGIBLE_LETTERS, chance), _one_of(DIGITS, chance)]
    while len(characters) < DRAWN_LENGTH:
        characters.append(_one_of(LEGIBLE_LETTERS + DIGITS, chance))
    for last in range(DRAWN_LENGTH - 1, 0, -1):  # Fisher and Yates, lest the first be a letter
        other = chance(last + 1)
        characters[last], characters[other] = characters[other], characters[last]
    return "".join(characters)


def _fits(rule: PinRule, value: str) -> bool:
    characters = set(value)
    if not rule.shortest <= len(value) <= rule.longest:
        return False
    if not rule.letters:
        return characters <= set(DIGITS)
    return (
        characters <= set(LETTERS + DIGITS)
        and not characters.isdisjoint(LETTERS)
        and not characters.isdisjoint(DIGITS)
    )


def _upper(value: str) -> str:
    return value.upper() if value.isascii() else value


def _one_of(characters: str, chance: Chance) -> str:
    return characters[chance(len(characters))]
