"""
What the virtual card costs beside a card that does nothing, through the same pcscd and vpcd.

vpcd makes two readers: Hanako's card is in one, in the other a card that says 9000 to
everything.  Both are processes of their own, so the clock on the wall decides here.
"""

import atexit
import ctypes
import os
import signal
from collections.abc import Callable
from time import monotonic, perf_counter_ns, sleep

import stage
from measure import Block, Contender, Item

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
SELECT_PIN = bytes.fromhex("00A4020C020018")
SELECT_KEY = bytes.fromhex("00A4020C020017")
SELECT_CERTIFICATE = bytes.fromhex("00A4020C02000A")
READ = bytes.fromhex("00B0000000")
VERIFY = bytes.fromhex("002000800431323334")
SIGN = bytes.fromhex("802A008033")
INFO = bytes.fromhex("3031300d060960864801650304020105000420") + bytes(32)
SECONDS = 10


def card_in_a_reader() -> Block:
    """Measure K1 to K3: an APDU without cryptography, and a signature through PC/SC."""
    try:
        links = _links()
    except (OSError, RuntimeError) as error:
        return Block(
            name="the card in a reader",
            contenders=(),
            items=(),
            refusals=lambda: None,
            missing=(str(error),),
        )
    ours, bare = links
    key = stage.rsa_key(3)

    def signed() -> None:
        assert 258 == len(ours(SIGN + INFO + b"\0"))

    def prepared() -> None:
        """Refuse a signature without a PIN, then enter it; what is measured comes after."""
        ours(SELECT)
        ours(SELECT_KEY)
        assert b"\x69\x82" == ours(SIGN + INFO + b"\0")
        ours(SELECT_PIN)
        assert b"\x90\x00" == ours(VERIFY)
        ours(SELECT_KEY)

    def read() -> None:
        assert 258 == len(ours(bytes.fromhex("00B08A0000")))
        ours(SELECT_KEY)

    prepared()
    return Block(
        name="the card in a reader",
        contenders=(
            Contender(
                name="bare round trip",
                run=lambda: bare(SELECT_KEY),
                calls=40,
                clock=perf_counter_ns,
            ),
            Contender(name="SELECT", run=lambda: ours(SELECT_KEY), calls=40, clock=perf_counter_ns),
            Contender(
                name="READ BINARY, SELECT", run=read, calls=20, works=2, clock=perf_counter_ns
            ),
            Contender(
                name="RSA sign",
                run=lambda: key.sign(INFO, stage.PKCS1V15, stage.SHA_256),
                calls=20,
                clock=perf_counter_ns,
            ),
            Contender(name="sign through PC/SC", run=signed, calls=20, clock=perf_counter_ns),
        ),
        items=(
            Item(id="K1", what="SELECT a file through PC/SC", contender="SELECT",
                 limit="bare round trip", at_most=3.0),
            Item(id="K2", what="read 256 octets, and SELECT, each", contender="READ BINARY, SELECT",
                 limit="bare round trip", at_most=3.0),
            Item(id="K3", what="sign through PC/SC", contender="sign through PC/SC",
                 limit="RSA sign", at_most=2.0),
        ),
        refusals=prepared,
    )  # fmt: skip


Link = Callable[[bytes], bytes]


def _links() -> tuple[Link, Link]:
    from harness.card.pcsc import VARIABLE, Reader, leave_the_network
    from harness.card.session import CardSession
    from harness.card.transports import connected, serve
    from harness.scene import Scene
    from pki.errors import NotPermitted

    folder = stage.scratch()
    if why_not := leave_the_network():
        raise RuntimeError(f"no network namespace, and without one nothing is started: {why_not}")
    reader = Reader(folder / "pcscd.comm", private=True)
    try:
        ours = reader.start()
    except NotPermitted as error:
        raise RuntimeError(str(error)) from error
    atexit.register(reader.stop)
    bare = connected(reader.port + 1)

    def card() -> None:
        scene = Scene.fresh(folder / "world")
        scene.resident("hanako")
        serve(ours, CardSession.insert(scene.world, "hanako"))

    _apart(card)
    _apart(lambda: serve(bare, Nothing()))  # type: ignore[arg-type]
    ours.close()
    bare.close()
    os.environ[VARIABLE] = str(reader.path)
    return _connected("Virtual PCD 00 00"), _connected("Virtual PCD 00 01")


class Nothing:
    """A card that does nothing, and says that it did it."""

    atr = bytes.fromhex("3B888001000005E0B381A1007F")

    def exchange(self, octets: bytes) -> bytes:
        return b"\x90\x00"

    def reset(self) -> None:
        pass


def _apart(work: Callable[[], None]) -> None:
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        try:
            work()
        finally:
            os._exit(0)
    atexit.register(_ended, child)


def _ended(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


class _Request(ctypes.Structure):
    _fields_ = (("protocol", ctypes.c_ulong), ("length", ctypes.c_ulong))


def _connected(name: str) -> Link:
    """Connect to a reader by pcsc-lite's library, once the card in it has been noticed."""
    library = ctypes.CDLL("libpcsclite.so.1")
    context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
    until = monotonic() + SECONDS
    if library.SCardEstablishContext(2, None, None, ctypes.byref(context)):
        raise RuntimeError("pcscd answers nobody")
    found = (ctypes.byref(card), ctypes.byref(protocol))
    while library.SCardConnect(context, name.encode(), 1, 3, *found):
        if monotonic() > until:
            raise RuntimeError(f"no card is noticed in {name}")
        sleep(0.05)
    request = _Request(protocol.value, ctypes.sizeof(_Request))
    answer = ctypes.create_string_buffer(300)
    length = ctypes.c_ulong()

    def transmit(octets: bytes) -> bytes:
        length.value = 300
        asked = (octets, len(octets), None, answer, ctypes.byref(length))
        failed = library.SCardTransmit(card, ctypes.byref(request), *asked)
        assert not failed, hex(failed & 0xFFFFFFFF)
        return answer.raw[: length.value]

    return transmit
