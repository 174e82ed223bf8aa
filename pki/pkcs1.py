"""
What a card is handed for RSA: a message, a digest, a DigestInfo, or any bytes [8017 9.2].

Pure.  A signature over a bare hash, or over a DigestInfo without NULL, is what some
clients ask for by mistake and every careful verifier refuses; the card makes it all the
same [RP 1] [CARD A5].
"""

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from pki.errors import Unacceptable
from pki.keys import PrivateKey

MAX_VERBATIM = 245  # octets: 256 less the padding [8017 9.2] [CARD A5]

# DER of the DigestInfo around each hash, NULL included [8017 9.2, note 1].
PREFIXES: dict[int, bytes] = {
    32: bytes.fromhex("3031300d060960864801650304020105000420"),
    48: bytes.fromhex("3041300d060960864801650304020205000430"),
    64: bytes.fromhex("3051300d060960864801650304020305000440"),
}
_HASHES = {32: SHA256(), 48: SHA384(), 64: SHA512()}
_PKCS1, _VERBATIM = PKCS1v15(), NoDigestInfo()
_PSS, _PREHASHED = PSS(MGF1(SHA256()), SHA256.digest_size), Prehashed(SHA256())


def digest_info(digest: bytes) -> bytes:
    """Put a hash into its DigestInfo; the length says which hash it is."""
    if len(digest) not in PREFIXES:
        raise Unacceptable(
            f"a digest of {len(digest)} octets is no SHA-256, SHA-384 or SHA-512 value; "
            "hand over 32, 48 or 64 octets"
        )
    return PREFIXES[len(digest)] + digest


def check_given(content: bytes, given: str) -> None:
    """Refuse what is not of the form that it is said to be of, before a PIN is tried."""
    if given == "digest":
        digest_info(content)
    elif given == "digestinfo":
        if not any(
            content[: len(prefix)] == prefix and len(content) == len(prefix) + size
            for size, prefix in PREFIXES.items()
        ):
            raise Unacceptable(
                "the input is no DigestInfo of SHA-256, SHA-384 or SHA-512 with NULL; "
                "use --input bytes to have it signed as it is"
            )
    elif given == "bytes" and not 0 < len(content) <= MAX_VERBATIM:
        raise Unacceptable(
            f"a card signs 1 to {MAX_VERBATIM} octets verbatim, not {len(content)}; "
            "use --input message to have the input hashed"
        )


def sign_digest(key: PrivateKey, digest: bytes) -> bytes:
    """Sign a hash that was computed elsewhere."""
    info = digest_info(digest)
    if isinstance(key, RSAPrivateKey):
        return key.sign(info, _PKCS1, _VERBATIM)
    fixed = ECDSA(Prehashed(_HASHES[len(digest)]), deterministic_signing=True)
    return key.sign(digest, fixed)


def sign_verbatim(key: PrivateKey, content: bytes) -> bytes:
    """Sign octets as they are, with padding and nothing else [CARD A5]."""
    if not isinstance(key, RSAPrivateKey):
        raise Unacceptable(
            "an ECDSA key signs no padded octets; use --input message or --input digest"
        )
    return key.sign(content, _PKCS1, _VERBATIM)


def sign_pss(key: PrivateKey, digest: bytes) -> bytes:
    """Sign a SHA-256 hash with PSS, the salt as long as the hash, and random [8017 9.1.1]."""
    if not isinstance(key, RSAPrivateKey):
        raise Unacceptable("an ECDSA key knows no PSS; use --input message or --input digest")
    return key.sign(digest, _PSS, _PREHASHED)
