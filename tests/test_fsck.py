"""
Somebody has been at the world's store with an editor.

Each thing that a world remembers is changed, deleted or invented once, and `fsck` finds it;
in a world that was left alone it finds nothing, whatever life it had.
"""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from ca.audit import audit
from ca.authority import compromise, rollover
from ca.documents import Document
from ca.eligibility import Applicant
from ca.linking import give_consent, withdraw_consent
from ca.procedures import Procedure
from ca.store import ORIGIN, open_store, sealed
from harness.cli.root import cli
from harness.world import World
from pki.errors import WrongPin
from pki.kinds import Event, Kind, Pin, Request, Sex

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
DAY = dt.timedelta(days=1)
PINS = {Pin.SIGN: "ABC123", Pin.AUTH: "1234", Pin.JUKI: "1111", Pin.TEXT: "2222"}
BOTH = {Pin.SIGN: "ABC123", Pin.AUTH: "1234"}


def settle(path, **settings):
    """
    Make a world, and let Hanako and Taro live in it.
    """
    world = World.create(path, at=NOON, seed=1, **settings)
    for name, sex in (("hanako", Sex.FEMALE), ("taro", Sex.MALE)):
        world.office.add(
            name,
            name=f"住基 {name}",
            born=dt.date(1990, 1, 1),
            sex=sex,
            address="東京都千代田区丸の内1-1-1",
            at=NOON,
        )
        world.office.issue_card(name, pins=PINS, at=NOON)
    return world


@pytest.fixture
def world(tmp_path):
    """
    A world in which Hanako moved and got a new certificate, and a service her consent.
    """
    made = settle(tmp_path / "w")
    give_consent(made.register, "hanako", "kakei", at=NOON)
    made.office.move("hanako", address="神奈川県横浜市中区本町1-1", at=NOON + DAY)
    made.office.renew("hanako", (Kind.SIGN,), at=NOON + 2 * DAY)
    made.press.publish((Kind.SIGN,), ("13101",), at=NOON + 3 * DAY)
    made.reception.apply(
        Procedure.CONFIRM,
        "taro",
        at=NOON + 3 * DAY,
        shown={Document.MY_NUMBER_CARD},
        pins=BOTH,
    )
    yield made
    made.close()


def tamper(world, sql, *values):
    """
    Write past every guard, as an editor would.
    """
    with world.store.writing():
        world.store._database.execute_sql(sql, values)
    world.store._settings = None


def found(world):
    return [(each.flaw.id, each.where) for each in audit(world.store)]


def damage(world):
    return {each.flaw.id for each in audit(world.store) if each.flaw.damage}


def test_a_world_left_alone_is_whole(world):
    assert [] == found(world)


def test_a_world_with_a_past_is_whole(tmp_path):
    """
    The years before were lived elsewhere: their serials are recorded gaps.
    """
    assert {"serial-gap"} == {flaw for flaw, _ in found(settle(tmp_path / "w", history=True))}


@pytest.mark.parametrize("effect", ["at-once", "next-day"])
@pytest.mark.parametrize("abroad", ["by-date", "kept", "revoked"])
def test_a_long_life_leaves_no_flaw(tmp_path, effect, abroad):
    """
    Everything that happens to cards and certificates, once; the audit lives it again.
    """
    world = settle(tmp_path / "w", switches={"effect": effect, "abroad": abroad})
    office, register = world.office, world.register
    steps = [
        lambda at: office.rename("hanako", name="鈴木 花子", at=at),
        lambda at: office.renew("hanako", at=at),
        lambda at: office.report(Event.CARD_LOST, "hanako", at=at),
        lambda at: office.report(Event.CARD_LOST, "hanako", at=at),
        lambda at: office.move("hanako", address="大阪府大阪市北区梅田1-1", at=at),
        lambda at: office.report(Event.CARD_FOUND, "hanako", at=at),
        lambda at: office.issue_card("hanako", pins=PINS, instead=True, at=at),
        lambda at: give_consent(register, "hanako", "kakei", at=at),
        lambda at: withdraw_consent(register, "hanako", "kakei", at=at),
        lambda at: office.request(Request.REPORT_LEAK, "hanako", Kind.AUTH, at=at),
        lambda at: office.reset_pin("hanako", Pin.TEXT, "3333", at=at),
        lambda at: world.reception.shut_down(at=at),
        lambda at: world.reception.apply(
            Procedure.RENEW,
            "taro",
            Applicant.AGENT,
            shown={Document.DRIVING_LICENCE, Document.EXPIRY_FORM},
            of_holder={Document.MY_NUMBER_CARD},
            pins=BOTH,
            at=at,
        ),
        lambda at: world.reception.restore(at=at),
        lambda at: rollover(world.authority, Kind.SIGN, at=at),
        lambda at: office.renew("taro", (Kind.SIGN,), at=at),
        lambda at: compromise(world.authority, Kind.SIGN, 1, at=at),
        lambda at: world.press.publish((Kind.SIGN,), at=at),
        lambda at: office.report(Event.LEFT, "taro", at=at),
        lambda at: office.report(Event.DIED, "taro", at=at),
    ]
    for day, step in enumerate(steps, start=1):
        step(NOON + day * DAY)
    with pytest.raises(WrongPin):
        office.enter_pin("hanako", Kind.SIGN, "ZZZ999", at=NOON + 99 * DAY)
    office.renew("hanako", at=dt.datetime(2030, 12, 1, 3, tzinfo=dt.UTC))  # in the window

    assert [] == found(world)


def test_a_renewal_and_an_expiry_leave_no_flaw(tmp_path):
    world = settle(tmp_path / "w")
    world.office.renew("hanako", at=dt.datetime(2030, 12, 1, 3, tzinfo=dt.UTC))
    world.office.renew("taro", at=dt.datetime(2031, 12, 1, 3, tzinfo=dt.UTC))
    world.office.report(Event.CARD_EXPIRED, "taro", at=dt.datetime(2036, 12, 1, 3, tzinfo=dt.UTC))

    assert [] == found(world)


# What is done to the store, and where the audit finds what.
EDITS = {
    "schema": ("UPDATE settings SET value = '0' WHERE name = 'schema'", "setting"),
    "naming-mode": ("UPDATE settings SET value = 'exact' WHERE name = 'naming'", "naming"),
    "naming-word": ("UPDATE settings SET value = 'loud' WHERE name = 'naming'", "setting"),
    "setting-lost": ("DELETE FROM settings WHERE name = 'algorithm'", "setting"),
    "clock": ("UPDATE settings SET value = 'noon' WHERE name = 'clock'", "setting"),
    "central": ("INSERT INTO settings VALUES ('central', 'asleep')", "setting"),
    "entry-word": ("UPDATE journal SET what = 'renamed' WHERE what = 'moved'", "journal-seal"),
    "entry-moment": ("UPDATE journal SET at = at + 1 WHERE seq = 5", "journal-seal"),
    "entry-order": ("UPDATE journal SET at = at + 999999 WHERE seq = 5", "journal-order"),
    "entry-detail": (
        "UPDATE journal SET detail = replace(detail, '1', '2') WHERE what = 'certificate-issued'",
        "journal-seal",
    ),
    "entry-seal": ("UPDATE journal SET seal = 'x' WHERE seq = 3", "journal-seal"),
    "entry-type": ("UPDATE journal SET at = 'noon' WHERE seq = 3", "database"),
    "entry-json": ("UPDATE journal SET detail = '[' WHERE seq = 3", "journal-seal"),
    "entry-lost": ("DELETE FROM journal WHERE what = 'moved'", "journal-gap"),
    "first-entry-lost": ("DELETE FROM journal WHERE seq = 1", "journal-gap"),
    "last-entry-lost": (
        "DELETE FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)",
        "application-open",
    ),
    "entry-invented": (
        "INSERT INTO journal SELECT MAX(seq) + 1, MAX(at), 'died', 'taro', '{}', 'x' FROM journal",
        "journal-seal",
    ),
    "address": (
        "UPDATE states SET value = replace(value, '丸の内', '大手町') WHERE noun = 'resident'",
        "state-seal",
    ),
    "pin": (
        "UPDATE states SET value = replace(value, 'ABC123', 'ABC124') WHERE noun = 'card'",
        "state-seal",
    ),
    "state-json": ("UPDATE states SET value = '{}' WHERE noun = 'card'", "state-unreadable"),
    "state-owner": ("UPDATE states SET id = 'jiro' WHERE noun = 'card'", "state-unreadable"),
    "state-moment": ("UPDATE states SET at = at + 1", "moment"),
    "state-lost": (
        "DELETE FROM states WHERE noun = 'card' AND seq = (SELECT MAX(seq) FROM states "
        "WHERE noun = 'card')",
        "state-missing",
    ),
    "consent-lost": ("DELETE FROM states WHERE noun = 'consent'", "state-missing"),
    "application-lost": ("DELETE FROM states WHERE noun = 'application'", "state-missing"),
    "key": ("UPDATE keys SET der = x'3000' WHERE id = 3", "key-changed"),
    "key-digest": ("UPDATE keys SET sha256 = 'x' WHERE id = 3", "key-changed"),
    "key-lost": ("DELETE FROM keys WHERE id = 3", "key-wrong"),
    "keys-swapped": ("UPDATE certificates SET key = 7 - key WHERE key IN (3, 4)", "key-wrong"),
    "ca-certificate": ("UPDATE authorities SET der = x'3000'", "certificate-changed"),
    "ca-dates": ("UPDATE authorities SET not_after = not_after + 1", "column"),
    "ca-algorithm": ("UPDATE authorities SET algorithm = 'p384'", "column"),
    "ca-key": ("UPDATE authorities SET key = 5", "key-wrong"),
    "ca-lost": ("DELETE FROM authorities WHERE ca = 'auth'", "certificate-missing"),
    "ca-serial": ("UPDATE authorities SET serial = 2", "serial-twice"),
    "certificate": ("UPDATE certificates SET der = x'3000'", "certificate-changed"),
    "certificate-lost": ("DELETE FROM certificates WHERE serial = 2", "certificate-missing"),
    "certificate-invented": (
        "INSERT INTO certificates SELECT ca, 99, generation, resident, card, scope, renewal, at, "
        "not_before, not_after, key, der, seq FROM certificates WHERE ca = 'sign' AND serial = 2",
        "certificate-unrecorded",
    ),
    "holder": ("UPDATE certificates SET resident = 'taro' WHERE serial = 2", "column"),
    "generation": ("UPDATE certificates SET generation = 2 WHERE serial = 2", "column"),
    "card": ("UPDATE certificates SET card = '00000009' WHERE serial = 2", "column"),
    "scope": ("UPDATE certificates SET scope = '27127' WHERE serial = 2", "column"),
    "no-scope": ("UPDATE certificates SET scope = '00000' WHERE serial = 2", "column"),
    "renewal": ("UPDATE certificates SET renewal = 1 WHERE serial = 2", "column"),
    "asked-at": ("UPDATE certificates SET at = at - 1 WHERE serial = 2", "column"),
    "not-before": ("UPDATE certificates SET not_before = not_before - 1", "column"),
    "not-after": ("UPDATE certificates SET not_after = not_after + 1", "column"),
    "not-a-date": ("UPDATE certificates SET not_after = 'never' WHERE serial = 2", "database"),
    "made-by": ("UPDATE certificates SET seq = 99", "entry-missing"),
    "serial-row-lost": ("DELETE FROM serials WHERE serial = 2", "serial-unreserved"),
    "serial-row-moment": ("UPDATE serials SET at = at - 1 WHERE serial = 2", "serial-moment"),
    "key-algorithm": ("UPDATE keys SET algorithm = 'p384'", "key-wrong"),
    "standing-lost": ("DELETE FROM standings WHERE serial = 2", "standing-missing"),
    "standing-reason": ("UPDATE standings SET reason = 'superseded'", "standing-wrong"),
    "standing-word": ("UPDATE standings SET reason = 'whim'", "standing-wrong"),
    "standing-since": ("UPDATE standings SET since = since + 60", "standing-wrong"),
    "standing-never": ("UPDATE standings SET since = 'never'", "database"),
    "standing-moment": ("UPDATE standings SET at = at + 60", "moment"),
    "standing-of-nothing": ("UPDATE standings SET serial = 99", "standing-astray"),
    "standing-of-another": ("UPDATE standings SET serial = 3", "standing-wrong"),
    "standing-invented": (
        "INSERT INTO standings SELECT seq, 'auth', 2, at, since, reason FROM standings",
        "standing-wrong",
    ),
    "list-moment": ("UPDATE publications SET at = at + 1", "moment"),
    "list-scope": ("UPDATE publications SET scope = '14104'", "publication-wrong"),
    "list-lost": ("DELETE FROM publications", "publication-wrong"),
}


@pytest.mark.parametrize(
    ("sql", "flaw"),
    [pytest.param(*edit, id=name) for name, edit in EDITS.items()],
)
def test_every_edit_is_found(world, sql, flaw):
    tamper(world, sql)

    assert flaw in {found_flaw for found_flaw, _ in found(world)}


def test_what_refers_to_nothing_is_found_behind_a_right_seal(world):
    """
    Seals find careless edits; a careful one leaves a card that points at nothing.
    """
    for noun, old, new, flaw in (
        ("card", '"sign": [2,', '"sign": [77,', "card-astray"),
        ("consent", '"serial": 2', '"serial": 77', "consent-astray"),
    ):
        for seq, at, identifier, value in world.store.rows(
            "SELECT seq, at, id, value FROM states WHERE noun = ? ORDER BY seq", noun
        ):
            edited = value.replace(old, new)
            tamper(
                world,
                "UPDATE states SET value = ?, seal = ? WHERE noun = ? AND id = ? AND seq = ?",
                edited,
                sealed(ORIGIN, (seq, at, noun, identifier, edited)),
                noun,
                identifier,
                seq,
            )
        assert flaw in damage(world)
    assert {"card-astray", "consent-astray"} == damage(world)


def test_a_serial_without_a_certificate_is_a_gap_and_no_damage(world):
    """
    The serial is recorded before the signature exists: that is what a crash leaves [D 6].
    """
    world.authority.reserve(Kind.SIGN, 1, at=NOON + 9 * DAY)

    assert [("serial-gap", "serials/sign/0x5")] == found(world)
    assert set() == damage(world)


def test_a_database_page_that_is_torn_is_found(world):
    tamper(world, "CREATE TABLE torn (n INTEGER NOT NULL)")
    tamper(world, "INSERT INTO torn VALUES (1)")
    tamper(world, "PRAGMA writable_schema = ON")
    tamper(
        world,
        "UPDATE sqlite_master SET sql = 'CREATE TABLE torn (n INTEGER NOT NULL, m NOT NULL)' "
        "WHERE name = 'torn'",
    )
    world.close()
    store = open_store(world.directory)

    assert "database" in {each.flaw.id for each in audit(store)}
    store.close()


def test_every_flaw_is_told_in_both_languages(world):
    tamper(world, "UPDATE standings SET reason = 'whim'")

    [told] = audit(world.store)

    assert "standings/sign/0x2/" in told.where
    assert told.text.en.endswith("the reason is affiliationChanged")
    assert told.text.ja.startswith("失効記録が事由と一致しません")


def fsck(world, *options):
    return CliRunner().invoke(
        cli, ["-C", str(world.directory), "fsck", *options], catch_exceptions=False
    )


def test_the_command_is_content_with_a_whole_world(world):
    result = fsck(world)

    assert (0, "", "no damage found\n") == (result.exit_code, result.stdout, result.stderr)


def test_the_command_ends_with_1_and_one_line_for_each_finding(world):
    tamper(world, "DELETE FROM standings")

    result = fsck(world, "--json")

    [told] = map(json.loads, result.stdout.splitlines())
    assert ("standing-missing", "error") == (told["finding"], told["severity"])
    assert {"en", "ja"} == set(told["text"])
    assert "damage found: 1" in result.stderr
    assert 1 == result.exit_code


def test_a_note_is_no_damage(world):
    world.authority.reserve(Kind.AUTH, 1, at=NOON)

    result = fsck(world, "--lang", "en")

    assert result.stdout.startswith("note: serials/auth/0x4: the serial was reserved")
    assert 0 == result.exit_code


def test_the_audit_changes_nothing(world):
    before = list(world.store._database.connection().iterdump())

    assert [] == found(world)
    assert before == list(world.store._database.connection().iterdump())


def test_a_file_that_is_no_store_is_refused_in_one_line(tmp_path):
    (tmp_path / "world.sqlite3").write_text("not a database")

    result = CliRunner().invoke(cli, ["-C", str(tmp_path), "fsck"])

    assert (1, "") == (result.exit_code, result.stdout)
    assert 1 == result.stderr.count("\n")
