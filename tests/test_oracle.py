"""
Another suite drives the verifier, line by line, and must never find it at a loss.

For each kind one request to each answer; then what no honest driver would send.
"""

import base64
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from path_workshop import NOON, P1, P2, authority, certificate, crl, point, policies
from xml_workshop import FILING

from harness.cli.root import cli
from harness.oracle.answers import answer, lines
from harness.scene import Scene
from pki.causes import CAUSES
from pki.kinds import Kind

SERIAL = 0x4711
ROOT = authority("Root")
CITY = authority("City", "Root", policies(P1))
HANAKO = certificate("Hanako", "City", policies(P1), serial=SERIAL)
TIME = f"{NOON:%Y-%m-%dT%H:%M:%SZ}"
LISTS = [crl("Root"), crl("City")]


def b64(octets):
    return base64.b64encode(octets).decode("ascii")


def asked(kind, **fields):
    return answer(json.dumps({"id": "1", "kind": kind, **fields}).encode())


def path(**fields):
    whole = {
        "anchors": [b64(ROOT)],
        "certs": [b64(HANAKO), b64(CITY)],
        "crls": [b64(each) for each in LISTS],
        "ocsps": [],
        "time": TIME,
        "policies": None,
        "explicit_policy": False,
        "inhibit_any": False,
        "inhibit_mapping": False,
    }
    return asked("path", **{**whole, **fields})


@pytest.mark.parametrize(
    ("fields", "verdict", "error"),
    [
        pytest.param({}, "valid", None, id="valid"),
        pytest.param({"policies": [P1], "explicit_policy": True}, "valid", None, id="policy"),
        pytest.param(
            {"policies": [P2], "explicit_policy": True},
            "invalid",
            "chain-constraints-failure",
            id="another policy",
        ),
        pytest.param({"anchors": []}, "invalid", "no-certificate-chain-found", id="no anchor"),
        pytest.param(
            {"crls": [b64(crl("Root")), b64(crl("City", SERIAL))]},
            "invalid",
            "revoked",
            id="revoked",
        ),
        pytest.param({"crls": [b64(crl("Root"))]}, "indeterminate", "crl-missing", id="no list"),
        pytest.param({"crls": []}, "valid", None, id="nobody asked"),
        pytest.param({"crls": [], "ocsps": ["MAA="]}, "indeterminate", "crl-missing", id="OCSP"),
        pytest.param(
            {"crls": [], "revocation": "target"}, "indeterminate", "crl-missing", id="asked for"
        ),
        pytest.param(
            {"crls": [b64(crl("City"))], "revocation": "target"}, "valid", None, id="target only"
        ),
        pytest.param({"crls": ["MAA="]}, "indeterminate", "crl-missing", id="a list that is none"),
        pytest.param({"certs": ["MAA="]}, "invalid", "format-failure", id="malformed"),
        pytest.param({"max_depth": 0}, "invalid", "chain-constraints-failure", id="depth"),
        pytest.param({"time": "2036-04-01T00:00:00Z"}, "invalid", "ca-expired", id="later"),
        pytest.param({"ekus": ["1.3.6.1.5.5.7.3.2"]}, "valid", None, id="purpose"),
        pytest.param({"unknown": 1}, "valid", None, id="unknown keys are ignored"),
    ],
)
def test_a_path_is_valid_invalid_or_indeterminate(fields, verdict, error):
    found = path(**fields)

    assert ("1", verdict, error) == (found["id"], found["verdict"], found.get("error"))
    assert error is None or error in CAUSES
    assert len(found["why"]) <= 500
    assert "\n" not in found["why"]


def test_a_person_can_see_what_was_found():
    found = path(policies=[P1])

    assert [b64(HANAKO), b64(CITY)] == found["path"]
    assert [P1] == found["policies"]


def test_the_legacy_profile_shows_in_every_answer():
    assert "legacy" == path(profile="legacy")["profile"]
    assert "profile" not in path()


@pytest.mark.parametrize(
    ("made", "fields", "status", "error"),
    [
        pytest.param(crl("City"), {}, "good", None, id="good"),
        pytest.param(crl("City", SERIAL), {}, "revoked", "revoked", id="revoked"),
        pytest.param(crl("Root"), {}, "unknown", "crl-missing", id="another issuer"),
        pytest.param(
            crl("City", issuer_key="rogue"), {}, "unknown", "crl-untrusted", id="another key"
        ),
        pytest.param(
            crl("City", issuer_key="rolled"),
            {"extra_certs": [b64(authority("City", subject_key="rolled", issuer_key="rolled"))]},
            "good",
            None,
            id="a new key",
        ),
        pytest.param(
            crl("City", point=point(only_contains_ca_certs=True)),
            {},
            "unknown",
            "crl-scope",
            id="another scope",
        ),
        pytest.param(crl("City"), {"max_age": 60}, "unknown", "crl-stale", id="too old"),
        pytest.param(crl("City", base=1), {}, "unknown", "crl-unusable", id="delta, silent"),
        pytest.param(crl("City", SERIAL, base=1), {}, "revoked", "revoked", id="delta, listed"),
        pytest.param(crl("City")[:-1], {}, "error", "format-failure", id="cut"),
    ],
)
def test_a_list_says_good_revoked_unknown_or_is_none(made, fields, status, error):
    found = asked(
        "crl", cert=b64(HANAKO), issuer=b64(CITY), crl=b64(made), **{"time": TIME, **fields}
    )

    assert (status, error) == (found["status"], found.get("error"))


MESSAGE = b"over the counter"
RSA, SHORT, CURVE = (
    rsa.generate_private_key(65537, 2048),
    rsa.generate_private_key(65537, 1024),
    ec.generate_private_key(ec.SECP384R1()),
)


def bare(algorithm, secret, value, message=MESSAGE, **fields):
    spki = secret.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    fields = {"message": b64(message), "signature": b64(value), "spki": b64(spki), **fields}
    return asked("signature", algorithm=algorithm, **fields)


def signed(secret, digest):
    if isinstance(secret, ec.EllipticCurvePrivateKey):
        return secret.sign(MESSAGE, ec.ECDSA(digest))
    return secret.sign(MESSAGE, padding.PKCS1v15(), digest)


@pytest.mark.parametrize("bits", [256, 384, 512])
@pytest.mark.parametrize(("family", "secret"), [("rsa-pkcs1", RSA), ("ecdsa", CURVE)])
def test_a_bare_signature_is_valid_or_not(family, secret, bits):
    digest = getattr(hashes, f"SHA{bits}")()
    value, name = signed(secret, digest), f"{family}-sha{bits}"

    assert "valid" == bare(name, secret, value)["verdict"]
    assert "invalid" == bare(name, secret, value, b"another")["verdict"]
    assert "invalid" == bare(name, secret, value + b"\0")["verdict"]
    assert "invalid" == bare(name, RSA if secret is CURVE else CURVE, value)["verdict"]


def test_algorithms_out_of_the_table_are_unsupported_and_weak_keys_are_not_believed():
    value = signed(SHORT, hashes.SHA256())

    assert "unsupported" == bare("rsa-pss-sha256", RSA, value)["error"]
    assert "crypto-constraints-failure" == bare("rsa-pkcs1-sha256", SHORT, value)["error"]
    assert "valid" == bare("rsa-pkcs1-sha256", SHORT, value, profile="legacy")["verdict"]
    assert "format-failure" == bare("rsa-pkcs1-sha256", RSA, value, spki="MAD/")["error"]


def test_an_xml_signature_is_judged_by_the_keys_that_the_caller_trusts(tmp_path):
    scene = Scene.fresh(tmp_path / "world")
    hanako, taro = scene.resident("hanako"), scene.resident("taro")
    document = hanako.sign_xml(FILING)
    trusted, other = (each.certificate(Kind.SIGN) for each in (hanako, taro))
    scene.close()

    def judged(octets, *certificates, **fields):
        keys = {"certs": [b64(each) for each in certificates], "hmac": None}
        return asked("xmldsig", document=b64(octets), keys=keys, time=TIME, **fields)

    found = judged(document, other, trusted)
    assert ("valid", True) == (found["verdict"], found["signed_root_is_document"])
    for damaged, certificates, error in (
        (document, [other], "sig-crypto-failure"),
        (document, [], "no-certificate-chain-found"),
        (document.replace("花子".encode(), "太郎".encode()), [trusted], "hash-failure"),
        (b"<!DOCTYPE a><a/>", [trusted], "format-failure"),
        (b"<a/>", [trusted], "format-failure"),
    ):
        found = judged(damaged, *certificates)
        assert ("invalid", error, False) == (
            found["verdict"],
            found["error"],
            found["signed_root_is_document"],
        )


@pytest.mark.parametrize(
    ("what", "data", "verdict"),
    [
        pytest.param("certificate", HANAKO, "parsed", id="certificate"),
        pytest.param("certificate", HANAKO + b"\0", "refused", id="certificate and more"),
        pytest.param("crl", LISTS[0], "parsed", id="list"),
        pytest.param("crl", HANAKO, "refused", id="no list"),
        pytest.param("name", b"\x30\x00", "parsed", id="empty name"),
        pytest.param("name", b"\x30\x02\x31\x00", "refused", id="empty RDN"),
        pytest.param("spki", b"\x30\x00", "refused", id="no key"),
        pytest.param("der", b"\x05\x00", "parsed", id="NULL"),
        pytest.param("der", b"\x05\x80", "refused", id="indefinite length"),
        pytest.param("xml", b"<a/>", "parsed", id="XML"),
        pytest.param("xml", b"<a>", "refused", id="no XML"),
        pytest.param(
            "pem", b"-----BEGIN NULL-----\nBQA=\n-----END NULL-----\n", "parsed", id="PEM"
        ),
        pytest.param("pem", b"-----BEGIN NULL-----\nBQA=\n", "refused", id="PEM without end"),
        pytest.param("ocsp-response", b"\x30\x00", "refused", id="no response"),
        pytest.param("der", bytes(3 << 20), "refused", id="too long"),
    ],
)
def test_an_object_is_parsed_or_refused(what, data, verdict):
    found = asked("parse", what=what, data=b64(data))

    assert verdict == found["verdict"]
    assert ("error" in found) is (verdict == "refused")


@pytest.mark.parametrize(
    ("line", "identifier", "error"),
    [
        pytest.param(b"", None, "bad-request", id="empty"),
        pytest.param(b"not JSON\n", None, "bad-request", id="not JSON"),
        pytest.param(b"\xff\n", None, "bad-request", id="not UTF-8"),
        pytest.param(b"[" * 100_000, None, "bad-request", id="deep"),
        pytest.param(b"[]", None, "bad-request", id="no object"),
        pytest.param(b'{"id":1,"kind":"path"}', None, "bad-request", id="id is no string"),
        pytest.param(b'{"id":"a"}', "a", "bad-request", id="no kind"),
        pytest.param(b'{"id":"a","kind":"tea"}', "a", "unsupported", id="unknown kind"),
        pytest.param(b'{"id":"a","kind":"ocsp"}', "a", "bad-request", id="no response"),
        pytest.param(
            b'{"id":"a","kind":"parse","what":"tea","data":""}', "a", "unsupported", id="object"
        ),
        pytest.param(b'{"id":"a","kind":"path"}', "a", "bad-request", id="nothing in it"),
        pytest.param(
            b'{"id":"a","kind":"parse","what":"der","data":"*"}', "a", "bad-request", id="base64"
        ),
        pytest.param(None, None, "bad-request", id="too long"),
    ],
)
def test_whatever_is_in_a_line_is_answered(line, identifier, error):
    found = answer(line)

    assert (identifier, error) == (found["id"], found["error"])


@pytest.mark.parametrize(
    "fields",
    [
        {"time": "2026-04-01"},
        {"time": "2026-13-01T00:00:00Z"},
        {"time": "0001-01-01T00:00:00+23:59"},
        {"policies": "1.2.3"},
        {"policies": ["1.99.3"]},
        {"policies": ["1..3"]},
        {"explicit_policy": "yes"},
        {"max_depth": -1},
        {"max_depth": True},
        {"revocation": "some"},
        {"certs": []},
        {"certs": ["MAA"]},
        {"profile": "none"},
    ],
    ids=str,
)
def test_a_request_that_is_not_as_written_is_a_bad_one(fields):
    assert "bad-request" == path(**fields)["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("MAA="),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    st.sampled_from(["path", "crl", "signature", "xmldsig", "parse"]),
    st.dictionaries(
        st.sampled_from(
            [
                *("anchors", "certs", "crls", "time", "policies", "cert", "issuer", "crl"),
                *("keys", "document", "what", "data", "spki", "message", "signature"),
                *("algorithm", "resources", "profile", "max_age", "ekus", "revocation"),
            ]
        ),
        JSON | st.sampled_from(["der", "xml", "name", "pem", TIME, "ecdsa-sha256", b64(HANAKO)]),
    ),
)
def test_no_request_is_answered_internal(kind, fields):
    found = asked(kind, **fields)

    assert "1" == found["id"]
    assert "internal" != found.get("error")


def test_the_order_of_requests_changes_no_answer():
    requests = [
        json.dumps({"id": str(n), "kind": "parse", "what": "certificate", "data": b64(der)})
        for n, der in enumerate([HANAKO, CITY, ROOT, HANAKO[:-1], b""] * 4)
    ]
    forwards = [answer(line.encode()) for line in requests]
    backwards = [answer(line.encode()) for line in reversed(requests)]

    assert forwards == backwards[::-1]


def test_a_line_that_is_too_long_is_skipped_whole():
    source = io.BytesIO(b"123456789abcdefghi\n" + b"12345678\n" + b"123456789\n" + b"end")

    assert [None, b"12345678\n", None, b"end"] == list(lines(source, limit=8))


def test_the_command_answers_each_line_and_leaves_with_status_zero():
    request = json.dumps({"id": "é", "kind": "parse", "what": "der", "data": "BQA="})
    ran = CliRunner().invoke(cli, ["oracle"], input=f"{request}\nnonsense\n\n{request}")

    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert 0 == ran.exit_code
    assert ["é", None, None, "é"] == [each["id"] for each in found]
    assert ["parsed", None, None, "parsed"] == [each.get("verdict") for each in found]


@pytest.mark.slow
def test_a_process_of_its_own_answers_while_its_input_stays_open():
    ran = subprocess.Popen(
        [sys.executable, "-m", "harness", "oracle"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    request = json.dumps({"id": "1", "kind": "parse", "what": "der", "data": "BQA="}).encode()
    with ran:
        for _ in range(2):
            ran.stdin.write(request + b"\n")
            ran.stdin.flush()
            assert {"id": "1", "verdict": "parsed"} == json.loads(ran.stdout.readline())
        ran.stdin.close()
        assert 0 == ran.wait(timeout=60)
