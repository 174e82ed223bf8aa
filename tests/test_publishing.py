"""
The press computes every list from the journal: of tonight, of any past night, or now.
"""

from datetime import UTC, datetime, timedelta

import pytest

from crl.read import read_list
from harness.scene import Scene
from pki.errors import Missing
from pki.kinds import Kind

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
NIGHT = datetime(2026, 4, 1, 18, tzinfo=UTC)  # 03:00 JST


@pytest.fixture
def scene(tmp_path):
    made = Scene.fresh(tmp_path / "w", seed=1)
    yield made
    made.close()


def chiyoda(scene, at=None):
    return scene.world.press.newest(Kind.SIGN, "13101", at=at or scene.now)


def test_the_first_certificate_opens_an_empty_list(scene):
    """
    Otherwise nobody could rely on it before the night; inferred [J 13].
    """
    scene.resident()

    made = chiyoda(scene)
    assert (1, NOON, ()) == (made.request.number, made.request.this_update, made.entries)


def test_a_move_is_on_the_list_of_the_night(scene):
    scene.resident().moves()

    made = chiyoda(scene)
    assert (2, NIGHT) == (made.request.number, made.request.this_update)
    assert [(2, NOON, "affiliationChanged")] == [
        (e.serial, e.since, e.reason.value) for e in made.entries
    ]


def test_in_the_gap_nobody_can_know(scene):
    hanako = scene.resident()
    filing = hanako.sign_xml("<DATA id='DATA'/>")

    hanako.moves(wait=False)

    assert scene.verify(filing).passed
    scene.wait_for_lists()
    assert "CERTIFICATE_REVOKED" == scene.verify(filing).code


def test_publishing_by_hand_closes_the_gap(scene):
    """
    At the clock's moment; a second later where a list came out this very second.
    """
    hanako = scene.resident()
    filing = hanako.sign_xml("<DATA id='DATA'/>")
    hanako.moves(wait=False)

    scene.world.press.publish((Kind.SIGN,), ("13101",), at=scene.now)

    made = chiyoda(scene)
    assert (2, NOON + timedelta(seconds=1)) == (made.request.number, made.request.this_update)
    assert NOON + timedelta(seconds=1) == scene.now
    assert "CERTIFICATE_REVOKED" == scene.verify(filing).code


def test_two_publications_at_one_moment_are_two_lists(scene):
    scene.resident()
    numbers = []
    for _ in range(3):
        scene.world.press.publish((Kind.SIGN,), ("13101",), at=scene.now)
        made = chiyoda(scene)
        numbers.append((made.request.number, made.request.this_update))

    assert sorted(set(numbers)) == numbers


def test_a_past_list_is_the_same_bytes_as_on_its_day(scene):
    hanako = scene.resident()
    hanako.moves()
    then = scene.now
    press = scene.world.press
    on_its_day = press.bytes(chiyoda(scene))
    hanako.dies()

    from harness.world import World

    again = World.open(scene.world.directory)
    assert on_its_day == again.press.bytes(again.press.newest(Kind.SIGN, "13101", at=then))


def test_an_expired_certificate_leaves_after_one_further_list(scene):
    """
    [5280 3.3] [J 13]
    """
    scene.resident().moves()
    ends = datetime(2031, 1, 1, 14, 59, 59, tzinfo=UTC)

    counts = [
        len(chiyoda(scene, at=moment).entries)
        for moment in (
            ends,
            ends + timedelta(hours=4),  # 03:00 JST, the first list after the last day
            ends + timedelta(hours=28),
        )
    ]

    assert [1, 1, 0] == counts


def test_entries_that_come_and_go_leave_the_rest_of_the_list_alone(scene):
    """
    Bodies are carried from list to list; made anew, they have the same bytes.
    """
    holders = [scene.resident(f"r{n}") for n in range(5)]
    press = scene.world.press
    for holder in holders:
        holder.moves()
        press.bytes(chiyoda(scene))

    from harness.world import World

    carried = press.bytes(chiyoda(scene))
    anew = World.open(scene.world.directory).press
    assert carried == anew.bytes(anew.newest(Kind.SIGN, "13101", at=scene.now))
    assert 5 == len(chiyoda(scene).entries)


def test_each_municipality_has_its_own_list(scene):
    scene.resident("hanako").moves()
    scene.resident("taro", address="大阪府大阪市北区梅田1-1")

    out = scene.world.press.all_newest(at=scene.now)
    entries = {made.word: len(made.entries) for made in out if made.kind is Kind.SIGN}
    assert {"13101": 1, "27127": 0, "arl": 0} == entries
    der = scene.world.press.bytes(chiyoda(scene))
    assert b"Chiyoda-ku CRLDP" in read_list(der).der


def test_a_municipality_that_issued_nothing_has_no_list(scene):
    with pytest.raises(Missing, match="no sign list of 01100 is out"):
        scene.world.press.newest(Kind.SIGN, "01100", at=scene.now)


def test_the_full_list_is_off_unless_asked_for(tmp_path):
    """
    [J 13]
    """
    from harness.world import World

    world = World.create(tmp_path / "w", at=NOON, seed=1, switches={"full_list": "on"})
    scene = Scene(world)
    scene.resident().moves()

    made = world.press.newest(Kind.SIGN, "full", at=scene.now)
    assert [2] == [entry.serial for entry in made.entries]
    assert read_list(world.press.bytes(made)).issuing_point is None
