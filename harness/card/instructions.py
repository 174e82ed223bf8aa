"""
The instructions of the card, one row each, and what carries them out [CARD A5].

INSTRUCTIONS is what docs/card.md prints.  An instruction whose purpose no public source
describes is refused as the card was seen to refuse it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.card import words
from harness.card.apdu import SHORT_ALL, Command, Reply
from harness.card.contents import PINS
from harness.card.files import Binary, Records, Reference, SigningKey
from pki.errors import Unacceptable

if TYPE_CHECKING:
    from harness.card.interpreter import Interpreter

MAX_VERBATIM = 245
HASH = 32
CURRENT = 0x80
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


def said(sw: int) -> Reply:
    return Reply(b"", sw)


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


def select(card: Interpreter, command: Command) -> Reply:
    if command.p1 == 0x04:
        return _select_application(card, command)
    if command.p1 == 0x02:
        if len(command.data) != 2:
            return said(words.WRONG_LENGTH)
        found = card.select_file(int.from_bytes(command.data))
        return said(words.OK if found else words.FILE_NOT_FOUND)
    if command.p1 == 0x00:
        if command.data:
            return said(words.FILE_NOT_FOUND)
        inside = card.application.word != "isd"
        return said(words.OK if inside else words.WRONG_P1P2)
    return said(words.WRONG_P1P2)


def _select_application(card: Interpreter, command: Command) -> Reply:
    if not 1 <= len(command.data) <= 16:
        return said(words.WRONG_LENGTH)
    if command.p2 not in (0x00, 0x0C):
        return said(words.WRONG_P1P2)
    for application in card.contents.applications:
        if application.aid.startswith(command.data):
            card.select(application)
            name = application.aid
            with_fci = command.p2 == 0x00 and command.le is not None
            head = bytes((0x6F, len(name) + 2, 0x84, len(name)))
            return Reply(head + name if with_fci else b"", words.OK)
    return said(words.FILE_NOT_FOUND)


def read_binary(card: Interpreter, command: Command) -> Reply:
    if command.data or command.le is None:
        return said(words.WRONG_LENGTH)
    if command.extended and card.switches.value("extended-read") == "refused":
        return said(words.WRONG_LENGTH)
    if command.p1 & 0x80:
        if command.p1 & 0x60:
            return said(words.WRONG_P1P2)
        identifier, offset = command.p1 & 0x1F, command.p2
        if not card.file(identifier):
            return said(words.FILE_NOT_FOUND)
        card.current = identifier
    else:
        offset = command.p1 << 8 | command.p2
    found = card.file(card.current)
    if found is None:
        return said(words.NO_FILE)
    if isinstance(found, (Records, Reference, SigningKey)):
        return said(words.WRONG_TYPE)
    if not isinstance(found, Binary) or not card.is_open(found.opened_by):
        return said(words.NOT_ALLOWED)
    if offset >= len(found.data):
        return said(words.BEYOND_END)
    return Reply(found.data[offset : offset + command.le], words.OK)


def read_record(card: Interpreter, command: Command) -> Reply:
    if command.data or command.le is None:
        return said(words.WRONG_LENGTH)
    if command.p2 & 0x07 != 0x04:
        return said(words.WRONG_P1P2)
    if command.p2 >> 3:
        if not card.file(command.p2 >> 3):
            return said(words.FILE_NOT_FOUND)
        card.current = command.p2 >> 3
    found = card.file(card.current)
    if found is None:
        return said(words.NO_FILE)
    if not isinstance(found, Records):
        return said(words.WRONG_TYPE)
    if not card.is_open(found.opened_by):
        return said(words.NOT_ALLOWED)
    if not 1 <= command.p1 <= len(found.records):
        return said(words.RECORD_NOT_FOUND)
    return Reply(found.records[command.p1 - 1][: command.le], words.OK)


def _pointed(card: Interpreter, command: Command) -> int | Reply:
    """Return the file that P2 names: the current one, or one by its short identifier."""
    if command.p2 & 0x60 or not command.p2 & CURRENT:
        return said(words.WRONG_P1P2)
    identifier = command.p2 & 0x1F or card.current
    if identifier is None:
        return said(words.NO_FILE)
    if card.file(identifier) is None:
        return said(words.FILE_NOT_FOUND)
    return identifier


def _referenced(card: Interpreter, command: Command) -> tuple[int, str] | Reply:
    identifier = _pointed(card, command)
    if isinstance(identifier, Reply):
        return identifier
    found = card.file(identifier)
    if not isinstance(found, Reference):
        return said(words.WRONG_TYPE)
    return identifier, found.name


def verify(card: Interpreter, command: Command) -> Reply:
    if command.p1:
        return said(words.WRONG_P1P2)
    found = _referenced(card, command)
    if isinstance(found, Reply):
        return found
    identifier, name = found
    if not command.data:
        card.refresh()
        return said(words.TRIES_LEFT | card.tries(name))
    if name not in card.contents.tries:
        return said(card.switches.blocked)
    tried = card.chip.enter(name, command.data)
    card.entered.pop(identifier, None)
    if tried.ok:
        card.entered[identifier] = command.data
        return said(words.OK)
    return said(words.TRIES_LEFT | tried.tries_left if tried.compared else card.switches.blocked)


def change(card: Interpreter, command: Command) -> Reply:
    """Set a PIN that was entered before: CHANGE REFERENCE DATA, and CHANGE KEY of JICSAP."""
    found = _referenced(card, command)
    if isinstance(found, Reply):
        return found
    if command.p1 != (0x01 if command.ins == 0x24 else 0x00):
        return said(words.WRONG_P1P2)
    identifier, name = found
    if identifier not in card.entered:
        return said(words.NOT_ALLOWED)
    if not command.data:
        return said(words.WRONG_LENGTH)
    if name not in PINS:
        return said(words.CONDITIONS)
    try:
        done = card.chip.change(name, card.entered[identifier], command.data)
    except Unacceptable:
        return said(words.WRONG_DATA)
    if not done:
        del card.entered[identifier]
        return said(words.NOT_ALLOWED)
    card.entered[identifier] = command.data
    return said(words.OK)


def unlock(card: Interpreter, command: Command) -> Reply:
    """Unlock by a private command, where a switch says so; no public client knows the real one."""
    if card.switches.value("unblock") == "none":
        return said(words.NO_INSTRUCTION)
    found = _referenced(card, command)
    if isinstance(found, Reply):
        return found
    if found[1] not in card.contents.tries or found[1] not in PINS:
        return said(words.CONDITIONS)
    try:
        card.chip.unblock(found[1], command.data)
    except Unacceptable:
        return said(words.WRONG_DATA)
    return said(words.OK)


def get_challenge(card: Interpreter, command: Command) -> Reply:
    if command.p1 or command.p2:
        return said(words.WRONG_P1P2)
    if command.extended:
        return said(words.CONDITIONS)
    if command.data or command.le is None:
        return said(words.WRONG_LENGTH)
    return Reply(card.chance(command.le), words.OK)


def sign(card: Interpreter, command: Command) -> Reply:
    if command.p1 > 0x05:
        return said(words.WRONG_P1P2)
    if command.p1 and card.switches.value("hash-modes") == "refused":
        return said(words.WRONG_P1P2)
    key = card.application.default_key
    if command.p2 or key is None:
        identifier = _pointed(card, command)
        if isinstance(identifier, Reply):
            return identifier
        found = card.file(identifier)
        if not isinstance(found, SigningKey):
            return said(words.WRONG_TYPE)
        key = found
    return _signed(card, key, command)


def _signed(card: Interpreter, key: SigningKey, command: Command) -> Reply:
    if not card.is_open(key.opened_by):
        return said(card.switches.sw("unverified"))
    if not _signable(command):
        return said(card.switches.sw("length"))
    if command.le is not None and command.le < SHORT_ALL:
        return said(words.WRONG_LENGTH)
    signature = card.chip.sign(key.name, command.p1, command.data)
    return said(words.UNSUPPORTED) if signature is None else Reply(signature, words.OK)


def _signable(command: Command) -> bool:
    size = len(command.data)
    if command.p1 == 0x00:
        return 1 <= size <= MAX_VERBATIM
    return size == HASH if command.p1 in (0x02, 0x04) else 1 <= size < SHORT_ALL


def internal_authenticate(card: Interpreter, command: Command) -> Reply:
    if command.p1:
        return said(words.WRONG_P1P2)
    identifier = _pointed(card, command)
    if isinstance(identifier, Reply):
        return identifier
    found = card.file(identifier)
    return _signed(card, found, command) if isinstance(found, SigningKey) else said(
        words.WRONG_TYPE
    )  # fmt: skip


def get_data(card: Interpreter, command: Command) -> Reply:
    found = card.contents.objects.get(command.p1 << 8 | command.p2)
    if found is None:
        return said(words.NO_REFERENCE)
    if command.le is None or command.le < len(found):
        return said(words.WRONG_LENGTH)
    return Reply(found, words.OK)


def set_public_key(card: Interpreter, command: Command) -> Reply:
    """Refuse the key of a terminal: nobody here certifies any."""
    return said(words.CONDITIONS if command.extended else words.WRONG_LENGTH)


def set_session_key(card: Interpreter, command: Command) -> Reply:
    """Refuse a session key; where none can ever be delivered, the card says so."""
    if card.application.word in ("surface", "common"):
        return said(words.NO_KEY_DELIVERY)
    if card.application.word != "text" or 0x0011 not in card.entered:
        return said(words.NOT_ALLOWED)
    return said(words.WRONG_DATA)


def last_command(card: Interpreter, command: Command) -> Reply:
    if not card.token.last_command:
        return said(words.WRONG_LENGTH)
    ins, sw = card.last
    return Reply(bytes((ins,)) + sw.to_bytes(2), words.OK)


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
