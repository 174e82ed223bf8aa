"""
One certificate and one list of each kind lie on the table, octet by octet.

Their listings are pinned in tests/golden; the order of the extensions and the octets that
public material shows are said once more here, by hand, and not taken from our tables.
Three readers that we did not write take the same things apart.
"""

import re

import pytest
from cryptography import x509
from exhibits import (
    CERTIFICATES,
    EXHIBITS,
    LISTS,
    SCRIPT,
    every_certificate,
    exhibits,
    lines,
    opened,
    profile,
)
from outside import openssl
from pyasn1.codec.der.decoder import decode
from pyasn1.codec.der.encoder import encode
from pyasn1_modules import rfc5280

from pki.profiles import PROFILES


@pytest.mark.parametrize("name", EXHIBITS)
def test_every_octet_is_where_the_listing_has_it(name):
    """
    If this fails, run scripts/make_golden.py and ask of each changed line why.
    """
    der = exhibits()[name]

    assert lines(name) == [f"# {name}, {len(der)} octets", *SCRIPT["listing"](der)]


def test_each_exhibit_has_its_listing():
    assert EXHIBITS == sorted(exhibits())


def test_every_profile_is_among_them():
    assert set(PROFILES) == {profile(name) for name in CERTIFICATES}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXHIBITS)
def test_openssl_finds_the_same_elements(name, tmp_path):
    """
    As deep as it goes; what an OCTET STRING holds it leaves alone.
    """
    (tmp_path / "it.der").write_bytes(exhibits()[name])

    parsed = openssl("asn1parse", "-inform", "DER", "-in", "it.der", folder=tmp_path).stdout

    theirs = [
        (int(depth), re.sub(r"^(cont|appl|priv) \[ (\d+) \]$", r"[\2]", what.strip()))
        for depth, what in re.findall(r"d=(\d+) .*?(?:prim|cons): (.{18})", parsed)
    ]
    assert theirs == [(depth, what.upper()) for depth, what in outlined(name)]


def outlined(name):
    """
    Depth and tag of the lines of a listing, without what OCTET STRINGs hold.
    """
    inside = None
    for line in lines(name)[1:]:
        depth = (len(line) - len(line.lstrip())) // 2
        if inside is not None and depth > inside:
            continue
        inside = depth if line.endswith(", which holds") else None
        words = line.strip().removesuffix(", which holds")
        yield depth, re.match(r"\[\d+\]|(BIT|OCTET) STRING|\w+", words)[0]


@every_certificate
def test_pyasn1_puts_a_certificate_together_again(name):
    """
    Taken apart by the standard's own syntax and encoded anew, nothing is different.
    """
    der = exhibits()[name]

    certificate, rest = decode(der, asn1Spec=rfc5280.Certificate())

    assert b"" == rest
    assert der == encode(certificate)


@pytest.mark.parametrize("name", LISTS)
def test_pyasn1_puts_a_list_together_again(name):
    crl, rest = decode(exhibits()[name], asn1Spec=rfc5280.CertificateList())

    assert b"" == rest
    assert exhibits()[name] == encode(crl)


# What the profiles promise, from public material and by hand: word and whether critical.
ORDER = {
    "ca": (  # [J 1.2]
        ("keyUsage", True),
        ("subjectAltName", False),
        ("basicConstraints", True),
        ("cRLDistributionPoints", False),
        ("subjectKeyIdentifier", False),
    ),
    "sign": (  # [J 2.2]
        ("keyUsage", True),
        ("subjectAltName", False),
        ("certificatePolicies", True),
        ("issuerAltName", False),
        ("cRLDistributionPoints", False),
        ("authorityKeyIdentifier", False),
        ("subjectKeyIdentifier", False),
    ),
    "auth": (  # [J 3]
        ("keyUsage", True),
        ("extKeyUsage", False),
        ("certificatePolicies", True),
        ("issuerAltName", False),
        ("cRLDistributionPoints", False),
        ("authorityInfoAccess", False),
        ("authorityKeyIdentifier", False),
        ("subjectKeyIdentifier", False),
    ),
    "ocsp": (  # ours [J 6]
        ("keyUsage", True),
        ("extKeyUsage", False),
        ("ocspNoCheck", False),
        ("authorityKeyIdentifier", False),
        ("subjectKeyIdentifier", False),
    ),
    "tsa": (  # ours [J 6]
        ("keyUsage", True),
        ("extKeyUsage", True),
        ("authorityKeyIdentifier", False),
        ("subjectKeyIdentifier", False),
    ),
    "list": (  # [J 13]
        ("authorityKeyIdentifier", False),
        ("cRLNumber", False),
        ("issuingDistributionPoint", True),
    ),
}
OIDS = {
    "keyUsage": "2.5.29.15",
    "extKeyUsage": "2.5.29.37",
    "subjectAltName": "2.5.29.17",
    "issuerAltName": "2.5.29.18",
    "basicConstraints": "2.5.29.19",
    "certificatePolicies": "2.5.29.32",
    "cRLDistributionPoints": "2.5.29.31",
    "authorityInfoAccess": "1.3.6.1.5.5.7.1.1",
    "authorityKeyIdentifier": "2.5.29.35",
    "subjectKeyIdentifier": "2.5.29.14",
    "ocspNoCheck": "1.3.6.1.5.5.7.48.1.5",
    "cRLNumber": "2.5.29.20",
    "issuingDistributionPoint": "2.5.29.28",
}


@pytest.mark.parametrize("name", EXHIBITS)
def test_extensions_stand_in_this_order_and_there_are_no_others(name):
    """
    No basicConstraints for a holder, no authorityKeyIdentifier for a CA, no responder for
    sign, no four items for auth [J 1.2] [J 2.2] [J 3].
    """
    expected = [(OIDS[word], critical) for word, critical in ORDER[profile(name)]]

    assert expected == [(e.oid.dotted_string, e.critical) for e in opened(name).extensions]


EXACTLY = [  # exhibit, extension, its octets
    ("ca-sign", "keyUsage", "03 02 01 06"),  # [J 1.2]
    ("ca-auth", "keyUsage", "03 02 01 06"),
    ("sign", "keyUsage", "03 02 06 c0"),  # [J 2.2]
    ("auth", "keyUsage", "03 02 07 80"),  # [J 3]
    ("ocsp", "keyUsage", "03 02 07 80"),
    ("tsa", "keyUsage", "03 02 06 c0"),
    ("ca-sign", "basicConstraints", "30 03 01 01 ff"),  # no pathLenConstraint [J 1.2]
    ("ca-auth", "basicConstraints", "30 03 01 01 ff"),
    ("auth", "extKeyUsage", "30 0a 06 08 2b 06 01 05 05 07 03 02"),  # id-kp-clientAuth
    ("ocsp", "extKeyUsage", "30 0a 06 08 2b 06 01 05 05 07 03 09"),  # id-kp-OCSPSigning
    ("tsa", "extKeyUsage", "30 0a 06 08 2b 06 01 05 05 07 03 08"),  # id-kp-timeStamping
    ("ocsp", "ocspNoCheck", "05 00"),
    ("list-municipal", "cRLNumber", "02 01 03"),
]


@pytest.mark.parametrize("suffix", ["", "-p384"], ids=["rsa2048", "p384"])
@pytest.mark.parametrize(
    ("name", "word", "octets"), EXACTLY, ids=[f"{name}-{word}" for name, word, _ in EXACTLY]
)
def test_an_extension_has_exactly_these_octets(name, word, octets, suffix):
    oid = x509.ObjectIdentifier(OIDS[word])

    value = opened(name + suffix).extensions.get_extension_for_oid(oid).value

    assert octets == value.public_bytes().hex(" ")
