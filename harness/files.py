"""
Reading and writing files: whole or absent, and never more than is sane.
"""

import os
from pathlib import Path

from pki.errors import Malformed, OutputRefused

MAX_INPUT = 64 * 1024 * 1024  # octets; whoever needs more has the wrong file


def read_input(path: str, *, limit: int = MAX_INPUT) -> bytes:
    """Read a file, or standard input for `-`; Malformed if it is larger than *limit*."""
    import sys

    if path == "-":
        content = sys.stdin.buffer.read(limit + 1)
    else:
        try:
            with open(path, "rb") as file:
                content = file.read(limit + 1)
        except OSError as error:
            raise Malformed(path, error.strerror or "no such file") from error
    if len(content) > limit:
        raise Malformed(path, f"it is larger than {limit >> 20} MiB, and no input is; send a part")
    return content


def write_whole(target: Path, content: bytes, *, mode: int = 0o644) -> None:
    """
    Write a file beside its place and rename it there: whole, or not at all.

    What is no file, such as a device or a pipe, is written to as it stands: a rename would
    put a file in its place.
    """
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, content, mode)
    except OSError as error:
        raise OutputRefused(
            f"{target} cannot be written ({error.strerror}); name another place with -o"
        ) from error


def _replace(target: Path, content: bytes, mode: int) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def write_output(path: str, content: bytes, *, binary: bool = True) -> None:
    """Write to a file, or to standard output for `-`; binary never goes to a terminal."""
    import sys

    if path != "-":
        write_whole(Path(path), content)
        return
    if binary and sys.stdout.isatty():
        raise OutputRefused("binary output does not go to a terminal; name a file with -o")
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # whoever reads has seen enough
    except OSError as error:
        raise OutputRefused(
            f"standard output cannot be written ({error.strerror}); name a file with -o"
        ) from error
