"""
One day at the terminal, from `init` to the refusal: real processes, typed one by one.

Hanako gets a card and files.  The filing is accepted, she moves, and in the night the list
comes out; from then on it is refused, and who has no list at hand cannot tell.
"""

import json
import re
import sys
from pathlib import Path

import pytest
from town import FILING, HOME, PIN, YOKOHAMA, process

NOON = "2026-04-01T12:00:00+09:00"
HANAKO = ["--id", "hanako", "--name", "住基 花子", "--born", "1990-01-01", "--sex", "female"]
HAND = ["--anchor", "out/sign.ca.pem", "--crl", "out/sign.crl.pem", "--at", NOON]

# What is typed, in order, and how it ends.
STORY = {
    "init": (["init", "--at", NOON, "--seed", "7"], 0),
    "add": (["resident", "add", *HANAKO, "--address", HOME], 0),
    "issue": (["card", "issue", "hanako", "--sign-pin", PIN], 0),
    "sign": (["sign", "xml", "--holder", "hanako", "--pin", PIN, "filing.xml", "-o", "s.xml"], 0),
    "accepted": (["verify", "s.xml"], 0),
    "export": (["export", "--holder", "hanako", "-o", "out"], 0),
    "move": (["resident", "move", "hanako", "--address", YOKOHAMA], 0),
    "in the gap": (["verify", "s.xml"], 0),
    "next day": (["clock", "advance", "1d"], 0),
    "refused": (["verify", "s.xml"], 1),
    "back then": (["verify", "s.xml", "--at", NOON], 0),
    "login": (["verify", "out/auth.cert.pem", "--use", "login"], 0),
    "by hand": (["verify", "s.xml", *HAND], 0),
    "no list": (["verify", "s.xml", "--anchor", "out/sign.ca.pem", "--at", NOON], 3),
    "nobody": (["resident", "show", "momotaro"], 1),
    "misuse": (["resident", "show"], 2),
}
LOCALES = {
    "C": {"LC_ALL": "C"},
    "ja": {"LC_ALL": "ja_JP.UTF-8"},
    "ascii": {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    "shift-jis": {"LC_ALL": "C", "LANG": "ja_JP.SJIS", "PYTHONIOENCODING": "cp932"},
}
KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """
    The directory in which it all happens, once.
    """
    directory = tmp_path_factory.mktemp("desk")
    (directory / "filing.xml").write_text(FILING, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def told(desk):
    """
    What each step said.
    """
    english = {"LC_ALL": "C"}
    return {step: process(*line, directory=desk, env=english) for step, (line, _) in STORY.items()}


@pytest.fixture(scope="module")
def ask(desk, told):
    """
    Type one more line when the story is over.
    """
    return lambda *line, **settings: process(*line, directory=desk, **settings)


@pytest.mark.parametrize("step", STORY)
def test_each_step_ends_as_scripts_expect(told, step):
    """
    0 done, 1 refused, 2 misuse, 3 open.
    """
    assert STORY[step][1] == told[step].returncode


@pytest.mark.parametrize("step", STORY)
def test_talk_is_kept_from_results(told, step):
    result = told[step]

    assert ("Error: " in result.stderr) is (step in {"nobody", "misuse"})
    assert bool(result.stdout) is (step not in {"sign", "nobody", "misuse"})


@pytest.mark.parametrize(
    ("step", "first"),
    [
        ("accepted", "TOTAL-PASSED  OK"),
        ("in the gap", "TOTAL-PASSED  OK"),
        ("refused", "TOTAL-FAILED / REVOKED  CERTIFICATE_REVOKED"),
        ("back then", "TOTAL-PASSED  OK"),
        ("login", "TOTAL-PASSED  OK"),
        ("by hand", "TOTAL-PASSED  OK"),
        ("no list", "INDETERMINATE / TRY_LATER  UNSPECIFIED"),
    ],
)
def test_the_first_line_is_the_verdict(told, step, first):
    assert first == told[step].stdout.splitlines()[0]


def test_the_move_tells_which_certificate_it_ended(told):
    *_, auth, sign = told["move"].stdout.splitlines()

    assert ["auth", "good"] == [auth.split()[0], auth.split()[5]]
    assert ["sign", "revoked"] == [sign.split()[0], sign.split()[5]]
    assert "affiliationChanged" == sign.split()[-1]


def test_drawn_pins_are_shown_once_and_never_again(told, ask):
    """
    The one that was chosen is not repeated at all.
    """
    drawn = re.findall(r"(\w+)=(\d{4})\b", told["issue"].stdout)
    later = [ask(*line).stdout for line in (["card", "show", "hanako"], ["resident", "list"])]

    assert ["auth", "juki", "text"] == [name for name, _ in drawn]
    assert PIN not in told["issue"].stdout
    assert not any(secret in text for _, secret in drawn for text in later)


def test_the_verdict_is_one_object_with_the_promised_keys(ask):
    result = ask("verify", "s.xml", "--json")

    verdict = json.loads(result.stdout)
    assert 1 == len(result.stdout.splitlines())
    assert [
        *("verdict", "sub_indication", "cause", "code", "en_indication", "checks", "holder"),
        *("certificate", "at", "signed_content", "notes"),
    ] == list(verdict)
    assert {("check", "outcome", "cause", "rule", "text")} == set(map(tuple, verdict["checks"]))
    assert {("en", "ja")} == {tuple(each["text"]) for each in verdict["checks"]}
    assert ["issuer", "serial", "kind", "policy"] == list(verdict["certificate"])[:4]
    assert ["sha256", "length", "references"] == list(verdict["signed_content"])


def test_the_verdict_says_what_was_signed_by_whom_and_why_it_fails(ask):
    verdict = json.loads(ask("verify", "s.xml", "--json").stdout)

    assert ("TOTAL-FAILED", "REVOKED", "CERTIFICATE_REVOKED", "INDETERMINATE/REVOKED_NO_POE") == (
        verdict["verdict"],
        verdict["sub_indication"],
        verdict["code"],
        verdict["en_indication"],
    )
    failed = [each["check"] for each in verdict["checks"] if each["outcome"] == "failed"]
    assert "revocation-crl" == failed[0]
    assert all(check.startswith("revocation-") for check in failed)
    assert "住基　花子" == verdict["holder"]["name"]
    assert "東京都千代田区丸の内１－１－１" == verdict["holder"]["address"]
    assert ("0x2", "sign", "affiliationChanged") == (
        verdict["certificate"]["serial"],
        verdict["certificate"]["kind"],
        verdict["certificate"]["reason"],
    )
    assert "2026-04-02T03:00:00Z" == verdict["at"]
    assert ["#DATA"] == verdict["signed_content"]["references"]


@pytest.mark.parametrize("step", ["by hand", "refused", "no list"])
def test_json_ends_with_the_same_status_as_text(ask, step):
    line, status = STORY[step]

    assert status == ask(*line, "--json").returncode


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        (
            ["resident", "list"],
            "id name born sex address municipality stay_ends_on guardianship died_on left_on",
        ),
        (["card", "show", "hanako"], "card id state issued_on expires_on tries certificates"),
        (["ca", "show"], "kind generation serial algorithm not_before not_after subject"),
        (
            ["crl", "show", "13101"],
            "kind generation scope number this_update next_update entries",
        ),
        (["clock", "show"], "clock frozen"),
        (["profile", "show", "sign"], "field oid critical value confidence source"),
        (["export", "--ca", "-o", "out"], "file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_json_is_one_object_per_line_with_stable_keys(ask, line, keys):
    result = ask(*line, "--json")

    objects = [json.loads(each) for each in result.stdout.splitlines()]
    assert 0 == result.returncode
    assert {tuple(keys.split())} == set(map(tuple, objects))


def test_numbers_times_and_names_are_spelled_as_elsewhere(ask):
    """
    Serial numbers in hexadecimal, times by RFC 3339, names by RFC 4514.
    """
    first = json.loads(ask("ca", "show", "--json").stdout.splitlines()[0])

    assert "0x1" == first["serial"]
    assert "2026-04-01T03:00:00Z" == first["not_before"]
    assert first["subject"].endswith(",O=JPKI-SIM,C=JP")


@pytest.mark.parametrize(
    "line",
    [["resident", "show", "hanako"], ["verify", "s.xml"], ["verify", "s.xml", *HAND]],
    ids=" ".join,
)
def test_json_and_status_depend_on_no_locale(ask, line):
    """
    Not even on one that has no kanji: JSON is UTF-8, wherever it is written.
    """
    answers = {
        (result.stdout, result.stderr, result.returncode)
        for result in (ask(*line, "--json", env=settings) for settings in LOCALES.values())
    }

    assert 1 == len(answers)
    assert "花子" in answers.pop()[0]


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        pytest.param({"LC_ALL": "ja_JP.UTF-8"}, "ja", id="LC_ALL"),
        pytest.param({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.eucJP"}, "ja", id="LANG"),
        pytest.param({"LC_ALL": "", "LC_MESSAGES": "ja_JP", "LANG": "C"}, "ja", id="LC_MESSAGES"),
        pytest.param({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en", id="LC_ALL wins"),
        pytest.param({"LC_ALL": "de_DE.UTF-8"}, "en", id="a third one"),
    ],
)
def test_text_speaks_the_language_of_the_locale(ask, settings, language):
    named = ask("verify", "s.xml", "--lang", language, env={"LC_ALL": "C"})

    spoken = ask("verify", "s.xml", env=settings)

    assert named.stdout == spoken.stdout
    assert (language == "ja") is bool(KANJI.search(spoken.stdout))


def test_japanese_tables_have_japanese_labels(ask):
    shown = ask("resident", "show", "hanako", "--lang", "ja").stdout.splitlines()

    header = next(line for line in shown if line.startswith("  "))
    labels = [line.split()[0] for line in shown if not line.startswith(" ")] + header.split()
    assert ["ID"] == [label for label in labels if not KANJI.search(label)]


def test_exports_suffice_where_there_is_no_world(desk, told, tmp_path):
    names = ["auth.ca.pem", "auth.cert.pem", "auth.crl.pem"]
    names += ["sign.ca.pem", "sign.cert.pem", "sign.crl.pem"]
    exported = told["export"].stdout.split()[1:]

    away = [str(desk / word) if (desk / word).is_file() else word for word in HAND]
    result = process("verify", str(desk / "s.xml"), *away, directory=tmp_path)

    assert [str(Path("out", name)) for name in names] == sorted(exported)
    assert 0 == result.returncode
    assert [] == list(tmp_path.iterdir())


def test_documents_come_and_go_through_pipes(ask):
    """
    `-` is standard input or output, and nothing else is written there.
    """
    signed = ask(
        *("sign", "xml", "--holder", "hanako", "--pin", PIN, "-", "-o", "-"),
        input=FILING,
    )
    judged = ask("verify", "-", "--at", NOON, input=signed.stdout)

    assert ("", 0) == (signed.stderr, signed.returncode)
    assert signed.stdout.startswith('<DATA id="DATA">')
    assert 0 == judged.returncode


def test_the_pin_may_come_from_the_environment(ask):
    line = ["sign", "raw", "--holder", "hanako", "filing.xml", "-o", "filing.sig"]

    result = ask(*line, env={"MINIJPKI_PIN": PIN})

    assert (0, "", "") == (result.returncode, result.stdout, result.stderr)


def test_the_installed_command_is_the_same():
    installed = Path(sys.executable).with_name("minijpki")
    if not installed.is_file():
        pytest.skip("minijpki is not installed in the environment that runs the tests")

    assert process("--help").stdout == process("--help", before=(str(installed),)).stdout
