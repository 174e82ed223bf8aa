"""
What the stories about CMS share: an authority, three signers, and a bench to forge on.

Messages are put together here piece by piece, with none of our writer's parts but tag and
length, so that each piece can be wrong for itself while all the others are right.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from crl.entries import Entry, ListRequest
from crl.read import read_list
from crl.scope import municipal
from crl.status import prepare
from crl.write import build_list
from crl.write import template as list_template
from harness.keypool import Deck
from harness.verifier.evidence import AtHand, anchor
from harness.verifier.messages import verify_cms
from harness.verifier.policy import Policy, Revocation
from pki import oids
from pki.certificate.read import read_certificate
from pki.certificate.write import Subject, found, issue, template
from pki.cms.write import sign_data
from pki.der.write import NULL, explicit, integer, octet_string, sequence, tlv
from pki.four_items import FourItems
from pki.keys import ROWS, algorithm_of, sign, spki_of
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import sign_subject
from pki.profiles import SIGN

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
LATER = NOON + timedelta(hours=1)  # the moment of every judgement
ENDS = datetime(2031, 3, 31, 14, 59, 59, tzinfo=UTC)
CONTENT = "契約書\r\n".encode() * 20
PLACE = ("Tokyo-to", "Chiyoda-ku")
POLICY = Policy(revocation=Revocation.CRL)
DECK = Deck(5)

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
PROTECTION = "1.2.840.113549.1.9.52"
DIGESTS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}


def oid(dotted):
    return tlv(0x06, oids.content(dotted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    Somebody with a card: key, certificate, and the CA above.
    """

    key: object
    der: bytes
    ca: bytes

    @property
    def algorithm(self):
        return ROWS[algorithm_of(self.key)]

    @property
    def named(self):
        """
        Give issuer and serial number as they stand in the certificate, found by searching.
        """
        read = read_certificate(self.der)
        return sequence(read.issuer, integer(read.serial))


@cache
def authority(algorithm=Algorithm.RSA2048, number=1):
    return found(
        Kind.SIGN,
        naming=Naming.SIM,
        algorithm=algorithm,
        serial=1,
        not_before=NOON - timedelta(days=30),
        not_after=ENDS + timedelta(days=3000),
        private_key=DECK.take(algorithm, number),
    )


@cache
def person(number, algorithm=Algorithm.RSA2048, ca=1):
    key = DECK.take(algorithm, 10 + number)
    issuer = authority(algorithm, ca)
    subject = Subject(
        serial=0x1000 + number,
        not_before=NOON,
        not_after=ENDS,
        name=sign_subject(*PLACE, f"2026040112000000{number:05d}13101003A"),
        spki=spki_of(key),
        items=FourItems(
            name="住基　花子",
            born="419900101",
            sex="2",
            address="東京都千代田区丸の内１",
            name_flags="0" * 5,
            address_flags="0" * 11,
        ),
    )
    der = issue(template(issuer, SIGN, place=PLACE), subject)
    return Person(key=key, der=der, ca=issuer.certificate)


def hanako():
    return person(1)


def taro():
    return person(2)


def jiro():
    """
    He has the next card: P-384.
    """
    return person(3, Algorithm.P384)


@cache
def crl(algorithm=Algorithm.RSA2048, *revoked):
    scope = municipal(Kind.SIGN, Naming.SIM, code="13101", prefecture=PLACE[0], name=PLACE[1])
    request = ListRequest(
        number=1,
        this_update=NOON,
        next_update=NOON + timedelta(hours=48),
        entries=tuple(
            Entry(serial=serial, since=NOON, reason=Reason.SUPERSEDED) for serial in revoked
        ),
    )
    return build_list(list_template(authority(algorithm), scope), request)


@cache
def evidence(*revoked):
    """
    Trust both generations, and have their lists at hand.
    """
    trusted, lists = [], []
    for algorithm in Algorithm:
        trusted.append(anchor(authority(algorithm).certificate))
        listed = read_list(crl(algorithm, *revoked))
        lists.append(prepare(listed, trusted[-1].path.certificate))
    return AtHand(tuple(trusted), tuple(lists))


def judged(message, *, content=None, at=LATER, policy=POLICY, revoked=(), **options):
    return verify_cms(message, evidence(*revoked), policy, at=at, content=content, **options)


def ours(content=CONTENT, *, by=None, **options):
    """
    Sign with our own writer.
    """
    by = by or hanako()
    return sign_data(
        content,
        certificate_der=by.der,
        algorithm=by.algorithm,
        signer=lambda octets: sign(by.key, octets),
        **options,
    )


def algorithm(dotted, parameters=b""):
    return sequence(oid(dotted), parameters)


def attribute(dotted, *values):
    return sequence(oid(dotted), tlv(0x31, b"".join(values)))


def usual(content=CONTENT, *, by=None, digest="sha256", content_type=DATA):
    """
    Give the attributes that every message has, by name, so that a story can change one.
    """
    by = by or hanako()
    hashed = octet_string(hashlib.sha256(by.der).digest())
    return {
        "content-type": attribute(CONTENT_TYPE, oid(content_type)),
        "message-digest": attribute(
            MESSAGE_DIGEST, octet_string(hashlib.new(digest, content).digest())
        ),
        "signing-certificate": attribute(
            SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(hashed)))
        ),
    }


def signer_info(
    content=CONTENT,
    *,
    by=None,
    attributes=None,
    named=None,
    version=1,
    digest="sha256",
    digest_id=None,
    signature_id=None,
    signed=None,
    value=None,
    unsigned=b"",
    in_order=True,
):
    """
    Make a SignerInfo; *attributes* are encoded, None for the usual, () for none at all.

    *signed* is what is really signed; *value* replaces the signature.
    """
    by = by or hanako()
    if attributes is None:
        attributes = usual(content, by=by, digest=digest).values()
    joined = b"".join(sorted(attributes) if in_order else attributes)
    octets = tlv(0x31, joined) if joined else content
    if value is None:
        value = sign(by.key, octets if signed is None else signed, digest)
    own = by.algorithm.identifier if signature_id is None else signature_id
    return sequence(
        integer(version),
        by.named if named is None else named,
        digest_id or algorithm(DIGESTS[digest]),
        tlv(0xA0, joined) if joined else b"",
        own,
        octet_string(value),
        tlv(0xA1, unsigned) if unsigned else b"",
    )


def message(
    *infos,
    content=CONTENT,
    content_type=DATA,
    certificates=None,
    lists=b"",
    version=1,
    digests=None,
    outer=SIGNED_DATA,
):
    """
    Put a message together; without *infos* Hanako signs, and () is said by *infos* None.
    """
    if not infos:
        infos = (signer_info(),)
    if certificates is None:
        certificates = hanako().der
    inner = explicit(0, octet_string(content)) if content is not None else b""
    return sequence(
        oid(outer),
        explicit(
            0,
            sequence(
                integer(version),
                tlv(0x31, algorithm(DIGESTS["sha256"]) if digests is None else digests),
                sequence(oid(content_type), inner),
                tlv(0xA0, certificates) if certificates else b"",
                tlv(0xA1, lists) if lists else b"",
                tlv(0x31, b"".join(each for each in infos if each)),
            ),
        ),
    )


def nobody():
    """
    Make a message without any signer.
    """
    return message(b"")


SHA256_WITH_NULL = algorithm(DIGESTS["sha256"], NULL)
RSA_ENCRYPTION = algorithm("1.2.840.113549.1.1.1", NULL)
