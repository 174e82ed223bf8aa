"""
Everything that reads is shown what nobody would send, and answers or refuses in its own words.

Damage is drawn from seeds that are the oracle's catalogue: half of it turns and cuts octets,
half takes elements out of their place and writes the lengths anew, which gets further in.
scripts/fuzz.py does the same guided by coverage.  What follows is a list and not luck: the
inputs that each reader must meet, and the worst that it will read at all, under an alarm.
"""

import base64
import importlib.util
import json
import os
import runpy
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crl.ocsp.read import read_response
from crl.opened import ask, open_list
from harness.oracle.answers import answer
from harness.oracle.kinds import READERS
from pki.der.write import (
    NULL,
    bit_string,
    explicit,
    integer,
    octet_string,
    oid,
    sequence,
    tlv,
)
from pki.errors import JpkiError, SearchExhausted
from pki.paths.budget import Budget
from pki.paths.foreign import read_foreign

ROOT = Path(__file__).parent.parent
FUZZ = runpy.run_path(str(ROOT / "scripts" / "fuzz.py"))
TARGETS = FUZZ["targets"]()
CATALOGUE = ROOT / "tests" / "oracle"
CALLERS = {"line", "signatures", *FUZZ["JUDGED"]}
every_target = pytest.mark.parametrize("name", TARGETS)

EXAMPLES, EACH = 200, 100  # 20,000 inputs for each reader
FEWER = 20  # of those that only call other readers
GUIDED = 1_000_000  # inputs for each reader in `make torture`
BRIEFLY = 2_000  # for one reader elsewhere: a process and its instruments cost seconds
IN_FULL = os.environ.get("MINIJPKI_TORTURE") == "1"
TENFOLD = 10  # seconds: ten times the budget of one input


def tried(target, octets):
    return FUZZ["accepts"](target.read, octets, JpkiError)


@contextmanager
def alarm(seconds):
    """
    End what hangs; the only use of a clock, and no measure of anything.
    """

    def ring(number, frame):
        raise TimeoutError(f"after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@every_target
def test_no_damage_raises_anything_but_the_project_s_own_error(name):
    """
    A target that reads nothing would test nothing: one in a hundred must get past it.
    """
    target, each = TARGETS[name], FEWER if name in CALLERS else EACH
    passed = []

    @settings(derandomize=True, max_examples=EXAMPLES, deadline=None)
    @given(st.integers(0, 1 << 64))
    def damaged(seed):
        damage = FUZZ["Damage"](target, seed)
        passed.append(sum(tried(target, damage.one()) for _ in range(each)))

    with alarm(100):
        damaged()

    assert len(passed) * each <= sum(passed) * 100


@every_target
@settings(derandomize=True, max_examples=50, deadline=None)
@given(octets=st.binary(max_size=200))
def test_no_octets_at_all_raise_anything_but_it(name, octets):
    tried(TARGETS[name], octets)


@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.parametrize("name", TARGETS if IN_FULL else ["ocsp-response"])
def test_coverage_guides_nobody_to_another_error(name, tmp_path):
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed; it comes with the extra fuzz, on Linux and x86-64")
    runs = GUIDED if IN_FULL else BRIEFLY

    ran = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fuzz.py"), name, "--runs", str(runs)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=7200,
    )

    assert 0 == ran.returncode, ran.stderr[-2000:]
    [said] = [each for each in ran.stdout.splitlines() if each.startswith(f"{name}: ")]
    assert 0 < int(said.removeprefix(f"{name}: ").partition(" ")[0]), said


catalogued = FUZZ["exchanged"]
HANAKO = catalogued("path", "certs", "both lists are silent")
LIST = catalogued("crl", "crl", "listed")
RESPONSE = catalogued("ocsp", "response", "a delegate")


def said(request, field, octets):
    changed = {**request, field: base64.b64encode(octets).decode()}
    return answer(json.dumps(changed).encode())["status"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "field", "name", "status"),
    [
        pytest.param("crl", "crl", "silent", "good", id="list"),
        pytest.param("crl", "crl", "listed", "revoked", id="list that names somebody"),
        pytest.param("ocsp", "response", "good", "good", id="response"),
        pytest.param("ocsp", "response", "revoked", "revoked", id="response that says revoked"),
        pytest.param("ocsp", "response", "a delegate", "good", id="response of a delegate"),
    ],
)
def test_with_any_bit_turned_over_nothing_is_said(kind, field, name, status):
    """
    Neither good nor revoked; in none of these is there an octet that no signature covers.
    In `make torture` every bit, else one of every octet.
    """
    request = next(
        exchange["request"]
        for exchange in map(json.loads, (CATALOGUE / f"{kind}.jsonl").read_text().splitlines())
        if exchange["name"] == name
    )
    whole = base64.b64decode(request[field])
    accepted = {}
    for place in range(len(whole)):
        for bit in range(8) if IN_FULL else (place % 8,):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            found = said(request, field, bytes(changed))
            if found not in ("unknown", "error"):
                accepted[place, bit] = found

    assert status == said(request, field, whole)
    assert {} == accepted


def within(octets, old, new):
    """
    Put another element in the place of one that stands there once, with its lengths.
    """
    assert 1 == octets.count(old), old.hex()
    return _rebuilt(octets, old, new)


def _rebuilt(octets, old, new):
    written, at = b"", 0
    while at < len(octets):
        [(tag, begin, start, stop), *_] = FUZZ["_elements"](octets, at, len(octets))
        content = octets[start:stop]
        if octets[begin:stop] == old:
            written += new
        elif tag & 0x20 and old in content:
            written += tlv(tag, _rebuilt(content, old, new))
        else:
            written += octets[begin:stop]
        at = stop
    return written


DEEP = b"\x30\x80" * 2500 + b"\0\0" * 2500
NESTED = b"\x05\x00"
for _ in range(5000):
    NESTED = sequence(NESTED)

EVERYWHERE = {
    "nothing": b"",
    "indefinite length": b"\x30\x80\x05\x00\x00\x00",
    "5,000 deep": NESTED,
    "5,000 deep, indefinite": DEEP,
    "4 GiB": b"\x30\x84\xff\xff\xff\xff" + bytes(9),
    "more than 4 GiB": b"\x30\x89" + b"\xff" * 9,
    "length not the shortest": b"\x30\x81\x02\x05\x00",
    "INTEGER not the shortest": sequence(b"\x02\x02\x00\x01"),
    "INTEGER of nothing": sequence(b"\x02\x00"),
    "BOOLEAN 01": sequence(b"\x01\x01\x01"),
    "tag of several octets": b"\x3f\x81\x01\x00",
    "no constructed tag": b"\x10\x02\x05\x00",
    "OID cut off": sequence(b"\x06\x01\x80"),
    "BIT STRING of nothing": sequence(b"\x03\x00"),
    "BIT STRING with nine bits unused": sequence(b"\x03\x02\x09\x00"),
    "a set, a string, a null": b"\x31\x00\x0c\x00\x05\x00",
}
JUDGED = FUZZ["JUDGED"]
NOT_DER = {"pem", "xml", "signatures", "line"}
BINARY = [name for name in TARGETS if name not in NOT_DER | set(JUDGED)]


@pytest.mark.parametrize("case", EVERYWHERE)
@pytest.mark.parametrize("name", BINARY)
def test_der_that_is_none_is_refused_by_every_reader(name, case):
    octets = EVERYWHERE[case]

    assert not tried(TARGETS[name], octets) or name == "der"


@pytest.mark.parametrize("name", BINARY)
def test_an_object_cut_off_anywhere_is_refused_as_is_one_with_octets_behind(name):
    target = TARGETS[name]
    whole = min(target.seeds, key=len)

    assert not any(tried(target, whole[:size]) for size in range(len(whole)))
    assert not tried(target, whole + b"\0")
    assert tried(target, whole)


def extension(dotted, value, *flag):
    return sequence(oid(dotted), *flag, octet_string(value))


def a_name(tag, content):
    return sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(tag, content))))


COMMON_NAME = a_name(0x0C, b"Hanako")
SERIAL = integer(0x4711)
POLICIES = extension("2.5.29.32", sequence(sequence(oid("1.3.6.1.4.1.32473.85.7.1"))))
EXTENSIONS = explicit(3, sequence(POLICIES))
ALGORITHM = sequence(oid("1.2.840.10045.4.3.2"))
BEGINS = tlv(0x17, b"250401030000Z")
VERSION = explicit(0, integer(2))
NAMES = "2.5.29.17"  # subjectAltName


def with_extensions(*extensions):
    return within(HANAKO, EXTENSIONS, explicit(3, sequence(*extensions)))


REFUSED_CERTIFICATES = {
    "an extension twice": with_extensions(POLICIES, POLICIES),
    "no extension in the list": with_extensions(),
    "version 1 with extensions": within(HANAKO, VERSION, b""),
    "version 1 written out": within(HANAKO, VERSION, explicit(0, integer(0))),
    "version 4": within(HANAKO, VERSION, explicit(0, integer(3))),
    "serial over 20 octets": within(HANAKO, SERIAL, integer(1 << 168)),
    "serial with an octet too many": within(HANAKO, SERIAL, b"\x02\x03\x00\x47\x11"),
    "another algorithm outside": HANAKO.replace(ALGORITHM, sequence(oid("1.2.840.10045.4.3.3")), 1),
    "an absent NULL outside": HANAKO.replace(ALGORITHM, ALGORITHM[:-1] + b"\x03", 1),
    "time with a fraction": within(HANAKO, BEGINS, tlv(0x18, b"20250401030000.5Z")),
    "time with an offset": within(HANAKO, BEGINS, tlv(0x17, b"2504010300+0900")),
    "time without seconds": within(HANAKO, BEGINS, tlv(0x17, b"2504010300Z")),
    "30 February": within(HANAKO, BEGINS, tlv(0x17, b"250230030000Z")),
    "digits that are none": within(HANAKO, BEGINS, tlv(0x17, "２50401030000Z".encode()[:13])),
    "bad UTF-8": within(HANAKO, COMMON_NAME, a_name(0x0C, b"\xff")),
    "kanji in PrintableString": within(HANAKO, COMMON_NAME, a_name(0x13, "花".encode())),
    "octets over 127 in IA5String": within(HANAKO, COMMON_NAME, a_name(0x16, b"\x80")),
    "half a character in BMPString": within(HANAKO, COMMON_NAME, a_name(0x1E, b"\x30")),
    "half a pair in BMPString": within(HANAKO, COMMON_NAME, a_name(0x1E, b"\xd8\x00")),
    "no character in UniversalString": within(HANAKO, COMMON_NAME, a_name(0x1C, b"\xff" * 4)),
    "no attribute": within(HANAKO, COMMON_NAME, sequence(tlv(0x31, b""))),
    "critical FALSE": with_extensions(extension("2.5.29.32", b"\x30\x00", b"\x01\x01\x00")),
    "critical 01": with_extensions(extension("2.5.29.32", b"\x30\x00", b"\x01\x01\x01")),
    "no name at all": with_extensions(extension(NAMES, sequence())),
    "keyUsage with octets behind": with_extensions(
        extension("2.5.29.15", b"\x03\x02\x07\x80" + b"\0")
    ),
    "keyUsage with zeros behind": with_extensions(extension("2.5.29.15", b"\x03\x02\x00\x80")),
    "cA FALSE written out": with_extensions(extension("2.5.29.19", sequence(b"\x01\x01\x00"))),
    "a path length below zero": with_extensions(
        extension("2.5.29.19", sequence(b"\x01\x01\xff", integer(-1)))
    ),
}
READ_CERTIFICATES = {
    "serial zero": within(HANAKO, SERIAL, integer(0)),
    "serial below zero": within(HANAKO, SERIAL, integer(-5)),
    "serial of 20 octets": within(HANAKO, SERIAL, integer((1 << 159) - 1)),
    "the year 9999": within(HANAKO, BEGINS, tlv(0x18, b"99991231235959Z")),
    "an otherName of any type": with_extensions(
        extension(NAMES, sequence(tlv(0xA0, oid("1.2.3.4") + explicit(0, NULL))))
    ),
    "an otherName of nothing": with_extensions(extension(NAMES, sequence(tlv(0xA0, b"")))),
    "an extension that nobody knows": with_extensions(extension("1.2.3.4", b"not DER")),
    "a string that nobody compares": within(HANAKO, COMMON_NAME, a_name(0x14, b"\xff")),
}


@pytest.mark.parametrize("case", REFUSED_CERTIFICATES)
def test_a_certificate_that_breaks_its_form_is_refused(case):
    assert not tried(TARGETS["certificate"], REFUSED_CERTIFICATES[case])


@pytest.mark.parametrize("case", READ_CERTIFICATES)
def test_what_only_looks_odd_is_read(case):
    """
    The twin of what is refused: a reader that refuses all would pass the other test.
    """
    assert READ_CERTIFICATES[case] == read_foreign(READ_CERTIFICATES[case]).certificate.der


def rsa(modulus, exponent):
    key = sequence(integer(modulus), integer(exponent))
    return sequence(sequence(oid("1.2.840.113549.1.1.1"), NULL), bit_string(key))


ODD = (1 << 2047) + 1


@pytest.mark.parametrize(
    "spki",
    [
        pytest.param(rsa(ODD - 1, 65537), id="even modulus"),
        pytest.param(rsa(1, 65537), id="modulus of one bit"),
        pytest.param(rsa(0, 65537), id="modulus zero"),
        pytest.param(rsa(-ODD, 65537), id="modulus below zero"),
        pytest.param(rsa(ODD, 1), id="exponent one"),
        pytest.param(rsa(ODD, 2), id="even exponent"),
        pytest.param(rsa(ODD, 0), id="exponent zero"),
        pytest.param(rsa(ODD, (1 << 64) + 1), id="endless exponent"),
        pytest.param(
            sequence(sequence(oid("1.2.840.10045.2.1"), oid("1.2.3")), b"\x03\x02\x00\x04"),
            id="no curve",
        ),
    ],
)
def test_a_key_that_is_none_is_refused(spki):
    assert not tried(TARGETS["spki"], spki)


def test_a_key_with_the_exponent_three_is_one():
    assert tried(TARGETS["spki"], rsa(ODD, 3))


@cache
def worst():
    """
    What costs a reader most, at the size that it reads at all; (target, octets).
    """
    many = 1 << 18
    nulls = b"\x05\x00" * (many // 2 - 8)
    rdn = a_name(0x13, b"a")[2:]
    point = tlv(0xA0, tlv(0xA0, tlv(0x86, b"a")))
    one = sequence(integer(5), tlv(0x17, b"260401000000Z"))
    entries = one * ((8 << 20) // len(one) - 40)
    found = {
        "elements without end": ("der", sequence(b"\x05\x00" * ((1 << 20) - 8))),
        "a name of many": ("name", sequence(rdn * (many // len(rdn) - 2))),
        "an RDN of many": ("name", sequence(tlv(0x31, rdn[2:] * (many // len(rdn[2:]) - 2)))),
        "many extensions": (
            "certificate",
            with_extensions(*[extension(f"1.2.{n}", NULL) for n in range(15_000)]),
        ),
        "many names": (
            "certificate",
            with_extensions(extension(NAMES, sequence(b"\x82\x00" * 120_000))),
        ),
        "an endless identifier": ("der", tlv(0x06, b"\xff" * ((1 << 20) - 9) + b"\x01")),
        "nulls for a response": ("ocsp-response", sequence(nulls)),
        "many points": (
            "certificate",
            with_extensions(extension("2.5.29.31", sequence(sequence(point) * 15_000))),
        ),
        "a long list": ("crl", within(LIST, _entries(LIST), sequence(entries))),
        "many blocks": (
            "pem",
            b"-----BEGIN A-----\nBQA=\n-----END A-----\n" * ((2 << 20) // 41),
        ),
        "beginnings of blocks": ("pem", b"-----BEGIN A-----\n" * ((2 << 20) // 19)),
        "many answers": ("ocsp-response", _many_answers()),
    }
    return found


def _entries(der):
    start, stop = open_list(der).crl.entries_start, open_list(der).crl.entries_stop
    return sequence(der[start:stop])


def _many_answers():
    one = catalogued("ocsp", "response", "good")
    single = read_response(one)
    assert 1 == len(single.singles)
    tbs = single.tbs
    [(_, _, start, stop)] = FUZZ["_elements"](tbs, 0, len(tbs))
    _, _, (_, begin, at, end), *_ = FUZZ["_elements"](tbs, start, stop)
    many = sequence(tbs[at:end] * (250_000 // (end - at)))
    return _in_octets(one, tbs[begin:end], many)


def _in_octets(response, old, new):
    """
    Reach into the OCTET STRING that holds the basic response.
    """
    [(_, _, start, stop)] = FUZZ["_elements"](response, 0, len(response))
    status, (_, _, inner, last) = FUZZ["_elements"](response, start, stop)
    [(_, _, first, end)] = FUZZ["_elements"](response, inner, last)
    kind, (_, _, basic, over) = FUZZ["_elements"](response, first, end)
    changed = _rebuilt(response[basic:over], old, new)
    answered = sequence(response[kind[1] : kind[3]], octet_string(changed))
    return sequence(response[status[1] : status[3]], explicit(0, answered))


@pytest.mark.slow
def test_the_worst_input_of_its_size_ends_in_a_verdict_of_its_own():
    """
    A second is the budget; the alarm rings at ten, and what bounds the work is the size.
    """
    for what, octets in worst().values():
        limit, reader = READERS[what]
        assert limit // 8 < len(octets) <= limit, (what, len(octets))
        with alarm(TENFOLD):
            FUZZ["accepts"](reader, octets, JpkiError)


@pytest.mark.parametrize("what", READERS)
def test_an_object_over_its_size_is_refused_unread(what):
    limit, _ = READERS[what]
    asked = {"id": "1", "kind": "parse", "what": what}

    found = answer(
        json.dumps({**asked, "data": base64.b64encode(bytes(limit + 1)).decode()}).encode()
    )

    assert ("refused", "search-limit") == (found["verdict"], found["error"])


def test_entries_that_are_read_one_by_one_are_counted():
    """
    A list of somebody's own making ends by the counter and not by the clock.
    """
    negative = sequence(integer(-5), tlv(0x17, b"260401000000Z"))
    endless = within(LIST, _entries(LIST), sequence(negative * 300_001))

    with alarm(TENFOLD), pytest.raises(SearchExhausted):
        ask(open_list(endless), Budget())


def request_of(kind, name):
    for each in (CATALOGUE / f"{kind}.jsonl").read_text("utf-8").splitlines():
        exchange = json.loads(each)
        if exchange["name"] == name:
            return exchange["request"]
    raise AssertionError(f"no exchange {name!r}")


def encoded(*octets):
    return [base64.b64encode(each).decode() for each in octets]


BOMBS = {
    "a response with more certificates than anybody reads": lambda: {
        **request_of("path", "a response for each"),
        "ocsps": encoded(_with_certificates(HANAKO, 2_500)) * 5,
    },
    "a response with thousands of answers, a hundred times": lambda: {
        **request_of("path", "a response for each"),
        "ocsps": encoded(_many_answers()) * 100,
    },
    "thousands of responses about nobody": lambda: {
        **request_of("path", "a response for each"),
        "ocsps": encoded(catalogued("ocsp", "response", "another serial")) * 12_000,
    },
    "thousands of certificates": lambda: {
        **request_of("path", "nobody is asked about revocation"),
        "certs": encoded(HANAKO) * 12_000,
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_request_made_to_be_worked_on_for_ever_ends_by_the_counter(bomb):
    """
    Five seconds are the budget of a request; the alarm rings at ten times as many.
    """
    asked = json.dumps(BOMBS[bomb]()).encode()

    with alarm(5 * TENFOLD):
        found = answer(asked)

    assert ("indeterminate", "search-limit") == (found["verdict"], found["error"])


def _with_certificates(der, count):
    """
    Fill a response by hand up with certificates.
    """
    response = catalogued("ocsp", "response", "a delegate")
    [delegate] = read_response(response).certificates
    return _in_octets(response, sequence(delegate), sequence(der * count))


def test_a_responder_whose_key_is_none_leaves_it_open():
    """
    He is passed over like any stranger, and the response is not called unreadable for him.
    """
    [delegate] = read_response(RESPONSE).certificates
    spki = read_foreign(delegate).certificate.spki
    keyless = within(delegate, spki, sequence(sequence(), NULL))

    assert "unknown" == said(
        request_of("ocsp", "a delegate"), "response", _with_certificates(keyless, 1)
    )


KEPT: dict[str, list[str]] = {}  # target: octets in hex that once made trouble


def test_what_once_made_trouble_makes_none():
    for name, kept in KEPT.items():
        for each in kept:
            tried(TARGETS[name], bytes.fromhex(each))
