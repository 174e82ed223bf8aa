"""
The rooms that are built on others: timestamps, the verification API, the control room.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.services.control_room import ControlRoom
from harness.services.openapi import description
from harness.services.operations import BY_PATH, read_fields
from harness.services.present import Present
from harness.services.reception import Reception
from harness.services.rooms import (
    Rooms,
    base_of,
    body_of,
    in_json,
    json_of,
    media_type,
    visit_of,
)
from harness.services.verification import DEFAULT_TENANT, Call, Verification
from pki.errors import Unacceptable

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"  # RFC 3161, 3.4
TENANT = re.compile(r"[A-Za-z0-9-]{1,64}")


def furnish(rooms: Rooms, present: Present) -> None:
    """Add the rooms to those that there are."""
    interface = Interface(present)
    rooms.more += [
        Route("/tsa", Stamps(present).stamp, methods=["POST"]),
        Route("/api/openapi.json", interface.describe),
        *Reception(present).routes(),
        *ControlRoom(present).routes(),
        *(Route(path, interface.call, methods=["POST"]) for path in BY_PATH),
    ]


class Stamps:
    """The time-stamping authority [3161 3.4]."""

    def __init__(self, present: Present) -> None:
        self._present = present

    async def stamp(self, request: Request) -> Response:
        if media_type(request) != QUERY_TYPE:
            return in_json({"error": f"a request for a time-stamp is {QUERY_TYPE}"}, 415)
        visit = visit_of(request)
        answer = self._present.world.timestamping.answer(body_of(request), at=visit.at)
        self._present.wrote()
        return Response(answer, media_type=REPLY_TYPE)


class Interface:
    """The verification API."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self._verification = Verification(present)

    async def describe(self, request: Request) -> Response:
        return in_json(description(base_of(request)))

    async def call(self, request: Request) -> Response:
        path = request.url.path
        fields = read_fields(BY_PATH[path], json_of(request))
        tenant = request.headers.get("minijpki-tenant", DEFAULT_TENANT)
        if not TENANT.fullmatch(tenant):
            raise Unacceptable("a tenant is called by 1 to 64 letters, digits and hyphens")
        visit = visit_of(request)
        told = self._verification.call(
            path,
            Call(fields=fields, tenant=tenant, at=visit.at),
            of_yesterday=visit.fault == "api-yesterday",
        )
        return in_json(told.value, told.status)
