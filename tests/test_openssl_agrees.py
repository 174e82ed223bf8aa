"""
OpenSSL judges Hanako's certificates, before she moved from Chiyoda to Yokohama and after.

It is asked as strictly as it can be: path, policy and list, at the story's own moments, and
in every naming mode and generation.  Each answer that is good has a twin that must not be.
"""

import datetime as dt
from dataclasses import replace

import pytest
from outside import asked, openssl, openssl_errors, we_say

from ca.authority import rollover
from harness.exports import pem
from harness.scene import PINS
from harness.world import World
from pki.kinds import Algorithm, Event, Kind, Naming, Sex
from pki.names import ca_name, distribution_point, rfc4514
from pki.naming import MODES
from pki.oids import ANY_POLICY, CP_AUTH_CLASS30, CP_SIGN_TEST

pytestmark = pytest.mark.slow

FOUNDED = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
MOVED = dt.datetime(2026, 4, 3, 3, tzinfo=dt.UTC)
BEFORE = MOVED - dt.timedelta(hours=1)
IN_THE_GAP = MOVED + dt.timedelta(hours=1)
AFTER = dt.datetime(2026, 4, 3, 18, 0, 1, tzinfo=dt.UTC)  # one second behind the night's list
LATER = dt.datetime(2026, 4, 5, 3, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
CHIYODA, KITA = "13101", "27127"

# Only simulations have a seed, so the others draw their keys; P-384 is drawn in no time.
WORLDS = [
    pytest.param((Naming.SIM, Algorithm.RSA2048, 0), id="sim-rsa2048"),
    pytest.param((Naming.SIM, Algorithm.P384, 0), id="sim-p384"),
    pytest.param((Naming.TEST, Algorithm.P384, None), id="test-p384"),
    pytest.param((Naming.EXACT, Algorithm.RSA2048, None), id="exact-rsa2048"),
    pytest.param((Naming.EXACT, Algorithm.P384, None), id="exact-p384"),
]
every_kind = pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)


@pytest.fixture(scope="module", params=WORLDS)
def world(request, tmp_path_factory):
    """
    Hanako moved away, Taro of Osaka lost his card, and then both CAs got new keys.
    """
    naming, algorithm, seed = request.param
    made = World.create(
        tmp_path_factory.mktemp("world") / "w",
        at=FOUNDED,
        naming=naming,
        algorithm=algorithm,
        seed=seed,
        fresh_keys=True,
    )
    for identifier, name, address in (
        ("hanako", "住基 花子", "東京都千代田区丸の内1-1-1"),
        ("taro", "住基 太郎", "大阪府大阪市北区中之島1-1"),
    ):
        born = dt.date(1990, 1, 1)
        made.add_resident(identifier, name=name, born=born, sex=Sex.MALE, address=address)
        made.office.issue_card(identifier, at=FOUNDED, pins=PINS)
    made.office.move("hanako", address="神奈川県横浜市中区本町1-1", at=MOVED)
    made.office.report(Event.CARD_LOST, "taro", at=MOVED)
    for kind in Kind:
        rollover(made.authority, kind, at=LATER)
    yield made
    made.close()


@pytest.fixture
def case(world):
    """
    Ask about somebody's certificate at a moment, Hanako's unless told.
    """
    return lambda kind, at, who="hanako", scope=None: asked(
        world, world.register.certificates(who, kind)[0], at=at, scope=scope
    )


@every_kind
def test_the_fresh_certificate_is_accepted(case, kind, tmp_path):
    fresh = case(kind, BEFORE)

    assert [] == openssl_errors(fresh, tmp_path)
    assert "good" == we_say(fresh, kind)


@pytest.mark.parametrize(
    ("kind", "expected", "ours"),
    [(Kind.SIGN, [23], "revoked"), (Kind.AUTH, [], "good")],
    ids=["sign", "auth"],
)
def test_after_the_move_one_is_revoked_and_the_other_is_not(case, kind, expected, ours, tmp_path):
    """The four items are in the one and not in the other [J 11]."""
    moved = case(kind, AFTER)

    assert expected == openssl_errors(moved, tmp_path)
    assert ours == we_say(moved, kind)


def test_between_the_move_and_the_night_nobody_can_know(case, tmp_path):
    gap = case(Kind.SIGN, IN_THE_GAP)

    assert [] == openssl_errors(gap, tmp_path)
    assert "good" == we_say(gap, Kind.SIGN)


@every_kind
def test_a_lost_card_counts_as_revoked(case, kind, tmp_path):
    """certificateHold, and never lifted [J 7]."""
    held = case(kind, AFTER, "taro")

    assert [23] == openssl_errors(held, tmp_path)
    assert "revoked" == we_say(held, kind)


@every_kind
def test_the_list_of_another_municipality_says_nothing(case, kind, tmp_path):
    """Neither that the certificate is good nor, after the move, that it is revoked."""
    foreign = case(kind, AFTER, scope=KITA)

    assert [44] == openssl_errors(foreign, tmp_path)
    assert "open" == we_say(foreign, kind)


@every_kind
def test_without_a_list_nothing_is_known(case, kind, tmp_path):
    blind = replace(case(kind, BEFORE), lists=())

    assert [3] == openssl_errors(blind, tmp_path)
    assert "open" == we_say(blind, kind)


@every_kind
def test_a_list_speaks_from_thisupdate_until_nextupdate(case, kind, tmp_path):
    fresh = case(kind, BEFORE)
    # thisUpdate is 2 April, 18:00; nextUpdate two days later.
    night = dt.datetime(2026, 4, 2, 18, tzinfo=dt.UTC)
    moments = [
        (night - SECOND, [11], "open"),
        (night, [], "good"),
        (night + dt.timedelta(days=2) - SECOND, [], "good"),
        (night + dt.timedelta(days=2) + SECOND, [12], "open"),
    ]

    for at, theirs, ours in moments:
        then = replace(fresh, at=at)

        assert theirs == openssl_errors(then, tmp_path)
        assert ours == we_say(then, kind)


@every_kind
def test_a_certificate_is_accepted_from_its_first_second_to_its_last(world, case, kind, tmp_path):
    """
    NOTE: notAfter is inclusive [5280 4.1.2.5], but OpenSSL calls its very second expired.
    Ours follows the standard, as does Java.
    """
    ends = world.register.certificates("hanako", kind)[0].not_after

    early = replace(case(kind, FOUNDED), at=FOUNDED - SECOND)
    assert [11, 9] == openssl_errors(early, tmp_path)  # nor is there a list yet
    assert [] == openssl_errors(case(kind, FOUNDED), tmp_path)
    if kind is Kind.AUTH:
        assert [] == openssl_errors(case(kind, ends - SECOND), tmp_path)
        assert [10] == openssl_errors(case(kind, ends), tmp_path)
        assert "good" == we_say(case(kind, ends), kind)
        assert [10] == openssl_errors(case(kind, ends + SECOND), tmp_path)
        assert "refused" == we_say(case(kind, ends + SECOND), kind)


@pytest.mark.parametrize(
    "other",
    [CP_SIGN_TEST, CP_AUTH_CLASS30, "2.5.29.32.99"],
    ids=["test-arc", "other-kind", "nobodys"],
)
def test_another_policy_is_refused(world, case, other, tmp_path):
    fresh = case(Kind.SIGN, BEFORE)
    if other == fresh.policy:
        other = MODES[Naming.SIM].policy(Kind.SIGN)

    assert [43] == openssl_errors(replace(fresh, policy=other), tmp_path)
    assert [] == openssl_errors(replace(fresh, policy=ANY_POLICY), tmp_path)


@every_kind
def test_a_ca_of_another_generation_did_not_sign_it(world, case, kind, tmp_path):
    """The name is the same, the key is not [J 1]."""
    fresh = case(kind, BEFORE)
    later = world.authority.generations(kind)[1].certificate

    stranger = replace(fresh, anchors=(later,), at=LATER)

    assert 20 in openssl_errors(stranger, tmp_path)
    assert "refused" == we_say(stranger, kind)


@every_kind
def test_among_generations_of_one_name_the_right_one_is_found(world, case, kind, tmp_path):
    fresh = case(kind, BEFORE)
    later = world.authority.generations(kind)[1].certificate

    for anchors in ((later, *fresh.anchors), (*fresh.anchors, later)):
        among = replace(fresh, anchors=anchors)

        assert [] == openssl_errors(among, tmp_path)
        assert "good" == we_say(among, kind)


@every_kind
def test_the_two_cas_do_not_vouch_for_each_other(case, kind, tmp_path):
    fresh = case(kind, BEFORE)

    crossed = replace(fresh, anchors=case(kind.other, BEFORE).anchors)

    assert [20] == openssl_errors(crossed, tmp_path)
    assert "refused" == we_say(crossed, kind)


@pytest.mark.parametrize(
    ("part", "expected", "ours"),
    [("certificate", [7], "refused"), ("lists", [8], "open")],
    ids=["certificate", "list"],
)
def test_one_changed_bit_of_a_signature_is_seen(case, part, expected, ours, tmp_path):
    fresh = case(Kind.SIGN, BEFORE)
    whole = getattr(fresh, part)
    der = bytearray(whole if part == "certificate" else whole[0])
    der[-9] ^= 1

    changed = replace(fresh, **{part: bytes(der) if part == "certificate" else (bytes(der),)})

    assert expected == openssl_errors(changed, tmp_path)
    assert ours == we_say(changed, Kind.SIGN)


@every_kind
@pytest.mark.parametrize("word", [CHIYODA, KITA, "arl"])
def test_every_list_is_signed_by_its_ca(world, kind, word, tmp_path):
    made = world.press.newest(kind, word, generation=1, at=AFTER)
    (tmp_path / "list.crl").write_bytes(world.press.bytes(made))
    first, second = world.authority.generations(kind)
    (tmp_path / "first.pem").write_bytes(pem("CERTIFICATE", first.certificate))
    (tmp_path / "second.pem").write_bytes(pem("CERTIFICATE", second.certificate))

    def check(anchor):
        words = ("-inform", "DER", "-in", "list.crl", "-CAfile", anchor, "-noout")
        return openssl("crl", *words, folder=tmp_path).stderr

    assert "verify OK" in check("first.pem")
    assert "verify OK" not in check("second.pem")


@every_kind
def test_every_ca_certificate_verifies_by_itself(world, kind, tmp_path):
    for generation in world.authority.generations(kind):
        (tmp_path / "ca.pem").write_bytes(pem("CERTIFICATE", generation.certificate))

        run = openssl(
            *("verify", "-no-CApath", "-no-CAstore", "-x509_strict", "-check_ss_sig"),
            *("-attime", int(LATER.timestamp()), "-CAfile", "ca.pem", "ca.pem"),
            folder=tmp_path,
        )

        assert "ca.pem: OK\n" == run.stdout


def shown(der, tmp_path, what, *words):
    """
    Print a certificate or a list as openssl does, white space evened out.
    """
    (tmp_path / "it.der").write_bytes(der)
    how = ("-inform", "DER", "-in", "it.der", "-noout", "-nameopt", "RFC2253,utf8,-esc_msb")
    text = openssl(what, *how, *words, folder=tmp_path).stdout
    return " ".join(text.split()).replace(" = ", "=").replace(", ", ",")


@every_kind
def test_openssl_prints_what_the_profile_promises(world, kind, tmp_path):
    issued = world.register.certificates("hanako", kind)[0]
    issuer = rfc4514(ca_name(kind, world.naming))
    mode = MODES[world.naming]
    usage = "Digital Signature,Non Repudiation" if kind is Kind.SIGN else "Digital Signature"

    text = shown(world.register.der(kind, issued.serial), tmp_path, "x509", "-text")

    assert "Version: 3 (0x2)" in text
    assert f"Serial Number: {issued.serial} (0x{issued.serial:x})" in text
    assert f"Issuer: {issuer} " in text
    assert f"Not After : {issued.not_after:%b %-d} 14:59:59 {issued.not_after:%Y} GMT" in text
    assert f"X509v3 Key Usage: critical {usage} X509v3" in text
    assert (
        f"X509v3 Certificate Policies: critical Policy: {mode.policy(kind)} "
        f"CPS: {mode.cps_uri('http://127.0.0.1:8765')} X509v3"
    ) in text
    assert ("OCSP - URI:" + mode.ocsp_uri("http://127.0.0.1:8765") in text) is (kind is Kind.AUTH)
    assert ("TLS Web Client Authentication" in text) is (kind is Kind.AUTH)
    assert "Basic Constraints" not in text


@every_kind
def test_openssl_prints_who_is_on_the_list_since_when_and_why(world, kind, tmp_path):
    """Of the night after the move; Taro's list has the hold."""
    municipality, prefecture, name, who, reason = {
        Kind.SIGN: (CHIYODA, "Tokyo-to", "Chiyoda-ku", "hanako", "Affiliation Changed"),
        Kind.AUTH: (KITA, "Osaka-fu", "Osaka-shi Kita-ku", "taro", "Certificate Hold"),
    }[kind]
    made = world.press.newest(kind, municipality, generation=1, at=AFTER)
    point = distribution_point(kind, world.naming, prefecture, name)
    serial = world.register.certificates(who, kind)[0].serial

    text = shown(world.press.bytes(made), tmp_path, "crl", "-text")

    assert "Version 2 (0x1)" in text
    assert "X509v3 Issuing Distribution Point: critical Full Name:" in text
    assert ",".join(f"{word}={value}" for word, value in point) in text
    assert "Next Update: Apr 5 18:00:00 2026 GMT" in text
    assert (
        f"Revoked Certificates: Serial Number: {serial:02X} "
        "Revocation Date: Apr 3 03:00:00 2026 GMT "
        f"CRL entry extensions: X509v3 CRL Reason Code: {reason} "
        "Signature Algorithm"
    ) in text
