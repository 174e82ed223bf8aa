"""
Programs that nobody here wrote: finding them, running them, and writing down how.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ca.words import Words
from harness.reports.story import Command

COLUMNS = 84  # of a command line, before it goes on behind a backslash
TIMEOUT = 60  # seconds; none of these takes a tenth of one
VERSION = {"openssl": ("version",), "xmlsec1": ("--version",)}
# LibreSSL answers to the same name and takes other options, so it is not asked.
OURS_TO_ASK = re.compile(r"OpenSSL (1\.1\.1|[3-9])|xmlsec1 ")

SCRIPT = """\
#!/bin/sh
# {title}
# Repeats the step with programs that you have: sh commands.sh
cd "$(dirname "$0")" || exit 1

# A program that is not here is passed over.
have() {{ command -v "$1" >/dev/null 2>&1 || {{ echo "  ($1 is not here)"; false; }}; }}

accepts() {{ have "$1" || return 0; "$@" || {{ echo "  that was to be accepted"; exit 1; }}; }}

refuses() {{ have "$1" || return 0; ! "$@" || {{ echo "  that was to be refused"; exit 1; }}; }}
"""


class Outside:
    """The programs of this machine, looked for once."""

    def __init__(self, path: str | None = None) -> None:
        found = {name: shutil.which(name, path=path) for name in VERSION}
        versions = {name: _version(place, VERSION[name]) for name, place in found.items()}
        self.versions: Mapping[str, str | None] = versions
        self._places = {name: place for name, place in found.items() if versions[name]}

    def run(
        self, shows: Words, *words: str, accepts: bool, says: str = "", directory: Path
    ) -> Command:
        """Run a command in a directory, if its program is here, and write down what it said."""
        accepted, output = None, ""
        place = self._places.get(words[0])
        if place:
            accepted, output = _run([place, *words[1:]], directory)
        return Command(
            shows=shows,
            line=wrapped(words),
            program=words[0],
            accepts=accepts,
            accepted=accepted,
            says=says if accepted is not None else "",
            output=output,
        )


def wrapped(words: Sequence[str]) -> str:
    """Spell a command for a shell; an option stays on the line of its value."""
    pieces = re.split(r" (?=--?[A-Za-z])", shlex.join(words))
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + 1 + len(piece) <= COLUMNS:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"    {piece}")
    return " \\\n".join(lines)


def script(title: str, commands: Sequence[Command]) -> str:
    """Write the commands of a step as a shell script that ends well if they all agree."""
    parts = [SCRIPT.format(title=title)]
    for command in commands:
        word = "accepts" if command.accepts else "refuses"
        parts.append(f"echo {shlex.quote('# ' + command.shows.en)}\n{word} {command.line}\n")
    return "\n".join(parts)


def _version(place: str | None, options: tuple[str, ...]) -> str | None:
    """Return how a program calls itself; None if it is missing, or not the one we mean."""
    if place is None:
        return None
    ran, output = _run([place, *options], Path.cwd())
    return output.partition(" (")[0] if ran and OURS_TO_ASK.match(output) else None


def _run(words: list[str], directory: Path) -> tuple[bool, str]:
    """Run a program without input; tell whether it ended well, and all that it printed."""
    ran = subprocess.run(
        words,
        cwd=directory,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        check=False,
    )
    return ran.returncode == 0, ran.stdout.decode(errors="replace").strip()
