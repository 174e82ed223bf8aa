"""
The stage that the scenes are played on: a world, and a directory for each of them.

A scene asks the world and says what it expects; what came is written down beside it, with
everything that a stranger needs in order to ask the same of other programs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ca.lifecycle import Good, Held
from ca.words import Words
from harness import logging_in
from harness.demo import repeat
from harness.demo.answers import answer
from harness.demo.filing import Filing
from harness.demo.outside import Outside, script
from harness.exports import pem
from harness.files import write_whole
from harness.reports.story import Answer, Command, Step, Tone
from harness.scene import PINS
from harness.verifier.documents import verify_certificate, verify_xml
from harness.verifier.login import write_answer
from harness.verifier.policy import Policy, Use
from harness.verifier.verdict import Verdict
from harness.verifier.wording import as_json, rfc3339
from harness.verifying import at_hand
from harness.world import World
from pki.causes import Code
from pki.certificate.read import read_certificate
from pki.errors import PinLocked, WrongPin
from pki.kinds import Kind, Pin
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import SignatureReading

if TYPE_CHECKING:
    from ca.publication import Made
    from ca.register import Issued

USES = {Kind.SIGN: Use.SIGN, Kind.AUTH: Use.LOGIN}
# What openssl says where we say so; every other refusal of the story is worded by its scene.
SAYS = {Code.OK: "OK", Code.CERTIFICATE_REVOKED: "certificate revoked"}

AGREES = Words("openssl about certificate and list", "openssl で証明書と失効リストを検証")
XML_AGREES = Words(
    "xmlsec1 about signature and path; it asks no list",
    "xmlsec1 で署名と認証パスを検証（失効リストは見ない）",
)
OURS = Words("our own verifier, by files alone", "本ツールの検証器（ファイルのみ使用）")
BARE = Words("the bare signature over the challenge", "チャレンジへの署名値を検証")
RESPONDER = Words(
    "the OCSP response; openssl exits with 0 whatever it says",
    "OCSPレスポンス（openssl の終了コードは内容によらず0）",
)
AUDIENCE = "https://portal.example/"
FILES = ("cert.pem", "ca.pem", "crl.pem", "ocsp.der")  # of a kind; in the order of Laid


@dataclass(frozen=True, slots=True)
class Laid:
    """Names of the files that a judgement rests on, from the directory of the scene."""

    certificate: str
    authority: str
    revoked: str
    response: str


class Stage:
    """Where the story is played: its world, and what came of the scenes so far."""

    def __init__(self, world: World, directory: Path, outside: Outside) -> None:
        self.world = world
        self.directory = directory
        self.outside = outside
        self.steps: list[Step] = []
        self.filings: list[Filing] = []
        self.shown: list[Made] = []

    def open(self, slug: str, at: datetime, *, title: Words, label: Words) -> Scene:
        """Begin a scene: the clock is turned to its moment."""
        self.world.set_clock(at)
        return Scene(self, len(self.steps) + 1, slug, title, label)


class Scene:
    """One scene while it is played."""

    def __init__(self, stage: Stage, number: int, slug: str, title: Words, label: Words) -> None:
        self.stage, self.world = stage, stage.world
        self.number, self.slug, self.title, self.label = number, slug, title, label
        self.at = stage.world.now()
        self.directory = stage.directory / "steps" / f"{number:02}-{slug}"
        self._text: list[Words] = []
        self._answers: list[Answer] = []
        self._commands: list[Command] = []
        self._files: set[str] = set()

    @property
    def now(self) -> datetime:
        return self.world.now()

    def tell(self, en: str, ja: str) -> None:
        """Add a paragraph."""
        self._text.append(Words(en, ja))

    def wait(self, at: datetime) -> None:
        """Turn the clock on within the scene."""
        self.world.set_clock(at)

    def write(self, name: str, content: bytes) -> None:
        """Lay an artefact beside the page."""
        write_whole(self.directory / name, content)
        self._files.add(name)

    def run(self, shows: Words, *words: str, accepts: bool = True, says: str = "") -> None:
        """Run a command that a reader can repeat in this scene's directory."""
        self._commands.append(
            self.stage.outside.run(
                shows, *words, accepts=accepts, says=says, directory=self.directory
            )
        )

    def say(
        self, asked: Words, *, expects: str, found: str, tone: Tone = Tone.PLAIN, detail: str = ""
    ) -> None:
        """Write down an answer of the world beside the one that was expected."""
        self._answers.append(
            Answer(
                asked=asked, at=self.now, expected=expects, found=found, tone=tone, detail=detail
            )
        )

    def judged(self, asked: Words, verdict: Verdict, expects: Code, *, place: str = "") -> None:
        """Write down a verdict, all of it beside the page."""
        told = json.dumps(as_json(verdict), ensure_ascii=False, indent=2)
        self.write(f"{place}verdict.json", told.encode() + b"\n")
        self._answers.append(answer(asked, verdict, expects))

    def standing(self, asked: Words, issued: Issued, expects: str) -> None:
        """Ask the office how a certificate stands, whatever any list says."""
        stands = self.world.register.standing(issued.kind, issued.serial)
        found, detail = "good", ""
        if not isinstance(stands, Good):
            found = "held" if isinstance(stands, Held) else "revoked"
            detail = f"{stands.reason.value}, {rfc3339(stands.since)}"
        tone = Tone.PASSED if found == "good" else Tone.FAILED
        self.say(asked, expects=expects, found=found, tone=tone, detail=detail)

    def enter_pin(self, asked: Words, holder: str, value: str, *, expects: str) -> None:
        """Enter a signing PIN at the card, and write down how many tries are left."""
        found, tone = "PIN_RIGHT", Tone.PASSED
        try:
            self.world.office.enter_pin(holder, Kind.SIGN, value, at=self.now)
        except WrongPin as error:
            found, tone = f"PIN_WRONG, {error.tries_left} left", Tone.FAILED
        except PinLocked:
            found, tone = "PIN_LOCKED", Tone.FAILED
        self.say(asked, expects=expects, found=found, tone=tone)

    def judge_filing(
        self,
        filing: Filing,
        expects: Code,
        *,
        asked: Words | None = None,
        place: str = "",
        thoroughly: bool = False,
    ) -> Laid:
        """Judge a filing as of now, and lay out how others can."""
        laid = self.lay_out(filing.issued, place=place)
        verdict = self.world.verify_xml(filing.document)
        self.judged(asked or filing.title, verdict, expects, place=place)
        self.show_filing(filing, laid, expects, place=place, thoroughly=thoroughly)
        return laid

    def show_filing(
        self,
        filing: Filing,
        laid: Laid,
        expects: Code,
        *,
        place: str = "",
        responder: bool = True,
        thoroughly: bool = False,
    ) -> None:
        """Lay out how others can judge a filing; without *responder* by lists alone."""
        signed = f"{place}filing.xtx"
        self.write(signed, filing.document)
        if thoroughly:
            self._take_apart(filing, place)
        good = expects is Code.OK
        self.run(AGREES, *self._path(Kind.SIGN, laid), accepts=good, says=SAYS[expects])
        self.run(XML_AGREES, *repeat.document(signed, laid.authority, self.now))
        self.run(OURS, *self._ours(signed, laid, responder=responder), accepts=good)

    def judge_login(self, asked: Words, issued: Issued, holder: str, expects: Code) -> None:
        """Have a card answer a portal's challenge, judge the answer, lay out how others can."""
        laid = self.lay_out(issued)
        challenge = logging_in.draw(self.world, audience=AUDIENCE).octets()
        answered = logging_in.answer(self.world, holder, challenge, pin=PINS[Pin.AUTH])
        given = write_answer(answered)
        verdict = logging_in.check(self.world, given, challenge, audience=AUDIENCE)
        self.judged(asked, verdict, expects)
        self.write("challenge.json", challenge)
        self.write("answer.json", given)
        self.write("answer.sig", answered.signature)
        spki = read_certificate(answered.certificate).spki
        self.write("auth.key.pem", pem("PUBLIC KEY", spki))
        self.run(BARE, *repeat.bare("auth.key.pem", "answer.sig", "challenge.json"), says="OK")
        good = expects is Code.OK
        self.run(AGREES, *self._path(Kind.AUTH, laid), accepts=good, says=SAYS[expects])
        self.ask_responder(laid, "good" if good else "revoked")
        options = ("--content", "challenge.json", "--certificate", laid.certificate)
        ours = self._ours("answer.sig", laid, options=(*options, "--use", "login"))
        self.run(OURS, *ours, accepts=good)

    def ask_responder(self, laid: Laid, says: str) -> None:
        """Lay out how openssl reads what the responder says of a certificate."""
        words = repeat.ask(laid.certificate, laid.authority, laid.response, self.now)
        self.run(RESPONDER, *words, says=f"{laid.certificate}: {says}")

    def judge_certificate(
        self, asked: Words, issued: Issued, expects: Code, *, place: str = ""
    ) -> None:
        """Judge a certificate alone as of now, and lay out how others can."""
        laid = self.lay_out(issued, place=place)
        verdict = verify_certificate(
            self.world.register.der(issued.kind, issued.serial),
            self.world.evidence.as_of(self.now),
            Policy(use=USES[issued.kind]),
            at=self.now,
        )
        self._answers.append(answer(asked, verdict, expects))
        path = self._path(issued.kind, laid)
        self.run(asked, *path, accepts=expects is Code.OK, says=SAYS[expects])

    def judge_by_files(
        self, filing: Filing, expects: Code, *, asked: Words, authority: str, revoked: str
    ) -> None:
        """Judge a filing by files of this scene, as a relying party without a world does."""
        evidence = at_hand((str(self.directory / authority),), (str(self.directory / revoked),))
        self.judged(asked, verify_xml(filing.document, evidence, at=self.now), expects)

    def lay_out(self, issued: Issued, *, place: str = "") -> Laid:
        """Lay out a certificate, its authority, its newest list and the responder's answer."""
        kind, number = issued.kind, issued.generation
        generation = self.world.authority.generations(kind)[number - 1]
        made = self.world.press.newest(kind, issued.scope, generation=number, at=self.now)
        self.stage.shown.append(made)
        laid = Laid(*(f"{place}{kind.value}.{word}" for word in FILES))
        der = self.world.register.der(kind, issued.serial)
        self.write(laid.certificate, pem("CERTIFICATE", der))
        self.write(laid.authority, pem("CERTIFICATE", generation.certificate))
        self.write(laid.revoked, pem("X509 CRL", self.world.press.bytes(made)))
        response = self.world.responder.answer(kind, number, issued.serial, at=self.now)
        self.write(laid.response, response)
        return laid

    def close(self, tone: Tone | None = None) -> None:
        """End the scene; its tone is that of its last answer unless given."""
        title = f"{self.number}. {self.title.en} / {self.title.ja}"
        if self._commands:
            self.write("commands.sh", script(title, self._commands).encode())
        last = self._answers[-1].tone if self._answers else Tone.PLAIN
        self.stage.steps.append(
            Step(
                number=self.number,
                slug=self.slug,
                at=self.at,
                ended=self.now,
                title=self.title,
                label=self.label,
                text=tuple(self._text),
                answers=tuple(self._answers),
                commands=tuple(self._commands),
                files=tuple(sorted(self._files)),
                tone=tone or last,
            )
        )

    def _path(self, kind: Kind, laid: Laid) -> tuple[str, ...]:
        return repeat.path(
            kind,
            self.now,
            certificate=laid.certificate,
            authority=laid.authority,
            revoked=laid.revoked,
        )

    def _ours(
        self, given: str, laid: Laid, *, responder: bool = True, options: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        return repeat.ours(
            given,
            self.now,
            authority=laid.authority,
            revoked=laid.revoked,
            response=laid.response if responder else None,
            options=options,
        )

    def _take_apart(self, filing: Filing, place: str) -> None:
        """Lay out what exactly was digested and signed, for programs that know no XML."""
        reading = read_signatures(filing.document).signatures[0]
        assert isinstance(reading, SignatureReading)
        assert reading.signed_info is not None
        self.write(f"{place}content.c14n.xml", reading.contents[0].octets)
        self.write(f"{place}signed-info.c14n.xml", reading.signed_info)
        self.write(f"{place}signature.bin", reading.signature_value)
        spki = read_certificate(reading.certificates[0]).spki
        self.write(f"{place}sign.key.pem", pem("PUBLIC KEY", spki))
        self.run(
            Words(
                "the digest of the content, as the verdict states it",
                "署名対象のダイジェスト（判定結果の記載と同じ）",
            ),
            *repeat.digest(f"{place}content.c14n.xml"),
            says=reading.references[0].digest_value.hex(),
        )
        self.run(
            Words("the signature over SignedInfo", "SignedInfoへの署名値を検証"),
            *repeat.bare(
                f"{place}sign.key.pem", f"{place}signature.bin", f"{place}signed-info.c14n.xml"
            ),
            says="OK",
        )
