"""
Challenge login: the relying party draws a challenge, the card signs it, the answer is judged.

Pure but for the verifier's own evidence.  The octets that are signed name the relying party
and the moment, so that an answer to one challenge is none to another [RP 4.1].
"""

import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.verifier.documents import verify_raw
from harness.verifier.evidence import Evidence
from harness.verifier.policy import Policy, Use
from harness.verifier.verdict import Result, Verdict, decided, result
from pki.checks import Check
from pki.errors import Malformed

LIFETIME = timedelta(minutes=5)  # ours; no source says how long a portal waits
NONCE_OCTETS = 32
LOGIN = Policy(use=Use.LOGIN)
MEANT = result(Check.CHALLENGE, None)
MISMATCH = result(Check.CHALLENGE, "challenge-mismatch")
REPLAYED = result(Check.CHALLENGE, "challenge-replayed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """
    What a relying party asks a card to sign.

    Attributes:
        audience: Who asks, as a URL.
        nonce: Drawn for this login alone; hexadecimal.
        issued_at: UTC, whole seconds.
    """

    audience: str
    nonce: str
    issued_at: datetime

    def octets(self) -> bytes:
        """Return exactly what is signed."""
        fields = {
            "audience": self.audience,
            "issued_at": f"{self.issued_at:%Y-%m-%dT%H:%M:%SZ}",
            "nonce": self.nonce,
            "type": "minijpki-login-challenge",
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What comes back: the octets that were signed, by whom, and the signature.

    Attributes:
        challenge: The octets that the card was given.
        certificate: DER.
        signature: Bare.
    """

    challenge: bytes
    certificate: bytes
    signature: bytes


def read_challenge(octets: bytes) -> Challenge:
    """Read the octets of a challenge; Malformed for anything else."""
    fields = _object(octets, "the challenge")
    try:
        if fields["type"] != "minijpki-login-challenge":
            raise ValueError
        moment = datetime.fromisoformat(fields["issued_at"]).astimezone(UTC)
        read = Challenge(
            audience=str(fields["audience"]), nonce=str(fields["nonce"]), issued_at=moment
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Malformed("the challenge", "it lacks audience, nonce or issued_at") from None
    if read.octets() != octets:
        raise Malformed("the challenge", "it is not spelled as challenges are")
    return read


def write_answer(answer: Answer) -> bytes:
    """Write an answer as one JSON object."""
    fields = {
        "certificate": base64.b64encode(answer.certificate).decode(),
        "challenge": base64.b64encode(answer.challenge).decode(),
        "signature": base64.b64encode(answer.signature).decode(),
    }
    return json.dumps(fields, indent=2).encode() + b"\n"


def read_answer(content: bytes) -> Answer:
    """
    Read an answer; Malformed for anything else.

    Base64 may lack its padding, for a client of the real portal leaves it away [RP 4.1].
    """
    fields = _object(content, "the answer")
    try:
        return Answer(
            challenge=_unpadded(fields["challenge"]),
            certificate=_unpadded(fields["certificate"]),
            signature=_unpadded(fields["signature"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Malformed(
            "the answer", "it lacks challenge, certificate or signature in base64"
        ) from None


def check_answer(
    answer: Answer,
    challenge: Challenge,
    evidence: Evidence,
    *,
    audience: str,
    used: bool,
    at: datetime,
) -> Verdict:
    """
    Judge an answer to *challenge* for the relying party *audience*.

    *used* says whether that challenge was answered before; the relying party remembers.
    """
    verdict = verify_raw(
        answer.signature, answer.challenge, answer.certificate, evidence, LOGIN, at=at
    )
    asked = _asked(answer, challenge, audience=audience, used=used, at=at)
    results = (asked, *verdict.results)
    indication, cause, code = decided(results)
    return replace(verdict, indication=indication, cause=cause, code=code, results=results)


def _asked(
    answer: Answer, challenge: Challenge, *, audience: str, used: bool, at: datetime
) -> Result:
    if answer.challenge != challenge.octets() or challenge.audience != audience:
        return MISMATCH
    if used or not challenge.issued_at <= at <= challenge.issued_at + LIFETIME:
        return REPLAYED
    return MEANT


def _object(content: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Malformed(what, "it is no JSON") from None
    if not isinstance(found, dict):
        raise Malformed(what, "it is no JSON object")
    return found


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
