"""
A budgeting service knows Hanako by the serial of her signature certificate.

She moves, renews, loses her card; the serial changes each time.  The service learns that she
is still the same, and, because she consented, what her new certificate states.
"""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from ca.linking import (
    FEE,
    Latest,
    NothingYet,
    Unchanged,
    consents,
    give_consent,
    latest_items,
    link,
    withdraw_consent,
)
from harness.cli.root import cli
from harness.world import World
from pki.errors import NotOnCard, NotPermitted, Unacceptable, UnknownCertificate, UnknownResident
from pki.kinds import Event, Kind, Pin, Sex

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
DAY = dt.timedelta(days=1)
YOKOHAMA = "神奈川県横浜市中区本町1-1"
PINS = {Pin.SIGN: "ABC123", Pin.AUTH: "1234", Pin.JUKI: "1111", Pin.TEXT: "2222"}


@pytest.fixture
def world(tmp_path):
    """
    A world in which Hanako has a card with both certificates.
    """
    made = World.create(tmp_path / "w", at=NOON, seed=1)
    hanako = {"name": "住基 花子", "born": dt.date(1990, 1, 1), "sex": Sex.FEMALE}
    made.office.add("hanako", **hanako, address="東京都千代田区丸の内1-1-1", at=NOON)
    made.office.issue_card("hanako", pins=PINS, at=NOON)
    yield made
    made.close()


def move(world, at):
    world.office.move("hanako", address=YOKOHAMA, at=at)


def serials(world, kind):
    return [each.serial for each in world.register.certificates("hanako", kind)]


def linked(world, kind, serial, at):
    found = link(world.register, kind, serial, at=at)
    shown = (found.pair, found.older, found.newer, found.newest)
    return tuple(each and each.serial for each in shown)


def test_the_two_certificates_of_a_card_belong_together(world):
    [sign], [auth] = serials(world, Kind.SIGN), serials(world, Kind.AUTH)

    assert (auth, None, None, sign) == linked(world, Kind.SIGN, sign, NOON)
    assert (sign, None, None, auth) == linked(world, Kind.AUTH, auth, NOON)


def test_a_new_signature_certificate_follows_the_old_one(world):
    """
    The user's identity survives the move [J 9].
    """
    move(world, NOON + DAY)
    world.office.renew("hanako", (Kind.SIGN,), at=NOON + 2 * DAY)
    [first, second], [auth] = serials(world, Kind.SIGN), serials(world, Kind.AUTH)
    now = NOON + 3 * DAY

    assert (auth, None, second, second) == linked(world, Kind.SIGN, first, now)
    assert (auth, first, None, second) == linked(world, Kind.SIGN, second, now)
    assert (second, None, None, auth) == linked(world, Kind.AUTH, auth, now)


def test_each_keeps_the_pair_that_last_stood_beside_it(world):
    world.office.renew("hanako", at=NOON + DAY)
    world.office.issue_card("hanako", instead=True, at=NOON + 2 * DAY)
    signs, auths = serials(world, Kind.SIGN), serials(world, Kind.AUTH)

    pairs = [linked(world, Kind.SIGN, each, NOON + 3 * DAY)[0] for each in signs]

    assert 3 == len(signs)
    assert auths == pairs


def test_pairs_are_told_apart_within_one_second(world):
    """
    A frozen clock may see a whole life in one second.
    """
    world.office.renew("hanako", at=NOON)
    world.office.renew("hanako", at=NOON)
    signs, auths = serials(world, Kind.SIGN), serials(world, Kind.AUTH)

    assert auths == [linked(world, Kind.SIGN, each, NOON)[0] for each in signs]
    assert signs == [linked(world, Kind.AUTH, each, NOON)[0] for each in auths]


def test_the_past_knows_no_successor(world):
    [sign] = serials(world, Kind.SIGN)
    world.office.renew("hanako", (Kind.SIGN,), at=NOON + DAY)
    second = serials(world, Kind.SIGN)[1]

    assert None is link(world.register, Kind.SIGN, sign, at=NOON).newer
    assert second == link(world.register, Kind.SIGN, sign, at=NOON + DAY).newer.serial
    with pytest.raises(UnknownCertificate, match="ask for a later moment"):
        link(world.register, Kind.SIGN, second, at=NOON)


def test_a_serial_that_nobody_has_is_unknown(world):
    with pytest.raises(UnknownCertificate, match="0x63"):
        link(world.register, Kind.SIGN, 99, at=NOON)


def test_a_card_with_one_certificate_has_no_pair(world):
    world.office.issue_card("hanako", instead=True, without={Kind.AUTH}, at=NOON + DAY)

    assert (
        None is link(world.register, Kind.SIGN, serials(world, Kind.SIGN)[-1], at=NOON + DAY).pair
    )


def consented(world, at=NOON):
    return give_consent(world.register, "hanako", "kakei", at=at)


def asked(world, at, **settings):
    return latest_items(world.register, "hanako", "kakei", at=at, **settings)


def test_without_consent_the_service_is_refused(world):
    with pytest.raises(NotPermitted, match="no consent in force for 'kakei'"):
        asked(world, NOON)


def test_while_nothing_changed_there_is_nothing_to_tell(world):
    consented(world)

    assert isinstance(asked(world, NOON), Unchanged)


def test_after_the_move_there_is_nothing_until_a_new_certificate_is_issued(world):
    """
    The answer exists only once the old one is revoked *and* a new one issued [J 9].
    """
    consented(world)
    move(world, NOON + DAY)

    assert isinstance(asked(world, NOON + DAY), NothingYet)

    world.office.renew("hanako", (Kind.SIGN,), at=NOON + 2 * DAY)

    answer = asked(world, NOON + 2 * DAY)
    assert isinstance(answer, Latest)
    assert "神奈川県横浜市中区本町１－１" == answer.items.address
    assert "住基\u3000花子" == answer.items.name
    assert serials(world, Kind.SIGN)[-1] == answer.certificate.serial
    assert isinstance(asked(world, NOON), Unchanged)
    assert isinstance(asked(world, NOON + DAY), NothingYet)


def test_a_service_that_has_the_new_one_is_told_of_no_other(world):
    consented(world)
    move(world, NOON + DAY)
    world.office.renew("hanako", (Kind.SIGN,), at=NOON + DAY)
    newest = serials(world, Kind.SIGN)[-1]

    assert isinstance(asked(world, NOON + DAY, known=newest), Unchanged)


def test_a_held_new_certificate_answers_for_nobody(world):
    consented(world)
    world.office.renew("hanako", at=NOON + DAY)
    world.office.report(Event.CARD_LOST, "hanako", at=NOON + 2 * DAY)

    assert isinstance(asked(world, NOON + 2 * DAY), NothingYet)


def test_an_expired_certificate_has_ended_as_well(world):
    """
    Inferred: the holder has a new one all the same [J 9].
    """
    consented(world)
    late = dt.datetime(2031, 2, 1, 3, tzinfo=dt.UTC)
    world.office.renew("hanako", at=late)

    assert isinstance(asked(world, late), Latest)


def test_a_service_names_certificates_of_this_holder_only(world):
    consented(world)
    taro = {"name": "住基 太郎", "born": dt.date(1988, 2, 3), "sex": Sex.MALE}
    world.office.add("taro", **taro, address="大阪府大阪市北区梅田1-1", at=NOON)
    his = world.office.issue_card("taro", at=NOON).certificates[-1]

    with pytest.raises(NotPermitted, match="is none of 'hanako'"):
        asked(world, NOON, known=his.serial)


def test_consent_ends_after_ten_years(world):
    """
    To the last second of the anniversary; inferred [J 9].
    """
    end = dt.datetime(2036, 4, 1, 14, 59, 59, tzinfo=dt.UTC)
    given = consented(world)

    assert end == given.until
    assert isinstance(asked(world, end), NothingYet)
    with pytest.raises(NotPermitted, match="no consent in force"):
        asked(world, end + dt.timedelta(seconds=1))


def test_consent_can_be_taken_back_and_given_again(world):
    consented(world)
    withdraw_consent(world.register, "hanako", "kakei", at=NOON + DAY)

    assert isinstance(asked(world, NOON), Unchanged)
    for refused in (asked, consented_withdrawal):
        with pytest.raises(NotPermitted, match="no consent in force"):
            refused(world, NOON + DAY)

    consented(world, NOON + 2 * DAY)
    assert isinstance(asked(world, NOON + 2 * DAY), Unchanged)


def consented_withdrawal(world, at):
    withdraw_consent(world.register, "hanako", "kakei", at=at)


def test_consents_are_listed_as_they_were(world):
    consented(world)
    give_consent(world.register, "hanako", "家計簿", at=NOON + DAY)
    withdraw_consent(world.register, "hanako", "kakei", at=NOON + 2 * DAY)

    assert ["kakei"] == [each.service for each in consents(world.register, "hanako", at=NOON)]
    assert [("kakei", False), ("家計簿", True)] == [
        (each.service, each.is_in_force(NOON + 2 * DAY))
        for each in consents(world.register, "hanako", at=NOON + 2 * DAY)
    ]


def test_consent_is_given_with_a_signature_certificate_in_force(world):
    move(world, NOON + DAY)
    with pytest.raises(NotPermitted, match="card renew hanako --key sign"):
        consented(world, NOON + DAY)

    world.office.issue_card("hanako", instead=True, without={Kind.SIGN}, at=NOON + 2 * DAY)
    with pytest.raises(NotOnCard):
        consented(world, NOON + 2 * DAY)


@pytest.mark.parametrize(
    "service", ["", " ", "two\nlines", "x" * 65], ids=["empty", "blank", "two-lines", "long"]
)
def test_a_service_has_a_name_of_one_line(world, service):
    before = world.store.journal()

    with pytest.raises(Unacceptable, match="one line of 1 to 64 characters"):
        give_consent(world.register, "hanako", service, at=NOON)
    assert before == world.store.journal()


def test_every_consent_is_in_the_journal(world):
    consented(world)
    withdraw_consent(world.register, "hanako", "kakei", at=NOON)

    assert ["consent-given", "consent-withdrawn"] == [
        what for _, _, what, _, _ in world.store.journal()
    ][-2:]


def test_a_stranger_has_no_consents(world):
    with pytest.raises(UnknownResident):
        consents(world.register, "momotaro", at=NOON)


def minijpki(world, *arguments):
    result = CliRunner().invoke(
        cli, ["-C", str(world.directory), *arguments], catch_exceptions=False
    )
    return result.exit_code, result.stdout, result.stderr


def test_the_commands_tell_the_whole_story(world):
    assert 0 == minijpki(world, "consent", "give", "hanako", "--service", "kakei")[0]
    move(world, NOON)
    world.office.renew("hanako", (Kind.SIGN,), at=NOON)

    status, out, err = minijpki(
        world, "consent", "latest", "hanako", "--service", "kakei", "--json"
    )

    told = json.loads(out)
    assert (0, "") == (status, err)
    assert ("new", "0x3", FEE) == (told["outcome"], told["serial"], told["fee"])
    assert "神奈川県横浜市中区本町１－１" == told["address"]
    assert out == minijpki(world, "link", "latest", "hanako", "--service", "kakei", "--json")[1]
    [shown] = map(
        json.loads, minijpki(world, "consent", "show", "hanako", "--json")[1].splitlines()
    )
    assert ("kakei", "0x2", True) == (shown["service"], shown["serial"], shown["in_force"])
    assert "2036-04-01T14:59:59Z" == shown["until"]


def test_the_command_shows_what_belongs_together(world):
    move(world, NOON)
    world.office.renew("hanako", (Kind.SIGN,), at=NOON)

    status, out, _ = minijpki(world, "link", "show", "0x3", "--json")

    told = json.loads(out)
    assert 0 == status
    assert ("sign", "good", "0x2", "0x2", None, "0x3") == tuple(
        told[name] for name in ("kind", "standing", "pair", "older", "newer", "newest")
    )
    assert "利用者証明用" not in out
    assert 0 == minijpki(world, "link", "show", "2", "--kind", "auth", "--lang", "ja")[0]


def test_a_serial_of_both_cas_needs_a_kind(world):
    status, out, err = minijpki(world, "link", "show", "0x2")

    assert (2, "") == (status, out)
    assert "both CAs issued a certificate 0x2; give --kind" in err


def test_a_wrong_pin_gives_no_consent_and_costs_a_try(world):
    status, out, err = minijpki(
        world, "consent", "give", "hanako", "--service", "kakei", "--pin", "ZZZ999"
    )

    assert (1, "", "Error: the sign PIN is wrong; 4 tries left\n") == (status, out, err)
    assert 4 == world.register.card_of("hanako").pins[Pin.SIGN].tries_left
    assert () == consents(world.register, "hanako", at=NOON)


def test_a_service_without_consent_is_refused_in_one_line(world):
    status, out, err = minijpki(world, "consent", "latest", "hanako", "--service", "kakei")

    assert (1, "") == (status, out)
    assert err.startswith("Error: the resident 'hanako' has no consent in force for 'kakei'; ")
    assert 1 == err.count("\n")
