"""
Ten minutes at full load, while people move, lists come out and the clock is turned.

Every answer is checked against the journal afterwards: it must be what the journal said at
the moment that the answer names, and that moment must be the world's of then.  Nothing may
fail that nobody asked to fail, and the server must not grow.
"""

import base64
import json
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit

import pytest

from ca.responder import refreshed
from crl.ocsp.read import read_response
from crl.ocsp.request.write import write_request
from crl.ocsp.write import Unknown, certificate_identifier
from crl.read import read_list
from crl.status import Good
from harness.scene import HOME, NEW_HOME, Scene
from pki.errors import JpkiError
from pki.kinds import Event as Happening
from pki.kinds import Kind
from pki.path import trust_anchor

FULL = 600  # seconds
CLIENTS = 3
PEOPLE = 6
WORDS = ("13101", "14104", "arl")
STATES = {Good: 0, Unknown: 2}
ROOM = 8 << 10  # kilobytes that a server may grow by in its second half


class Clock:
    """The world's clock as the driver knows it: at least so late, and at most."""

    def __init__(self, at):
        self.least = self.most = at


class Client(Thread):
    """Asks one thing after the other, and writes down what it was told."""

    def __init__(self, base, clock, stop, questions, number):
        super().__init__(daemon=True)
        self._base, self._clock, self._stopping = base, clock, stop
        self._questions, self._chance = questions, Random(number)
        self.seen, self.failed = [], []

    def run(self):
        place = urlsplit(self._base)
        with closing(HTTPConnection(place.hostname, place.port, timeout=30)) as connection:
            while not self._stopping.is_set():
                try:
                    self._ask(connection)
                except Exception as error:  # whatever it is, the story must tell
                    self.failed.append(repr(error))
                    return

    def _ask(self, connection):
        sort = self._chance.choice(("ocsp", "ocsp", "ocsp", "crl", "api"))
        least = self._clock.least
        if sort == "ocsp":
            serial, question = self._chance.choice(self._questions)
            connection.request("POST", "/ocsp/sign", question)
        elif sort == "crl":
            serial = self._chance.choice(WORDS)
            connection.request("GET", f"/crl/sign/1/{serial}.crl")
        else:
            serial, _, body = self._chance.choice(self.certificates)
            connection.request(
                "POST", "/api/certificate-status", body, {"Content-Type": "application/json"}
            )
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            self.failed.append((sort, serial, answer.status, content[:200]))
        self.seen.append((sort, serial, least, self._clock.most, content))


def drive(scene, clock, stop):
    """
    Let life go on until told to stop; returns how often what happened.
    """
    chance, world, done = Random("minijpki/load"), scene.world, Counter()
    while not stop.is_set():
        clock.most = clock.least + timedelta(seconds=chance.choice((1, 61, 1800, 40_000)))
        at = clock.most
        who = f"r{chance.randint(1, PEOPLE)}"
        deed = chance.choice(("clock", "clock", "move", "renew", "lose", "publish"))
        try:
            if deed == "clock":
                world.set_clock(at)
            elif deed == "move":
                world.office.move(who, address=chance.choice((HOME, NEW_HOME)), at=at)
            elif deed == "renew":
                world.office.renew(who, (Kind.SIGN,), at=at)
            elif deed == "lose":
                if done["lose"] == PEOPLE // 3:
                    continue  # enough cards are left for the others to happen
                world.office.report(Happening.CARD_LOST, who, at=at)
            else:
                world.press.publish((Kind.SIGN,), at=at)
            done[deed] += 1
        except JpkiError:
            done["refused"] += 1
        clock.least = max(clock.least, world.now())
        clock.most = max(clock.most, clock.least)
        stop.wait(0.01)
    return done


def resident_kilobytes(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def checked(scene, sort, asked, least, most, content):
    """
    Compare one answer with the journal; what is wrong with it, or nothing.
    """
    world = scene.world
    if sort == "ocsp":
        [single] = read_response(content).singles
        said_at = single.this_update
        standing = world.responder.standing(Kind.SIGN, 1, asked, before=said_at)
        right = single.status == STATES.get(type(standing), 1) and single.serial == asked
        return right and refreshed(least) <= said_at <= refreshed(most)
    if sort == "crl":
        said_at = read_list(content).this_update
        made = world.press.find(Kind.SIGN, 1, asked, at=said_at)
        first, last = (world.press.find(Kind.SIGN, 1, asked, at=at) for at in (least, most))
        in_time = first.request.this_update <= said_at <= last.request.this_update
        return in_time and world.press.bytes(made) == content
    told = json.loads(content)["verdict"]
    said_at = datetime.fromisoformat(told["at"])
    from harness.verifier.documents import verify_certificate

    verdict = verify_certificate(
        world.register.der(Kind.SIGN, asked), world.evidence.as_of(said_at), at=said_at
    )
    return verdict.code.value == told["code"] and least <= said_at <= most


@pytest.mark.torture
def test_no_answer_is_wrong_while_everything_changes(tmp_path, scaled):
    scene = Scene.fresh(tmp_path / "world")
    for _ in range(PEOPLE):
        scene.resident()
    scene.resident(address=NEW_HOME)
    scene.wait_for_lists()
    world = scene.world
    own = trust_anchor(world.authority.generations(Kind.SIGN)[0].certificate).certificate
    serials = [each.serial for who in range(1, PEOPLE + 1)
               for each in world.register.certificates(f"r{who}", Kind.SIGN)]  # fmt: skip
    questions = [
        (each, write_request((certificate_identifier(own.subject, own.spki, each),)))
        for each in (*serials, max(serials) + 100_000)
    ]
    certificates = [
        (each, None, json.dumps({"certificate": base64.b64encode(der).decode()}))
        for each in serials
        for der in (world.register.der(Kind.SIGN, each),)
    ]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "harness", "-C", str(world.directory), "serve"),
            *("--port", "0", "--quiet"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        base = server.stdout.readline().strip()
        clock, stop = Clock(world.now()), Event()
        clients = [Client(base, clock, stop, questions, number) for number in range(CLIENTS)]
        for each in clients:
            each.certificates = certificates
            each.start()
        seconds, sizes, done = scaled(FULL), [], Counter()
        began = monotonic()
        for _ in range(10):
            pause = Event()
            driver = Thread(target=lambda p=pause: done.update(drive(scene, clock, p)))
            driver.start()
            while monotonic() < began + seconds * (len(sizes) + 1) / 10:
                pause.wait(0.1)
            pause.set()
            driver.join()
            sizes.append(resident_kilobytes(server))
        stop.set()
        for each in clients:
            each.join()
    finally:
        server.terminate()
        server.wait(timeout=30)
        server.stdout.close()

    seen = [each for client in clients for each in client.seen]
    failed = [each for client in clients for each in client.failed]
    wrong = [each[:4] for each in seen if not checked(scene, *each)]
    scene.close()
    print(f"{len(seen)} answers in {seconds} s, {dict(done)}, {sizes} kB")
    assert ([], []) == (failed, wrong)
    assert {"ocsp", "crl", "api"} == {each[0] for each in seen}
    assert len(seen) > 20 * seconds
    assert {"clock", "move", "publish"} <= set(done)
    assert 0 == server.returncode
    assert sizes[-1] - sizes[4] < ROOM
