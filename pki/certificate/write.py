"""
Write certificates from the profile tables.  Pure; the key signs, nothing else is asked.

A `Template` is a profile with everything filled in that does not change from holder to
holder, already encoded.  Issuing then joins a dozen byte strings around the holder's
parts, which costs a small fraction of the signature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pki.certificate import fields
from pki.der.write import explicit, integer, octet_string, oid, sequence, tlv
from pki.four_items import FourItems
from pki.keys import ROWS as ALGORITHMS
from pki.keys import PrivateKey, key_identifier, sign, spki_of
from pki.kinds import Algorithm, Kind, Naming
from pki.names import Name, ca_japanese_name, ca_name, distribution_point
from pki.naming import DEFAULT_BASE_URL, MODES
from pki.oids import SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER
from pki.profiles import CA, PROFILES, Per, Profile, Row
from pki.times import asn1_time

_V3 = explicit(0, integer(2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """
    One generation of a CA, and the key that signs for it.

    Attributes:
        kind: Which of the two CAs.
        naming: The mode of its names.
        algorithm: Of its key.
        serial: Of its own certificate.
        key_identifier: Of its public key; what tells generations apart.
        not_before: UTC, whole seconds.
        not_after: The same; nothing is issued past it.
        certificate: DER.
        private_key: The certificate's.
    """

    kind: Kind
    naming: Naming
    algorithm: Algorithm
    serial: int
    key_identifier: bytes
    not_before: datetime
    not_after: datetime
    certificate: bytes
    private_key: PrivateKey

    @property
    def name(self) -> Name:
        return ca_name(self.kind, self.naming)


@dataclass(frozen=True, slots=True)
class Template:
    """
    A profile with all that is constant already encoded.

    Attributes:
        issuer: Who signs.
        head: signature and issuer.
        extensions: Pieces in the profile's order; None where the holder's part goes.
    """

    issuer: Issuer
    head: bytes
    extensions: tuple[bytes | str, ...]


class Subject(NamedTuple):
    """
    What differs from one certificate of a template to the next; a named tuple for speed.

    Attributes:
        serial: From the CA's one counter.
        not_before: UTC, whole seconds.
        not_after: The same.
        name: The subject's DN.
        spki: SubjectPublicKeyInfo, DER.
        items: The four items, for signature certificates only.
    """

    serial: int
    not_before: datetime
    not_after: datetime
    name: Name
    spki: bytes
    items: FourItems | None = None


def template(
    issuer: Issuer,
    profile: Profile,
    *,
    place: tuple[str, str] | None = None,
    base_url: str = DEFAULT_BASE_URL,
) -> Template:
    """
    Fill a profile in for one issuer.

    *place* is the issuing municipality, (prefecture, name) romanised, where the profile
    names a distribution point.
    """
    mode = MODES[issuer.naming]
    own = fields.encode_name(issuer.name)
    japanese = fields.encode_name(ca_japanese_name(issuer.kind, issuer.naming))

    def value(row: Row) -> bytes:
        match row.name, row.content:
            case "keyUsage", tuple(words):
                return fields.key_usage(words)
            case "extKeyUsage", tuple(purposes):
                return fields.extended_key_usage(purposes)
            case "basicConstraints", _:
                return fields.basic_constraints_ca()
            case "ocspNoCheck", _:
                return fields.NO_CHECK
            case "certificatePolicies", _:
                uri = mode.cps_uri(base_url)
                return fields.certificate_policies(mode.policy(issuer.kind), uri)
            case "authorityInfoAccess", _:
                return fields.authority_info_access(mode.ocsp_uri(base_url))
            case "cRLDistributionPoints", Per.MUNICIPALITY:
                if place is None:
                    raise ValueError("this profile needs an issuing municipality")
                point = distribution_point(issuer.kind, issuer.naming, *place)
                return fields.crl_distribution_points(fields.encode_name(point))
            case "cRLDistributionPoints", Per.ISSUER:
                return fields.crl_distribution_points(own)
            case "issuerAltName" | "subjectAltName", Per.ISSUER:
                return sequence(fields.directory_name(japanese))
            case "authorityKeyIdentifier", _:
                return fields.authority_key_identifier(issuer.key_identifier, own, issuer.serial)
            case _:
                raise ValueError(f"no encoder for {row.name}")

    pieces: list[bytes | str] = []
    for row in profile.extensions:
        assert row.oid is not None
        assert row.critical is not None
        if row.name in _HOLDERS and row.content in (Per.HOLDER, Per.PUBLIC_KEY):
            pieces.append(row.name)
        else:
            encoded = fields.extension(row.oid, value(row), critical=row.critical)
            if pieces and isinstance(pieces[-1], bytes):
                pieces[-1] += encoded
            else:
                pieces.append(encoded)
    head = ALGORITHMS[issuer.algorithm].identifier + own
    return Template(issuer, head, tuple(pieces))


def _four_items(subject: Subject) -> bytes:
    if subject.items is None:
        raise ValueError("a signature certificate states the four items")
    return tlv(0x30, _ALT_NAME + tlv(0x04, fields.subject_alt_name(subject.items)))


def _key_identifier(subject: Subject) -> bytes:
    return _KEY_IDENTIFIER_HEAD + key_identifier(subject.spki)


_ALT_NAME = oid(SUBJECT_ALT_NAME)
_KEY_IDENTIFIER_HEAD = fields.extension(
    SUBJECT_KEY_IDENTIFIER, octet_string(bytes(20)), critical=False
)[:-20]
_HOLDERS: dict[str, Callable[[Subject], bytes]] = {
    "subjectAltName": _four_items,
    "subjectKeyIdentifier": _key_identifier,
}


def to_be_signed(made: Template, subject: Subject) -> bytes:
    """Write the TBSCertificate: what an inspection looks at before the key signs it."""
    extensions = b"".join(
        [
            piece if isinstance(piece, bytes) else _HOLDERS[piece](subject)
            for piece in made.extensions
        ]
    )
    return tlv(
        0x30,
        b"".join(
            (
                _V3,
                integer(subject.serial),
                made.head,
                tlv(0x30, asn1_time(subject.not_before) + asn1_time(subject.not_after)),
                fields.encode_name(subject.name),
                subject.spki,
                explicit(3, tlv(0x30, extensions)),
            )
        ),
    )


def signed(tbs: bytes, algorithm: Algorithm, key: PrivateKey) -> bytes:
    """Sign what was to be signed, and write the whole certificate or list [5280 4.1.1]."""
    signature = sign(key, tbs)
    return tlv(0x30, tbs + ALGORITHMS[algorithm].identifier + tlv(0x03, b"\x00" + signature))


def issue(made: Template, subject: Subject) -> bytes:
    """Write and sign one certificate, DER."""
    return signed(to_be_signed(made, subject), made.issuer.algorithm, made.issuer.private_key)


def found(
    kind: Kind,
    *,
    naming: Naming,
    algorithm: Algorithm,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    private_key: PrivateKey,
    base_url: str = DEFAULT_BASE_URL,
    inspection: Callable[[bytes], None] | None = None,
) -> Issuer:
    """
    Found a generation of a CA: one tier, self-signed [J 1].

    *inspection* looks at what is to be signed, and raises to refuse it [D 6].
    """
    spki = spki_of(private_key)
    issuer = Issuer(
        kind=kind,
        naming=naming,
        algorithm=algorithm,
        serial=serial,
        key_identifier=key_identifier(spki),
        not_before=not_before,
        not_after=not_after,
        certificate=b"",
        private_key=private_key,
    )
    subject = Subject(
        serial=serial, not_before=not_before, not_after=not_after, name=issuer.name, spki=spki
    )
    tbs = to_be_signed(template(issuer, CA, base_url=base_url), subject)
    if inspection is not None:
        inspection(tbs)
    certificate = signed(tbs, algorithm, private_key)
    return Issuer(
        kind=kind,
        naming=naming,
        algorithm=algorithm,
        serial=serial,
        key_identifier=issuer.key_identifier,
        not_before=not_before,
        not_after=not_after,
        certificate=certificate,
        private_key=private_key,
    )


def profile_of(kind: Kind) -> Profile:
    return PROFILES[kind.value]
