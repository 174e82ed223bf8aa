"""
The store remembers, in order, and lets nothing be changed unseen.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ca.store import FILE, SCHEMA, creating, open_store
from pki.errors import NoWorld, TooEarly, WorldExists, WorldTooNew, WorldUnreadable

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)


def create(directory, **settings):
    with creating(directory, settings) as made:
        return made


@pytest.fixture
def store(tmp_path):
    made = create(tmp_path / "w", naming="sim")
    yield made
    made.close()


def test_what_went_in_comes_out_after_reopening(store, tmp_path):
    with store.writing():
        seq = store.append(NOON, "resident-added", "hanako", why="test")
        store.put_state(seq, NOON, "resident", "hanako", {"name": "花子"})

    again = open_store(tmp_path / "w")
    assert [(1, NOON, "resident-added", "hanako", {"why": "test"})] == again.journal()
    assert {"name": "花子"} == again.state("resident", "hanako")
    assert "sim" == again.setting("naming")


def test_every_earlier_state_can_be_asked_for(store):
    for day, name in enumerate(("花子", "鈴木")):
        with store.writing():
            at = NOON + timedelta(days=day)
            store.put_state(store.append(at, "x", "h"), at, "resident", "h", name)

    assert "花子" == store.state("resident", "h", at=NOON + timedelta(hours=1))
    assert "鈴木" == store.state("resident", "h")
    assert None is store.state("resident", "h", at=NOON - timedelta(seconds=1))


def test_an_entry_before_the_newest_is_refused(store):
    store.append(NOON, "x", "h")

    with pytest.raises(TooEarly) as refused:
        store.append(NOON - timedelta(seconds=1), "x", "h")
    assert NOON == refused.value.newest


def test_an_error_inside_writing_undoes_all_of_it(store):
    def half():
        with store.writing():
            store.append(NOON, "x", "h")
            store.append(NOON - timedelta(days=1), "x", "h")

    with pytest.raises(TooEarly):
        half()
    assert [] == store.journal()


def test_writers_of_many_threads_lose_nothing(tmp_path):
    """
    One at a time, each with a connection of its own; numbers without gap or twin.
    """
    create(tmp_path / "w").close()

    def write(name):
        mine = open_store(tmp_path / "w")
        for _ in range(25):
            with mine.writing():
                mine.append(NOON, "x", name)
        mine.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))

    assert list(range(1, 101)) == [seq for seq, *_ in open_store(tmp_path / "w").journal()]


def test_secrets_are_for_the_owner_alone(tmp_path):
    """
    Keys and PINs are in clear, so the directory says 0700 and the file 0600 [D 13].
    """
    create(tmp_path / "w").close()

    assert 0o700 == (tmp_path / "w").stat().st_mode & 0o777
    assert 0o600 == (tmp_path / "w" / FILE).stat().st_mode & 0o777
    assert "*\n" == (tmp_path / "w" / ".gitignore").read_text()


def test_a_world_is_never_made_over_another(store, tmp_path):
    with pytest.raises(WorldExists, match="never overwritten"):
        create(tmp_path / "w")


def test_a_world_that_comes_to_nothing_leaves_nothing(tmp_path):
    def half():
        with creating(tmp_path / "deep" / "w", {}):
            raise WorldUnreadable("the founding failed")

    with pytest.raises(WorldUnreadable, match="founding"):
        half()
    assert [] == list(tmp_path.iterdir())


def test_no_world_no_store(tmp_path):
    with pytest.raises(NoWorld, match="minijpki init"):
        open_store(tmp_path / "nowhere")


def test_a_file_that_is_no_store_is_said_to_be_none(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / FILE).write_bytes(b"not a database at all, but long enough to look at")

    with pytest.raises(WorldUnreadable, match="is no world's store"):
        open_store(tmp_path / "w")


def test_a_store_cut_in_half_is_unreadable(store, tmp_path):
    store.close()
    path = tmp_path / "w" / FILE
    path.write_bytes(path.read_bytes()[:6000])

    with pytest.raises(WorldUnreadable):
        open_store(tmp_path / "w").journal()


def test_a_world_of_a_newer_version_is_left_alone(store, tmp_path):
    store.close()
    with sqlite3.connect(tmp_path / "w" / FILE) as database:
        database.execute("UPDATE settings SET value = ? WHERE name = 'schema'", (str(SCHEMA + 1),))

    with pytest.raises(WorldTooNew, match=f"schema {SCHEMA + 1}, this one knows {SCHEMA}"):
        open_store(tmp_path / "w")
