"""
A thousand worlds live at random, and the inspector finds nothing in anything they issued.

People of every era come, some for a limited stay, with names outside the repertoire; they move,
marry, are corrected, lose cards and die; CAs change keys.  Then every certificate of holders,
CAs and responders, every list and a response about each certificate is inspected with all that
the world knows, and pkilint, where it is at hand, is asked about a part of them.
"""

import datetime as dt
from random import Random

import pytest
from pkilint_door import grave, opinions

from ca.authority import compromise, rollover
from ca.municipalities import codes_of
from crl.inspection.engine import inspect
from harness.inspecting import limits_of
from harness.scene import PINS
from harness.world import World
from pki.errors import JpkiError
from pki.inspection.chain import read_authority
from pki.inspection.findings import Severity
from pki.inspection.specimen import Context
from pki.kinds import Algorithm, Event, Kind, Request, Sex

pytestmark = [pytest.mark.torture, pytest.mark.slow]

WORLDS = 1000
ACTS = 6
ASKED = 200  # objects of which pkilint is asked, for it takes its time
BEGIN = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)
ADDRESSES = (
    "東京都千代田区丸の内1-1-1",
    "神奈川県横浜市中区本町1-1",
    "大阪府大阪市北区中之島1-1",
    "北海道枝幸郡枝幸町本町1-1",
    "北海道札幌市中央区北1条西2丁目",
    "茨城県龍ヶ崎市3710",
    "沖縄県那覇市泉崎1-1-1",
)
NAMES = ("住基 花子", "髙橋 一郎", "𠮷野 桜", "番号 三郎", "カード マイ ナンバー", "戸籍")
SWITCHES = (
    {},
    {"designated_city": "city"},
    {"full_list": "on"},
    {"substitute": "■", "designated_city": "city"},
)


def settle(world, chance, now):
    born = dt.date(1905, 1, 1) + dt.timedelta(days=chance.randrange(44_000))
    born = chance.choice((born, born, dt.date(1992, 2, 29), None))
    stay = chance.choice((None, None, now.date() + dt.timedelta(days=chance.randrange(30, 2000))))
    added = world.add_resident(
        name=chance.choice(NAMES),
        born=born,
        sex=chance.choice(list(Sex)),
        address=chance.choice(ADDRESSES),
        stay_ends_on=stay,
        at=now,
    )
    world.office.issue_card(added.identifier, at=now, pins=PINS)


def act(world, chance, now):
    """
    Let something happen; what the counter refuses does not.
    """
    who = chance.choice([each.identifier for each in world.register.residents()])
    office = world.office
    day = dt.date(1970, 1, 1) + dt.timedelta(days=chance.randrange(10_000))
    happen = chance.choice(
        (
            lambda: settle(world, chance, now),
            lambda: office.move(who, address=chance.choice(ADDRESSES), at=now),
            lambda: office.rename(who, name=chance.choice(NAMES), at=now),
            lambda: office.correct(who, born=day, at=now),
            lambda: office.renew(who, at=now),
            lambda: office.extend_stay(who, until=now.date() + dt.timedelta(days=900), at=now),
            lambda: office.report(chance.choice((Event.CARD_LOST, Event.DIED)), who, at=now),
            lambda: office.issue_card(who, at=now, pins=PINS, instead=True),
            lambda: office.request(Request.WITHDRAW, who, chance.choice(list(Kind)), at=now),
            lambda: rollover(world.authority, chance.choice(list(Kind)), at=now),
        )
    )
    try:
        happen()
        if chance.random() < 0.4:
            office.renew(who, at=now)
    except JpkiError:
        return


def lived(directory, number):
    chance = Random(f"an inspected life, number {number}")
    world = World.create(
        directory,
        at=BEGIN,
        seed=number % 32,  # whose keys are derived once
        algorithm=chance.choice(list(Algorithm)),
        history=chance.random() < 0.2,
        switches=chance.choice(SWITCHES),
    )
    now = BEGIN
    settle(world, chance, now)
    for _ in range(ACTS):
        now += dt.timedelta(seconds=chance.randrange(1, chance.choice((3600, 86400 * 400))))
        act(world, chance, now)
    if chance.random() < 1 / 6:
        now += dt.timedelta(days=1)
        kind = chance.choice(list(Kind))
        compromise(world.authority, kind, len(world.authority.generations(kind)), at=now)
    if chance.random() < 1 / 3:
        world.responder.delegate(chance.choice(list(Kind)), at=now)
    return world, now + dt.timedelta(days=2)


def objects(world, end):
    """
    Give everything that a world issued: its kind, its octets, and what is known around it.
    """
    around = {}
    for kind in Kind:
        for generation in world.authority.generations(kind):
            authority = read_authority(generation.certificate)
            around[kind, generation.number] = Context(authority=authority, places=codes_of)
            yield "ca", generation.certificate, Context()
    for resident in world.register.residents():
        for issued in world.register.certificates(resident.identifier):
            known = around[issued.kind, issued.generation]
            der = world.register.der(issued.kind, issued.serial)
            context = Context(
                authority=known.authority, places=codes_of, limits=limits_of(world, issued)
            )
            yield issued.kind.value, der, context
            answer = world.responder.answer(issued.kind, issued.generation, issued.serial, at=end)
            yield "response", answer, known
    shapes = {"arl": "authorities", "full": "full"}
    for made in world.press.all_newest(at=end):
        known = around[made.kind, made.generation]
        yield shapes.get(made.word, "municipal"), world.press.bytes(made), known


@pytest.fixture(scope="module")
def issued(scaled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("inspected")
    found = []
    for number in range(scaled(WORLDS)):
        world, end = lived(folder / str(number), number)
        found += [(number, *each) for each in objects(world, end)]
        world.close()
    return found


def test_nothing_that_a_world_issues_has_a_finding(issued):
    """
    Each is recognised as what it is, too.
    """
    reports = [(number, kind, inspect(der, context=known)) for number, kind, der, known in issued]

    assert [] == [(number, kind) for number, kind, report in reports if report.kind != kind]
    assert [] == [
        (number, kind, each.rule.id, each.found, each.expected)
        for number, kind, report in reports
        for each in report.findings
        if each.severity is not Severity.NOTE
    ]


def test_all_kinds_are_among_them(issued):
    """
    Lest the test above says nothing of a kind that no world issued.
    """
    kinds = {kind for _, kind, _, _ in issued}

    assert {"ca", "sign", "auth", "municipal", "authorities", "full", "response"} == kinds


def test_pkilint_finds_nothing_either(issued):
    """
    Deviations that the real JPKI shares would be listed here; pkilint's PKIX rules know none.
    """
    step = max(1, len(issued) // ASKED)
    asked = [(kind, der) for _, kind, der, _ in issued[::step]]

    assert [] == [each for opinion in opinions(asked) for each in grave(opinion)]


def test_pkilint_finds_what_is_broken(issued):
    """
    The twin: a certificate whose keyUsage is gone astray must not pass.
    """
    der = next(der for _, kind, der, _ in issued if kind == "ca")
    broken = der.replace(bytes.fromhex("03020106"), bytes.fromhex("03020780"))

    assert der != broken
    assert [opinion for opinion in opinions([("ca", broken)]) if grave(opinion)]
