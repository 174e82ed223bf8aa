"""
What extensions of a certificate mean for a path: each opened strictly.  Pure.

Functions take the extension's value and raise MalformedDer for another shape; nothing is
skipped for being optional, since a reader that guesses can be led astray [5280 4.2.1].
"""

from typing import NamedTuple

from pki import oids
from pki.der import read
from pki.errors import MalformedDer
from pki.paths.general_names import GeneralName, read_general_names

ANY_POLICY = oids.content(oids.ANY_POLICY)
ANY_PURPOSE = oids.content(oids.EXT_KEY_USAGE) + b"\x00"  # anyExtendedKeyUsage


def basic_constraints(value: bytes) -> tuple[bool, int | None]:
    """Return cA and pathLenConstraint [5280 4.2.1.9]."""
    start, stop = read.whole(value, read.SEQUENCE)
    parts = read.children(value, start, stop)
    is_ca, length = False, None
    if parts and parts[0][0] == read.BOOLEAN:
        is_ca = read.boolean(value, *parts.pop(0)[2:])
        if not is_ca:  # a default is not encoded [X.690 11.5]
            raise MalformedDer("the basicConstraints", "cA FALSE written out", start)
    if parts and parts[0][0] == read.INTEGER:
        length = _count(value, *parts.pop(0)[2:])
    if parts:
        raise MalformedDer("the basicConstraints", "another shape", start)
    return is_ca, length


def _count(value: bytes, start: int, stop: int) -> int:
    number = read.integer(value, start, stop)
    if number < 0:
        raise MalformedDer("the constraint", "a negative count", start)
    return number


def key_usage(value: bytes) -> int:
    """Return the first eight bits of keyUsage, 0x80 digitalSignature [5280 4.2.1.3]."""
    octets, unused = read.bits(value, *read.whole(value, read.BIT_STRING))
    if len(octets) > 2 or (octets and not octets[-1] >> unused & 1):  # [X.690 11.2.2]
        raise MalformedDer("the keyUsage", "bits not in their shortest form", 0)
    return octets[0] if octets else 0


def policies(value: bytes) -> frozenset[bytes]:
    """Return the policies of certificatePolicies; qualifiers decide nothing [5280 4.2.1.4]."""
    start, stop = read.whole(value, read.SEQUENCE)
    found = []
    while start < stop:
        begin, end = read.enter(value, start, stop, read.SEQUENCE)
        first, last = read.enter(value, begin, end, read.OID)
        if last < end and read.enter(value, last, end, read.SEQUENCE)[1] != end:
            raise MalformedDer("the certificatePolicies", "octets after the qualifiers", last)
        found.append(_identifier(value, first, last))
        start = end
    if not found or len(set(found)) != len(found):
        raise MalformedDer("the certificatePolicies", "no policy, or one twice", 0)
    return frozenset(found)


def _identifier(value: bytes, start: int, stop: int) -> bytes:
    read.dotted(value, start, stop)
    return value[start:stop]


def policy_mappings(value: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return pairs of issuerDomainPolicy and subjectDomainPolicy [5280 4.2.1.5]."""
    start, stop = read.whole(value, read.SEQUENCE)
    pairs = []
    for tag, at, begin, end in read.children(value, start, stop):
        first, after = read.enter(value, begin, end, read.OID)
        second, last = read.enter(value, after, end, read.OID)
        if tag != read.SEQUENCE or last != end:
            raise MalformedDer("the policyMappings", "another shape", at)
        pairs.append((_identifier(value, first, after), _identifier(value, second, last)))
    if not pairs:
        raise MalformedDer("the policyMappings", "no pair", start)
    return tuple(pairs)


def policy_constraints(value: bytes) -> tuple[int | None, int | None]:
    """Return requireExplicitPolicy and inhibitPolicyMapping [5280 4.2.1.11]."""
    start, stop = read.whole(value, read.SEQUENCE)
    parts = read.children(value, start, stop)
    tags = [tag for tag, _, _, _ in parts]
    if not tags or tags not in ([0x80], [0x81], [0x80, 0x81]):
        raise MalformedDer("the policyConstraints", "another shape", start)
    found = {tag: _count(value, begin, end) for tag, _, begin, end in parts}
    return found.get(0x80), found.get(0x81)


def inhibit_any_policy(value: bytes) -> int:
    """Return after how many certificates anyPolicy counts no more [5280 4.2.1.14]."""
    return _count(value, *read.whole(value, read.INTEGER))


def purposes(value: bytes) -> frozenset[bytes]:
    """Return the purposes of extKeyUsage [5280 4.2.1.12]."""
    start, stop = read.whole(value, read.SEQUENCE)
    found = []
    while start < stop:
        first, last = read.enter(value, start, stop, read.OID)
        found.append(_identifier(value, first, last))
        start = last
    if not found:
        raise MalformedDer("the extKeyUsage", "no purpose", 0)
    return frozenset(found)


def alternative_names(value: bytes) -> tuple[GeneralName, ...]:
    """Return the names of subjectAltName [5280 4.2.1.6]."""
    return read_general_names(value, *read.whole(value, read.SEQUENCE))


class Subtrees(NamedTuple):
    """
    nameConstraints, opened [5280 4.2.1.10].

    Attributes:
        permitted: Bases under one of which a name of the same form must stand.
        excluded: Bases under none of which it may.
    """

    permitted: tuple[GeneralName, ...]
    excluded: tuple[GeneralName, ...]


def name_constraints(value: bytes) -> Subtrees:
    """Return the subtrees; minimum and maximum must be as the profile has them."""
    start, stop = read.whole(value, read.SEQUENCE)
    parts = read.children(value, start, stop)
    tags = [tag for tag, _, _, _ in parts]
    if not tags or tags not in ([0xA0], [0xA1], [0xA0, 0xA1]):
        raise MalformedDer("the nameConstraints", "another shape", start)
    found = {tag: _bases(value, begin, end) for tag, _, begin, end in parts}
    return Subtrees(found.get(0xA0, ()), found.get(0xA1, ()))


def _bases(value: bytes, start: int, stop: int) -> tuple[GeneralName, ...]:
    bases: list[GeneralName] = []
    for tag, at, begin, end in read.children(value, start, stop):
        if tag != read.SEQUENCE or read.header(value, begin, end)[2] != end:
            # minimum is 0, thus not encoded, and maximum absent
            raise MalformedDer("the nameConstraints", "a subtree with bounds", at)
        bases.extend(read_general_names(value, begin, end))
    if not bases:
        raise MalformedDer("the nameConstraints", "an empty list of subtrees", start)
    return tuple(bases)
