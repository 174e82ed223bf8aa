"""
Distribution points, on a certificate and on a list, and whether the two agree.  Pure.

Read beside RFC 5280, sections 4.2.1.13, 5.2.5 and 6.3.3 (b).  A name relative to an issuer
is completed at once, so that one comparison serves both forms of the name.
"""

from typing import NamedTuple

from pki.der import read
from pki.errors import MalformedDer
from pki.paths.foreign import Foreign
from pki.paths.general_names import DIRECTORY, GeneralName, read_general_names
from pki.paths.names import ComparableName, relative

ALL_REASONS = 0x7F80  # bits 1 to 8 of ReasonFlags, counted from the left of two octets


class Point(NamedTuple):
    """
    One DistributionPoint of a certificate [5280 4.2.1.13].

    Attributes:
        names: Of distributionPoint; None without one.
        reasons: As a mask, like ALL_REASONS.
        issuers: Of cRLIssuer, DNs; empty without one.
        issuer_names: The same as general names, which a list's point may repeat.
    """

    names: frozenset[GeneralName] | None
    reasons: int
    issuers: tuple[ComparableName, ...]
    issuer_names: frozenset[GeneralName]


class Issuing(NamedTuple):
    """
    issuingDistributionPoint of a list [5280 5.2.5].

    Attributes:
        names: Of distributionPoint; None without one.
        only_user: onlyContainsUserCerts.
        only_ca: onlyContainsCACerts.
        reasons: onlySomeReasons as a mask; all without it.
        indirect: indirectCRL.
        only_attribute: onlyContainsAttributeCerts.
    """

    names: frozenset[GeneralName] | None = None
    only_user: bool = False
    only_ca: bool = False
    reasons: int = ALL_REASONS
    indirect: bool = False
    only_attribute: bool = False


def points(certificate: Foreign) -> tuple[Point, ...]:
    """
    Return the points where a certificate is spoken of.

    The last is the one that is meant when none is stated: whatever its issuer says of
    everything that it signed [5280 6.3.3].
    """
    implied = Point(frozenset({_directory(certificate.issuer)}), ALL_REASONS, (), frozenset())
    value = certificate.distribution_points
    if value is None:
        return (implied,)
    start, stop = read.whole(value, read.SEQUENCE)
    stated = [_point(value, each, certificate) for each in read.children(value, start, stop)]
    if not stated:
        raise MalformedDer("the cRLDistributionPoints", "no point", start)
    return (*stated, implied)


def _point(value: bytes, part: tuple[int, int, int, int], certificate: Foreign) -> Point:
    tag, at, begin, end = part
    parts = {tag: (start, stop) for tag, _, start, stop in read.children(value, begin, end)}
    if tag != read.SEQUENCE or not parts.keys() <= {0xA0, 0x81, 0xA2}:
        raise MalformedDer("the cRLDistributionPoints", "another shape", at)
    issuers = read_general_names(value, *parts[0xA2]) if 0xA2 in parts else ()
    directories = tuple(each.directory for each in issuers if each.form == DIRECTORY)
    above = directories[0] if directories else certificate.issuer
    return Point(
        _names(value, *parts[0xA0], above) if 0xA0 in parts else None,
        _reasons(value, *parts[0x81]) if 0x81 in parts else ALL_REASONS,
        directories,
        frozenset(_comparable(each) for each in issuers),
    )


def issuing(value: bytes, issuer: ComparableName) -> Issuing:
    """Read the issuingDistributionPoint of a list that *issuer* signed."""
    start, stop = read.whole(value, read.SEQUENCE)
    parts = {tag: (begin, end) for tag, _, begin, end in read.children(value, start, stop)}
    if not parts.keys() <= {0xA0, 0x81, 0x82, 0x83, 0x84, 0x85}:
        raise MalformedDer("the issuingDistributionPoint", "another shape", start)

    def flag(tag: int) -> bool:
        return tag in parts and read.boolean(value, *parts[tag])

    return Issuing(
        _names(value, *parts[0xA0], issuer) if 0xA0 in parts else None,
        flag(0x81),
        flag(0x82),
        _reasons(value, *parts[0x83]) if 0x83 in parts else ALL_REASONS,
        flag(0x84),
        flag(0x85),
    )


def _names(value: bytes, start: int, stop: int, above: ComparableName) -> frozenset[GeneralName]:
    """Read a DistributionPointName [5280 4.2.1.13]."""
    tag, begin, end = read.header(value, start, stop)
    if tag not in (0xA0, 0xA1) or end != stop:
        raise MalformedDer("the distribution point", "a name of another shape", start)
    if tag == 0xA1:
        return frozenset({_directory((*above, relative(value, begin, end)))})
    return frozenset(_comparable(each) for each in read_general_names(value, begin, end))


def _directory(name: ComparableName) -> GeneralName:
    return GeneralName(DIRECTORY, b"", name)


def _comparable(name: GeneralName) -> GeneralName:
    """Drop the octets of a DN, by which equal names may differ [5280 7.1]."""
    return _directory(name.directory) if name.form == DIRECTORY else name


def _reasons(value: bytes, start: int, stop: int) -> int:
    octets, _ = read.bits(value, start, stop)
    if not 0 < len(octets) <= 2:
        raise MalformedDer("the distribution point", "reasons of another shape", start)
    return int.from_bytes(octets.ljust(2, b"\x00"), "big") & ALL_REASONS


def agrees(point: Point, scope: Issuing, certificate: Foreign) -> bool:
    """Tell whether a list of *scope* speaks for *certificate* at *point* [5280 6.3.3 (b)(2)]."""
    if scope.names is not None:  # (i)
        wanted = point.names if point.names is not None else point.issuer_names
        if scope.names.isdisjoint(wanted):
            return False
    if scope.only_attribute:  # (iv)
        return False
    return not (scope.only_user if certificate.is_ca else scope.only_ca)  # (ii), (iii)
