"""
A session with a virtual card, for those who test without pcscd.

    with CardSession.insert(world, "hanako") as card:
        card.select("jpki")
        card.verify(0x0018, "1234")
        signature = card.sign(0x0017, digest_info)

Answers are values; a status word other than 9000 raises nothing but in `read` and `sign`.
"""

from __future__ import annotations

from collections.abc import Callable
from os import urandom
from types import TracebackType

from harness.card import words
from harness.card.apdu import Reply, command
from harness.card.contents import AIDS
from harness.card.decoding import decoded
from harness.card.interpreter import Chance, Interpreter
from harness.card.keeper import Keeper
from harness.card.switches import CardSwitches
from harness.card.tokens import Token
from harness.world import World
from pki.errors import NotPermitted

CHUNK = 256  # octets, the most that a short Le asks for


class CardSession:
    """
    A card in a reader of its own; what was entered is forgotten when it is taken out.

    *identifier* is the holder's; *trace* is called with one line for each exchange, without
    secrets.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        identifier: str,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self.interpreter = interpreter
        self.identifier = identifier
        self._trace = trace

    @classmethod
    def insert(
        cls,
        world: World,
        identifier: str,
        *,
        token: Token = Token.CARD,
        switches: CardSwitches | None = None,
        chance: Chance = urandom,
        trace: Callable[[str], None] | None = None,
    ) -> CardSession:
        """Insert the card of a resident; CardGone if nobody holds it any more."""
        keeper = Keeper(world, identifier, token=token, switches=switches)
        return cls(Interpreter(keeper, chance, token=token, switches=switches), identifier, trace)

    def __enter__(self) -> CardSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.interpreter.entered.clear()

    @property
    def atr(self) -> bytes:
        return self.interpreter.atr

    def reset(self) -> None:
        """Switch the card off and on."""
        self.interpreter.power_on()

    def exchange(self, octets: bytes) -> bytes:
        """Send one APDU as it goes over the wire."""
        received = self.interpreter.transmit(octets)
        if self._trace is not None:
            self._trace(decoded(octets, received))
        return received

    def transmit(
        self, cla: int, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = None
    ) -> Reply:
        """Send one command."""
        received = self.exchange(command(cla, ins, p1, p2, data, le))
        return Reply(received[:-2], int.from_bytes(received[-2:]))

    def select(self, application: str) -> Reply:
        """Select an application by its word: jpki, text, surface, juki or common."""
        return self.transmit(0x00, 0xA4, 0x04, 0x0C, AIDS[application])

    def select_file(self, identifier: int) -> Reply:
        return self.transmit(0x00, 0xA4, 0x02, 0x0C, identifier.to_bytes(2))

    def read(self, identifier: int) -> bytes:
        """Read a whole file; NotPermitted where the card refuses."""
        self._done(self.select_file(identifier), f"file {identifier:04X}")
        found = b""
        while True:
            reply = self.transmit(0x00, 0xB0, len(found) >> 8, len(found) & 0xFF, le=CHUNK)
            if reply.sw == words.BEYOND_END:
                return found
            found += self._done(reply, f"file {identifier:04X}")
            if len(reply.data) < CHUNK:
                return found

    def tries(self, identifier: int) -> int:
        """Ask how many tries a reference has left."""
        self.select_file(identifier)
        return self.transmit(0x00, 0x20, 0x00, 0x80).sw & 0xF

    def verify(self, identifier: int, secret: str) -> Reply:
        """Enter a secret."""
        self.select_file(identifier)
        return self.transmit(0x00, 0x20, 0x00, 0x80, secret.encode())

    def change_pin(self, identifier: int, new: str) -> Reply:
        """Set a PIN that was entered before."""
        self.select_file(identifier)
        ins = (0x00, 0x24, 0x01) if self.interpreter.application.word != "juki" else (0x80, 0x32, 0)
        return self.transmit(*ins, 0x80, new.encode())

    def sign(self, identifier: int, data: bytes, *, mode: int = 0) -> bytes:
        """Sign with a key after its PIN; NotPermitted where the card refuses."""
        self._done(self.select_file(identifier), f"key {identifier:04X}")
        reply = self.transmit(0x80, 0x2A, mode, 0x80, data, le=CHUNK)
        return self._done(reply, f"key {identifier:04X}")

    @staticmethod
    def _done(reply: Reply, what: str) -> bytes:
        if not reply.ok:
            said = words.meaning(reply.sw)
            raise NotPermitted(
                f"the card answers {reply.sw:04X} for {what} ({said}); enter its PIN, or choose "
                "another file"
            )
        return reply.data
