"""
For which certificates a list speaks.  Pure.

    municipal     the point that the certificates of one municipality name, no booleans
    authorities   the CA's own name, onlyContainsCACerts; an ARL
    full          no issuingDistributionPoint; off by default

All three are inferred [J 13].  Generations of a CA share these, for they share its name:
a list is told from another by its issuer's key and its scope, never by the scope alone.
"""

from dataclasses import dataclass

from crl.shapes import Shape
from pki.certificate import fields
from pki.der.write import implicit, sequence
from pki.kinds import Kind, Naming
from pki.names import Name, ca_name, distribution_point


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    The certificates that a list speaks for; made by the functions below.

    Attributes:
        word: In URLs, files and JSON: `13101`, `arl`, `full`; unique below one CA key.
        shape: Which table the list follows.
        point: The name in issuingDistributionPoint; None for a list of everything.
        idp: issuingDistributionPoint, encoded; None likewise.
    """

    word: str
    shape: Shape
    point: Name | None
    idp: bytes | None


def municipal(kind: Kind, naming: Naming, *, code: str, prefecture: str, name: str) -> Scope:
    """
    Speak for the certificates that one municipality issued [5280 5.2.5].

    *code* is its five digits of JIS X 0402; *prefecture* and *name* are romanised, as
    they stand in the certificates' distribution point.
    """
    if len(code) != 5 or not code.isascii() or not code.isdigit():
        raise ValueError(f"the code {code!r} is not five digits of JIS X 0402")
    point = distribution_point(kind, naming, prefecture, name)
    return Scope(
        word=code,
        shape=Shape.MUNICIPAL,
        point=point,
        idp=sequence(_point(point)),  # a boolean that is false is not encoded [X.690 11.5]
    )


def authorities(kind: Kind, naming: Naming) -> Scope:
    """Speak for the CA certificates under one CA [5280 5.2.5]."""
    point = ca_name(kind, naming)
    only_ca_certificates = implicit(2, b"\xff")
    return Scope(
        word="arl",
        shape=Shape.AUTHORITIES,
        point=point,
        idp=sequence(_point(point), only_ca_certificates),
    )


def _point(name: Name) -> bytes:
    return fields.distribution_point_name(fields.encode_name(name))


FULL = Scope(word="full", shape=Shape.FULL, point=None, idp=None)
"""Everything that a CA key signed."""
