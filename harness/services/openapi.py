"""
The OpenAPI description of the verification API, written from the table of its operations.
"""

from typing import Any

from harness.services.operations import OPERATIONS, Operation
from pki.causes import Code

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}


def description(base_url: str) -> dict[str, Any]:
    """Write the document for a server at that address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "minijpki verification API",
            "version": "1",
            "description": (
                "Shaped like the API of a JPKI platform operator. A simulation: its verdicts "
                "are about simulated certificates only."
            ),
        },
        "servers": [{"url": base_url}],
        "paths": {each.path: {"post": _operation(each)} for each in OPERATIONS},
        "components": {"schemas": _SCHEMAS},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    required = [each.name for each in operation.fields if each.required]
    return {
        "operationId": operation.id,
        "summary": operation.what,
        "parameters": [
            {
                "name": "Minijpki-At",
                "in": "header",
                "required": False,
                "description": "Answer as of that moment, ISO 8601 with an offset.",
                "schema": {"type": "string", "format": "date-time"},
            },
            {
                "name": "Minijpki-Tenant",
                "in": "header",
                "required": False,
                "description": "On whose behalf; users have other identifiers for each tenant.",
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {each.name: each.schema for each in operation.fields},
                        "required": required,
                        "additionalProperties": False,
                    }
                }
            },
        },
        "responses": {
            "200": _response("What was found.", operation.answer),
            **{
                status: _response(what, "Error")
                for status, what in (
                    ("400", "The request does not follow the table, or is not supported."),
                    ("401", "The token is missing."),
                    ("403", "That is not permitted, for want of consent."),
                    ("404", "Nobody is called that."),
                    ("405", "Operations are POSTed."),
                    ("413", "The request is too long."),
                    ("415", "The request is no application/json."),
                    ("429", "Come again later; only where that fault is on."),
                )
            },
        },
    }


def _response(what: str, schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": what, "content": {"application/json": {"schema": reference}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


_SCHEMAS = {
    "Error": {
        "type": "object",
        "properties": {"error": TEXT, "verdict": {"type": "object"}},
        "required": ["error"],
    },
    "Verification": _object(
        result={"enum": [f"RESULT_{code.value}" for code in Code]},
        verification_id=TEXT,
        certificate_type=MAYBE,
        status=_object(
            value={"enum": ["good", "revoked", "unknown"]},
            check_method=TEXT,
            source_updated_at=MAYBE,
            revoked_at=MAYBE,
            revocation_reason=MAYBE,
        ),
        user_id=MAYBE,
        certificate_content={"type": ["object", "null"]},
        verdict={"type": "object"},
    ),
    "User": _object(
        user_id=TEXT,
        certificates={
            "type": "array",
            "items": _object(
                certificate_type=TEXT,
                serial=TEXT,
                not_before=TEXT,
                not_after=TEXT,
                status={"enum": ["good", "revoked"]},
            ),
        },
    ),
    "Deletion": _object(deleted={"const": True}),
    "LatestItems": _object(
        state={"enum": ["unchanged", "nothing-yet", "latest"]},
        items={"type": ["object", "null"]},
        serial=TEXT,
    ),
}
