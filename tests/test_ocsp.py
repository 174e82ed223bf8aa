"""
Somebody asks the responder about Hanako's certificate.

It knows what the journal knew at the last quarter of an hour.  Whoever answers must be the
CA or somebody whom this very key delegated to; anything else leaves the question open.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.x509 import ocsp
from outside import openssl

from crl.ocsp.read import read_response
from crl.ocsp.status import NonceRule, ocsp_status
from crl.ocsp.write import Responder, Single, Unknown, refuse, respond
from crl.status import Good, Revoked, Undetermined
from harness.keypool import Deck
from harness.scene import Scene
from harness.verifier.documents import verify_certificate
from harness.verifier.evidence import AtHand, anchor, response
from harness.verifier.policy import Policy, Revocation
from harness.verifier.responses import said_by
from pki.certificate.read import read_certificate
from pki.certificate.write import Subject, found, issue, template
from pki.errors import Malformed
from pki.keys import spki_of
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import service_name, sign_subject
from pki.path import trust_anchor
from pki.profiles import OCSP, SIGN, TSA

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 JST
QUARTER = timedelta(minutes=15)
ENDS = datetime(2036, 3, 31, 14, 59, 59, tzinfo=UTC)
DECK = Deck(1)
KEY = DECK.take(Algorithm.RSA2048, 50)
NONCE = bytes(range(32))


@cache
def authority(kind=Kind.SIGN, number=1):
    return found(
        kind,
        naming=Naming.SIM,
        algorithm=Algorithm.RSA2048,
        serial=number,
        not_before=NOON,
        not_after=ENDS,
        private_key=DECK.take(Algorithm.RSA2048, number),
    )


@cache
def hanakos():
    subject = Subject(
        serial=0x1234,
        not_before=NOON,
        not_after=ENDS,
        name=sign_subject("Tokyo-to", "Chiyoda-ku", "X" * 28),
        spki=spki_of(DECK.take(Algorithm.RSA2048, 9)),
        items=_items(),
    )
    place = ("Tokyo-to", "Chiyoda-ku")
    return read_certificate(issue(template(authority(), SIGN, place=place), subject))


def _items():
    from pki.four_items import FourItems

    return FourItems(
        name="住基　花子", born="419900101", sex="2", address="東京都", name_flags="0" * 5,
        address_flags="000",
    )  # fmt: skip


def delegate(issuer=None, profile=OCSP, not_after=ENDS):
    issuer = issuer or authority()
    return issue(
        template(issuer, profile),
        Subject(
            serial=77,
            not_before=NOON,
            not_after=not_after,
            name=service_name(Naming.SIM, issuer.kind, "OCSP Responder"),
            spki=spki_of(KEY),
        ),
    )


def answered(
    standing=None,
    *,
    responder=None,
    serial=0x1234,
    about=None,
    this_update=NOON,
    next_update=NOON + QUARTER,
    nonce=None,
):
    about = trust_anchor((about or authority()).certificate).certificate
    single = Single(
        issuer_name=about.subject,
        issuer_spki=about.spki,
        serial=serial,
        standing=standing or Good(),
        this_update=this_update,
        next_update=next_update,
    )
    own = responder or Responder(private_key=KEY, spki=spki_of(KEY), certificates=(delegate(),))
    return respond([single], own, produced_at=this_update, nonce=nonce)


def said(der, *, at=NOON, **options):
    ca = trust_anchor(authority().certificate)
    return ocsp_status(read_response(der), hanakos(), ca, at=at, **options)


def cause(answer):
    assert isinstance(answer, Undetermined)
    return answer.cause


def test_a_delegated_responder_says_good():
    assert Good() == said(answered())


def test_the_ca_may_answer_itself():
    """
    [6960 4.2.2.2]
    """
    key = authority().private_key

    assert Good() == said(answered(responder=Responder(private_key=key, spki=spki_of(key))))


@pytest.mark.parametrize("reason", Reason, ids=lambda r: r.value)
def test_each_reason_comes_through(reason):
    revoked = Revoked(NOON, reason)

    assert revoked == said(answered(revoked))


def test_unknown_is_never_a_yes():
    assert "ocsp-unknown" == cause(said(answered(Unknown())))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"serial": 0x1235}, "ocsp-other-certificate", id="another serial number"),
        pytest.param(
            {"about": authority(number=2)}, "ocsp-other-certificate", id="another generation"
        ),
        pytest.param(
            {"this_update": NOON - timedelta(days=2), "next_update": None},
            "ocsp-stale",
            id="no nextUpdate and two days old",
        ),
        pytest.param(
            {"this_update": NOON - 2 * QUARTER, "next_update": NOON - QUARTER},
            "ocsp-stale",
            id="past its nextUpdate",
        ),
        pytest.param(
            {"this_update": NOON + QUARTER, "next_update": NOON + 2 * QUARTER},
            "ocsp-stale",
            id="from the future",
        ),
    ],
)
def test_an_answer_that_does_not_fit_leaves_it_open(changes, expected):
    assert expected == cause(said(answered(**changes)))


@pytest.mark.parametrize(
    "certificate",
    [
        pytest.param(lambda: delegate(profile=TSA), id="without id-kp-OCSPSigning"),
        pytest.param(lambda: delegate(issuer=authority(Kind.AUTH, 3)), id="of the other CA"),
        pytest.param(lambda: delegate(issuer=authority(number=4)), id="of a rogue CA, same name"),
        pytest.param(lambda: delegate(not_after=NOON - QUARTER), id="expired"),
    ],
)
def test_somebody_else_may_not_answer(certificate):
    """
    [6960 4.2.2.2]
    """
    stranger = Responder(private_key=KEY, spki=spki_of(KEY), certificates=(certificate(),))

    assert "ocsp-untrusted" == cause(said(answered(responder=stranger)))


def test_a_changed_answer_is_not_believed():
    der = answered(Revoked(NOON, Reason.SUPERSEDED))
    changed = der.replace(b"20260401030000Z", b"20260401030001Z", 1)

    assert changed != der
    assert "ocsp-untrusted" == cause(said(changed))


@pytest.mark.parametrize(
    ("sent", "returned", "required", "expected"),
    [
        pytest.param(NONCE, NONCE, True, None, id="returned"),
        pytest.param(NONCE, NONCE[::-1], False, "ocsp-nonce", id="another"),
        pytest.param(NONCE, None, True, "ocsp-nonce", id="none, and required"),
        pytest.param(NONCE, None, False, None, id="none, and optional"),
        pytest.param(None, NONCE, False, None, id="none sent"),
    ],
)
def test_the_nonce_that_was_sent_must_come_back(sent, returned, required, expected):
    """
    Whether an answer without one will do must be said aloud (RFC 9654).
    """
    answer = said(answered(nonce=returned), nonce=NonceRule(sent=sent, required=required))

    assert expected == (None if answer == Good() else cause(answer))


@pytest.mark.parametrize("status", [1, 2, 3, 5, 6])
def test_an_error_is_no_answer(status):
    assert "ocsp-error" == cause(said(refuse(status)))


def test_a_response_cut_anywhere_is_refused():
    whole = answered(nonce=NONCE)

    for size in range(len(whole)):
        with pytest.raises(Malformed):
            read_response(whole[:size])


def test_no_flipped_bit_turns_revoked_into_good():
    whole = answered(Revoked(NOON, Reason.SUPERSEDED))
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        try:
            answer = said(bytes(damaged))
        except Malformed:
            continue
        assert answer != Good()


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(lambda: answered(), id="good"),
        pytest.param(lambda: answered(Revoked(NOON, Reason.SUPERSEDED)), id="revoked"),
        pytest.param(lambda: answered(Unknown()), id="unknown"),
        pytest.param(lambda: answered(serial=0x1235), id="another serial number"),
        pytest.param(lambda: answered(about=authority(number=2)), id="another generation"),
        pytest.param(lambda: answered(next_update=None), id="no nextUpdate"),
        pytest.param(lambda: answered(this_update=NOON + QUARTER), id="from the future"),
        pytest.param(
            lambda: answered(this_update=NOON - 2 * QUARTER, next_update=NOON - QUARTER), id="stale"
        ),
        pytest.param(lambda: refuse(3), id="tryLater"),
    ],
)
def test_the_general_way_says_the_same(der):
    """
    Of a path of any length, by which all certificates but JPKI's own are judged.
    """
    general = said_by(der(), hanakos().der, authority().certificate, at=NOON)

    short = said(der())
    if isinstance(short, Undetermined):
        assert short.cause == cause(general)
    else:
        assert short == general


def test_another_library_reads_the_same():
    revoked = Revoked(NOON, Reason.KEY_COMPROMISE)
    read = ocsp.load_der_ocsp_response(answered(revoked, nonce=NONCE))

    assert ocsp.OCSPCertStatus.REVOKED is read.certificate_status
    assert (0x1234, NOON) == (read.serial_number, read.revocation_time_utc)
    assert NONCE == read.extensions[0].value.nonce


def test_openssl_agrees(tmp_path):
    """
    It prints the word and verifies the signature; its exit status tells nothing [RP 1].
    """
    from harness.exports import pem

    ca = tmp_path / "ca.pem"
    ee = tmp_path / "ee.pem"
    ca.write_bytes(pem("CERTIFICATE", authority().certificate))
    ee.write_bytes(pem("CERTIFICATE", hanakos().der))
    words = []
    for standing in (Good(), Revoked(NOON, Reason.SUPERSEDED), Unknown()):
        answer = tmp_path / "r.ocsp"
        answer.write_bytes(answered(standing))
        done = openssl(
            *("ocsp", "-respin", answer, "-issuer", ca, "-cert", ee, "-CAfile", ca),
            *("-no_nonce", "-attime", int(NOON.timestamp())),
        )
        assert "Response verify OK" in done.stderr
        words += [word for word in ("good", "revoked", "unknown") if f"\n{word}\n" in done.stdout]

    assert ["good", "revoked", "unknown"] == words


def test_a_worlds_responder_knows_after_a_quarter_of_an_hour(tmp_path):
    """
    So OCSP says revoked in the gap before the list of the night [J 6].
    """
    scene = Scene.fresh(tmp_path / "w", seed=1)
    hanako = scene.resident()
    filing = hanako.sign_xml("<DATA id='DATA'/>")
    scene.advance(timedelta(minutes=20))
    only_ocsp = Policy(revocation=Revocation.OCSP)
    assert scene.verify(filing, only_ocsp).passed

    hanako.moves(wait=False)

    assert scene.verify(filing).passed
    scene.advance(QUARTER)
    verdict = scene.verify(filing)
    assert ("CERTIFICATE_REVOKED", "affiliationChanged") == (verdict.code, verdict.reason)
    assert scene.verify(filing, Policy(revocation=Revocation.CRL)).passed


def test_a_delegation_changes_who_signs_and_nothing_else(tmp_path):
    scene = Scene.fresh(tmp_path / "w", seed=1)
    filing = scene.resident().sign_xml("<DATA id='DATA'/>")
    scene.advance(timedelta(minutes=20))

    subject = scene.world.responder.delegate(Kind.SIGN, at=scene.now)

    der = scene.world.responder.answer(Kind.SIGN, 1, 2, at=scene.now)
    [certificate] = read_response(der).certificates
    assert subject.serial == read_certificate(certificate).serial
    assert scene.verify(filing, Policy(revocation=Revocation.OCSP)).passed


def test_a_response_from_a_file_decides_without_a_list():
    evidence = AtHand((anchor(authority().certificate),), answered=(response(answered()),))

    assert verify_certificate(hanakos().der, evidence, at=NOON).passed


def test_revoked_by_ocsp_outweighs_a_list_that_does_not_know(tmp_path):
    scene = Scene.fresh(tmp_path / "w", seed=1)
    hanako = scene.resident()
    filing = hanako.sign_xml("<DATA id='DATA'/>")
    hanako.withdraws(wait=False)
    scene.advance(QUARTER + QUARTER)

    results = {r.check.value: r.outcome.value for r in scene.verify(filing).results}
    assert ("passed", "failed") == (results["revocation-crl"], results["revocation-ocsp"])


def test_junk_in_place_of_a_response_leaves_it_open():
    evidence = AtHand((anchor(authority().certificate),), answered=(response(b"junk"),))

    verdict = verify_certificate(
        hanakos().der, evidence, Policy(revocation=Revocation.OCSP), at=NOON
    )
    assert ("INDETERMINATE", "ocsp-unusable") == (verdict.indication.value, verdict.cause)


def test_a_login_certificate_names_its_responder(jpki):
    """
    The authentication certificate has an address, the other has none [J 2.2] [J 3].
    """
    hanako = jpki.resident()

    assert b"http://127.0.0.1:8765/ocsp/auth" in hanako.certificate(Kind.AUTH)
    assert b"/ocsp/" not in hanako.certificate(Kind.SIGN)
