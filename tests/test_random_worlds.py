"""
Two hundred worlds live at random, and everybody agrees about every certificate in them.

People come, move, marry, lose cards, withdraw and die; CAs change keys, in one world in six
because a key was compromised.  Then each certificate is asked about at moments of its life,
by its own list, by another, by an old one, by all that there are.  Our verifier, OpenSSL,
Java and, where it is installed, pyhanko-certvalidator must give one answer.
"""

import asyncio
import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from random import Random

import pytest
from outside import (
    GOOD,
    OPEN,
    REFUSED,
    REVOKED,
    Case,
    asked,
    java_answers,
    java_word,
    judged,
    openssl_says,
    we_say,
)

from ca.authority import compromise, rollover
from ca.lifecycle import Good
from crl.read import read_list
from harness.scene import PINS
from harness.verifier.verdict import Outcome
from harness.world import World
from pki.certificate.fields import encode_name
from pki.certificate.read import read_certificate
from pki.errors import JpkiError
from pki.kinds import Algorithm, Event, Kind, Request, Sex

pytestmark = [pytest.mark.torture, pytest.mark.slow]

WORLDS = 200
ACTS = 14
BEGIN = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)
ADDRESSES = (
    "東京都千代田区丸の内1-1-1",
    "東京都三鷹市野崎1-1-1",
    "神奈川県横浜市中区本町1-1",
    "大阪府大阪市北区中之島1-1",
    "北海道札幌市中央区北1条西2丁目",
    "沖縄県那覇市泉崎1-1-1",
)
NAMES = ("住基 花子", "住基 太郎", "髙橋 一郎", "戸籍 次郎", "番号 三郎")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One question to everybody, with what it is about.
    """

    about: str
    kind: Kind
    case: Case


def act(world, chance, now):
    """
    Let something happen; what the counter refuses does not.
    """
    who = chance.choice([each.identifier for each in world.register.residents()])
    office = world.office
    happen = chance.choice(
        (
            lambda: settle(world, chance, now),
            lambda: settle(world, chance, now),
            lambda: office.move(who, address=chance.choice(ADDRESSES), at=now),
            lambda: office.move(who, address=chance.choice(ADDRESSES), at=now),
            lambda: office.rename(who, name=chance.choice(NAMES), at=now),
            lambda: office.renew(who, chance.choice(((Kind.SIGN,), tuple(Kind))), at=now),
            lambda: office.renew(who, at=now),
            lambda: office.report(Event.DIED, who, at=now),
            lambda: office.report(Event.CARD_LOST, who, at=now),
            lambda: office.report(Event.CARD_FOUND, who, at=now),
            lambda: office.report(Event.CARD_RETURNED, who, at=now),
            lambda: office.issue_card(who, at=now, pins=PINS, instead=True),
            lambda: office.request(
                chance.choice(list(Request)), who, chance.choice(list(Kind)), at=now
            ),
            lambda: rollover(world.authority, chance.choice(list(Kind)), at=now),
            lambda: world.press.publish(tuple(Kind), at=now),
        )
    )
    try:
        happen()
    except JpkiError:
        return


def settle(world, chance, now):
    added = world.add_resident(
        name=chance.choice(NAMES),
        born=dt.date(1950, 1, 1) + dt.timedelta(days=chance.randrange(20_000)),
        sex=chance.choice((Sex.MALE, Sex.FEMALE)),
        address=chance.choice(ADDRESSES),
        at=now,
    )
    world.office.issue_card(added.identifier, at=now, pins=PINS)


def lived(directory, number):
    """
    Live through a world; its end is the moment after which nothing more happens.
    """
    chance = Random(f"a life, number {number}")
    world = World.create(
        directory,
        at=BEGIN,
        seed=number,
        algorithm=chance.choice(list(Algorithm)),
        history=chance.random() < 0.2,
    )
    now = BEGIN
    settle(world, chance, now)
    for _ in range(ACTS):
        now += dt.timedelta(seconds=chance.randrange(1, chance.choice((3600, 86400 * 300))))
        act(world, chance, now)
    if chance.random() < 1 / 6:
        now += dt.timedelta(days=1)
        kind = chance.choice(list(Kind))
        compromise(world.authority, kind, len(world.authority.generations(kind)), at=now)
    return world, chance, now + dt.timedelta(days=2)


def certificates(world):
    for resident in world.register.residents():
        yield from world.register.certificates(resident.identifier)


def questions(world, chance, end):
    """
    Ask about each certificate in the years of the story, and beyond its end.
    """
    for issued in certificates(world):
        for last in (end, end, issued.not_after + dt.timedelta(days=300)):
            span = int((last - issued.not_before).total_seconds())
            at = issued.not_before + dt.timedelta(seconds=chance.randrange(max(span, 1)))
            yield question(world, chance, issued, at)


def asked_other(world, kind, at):
    """
    Trust the other CA alone.
    """
    return tuple(each.certificate for each in world.authority.generations(kind.other, at=at))


def question(world, chance, issued, at):
    """
    Ask about a certificate by its own list, or by something that is not quite that.
    """
    kind, case = issued.kind, asked(world, issued, at=at)
    generations = world.authority.generations(kind, at=at)
    how = chance.choice(("its-own",) * 4 + ("foreign", "old", "none", "everything", "other-ca"))
    if how == "foreign":
        words = world.press.scopes(kind, issued.generation, at=at)
        others = [word for word in words if word not in (issued.scope, "full")]
        case = asked(world, issued, at=at, scope=chance.choice(others))
    elif how == "old":
        case = replace(case, at=at + dt.timedelta(days=chance.randrange(3, 30)))
    elif how == "none":
        case = replace(case, lists=())
    elif how == "other-ca":
        case = replace(case, anchors=asked_other(world, kind, at))
    elif how == "everything":
        lists = [each for each in world.press.all_newest(at=at) if each.kind is kind]
        chance.shuffle(lists)
        case = replace(
            case,
            anchors=tuple(each.certificate for each in reversed(generations)),
            lists=tuple(world.press.bytes(each) for each in lists),
        )
    about = f"{kind.value} {issued.serial:#x} at {case.at:%Y-%m-%dT%H:%M:%SZ}, {how}"
    return Question(about=about, kind=kind, case=case)


@pytest.fixture(scope="module")
def asked_questions(scaled, tmp_path_factory):
    """
    All questions about all worlds, with our own answers.
    """
    folder = tmp_path_factory.mktemp("worlds")
    found = []
    for number in range(scaled(WORLDS)):
        world, chance, end = lived(folder / str(number), number)
        found += [
            replace(each, about=f"world {number}: {each.about}")
            for each in questions(world, chance, end)
        ]
        world.close()
    return found


def ambiguous(question):
    """
    Tell whether several things are wrong, so that each program may name another first.
    """
    judged_by_us = judged(question.case, question.kind)
    doubts = [
        each
        for each in judged_by_us.results
        if each.outcome in (Outcome.FAILED, Outcome.INDETERMINATE)
    ]
    return len({each.check for each in doubts}) > 1


def disagreements(asked_questions, theirs):
    """
    List where they and we differ: about whether it is good, and if not, about why.
    """
    found = []
    for question, their_word in zip(asked_questions, theirs, strict=True):
        ours = we_say(question.case, question.kind)
        same = ours == their_word
        if not same and GOOD not in (ours, their_word):
            same = ambiguous(question)
        if not same:
            found.append((question.about, ours, their_word))
    return found


def test_the_questions_have_every_answer(asked_questions):
    """
    A world in which all is well would prove nothing.
    """
    words = Counter(we_say(each.case, each.kind) for each in asked_questions)

    assert {GOOD, REVOKED, OPEN, REFUSED} == set(words)
    assert min(words.values()) >= len(asked_questions) // 50


def test_openssl_agrees_about_every_certificate(asked_questions, tmp_path):
    theirs = [openssl_says(each.case, tmp_path) for each in asked_questions]

    assert [] == disagreements(asked_questions, theirs)


def test_java_agrees_about_every_certificate(asked_questions):
    """
    NOTE: a list is to be trusted by the same anchor as the certificate [5280 6.3.3 (f)], but
    Java takes any of the issuer's name, and so another generation's list of the same point
    for the right one.  It is therefore shown those of the issuing key; OpenSSL and we sort
    them out ourselves.
    """
    cases = [replace(each.case, lists=own_lists(each.case)) for each in asked_questions]

    theirs = [java_word(answer) for answer in java_answers(cases)]

    assert [] == disagreements(asked_questions, theirs)


def own_lists(case):
    """
    Choose the lists of the key that issued the certificate.
    """
    key = read_certificate(case.certificate).authority_key_identifier()
    return tuple(each for each in case.lists if read_list(each).key_identifier == key)


def test_certvalidator_agrees_about_every_certificate(asked_questions):
    pytest.importorskip(
        "pyhanko_certvalidator", reason="certvalidator is here only where `make bench` was run"
    )

    theirs = asyncio.run(certvalidator_words(asked_questions))

    assert [] == disagreements(asked_questions, theirs)


async def certvalidator_words(asked_questions):
    """
    Ask the validator of pyHanko; it takes no policy that must be stated here.

    Of an anchor with the right name and a key of another algorithm it makes an assertion
    error, of its lists as well, so it is shown neither.
    """
    from asn1crypto import crl, x509
    from pyhanko_certvalidator import CertificateValidator, ValidationContext, errors

    words = []
    for question in asked_questions:
        case = question.case
        algorithm = read_certificate(case.certificate).algorithm
        anchors = [each for each in case.anchors if read_certificate(each).algorithm == algorithm]
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(each) for each in anchors],
            crls=[crl.CertificateList.load(each) for each in own_lists(case)],
            revocation_mode="require",
            moment=case.at,
            allow_fetching=False,
        )
        validator = CertificateValidator(
            x509.Certificate.load(case.certificate), validation_context=context
        )
        try:
            await validator.async_validate_usage({"digital_signature"})
            words.append(GOOD)
        except errors.RevokedError:
            words.append(REVOKED)
        except errors.InsufficientRevinfoError:
            words.append(OPEN)
        except (errors.PathBuildingError, errors.ValidationError):
            words.append(REFUSED)
    return words


def test_the_lists_together_name_the_revoked_and_nobody_twice(scaled, tmp_path):
    """
    Of each CA key: on its municipality's list, and there alone, until it is long expired.
    """
    for number in range(scaled(WORLDS)):
        world, _, end = lived(tmp_path / str(number), number)
        for kind in Kind:
            for generation in world.authority.generations(kind):
                named = Counter(
                    (made.word, entry.serial)
                    for made in world.press.all_newest(at=end)
                    if (made.kind, made.generation) == (kind, generation.number)
                    and made.word not in ("arl", "full")
                    for entry in made.entries
                )
                expected = {
                    (each.scope, each.serial)
                    for each in certificates(world)
                    if (each.kind, each.generation) == (kind, generation.number)
                    and each.not_after >= end
                    and world.register.standing(kind, each.serial, at=end) != Good()
                }
                gone = {
                    (each.scope, each.serial)
                    for each in certificates(world)
                    if each.kind is kind and each.not_after < end
                }

                assert expected == set(named) - gone
                assert {1} >= set(named.values())
        world.close()


def test_a_certificate_names_the_municipality_where_it_was_issued_for_ever(scaled, tmp_path):
    """
    However often its holder moves, its list stays the same.
    """
    for number in range(scaled(WORLDS)):
        world, _, _ = lived(tmp_path / str(number), number)
        for issued in certificates(world):
            certificate = read_certificate(world.register.der(issued.kind, issued.serial))
            scope = world.press.scope(issued.kind, issued.scope)

            assert (encode_name(scope.point),) == certificate.distribution_points()
        world.close()
