"""
Somebody brings a certificate with one thing wrong, and the verdict says which.

The CA's real key signed it, so nothing else is wrong; or a stranger's key did, under the
CA's name.  And generations of a CA share that name, so the key decides who issued what.
"""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from forgery import FILING, ca_key, causes, filed, forged, key_of

from ca.authority import rollover
from harness.keypool import Deck
from harness.scene import Scene
from harness.verifier.documents import verify_certificate, verify_raw
from harness.verifier.policy import Judgement, Policy, Revocation, Use
from harness.verifier.wording import as_json
from pki.kinds import Algorithm, Kind
from pki.oids import ANY_POLICY, CP_AUTH_CLASS30, CP_SIGN_CLASS20, CP_SIGN_TEST

SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)
STRANGERS_KEY = Deck(1).take(Algorithm.RSA2048, 77)
UNSUPPORTED = "UNSUPPORTED_CERTIFICATE"
WRONG = "chain-constraints-failure"


@pytest.fixture
def scene(jpki):
    """
    A world in which Hanako of Chiyoda got her card a day after the CAs were founded.
    """
    jpki.advance(DAY)
    jpki.resident("hanako")
    return jpki


def usage(**asserted):
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: asserted.get(name, False) for name in names})


def policies(*dotted):
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in dotted]
    )


def unknown(critical):
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), critical


CLIENT = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])

CHANGES = {  # what is changed: how, and which check complains; none when it may be so
    "nothing": ({}, None),
    "test-arc": ({"instead": [(policies(CP_SIGN_TEST), True)]}, "policy"),
    "policy-of-auth": ({"instead": [(policies(CP_AUTH_CLASS30), True)]}, "policy"),
    "any-policy": ({"instead": [(policies(ANY_POLICY), True)]}, "policy"),
    "no-policies": ({"without": [ExtensionOID.CERTIFICATE_POLICIES]}, "policy"),
    "two-policies": ({"instead": [(policies(CP_SIGN_TEST, CP_SIGN_CLASS20), True)]}, None),
    "policies-not-critical": ({"instead": [(policies(CP_SIGN_CLASS20), False)]}, None),
    "no-key-usage": ({"without": [ExtensionOID.KEY_USAGE]}, "key-usage"),
    "no-non-repudiation": ({"instead": [(usage(digital_signature=True), True)]}, "key-usage"),
    "no-digital-signature": ({"instead": [(usage(content_commitment=True), True)]}, "key-usage"),
    "client-auth": ({"instead": [(CLIENT, False)]}, "key-usage"),
    "may-issue": ({"instead": [(x509.BasicConstraints(True, None), True)]}, "key-usage"),
    "may-not-issue": ({"instead": [(x509.BasicConstraints(False, None), True)]}, None),
    "unknown-critical": ({"instead": [unknown(True)]}, "extensions"),
    "unknown-not-critical": ({"instead": [unknown(False)]}, None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_one_thing_wrong_is_the_one_that_is_named(scene, change):
    """And what only looks strange is let pass [5280 6.1.5] [J 2.2]."""
    how, check = CHANGES[change]
    filing = filed(forged(scene, **how), key_of(scene))

    verdict = scene.verify(filing)

    expected = (UNSUPPORTED, {check: WRONG}) if check else ("OK", {})
    assert expected == causes(verdict)


def test_a_filing_by_the_authentication_key_is_no_filing(scene):
    """
    Another usage, a purpose that forbids it, another policy: of every breach one line.
    """
    filing = scene.world.sign_xml("hanako", FILING, pin="1234", kind=Kind.AUTH)

    verdict = scene.verify(filing)

    assert (UNSUPPORTED, {"key-usage": WRONG, "policy": WRONG}) == causes(verdict)
    assert Kind.AUTH is verdict.kind


def test_a_login_by_the_signature_key_is_no_login(scene):
    challenge = b"https://portal.example.jp 4711"
    signature = scene.world.sign_raw("hanako", challenge, pin="ABC123", kind=Kind.SIGN)

    verdict = scene.verify_login(scene.world.certificate("hanako", Kind.SIGN), signature, challenge)

    assert (UNSUPPORTED, {"key-usage": WRONG, "policy": WRONG}) == causes(verdict)


LOGIN_CHANGES = {
    "nothing": ({}, None),
    "no-purpose": ({"without": [ExtensionOID.EXTENDED_KEY_USAGE]}, "key-usage"),
    "other-purpose": (
        {"instead": [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False)]},
        "key-usage",
    ),
    "policy-of-sign": ({"instead": [(policies(CP_SIGN_CLASS20), True)]}, "policy"),
    "test-arc": ({"instead": [(policies(CP_SIGN_TEST), True)]}, "policy"),
}


@pytest.mark.parametrize("change", LOGIN_CHANGES)
def test_a_login_needs_what_the_authentication_certificate_has(scene, change):
    """[J 3] [5280 4.2.1.12]."""
    how, check = LOGIN_CHANGES[change]
    certificate = forged(scene, kind=Kind.AUTH, **how)
    challenge = b"https://portal.example.jp 4711"
    signature = scene.world.sign_raw("hanako", challenge, pin="1234", kind=Kind.AUTH)

    verdict = scene.verify_login(certificate, signature, challenge)

    assert ((UNSUPPORTED, {check: WRONG}) if check else ("OK", {})) == causes(verdict)


@pytest.mark.parametrize(
    ("after_end", "expected"),
    [(dt.timedelta(0), ("OK", {})), (SECOND, ("CERTIFICATE_EXPIRED", {"validity": "expired"}))],
    ids=["last-second", "one-later"],
)
def test_a_certificate_is_good_to_the_end_of_its_last_second(scene, after_end, expected):
    """[5280 4.1.2.5]."""
    filing = scene.world.sign_xml("hanako", FILING, pin="ABC123")
    ends = scene.world.register.certificates("hanako", Kind.SIGN)[0].not_after

    assert expected == causes(scene.verify(filing, at=ends + after_end))


def test_a_certificate_is_not_good_before_its_first_second(scene):
    """
    Nor does anybody know it yet: no list, no responder.  Those doubts are told as well.
    """
    filing = scene.world.sign_xml("hanako", FILING, pin="ABC123")
    begins = scene.world.register.certificates("hanako", Kind.SIGN)[0].not_before

    assert ("OK", {}) == causes(scene.verify(filing, at=begins))
    assert (
        "CERTIFICATE_EXPIRED",
        {
            "validity": "not-yet-valid",
            "revocation-crl": "crl-missing",
            "revocation-ocsp": "ocsp-unknown",
        },
    ) == causes(scene.verify(filing, at=begins - SECOND))


def test_where_a_new_certificate_must_wait_it_is_not_yet_valid(scene):
    """As at a service that takes it from the next day on [J 10.3]."""
    filing = scene.world.sign_xml("hanako", FILING, pin="ABC123")
    policy = Policy(usable_after=1)

    midnight = dt.datetime(2026, 4, 2, 15, tzinfo=dt.UTC)  # 2026-04-03 in Japan

    early = scene.verify(filing, policy, at=midnight - SECOND)

    assert ("CERTIFICATE_EXPIRED", {"validity": "not-yet-valid"}) == causes(early)
    assert ("OK", {}) == causes(scene.verify(filing, policy, at=midnight))


def test_a_certificate_that_outlives_its_ca_dies_with_it(scene):
    """No such certificate is ever issued; a CA that did so would be caught here [5280 6.2]."""
    ends = scene.world.authority.generations(Kind.SIGN)[0].not_after
    certificate = forged(scene, not_valid_after=ends + 2 * DAY)
    filing = filed(certificate, key_of(scene))

    assert ("OK", {}) == causes(scene.verify(filing, at=ends))
    assert (UNSUPPORTED, {"issuer-validity": "ca-expired"}) == causes(
        scene.verify(filing, at=ends + SECOND)
    )


def test_rsa_ends_where_cryptrec_says(tmp_path):
    """
    A policy of its own, for today's services go on; the next card's algorithm stays [J 8].
    """
    last = dt.datetime.fromisoformat("2030-12-31T23:59:59+09:00").astimezone(dt.UTC)
    policy = Policy(judgement=Judgement.CRYPTREC)
    seen = {}
    for algorithm in Algorithm:
        scene = Scene.fresh(tmp_path / algorithm.value, algorithm=algorithm)
        scene.set_clock(dt.datetime(2030, 12, 1, tzinfo=dt.UTC))
        filing = scene.resident("hanako").sign_xml(FILING)
        seen[algorithm] = [
            causes(scene.verify(filing, policy, at=last + d)) for d in (0 * DAY, DAY)
        ]
        assert ("OK", {}) == causes(scene.verify(filing, at=last + DAY))
        scene.close()

    ended = ("UNSPECIFIED", {"algorithm": "crypto-constraints-failure"})
    assert [("OK", {}), ended] == seen[Algorithm.RSA2048]
    assert [("OK", {})] * 2 == seen[Algorithm.P384]


def rogue(scene, **changes):
    """
    Let a stranger issue Hanako's certificate under the CA's very name.
    """
    return forged(scene, signed_by=STRANGERS_KEY, **changes)


@pytest.mark.parametrize("claim", ["the-cas-key", "its-own-key", "no-key"])
def test_a_stranger_under_the_cas_name_is_no_ca(scene, claim):
    """
    Whatever authorityKeyIdentifier says, the signature has the last word.
    """
    own = x509.AuthorityKeyIdentifier.from_issuer_public_key(STRANGERS_KEY.public_key())
    changes = {
        "the-cas-key": {},
        "its-own-key": {"instead": [(own, False)]},
        "no-key": {"without": [ExtensionOID.AUTHORITY_KEY_IDENTIFIER]},
    }[claim]
    filing = filed(rogue(scene, **changes), key_of(scene))

    verdict = scene.verify(filing)

    assert (UNSUPPORTED, {"chain": "no-certificate-chain-found"}) == causes(verdict)
    assert None is verdict.kind


def test_a_certificate_that_signed_itself_is_nobodys(scene):
    own = x509.load_der_x509_certificate(scene.world.certificate("hanako", Kind.SIGN))
    key = key_of(scene)
    certificate = forged(scene, issuer_name=own.subject, signed_by=key)

    verdict = scene.verify(filed(certificate, key))

    assert (UNSUPPORTED, {"chain": "no-certificate-chain-found"}) == causes(verdict)


def test_a_holder_cannot_certify_anybody(scene):
    """There is one tier, and holders are not it [J 1]."""
    own = x509.load_der_x509_certificate(scene.world.certificate("hanako", Kind.SIGN))
    certificate = forged(scene, issuer_name=own.subject, signed_by=key_of(scene))

    verdict = scene.verify(filed(certificate, key_of(scene)))

    assert (UNSUPPORTED, {"chain": "no-certificate-chain-found"}) == causes(verdict)


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())],
    ids=["rsa-1024", "p-256"],
)
def test_a_key_of_no_generation_signs_nothing(scene, key):
    """
    Certified by mistake, it is too small or of another curve.
    """
    certificate = forged(scene, public_key=key.public_key())
    bare = key.sign(
        b"content",
        *((PKCS1v15(), SHA256()) if isinstance(key, rsa.RSAPrivateKey) else (ec.ECDSA(SHA256()),)),
    )

    verdict = verify_raw(
        bare, b"content", certificate, scene.world.evidence.as_of(scene.now), at=scene.now
    )

    assert ("SIGNATURE_MISMATCH", {"signature": "sig-crypto-failure"}) == causes(verdict)


@pytest.fixture
def two_generations(scene):
    """
    The sign CA changed keys, and Taro came after that.
    """
    scene.advance(DAY)
    rollover(scene.world.authority, Kind.SIGN, at=scene.now)
    scene.resident("taro")
    return scene


@pytest.mark.parametrize(("who", "generation"), [("hanako", 1), ("taro", 2)])
def test_each_generation_is_found_for_what_it_issued(two_generations, who, generation):
    scene = two_generations
    filing = scene.world.sign_xml(who, FILING, pin="ABC123")
    named = scene.world.authority.issuer(
        scene.world.authority.generations(Kind.SIGN)[generation - 1]
    ).key_identifier

    verdict = scene.verify(filing)

    assert ("OK", {}) == causes(verdict)
    assert named == verdict.certificate.authority_key_identifier()


@pytest.mark.parametrize("who", ["hanako", "taro"])
@pytest.mark.parametrize("hint", ["absent", "misleading"])
def test_a_hint_that_is_absent_or_wrong_leads_nobody_astray(two_generations, who, hint):
    """
    The right generation is found by its key, and so is its list [J 1].
    """
    scene = two_generations
    generation = 1 if who == "hanako" else 2
    other = ca_key(scene, generation=3 - generation).public_key()
    wrong = x509.AuthorityKeyIdentifier.from_issuer_public_key(other)
    changes = {
        "absent": {"without": [ExtensionOID.AUTHORITY_KEY_IDENTIFIER]},
        "misleading": {"instead": [(wrong, False)]},
    }[hint]
    certificate = forged(scene, who=who, signed_by=ca_key(scene, generation=generation), **changes)
    filing = filed(certificate, key_of(scene, who))

    lists_alone = Policy(revocation=Revocation.CRL)
    before = scene.verify(filing, lists_alone)
    scene.world.office.move(who, address="大阪府大阪市北区中之島1-1", at=scene.now)
    scene.wait_for_lists()
    after = scene.verify(filing, lists_alone)

    assert ("OK", {}) == causes(before)
    assert ("CERTIFICATE_REVOKED", {"revocation-crl": "revoked"}) == causes(after)


BROKEN = {  # the OID, and whether a verdict rests on what it says
    "authorityKeyIdentifier": (ExtensionOID.AUTHORITY_KEY_IDENTIFIER, True),
    "cRLDistributionPoints": (ExtensionOID.CRL_DISTRIBUTION_POINTS, True),
    "basicConstraints": (ExtensionOID.BASIC_CONSTRAINTS, True),
    "subjectAltName": (ExtensionOID.SUBJECT_ALTERNATIVE_NAME, False),
    "subjectKeyIdentifier": (ExtensionOID.SUBJECT_KEY_IDENTIFIER, False),
}


@pytest.mark.parametrize("extension", BROKEN)
def test_an_extension_that_is_not_what_its_name_says_ends_in_a_verdict(two_generations, extension):
    """
    Anybody may send one, so it must not end in an exception, not even in the report.
    """
    scene = two_generations
    oid, needed = BROKEN[extension]
    broken = [(x509.UnrecognizedExtension(oid, b"\x04\x00"), False)]

    theirs = scene.verify(filed(rogue(scene, instead=broken), key_of(scene)))
    ours = scene.verify(filed(forged(scene, instead=broken), key_of(scene)))

    unread = (UNSUPPORTED, {"format": "format-failure", "chain": "no-certificate-chain-found"})
    assert UNSUPPORTED == causes(theirs)[0]
    assert (unread if needed else ("OK", {})) == causes(ours)
    assert None is as_json(theirs)["holder"] or extension != "subjectAltName"


def test_a_certificate_alone_can_be_judged(scene):
    """As a relying party does who looks after an old one."""
    evidence = scene.world.evidence.as_of(scene.now)

    sign, login = (
        verify_certificate(
            scene.world.certificate("hanako", kind), evidence, Policy(use=use), at=scene.now
        )
        for kind, use in ((Kind.SIGN, Use.SIGN), (Kind.AUTH, Use.LOGIN))
    )

    assert ("OK", {}) == causes(sign)
    assert ("OK", {}) == causes(login)
    assert None is sign.covered


@pytest.mark.parametrize("what", ["the-ca", "half", "nothing", "words"])
def test_what_is_no_holders_certificate_is_not_judged_to_be_one(scene, what):
    der = {
        "the-ca": scene.world.authority.generations(Kind.SIGN)[0].certificate,
        "half": scene.world.certificate("hanako", Kind.SIGN)[:800],
        "nothing": b"",
        "words": "証明書".encode(),
    }[what]

    verdict = verify_certificate(der, scene.world.evidence.as_of(scene.now), at=scene.now)

    code, doubts = causes(verdict)
    assert UNSUPPORTED == code
    if what == "the-ca":  # it is on no list of authorities, and so not revoked
        assert {"key-usage": WRONG, "policy": WRONG} == doubts
    else:
        assert {"format": "format-failure", "chain": "no-certificate-chain-found"} == doubts
