"""
Serial linking and the latest four items: how a user is known again when serials change.

Reads the register, and writes nothing but consents.  `link` says which certificates belong
together [J 9]: sign and auth of one card (証明書紐付け情報), old and new of one person and
kind (証明書新旧紐付け情報).  `latest_items` says what a new signature certificate states, to
a service that its holder consented to.  The real interface is not public: this one is a
library call of ours [J 13].
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ca.lifecycle import Good
from ca.register import Issued, Register
from ca.store import to_moment, to_seconds
from pki.certificate.read import read_certificate
from pki.errors import NotOnCard, NotPermitted, Unacceptable, UnknownCertificate
from pki.four_items import FourItems
from pki.kinds import Kind
from pki.validity import birthday_after, day_in_jst, last_second

CONSENT_YEARS = 10  # [J 9]
FEE = 20  # yen per answer that has new items in it [J 9]
LONGEST_SERVICE = 64  # characters of its name; ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """
    What belongs to one certificate, as of one moment.

    Attributes:
        certificate: The one asked for.
        pair: Of the other kind, the last that stood beside it on its card; None if none did.
        line: Every certificate of the kind that the person had by then, oldest first.
    """

    certificate: Issued
    pair: Issued | None
    line: tuple[Issued, ...]

    @property
    def older(self) -> Issued | None:
        """The one before it."""
        place = self.line.index(self.certificate)
        return self.line[place - 1] if place else None

    @property
    def newer(self) -> Issued | None:
        """The one after it."""
        return next(iter(self.line[self.line.index(self.certificate) + 1 :]), None)

    @property
    def newest(self) -> Issued:
        """The end of the line, which may be revoked."""
        return self.line[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """
    That a holder lets one service have the latest four items [J 9].

    Attributes:
        resident: Identifier of the holder.
        service: Name of the service, the same letter by letter.
        serial: Of the signature certificate that it was given with.
        given: UTC.
        until: UTC, inclusive; the last second of the tenth anniversary in JST (inferred).
        withdrawn: UTC; None if it was not.
    """

    resident: str
    service: str
    serial: int
    given: datetime
    until: datetime
    withdrawn: datetime | None = None

    def is_in_force(self, at: datetime) -> bool:
        return self.given <= at <= self.until and (self.withdrawn is None or at < self.withdrawn)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The certificate that the service knows is in force, so its items are the latest."""

    certificate: Issued


@dataclass(frozen=True, slots=True)
class NothingYet:
    """The certificate that the service knows has ended, and no new one is in force."""

    certificate: Issued


@dataclass(frozen=True, slots=True)
class Latest:
    """
    What the service is told.

    Attributes:
        items: As the new certificate states them.
        certificate: The new one; its serial is part of the answer.
    """

    items: FourItems
    certificate: Issued


Answer = Unchanged | NothingYet | Latest


def link(register: Register, kind: Kind, serial: int, *, at: datetime) -> Link:
    """Say what belongs to a certificate, by CA and serial number; UnknownCertificate."""
    certificate = register.certificate(kind, serial)
    order = _order(register, certificate.resident)
    line = _line(register, certificate.resident, kind, at=at)
    if certificate not in line:
        raise UnknownCertificate(
            f"the {kind.value} certificate {serial:#x} was not issued by "
            f"{at:%Y-%m-%dT%H:%M:%SZ}; ask for a later moment"
        )
    newer = next(iter(line[line.index(certificate) + 1 :]), None)
    beside = [
        each
        for each in _line(register, certificate.resident, kind.other, at=at)
        if each.card == certificate.card
        and (newer is None or order[kind.other, each.serial] < order[kind, newer.serial])
    ]
    return Link(certificate=certificate, pair=beside[-1] if beside else None, line=line)


def give_consent(register: Register, resident: str, service: str, *, at: datetime) -> Consent:
    """
    Record consent for ten years, on the strength of the signature certificate on the card.

    Who holds the card and knows its PIN is asked elsewhere; here the certificate must be
    in force.  A second consent begins the ten years anew.
    """
    check_service(service)
    held = register.current(register.card_of(resident), Kind.SIGN)
    if held is None:
        raise NotOnCard(Kind.SIGN)
    if not in_force(register, held, at=at):
        raise NotPermitted(
            f"the sign certificate {held.serial:#x} is not in force, and consent is signed "
            f"with it; issue a new one with `minijpki card renew {resident} --key sign`"
        )
    given_on = day_in_jst(at)
    # An anniversary is reckoned like a birthday.
    until = last_second(birthday_after(given_on, given_on, CONSENT_YEARS))
    consent = Consent(resident=resident, service=service, serial=held.serial, given=at, until=until)
    _enter(register, "consent-given", consent, at=at)
    return consent


def withdraw_consent(register: Register, resident: str, service: str, *, at: datetime) -> Consent:
    """Take consent back; from then on the service is refused."""
    withdrawn = replace(_consent_in_force(register, resident, service, at=at), withdrawn=at)
    _enter(register, "consent-withdrawn", withdrawn, at=at)
    return withdrawn


def consents(register: Register, resident: str, *, at: datetime) -> tuple[Consent, ...]:
    """List the consents of a resident that were given by *at*, ended ones included."""
    register.resident(resident)
    services = [
        value["service"]
        for value in register.store.states("consent")
        if value["resident"] == resident
    ]
    found = (_consent(register, resident, service, at=at) for service in services)
    return tuple(each for each in found if each is not None)


def latest_items(
    register: Register, resident: str, service: str, *, known: int | None = None, at: datetime
) -> Answer:
    """
    Answer a service that asks what has become of a holder's four items [J 9].

    *known* is the serial of the signature certificate that the service has; by default the
    one that the consent was given with.  NotPermitted without consent in force.

    NOTE: the sources say that the old certificate must be revoked.  Here one that has
    expired counts as well (inferred): its holder has a new one all the same.
    """
    consent = _consent_in_force(register, resident, service, at=at)
    serial = consent.serial if known is None else known
    linked = link(register, Kind.SIGN, serial, at=at)
    if linked.certificate.resident != resident:
        raise NotPermitted(
            f"the sign certificate {serial:#x} is none of {resident!r}; name one of theirs"
        )
    if in_force(register, linked.certificate, at=at):
        return Unchanged(linked.certificate)
    newest = linked.newest
    if newest == linked.certificate or not in_force(register, newest, at=at):
        return NothingYet(linked.certificate)
    items = read_certificate(register.der(Kind.SIGN, newest.serial)).four_items()
    assert items is not None  # our own profile states them
    return Latest(items, newest)


def in_force(register: Register, issued: Issued, *, at: datetime) -> bool:
    """Tell whether a certificate is good and within its dates."""
    dated = issued.not_before <= at <= issued.not_after
    return dated and register.standing(issued.kind, issued.serial, at=at) == Good()


def check_service(service: str) -> str:
    """Refuse what could not name a service on one line."""
    if not service.strip() or not service.isprintable() or len(service) > LONGEST_SERVICE:
        raise Unacceptable(
            f"the name of a service is one line of 1 to {LONGEST_SERVICE} characters; "
            "give another --service"
        )
    return service


def _line(register: Register, resident: str, kind: Kind, *, at: datetime) -> tuple[Issued, ...]:
    return tuple(each for each in register.certificates(resident, kind) if each.at <= at)


def _order(register: Register, resident: str) -> dict[tuple[Kind, int], int]:
    """Number a resident's certificates by the act that made them; one second may hold several."""
    rows = register.store.rows(
        "SELECT ca, serial, seq FROM certificates WHERE resident = ?", resident
    )
    return {(Kind(ca), serial): seq for ca, serial, seq in rows}


def _consent_in_force(register: Register, resident: str, service: str, *, at: datetime) -> Consent:
    register.resident(resident)
    consent = _consent(register, resident, service, at=at)
    if consent is None or not consent.is_in_force(at):
        raise NotPermitted(
            f"the resident {resident!r} has no consent in force for {service!r}; "
            f"record it with `minijpki consent give {resident} --service NAME`"
        )
    return consent


def _consent(register: Register, resident: str, service: str, *, at: datetime) -> Consent | None:
    value = register.store.state("consent", f"{resident}/{service}", at=at)
    return None if value is None else consent_from_json(value)


def _enter(register: Register, what: str, consent: Consent, *, at: datetime) -> None:
    store = register.store
    with store.writing():
        seq = store.append(
            at, what, consent.resident, service=consent.service, serial=consent.serial
        )
        identifier = f"{consent.resident}/{consent.service}"  # no resident has a slash
        store.put_state(seq, at, "consent", identifier, consent_to_json(consent))


def consent_to_json(consent: Consent) -> dict[str, Any]:
    """Write a consent as the store keeps one."""
    return {
        "resident": consent.resident,
        "service": consent.service,
        "serial": consent.serial,
        "given": to_seconds(consent.given),
        "until": to_seconds(consent.until),
        "withdrawn": to_seconds(consent.withdrawn) if consent.withdrawn else None,
    }


def consent_from_json(value: Mapping[str, Any]) -> Consent:
    """Read what `consent_to_json` wrote."""
    return Consent(
        resident=value["resident"],
        service=value["service"],
        serial=value["serial"],
        given=to_moment(value["given"]),
        until=to_moment(value["until"]),
        withdrawn=None if value["withdrawn"] is None else to_moment(value["withdrawn"]),
    )
