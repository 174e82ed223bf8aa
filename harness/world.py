"""
A world: one miniature JPKI with a clock of its own, as every front uses it.

The command line, the pytest plugin, the demo and the services all come through here.
Imports at module level stay light, for each short command pays for them; what needs
cryptography is imported where it is used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ca.register import Register
from ca.store import Store, creating, open_store, to_moment, to_seconds
from harness import clock
from pki.errors import NotPermitted, TooEarly, Unacceptable
from pki.kinds import Algorithm, Kind, Naming, Sex

if TYPE_CHECKING:
    from ca.applications import Reception
    from ca.authority import Authority
    from ca.office import Office
    from ca.publication import Press
    from ca.residents import Resident
    from ca.responder import Desk
    from ca.timestamping import TimestampDesk
    from harness.documents.pdf.profiles import PdfProfile
    from harness.verifier.policy import Policy
    from harness.verifier.verdict import Verdict
    from harness.worldly import WorldEvidence
    from pki.xmldsig.forms import Form

DEFAULT_DIRECTORY = ".minijpki"
ENVIRONMENT = "MINIJPKI_WORLD"
FASTEST = 86_400  # of a clock: a day in a second
DEFAULT_BASE_URL = "http://127.0.0.1:8765"


class World:
    """
    An open world.

    Moments given as *at* default to the world's clock.  An event later than the clock moves
    it, one earlier than the journal's newest entry is refused.
    """

    def __init__(self, store: Store, directory: Path) -> None:
        self.store = store
        self.directory = directory
        self.register = Register(store)

    @classmethod
    def create(
        cls,
        directory: str | Path,
        *,
        at: datetime | None = None,
        naming: Naming = Naming.SIM,
        algorithm: Algorithm = Algorithm.RSA2048,
        history: bool = False,
        seed: int | None = None,
        base_url: str = DEFAULT_BASE_URL,
        database: str | None = None,
        fresh_keys: bool = False,
        switches: Mapping[str, str] | None = None,
    ) -> World:
        """Make a world; its clock stands at *at*, or runs with the machine without one."""
        from ca.ceremony import found_authorities

        if seed is not None and naming is not Naming.SIM:
            raise NotPermitted(
                f"a seeded world has published keys, and may not name itself {naming.value}; "
                "leave the seed or the naming away"
            )
        if not re.fullmatch(r"https?://[!-~]+", base_url):
            raise Unacceptable(
                f"{base_url!r} cannot stand in certificates as the address of services; "
                f"write an http URL in ASCII, as in {DEFAULT_BASE_URL}"
            )
        settings = {
            "naming": naming.value,
            "algorithm": algorithm.value,
            "base_url": base_url.rstrip("/"),
            "clock": str(to_seconds(at)) if at else "",
            "seed": "" if seed is None else str(seed),
            "fresh_keys": "yes" if fresh_keys else "",
            **(switches or {}),
        }
        with creating(Path(directory), settings, url=database) as store:
            world = cls(store, Path(directory))
            found_authorities(world.authority, at=world.now(), history=history)
        return world

    @classmethod
    def open(cls, directory: str | Path | None = None) -> World:
        """Open a world where it is named, where the environment says, or at `.minijpki`."""
        chosen = Path(directory or os.environ.get(ENVIRONMENT) or DEFAULT_DIRECTORY)
        return cls(open_store(chosen), chosen)

    def now(self) -> datetime:
        """
        Return the moment of this world's own clock.

        An event later than the clock has moved it: the newest entry is never in the future.
        """
        frozen = self.store.setting("clock")
        if frozen:
            moment = to_moment(int(frozen))
        else:
            machine = clock.now()
            ahead = timedelta(seconds=int(self.store.setting("clock_offset", "0")))
            rate = int(self.store.setting("clock_rate", "1"))
            began = to_moment(int(self.store.setting("clock_began", "0")))
            moment = machine + ahead + (machine - began) * (rate - 1)
        newest = self.store.newest()
        return moment if newest is None or newest <= moment else newest

    def set_clock(self, at: datetime) -> datetime:
        """Freeze the clock at *at*, which is not before the newest entry of the journal."""
        if at.year not in clock.YEARS:
            raise _beyond()
        with self.store.writing():
            newest = self.store.newest()
            if newest is not None and at < newest:
                raise TooEarly(at, newest)
            self.store.set("clock", str(to_seconds(at)))
        return at

    def turn_clock(self, period: timedelta) -> datetime:
        """Turn the clock on by *period*, and freeze it there."""
        with self.store.writing():  # reading, too, lest two who turn at once turn once
            try:
                at = self.now() + period
            except OverflowError:
                raise _beyond() from None
            return self.set_clock(at)

    def let_clock_run(self, rate: int = 1) -> datetime:
        """Let the clock run on from where it stands, *rate* times as fast as the machine's."""
        if not 1 <= rate <= FASTEST:
            raise Unacceptable(
                f"a clock runs 1 to {FASTEST} times as fast as the machine's; give another rate"
            )
        with self.store.writing():
            began = clock.now()
            ahead = int((self.now() - began).total_seconds())
            self.store.set("clock_offset", str(ahead))
            self.store.set("clock_rate", str(rate))
            self.store.set("clock_began", str(to_seconds(began)))
            self.store.set("clock", "")
        return self.now()

    def moment(self, at: datetime | None) -> datetime:
        """Return the moment of an event: as given, or now."""
        return self.now() if at is None else at

    @property
    def seed(self) -> int | None:
        text = self.store.setting("seed")
        return int(text) if text else None

    @property
    def naming(self) -> Naming:
        return Naming(self.store.setting("naming"))

    @cached_property
    def authority(self) -> Authority:
        from ca.authority import Authority
        from harness.keypool import Deck, Pool, cache_directory

        if self.seed is not None:
            return Authority(self.store, Deck(self.seed))
        fresh = bool(self.store.setting("fresh_keys"))
        return Authority(self.store, Pool(None if fresh else cache_directory()))

    @cached_property
    def office(self) -> Office:
        from ca.office import Office
        from harness.chance import chances

        return Office(self.store, self.authority, chances(self.seed))

    @cached_property
    def reception(self) -> Reception:
        from ca.applications import Reception

        return Reception(self.office)

    @cached_property
    def press(self) -> Press:
        from ca.publication import Press

        return Press(self.store, self.authority)

    @cached_property
    def responder(self) -> Desk:
        from ca.responder import Desk

        return Desk(self.store, self.authority)

    @cached_property
    def timestamping(self) -> TimestampDesk:
        from ca.timestamping import TimestampDesk

        return TimestampDesk(self.store, self.authority)

    @cached_property
    def evidence(self) -> WorldEvidence:
        from harness.worldly import WorldEvidence

        return WorldEvidence(self)

    def add_resident(
        self,
        identifier: str | None = None,
        *,
        name: str,
        born: date | None,
        sex: Sex,
        address: str,
        at: datetime | None = None,
        stay_ends_on: date | None = None,
        guardianship: bool = False,
        substitutes: Mapping[str, str] | None = None,
    ) -> Resident:
        """Register a resident, under the next free identifier unless one is given."""
        with self.store.writing():  # lest another process finds the same one free
            if identifier is None:
                taken = {each.identifier for each in self.register.residents()}
                identifier = next(f"r{n}" for n in range(1, len(taken) + 2) if f"r{n}" not in taken)
            return self.office.add(
                identifier,
                name=name,
                born=born,
                sex=sex,
                address=address,
                at=self.moment(at),
                stay_ends_on=stay_ends_on,
                guardianship=guardianship,
                substitutes=substitutes,
            )

    def sign_raw(
        self,
        identifier: str,
        content: bytes,
        *,
        pin: str,
        kind: Kind = Kind.SIGN,
        given: str = "message",
        at: datetime | None = None,
    ) -> bytes:
        """Sign bytes with the card of a resident; *given* says what the card is handed."""
        from harness.documents.raw import sign_raw

        return sign_raw(self, identifier, content, pin=pin, kind=kind, given=given, at=at)

    def sign_xml(
        self,
        identifier: str,
        document: bytes,
        *,
        pin: str,
        kind: Kind = Kind.SIGN,
        form: Form | None = None,
        part: str | None = None,
        files: Mapping[str, bytes] | None = None,
        name: str | None = None,
        at: datetime | None = None,
    ) -> bytes:
        """
        Sign an XML document with the card of a resident, be it beside other signatures.

        *part* is the identifier of the only element to sign; *files* by name go under the
        signature in the form egov, and *name* is that of the document in the form toki.
        """
        from harness.documents.signed_xml import sign_xml

        return sign_xml(
            self,
            identifier,
            document,
            pin=pin,
            kind=kind,
            form=form,
            part=part,
            files=files or {},
            name=name,
            at=at,
        )

    def sign_pdf(
        self,
        identifier: str,
        document: bytes,
        *,
        pin: str,
        kind: Kind = Kind.SIGN,
        profile: PdfProfile | None = None,
        at: datetime | None = None,
    ) -> bytes:
        """Sign a PDF with the card of a resident; as PAdES B-B unless *profile* says so."""
        from harness.documents.pdf.card import sign_pdf
        from harness.documents.pdf.profiles import PdfProfile

        chosen = profile or PdfProfile.B_B
        return sign_pdf(self, identifier, document, pin=pin, kind=kind, profile=chosen, at=at)

    def verify_pdf(
        self,
        document: bytes,
        policy: Policy | None = None,
        *,
        at: datetime | None = None,
        timestamps: tuple[bytes, ...] = (),
    ) -> Verdict:
        """Judge a signed PDF by what this world had published at *at*, likewise."""
        from harness.verifier.policy import DEFAULT
        from harness.verifying import evidence_for, judge_pdf

        moment, chosen = at or self.now(), policy or DEFAULT
        evidence = evidence_for(document, self.evidence, chosen, timestamps, at=moment)
        return judge_pdf(document, evidence, chosen, at=moment)

    def sign_cms(
        self,
        identifier: str,
        content: bytes,
        *,
        pin: str,
        kind: Kind = Kind.SIGN,
        detached: bool = False,
        at: datetime | None = None,
    ) -> bytes:
        """Sign any octets as a CMS message with the card of a resident."""
        from harness.documents.cms import sign_cms

        return sign_cms(self, identifier, content, pin=pin, kind=kind, detached=detached, at=at)

    def verify_cms(
        self,
        message: bytes,
        policy: Policy | None = None,
        *,
        content: bytes | None = None,
        at: datetime | None = None,
        timestamps: tuple[bytes, ...] = (),
    ) -> Verdict:
        """Judge a CMS message, and *content* if it is detached, likewise."""
        from harness.verifier.messages import verify_cms
        from harness.verifier.policy import DEFAULT
        from harness.verifying import evidence_for

        moment = at or self.now()
        chosen = policy or DEFAULT
        evidence = evidence_for(message, self.evidence, chosen, timestamps, at=moment)
        return verify_cms(message, evidence, chosen, at=moment, content=content)

    def verify_xml(
        self,
        document: bytes,
        policy: Policy | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
        at: datetime | None = None,
        timestamps: tuple[bytes, ...] = (),
    ) -> Verdict:
        """
        Judge a signed document by what this world had published at *at*.

        *files* by name came along with it, and every signature has to cover each of them.
        *timestamps* are for an archive policy: the first over the document, each further one
        over the one before.
        """
        from harness.verifier.documents import verify_xml
        from harness.verifier.policy import DEFAULT
        from harness.verifying import evidence_for

        moment = at or self.now()
        chosen = policy or DEFAULT
        evidence = evidence_for(document, self.evidence, chosen, timestamps, at=moment)
        if not files:
            return verify_xml(document, evidence, chosen, at=moment)
        from harness.verifier.attachments import demand_files
        from pki.xmldsig.file_names import ByName

        judged = verify_xml(document, evidence, chosen, at=moment, resources=ByName(files))
        return demand_files(judged, files)

    def timestamp(
        self, octets: bytes, *, digest: str = "sha256", at: datetime | None = None
    ) -> bytes:
        """Have octets time-stamped by this world's authority, and return its response, DER."""
        from harness.timestamping import request_for

        request = request_for(octets, digest=digest)
        return self.timestamping.answer(request, at=self.moment(at))

    def certificate(self, identifier: str, kind: Kind) -> bytes:
        """Return the certificate that the card of a resident holds, DER."""
        from pki.errors import NotOnCard

        issued = self.register.current(self.register.card_of(identifier), kind)
        if issued is None:
            raise NotOnCard(kind)
        return self.register.der(kind, issued.serial)

    def close(self) -> None:
        self.store.close()


def _beyond() -> Unacceptable:
    first, last = clock.YEARS[0], clock.YEARS[-1]
    return Unacceptable(f"a world's clock goes from {first} to {last}; turn it to a year of these")
