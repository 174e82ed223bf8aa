"""
Whether a world was written to since somebody looked: asked before every answer of a server,
which keeps what it worked out for as long as nobody wrote.
"""

from ca.store import Store


class Watch:
    """Looks at one world; what this process itself writes, it must say with `wrote`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own = 0

    def wrote(self) -> None:
        """Count a change of this process's own."""
        self._own += 1

    def version(self) -> tuple[object, int]:
        """Return what changes with every commit; equal as long as nothing was written."""
        return self._store.version(), self._own
