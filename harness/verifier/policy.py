"""
What a relying party asks for: one frozen policy, every choice a word.
"""

from dataclasses import dataclass
from enum import Enum

from pki.kinds import Kind


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
    ARCHIVE = "archive"  # at the moment that time-stamps prove
    CRYPTREC_ARCHIVE = "cryptrec-archive"  # the same, with the end dates as of that moment

    @property
    def dated(self) -> bool:
        """Whether the end dates of `pki.constraints` count."""
        return self in (Judgement.CRYPTREC, Judgement.CRYPTREC_ARCHIVE)

    @property
    def past(self) -> bool:
        """Whether a proof of existence counts."""
        return self in (Judgement.ARCHIVE, Judgement.CRYPTREC_ARCHIVE)


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
