"""
The receivers over HTTP: the example services that a product takes the place of.

They remember in this process alone: with several workers, run them with one.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.receivers.filing import FilingDesk
from harness.receivers.portal import Portal
from harness.receivers.terminal import Terminal
from harness.services.present import Present
from harness.services.rooms import in_json, json_of, visit_of
from harness.verifier.login import NONCE_OCTETS, Answer
from harness.verifier.verdict import Verdict
from harness.verifier.wording import as_json
from harness.worldly import AsOf
from pki.certificate.read import Certificate
from pki.errors import Unacceptable, UnknownCertificate
from pki.kinds import Kind


class Reception:
    """The three receivers of one world."""

    def __init__(self, present: Present) -> None:
        self._present = present
        base = present.world.store.setting("base_url")
        self._filing = FilingDesk(self)
        self._portal = Portal(self, f"{base}/receivers/portal", self._identify, _nonce)
        self._terminal = Terminal(
            Portal(self, f"{base}/receivers/terminal", self._identify, _nonce)
        )

    def routes(self) -> list[Route]:
        """Return where each of them is reached."""
        return [
            Route(f"/receivers/{path}", endpoint, methods=["POST"])
            for path, endpoint in (
                ("filing/register", self.register),
                ("filing/file", self.file),
                ("filing/notices", self.notices),
                ("portal/challenge", self.portal_challenge),
                ("portal/login", self.log_in),
                ("terminal/challenge", self.terminal_challenge),
                ("terminal/serve", self.serve),
            )
        ]

    def as_of(self, at: Any) -> AsOf:
        """Return the world's evidence of a moment."""
        return self._present.world.evidence.as_of(at)

    async def register(self, request: Request) -> Response:
        fields = json_of(request)
        at = visit_of(request).at
        certificate = _octets(fields, "certificate")
        verdict = self._filing.register(_text(fields, "taxpayer"), certificate, at=at)
        return in_json({"registered": verdict.passed, "verdict": as_json(verdict)})

    async def file(self, request: Request) -> Response:
        fields = json_of(request)
        at = visit_of(request).at
        receipt = self._filing.file(_text(fields, "taxpayer"), _octets(fields, "document"), at=at)
        return in_json(
            {
                "accepted": receipt.accepted,
                "number": receipt.number,
                "reason": receipt.reason,
                "verdict": _told(receipt.verdict),
            }
        )

    async def notices(self, request: Request) -> Response:
        taxpayer = _text(json_of(request), "taxpayer")
        return in_json({"notices": self._filing.notices(taxpayer, at=visit_of(request).at)})

    async def portal_challenge(self, request: Request) -> Response:
        return _drawn(self._portal.challenge(at=visit_of(request).at))

    async def log_in(self, request: Request) -> Response:
        session = self._portal.log_in(_answer(json_of(request)), at=visit_of(request).at)
        return in_json(
            {
                "user": session.user,
                "is_new": session.is_new,
                "verdict": as_json(session.verdict),
            }
        )

    async def terminal_challenge(self, request: Request) -> Response:
        return _drawn(self._terminal.challenge(at=visit_of(request).at))

    async def serve(self, request: Request) -> Response:
        fields = json_of(request)
        wanted = _text(fields, "wanted")
        served = self._terminal.serve(wanted, _answer(fields), at=visit_of(request).at)
        return in_json(
            {"printed": served.printed, "reason": served.reason, "verdict": _told(served.verdict)}
        )

    def _identify(self, certificate: Certificate) -> str | None:
        """Ask the operator who that is."""
        try:
            register = self._present.world.register
            return register.certificate(Kind.AUTH, certificate.serial).resident
        except UnknownCertificate:
            return None


def _nonce() -> str:
    return secrets.token_hex(NONCE_OCTETS)


def _drawn(octets: bytes) -> Response:
    return in_json({"challenge": base64.b64encode(octets).decode()})


def _told(verdict: Verdict | None) -> Any:
    return None if verdict is None else as_json(verdict)


def _answer(fields: Any) -> Answer:
    return Answer(
        challenge=_octets(fields, "challenge"),
        certificate=_octets(fields, "certificate"),
        signature=_octets(fields, "signature"),
    )


def _text(fields: Any, name: str) -> str:
    found = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= 64:
        raise Unacceptable(f"{name!r} is a string of 1 to 64 characters; give it in a JSON object")
    return found


def _octets(fields: Any, name: str) -> bytes:
    found = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(found, str):
        raise Unacceptable(f"{name!r} is a string in base64; give it in a JSON object")
    try:
        return base64.b64decode(found, validate=True)
    except (binascii.Error, ValueError):
        raise Unacceptable(f"{name!r} is no base64") from None
