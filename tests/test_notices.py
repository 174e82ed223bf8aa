"""
Whose certificates end soon.

J-LIS posts a notice two to three months before, to those whose certificate is still the
newest and unrevoked: not to whoever renewed, moved, or died.
"""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from ca.notices import notices
from harness.cli.root import cli
from harness.world import World
from pki.kinds import Event, Kind, Sex

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
OCTOBER = dt.date(2030, 10, 1)  # in which the notices for 1 January 2031 are posted
AUTUMN = dt.datetime(2030, 9, 1, 3, tzinfo=dt.UTC)
WINTER = dt.datetime(2030, 12, 1, 3, tzinfo=dt.UTC)


@pytest.fixture
def world(tmp_path):
    """
    A world in which Hanako, born on 1 January, got her card in April 2026.
    """
    made = World.create(tmp_path / "w", at=NOON, seed=1)
    hanako = {"name": "住基 花子", "born": dt.date(1990, 1, 1), "sex": Sex.FEMALE}
    made.office.add("hanako", **hanako, address="東京都千代田区丸の内1-1-1", at=NOON)
    made.office.issue_card("hanako", at=NOON)
    yield made
    made.close()


def posted(world, month, at):
    return [
        (each.kind and each.kind.value, each.last_day.isoformat(), each.posted_on.isoformat())
        for each in notices(world.register, month, at=at)
    ]


def test_both_certificates_are_announced_three_months_ahead(world):
    """
    The window of 1 January opens on 2 October, and so the notice goes out [J 10.3].
    """
    assert [
        ("auth", "2031-01-01", "2030-10-02"),
        ("sign", "2031-01-01", "2030-10-02"),
    ] == posted(world, OCTOBER, AUTUMN)


@pytest.mark.parametrize(
    "month", [dt.date(2030, 9, 30), dt.date(2030, 11, 1)], ids=["before", "after"]
)
def test_other_months_have_other_notices(world, month):
    assert [] == posted(world, month, AUTUMN)


def test_any_day_of_the_month_names_it(world):
    assert posted(world, OCTOBER, AUTUMN) == posted(world, dt.date(2030, 10, 31), AUTUMN)


def test_a_card_is_announced_as_well(world):
    """
    It ends with the tenth birthday, and the renewed certificates with it.
    """
    world.office.renew("hanako", at=WINTER)

    assert [
        (None, "2036-01-01", "2035-10-02"),
        ("auth", "2036-01-01", "2035-10-02"),
        ("sign", "2036-01-01", "2035-10-02"),
    ] == posted(world, dt.date(2035, 10, 1), WINTER)


def test_a_revoked_certificate_is_not_announced(world):
    world.office.move("hanako", address="神奈川県横浜市中区本町1-1", at=AUTUMN)

    assert ["auth"] == [kind for kind, _, _ in posted(world, OCTOBER, AUTUMN)]


def test_whoever_renewed_early_gets_no_notice(world):
    world.office.renew("hanako", at=AUTUMN)

    assert [] == posted(world, OCTOBER, AUTUMN)


def test_what_was_posted_stays_posted(world):
    """
    She renews in December, but the letter of October had gone out; any past month can be asked.
    """
    world.office.renew("hanako", at=WINTER)

    assert ["auth", "sign"] == [kind for kind, _, _ in posted(world, OCTOBER, WINTER)]


def test_a_forecast_changes_with_life(world):
    assert 2 == len(posted(world, OCTOBER, NOON))

    world.office.report(Event.DIED, "hanako", at=AUTUMN)

    assert [] == posted(world, OCTOBER, AUTUMN)
    assert 2 == len(posted(world, OCTOBER, NOON))


@pytest.mark.parametrize(
    "event", [Event.CARD_LOST, Event.CARD_RETURNED], ids=lambda event: event.value
)
def test_a_card_out_of_use_is_not_announced(world, event):
    world.office.report(event, "hanako", at=AUTUMN)

    assert [] == posted(world, dt.date(2035, 10, 1), AUTUMN)


def test_a_month_end_falls_back_on_the_last_day(world):
    """
    31 May: posted on 1 March, the day after the end of February [J 10.2].
    """
    taro = {"name": "住基 太郎", "born": dt.date(1988, 5, 31), "sex": Sex.MALE}
    world.office.add("taro", **taro, address="大阪府大阪市北区梅田1-1", at=NOON)
    world.office.issue_card("taro", without={Kind.SIGN}, at=NOON)

    assert [("auth", "2030-05-31", "2030-03-01")] == posted(world, dt.date(2030, 3, 1), NOON)


def minijpki(world, *arguments):
    return CliRunner().invoke(cli, ["-C", str(world.directory), *arguments], catch_exceptions=False)


def test_the_command_lists_one_notice_to_the_line(world):
    result = minijpki(world, "notices", "list", "--month", "2030-10", "--json")

    first, second = map(json.loads, result.stdout.splitlines())
    assert {
        "id": "hanako",
        "kind": "auth",
        "serial": "0x2",
        "card": "00000001",
        "last_day": "2031-01-01",
        "posted_on": "2030-10-02",
    } == first
    assert "sign" == second["kind"]
    assert (0, "") == (result.exit_code, result.stderr)


def test_a_quiet_month_is_said_to_be_quiet(world):
    result = minijpki(world, "notices", "list", "--lang", "ja")

    assert (0, "", "該当なし\n") == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize("month", ["2030-13", "2030", "october", "2030-1", "9999-12"])
def test_a_month_is_written_as_year_and_month(world, month):
    result = minijpki(world, "notices", "list", "--month", month)

    assert 2 == result.exit_code
    assert "write it as YYYY-MM" in result.stderr
