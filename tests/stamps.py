"""
What the stories about time-stamps share: a town whose clock stands, and outside judges.
"""

import hashlib
from datetime import UTC, datetime
from functools import cache
from tempfile import mkdtemp

from outside import openssl

from harness.exports import pem
from harness.scene import Scene
from pki.kinds import Algorithm, Kind
from pki.timestamps.answer import Stamper, answer
from pki.timestamps.write import write_request

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
DOCUMENT = "収入金額 1,234,567円".encode()
NONCE = 0x1234_5678_9ABC_DEF0


def request(octets=DOCUMENT, digest="sha256", **options):
    """
    Ask for a stamp over *octets*.
    """
    return write_request(digest, hashlib.new(digest, octets).digest(), **options)


def town(algorithm=Algorithm.RSA2048):
    """
    A town in which nothing is changed but by stamping; made once per run.
    """
    return _town(algorithm)


@cache
def _town(algorithm):
    return Scene.fresh(f"{mkdtemp(prefix='minijpki-')}/w", algorithm=algorithm)


def stamper(algorithm=Algorithm.RSA2048) -> Stamper:
    return town(algorithm).world.timestamping.stamper(at=NOON)


def stamped(octets=DOCUMENT, *, at=NOON, serial=1, by=None, **options):
    """
    Stamp *octets*, with a serial number that the story chooses.
    """
    return answer(request(octets, **options), by or stamper(), at=at, serial=serial)


def authority(scene):
    """
    Return the CA certificate under which the town's stamps are, DER.
    """
    return scene.world.authority.newest(Kind.SIGN, at=scene.now).certificate


def openssl_verifies(response, folder, *, ca, octets=None, query=None, at=NOON):
    """
    Ask openssl ts whether a response is a stamp of *octets*, or the answer to *query*.
    """
    (folder / "ca.pem").write_bytes(pem("CERTIFICATE", ca))
    (folder / "stamp.tsr").write_bytes(response)
    (folder / "given").write_bytes(query if octets is None else octets)
    given = "-queryfile" if octets is None else "-data"
    run = openssl(
        *("ts", "-verify", given, "given", "-in", "stamp.tsr", "-CAfile", "ca.pem"),
        *("-attime", int(at.timestamp())),
        folder=folder,
    )
    assert run.returncode in (0, 1), run
    return run.returncode == 0
