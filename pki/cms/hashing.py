"""
Hash by the name of the algorithm, faster than hashlib finds it.  Pure.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Protocol


class _Hash(Protocol):
    def digest(self) -> bytes: ...


_HASHES: dict[str, Callable[[bytes], _Hash]] = {
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


def hashed(digest: str, content: bytes) -> bytes:
    """Hash *content*; *digest* is one of our tables, as hashlib spells it."""
    return _HASHES[digest](content).digest()
