"""
The night after Hanako moved, the list of Chiyoda comes out with her serial number on it.

It says what the tables of crl/shapes promise and nothing else, programs that we did not write
read the same in it, and making it again costs next to nothing: entries are encoded once.
"""

import datetime as dt
import os
import shutil
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID
from hypothesis import given, settings
from hypothesis import strategies as st

from crl.entries import LIFETIME, Body, Entry, ListRequest, Unspecified
from crl.index import index
from crl.read import read_list
from crl.scope import FULL, authorities, municipal
from crl.shapes import SHAPES, Shape
from crl.write import (
    REASON_CODES,
    build_list,
    encode_entries,
    encode_entry,
    template,
    to_be_signed,
    with_entry,
    without,
)
from pki.certificate import write
from pki.kinds import Algorithm, Kind, Naming, Reason

NOON = dt.datetime(2026, 4, 1, 3, 0, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 4, 1, 18, 0, tzinfo=dt.UTC)  # 03:00 JST
CHIYODA = municipal(Kind.SIGN, Naming.SIM, code="13101", prefecture="Tokyo-to", name="Chiyoda-ku")
ARL = authorities(Kind.SIGN, Naming.SIM)
SCOPES = (CHIYODA, ARL, FULL)
HANAKO = Entry(serial=0x1234, since=NOON, reason=Reason.AFFILIATION_CHANGED)


def found(algorithm):
    key = (
        rsa.generate_private_key(65537, 2048)
        if algorithm is Algorithm.RSA2048
        else ec.generate_private_key(ec.SECP384R1())
    )
    return write.found(
        Kind.SIGN,
        naming=Naming.SIM,
        algorithm=algorithm,
        serial=1,
        not_before=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        not_after=dt.datetime(2035, 12, 31, 14, 59, 59, tzinfo=dt.UTC),
        private_key=key,
    )


@pytest.fixture(scope="module")
def sign_ca():
    return found(Algorithm.RSA2048)


@pytest.fixture(scope="module")
def next_sign_ca():
    """The CA of the next card, with a P-384 key."""
    return found(Algorithm.P384)


def asking(*entries, body=None, number=7):
    return ListRequest(
        number=number,
        this_update=NIGHT,
        next_update=NIGHT + LIFETIME,
        entries=entries if body is None else body,
    )


def opened(issuer, *entries, scope=CHIYODA):
    """Make a list, and open it with the library that is our second opinion."""
    return x509.load_der_x509_crl(build_list(template(issuer, scope), asking(*entries)))


def test_the_next_list_names_hanako(sign_ca):
    crl = opened(sign_ca, HANAKO)

    revoked = crl.get_revoked_certificate_by_serial_number(0x1234)

    assert crl.is_signature_valid(sign_ca.private_key.public_key())
    assert NOON == revoked.revocation_date_utc
    assert x509.ReasonFlags.affiliation_changed == revoked.extensions[0].value.reason


def test_a_list_lives_two_days(sign_ca):
    """thisUpdate at the daily hour, nextUpdate 48 hours later [J 13]."""
    crl = opened(sign_ca)

    assert NIGHT == crl.last_update_utc
    assert NIGHT + dt.timedelta(hours=48) == crl.next_update_utc


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.word)
def test_a_list_carries_the_extensions_of_its_table_and_no_others(sign_ca, scope):
    """In the table's order, and critical where it says so [J 13]."""
    crl = opened(sign_ca, HANAKO, scope=scope)

    assert [(row.oid, row.critical) for row in SHAPES[scope.shape].extensions] == [
        (extension.oid.dotted_string, extension.critical) for extension in crl.extensions
    ]


def test_every_shape_has_its_table():
    assert set(Shape) == set(SHAPES)
    assert [shape.value for shape in SHAPES] == [profile.word for profile in SHAPES.values()]


def test_the_issuer_is_named_by_its_key_alone(sign_ca):
    """keyIdentifier, without issuer and serial; generations share the name [J 13]."""
    crl = opened(sign_ca)

    authority = crl.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_KEY_IDENTIFIER).value

    assert sign_ca.key_identifier == authority.key_identifier
    assert (None, None) == (
        authority.authority_cert_issuer,
        authority.authority_cert_serial_number,
    )


def test_a_municipal_scope_is_the_point_that_certificates_name():
    """Exact bytes: no boolean, no reasons, only the directoryName [5280 5.2.5] [J 13]."""
    names = (
        "3009 0603550406 1302 4a50"  # C=JP, the only PrintableString
        "3111 300f 060355040a 0c08 4a504b492d53494d"  # O=JPKI-SIM
        "3123 3021 060355040b 0c1a 4a504b4920666f72206469676974616c207369676e6174757265"
        "3120 301e 060355040b 0c17 43524c20446973747269627574696f6e20506f696e7473"
        "3111 300f 060355040b 0c08 546f6b796f2d746f"  # OU=Tokyo-to
        "3119 3017 0603550403 0c10 436869796f64612d6b752043524c4450"  # CN=Chiyoda-ku CRLDP
    )

    assert bytes.fromhex("3081a1 a0819e a0819b a48198 308195 310b" + names) == CHIYODA.idp


def test_the_list_of_authorities_says_so_at_its_end():
    """The CA's own name and onlyContainsCACerts [J 13]."""
    assert bytes.fromhex("82 01 ff") == ARL.idp[-3:]
    assert "arl" == ARL.word


def test_a_list_of_everything_has_no_scope():
    assert None is FULL.idp


@pytest.mark.parametrize("code", ["1310", "131016", "１３１０１", "abcde"])
def test_a_municipality_has_five_digits(code):
    with pytest.raises(ValueError, match="JIS X 0402"):
        municipal(Kind.SIGN, Naming.SIM, code=code, prefecture="Tokyo-to", name="Chiyoda-ku")


def test_an_empty_list_has_no_entries_rather_than_none(sign_ca):
    """revokedCertificates MUST be absent then [5280 5.1.2.6]."""
    crl = opened(sign_ca)

    tbs = to_be_signed(template(sign_ca, CHIYODA), asking())

    assert [] == list(crl)
    assert b"\x30\x00" not in tbs


def test_an_entry_has_exactly_these_bytes():
    """Serial, second of the move, affiliationChanged [5280 5.1.2.6] [5280 5.3.1]."""
    expected = "3021 02021234 170d3236303430313033303030305a 300c300a0603551d1504030a0103"

    assert bytes.fromhex(expected) == encode_entry(HANAKO)


def test_an_entry_after_2049_changes_its_kind_of_time():
    """UTCTime reaches no further [5280 5.1.2.6]."""
    late = Entry(serial=1, since=NOON.replace(year=2050), reason=Reason.UNSPECIFIED)

    assert bytes.fromhex("3014 020101 180f") + b"20500401030000Z" == encode_entry(late)


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
def test_the_reason_is_spelled_as_in_the_standard(sign_ca, reason):
    crl = opened(sign_ca, Entry(serial=1, since=NOON, reason=reason))

    stated = [extension.value.reason.value for extension in crl[0].extensions]

    # A card destroyed before it was handed over states none: it SHOULD be absent then.
    assert ([] if reason is Reason.UNSPECIFIED else [reason.value]) == stated  # [5280 5.3.1]


def test_unspecified_can_be_written_out_all_the_same(sign_ca):
    """A switch, for nobody outside has seen such an entry [J 13]."""
    destroyed = Entry(serial=1, since=NOON, reason=Reason.UNSPECIFIED)
    made = template(sign_ca, CHIYODA)

    crl = x509.load_der_x509_crl(build_list(made, asking(destroyed), Unspecified.ALWAYS))

    reason = crl[0].extensions.get_extension_for_oid(CRLEntryExtensionOID.CRL_REASON).value
    assert x509.ReasonFlags.unspecified == reason.reason


def test_every_reason_has_its_code():
    assert set(Reason) == set(REASON_CODES)


def test_entries_stand_by_rising_serial(sign_ca):
    entries = [Entry(serial=n, since=NOON, reason=Reason.SUPERSEDED) for n in (300, 5, 70000, 128)]

    crl = opened(sign_ca, *entries)

    assert [5, 128, 300, 70000] == [revoked.serial_number for revoked in crl]


def test_a_serial_stands_on_a_list_once():
    with pytest.raises(ValueError, match="twice"):
        encode_entries([HANAKO, HANAKO])


@pytest.mark.parametrize("serial", [0, -1, 1 << 159], ids=["zero", "negative", "21-octets"])
def test_a_serial_that_no_certificate_can_have_is_refused(serial):
    with pytest.raises(ValueError, match="20 octets"):
        Entry(serial=serial, since=NOON, reason=Reason.SUPERSEDED)


@pytest.mark.parametrize(
    ("number", "next_update"),
    [(-1, NIGHT + LIFETIME), (1 << 159, NIGHT + LIFETIME), (7, NIGHT)],
    ids=["negative-number", "number-too-long", "no-time-to-live"],
)
def test_a_list_that_breaks_the_standard_is_not_asked_for(number, next_update):
    with pytest.raises(ValueError, match=r"number|nextUpdate"):
        ListRequest(number=number, this_update=NIGHT, next_update=next_update, entries=())


def test_the_same_request_gives_the_same_bytes(sign_ca, next_sign_ca):
    """RSA signatures are so anyway, ECDSA by [6979]."""
    for issuer in (sign_ca, next_sign_ca):
        made = template(issuer, CHIYODA)
        assert build_list(made, asking(HANAKO)) == build_list(made, asking(HANAKO))


def test_the_librarys_builder_writes_the_same_octets(sign_ca):
    """Two encoders that share nothing, one list."""
    entries = [HANAKO, Entry(serial=1 << 100, since=NIGHT, reason=Reason.KEY_COMPROMISE)]
    authority = x509.load_der_x509_certificate(sign_ca.certificate)
    key_identifier, _, scope = opened(sign_ca).extensions
    revoked = [
        x509.RevokedCertificateBuilder(entry.serial, entry.since)
        .add_extension(x509.CRLReason(x509.ReasonFlags(entry.reason.value)), critical=False)
        .build()
        for entry in entries
    ]

    theirs = (
        x509.CertificateRevocationListBuilder(
            authority.subject, NIGHT, NIGHT + LIFETIME, revoked_certificates=revoked
        )
        .add_extension(key_identifier.value, critical=False)
        .add_extension(x509.CRLNumber(7), critical=False)
        .add_extension(scope.value, critical=True)
        .sign(sign_ca.private_key, hashes.SHA256())
    )

    assert theirs.public_bytes(Encoding.DER) == build_list(
        template(sign_ca, CHIYODA), asking(*entries)
    )


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.word)
@pytest.mark.parametrize("generation", ["sign_ca", "next_sign_ca"])
def test_our_reader_and_the_library_see_the_same(request, generation, scope):
    issuer = request.getfixturevalue(generation)
    many = [
        Entry(serial=n * n, since=NOON + dt.timedelta(seconds=n), reason=reason)
        for n, reason in enumerate(list(Reason) * 40, start=1)
    ]
    der = build_list(template(issuer, scope), asking(*many))

    theirs, ours = x509.load_der_x509_crl(der), read_list(der)

    assert theirs.is_signature_valid(issuer.private_key.public_key())
    assert theirs.tbs_certlist_bytes == ours.tbs
    assert theirs.signature == ours.signature
    assert theirs.issuer.public_bytes() == ours.issuer
    assert (theirs.last_update_utc, theirs.next_update_utc) == (ours.this_update, ours.next_update)
    assert (7, issuer.key_identifier) == (ours.number, ours.key_identifier)
    assert [(each.serial_number, each.revocation_date_utc) for each in theirs] == [
        (each.serial, each.since) for each in index(ours)
    ]


def test_openssl_agrees(sign_ca, tmp_path):
    """The signature, and the whole structure down to its end."""
    openssl = shutil.which("openssl")
    if openssl is None:
        if os.environ.get("MINIJPKI_REQUIRE_TOOLS") == "1":
            pytest.fail("openssl is required here and not installed")
        pytest.skip("openssl is not installed")
    authority = x509.load_der_x509_certificate(sign_ca.certificate)
    (tmp_path / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (tmp_path / "13101.crl").write_bytes(build_list(template(sign_ca, CHIYODA), asking(HANAKO)))

    def run(*words):
        return subprocess.run(
            [openssl, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    read = ("crl", "-inform", "DER", "-in", "13101.crl")
    verified = run(*read, "-CAfile", "ca.pem", "-noout")
    text = run(*read, "-noout", "-text").stdout
    parsed = run("asn1parse", "-inform", "DER", "-in", "13101.crl")

    assert "verify OK" in verified.stderr
    assert "X509v3 Issuing Distribution Point: critical" in text
    assert "Affiliation Changed" in text
    assert "CN = Chiyoda-ku CRLDP" in text or "CN=Chiyoda-ku CRLDP" in text
    assert 0 == parsed.returncode
    assert "error" not in parsed.stderr.lower()


def entry_of(serial):
    return Entry(serial=serial, since=NOON, reason=Reason.SUPERSEDED)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.sets(st.integers(1, 2000), max_size=200),
    st.lists(st.integers(1, 2000), max_size=120),
    st.sets(st.integers(1, 2000), max_size=120),
)
def test_a_list_made_from_the_last_one_is_a_list_made_afresh(before, more, gone):
    """However entries come and go, page by page, the octets are those of a new beginning."""
    body = encode_entries(entry_of(serial) for serial in before)

    for serial in more:
        body = with_entry(body, entry_of(serial))
    body = without(body, gone)

    afresh = encode_entries(entry_of(serial) for serial in (before | set(more)) - gone)
    assert octets(afresh) == octets(body)
    assert len(afresh) == len(body)


def test_a_list_that_grows_for_years_stays_quick_to_change():
    """One more entry puts one page together again, so no page may grow with the list."""
    body = Body()

    for serial in range(1, 2000):
        body = with_entry(body, entry_of(serial))

    assert max(len(page.serials) for page in body.pages) < 100


def test_a_later_event_changes_the_reason_of_an_entry_in_its_place():
    """A hold that is revoked for good keeps its date, in one entry [J 13]."""
    held = Entry(serial=0x1234, since=NOON, reason=Reason.CERTIFICATE_HOLD)

    body = with_entry(encode_entries([held]), HANAKO)

    assert encode_entry(HANAKO) == octets(body)


def test_a_list_from_an_encoded_body_is_that_from_its_entries(sign_ca):
    made = template(sign_ca, CHIYODA)
    body = with_entry(Body(), HANAKO)

    assert build_list(made, asking(HANAKO)) == build_list(made, asking(body=body))


def octets(body):
    return b"".join(page.octets for page in body.pages)
