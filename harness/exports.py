"""
Certificates and lists of a world as files, for programs that nobody here wrote.
"""

import base64
from pathlib import Path

from harness.files import write_whole
from harness.world import World
from pki.errors import NotOnCard
from pki.kinds import Kind


def pem(label: str, der: bytes) -> bytes:
    """Write DER as PEM (RFC 7468)."""
    lines = base64.encodebytes(der).replace(b"\n", b"")
    body = b"\n".join(lines[i : i + 64] for i in range(0, len(lines), 64))
    name = label.encode()
    return b"-----BEGIN " + name + b"-----\n" + body + b"\n-----END " + name + b"-----\n"


def export_holder(world: World, identifier: str, target: Path) -> list[Path]:
    """Write what a relying party needs to judge the certificates on a resident's card."""
    card = world.register.card_of(identifier)
    written = []
    for kind in Kind:
        issued = world.register.current(card, kind)
        if issued is None:
            continue
        generation = world.authority.generations(kind)[issued.generation - 1]
        made = world.press.newest(kind, issued.scope, generation=issued.generation, at=world.now())
        for name, content in (
            ("cert", pem("CERTIFICATE", world.register.der(kind, issued.serial))),
            ("ca", pem("CERTIFICATE", generation.certificate)),
            ("crl", pem("X509 CRL", world.press.bytes(made))),
        ):
            path = target / f"{kind.value}.{name}.pem"
            write_whole(path, content)
            written.append(path)
    if not written:
        raise NotOnCard(Kind.SIGN)
    return written


def export_authorities(world: World, target: Path) -> list[Path]:
    """Write every generation of both CAs."""
    written = []
    for kind in Kind:
        for generation in world.authority.generations(kind, at=world.now()):
            path = target / f"{kind.value}-{generation.number}.ca.pem"
            write_whole(path, pem("CERTIFICATE", generation.certificate))
            written.append(path)
    return written


def export_lists(world: World, target: Path) -> list[Path]:
    """Write every list that is out, as DER, below the path of its URL."""
    written = []
    for made in world.press.all_newest(at=world.now()):
        word = made.word
        path = target / "crl" / made.kind.value / str(made.generation) / f"{word}.crl"
        write_whole(path, world.press.bytes(made))
        written.append(path)
    return written
