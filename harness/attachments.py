"""
Files beside a document that its signatures refer to: read by name, and no other file is.

A document comes from a stranger, so what it names is looked up among the entries of one
folder, by exact characters, and what is a link, a folder or a device is not there.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.files import read_input
from pki.errors import Malformed, Unacceptable

MAX_TOTAL = 256 * 1024 * 1024  # octets that one document may make us read


class Folder(Mapping[str, bytes]):
    """
    The files of one folder by their names; each is read when somebody asks for it.

    File systems may take two names for one; here they are the same when their characters are.
    """

    def __init__(self, path: str) -> None:
        try:
            self._files = {
                entry.name: entry
                for entry in Path(path).iterdir()
                if entry.is_file() and not entry.is_symlink()
            }
        except OSError as error:
            raise Malformed(path, error.strerror or "no such folder") from error
        self._read: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._read:
            self._read[name] = read_input(str(self._files[name]))
            if sum(map(len, self._read.values())) > MAX_TOTAL:
                raise Unacceptable(
                    f"the files that the document names have more than {MAX_TOTAL >> 20} MiB "
                    "together; judge it without them"
                )
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def read_files(paths: tuple[str, ...]) -> dict[str, bytes]:
    """Read the files of *paths* whole, under their names; two of one name are refused."""
    found: dict[str, bytes] = {}
    for path in paths:
        name = Path(path).name
        if name in found:
            raise Unacceptable(
                f"two of the files have the name {name!r}, and a signature knows names only; "
                "rename one, or sign it elsewhere"
            )
        found[name] = read_input(path)
    return found
