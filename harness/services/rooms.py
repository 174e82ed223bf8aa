"""
The rooms behind the door: which path leads where.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from harness.services import measures
from harness.services.door import Visit, WrongType, status_of
from harness.services.measures import Measures
from harness.services.present import Present
from harness.services.repository import Reply, Repository
from pki.errors import JpkiError, Unacceptable, WorldError
from pki.kinds import Kind

CPS = (
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>minijpki</title>"
    "<p>This is a simulation of JPKI. Its certificates mean nothing, and nobody may rely on them.\n"
)


class Rooms:
    """What can be reached, in one world."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self._repository = Repository(present)
        self.measures = Measures()
        self.more: list[Route] = []

    def application(self) -> Starlette:
        """Return the application behind the door."""
        return Starlette(
            routes=[
                Route("/crl/", self.index),
                Route("/crl/{kind:str}/{generation:int}/{word:str}.crl", self.crl),
                Route("/ca/", self.authorities),
                Route("/ca/{kind:str}.pem", self.bundle),
                Route("/ca/{kind:str}/{generation:int}.{form:str}", self.certificate),
                Route("/cps.html", self.cps),
                Route("/healthz", self.healthz),
                Route("/metrics", self.metrics),
                *self.more,
            ],
            exception_handlers={JpkiError: tell, 404: nowhere},
        )

    async def index(self, request: Request) -> Response:
        return in_json(self._repository.index(base_of(request), at=visit_of(request).at))

    async def crl(self, request: Request) -> Response:
        found = request.path_params
        kind = kind_of(found["kind"])
        if kind is None:
            return in_json({"error": "the CAs are called sign and auth"}, 404)
        return self._file(
            request,
            self._repository.crl(
                kind,
                found["generation"],
                found["word"],
                request.headers,
                at=visit_of(request).at,
            ),
        )

    async def authorities(self, request: Request) -> Response:
        listed = self._repository.authorities(base_of(request), at=visit_of(request).at)
        return in_json({"authorities": listed})

    async def bundle(self, request: Request) -> Response:
        kind = kind_of(request.path_params["kind"])
        if kind is None:
            return in_json({"error": "the CAs are called sign and auth"}, 404)
        body = self._repository.bundle(kind, at=visit_of(request).at)
        return Response(body, media_type="application/x-pem-file")

    async def certificate(self, request: Request) -> Response:
        found = request.path_params
        kind = kind_of(found["kind"])
        if kind is None or found["form"] not in ("cer", "pem"):
            return in_json(
                {"error": "the CAs are called sign and auth, the forms cer and pem"}, 404
            )
        return self._file(
            request,
            self._repository.certificate(
                kind, found["generation"], found["form"], request.headers, at=visit_of(request).at
            ),
        )

    def _file(self, request: Request, reply: Reply) -> Response:
        visit = visit_of(request)
        visit.fault = visit.fault or reply.fault
        body = b"" if request.method == "HEAD" else reply.body
        headers = dict(reply.headers)
        if reply.status != 304:
            headers["content-length"] = str(len(reply.body))
        return Response(body, reply.status, headers)

    async def cps(self, request: Request) -> Response:
        return Response(CPS, media_type="text/html; charset=utf-8")

    async def healthz(self, request: Request) -> Response:
        """Say that this process lives and can read its world."""
        try:
            now = self._present.now()
            self._present.world.authority.generations(Kind.SIGN)
        except WorldError:
            return in_json({"status": "the world cannot be read"}, 503)
        return in_json({"status": "ok", "world_time": f"{now:%Y-%m-%dT%H:%M:%SZ}"})

    async def metrics(self, request: Request) -> Response:
        text = self.measures.text(
            at=self._present.now(), switched=len(self._present.faults.switches)
        )
        return PlainTextResponse(text, media_type=measures.MEDIA_TYPE)


def visit_of(request: Request) -> Visit:
    found: Visit = request.scope["state"]["visit"]
    return found


def base_of(request: Request) -> str:
    """Return this server's address as the client knows it; the Host was checked."""
    return f"{request.url.scheme}://{request.headers.get('host', '127.0.0.1')}"


def kind_of(word: str) -> Kind | None:
    return {kind.value: kind for kind in Kind}.get(word)


def in_json(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, status, media_type="application/json")


def json_of(request: Request) -> Any:
    """Read the body as JSON; Unacceptable for anything else."""
    if media_type(request) != "application/json":
        raise WrongType("the body is no application/json; say so in Content-Type")
    try:
        return json.loads(body_of(request))
    except (ValueError, RecursionError):
        raise Unacceptable("the body is no JSON; see /api/openapi.json") from None


def body_of(request: Request) -> bytes:
    found: bytes = request.scope["state"]["body"]
    return found


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def tell(request: Request, error: Exception) -> Response:
    """Tell an error of ours in its one sentence; a world's is for its owner alone."""
    assert isinstance(error, JpkiError)
    if isinstance(error, WorldError):
        return in_json({"error": "the world cannot be used at the moment"}, status_of(error))
    return in_json({"error": str(error)}, status_of(error))


async def nowhere(request: Request, error: Exception) -> Response:
    return in_json({"error": "nothing is there; see /"}, 404)
