"""
The door: see whose house this is, then hand over to the command line.

Another distribution, dogtag-pki, installs a package called pki as well.  Where both
are installed it may be theirs that Python finds, so the door asks before it opens.
"""

import os
import sys
from errno import ENOSPC
from importlib import import_module
from io import TextIOWrapper

FLOORS = ("pki", "crl", "ca", "harness")


def check_identity() -> None:
    """Refuse to run on somebody else's package of the same name."""
    for floor in FLOORS:
        found = import_module(floor)
        if getattr(found, "DISTRIBUTION", None) != "minijpki":
            where = getattr(found, "__file__", None) or "an unknown place"
            raise SystemExit(
                f"minijpki: the package {floor!r} found at {where} is not ours; "
                "install minijpki in an environment of its own"
            )


def speak_utf8() -> None:
    """Write UTF-8 whatever the locale says: JSON must not depend on it, nor can names."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def main() -> None:
    check_identity()
    speak_utf8()

    from harness.cli.root import cli  # only now, for this needs our own pki

    try:
        cli(prog_name="minijpki")
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else Python tries again on its way out
        sys.exit("Error: standard output is full, and the result is cut off; make room")


if __name__ == "__main__":
    main()
