"""
Hanako's life at the counter: card, move, marriage, loss, renewal, death.

Each event meets the store, the card and both certificates in one transaction, and the past
stays as it was.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from ca.card import CardState
from ca.lifecycle import Good, Held, Revoked
from harness.scene import PINS
from harness.world import World
from pki.certificate.read import read_certificate
from pki.errors import (
    AlreadyRevoked,
    NotEligible,
    NotNewest,
    NotPermitted,
    ResidentDied,
    TooEarly,
    Unacceptable,
    UnknownMunicipality,
)
from pki.kinds import Algorithm, Event, Kind, Pin, Reason, Request, Sex

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
NEXT_DAY = NOON + timedelta(days=1)
HOME = "東京都千代田区丸の内1-1-1"
YOKOHAMA = "神奈川県横浜市中区本町1-1"
SIGN, AUTH = Kind.SIGN, Kind.AUTH


@pytest.fixture
def world(tmp_path):
    made = World.create(tmp_path / "world", at=NOON, seed=1)
    yield made
    made.close()


@pytest.fixture
def office(world):
    return world.office


def add(office, identifier="hanako", **changes):
    details = {
        "name": "住基 花子",
        "born": date(1990, 1, 1),
        "sex": Sex.FEMALE,
        "address": HOME,
        "at": NOON,
    }
    return office.add(identifier, **{**details, **changes})


@pytest.fixture
def hanako(office):
    add(office)
    office.issue_card("hanako", at=NOON, pins=PINS)
    return "hanako"


def standings(office, identifier="hanako", *, at=None):
    """How the certificates on the card stand, sign first."""
    card = office.register.card(identifier)
    return tuple(
        office.register.standing(kind, card.slots[kind].serial_number, at=at)
        for kind in (SIGN, AUTH)
    )


def test_a_card_comes_with_both_certificates(office, hanako):
    """
    Five birthdays, and the signature certificate never outlives the other [J 10.2].
    """
    sign, auth = (office.register.certificates(hanako, kind)[0] for kind in (SIGN, AUTH))

    assert datetime(2031, 1, 1, 14, 59, 59, tzinfo=UTC) == sign.not_after == auth.not_after
    assert (Good(), Good()) == standings(office)
    assert date(2036, 1, 1) == office.register.card(hanako).expires_on


def test_moving_ends_the_signature_certificate_alone(office, hanako):
    office.move(hanako, address=YOKOHAMA, at=NOON)

    assert (Revoked(NOON, Reason.AFFILIATION_CHANGED), Good()) == standings(office)
    assert "14104" == office.register.resident(hanako).municipality


def test_moving_next_door_ends_it_as_well(office, world, hanako):
    """
    The address is one of the four items, in whichever municipality [J 11].
    """
    office.move(hanako, address="東京都千代田区丸の内1-1-2", at=NOON)

    assert Event.MOVED_WITHIN.value == world.store.journal(subject=hanako)[-1][2]
    assert Revoked(NOON, Reason.AFFILIATION_CHANGED) == standings(office)[0]


def test_a_new_signature_certificate_states_the_new_address(office, world, hanako):
    office.move(hanako, address=YOKOHAMA, at=NOON)
    office.renew(hanako, (SIGN,), at=NEXT_DAY)

    read = read_certificate(world.certificate(hanako, SIGN))
    newest = office.register.certificates(hanako, SIGN)[-1]
    assert "神奈川県横浜市中区本町１－１" == read.four_items().address
    assert ("14104", False) == (newest.scope, newest.renewal)
    assert (Good(), Good()) == standings(office)


@pytest.mark.parametrize(
    ("event", "sign", "auth"),
    [
        (Event.DIED, Reason.AFFILIATION_CHANGED, Reason.AFFILIATION_CHANGED),
        (Event.RECORD_DELETED, Reason.CESSATION_OF_OPERATION, Reason.CESSATION_OF_OPERATION),
        (Event.CARD_RETURNED, Reason.CESSATION_OF_OPERATION, Reason.CESSATION_OF_OPERATION),
        (Event.CARD_DESTROYED, Reason.UNSPECIFIED, Reason.UNSPECIFIED),
        (Event.NUMBER_CHANGED, Reason.SUPERSEDED, Reason.SUPERSEDED),
    ],
    ids=lambda value: getattr(value, "value", value),
)
def test_what_an_event_does_is_in_the_store_at_once(office, hanako, event, sign, auth):
    office.report(event, hanako, at=NOON)

    assert (Revoked(NOON, sign), Revoked(NOON, auth)) == standings(office)


def test_nothing_more_happens_to_the_dead(office, hanako):
    office.report(Event.DIED, hanako, at=NOON)

    with pytest.raises(ResidentDied, match="'hanako' is dead"):
        office.move(hanako, address=YOKOHAMA, at=NEXT_DAY)
    with pytest.raises(ResidentDied):
        office.renew(hanako, at=NEXT_DAY)


def test_a_lost_card_found_again_needs_new_certificates(office, hanako):
    """
    The card resumes, the hold does not end [J 7] [J 13].
    """
    office.report(Event.CARD_LOST, hanako, at=NOON)
    assert (Held(NOON), Held(NOON)) == standings(office)
    with pytest.raises(NotPermitted, match="suspended"):
        office.renew(hanako, at=NOON)

    office.report(Event.CARD_FOUND, hanako, at=NEXT_DAY)
    assert CardState.ACTIVE is office.register.card(hanako).state
    assert (Held(NOON), Held(NOON)) == standings(office)

    old = office.register.certificates(hanako, SIGN)[0]
    office.renew(hanako, at=NEXT_DAY)
    assert (Good(), Good()) == standings(office)
    assert Revoked(NOON, Reason.SUPERSEDED) == office.register.standing(SIGN, old.serial)


def test_renewal_inside_the_window_counts_to_the_sixth_birthday(office, hanako):
    """
    [J 10.2]; the old ones are superseded at once [J 10.3].
    """
    opens = datetime(2030, 10, 2, 3, tzinfo=UTC)  # three months before 1 January, and a day
    old = [office.register.certificates(hanako, kind)[0] for kind in (SIGN, AUTH)]

    office.renew(hanako, at=opens)

    new = [office.register.certificates(hanako, kind)[-1] for kind in (SIGN, AUTH)]
    assert {datetime(2036, 1, 1, 14, 59, 59, tzinfo=UTC)} == {each.not_after for each in new}
    assert all(each.renewal for each in new)
    assert {Revoked(opens, Reason.SUPERSEDED)} == {
        office.register.standing(each.kind, each.serial) for each in old
    }


def test_a_day_before_the_window_it_is_no_renewal(office, hanako):
    office.renew(hanako, at=datetime(2030, 10, 1, 3, tzinfo=UTC))

    newest = office.register.certificates(hanako, AUTH)[-1]
    assert not newest.renewal
    assert datetime(2035, 1, 1, 14, 59, 59, tzinfo=UTC) == newest.not_after


def test_after_expiry_a_certificate_is_issued_all_the_same(office, hanako):
    """
    Free, and counted from anew; an expired one is not revoked besides [J 10.3].
    """
    later = datetime(2031, 2, 1, 3, tzinfo=UTC)
    old = office.register.certificates(hanako, AUTH)[0]

    office.renew(hanako, at=later)

    newest = office.register.certificates(hanako, AUTH)[-1]
    assert not newest.renewal
    assert datetime(2036, 1, 1, 14, 59, 59, tzinfo=UTC) == newest.not_after
    assert Good() == office.register.standing(AUTH, old.serial)


def test_a_signature_certificate_ends_with_the_other(office, hanako):
    """
    Re-issued after a move it ends on the authentication certificate's day [J 10.2].
    """
    moved = datetime(2028, 4, 1, 3, tzinfo=UTC)
    office.move(hanako, address=YOKOHAMA, at=moved)
    office.renew(hanako, (SIGN,), at=moved)

    assert (
        datetime(2031, 1, 1, 14, 59, 59, tzinfo=UTC)
        == office.register.certificates(hanako, SIGN)[-1].not_after
    )


def test_a_withdrawn_certificate_is_not_withdrawn_twice(office, hanako):
    office.request(Request.WITHDRAW, hanako, SIGN, at=NOON)

    assert (Revoked(NOON, Reason.CESSATION_OF_OPERATION), Good()) == standings(office)
    with pytest.raises(AlreadyRevoked, match="2026-04-01"):
        office.request(Request.REPORT_LEAK, hanako, SIGN, at=NEXT_DAY)


def test_only_the_newest_certificate_is_renewed(office, hanako):
    old = office.register.certificates(hanako, SIGN)[0]
    office.renew(hanako, at=NEXT_DAY)

    with pytest.raises(NotNewest, match="has a successor"):
        office.renew(hanako, (SIGN,), at=NEXT_DAY, serial=old.serial)


def test_a_card_without_certificates_gets_them_later(office):
    add(office)
    office.issue_card("hanako", at=NOON, pins=PINS, without=frozenset(Kind))
    assert {Pin.JUKI, Pin.TEXT} == set(office.register.card("hanako").pins)

    handed = office.renew("hanako", at=NEXT_DAY, pins={Pin.SIGN: "XYZ789"})

    assert set(Kind) == set(handed.card.slots)
    assert {Pin.AUTH} == set(handed.drawn)


def test_a_child_gets_the_authentication_certificate_alone(office):
    """
    Under 15 as a rule; and the card ends with the fifth birthday [J 10.1].
    """
    add(office, born=date(2012, 4, 2))

    handed = office.issue_card("hanako", at=NOON)

    assert [AUTH] == [each.kind for each in handed.certificates]
    assert [SIGN] == [kind for kind, _ in handed.declined]
    assert date(2030, 4, 2) == handed.card.expires_on  # the first comes a day after issue
    with pytest.raises(NotEligible, match="under 15"):
        office.renew("hanako", (SIGN,), at=NOON)


def test_under_guardianship_likewise_unless_it_is_done_even_so(office):
    add(office, guardianship=True)

    assert [AUTH] == [c.kind for c in office.issue_card("hanako", at=NOON).certificates]
    handed = office.renew("hanako", (SIGN,), at=NOON, even_so=True)
    assert [SIGN] == [each.kind for each in handed.certificates]


def test_a_limited_stay_limits_the_card_until_it_is_extended(office):
    """
    The card goes along with an extension, the certificates keep their day [J 10.1].
    """
    add(office, stay_ends_on=date(2027, 3, 31))
    office.issue_card("hanako", at=NOON)
    assert date(2027, 3, 31) == office.register.card("hanako").expires_on

    office.extend_stay("hanako", until=date(2029, 3, 31), at=NEXT_DAY)

    assert date(2029, 3, 31) == office.register.card("hanako").expires_on
    ends = office.register.certificates("hanako", SIGN)[0].not_after
    assert datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC) == ends


def test_a_reissued_card_replaces_the_one_before(office, hanako):
    handed = office.issue_card(hanako, at=NEXT_DAY, instead=True)

    assert "00000002" == handed.card.serial
    first = office.register.certificates(hanako, SIGN)[0]
    assert Revoked(NEXT_DAY, Reason.SUPERSEDED) == office.register.standing(SIGN, first.serial)


def test_a_second_card_beside_an_active_one_is_refused(office, hanako):
    with pytest.raises(NotPermitted, match="card reissue"):
        office.issue_card(hanako, at=NEXT_DAY)


def test_an_event_before_the_newest_entry_is_refused(office, hanako):
    office.move(hanako, address=YOKOHAMA, at=NEXT_DAY)

    with pytest.raises(TooEarly, match="2026-04-02T03:00:00Z on"):
        office.move(hanako, address=HOME, at=NOON)


def test_the_past_can_be_asked(office, hanako):
    office.move(hanako, address=YOKOHAMA, at=NEXT_DAY)

    assert (Good(), Good()) == standings(office, at=NOON)
    assert "13101" == office.register.resident(hanako, at=NOON).municipality
    assert "14104" == office.register.resident(hanako, at=NEXT_DAY).municipality


def test_correcting_birth_and_sex_are_two_events(office, world, hanako):
    office.correct(hanako, born=date(1990, 1, 2), sex=Sex.MALE, at=NOON)

    events = [what for _, _, what, _, _ in world.store.journal(subject=hanako)]
    assert [Event.BIRTH_CORRECTED.value, Event.SEX_CORRECTED.value] == events[-2:]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param(lambda o: o.move("hanako", address=HOME, at=NOON), "lives at that", id="move"),
        pytest.param(lambda o: o.rename("hanako", name="住基 花子", at=NOON), "bears", id="rename"),
        pytest.param(lambda o: o.correct("hanako", sex=Sex.FEMALE, at=NOON), "says so", id="sex"),
    ],
)
def test_a_change_that_changes_nothing_is_refused(office, hanako, change, refusal):
    with pytest.raises(Unacceptable, match=refusal):
        change(office)


def test_a_refused_event_leaves_no_trace(office, world, hanako):
    before = world.store.rows("SELECT * FROM journal")

    with pytest.raises(UnknownMunicipality):
        office.move(hanako, address="鬼ヶ島1-1", at=NEXT_DAY)

    assert before == world.store.rows("SELECT * FROM journal")
    assert NOON == world.now()


def test_a_revocation_may_take_effect_the_next_day(tmp_path):
    """
    Two cities disagree, so it is a switch [J 10.5].
    """
    world = World.create(tmp_path / "w", at=NOON, seed=1, switches={"effect": "next-day"})
    add(world.office)
    world.office.issue_card("hanako", at=NOON)

    world.office.move("hanako", address=YOKOHAMA, at=NOON)

    midnight = datetime(2026, 4, 1, 15, tzinfo=UTC)
    assert Good() == standings(world.office, at=midnight - timedelta(seconds=1))[0]
    assert Revoked(midnight, Reason.AFFILIATION_CHANGED) == standings(world.office, at=midnight)[0]


@pytest.mark.parametrize(
    ("switch", "place"), [("ward", "Osaka-shi Kita-ku"), ("city", "Osaka-shi")]
)
def test_a_designated_city_issues_by_its_wards_or_itself(tmp_path, switch, place):
    """
    Inferred, hence a switch [J 13].
    """
    world = World.create(tmp_path / "w", at=NOON, seed=1, switches={"designated_city": switch})
    add(world.office, address="大阪府大阪市北区梅田1-1")
    world.office.issue_card("hanako", at=NOON)

    read = read_certificate(world.certificate("hanako", SIGN))
    assert place.encode() in read.subject
    assert f"{place} CRLDP".encode() in read.distribution_points()[0]


def test_the_next_card_lives_ten_years(tmp_path):
    """
    P-384: the 10th birthday and a month; all inferred [J 8].
    """
    world = World.create(tmp_path / "w", at=NOON, seed=1, algorithm=Algorithm.P384)
    add(world.office)
    world.office.issue_card("hanako", at=NOON)

    ends = world.office.register.certificates("hanako", AUTH)[0].not_after
    assert datetime(2036, 2, 1, 14, 59, 59, tzinfo=UTC) == ends
