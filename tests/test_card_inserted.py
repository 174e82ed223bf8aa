"""
Hanako's card goes into readers that need no pcscd, and comes out again.

A port for one client at a time, lines of hex, and the two commands as they are typed.
"""

import io
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from town import COMMAND, ROOT, minijpki, process, refused, settle

from harness.card.session import CardSession
from harness.card.transports import listen, serve, serve_lines
from harness.world import World
from pki.kinds import Pin

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
VERIFY = bytes.fromhex("00200098 04 31323334")
SIGN = bytes.fromhex("802A0097 01 41 00")


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    settle(tmp_path)


class Client:
    """A reader of vpcd's kind."""

    def __init__(self, port):
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=20)

    def send(self, octets):
        self.wire.sendall(len(octets).to_bytes(2) + octets)

    def ask(self, octets):
        self.send(octets)
        size = int.from_bytes(self._read(2))
        return self._read(size)

    def _read(self, count):
        found = b""
        while len(found) < count:
            more = self.wire.recv(count - len(found))
            assert more
            found += more
        return found


@pytest.fixture
def running(town):
    """
    Start `card insert` in a process of its own; what it told, and the process.
    """
    started = []

    def start(*words):
        made = subprocess.Popen(
            [*COMMAND, "--json", "card", "insert", "hanako", *words],
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin:/usr/sbin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(made)
        return json.loads(made.stdout.readline()), made

    yield start
    for made in started:
        if made.poll() is None:
            made.terminate()
        made.communicate(timeout=20)


@pytest.mark.slow
def test_a_client_of_the_port_finds_a_card_that_was_just_switched_on(running):
    """
    What one client entered is not entered for the next.
    """
    told, _ = running("--reader", "tcp")
    first = Client(told["place"])
    assert bytes.fromhex(told["atr"]) == first.ask(b"\x04")
    assert [b"\x90\x00"] * 2 == [first.ask(SELECT), first.ask(VERIFY)]
    assert 258 == len(first.ask(SIGN))
    first.wire.close()

    second = Client(told["place"])
    second.ask(SELECT)

    assert b"\x69\x82" == second.ask(SIGN)
    second.wire.close()


@pytest.mark.slow
def test_a_card_is_in_one_reader_and_is_taken_out_by_command(running):
    _, made = running("--reader", "tcp")

    again = refused(process("card", "insert", "hanako", "--reader", "tcp"))
    removed = process("card", "remove", "hanako")
    nothing = refused(process("card", "remove", "hanako"))

    assert "is in a reader already" in again
    assert 0 == removed.returncode
    assert 0 == made.wait(20)
    assert "is in no reader" in nothing
    assert [] == list(Path(".minijpki").glob("inserted-*"))


@pytest.mark.slow
def test_a_reader_that_was_killed_leaves_no_lock(running):
    _, made = running("--reader", "tcp")
    made.kill()
    made.wait(20)

    assert "is in no reader" in refused(process("card", "remove", "hanako"))


@pytest.mark.slow
def test_lines_of_hex(town):
    lines = "atr\n00a4040c0a d392f000260100000001\n0020009B\n\nnonsense\nreset\n"

    done = process("card", "insert", "hanako", "--reader", "stdio", "--trace", input=lines)

    atr = "3B888001000005E0B381A1007F"
    assert [atr, "9000", "63C5", "6700", atr] == done.stdout.split()
    assert "00A4040C SELECT jpki -> 9000 done" in done.stderr.splitlines()


def test_a_reset_on_the_wire_forgets_the_pin_and_not_the_tries(town):
    """
    Off, on and reset are told by one octet, and not answered [CARD B1].
    """
    with listen() as listener:
        port = listener.getsockname()[1]
        served = threading.Thread(target=_serve_once, args=(listener,))
        served.start()
        client = Client(port)
        wrong = client.ask(SELECT) + client.ask(bytes.fromhex("00200098 04 39393939"))
        client.ask(VERIFY)
        for control in (b"\0", b"\1", b"\2"):
            client.send(control)
        client.send(b"")
        client.ask(SELECT)
        after = client.ask(SIGN)
        client.wire.close()
        served.join(20)

    assert (b"\x90\x00\x63\xc2", b"\x69\x82") == (wrong, after)
    assert not served.is_alive()


def _serve_once(listener):
    world = World.open()
    with listener.accept()[0] as wire:
        serve(wire, CardSession.insert(world, "hanako"))
    world.close()


def test_lines_are_answered_at_once(town):
    world, answers = World.open(), io.StringIO()

    serve_lines(["00A40000", "00200098"], answers, CardSession.insert(world, "hanako"))

    assert "6A86\n6A82\n" == answers.getvalue()
    assert 3 == world.register.card("hanako").pins[Pin.AUTH].tries_left
    world.close()


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (("insert", "hanako", "--switch", "nonsense=1"), 1, "no switch of the card"),
        (("insert", "nobody"), 1, "no resident"),
        (("remove", "nobody"), 1, "no resident"),
        (("insert", "hanako", "--token", "watch"), 2, "watch"),
    ],
)
def test_what_cannot_be_inserted_is_refused(town, words, status, reason):
    assert reason in refused(minijpki("card", *words), status)


def test_a_returned_card_is_not_inserted(town):
    minijpki("card", "return", "hanako")

    assert "returned" in refused(minijpki("card", "insert", "hanako", "--reader", "stdio"))


def test_a_session_needs_no_pcscd():
    """
    Nothing of pcscd is imported for those who test without it.
    """
    script = "import sys, harness.card.session; print('harness.card.pcsc' in sys.modules)"

    assert "False\n" == process("-c", script, before=(sys.executable,)).stdout
