"""
A certificate is written from the profile, and read by somebody who does not know it.

Hanako's signature certificate is the story's hero: damaged in every way that a byte can be,
it is refused with one typed error or its signature no longer fits.
"""

import datetime as dt
from functools import cache

import pytest
from cryptography import x509

from harness.keypool import Deck
from pki import oids
from pki.certificate.read import other_names, read_certificate, read_name
from pki.certificate.write import Issuer, Subject, found, issue, template, to_be_signed
from pki.der import write
from pki.errors import Malformed, MalformedDer
from pki.four_items import FourItems
from pki.keys import ROWS, key_identifier, spki_of, verifies
from pki.kinds import Algorithm, Kind, Naming
from pki.names import auth_subject, ca_name, distribution_point, rfc4514, sign_subject
from pki.profiles import AUTH, CA, OCSP, PROFILES, SIGN, TSA

FOUNDED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ENDS = dt.datetime(2035, 12, 31, 14, 59, 59, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
LAST = dt.datetime(2031, 1, 1, 14, 59, 59, tzinfo=dt.UTC)
CHIYODA = ("Tokyo-to", "Chiyoda-ku")
HANAKO = FourItems(
    name="住基　花子",
    born="419900101",
    sex="2",
    address="東京都千代田区丸の内１－１－１",
    name_flags="00000",
    address_flags="0" * 15,
)
DECK = Deck(1)


@cache
def authority(kind=Kind.SIGN, algorithm=Algorithm.RSA2048, number=1) -> Issuer:
    return found(
        kind,
        naming=Naming.SIM,
        algorithm=algorithm,
        serial=number,
        not_before=FOUNDED,
        not_after=ENDS,
        private_key=DECK.take(algorithm, number),
    )


@cache
def hanakos(kind=Kind.SIGN, algorithm=Algorithm.RSA2048) -> bytes:
    issuer = authority(kind, algorithm)
    sign = kind is Kind.SIGN
    name = (
        sign_subject(*CHIYODA, "202604011200000000113101003A")
        if sign
        else auth_subject("ABCDEFGHIJKLMN13101003A")
    )
    subject = Subject(
        serial=0x1234,
        not_before=NOON,
        not_after=LAST,
        name=name,
        spki=spki_of(DECK.take(algorithm, 9)),
        items=HANAKO if sign else None,
    )
    return issue(template(issuer, PROFILES[kind.value], place=CHIYODA), subject)


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda a: a.value)
@pytest.mark.parametrize("kind", Kind, ids=lambda k: k.value)
def test_what_was_written_is_read(kind, algorithm):
    read = read_certificate(hanakos(kind, algorithm))

    assert 0x1234 == read.serial
    assert (NOON, LAST) == (read.not_before, read.not_after)
    assert ca_name(kind, Naming.SIM) == read_name(read.issuer)
    assert authority(kind, algorithm).key_identifier == read.authority_key_identifier()
    assert key_identifier(read.spki) == read.key_identifier()
    assert (HANAKO if kind is Kind.SIGN else None) == read.four_items()
    [point] = read.distribution_points()
    assert distribution_point(kind, Naming.SIM, *CHIYODA) == read_name(point)


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda a: a.value)
def test_the_issuer_signed_it(algorithm):
    read = read_certificate(hanakos(Kind.SIGN, algorithm))
    key = authority(Kind.SIGN, algorithm).private_key.public_key()

    assert verifies(key, read.signature, read.tbs, ROWS[algorithm].digest)
    assert not verifies(key, read.signature, read.tbs[:-1] + b"\0", ROWS[algorithm].digest)


@pytest.mark.parametrize(
    ("profile", "place"),
    [
        pytest.param(CA, None, id="ca"),
        pytest.param(SIGN, CHIYODA, id="sign"),
        pytest.param(AUTH, CHIYODA, id="auth"),
        pytest.param(OCSP, None, id="ocsp"),
        pytest.param(TSA, None, id="tsa"),
    ],
)
def test_extensions_stand_in_the_order_of_the_profile(profile, place):
    """
    Order and criticality are those of the table, as another library reads them [J 2.2] [J 3].
    """
    kind = Kind.AUTH if profile is AUTH else Kind.SIGN
    subject = Subject(
        serial=5,
        not_before=NOON,
        not_after=LAST,
        name=auth_subject("X"),
        spki=spki_of(DECK.take(Algorithm.RSA2048, 9)),
        items=HANAKO,
    )
    made = x509.load_der_x509_certificate(
        issue(template(authority(kind), profile, place=place), subject)
    )

    assert [(row.oid, row.critical) for row in profile.extensions] == [
        (each.oid.dotted_string, each.critical) for each in made.extensions
    ]


def test_the_other_names_stand_in_the_order_of_the_real_card():
    """
    .1 .4 .3 .5 .2 .6, every value a UTF8String [J 2.3].
    """
    read = x509.load_der_x509_certificate(hanakos())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert [f"{oids.OTHER_NAME}.{n}" for n in (1, 4, 3, 5, 2, 6)] == [
        each.type_id.dotted_string for each in names
    ]
    assert {0x0C} == {each.value[0] for each in names}


@pytest.mark.parametrize("kind", Kind, ids=lambda k: k.value)
def test_a_certificate_cut_anywhere_is_refused(kind):
    """
    One typed error for each of some 1,700 lengths.
    """
    whole = hanakos(kind)

    for size in range(len(whole)):
        with pytest.raises(MalformedDer):
            read_certificate(whole[:size])


def test_no_flipped_bit_passes_for_hanakos_certificate():
    """
    Each bit in turn: a typed error, or a signature that no longer fits.
    """
    whole = hanakos()
    key = authority().private_key.public_key()
    read = readable = 0
    for position in range(len(whole)):
        for bit in (1, 16, 128):
            damaged = bytearray(whole)
            damaged[position] ^= bit
            try:
                certificate = read_certificate(bytes(damaged))
            except Malformed:
                continue
            readable += 1
            read += verifies(key, certificate.signature, certificate.tbs, "sha256")

    assert 0 == read
    assert readable > len(whole)  # most flips are in content: the reader does not refuse them all


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b":60401030000Z", id="a colon for a digit"),
        pytest.param(b"261301030000Z", id="month 13"),
        pytest.param(b"260230030000Z", id="30 February"),
        pytest.param(b"260401240000Z", id="24 o'clock"),
        pytest.param(b"260401030000+", id="no Z"),
        pytest.param(b"+60401030000Z", id="a sign"),
    ],
)
def test_a_time_that_no_calendar_has_is_refused(text):
    """
    [5280 4.1.2.5.1]
    """
    whole = hanakos()
    damaged = whole.replace(b"260401030000Z", text, 1)

    assert damaged != whole
    with pytest.raises(MalformedDer, match="a time"):
        read_certificate(damaged)


def test_octets_behind_a_certificate_are_refused():
    with pytest.raises(MalformedDer, match="octets after its end"):
        read_certificate(hanakos() + b"\0")


def test_an_extension_that_stands_twice_is_refused():
    """
    [5280 4.2]
    """
    made = template(authority(), SIGN, place=CHIYODA)
    twice = type(made)(made.issuer, made.head, (*made.extensions, "subjectKeyIdentifier"))
    subject = _subject()

    with pytest.raises(MalformedDer, match="an extension twice"):
        read_certificate(issue(twice, subject))


@pytest.mark.parametrize("serial", [0, -1, 1 << 160], ids=["zero", "negative", "21 octets"])
def test_a_serial_number_that_the_standard_forbids_is_refused(serial):
    """
    [5280 4.1.2.2]
    """
    subject = _subject(serial=serial)

    with pytest.raises(MalformedDer, match="serialNumber"):
        read_certificate(issue(template(authority(), SIGN, place=CHIYODA), subject))


def test_a_certificate_of_a_hundred_megabytes_is_refused_unread():
    with pytest.raises(Malformed, match="more than the 65536"):
        read_certificate(bytes(65537))


def test_flags_of_the_wrong_length_survive_reading():
    """
    Mock data in the wild has them, and readers must not fall over it [J 2.3].
    """
    items = FourItems(
        name="住基　花子",
        born="419900101",
        sex="9",
        address="東京都",
        name_flags="0",
        address_flags="",
    )
    read = read_certificate(
        issue(template(authority(), SIGN, place=CHIYODA), _subject(items=items))
    )

    assert items == read.four_items()


def test_an_other_name_that_is_not_utf8_is_refused():
    bad = write.sequence(
        write.explicit(0, write.oid(oids.GENDER) + write.explicit(0, write.tlv(0x0C, b"\xff\xfe")))
    )

    with pytest.raises(MalformedDer, match="not of its own type"):
        other_names(bad)


def test_names_are_spelled_as_rfc_4514_wants_them():
    assert "CN=a\\,b\\ ,O=JPKI-SIM,C=JP" == rfc4514(
        (("C", "JP"), ("O", "JPKI-SIM"), ("CN", "a,b "))
    )


def test_generations_share_a_name_and_nothing_else():
    """
    Issuer name and serial number are no safe key [J 1.1].
    """
    first, second = authority(), authority(number=2)

    assert first.name == second.name
    assert first.key_identifier != second.key_identifier


def test_the_same_template_gives_the_same_bytes():
    made = template(authority(), SIGN, place=CHIYODA)

    assert to_be_signed(made, _subject()) == to_be_signed(made, _subject())


def _subject(*, serial=5, items=HANAKO):
    return Subject(
        serial=serial,
        not_before=NOON,
        not_after=LAST,
        name=sign_subject(*CHIYODA, "X" * 28),
        spki=spki_of(DECK.take(Algorithm.RSA2048, 9)),
        items=items,
    )
