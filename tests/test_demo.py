"""
The story is played on a fresh world, the world answers as scripted, and a stranger can check.

Hanako files, moves, marries and renews; Taro locks his PIN and loses his card; the CAs take
new keys.  What is told, drawn and written must be the same for the same seed, must need
nothing from the network, and must hold wherever openssl and xmlsec1 are asked.
"""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from xml_workshop import required

from harness.cli.desk import width
from harness.cli.root import cli
from harness.cli.telling import CLOSING, OPENING, wrapped
from harness.demo.outside import Outside
from harness.demo.play import MADE, MARKER, play
from harness.demo.scenes import FIRST, MATRIX, SCENES
from harness.reports.axis import FLAG_GAP, rows
from harness.reports.page import page
from harness.reports.timeline import timeline
from harness.scene import PINS
from harness.verifying import der_of
from pki.certificate.read import read_certificate
from pki.kinds import Pin

ROOT = Path(__file__).parent.parent
NOBODY = Outside(path="")  # finds no program

PASSED, REVOKED = "TOTAL-PASSED OK", "TOTAL-FAILED CERTIFICATE_REVOKED"
TRIES = [f"PIN_WRONG, {left} left" for left in (4, 3, 2, 1)]

# What the world answers, scene by scene.
ANSWERS = {
    "authorities": [],
    "cards": [PASSED] * 4,
    "accepted": [PASSED],
    "pin": [*TRIES, "PIN_LOCKED", "PIN_LOCKED", "good", PASSED],
    "move": ["revoked", "good", PASSED, REVOKED],
    "refused": [PASSED, REVOKED],
    "login": [PASSED],
    "wrong-list": ["INDETERMINATE UNSPECIFIED"],
    "new-certificate": [PASSED],
    "new-name": [REVOKED, PASSED],
    "lost-card": ["held", REVOKED, REVOKED],
    "new-card": ["revoked", PASSED],
    "renewal": ["2", PASSED, "2", PASSED],
    "generations": [PASSED, PASSED, "TOTAL-FAILED UNSUPPORTED_CERTIFICATE"],
    "looking-back": [PASSED] * 6,
}


def minijpki(*arguments, **settings):
    return CliRunner().invoke(cli, arguments, catch_exceptions=False, **settings)


def made_by(directory):
    """
    Read everything that a demo made, but for the world's own store.
    """
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.relative_to(directory).parts[0] != "world"
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def story(place):
    """
    The story, played once, where no outside program is found.
    """
    return play(place, seed=0, lang="en", outside=NOBODY)


@pytest.fixture(scope="module")
def report(story, place):
    return html.parse(str(place / "index.html")).getroot()


def test_the_world_answers_as_scripted(story):
    assert ANSWERS == {step.slug: [each.found for each in step.answers] for step in story.steps}
    assert story.as_scripted


def test_every_filing_is_judged_at_every_turn(story):
    marks = {"passed": "+", "failed": "-", "open": "?"}
    drawn = [
        "".join("." if each is None else marks[each.tone.value] for each in row.answers)
        for row in story.matrix
    ]

    assert list(MATRIX) == drawn
    assert list(range(FIRST, len(SCENES) + 1)) == [number for number, _ in story.moments]
    assert len(SCENES) == len(ANSWERS) == len(story.steps)


def test_four_years_pass(story):
    moments = [moment for step in story.steps for moment in (step.at, step.ended)]

    assert sorted(moments) == moments
    assert 2026 == moments[0].year
    assert 2030 == moments[-1].year


def test_the_authority_changes_its_key_and_keeps_its_name(place, story):
    renewal = next(step for step in story.steps if step.slug == "renewal")
    first, second = (
        read_certificate(der_of((place / renewal.directory / name).read_bytes(), name))
        for name in ("sign-1.ca.pem", "sign-2.ca.pem")
    )

    assert first.subject == second.subject
    assert first.spki != second.spki
    assert first.not_after < second.not_after


def test_everything_lies_where_the_story_says(story, place):
    for step in story.steps:
        found = {
            path.relative_to(place / step.directory).as_posix()
            for path in (place / step.directory).rglob("*")
            if path.is_file()
        }
        assert set(step.files) == found
    assert {*MADE, MARKER} == {path.name for path in place.iterdir()}


def test_the_same_seed_gives_the_same_bytes(story, place, tmp_path):
    play(tmp_path / "again", seed=0, lang="en", outside=NOBODY)

    assert made_by(place) == made_by(tmp_path / "again")


def test_another_seed_tells_the_same_story_of_another_world(story, place, tmp_path):
    other = play(tmp_path, seed=1, lang="en", outside=NOBODY)
    certificate = "steps/02-cards/hanako/sign.cert.pem"

    def told(story):
        return [(step.at, step.title, step.answers) for step in story.steps]

    assert told(story) == told(other)
    assert (place / certificate).read_bytes() != (tmp_path / certificate).read_bytes()


def test_the_signing_pin_is_nowhere(place, story):
    """A world keeps PINs in clear, and shows them to nobody."""
    everything = b"".join(made_by(place).values())

    assert PINS[Pin.SIGN].encode() not in everything
    assert b"TARO1985" not in everything  # what Taro tried


def test_the_page_tells_every_scene(report, story):
    for step in story.steps:
        [section] = report.xpath(f"//li[@id='step-{step.number}']")
        text = section.text_content()
        assert step.title.en in text
        assert step.title.ja in text
        assert [each.found for each in step.answers] == [
            each.text for each in section.find_class("found")
        ]
        assert len(step.commands) == len(section.xpath(".//pre"))


def test_the_page_fetches_nothing(report, place):
    """One page, no script, nothing from anywhere; its links lead to what lies beside it."""
    source = (place / "index.html").read_text(encoding="utf-8")
    links = [link for _, _, link, _ in report.iterlinks()]

    assert [] == report.xpath("//@src | //script | //link | //iframe | //object")
    assert set() == {link for link in links if re.match(r"[a-z]+:|//", link)}
    assert [] == re.findall(r"url\((?!#)|@import", source)
    for link in links:
        if link.startswith("#"):
            assert report.xpath(f"//*[@id='{link[1:]}']"), link
        else:
            assert (place / link).is_file(), link


def test_the_page_says_that_it_is_a_simulation(report):
    text = report.text_content()

    assert "A simulation: the people are invented" in text
    assert "登場人物は架空" in text


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_opens_in_the_language_asked_for(story, lang):
    root = html.fromstring(page(story, lang))

    assert lang == root.get("lang")
    assert [f"to-{lang}"] == root.xpath("//input[@checked]/@id")


def test_every_identifier_of_the_page_is_its_own(report):
    identifiers = report.xpath("//@id")

    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_timeline_stands_alone(story, lang):
    drawing = etree.fromstring(timeline(story.chart, story.steps, lang).encode())
    space = {"s": "http://www.w3.org/2000/svg"}
    numbers = drawing.xpath("//s:text[@class='number']/text()", namespaces=space)

    assert [str(step.number) for step in story.steps] == numbers
    assert [] == drawing.xpath("//s:a | //s:image | //s:use", namespaces=space)
    assert drawing.xpath("//s:style", namespaces=space)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_timeline_draws_within_its_frame(story, lang):
    drawing = etree.fromstring(timeline(story.chart, story.steps, lang).encode())
    _, _, wide, high = map(float, drawing.get("viewBox").split())
    for each in drawing.iter():
        if "x" in each.attrib:
            x, y = float(each.get("x")), float(each.get("y"))
            assert 0 <= x <= x + float(each.get("width", 0)) <= wide, etree.tostring(each)
            assert 0 <= y <= y + float(each.get("height", 0)) <= high, etree.tostring(each)


def test_the_picture_of_the_readme_is_current():
    """If this fails: python scripts/draw_story.py, and look at what changed."""
    script = runpy.run_path(str(ROOT / "scripts" / "draw_story.py"))

    assert script["PAGE"].read_text(encoding="utf-8") == script["drawn"]()


poles = st.lists(st.integers(0, 1200), min_size=1, max_size=25).map(sorted)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(poles, st.data())
def test_flags_never_meet_and_no_pole_crosses_one(places, data):
    flags = [(float(place), float(data.draw(st.integers(20, 260)))) for place in places]

    hung = rows(flags)

    for i, (x, wide) in enumerate(flags):
        for j in range(i + 1, len(flags)):
            later = flags[j][0]
            assert hung[i] > hung[j] or later > x + wide + FLAG_GAP


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab c 花子は、。「」（）")).map(str.strip), st.integers(12, 40))
def test_wrapping_loses_no_character(text, columns):
    lines = wrapped(text, columns)

    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", "".join(lines))


def test_japanese_lines_neither_begin_with_what_closes_nor_end_with_what_opens(story):
    paragraphs = [words.ja for step in story.steps for words in step.text]
    lines = [line for text in paragraphs for line in wrapped(text, 60)]

    assert [] == [line for line in lines if line[0] in CLOSING or line[-1] in OPENING]
    assert 66 >= max(map(width, lines))


def test_a_program_reads_one_object_for_each_scene(story, tmp_path):
    result = minijpki("--json", "--lang", "ja", "demo", "-o", str(tmp_path), env={"PATH": ""})

    scenes = [json.loads(line) for line in result.stdout.splitlines()]
    assert 0 == result.exit_code
    assert ANSWERS == {
        scene["name"]: [each["found"] for each in scene["answers"]] for scene in scenes
    }
    assert {True} == {scene["as_scripted"] for scene in scenes}
    assert [step.directory for step in story.steps] == [scene["directory"] for scene in scenes]


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "The same filing is refused"), ("ja", "同じ申告が受理されなくなる")],
)
def test_the_story_is_told_in_both_languages(tmp_path, lang, sentence):
    result = minijpki("demo", "--lang", lang, "-o", str(tmp_path / "d"), env={"PATH": ""})

    assert 0 == result.exit_code
    assert sentence in result.stdout
    assert "openssl" in result.stderr  # is not here, and that is said
    assert str(tmp_path / "d" / "index.html") in result.stderr


def test_a_place_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    result = minijpki("demo", "-o", str(tmp_path))

    assert 1 == result.exit_code
    assert "" == result.stdout
    assert 1 == result.stderr.count("\n")
    assert "no demo has put there" in result.stderr
    assert ["thesis.txt"] == [path.name for path in tmp_path.iterdir()]


def test_a_place_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()

    result = minijpki("demo", "-o", str(tmp_path / "file" / "demo"))

    assert 1 == result.exit_code
    assert 1 == result.stderr.count("\n")


def test_playing_again_replaces_what_a_demo_made_and_nothing_else(story, place, tmp_path):
    here = tmp_path / "out"
    play(here, seed=1, lang="ja", outside=NOBODY)
    (here / "steps" / "stale").mkdir()
    (here / "notes.txt").write_text("mine")

    play(here, seed=0, lang="en", outside=NOBODY)

    assert made_by(place) | {"notes.txt": b"mine"} == made_by(here)


def test_a_demo_that_fails_leaves_the_one_before(place, story, tmp_path):
    here = tmp_path / "out"
    play(here, seed=0, lang="en", outside=NOBODY)

    def stop(step, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(here, seed=1, lang="en", outside=NOBODY, tell=stop)

    assert made_by(place) == made_by(here)


def test_a_program_that_disagrees_fails_the_demo(tmp_path):
    """An openssl that says no to everything stands in for a world that went wrong."""
    contrary = tmp_path / "bin" / "openssl"
    contrary.parent.mkdir()
    contrary.write_text('#!/bin/sh\n[ "$1" = version ] && echo OpenSSL 3.9 && exit 0\nexit 1\n')
    contrary.chmod(0o755)

    result = minijpki("demo", "-o", str(tmp_path / "d"), env={"PATH": str(contrary.parent)})

    assert 1 == result.exit_code
    assert "otherwise than the script" in result.stderr
    assert "≠" in result.stdout
    assert "otherwise than the script" in (tmp_path / "d" / "index.html").read_text()


def test_an_answer_off_the_script_shows(story):
    third = story.steps[2]
    wrong = replace(third.answers[0], expected=REVOKED)
    altered = replace(
        story, steps=(*story.steps[:2], replace(third, answers=(wrong,)), *story.steps[3:])
    )

    root = html.fromstring(page(altered, "en"))

    assert not altered.as_scripted
    assert ["#step-3"] == root.xpath("//div[contains(@class, 'differs')]//a/@href")
    assert [PASSED] == [each.find_class("found")[0].text for each in root.find_class("wrong")]


def test_another_openssl_is_not_asked(tmp_path):
    """LibreSSL bears the name, takes other options, and is left alone."""
    other = tmp_path / "openssl"
    other.write_text("#!/bin/sh\necho LibreSSL 3.3.6\n")
    other.chmod(0o755)

    assert None is Outside(path=str(tmp_path)).versions["openssl"]


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory):
    """
    The story again, with openssl and xmlsec1 asked.
    """
    required("openssl")
    required("xmlsec1")
    place = tmp_path_factory.mktemp("witnessed")
    return place, play(place, seed=0, lang="en")


def test_programs_that_nobody_here_wrote_agree(witnessed):
    _, story = witnessed
    commands = [each for step in story.steps for each in step.commands]
    asked = [each for each in commands if each.accepted is not None]

    assert [] == [each.line for each in asked if not each.as_scripted]
    assert {"openssl", "xmlsec1"} == {each.program for each in asked}
    assert {"openssl", "xmlsec1", "minijpki"} == {each.program for each in commands}


def test_openssl_says_why(witnessed):
    _, story = witnessed
    said = {step.slug: "\n".join(each.output for each in step.commands) for step in story.steps}

    assert "certificate revoked" not in said["accepted"]
    assert "error 23 at 0 depth lookup: certificate revoked" in said["refused"]
    assert "Affiliation Changed" in said["refused"]
    assert "error 44 at 0 depth lookup: different CRL scope" in said["wrong-list"]
    assert "auth.cert.pem: OK" in said["login"]


def repeat(place, step):
    """
    Run the script of a step as a stranger would, our own command included.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", f"{step.directory}/commands.sh"],
        cwd=place,
        env={**os.environ, "PATH": path, "MINIJPKI_WORLD": "/nowhere"},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [n for n, slug in enumerate(ANSWERS, 1) if n < len(ANSWERS)])
def test_a_stranger_can_repeat_each_step(witnessed, number):
    place, story = witnessed
    step = story.steps[number - 1]

    run = repeat(place, step)

    assert 0 == run.returncode, run.stdout + run.stderr
    assert len(step.commands) == run.stdout.count("# ")


@pytest.mark.slow
def test_the_script_of_a_step_stops_where_a_program_disagrees(witnessed, tmp_path):
    """With the list of the night before, on which nobody is, there is nothing to refuse."""
    place, story = witnessed
    before, refused = (
        next(step for step in story.steps if step.slug == slug) for slug in ("move", "refused")
    )
    shutil.copytree(place / refused.directory, tmp_path / refused.directory)
    shutil.copy(place / before.directory / "sign.crl.pem", tmp_path / refused.directory)

    run = repeat(tmp_path, refused)

    assert 1 == run.returncode
    assert "that was to be refused" in run.stdout
    assert 1 == run.stdout.count("# ")
