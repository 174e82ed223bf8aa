"""
Worlds that cannot be used, places where none can be made, disks that are full.

One sentence each, and whatever lies there, a world or somebody else's file, stays as it is.
"""

import ctypes
import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from town import SIGN, WORLD, YOKOHAMA, everything, files, minijpki, process, refused, settle

MOVE = ["resident", "move", "hanako", "--address", YOKOHAMA]
CAPABILITIES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
DROP = 24  # PR_CAPBSET_DROP
TITLE = "signature certificate (署名用電子証明書)\n"


@pytest.fixture
def town(tmp_path, monkeypatch):
    directory = tmp_path / "town"
    directory.mkdir()
    settle(directory)
    monkeypatch.chdir(directory)
    monkeypatch.setenv("LC_ALL", "C")
    return directory


def as_guest():
    """
    Let file modes bind even root, for the process to come.
    """
    if sys.platform == "linux" and os.geteuid() == 0:
        for capability in CAPABILITIES:
            ctypes.CDLL(None).prctl(DROP, capability, 0, 0, 0)


@pytest.fixture
def guest(tmp_path):
    """
    Type as somebody whom file modes bind.
    """
    probe = tmp_path / "probe"
    probe.touch(mode=0o000)
    asked = [sys.executable, "-c", "import sys; open(sys.argv[1])", str(probe)]
    if process(before=asked, preexec_fn=as_guest).returncode == 0:
        pytest.skip("file modes bind nobody here: the process cannot drop its capabilities")
    return lambda *line, **settings: process(*line, preexec_fn=as_guest, **settings)


def _garbage(store):
    store.write_bytes(b"garbage\n" * 1000)


def _nothing(store):
    store.write_bytes(b"")


def _head(store):
    store.write_bytes(store.read_bytes()[:100])


def _half(store):
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])


def _directory(store):
    store.unlink()
    store.mkdir()


def _foreign(store):
    store.unlink()
    with closing(sqlite3.connect(store)) as made:
        made.execute("CREATE TABLE recipes (name TEXT)")


def _newer(store):
    with closing(sqlite3.connect(store)) as changed, changed:
        changed.execute("UPDATE settings SET value = '99' WHERE name = 'schema'")


def _unnumbered(store):
    with closing(sqlite3.connect(store)) as changed, changed:
        changed.execute("DELETE FROM settings WHERE name = 'schema'")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_garbage, "is no world's store; restore a copy"),
        (_nothing, "is no world's store; restore a copy"),
        (_head, "cannot be read"),
        (_half, "cannot be read"),
        (_directory, "there is no world in .minijpki; make one with `minijpki init`"),
        (_foreign, "cannot be read (no such table: settings)"),
        (_newer, "a newer minijpki made the world in .minijpki (schema 99, this one knows 1)"),
        (_unnumbered, "schema unknown"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("line", [["resident", "list"], ["card", "renew", "hanako"]], ids=" ".join)
def test_a_world_that_cannot_be_used_is_left_as_it_is(town, line, spoil, words):
    spoil(town / WORLD / "world.sqlite3")
    before = files()

    assert words in refused(minijpki(*line))
    assert before == files()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("line", [["resident", "list"], ["fsck"], [*SIGN, "no"]])
def test_where_there_is_no_world_none_is_made(line):
    sentence = refused(minijpki("-C", "nowhere", *line))

    assert "there is no world in nowhere; make one with `minijpki init`" in sentence
    assert not Path("nowhere").exists()


@pytest.mark.parametrize(
    "spoil", [None, _garbage, _directory], ids=["world", "garbage", "directory"]
)
def test_init_overwrites_nothing(town, spoil):
    if spoil:
        spoil(town / WORLD / "world.sqlite3")
    before = files()

    sentence = refused(minijpki("init"))

    assert "there is a world in .minijpki already, and it is never overwritten" in sentence
    assert before == files()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("directory", "settings", "words"),
    [
        ("new", ["--seed", "1", "--naming", "exact"], "a seeded world has published keys"),
        ("new", ["--set", "nonsense=1"], "no switch is called 'nonsense'"),
        ("new", ["--set", "effect=never"], "cannot be 'never'"),
        ("new", ["--set", "usable_after=²"], "a number of days"),
        ("new", ["--base-url", "http://日本.example"], "in ASCII"),
        ("new", ["--base-url", ""], "write an http URL"),
        ("new/below", ["--database", "nonsense://x"], "the database nonsense://… cannot be used"),
        ("filing.xml/new", [], "no world can be made in filing.xml/new"),
        ("/proc/new", [], "no world can be made in /proc/new"),
    ],
    ids=str,
)
def test_an_init_that_is_refused_leaves_nothing_behind(directory, settings, words):
    before, there = files(), {*Path().rglob("*")}

    assert words in refused(minijpki("-C", directory, "init", *settings))
    assert before == files()
    assert there == {*Path().rglob("*")}


def test_init_in_somebody_s_project_leaves_their_files_alone(town):
    """
    A world hides itself from git, unless there is a .gitignore already.
    """
    (town / "project").mkdir()
    (town / "project" / ".gitignore").write_text("*.pyc\n", encoding="ascii")

    done = minijpki("-C", "project", "init", "--seed", "1")

    assert 0 == done.exit_code
    assert "*.pyc\n" == (town / "project" / ".gitignore").read_text("ascii")


@pytest.mark.usefixtures("town")
def test_a_world_is_nobody_else_s_to_read():
    """
    Keys and PINs are in there, in clear [D 13].
    """
    minijpki("-C", "new", "init", "--seed", "1")

    assert {"new": 0o700, "new/.gitignore": 0o600, "new/world.sqlite3": 0o600} == {
        str(path): path.stat().st_mode & 0o777 for path in [Path("new"), *Path("new").iterdir()]
    }


def test_modes_that_forbid_reading_are_respected(town, guest):
    store = town / WORLD / "world.sqlite3"
    store.chmod(0o000)

    sentence = refused(guest("resident", "list", directory=town))

    assert "may not be read; ask its owner" in sentence


@pytest.mark.parametrize("line", [MOVE, ["init"], [*SIGN, "no"]])
def test_a_directory_that_is_read_only_stays_as_it_is(town, guest, line):
    world = town / WORLD
    before = files()
    for path, mode in ((world / "world.sqlite3", 0o400), (world, 0o500), (town, 0o500)):
        path.chmod(mode)

    sentence = refused(guest(*line, directory=town))
    for path in (town, world):
        path.chmod(0o700)

    assert "the world .minijpki may not be written" in sentence or "already" in sentence
    assert before == files()


def test_no_world_is_made_in_a_read_only_directory(town, guest):
    town.chmod(0o500)

    sentence = refused(guest("-C", "new/world", "init", directory=town))
    town.chmod(0o700)

    assert "no world can be made in new/world (Permission denied)" in sentence
    assert not (town / "new").exists()


def test_output_goes_to_a_read_only_directory_not_at_all(town, guest):
    (town / "kept").mkdir(mode=0o500)

    sentence = refused(guest(*SIGN, "kept/no", directory=town))

    assert "kept/no cannot be written (Permission denied); name another place" in sentence


@pytest.mark.parametrize(
    "line",
    [
        ["verify", "signed.xml"],
        ["resident", "list", "--json"],
        ["--help"],
        [*SIGN, "-"],
    ],
    ids=lambda line: line[0],
)
def test_a_full_standard_output_is_told_in_one_sentence(town, line):
    before = everything()
    with open("/dev/full", "wb") as full:
        result = process(*line, directory=town, stdout=full)

    assert 1 == result.returncode
    assert 1 == len(result.stderr.splitlines())
    assert result.stderr.startswith("Error: standard output ")
    assert before == everything()


def test_a_reader_that_has_seen_enough_is_no_reason_to_complain(town):
    reading, writing = os.pipe()
    os.close(reading)

    result = process("profile", "show", "sign", directory=town, stdout=writing)
    os.close(writing)

    assert (1, "") == (result.returncode, result.stderr.replace(TITLE, ""))


def test_devices_and_pipes_are_written_and_not_replaced(town):
    """
    A rename would put a file in place of /dev/null.
    """
    os.mkfifo("pipe")
    with ThreadPoolExecutor() as pool:
        reader = pool.submit(Path("pipe").read_bytes)
        done = minijpki(*SIGN, "pipe")

        assert reader.result().startswith(b'<DATA id="DATA">')
    assert 0 == done.exit_code
    assert (town / "pipe").is_fifo()
