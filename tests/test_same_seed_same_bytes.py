"""
Seven is sown twice, and the same world grows: certificates, lists, signatures, PINs.

In another process, another time zone, another locale, and on another machine, for the
digests are written down here.  Who lives through the same acts in several sittings gets the
same, too.

    python tests/test_same_seed_same_bytes.py DIRECTORY     # the digests as they are now
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from ca.authority import rollover
from harness import logging_in
from harness.verifier.login import write_answer
from harness.world import World
from pki.errors import NotPermitted
from pki.kinds import Algorithm, Kind, Naming, Pin, Sex
from pki.xmldsig.forms import SHAPES

BEGIN = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
MOVED = BEGIN + dt.timedelta(days=1)
AFTER = BEGIN + dt.timedelta(days=2)
FILING = '<DATA id="DATA" xmlns="urn:jp:filing"><名 ID="N">住基　花子</名></DATA>'.encode()
ORIGIN = "https://portal.example.jp"

# Of SHA-256 the first half.
DIGESTS = {
    "rsa2048": {
        "CA sign": "2440c44fc86498b1c6c0eb4f8e477d38",
        "CA auth": "6d9d9c6dffae63e48b33210289d1fb6b",
        "hanako: PINs": "651348b549431d7181809e82a751510b",
        "hanako: sign": "a9f272e83b2cd96cf88f77ce57922f89",
        "hanako: auth": "f8f4e8be24db9aedb9f8dc7da5a3e8de",
        "hanako: second sign": "16480d5484c715bb21f29b98ba1f5458",
        "filing xtx": "cbd98b1a204743cf06288d594c5ee380",
        "filing enveloped": "72b49ed160849f66ac5a14ae1c3559c9",
        "bare signature": "ae12a883c4435f340c2d9cf109e83a45",
        "list": "2d090de84bc036bd0470b4dc6b77c94b",
        "second CA sign": "935b000cd467857fb6c8f99b2b6e7980",
    },
    "p384": {
        "CA sign": "c46482e7fde8a8e6f27625de3e9bf223",
        "CA auth": "29ffe25514d3e27e9870eef8e5d354e6",
        "hanako: PINs": "651348b549431d7181809e82a751510b",
        "hanako: sign": "8b93270c2e62a9bcaa8f2ebed470907f",
        "hanako: auth": "5081b009d464104e172586bd5b42cbaa",
        "hanako: second sign": "b832c89be487563545ab1d9a5d5b3fbf",
        "filing xtx": "4e4a10904d5b9192abdfa775c07f7079",
        "filing enveloped": "1d736015908ca4a05e23dfe3d768bfd0",
        "bare signature": "57d8427c9d0663091769cd8fae8603b6",
        "list": "a678c4b117099a19d2a2aedfea6d1084",
        "second CA sign": "8ea31a282892a0d8c195a5b6e1481997",
    },
}
every_algorithm = pytest.mark.parametrize("algorithm", Algorithm, ids=lambda a: a.value)


def born(directory, seed=7, algorithm=Algorithm.RSA2048, **options):
    return World.create(directory, at=BEGIN, seed=seed, algorithm=algorithm, **options)


def lived(world, sitting=lambda world: world):
    """
    Live through the acts, and keep everything that was made; *sitting* is between two acts.
    """
    made = {}
    for identifier, name in (("hanako", "住基 花子"), ("taro", "住基 太郎")):
        world.add_resident(
            identifier,
            name=name,
            born=dt.date(1990, 1, 1),
            sex=Sex.FEMALE,
            address="東京都千代田区丸の内1-1-1",
        )
        world = sitting(world)
        handed = world.office.issue_card(identifier, at=BEGIN)
        made[f"{identifier}: PINs"] = " ".join(handed.drawn[pin] for pin in Pin).encode()
        world = sitting(world)
    pins = made["hanako: PINs"].decode().split()
    for kind in Kind:
        made[f"CA {kind.value}"] = world.authority.generations(kind)[0].certificate
        made[f"hanako: {kind.value}"] = world.certificate("hanako", kind)
    for form in SHAPES:
        made[f"filing {form.value}"] = world.sign_xml("hanako", FILING, pin=pins[0], form=form)
        world = sitting(world)
    made["bare signature"] = world.sign_raw("hanako", FILING, pin=pins[0])
    challenge = logging_in.draw(world, audience=ORIGIN)
    answer = logging_in.answer(world, "hanako", challenge.octets(), pin=pins[1])
    made["login"] = write_answer(answer)
    world = sitting(world)
    world.office.move("hanako", address="神奈川県横浜市中区本町1-1", at=MOVED)
    world = sitting(world)
    world.office.renew("hanako", (Kind.SIGN,), at=MOVED)
    made["hanako: second sign"] = world.certificate("hanako", Kind.SIGN)
    world = sitting(world)
    made["list"] = world.press.bytes(world.press.newest(Kind.SIGN, "13101", at=AFTER))
    rollover(world.authority, Kind.SIGN, at=AFTER)
    made["second CA sign"] = world.authority.generations(Kind.SIGN)[1].certificate
    world.close()
    return made


def digests(made):
    return {name: sha256(octets).hexdigest()[:32] for name, octets in made.items()}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """
    Everything that both generations made of seed 7, once.
    """
    folder = tmp_path_factory.mktemp("seven")
    return {each: lived(born(folder / each.value, algorithm=each)) for each in Algorithm}


@every_algorithm
def test_another_machine_made_these(first, algorithm):
    """
    Written down once; a change that is meant is a change of every seeded world out there.
    """
    expected = DIGESTS[algorithm.value]

    actual = digests(first[algorithm])

    assert expected == {name: actual[name] for name in expected}


@every_algorithm
def test_the_same_acts_make_the_same_bytes(first, algorithm, tmp_path):
    assert first[algorithm] == lived(born(tmp_path / "w", algorithm=algorithm))


@every_algorithm
def test_it_does_not_matter_in_how_many_sittings(first, algorithm, tmp_path):
    """
    Each act by a process of its own, as on the command line.
    """

    def another(world):
        world.close()
        return World.open(tmp_path / "w")

    assert first[algorithm] == lived(born(tmp_path / "w", algorithm=algorithm), another)


@pytest.mark.slow
def test_another_process_elsewhere_makes_the_same(first, tmp_path):
    surroundings = {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "C"}

    done = subprocess.run(
        [sys.executable, __file__, tmp_path],
        env=os.environ | surroundings,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )

    assert {each.value: digests(first[each]) for each in Algorithm} == json.loads(done.stdout)


@every_algorithm
def test_another_seed_makes_another_world(first, algorithm, tmp_path):
    other = lived(born(tmp_path / "w", seed=8, algorithm=algorithm))

    assert set() == {name for name in other if other[name] == first[algorithm][name]}


def test_without_a_seed_no_two_worlds_are_alike(tmp_path):
    def unseeded(name):
        settings = {"seed": None, "algorithm": Algorithm.P384, "fresh_keys": True}
        return lived(born(tmp_path / name, **settings))

    one, two = unseeded("one"), unseeded("two")

    assert set() == {name for name in one if one[name] == two[name]}


@pytest.mark.parametrize("naming", [Naming.TEST, Naming.EXACT], ids=lambda n: n.value)
def test_a_world_with_published_keys_says_that_it_is_a_simulation(naming, tmp_path):
    """Nobody may find a private key for a root that calls itself JPKI [D 3] [D 12]."""
    with pytest.raises(NotPermitted, match="a seeded world has published keys"):
        born(tmp_path / "w", naming=naming)

    assert not (tmp_path / "w").exists()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as here:
        now = {
            each.value: digests(lived(born(Path(here) / each.value, algorithm=each)))
            for each in Algorithm
        }
    print(json.dumps(now, indent=4, ensure_ascii=False))
