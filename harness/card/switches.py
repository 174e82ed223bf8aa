"""
Where nobody outside knows how the card behaves, or where sources disagree: a switch each.

The table SWITCHES is the whole of it; a card is told its settings when it is inserted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.card import words
from pki.errors import Unacceptable

# Answer-to-reset, as readers have reported it; the first is what a contactless reader makes.
ATRS: dict[str, str] = {
    "contactless": "3B888001000005E0B381A1007F",
    "contactless-2": "3B888001000041E0B381A1003B",
    "contact": "3BDA13FF8131FB468012392F31C173C601C03B",
    "contact-2": "3BC5FF8131FB458073C6010000",
    "contact-3": "3BF59100FF918171FE400042000100D1D6",
    "juki-card": "3BE000FF8131FE4514",
}


class Row(NamedTuple):
    """
    One switch.

    Attributes:
        values: What it may be, the default first; empty for a number.
        default: What it is unless told.
        what: The question that no public source answers, or on which they disagree.
        source: Citation.
        limit: The largest number, of a switch that is one.
    """

    values: tuple[str, ...]
    default: str
    what: str
    source: str
    limit: int = 0


def _one_of(*values: str, what: str, source: str) -> Row:
    return Row(values, values[0], what, source)


def _number(default: int, limit: int, *, what: str, source: str) -> Row:
    return Row((), str(default), what, source, limit)


SWITCHES: dict[str, Row] = {
    "blocked": _one_of(
        "6984", "6983", what="the status word of a PIN that was locked before", source="[CARD A6]"
    ),
    "reselect": _one_of(
        "clears",
        "keeps",
        what="whether SELECT of the current application forgets the PINs that were entered",
        source="[CARD A6]",
    ),
    "unverified": _one_of(
        "6982",
        "6983",
        "6300",
        what="the status word of a signature without a PIN",
        source="[CARD A5]",
    ),
    "length": _one_of(
        "6985",
        "6700",
        what="the status word of an input that is too long or too short to sign",
        source="[CARD A5]",
    ),
    "atr": Row(
        tuple(ATRS), "contactless", "which of the answers to reset that were seen", "[CARD A1]"
    ),
    "extended-read": _one_of(
        "served",
        "refused",
        what="whether READ BINARY takes an extended Le; 6700 where it does not",
        source="[CARD G1]",
    ),
    "hash-modes": _one_of(
        "documented",
        "refused",
        what="whether P1 01 to 05 of the signing command are known; 6A86 where they are not",
        source="[CARD A5]",
    ),
    "unblock": _one_of(
        "none",
        "command",
        what="whether 80 54 with a new PIN unlocks the current one; a private command for tests",
        source="[CARD G1]",
    ),
    "pin-form": _one_of(
        "checked",
        "any",
        what="whether the card checks the form of a new PIN; 6A80 where it breaks the rule",
        source="[CARD A8]",
    ),
    "offsets": _one_of(
        "filled", "empty", what="the table of offsets in the four items", source="[CARD A7]"
    ),
    "number-tries": _number(
        10, 15, what="tries of the numbers printed on the card (照合番号)", source="[CARD A8]"
    ),
    "delay": _number(
        0,
        10_000,
        what="milliseconds that a signature takes; a real card's are not published",
        source="[CARD G1]",
    ),
}


@dataclass(frozen=True, slots=True)
class CardSwitches:
    """How one card behaves where the sources leave it open."""

    chosen: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.chosen.get(name, SWITCHES[name].default)

    def sw(self, name: str) -> int:
        """Return the status word that a switch names."""
        return int(self.value(name), 16)

    def number(self, name: str) -> int:
        return int(self.value(name))

    @property
    def atr(self) -> bytes:
        return bytes.fromhex(ATRS[self.value("atr")])

    @property
    def blocked(self) -> int:
        return words.BLOCKED_ISO if self.value("blocked") == "6983" else words.BLOCKED


def parse_switches(settings: Iterable[str]) -> CardSwitches:
    """Read NAME=VALUE settings; Unacceptable for a name or value that is not in the table."""
    chosen = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        row = SWITCHES.get(name)
        if row is None:
            raise Unacceptable(
                f"no switch of the card is called {name!r}; use one of {', '.join(SWITCHES)}"
            )
        if row.values:
            if value not in row.values:
                raise Unacceptable(
                    f"the switch {name} cannot be {value!r}; use {' or '.join(row.values)}"
                )
        elif not (value.isascii() and value.isdigit() and int(value) <= row.limit):
            raise Unacceptable(
                f"the switch {name} cannot be {value!r}; use a number up to {row.limit}"
            )
        chosen[name] = value
    return CardSwitches(chosen)
