"""
The control room over HTTP: pages for people, JSON for programs, one set of actions for both.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from harness.scene import PINS, Scene
from harness.services.control import listed, perform
from harness.services.door import status_of
from harness.services.pages.rendering import HERE, Outcome, Pages, told
from harness.services.present import HEADER, Present
from harness.services.rooms import body_of, in_json, json_of, kind_of, media_type
from pki.errors import JpkiError, Missing, Unacceptable, WorldError
from pki.kinds import Kind, Pin

FORM_TYPE = "application/x-www-form-urlencoded"
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
GUARDED = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


class ControlRoom:
    """Pages and actions of one world."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self._pages = Pages(present)

    def routes(self) -> list[Route]:
        """Return where everything is reached."""
        return [
            Route("/", self.overview),
            Route("/residents/{identifier}", self.resident),
            Route("/authorities/{kind}", self.authority),
            Route("/faults", self.faults),
            Route("/control/", self.actions),
            Route("/control/style.css", self.style),
            Route("/control/scene/{deed}", self.scene, methods=["POST"]),
            Route("/control/{noun}/{verb}", self.act, methods=["POST"]),
        ]

    async def overview(self, request: Request) -> Response:
        return _page(self._pages.overview())

    async def resident(self, request: Request) -> Response:
        return _page(self._pages.resident(request.path_params["identifier"]))

    async def authority(self, request: Request) -> Response:
        kind = kind_of(request.path_params["kind"])
        if kind is None:
            raise Missing("the CAs are called sign and auth")
        return _page(self._pages.authority(kind))

    async def faults(self, request: Request) -> Response:
        return _page(self._pages.faults())

    async def style(self, request: Request) -> Response:
        return Response((HERE / "style.css").read_bytes(), media_type="text/css; charset=utf-8")

    async def actions(self, request: Request) -> Response:
        return in_json({"actions": listed()})

    async def act(self, request: Request) -> Response:
        """Run an action; a form gets a page, a program JSON."""
        words = f"{request.path_params['noun']} {request.path_params['verb']}"
        _now_only(request)
        if media_type(request) == FORM_TYPE:
            return self._by_form(request, words)
        fields = json_of(request) if body_of(request) else {}
        if not isinstance(fields, dict):
            raise Unacceptable("the fields of an action are a JSON object; see /control/")
        done = perform(self._present, words, fields)
        return in_json({"rows": done.rows, "command": done.command, "pytest": done.pytest})

    def _by_form(self, request: Request, words: str) -> Response:
        try:
            filled = dict(parse_qsl(body_of(request).decode(), max_num_fields=32))
        except ValueError:
            raise Unacceptable("the form cannot be read; send it from its page") from None
        back = filled.pop("back", "/")
        back = back if back.startswith("/") and not back.startswith("//") else "/"
        try:
            done = perform(self._present, words, filled)
        except WorldError:
            raise
        except JpkiError as error:
            page = self._pages.outcome(words, Outcome(back=back, error=str(error)))
            return _page(page, status_of(error))
        outcome = Outcome(back=back, command=done.command, pytest=done.pytest, rows=told(done.rows))
        return _page(self._pages.outcome(words, outcome))

    async def scene(self, request: Request) -> Response:
        """Do what the five lines of a test do: somebody with a card, signing, waiting."""
        _now_only(request)
        fields = json_of(request) if body_of(request) else {}
        deed = DEEDS.get(request.path_params["deed"])
        if deed is None or not isinstance(fields, dict):
            raise Missing(f"a scene knows {', '.join(DEEDS)}; fields are a JSON object")
        try:
            return in_json(deed(Scene(self._present.world), fields))
        finally:
            self._present.wrote()


def _now_only(request: Request) -> None:
    if HEADER in request.headers:
        raise Unacceptable("what is done is done now; leave the header away, or turn the clock")


def _arrive(scene: Scene, fields: Mapping[str, Any]) -> dict[str, Any]:
    known = {"id": "identifier", "name": "name", "address": "address"}
    chosen = {ours: _text(fields, name) for name, ours in known.items() if name in fields}
    holder = scene.resident(chosen.pop("identifier", None), **chosen)  # type: ignore[arg-type]
    return {"id": holder.identifier, "pins": {pin.value: secret for pin, secret in PINS.items()}}


def _sign_xml(scene: Scene, fields: Mapping[str, Any]) -> dict[str, Any]:
    pin = _text(fields, "pin") if "pin" in fields else PINS[Pin.SIGN]
    document = _text(fields, "document").encode()
    signed = scene.holder(_text(fields, "id")).sign_xml(document, pin=pin)
    return {"document": signed.decode(), "document_base64": _b64(signed)}


def _sign_raw(scene: Scene, fields: Mapping[str, Any]) -> dict[str, Any]:
    kind = _kind(fields)
    holder = scene.holder(_text(fields, "id"))
    try:
        content = base64.b64decode(_text(fields, "content"), validate=True)
    except (binascii.Error, ValueError):
        raise Unacceptable("'content' is no base64") from None
    pin = _text(fields, "pin") if "pin" in fields else None
    signature = holder.sign_raw(content, kind=kind, pin=pin)
    return {"signature": _b64(signature), "certificate": _b64(holder.certificate(kind))}


def _certificate(scene: Scene, fields: Mapping[str, Any]) -> dict[str, Any]:
    holder = scene.holder(_text(fields, "id"))
    return {"certificate": _b64(holder.certificate(_kind(fields)))}


def _kind(fields: Mapping[str, Any]) -> Kind:
    kind = kind_of(_text(fields, "kind")) if "kind" in fields else Kind.SIGN
    if kind is None:
        raise Unacceptable("'kind' is sign or auth")
    return kind


def _text(fields: Mapping[str, Any], name: str) -> str:
    found = fields.get(name)
    if not isinstance(found, str):
        raise Unacceptable(f"{name!r} is a string; give it in a JSON object")
    return found


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _page(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, GUARDED)


def _wait(scene: Scene, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"clock": f"{scene.wait_for_lists():%Y-%m-%dT%H:%M:%SZ}"}


DEEDS = {
    "resident": _arrive,
    "sign-xml": _sign_xml,
    "sign-raw": _sign_raw,
    "certificate": _certificate,
    "wait-for-lists": _wait,
}
