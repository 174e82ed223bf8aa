"""
ECDSA signatures between their two spellings.

Pure.  XML signatures want r and s side by side, each as long as the curve's order
[DS 6.4.3]; X.509, CMS and the card's host want a DER SEQUENCE of two INTEGERs.
"""

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from pki.errors import Malformed

WHAT = "the ECDSA signature"


def raw_from_der(der: bytes, size: int) -> bytes:
    """Put r and s side by side, *size* octets each: 48 for P-384."""
    try:
        r, s = decode_dss_signature(der)
    except ValueError:
        raise Malformed(WHAT, "it is no DER SEQUENCE of two INTEGERs") from None
    _check_range(r, s, size)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def der_from_raw(raw: bytes, size: int) -> bytes:
    """Encode r and s, *size* octets each, as DER; no other length is taken."""
    if len(raw) != 2 * size:
        raise Malformed(WHAT, f"it has {len(raw)} octets, and this curve needs {2 * size}")
    r, s = int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big")
    _check_range(r, s, size)
    return encode_dss_signature(r, s)


def _check_range(r: int, s: int, size: int) -> None:
    if not (0 < r < 1 << 8 * size and 0 < s < 1 << 8 * size):
        raise Malformed(WHAT, "r or s is zero, negative or too large for the curve")
