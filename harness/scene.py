"""
The five-line test's view of a world: residents who sign, move and lose their cards.

A life event here also waits: afterwards the clock stands one second behind the next lists,
so that a relying party can know.  `wait=False` stays in the gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from harness.recognition import is_message, is_pdf
from harness.world import World
from pki.kinds import Algorithm, Event, Kind, Pin, Request, Sex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.documents.pdf.profiles import PdfProfile
    from harness.faults.switches import Board
    from harness.services.inprocess import Running
    from harness.verifier.policy import Policy
    from harness.verifier.verdict import Verdict
    from pki.xmldsig.forms import Form

BEGIN = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
PINS = {Pin.SIGN: "ABC123", Pin.AUTH: "1234", Pin.JUKI: "1234", Pin.TEXT: "1234"}
# Plainly fictitious; where somebody moves to unless told.
PEOPLE = (("住基 花子", Sex.FEMALE), ("住基 太郎", Sex.MALE))
HOME = "東京都千代田区丸の内1-1-1"
NEW_HOME = "神奈川県横浜市中区本町1-1"


class Scene:
    """A world of one test, and its clock."""

    def __init__(self, world: World) -> None:
        self.world = world

    @classmethod
    def fresh(
        cls,
        directory: Path,
        *,
        seed: int | None = 0,
        at: datetime = BEGIN,
        algorithm: Algorithm = Algorithm.RSA2048,
    ) -> Scene:
        return cls(World.create(directory, at=at, seed=seed, algorithm=algorithm))

    def resident(
        self,
        identifier: str | None = None,
        *,
        name: str | None = None,
        born: date = date(1990, 1, 1),
        sex: Sex | None = None,
        address: str = HOME,
        card: bool = True,
    ) -> Holder:
        """Register somebody and, unless *card* is false, hand over a card."""
        given, its_sex = PEOPLE[len(self.world.register.residents()) % len(PEOPLE)]
        added = self.world.add_resident(
            identifier, name=name or given, born=born, sex=sex or its_sex, address=address
        )
        holder = Holder(self, added.identifier)
        if card:
            self.world.office.issue_card(added.identifier, at=self.now, pins=PINS)
        return holder

    def holder(self, identifier: str) -> Holder:
        """Return somebody who is registered already."""
        self.world.register.resident(identifier)
        return Holder(self, identifier)

    @property
    def faults(self) -> Board:
        """The switches of the bad days; they concern whoever is served from this world."""
        from harness.faults.switches import Board

        return Board(self.world.store)

    def serve(self) -> Running:
        """Serve this world on a free port of loopback until `close`."""
        from harness.services.inprocess import Running

        return Running(self.world.directory)

    @property
    def now(self) -> datetime:
        return self.world.now()

    def verify(
        self,
        document: bytes | str,
        policy: Policy | None = None,
        *,
        content: bytes | None = None,
        files: Mapping[str, bytes] | None = None,
        at: datetime | None = None,
        timestamps: Sequence[bytes] = (),
    ) -> Verdict:
        """
        Judge a signed document as of the clock, or of *at*.

        *content* is what a message detached, and *files* came along by name.
        With *timestamps*, the policy is `archive` unless another one is named.
        """
        from harness.verifier.policy import Judgement, Policy

        given = document.encode() if isinstance(document, str) else document
        stamps = tuple(timestamps)
        if stamps and policy is None:
            policy = Policy(judgement=Judgement.ARCHIVE)
        if is_pdf(given):
            return self.world.verify_pdf(given, policy, at=at, timestamps=stamps)
        if is_message(given):
            return self.world.verify_cms(given, policy, content=content, at=at, timestamps=stamps)
        return self.world.verify_xml(given, policy, files=files, at=at, timestamps=stamps)

    def timestamp(
        self, document: bytes | str, *, digest: str = "sha256", wait: bool = True
    ) -> bytes:
        """
        Have a document time-stamped, or a time-stamp once more.

        The clock then stands past the accuracy of the stamp, so that whatever happens next is
        later; `wait=False` leaves it.
        """
        content = document.encode() if isinstance(document, str) else document
        stamped = self.world.timestamp(content, digest=digest)
        if wait:
            self.advance(timedelta(seconds=2))
        return stamped

    def attach_timestamp(self, message: bytes, *, wait: bool = True) -> bytes:
        """Put a time-stamp over its signature into a CMS message; the clock moves likewise."""
        from harness.timestamping import attached

        stamped = attached(self.world, message)
        if wait:
            self.advance(timedelta(seconds=2))
        return stamped

    def verify_login(self, certificate: bytes, signature: bytes, challenge: bytes) -> Verdict:
        """Judge a signature over the relying party's own challenge."""
        from harness.verifier.documents import verify_raw
        from harness.verifier.policy import Policy, Use

        evidence = self.world.evidence.as_of(self.now)
        policy = Policy(use=Use.LOGIN)
        return verify_raw(signature, challenge, certificate, evidence, policy, at=self.now)

    def advance(self, period: timedelta) -> datetime:
        """Turn the clock on."""
        return self.world.turn_clock(period)

    def set_clock(self, at: datetime) -> datetime:
        return self.world.set_clock(at)

    def wait_for_lists(self) -> datetime:
        """Turn the clock to one second after the lists of the next night are out."""
        return self.world.set_clock(
            self.world.press.next_moment(at=self.now) + timedelta(seconds=1)
        )

    def close(self) -> None:
        self.world.close()


class Holder:
    """A resident with a card, in the words of a test."""

    def __init__(self, scene: Scene, identifier: str) -> None:
        self._scene = scene
        self.identifier = identifier

    @property
    def _world(self) -> World:
        return self._scene.world

    def certificate(self, kind: Kind = Kind.SIGN) -> bytes:
        """Return what the card holds, DER."""
        return self._world.certificate(self.identifier, kind)

    def sign_xml(
        self,
        document: bytes | str,
        *,
        form: Form | None = None,
        part: str | None = None,
        files: Mapping[str, bytes] | None = None,
        name: str | None = None,
        pin: str = PINS[Pin.SIGN],
    ) -> bytes:
        """Sign a document with the signature key, be it beside somebody else's signature."""
        content = document.encode() if isinstance(document, str) else document
        return self._world.sign_xml(
            self.identifier, content, pin=pin, form=form, part=part, files=files, name=name
        )

    def sign_pdf(
        self, document: bytes, *, profile: PdfProfile | None = None, pin: str = PINS[Pin.SIGN]
    ) -> bytes:
        """Sign a PDF with the signature key."""
        return self._world.sign_pdf(self.identifier, document, pin=pin, profile=profile)

    def sign_cms(
        self, content: bytes, *, detached: bool = False, pin: str = PINS[Pin.SIGN]
    ) -> bytes:
        """Sign any octets as a CMS message, DER, with the signature key."""
        return self._world.sign_cms(self.identifier, content, pin=pin, detached=detached)

    def sign_raw(self, content: bytes, *, kind: Kind = Kind.SIGN, pin: str | None = None) -> bytes:
        """Make a bare signature over *content*."""
        secret = pin or PINS[Pin.SIGN if kind is Kind.SIGN else Pin.AUTH]
        return self._world.sign_raw(self.identifier, content, pin=secret, kind=kind)

    def answer(self, challenge: bytes) -> bytes:
        """Sign a relying party's challenge with the authentication key."""
        return self.sign_raw(challenge, kind=Kind.AUTH)

    def moves(self, address: str = NEW_HOME, *, wait: bool = True) -> None:
        """Move house: ends the signature certificate, spares the other."""
        self._world.office.move(self.identifier, address=address, at=self._scene.now)
        self._wait(wait)

    def renames(self, name: str, *, wait: bool = True) -> None:
        """Take another name."""
        self._world.office.rename(self.identifier, name=name, at=self._scene.now)
        self._wait(wait)

    def dies(self, *, wait: bool = True) -> None:
        self._report(Event.DIED, wait)

    def leaves(self, *, wait: bool = True) -> None:
        """Move abroad."""
        self._report(Event.LEFT, wait)

    def loses_card(self, *, wait: bool = True) -> None:
        """Have the card suspended by phone; the hold is never lifted."""
        self._report(Event.CARD_LOST, wait)

    def finds_card(self, *, wait: bool = True) -> None:
        self._report(Event.CARD_FOUND, wait)

    def returns_card(self, *, wait: bool = True) -> None:
        self._report(Event.CARD_RETURNED, wait)

    def withdraws(self, kind: Kind = Kind.SIGN, *, wait: bool = True) -> None:
        """Have one certificate revoked at the counter."""
        self._world.office.request(Request.WITHDRAW, self.identifier, kind, at=self._scene.now)
        self._wait(wait)

    def renews(self, *kinds: Kind, wait: bool = True) -> None:
        """Get new certificates onto the card; both unless *kinds* says which."""
        chosen = kinds or (Kind.AUTH, Kind.SIGN)
        self._world.office.renew(self.identifier, chosen, at=self._scene.now)
        self._wait(wait)

    def _report(self, event: Event, wait: bool) -> None:
        self._world.office.report(event, self.identifier, at=self._scene.now)
        self._wait(wait)

    def _wait(self, wait: bool) -> None:
        if wait:
            self._scene.wait_for_lists()
