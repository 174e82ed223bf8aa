"""
The look that is taken at a certificate before the key signs it [D 6] [D 17].

The rules are the inspector's own: it reads the octets and knows nothing of who wrote them.
Every error-level finding refuses.  Whoever makes certificates by the thousand may look at a
sample; an office never does.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from ca.municipalities import codes_of
from pki.errors import ProfileBroken

if TYPE_CHECKING:
    from pki.inspection.specimen import Context

Inspection = Callable[[bytes, str, bytes | None], None]
"""Looks at a TBSCertificate of a kind, under an issuer's certificate (None: its own issuer)."""


def every(tbs: bytes, kind: str, issuer: bytes | None) -> None:
    """Inspect by all error-level rules; ProfileBroken on a finding."""
    from pki.inspection.engine import inspect_tbs
    from pki.inspection.findings import Severity

    findings = inspect_tbs(tbs, kind, context=_context(issuer))
    broken = [each for each in findings if each.severity is Severity.ERROR]
    if broken:
        raise ProfileBroken(kind, tuple(dict.fromkeys(each.rule.id for each in broken)))


def sample(one_in: int) -> Inspection:
    """Inspect the first and then one in so many, for bulk creation."""
    count = 0

    def some(tbs: bytes, kind: str, issuer: bytes | None) -> None:
        nonlocal count
        due = count % one_in == 0
        count += 1
        if due:
            every(tbs, kind, issuer)

    return some


@lru_cache(maxsize=64)
def _context(issuer: bytes | None) -> "Context":
    from pki.inspection.chain import read_authority
    from pki.inspection.specimen import Context

    authority = read_authority(issuer) if issuer is not None else None
    return Context(authority=authority, places=codes_of)
