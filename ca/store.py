"""
The one place that remembers: an append-only journal and tables that only grow.

The only module that knows the database library.  SQLite (WAL, writers one at a time) is
the embedded default; a PostgreSQL URL works the same.  Every row bears the sequence number
of the journal entry that made it, so the world as of any past moment is a query.  Each
entry is sealed with the one before, so that a deleted or edited line shows.
"""

import json
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import peewee

from pki.errors import (
    NoWorld,
    TooEarly,
    Unacceptable,
    WorldBusy,
    WorldError,
    WorldExists,
    WorldTooNew,
    WorldUnreadable,
)

SCHEMA = 1
FILE = "world.sqlite3"
BUSY_TIMEOUT = 10  # seconds that one process waits for another to finish writing
ORIGIN = "0" * 32  # what the first entry is sealed with
WRITERS = 8549  # the advisory lock that writers of a PostgreSQL world take in turn

TABLES = (
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE journal (seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, what TEXT NOT NULL,
       subject TEXT NOT NULL, detail TEXT NOT NULL, seal TEXT NOT NULL)""",
    "CREATE INDEX journal_subject ON journal (subject, seq)",
    """CREATE TABLE states (seq BIGINT NOT NULL, at BIGINT NOT NULL, noun TEXT NOT NULL,
       id TEXT NOT NULL, value TEXT NOT NULL, seal TEXT NOT NULL,
       PRIMARY KEY (noun, id, seq))""",
    """CREATE TABLE keys (id BIGINT PRIMARY KEY, algorithm TEXT NOT NULL, der {BLOB} NOT NULL,
       sha256 TEXT NOT NULL)""",
    """CREATE TABLE authorities (ca TEXT NOT NULL, generation INTEGER NOT NULL,
       serial BIGINT NOT NULL, algorithm TEXT NOT NULL, not_before BIGINT NOT NULL,
       not_after BIGINT NOT NULL, key BIGINT NOT NULL, der {BLOB} NOT NULL, seq BIGINT NOT NULL,
       PRIMARY KEY (ca, generation))""",
    """CREATE TABLE serials (ca TEXT NOT NULL, serial BIGINT NOT NULL, at BIGINT NOT NULL,
       PRIMARY KEY (ca, serial))""",
    """CREATE TABLE certificates (ca TEXT NOT NULL, serial BIGINT NOT NULL,
       generation INTEGER NOT NULL, resident TEXT NOT NULL, card TEXT NOT NULL,
       scope TEXT NOT NULL, renewal INTEGER NOT NULL, at BIGINT NOT NULL,
       not_before BIGINT NOT NULL, not_after BIGINT NOT NULL, key BIGINT NOT NULL,
       der {BLOB} NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (ca, serial))""",
    "CREATE INDEX certificates_scope ON certificates (ca, generation, scope, at)",
    "CREATE INDEX certificates_resident ON certificates (resident, seq)",
    """CREATE TABLE standings (seq BIGINT NOT NULL, ca TEXT NOT NULL, serial BIGINT NOT NULL,
       at BIGINT NOT NULL, since BIGINT NOT NULL, reason TEXT NOT NULL,
       PRIMARY KEY (ca, serial, seq))""",
    """CREATE TABLE publications (seq BIGINT NOT NULL, ca TEXT NOT NULL,
       generation INTEGER NOT NULL, scope TEXT NOT NULL, at BIGINT NOT NULL,
       PRIMARY KEY (ca, generation, scope, seq))""",
)
# How SQLite stores what the tables declare, and which columns are moments.
STORAGE = {"BIGINT": "integer", "INTEGER": "integer", "TEXT": "text", "BLOB": "blob"}
MOMENTS = ("at", "not_before", "not_after", "since")
CALENDAR = (-62_135_596_800, 253_402_300_799)  # from the year 1 to the year 9999


def to_moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def to_seconds(moment: datetime) -> int:
    """Count whole seconds since 1970; a moment with a fraction is a programmer's mistake."""
    if moment.microsecond or moment.tzinfo is None:
        raise ValueError(f"{moment!r} must be aware and in whole seconds")
    return int(moment.timestamp())


class Store:
    """
    An open world.

    Rows go in through `append` and `insert` inside `writing()`, and come out of `rows`.
    """

    def __init__(self, database: Any, name: str) -> None:
        self._database = database
        self._name = name
        self._mark = "?" if isinstance(database, peewee.SqliteDatabase) else "%s"
        self._settings: dict[str, str] | None = None
        # Whoever forgets to close a world is not told so by the garbage collector.
        weakref.finalize(self, database.close)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all or nothing, one process at a time; nests."""
        if self._database.in_transaction():
            yield
            return
        try:
            with self._database.atomic("IMMEDIATE") if self._mark == "?" else self._locked():
                self._settings = None  # another process may have changed them until now
                yield
        except peewee.DatabaseError as error:
            raise self._told(error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._database.atomic():
            self._database.execute_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
            yield

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return what a query finds; `?` stands for each value in either dialect."""
        try:
            found: list[Any] = self._execute(sql.replace("?", self._mark), values).fetchall()
        except peewee.DatabaseError as error:
            raise self._told(error) from error
        return found

    def _execute(self, sql: str, values: tuple[Any, ...]) -> Any:
        try:
            return self._database.execute_sql(sql, values)
        except UnicodeEncodeError as error:  # of bytes that the terminal could not decode
            raise Unacceptable(f"{error.object!r} is no text; write it in UTF-8") from error

    def insert(self, table: str, *rows: Sequence[Any]) -> None:
        """Add rows, every column in the order of the table."""
        for row in rows:
            marks = ",".join([self._mark] * len(row))
            self._execute(f"INSERT INTO {table} VALUES ({marks})", tuple(row))

    def append(self, at: datetime, what: str, subject: str, **detail: Any) -> int:
        """Enter an event into the journal and return its number; TooEarly before the newest."""
        found = self.rows("SELECT seq, at, seal FROM journal ORDER BY seq DESC LIMIT 1")
        seq, newest, seal = found[0] if found else (0, 0, ORIGIN)
        seconds = to_seconds(at)
        if seconds < newest:
            raise TooEarly(at, to_moment(newest))
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        row = (seq + 1, seconds, what, subject, text)
        self.insert("journal", (*row, sealed(seal, row)))
        return int(seq) + 1

    def newest(self) -> datetime | None:
        """Return the moment of the journal's newest entry."""
        found = self.rows("SELECT at FROM journal ORDER BY seq DESC LIMIT 1")
        return to_moment(found[0][0]) if found else None

    def journal(self, *, subject: str | None = None, until: datetime | None = None) -> list[Any]:
        """List entries as (seq, at, what, subject, detail), oldest first."""
        where: list[str] = ["1 = 1"]
        values: list[Any] = []
        if subject is not None:
            where.append("subject = ?")
            values.append(subject)
        if until is not None:
            where.append("at <= ?")
            values.append(to_seconds(until))
        sql = f"SELECT seq, at, what, subject, detail FROM journal WHERE {' AND '.join(where)}"
        return [
            (seq, to_moment(at), what, who, json.loads(detail))
            for seq, at, what, who, detail in self.rows(f"{sql} ORDER BY seq", *values)
        ]

    def put_state(self, seq: int, at: datetime, noun: str, identifier: str, value: Any) -> None:
        """Remember how something is from *at* on; what it was before stays."""
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        row = (seq, to_seconds(at), noun, identifier, text)
        self.insert("states", (*row, sealed(ORIGIN, row)))

    def state(self, noun: str, identifier: str, *, at: datetime | None = None) -> Any:
        """Return the newest state, or that of the moment *at*; None if there was none."""
        limit, values = ("AND at <= ?", (to_seconds(at),)) if at else ("", ())
        found = self.rows(
            f"SELECT value FROM states WHERE noun = ? AND id = ? {limit} ORDER BY seq DESC LIMIT 1",
            noun,
            identifier,
            *values,
        )
        return json.loads(found[0][0]) if found else None

    def states(self, noun: str) -> list[Any]:
        """Return the newest state of everything of one sort, in the order of first mention."""
        found = self.rows(
            """SELECT value FROM states JOIN (SELECT id AS newest_id, MAX(seq) AS newest,
               MIN(seq) AS first FROM states WHERE noun = ? GROUP BY id) AS latest
               ON id = newest_id AND seq = newest WHERE noun = ? ORDER BY first""",
            noun,
            noun,
        )
        return [json.loads(value) for (value,) in found]

    def setting(self, name: str, default: str = "") -> str:
        if self._settings is None:
            self._settings = dict(self.rows("SELECT name, value FROM settings"))
        return self._settings.get(name, default)

    def version(self) -> object:
        """Return what changes with every commit of another connection; asked very often."""
        if self._mark != "?":
            return self.rows("SELECT CAST(pg_current_snapshot() AS TEXT)")[0][0]
        try:
            return self._database.connection().execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise self._told(error) from error

    def reread(self) -> None:
        """Ask for the settings anew: a process that lives long shares them with others."""
        self._settings = None

    def set(self, name: str, value: str) -> None:
        """Change a setting; settings say how the world runs, not what happened in it."""
        self._database.execute_sql(f"DELETE FROM settings WHERE name = {self._mark}", (name,))
        self.insert("settings", (name, value))
        self._settings = None

    def complaints(self) -> list[str]:
        """
        List what the database itself finds damaged, and values that no column may have.

        SQLite would keep a word in a column of numbers; a server knows its types, and looks
        after its own files.
        """
        if self._mark != "?":
            return []
        found = [text for (text,) in self.rows("PRAGMA integrity_check") if text != "ok"]
        for table in (each.split()[2] for each in TABLES if each.startswith("CREATE TABLE")):
            for _, column, declared, *_ in self.rows(f"PRAGMA table_info({table})"):
                wrong = f"typeof({column}) <> '{STORAGE[declared]}'"
                if column in MOMENTS:
                    wrong += f" OR {column} NOT BETWEEN {CALENDAR[0]} AND {CALENDAR[1]}"
                [(count,)] = self.rows(f"SELECT COUNT(*) FROM {table} WHERE {wrong}")
                if count:
                    found.append(f"{table}.{column} has what it may not have, {count} times")
        return found

    def close(self) -> None:
        self._database.close()

    def _told(self, error: Exception) -> WorldError:
        text = str(error)
        if "locked" in text or "busy" in text:
            return WorldBusy(
                f"the world {self._name} is being written by another process for more than "
                f"{BUSY_TIMEOUT} seconds; try again when it is done"
            )
        if "readonly" in text or "read-only" in text:
            return WorldUnreadable(
                f"the world {self._name} may not be written, and even reading needs that; "
                "give yourself the right to write, or copy the world"
            )
        if "full" in text:
            return WorldUnreadable(
                f"there is no room left for the world {self._name}; nothing was changed, make room"
            )
        return WorldUnreadable(
            f"the world {self._name} cannot be read ({text}); restore a copy, or make a new "
            "world with `minijpki init`"
        )


def sealed(before: str, row: Sequence[Any]) -> str:
    """Seal a row with the one before it."""
    text = json.dumps([before, *row], ensure_ascii=False)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


@contextmanager
def creating(
    directory: Path, settings: dict[str, str], *, url: str | None = None
) -> Iterator[Store]:
    """
    Make the store of a new world, and keep it only if what is done with it succeeds.

    WorldExists where there is one.
    """
    if url:
        settings = settings | {"database": url}
    path = directory / FILE
    fresh = [each for each in (directory, *directory.parents) if not each.exists()]
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        if not directory.is_dir():
            raise WorldUnreadable(
                f"no world can be made in {directory}, which is a file; choose another with -C"
            ) from error
        raise WorldExists(
            f"there is a world in {directory} already, and it is never overwritten; "
            "choose another directory with -C"
        ) from None
    except OSError as error:
        _sweep(directory, fresh)
        raise WorldUnreadable(
            f"no world can be made in {directory} ({error.strerror}); choose another with -C"
        ) from error
    store = Store(_sqlite(path, journal_mode="wal"), str(directory))
    try:
        with store.writing():
            _lay(store, settings)
            if url:
                remote = Store(_connected(url), str(directory))
                with remote.writing():
                    _lay(remote, settings)
                    yield remote
            else:
                yield store
        _hide(directory)
    except BaseException:
        store.close()
        path.unlink()
        _sweep(directory, fresh)
        raise


def _hide(directory: Path) -> None:
    """Keep a world out of other people's repositories: keys and PINs are in clear [D 13]."""
    path = directory / ".gitignore"
    with suppress(OSError):
        path.touch(mode=0o600, exist_ok=False)  # somebody else's stays as it is
        path.write_text("*\n", encoding="ascii")


def _sweep(directory: Path, fresh: list[Path]) -> None:
    """Remove what was made for a world that came to nothing."""
    with suppress(OSError):  # where nothing could be made, nothing can be removed
        for name in (f"{FILE}-wal", f"{FILE}-shm"):
            (directory / name).unlink(missing_ok=True)
        for each in fresh:
            each.rmdir()


def _lay(store: Store, settings: dict[str, str]) -> None:
    blob = "BLOB" if store._mark == "?" else "BYTEA"
    for statement in TABLES:
        store._database.execute_sql(statement.replace("{BLOB}", blob))
    store.insert("settings", *(settings | {"schema": str(SCHEMA)}).items())


def open_store(directory: Path) -> Store:
    """Open the store of a world; NoWorld, WorldUnreadable or WorldTooNew where it cannot be."""
    path = directory / FILE
    try:
        if not path.is_file():
            raise NoWorld(
                f"there is no world in {directory}; make one with `minijpki init`, "
                "or name another with -C"
            )
        with path.open("rb") as file:
            head = file.read(16)
    except PermissionError as error:
        raise WorldUnreadable(
            f"the world in {directory} may not be read; ask its owner, or name another with -C"
        ) from error
    if head != b"SQLite format 3\0":
        raise WorldUnreadable(
            f"{path} is no world's store; restore a copy, or make a new world with `minijpki init`"
        )
    store = Store(_sqlite(path), str(directory))
    try:
        if url := store.setting("database"):
            store.close()
            store = Store(_connected(url), str(directory))
        schema = store.setting("schema")
        if not schema.isdecimal() or int(schema) > SCHEMA:
            raise WorldTooNew(
                f"a newer minijpki made the world in {directory} (schema {schema or 'unknown'}, "
                f"this one knows {SCHEMA}); use that one"
            )
    except WorldError:
        store.close()
        raise
    return store


def _sqlite(path: Path, **settled: str) -> Any:
    # What is settled at the beginning is the file's for ever; setting it again would also
    # change a file that turns out to be nobody's world.
    # With WAL a kill at any point loses nothing that was committed; only a power cut could
    # take the last moments, and a simulation can bear that better than a sync per entry.
    return peewee.SqliteDatabase(
        str(path),
        pragmas={**settled, "synchronous": "normal", "foreign_keys": 0},
        timeout=BUSY_TIMEOUT,
    )


def _connected(url: str) -> Any:
    from playhouse.db_url import connect

    try:
        database = connect(url)
        database.connect()  # now, while somebody is there to be told
        return database
    except (RuntimeError, peewee.PeeweeException, ImportError) as error:
        raise WorldUnreadable(
            f"the database {url.partition('://')[0]}://… cannot be used ({error}); "
            "check the URL, and `pip install minijpki[postgres]`"
        ) from error
