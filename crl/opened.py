"""
A list of any issuer, opened for general processing: scope, entries, base.  Pure.

crl/read has checked everything around the entries.  Here each entry is read with the
certificate issuer that it belongs to, which an indirect list changes on its way
[5280 5.3.3].  crl/index is the faster reader for lists of JPKI.
"""

from dataclasses import dataclass
from datetime import datetime

from crl.index import REASON_CODE, REASON_CODES
from crl.points import Issuing, issuing
from crl.read import (
    AUTHORITY_KEY_IDENTIFIER,
    CRL_NUMBER,
    DELTA_CRL_INDICATOR,
    ISSUING_DISTRIBUTION_POINT,
    WHAT,
    RevocationList,
    of_the_list,
    read_extensions,
    read_list,
    read_time,
)
from pki import oids
from pki.der import read
from pki.errors import Malformed, MalformedDer
from pki.paths.general_names import DIRECTORY, read_general_names
from pki.paths.names import ComparableName, comparable

CERTIFICATE_ISSUER = oids.content(oids.CERTIFICATE_ISSUER)
MAX_ENTRIES = 1_000_000
_PROCESSED = frozenset(
    {AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, DELTA_CRL_INDICATOR, ISSUING_DISTRIBUTION_POINT}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What a list says of one certificate.

    Attributes:
        since: revocationDate, UTC.
        code: reasonCode as a number; None if absent.
    """

    since: datetime
    code: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenedList:
    """
    A list with everything opened that processing asks for.

    Attributes:
        crl: As read.
        issuer: The DN, comparable.
        scope: issuingDistributionPoint; all defaults without it.
        base: baseCRLNumber of a delta; None for a complete list.
        entries: By certificate issuer and serial; the earliest, where one stands twice.
        understood: Whether every critical extension, of list and entries, is obeyed here.
    """

    crl: RevocationList
    issuer: ComparableName
    scope: Issuing
    base: int | None
    entries: dict[tuple[ComparableName, int], Entry]
    understood: bool


def open_list(der: bytes) -> OpenedList:
    """Read and open one list, DER; Malformed for anything but its strict form."""
    crl = read_list(der)
    try:
        return _open(crl)
    except MalformedDer as error:
        raise of_the_list(error) from error


def _open(crl: RevocationList) -> OpenedList:
    issuer = comparable(crl.issuer)
    point = crl.extensions.get(ISSUING_DISTRIBUTION_POINT)
    scope = Issuing() if point is None else issuing(point.value, issuer)
    delta = crl.extensions.get(DELTA_CRL_INDICATOR)
    understood = all(
        identifier in _PROCESSED
        for identifier, extension in crl.extensions.items()
        if extension.critical
    )
    entries, entries_understood = _entries(crl, issuer, indirect=scope.indirect)
    return OpenedList(
        crl=crl,
        issuer=issuer,
        scope=scope,
        base=None if delta is None else _base(delta.value),
        entries=entries,
        understood=understood and entries_understood,
    )


def _base(value: bytes) -> int:
    number = read.integer(value, *read.whole(value, read.INTEGER))
    if number < 0:
        raise MalformedDer(WHAT, "a negative baseCRLNumber", 0)
    return number


def _entries(
    crl: RevocationList, issuer: ComparableName, *, indirect: bool
) -> tuple[dict[tuple[ComparableName, int], Entry], bool]:
    found: dict[tuple[ComparableName, int], Entry] = {}
    understood = True
    of_whom = issuer  # until an entry says otherwise [5280 5.3.3]
    der, at, stop = crl.der, crl.entries_start, crl.entries_stop
    while at < stop:
        start, end = read.enter(der, at, stop, read.SEQUENCE)
        begin, after = read.enter(der, start, end, read.INTEGER)
        # NOTE: no serial is negative or zero [5280 4.1.2.2]; lists that name such a one all
        # the same are believed, for a revocation must not be lost over it.
        serial = read.integer(der, begin, after)
        since, after = read_time(der, after, end)
        code = None
        if after < end:
            first, last = read.enter(der, after, end, read.SEQUENCE)
            if last != end:
                raise MalformedDer(WHAT, "an entry of another shape", at)
            for identifier, extension in read_extensions(der, first, last).items():
                if identifier == REASON_CODE:
                    code = _reason(extension.value)
                elif identifier == CERTIFICATE_ISSUER and indirect:
                    of_whom = _issuer(extension.value)
                elif extension.critical:
                    understood = False
        key = of_whom, serial
        before = found.get(key)
        if before is None or since < before.since:
            found[key] = Entry(since, code)
        if len(found) > MAX_ENTRIES:
            raise Malformed(WHAT, f"more than {MAX_ENTRIES} entries")
        at = end
    return found, understood


def _reason(value: bytes) -> int:
    start, stop = read.whole(value, read.ENUMERATED)
    if stop != start + 1 or value[start] not in REASON_CODES:
        raise MalformedDer(WHAT, "a reasonCode that the standard does not have", start)
    return value[start]


def _issuer(value: bytes) -> ComparableName:
    names = read_general_names(value, *read.whole(value, read.SEQUENCE))
    directories = [each.directory for each in names if each.form == DIRECTORY]
    if not directories:
        raise MalformedDer(WHAT, "a certificateIssuer without a DN", 0)
    return directories[0]
