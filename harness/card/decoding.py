"""
A trace of the APDUs, decoded: what was asked and what came, but no secret and nothing of a holder.

Data are shown only where they name an application or a file; all else is a count of octets.
"""

from harness.card.apdu import parse
from harness.card.contents import AIDS
from harness.card.instructions import INSTRUCTIONS
from harness.card.words import meaning

HIDDEN = "****"
_NAMES = {(row.cla, row.ins): row for row in INSTRUCTIONS}
_SECRET = frozenset(row.ins for row in INSTRUCTIONS if row.secret)
_WORDS = {aid: word for word, aid in AIDS.items()}


def decoded(sent: bytes, received: bytes) -> str:
    """Tell one exchange in a line."""
    return f"{_asked(sent)} -> {_came(received)}"


def _asked(sent: bytes) -> str:
    command = parse(sent)
    if command is None:
        return f"{sent[:2].hex().upper() if len(sent) > 1 else '?'} malformed, {len(sent)} octets"
    head = f"{command.cla:02X}{command.ins:02X}{command.p1:02X}{command.p2:02X}"
    row = _NAMES.get((command.cla, command.ins))
    name = row.name if row else "unknown"
    words = [head, name]
    if command.ins in _SECRET:
        words += [HIDDEN] if command.data else ["(tries)"]
    elif command.ins == 0xA4 and command.data:
        words.append(_WORDS.get(command.data, command.data.hex().upper()))
    elif command.data:
        words.append(f"[{len(command.data)}]")
    if command.le is not None:
        words.append(f"Le {command.le}")
    return " ".join(words)


def _came(received: bytes) -> str:
    sw = int.from_bytes(received[-2:])
    data = f"[{len(received) - 2}] " if len(received) > 2 else ""
    return f"{data}{sw:04X} {meaning(sw)}"
