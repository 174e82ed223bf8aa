"""
What the stories about paths share: a small PKI of any shape, made on the spot.

Certificates and lists are made by the library `cryptography`, so that maker and judge have
nothing in common.  Keys are of P-256, and each name has its own, unless told otherwise.
"""

import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from harness.verifier.paths import Asked, validate

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
HOUR = dt.timedelta(hours=1)

P1, P2, P3 = "1.3.6.1.4.1.32473.85.7.1", "1.3.6.1.4.1.32473.85.7.2", "1.3.6.1.4.1.32473.85.7.3"


@cache
def key(word):
    """
    Give the key that goes by *word*; the same for the whole run.
    """
    return ec.generate_private_key(ec.SECP256R1())


def dn(name):
    return name if isinstance(name, x509.Name) else x509.Name([cn(name)])


def cn(value):
    return x509.NameAttribute(NameOID.COMMON_NAME, value)


def usage(*, sign=False, certificates=False, lists=False):
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=lists,
        encipher_only=False,
        decipher_only=False,
    )


def policies(*dotted):
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in dotted]
    )


def certificate(
    subject,
    issuer,
    *extensions,
    serial=None,
    subject_key=None,
    issuer_key=None,
    begins=NOON - YEAR,
    ends=NOON + YEAR,
    ca=False,
    length=None,
):
    """
    Issue one certificate, DER; an extension is itself, or (itself, critical).
    """
    builder = (
        x509.CertificateBuilder()
        .subject_name(dn(subject))
        .issuer_name(dn(issuer))
        .public_key(key(subject_key or subject).public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(True, length), critical=True)
        builder = builder.add_extension(usage(certificates=True, lists=True), critical=True)
    for each in extensions:
        extension, critical = each if isinstance(each, tuple) else (each, False)
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key(issuer_key or issuer), hashes.SHA256()).public_bytes(Encoding.DER)


def authority(subject, issuer=None, *extensions, **other):
    """
    Issue a CA certificate; self-signed without an *issuer*.
    """
    return certificate(subject, issuer or subject, *extensions, ca=True, **other)


def crl(issuer, *serials, point=None, issuer_key=None, at=NOON - HOUR, number=1, base=None):
    """
    Issue a list, DER; an entry is a serial, or (serial, DN of its certificate's issuer).
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(dn(issuer))
        .last_update(at)
        .next_update(at + 48 * HOUR)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    if point is not None:
        builder = builder.add_extension(point, critical=True)
    if base is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
    for each in serials:
        serial, *extensions = each if isinstance(each, tuple) else (each,)
        entry = x509.RevokedCertificateBuilder().serial_number(serial)
        entry = entry.revocation_date(at - HOUR)
        for extension in extensions:
            critical = isinstance(extension, x509.CertificateIssuer)
            entry = entry.add_extension(extension, critical=critical)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key(issuer_key or issuer), hashes.SHA256()).public_bytes(Encoding.DER)


def point(**given):
    """
    Write an issuingDistributionPoint from what differs from an empty one.
    """
    return x509.IssuingDistributionPoint(
        **{
            "full_name": None,
            "relative_name": None,
            "only_contains_user_certs": False,
            "only_contains_ca_certs": False,
            "only_some_reasons": None,
            "indirect_crl": False,
            "only_contains_attribute_certs": False,
            **given,
        }
    )


def judged(target, bag=(), anchors=(), crls=(), **other):
    """
    Judge a path at noon; whether somebody is revoked is asked if lists are handed over.
    """
    asked = Asked.ALL if crls else Asked.NONE
    return validate(target, bag, anchors, crls, **{"at": NOON, "revocation": asked, **other})
