"""
A relying party asks the operator: a certificate, a digest, a signature; a code comes back.

The verdicts are those of `verify`, whatever day it is, and the user stays the same person
when the certificate is renewed.
"""

import base64
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from test_serving import ask

from ca.linking import give_consent
from harness.faults.switches import Board, Switch
from harness.scene import BEGIN, Holder, Scene
from harness.services.inprocess import Running
from harness.verifier.policy import Policy, Revocation
from harness.verifier.wording import as_json
from pki.kinds import Kind

MESSAGE = b"the contract"


@pytest.fixture
def office(tmp_path):
    scene = Scene.fresh(tmp_path / "world")
    scene.resident("hanako")
    scene.advance(timedelta(days=1))
    with Running(scene.world.directory) as server:
        yield scene, server.base_url
    scene.close()


def call(base, path, fields, **headers):
    body = json.dumps(fields)
    status, _, content = ask(
        base,
        f"/api/{path}",
        method="POST",
        body=body,
        headers={"Content-Type": "application/json", **headers},
    )
    return status, json.loads(content)


def b64(octets):
    return base64.b64encode(octets).decode()


def signed(scene, holder="hanako", kind=Kind.SIGN, **more):

    signature = Holder(scene, holder).sign_raw(MESSAGE, kind=kind)
    return {
        "certificate": b64(scene.world.certificate(holder, kind)),
        "digest": b64(sha256(MESSAGE).digest()),
        "signature": b64(signature),
        **more,
    }


def test_a_signature_is_verified_by_its_digest(office):
    scene, base = office

    status, told = call(base, "verify", signed(scene))

    assert (200, "RESULT_OK", "good") == (status, told["result"], told["status"]["value"])
    assert "jpki_card_digital_signature" == told["certificate_type"]
    assert "TOTAL-PASSED" == told["verdict"]["verdict"]


def test_another_digest_is_a_mismatch(office):
    scene, base = office
    fields = signed(scene) | {"digest": b64(sha256(b"another").digest())}

    status, told = call(base, "verify", fields)

    assert (200, "RESULT_SIGNATURE_MISMATCH") == (status, told["result"])
    assert told["certificate_content"] is None


def test_revocation_is_told_with_its_time_and_reason(office):
    scene, base = office
    fields = signed(scene)

    Holder(scene, "hanako").moves()

    status, told = call(base, "verify", fields)

    assert (200, "RESULT_CERTIFICATE_REVOKED") == (status, told["result"])
    assert {
        "value": "revoked",
        "revoked_at": "2026-04-02T03:00:00Z",
        "revocation_reason": "affiliationChanged",
    }.items() <= told["status"].items()


def test_what_is_unsupported_is_an_error_and_no_result(office):
    """
    RP 6.2: the chain and the kind of certificate come first, and are no result.
    """
    scene, base = office

    status, told = call(base, "verify", signed(scene, kind=Kind.AUTH))

    assert (400, "ERROR_REASON_UNSUPPORTED_CERTIFICATE") == (status, told["error"])


def test_the_authentication_certificate_logs_in(office):
    scene, base = office

    _, told = call(base, "verify", signed(scene, kind=Kind.AUTH, purpose="login"))

    assert "RESULT_OK" == told["result"]


@pytest.mark.parametrize("method", ["both", "crl", "ocsp"])
def test_the_verdict_is_that_of_verify(office, method):
    scene, base = office
    document = scene.world.sign_xml("hanako", b'<filing id="A"/>', pin="ABC123")

    Holder(scene, "hanako").moves()
    policy = Policy(revocation=Revocation(method))

    _, told = call(base, "verify-document", {"document": b64(document), "check_method": method})

    assert as_json(scene.verify(document, policy)) == told["verdict"]


def test_a_user_stays_who_they_are_across_a_renewal(office):
    scene, base = office

    _, before = call(base, "verify", signed(scene, identify_user=True))
    Holder(scene, "hanako").renews()
    _, after = call(base, "verify", signed(scene, identify_user=True))
    _, elsewhere = call(
        base, "verify", signed(scene, identify_user=True), **{"Minijpki-Tenant": "bank"}
    )

    assert before["user_id"] == after["user_id"]
    assert before["user_id"] != elsewhere["user_id"]
    _, user = call(base, "users", {"user_id": after["user_id"]})
    assert ["revoked", "good"] == [
        each["status"]
        for each in user["certificates"]
        if each["certificate_type"] == "jpki_card_digital_signature"
    ]


def test_a_forgotten_user_is_somebody_else_afterwards(office):
    scene, base = office
    _, before = call(base, "verify", signed(scene, identify_user=True))
    identifier = {"user_id": before["user_id"]}

    assert (200, {"deleted": True}) == call(base, "users/delete", identifier)
    assert 404 == call(base, "users", identifier)[0]
    _, after = call(base, "verify", signed(scene, identify_user=True))
    assert before["user_id"] != after["user_id"]


def test_the_latest_items_need_consent(office):
    scene, base = office

    hanako = Holder(scene, "hanako")
    _, told = call(base, "verify", signed(scene, identify_user=True))
    asked = {"user_id": told["user_id"], "service": "bank"}

    assert 403 == call(base, "latest-items", asked)[0]
    give_consent(scene.world.register, "hanako", "bank", at=scene.now)
    assert "unchanged" == call(base, "latest-items", asked)[1]["state"]
    hanako.moves()
    assert "nothing-yet" == call(base, "latest-items", asked)[1]["state"]
    hanako.renews(Kind.SIGN)
    _, latest = call(base, "latest-items", asked)
    assert "神奈川県横浜市中区本町１－１" == latest["items"]["address"]


def test_the_state_of_another_moment_is_a_header_away(office):
    scene, base = office

    fields = signed(scene)
    then = scene.now
    Holder(scene, "hanako").moves()

    _, now = call(base, "verify", fields)
    _, before = call(base, "verify", fields, **{"Minijpki-At": then.isoformat()})

    assert ["RESULT_CERTIFICATE_REVOKED", "RESULT_OK"] == [now["result"], before["result"]]


def test_an_operator_that_lags_a_day_behind_says_so_in_its_dates(office):
    scene, base = office

    fields = signed(scene)
    scene.advance(timedelta(hours=12))
    Holder(scene, "hanako").moves()
    Board(scene.world.store).on(Switch(fault="api-yesterday"))

    _, told = call(base, "verify", fields)

    assert "RESULT_OK" == told["result"]
    assert told["status"]["source_updated_at"] < f"{scene.now - timedelta(hours=20):%Y-%m-%dT%H}"


def test_an_overloaded_operator_says_when_to_come_again(office):
    scene, base = office
    Board(scene.world.store).on(Switch(fault="api-overload", left=1))

    status, headers, _ = ask(base, "/api/verify", method="POST", body="{}")

    assert (429, "60") == (status, headers["retry-after"])
    assert 415 == ask(base, "/api/verify", method="POST", body="{}")[0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[]", 400),
        ("{}", 400),
        ("[" * 100_000, 400),
        ('{"certificate": "####"}', 400),
        ('{"certificate": 1}', 400),
        ('{"certificate": "QQ==", "hash": "md5"}', 400),
    ],
)
def test_what_is_no_request_is_told_so_in_one_sentence(office, body, status):
    _, base = office

    answer = ask(
        base,
        "/api/certificate-status",
        method="POST",
        body=body,
        headers={"Content-Type": "application/json"},
    )

    assert status == answer[0]
    assert ["error"] == list(json.loads(answer[2]))
    assert b"Traceback" not in answer[2]
    assert str(Path(__file__).parent.parent).encode() not in answer[2]


def test_the_description_is_valid_and_says_what_is_there(office):
    _, base = office
    status, _, content = ask(base, "/api/openapi.json")
    found = json.loads(content)

    assert (200, "3.1.0") == (status, found["openapi"])
    assert 6 == len(found["paths"])
    assert all(405 == ask(base, path)[0] for path in found["paths"])


@pytest.mark.slow
def test_schemathesis_finds_no_answer_that_the_description_does_not_know(office):
    """
    Requests by the hundred, right and wrong, made from the description by somebody else.
    """
    _, base = office
    tool = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or shutil.which(
        "schemathesis"
    )
    if tool is None:
        from xml_workshop import required

        tool = required("schemathesis")
    run = subprocess.run(
        [
            *(tool, "run", f"{base}/api/openapi.json", "--seed", "1", "--max-examples", "20"),
            *("--phases", "fuzzing", "--no-color"),
            *("--checks", "not_a_server_error,status_code_conformance,response_schema_conformance"),
        ],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=170,
        cwd="/tmp",
    )

    assert 0 == run.returncode, run.stdout[-4000:]


def test_at_the_beginning_of_the_world_nothing_is_known(office):
    scene, base = office
    early = (BEGIN - timedelta(days=1)).isoformat()

    status, told = call(base, "verify", signed(scene), **{"Minijpki-At": early})

    assert (400, "ERROR_REASON_UNSUPPORTED_CERTIFICATE") == (status, told["error"])
