"""
The words of a relying party's test: a holder signs, moves, marries, loses the card, dies.

Each of them also waits until the lists of the night are out, so that a relying party can
know; `wait=False` stays in the gap, where the old list still speaks.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from harness.scene import BEGIN, Scene
from harness.verifier.policy import Policy, Use
from pki.certificate.read import read_certificate
from pki.errors import CardGone, Missing, NotPermitted, PinLocked, ResidentDied, WrongPin
from pki.kinds import Algorithm, Kind, Sex
from pki.xmldsig.forms import SHAPES

FILING = "<DATA id='DATA'>収入金額 1,234,567円</DATA>"
CHALLENGE = b"from the relying party's own server"
LISTS_OUT = datetime(2026, 4, 1, 18, 0, 1, tzinfo=UTC)  # one second after 03:00 JST
OSAKA = "大阪府大阪市北区梅田1-1"

# What ends which certificate, and the reason on the list.
ENDS = {
    "moves": (lambda holder, **gap: holder.moves(**gap), {Kind.SIGN: "affiliationChanged"}),
    "renames": (
        lambda holder, **gap: holder.renames("鈴木 花子", **gap),
        {Kind.SIGN: "affiliationChanged"},
    ),
    "dies": (
        lambda holder, **gap: holder.dies(**gap),
        {Kind.SIGN: "affiliationChanged", Kind.AUTH: "affiliationChanged"},
    ),
    "loses_card": (
        lambda holder, **gap: holder.loses_card(**gap),
        {Kind.SIGN: "certificateHold", Kind.AUTH: "certificateHold"},
    ),
    "returns_card": (
        lambda holder, **gap: holder.returns_card(**gap),
        {Kind.SIGN: "cessationOfOperation", Kind.AUTH: "cessationOfOperation"},
    ),
    "withdraws": (
        lambda holder, **gap: holder.withdraws(**gap),
        {Kind.SIGN: "cessationOfOperation"},
    ),
    "withdraws auth": (
        lambda holder, **gap: holder.withdraws(Kind.AUTH, **gap),
        {Kind.AUTH: "cessationOfOperation"},
    ),
    "renews": (
        lambda holder, **gap: holder.renews(**gap),
        {Kind.SIGN: "superseded", Kind.AUTH: "superseded"},
    ),
    "renews sign": (
        lambda holder, **gap: holder.renews(Kind.SIGN, **gap),
        {Kind.SIGN: "superseded"},
    ),
    "leaves": (lambda holder, **gap: holder.leaves(**gap), {}),
}
every_word = pytest.mark.parametrize(("live", "ended"), ENDS.values(), ids=list(ENDS))


@pytest.fixture
def hanako(jpki):
    return jpki.resident("hanako")


def test_the_five_lines(jpki):
    holder = jpki.resident()
    filing = holder.sign_xml("<DATA id='DATA'>…</DATA>")
    assert jpki.verify(filing).passed
    holder.moves()
    assert jpki.verify(filing).code == "CERTIFICATE_REVOKED"


def test_a_scene_begins_at_noon_in_japan(jpki):
    assert BEGIN == jpki.now == datetime(2026, 4, 1, 3, tzinfo=UTC)


@every_word
def test_each_word_ends_what_life_ends(jpki, hanako, live, ended):
    filing, answer = hanako.sign_xml(FILING), hanako.answer(CHALLENGE)
    certificate = hanako.certificate(Kind.AUTH)

    live(hanako)

    judged = {
        Kind.SIGN: jpki.verify(filing),
        Kind.AUTH: jpki.verify_login(certificate, answer, CHALLENGE),
    }
    assert ended == {kind: verdict.reason for kind, verdict in judged.items() if verdict.reason}
    assert [kind for kind in Kind if kind not in ended] == [
        kind for kind, verdict in judged.items() if verdict.passed
    ]


@every_word
def test_each_word_waits_for_the_lists_of_the_night(jpki, hanako, live, ended):
    live(hanako)

    assert LISTS_OUT == jpki.now


@every_word
def test_in_the_gap_the_old_list_still_speaks(jpki, hanako, live, ended):
    """
    What happened is not out yet: a filing made before passes until the night.
    """
    filing = hanako.sign_xml(FILING)

    live(hanako, wait=False)

    assert BEGIN == jpki.now
    assert jpki.verify(filing).passed
    jpki.wait_for_lists()
    assert (Kind.SIGN in ended) is (jpki.verify(filing).code == "CERTIFICATE_REVOKED")


def test_a_list_published_by_hand_closes_the_gap(jpki, hanako):
    filing = hanako.sign_xml(FILING)
    hanako.moves(wait=False)

    jpki.world.press.publish((Kind.SIGN,), at=jpki.now)

    assert "CERTIFICATE_REVOKED" == jpki.verify(filing).code


def test_a_login_still_passes_after_the_move(jpki, hanako):
    hanako.moves()

    verdict = jpki.verify_login(hanako.certificate(Kind.AUTH), hanako.answer(CHALLENGE), CHALLENGE)

    assert verdict.passed


def test_a_login_is_no_answer_to_another_challenge(jpki, hanako):
    answer = hanako.answer(CHALLENGE)

    verdict = jpki.verify_login(hanako.certificate(Kind.AUTH), answer, b"another")

    assert "SIGNATURE_MISMATCH" == verdict.code


def test_a_signature_certificate_does_not_log_in(jpki, hanako):
    """
    Each of the two is for one use [J 2.2].
    """
    signature = hanako.sign_raw(CHALLENGE)

    verdict = jpki.verify_login(hanako.certificate(Kind.SIGN), signature, CHALLENGE)

    assert not verdict.passed


def test_a_new_certificate_after_the_move_states_the_new_address(jpki, hanako):
    hanako.moves(OSAKA)
    hanako.renews(Kind.SIGN)

    verdict = jpki.verify(hanako.sign_xml(FILING))

    assert verdict.passed
    assert "大阪府大阪市北区梅田１－１" == verdict.certificate.four_items().address


def test_a_found_card_signs_again_and_its_certificates_stay_on_the_list(jpki, hanako):
    """
    A hold is never lifted [J 7].
    """
    hanako.loses_card()
    hanako.finds_card()
    filing = hanako.sign_xml(FILING)

    assert ("CERTIFICATE_REVOKED", "certificateHold") == (
        jpki.verify(filing).code,
        jpki.verify(filing).reason,
    )
    hanako.renews()
    assert jpki.verify(hanako.sign_xml(FILING)).passed


def test_a_returned_card_signs_nothing(hanako):
    hanako.returns_card()

    with pytest.raises(CardGone):
        hanako.sign_xml(FILING)


def test_a_lost_card_still_signs_for_whoever_knows_the_pin(jpki, hanako):
    """
    The chip knows nothing of the phone call; the list does.
    """
    hanako.loses_card(wait=False)
    stolen = hanako.sign_xml(FILING)

    jpki.wait_for_lists()

    assert "CERTIFICATE_REVOKED" == jpki.verify(stolen).code


def test_a_lost_card_is_not_renewed(hanako):
    hanako.loses_card()

    with pytest.raises(NotPermitted, match="suspended"):
        hanako.renews()


def test_the_dead_do_nothing_more(hanako):
    hanako.dies()

    with pytest.raises(ResidentDied):
        hanako.moves()


def test_the_past_stays_as_it_was(jpki, hanako):
    filing = hanako.sign_xml(FILING)
    signed_at = jpki.now
    hanako.moves()

    assert jpki.verify(filing, at=signed_at).passed


def test_a_filing_that_was_touched_is_no_filing(jpki, hanako):
    filing = hanako.sign_xml(FILING)

    verdict = jpki.verify(filing.replace(b"1,234,567", b"9,234,567"))

    assert not verdict.passed
    assert "SIGNATURE_MISMATCH" == verdict.code


def test_a_document_may_be_text_or_octets(jpki, hanako):
    assert hanako.sign_xml(FILING) == hanako.sign_xml(FILING.encode())
    assert jpki.verify(hanako.sign_xml(FILING).decode()).passed


@pytest.mark.parametrize("form", SHAPES, ids=lambda form: form.value)
def test_every_form_is_accepted(jpki, hanako, form):
    assert jpki.verify(hanako.sign_xml(FILING, form=form)).passed


def test_the_wrong_pin_is_the_holders_problem(hanako):
    for _ in range(4):
        with pytest.raises(WrongPin):
            hanako.sign_xml(FILING, pin="WRONG1")

    with pytest.raises(PinLocked):
        hanako.sign_xml(FILING, pin="WRONG1")
    with pytest.raises(PinLocked):
        hanako.sign_xml(FILING)


def test_people_are_made_up_unless_told(jpki):
    first, second, third = (jpki.resident() for _ in range(3))
    told = jpki.resident(
        "john", name="Ｓｍｉｔｈ Ｊｏｈｎ", born=date(1980, 2, 29), sex=Sex.MALE, address=OSAKA
    )

    names = [each.name for each in jpki.world.register.residents()]
    assert ["r1", "r2", "r3", "john"] == [x.identifier for x in (first, second, third, told)]
    assert ["住基　花子", "住基　太郎", "住基　花子", "Ｓｍｉｔｈ　Ｊｏｈｎ"] == names


def test_a_resident_may_come_without_a_card(jpki):
    nobody = jpki.resident(card=False)

    with pytest.raises(Missing, match="has no card"):
        nobody.sign_xml(FILING)


def test_two_holders_never_share_a_key(jpki):
    keys = {
        read_certificate(jpki.resident().certificate(kind)).public_key().public_numbers().n
        for kind in Kind
        for _ in range(2)
    }

    assert 4 == len(keys)


def test_the_clock_goes_on_and_never_back(jpki, hanako):
    assert BEGIN + timedelta(days=30) == jpki.advance(timedelta(days=30))
    assert datetime(2031, 1, 1, tzinfo=UTC) == jpki.set_clock(datetime(2031, 1, 1, tzinfo=UTC))


def test_a_certificate_outlives_no_birthday(jpki, hanako):
    """
    To the fifth birthday, the last second in Japan [J 2.1].
    """
    filing = hanako.sign_xml(FILING)
    jpki.set_clock(datetime(2031, 1, 1, 15, tzinfo=UTC))  # the midnight after it, in Japan

    assert "CERTIFICATE_EXPIRED" == jpki.verify(filing).code


def test_a_login_use_needs_no_login_word(jpki, hanako):
    """
    A policy says what a document is judged for.
    """
    filing = hanako.sign_xml(FILING)

    assert "UNSUPPORTED_CERTIFICATE" == jpki.verify(filing, Policy(use=Use.LOGIN)).code


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_the_next_card_speaks_the_same_words(tmp_path, algorithm):
    scene = Scene.fresh(tmp_path / "world", algorithm=algorithm)
    holder = scene.resident()
    filing = holder.sign_xml(FILING)

    before = scene.verify(filing).passed
    holder.moves()

    assert (True, "CERTIFICATE_REVOKED") == (before, scene.verify(filing).code)
    scene.close()


def test_a_scene_needs_no_seed(tmp_path, monkeypatch):
    """
    Without one its keys are fresh, and nobody else has them.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    scene = Scene.fresh(tmp_path / "world", seed=None)

    assert scene.verify(scene.resident().sign_xml(FILING)).passed
    scene.close()
