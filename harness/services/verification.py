"""
The verification API: what a platform operator answers, with the same verdicts as `verify`.

The order of the result codes is the operators' [RP 6.2]; beside the one code that they tell,
the whole verdict is here.  What is unsupported is an error, not a result, as with them.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from ca.lifecycle import Good
from ca.linking import Latest, NothingYet, Unchanged, latest_items
from ca.register import Issued
from ca.responder import refreshed
from harness.recognition import is_message
from harness.services.present import Present, yesterday
from harness.verifier.digests import verify_digest
from harness.verifier.documents import verify_certificate, verify_xml
from harness.verifier.messages import verify_cms
from harness.verifier.policy import Policy, Revocation, Use
from harness.verifier.verdict import Verdict
from harness.verifier.wording import as_json, rfc3339
from pki.causes import Code
from pki.certificate.read import Certificate
from pki.checks import Check
from pki.errors import Missing, UnknownCertificate
from pki.kinds import Kind

USERS = "api_users"  # setting: how often each was forgotten
DEFAULT_TENANT = "default"
TYPES = {Kind.SIGN: "jpki_card_digital_signature", Kind.AUTH: "jpki_card_user_authentication"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    One call of an operation.

    Attributes:
        fields: Of the request.
        tenant: On whose behalf; user identifiers differ from one to the other.
        at: As of when.
    """

    fields: Mapping[str, Any]
    tenant: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Status of HTTP, and the object that goes back."""

    status: int
    value: Mapping[str, Any]


class Verification:
    """The operations over one world."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self.operations: dict[str, Callable[[Call], Told]] = {
            "/api/verify": self._verify,
            "/api/verify-document": self._document,
            "/api/certificate-status": self._status,
            "/api/users": self._user,
            "/api/users/delete": self._forget,
            "/api/latest-items": self._latest,
        }

    def call(self, path: str, call: Call, *, of_yesterday: bool = False) -> Told:
        """Run one operation; *of_yesterday* is the fault of an operator that lags behind."""
        if of_yesterday:
            call = Call(fields=call.fields, tenant=call.tenant, at=yesterday(call.at))
        return self.operations[path](call)

    def _policy(self, call: Call) -> Policy:
        usable_after = int(self._present.world.store.setting("usable_after", "0"))
        return Policy(
            use=Use(call.fields["purpose"]),
            revocation=Revocation(call.fields["check_method"]),
            usable_after=usable_after,
        )

    def _verify(self, call: Call) -> Told:
        fields = call.fields
        verdict = verify_digest(
            fields["signature"],
            fields["digest"],
            fields["hash_algorithm"],
            fields["certificate"],
            self._present.world.evidence.as_of(call.at),
            self._policy(call),
            at=call.at,
        )
        return self._told(verdict, call)

    def _document(self, call: Call) -> Told:
        document = call.fields["document"]
        evidence = self._present.world.evidence.as_of(call.at)
        judge = verify_cms if is_message(document) else verify_xml
        return self._told(judge(document, evidence, self._policy(call), at=call.at), call)

    def _status(self, call: Call) -> Told:
        evidence = self._present.world.evidence.as_of(call.at)
        policy = self._policy(call)
        verdict = verify_certificate(call.fields["certificate"], evidence, policy, at=call.at)
        return self._told(verdict, call)

    def _told(self, verdict: Verdict, call: Call) -> Told:
        shown = as_json(verdict)
        if verdict.code is Code.UNSUPPORTED_CERTIFICATE:
            error = "ERROR_REASON_UNSUPPORTED_CERTIFICATE"
            return Told(400, {"error": error, "verdict": shown})
        user = None
        if call.fields["identify_user"] and verdict.passed:
            issued = self._issued(verdict)
            if issued is None:  # then nothing is verified at all, as with operators [RP 4.2]
                error = "ERROR_REASON_ASSOCIATED_CERTIFICATE_NOT_FOUND"
                return Told(400, {"error": error, "verdict": shown})
            user = self._identifier(issued.resident, call.tenant)
        kind = verdict.kind
        value = {
            "result": f"RESULT_{verdict.code.value}",
            "verification_id": _digest(shown)[:32],
            "certificate_type": TYPES[kind] if kind else None,
            "status": self._standing(verdict, call),
            "user_id": user,
            "certificate_content": shown["holder"] if verdict.passed else None,
            "verdict": shown,
        }
        return Told(200, value)

    def _standing(self, verdict: Verdict, call: Call) -> dict[str, Any]:
        """Say good or revoked only where evidence says so; anything else is unknown."""
        outcomes = {
            each.check: each.outcome.value
            for each in verdict.results
            if each.check in (Check.REVOCATION_CRL, Check.REVOCATION_OCSP)
        }
        spoke = [check for check, outcome in outcomes.items() if outcome in ("passed", "failed")]
        value = "unknown"
        if verdict.revoked_since is not None:
            value = "revoked"
        elif spoke:
            value = "good"
        dates = [self._updated(check, verdict, at=call.at) for check in spoke]
        return {
            "value": value,
            "check_method": call.fields["check_method"],
            "source_updated_at": max([each for each in dates if each], default=None),
            "revoked_at": rfc3339(verdict.revoked_since) if verdict.revoked_since else None,
            "revocation_reason": verdict.reason,
        }

    def _updated(self, check: Check, verdict: Verdict, *, at: datetime) -> str | None:
        if check is Check.REVOCATION_OCSP:
            return rfc3339(refreshed(at))
        issued = self._issued(verdict)
        if issued is None:
            return None
        press = self._present.world.press
        made = press.find(issued.kind, issued.generation, issued.scope, at=at)
        return rfc3339(made.request.this_update) if made else None

    def _issued(self, verdict: Verdict) -> Issued | None:
        """Find a certificate that passed among those of this world."""
        certificate: Certificate | None = verdict.certificate
        if certificate is None or verdict.kind is None:
            return None
        try:
            return self._present.world.register.certificate(verdict.kind, certificate.serial)
        except UnknownCertificate:
            return None

    def _identifier(self, resident: str, tenant: str) -> str:
        """Name somebody to one tenant: the same across renewals, another once forgotten."""
        forgotten = json.loads(self._present.world.store.setting(USERS, "{}"))
        key = self._present.world.authority.generations(Kind.SIGN)[0].certificate
        times = forgotten.get(_digest([tenant, resident]), 0)
        named = json.dumps([tenant, resident, times]).encode()
        return hmac.new(sha256(key).digest(), named, "sha256").hexdigest()[:32]

    def _resident(self, call: Call) -> str:
        wanted = call.fields["user_id"]
        for each in self._present.world.register.residents():
            if hmac.compare_digest(
                self._identifier(each.identifier, call.tenant).encode(), wanted.encode()
            ):
                return each.identifier
        raise Missing("no user of this tenant has that identifier; verify with identify_user first")

    def _user(self, call: Call) -> Told:
        world = self._present.world
        listed = [
            each for each in world.register.certificates(self._resident(call)) if each.at <= call.at
        ]
        certificates = []
        for each in listed:
            standing = world.register.standing(each.kind, each.serial, at=call.at)
            certificates.append(
                {
                    "certificate_type": TYPES[each.kind],
                    "serial": f"{each.serial:#x}",
                    "not_before": rfc3339(each.not_before),
                    "not_after": rfc3339(each.not_after),
                    "status": "good" if isinstance(standing, Good) else "revoked",
                }
            )
        return Told(200, {"user_id": call.fields["user_id"], "certificates": certificates})

    def _forget(self, call: Call) -> Told:
        store = self._present.world.store
        resident = self._resident(call)
        with store.writing():
            forgotten = json.loads(store.setting(USERS, "{}"))
            key = _digest([call.tenant, resident])
            forgotten[key] = forgotten.get(key, 0) + 1
            store.set(USERS, json.dumps(forgotten))
        self._present.wrote()
        return Told(200, {"deleted": True})

    def _latest(self, call: Call) -> Told:
        world = self._present.world
        resident = self._resident(call)
        found = latest_items(world.register, resident, call.fields["service"], at=call.at)
        match found:
            case Unchanged(certificate):
                value: dict[str, Any] = {"state": "unchanged", "items": None}
            case NothingYet(certificate):
                value = {"state": "nothing-yet", "items": None}
            case Latest(items, certificate):
                content = {
                    "name": items.name,
                    "born": items.born,
                    "sex": items.sex,
                    "address": items.address,
                }
                value = {"state": "latest", "items": content}
        return Told(200, value | {"serial": f"{certificate.serial:#x}"})


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
