"""
A relying party holds a list in one hand and a certificate in the other.

Only the certificate's own list, signed by the key that issued it and in force at that
moment, says good or revoked.  Any other list says nothing, and nothing is never a yes.
"""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from crl import status as words
from crl.entries import LIFETIME, Entry, ListRequest, Unspecified
from crl.read import read_list
from crl.scope import FULL, authorities, municipal
from crl.status import GOOD, REASONS, Prepared, Revoked, Undetermined, prepare, status
from crl.write import build_list, template
from pki import oids
from pki.causes import CAUSES
from pki.certificate import write
from pki.certificate.read import (
    AUTHORITY_KEY_IDENTIFIER,
    CRL_DISTRIBUTION_POINTS,
    read_certificate,
)
from pki.der import read as der_read
from pki.der.write import explicit, implicit, integer, octet_string, oid, sequence, tlv
from pki.keys import ROWS as ALGORITHMS
from pki.keys import sign, spki_of
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import auth_identifier, auth_subject
from pki.profiles import AUTH

FOUNDED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 4, 1, 18, 0, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 4, 2, 3, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
KEY_CERT_SIGN = 0x04  # alone, without cRLSign
HANAKO, TARO = 0x1234, 0x1235  # serials

PLACES = {
    "13101": ("Tokyo-to", "Chiyoda-ku"),
    "13102": ("Tokyo-to", "Chuo-ku"),
    "27127": ("Osaka-fu", "Osaka-shi Kita-ku"),
}


def scope_of(code, kind=Kind.AUTH):
    prefecture, name = PLACES[code]
    return municipal(kind, Naming.SIM, code=code, prefecture=prefecture, name=name)


CHIYODA = scope_of("13101")
REVOKED = Entry(serial=TARO, since=NIGHT - SECOND, reason=Reason.AFFILIATION_CHANGED)


def generation(kind, key, serial=1, algorithm=Algorithm.P384):
    return write.found(
        kind,
        naming=Naming.SIM,
        algorithm=algorithm,
        serial=serial,
        not_before=FOUNDED,
        not_after=dt.datetime(2045, 12, 31, 14, 59, 59, tzinfo=dt.UTC),
        private_key=key,
    )


def new_key():
    return ec.generate_private_key(ec.SECP384R1())


@pytest.fixture(scope="module")
def auth_ca():
    return generation(Kind.AUTH, new_key())


@pytest.fixture(scope="module")
def later_auth_ca():
    """The next generation: the same name, another key."""
    return generation(Kind.AUTH, new_key(), serial=20104363)


@pytest.fixture(scope="module")
def sign_ca():
    return generation(Kind.SIGN, new_key())


def card(issuer, serial=HANAKO, code="13101"):
    """Issue an authentication certificate of one municipality."""
    made = write.template(issuer, AUTH, place=PLACES[code])
    subject = write.Subject(
        serial=serial,
        not_before=FOUNDED,
        not_after=dt.datetime(2031, 3, 31, 14, 59, 59, tzinfo=dt.UTC),
        name=auth_subject(auth_identifier("0123456789ABCD", code)),
        spki=spki_of(new_key()),
    )
    return read_certificate(write.issue(made, subject))


@pytest.fixture(scope="module")
def hanako(auth_ca):
    return card(auth_ca)


@pytest.fixture(scope="module")
def taro(auth_ca):
    return card(auth_ca, TARO)


def asking(*entries, this_update=NIGHT):
    return ListRequest(
        number=2, this_update=this_update, next_update=this_update + LIFETIME, entries=entries
    )


def listed(issuer, *entries, scope=CHIYODA, **more):
    """Publish a list; what is on it by default is Taro's certificate."""
    return build_list(template(issuer, scope), asking(*(entries or (REVOKED,)), **more))


def asked(der, signer, certificate, *, at=NOON, **more):
    """Say what a list says, whatever stands in its way."""
    prepared = prepare(read_list(der), read_certificate(signer.certificate))
    if isinstance(prepared, Undetermined):
        return prepared
    return status(prepared, certificate, at=at, **more)


def cause_of(*arguments, **more):
    return asked(*arguments, **more).cause


def test_who_is_not_on_the_list_is_good(auth_ca, hanako):
    assert GOOD == asked(listed(auth_ca), auth_ca, hanako)


def test_who_is_on_the_list_is_revoked_since_then_and_for_that(auth_ca, taro):
    """[5280 6.3.3 (i), (j)]"""
    assert Revoked(NIGHT - SECOND, Reason.AFFILIATION_CHANGED) == asked(
        listed(auth_ca), auth_ca, taro
    )


def test_an_empty_list_is_a_list(auth_ca, taro):
    der = build_list(template(auth_ca, CHIYODA), asking())

    assert GOOD == asked(der, auth_ca, taro)


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
def test_every_reason_revokes(auth_ca, taro, reason):
    """A hold too, for JPKI never lifts one [J 7]; and the reason is told."""
    entry = Entry(serial=TARO, since=NIGHT, reason=reason)

    assert Revoked(NIGHT, reason) == asked(listed(auth_ca, entry), auth_ca, taro)


def test_a_reason_written_out_as_unspecified_revokes(auth_ca, taro):
    entry = Entry(serial=TARO, since=NIGHT, reason=Reason.UNSPECIFIED)

    der = build_list(template(auth_ca, CHIYODA), asking(entry), Unspecified.ALWAYS)

    assert Revoked(NIGHT, Reason.UNSPECIFIED) == asked(der, auth_ca, taro)


def test_every_reason_of_ours_can_be_read():
    assert set(Reason) == set(REASONS.values())


# In force at this moment


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NIGHT - SECOND, "crl-not-yet-valid"),
        (NIGHT, None),
        (NIGHT + LIFETIME, None),
        (NIGHT + LIFETIME + SECOND, "crl-stale"),
    ],
    ids=["a-second-early", "as-it-comes-out", "in-its-last-second", "a-second-late"],
)
def test_a_list_is_good_from_thisupdate_to_nextupdate(auth_ca, hanako, taro, at, expected):
    """[5280 5.1.2.4] [5280 5.1.2.5]; outside, not even a revocation is told."""
    der = listed(auth_ca)

    found = [asked(der, auth_ca, each, at=at) for each in (hanako, taro)]

    assert [expected] * 2 == [getattr(each, "cause", None) for each in found]


# The certificate's own list


@pytest.mark.parametrize("code", ["13102", "27127"])
def test_another_municipalitys_list_says_nothing(auth_ca, hanako, taro, code):
    """Neither good nor revoked [5280 6.3.3 (b)(2)]."""
    der = listed(auth_ca, scope=scope_of(code))

    assert "crl-scope" == cause_of(der, auth_ca, hanako)
    assert "crl-scope" == cause_of(der, auth_ca, taro)


def test_the_list_of_the_other_kind_says_nothing(auth_ca, sign_ca, hanako):
    """Two CAs, two names, two keys, and serials that overlap [J 9]."""
    der = listed(sign_ca, scope=scope_of("13101", Kind.SIGN))

    assert "crl-untrusted" == cause_of(der, sign_ca, hanako)
    assert "crl-untrusted" == cause_of(der, auth_ca, hanako)


def test_the_list_of_another_generation_says_nothing(auth_ca, later_auth_ca, hanako):
    """Name and point are the same; only the key tells them apart [J 5]."""
    der = listed(later_auth_ca)

    assert "crl-untrusted" == cause_of(der, later_auth_ca, hanako)
    assert "crl-untrusted" == cause_of(der, auth_ca, hanako)
    assert GOOD == asked(der, later_auth_ca, card(later_auth_ca))


def test_who_knows_the_issuer_need_not_trust_what_the_certificate_says(
    auth_ca, later_auth_ca, hanako
):
    """A certificate may keep silent about its issuer's key; then the path must tell."""
    silent = without(hanako, AUTHORITY_KEY_IDENTIFIER)
    issuer, later = (read_certificate(ca.certificate) for ca in (auth_ca, later_auth_ca))
    der = listed(auth_ca)

    assert "crl-untrusted" == cause_of(der, auth_ca, silent)
    assert GOOD == asked(der, auth_ca, silent, issuer=issuer)
    assert "crl-untrusted" == cause_of(der, auth_ca, silent, issuer=later)
    assert "crl-untrusted" == cause_of(der, auth_ca, hanako, issuer=later)


def without(certificate, identifier):
    """Take an extension away; what signed the certificate is no matter here."""
    kept = dict(certificate.extensions)
    del kept[identifier]
    return certificate._replace(extensions=kept)


def test_a_rogue_with_the_same_name_is_not_believed(auth_ca, hanako):
    """Even if it copies the key identifier [5280 6.3.3 (g)]."""
    rogue = generation(Kind.AUTH, new_key())
    der = listed(rogue).replace(rogue.key_identifier, auth_ca.key_identifier)

    assert "crl-untrusted" == cause_of(listed(rogue), auth_ca, hanako)
    assert "crl-untrusted" == cause_of(der, auth_ca, hanako)


def test_two_cas_with_one_key_are_told_apart_by_their_names():
    """[5280 6.3.3 (b)(1)]: a key is not enough."""
    key = new_key()
    auth, sign_ = generation(Kind.AUTH, key), generation(Kind.SIGN, key)
    der = listed(sign_, scope=FULL)

    assert "crl-untrusted" == cause_of(der, auth, card(auth))
    assert "crl-untrusted" == cause_of(der, sign_, card(auth))


def test_a_list_that_names_another_key_is_not_believed(auth_ca, later_auth_ca, hanako):
    """Although the signature is right [5280 5.2.1]."""
    named = sequence(implicit(0, later_auth_ca.key_identifier))
    authority = extension(oids.AUTHORITY_KEY_IDENTIFIER, named, critical=False)

    assert "crl-untrusted" == cause_of(foreign(auth_ca, authority), auth_ca, hanako)


def test_a_curve_that_nobody_uses_is_not_believed():
    """ECDSA with SHA-384, verifying, but by a P-256 key [J 8]."""
    other = generation(Kind.AUTH, ec.generate_private_key(ec.SECP256R1()))

    assert "crl-untrusted" == cause_of(listed(other), other, card(other))


def test_a_changed_list_is_not_believed(auth_ca, taro):
    """Taro's serial becomes his neighbour's."""
    der = listed(auth_ca).replace(b"\x02\x02\x12\x35", b"\x02\x02\x12\x36")

    assert "crl-untrusted" == cause_of(der, auth_ca, taro)


def test_a_ca_without_crlsign_is_not_believed(auth_ca, hanako):
    """[5280 6.3.3 (f)]"""
    issuer = read_certificate(auth_ca.certificate)
    silenced = issuer._replace(key_usage=KEY_CERT_SIGN)
    crl = read_list(listed(auth_ca))

    assert isinstance(prepare(crl, issuer), Prepared)
    assert "crl-untrusted" == prepare(crl, silenced).cause
    assert isinstance(prepare(crl, issuer._replace(key_usage=None)), Prepared)


def test_an_algorithm_that_does_not_fit_the_key_is_refused(hanako, auth_ca):
    """An RSA list below the name of an elliptic CA."""
    key = rsa.generate_private_key(65537, 2048)
    other = generation(Kind.AUTH, key, algorithm=Algorithm.RSA2048)
    der = listed(other).replace(other.key_identifier, auth_ca.key_identifier)

    assert "crl-untrusted" == cause_of(der, auth_ca, hanako)


# Points and sorts


def test_a_list_of_everything_speaks_for_everybody(auth_ca, hanako, taro):
    """Without issuingDistributionPoint; off by default [J 13]."""
    der = listed(auth_ca, scope=FULL)

    assert GOOD == asked(der, auth_ca, hanako)
    assert Reason.AFFILIATION_CHANGED == asked(der, auth_ca, taro).reason


def test_the_list_of_authorities_speaks_for_the_ca_and_for_nobody_else(auth_ca, hanako):
    """onlyContainsCACerts, and the CA's certificate names that point [J 1.2] [J 13]."""
    arl = listed(auth_ca, scope=authorities(Kind.AUTH, Naming.SIM))
    own = read_certificate(auth_ca.certificate)

    assert "crl-scope" == cause_of(arl, auth_ca, hanako)
    assert GOOD == asked(arl, auth_ca, own, issuer=own)
    assert "crl-scope" == cause_of(listed(auth_ca), auth_ca, own, issuer=own)


def test_a_certificate_without_a_point_means_that_of_its_issuer(auth_ca, hanako):
    """[5280 6.3.3]: the name is the certificate issuer's then."""
    pointless = without(hanako, CRL_DISTRIBUTION_POINTS)
    own = sequence(explicit(0, explicit(0, explicit(4, hanako.issuer))))
    der = foreign(auth_ca, extension(oids.ISSUING_DISTRIBUTION_POINT, own))

    assert GOOD == asked(der, auth_ca, pointless)
    assert "crl-scope" == cause_of(der, auth_ca, hanako)
    assert "crl-scope" == cause_of(listed(auth_ca), auth_ca, pointless)


def foreign(issuer, *extensions, next_update=True, entries=b""):
    """Sign a list whose extensions JPKI's have not, with the real key."""
    tbs = sequence(
        template(issuer, FULL).head,
        b"\x17\x0d260401180000Z",
        b"\x17\x0d260403180000Z" if next_update else b"",
        sequence(entries) if entries else b"",
        explicit(0, sequence(*extensions)) if extensions else b"",
    )
    signature = tlv(0x03, b"\x00" + sign(issuer.private_key, tbs))
    return sequence(tbs, ALGORITHMS[issuer.algorithm].identifier, signature)


def extension(identifier, value, *, critical=True):
    return sequence(oid(identifier), b"\x01\x01\xff" if critical else b"", octet_string(value))


def point_with(flag):
    """Chiyoda's point, and one flag behind it."""
    start, stop = der_read.whole(CHIYODA.idp, 0x30)
    return extension(
        oids.ISSUING_DISTRIBUTION_POINT, sequence(CHIYODA.idp[start:stop], bytes.fromhex(flag))
    )


NUMBER = extension(oids.CRL_NUMBER, integer(2), critical=False)
POINT = extension(oids.ISSUING_DISTRIBUTION_POINT, CHIYODA.idp)
UNKNOWN = extension(oids.OWN_ARC + ".99", b"\x05\x00")


def test_the_foreign_lists_have_a_good_twin(auth_ca, hanako):
    assert GOOD == asked(foreign(auth_ca, NUMBER, POINT), auth_ca, hanako)
    assert GOOD == asked(foreign(auth_ca), auth_ca, hanako)


@pytest.mark.parametrize(
    ("extensions", "cause"),
    [
        ((NUMBER, UNKNOWN), "crl-unusable"),
        ((NUMBER, extension(oids.DELTA_CRL_INDICATOR, integer(1))), "crl-unusable"),
        (
            (NUMBER, extension(oids.DELTA_CRL_INDICATOR, integer(1), critical=False)),
            "crl-unusable",
        ),
        ((point_with("84 01 ff"),), "crl-unusable"),
        ((point_with("82 01 ff"),), "crl-scope"),
        ((point_with("85 01 ff"),), "crl-scope"),
        ((point_with("83 02 01 06"),), "crl-scope"),
    ],
    ids=[
        "unknown-critical",
        "delta",
        "delta-not-critical",
        "indirect",
        "only-ca-certificates",
        "only-attribute-certificates",
        "only-some-reasons",
    ],
)
def test_a_list_with_a_catch_says_nothing(auth_ca, hanako, extensions, cause):
    """[5280 5.2] [5280 5.2.4] [5280 5.2.5]"""
    assert cause == cause_of(foreign(auth_ca, *extensions), auth_ca, hanako)


@pytest.mark.parametrize(
    "extensions",
    [
        (point_with("81 01 ff"),),
        (extension(oids.ISSUING_DISTRIBUTION_POINT, CHIYODA.idp, critical=False),),
        (NUMBER, extension(oids.OWN_ARC + ".99", b"\x05\x00", critical=False)),
    ],
    ids=["only-user-certificates", "scope-not-critical", "unknown-not-critical"],
)
def test_a_list_that_is_only_strange_is_believed(auth_ca, hanako, extensions):
    assert GOOD == asked(foreign(auth_ca, *extensions), auth_ca, hanako)


def test_only_user_certificates_leaves_out_the_ca(auth_ca):
    """[5280 6.3.3 (b)(2)(ii)]"""
    der = foreign(auth_ca, extension(oids.ISSUING_DISTRIBUTION_POINT, bytes.fromhex("30038101ff")))
    own = read_certificate(auth_ca.certificate)

    assert "crl-scope" == cause_of(der, auth_ca, own, issuer=own)


def test_some_reasons_are_enough_to_revoke(auth_ca, taro):
    """Only the silence of such a list says nothing."""
    der = foreign(auth_ca, point_with("83 02 01 06"), entries=entry_with("0a0103"))

    assert Revoked(NIGHT, Reason.AFFILIATION_CHANGED) == asked(der, auth_ca, taro)


def entry_with(reason, identifier="0603551d15", flag=""):
    parts = f"{identifier}{flag}04{len(reason) // 2:02x}{reason}"
    one = tlv(0x30, bytes.fromhex(parts))
    return sequence(integer(TARO), b"\x17\x0d260401180000Z", sequence(one))


def test_a_list_without_an_end_says_nothing(auth_ca, hanako):
    """Nobody could tell a fresh one from a stale one [5280 5.1.2.5]."""
    assert "crl-unusable" == cause_of(foreign(auth_ca, next_update=False), auth_ca, hanako)


def test_a_critical_extension_in_one_entry_spoils_the_list_for_all(auth_ca, hanako):
    """[5280 5.3]"""
    entries = entry_with("0500", identifier="06032a0304", flag="0101ff")

    assert "crl-unusable" == cause_of(foreign(auth_ca, entries=entries), auth_ca, hanako)


def test_remove_from_crl_has_no_place_in_a_complete_list(auth_ca, hanako, taro):
    """[5280 5.3.1]"""
    der = foreign(auth_ca, entries=entry_with("0a0108"))

    assert "crl-unusable" == cause_of(der, auth_ca, taro)
    assert GOOD == asked(der, auth_ca, hanako)


def test_entries_that_are_no_strict_der_spoil_a_signed_list(auth_ca, hanako):
    entries = sequence(integer(0), b"\x17\x0d260401180000Z")

    assert "crl-unusable" == cause_of(foreign(auth_ca, entries=entries), auth_ca, hanako)


def test_a_point_among_several_is_found(auth_ca, hanako):
    """One name of the list's point in common is enough [5280 6.3.3 (b)(2)(i)]."""
    names = sorted((CHIYODA.idp, scope_of("13102").idp))
    both = b"".join(idp[idp.index(b"\xa4") :] for idp in names)
    value = sequence(explicit(0, explicit(0, both)))

    der = foreign(auth_ca, extension(oids.ISSUING_DISTRIBUTION_POINT, value))

    assert GOOD == asked(der, auth_ca, hanako)
    assert "crl-scope" == cause_of(der, auth_ca, card(auth_ca, code="27127"))


def test_a_list_made_with_the_library_says_the_same(auth_ca, hanako, taro):
    """Another maker, the same key."""
    authority = x509.load_der_x509_certificate(auth_ca.certificate)
    point = x509.load_der_x509_certificate(hanako.der).extensions.get_extension_for_class(
        x509.CRLDistributionPoints
    )
    theirs = (
        x509.CertificateRevocationListBuilder(authority.subject, NIGHT, NIGHT + LIFETIME)
        .add_revoked_certificate(x509.RevokedCertificateBuilder(TARO, NIGHT).build())
        .add_extension(
            x509.IssuingDistributionPoint(
                full_name=point.value[0].full_name,
                relative_name=None,
                only_contains_user_certs=False,
                only_contains_ca_certs=False,
                only_some_reasons=None,
                indirect_crl=False,
                only_contains_attribute_certs=False,
            ),
            critical=True,
        )
        .sign(auth_ca.private_key, hashes.SHA384())
        .public_bytes(Encoding.DER)
    )

    assert GOOD == asked(theirs, auth_ca, hanako)
    assert Revoked(NIGHT, Reason.UNSPECIFIED) == asked(theirs, auth_ca, taro)
    assert "crl-scope" == cause_of(theirs, auth_ca, card(auth_ca, code="13102"))


def test_every_cause_is_explained_in_the_table(auth_ca):
    """And leaves the question open."""
    causes = {each.cause for each in vars(words).values() if isinstance(each, Undetermined)}

    assert {
        "crl-untrusted",
        "crl-unusable",
        "crl-scope",
        "crl-not-yet-valid",
        "crl-stale",
    } == causes
    assert not any(CAUSES[cause].fatal for cause in causes)


def test_a_list_is_prepared_once_and_asked_often(auth_ca, hanako, taro):
    prepared = prepare(read_list(listed(auth_ca)), read_certificate(auth_ca.certificate))

    found = [status(prepared, each, at=NOON) for each in (hanako, taro, hanako)]

    assert [GOOD, Revoked(NIGHT - SECOND, Reason.AFFILIATION_CHANGED), GOOD] == found
