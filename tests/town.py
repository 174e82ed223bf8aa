"""
A town with a terminal: Hanako and her card, and the command typed in this process or its own.

Whoever types sees three things, which are kept apart here: standard output, standard error
and the exit status.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from harness.cli.root import cli
from harness.scene import Scene

WORLD = ".minijpki"  # where the command looks, unless told
PIN = "ABC123"
SIGN = ("sign", "xml", "--holder", "hanako", "--pin", PIN, "filing.xml", "-o")
GUESS = ("sign", "xml", "--holder", "hanako", "--pin", "WRONG1", "filing.xml", "-o", "no")
HOME = "東京都千代田区丸の内1-1-1"
YOKOHAMA = "神奈川県横浜市中区本町1-1"
FILING = '<DATA id="DATA">収入金額 1,234,567円</DATA>'
COMMAND = (sys.executable, "-B", "-m", "harness")
ROOT = Path(__file__).parent.parent


def settle(directory):
    """
    Make a world in *directory* where Hanako lives in Chiyoda, holds a card and has filed.
    """
    scene = Scene.fresh(directory / WORLD)
    hanako = scene.resident("hanako")
    (directory / "filing.xml").write_text(FILING, encoding="utf-8")
    (directory / "signed.xml").write_bytes(hanako.sign_xml(FILING))
    scene.close()


def minijpki(*arguments, **settings):
    """
    Type a command within this process.
    """
    return CliRunner().invoke(cli, arguments, catch_exceptions=False, **settings)


def process(*arguments, directory=".", before=COMMAND, **settings):
    """
    Type a command in a process of its own; settings are those of subprocess.
    """
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if "input" not in settings:
        given["stdin"] = subprocess.DEVNULL
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | settings.pop("env", {})
    return subprocess.run(
        [*before, *arguments],
        **(given | settings),
        cwd=directory,
        env=environment,
        encoding="utf-8",
        check=False,
    )


def everything(directory=WORLD):
    """
    Dump a world: every row of every table.
    """
    with closing(sqlite3.connect(Path(directory) / "world.sqlite3")) as store:
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {name: store.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


def files(directory="."):
    """
    Read every file below *directory*, so that a difference shows.
    """
    return {path: path.read_bytes() for path in Path(directory).rglob("*") if path.is_file()}


def refused(result, status=1):
    """
    Check how a refusal looks, whoever typed, and return its sentence.
    """
    ended = result.exit_code if hasattr(result, "exit_code") else result.returncode
    lines = result.stderr.splitlines()
    assert ("", status) == (result.stdout or "", ended)
    assert "Traceback" not in result.stderr
    assert lines[-1].startswith("Error: ")
    assert status == 2 or 1 == len(lines)  # misuse shows the usage, too
    return lines[-1]
