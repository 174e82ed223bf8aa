"""
A bad day at the terminal: whatever can be typed wrong is typed, and nothing breaks.

Each refusal is one sentence on standard error and the right exit status, and the world is
as it was, row by row; only a wrong PIN costs a try.
"""

import base64
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from town import FILING, GUESS, HOME, PIN, WORLD, YOKOHAMA, everything, minijpki, process, refused

from harness.exports import export_authorities, export_holder
from harness.scene import PINS, Scene
from pki.kinds import Kind

EARLY = "2025-04-01T12:00:00+09:00"
LATER = "2030-04-01T12:00:00+09:00"
TARO = ["resident", "add", "--id", "taro2", "--name", "住基 太郎", "--sex", "male"]
AT_HOME = ["--address", HOME]
SIGN = ["sign", "xml", "--holder", "hanako", "--pin", PIN]
RAW = ["sign", "raw", "--holder", "hanako", "--pin", PIN]
ISSUE = ["card", "issue", "jiro"]
RENEW = ["card", "renew", "hanako", "--key", "sign", "--certificate"]
BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><DATA id="DATA">&c;</DATA>'
)
HUGE = 100 * 1024 * 1024  # octets

# What is typed, how it ends, and a few words of the sentence.
CASES = {
    # people
    "emoji in a name": ([*TARO[:4], "--name", "😀 太郎", "--sex", "male", *AT_HOME], 1, "U+1F600"),
    "no name": ([*TARO[:4], "--name", " ", "--sex", "male", *AT_HOME], 1, "the name is empty"),
    "emoji in an address": ([*TARO, "--address", f"{HOME}😀"], 1, "U+1F600"),
    "endless address": ([*TARO, "--address", HOME + "1" * 200], 1, "has room for 200"),
    "30 February": ([*TARO, *AT_HOME, "--born", "1990-02-30"], 1, "no day of the calendar"),
    "29 February 1990": ([*TARO, *AT_HOME, "--born", "1990-02-29"], 1, "no day of the calendar"),
    "born tomorrow": ([*TARO, *AT_HOME, "--born", "2026-04-02"], 1, "correct whichever is wrong"),
    "born in 1690": ([*TARO, *AT_HOME, "--born", "1690-01-01"], 1, "nobody alive"),
    "ogres' island": ([*TARO, "--address", "鬼ヶ島1-1"], 1, "no municipality of Japan"),
    "no address": ([*TARO, "--address", ""], 1, "the address is empty"),
    "ward missing": ([*TARO, "--address", "大阪府大阪市梅田1"], 1, "without one of its wards"),
    "northern islands": ([*TARO, "--address", "北海道色丹村1"], 1, "no residents' counter"),
    "path as identifier": (["resident", "add", "--id", "../taro", *TARO[4:], *AT_HOME], 1, "'../"),
    "empty identifier": (["resident", "add", "--id", "", *TARO[4:], *AT_HOME], 1, "'' cannot"),
    "taken identifier": (["resident", "add", "--id", "jiro", *TARO[4:], *AT_HOME], 1, "already"),
    "half a substitute": ([*TARO, *AT_HOME, "--substitute", "髙"], 2, "no pair of characters"),
    "substitute for nothing": ([*TARO, *AT_HOME, "--substitute", "=高"], 2, "no pair of"),
    "two for one": ([*TARO, *AT_HOME, "--substitute", "髙=高高"], 1, "one visible character"),
    "unknown sex": ([*TARO[:-1], "robot", *AT_HOME], 2, "'robot' is not one of"),
    # events
    "same address": (["resident", "move", "hanako", *AT_HOME], 1, "lives at that address"),
    "same name": (["resident", "rename", "hanako", "--name", "住基 花子"], 1, "bears that name"),
    "nothing corrected": (["resident", "correct", "hanako"], 2, "--born or --sex"),
    "nothing to correct": (["resident", "correct", "hanako", "--sex", "female"], 1, "so already"),
    "endless stay": (
        ["resident", "extend-stay", "hanako", "--until", "2031-01-01"], 1, "is not limited"
    ),
    "the dead move": (["resident", "move", "taro", "--address", YOKOHAMA], 1, "'taro' is dead"),
    "the dead marry": (["resident", "rename", "taro", "--name", "鈴木 太郎"], 1, "'taro' is dead"),
    "the dead die": (["resident", "die", "taro"], 1, "'taro' is dead"),
    "the dead get cards": (["card", "issue", "taro"], 1, "'taro' is dead"),
    "the dead renew": (["card", "renew", "taro"], 1, "'taro' is dead"),
    "the dead lose cards": (["card", "suspend", "taro"], 1, "'taro' is dead"),
    "the dead withdraw": (["card", "withdraw", "taro"], 1, "'taro' is dead"),
    "early move": (
        ["resident", "move", "hanako", "--address", YOKOHAMA, "--at", EARLY], 1, "newest entry"
    ),
    "early resident": ([*TARO, *AT_HOME, "--at", EARLY], 1, "newest entry"),
    "early card": ([*ISSUE, "--at", EARLY], 1, "newest entry"),
    "early renewal": (["card", "renew", "hanako", "--at", EARLY], 1, "newest entry"),
    "early death": (["resident", "die", "hanako", "--at", EARLY], 1, "newest entry"),
    "early list": (["crl", "publish", "--at", EARLY], 1, "newest entry"),
    "early rollover": (["ca", "rollover", "sign", "--at", EARLY], 1, "no sign CA exists at 2025"),
    "early PIN": (
        ["card", "reset-pin", "hanako", "--pin-name", "auth", "--new", "9876", "--at", EARLY],
        1,
        "newest entry",
    ),
    "clock turned back": (["clock", "set", EARLY], 1, "newest entry"),
    "clock turned far": (["clock", "advance", "999999w"], 1, "clock goes from 1970 to 9899"),
    "clock beyond the calendar": (["clock", "set", "9999-12-31T23:59:59Z"], 2, "1970 to 9899"),
    "clock before the calendar": (["clock", "set", "0001-01-01T00:00:00+14:00"], 2, "calendar"),
    "rollover at once": (["ca", "rollover", "sign"], 1, "this very second"),
    "compromise of nothing": (["ca", "compromise", "sign", "9"], 1, "no generation 9"),
    # strangers
    "show a stranger": (["resident", "show", "momotaro"], 1, "no resident 'momotaro'"),
    "move a stranger": (["resident", "move", "momotaro", *AT_HOME], 1, "no resident 'momotaro'"),
    "a stranger's card": (["card", "show", "momotaro"], 1, "no resident 'momotaro'"),
    "a card for a stranger": (["card", "issue", "momotaro"], 1, "no resident 'momotaro'"),
    "a stranger signs": (
        ["sign", "xml", "--holder", "momotaro", "--pin", PIN, "filing.xml", "-o", "no"], 1, "'momo"
    ),
    "export a stranger": (["export", "--holder", "momotaro", "-o", "no"], 1, "'momotaro'"),
    "control characters": (["resident", "show", "\x1b[31m\n"], 1, "no resident '\\x1b[31m\\n'"),
    "bytes that are no text": (["resident", "show", "\udcff"], 1, "'\\udcff' is no text"),
    "a portal that is no text": (["login", "challenge", "--audience", "\udcff"], 1, "is no text"),
    # cards
    "short PIN": ([*ISSUE, "--sign-pin", "ABC12"], 1, "the sign PIN must be 6 to 16"),
    "long PIN": ([*ISSUE, "--sign-pin", "ABCDEFGH123456789"], 1, "the sign PIN must be 6 to 16"),
    "lower case": ([*ISSUE, "--sign-pin", "abc123"], 1, "use upper case"),
    "full width": ([*ISSUE, "--sign-pin", "ＡＢＣ１２３"], 1, "the sign PIN must be"),
    "letters only": ([*ISSUE, "--sign-pin", "SAKURA"], 1, "one letter and one digit"),
    "empty PIN": ([*ISSUE, "--sign-pin", ""], 1, "the sign PIN must be"),
    "five digits": ([*ISSUE, "--auth-pin", "12345"], 1, "the auth PIN must be 4 digits"),
    "kanji digits": ([*ISSUE, "--juki-pin", "１２３４"], 1, "the juki PIN must be 4 digits"),
    "bad text PIN": ([*ISSUE, "--text-pin", "12a4"], 1, "the text PIN must be 4 digits"),
    "second card": (["card", "issue", "hanako"], 1, "has a card that is active"),
    "nothing to replace": (["card", "reissue", "jiro"], 1, "has no card"),
    "no card to show": (["card", "show", "jiro"], 1, "has no card"),
    "no card to sign with": (
        ["sign", "xml", "--holder", "jiro", "--pin", PIN, "filing.xml", "-o", "no"], 1, "no card"
    ),
    "no certificate to sign with": (
        ["sign", "xml", "--holder", "kanna", "--pin", PIN, "filing.xml", "-o", "no"],
        1,
        "holds no signature certificate",
    ),
    "no certificate to withdraw": (
        ["card", "withdraw", "kanna", "--key", "sign"], 1, "holds no signature certificate"
    ),
    "no longer the newest": ([*RENEW, "0x2"], 1, "has a successor, 0x4"),
    "somebody else's": ([*RENEW, "0x3"], 1, "is not 'hanako''s"),
    "never issued": ([*RENEW, "0x99"], 1, "issued no certificate 0x99"),
    "enormous serial": ([*RENEW, "9" * 60], 1, "issued no certificate 0x"),
    "negative serial": ([*RENEW, "-1"], 1, "issued no certificate -0x1"),
    "no serial": ([*RENEW, "0xXYZ"], 2, "no serial number"),
    "a PIN that is there": (
        ["card", "renew", "hanako", "--sign-pin", "SAKURA2"], 1, "card change-pin hanako"
    ),
    "new PIN of bad form": (
        ["card", "change-pin", "hanako", "--pin-name", "auth", "--old", "1234", "--new", "1"],
        1,
        "must be 4 digits",
    ),
    "wrong channel": (
        ["card", "change-pin", "hanako", "--pin-name", "juki", "--old", "1234", "--new", "9876",
         "--channel", "mynaportal"],
        1,
        "not changed by mynaportal",
    ),
    "juki at the store": (
        ["card", "reset-pin", "hanako", "--pin-name", "juki", "--new", "9876", "--at-store", PIN],
        1,
        "not reset at a convenience store",
    ),
    # lists
    "no such municipality": (["crl", "show", "99999"], 1, "no municipality of Japan has the code"),
    "a word for a code": (["crl", "publish", "nonsense"], 1, "the code 'nonsense'"),
    "no list yet": (["crl", "show", "14104"], 1, "no sign list of 14104 is out"),
    "no generation yet": (["crl", "show", "13101", "--generation", "7"], 1, "no sign list"),
    "enormous generation": (["crl", "show", "13101", "--generation", "9" * 30], 2, "range"),
    # documents
    "malformed": ([*SIGN, "broken.xml", "-o", "no"], 1, "mismatch"),
    "empty": ([*SIGN, "empty.xml", "-o", "no"], 1, "does not begin like XML"),
    "no XML": ([*SIGN, "sign.crl.pem", "-o", "no"], 1, "does not begin like XML"),
    "entity bomb": ([*SIGN, "bomb.xml", "-o", "no"], 1, "a DOCTYPE is never accepted"),
    "100 MB": ([*SIGN, "huge.xml", "-o", "no"], 1, "huge.xml cannot be read: it is larger than"),
    "100 MB to judge": (["verify", "huge.xml"], 1, "huge.xml cannot be read: it is larger than"),
    "deep": ([*SIGN, "deep.xml", "-o", "no"], 1, "cannot be read"),
    "xtx without id": ([*SIGN, "--form", "xtx", "noid.xml", "-o", "no"], 1, "this root has none"),
    "signed already": (
        [*SIGN, "signed.xml", "--part", "DATA", "-o", "no"],
        1,
        "is signed as a whole already",
    ),
    "no such file": ([*SIGN, "nowhere.xml", "-o", "no"], 1, "nowhere.xml cannot be read"),
    "a directory": ([*SIGN, ".", "-o", "no"], 1, ". cannot be read: Is a directory"),
    "no digest": ([*RAW, "--input", "digest", "noid.xml", "-o", "no"], 1, "is no SHA-256"),
    "no DigestInfo": ([*RAW, "--input", "digestinfo", "filing.xml", "-o", "no"], 1, "is no Dig"),
    "too much verbatim": ([*RAW, "--input", "bytes", "deep.xml", "-o", "no"], 1, "1 to 245"),
    # certificates
    "truncated PEM": (["verify", "truncated.pem"], 1, "truncated.pem cannot be read"),
    "junk in PEM": (["verify", "junk.pem"], 1, "its PEM is no base64"),
    "no anchor": (["verify", "signed.xml", "--anchor", "filing.xml"], 1, "neither DER nor PEM"),
    "a holder as anchor": (["verify", "signed.xml", "--anchor", "sign.cert.pem"], 1, "no CA cert"),
    "a list as anchor": (["verify", "signed.xml", "--anchor", "sign.crl.pem"], 1, "cannot be re"),
    "a certificate as list": (
        ["verify", "signed.xml", "--anchor", "sign.ca.pem", "--crl", "sign.ca.pem"], 1, "the CRL"
    ),
    "a list alone": (["verify", "signed.xml", "--crl", "sign.crl.pem"], 1, "with --anchor"),
    "a signature alone": (["verify", "s.sig", "--content", "filing.xml"], 1, "with --certificate"),
    "nothing to export": (["export", "-o", "no"], 2, "say what to export"),
    # places to write
    "below a file": ([*SIGN, "filing.xml", "-o", "broken.xml/no"], 1, "broken.xml/no cannot be"),
    "in place of a directory": ([*SIGN, "filing.xml", "-o", "."], 1, ". cannot be written"),
    "on a full device": ([*SIGN, "filing.xml", "-o", "/dev/full"], 1, "/dev/full cannot be wri"),
    "where nobody may": ([*SIGN, "filing.xml", "-o", "/proc/no/no"], 1, "/proc/no/no cannot be"),
    "extract to nowhere": (["verify", "signed.xml", "--extract", "/proc/no/no"], 1, "cannot be w"),
    "export below a file": (["export", "--ca", "-o", "broken.xml/no"], 1, "cannot be written"),
    # the counter
    "no such procedure": (["office", "requirements", "nonsense"], 1, "no procedure 'nonsense'"),
    "no such application": (["office", "answer", "A-9", "--code", "1"], 1, "'A-9'"),
    "consent of a stranger": (
        ["consent", "give", "momotaro", "--service", "kakei"], 1, "no resident 'momotaro'"
    ),
    "links of nothing": (["link", "show", "0x99", "--kind", "sign"], 1, "no certificate 0x99"),
    "no challenge": (
        ["login", "answer", "--holder", "hanako", "--pin", "1234", "filing.xml", "-o", "no"],
        1,
        "the challenge cannot be read",
    ),
}  # fmt: skip


def secrets(line):
    """
    List the PINs that are typed in a line.
    """
    behind = pairwise(line)
    return [value for option, value in behind if value and re.search("pin$|^--old|^--new", option)]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """
    Hanako renewed her signature certificate, Taro is dead, Jiro has no card, Kanna no sign.
    """
    directory = tmp_path_factory.mktemp("template")
    scene = Scene.fresh(directory / WORLD)
    hanako, taro = scene.resident("hanako"), scene.resident("taro")
    scene.resident("jiro", card=False)
    scene.resident("kanna", card=False)
    office = scene.world.office
    office.issue_card("kanna", at=scene.now, pins=PINS, without=frozenset({Kind.SIGN}))
    taro.dies(wait=False)
    hanako.renews(Kind.SIGN, wait=False)
    (directory / "signed.xml").write_bytes(hanako.sign_xml(FILING))
    (directory / "s.sig").write_bytes(hanako.sign_raw(FILING.encode()))
    export_holder(scene.world, "hanako", directory)
    export_authorities(scene.world, directory)
    scene.close()
    (directory / "filing.xml").write_text(FILING, encoding="utf-8")
    (directory / "broken.xml").write_text("<DATA><a></DATA>", encoding="utf-8")
    (directory / "empty.xml").touch()
    (directory / "bomb.xml").write_text(BOMB, encoding="utf-8")
    (directory / "noid.xml").write_text("<DATA/>", encoding="utf-8")
    (directory / "deep.xml").write_text("<a>" * 10_000 + "</a>" * 10_000, encoding="utf-8")
    whole = (directory / "sign.cert.pem").read_bytes()
    (directory / "truncated.pem").write_bytes(whole[:300])
    (directory / "junk.pem").write_bytes(whole[:300] + b"!!!" + whole[300:])
    return directory


@pytest.fixture
def town(template, tmp_path, monkeypatch):
    """
    A copy of the template, to be spoilt.
    """
    directory = tmp_path / "town"
    shutil.copytree(template, directory)
    with (directory / "huge.xml").open("wb") as file:
        file.truncate(HUGE)  # sparse: it takes no room
    monkeypatch.chdir(directory)
    monkeypatch.setenv("LC_ALL", "C")
    return directory


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_refused_in_one_sentence_and_changes_nothing(case):
    line, status, words = CASES[case]
    before, there = everything(), {*Path().iterdir()}

    sentence = refused(minijpki(*line), status)

    assert words in sentence
    assert before == everything()
    assert there == {*Path().iterdir()}


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("case", [case for case, (line, *_) in CASES.items() if secrets(line)])
def test_no_message_repeats_a_secret(case):
    line, status, _ = CASES[case]

    sentence = refused(minijpki(*line), status)

    assert [] == [secret for secret in secrets(line) if secret in sentence]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "arguments",
    [["resident", "move", "hanako", "--address", "鬼ヶ島"], ISSUE],
    ids=["move", "issue"],
)
def test_a_refused_event_does_not_move_the_clock(arguments):
    bad = [*arguments, "--at", LATER, *(["--sign-pin", "x"] if arguments is ISSUE else [])]
    before = minijpki("clock", "show").stdout

    refused(minijpki(*bad))

    assert before == minijpki("clock", "show").stdout


@pytest.mark.usefixtures("town")
def test_a_wrong_pin_costs_a_try_and_nothing_else():
    """
    5 consecutive errors lock it, and then the right one is refused, too [J 10.4].
    """
    before = everything()

    said = [refused(minijpki(*GUESS)).split("; ")[1] for _ in range(5)]
    sixth = refused(minijpki(*SIGN, "filing.xml", "-o", "no"))

    left = ["4 tries left", "3 tries left", "2 tries left", "one try left"]
    assert left == said[:4]
    assert "the sign PIN is locked" in sixth
    after = everything()
    assert ["journal", "states"] == [name for name in before if before[name] != after[name]]
    assert before["journal"] == after["journal"][: len(before["journal"])]
    assert not Path("no").exists()
    assert "sign=0" in minijpki("card", "show", "hanako").stdout
    assert "auth=3" in minijpki("card", "show", "hanako").stdout


@pytest.mark.usefixtures("town")
def test_the_right_pin_restores_the_tries():
    refused(minijpki(*GUESS))

    done = minijpki(*SIGN, "filing.xml", "-o", "yes.xml")

    assert 0 == done.exit_code
    assert "sign=5" in minijpki("card", "show", "hanako").stdout


@pytest.mark.usefixtures("town")
def test_a_guess_about_the_past_costs_a_try_as_well():
    """
    Else whoever guesses would write --at in front of each guess, and never lock the card.
    """
    sentence = refused(minijpki(*GUESS, "--at", EARLY))

    assert "4 tries left" in sentence
    assert "sign=4" in minijpki("card", "show", "hanako").stdout


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("name", ["broken.xml", "empty.xml", "bomb.xml", "deep.xml", "noid.xml"])
def test_what_cannot_be_signed_is_judged_without_a_crash(name):
    """
    A verifier gets such things from strangers: a verdict, not an error.
    """
    result = minijpki("verify", name)

    assert result.stdout.startswith("TOTAL-FAILED / ")
    assert ("", 1) == (result.stderr, result.exit_code)


def test_a_truncated_certificate_fails(town):
    """
    Cut anywhere it is no certificate any more, and nothing reads past its end.
    """
    pem = (town / "sign.cert.pem").read_text("ascii").splitlines()
    whole = b"".join(base64.b64decode(line) for line in pem[1:-1])
    for length in (2, 5, 100, len(whole) // 2, len(whole) - 1):
        (town / "cut.der").write_bytes(whole[:length])

        result = minijpki("verify", "cut.der")

        assert result.stdout.startswith("TOTAL-FAILED / ")
        assert ("", 1) == (result.stderr, result.exit_code)


def test_without_a_terminal_nobody_is_asked_for_a_pin(town):
    """
    A pipe or a CI job would wait, or echo what is typed.
    """
    line = ["sign", "xml", "--holder", "hanako", "filing.xml", "-o", "no"]

    result = process(*line, directory=town, start_new_session=True)

    sentence = refused(result, 2)
    assert "no terminal to ask for the PIN at; give it with --pin or MINIJPKI_PIN" in sentence
