"""
What is measured on: two CAs, holders, certificates, lists and filings, all from fixed keys.

Made once per process and by our own writers; nothing here is inside a timed loop.  The keys
come from the published deck, the serials from a seed, so every run measures the same octets.
"""

import atexit
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from crl.entries import Entry, ListRequest
from crl.read import read_list
from crl.scope import Scope, municipal
from crl.status import Prepared, prepare
from crl.write import build_list
from crl.write import template as list_template
from harness.keypool import Deck
from harness.verifier.evidence import AtHand, anchor
from pki import oids
from pki.certificate.read import read_certificate
from pki.certificate.write import (
    Issuer,
    Subject,
    Template,
    found,
    issue,
    profile_of,
    signed,
    template,
    to_be_signed,
)
from pki.four_items import FourItems
from pki.keys import spki_of
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import auth_subject, sign_subject
from pki.xmldsig.algorithms import RSA_SHA256
from pki.xmldsig.forms import Form
from pki.xmldsig.write import sign_xml

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
LATER = NOON + timedelta(hours=1)  # the moment of every judgement
LAST = NOON + timedelta(days=1825, hours=11, minutes=59, seconds=59)
PLACE = ("Tokyo-to", "Chiyoda-ku")
CODE = "13101"
HOLDERS = 64  # so that no loop meets the same certificate twice in a row
KB, MB = 1 << 10, 1 << 20

PKCS1V15, SHA_256 = PKCS1v15(), SHA256()
_DECK = Deck(85)
REASONS = (Reason.SUPERSEDED, Reason.AFFILIATION_CHANGED, Reason.CESSATION_OF_OPERATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A holder as a table of residents would have them, all text ready."""

    serial: int
    identifier: str
    name: str
    born: str
    sex: str
    address: str


def scratch() -> Path:
    """Make a directory that is gone when the process ends."""
    directory = tempfile.mkdtemp(prefix="minijpki-bench-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(directory)


@cache
def rsa_key(number: int) -> RSAPrivateKey:
    """Return the key with that number of the deck; 1 and 2 are the CAs'."""
    key = _DECK.take(Algorithm.RSA2048, number)
    assert isinstance(key, RSAPrivateKey)
    return key


@cache
def issuer(kind: Kind = Kind.SIGN) -> Issuer:
    """Found one of the two CAs."""
    return found(
        kind,
        naming=Naming.SIM,
        algorithm=Algorithm.RSA2048,
        serial=1,
        not_before=NOON - timedelta(days=30),
        not_after=NOON + timedelta(days=3650),
        private_key=rsa_key(1 if kind is Kind.SIGN else 2),
    )


@cache
def certificate_template(kind: Kind = Kind.SIGN) -> Template:
    return template(issuer(kind), profile_of(kind), place=PLACE)


@cache
def rows() -> tuple[Row, ...]:
    """List the holders; their serials have six octets and stand on no list."""
    return tuple(
        Row(
            serial=(0x7F << 40) + number,
            identifier=f"20260401{number:06d}{number:05d}{CODE}003A",
            name="住基　花子" if number % 2 else "住基　太郎",
            born="419900101",
            sex="2" if number % 2 else "1",
            address=f"東京都千代田区丸の内１丁目{chr(ord('１') + number % 9)}番１号",
        )
        for number in range(HOLDERS)
    )


def subject(row: Row, spki: bytes, kind: Kind = Kind.SIGN) -> Subject:
    """Put a row into the words of a certificate: where issuing begins."""
    if kind is Kind.SIGN:
        name = sign_subject(*PLACE, row.identifier)
        items = FourItems(
            name=row.name,
            born=row.born,
            sex=row.sex,
            address=row.address,
            name_flags="0" * len(row.name),
            address_flags="0" * len(row.address),
        )
    else:
        name, items = auth_subject(row.identifier[5:28]), None
    return Subject(
        serial=row.serial,
        not_before=NOON,
        not_after=LAST,
        name=name,
        spki=spki,
        items=items,
    )


@cache
def spki(number: int = 0) -> bytes:
    """Return the public key of a holder; sixteen pairs go round."""
    return spki_of(rsa_key(3 + number % 16))


@cache
def certificates(kind: Kind = Kind.SIGN) -> tuple[bytes, ...]:
    """Issue every holder's certificate, DER."""
    made = certificate_template(kind)
    return tuple(issue(made, subject(row, spki(number), kind)) for number, row in enumerate(rows()))


@cache
def revoked_certificate() -> bytes:
    """Issue a certificate whose serial stands on every list below."""
    row = replace(rows()[0], serial=serials(1)[0])
    return issue(certificate_template(), subject(row, spki()))


@cache
def other_policy_certificate() -> bytes:
    """Issue a certificate under a policy of the same arc that nobody asks for."""
    tbs = to_be_signed(certificate_template(), subject(rows()[0], spki()))
    policy = oids.content(oids.CP_SIGN_CLASS20)
    assert tbs.count(policy) == 1
    tbs = tbs.replace(policy, policy[:-1] + b"\x15")
    return signed(tbs, Algorithm.RSA2048, issuer().private_key)


@cache
def serials(count: int) -> tuple[int, ...]:
    """Draw serials of six octets, so that an entry has 39; a longer list holds the shorter."""
    chance = Random("benchmarks/serials")
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        drawn[chance.randrange(1 << 40, 0x7F << 40)] = None
    return tuple(drawn)


@cache
def scope() -> Scope:
    return municipal(Kind.SIGN, Naming.SIM, code=CODE, prefecture="Tokyo-to", name="Chiyoda-ku")


@cache
def entries(count: int) -> tuple[Entry, ...]:
    """List revocations of the ten days before, a few in every minute."""
    start = NOON - timedelta(days=10)
    return tuple(
        Entry(
            serial=serial,
            since=start + timedelta(minutes=number % 14_000),
            reason=REASONS[number % 3],
        )
        for number, serial in enumerate(serials(count))
    )


def request(count: int) -> ListRequest:
    return ListRequest(
        number=count,
        this_update=NOON,
        next_update=NOON + timedelta(hours=48),
        entries=entries(count),
    )


@cache
def revocation_list(count: int) -> bytes:
    """Make the municipality's list with that many entries, DER."""
    return build_list(list_template(issuer(), scope()), request(count))


@cache
def prepared(count: int) -> Prepared:
    """Read, check and index that list: done once, for every contender alike."""
    made = prepare(read_list(revocation_list(count)), read_certificate(issuer().certificate))
    assert isinstance(made, Prepared), made
    return made


@cache
def evidence(count: int) -> AtHand:
    """Trust the CA for signatures, and have one list at hand."""
    return AtHand((anchor(issuer().certificate),), (prepared(count),))


@cache
def document(size: int) -> bytes:
    """
    Write a filing of at least *size* octets before it is signed.

    Its shape is that of the tax office's: short elements with codes for names, two
    namespaces, dates in four elements, some Japanese.
    """
    chance = Random("benchmarks/document")
    parts = [
        '<DATA xmlns="http://example.jp/filing" xmlns:gen="http://example.jp/general" id="DATA">\n'
    ]
    length = len(parts[0])
    while length < size:
        number = len(parts)
        part = (
            f'<ABC{number:05d} page="{number % 9 + 1}"><ABD00010>給与所得</ABD00010>'
            f'<ABD00020 AutoCalc="1">{chance.randrange(10_000_000)}</ABD00020>'
            f"<ABD00030><gen:era>5</gen:era><gen:yy>8</gen:yy><gen:mm>{number % 12 + 1}</gen:mm>"
            f"<gen:dd>{number % 28 + 1}</gen:dd></ABD00030></ABC{number:05d}>\n"
        )
        parts.append(part)
        length += len(part.encode())
    return "".join([*parts, "</DATA>\n"]).encode()


def signer(number: int = 0):
    """Return the callable that signs with a holder's key."""
    key = rsa_key(3 + number % 16)
    return lambda octets: key.sign(octets, PKCS1V15, SHA_256)


@cache
def filing(size: int, certificate: bytes | None = None) -> bytes:
    """Sign that filing with the first holder's key."""
    return sign_xml(
        document(size),
        form=Form.XTX,
        certificate_der=certificate or certificates()[0],
        signature_method=RSA_SHA256,
        signer=signer(),
    )
