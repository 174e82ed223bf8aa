"""
A list of any issuer, opened for general processing: scope, entries, base.  Pure.

crl/read checks everything around the entries.  They are left alone until somebody asks,
for a list that nobody trusted signed may be as long as it likes.  Ordinary ones are then
indexed by crl/index; in an indirect list each is read with the certificate issuer that it
belongs to, which changes on the way [5280 5.3.3].
"""

from dataclasses import dataclass
from datetime import datetime

from crl.index import REASON_CODE, REASON_CODES, SerialIndex, index
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
from pki.paths.budget import Budget, Work
from pki.paths.general_names import DIRECTORY, read_general_names
from pki.paths.names import ComparableName, comparable

CERTIFICATE_ISSUER = oids.content(oids.CERTIFICATE_ISSUER)
MAX_EXTENSIONS = 64 * 1024  # octets
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
        understood: Whether every critical extension of the list is obeyed here.
    """

    crl: RevocationList
    issuer: ComparableName
    scope: Issuing
    base: int | None
    understood: bool


def open_list(der: bytes) -> OpenedList:
    """Read and open one list, DER; Malformed for anything but its strict form."""
    if _extensions_size(der) > MAX_EXTENSIONS:
        raise Malformed(WHAT, f"over {MAX_EXTENSIONS} octets of extensions")
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
    return OpenedList(
        crl=crl,
        issuer=issuer,
        scope=scope,
        base=None if delta is None else _base(delta.value),
        understood=understood,
    )


def _base(value: bytes) -> int:
    number = read.integer(value, *read.whole(value, read.INTEGER))
    if number < 0:
        raise MalformedDer(WHAT, "a negative baseCRLNumber", 0)
    return number


def _extensions_size(der: bytes) -> int:
    """Look ahead how long the extensions are, before somebody looks at each octet."""
    try:
        at, stop = read.enter(der, *read.whole(der, read.SEQUENCE), read.SEQUENCE)
        for _ in range(7):  # version to crlExtensions
            tag, begin, end = read.header(der, at, stop)
            if tag == 0xA0 or end == stop:
                return end - begin if tag == 0xA0 else 0
            at = end
    except MalformedDer:
        pass  # the reader will say so, and better
    return 0


Entries = dict[tuple[ComparableName, int], Entry]


@dataclass(frozen=True, slots=True)
class Asking:
    """
    The entries of one list, ready to be asked.

    Attributes:
        index: Of ordinary entries, all of the list's own issuer; None for others.
        entries: By certificate issuer and serial; the earliest, where one stands twice.
        understood: Whether every critical extension of the entries is obeyed here.
    """

    index: SerialIndex | None
    entries: Entries
    understood: bool

    def find(self, issuer: ComparableName, serial: int) -> Entry | None:
        """Return what the list says of one certificate; None if nothing."""
        if self.index is None:
            return self.entries.get((issuer, serial))
        listed = self.index.find(serial)
        return None if listed is None else Entry(listed.since, listed.code)


def ask(opened: OpenedList, budget: Budget) -> Asking:
    """Check and index the entries of a list; Malformed for any that is not strict DER."""
    if not opened.scope.indirect:
        try:
            found = index(opened.crl)
        except MalformedDer:
            pass  # a serial that only a tolerant reader takes, or worse
        else:
            return Asking(found, {}, found.not_processed is None)
    try:
        return _entries(opened, budget)
    except MalformedDer as error:
        raise of_the_list(error) from error


def _entries(opened: OpenedList, budget: Budget) -> Asking:
    found: Entries = {}
    understood = True
    of_whom = opened.issuer  # until an entry says otherwise [5280 5.3.3]
    crl = opened.crl
    der, at, stop = crl.der, crl.entries_start, crl.entries_stop
    while at < stop:
        budget.spend(Work.ENTRY)
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
                elif identifier == CERTIFICATE_ISSUER and opened.scope.indirect:
                    of_whom = _issuer(extension.value)
                elif extension.critical:
                    understood = False
        before = found.get((of_whom, serial))
        if before is None or since < before.since:
            found[of_whom, serial] = Entry(since, code)
        at = end
    return Asking(None, found, understood)


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
