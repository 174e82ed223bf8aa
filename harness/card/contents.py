"""
What is on a card: its applications and files, made of the resident, the card and the certificates.

Pure.  Tables of files follow public readers [CARD A3] [CARD A7]; what they leave open is
inferred and says so in docs/card.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from ca.card import Card
from ca.pins import KIND_OF
from ca.residents import Resident
from harness.card.files import (
    Application,
    Binary,
    Closed,
    Contents,
    File,
    Records,
    Reference,
    SigningKey,
)
from harness.card.my_number import era_birth, number_b, security_code
from harness.card.photograph import PHOTOGRAPH
from harness.card.switches import CardSwitches
from harness.card.tlv import picture, tlv, with_offsets
from harness.card.tokens import TokenRow
from pki.kinds import Kind, Pin, Sex

AIDS: dict[str, bytes] = {
    "isd": bytes.fromhex("A0000001510000"),
    "jpki": bytes.fromhex("D392F000260100000001"),
    "surface": bytes.fromhex("D3921000310001010402"),
    "text": bytes.fromhex("D3921000310001010408"),
    "juki": bytes.fromhex("D3921000310001010401"),
    "common": bytes.fromhex("D3921000310001010100"),
}  # [CARD A2]
NAMES: dict[str, str] = {
    "isd": "GlobalPlatform issuer security domain",
    "jpki": "公的個人認証 (JPKI)",
    "surface": "券面事項確認 (visual check)",
    "text": "券面事項入力補助 (text input)",
    "juki": "住基 (resident register)",
    "common": "共通 (common)",
}
SEXES = {Sex.MALE: b"1", Sex.FEMALE: b"2", Sex.UNKNOWN: b"9"}
OWN = "own"  # the key that proves the card present, and signs nothing of the holder's
SIXTEEN = b"\xff" * 16
UNKNOWN_FILES = (0x0005, 0x0009, 0x0010, 0x0016, 0x0019, 0x001C, 0x001E)
CONTACT_ATR = bytes.fromhex("3BE000FF8131FE4514")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    What the card is made of, as the store has it.

    Attributes:
        resident: Whose it is.
        card: PINs, tries and slots.
        number: My Number, made up.
        municipality: Five digits of who issued the card.
        certificates: DER, by kind.
        authorities: DER of their issuers, by kind.
        number_tries: Left of the numbers that are printed, by reference.
        own_modulus: Of the card's own RSA key, 256 octets.
    """

    resident: Resident
    card: Card
    number: str
    municipality: str
    certificates: Mapping[Kind, bytes]
    authorities: Mapping[Kind, bytes]
    number_tries: Mapping[str, int]
    own_modulus: bytes


def contents(person: Person, token: TokenRow, switches: CardSwitches) -> Contents:
    """Lay out the card of *person*."""
    made = (
        Application(word="isd", aid=AIDS["isd"]),
        _jpki(person, token),
        _text(person, switches),
        _surface(person),
        _juki(),
        _common(person),
    )
    tries = {pin.value: state.tries_left for pin, state in person.card.pins.items()}
    return Contents(
        applications=tuple(each for each in made if each.word in token.applications),
        tries={**tries, **person.number_tries},
        objects={0x5F51: CONTACT_ATR[1:]},  # without TS [CARD A1]
    )


def printed_numbers(person: Person) -> dict[str, str]:
    """Return what opens the references that are no PINs, by name."""
    b = number_b(person.resident.born, person.card.expires_on, person.card.serial)
    return {
        "text/0014": person.number,
        "text/0015": b,
        "surface/0011": era_birth(person.resident.born),
        "surface/0012": b,
        "surface/0013": person.number,
    }


NUMBERS = ("text/0014", "text/0015", "surface/0011", "surface/0012", "surface/0013")


def token_information(label: str) -> bytes:
    """Write EF 0006: CK_TOKEN_INFO, 160 octets, big-endian [CARD A4]."""
    head = label.ljust(32) + "JPKI".ljust(32) + "".ljust(16) + "00000000".ljust(16)
    numbers = (0x040D, 1, 0, 1, 0, 16, 6, *[0xFFFFFFFF] * 4)
    return head.encode() + b"".join(n.to_bytes(4) for n in numbers) + b"0301" + b"9" * 16


def _jpki(person: Person, token: TokenRow) -> Application:
    has = person.certificates
    auth_pin, sign_pin = frozenset({0x0018}), frozenset({0x001B})
    files: dict[int, File] = {
        **{identifier: Closed() for identifier in UNKNOWN_FILES},
        0x0006: Binary(data=token_information(token.label)),
        # Which of the two are there; the third octet is unknown.
        0x0008: Binary(
            data=bytes((0x8F * (Kind.SIGN in has), 0x8F * (Kind.AUTH in has), 0))
        ),
        0x0018: Reference(Pin.AUTH.value),
        0x001B: Reference(Pin.SIGN.value),
    }  # fmt: skip
    if Kind.SIGN in has:
        files[0x0001] = Binary(data=has[Kind.SIGN], opened_by=sign_pin)
        files[0x0002] = Binary(data=person.authorities[Kind.SIGN])
        files[0x001A] = SigningKey(name=Kind.SIGN.value, opened_by=sign_pin)
    if Kind.AUTH in has:
        closed = auth_pin if token.closed else frozenset[int]()
        files[0x000A] = Binary(data=has[Kind.AUTH], opened_by=closed)
        files[0x000B] = Binary(data=person.authorities[Kind.AUTH])
        files[0x0017] = SigningKey(name=Kind.AUTH.value, opened_by=auth_pin)
    return Application(word="jpki", aid=AIDS["jpki"], files=files)


def _text(person: Person, switches: CardSwitches) -> Application:
    resident = person.resident
    number = tlv(0xFF10, person.number.encode()) + b"\xff\xff"
    fields = [
        (0xDF22, resident.name.encode()),
        (0xDF23, resident.address.encode()),
        (0xDF24, _day(resident)),
        (0xDF25, SEXES[resident.sex]),
    ]
    items = with_offsets(0xFF20, fields, filled=switches.value("offsets") == "filled")
    signed = b"".join(tlv(tag, value) for tag, value in fields)  # without the table of offsets
    integrity = (
        tlv(0xDF31, sha256(number).digest())
        + tlv(0xDF32, sha256(signed).digest())
        + tlv(0xDF33, bytes(256))
    )
    identity = tlv(0xDF41, AIDS["text"]) + tlv(0xDF42, SIXTEEN)
    pin, either = frozenset({0x0011}), frozenset({0x0011, 0x0014, 0x0015})
    return Application(
        word="text",
        aid=AIDS["text"],
        files={
            0x0001: Binary(data=number, opened_by=pin | {0x0014}),
            0x0002: Binary(data=items, opened_by=pin | {0x0015}),
            0x0003: Binary(data=tlv(0xFF30, integrity), opened_by=either),
            0x0004: Binary(data=_verifiable(person)),
            0x0005: Binary(data=tlv(0xFF40, identity)),
            0x0006: Binary(data=tlv(0xFF50, _public_key(person)), opened_by=either),
            0x0007: Binary(data=tlv(0xFF60, _public_key(person)), opened_by=either),
            0x0008: Binary(data=SIXTEEN),
            0x0011: Reference(Pin.TEXT.value),
            0x0012: Reference("text/0012"),  # blocked as issued
            0x0014: Reference("text/0014"),
            0x0015: Reference("text/0015"),
        },
        default_key=SigningKey(name=OWN),
    )


def _surface(person: Person) -> Application:
    resident, card = person.resident, person.card
    key = _public_key(person)
    unsigned = bytes(256)  # whose key would sign, is nowhere described
    face = [
        (0xDF22, _day(resident)),
        (0xDF23, SEXES[resident.sex]),
        (0xDF24, key),
        (0xDF25, picture(resident.name, width=200, height=24)),
        (0xDF26, picture(resident.address, width=400, height=48)),
        (0xDF27, PHOTOGRAPH),
        (0xDF28, unsigned),
        (0xDF29, f"{card.expires_on:%Y%m%d}".encode()),
        (0xDF2A, picture(security_code(card.serial), width=24, height=12)),
    ]
    basic = (
        tlv(0xDF31, bytes.fromhex("06030E01"))
        + tlv(0xDF32, SIXTEEN)
        + tlv(0xDF33, b"\x01")
        + tlv(0xDF34, person.municipality.encode())
        + tlv(0xDF35, SIXTEEN + unsigned)
    )
    age = tlv(0xDF11, _day(resident)) + tlv(0xDF12, key) + tlv(0xDF13, unsigned)
    shown = (
        tlv(0xDF41, picture(person.number, width=72, height=12))
        + tlv(0xDF42, key)
        + tlv(0xDF43, unsigned)
    )
    either = frozenset({0x0012, 0x0013})
    return Application(
        word="surface",
        aid=AIDS["surface"],
        files={
            0x0001: Binary(data=tlv(0xFF10, age), opened_by=frozenset({0x0011})),
            0x0002: Binary(data=with_offsets(0xFF20, face), opened_by=either),
            0x0003: Binary(data=tlv(0xFF30, basic)),
            0x0004: Binary(data=_verifiable(person)),
            0x0005: Binary(data=tlv(0xFF40, shown), opened_by=frozenset({0x0013})),
            0x0006: Binary(data=SIXTEEN, opened_by=either),
            0x0011: Reference("surface/0011"),
            0x0012: Reference("surface/0012"),
            0x0013: Reference("surface/0013"),
        },
        default_key=SigningKey(name=OWN),
    )


def _juki() -> Application:
    return Application(word="juki", aid=AIDS["juki"], files={0x001C: Reference(Pin.JUKI.value)})


def _common(person: Person) -> Application:
    card = person.card
    said = card.serial.rjust(15, "0") + person.municipality + f"{card.expires_on:%Y%m%d}"
    record = b"\x01" + bytes((len(said),)) + said.encode()
    return Application(
        word="common",
        aid=AIDS["common"],
        files={
            0x0001: Records(records=(record,)),
            0x0019: SigningKey(name=OWN),
            0x001C: Reference(Pin.JUKI.value),
        },
    )


def _day(resident: Resident) -> bytes:
    return f"{resident.born:%Y%m%d}".encode() if resident.born else b"00000000"


def _public_key(person: Person) -> bytes:
    return tlv(0x90, b"\x01\x00\x01") + tlv(0x91, person.own_modulus)


def _verifiable(person: Person) -> bytes:
    """Write what has the place of a card-verifiable certificate; nobody has certified it."""
    body = tlv(0x5F20, SIXTEEN) + tlv(0x7F49, _public_key(person)) + tlv(0x5F37, bytes(256))
    return tlv(0x7F21, body)


PINS = {pin.value: pin for pin in Pin}
KINDS = {pin.value: kind for pin, kind in KIND_OF.items()}
