"""
Two people type at the same moment.

Both succeed, or one is told why not; no change is lost, no number given twice, and a lock
is a lock however many hands try it.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from town import GUESS, HOME, WORLD, YOKOHAMA, minijpki, process, refused, settle

from harness.scene import PINS
from harness.world import World
from pki.errors import NotNewest, NotPermitted, WrongPin
from pki.kinds import Kind, Sex
from pki.timestamps.check import open_token

ISSUE = ["card", "issue", "jiro"]


@pytest.fixture
def town(tmp_path, monkeypatch):
    settle(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    for name in ("jiro", "saburo"):
        minijpki("resident", "add", "--id", name, "--name", "住基 二郎", "--sex", "male",
                 "--address", HOME)  # fmt: skip
    return tmp_path


def at_once(lines, directory):
    """
    Type several lines at the same time, each in a process of its own.
    """
    with ThreadPoolExecutor(len(lines)) as pool:
        return list(pool.map(lambda line: process(*line, directory=directory), lines))


def whole(directory):
    """
    Ask fsck.
    """
    return 0 == process("fsck", directory=directory).returncode


def test_residents_who_come_at_the_same_time_are_all_registered(town):
    newcomer = ["resident", "add", "--name", "住基 太郎", "--sex", "male", "--address", HOME]

    results = at_once([newcomer] * 5, town)

    listed = minijpki("resident", "list").stdout
    assert [0] * 5 == [result.returncode for result in results]
    assert all(f"r{number} " in listed for number in range(1, 6))
    assert whole(town)


def test_one_resident_gets_one_card_though_two_clerks_issue_it(town):
    results = at_once([ISSUE, ISSUE, ISSUE], town)

    done = [result for result in results if result.returncode == 0]
    others = {refused(result) for result in results if result.returncode}
    assert 1 == len(done)
    assert {
        "Error: the resident 'jiro' has a card that is active; "
        "replace it with `minijpki card reissue jiro`"
    } == others
    assert whole(town)


def test_two_who_guess_at_once_share_the_tries(town):
    results = at_once([GUESS] * 5, town)

    assert 1 == sum("locked" in refused(result) for result in results)
    assert "sign=0" in minijpki("card", "show", "hanako").stdout


def test_a_world_that_another_process_holds_is_busy(town, monkeypatch):
    monkeypatch.setattr("ca.store.BUSY_TIMEOUT", 0)
    with closing(sqlite3.connect(town / WORLD / "world.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")

        sentence = refused(minijpki("resident", "die", "hanako"))

    assert "is being written by another process" in sentence


@pytest.fixture
def clerk(town):
    world = World.open(town / WORLD)
    yield world
    world.close()


@pytest.fixture
def other(town):
    world = World.open(town / WORLD)
    yield world
    world.close()


def interrupt(world, act):
    """
    Let *act* happen at the worst moment: just before *world* first gets the right to write.
    """
    writing, pending = world.store.writing, [act]

    @contextmanager
    def interrupted():
        if pending:
            pending.pop()()
        with writing():
            yield

    world.store.writing = interrupted


def standings(world, kind):
    return [
        type(world.register.standing(kind, each.serial)).__name__
        for each in world.register.certificates("hanako", kind)
    ]


def test_a_card_that_was_issued_meanwhile_is_not_issued_again(clerk, other):
    interrupt(clerk, lambda: other.office.issue_card("jiro", at=clerk.now(), pins=PINS))

    with pytest.raises(NotPermitted, match="has a card that is active"):
        clerk.office.issue_card("jiro", at=clerk.now(), pins=PINS)


def test_two_cards_never_share_a_number(clerk, other):
    interrupt(clerk, lambda: other.office.issue_card("jiro", at=clerk.now(), pins=PINS))

    handed = clerk.office.issue_card("saburo", at=clerk.now(), pins=PINS)

    assert "00000002" == clerk.register.card_of("jiro").serial
    assert "00000003" == handed.card.serial


def test_a_renewal_supersedes_the_one_that_came_between(clerk, other):
    interrupt(clerk, lambda: other.office.renew("hanako", at=clerk.now()))

    clerk.office.renew("hanako", at=clerk.now())

    assert ["Revoked", "Revoked", "Good"] == standings(clerk, Kind.SIGN)
    assert ["Revoked", "Revoked", "Good"] == standings(clerk, Kind.AUTH)


def test_a_renewal_of_what_was_renewed_meanwhile_is_refused(clerk, other):
    interrupt(clerk, lambda: other.office.renew("hanako", at=clerk.now()))

    with pytest.raises(NotNewest, match="has a successor"):
        clerk.office.renew("hanako", (Kind.SIGN,), at=clerk.now(), serial=2)


def test_a_move_does_not_undo_a_marriage(clerk, other):
    interrupt(clerk, lambda: other.office.rename("hanako", name="鈴木 花子", at=clerk.now()))

    moved = clerk.office.move("hanako", address=YOKOHAMA, at=clerk.now())

    assert ("鈴木　花子", "14104") == (moved.name, moved.municipality)


def test_a_marriage_does_not_undo_a_move(clerk, other):
    interrupt(clerk, lambda: other.office.move("hanako", address=YOKOHAMA, at=clerk.now()))

    renamed = clerk.office.rename("hanako", name="鈴木 花子", at=clerk.now())

    assert ("鈴木　花子", "14104") == (renamed.name, renamed.municipality)


def test_a_correction_undoes_neither(clerk, other):
    interrupt(clerk, lambda: other.office.move("hanako", address=YOKOHAMA, at=clerk.now()))

    corrected = clerk.office.correct("hanako", sex=Sex.UNKNOWN, at=clerk.now())

    assert (Sex.UNKNOWN, "14104") == (corrected.sex, corrected.municipality)


def test_a_guess_counts_on_from_the_one_that_came_between(clerk, other):
    def guess(world):
        with pytest.raises(WrongPin) as refused:
            world.sign_raw("hanako", b"", pin="WRONG1")
        return refused.value.tries_left

    interrupt(clerk, lambda: guess(other))

    assert 3 == guess(clerk)


def test_two_residents_never_get_the_same_identifier(clerk, other):
    newcomer = {"name": "住基 太郎", "born": None, "sex": Sex.MALE, "address": HOME}
    interrupt(clerk, lambda: other.add_resident(**newcomer))

    assert "r2" == clerk.add_resident(**newcomer).identifier


def test_a_clock_that_two_turn_is_turned_twice(clerk, other):
    begin, hour = clerk.now(), timedelta(hours=1)
    interrupt(clerk, lambda: other.turn_clock(hour))

    assert begin + 2 * hour == clerk.turn_clock(hour)


def test_stamps_that_are_asked_for_at_once_bear_different_numbers(town):
    """
    The first of them certifies the authority, and it is one.
    """
    lines = [["timestamp", "make", "signed.xml", "-o", f"{n}.tsr"] for n in range(4)]

    results = at_once(lines, town)

    tokens = [open_token((town / f"{n}.tsr").read_bytes()) for n in range(4)]
    assert [0] * 4 == [result.returncode for result in results]
    assert {1, 2, 3, 4} == {token.info.serial for token in tokens}
    assert 1 == len({token.data.certificates for token in tokens})
    assert whole(town)
