"""
A virtual reader for one test: the fixture `jpki_reader`.

The card is a process of its own, as `minijpki card insert` makes it, with a pcscd of its own
in a network namespace of its own, at a path of its own: it meets no other reader of this
machine, and any number of tests may run at once.
"""

from __future__ import annotations

import atexit
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from harness.card.pcsc import VARIABLE
from harness.scene import Holder
from pki.errors import NotPermitted

SECONDS = 20  # that a card gets to be noticed, and to leave


class TestReader:
    """
    A reader with the card of one holder in it.

    Attributes:
        holder: Whose card is in it, or was last.
        path: Of pcscd's socket.
    """

    __test__ = False  # or pytest would look for tests in it

    def __init__(self, world: Path) -> None:
        self._world = world
        self._process: subprocess.Popen[str] | None = None
        self._said = world / "reader.log"
        self.path = own_path()
        self.holder: Holder

    @property
    def environment(self) -> dict[str, str]:
        """What a client finds the reader by: this process's environment, and one more variable."""
        return {**os.environ, VARIABLE: str(self.path)}

    @property
    def trace(self) -> str:
        """What the cards of this test were asked and said, without secrets."""
        return self._said.read_text(encoding="utf-8") if self._said.exists() else ""

    def insert(
        self, holder: Holder, *, token: str = "card", switches: Mapping[str, str] | None = None
    ) -> None:
        """Insert a card, in place of the one before; NotPermitted where there can be no reader."""
        self.remove()
        chosen = [f"--switch={name}={value}" for name, value in (switches or {}).items()]
        command = [
            *(sys.executable, "-P", "-m", "harness", "-C", str(self._world), "--json"),
            *("card", "insert", holder.identifier, "--trace", "--only-isolated"),
            *(f"--socket={self.path}", f"--token={token}", *chosen),
        ]
        with self._said.open("a", encoding="utf-8") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], SECONDS)
        if not ready or not self._process.stdout.readline():
            self.remove()
            said = self.trace[before:].strip().splitlines()[-1:] or ["it says nothing"]
            raise NotPermitted(said[0].removeprefix("Error: "))
        self.holder = holder

    def remove(self) -> None:
        """Take the card out; pcscd ends with it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def run(
        self, *words: str | Path, given: str | bytes | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a client that finds this reader, and return what it said."""
        return subprocess.run(
            [str(word) for word in words],
            env=self.environment,
            cwd=cwd,
            input=given.decode() if isinstance(given, bytes) else given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            timeout=120,
        )


@cache
def own_path() -> Path:
    """
    Choose where the readers of this process's tests are, once: clients' libraries ask once, too.

    Not below pytest's own folder, whose name may be longer than a socket's may be.
    """
    folder = Path(mkdtemp(prefix="minijpki-reader-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "pcscd.comm"
