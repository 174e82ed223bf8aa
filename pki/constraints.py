"""
Until when an algorithm may be relied on: one table for hashes and keys.  Pure.

A signature is as good as its hash and its key together, whoever made it: a holder, a CA, a
responder or a time-stamping authority.  What has no row is relied on at no time.  The
dates count only where a policy asks for them; what is out for good is out under any.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from pki.keys import PublicKey

NEVER = datetime.min.replace(tzinfo=UTC)
CRYPTREC_2030 = datetime.fromisoformat("2030-12-31T23:59:59+09:00")  # its last second [J 8]


@dataclass(frozen=True, slots=True)
class Constraint:
    """
    One algorithm at one range of strengths.

    Attributes:
        name: Of the hash as hashlib spells it, or of the family of keys.
        bits: From this strength on; of a hash, its length.
        below: Up to this strength, exclusive.
        end: Its last moment under any policy; None where none is set.
        dated_end: The same under a policy with end dates.
        source: What the row rests on.
    """

    name: str
    bits: int
    below: int
    end: datetime | None
    dated_end: datetime | None
    source: str


CONSTRAINTS = (
    Constraint("md5", 128, 129, NEVER, NEVER, "[J 8]"),
    Constraint("sha1", 160, 161, NEVER, NEVER, "[J 8]"),
    Constraint("sha256", 256, 257, None, None, "[J 8]"),
    Constraint("sha384", 384, 385, None, None, "[J 8]"),
    Constraint("sha512", 512, 513, None, None, "[J 8]"),
    Constraint("rsa", 0, 2048, NEVER, NEVER, "[J 8]"),
    Constraint("rsa", 2048, 3072, None, CRYPTREC_2030, "[J 8]"),
    Constraint("rsa", 3072, 16385, None, None, "[J 8]"),
    Constraint("ec", 256, 522, None, None, "[J 8]"),
)
_HASHES = {row.name: row for row in CONSTRAINTS if row.name not in ("rsa", "ec")}


def hash_holds(name: str, *, dated: bool, at: datetime) -> bool:
    """Tell whether a hash may be relied on at that moment."""
    row = _HASHES.get(name)
    return row is not None and _holds(row, dated=dated, at=at)


def key_holds(key: PublicKey, *, dated: bool, at: datetime) -> bool:
    """Tell whether signatures of a key may be relied on at that moment."""
    name = _family(key)
    return any(
        _holds(row, dated=dated, at=at)
        for row in CONSTRAINTS
        if row.name == name and row.bits <= key.key_size < row.below
    )


def signature_holds(key: PublicKey, digest: str, *, dated: bool, at: datetime) -> bool:
    """Tell whether a signature of a key over that hash may be relied on at that moment."""
    return hash_holds(digest, dated=dated, at=at) and key_holds(key, dated=dated, at=at)


def _holds(row: Constraint, *, dated: bool, at: datetime) -> bool:
    end = row.dated_end if dated else row.end
    return end is None or at <= end


def _family(key: PublicKey) -> str:
    match key:
        case RSAPublicKey():
            return "rsa"
        case EllipticCurvePublicKey():
            return "ec"
    return ""
