"""
The command interpreter of the card: what is selected, what was entered, who answers.

Pure: bytes in, bytes out; what lasts is behind the `Chip`, and chance is injected.  The
instructions themselves are the table of harness/card/instructions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.card import words
from harness.card.apdu import Command, Reply, parse
from harness.card.files import Application, Contents, File
from harness.card.instructions import find, refused_class
from harness.card.switches import CardSwitches
from harness.card.tokens import TOKENS, Token, TokenRow
from pki.errors import CardError, CardGone, NotPermitted, WorldError


@dataclass(frozen=True, slots=True)
class Entered:
    """
    What came of entering a secret.

    Attributes:
        ok: Whether it was right.
        tries_left: Now.
        compared: False if it was locked before.
    """

    ok: bool
    tries_left: int
    compared: bool = True


class Chip(Protocol):
    """What lasts: the files, the counters and the keys."""

    def contents(self) -> Contents:
        """Return what is on the card now; CardGone if nobody holds it any more."""

    def enter(self, reference: str, value: bytes) -> Entered:
        """Compare a secret; the counter is stored before this returns."""

    def change(self, reference: str, old: bytes, new: bytes) -> bool:
        """Set a PIN by one who entered *old*; UnacceptablePin if *new* breaks its rule."""

    def unblock(self, reference: str, new: bytes) -> None:
        """Set a PIN anew and restore its tries; for tests only."""

    def sign(self, key: str, mode: int, data: bytes) -> bytes | None:
        """Use a private key; None where it cannot be used so."""


Chance = Callable[[int], bytes]
"""Gives that many random bytes."""


class Interpreter:
    """
    One card in one reader.

    Volatile state is here and nowhere else: the current application and file, the secrets
    that were entered.  It ends with the power.
    """

    def __init__(
        self,
        chip: Chip,
        chance: Chance,
        *,
        token: Token = Token.CARD,
        switches: CardSwitches | None = None,
    ) -> None:
        self.chip = chip
        self.chance = chance
        self.token: TokenRow = TOKENS[token]
        self.switches = switches or CardSwitches()
        self.contents: Contents
        self.application: Application
        self.current: int | None = None
        self.entered: dict[int, bytes] = {}
        self.last: tuple[int, int] = (0, 0)
        self.power_on()

    @property
    def atr(self) -> bytes:
        return self.switches.atr

    def power_on(self) -> None:
        """Reset: nothing is selected, nothing was entered, and the store is read again."""
        self.refresh()
        self.application = self.contents.applications[0]
        self.current = None
        self.entered = {}

    def refresh(self) -> None:
        """Read the store again, for other processes change it."""
        self.contents = self.chip.contents()

    def transmit(self, octets: bytes) -> bytes:
        """Answer one command APDU; CardGone if nobody holds the card any more."""
        command = parse(octets)
        if command is None:
            return bytes(Reply(b"", words.WRONG_LENGTH))
        try:
            reply = self.answer(command)
        except WorldError:
            reply = Reply(b"", words.MEMORY_FAILURE)
        except CardGone:
            raise
        except (CardError, NotPermitted):  # what another process has just taken away
            reply = Reply(b"", words.CONDITIONS)
        self.last = (command.ins, reply.sw)
        return bytes(reply)

    def answer(self, command: Command) -> Reply:
        """Look up the instruction of the current application and carry it out."""
        if refused := refused_class(command):
            return Reply(b"", refused)
        found = find(self, command)
        return Reply(b"", found) if isinstance(found, int) else found.run(self, command)

    # What instructions ask about.

    def file(self, identifier: int | None) -> File | None:
        return None if identifier is None else self.application.files.get(identifier)

    def is_open(self, opened_by: frozenset[int]) -> bool:
        """Tell whether one of the references was entered, or none is needed."""
        return not opened_by or not opened_by.isdisjoint(self.entered)

    def select(self, application: Application) -> None:
        """Make an application current; what was entered elsewhere is forgotten."""
        same = application.word == self.application.word
        self.refresh()
        fresh = {each.word: each for each in self.contents.applications}
        self.application = fresh[application.word]
        self.current = None
        if not same or self.switches.value("reselect") == "clears":
            self.entered = {}

    def select_file(self, identifier: int) -> bool:
        """Make a file current, as the store has it now."""
        self.refresh()
        fresh = {each.word: each for each in self.contents.applications}
        self.application = fresh[self.application.word]
        if identifier not in self.application.files:
            return False
        self.current = identifier
        return True

    def tries(self, reference: str) -> int:
        return self.contents.tries.get(reference, 0)
