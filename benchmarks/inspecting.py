"""
What is measured of the inspector: beside a signature, before one, and beside pkilint.

pkilint lives in an environment of its own, which MINIJPKI_PKILINT names; it answers from one
process that stays, and its time is what that process says it used.
"""

import atexit
import base64
import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import stage
from measure import Block, Contender, Item

from ca.inspection import every
from pki.certificate.write import Subject, signed, to_be_signed
from pki.errors import ProfileBroken
from pki.keys import key_identifier

DRIVER = Path(__file__).parent.parent / "tests" / "linting" / "lint.py"
KEY = stage.rsa_key(1)


class Linter:
    """pkilint in a process that stays."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self.close)

    def ask(self, line: str) -> object:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def clock(self) -> int:
        used = self.ask("time")
        assert isinstance(used, int)
        return used

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _subject(row: stage.Row, number: int, spki: bytes) -> Subject:
    """Make a holder as the profile has them: a moment in the CN, a birthday at the end."""
    moment = f"20260401{number // 60:02}{number % 60:02}00"
    identifier = f"{moment}{number:05}{stage.CODE}003A"
    subject = stage.subject(replace(row, serial=number + 2, identifier=identifier), spki)
    return subject._replace(not_after=datetime(2031, 1, 1, 14, 59, 59, tzinfo=UTC))


def inspecting() -> Block:
    """Measure the error-level rules on one certificate, and issuing with them."""
    issuer = stage.issuer()
    made = stage.certificate_template()
    spki = [stage.spki(number) for number in range(16)]
    assert len({key_identifier(each) for each in spki}) == 16
    subjects = [
        _subject(row, number, key)
        for number, (row, key) in enumerate(zip(stage.rows(), cycle(spki), strict=False))
    ]
    ready = tuple(to_be_signed(made, subject) for subject in subjects)
    following, next_subject = cycle(ready).__next__, cycle(subjects).__next__

    def sign() -> None:
        KEY.sign(following(), stage.PKCS1V15, stage.SHA_256)

    def look() -> None:
        every(following(), "sign", issuer.certificate)

    def issue() -> None:
        tbs = to_be_signed(made, next_subject())
        every(tbs, "sign", issuer.certificate)
        signed(tbs, issuer.algorithm, issuer.private_key)

    def refusals() -> None:
        for old, new in ((b"\x03\x02\x06\xc0", b"\x03\x02\x07\x80"), (b"4199", b"3199")):
            assert old in ready[0]
            try:
                every(ready[0].replace(old, new), "sign", issuer.certificate)
            except ProfileBroken:
                continue
            raise AssertionError("a broken certificate passed the inspection")

    contenders = [
        Contender(name="RSA sign", run=sign, calls=40),
        Contender(name="inspect", run=look, calls=40),
        Contender(name="inspect and issue", run=issue, calls=40),
    ]
    items = [
        Item(
            id="inspect",
            what="the error-level rules on one certificate",
            contender="inspect",
            limit="RSA sign",
            at_most=1.0,
        ),
        Item(
            id="I2",
            what="issue a certificate, inspected first",
            contender="inspect and issue",
            limit="RSA sign",
            at_most=2.1,
        ),
    ]
    missing: tuple[str, ...] = ()
    python = os.environ.get("MINIJPKI_PKILINT", "")
    if Path(python).is_file():
        linter = Linter(python)
        lines = cycle(
            [f"cert {base64.b64encode(der).decode()}" for der in stage.certificates()]
        ).__next__

        def lint() -> None:
            found = linter.ask(lines())
            assert isinstance(found, list)

        contenders.append(
            Contender(name="pkilint", run=lint, calls=8, peer=True, clock=linter.clock)
        )
        items.append(
            Item(
                id="pkilint",
                what="pkilint's PKIX rules on one certificate, beside ours",
                contender="pkilint",
                limit="inspect",
                at_least=20.0,
            )
        )
    else:
        missing = ("pkilint takes no part: MINIJPKI_PKILINT names no Python that has it",)
    return Block(
        name="inspecting a certificate",
        contenders=tuple(contenders),
        items=tuple(items),
        refusals=refusals,
        missing=missing,
    )
