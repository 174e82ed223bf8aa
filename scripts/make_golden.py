"""
Write tests/golden/: what one certificate and one list of each kind look like, octet by octet.

    python scripts/make_golden.py            # write the listings anew; then read the diff
    python scripts/make_golden.py --check    # exit 1 if one is not current, and change nothing

The world is that of seed 0, so whoever runs this gets the same listings.  The walker here
knows nothing of certificates and shares nothing with our reader: a tag, a length, content.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from ca.authority import compromise
from crl.shapes import SHAPES
from harness.keypool import Deck
from harness.scene import PINS
from harness.world import World
from pki import oids
from pki.certificate.write import Subject, issue, template
from pki.keys import spki_of
from pki.kinds import Algorithm, Kind, Naming, Sex
from pki.names import service_name
from pki.profiles import PROFILES

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
BEGIN = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
MOVED = BEGIN + timedelta(days=1)
AFTER = datetime(2026, 4, 3, tzinfo=UTC)
CHIYODA = "13101"

TAGS = {
    0x01: "BOOLEAN",
    0x02: "INTEGER",
    0x03: "BIT STRING",
    0x04: "OCTET STRING",
    0x05: "NULL",
    0x06: "OBJECT",
    0x0A: "ENUMERATED",
    0x0C: "UTF8String",
    0x13: "PrintableString",
    0x16: "IA5String",
    0x17: "UTCTime",
    0x18: "GeneralizedTime",
    0x30: "SEQUENCE",
    0x31: "SET",
}
TEXTS = {"UTF8String", "PrintableString", "IA5String", "UTCTime", "GeneralizedTime"}
SHORT = 24  # octets; of longer ones only the hash is shown
WORDS = {
    value: name.lower().replace("_", " ")
    for name, value in vars(oids).items()
    if name.isupper() and isinstance(value, str)
} | {
    row.oid: row.name
    for profile in (*PROFILES.values(), *SHAPES.values())
    for row in profile.extensions
}


def listing(der: bytes, depth: int = 0) -> Iterator[str]:
    """List everything in *der*, one line for each element, two spaces for each level."""
    at = 0
    while at < len(der):
        tag, length, start = header(der, at)
        content = der[start : start + length]
        if len(content) < length:
            raise ValueError("cut off")
        number = tag & 0x1F
        name = TAGS.get(tag) or f"[{number}]"
        line = f"{'  ' * depth}{name}"
        if tag & 0x20:
            yield line
            yield from listing(content, depth + 1)
        elif name == "OCTET STRING" and (inner := encapsulated(content, depth + 1)):
            yield f"{line}, which holds"
            yield from inner
        else:
            yield f"{line} {shown(name, content)}".rstrip()
        at = start + length


def header(der: bytes, at: int) -> tuple[int, int, int]:
    """Take tag, length and first octet of content apart."""
    tag, length, start = der[at], der[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[at + 2 : start], "big")
    return tag, length, start


def encapsulated(content: bytes, depth: int) -> list[str]:
    """List what an OCTET STRING holds; nothing if it is no DER, as a key identifier is not."""
    try:
        if content[:1] and content[0] in TAGS:
            return list(listing(content, depth))
    except (IndexError, ValueError):
        pass
    return []


def shown(name: str, content: bytes) -> str:
    """Show the content of a leaf."""
    if name in TEXTS:
        return content.decode()
    if name == "OBJECT":
        identifier = dotted(content)
        return f"{identifier} {WORDS.get(identifier, '')}".rstrip()
    if name in ("INTEGER", "ENUMERATED") and len(content) <= 8:
        return str(int.from_bytes(content, "big", signed=True))
    if len(content) <= SHORT:
        return content.hex(" ")
    if content.isascii() and content.decode().isprintable():
        return content.decode()
    return f"of {len(content)} octets, SHA-256 {sha256(content).hexdigest()[:16]}..."


def dotted(content: bytes) -> str:
    """Spell an OBJECT IDENTIFIER."""
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def exhibits() -> dict[str, bytes]:
    """Make one of each kind: Hanako's certificates, and the lists that name Taro and a CA."""
    found: dict[str, bytes] = {}
    for algorithm in Algorithm:
        with tempfile.TemporaryDirectory() as folder:
            world = World.create(Path(folder) / "w", at=BEGIN, seed=0, algorithm=algorithm)
            for name, der in _exhibits(world):
                found[name if algorithm is Algorithm.RSA2048 else f"{name}-p384"] = der
            world.close()
    return found


def _exhibits(world: World) -> Iterator[tuple[str, bytes]]:
    for identifier, name, sex in (
        ("hanako", "住基 花子", Sex.FEMALE),
        ("taro", "住基 太郎", Sex.MALE),
    ):
        home = "東京都千代田区丸の内1-1-1"
        world.add_resident(identifier, name=name, born=date(1990, 1, 1), sex=sex, address=home)
        world.office.issue_card(identifier, at=BEGIN, pins=PINS)
    for kind in Kind:
        generation = world.authority.generations(kind)[0]
        yield f"ca-{kind.value}", generation.certificate
        yield kind.value, world.certificate("hanako", kind)
    world.office.move("taro", address="神奈川県横浜市中区本町1-1", at=MOVED)
    compromise(world.authority, Kind.AUTH, 1, at=AFTER)
    night = AFTER + timedelta(days=1)
    taro = world.press.newest(Kind.SIGN, CHIYODA, generation=1, at=AFTER)
    yield "list-municipal", world.press.bytes(taro)
    authorities = world.press.newest(Kind.AUTH, "arl", generation=1, at=night)
    yield "list-authorities", world.press.bytes(authorities)
    yield from _services(world)


def _services(world: World) -> Iterator[tuple[str, bytes]]:
    """Certify the two services, whose profiles are ours [J 6]."""
    generation = world.authority.generations(Kind.AUTH)[0]
    key = Deck(0).take(generation.algorithm, 200)
    for word, kind, title in (
        ("ocsp", Kind.AUTH, "OCSP Responder"),
        ("tsa", None, "Time-Stamping Authority"),
    ):
        subject = Subject(
            serial=0x1234,
            not_before=BEGIN,
            not_after=datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC),
            name=service_name(Naming.SIM, kind, title),
            spki=spki_of(key),
        )
        yield word, issue(template(world.authority.issuer(generation), PROFILES[word]), subject)


def listings() -> dict[str, str]:
    """Return the content of every file of tests/golden."""
    return {
        f"{name}.txt": "\n".join((f"# {name}, {len(der)} octets", *listing(der))) + "\n"
        for name, der in exhibits().items()
    }


def main(arguments: list[str]) -> int:
    """Write the listings, or only say whether they are current."""
    stale = 0
    for name, text in listings().items():
        path = GOLDEN / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"{name} is not current; run scripts/make_golden.py", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name} is brought up to date; read the diff")
    return int("--check" in arguments and stale > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
