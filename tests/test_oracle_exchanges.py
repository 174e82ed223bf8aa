"""
The oracle's catalogue: for each kind a request to every answer, kept as files.

Whoever writes another validator behind the same protocol can be asked the same; OpenSSL,
which has no such protocol, is asked about the OCSP responses among them.
"""

import base64
import datetime as dt
import json
import random
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from outside import openssl

from harness.exports import pem
from harness.oracle.answers import KINDS, MAX_LINE, answer
from harness.oracle.kinds import READERS
from pki.causes import CAUSES

HERE = Path(__file__).parent
FILES = sorted((HERE / "oracle").glob("*.jsonl"))
EXCHANGES = [json.loads(line) for file in FILES for line in file.read_text("utf-8").splitlines()]
ELSEWHERE = {"cms", "pdf"}  # objects of the extras, which have stories of their own
NOT_OF_THE_TABLE = {"unsupported", "bad-request"}

MANY = 10_000  # requests
PROCESSES = 40  # of their own, for as many of them

# Each word that the protocol documents, by the field that says it.
WORDS = {
    "path": ("verdict", {"valid", "invalid", "indeterminate"}),
    "crl": ("status", {"good", "revoked", "unknown", "error"}),
    "ocsp": ("status", {"good", "revoked", "unknown", "error"}),
    "signature": ("verdict", {"valid", "invalid"}),
    "xmldsig": ("verdict", {"valid", "invalid"}),
    "parse": ("verdict", {"parsed", "refused"}),
}


def line(exchange):
    return json.dumps(exchange["request"]).encode()


def without_prose(said):
    return {key: value for key, value in said.items() if key != "why"}


def of_kind(kind):
    """
    List the exchanges of a kind whose request is one.
    """
    return [
        each
        for each in EXCHANGES
        if each["request"].get("kind") == kind and each["answer"].get("error") != "bad-request"
    ]


ROOT = base64.b64decode(of_kind("path")[0]["request"]["anchors"][0])


@pytest.mark.parametrize(
    "exchange", EXCHANGES, ids=[f"{e['request']['id']} {e['name']}" for e in EXCHANGES]
)
def test_every_request_has_the_answer_of_the_file(exchange):
    """
    If this fails, run scripts/make_oracle_cases.py and ask of each changed line why.
    """
    assert without_prose(exchange["answer"]) == without_prose(answer(line(exchange)))


def test_the_files_are_what_the_script_makes(monkeypatch):
    """
    The same octets at every run, but for the prose.
    """
    monkeypatch.syspath_prepend(HERE.parent / "scripts")
    script = runpy.run_path(str(HERE.parent / "scripts" / "make_oracle_cases.py"))
    made = [json.loads(each) for word in sorted(script["FILES"]) for each in script["lines"](word)]

    assert [each["request"] for each in EXCHANGES] == [each["request"] for each in made]


def test_each_kind_has_a_request_to_every_documented_answer():
    assert set(KINDS) == set(WORDS)
    for kind, (field, words) in WORDS.items():
        assert words <= {each["answer"].get(field) for each in of_kind(kind)}, kind


def test_each_sort_of_object_is_read_once_and_refused_once():
    for what in set(READERS) - ELSEWHERE:
        verdicts = {
            each["answer"]["verdict"]
            for each in of_kind("parse")
            if each["request"].get("what") == what and "verdict" in each["answer"]
        }
        assert {"parsed", "refused"} == verdicts, what


def test_trouble_has_a_name_of_the_table_of_causes():
    errors = {each["answer"].get("error") for each in EXCHANGES} - {None}

    assert errors > NOT_OF_THE_TABLE
    assert set(CAUSES) >= errors - NOT_OF_THE_TABLE


def test_an_answer_under_the_old_profile_says_so():
    for each in EXCHANGES:
        old = each["request"].get("profile") == "legacy"
        assert old is ("profile" in each["answer"])


TIMES = "openssl ocsp looks at its own clock, so times are not put to it"
EXTENSIONS = "OpenSSL looks at no extension but the nonce"

# Where OpenSSL says good or revoked and we do not, or the other way round, and why.
DIFFERENT = {
    "past its nextUpdate": TIMES,
    "revoked, past its nextUpdate": TIMES,
    "from the future": TIMES,
    "produced in the future": TIMES,
    "no nextUpdate, two days old": TIMES,
    "older than asked for": TIMES,
    "an unknown critical extension": EXTENSIONS,
    "an unknown critical extension of its own": EXTENSIONS,
    "good and revoked": "OpenSSL reads the first answer about a certificate, we the worst",
    "good and not known": "OpenSSL reads the first answer about a certificate, we the worst",
    "good, named by SHA-256": "openssl ocsp looks for SHA-1 unless it is told",
    "octets after it": "OpenSSL reads one object and leaves the rest",
    "a delegate who may only encipher": "OpenSSL looks at extKeyUsage and not at keyUsage",
    "an empty nonce": "OpenSSL takes a nonce of any length (RFC 9654)",
}
FOR_EVER = 1_000_000_000  # seconds that a clock may be off


@pytest.mark.slow
@pytest.mark.parametrize("exchange", of_kind("ocsp"), ids=lambda each: each["name"])
def test_openssl_is_asked_about_each_response(exchange, tmp_path):
    """
    What OpenSSL calls good that is not good here, or the reverse, is listed with a reason.

    A certificate that is no certificate, or another's, cannot be put to it.
    """
    request = exchange["request"]
    octets = {name: base64.b64decode(request[name]) for name in ("cert", "issuer", "response")}
    if exchange["name"] == "no certificate":
        return
    for name in ("cert", "issuer"):
        (tmp_path / name).write_bytes(pem("CERTIFICATE", octets[name]))
    (tmp_path / "root").write_bytes(pem("CERTIFICATE", ROOT))
    (tmp_path / "response").write_bytes(octets["response"])
    at = dt.datetime.fromisoformat(request["time"])

    done = openssl(
        *("ocsp", "-respin", "response", "-issuer", "issuer", "-cert", "cert", "-no_nonce"),
        *("-CAfile", "root", "-verify_other", "issuer", "-attime", int(at.timestamp())),
        *("-validity_period", FOR_EVER),
        folder=tmp_path,
    )

    trusted = "Response verify OK" in done.stderr
    said = {word for word in ("good", "revoked") if trusted and f"cert: {word}\n" in done.stdout}
    ours = {exchange["answer"]["status"]} & {"good", "revoked"}
    assert (said != ours) is (exchange["name"] in DIFFERENT), done


def many(count):
    """
    Draw requests from the files; one in three has been damaged somewhere.
    """
    chance = random.Random("minijpki/oracle")
    cheap = [each for each in EXCHANGES if len(line(each)) < 20_000]
    drawn = []
    for number in range(count):
        request = {**chance.choice(cheap)["request"], "id": str(number)}
        if chance.random() < 1 / 3:
            key = chance.choice(list(request))
            if key == "id":
                request["tea"] = True
            elif isinstance(request[key], str) and request[key]:
                place = chance.randrange(len(request[key]))
                request[key] = request[key][:place] + "A" + request[key][place + 1 :]
            else:
                request[key] = chance.choice([None, 1, "MAA=", [], {}, ["MAA="], True])
        drawn.append(json.dumps(request).encode() + b"\n")
    return drawn


def one_process(requests):
    run = subprocess.run(
        [sys.executable, "-m", "harness", "oracle"],
        input=b"".join(requests),
        capture_output=True,
        check=True,
        timeout=1200,
    )
    return [json.loads(each) for each in run.stdout.splitlines()]


@pytest.mark.slow
def test_the_longest_line_is_answered_and_so_is_what_comes_after_a_longer_one():
    """
    The command takes 64 MiB, and skips what is longer whole.
    """
    head = b'{"id":"big","kind":"parse","what":"der","data":"'
    size = MAX_LINE - len(head) - 2
    longest = head + b"A" * (size - size % 4) + b'"' + b" " * (size % 4) + b"}"
    small = b'{"id":"small","kind":"parse","what":"der","data":"BQA="}'
    assert MAX_LINE == len(longest)

    found = one_process([longest + b"\n", b" " + longest + b"\n", b"\n", small])

    assert ["big", None, None, "small"] == [each["id"] for each in found]
    errors = [each.get("error") for each in found]
    assert ["search-limit", "bad-request", "bad-request", None] == errors


@pytest.mark.slow
@pytest.mark.torture
def test_one_process_answers_as_one_process_each_and_in_any_order(scaled):
    """
    Of the processes of their own only some are started: each takes half a second.
    """
    requests = many(scaled(MANY))
    order = list(range(len(requests)))
    random.Random("another order").shuffle(order)

    forwards = one_process(requests)
    shuffled = one_process([requests[number] for number in order])

    assert [str(number) for number in range(len(requests))] == [each["id"] for each in forwards]
    assert [forwards[number] for number in order] == shuffled
    assert "internal" not in {each.get("error") for each in forwards}
    words = {each.get("verdict", each.get("status")) for each in forwards}
    assert {"valid", "invalid", "indeterminate", "good", "revoked", "unknown", "error"} <= words
    for number in order[: scaled(PROCESSES)]:
        assert [forwards[number]] == one_process([requests[number]])
