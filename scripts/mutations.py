"""
Prove the inspector: break every field in every way, and see which rule names it.

    python scripts/mutations.py            # write docs/mutations.md anew; then read the diff
    python scripts/mutations.py --check    # exit 1 if it is not current, and change nothing

The objects are those of seed 0, so whoever runs this gets the same table.  The small codec
here takes octets apart and puts them together again; it shares nothing with the inspector.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from ca.authority import compromise
from ca.municipalities import codes_of
from crl.inspection.engine import ALL_PROFILES, RULES, inspect
from crl.scope import FULL
from crl.write import build_list, template as list_template
from crl.entries import Entry, ListRequest
from harness.keypool import Deck
from harness.scene import Scene
from pki import oids
from pki.certificate.write import Subject, issue, template
from pki.inspection.chain import read_authority
from pki.inspection.findings import Severity
from pki.inspection.specimen import Context
from pki.keys import spki_of
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import service_name
from pki.profiles import PROFILES

PAGE = Path(__file__).parent.parent / "docs" / "mutations.md"
BEGIN = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
WAYS = (
    *("absent", "duplicated", "wrong tag", "wrong OID", "wrong criticality", "FALSE encoded"),
    *("wrong order", "off by one", "wrong encoding"),
)
PRIVATE = oids.content(oids.OWN_ARC + ".99")  # an extension that nobody has


class Tlv:
    """One element that can be changed: a tag, and content or parts."""

    def __init__(self, tag: int, content: bytes = b"", parts: "list[Tlv] | None" = None) -> None:
        self.tag = tag
        self.content = content
        self.parts = parts
        self.wide = False  # whether its length is written in one octet too many

    def encode(self) -> bytes:
        content = self.content
        if self.parts is not None:
            content += b"".join(each.encode() for each in self.parts)
        size = len(content)
        octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
        if self.wide:
            octets = octets if size < 0x80 else b"\x00" + octets
            return bytes((self.tag, 0x80 | len(octets))) + octets + content
        if size < 0x80:
            return bytes((self.tag, size)) + content
        return bytes((self.tag, 0x80 | len(octets))) + octets + content

    def leaves(self) -> "Iterator[Tlv]":
        if self.parts is None:
            yield self
        for each in self.parts or ():
            yield from each.leaves()

    def oid(self) -> "Tlv | None":
        return next((leaf for leaf in self.leaves() if leaf.tag == 6), None)


def decode(der: bytes) -> list[Tlv]:
    """Take octets apart; what is known to hold DER inside is opened as well."""
    found, at = [], 0
    while at < len(der):
        tag, size, start = der[at], der[at + 1], at + 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[at + 2 : start], "big")
        content = der[start : start + size]
        if len(content) < size:
            raise ValueError("cut off")
        if tag & 0x20:
            found.append(Tlv(tag, parts=decode(content)))
        else:
            found.append(Tlv(tag, content))
        at = start + size
    return found


def opened(node: Tlv) -> Tlv:
    """Open an OCTET STRING that holds one element."""
    [inner] = decode(node.content)
    node.content, node.parts = b"", [inner]
    return inner


@dataclass(frozen=True, slots=True)
class Sample:
    """One sound object: its kind, its octets, and what is known around it."""

    kind: str
    der: bytes
    context: Context


@cache
def samples(algorithm: Algorithm = Algorithm.RSA2048) -> dict[str, Sample]:
    """Make one object of each kind."""
    with tempfile.TemporaryDirectory() as directory:
        scene = Scene.fresh(Path(directory) / "world", seed=0, at=BEGIN, algorithm=algorithm)
        world = scene.world
        scene.resident("hanako").moves()
        scene.resident("taro").loses_card() if hasattr(scene, "loses_card") else None
        world.responder.delegate(Kind.SIGN, at=world.now())
        at = world.set_clock(world.now() + timedelta(days=2))
        first = world.register.certificates("hanako", Kind.SIGN)[0]
        auth = world.register.certificates("hanako", Kind.AUTH)[0]
        compromise(world.authority, Kind.SIGN, 1, at=at)
        later = at + timedelta(days=2)
        made = {}
        generations = {kind: world.authority.generations(kind)[0] for kind in Kind}
        issuer = world.authority.issuer(generations[Kind.SIGN])
        made["ca"] = (Kind.SIGN, generations[Kind.SIGN].certificate)
        made["sign"] = (Kind.SIGN, world.register.der(Kind.SIGN, first.serial))
        made["auth"] = (Kind.AUTH, world.register.der(Kind.AUTH, auth.serial))
        for word, service, number in (("ocsp", "OCSP Responder", 90), ("tsa", "TSA", 91)):
            subject = Subject(
                serial=number,
                not_before=BEGIN,
                not_after=BEGIN + timedelta(days=365),
                name=service_name(Naming.SIM, Kind.SIGN, service),
                spki=spki_of(Deck(0).take(algorithm, number)),
            )
            made[word] = (Kind.SIGN, issue(template(issuer, PROFILES[word]), subject))
        press = world.press
        municipal = press.newest(Kind.SIGN, first.scope, generation=1, at=later)
        made["municipal"] = (Kind.SIGN, press.bytes(municipal))
        arl = press.newest(Kind.SIGN, "arl", generation=1, at=later)
        made["authorities"] = (Kind.SIGN, press.bytes(arl))
        request = ListRequest(
            number=1,
            this_update=later,
            next_update=later + timedelta(hours=48),
            entries=tuple(
                Entry(serial=serial, since=at, reason=Reason.SUPERSEDED) for serial in (2, 3)
            ),
        )
        made["full"] = (Kind.SIGN, build_list(list_template(issuer, FULL), request))
        answer = world.responder.answer(Kind.SIGN, 1, first.serial, at=later, nonce=bytes(16))
        made["response"] = (Kind.SIGN, answer)
        around = {
            kind: Context(authority=read_authority(each.certificate), places=codes_of)
            for kind, each in generations.items()
        }
        scene.close()
    return {word: Sample(word, der, around[kind]) for word, (kind, der) in made.items()}


class Opened:
    """One object taken apart, with its fields by name."""

    def __init__(self, sample: Sample) -> None:
        [self.root] = decode(sample.der)
        assert self.root.parts is not None
        self.kind = sample.kind
        self.fields: dict[str, tuple[list[Tlv], Tlv]] = {}  # the parent's parts, and the field
        self.extensions: dict[str, tuple[list[Tlv], Tlv, Tlv]] = {}  # and the value inside
        names = {row.oid: row.name for row in ALL_PROFILES[self.kind].extensions}
        tags = {oids.content(oid): name for oid, name in names.items() if oid}
        if self.kind == "response":
            self._response()
        else:
            self._certificate_or_list()
        for part in self.listed:
            assert part.parts is not None
            name = tags[part.parts[0].content]
            self.extensions[name] = (self.listed, part, opened(part.parts[-1]))

    def _certificate_or_list(self) -> None:
        tbs = self.root.parts[0].parts
        words = {
            True: ("version", "serialNumber", "signature", "issuer", "validity", "subject",
                   "subjectPublicKeyInfo", "extensions"),
            False: ("version", "signature", "issuer", "thisUpdate", "nextUpdate",
                    "revokedCertificates", "extensions"),
        }[self.kind in PROFILES]
        for word, node in zip(words, tbs, strict=True):
            self.fields[word] = (tbs, node)
        self.fields["signatureAlgorithm"] = (self.root.parts, self.root.parts[1])
        self.fields["signatureValue"] = (self.root.parts, self.root.parts[2])
        self.listed = self.fields["extensions"][1].parts[0].parts
        if "revokedCertificates" in self.fields:
            entry = self.fields["revokedCertificates"][1].parts[0]
            extension = entry.parts[2].parts[0]
            self.fields["reasonCode"] = (extension.parts, extension.parts[-1])
            opened(extension.parts[-1])

    def _response(self) -> None:
        status, answer = self.root.parts
        kind, octets = answer.parts[0].parts
        basic = opened(octets)
        tbs, algorithm, signature, *_ = basic.parts
        self.tbs, self.basic = tbs, basic
        self.fields["responseStatus"] = (self.root.parts, status)
        self.fields["responseType"] = (answer.parts[0].parts, kind)
        self.fields["responderID"] = (tbs.parts, tbs.parts[0])
        self.fields["producedAt"] = (tbs.parts, tbs.parts[1])
        single = tbs.parts[2].parts[0]
        self.single = single
        for word, node in zip(("certID", "certStatus", "singleUpdate"), single.parts, strict=False):
            self.fields[word] = (single.parts, node)
        self.fields["signatureAlgorithm"] = (basic.parts, algorithm)
        self.fields["signatureValue"] = (basic.parts, signature)
        self.listed = tbs.parts[3].parts[0].parts

    def encode(self) -> bytes:
        return self.root.encode()


def other_tag(node: Tlv) -> int:
    """Give an element the tag of another type."""
    return {0x30: 0x31, 0x02: 0x04, 0x03: 0x04, 0x04: 0x03, 0x05: 0x02, 0x0A: 0x02, 0x06: 0x04}.get(
        node.tag, node.tag ^ 0x01
    )


def one_more(node: Tlv) -> None:
    """Change the last leaf of an element by as little as possible."""
    leaf = list(node.leaves())[-1]
    if leaf.tag in (0x17, 0x18):
        leaf.content = leaf.content[:-3] + b"60Z"  # one second past the last of the minute
    elif not leaf.content:
        leaf.content = b"\x00"
    else:
        leaf.content = leaf.content[:-1] + bytes(((leaf.content[-1] + 1) % 256,))


def bump_oid(node: Tlv) -> bool:
    found = node.oid()
    if found is None:
        return False
    found.content = found.content[:-1] + bytes((found.content[-1] ^ 0x02,))
    return True


# Where the last leaf off by one is as good as before, the edge that is not.
def _set(find: Callable[[Tlv], Tlv], content: bytes) -> Callable[[Tlv], None]:
    def change(node: Tlv) -> None:
        find(node).content = content

    return change


def _last(node: Tlv) -> Tlv:
    return list(node.leaves())[-1]


def _shorter(node: Tlv) -> None:
    leaf = _last(node)
    leaf.content = leaf.content[:-1]


EDGES: dict[tuple[str, str], Callable[[Tlv], None]] = {
    **{(kind, "serialNumber"): _set(_last, b"\x00") for kind in PROFILES},
    ("sign", "subjectAltName"): _shorter,
    **{(kind, "cRLNumber"): _set(_last, b"\x00") for kind in ("municipal", "authorities", "full")},
    **{
        (kind, "revokedCertificates"): (lambda node: _set(lambda n: n.parts[0].parts[0], b"\x00")(node))
        for kind in ("municipal", "authorities", "full")
    },
    **{
        (kind, "reasonCode"): _set(_last, b"\x07") for kind in ("municipal", "authorities", "full")
    },
    **{(kind, "subject"): _set(_last, b"") for kind in ("ocsp", "tsa")},
    ("response", "certStatus"): _set(_last, b"\x07"),
    ("response", "certID"): lambda node: _set(lambda n: n.parts[3], b"\x00")(node),
    ("response", "nonce"): lambda node: _set(_last, bytes(129))(node),
    ("response", "singleUpdate"): lambda node: setattr(
        node, "content", node.content[:-2] + b"1Z"
    ),
}


# What is as good as before, or cannot be told from its neighbour's fault, and why.
EXCUSED = {
    ("revokedCertificates", "absent"): "a list of nobody is sound",
    ("thisUpdate", "absent"): "of two times one is left, and the first is thisUpdate: "
    "`next-update-presence` says it",
    ("nonce", "absent"): "a response has a nonce only if the request had one",
    ("nonce", "wrong OID"): "then there is no nonce, and `extension-unknown` names the other",
}


def break_field(opened: Opened, name: str, way: str) -> bool:
    """Break one field in one way; False if it has nothing to be broken so."""
    if name in opened.extensions:
        siblings, whole, value = opened.extensions[name]
    else:
        siblings, whole = opened.fields[name]
        value = whole
    place = siblings.index(whole)
    extension = name in opened.extensions
    match way:
        case "absent":
            siblings.remove(whole)
        case "duplicated":
            siblings.insert(place, whole)
        case "wrong tag":
            value.tag = other_tag(value)
        case "wrong OID" if extension:
            whole.parts[0].content = PRIVATE
        case "wrong OID":
            return bump_oid(whole)
        case "wrong criticality" if extension:
            if whole.parts[1].tag == 1:
                del whole.parts[1]
            else:
                whole.parts.insert(1, Tlv(1, b"\xff"))
        case "FALSE encoded" if extension:
            if whole.parts[1].tag == 1:
                whole.parts[1].content = b"\x00"
            else:
                whole.parts.insert(1, Tlv(1, b"\x00"))
        case "wrong order" if len(siblings) > 1:
            beside = place + 1 if place + 1 < len(siblings) else place - 1
            siblings[place], siblings[beside] = siblings[beside], siblings[place]
        case "off by one":
            EDGES.get((opened.kind, name), one_more)(value)
        case "wrong encoding":
            value.wide = True
        case _:
            return False
    return True


def fired(der: bytes, sample: Sample) -> dict[str, str]:
    """Inspect, and return which rules were broken, with the fields that they name."""
    report = inspect(der, sample.kind, context=sample.context)
    return {
        each.rule.id: each.rule.field
        for each in report.findings
        if each.severity is not Severity.NOTE
    }


def table(algorithm: Algorithm, kind: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Break every field of a kind in every way: field, way, and the rules that name the field."""
    sample = samples(algorithm)[kind]
    for row in ALL_PROFILES[kind].rows:
        for way in WAYS:
            opened_one = Opened(sample)
            if break_field(opened_one, row.name, way):
                found = fired(opened_one.encode(), sample)
                yield row.name, way, tuple(sorted(i for i, f in found.items() if f == row.name))
