"""
Hanako asks what time it is, in writing.

The authority stamps any hash that is worth it, under the town's clock and its own policy,
and never gives a number twice.  What it cannot grant it refuses in the protocol's words.
Programs that nobody here wrote read what it says, and it reads what they say.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
import rfc3161_client
from cryptography import x509
from outside import openssl
from stamps import (
    DOCUMENT,
    NONCE,
    NOON,
    authority,
    openssl_verifies,
    request,
    stamped,
    stamper,
    town,
)

from ca.audit import audit
from ca.timestamping import TOKENS
from harness.exports import pem
from harness.keypool import Deck
from harness.scene import Scene
from harness.timestamping import answers, granted
from harness.verifier.evidence import AtHand, anchor
from harness.verifier.policy import Policy
from harness.verifier.timestamps import verify_token
from harness.world import World
from pki import oids
from pki.certificate.read import read_certificate
from pki.certificate.write import Subject, issue, template
from pki.cms.read import read_signed_data
from pki.der.write import BOOLEAN_TRUE, NULL, integer, octet_string, oid, sequence, tlv
from pki.errors import Missing, NotPermitted, Unacceptable
from pki.keys import private_der, spki_of
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import service_name
from pki.profiles import OCSP, TSA
from pki.timestamps.answer import answer
from pki.timestamps.check import open_token
from pki.timestamps.read import read_request, read_response
from pki.timestamps.words import POLICY, Failure, Status
from pki.timestamps.write import write_request

LENIENT = Policy(accept_unknown_revocation=True)  # for authorities that no world knows
DIGESTS = ("sha256", "sha384", "sha512")
SHA1 = sequence(sequence(oid("1.3.14.3.2.26"), NULL), octet_string(bytes(20)))
SHA256 = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), octet_string(bytes(32)))
SHORT = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), octet_string(bytes(31)))
EXTENSION = sequence(sequence(oid("1.2.3"), octet_string(b"")))


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_openssl_accepts_a_stamp_and_no_twin_of_it(algorithm, digest, tmp_path):
    scene = town(algorithm)
    query = request(digest=digest, nonce=NONCE)
    response = answer(query, stamper(algorithm), at=NOON, serial=7)
    ca = authority(scene)

    assert openssl_verifies(response, tmp_path, ca=ca, octets=DOCUMENT)
    assert openssl_verifies(response, tmp_path, ca=ca, query=query)
    assert not openssl_verifies(response, tmp_path, ca=ca, octets=DOCUMENT + b"!")
    other = request(digest=digest, nonce=NONCE + 1)
    assert not openssl_verifies(response, tmp_path, ca=ca, query=other)
    stranger = Scene.fresh(tmp_path / "w", seed=5, algorithm=algorithm)
    assert not openssl_verifies(response, tmp_path, ca=authority(stranger), octets=DOCUMENT)


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_another_reader_accepts_a_stamp_and_no_twin_of_it(algorithm):
    response = rfc3161_client.decode_timestamp_response(
        stamped(by=stamper(algorithm), digest="sha512", nonce=NONCE)
    )
    root = x509.load_der_x509_certificate(authority(town(algorithm)))
    builder = rfc3161_client.VerifierBuilder().add_root_certificate(root)

    assert builder.nonce(NONCE).build().verify_message(response, DOCUMENT)
    with pytest.raises(rfc3161_client.VerificationError):
        builder.nonce(NONCE).build().verify_message(response, DOCUMENT + b"!")
    with pytest.raises(rfc3161_client.VerificationError):
        builder.nonce(NONCE + 1).build().verify_message(response, DOCUMENT)


def test_what_openssl_reads_is_what_was_meant(tmp_path):
    (tmp_path / "stamp.tsr").write_bytes(stamped(serial=0x1F, nonce=NONCE))

    told = openssl("ts", "-reply", "-in", "stamp.tsr", "-text", folder=tmp_path).stdout

    for line in (
        "Status: Granted.",
        f"Policy OID: {POLICY}",
        "Hash Algorithm: sha256",
        "Serial number: 0x1F",
        "Time stamp: Apr  1 03:00:00 2026 GMT",
        "Accuracy: 0x01 seconds",
        "Ordering: no",
        f"Nonce: {NONCE:#X}".replace("0X", "0x"),
        "CN=Time-Stamping Authority",
    ):
        assert line in told


@pytest.mark.parametrize("digest", DIGESTS)
def test_a_request_that_openssl_wrote_is_granted(digest, tmp_path):
    (tmp_path / "document").write_bytes(DOCUMENT)
    words = ("ts", "-query", "-data", "document", f"-{digest}", "-cert", "-out", "query")
    assert 0 == openssl(*words, folder=tmp_path).returncode
    query = (tmp_path / "query").read_bytes()

    response = town().world.timestamping.answer(query, at=NOON)

    assert answers(response, query, DOCUMENT)
    assert openssl_verifies(response, tmp_path, ca=authority(town()), query=query)


def test_a_request_that_another_client_wrote_is_granted():
    builder = rfc3161_client.TimestampRequestBuilder().data(DOCUMENT)
    query = builder.hash_algorithm(rfc3161_client.HashAlgorithm.SHA512).build().as_bytes()

    assert answers(town().world.timestamping.answer(query, at=NOON), query, DOCUMENT)


TSA_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = key.pem
certs = ca.pem
signer_digest = {digest}
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {names}
"""


@pytest.mark.parametrize("names", ["sha1", "sha256", "sha384"])
@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_a_stamp_that_openssl_made_is_accepted_and_no_twin_of_it(algorithm, names, tmp_path):
    """
    It stamps by the machine's clock, so everything here is far older and lives far longer.
    """
    issuer = town(algorithm).world.authority.issuer(
        town(algorithm).world.authority.newest(Kind.SIGN, at=NOON)
    )
    key = Deck(3).take(algorithm, 90)
    certificate = issue(template(issuer, TSA), _subject(issuer, key))
    (tmp_path / "tsa.pem").write_bytes(pem("CERTIFICATE", certificate))
    (tmp_path / "ca.pem").write_bytes(pem("CERTIFICATE", issuer.certificate))
    (tmp_path / "key.pem").write_bytes(pem("PRIVATE KEY", private_der(key)))
    (tmp_path / "serial").write_text("0A")
    digest = "sha256" if algorithm is Algorithm.RSA2048 else "sha384"
    (tmp_path / "tsa.cnf").write_text(TSA_CONFIG.format(digest=digest, names=names))
    (tmp_path / "query").write_bytes(request(digest="sha384", nonce=NONCE))
    words = ("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "stamp.tsr")
    run = openssl(*words, folder=tmp_path)
    assert 0 == run.returncode, run.stderr
    response = (tmp_path / "stamp.tsr").read_bytes()
    at = open_token(response).info.at + timedelta(seconds=1)
    evidence = AtHand(anchors=(anchor(issuer.certificate),))

    stamp = verify_token(response, DOCUMENT, evidence, LENIENT, at=at)

    assert (None, "1.2.3.4", 0x0B) == (stamp.cause, stamp.policy, stamp.serial)
    assert timedelta(seconds=1, milliseconds=500, microseconds=100) == stamp.accuracy
    assert "timestamp-mismatch" == verify_token(response, b"", evidence, LENIENT, at=at).cause
    assert answers(response, request(digest="sha384", nonce=NONCE), DOCUMENT)
    assert not answers(response, request(digest="sha384", nonce=NONCE + 1), DOCUMENT)


def _subject(issuer, key):
    return Subject(
        serial=4711,
        not_before=NOON - timedelta(days=1),
        not_after=issuer.not_after,
        name=service_name(Naming.SIM, Kind.SIGN, "Another Authority"),
        spki=spki_of(key),
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(b"", Failure.BAD_DATA_FORMAT, id="nothing"),
        pytest.param(b"\x30\x80\x00\x00", Failure.BAD_DATA_FORMAT, id="BER"),
        pytest.param(request() + b"\x00", Failure.BAD_DATA_FORMAT, id="octets behind it"),
        pytest.param(
            sequence(integer(1), SHA256, b"\x01\x01\x00"), Failure.BAD_DATA_FORMAT, id="a default"
        ),
        pytest.param(sequence(integer(1), SHORT), Failure.BAD_DATA_FORMAT, id="31 octets"),
        pytest.param(sequence(integer(2), SHA256), Failure.BAD_REQUEST, id="version 2"),
        pytest.param(sequence(integer(1), SHA1), Failure.BAD_ALG, id="SHA-1"),
        pytest.param(request(policy="1.2.3"), Failure.UNACCEPTED_POLICY, id="another policy"),
        pytest.param(
            sequence(integer(1), SHA256, tlv(0xA0, EXTENSION[2:])),
            Failure.UNACCEPTED_EXTENSION,
            id="an extension",
        ),
    ],
)
def test_what_cannot_be_granted_is_refused_in_the_protocol_s_words(query, expected, tmp_path):
    """
    [3161 2.4.2]
    """
    response = answer(query, stamper(), at=NOON, serial=1)

    read = read_response(response)
    assert (Status.REJECTION, {expected}, None) == (read.status, read.failures, read.token)
    assert "" != "".join(read.texts)
    (tmp_path / "refusal").write_bytes(response)
    told = openssl("ts", "-reply", "-in", "refusal", "-text", folder=tmp_path)
    assert "Status: Rejected." in told.stdout, told
    with pytest.raises(NotPermitted):
        granted(response)


def test_the_policy_that_is_stamped_under_may_be_asked_for():
    assert POLICY == open_token(stamped(policy=POLICY)).info.policy


@pytest.mark.parametrize("nonce", [None, 0, 1, NONCE, 1 << 255, -5])
def test_the_nonce_comes_back(nonce):
    assert nonce == open_token(stamped(nonce=nonce)).info.nonce


def test_the_certificate_comes_along_where_it_was_asked_for_and_only_there():
    """
    [3161 2.4.1]
    """
    with_it = read_signed_data(read_response(stamped()).token)
    without = read_signed_data(read_response(stamped(wants_certificate=False)).token)

    assert (stamper().certificate,) == with_it.certificates
    assert () == without.certificates


def test_absent_parameters_of_the_hash_are_as_good_as_null():
    """
    [5754 2]
    """
    absent = sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), octet_string(bytes(32)))

    assert read_request(sequence(integer(1), SHA256)) == read_request(sequence(integer(1), absent))


def test_the_authority_is_certified_at_its_first_use_for_stamps_alone(tmp_path):
    scene = Scene.fresh(tmp_path / "w")
    scene.advance(timedelta(days=3))
    scene.timestamp(DOCUMENT, wait=False)

    certificate = read_certificate(scene.world.timestamping.stamper(at=scene.now).certificate)

    issuer = scene.world.authority.newest(Kind.SIGN, at=scene.now)
    assert (scene.now, issuer.not_after) == (certificate.not_before, certificate.not_after)
    assert read_certificate(issuer.certificate).subject == certificate.issuer
    assert [] == list(audit(scene.world.store))


def serials(world):
    return [n for (n,) in world.store.rows("SELECT serial FROM serials WHERE ca = ?", TOKENS)]


def test_no_number_is_given_twice_though_the_world_is_closed_between(tmp_path):
    scene = Scene.fresh(tmp_path / "w")
    first = open_token(scene.timestamp(DOCUMENT)).info.serial
    scene.close()

    world = World.open(tmp_path / "w")
    second = open_token(world.timestamp(DOCUMENT)).info.serial

    assert (1, 2) == (first, second)
    assert [1, 2] == serials(world)
    world.close()


def test_a_refusal_costs_no_number(tmp_path):
    scene = Scene.fresh(tmp_path / "w")

    scene.world.timestamping.answer(request(policy="1.2.3"), at=scene.now)

    assert [] == serials(scene.world)


def test_before_the_world_there_is_no_time_to_be_had(tmp_path):
    scene = Scene.fresh(tmp_path / "w")

    early = scene.world.timestamping.answer(request(), at=scene.now - timedelta(days=1))

    assert {Failure.TIME_NOT_AVAILABLE} == read_response(early).failures


def test_a_past_moment_is_stamped_once_the_authority_was_there(tmp_path):
    scene = Scene.fresh(tmp_path / "w")
    scene.timestamp(DOCUMENT)
    noon = scene.now
    scene.advance(timedelta(days=30))
    scene.resident("hanako")

    assert noon == open_token(scene.world.timestamp(DOCUMENT, at=noon)).info.at


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)
def test_the_same_seed_gives_the_same_stamp(algorithm, tmp_path):
    first, second = (
        Scene.fresh(tmp_path / name, seed=4, algorithm=algorithm).timestamp(DOCUMENT)
        for name in ("a", "b")
    )

    assert first == second


def test_an_authority_follows_the_ca_that_certified_it(tmp_path):
    """
    A new generation certifies a new one, with a key of its own algorithm.
    """
    scene = Scene.fresh(tmp_path / "w")
    scene.timestamp(DOCUMENT)
    scene.world.authority.found(Kind.SIGN, at=scene.now, algorithm=Algorithm.P384)

    stamp = scene.timestamp(DOCUMENT)

    evidence = scene.world.evidence.as_of(scene.now)
    judged = verify_token(stamp, DOCUMENT, evidence, at=scene.now)
    assert (None, 48) == (judged.cause, judged.authority.public_key().key_size // 8)
    assert [] == list(audit(scene.world.store))


def test_a_revoked_authority_stamps_no_more_and_another_one_does(tmp_path):
    scene = Scene.fresh(tmp_path / "w")
    with pytest.raises(Missing):
        scene.world.timestamping.revoke(Reason.SUPERSEDED, at=scene.now)
    scene.timestamp(DOCUMENT)
    before = scene.world.timestamping.stamper(at=scene.now)

    scene.world.timestamping.revoke(Reason.SUPERSEDED, at=scene.now)

    assert before.certificate != scene.world.timestamping.stamper(at=scene.now).certificate
    assert [] == list(audit(scene.world.store))


def test_a_hash_of_no_table_is_not_asked_for(tmp_path):
    with pytest.raises(Unacceptable):
        Scene.fresh(tmp_path / "w").timestamp(DOCUMENT, digest="sha1")


@pytest.mark.parametrize(
    "certificate",
    [
        pytest.param(OCSP, id="for OCSP"),
        pytest.param(
            replace(
                TSA, rows=tuple(replace(r, critical=False) if r.name == "extKeyUsage" else r
                                for r in TSA.rows)
            ),
            id="not critical",
        ),
        pytest.param(
            replace(
                TSA,
                rows=tuple(
                    replace(r, content=(oids.KP_TIME_STAMPING, oids.KP_CLIENT_AUTH))
                    if r.name == "extKeyUsage" else r
                    for r in TSA.rows
                ),
            ),
            id="for logins, too",
        ),
        pytest.param(
            replace(TSA, rows=tuple(r for r in TSA.rows if r.name != "extKeyUsage")),
            id="for anything",
        ),
        pytest.param(
            replace(
                TSA,
                rows=tuple(
                    replace(r, content=("digitalSignature", "keyCertSign"))
                    if r.name == "keyUsage" else r
                    for r in TSA.rows
                ),
            ),
            id="may issue certificates",
        ),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_for_stamps_alone_makes_none(certificate, tmp_path):
    """
    [3161 2.3], and openssl says so, too.
    """
    issuer = town().world.authority.issuer(town().world.authority.newest(Kind.SIGN, at=NOON))
    key = Deck(3).take(Algorithm.RSA2048, 90)
    own = issue(template(issuer, certificate), _subject(issuer, key))
    stamp = stamped(by=replace(stamper(), private_key=key, certificate=own))
    evidence = AtHand(anchors=(anchor(issuer.certificate),))

    judged = verify_token(stamp, DOCUMENT, evidence, LENIENT, at=NOON)

    assert "timestamp-untrusted" == judged.cause
    assert not openssl_verifies(stamp, tmp_path, ca=issuer.certificate, octets=DOCUMENT)


def test_the_words_of_the_request_are_known():
    with pytest.raises(ValueError, match="no sha256"):
        write_request("sha256", bytes(31))
    assert read_request(
        sequence(integer(1), SHA256, oid("1.2.3"), integer(-1), BOOLEAN_TRUE)
    ) == read_request(
        write_request("sha256", bytes(32), policy="1.2.3", nonce=-1, wants_certificate=True)
    )
