"""
Command and response APDUs, short and extended [7816 5.1].

Pure.
"""

from dataclasses import dataclass

SHORT_ALL = 256  # what an Le of 00 asks for
EXTENDED_ALL = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One command as the terminal meant it.

    Attributes:
        cla: Class byte.
        ins: Instruction byte.
        p1: First parameter.
        p2: Second parameter.
        data: Command data; empty where there was none.
        le: How much answer is asked for, 256 or 65536 for all; None for none.
        extended: Whether its lengths are in the extended form.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One answer of the card.

    Attributes:
        data: Response data.
        sw: Status word, two bytes as one number.
    """

    data: bytes
    sw: int

    @property
    def ok(self) -> bool:
        return self.sw == 0x9000

    def __bytes__(self) -> bytes:
        return self.data + self.sw.to_bytes(2)


def parse(octets: bytes) -> Command | None:
    """Read a command; None where the lengths in it do not fit the bytes that came."""
    if len(octets) < 4:
        return None
    cla, ins, p1, p2 = octets[:4]
    body = octets[4:]
    read = _short(body)
    extended = False
    if read is None:
        read, extended = _extended(body), True
    if read is None:
        return None
    data, le = read
    return Command(cla=cla, ins=ins, p1=p1, p2=p2, data=data, le=le, extended=extended)


def command(
    cla: int, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = None
) -> bytes:
    """Write a command, in the short form as long as it fits."""
    head = bytes((cla, ins, p1, p2))
    short = len(data) < SHORT_ALL and (le is None or le <= SHORT_ALL)
    if short:
        lc = bytes((len(data),)) + data if data else b""
        return head + lc + (bytes((le % SHORT_ALL,)) if le is not None else b"")
    lc = b"\0" + len(data).to_bytes(2) + data if data else b""
    if le is None:
        return head + lc
    return head + (lc or b"\0") + (le % EXTENDED_ALL).to_bytes(2)


def _short(body: bytes) -> tuple[bytes, int | None] | None:
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or SHORT_ALL
    lc = body[0]
    if lc == 0:
        return None
    if len(body) == 1 + lc:
        return body[1:], None
    if len(body) == 2 + lc:
        return body[1:-1], body[-1] or SHORT_ALL
    return None


def _extended(body: bytes) -> tuple[bytes, int | None] | None:
    if len(body) < 3 or body[0] != 0:
        return None
    length = int.from_bytes(body[1:3])
    if len(body) == 3:
        return b"", length or EXTENDED_ALL
    if length and len(body) == 3 + length:
        return body[3:], None
    if length and len(body) == 5 + length:
        return body[3:-2], int.from_bytes(body[-2:]) or EXTENDED_ALL
    return None
