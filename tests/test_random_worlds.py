"""
A thousand worlds live at random, and everybody agrees about every certificate in them.

People come, move, marry, lose cards, withdraw and die; CAs change keys, in one world in six
because a key was compromised.  Then each certificate is asked about at moments of its life,
by its own list, by another, by an old one, by all that there are.  Our verifier in both of
its ways, OpenSSL, Java and, where it is installed, pyhanko-certvalidator must give one answer.

NOTE: four habits of theirs are spared, each where it is met: Java takes a list of another
generation for the right one, and certvalidator neither knows a policy that must be stated,
nor survives an anchor with a key of another algorithm, nor its lists.  Besides these no
disagreement is known.
"""

import asyncio
import datetime as dt
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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
    we_say_in_general,
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

WORLDS = 1_000
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """
    What is left of a world when it is over.

    Attributes:
        number: Its seed.
        questions: About its certificates.
        answers: Our own to them.
        listed: How often a list of a CA key names a certificate: (kind, generation, list, serial).
        revoked: Which of those must be named.
        expired: Which may be.
        points: Of each certificate, what it names and what its municipality's list is called.
    """

    number: int
    questions: tuple[Question, ...]
    answers: tuple[str, ...]
    listed: Counter
    revoked: frozenset
    expired: frozenset
    points: tuple[tuple[tuple[bytes, ...], bytes], ...]


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


def told(directory, number):
    world, chance, end = lived(directory, number)
    asked_of_it = tuple(
        replace(each, about=f"world {number}: {each.about}")
        for each in questions(world, chance, end)
    )
    issued = [
        (each, (each.kind, each.generation, each.scope, each.serial))
        for each in certificates(world)
    ]
    standing = {
        key: world.register.standing(each.kind, each.serial, at=end) for each, key in issued
    }
    story = Story(
        number=number,
        questions=asked_of_it,
        answers=tuple(we_say(each.case, each.kind) for each in asked_of_it),
        listed=Counter(
            (made.kind, made.generation, made.word, entry.serial)
            for made in world.press.all_newest(at=end)
            if made.word not in ("arl", "full")
            for entry in made.entries
        ),
        revoked=frozenset(
            key for each, key in issued if each.not_after >= end and standing[key] != Good()
        ),
        expired=frozenset(key for each, key in issued if each.not_after < end),
        points=tuple(
            (
                read_certificate(world.register.der(each.kind, each.serial)).distribution_points(),
                encode_name(world.press.scope(each.kind, each.scope).point),
            )
            for each, _ in issued
        ),
    )
    world.close()
    return story


@pytest.fixture(scope="module")
def stories(scaled, tmp_path_factory):
    """
    All worlds, each lived once, with all questions about them and our own answers.
    """
    folder = tmp_path_factory.mktemp("worlds")
    return [told(folder / str(number), number) for number in range(scaled(WORLDS))]


@pytest.fixture(scope="module")
def asked_questions(stories):
    return [each for story in stories for each in story.questions]


@pytest.fixture(scope="module")
def our_words(stories):
    return [each for story in stories for each in story.answers]


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


def disagreements(asked_questions, our_words, theirs):
    """
    List where they and we differ: about whether it is good, and if not, about why.
    """
    found = []
    for question, ours, their_word in zip(asked_questions, our_words, theirs, strict=True):
        same = ours == their_word
        if not same and GOOD not in (ours, their_word):
            same = ambiguous(question)
        if not same:
            found.append((question.about, ours, their_word))
    return found


def test_the_questions_have_every_answer(our_words):
    """
    A world in which all is well would prove nothing.
    """
    words = Counter(our_words)

    assert {GOOD, REVOKED, OPEN, REFUSED} == set(words)
    assert min(words.values()) >= len(our_words) // 50


def test_the_general_way_agrees_with_the_short_one(asked_questions, our_words):
    theirs = [we_say_in_general(each.case) for each in asked_questions]

    assert [] == disagreements(asked_questions, our_words, theirs)


def test_openssl_agrees_about_every_certificate(asked_questions, our_words, tmp_path):
    """
    It judges one certificate a process, so as many processes run as there are processors.
    """

    def says(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        return openssl_says(asked_questions[number].case, folder)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        theirs = list(pool.map(says, range(len(asked_questions))))

    assert [] == disagreements(asked_questions, our_words, theirs)


def test_java_agrees_about_every_certificate(asked_questions, our_words):
    """
    NOTE: a list is to be trusted by the same anchor as the certificate [5280 6.3.3 (f)], but
    Java takes any of the issuer's name, and so another generation's list of the same point
    for the right one.  It is therefore shown those of the issuing key; OpenSSL and we sort
    them out ourselves.
    """
    cases = [replace(each.case, lists=own_lists(each.case)) for each in asked_questions]

    theirs = [java_word(answer) for answer in java_answers(cases)]

    assert [] == disagreements(asked_questions, our_words, theirs)


def own_lists(case):
    """
    Choose the lists of the key that issued the certificate.
    """
    key = read_certificate(case.certificate).authority_key_identifier()
    return tuple(each for each in case.lists if read_list(each).key_identifier == key)


def test_certvalidator_agrees_about_every_certificate(asked_questions, our_words):
    pytest.importorskip(
        "pyhanko_certvalidator", reason="certvalidator comes with the extra pdf, which is not here"
    )

    theirs = asyncio.run(certvalidator_words(asked_questions))

    assert [] == disagreements(asked_questions, our_words, theirs)


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


def test_the_lists_together_name_the_revoked_and_nobody_twice(stories):
    """
    Of each CA key: on its municipality's list, and there alone, until it is long expired.
    """
    for story in stories:
        assert story.revoked == set(story.listed) - story.expired, story.number
        assert {1} >= set(story.listed.values()), story.number


def test_a_certificate_names_the_municipality_where_it_was_issued_for_ever(stories):
    """
    However often its holder moves, its list stays the same.
    """
    for story in stories:
        for named, point in story.points:
            assert (point,) == named, story.number
