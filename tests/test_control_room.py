"""
What the command line can do, over HTTP and on pages: with the equal line shown each time.
"""

import html
import json
import re
import subprocess
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from test_serving import LIST, ask
from xml_workshop import required

from harness.cli.root import cli
from harness.scene import Scene
from harness.services.actions import ACTIONS
from harness.services.control import listed
from harness.services.inprocess import Running
from harness.services.pages import forms
from pki.kinds import Kind

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def room(tmp_path):
    scene = Scene.fresh(tmp_path / "world")
    scene.resident("hanako")
    with Running(scene.world.directory) as server:
        yield scene, server.base_url
    scene.close()


def act(base, words, **fields):
    path = f"/control/{words.replace(' ', '/')}"
    status, _, body = ask(base, path, method="POST", body=json.dumps(fields), headers=JSON)
    return status, json.loads(body)


def test_a_move_over_http_is_the_move_of_the_command_line(room):
    scene, base = room

    status, told = act(base, "resident move", id="hanako", address="神奈川県横浜市中区本町1-1")

    assert 200 == status
    assert "minijpki resident move hanako --address '神奈川県横浜市中区本町1-1'" == told["command"]
    assert "jpki.holder('hanako').moves('神奈川県横浜市中区本町1-1', wait=False)" == told["pytest"]
    assert "神奈川県横浜市中区本町１－１" == scene.world.register.resident("hanako").address


def test_the_equal_line_of_a_test_does_the_same(room):
    scene, base = room
    _, told = act(base, "resident rename", id="hanako", name="電子 花子")
    other = Scene.fresh(scene.world.directory.parent / "other")
    other.resident("hanako")

    eval(told["pytest"], {"jpki": other})

    assert scene.world.register.resident("hanako") == other.world.register.resident("hanako")
    other.close()


def test_a_life_goes_by_over_http(room):
    _, base = room
    before = ask(base, LIST)[2]

    for words, fields in (
        ("resident add", {"id": "taro", "name": "住基 太郎", "born": "1990-01-01", "sex": "male",
                          "address": "東京都千代田区丸の内1-1-1"}),
        ("card issue", {"id": "taro", "sign_pin": "ABC123", "auth_pin": "1234",
                        "juki_pin": "1234", "text_pin": "1234"}),
        ("card suspend", {"id": "taro"}),
        ("crl publish", {"kind": "sign"}),
        ("clock advance", {"period": "1d"}),
    ):  # fmt: skip
        assert 200 == act(base, words, **fields)[0]

    assert before != ask(base, LIST)[2]
    _, shown = act(base, "resident show", id="taro")
    assert {"held"} == {each["standing"] for each in shown["rows"][0]["certificates"]}


def test_pins_are_shown_by_no_line(room):
    _, base = room

    _, told = act(base, "card change-pin", id="hanako", pin_name="auth", old="1234", new="4321")

    assert "4321" not in told["command"]
    assert "****" in told["command"]


@pytest.mark.parametrize(
    ("words", "fields", "status"),
    [
        ("resident move", {"id": "nobody", "address": "東京都千代田区丸の内1-1-1"}, 404),
        ("resident move", {"id": "hanako"}, 400),
        ("resident move", {"id": "hanako", "address": "Springfield"}, 400),
        ("resident move", {"id": "hanako", "addresss": "x"}, 400),
        ("resident move", {"id": ["hanako", "--help"], "address": "x"}, 400),
        ("resident show", {"id": "--help"}, 404),
        ("card change-pin", {"id": "hanako", "pin_name": "auth"}, 400),
        ("card change-pin", {"id": "hanako", "pin_name": "auth", "old": "9", "new": "1111"}, 409),
        ("export holder", {"id": "hanako"}, 404),
        ("crl show", {"scope": "13101", "output": "/tmp/x"}, 400),
        ("crl publish", {"ldap": "ldap://elsewhere"}, 400),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(room, words, fields, status):
    _, base = room

    answer = act(base, words, **fields)

    assert (status, ["error"]) == (answer[0], list(answer[1]))


def test_every_action_is_a_command_and_its_help_says_what_it_does():
    assert list(ACTIONS) == [each["action"] for each in listed()]
    assert all(each["what"] for each in listed())
    assert {words.split()[0] for words in ACTIONS} <= set(cli.list_commands(None))


def test_every_form_is_of_an_action_with_those_fields():
    fields = {each["action"]: {f["name"] for f in each["fields"]} for each in listed()}
    everything = [
        *forms.of_clock("2026-04-01T03:00:00+00:00"),
        *forms.ARRIVAL,
        *forms.PUBLISHING,
        *forms.of_resident("hanako", has_card=True),
        *forms.of_resident("hanako", has_card=False),
        *forms.of_authority("sign"),
        *forms.of_faults(),
    ]

    assert [] == [each.words for each in everything if not set(each.example) <= fields[each.words]]
    assert all(each.command.startswith(f"minijpki {each.words}") for each in everything)


@pytest.mark.parametrize("path", ["/", "/residents/hanako", "/authorities/sign", "/faults"])
def test_a_page_needs_no_script_and_loads_nothing_from_elsewhere(room, path):
    _, base = room

    status, headers, body = ask(base, path)

    text = body.decode()
    assert (200, "text/html; charset=utf-8") == (status, headers["content-type"])
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "<script" not in text
    assert [] == re.findall(r'(?:src|href|action)="(?!/)[^"]*"', text)
    assert "minijpki" in text


def test_a_form_is_filled_in_and_the_page_shows_the_equal_lines(room):
    scene, base = room
    filled = urlencode({"id": "hanako", "name": "電子 花子", "back": "/residents/hanako"})

    status, _, body = ask(
        base, "/control/resident/rename", method="POST", body=filled, headers=FORM
    )

    text = html.unescape(body.decode())
    assert 200 == status
    assert "minijpki resident rename hanako --name '電子 花子'" in text
    assert "jpki.holder('hanako').renames('電子 花子', wait=False)" in text
    assert '<a href="/residents/hanako">' in text
    assert "電子　花子" == scene.world.register.resident("hanako").name


def test_what_a_form_may_not_do_is_said_on_its_page(room):
    _, base = room
    filled = urlencode({"id": "hanako", "name": "<b>😀</b>", "back": "//evil.example/"})

    status, _, body = ask(
        base, "/control/resident/rename", method="POST", body=filled, headers=FORM
    )

    assert 400 == status
    assert "できません" in body.decode()
    assert b"<b>" not in body
    assert b"evil.example" not in body


def test_faults_are_switched_from_the_page(room):
    scene, base = room
    filled = urlencode({"fault": "crl-missing", "times": "1", "point": "", "back": "/faults"})

    ask(base, "/control/faults/on", method="POST", body=filled, headers=FORM)

    assert ["crl-missing"] == [each.fault for each in scene.faults.reread()]
    assert [404, 200] == [ask(base, LIST)[0] for _ in range(2)]


def test_the_five_lines_over_http(room):
    _, base = room

    def post(path, **fields):
        _, _, body = ask(base, path, method="POST", body=json.dumps(fields), headers=JSON)
        return json.loads(body)

    taro = post("/control/scene/resident", id="taro")["id"]
    signed = post("/control/scene/sign-xml", id=taro, document="<filing/>")["document_base64"]
    assert "RESULT_OK" == post("/api/verify-document", document=signed)["result"]
    post("/control/resident/move", id=taro, address="神奈川県横浜市中区本町1-1")
    post("/control/scene/wait-for-lists")
    assert "RESULT_CERTIFICATE_REVOKED" == post("/api/verify-document", document=signed)["result"]


def test_a_deed_is_done_now_or_not_at_all(room):
    scene, base = room
    headers = JSON | {"Minijpki-At": "2026-03-01T00:00:00Z"}
    body = json.dumps({"id": "hanako", "name": "電子 花子"})

    status, _, _ = ask(base, "/control/resident/rename", method="POST", body=body, headers=headers)

    assert 400 == status
    assert "住基　花子" == scene.world.register.resident("hanako").name


def test_a_clock_runs_faster(room):
    """
    A day in a second: between two looks more passes than the machine's clock has seconds.
    """
    _, base = room

    def world_time():
        return datetime.fromisoformat(json.loads(ask(base, "/healthz")[2])["world_time"])

    act(base, "clock run", rate=86_400)
    began = world_time()
    while world_time() - began < timedelta(days=2):
        continue

    assert 200 == act(base, "clock run", rate=1)[0]
    assert world_time() - began < timedelta(days=60)
    assert 400 == act(base, "clock run", rate=0)[0]


@pytest.mark.slow
def test_chromium_walks_the_pages(room, tmp_path):
    """
    Debian's Chromium renders what the server sends, styles and drawing included.
    """
    scene, base = room
    scene.holder("hanako").moves()
    scene.holder("hanako").renews(Kind.SIGN)
    browser = required("chromium")

    def walked(path, *more):
        run = subprocess.run(
            [
                *(browser, "--headless", "--no-sandbox", "--disable-gpu"),
                *(f"--user-data-dir={tmp_path / 'profile'}", *more, f"{base}{path}"),
            ],
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert 0 == run.returncode, run.stderr
        return run.stdout

    home = walked("/", "--dump-dom")
    [leads] = re.findall(r'href="(/residents/[^"]+)"', home)
    page = walked(leads, "--dump-dom")
    walked(leads, f"--screenshot={tmp_path / 'page.png'}", "--window-size=420,1400")

    assert "/residents/hanako" == leads
    assert 3 == page.count('<text class="label"')
    assert "affiliationChanged" in page
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
