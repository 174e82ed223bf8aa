"""
What carries out the instructions of the card, one function each [CARD A5].

Pure.  Which application knows which of them is the table of harness/card/instructions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.card import words
from harness.card.apdu import SHORT_ALL, Command, Reply
from harness.card.contents import PINS
from harness.card.files import Binary, Records, Reference, SigningKey
from pki.errors import Unacceptable

if TYPE_CHECKING:
    from harness.card.interpreter import Interpreter

MAX_VERBATIM = 245  # octets: 256 less the padding
HASH = 32  # octets
CURRENT = 0x80  # P2: the current file, or with a short identifier in its low bits that one


def said(sw: int) -> Reply:
    return Reply(b"", sw)


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
