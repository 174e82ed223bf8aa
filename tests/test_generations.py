"""
A CA changes its key and keeps its name.

What the old generation issued stays valid, and the old key goes on signing its lists.
"""

from datetime import UTC, datetime, timedelta

import pytest

from harness.scene import Scene
from harness.world import World
from pki.errors import AlreadyRevoked, Missing, NotPermitted
from pki.kinds import Algorithm, Kind, Naming

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)
FILING = "<DATA id='DATA'>…</DATA>"


@pytest.fixture
def scene(tmp_path):
    made = Scene.fresh(tmp_path / "w", seed=1)
    yield made
    made.close()


def test_history_gives_the_generations_of_the_real_years(tmp_path):
    """
    2015, 2019, 2023 [J 1.1]; numbers of CA certificates come from the common counter.
    """
    world = World.create(tmp_path / "w", at=NOON, seed=1, history=True)

    years = [g.not_before.year for g in world.authority.generations(Kind.SIGN)]
    serials = [g.serial for g in world.authority.generations(Kind.SIGN)]
    assert [2015, 2019, 2023] == years
    assert [1, 20_000_000, 108_000_000] == serials


def test_a_ca_ends_the_day_before_ten_years_on(tmp_path):
    """
    [J 1.1]
    """
    world = World.create(tmp_path / "w", at=NOON, seed=1)

    [only] = world.authority.generations(Kind.AUTH)
    assert datetime(2036, 3, 31, 14, 59, 59, tzinfo=UTC) == only.not_after


def test_a_ca_with_less_than_six_years_rolls_over_by_itself(scene):
    """
    Inferred [J 1.1]: its certificates could outlive it.
    """
    scene.set_clock(datetime(2030, 4, 1, 3, tzinfo=UTC))

    scene.resident()

    assert 2 == len(scene.world.authority.generations(Kind.SIGN))


def test_filings_of_both_generations_pass_side_by_side(scene):
    hanako = scene.resident()
    old = hanako.sign_xml(FILING)
    scene.advance(timedelta(days=1))
    from ca.authority import rollover

    rollover(scene.world.authority, Kind.SIGN, at=scene.now)
    taro = scene.resident()
    new = taro.sign_xml(FILING)

    assert [True, True] == [scene.verify(old).passed, scene.verify(new).passed]
    keys = {scene.verify(each).certificate.authority_key_identifier() for each in (old, new)}
    assert 2 == len(keys)


def test_the_old_generation_goes_on_listing_what_it_issued(scene):
    from ca.authority import rollover

    hanako = scene.resident()
    filing = hanako.sign_xml(FILING)
    scene.advance(timedelta(days=1))
    rollover(scene.world.authority, Kind.SIGN, at=scene.now)

    hanako.moves()

    assert "CERTIFICATE_REVOKED" == scene.verify(filing).code


def test_a_rollover_may_change_the_algorithm(scene):
    from ca.authority import rollover

    hanako = scene.resident()
    scene.advance(timedelta(days=1))
    for kind in Kind:
        rollover(scene.world.authority, kind, at=scene.now, algorithm=Algorithm.P384)
    hanako.renews()

    filing = hanako.sign_xml(FILING)
    assert b"ecdsa-sha384" in filing
    assert scene.verify(filing).passed


def test_a_compromised_key_ends_everything_that_it_signed(scene):
    """
    cACompromise for each certificate, and the CA certificate on the list of authorities [J 7].
    """
    from ca.authority import compromise

    hanako = scene.resident()
    filing = hanako.sign_xml(FILING)

    assert 1 == compromise(scene.world.authority, Kind.SIGN, 1, at=scene.now)
    scene.wait_for_lists()

    verdict = scene.verify(filing)
    assert ("CERTIFICATE_REVOKED", "cACompromise") == (verdict.code, verdict.reason)
    listed = scene.world.press.newest(Kind.SIGN, "arl", generation=1, at=scene.now).entries
    assert [1] == [entry.serial for entry in listed]
    with pytest.raises(AlreadyRevoked):
        compromise(scene.world.authority, Kind.SIGN, 1, at=scene.now)
    with pytest.raises(Missing, match="no generation 7"):
        compromise(scene.world.authority, Kind.SIGN, 7, at=scene.now)


def test_a_seeded_world_may_not_bear_the_real_names(tmp_path):
    """
    Its keys are published, and must not become a root that anybody trusts [D 3] [D 12].
    """
    with pytest.raises(NotPermitted, match="published keys"):
        World.create(tmp_path / "w", at=NOON, seed=1, naming=Naming.EXACT)
    assert not (tmp_path / "w").exists()
