"""
The verification API as a table: operations, their fields, and what comes back.

Requests are read by this table and the OpenAPI document is written from it, so that the two
cannot differ.  Paths and words are ours, the shape is a platform operator's [RP 6.2].
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pki.errors import Unacceptable

LONGEST = 12 << 20  # characters of a document in base64


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a request.

    Attributes:
        name: In JSON.
        sort: base64, word, text or flag.
        what: For the description.
        required: Whether it must be there.
        words: Of a word, the first being the default.
        longest: Characters.
    """

    name: str
    sort: str
    what: str
    required: bool = False
    words: tuple[str, ...] = ()
    longest: int = 8192

    @property
    def schema(self) -> dict[str, Any]:
        if self.sort == "flag":
            return {"type": "boolean", "description": self.what, "default": False}
        found: dict[str, Any] = {"type": "string", "description": self.what}
        if self.sort == "word":
            return found | {"enum": list(self.words), "default": self.words[0]}
        if self.sort == "base64":
            pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
            found |= {"pattern": pattern, "contentEncoding": "base64"}
        return found | {"minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Operation:
    """
    One operation: POST of a JSON object.

    Attributes:
        path: Below the server's address.
        id: For generated clients.
        what: In one sentence.
        fields: Of the request.
        answer: Name of the schema of the answer.
    """

    path: str
    id: str
    what: str
    fields: tuple[Field, ...]
    answer: str


CERTIFICATE = Field("certificate", "base64", "The certificate, DER.", required=True)
METHOD = Field("check_method", "word", "By which evidence.", words=("both", "crl", "ocsp"))
PURPOSE = Field(
    "purpose", "word", "Whether it signs documents or logs in.", words=("sign", "login")
)
IDENTIFY = Field("identify_user", "flag", "Whether to say who it is, across renewals.")

OPERATIONS = (
    Operation(
        "/api/verify",
        "verify",
        "Verify a signature over a digest, and the certificate it was made with.",
        (
            CERTIFICATE,
            Field("digest", "base64", "Of what was signed.", required=True, longest=128),
            Field("hash_algorithm", "word", "Of the digest.", words=("sha256", "sha384", "sha512")),
            Field("signature", "base64", "The bare signature.", required=True),
            METHOD,
            PURPOSE,
            IDENTIFY,
        ),
        "Verification",
    ),
    Operation(
        "/api/verify-document",
        "verifyDocument",
        "Verify a signed XML document or CMS message.",
        (
            Field("document", "base64", "All of it.", required=True, longest=LONGEST),
            METHOD,
            PURPOSE,
            IDENTIFY,
        ),
        "Verification",
    ),
    Operation(
        "/api/certificate-status",
        "checkCertificateStatus",
        "Say how a certificate stands.",
        (CERTIFICATE, METHOD, PURPOSE, IDENTIFY),
        "Verification",
    ),
    Operation(
        "/api/users",
        "getUser",
        "Say which certificates a user has, and how each stands.",
        (Field("user_id", "text", "As `verify` gave it.", required=True, longest=64),),
        "User",
    ),
    Operation(
        "/api/users/delete",
        "deleteUser",
        "Forget a user; the same person is another user afterwards.",
        (Field("user_id", "text", "As `verify` gave it.", required=True, longest=64),),
        "Deletion",
    ),
    Operation(
        "/api/latest-items",
        "latestItems",
        "Tell the latest four items of somebody who consented to that.",
        (
            Field("user_id", "text", "As `verify` gave it.", required=True, longest=64),
            Field("service", "text", "Whom the consent names.", required=True, longest=64),
        ),
        "LatestItems",
    ),
)
BY_PATH = {each.path: each for each in OPERATIONS}


def read_fields(operation: Operation, given: Any) -> dict[str, Any]:
    """Read a request by the table; Unacceptable for what does not follow it."""
    if not isinstance(given, dict):
        raise Unacceptable("the request is no JSON object; see /api/openapi.json")
    known = {each.name for each in operation.fields}
    strange = sorted(set(given) - known)
    if strange:
        raise Unacceptable(f"the request has a field {strange[0][:40]!r}; see /api/openapi.json")
    return {each.name: _value(each, given) for each in operation.fields}


def _value(field: Field, given: Mapping[str, Any]) -> Any:
    if field.name not in given:
        if field.required:
            raise Unacceptable(f"the request has no {field.name!r}; see /api/openapi.json")
        return False if field.sort == "flag" else field.words[0] if field.words else ""
    value = given[field.name]
    if field.sort == "flag":
        if not isinstance(value, bool):
            raise Unacceptable(f"{field.name!r} is true or false")
        return value
    if not isinstance(value, str):
        raise Unacceptable(f"{field.name!r} is a string")
    if field.sort == "word":
        if value not in field.words:
            raise Unacceptable(f"{field.name!r} is one of {', '.join(field.words)}")
        return value
    if not 0 < len(value) <= field.longest:
        raise Unacceptable(f"{field.name!r} has 1 to {field.longest} characters")
    if field.sort == "text":
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Unacceptable(f"{field.name!r} is no base64") from None
