"""
Who may have which certificate, and who asks for it.

Pure.  The answers are values: "as a rule" is the law's own word [J 10.1], so a caller
may go on in spite of a NotAllowed, and then says so.
"""

from dataclasses import dataclass
from enum import Enum

from ca.words import Words
from pki.kinds import Kind

SIGN_FROM_AGE = 15  # years, on the day of issue [J 10.1]; pki/validity reckons them


class Applicant(Enum):
    """Who comes to the counter."""

    HOLDER = "holder"  # 本人
    GUARDIAN = "guardian"  # 法定代理人
    AGENT = "agent"  # 任意代理人
    HOUSEHOLD = "household"  # 同一世帯員


@dataclass(frozen=True, slots=True)
class Allowed:
    """Nothing stands against it."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """As a rule it is refused, for this reason."""

    reason: Words


TOO_YOUNG = NotAllowed(
    Words(
        "the signature certificate is not issued, as a rule, to a holder under 15; "
        "issue the authentication certificate alone",
        "15歳未満の方には原則として署名用電子証明書を発行できません。"
        "利用者証明用電子証明書のみ発行してください。",
    )
)
UNDER_GUARDIANSHIP = NotAllowed(
    Words(
        "the signature certificate is not issued, as a rule, to a holder under adult "
        "guardianship; issue the authentication certificate alone",
        "成年被後見人の方には原則として署名用電子証明書を発行できません。"
        "利用者証明用電子証明書のみ発行してください。",
    )
)
ONLY_THE_GUARDIAN = NotAllowed(
    Words(
        "a holder under 15 or under adult guardianship does not apply in person or through "
        "an agent; let the legal representative come",
        "15歳未満の方および成年被後見人の方は、ご本人や任意代理人では申請できません。"
        "法定代理人が申請してください。",
    )
)
NO_GUARDIAN = NotAllowed(
    Words(
        "a holder of 15 or more who is not under guardianship has no legal representative; "
        "let the holder or an agent come",
        "15歳以上で成年被後見人でない方の手続に法定代理人は認められません。"
        "ご本人または任意代理人が申請してください。",
    )
)


def may_have(kind: Kind, *, age: int, guardianship: bool = False) -> Allowed | NotAllowed:
    """Say whether a holder of *age* may have a certificate of *kind* [J 10.1]."""
    if kind is Kind.AUTH:
        return Allowed()
    if age < SIGN_FROM_AGE:
        return TOO_YOUNG
    return UNDER_GUARDIANSHIP if guardianship else Allowed()


def may_apply(by: Applicant, *, age: int, guardianship: bool = False) -> Allowed | NotAllowed:
    """Say whether *by* may ask on behalf of a holder of *age* [J 10.1]."""
    represented = age < SIGN_FROM_AGE or guardianship
    if by is Applicant.GUARDIAN:
        return Allowed() if represented else NO_GUARDIAN  # 15 to 17: for themselves, inferred
    return ONLY_THE_GUARDIAN if represented else Allowed()
