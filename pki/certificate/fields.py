"""
Write the parts that certificates and CRLs are made of.  Pure: values in, DER out.
"""

from collections.abc import Iterable
from functools import lru_cache

from pki import oids
from pki.der.write import (
    BOOLEAN_TRUE,
    NULL,
    explicit,
    ia5,
    implicit,
    integer,
    named_bits,
    octet_string,
    oid,
    printable,
    sequence,
    tlv,
    utf8,
)
from pki.four_items import ROWS, FourItems
from pki.names import ATTRIBUTES, Name

KEY_USAGE_BITS = (  # in the order of the bits [5280 4.2.1.3]
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)


def encode_name(name: Name) -> bytes:
    """Write a DN, one attribute to the RDN; C is a PrintableString, the rest UTF8 [J 1.2]."""
    return tlv(0x30, _shared_rdns(name[:-1]) + _rdn(name[-1]))


def _rdn(attribute: tuple[str, str]) -> bytes:
    word, value = attribute
    text = printable(value) if word == "C" else utf8(value)
    return tlv(0x31, tlv(0x30, _ATTRIBUTE_TYPES[word] + text))


_ATTRIBUTE_TYPES = {word: oid(identifier) for word, identifier in ATTRIBUTES.items()}


# Country, prefecture and municipality come again and again; what comes last never does.
@lru_cache(maxsize=4096)
def _shared_rdns(name: Name) -> bytes:
    return b"".join([_rdn(attribute) for attribute in name])


def directory_name(name: bytes) -> bytes:
    """Wrap an encoded DN as the GeneralName of that form [5280 4.2.1.6]."""
    return explicit(4, name)


def distribution_point_name(name: bytes) -> bytes:
    """Write DistributionPointName as a fullName of one directoryName [5280 4.2.1.13]."""
    return explicit(0, explicit(0, directory_name(name)))


def extension(identifier: str, value: bytes, *, critical: bool) -> bytes:
    """Write one extension; FALSE is the default and so not encoded [5280 4.1] [X.690 11.5]."""
    flag = BOOLEAN_TRUE if critical else b""
    return sequence(oid(identifier), flag, octet_string(value))


def key_usage(asserted: Iterable[str]) -> bytes:
    return named_bits(KEY_USAGE_BITS.index(word) for word in asserted)


def basic_constraints_ca() -> bytes:
    return sequence(BOOLEAN_TRUE)


def extended_key_usage(purposes: Iterable[str]) -> bytes:
    return sequence(*(oid(purpose) for purpose in purposes))


def certificate_policies(policy: str, cps: str) -> bytes:
    """State one policy with one CPS qualifier [5280 4.2.1.4]."""
    qualifier = sequence(oid(oids.QT_CPS), ia5(cps))
    return sequence(sequence(oid(policy), sequence(qualifier)))


def crl_distribution_points(name: bytes) -> bytes:
    return sequence(sequence(distribution_point_name(name)))


def authority_info_access(uri: str) -> bytes:
    """Name the OCSP responder [5280 4.2.2.1]."""
    return sequence(sequence(oid(oids.AD_OCSP), implicit(6, uri.encode("ascii"))))


def authority_key_identifier(key_identifier: bytes, issuer: bytes, serial: int) -> bytes:
    """Name the issuer's key in all three ways [J 2.2] [5280 4.2.1.1]."""
    number = integer(serial)[2:]
    return sequence(
        implicit(0, key_identifier), explicit(1, directory_name(issuer)), implicit(2, number)
    )


def subject_alt_name(items: FourItems) -> bytes:
    """State the four items as six otherNames [J 2.3]."""
    parts: list[bytes] = []
    for text, (head, beside) in zip(items, _OTHER_NAMES, strict=True):
        value = text.encode()
        size = len(value)
        if size < SHORT:  # all three lengths in one octet each: nearly always, but for addresses
            parts += (
                bytes((0xA0, size + beside)),
                head,
                bytes((0xA0, size + 2, 0x0C, size)),
                value,
            )
        else:
            parts.append(tlv(0xA0, head + explicit(0, tlv(0x0C, value))))
    return tlv(0x30, b"".join(parts))


SHORT = 100  # octets of a value, beside which an OID and three headers fit below 128
_OTHER_NAMES = tuple([(oid(identifier), len(oid(identifier)) + 4) for identifier, _ in ROWS])

NO_CHECK = NULL
