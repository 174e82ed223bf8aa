"""
Signed PDF: the certificate on the card, the key behind its PIN, and a world's evidence.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from harness.documents.pdf.extra import require
from harness.documents.pdf.profiles import PdfProfile
from pki.certificate.read import read_certificate
from pki.errors import NotOnCard
from pki.keys import sign
from pki.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.world import World


def sign_pdf(
    world: World,
    identifier: str,
    document: bytes,
    *,
    pin: str,
    kind: Kind = Kind.SIGN,
    profile: PdfProfile = PdfProfile.B_B,
    at: datetime | None = None,
) -> bytes:
    """Sign a PDF; the PIN is asked for when all else is ready, and tried once."""
    require()
    from harness.documents.pdf import write

    moment = world.moment(at)

    def signer() -> Callable[[bytes], bytes]:
        key = world.office.enter_pin(identifier, kind, pin, at=moment)
        return lambda octets: sign(key, octets)

    signed = write.sign_pdf(
        document,
        certificate=world.certificate(identifier, kind),
        signer=signer,
        profile=profile,
        at=moment,
        stamp=(lambda octets: _token(world, octets, at=moment)) if profile.is_stamped else None,
    )
    if profile is PdfProfile.B_LT:
        return _with_evidence(world, identifier, signed, kind, at=moment)
    return signed


def _token(world: World, octets: bytes, *, at: datetime) -> bytes:
    """Ask this world's authority for a time-stamp, and take the token out of its answer."""
    from harness.timestamping import granted
    from pki.timestamps.read import read_response

    token = read_response(granted(world.timestamp(octets, at=at))).token
    assert token is not None  # it was granted
    return token


def _with_evidence(
    world: World, identifier: str, signed: bytes, kind: Kind, *, at: datetime
) -> bytes:
    """
    Add the CA's certificate, the newest list of the holder's scope, and OCSP answers.

    The authority of the time-stamp is asked about, too: whoever looks later must know that
    it was in order.
    """
    from harness.documents.pdf.write import add_evidence

    issued = world.register.current(world.register.card_of(identifier), kind)
    if issued is None:
        raise NotOnCard(kind)
    made = world.press.find(kind, issued.generation, issued.scope, at=at)
    generations = {each.number: each for each in world.authority.generations(kind, at=at)}
    certificates = [generations[issued.generation].certificate]
    responses = [world.responder.answer(kind, issued.generation, issued.serial, at=at)]
    authority = read_certificate(world.timestamping.stamper(at=at).certificate)
    for each in world.authority.generations(Kind.SIGN, at=at):
        own = read_certificate(each.certificate).key_identifier()
        if own == authority.authority_key_identifier():
            responses.append(
                world.responder.answer(Kind.SIGN, each.number, authority.serial, at=at)
            )
            certificates += [each.certificate] if each.certificate not in certificates else []
    return add_evidence(
        signed,
        certificates=certificates,
        lists=[] if made is None else [world.press.bytes(made)],
        responses=responses,
    )
