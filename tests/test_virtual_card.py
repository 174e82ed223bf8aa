"""
Hanako's card, asked in APDUs: it answers as the real one is documented to answer.

Nothing is mocked: the card is that of a world, its counters are in the store, and whoever asks
by APDU sees what the counter did, as the counter sees what was tried here.
"""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate

from harness.card.apdu import Command, command, parse
from harness.card.keeper import number_of, own_key
from harness.card.my_number import check_digit, is_my_number, my_number, number_b, security_code
from harness.card.session import CardSession
from harness.card.switches import ATRS, SWITCHES, parse_switches
from harness.card.tlv import read_tlv
from harness.card.tokens import Token
from harness.scene import NEW_HOME, Scene
from pki.errors import CardGone, Malformed, NotPermitted, Unacceptable, WorldBusy
from pki.kinds import Algorithm, Kind, Pin
from pki.pkcs1 import digest_info

SIGN_PIN, AUTH_PIN, SIGN_KEY, AUTH_KEY = 0x001B, 0x0018, 0x001A, 0x0017
MESSAGE = b"over the counter"
HASH = sha256(MESSAGE).digest()
INFO = digest_info(HASH)
PKCS1 = padding.PKCS1v15()


@pytest.fixture
def hanako(jpki):
    return jpki.resident("hanako")


@pytest.fixture
def inserted(jpki, hanako):
    """
    Insert her card with the switches and token that a test names.
    """

    def insert(*switches, token=Token.CARD, **settings):
        return CardSession.insert(
            jpki.world, "hanako", token=token, switches=parse_switches(switches), **settings
        )

    return insert


@pytest.fixture
def card(inserted):
    session = inserted()
    session.select("jpki")
    return session


def sent(card, text):
    """
    Send an APDU as it stands in a specification; the answer likewise.
    """
    return card.exchange(bytes.fromhex(text)).hex(" ").upper()


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param("00840000", Command(cla=0, ins=0x84, p1=0, p2=0), id="1"),
        pytest.param("0084000000", Command(cla=0, ins=0x84, p1=0, p2=0, le=256), id="2S"),
        pytest.param(
            "00200080 02 3132", Command(cla=0, ins=0x20, p1=0, p2=0x80, data=b"12"), id="3S"
        ),
        pytest.param(
            "00200080 01 31 05", Command(cla=0, ins=0x20, p1=0, p2=0x80, data=b"1", le=5), id="4S"
        ),
        pytest.param(
            "00B00000 00 0100",
            Command(cla=0, ins=0xB0, p1=0, p2=0, le=256, extended=True),
            id="2E",
        ),
        pytest.param(
            "00B00000 00 0000",
            Command(cla=0, ins=0xB0, p1=0, p2=0, le=65536, extended=True),
            id="2E-all",
        ),
        pytest.param(
            "80A20000 00 0002 AABB",
            Command(cla=0x80, ins=0xA2, p1=0, p2=0, data=b"\xaa\xbb", extended=True),
            id="3E",
        ),
        pytest.param(
            "80A20000 00 0001 AA 0000",
            Command(cla=0x80, ins=0xA2, p1=0, p2=0, data=b"\xaa", le=65536, extended=True),
            id="4E",
        ),
    ],
)  # fmt: skip
def test_the_seven_cases_of_a_command(octets, expected):
    """
    [7816 5.1]
    """
    assert expected == parse(bytes.fromhex(octets))


@pytest.mark.parametrize("octets", ["", "00A404", "0020008005313233", "00A4040C 00 0005 31"])
def test_lengths_that_do_not_fit_are_wrong_lengths(card, octets):
    assert parse(bytes.fromhex(octets)) is None
    assert "67 00" == sent(card, octets)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300])
@pytest.mark.parametrize("le", [None, 1, 256, 257, 65536])
def test_what_is_written_is_read_again(size, le):
    read = parse(command(0x80, 0xA2, 1, 2, b"x" * size, le))

    assert (size, le) == (len(read.data), read.le)


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        pytest.param("00A4040C0AD392F000260100000001", "90 00", id="jpki"),
        pytest.param("00A4040C05D392F00026", "90 00", id="a prefix"),
        pytest.param("00A404000AD392F00026010000000100",
                     "6F 0C 84 0A D3 92 F0 00 26 01 00 00 00 01 90 00", id="fci"),
        pytest.param("00A4040C06A00000030800", "6A 82", id="somebody else's"),
        pytest.param("00A4020C020018", "90 00", id="a file"),
        pytest.param("00A4020C020077", "6A 82", id="no file"),
        pytest.param("00A4090C020018", "6A 86", id="only P1 02 selects files"),
        pytest.param("00A40000", "90 00", id="the MF, without effect"),
        pytest.param("00A40000023F00", "6A 82", id="3F00"),
        pytest.param("01A4040C0AD392F000260100000001", "68 81", id="logical channel"),
        pytest.param("0CA4040C0AD392F000260100000001", "68 82", id="secure messaging, SELECT"),
        pytest.param("0CB0000000", "69 FC", id="secure messaging, READ"),
        pytest.param("0C200080", "69 FC", id="secure messaging, VERIFY"),
        pytest.param("90CA000000", "6E 00", id="class"),
        pytest.param("00CADF3005", "6D 00", id="GET DATA within an application"),
        pytest.param("00F1000000", "6D 00", id="instruction"),
        pytest.param("0084000100", "6A 86", id="GET CHALLENGE with P2"),
        pytest.param("00840000000010", "69 85", id="GET CHALLENGE, extended"),
        pytest.param("80FC000000", "67 00", id="the phone's last command"),
        pytest.param("80AE0000", "69 82", id="SET SESSION KEY"),
        pytest.param("80540080", "6D 00", id="UNLOCK KEY"),
        pytest.param("00B0000000", "69 86", id="READ without a file"),
        pytest.param("002000800431323334", "69 86", id="VERIFY without a file"),
        pytest.param("002000980431", "67 00", id="VERIFY that is cut off"),
        pytest.param("00200098", "63 C3", id="tries of the authentication PIN"),
        pytest.param("0020009B", "63 C5", id="tries of the signature PIN"),
        pytest.param("00B0860000", "90 00", id="READ by short identifier"),
    ],
)  # fmt: skip
def test_one_command_and_its_answer(card, octets, answer):
    """
    [CARD A5]
    """
    assert sent(card, octets).endswith(answer)


def test_before_any_application_there_is_no_mf_and_get_data_answers(inserted):
    card = inserted()

    assert "6A 86" == sent(card, "00A40000")
    assert "E0 00 FF 81 31 FE 45 14 90 00" == sent(card, "00CA5F5100")
    assert "6A 88" == sent(card, "00CA004200")


def test_an_empty_verify_says_the_tries_even_after_the_right_pin(card):
    """
    63Cx always [CARD A5]: clients take anything else for a broken card.
    """
    assert card.verify(AUTH_PIN, "1234").ok
    assert 0x63C3 == card.transmit(0x00, 0x20, 0x00, 0x80).sw


def test_the_last_wrong_try_says_none_left_and_then_the_card_is_blocked(card):
    said = [card.verify(AUTH_PIN, pin).sw for pin in ("0000", "0001", "0002", "1234")]

    assert [0x63C2, 0x63C1, 0x63C0, 0x6984] == said
    assert 0x63C0 == card.transmit(0x00, 0x20, 0x00, 0x80).sw
    assert 0x6982 == card.transmit(0x80, 0x2A, 0x00, 0x97, INFO, le=256).sw


def test_the_signature_pin_has_five_and_a_lower_case_pin_costs_one(card):
    said = [card.verify(SIGN_PIN, pin).sw for pin in ("abc123", "x", "A" * 40, "\x7f", "WRONG1")]

    assert [0x63C4, 0x63C3, 0x63C2, 0x63C1, 0x63C0] == said


def test_a_wrong_pin_takes_back_what_the_right_one_opened(card):
    card.verify(AUTH_PIN, "1234")
    card.verify(AUTH_PIN, "0000")

    with pytest.raises(NotPermitted, match="6982"):
        card.sign(AUTH_KEY, INFO)


def test_counters_survive_the_power_and_the_process(jpki, card):
    """
    The store has them before the status word is out [CARD A6].
    """
    card.verify(SIGN_PIN, "WRONG1")
    tries = jpki.world.register.card("hanako").pins[Pin.SIGN].tries_left
    card.reset()
    again = CardSession.insert(jpki.world, "hanako")
    again.select("jpki")

    assert 4 == tries == again.tries(SIGN_PIN)


def test_the_office_and_the_card_share_one_counter(jpki, hanako, card):
    card.verify(SIGN_PIN, "WRONG1")
    with pytest.raises(Exception, match="3 tries left"):
        hanako.sign_raw(MESSAGE, pin="WRONG1")

    assert 3 == card.tries(SIGN_PIN)


def test_a_locked_pin_is_reset_at_the_counter_while_the_card_is_inserted(jpki, card):
    for _ in range(3):
        card.verify(AUTH_PIN, "0000")
    jpki.world.office.reset_pin("hanako", Pin.AUTH, "4321", at=jpki.now)
    card.select("jpki")

    assert 3 == card.tries(AUTH_PIN)
    assert card.verify(AUTH_PIN, "4321").ok
    assert 256 == len(card.sign(AUTH_KEY, INFO))


@pytest.mark.parametrize(
    ("kind", "pin_file", "pin", "key"),
    [(Kind.SIGN, SIGN_PIN, "ABC123", SIGN_KEY), (Kind.AUTH, AUTH_PIN, "1234", AUTH_KEY)],
    ids=["sign", "auth"],
)
@pytest.mark.parametrize(
    ("mode", "given", "padded", "hashed", "over"),
    [
        pytest.param(0, INFO, PKCS1, NoDigestInfo(), INFO, id="verbatim"),
        pytest.param(0, HASH, PKCS1, NoDigestInfo(), HASH, id="bare-hash"),
        pytest.param(0, b"x" * 245, PKCS1, NoDigestInfo(), b"x" * 245, id="longest"),
        pytest.param(1, MESSAGE, PKCS1, NoDigestInfo(), HASH, id="01"),
        pytest.param(2, HASH, PKCS1, SHA256(), MESSAGE, id="02"),
        pytest.param(3, MESSAGE, PKCS1, SHA256(), MESSAGE, id="03"),
        pytest.param(4, HASH, padding.PSS(padding.MGF1(SHA256()), 32), SHA256(), MESSAGE, id="04"),
        pytest.param(
            5, MESSAGE, padding.PSS(padding.MGF1(SHA256()), 32), Prehashed(SHA256()), HASH, id="05"
        ),
    ],
)
def test_six_ways_to_sign(
    hanako, card, kind, pin_file, pin, key, mode, given, padded, hashed, over
):
    """
    P1 00 to 05 [CARD A5], each checked with the key of the certificate.
    """
    assert card.verify(pin_file, pin).ok

    signature = card.sign(key, given, mode=mode)

    public = load_der_x509_certificate(hanako.certificate(kind)).public_key()
    _check(public, signature, over, padded, hashed)


def _check(public, signature, over, padded, hashed):
    if isinstance(hashed, NoDigestInfo):
        assert over == public.recover_data_from_signature(signature, PKCS1, None)
    else:
        public.verify(signature, over, padded, hashed)


@pytest.mark.parametrize(("mode", "size"), [(0, 0), (0, 246), (2, 31), (2, 33), (4, 20), (3, 0)])
def test_an_input_of_a_wrong_length_is_refused(card, mode, size):
    card.verify(AUTH_PIN, "1234")

    assert 0x6985 == card.transmit(0x80, 0x2A, mode, 0x97, b"x" * size, le=256).sw


def test_p1_beyond_the_six_is_refused(card):
    card.verify(AUTH_PIN, "1234")

    assert 0x6A86 == card.transmit(0x80, 0x2A, 0x06, 0x97, INFO, le=256).sw


def test_without_a_pin_nothing_is_signed(card):
    for key in (SIGN_KEY, AUTH_KEY):
        with pytest.raises(NotPermitted, match="6982"):
            card.sign(key, INFO)


def test_one_pin_does_not_open_the_other_key(card):
    card.verify(AUTH_PIN, "1234")

    with pytest.raises(NotPermitted, match="6982"):
        card.sign(SIGN_KEY, INFO)
    with pytest.raises(NotPermitted, match="6982"):
        card.read(0x0001)


def test_certificates_are_the_worlds(hanako, card):
    """
    The authentication certificate is free, the signature certificate is behind its PIN.
    """
    assert hanako.certificate(Kind.AUTH) == card.read(0x000A)
    assert card.verify(SIGN_PIN, "ABC123").ok
    assert hanako.certificate(Kind.SIGN) == card.read(0x0001)
    for authority in (0x0002, 0x000B):
        assert (
            "JPKI-SIM" in load_der_x509_certificate(card.read(authority)).subject.rfc4514_string()
        )


def test_the_token_information_has_160_octets(card):
    """
    [CARD A4]
    """
    read = card.read(0x0006)

    assert 160 == len(read)
    assert b"JPKIAPICCTOKEN2" == read[:32].rstrip()
    assert (
        bytes.fromhex("0000040D 00000001 00000000 00000001 00000000 00000010 00000006")
        == (read[96:124])
    )
    assert b"0301" + b"9" * 16 == read[140:]


def test_the_file_of_presence_says_which_certificates_there_are(jpki):
    for without, expected in ((Kind.SIGN, "008F00"), (Kind.AUTH, "8F0000"), (None, "8F8F00")):
        added = jpki.resident(card=False).identifier
        declined = frozenset({without} - {None})
        jpki.world.office.issue_card(added, at=jpki.now, without=declined)
        with CardSession.insert(jpki.world, added) as session:
            session.select("jpki")

            assert bytes.fromhex(expected) == session.read(0x0008)


def test_a_card_without_a_signature_certificate_has_its_pin_blocked(jpki):
    """
    So OpenSC, which gives the card up at any other answer than 63Cx, still shows the rest.
    """
    added = jpki.resident(card=False).identifier
    jpki.world.office.issue_card(added, at=jpki.now, without=frozenset({Kind.SIGN}))
    session = CardSession.insert(jpki.world, added)
    session.select("jpki")

    assert 0 == session.tries(SIGN_PIN)
    assert 0x6984 == session.verify(SIGN_PIN, "ABC123").sw
    assert 0x6A82 == session.select_file(0x0001).sw


def test_the_text_application_gives_number_and_four_items(jpki, inserted):
    """
    FF10 and FF20 as public readers take them apart [CARD A7].
    """
    card = inserted()
    card.select("text")
    assert card.verify(0x0011, "1234").ok

    _, number, rest = read_tlv(card.read(0x0001))
    tag, items, end = read_tlv(card.read(0x0002))

    assert is_my_number(number.decode())
    assert number_of(jpki.world, "hanako") == number.decode()
    assert (b"\xff\xff", 0xFF20, b"") == (rest, tag, end)
    fields = dict(objects(items))
    assert "住基　花子" == fields[0xDF22].decode()
    assert "東京都千代田区丸の内１－１－１" == fields[0xDF23].decode()
    assert (b"19900101", b"2") == (fields[0xDF24], fields[0xDF25])


def objects(value):
    while value:
        tag, found, value = read_tlv(value)
        yield tag, found


def test_offsets_lead_to_the_fields(inserted):
    card = inserted()
    card.select("text")
    card.verify(0x0011, "1234")
    whole = card.read(0x0002)

    table = dict(objects(read_tlv(whole)[1]))[0xDF21]
    starts = [int.from_bytes(table[at : at + 2]) for at in range(0, 8, 2)]

    assert [0xDF22, 0xDF23, 0xDF24, 0xDF25] == [read_tlv(whole[at:])[0] for at in starts]


def test_each_printed_number_opens_its_own_file(jpki, inserted):
    """
    照合番号A the number, B the four items, the PIN both [CARD A7].
    """
    register = jpki.world.register
    kept = register.card("hanako")
    a = number_of(jpki.world, "hanako")
    b = number_b(register.resident("hanako").born, kept.expires_on, kept.serial)

    def openings(reference, secret):
        card = inserted()
        card.select("text")
        assert card.verify(reference, secret).ok
        answers = []
        for identifier in (0x0001, 0x0002):
            card.select_file(identifier)
            answers.append(card.transmit(0x00, 0xB0, 0, 0, le=256).sw)
        return answers

    assert [0x9000, 0x6982] == openings(0x0014, a)
    assert [0x6982, 0x9000] == openings(0x0015, b)
    assert [0x9000, 0x9000] == openings(0x0011, "1234")
    assert (14, "020101", "2036") == (len(b), b[:6], b[6:10])


def test_printed_numbers_are_counted_and_the_count_lasts(inserted):
    card = inserted("number-tries=2")
    card.select("surface")

    said = [card.verify(0x0013, guess).sw for guess in ("1", "2", "3")]
    again = inserted("number-tries=2")
    again.select("surface")

    assert [0x63C1, 0x63C0, 0x6984] == said
    assert 0 == again.tries(0x0013)


def test_the_blocked_reference_is_blocked_as_issued(inserted):
    card = inserted()
    card.select("text")

    assert 0 == card.tries(0x0012)
    assert 0x6984 == card.verify(0x0012, "1234").sw


def test_the_face_of_the_card(jpki, inserted):
    """
    Everything that is printed; images that are a PNG and a JPEG 2000 of nobody [CARD A7].
    """
    card = inserted()
    card.select("surface")
    kept = jpki.world.register.card("hanako")
    assert card.verify(0x0013, number_of(jpki.world, "hanako")).ok

    face = dict(objects(read_tlv(card.read(0x0002))[1]))

    assert [*range(0xDF21, 0xDF2B)] == list(face)
    assert all(face[tag].startswith(b"\x89PNG") for tag in (0xDF25, 0xDF26, 0xDF2A))
    assert b"\0\0\0\x0cjP  " == face[0xDF27][:8]
    assert f"{kept.expires_on:%Y%m%d}".encode() == face[0xDF29]
    assert security_code(kept.serial).encode() in face[0xDF2A]
    assert b"\xff\x40" == card.read(0x0005)[:2]


def test_the_age_record_opens_with_the_birth_date_in_the_year_of_the_era(inserted):
    card = inserted()
    card.select("surface")
    assert card.verify(0x0011, "020101").ok

    assert b"19900101" == dict(objects(read_tlv(card.read(0x0001))[1]))[0xDF11]
    card.select_file(0x0002)
    assert 0x6982 == card.transmit(0x00, 0xB0, 0, 0, le=256).sw


def test_the_cards_own_key_signs_for_anybody_and_is_nobodys(hanako, inserted):
    """
    80 2A 00 00 in the surface application needs no PIN, so it must not be a holder's key.
    """
    card = inserted()
    card.select("surface")

    signature = card.transmit(0x80, 0x2A, 0x00, 0x00, INFO, le=256).data

    own_key().public_key().verify(signature, MESSAGE, PKCS1, SHA256())
    for kind in Kind:
        theirs = load_der_x509_certificate(hanako.certificate(kind)).public_key()
        assert theirs.public_numbers() != own_key().public_key().public_numbers()


def test_common_record_and_internal_authenticate(inserted):
    card = inserted()
    card.select("common")

    record = card.transmit(0x00, 0xB2, 0x01, 0x0C, le=256)
    proof = card.transmit(0x00, 0x88, 0x00, 0x99, b"challenge", le=256)

    assert b"\x01\x1c" + b"000000000000001" + b"13101" + b"20360101" == record.data
    assert b"challenge" == own_key().public_key().recover_data_from_signature(
        proof.data, PKCS1, None
    )
    assert 0x6A83 == card.transmit(0x00, 0xB2, 0x02, 0x0C, le=256).sw
    assert 0x6981 == card.transmit(0x00, 0xB0, 0x81, 0x00, le=256).sw


@pytest.mark.parametrize(
    ("application", "identifier", "old", "new", "pin"),
    [
        ("jpki", SIGN_PIN, "ABC123", "XYZ789", Pin.SIGN),
        ("jpki", AUTH_PIN, "1234", "9876", Pin.AUTH),
        ("text", 0x0011, "1234", "9876", Pin.TEXT),
        ("juki", 0x001C, "1234", "9876", Pin.JUKI),
        ("common", 0x001C, "1234", "9876", Pin.JUKI),
    ],
)
def test_a_pin_is_changed_by_who_entered_the_old_one(
    jpki, inserted, application, identifier, old, new, pin
):
    card = inserted()
    card.select(application)
    ins = (0x80, 0x32, 0x00) if application in ("juki", "common") else (0x00, 0x24, 0x01)

    card.select_file(identifier)
    before = card.transmit(*ins, 0x80, new.encode()).sw
    card.verify(identifier, old)
    malformed = card.transmit(*ins, 0x80, b"?").sw
    after = card.transmit(*ins, 0x80, new.encode()).sw

    assert [0x6982, 0x6A80, 0x9000] == [before, malformed, after]
    assert new == jpki.world.register.card("hanako").pins[pin].secret


def test_a_move_at_the_office_changes_the_card(jpki, hanako, inserted):
    """
    Address at once; the certificate stays until a new one is written, and signs what is refused.
    """
    card = inserted()
    before = hanako.certificate()
    hanako.moves()
    card.select("text")
    card.verify(0x0011, "1234")
    address = dict(objects(read_tlv(card.read(0x0002))[1]))[0xDF23].decode()
    card.select("jpki")
    card.verify(SIGN_PIN, "ABC123")
    same = card.read(0x0001)
    hanako.renews(Kind.SIGN)
    card.select("jpki")
    card.verify(SIGN_PIN, "ABC123")

    assert address.startswith(NEW_HOME[:9])
    assert before == same
    assert hanako.certificate() == card.read(0x0001) != before
    assert "9000" == f"{card.transmit(0x80, 0x2A, 3, 0x9A, MESSAGE, le=256).sw:X}"


@pytest.mark.parametrize("how", ["returned", "replaced"])
def test_a_card_that_nobody_holds_answers_nobody(jpki, hanako, inserted, how):
    card = inserted()
    if how == "returned":
        hanako.returns_card()
    else:
        jpki.world.office.issue_card("hanako", at=jpki.now, instead=True)

    with pytest.raises(CardGone, match=how):
        card.select("jpki")


@pytest.mark.parametrize("kept", [False, True], ids=["clears", "keeps"])
def test_select_of_the_same_application_and_the_pin(inserted, kept):
    """
    Disputed, so a switch; after another application it is gone in any case [CARD A6].
    """
    card = inserted(*(["reselect=keeps"] if kept else []))
    card.select("jpki")
    card.verify(AUTH_PIN, "1234")
    card.select("jpki")

    assert kept is card.transmit(0x80, 0x2A, 0, 0x97, INFO, le=256).ok
    card.select("text")
    card.select("jpki")
    assert 0x6982 == card.transmit(0x80, 0x2A, 0, 0x97, INFO, le=256).sw


@pytest.mark.parametrize(
    ("switch", "octets", "answer"),
    [
        ("unverified=6300", "802A009701AA00", "63 00"),
        ("unverified=6983", "802A009701AA00", "69 83"),
        ("extended-read=refused", "00B08600 00 0100", "67 00"),
        ("hash-modes=refused", "802A039701AA00", "6A 86"),
    ],
)
def test_switches_for_what_is_disputed(inserted, switch, octets, answer):
    card = inserted(switch)
    card.select("jpki")

    assert answer == sent(card, octets)


def test_more_switches(jpki, inserted):
    card = inserted("blocked=6983", "length=6700", "unblock=command", "atr=contact")
    card.select("jpki")
    for _ in range(3):
        card.verify(AUTH_PIN, "0000")

    assert bytes.fromhex(ATRS["contact"]) == card.atr
    assert 0x6983 == card.verify(AUTH_PIN, "1234").sw
    assert 0x9000 == card.transmit(0x80, 0x54, 0x00, 0x80, b"5678").sw
    assert card.verify(AUTH_PIN, "5678").ok
    assert 0x6700 == card.transmit(0x80, 0x2A, 0, 0x97, b"x" * 246, le=256).sw


def test_a_lapsed_card_answers_and_is_not_written_to(jpki, hanako, inserted):
    """
    Whoever has it may still sign; what stops the signatures is the revocation.
    """
    card = inserted("unblock=command")
    hanako.dies()
    card.select("jpki")
    refused = card.transmit(0x80, 0x54, 0x00, 0x98, b"5678").sw
    card.verify(AUTH_PIN, "1234")

    assert 0x6985 == refused
    assert 256 == len(card.sign(AUTH_KEY, INFO))


def test_a_world_that_cannot_be_written_compares_nothing(jpki, hanako):
    """
    No status word without its counter in the store: 6581, and no try is lost or won.
    """
    from harness.card.interpreter import Interpreter
    from harness.card.keeper import Keeper

    class Busy(Keeper):
        def enter(self, reference, value):
            raise WorldBusy("another process holds the world; try again")

    session = CardSession(Interpreter(Busy(jpki.world, "hanako"), bytes), "hanako")
    session.select("jpki")

    assert 0x6581 == session.verify(AUTH_PIN, "1234").sw
    assert 3 == session.tries(AUTH_PIN)
    assert 0x6982 == session.transmit(0x80, 0x2A, 0x00, 0x97, INFO, le=256).sw


def test_a_chip_that_takes_any_pin(jpki, inserted):
    card = inserted("pin-form=any")
    card.select("jpki")
    card.verify(AUTH_PIN, "1234")

    assert card.change_pin(AUTH_PIN, "longer").ok
    assert "longer" == jpki.world.register.card("hanako").pins[Pin.AUTH].secret


def test_empty_offsets(inserted):
    card = inserted("offsets=empty")
    card.select("text")
    card.verify(0x0011, "1234")

    assert b"" == dict(objects(read_tlv(card.read(0x0002))[1]))[0xDF21]


@pytest.mark.parametrize("setting", ["nonsense=1", "blocked=9000", "number-tries=99", "delay=-1"])
def test_a_switch_that_is_none_is_refused(setting):
    with pytest.raises(Unacceptable, match=r"; use "):
        parse_switches([setting])


def test_every_switch_has_its_default_among_its_values():
    assert {} == {
        name: row for name, row in SWITCHES.items() if row.values and row.default not in row.values
    }


def test_a_delay_is_waited_for(jpki, hanako):
    from harness.card.interpreter import Interpreter
    from harness.card.keeper import Keeper

    waited = []
    switches = parse_switches(["delay=800"])
    keeper = Keeper(jpki.world, "hanako", switches=switches, pause=waited.append)
    session = CardSession(Interpreter(keeper, bytes, switches=switches), "hanako")
    session.select("jpki")
    session.verify(AUTH_PIN, "1234")
    session.sign(AUTH_KEY, INFO)

    assert [0.8] == waited


@pytest.mark.parametrize(
    ("token", "label", "free", "last"),
    [
        (Token.CARD, b"JPKIAPICCTOKEN2", 0x9000, 0x6700),
        (Token.ANDROID, b"JPKIAPGPSETOKEN", 0x6982, 0x6700),
        (Token.IPHONE, b"JPKIAPIOSTOKEN", 0x9000, 0x9000),
    ],
)
def test_phones_are_told_by_label_and_by_what_needs_a_pin(inserted, token, label, free, last):
    """
    [CARD A9]
    """
    card = inserted(token=token)
    card.select("jpki")
    assert label == card.read(0x0006)[:32].rstrip()
    card.select_file(0x000A)

    assert free == card.transmit(0x00, 0xB0, 0, 0, le=256).sw
    assert last == card.transmit(0x80, 0xFC, 0, 0, le=256).sw
    assert card.verify(AUTH_PIN, "1234").ok
    assert 256 == len(card.sign(AUTH_KEY, INFO))
    assert (token is Token.CARD) is card.select("surface").ok


def test_a_trace_shows_no_secret_and_nothing_of_the_holder(inserted):
    lines = []
    card = inserted(trace=lines.append)
    card.select("text")
    card.verify(0x0011, "1234")
    card.read(0x0001)
    card.read(0x0002)
    card.change_pin(0x0011, "8642")
    sent(card, "00200080 06 31323334")  # cut off

    told = "\n".join(lines)
    assert "00200080 VERIFY **** -> 9000 done" in lines
    assert "00240180 CHANGE REFERENCE DATA **** -> 9000 done" in lines
    assert "0020 malformed, 9 octets -> 6700 wrong length" == lines[-1]
    for secret in ("1234", "8642", "花子", "31323334", b"\xe8\x8a\xb1".hex()):
        assert secret not in told


def test_the_next_cards_keys_have_no_published_command(tmp_path):
    """
    RSA as today is all that is known; a P-384 card is read, and refuses to sign.
    """
    scene = Scene.fresh(tmp_path / "p384", algorithm=Algorithm.P384)
    scene.resident("hanako")
    card = CardSession.insert(scene.world, "hanako")
    card.select("jpki")
    card.verify(AUTH_PIN, "1234")

    assert 0x6A81 == card.transmit(0x80, 0x2A, 0, 0x97, HASH, le=256).sw
    scene.close()


def test_my_numbers_end_as_they_must():
    """
    The check digit of 行政手続における…番号の利用等に関する省令 [CARD A7].
    """
    assert "8" == check_digit("12345678901")
    assert is_my_number("123456789018")
    assert not is_my_number("123456789019")
    assert all(is_my_number(my_number(n, 0)) for n in range(1, 2000))
    assert 2000 == len({my_number(n, c) for n in range(1, 1001) for c in (0, 1)})


def test_an_object_that_is_cut_off_is_malformed():
    for octets in (b"", b"\xff", b"\xff\x10", b"\xff\x10\x05abc", b"\x30\x82\x01"):
        with pytest.raises(Malformed, match="the object"):
            read_tlv(octets)
