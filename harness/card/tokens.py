"""
What answers as the JPKI application: the card, or a phone's secure element [CARD A4] [CARD A9].
"""

from dataclasses import dataclass
from enum import Enum


class Token(Enum):
    """The word of the command line."""

    CARD = "card"
    ANDROID = "android"
    IPHONE = "iphone"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """
    What tells one token from another.

    Attributes:
        label: Of the PKCS #11 token, in EF 0006.
        applications: Words of those that answer.
        closed: Whether the authentication certificate needs the authentication PIN.
        last_command: Whether it knows 80 FC, which the card refuses with 6700.
    """

    label: str
    applications: frozenset[str]
    closed: bool
    last_command: bool


EVERY = frozenset({"isd", "jpki", "text", "surface", "juki", "common"})
ALONE = frozenset({"isd", "jpki"})  # at its launch; inferred of the iPhone

TOKENS: dict[Token, TokenRow] = {
    Token.CARD: TokenRow(
        label="JPKIAPICCTOKEN2", applications=EVERY, closed=False, last_command=False
    ),
    Token.ANDROID: TokenRow(
        label="JPKIAPGPSETOKEN", applications=ALONE, closed=True, last_command=False
    ),
    Token.IPHONE: TokenRow(
        label="JPKIAPIOSTOKEN", applications=ALONE, closed=False, last_command=True
    ),
}
