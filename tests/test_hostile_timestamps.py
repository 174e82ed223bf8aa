"""
Somebody tampers with what the authority said, or asks it strange things.

No changed token is believed, whichever bit it is, but for those that nobody signed, and
they are counted here.  Whatever is sent, the authority answers, and the verifier says in
one word why not.
"""

from datetime import timedelta
from functools import cache
from hashlib import sha1, sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stamps import DOCUMENT, NONCE, NOON, request, stamped, stamper, town

from harness.verifier.evidence import AtHand, response
from harness.verifier.timestamps import verify_token
from pki.certificate.read import read_certificate
from pki.certificate.write import Subject, issue, template
from pki.cms.identifiers import DATA, TST_INFO
from pki.cms.read import read_signed_data
from pki.cms.write import sign_data
from pki.der.write import NULL, explicit, integer, octet_string, oid, sequence, tlv
from pki.errors import Malformed
from pki.keys import ROWS, sign, spki_of
from pki.kinds import Algorithm, Kind, Naming
from pki.names import service_name
from pki.profiles import TSA
from pki.timestamps.answer import answer
from pki.timestamps.check import open_token
from pki.timestamps.read import read_info, read_request, read_response
from pki.timestamps.words import POLICY, Status
from pki.timestamps.write import message_imprint

LATER = NOON + timedelta(hours=1)
# Of the response, not of the token: PKIStatus 1 is as good as 0, and nobody signs either.
UNSIGNED = {(8, 0)}
TIME = tlv(0x18, b"20260401030000Z")
IMPRINT = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), octet_string(bytes(32)))


@cache
def evidence(algorithm):
    """
    The CA, and what its responder says of the authority.
    """
    world = town(algorithm).world
    serial = read_certificate(stamper(algorithm).certificate).serial
    told = response(world.responder.answer(Kind.SIGN, 1, serial, at=LATER))
    return AtHand(world.evidence.as_of(LATER).anchors, (), (told,))


def cause(token, algorithm=Algorithm.RSA2048):
    return verify_token(token, DOCUMENT, evidence(algorithm), at=LATER).cause


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
@pytest.mark.torture
def test_no_bit_can_be_turned_unseen(algorithm, scaled):
    """
    At full size every bit of every octet, else one of each.
    """
    token = stamped(by=stamper(algorithm), nonce=NONCE)
    assert None is cause(token, algorithm)
    bits = range(8) if scaled(20) == 20 else (0,)
    accepted = set()

    for at in range(len(token)):
        for bit in bits:
            changed = bytearray(token)
            changed[at] ^= 1 << bit
            if cause(bytes(changed), algorithm) is None:
                accepted.add((at, bit))

    assert UNSIGNED == accepted
    assert Status.GRANTED_WITH_MODS is read_response(token[:8] + b"\x01" + token[9:]).status


def test_no_part_of_a_token_is_a_token():
    token = stamped()

    assert {"timestamp-invalid"} == {cause(token[:size]) for size in range(len(token))}
    assert "timestamp-invalid" == cause(token + b"\x00")


def test_a_token_counts_without_the_response_around_it():
    assert None is cause(read_response(stamped()).token)


def info(*parts, imprint=IMPRINT):
    return sequence(integer(1), oid(POLICY), imprint, integer(1), *parts)


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(sequence(integer(2), oid(POLICY), IMPRINT, integer(1), TIME), id="version 2"),
        pytest.param(info(), id="no time"),
        pytest.param(info(tlv(0x17, b"260401030000Z")), id="UTCTime"),
        pytest.param(info(tlv(0x18, b"20260401030000")), id="no Z"),
        pytest.param(info(tlv(0x18, b"20260401030000+0900")), id="an offset"),
        pytest.param(info(tlv(0x18, b"202604010300Z")), id="no seconds"),
        pytest.param(info(tlv(0x18, b"20260401030000.10Z")), id="a fraction that ends in zero"),
        pytest.param(info(tlv(0x18, b"20260401030000.Z")), id="a fraction without digits"),
        pytest.param(info(tlv(0x18, b"20260401030000.1234567Z")), id="a seventh digit"),
        pytest.param(info(tlv(0x18, b"20260231030000Z")), id="the 31st of February"),
        pytest.param(info(tlv(0x18, "２０２６０４０１０３００００Z".encode())), id="wide digits"),
        pytest.param(info(TIME, b"\x01\x01\x00"), id="ordering FALSE, written out"),
        pytest.param(info(TIME, sequence(tlv(0x80, b"\x00"))), id="no milliseconds"),
        pytest.param(info(TIME, sequence(tlv(0x80, b"\x03\xe8"))), id="1000 milliseconds"),
        pytest.param(info(TIME, sequence(integer(-1))), id="an accuracy below zero"),
        pytest.param(info(TIME, sequence(tlv(0x81, b"\x01"), tlv(0x80, b"\x01"))), id="disorder"),
        pytest.param(info(TIME, tlv(0xA1, b"")), id="no extension at all"),
        pytest.param(info(TIME, explicit(0, b"\x05\x00\x05\x00")), id="two names"),
        pytest.param(info(TIME, NULL), id="something else"),
        pytest.param(
            info(TIME, imprint=sequence(sequence(oid("1.2.3"), integer(1)), octet_string(b""))),
            id="parameters of a hash",
        ),
    ],
)
def test_a_statement_that_is_not_in_its_one_form_is_refused(der):
    with pytest.raises(Malformed):
        read_info(der)


@pytest.mark.parametrize(
    ("text", "microseconds"), [(b"", 0), (b".5", 500_000), (b".000001", 1), (b".123456", 123_456)]
)
def test_a_fraction_of_a_second_is_read_as_it_stands(text, microseconds):
    at = read_info(info(tlv(0x18, b"20260401030000" + text + b"Z"))).at

    assert NOON + timedelta(microseconds=microseconds) == at


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(sequence(sequence(integer(0))), id="granted, and no token"),
        pytest.param(sequence(sequence(integer(2)), sequence()), id="refused, and a token"),
        pytest.param(sequence(sequence(integer(9))), id="status 9"),
        pytest.param(sequence(sequence(integer(2), sequence(integer(1)))), id="no text"),
    ],
)
def test_a_response_that_contradicts_itself_is_refused(der):
    with pytest.raises(Malformed):
        read_response(der)


def resigned(statement, **options):
    """
    Sign another statement with the authority's own key.
    """
    by = stamper()
    usual = {
        "certificate_der": by.certificate,
        "algorithm": ROWS[Algorithm.RSA2048],
        "signer": lambda octets: sign(by.private_key, octets),
        "content_type": TST_INFO,
    }
    return sign_data(statement, **(usual | options))


def imprint():
    return message_imprint("sha256", sha256(DOCUMENT).digest())


def test_the_authority_s_signature_on_something_else_is_no_stamp():
    """
    Its key signs statements of time only, and an ordinary message with the same octets is none.
    """
    statement = info(TIME, imprint=imprint())

    assert None is cause(resigned(statement))
    assert "timestamp-invalid" == cause(resigned(statement, content_type=DATA))
    assert "timestamp-invalid" == cause(resigned(statement, detached=True))
    assert "timestamp-invalid" == cause(resigned(b"not a statement"))


def test_a_critical_extension_that_nobody_knows_is_not_passed_over():
    unknown = sequence(oid("1.2.3"), b"\x01\x01\xff", octet_string(b""))
    known_to_nobody = sequence(oid("1.2.3"), octet_string(b""))

    assert "timestamp-invalid" == cause(resigned(info(TIME, tlv(0xA1, unknown), imprint=imprint())))
    assert None is cause(resigned(info(TIME, tlv(0xA1, known_to_nobody), imprint=imprint())))


def test_sha_1_stamps_nothing():
    weak = sequence(
        sequence(oid("1.3.14.3.2.26"), NULL),
        octet_string(sha1(DOCUMENT, usedforsecurity=False).digest()),
    )

    assert "timestamp-mismatch" == cause(resigned(info(TIME, imprint=weak)))


def test_an_accuracy_of_a_lifetime_reaches_no_further_than_the_judgement():
    """
    Whatever it leaves open counts against the signer, up to the moment of judgement.
    """
    vague = resigned(info(tlv(0x18, b"20260401030000Z"), sequence(integer((1 << 31) - 1)),
                          imprint=imprint()))  # fmt: skip
    last = resigned(info(tlv(0x18, b"99991231235959Z"), sequence(integer(5)), imprint=imprint()))

    assert None is cause(vague)
    assert 9999 == verify_token(last, DOCUMENT, evidence(Algorithm.RSA2048), at=LATER).latest.year


def test_a_certificate_that_the_signer_did_not_mean_is_not_taken():
    """
    signing-certificate binds the very certificate, not only its key [5816 2.2.1].
    """
    world, by = town().world, stamper()
    issuer = world.authority.issuer(world.authority.newest(Kind.SIGN, at=NOON))
    own = read_certificate(by.certificate)
    longer = issue(
        template(issuer, TSA),
        Subject(
            serial=own.serial,
            not_before=NOON - timedelta(days=3),
            not_after=issuer.not_after,
            name=service_name(Naming.SIM, Kind.SIGN, "Time-Stamping Authority"),
            spki=spki_of(by.private_key),
        ),
    )
    token = resigned(info(TIME, imprint=imprint()))
    exchanged = token.replace(by.certificate, longer)

    assert len(longer) == len(by.certificate)
    assert (longer,) == read_signed_data(exchanged).certificates
    assert "timestamp-invalid" == cause(exchanged)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_readers_say_no_and_nothing_worse(octets):
    for reader in (read_request, read_response, read_info, open_token):
        try:
            reader(octets)
        except Malformed:
            continue
    assert None is not cause(octets)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_a_mangled_token_is_never_believed(data):
    token = bytearray(stamped())
    where = data.draw(st.integers(9, len(token) - 1))
    octets = data.draw(st.binary(min_size=1, max_size=8))
    size = data.draw(st.integers(0, 8))
    token[where : where + size] = octets

    if bytes(token) != stamped():
        assert None is not cause(bytes(token))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_is_asked_there_is_an_answer(data):
    query = bytearray(request(nonce=NONCE))
    where = data.draw(st.integers(0, len(query) - 1))
    query[where : where + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))

    read = read_response(answer(bytes(query), stamper(), at=NOON, serial=1))

    assert read.status in (Status.GRANTED, Status.REJECTION)
