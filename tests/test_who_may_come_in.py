"""
Who may come in, and what leaves: names, origins, the token, limits, and malformed requests.
"""

import base64
import json
import random
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_serving import LIST, ask, question

from crl.ocsp.read import read_response
from harness.scene import Scene
from harness.services import serving
from harness.services.guard import Guard
from harness.services.inprocess import Running
from harness.services.serving import Options, door_of
from pki.errors import NotPermitted
from pki.kinds import Kind

JSON = {"Content-Type": "application/json"}
MOVE = json.dumps({"id": "hanako", "address": "神奈川県横浜市中区本町1-1"})
LENGTH = b"Content-Length: 9\r\n\r\n"
HERE = str(Path(__file__).parent.parent)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    made = Scene.fresh(tmp_path_factory.mktemp("guarded") / "world")
    made.resident("hanako")
    yield made
    made.close()


@pytest.fixture(scope="module")
def base(scene):
    with Running(scene.world.directory) as server:
        yield server.base_url


def raw(base, octets):
    """
    Send octets as they are, and return all that comes back.
    """
    place = urlsplit(base)
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def test_a_name_that_somebody_else_owns_is_refused_on_loopback_too(base):
    """
    DNS rebinding: the address is ours, the name in Host is not.
    """
    port = urlsplit(base).port

    found = [
        ask(base, "/", headers={"Host": host})[0]
        for host in (f"127.0.0.1:{port}", "localhost", f"evil.example:{port}", "127.0.0.1.evil")
    ]

    assert [200, 200, 421, 421] == found


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda each: ",".join(each.values()),
)
def test_a_page_from_elsewhere_posts_nothing(scene, base, headers):
    before = scene.world.register.resident("hanako")

    status, _, _ = ask(
        base, "/control/resident/move", method="POST", body=MOVE, headers=JSON | headers
    )

    assert 403 == status
    assert before == scene.world.register.resident("hanako")


def test_a_page_of_our_own_posts(base):
    status, _, _ = ask(
        base, "/control/clock/show", method="POST", body="{}", headers=JSON | {"Origin": base}
    )

    assert 200 == status


def test_json_that_does_not_say_so_is_not_read(base):
    """
    What a form elsewhere can send without asking is text/plain, and is refused.
    """
    found = ask(
        base,
        "/control/resident/move",
        method="POST",
        body=MOVE,
        headers={"Content-Type": "text/plain"},
    )

    assert 415 == found[0]


def test_where_others_come_in_the_token_is_asked_for(scene):
    with Running(scene.world.directory, Options(hosts=("pki.test",), token="s3cret")) as server:

        def status(path, **headers):
            return ask(server.base_url, path, headers=headers)[0]

        basic = base64.b64encode(b"anybody:s3cret").decode()
        public = [status(path) for path in (LIST, "/healthz", "/metrics", "/ca/")]
        guarded = [status(path) for path in ("/", "/residents/hanako", "/control/", "/faults")]
        let_in = [
            status("/", Authorization="Bearer s3cret"),
            status("/", Authorization=f"Basic {basic}"),
            status("/", Authorization="Bearer s3cret", Host="pki.test"),
        ]
        wrong = [
            status("/", Authorization=each)
            for each in ("Bearer s3cre", "Bearer", "Basic !!", "Digest s3cret")
        ]

    assert [200] * 4 == public
    assert [401] * 4 == guarded
    assert [200] * 3 == let_in
    assert [401] * 4 == wrong


def test_nobody_listens_to_the_world_without_a_token(scene):
    with pytest.raises(NotPermitted, match="needs a token"):
        door_of(scene.world, Options(host="0.0.0.0"), None)


def test_an_address_is_no_name_that_can_be_rebound():
    guard = Guard(any_address=True)

    refused = [
        guard.refuse("healthz", "GET", "1.1", {b"host": host})
        for host in (b"192.0.2.1:8765", b"[2001:db8::1]:80", b"evil.example")
    ]

    assert [None, None, 421] == [each and each[0] for each in refused]


def test_a_body_that_is_too_long_is_refused_before_it_is_read(base):
    head = f"POST /ocsp/sign HTTP/1.1\r\nHost: {urlsplit(base).netloc}\r\n"

    answer = raw(base, f"{head}Content-Length: 99999999999\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_grows_too_long_is_cut(base):
    status, _, _ = ask(base, "/ocsp/sign", method="POST", body=iter([b"x" * 40_000] * 3))

    assert 413 == status


def test_a_head_and_a_body_that_do_not_come_end(scene, monkeypatch):
    """
    Slowloris: whoever sends nothing is waited for, and not for ever.
    """
    monkeypatch.setattr(serving, "ARRIVAL_SECONDS", 0.2)
    with Running(scene.world.directory) as server:
        place = urlsplit(server.base_url)
        said = []
        for octets in (
            b"GET / HTTP/1.1\r\nHost:",
            f"POST /ocsp/sign HTTP/1.1\r\nHost: {place.netloc}\r\n".encode() + LENGTH,
        ):
            with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
                connection.sendall(octets)
                said.append(connection.recv(65536))

    assert b"" == said[0]
    assert said[1].startswith(b"HTTP/1.1 408 ")


def test_malformed_questions_by_the_thousand_are_answered_by_the_protocol(scene, base):
    """
    Each is told malformedRequest or unauthorized, or answered: never an error page.
    """
    chance = random.Random(6)
    right = question(scene, "hanako", nonce=b"n" * 16)
    statuses = set()
    for _ in range(1000):
        octets = bytearray(right)
        for _ in range(chance.randint(1, 4)):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
        cut = bytes(octets[: chance.choice((len(octets), chance.randrange(len(octets))))])
        status, headers, body = ask(base, "/ocsp/sign", method="POST", body=cut)
        assert (200, "application/ocsp-response") == (status, headers["content-type"])
        statuses.add(read_response(body).status)

    assert {0, 1, 6} == statuses


@pytest.mark.parametrize(
    "octets",
    [
        b"\x00" * 64,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /%00%ff%2e%2e/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /crl/sign/1/../../../etc/passwd.crl HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /crl/sign/99999999999999999999/13101.crl HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /ca/sign/0.cer HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /ocsp/sign/%%% HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"DELETE /crl/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nMinijpki-At: yesterday\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_hardly_http_leaves_no_trace_of_the_inside(base, octets):
    answer = raw(base, octets)

    assert b"Traceback" not in answer
    assert HERE.encode() not in answer
    assert b"500 Internal" not in answer
    assert 200 == ask(base, "/healthz")[0]


def test_the_log_names_nobody(scene):
    lines = []
    with Running(scene.world.directory, log=lines.append) as server:
        ask(server.base_url, "/residents/hanako")
        ask(
            server.base_url,
            "/control/card/change-pin",
            method="POST",
            body=json.dumps({"id": "hanako", "pin_name": "auth", "old": "0000", "new": "4321"}),
            headers=JSON,
        )
        ask(server.base_url, LIST)
        metrics = ask(server.base_url, "/metrics")[2].decode()

    told = "\n".join(lines)
    assert ["residents", "control", "crl", "metrics"] == [json.loads(e)["service"] for e in lines]
    assert not any(word in told + metrics for word in ("hanako", '0000"', "4321", "花子"))
    assert LIST in told
    assert 'minijpki_requests_total{service="control",status="409"} 1' in metrics


def test_a_question_about_nobody_is_unknown(scene, base):
    issued = scene.world.register.certificates("hanako", Kind.SIGN)[0]
    for serial in (issued.serial + 1000, 1 << 100, 0):
        from crl.ocsp.request.write import write_request
        from crl.ocsp.write import certificate_identifier
        from pki.path import trust_anchor

        own = trust_anchor(scene.world.authority.generations(Kind.SIGN)[0].certificate).certificate
        asked = write_request((certificate_identifier(own.subject, own.spki, serial),))

        [single] = read_response(ask(base, "/ocsp/sign", method="POST", body=asked)[2]).singles
        assert (2, serial) == (single.status, single.serial)
