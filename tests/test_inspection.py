"""
The inspector reads what it is given: the real thing's structure, other people's data, and rubbish.
"""

import datetime as dt
import json
import runpy
import signal
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from ca.authority import Authority
from ca.inspection import every, sample
from ca.municipalities import codes_of, everyone
from crl.inspection.engine import RULES, inspect
from harness.inspecting import HIDDEN, Surroundings, as_json
from harness.keypool import Deck
from harness.objects import Given
from harness.reports.inspection import FORMS
from harness.reports.inspection_text import text
from harness.scene import Scene
from harness.world import World
from pki.certificate.write import Subject, found, issue, template
from pki.errors import ProfileBroken
from pki.four_items import FourItems
from pki.inspection.findings import Severity
from pki.inspection.production import PRODUCTION
from pki.inspection.tree import MAX_NODES
from pki.keys import spki_of
from pki.kinds import Algorithm, Kind, Naming
from pki.names import auth_subject, sign_subject
from pki.profiles import AUTH, PROFILES, SIGN

ROOT = Path(__file__).parent.parent
samples = runpy.run_path(str(ROOT / "scripts" / "mutations.py"))["samples"]
NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)
DECK = Deck(0)
BUDGET = 1  # second for one object
ALARM = 10 * BUDGET


# What docs/fidelity.md has of the real CA certificates [J 1.1]; the keys are ours.
REAL = [
    (Kind.SIGN, 1, "2015-10-20T02:40:28Z", "2025-10-19T14:59:59Z"),
    (Kind.SIGN, 0x0132C4AB, "2019-09-14T23:41:56Z", "2029-09-14T14:59:59Z"),
    (Kind.SIGN, 0x067C6A21, "2023-07-16T00:50:27Z", "2033-07-15T14:59:59Z"),
    (Kind.AUTH, 1, "2015-10-20T03:08:13Z", "2025-10-19T14:59:59Z"),
    (Kind.AUTH, 0x0133C349, "2019-09-14T23:41:56Z", "2029-09-14T14:59:59Z"),
    (Kind.AUTH, 0x06D18006, "2023-07-16T01:01:04Z", "2033-07-15T14:59:59Z"),
]


@contextmanager
def bounded():
    """
    Allow ten times the budget, lest a test hangs.
    """
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("the inspection hangs"))
    signal.alarm(ALARM)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def exact(kind=Kind.SIGN, serial=1, begin="2023-07-16T00:50:27Z", end="2033-07-15T14:59:59Z"):
    return found(
        kind,
        naming=Naming.EXACT,
        algorithm=Algorithm.RSA2048,
        serial=serial,
        not_before=dt.datetime.fromisoformat(begin),
        not_after=dt.datetime.fromisoformat(end),
        private_key=DECK.take(Algorithm.RSA2048, 1),
    )


def certificate(issuer, **changes):
    """
    Issue to somebody who does not exist, by *issuer*.
    """
    kind = issuer.kind
    items = FourItems(
        name="住基　花子",
        born="419900101",
        sex="2",
        address="東京都千代田区丸の内１－１－１",
        name_flags="00000",
        address_flags="0" * 15,
    )
    name = sign_subject("Tokyo-to", "Chiyoda-ku", "202604011200000000213101003A")
    if kind is Kind.AUTH:
        name, items = auth_subject("ABCDEFGHIJ123413101003A"), None
    subject = Subject(
        serial=2,
        not_before=NOON,
        not_after=dt.datetime(2031, 1, 1, 14, 59, 59, tzinfo=dt.UTC),
        name=name,
        spki=spki_of(DECK.take(Algorithm.RSA2048, 2)),
        items=items,
    )
    profile = SIGN if kind is Kind.SIGN else AUTH
    made = template(issuer, profile, place=("Tokyo-to", "Chiyoda-ku"))
    return issue(made, subject._replace(**changes))


def told_of(der, *, show_personal=False):
    """
    Put what the inspector tells of a certificate into one text.
    """
    inspected = Surroundings().inspect(Given("x", der), None, show_personal=show_personal)
    return json.dumps(as_json(inspected), ensure_ascii=False)


def grave(report):
    return [each.rule.id for each in report.findings if each.severity is not Severity.NOTE]


@pytest.mark.parametrize(("kind", "serial", "begin", "end"), REAL)
def test_the_real_cas_pass_when_rebuilt_with_other_keys(kind, serial, begin, end):
    """
    Serials, dates, order, string types and criticality as they are on record [J 1.1] [J 1.2].
    """
    report = inspect(exact(kind, serial, begin, end).certificate)

    assert ("ca", []) == (report.kind, grave(report))


@pytest.mark.parametrize("kind", Kind, ids=lambda each: each.value)
def test_a_certificate_in_exact_naming_passes(kind):
    assert [] == grave(inspect(certificate(exact(kind))))


def test_whose_certificate_it_is_stays_hidden():
    """
    An issuer that calls itself JPKI may be the real one.
    """
    told = told_of(certificate(exact()))

    assert HIDDEN in told
    for personal in ("住基", "19900101", "丸の内", "Chiyoda", "202604011200", "2031-01-01"):
        assert personal not in told


@pytest.mark.parametrize("kind", ["ca", "tsa", "ocsp", "auth", "municipal", "response"])
def test_another_kind_does_not_uncover_anybody(kind):
    inspected = Surroundings().inspect(Given("x", certificate(exact())), kind, show_personal=False)

    assert inspected.hidden
    told = json.dumps(as_json(inspected), ensure_ascii=False)
    for personal in ("住基", "19900101", "丸の内", "Chiyoda"):
        assert personal not in told


def test_no_report_tells_whose_it_is():
    """
    In none of the forms, whatever the findings.
    """
    broken = certificate(exact()).replace(b"419900101", b"319900101")
    found = [Surroundings().inspect(Given("x", broken), None, show_personal=False)]

    told = [form(found, "en") for form in FORMS.values()] + [text(found, "ja", notes=True)]

    for personal in ("住基", "19900101", "丸の内", "Chiyoda", "20260401", "2031-01-01"):
        assert [] == [each for each in told if personal in each]


def test_findings_do_not_tell_either():
    items = FourItems(
        name="住基 花子",
        born="319900101",
        sex="0",
        address="1-1-1",
        name_flags="",
        address_flags="1",
    )
    told = told_of(certificate(exact(), items=items))

    assert '"rule": "gender-code"' in told
    assert "1-1-1" not in told
    assert "01-01" not in told


def test_personal_values_are_shown_to_whoever_insists():
    assert "住基　花子" in told_of(certificate(exact()), show_personal=True)


def test_a_simulation_says_whose_certificate_it_is():
    told = told_of(samples()["sign"].der)

    assert '"personal": "shown"' in told
    assert "住基　花子" in told


@pytest.mark.parametrize("real", [each for each in PRODUCTION if each.key_identifier])
def test_a_certificate_under_a_real_ca_is_named_as_such(real):
    issuer = replace(exact(), key_identifier=bytes.fromhex(real.key_identifier))

    told = as_json(
        Surroundings().inspect(Given("x", certificate(issuer)), None, show_personal=False)
    )

    assert (real.title, "hidden") == (told["production"], told["personal"])


def test_no_key_of_ours_is_a_real_one():
    assert (
        None
        is Surroundings()
        .inspect(Given("x", exact().certificate), None, show_personal=False)
        .production
    )


def test_what_cannot_be_read_is_hidden():
    der = samples()["sign"].der.replace(b"JPKI-SIM", b"JPKI-SIX")

    assert Surroundings().inspect(Given("x", der), None, show_personal=False).hidden


@pytest.mark.parametrize("kind", ["sign", "municipal", "response"])
def test_every_truncation_is_found(kind):
    der = samples()[kind].der

    with bounded():
        silent = [size for size in range(len(der)) if not inspect(der[:size]).findings]

    assert [] == silent


@pytest.mark.parametrize("kind", ["sign", "municipal", "response"])
def test_no_changed_octet_makes_a_traceback(kind):
    """
    Every third octet of the object at another value, inspected as what it is.
    """
    der = samples()[kind].der
    chance = Random("one octet")

    for place in range(0, len(der), 3):
        changed = bytearray(der)
        changed[place] ^= chance.randrange(1, 256)
        inspect(bytes(changed), kind, context=samples()[kind].context)


def test_random_octets_are_no_object():
    chance = Random("noise")
    noise = [chance.randbytes(chance.randrange(300)) for _ in range(1000)]

    assert [] == [each for each in noise if not inspect(b"\x30" + each).findings]


def length(size):
    octets = size.to_bytes(4, "big")
    return b"\x84" + octets


def test_five_thousand_levels_are_not_descended():
    der = b""
    for _ in range(5000):
        der = b"\x30" + length(len(der)) + der

    with bounded():
        report = inspect(der, "sign")

    assert report.specimen.tree.visited < 100
    assert "too-deep" in {each.flaw for each in report.findings}


@pytest.mark.parametrize(
    "filling",
    [b"\x30\x00", b"\x30\x80", b"\x06\x81\x80" + b"\x80" * 128],
    ids=["SEQUENCE", "indefinite", "OID"],
)
def test_a_hundred_megabytes_of_elements_are_not_all_read(filling):
    content = filling * ((100 << 20) // len(filling))
    der = b"\x30" + length(len(content)) + content

    with bounded():
        report = inspect(der, "sign")

    assert report.specimen.tree.visited <= MAX_NODES + 1
    assert "certificate-der" in {each.rule.id for each in report.findings}


@pytest.mark.parametrize("tag", [0x03, 0x06, 0x13, 0x9F])
def test_one_element_of_a_hundred_megabytes_is_borne(tag):
    content = bytes((tag,)) + length(100 << 20) + b"\x81" * (100 << 20)
    der = b"\x30" + length(len(content)) + content

    with bounded():
        assert inspect(der, "sign").findings


def test_the_issuer_refuses_what_breaks_the_profile():
    issuer = exact()
    strange = certificate(issuer, serial=0)
    start = strange.index(b"\xa0\x03\x02\x01\x02") - 4

    with pytest.raises(ProfileBroken) as refusal:
        every(
            strange[start : start + 4 + int.from_bytes(strange[start + 2 : start + 4], "big")],
            "sign",
            issuer.certificate,
        )

    assert ("serial-number-value",) == refusal.value.rules


def test_an_office_signs_nothing_that_breaks_the_profile(tmp_path):
    """
    A place that is no municipality, as a mistake in the table of municipalities would make it.
    """
    scene = Scene.fresh(tmp_path / "world")
    authority = scene.world.authority
    generation = authority.newest(Kind.AUTH, at=scene.now)
    subject = Subject(
        serial=2,
        not_before=scene.now,
        not_after=generation.not_before.replace(
            year=2031, month=1, day=1, hour=14, minute=59, second=59
        ),
        name=auth_subject("ABCDEFGHIJ123413101003A"),
        spki=spki_of(DECK.take(Algorithm.RSA2048, 2)),
    )

    assert authority.certify(generation, ("Tokyo-to", "Chiyoda-ku"), subject)
    with pytest.raises(ProfileBroken, match="crl-distribution-points-municipality"):
        authority.certify(generation, ("Tokyo-to", "Atlantis-shi"), subject)
    scene.close()


@pytest.mark.parametrize("naming", [Naming.TEST, Naming.EXACT], ids=lambda each: each.value)
def test_a_world_knows_its_own_certificates_whatever_they_say(tmp_path, naming):
    """
    In any naming its certificates are a simulation's; elsewhere they might be anybody's.
    """
    world = World.create(
        tmp_path / "world", at=NOON, naming=naming, algorithm=Algorithm.P384, fresh_keys=True
    )
    scene = Scene(world)
    scene.resident("hanako")
    der = world.certificate("hanako", Kind.SIGN)

    here = Surroundings(world=world).inspect(Given("x", der), None, show_personal=False)
    elsewhere = Surroundings().inspect(Given("x", der), None, show_personal=False)

    assert (False, True) == (here.hidden, elsewhere.hidden)
    assert [] == grave(here.report)
    scene.close()


def test_every_oddity_is_noted_where_it_is():
    """
    A note that nothing shows would explain what is not there [J 14].
    """
    notes = {
        (rule.id, kind)
        for kind in samples()
        for rule in RULES[kind].values()
        if rule.severity is Severity.NOTE and rule.id != "serial-number-seen"
    }
    noted = {
        (each.rule.id, kind)
        for kind, sample in samples().items()
        for each in inspect(sample.der).findings
    }

    assert notes == noted


def test_a_long_serial_number_is_noted():
    report = inspect(certificate(exact(), serial=1 << 40))

    assert "serial-number-seen" in {each.rule.id for each in report.findings}
    assert [] == grave(report)


def test_a_sample_looks_at_one_in_so_many():
    look = sample(3)
    refused = []
    for number in range(7):
        try:
            look(b"\x30\x00", "sign", None)
        except ProfileBroken:
            refused.append(number)

    assert [0, 3, 6] == refused


def test_an_authority_inspects_unless_told_otherwise():
    assert every is Authority(None, None).inspection


def test_every_issuing_municipality_is_known_by_its_romanised_name():
    lost = [
        place.code
        for place in everyone()
        if place.code not in codes_of(place.prefecture_romaji, place.name_romaji)
    ]

    assert [] == lost
    assert frozenset() == codes_of("Tokyo-to", "Atlantis-shi")


def test_the_digest_of_every_real_ca_has_its_length():
    assert {64} == {len(each.sha256) for each in PRODUCTION if each.sha256}
    assert set() == {each.sha256 for each in PRODUCTION} & {
        sha256(s.der).hexdigest() for s in samples().values()
    }


def test_profiles_of_certificates_and_rules_are_of_the_same_kinds():
    from crl.inspection.engine import ALL_PROFILES, UNKNOWN

    assert {*ALL_PROFILES, UNKNOWN} == set(RULES)
    assert set(PROFILES) < set(ALL_PROFILES)
