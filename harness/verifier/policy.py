"""
What a relying party asks for: one frozen policy, every choice a word.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pki.kinds import Algorithm, Kind


class Use(Enum):
    """What the signature is for, which decides the kind of certificate."""

    SIGN = "sign"  # a document: the signature certificate
    LOGIN = "login"  # a challenge: the authentication certificate

    @property
    def kind(self) -> Kind:
        return Kind.SIGN if self is Use.SIGN else Kind.AUTH


class Revocation(Enum):
    """Which evidence is asked; see `accept_unknown_revocation` for not insisting."""

    BOTH = "both"  # revoked if either says so, open if neither can speak
    CRL = "crl"
    OCSP = "ocsp"


class Judgement(Enum):
    """At which moment, and by which dates."""

    RECEIPT = "receipt"  # at the moment of receipt
    CRYPTREC = "cryptrec"  # the same, with the end dates of algorithms


# RSA-2048 is not to be relied on after this moment: 2030-12-31, 23:59:59 JST [J 8].
ENDS = {Algorithm.RSA2048: datetime.fromisoformat("2030-12-31T23:59:59+09:00")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    One way to judge.

    Attributes:
        use: What for.
        revocation: By which evidence.
        judgement: At which moment.
        usable_after: Days in Japan until a new certificate is accepted; 0 at once, 1 from the
            next day on [J 13].
        accept_unknown_revocation: Soft-fail; unsafe, and every report says that it is on.
    """

    use: Use = Use.SIGN
    revocation: Revocation = Revocation.BOTH
    judgement: Judgement = Judgement.RECEIPT
    usable_after: int = 0
    accept_unknown_revocation: bool = False


DEFAULT = Policy()
