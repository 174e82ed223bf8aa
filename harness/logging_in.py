"""
A login in a world: chance draws the challenge, the card answers, the journal remembers.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from harness.chance import chances
from harness.verifier.login import (
    NONCE_OCTETS,
    Answer,
    Challenge,
    check_answer,
    read_answer,
    read_challenge,
)
from pki.kinds import Kind

if TYPE_CHECKING:
    from harness.verifier.verdict import Verdict
    from harness.world import World

USED = "login-challenge-used"


def draw(world: World, *, audience: str, at: datetime | None = None) -> Challenge:
    """Draw a challenge; in a seeded world the journal's length makes it another each time."""
    when = world.moment(at)
    with world.store.writing():
        seq = world.store.append(when, "login-challenge", audience)
    chance = chances(world.seed)(f"login/{seq}")
    nonce = bytes(chance(256) for _ in range(NONCE_OCTETS)).hex()
    return Challenge(audience=audience, nonce=nonce, issued_at=when)


def answer(
    world: World, identifier: str, challenge: bytes, *, pin: str, at: datetime | None = None
) -> Answer:
    """Let a resident's card answer a challenge with the authentication key."""
    octets = read_challenge(challenge).octets()
    certificate = world.certificate(identifier, Kind.AUTH)
    signature = world.sign_raw(identifier, octets, pin=pin, kind=Kind.AUTH, at=at)
    return Answer(challenge=octets, certificate=certificate, signature=signature)


def check(
    world: World, given: bytes, asked: bytes, *, audience: str, at: datetime | None = None
) -> Verdict:
    """Judge an answer, and use its challenge up if it passes."""
    when = world.moment(at)
    challenge = read_challenge(asked)
    with world.store.writing():
        verdict = check_answer(
            read_answer(given),
            challenge,
            world.evidence.as_of(when),
            audience=audience,
            used=bool(world.store.journal(subject=challenge.nonce)),
            at=when,
        )
        if verdict.passed:
            world.store.append(when, USED, challenge.nonce)
    return verdict
