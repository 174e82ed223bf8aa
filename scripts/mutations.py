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
from functools import cache, partial
from pathlib import Path

from ca.authority import compromise
from ca.municipalities import codes_of
from crl.entries import Entry, ListRequest
from crl.inspection.engine import ALL_PROFILES, RULES, inspect
from crl.scope import FULL
from crl.write import build_list
from crl.write import template as list_template
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
        scene.resident("taro")
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
            True: (
                "version",
                "serialNumber",
                "signature",
                "issuer",
                "validity",
                "subject",
                "subjectPublicKeyInfo",
                "extensions",
            ),
            False: (
                "version",
                "signature",
                "issuer",
                "thisUpdate",
                "nextUpdate",
                "revokedCertificates",
                "extensions",
            ),
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
        (kind, "revokedCertificates"): (
            lambda node: _set(lambda n: n.parts[0].parts[0], b"\x00")(node)
        )
        for kind in ("municipal", "authorities", "full")
    },
    **{(kind, "reasonCode"): _set(_last, b"\x07") for kind in ("municipal", "authorities", "full")},
    **{(kind, "subject"): _set(_last, b"") for kind in ("ocsp", "tsa")},
    ("response", "certStatus"): _set(_last, b"\x07"),
    ("response", "certID"): lambda node: _set(lambda n: n.parts[3], b"\x00")(node),
    ("response", "nonce"): lambda node: _set(_last, bytes(129))(node),
    ("response", "singleUpdate"): lambda node: setattr(node, "content", node.content[:-2] + b"1Z"),
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


@cache
def table(algorithm: Algorithm, kind: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Break every field of a kind in every way: field, way, and the rules that name the field."""
    return list(_broken(algorithm, kind))


def _broken(algorithm: Algorithm, kind: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    sample = samples(algorithm)[kind]
    for row in ALL_PROFILES[kind].rows:
        for way in WAYS:
            opened_one = Opened(sample)
            if break_field(opened_one, row.name, way):
                found = fired(opened_one.encode(), sample)
                yield row.name, way, tuple(sorted(i for i, f in found.items() if f == row.name))


def dn(node: Tlv) -> Tlv:
    """Find the first distinguished name in an element."""
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if one.tag == 0x30 and one.parts and all(part.tag == 0x31 for part in one.parts):
            return one
        waiting += one.parts or ()
    raise ValueError("no name in it")


def value(opened_one: Opened, field: str) -> Tlv:
    if field in opened_one.extensions:
        return opened_one.extensions[field][2]
    return opened_one.fields[field][1]


def rdn_value(name: Tlv, place: int) -> Tlv:
    """Return the string of an RDN."""
    return name.parts[place].parts[0].parts[1]


def leaf(field: str, place: int, content: bytes | None = None, tag: int | None = None):
    """Make a change of one leaf of a field."""

    def change(it: Opened) -> None:
        found = list(value(it, field).leaves())[place]
        found.content = found.content if content is None else content
        found.tag = tag or found.tag

    return change


def in_name(field: str, place: int, content: str, more: int | None = None):
    """Make a change of one attribute in a name."""

    def change(it: Opened) -> None:
        for each in (place,) if more is None else (place, more):
            rdn_value(dn(value(it, field)), each).content = content.encode()

    return change


def item(number: int, text: str | None = None, tag: int | None = None):
    """Make a change of one of the six otherNames."""

    def change(it: Opened) -> None:
        found = value(it, "subjectAltName").parts[number].parts[1].parts[0]
        found.content = found.content if text is None else text.encode()
        found.tag = tag or found.tag

    return change


def items(change_list: Callable[[list[Tlv]], object]):
    return lambda it: change_list(value(it, "subjectAltName").parts)


def wide(find: Callable[[Opened], Tlv]):
    return lambda it: setattr(find(it), "wide", True)


def _without(number: int, parts: list[Tlv]) -> None:
    del parts[number]


def swapped(parts: list[Tlv]) -> None:
    parts[0], parts[1] = parts[1], parts[0]


def generalized(field: str, place: int):
    """Write a time of this century as the other type."""

    def change(it: Opened) -> None:
        found = list(value(it, field).leaves())[place]
        found.tag, found.content = 0x18, b"20" + found.content

    return change


def repeated(field: str):
    def change(it: Opened) -> None:
        name = dn(value(it, field))
        name.parts.append(name.parts[-1])

    return change


def plain_string(field: str):
    return lambda it: setattr(rdn_value(dn(value(it, field)), -1), "tag", 0x13)


def strange_extension(critical: bool):
    def change(it: Opened) -> None:
        flag = [Tlv(1, b"\xff")] if critical else []
        it.listed.append(Tlv(0x30, parts=[Tlv(6, PRIVATE), *flag, Tlv(4, b"\x05\x00")]))

    return change


def no_times(it: Opened) -> None:
    siblings, this = it.fields["thisUpdate"]
    siblings.remove(this)
    siblings.remove(it.fields["nextUpdate"][1])


def reason(content: bytes):
    return lambda it: setattr(it.fields["reasonCode"][1].parts[0], "content", content)


def entry_before(it: Opened) -> None:
    """Put an entry of a higher serial in front of the others."""
    entries = it.fields["revokedCertificates"][1].parts
    first = entries[0]
    entries.insert(0, Tlv(0x30, parts=[Tlv(2, b"\x7f\xff"), *first.parts[1:]]))


def other_policy(it: Opened) -> None:
    found = value(it, "certificatePolicies").parts[0].parts[0]
    other = {"sign": oids.CP_AUTH_CLASS30, "auth": oids.CP_SIGN_CLASS20}[it.kind]
    found.content = oids.content(other)


def other_key(it: Opened) -> None:
    """Put a key of the other generation in the place of the certificate's own."""
    siblings, own = it.fields["subjectPublicKeyInfo"]
    rsa = len(own.encode()) > 200
    algorithm = Algorithm.P384 if rsa else Algorithm.RSA2048
    strange = Opened(samples(algorithm)[it.kind]).fields["subjectPublicKeyInfo"][1]
    siblings[siblings.index(own)] = strange


def next_day(it: Opened) -> None:
    found = it.fields["nextUpdate"][1]
    day = datetime.strptime(f"20{found.content.decode()[:-1]}+0000", "%Y%m%d%H%M%S%z")
    found.content = f"{day + timedelta(days=1):%y%m%d%H%M%SZ}".encode()


def version_said(it: Opened) -> None:
    it.tbs.parts.insert(0, Tlv(0xA0, parts=[Tlv(2, b"\x00")]))


def quarter_missed(it: Opened) -> None:
    found = it.single.parts[3].parts[0]
    found.content = found.content[:-3] + b"01Z"


CERTS = tuple(PROFILES)
LISTS = ("municipal", "authorities", "full")
CITIZENS = ("sign", "auth")
ISSUED = ("sign", "auth", "ocsp", "tsa")
EVERY = (*CERTS, *LISTS)

# What is beyond the rows: the rule, the kinds, what is done, and how.
BY_HAND: tuple[tuple[str, tuple[str, ...], str, Callable[[Opened], object]], ...] = (
    ("certificate-der", CERTS, "its length not the shortest", wide(lambda it: it.root)),
    ("list-der", LISTS, "its length not the shortest", wide(lambda it: it.root)),
    ("response-der", ("response",), "its length not the shortest", wide(lambda it: it.root)),
    ("certificate-structure", CERTS, "a fourth part", lambda it: it.root.parts.append(Tlv(5))),
    ("list-structure", LISTS, "a fourth part", lambda it: it.root.parts.append(Tlv(5))),
    ("extensions-der", EVERY, "length not the shortest", wide(lambda it: value(it, "extensions"))),
    (
        "extensions-elements",
        (*EVERY, "response"),
        "an extension without value",
        lambda it: it.listed[0].parts.pop(),
    ),
    (
        "tbs-certificate-structure",
        CERTS,
        "a unique identifier",
        lambda it: it.fields["version"][0].insert(7, Tlv(0x81, b"\x00\x01")),
    ),
    (
        "extensions-structure",
        EVERY,
        "two SEQUENCEs of them",
        lambda it: value(it, "extensions").parts.append(Tlv(0x30, parts=[])),
    ),
    (
        "extensions-once",
        EVERY,
        "extensions twice",
        lambda it: it.fields["extensions"][0].append(it.fields["extensions"][1]),
    ),
    ("extensions-presence", EVERY, "no extensions", lambda it: it.fields["extensions"][0].pop()),
    ("extension-unknown", (*EVERY, "response"), "one more", strange_extension(False)),
    (
        "extension-unknown-critical",
        (*EVERY, "response"),
        "one more, critical",
        strange_extension(True),
    ),
    (
        "signature-algorithm-der",
        EVERY,
        "length not the shortest",
        wide(lambda it: value(it, "signatureAlgorithm")),
    ),
    (
        "signature-algorithm-value",
        EVERY,
        "another algorithm outside",
        lambda it: bump_oid(value(it, "signatureAlgorithm")),
    ),
    (
        "signature-value-der",
        (*EVERY, "response"),
        "length not the shortest",
        wide(lambda it: value(it, "signatureValue")),
    ),
    (
        "signature-value-structure",
        (*EVERY, "response"),
        "one octet less",
        lambda it: _shorter(value(it, "signatureValue")),
    ),
    (
        "signature-value-chain",
        (*EVERY, "response"),
        "one bit of the signature",
        lambda it: one_more(value(it, "signatureValue")),
    ),
    *(("issuer-rdn", (kind,), "an RDN twice", repeated("issuer")) for kind in EVERY),
    *(("issuer-string-type", (kind,), "PrintableString", plain_string("issuer")) for kind in EVERY),
    ("subject-rdn", CERTS, "an RDN twice", repeated("subject")),
    ("subject-string-type", CERTS, "PrintableString", plain_string("subject")),
    ("subject-alt-name-rdn", ("ca",), "an RDN twice", repeated("subjectAltName")),
    ("subject-alt-name-string-type", ("ca",), "PrintableString", plain_string("subjectAltName")),
    ("issuer-alt-name-rdn", CITIZENS, "an RDN twice", repeated("issuerAltName")),
    ("issuer-alt-name-string-type", CITIZENS, "PrintableString", plain_string("issuerAltName")),
    (
        "crl-distribution-points-rdn",
        ("ca", *CITIZENS),
        "an RDN twice",
        repeated("cRLDistributionPoints"),
    ),
    (
        "crl-distribution-points-string-type",
        ("ca", *CITIZENS),
        "PrintableString",
        plain_string("cRLDistributionPoints"),
    ),
    ("authority-key-identifier-rdn", ISSUED, "an RDN twice", repeated("authorityKeyIdentifier")),
    (
        "authority-key-identifier-string-type",
        ISSUED,
        "PrintableString",
        plain_string("authorityKeyIdentifier"),
    ),
    (
        "authority-key-identifier-value",
        ISSUED,
        "without the serial",
        lambda it: value(it, "authorityKeyIdentifier").parts.pop(),
    ),
    (
        "authority-key-identifier-chain",
        ISSUED,
        "another serial",
        lambda it: one_more(value(it, "authorityKeyIdentifier")),
    ),
    ("issuer-chain", (*ISSUED, *LISTS), "another organization", in_name("issuer", 1, "JPKI-TEST")),
    ("subject-public-key-info-generation", CERTS, "a key of the other generation", other_key),
    (
        "validity-last-second",
        ("ca", *CITIZENS),
        "14:59:58Z",
        lambda it: leaf(
            "validity", 1, list(value(it, "validity").leaves())[1].content[:-3] + b"58Z"
        )(it),
    ),
    ("validity-time-type", CERTS, "a GeneralizedTime before 2050", generalized("validity", 1)),
    ("validity-calendar", CERTS, "30 February", leaf("validity", 1, b"310230145959Z")),
    ("validity-chain", ISSUED, "from 1999 on", leaf("validity", 0, b"990101000000Z")),
    ("validity-length", CERTS, "a year that is too far", leaf("validity", 1, b"490101145959Z")),
    ("validity-birthday", ("sign",), "the day after", leaf("validity", 1, b"310102145959Z")),
    (
        "subject-identifier",
        CITIZENS,
        "one character less",
        lambda it: _shorter(value(it, "subject")),
    ),
    (
        "subject-identifier-form",
        ("sign",),
        "003B at its end",
        in_name("subject", 3, "202604011200000000213101003B"),
    ),
    (
        "subject-identifier-moment",
        ("sign",),
        "a moment to come",
        in_name("subject", 3, "209901010000000000213101003A"),
    ),
    (
        "subject-identifier-place",
        ("sign",),
        "the next code",
        in_name("subject", 3, "202604011200000000213102003A"),
    ),
    (
        "subject-identifier-place",
        ("auth",),
        "the next code",
        in_name("subject", 1, "ABCDEFGHIJ123413102003A"),
    ),
    ("subject-place", ("sign",), "another municipality", in_name("subject", 2, "Minato-ku")),
    ("policy-agreement", CITIZENS, "the other kind's policy", other_policy),
    (
        "certificate-policies-qualifier",
        CITIZENS,
        "the URI as UTF8String",
        leaf("certificatePolicies", -1, tag=0x0C),
    ),
    (
        "crl-distribution-points-issuer",
        CITIZENS,
        "below another organization",
        in_name("cRLDistributionPoints", 1, "JPKI-TEST"),
    ),
    (
        "crl-distribution-points-municipality",
        CITIZENS,
        "a place that is none",
        in_name("cRLDistributionPoints", 5, "Atlantis-shi CRLDP"),
    ),
    (
        "authority-info-access-host",
        ("auth",),
        "no http",
        leaf("authorityInfoAccess", -1, b"gopher://x/ocsp/auth"),
    ),
    *(
        (
            f"other-name-{word}-presence",
            ("sign",),
            "left out",
            items(partial(_without, number)),
        )
        for number, word in enumerate(
            ("name", "birth", "gender", "address", "name-flags", "address-flags")
        )
    ),
    ("other-names-once", ("sign",), "a seventh", items(lambda parts: parts.append(parts[0]))),
    ("other-names-order", ("sign",), "two changed about", items(swapped)),
    ("other-names-string", ("sign",), "PrintableString", item(1, tag=0x13)),
    ("name-characters", ("sign",), "U+20BB7", item(0, "住基　\U00020bb7子")),
    ("name-width", ("sign",), "a half-width space", item(0, "住基 花子")),
    ("address-characters", ("sign",), "U+20BB7", item(3, "東京都\U00020bb7野一丁目")),
    ("address-width", ("sign",), "half-width digits", item(3, "東京都千代田区丸の内1-1-1")),
    ("address-length", ("sign",), "201 characters", item(3, "東京都" + "一" * 198)),
    ("address-prefecture", ("sign",), "without a prefecture", item(3, "千代田区丸の内１－１－１")),
    ("birth-form", ("sign",), "eight digits", item(1, "41990010")),
    ("birth-calendar", ("sign",), "30 February", item(1, "419900230")),
    ("birth-era", ("sign",), "昭和 for 1990", item(1, "319900101")),
    ("gender-code", ("sign",), "0", item(2, "0")),
    ("flags-length", ("sign",), "one more", item(4, "000000")),
    ("flags-digits", ("sign",), "a 2", item(4, "00002")),
    ("flags-geta", ("sign",), "〓 without a flag", item(0, "住基　〓子")),
    ("this-update-presence", LISTS, "neither time", no_times),
    ("this-update-time-type", LISTS, "a GeneralizedTime", generalized("thisUpdate", 0)),
    ("next-update-time-type", LISTS, "a GeneralizedTime", generalized("nextUpdate", 0)),
    ("next-update-value", LISTS, "a day more", next_day),
    ("revoked-certificates-order", LISTS, "a higher serial in front", entry_before),
    (
        "revoked-certificates-date",
        LISTS,
        "in 2049",
        leaf("revokedCertificates", 1, b"490101000000Z"),
    ),
    (
        "revoked-certificates-extensions",
        LISTS,
        "another extension",
        lambda it: setattr(
            value(it, "revokedCertificates").parts[0].parts[2].parts[0].parts[0], "content", PRIVATE
        ),
    ),
    (
        "reason-code-critical",
        LISTS,
        "critical",
        lambda it: it.fields["reasonCode"][0].insert(1, Tlv(1, b"\xff")),
    ),
    (
        "reason-code-flag",
        LISTS,
        "FALSE encoded",
        lambda it: it.fields["reasonCode"][0].insert(1, Tlv(1, b"\x00")),
    ),
    ("reason-code-lifted", LISTS, "removeFromCRL", reason(b"\x08")),
    ("reason-code-unspecified", LISTS, "unspecified", reason(b"\x00")),
    (
        "issuing-distribution-point-rdn",
        LISTS[:2],
        "an RDN twice",
        repeated("issuingDistributionPoint"),
    ),
    (
        "issuing-distribution-point-string-type",
        LISTS[:2],
        "PrintableString",
        plain_string("issuingDistributionPoint"),
    ),
    (
        "issuing-distribution-point-issuer",
        LISTS[:1],
        "below another organization",
        in_name("issuingDistributionPoint", 1, "JPKI-TEST"),
    ),
    (
        "issuing-distribution-point-municipality",
        LISTS[:1],
        "a place that is none",
        in_name("issuingDistributionPoint", 5, "Atlantis-shi CRLDP"),
    ),
    ("response-structure", ("response",), "a third part", lambda it: it.root.parts.append(Tlv(5))),
    ("response-version", ("response",), "the default encoded", version_said),
    ("single-structure", ("response",), "no answer", lambda it: it.tbs.parts[2].parts.clear()),
    (
        "cert-id-chain",
        ("response",),
        "another issuer",
        lambda it: one_more(value(it, "certID").parts[1]),
    ),
    ("cert-status-reason", ("response",), "unspecified", leaf("certStatus", -1, b"\x00")),
    (
        "responder-id-value",
        ("response",),
        "19 octets",
        lambda it: _shorter(value(it, "responderID")),
    ),
    (
        "responder-id-chain",
        ("response",),
        "another key",
        lambda it: one_more(value(it, "responderID")),
    ),
    ("single-update-value", ("response",), "a second more", quarter_missed),
    (
        "single-update-order",
        ("response",),
        "after it was produced",
        leaf("singleUpdate", 0, b"20490101000000Z"),
    ),
)


@cache
def by_hand(algorithm: Algorithm, kind: str) -> list[tuple[str, str, str, bool]]:
    """Break what is beyond the rows: rule, field, what was done, and whether the rule says so."""
    return list(_broken_by_hand(algorithm, kind))


def _broken_by_hand(algorithm: Algorithm, kind: str) -> Iterator[tuple[str, str, str, bool]]:
    sample = samples(algorithm)[kind]
    for rule, kinds, done, change in BY_HAND:
        if kind in kinds:
            broken = Opened(sample)
            change(broken)
            found = fired(broken.encode(), sample)
            yield rule, RULES[kind][rule].field, done, rule in found


def page() -> str:
    """Write the report: field × mutation × rule, for every kind; both generations agree."""
    lines = [
        "# Mutations: what the inspector catches, and by which rule",
        "",
        "Written by `python scripts/mutations.py`; a test keeps it current. Every field of every",
        "profile is broken in every way that it can be broken in; a cell has the rules that name",
        "that field, in both algorithm generations. Other fields may be named, too.",
        "",
        *(f"- {field}, {way}: {why}." for (field, way), why in EXCUSED.items()),
        "",
    ]
    for kind, profile in ALL_PROFILES.items():
        lines += [f"## `{kind}`: {profile.title} ({profile.japanese})", ""]
        lines += ["| field | mutation | rules that name it |", "| --- | --- | --- |"]
        both = [table(algorithm, kind) for algorithm in Algorithm]
        for (field, way, rules), (_, _, others) in zip(*both, strict=True):
            common = [f"`{each}`" for each in rules if each in others]
            lines.append(f"| {field} | {way} | {', '.join(common) or '–'} |")
        lines += ["", "| rule beyond the rows | field | mutation |", "| --- | --- | --- |"]
        for rule, field, done, caught in by_hand(Algorithm.RSA2048, kind):
            assert caught, (kind, rule)
            lines.append(f"| `{rule}` | {field} | {done} |")
        lines.append("")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Write the page, or only say whether it is current."""
    made = page()
    current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == made
    if "--check" in arguments:
        if not current:
            print(f"docs/{PAGE.name} is not current; run scripts/mutations.py", file=sys.stderr)
        return int(not current)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
