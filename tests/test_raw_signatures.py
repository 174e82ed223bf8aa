"""
Bare signatures: what a card makes of a message, a hash, a DigestInfo, or any bytes.

A bare hash, or a DigestInfo without NULL, is signed without complaint and verified by
nobody; that is how the real card is, and why relying parties stumble [RP 1].
"""

from hashlib import sha256

import pytest

from harness.documents.raw import bare_signature
from harness.keypool import Deck
from harness.scene import Scene
from pki import pkcs1
from pki.errors import Unacceptable, WrongPin
from pki.keys import algorithm_of, load_private, private_der, public_key, spki_of, verifies
from pki.kinds import Algorithm, Kind

MESSAGE = b"over the counter"
HASH = sha256(MESSAGE).digest()
RSA = Deck(1).take(Algorithm.RSA2048, 1)
P384 = Deck(1).take(Algorithm.P384, 1)
INFO = bytes.fromhex("3031300d060960864801650304020105000420") + HASH
WITHOUT_NULL = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + HASH


@pytest.mark.parametrize(
    ("given", "content"),
    [
        pytest.param("message", MESSAGE, id="message"),
        pytest.param("digest", HASH, id="digest"),
        pytest.param("digestinfo", INFO, id="digestinfo"),
        pytest.param("bytes", INFO, id="bytes of a digestinfo"),
    ],
)
def test_four_ways_to_one_signature(given, content):
    """
    PKCS #1 v1.5 is deterministic, so they are the same to the octet [8017 8.2.1].
    """
    signature = bare_signature(RSA, content, given)

    assert bare_signature(RSA, MESSAGE, "message") == signature
    assert verifies(RSA.public_key(), signature, MESSAGE, "sha256")


@pytest.mark.parametrize(
    "content", [pytest.param(HASH, id="bare hash"), pytest.param(WITHOUT_NULL, id="without NULL")]
)
def test_what_only_the_card_accepts(content):
    signature = bare_signature(RSA, content, "bytes")

    assert not verifies(RSA.public_key(), signature, MESSAGE, "sha256")


def test_ecdsa_of_a_message_and_of_its_hash_is_the_same():
    """
    Deterministic [6979]; with SHA-384 here.
    """
    from hashlib import sha384

    by_hash = bare_signature(P384, sha384(MESSAGE).digest(), "digest")

    assert bare_signature(P384, MESSAGE, "message") == by_hash
    assert verifies(P384.public_key(), by_hash, MESSAGE, "sha384")


@pytest.mark.parametrize(
    ("content", "given", "refusal"),
    [
        pytest.param(b"short", "digest", "no SHA-256, SHA-384 or SHA-512", id="digest"),
        pytest.param(WITHOUT_NULL, "digestinfo", "with NULL", id="digestinfo without NULL"),
        pytest.param(INFO + b"x", "digestinfo", "no DigestInfo", id="digestinfo and more"),
        pytest.param(b"x" * 246, "bytes", "1 to 245 octets", id="too many bytes"),
        pytest.param(b"", "bytes", "1 to 245 octets", id="no bytes"),
    ],
)
def test_what_is_not_what_it_is_said_to_be_costs_no_try(tmp_path, content, given, refusal):
    """
    Refused before the PIN is entered, so the counter stays where it was.
    """
    scene = Scene.fresh(tmp_path / "w", seed=1)
    scene.resident("hanako")

    with pytest.raises(Unacceptable, match=refusal):
        scene.world.sign_raw("hanako", content, pin="WRONG1", given=given)
    assert {5, 3} == {s.tries_left for s in scene.world.register.card("hanako").pins.values()}


def test_a_wrong_pin_is_counted_before_anybody_hears(tmp_path):
    scene = Scene.fresh(tmp_path / "w", seed=1)
    scene.resident("hanako")

    with pytest.raises(WrongPin, match="4 tries left"):
        scene.world.sign_raw("hanako", MESSAGE, pin="WRONG1")
    assert "pin-failed" == scene.world.store.journal(subject="hanako")[-1][2]


@pytest.mark.parametrize("key", [RSA, P384], ids=["rsa", "p384"])
def test_a_key_survives_the_round_trip(key):
    again = load_private(private_der(key), ours=True)

    assert spki_of(key) == spki_of(again)
    assert algorithm_of(key) is algorithm_of(public_key(spki_of(again)))


def test_a_digest_info_has_the_octets_of_the_standard():
    """
    [8017 9.2, note 1]
    """
    assert INFO == pkcs1.digest_info(HASH)


def test_a_login_signature_is_no_document_signature(jpki):
    """
    The other key, the other certificate; but the same bare form.
    """
    hanako = jpki.resident()
    answer = hanako.answer(MESSAGE)

    assert jpki.verify_login(hanako.certificate(Kind.AUTH), answer, MESSAGE).passed
    assert not jpki.verify_login(hanako.certificate(Kind.SIGN), answer, MESSAGE).passed
