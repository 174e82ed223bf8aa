"""
A relying party is pointed at minijpki: it fetches lists, asks the responder, and is told the time.

Everything here goes over a real socket of loopback, to the server that `minijpki serve` runs.
"""

import base64
import gzip
import json
import signal
import subprocess
import sys
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest
from outside import openssl

from crl.ocsp.read import read_response
from crl.ocsp.request.write import write_request
from crl.ocsp.write import certificate_identifier
from crl.read import read_list
from harness.exports import pem
from harness.scene import BEGIN, Scene
from harness.services.inprocess import Running
from harness.services.serving import Options
from pki.certificate.read import read_certificate
from pki.kinds import Kind
from pki.path import trust_anchor

LIST = "/crl/sign/1/13101.crl"


def ask(base, path, *, method="GET", body=None, headers=None):
    """
    Ask once, over a connection of its own; status, headers in lower case, body.
    """
    place = urlsplit(base)
    connection = HTTPConnection(place.hostname, place.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, content
    finally:
        connection.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """
    Hanako stays, Taro moved: his signature certificate is revoked, and the list is out.
    """
    scene = Scene.fresh(tmp_path_factory.mktemp("served") / "world")
    scene.resident("hanako")
    scene.resident("taro").moves()
    with Running(scene.world.directory) as server:
        yield scene, server.base_url
    scene.close()


def question(scene, holder, *, kind=Kind.SIGN, nonce=None):
    certificate = read_certificate(scene.world.certificate(holder, kind))
    issuer = trust_anchor(scene.world.authority.generations(kind)[0].certificate).certificate
    identifier = certificate_identifier(issuer.subject, issuer.spki, certificate.serial)
    return write_request((identifier,), nonce)


def test_a_list_is_fetched_as_it_was_published(served):
    scene, base = served

    status, headers, body = ask(base, LIST)

    assert (200, "application/pkix-crl") == (status, headers["content-type"])
    press = scene.world.press
    assert press.bytes(press.newest(Kind.SIGN, "13101", at=scene.now)) == body


def test_whoever_has_the_list_is_told_so(served):
    _, base = served
    _, headers, _ = ask(base, LIST)

    by_tag = ask(base, LIST, headers={"If-None-Match": headers["etag"]})
    by_date = ask(base, LIST, headers={"If-Modified-Since": headers["last-modified"]})

    assert [(304, b""), (304, b"")] == [(each[0], each[2]) for each in (by_tag, by_date)]


def test_a_list_travels_packed_to_those_who_unpack(served):
    _, base = served
    _, plain_headers, plain = ask(base, LIST)

    _, headers, packed = ask(base, LIST, headers={"Accept-Encoding": "gzip"})

    assert "gzip" == headers["content-encoding"]
    assert "accept-encoding" == headers["vary"]
    assert plain == gzip.decompress(packed)
    assert plain_headers["etag"] != headers["etag"]


def test_the_index_leads_from_a_directory_name_to_its_lists(served):
    _, base = served

    index = json.loads(ask(base, "/crl/")[2])

    name = (
        "CN=Chiyoda-ku CRLDP,OU=Tokyo-to,OU=CRL Distribution Points,"
        "OU=JPKI for digital signature,O=JPKI-SIM,C=JP"
    )
    [point] = [each for each in index["points"] if each["directory_name"] == name]
    assert [f"{base}{LIST}"] == [each["url"] for each in point["lists"]]


def test_a_header_asks_as_of_another_moment_and_the_world_stays(served):
    _, base = served
    earlier = BEGIN.isoformat()

    then = read_list(ask(base, LIST, headers={"Minijpki-At": earlier})[2])
    now = read_list(ask(base, LIST)[2])

    assert BEGIN == then.this_update
    assert BEGIN < now.this_update
    assert 400 == ask(base, LIST, headers={"Minijpki-At": "2026-04-01T12:00:00"})[0]


@pytest.mark.parametrize(("holder", "status"), [("hanako", 0), ("taro", 1)])
def test_the_responder_is_asked_by_post_and_by_get(served, holder, status):
    scene, base = served
    asked = question(scene, holder, nonce=b"n" * 32)

    by_post = ask(base, "/ocsp/sign", method="POST", body=asked)
    by_get = ask(base, "/ocsp/sign/" + quote(base64.b64encode(asked).decode(), safe=""))

    answers = [read_response(each[2]) for each in (by_post, by_get)]
    assert ["application/ocsp-response"] * 2 == [e[1]["content-type"] for e in (by_post, by_get)]
    assert [status, status] == [each.singles[0].status for each in answers]
    assert [b"n" * 32] * 2 == [each.nonce for each in answers]


def test_what_is_no_question_is_answered_by_the_protocol(served):
    """
    RFC 6960, 4.2.1: malformedRequest, not an error page.
    """
    scene, base = served
    asked = question(scene, "hanako")

    said = [
        ask(base, "/ocsp/sign", method="POST", body=body)[2] for body in (b"", b"x", asked[:-1])
    ]

    assert [b"\x30\x03\x0a\x01\x01"] * 3 == said
    assert b"\x30\x03\x0a\x01\x06" == ask(base, "/ocsp/auth", method="POST", body=asked)[2]


def test_openssl_verifies_what_the_responder_says(served, tmp_path):
    scene, base = served
    for name, kind in (("hanako", Kind.SIGN), ("taro", Kind.SIGN)):
        (tmp_path / f"{name}.pem").write_bytes(
            pem("CERTIFICATE", scene.world.certificate(name, kind))
        )
    (tmp_path / "ca.pem").write_bytes(ask(base, "/ca/sign.pem")[2])

    run = openssl(
        *("ocsp", "-issuer", "ca.pem", "-cert", "hanako.pem", "-cert", "taro.pem"),
        *("-url", f"{base}/ocsp/sign", "-CAfile", "ca.pem", "-nonce"),
        *("-attime", int(scene.now.timestamp()), "-validity_period", 10**9),
        folder=tmp_path,
    )

    assert "Response verify OK" in run.stderr
    assert "Nonce" not in run.stderr
    assert "hanako.pem: good" in run.stdout
    assert "taro.pem: revoked" in run.stdout


def test_answers_signed_before_are_the_same_to_everybody(tmp_path):
    scene = Scene.fresh(tmp_path / "world")
    scene.resident("hanako")
    scene.advance(timedelta(hours=1))
    with Running(scene.world.directory, Options(live=False)) as server:
        asked = [question(scene, "hanako", nonce=n) for n in (None, b"1" * 16, b"2" * 16)]
        said = [ask(server.base_url, "/ocsp/sign", method="POST", body=each)[2] for each in asked]
    scene.close()

    assert 1 == len(set(said))
    assert None is read_response(said[0]).nonce


def test_an_event_of_another_process_is_seen_by_the_next_request(served):
    scene, base = served
    before = ask(base, "/healthz")[2]

    scene.advance(timedelta(minutes=7))

    after = ask(base, "/healthz")[2]
    assert before != after
    assert f"{scene.now:%Y-%m-%dT%H:%M:%SZ}" == json.loads(after)["world_time"]


def test_a_throw_away_world_is_served_until_told_to_stop():
    """
    The first line is the base URL; SIGTERM ends it with status 0, and the world is gone.
    """
    started = subprocess.Popen(
        [sys.executable, "-m", "harness", "serve", "--ephemeral", "--seed", "1", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        base = json.loads(started.stdout.readline())["base_url"]
        status, _, body = ask(base, "/healthz")
        started.send_signal(signal.SIGTERM)
        _, log = started.communicate(timeout=30)
    finally:
        started.kill()

    assert (200, "2026-04-01T03:00:00Z") == (status, json.loads(body)["world_time"])
    assert 0 == started.returncode
    [line] = [json.loads(each) for each in log.splitlines()]
    assert ("2026-04-01T03:00:00+00:00", "healthz", 200) == (
        line["world_time"],
        line["service"],
        line["status"],
    )
