"""
Two vocabularies of verdicts: the sub-indications of EN 319 102-1 and the operators' codes.

Pure.  The standard has many words and the operators have few, so CODES leads one way, many
to one, and SUB_INDICATIONS back, one to many.  Each row of pki/causes keeps to this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pki.causes import CAUSES, Cause, Code

PASSED = "TOTAL-PASSED"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One sub-indication.

    Attributes:
        name: As the standard spells it; None for a verdict that passed.
        indication: Under which main indication the standard lists it [EN319102 5.1.3].
        code: What platform operators answer where our verdict bears it [RP 6.2].
    """

    name: str | None
    indication: str
    code: Code


_FAILED, _OPEN = "TOTAL-FAILED", "INDETERMINATE"

# In the standard's order.  What may yet be cured, and what proves nothing, is UNSPECIFIED.
ROWS: tuple[Row, ...] = (
    Row(None, PASSED, Code.OK),
    Row("FORMAT_FAILURE", _FAILED, Code.UNSPECIFIED),
    Row("HASH_FAILURE", _FAILED, Code.SIGNATURE_MISMATCH),
    Row("SIG_CRYPTO_FAILURE", _FAILED, Code.SIGNATURE_MISMATCH),
    Row("REVOKED", _FAILED, Code.CERTIFICATE_REVOKED),
    Row("EXPIRED", _FAILED, Code.CERTIFICATE_EXPIRED),
    Row("NOT_YET_VALID", _FAILED, Code.CERTIFICATE_EXPIRED),  # the operators' nearest word
    Row("SIG_CONSTRAINTS_FAILURE", _OPEN, Code.UNSPECIFIED),
    Row("CHAIN_CONSTRAINTS_FAILURE", _OPEN, Code.UNSUPPORTED_CERTIFICATE),
    Row("CERTIFICATE_CHAIN_GENERAL_FAILURE", _OPEN, Code.UNSPECIFIED),
    Row("CRYPTO_CONSTRAINTS_FAILURE", _OPEN, Code.UNSPECIFIED),
    Row("POLICY_PROCESSING_ERROR", _OPEN, Code.UNSPECIFIED),
    Row("SIGNATURE_POLICY_NOT_AVAILABLE", _OPEN, Code.UNSPECIFIED),
    Row("TIMESTAMP_ORDER_FAILURE", _OPEN, Code.UNSPECIFIED),
    Row("NO_SIGNING_CERTIFICATE_FOUND", _OPEN, Code.UNSUPPORTED_CERTIFICATE),
    Row("NO_CERTIFICATE_CHAIN_FOUND", _OPEN, Code.UNSUPPORTED_CERTIFICATE),
    Row("REVOKED_NO_POE", _OPEN, Code.UNSPECIFIED),
    Row("REVOKED_CA_NO_POE", _OPEN, Code.UNSPECIFIED),
    Row("OUT_OF_BOUNDS_NOT_REVOKED", _OPEN, Code.UNSPECIFIED),
    Row("OUT_OF_BOUNDS_NO_POE", _OPEN, Code.UNSPECIFIED),
    Row("REVOCATION_OUT_OF_BOUNDS_NO_POE", _OPEN, Code.UNSPECIFIED),
    Row("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", _OPEN, Code.UNSPECIFIED),
    Row("NO_POE", _OPEN, Code.UNSPECIFIED),
    Row("TRY_LATER", _OPEN, Code.UNSPECIFIED),
    Row("SIGNED_DATA_NOT_FOUND", _OPEN, Code.UNSPECIFIED),
)

CODES: Mapping[str | None, Code] = MappingProxyType({row.name: row.code for row in ROWS})
"""From a sub-indication, None where the verdict passed, to the code."""

SUB_INDICATIONS: Mapping[Code, tuple[str | None, ...]] = MappingProxyType(
    {code: tuple(row.name for row in ROWS if row.code is code) for code in Code}
)
"""From a code to every sub-indication that becomes it."""

EN_INDICATIONS: frozenset[str] = frozenset(
    row.indication if row.name is None else f"{row.indication}/{row.name}" for row in ROWS
)
"""Every value that `en_indication` may have."""


def causes_of(row: Row) -> tuple[Cause, ...]:
    """Return the causes whose verdicts bear a sub-indication, in the order of their table."""
    return tuple(cause for cause in CAUSES.values() if cause.sub_indication == row.name)
