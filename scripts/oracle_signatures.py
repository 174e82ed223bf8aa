"""
Exchanges of the kinds signature and xmldsig, for make_oracle_cases.py.
"""

from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from oracle_workshop import (
    DAY,
    NOON,
    SERIAL,
    TIME,
    Exchange,
    dn,
    key,
    spki,
    text,
    texts,
)

from harness.keypool import Deck
from pki.keys import spki_of
from pki.kinds import Algorithm
from pki.xmldsig.algorithms import RSA_SHA256
from pki.xmldsig.forms import Form
from pki.xmldsig.write import sign_xml

NOT_DONE = "unsupported"

MESSAGE = b"over the counter"
DECK = Deck(1)
RSA = DECK.take(Algorithm.RSA2048, 60)


def signatures() -> Iterator[Exchange]:
    """Requests of kind signature."""

    def bare(
        name: str,
        value: bytes,
        *,
        algorithm: str = "rsa-pkcs1-sha256",
        of: bytes | None = None,
        error: str | None = None,
        profile: str | None = None,
    ) -> Exchange:
        fields = {
            "kind": "signature",
            "algorithm": algorithm,
            "spki": text(spki_of(RSA) if of is None else of),
            "message": text(MESSAGE),
            "signature": text(value),
        }
        if profile is not None:
            fields["profile"] = profile
        says: dict[str, Any] = {"verdict": "valid"}
        if error is not None:
            says = {"error": error} if error == NOT_DONE else {"verdict": "invalid", "error": error}
        if profile is not None:
            says["profile"] = profile
        return Exchange(name, fields, says)

    value = RSA.sign(MESSAGE, PKCS1v15(), SHA256())
    point_on_curve = key("Hanako").sign(MESSAGE, ECDSA(SHA256(), deterministic_signing=True))
    yield bare("RSA", value)
    yield bare("ECDSA", point_on_curve, algorithm="ecdsa-sha256", of=spki("Hanako"))
    yield bare("under the old profile", value, profile="legacy")
    yield bare(
        "of another message", RSA.sign(b"x", PKCS1v15(), SHA256()), error="sig-crypto-failure"
    )
    yield bare("an octet too many", value + b"\0", error="sig-crypto-failure")
    yield bare("ECDSA and an octet more", point_on_curve + b"\0", algorithm="ecdsa-sha256",
               of=spki("Hanako"), error="sig-crypto-failure")  # fmt: skip
    yield bare("another hash", value, algorithm="rsa-pkcs1-sha384", error="sig-crypto-failure")
    yield bare("a key of another kind", value, of=spki("Hanako"), error="sig-crypto-failure")
    yield bare("no key", value, of=b"\x30\x03\x02\x01\x00", error="crypto-constraints-failure")
    yield bare("a key that is cut off", value, of=spki_of(RSA)[:-1], error="format-failure")
    yield bare("not implemented", value, algorithm="rsa-pss-sha256", error=NOT_DONE)
    yield bare(
        "SHA-1", RSA.sign(MESSAGE, PKCS1v15(), SHA1()), algorithm="rsa-pkcs1-sha1", error=NOT_DONE
    )


FILING = '<DATA id="DATA"><NAME id="NAME">住基　花子</NAME><NOTE>100</NOTE></DATA>'.encode()


def documents() -> Iterator[Exchange]:
    """Requests of kind xmldsig."""
    # The certificate only carries the key: this kind does not judge it.
    builder = x509.CertificateBuilder().subject_name(dn("Hanako")).issuer_name(dn("Hanako"))
    builder = builder.public_key(RSA.public_key()).serial_number(SERIAL)
    builder = builder.not_valid_before(NOON - DAY).not_valid_after(NOON + DAY)
    own = builder.sign(RSA, SHA256()).public_bytes(Encoding.DER)

    def signed(**options: Any) -> bytes:
        return sign_xml(
            FILING,
            form=Form.XTX,
            certificate_der=own,
            signature_method=RSA_SHA256,
            signer=lambda octets: RSA.sign(octets, PKCS1v15(), SHA256()),
            **options,
        )

    def asked(name: str, document: bytes, error: str | None = None, *, whole: bool = False,
              certs: tuple[bytes, ...] = (own,), **fields: Any) -> Exchange:  # fmt: skip
        says: dict[str, Any] = {
            "verdict": "valid" if error is None else "invalid",
            "signed_root_is_document": whole,
        }
        if error is not None:
            says["error"] = error
        keys = {"certs": texts(*certs), "hmac": None}
        request = {"kind": "xmldsig", "document": text(document), "keys": keys, "time": TIME}
        return Exchange(name, {**request, **fields}, says)

    document = signed()
    yield asked("signed as a whole", document, whole=True)
    yield asked("one element of it is signed", signed(signed_id="NAME"))
    yield asked("a word was changed", document.replace(b"100", b"900"), "hash-failure")
    yield asked("signed by somebody else", document, "sig-crypto-failure", certs=(_other(),))
    yield asked("nobody is trusted", document, "no-certificate-chain-found", certs=())
    yield asked("not signed", FILING, "format-failure")
    yield asked("a DOCTYPE", b"<!DOCTYPE DATA>" + document, "format-failure")
    yield asked("two elements of one name", document.replace(b'"NAME"', b'"DATA"'), "wrapping")
    yield asked("no XML", b"DATA", "format-failure")


def _other() -> bytes:
    other = DECK.take(Algorithm.RSA2048, 61)
    builder = x509.CertificateBuilder().subject_name(dn("Taro")).issuer_name(dn("Taro"))
    builder = builder.public_key(other.public_key()).serial_number(SERIAL)
    builder = builder.not_valid_before(NOON - DAY).not_valid_after(NOON + DAY)
    return builder.sign(other, SHA256()).public_bytes(Encoding.DER)
