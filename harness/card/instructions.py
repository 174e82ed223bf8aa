"""
The instructions of the card, one row each [CARD A5].

INSTRUCTIONS is what docs/card.md prints.  An instruction whose purpose no public source
describes is refused as the card was seen to refuse it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.card import words
from harness.card.apdu import Command, Reply
from harness.card.execution import (
    change,
    get_challenge,
    get_data,
    internal_authenticate,
    last_command,
    read_binary,
    read_record,
    select,
    set_public_key,
    set_session_key,
    sign,
    unlock,
    verify,
)

if TYPE_CHECKING:
    from harness.card.interpreter import Interpreter

EVERYWHERE = frozenset({"isd", "jpki", "text", "surface", "juki", "common"})
HOLDERS = frozenset({"jpki", "text"})
JICSAP = frozenset({"juki", "common"})

Run = Callable[["Interpreter", Command], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """
    One row of the table.

    Attributes:
        name: As the standard or the sources name it.
        cla: Class byte.
        ins: Instruction byte.
        where: Words of the applications that know it.
        form: Parameters and data, for a reader of the table.
        answers: Status words of its own, for the same.
        run: Carries it out.
        secret: Whether its data are a secret, which no trace shows.
        source: Citation.
    """

    name: str
    cla: int
    ins: int
    where: frozenset[str]
    form: str
    answers: str
    run: Run
    secret: bool = False
    source: str = "[CARD A5]"


def refused_class(command: Command) -> int | None:
    """Return the status word for a class that the card has not; None for one that it has."""
    if command.cla in (0x00, 0x80):
        return None
    if command.cla & 0x60 == 0 and command.cla & 0x0C:
        return words.NO_SECURE_READ if command.ins in (0xB0, 0x20) else words.SECURE_MESSAGING
    if command.cla & 0x60 == 0 and command.cla & 0x03:
        return words.CHANNEL
    return words.NO_CLASS


def find(card: Interpreter, command: Command) -> Instruction | int:
    """Find the row of a command, or the status word for there being none."""
    row = _rows().get((command.cla, command.ins, card.application.word))
    if row is not None:
        return row
    known = (command.cla ^ 0x80, command.ins, card.application.word) in _rows()
    return words.NO_CLASS if known else words.NO_INSTRUCTION


INSTRUCTIONS: tuple[Instruction, ...] = (
    Instruction(
        name="SELECT",
        cla=0x00,
        ins=0xA4,
        where=EVERYWHERE,
        form="P1 04: an application by its identifier or the beginning of it, P2 0C, or 00 for "
        "its FCI; P1 02: a file, two octets; P1 00 without data: no effect inside an application",
        answers="6A82 not there; 6A86 another P1; P1 00 in none 6A86",
        run=select,
    ),
    Instruction(
        name="READ BINARY",
        cla=0x00,
        ins=0xB0,
        where=EVERYWHERE,
        form="P1 P2 an offset of 15 bits, or P1 80 + short identifier and P2 an offset; Le",
        answers="6B00 past the end; 6981 no such file type; 6986 no file; 6982 a PIN first",
        run=read_binary,
    ),
    Instruction(
        name="READ RECORD",
        cla=0x00,
        ins=0xB2,
        where=EVERYWHERE,
        form="P1 the number, P2 04, or short identifier × 8 + 04; Le",
        answers="6A83 no such record; 6981, 6986 and 6982 as above",
        run=read_record,
    ),
    Instruction(
        name="VERIFY",
        cla=0x00,
        ins=0x20,
        where=EVERYWHERE,
        form="P1 00, P2 80 or 80 + short identifier; the secret, or nothing to ask for the tries",
        answers="63Cx wrong, x tries left, and always where nothing was sent; 6984 locked before",
        run=verify,
        secret=True,
    ),
    Instruction(
        name="CHANGE REFERENCE DATA",
        cla=0x00,
        ins=0x24,
        where=HOLDERS,
        form="P1 01, P2 80 or 80 + short identifier; the new PIN, after VERIFY of the old",
        answers="6982 not verified; 6A80 a PIN that breaks its rule",
        run=change,
        secret=True,
    ),
    Instruction(
        name="CHANGE KEY (JICSAP)",
        cla=0x80,
        ins=0x32,
        where=JICSAP,
        form="P1 00, P2 80 or 80 + short identifier; the new PIN, after VERIFY of the old",
        answers="as CHANGE REFERENCE DATA",
        run=change,
        secret=True,
    ),
    Instruction(
        name="UNLOCK KEY (JICSAP)",
        cla=0x80,
        ins=0x54,
        where=EVERYWHERE,
        form="P2 80 or 80 + short identifier; the new PIN; only under the switch `unblock=command`",
        answers="6D00 without the switch",
        run=unlock,
        secret=True,
    ),
    Instruction(
        name="GET CHALLENGE",
        cla=0x00,
        ins=0x84,
        where=EVERYWHERE,
        form="P1 P2 0000; Le 1 to 256",
        answers="6985 in the extended form",
        run=get_challenge,
    ),
    Instruction(
        name="COMPUTE DIGITAL SIGNATURE",
        cla=0x80,
        ins=0x2A,
        where=frozenset({"jpki", "text", "surface"}),
        form="P1 00 to 05 (see below), P2 80 or 80 + short identifier, or 00 for the card's own "
        "key in the text and surface applications; what is signed; Le 00",
        answers="6982 a PIN first; 6985 a wrong length; 6A86 another P1; 6A81 not with this key",
        run=sign,
    ),
    Instruction(
        name="INTERNAL AUTHENTICATE",
        cla=0x00,
        ins=0x88,
        where=frozenset({"common"}),
        form="P1 00, P2 80 or 99; a challenge; signed by the card's own key",
        answers="6981, 6986",
        run=internal_authenticate,
    ),
    Instruction(
        name="GET DATA",
        cla=0x00,
        ins=0xCA,
        where=frozenset({"isd"}),
        form="P1 P2 the tag; 5F51, the contact ATR without TS; others hold the unknown",
        answers="6A88 another tag; 6700 Le too short",
        run=get_data,
    ),
    Instruction(
        name="SET PUBLIC IC KEY",
        cla=0x80,
        ins=0xA2,
        where=frozenset({"jpki"}),
        form="a terminal's certificate, extended; no terminal is certified here",
        answers="6985; 6700 in the short form",
        run=set_public_key,
    ),
    Instruction(
        name="SET SESSION KEY",
        cla=0x80,
        ins=0xAE,
        where=frozenset({"jpki", "text", "surface", "juki", "common"}),
        form="a session key for secure messaging, which is not simulated",
        answers="66F1 surface, common; 6982 jpki, juki, and text before the PIN; then 6A80",
        run=set_session_key,
    ),
    Instruction(
        name="last command (iPhone)",
        cla=0x80,
        ins=0xFC,
        where=EVERYWHERE,
        form="P1 P2 0000; instruction and status word of the command before",
        answers="6700 on the card and on Android",
        run=last_command,
        source="[CARD A9]",
    ),
)


@cache
def _rows() -> dict[tuple[int, int, str], Instruction]:
    return {(row.cla, row.ins, word): row for row in INSTRUCTIONS for word in row.where}
