"""
What certificates say, word for word, as far as public material shows the real ones.

Said here by hand and not taken from our tables: who is named how, by which key, until when,
under which policy.  A library that has no part in ours does the reading.
"""

import datetime as dt
import re

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from exhibits import (
    AUTHORITIES,
    CERTIFICATES,
    EXHIBITS,
    HOLDERS,
    SCRIPT,
    every_certificate,
    exhibits,
    lines,
    opened,
    profile,
)

from harness.keypool import Deck
from pki.certificate.write import Subject, found, issue, template
from pki.four_items import FourItems
from pki.keys import spki_of
from pki.kinds import Algorithm, Kind, Naming
from pki.names import auth_subject
from pki.profiles import PROFILES


@pytest.mark.parametrize("name", ["sign", "sign-p384"])
def test_the_four_items_stand_as_on_a_real_card(name):
    """
    Six otherNames in the order .1 .4 .3 .5 .2 .6, each a UTF8String, digits too [J 2.3].
    """
    names = opened(name).extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)

    assert [
        ("1.2.392.200149.8.5.5.1", "住基　花子"),
        ("1.2.392.200149.8.5.5.4", "419900101"),  # 平成 2 is still written 1990
        ("1.2.392.200149.8.5.5.3", "2"),
        ("1.2.392.200149.8.5.5.5", "東京都千代田区丸の内１－１－１"),
        ("1.2.392.200149.8.5.5.2", "00000"),
        ("1.2.392.200149.8.5.5.6", "000000000000000"),
    ] == [(each.type_id.dotted_string, utf8(each.value)) for each in names.value]


def utf8(tlv):
    """
    Take a UTF8String of less than 128 octets apart.
    """
    assert (0x0C, len(tlv) - 2) == tuple(tlv[:2])
    return tlv[2:].decode()


@pytest.mark.parametrize("name", EXHIBITS)
def test_names_are_utf8_but_for_the_country(name):
    """
    In every DN, alternative name and distribution point [J 1.2] [J 2.1] [J 3].
    """
    attributes = re.findall(r"OBJECT 2\.5\.4\.(\d+) .*\n *(\w+) ", "\n".join(lines(name)))

    assert {("6", "PrintableString")} == {(a, kind) for a, kind in attributes if a == "6"}
    assert {"UTF8String"} == {kind for a, kind in attributes if a != "6"}


CA_UNITS = {"sign": "JPKI for digital signature", "auth": "JPKI for user authentication"}
JAPANESE = {"sign": "公的個人認証サービス署名用", "auth": "公的個人認証サービス利用者証明用"}


def rdns(name):
    """
    List the values of a DN, each in an RDN of its own.
    """
    assert {1} == {len(rdn) for rdn in name.rdns}
    return [(each.rfc4514_attribute_name, each.value) for each in name]


@pytest.mark.parametrize("name", AUTHORITIES)
def test_a_ca_is_called_so_in_english_and_japanese(name):
    """
    Issuer and subject are one name without CN; so is its own distribution point [J 1.2].
    """
    kind = name.split("-")[1]
    ca = opened(name)
    alternative = ca.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    [point] = ca.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value

    assert [
        ("C", "JP"),
        ("O", "JPKI-SIM"),
        ("OU", CA_UNITS[kind]),
        ("OU", "Japan Agency for Local Authority Information Systems"),
    ] == rdns(ca.subject)
    assert ca.subject == ca.issuer
    assert [ca.subject] == [each.value for each in point.full_name]
    assert [
        ("C", "JP"),
        ("O", "公的個人認証サービス（模擬）"),
        ("OU", JAPANESE[kind]),
        ("OU", "地方公共団体情報システム機構"),
    ] == rdns(alternative[0].value)


@pytest.mark.parametrize("name", HOLDERS)
def test_a_holder_is_called_by_place_and_number(name):
    """
    28 characters or 23, never a person's name; the point is a directory name [J 2.1] [J 3].
    """
    kind = profile(name)
    certificate = opened(name)
    where = certificate.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS)
    [point] = where.value
    *place, (attribute, number) = rdns(certificate.subject)
    shape = r"20260401120000\d{5}13101003A" if kind == "sign" else r"[0-9A-Z]{14}13101003A"

    assert [("C", "JP"), ("L", "Tokyo-to"), ("L", "Chiyoda-ku")][: len(place)] == place
    assert (3 if kind == "sign" else 1) == len(place)
    assert "CN" == attribute
    assert re.fullmatch(shape, number)
    assert [
        ("C", "JP"),
        ("O", "JPKI-SIM"),
        ("OU", CA_UNITS[kind]),
        ("OU", "CRL Distribution Points"),
        ("OU", "Tokyo-to"),
        ("CN", "Chiyoda-ku CRLDP"),
    ] == rdns(point.full_name[0].value)
    assert (None, None, 1) == (point.reasons, point.crl_issuer, len(point.full_name))


@every_certificate
def test_a_key_is_named_by_sha_1_of_its_bits(name):
    """[J 1.2] [J 2.2] [J 3]."""
    certificate = opened(name)
    stated = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER)

    own = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())

    assert own == stated.value


@pytest.mark.parametrize("name", [name for name in CERTIFICATES if name not in AUTHORITIES])
def test_the_issuer_is_named_in_three_ways(name):
    """
    By key, by name and by serial number [J 2.2] [J 3].
    """
    kind = "sign" if profile(name) == "sign" else "auth"
    ca = opened(f"ca-{kind}{'-p384' if name.endswith('-p384') else ''}")
    oid = ExtensionOID.AUTHORITY_KEY_IDENTIFIER

    stated = opened(name).extensions.get_extension_for_oid(oid).value

    own = x509.SubjectKeyIdentifier.from_public_key(ca.public_key())
    assert own.digest == stated.key_identifier
    assert [ca.subject] == [each.value for each in stated.authority_cert_issuer]
    assert ca.serial_number == stated.authority_cert_serial_number
    opened(name).verify_directly_issued_by(ca)  # raises if it is not so


@pytest.mark.parametrize("name", AUTHORITIES)
def test_a_ca_signed_itself_and_has_the_first_number(name):
    ca = opened(name)

    ca.verify_directly_issued_by(ca)

    assert 1 == ca.serial_number


@every_certificate
def test_the_last_day_ends_in_japan(name):
    """
    23:59:59 JST is 14:59:59Z, as UTCTime [J 1.1] [J 2.1] [J 3].
    """
    ends = opened(name).not_valid_after_utc

    assert dt.time(14, 59, 59) == ends.time()
    assert f"UTCTime {ends:%y%m%d}145959Z" in [line.strip() for line in lines(name)]


ENDS = {
    "ca-sign": dt.date(2036, 3, 31),  # ten years less a day
    "ca-sign-p384": dt.date(2046, 3, 31),  # twenty, inferred
    "sign": dt.date(2031, 1, 1),  # the fifth birthday
    "auth": dt.date(2031, 1, 1),
    "sign-p384": dt.date(2036, 2, 1),  # the tenth and a month, inferred
    "auth-p384": dt.date(2036, 2, 1),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_last_day_is_the_right_one(name):
    """[J 1.1] [J 8] [J 10.2]."""
    assert ENDS[name] == opened(name).not_valid_after_utc.date()


SPKI = {  # AlgorithmIdentifier of the key; of RSA with NULL, of P-384 a named curve
    False: "30 0d 06 09 2a 86 48 86 f7 0d 01 01 01 05 00",
    True: "30 10 06 07 2a 86 48 ce 3d 02 01 06 05 2b 81 04 00 22",
}
SIGNATURES = {  # of the signature; of RSA with NULL, of ECDSA without parameters
    False: "30 0d 06 09 2a 86 48 86 f7 0d 01 01 0b 05 00",
    True: "30 0a 06 08 2a 86 48 ce 3d 04 03 03",
}


@pytest.mark.parametrize("name", EXHIBITS)
def test_algorithms_are_spelled_as_in_real_certificates(name):
    """
    The signature's twice, inside and outside [J 1.2] [J 8] [5758 3.2].
    """
    der, elliptic = exhibits()[name], name.endswith("-p384")

    assert 2 == der.count(bytes.fromhex(SIGNATURES[elliptic]))
    assert 0 == der.count(bytes.fromhex(SIGNATURES[not elliptic]))
    assert (name in CERTIFICATES) == der.count(bytes.fromhex(SPKI[elliptic]))


def test_a_real_authentication_certificate_is_about_as_long():
    """About 1.6 kB [J 3]."""
    assert 1500 < len(exhibits()["auth"]) < 1700


POLICIES = [  # naming mode, kind, policy, CPS, responder
    (Naming.SIM, Kind.SIGN, "1.2.392.200149.8.5.1.1.20", "http://127.0.0.1:8765/cps.html"),
    (Naming.SIM, Kind.AUTH, "1.2.392.200149.8.5.1.3.30", "http://127.0.0.1:8765/cps.html"),
    (Naming.TEST, Kind.SIGN, "1.2.392.200149.8.5.1.0.20", "http://127.0.0.1:8765/cps.html"),
    (Naming.TEST, Kind.AUTH, "1.3.6.1.4.1.32473.85.1.30", "http://127.0.0.1:8765/cps.html"),
    (Naming.EXACT, Kind.SIGN, "1.2.392.200149.8.5.1.1.20", "http://www.jpki.go.jp/cps.html"),
    (Naming.EXACT, Kind.AUTH, "1.2.392.200149.8.5.1.3.30", "http://www.jpki.go.jp/cps.html"),
]
ORGANIZATIONS = {Naming.SIM: "JPKI-SIM", Naming.TEST: "JPKI-TEST", Naming.EXACT: "JPKI"}
RESPONDERS = {
    Naming.SIM: "http://127.0.0.1:8765/ocsp/auth",
    Naming.TEST: "http://127.0.0.1:8765/ocsp/auth",
    Naming.EXACT: "http://ocspauthnorm.jpki.go.jp",
}


HANAKO = FourItems(
    name="住基　花子",
    born="419900101",
    sex="2",
    address="東京都千代田区",
    name_flags="00000",
    address_flags="0000000",
)


def issued(kind, naming, *, founded=SCRIPT["BEGIN"], ends=None, algorithm=Algorithm.P384):
    """
    Issue a certificate under a CA of its own, in any naming mode.
    """
    deck = Deck(0)
    issuer = found(
        kind,
        naming=naming,
        algorithm=algorithm,
        serial=1,
        not_before=founded,
        not_after=ends or founded + dt.timedelta(days=4000),
        private_key=deck.take(algorithm, 1),
    )
    subject = Subject(
        serial=2,
        not_before=founded,
        not_after=ends or founded + dt.timedelta(days=1000),
        name=auth_subject("ABCDEFGHIJKLMN13101003A"),
        spki=spki_of(deck.take(algorithm, 2)),
        items=HANAKO if kind is Kind.SIGN else None,
    )
    place = ("Tokyo-to", "Chiyoda-ku")
    made = template(issuer, PROFILES[kind.value], place=place)
    return x509.load_der_x509_certificate(issue(made, subject))


@pytest.mark.parametrize(
    ("naming", "kind", "policy", "cps"),
    POLICIES,
    ids=[f"{naming.value}-{kind.value}" for naming, kind, *_ in POLICIES],
)
def test_policy_and_addresses_follow_the_naming_mode(naming, kind, policy, cps):
    """[J 2.2] [J 3] [D 3]."""
    certificate = issued(kind, naming)
    extensions = certificate.extensions
    [stated] = extensions.get_extension_for_oid(ExtensionOID.CERTIFICATE_POLICIES).value

    assert policy == stated.policy_identifier.dotted_string
    assert [cps] == list(stated.policy_qualifiers)
    assert ("O", ORGANIZATIONS[naming]) == rdns(certificate.issuer)[1]
    if kind is Kind.AUTH:
        oid = ExtensionOID.AUTHORITY_INFORMATION_ACCESS
        [access] = extensions.get_extension_for_oid(oid).value
        assert RESPONDERS[naming] == access.access_location.value


def test_from_2050_on_a_time_is_written_with_four_digits():
    """
    A CA of the next card, founded in 2031, outlives UTCTime [5280 4.1.2.5].
    """
    certificate = issued(
        Kind.AUTH,
        Naming.SIM,
        founded=dt.datetime(2031, 4, 1, 3, tzinfo=dt.UTC),
        ends=dt.datetime(2051, 3, 31, 14, 59, 59, tzinfo=dt.UTC),
    )
    tbs = certificate.tbs_certificate_bytes

    assert b"\x17\x0d310401030000Z\x18\x0f20510331145959Z" in tbs
    assert 2051 == certificate.not_valid_after_utc.year
