"""
The shapes in which minijpki signs PDF; free of imports, for the command line's help loads it.
"""

from enum import Enum


class PdfProfile(Enum):
    """What a signature holds besides itself [EN319142 5] [32000 12.8.3]."""

    PKCS7 = "pkcs7"  # adbe.pkcs7.detached, as JPKI signers of today write [RP 3]
    B_B = "b-b"  # PAdES, the signature alone
    B_T = "b-t"  # with a time-stamp over it
    B_LT = "b-lt"  # with what it takes to judge it later, too

    @property
    def is_stamped(self) -> bool:
        return self in (PdfProfile.B_T, PdfProfile.B_LT)
