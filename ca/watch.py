"""
Whether a world was written to since somebody looked: asked before every answer of a server,
which keeps what it worked out for as long as nobody wrote.
"""

from ca.store import Store

# Of other connections' commits alone, in SQLite; in PostgreSQL of everybody's.
SQLITE = "PRAGMA data_version"
POSTGRESQL = "SELECT CAST(pg_current_snapshot() AS TEXT)"


class Watch:
    """Looks at one world; what this process itself writes, it must say with `wrote`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sql = POSTGRESQL if store.setting("database") else SQLITE
        self._own = 0

    def wrote(self) -> None:
        """Count a change of this process's own."""
        self._own += 1

    def version(self) -> tuple[object, int]:
        """Return what changes with every commit; equal as long as nothing was written."""
        return self._store.rows(self._sql)[0][0], self._own
