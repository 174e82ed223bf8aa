"""
A list arrives from outside: cut off, turned over, in a form that nobody expected.

Either it is strict DER and is read, or there is one typed error and no verdict.  What the
quick way through a long list accepts, the slow way accepts, and nothing else.
"""

import datetime as dt
import random
from cProfile import Profile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from crl.entries import LIFETIME, Entry, ListRequest, Unspecified
from crl.index import _entry, index
from crl.read import MAX_SIZE, read_list
from crl.scope import FULL, authorities, municipal
from crl.write import build_list, encode_entry, template
from pki.certificate import write
from pki.der.write import enumerated, explicit, integer, octet_string, oid, sequence, tlv
from pki.errors import Malformed, MalformedDer
from pki.keys import verifies
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.oids import (
    AUTHORITY_KEY_IDENTIFIER,
    CRL_NUMBER,
    ISSUING_DISTRIBUTION_POINT,
    REASON_CODE,
)

NOON = dt.datetime(2026, 4, 1, 3, 0, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 4, 1, 18, 0, tzinfo=dt.UTC)
CHIYODA = municipal(Kind.AUTH, Naming.SIM, code="13101", prefecture="Tokyo-to", name="Chiyoda-ku")


@pytest.fixture(scope="module")
def auth_ca():
    """With an elliptic key, whose signatures are short: fewer octets to turn over."""
    return write.found(
        Kind.AUTH,
        naming=Naming.SIM,
        algorithm=Algorithm.P384,
        serial=1,
        not_before=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        not_after=dt.datetime(2045, 12, 31, 14, 59, 59, tzinfo=dt.UTC),
        private_key=ec.generate_private_key(ec.SECP384R1()),
    )


@pytest.fixture(scope="module")
def small(auth_ca):
    """A list with one entry of each sort."""
    entries = (
        Entry(serial=0x17, since=NOON, reason=Reason.AFFILIATION_CHANGED),
        Entry(serial=0x1234, since=NOON, reason=Reason.UNSPECIFIED),
        Entry(serial=0x87654321, since=NOON.replace(year=2050), reason=Reason.SUPERSEDED),
        Entry(serial=1 << 120, since=NOON, reason=Reason.CERTIFICATE_HOLD),
    )
    return build_list(template(auth_ca, CHIYODA), asking(*entries))


def asking(*entries):
    return ListRequest(number=7, this_update=NIGHT, next_update=NIGHT + LIFETIME, entries=entries)


ALGORITHM = sequence(oid("1.2.840.10045.4.3.3"))
ISSUER = bytes.fromhex("300d 310b 3009 0603550406 1302 4a50")


def with_parts(
    *entries,
    extensions=(),
    version=b"\x02\x01\x01",
    algorithm=ALGORITHM,
    outer=None,
    issuer=ISSUER,
    next_update=True,
    end=b"",
):
    """Write a list whose parts are put together by hand; its signature is nobody's."""
    tbs = sequence(
        version,
        algorithm,
        issuer,
        b"\x17\x0d260401180000Z",
        b"\x17\x0d260403180000Z" if next_update else b"",
        sequence(*entries) if entries else b"",
        explicit(0, sequence(*extensions)) if extensions else b"",
        end,
    )
    return sequence(tbs, outer or algorithm, tlv(0x03, b"\x00" + bytes(8)))


def extension(identifier, value, *flag):
    return sequence(oid(identifier), *flag, octet_string(value))


def entry(serial="020117", since="170d3236303430313033303030305a", extensions=""):
    return tlv(0x30, bytes.fromhex(serial + since + extensions))


def opened(der):
    """Read a list to its last entry."""
    return index(read_list(der))


CRITICAL = b"\x01\x01\xff"


def test_a_list_that_is_cut_off_is_never_read(small):
    """At whichever octet."""
    for length in range(len(small)):
        with pytest.raises(MalformedDer):
            opened(small[:length])


def test_octets_after_a_list_are_refused(small):
    with pytest.raises(MalformedDer, match="the CRL cannot be read: octets after its end"):
        read_list(small + b"\x00")


def test_a_list_with_any_bit_turned_over_is_unreadable_or_unsigned(small, auth_ca):
    """
    Nothing that was signed can change, and nothing else in it means anything.

    In this list no octet is free: what does not break the form breaks the signature.
    """
    key = auth_ca.private_key.public_key()
    algorithm = read_list(small).algorithm
    for place in range(len(small)):
        for bit in range(8):
            turned = bytearray(small)
            turned[place] ^= 1 << bit
            try:
                crl = read_list(bytes(turned))
                index(crl)
            except MalformedDer:
                continue

            assert not (
                crl.algorithm == algorithm
                and verifies(key, crl.signature, bytes(crl.tbs), "sha384")
            )


def test_an_error_names_the_list_and_the_place(small):
    with pytest.raises(MalformedDer) as caught:
        read_list(b"\x31" + small[1:])

    assert "the CRL" == caught.value.what
    assert 0 == caught.value.offset


def test_a_list_beyond_all_measure_is_not_looked_at():
    with pytest.raises(Malformed, match="more than"):
        read_list(bytes(MAX_SIZE + 1))


MALFORMED = {
    "empty": b"",
    "html": b"<html><body>503 Service Unavailable</body></html>",
    "version-1": with_parts(version=b"\x02\x01\x00"),
    "no-version": with_parts(version=b""),
    "version-3": with_parts(version=b"\x02\x01\x02"),
    "empty-entries": with_parts(b""),
    "an-empty-entry": with_parts(sequence()),
    "a-serial-alone": with_parts(entry(since="")),
    "serial-zero": with_parts(entry(serial="020100")),
    "a-negative-serial": with_parts(entry(serial="0201ff")),
    "a-serial-with-a-zero-too-many": with_parts(entry(serial="02020017")),
    "a-serial-of-21-octets": with_parts(entry(serial="0215" + "11" * 21)),
    "a-serial-without-octets": with_parts(entry(serial="0200")),
    "a-day-that-no-calendar-has": with_parts(entry(since="170d3236303233303033303030305a")),
    "an-hour-that-no-clock-has": with_parts(entry(since="170d3236303430313234303030305a")),
    "a-second-that-no-clock-has": with_parts(entry(since="170d3236303430313033303036305a")),
    "a-time-without-seconds": with_parts(entry(since="170b323630343031303330305a")),
    "a-time-with-an-offset": with_parts(entry(since="1711" + b"260401120000+0900".hex())),
    "generalized-time-too-early": with_parts(entry(since="180f" + b"20260401030000Z".hex())),
    "an-entry-with-an-empty-list-of-extensions": with_parts(entry(extensions="3000")),
    "octets-after-an-entrys-extensions": with_parts(
        entry(extensions="300c300a0603551d1504030a01030500")
    ),
    "reason-7": with_parts(entry(extensions="300c300a0603551d1504030a0107")),
    "reason-11": with_parts(entry(extensions="300c300a0603551d1504030a010b")),
    "a-reason-of-two-octets": with_parts(entry(extensions="300d300b0603551d1504040a020001")),
    "a-reason-that-is-an-integer": with_parts(entry(extensions="300c300a0603551d150403020103")),
    "a-reason-twice": with_parts(entry(extensions="3018" + "300a0603551d1504030a0103" * 2)),
    "a-flag-that-says-false": with_parts(entry(extensions="300f300d0603551d1501010004030a0103")),
    "a-long-length-where-a-short-one-does": with_parts(
        b"\x30\x81" + entry()[1:],
    ),
    "an-indefinite-length": with_parts(b"\x30\x80" + entry()[2:] + b"\x00\x00"),
    "empty-extensions": with_parts(end=explicit(0, sequence())),
    "octets-after-the-extensions": with_parts(
        end=explicit(0, sequence(extension(CRL_NUMBER, integer(7)))) + b"\x05\x00"
    ),
    "octets-beside-the-extensions": with_parts(
        end=explicit(0, sequence(extension(CRL_NUMBER, integer(7))) + b"\x05\x00")
    ),
    "two-algorithms": with_parts(outer=sequence(oid("1.2.840.10045.4.3.2"))),
    "an-algorithm-that-is-broken-twice-over": with_parts(algorithm=b"\x30\x03\x06\x05\x2a"),
    "no-issuer": with_parts(issuer=sequence()),
    "an-issuer-with-an-empty-part": with_parts(issuer=bytes.fromhex("3002 3100")),
    "a-value-that-is-broken-inside": with_parts(
        extensions=[extension("1.2.3.4", bytes.fromhex("3002 0405"))]
    ),
    "an-extension-twice": with_parts(extensions=[extension(CRL_NUMBER, integer(7))] * 2),
    "a-negative-number": with_parts(extensions=[extension(CRL_NUMBER, integer(-1))]),
    "a-number-of-21-octets": with_parts(extensions=[extension(CRL_NUMBER, integer(1 << 160))]),
    "a-number-that-is-none": with_parts(extensions=[extension(CRL_NUMBER, enumerated(7))]),
    "a-value-with-more-behind-it": with_parts(
        extensions=[extension(CRL_NUMBER, integer(7) + integer(7))]
    ),
    "a-key-identifier-twice": with_parts(
        extensions=[extension(AUTHORITY_KEY_IDENTIFIER, bytes.fromhex("3006 8001aa 8001aa"))]
    ),
    **{
        f"a-scope-{name}": with_parts(
            extensions=[extension(ISSUING_DISTRIBUTION_POINT, bytes.fromhex(value), CRITICAL)]
        )
        for name, value in {
            "without-anything": "3000",
            "out-of-order": "3006 8201ff 8101ff",
            "of-two-sorts": "3006 8101ff 8201ff",
            "with-a-flag-twice": "3006 8201ff 8201ff",
            "with-a-flag-that-says-false": "3003 820100",
            "with-a-part-too-many": "3003 8601ff",
            "with-an-empty-point": "3004 a002 a000",
            "with-two-points": "300a a008 a102 0500 a102 0500",
            "with-something-else-than-a-name": "3008 a006 a004 a402 3100",
            "with-a-name-that-has-an-empty-part": "300a a008 a006 a404 3002 3100",
        }.items()
    },
}


@pytest.mark.parametrize("der", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_strict_list_is_refused(der):
    with pytest.raises(MalformedDer, match="the CRL cannot be read"):
        opened(der)


def test_the_twin_of_all_those_is_read():
    """The same builder without a defect."""
    number = extension(CRL_NUMBER, integer(7))

    crl = read_list(with_parts(entry(), extensions=[number]))

    assert [(0x17, NOON, None, None)] == list(index(crl))
    assert (7, None, None) == (crl.number, crl.key_identifier, crl.issuing_point)


def test_a_list_may_say_nothing_of_its_end():
    """The syntax permits it; crl/status does not [5280 5.1.2.5]."""
    assert None is read_list(with_parts(entry(), next_update=False)).next_update


def test_a_scope_is_opened(small, auth_ca):
    arl = build_list(template(auth_ca, authorities(Kind.AUTH, Naming.SIM)), asking())
    full = build_list(template(auth_ca, FULL), asking())

    municipal_point = read_list(small).issuing_point
    authorities_point = read_list(arl).issuing_point

    assert CHIYODA.idp.endswith(municipal_point.point)
    assert (False, False) == (municipal_point.only_ca, municipal_point.only_user)
    assert {read_list(arl).issuer} == authorities_point.names
    assert authorities_point.only_ca
    assert None is read_list(full).issuing_point


def test_a_list_made_elsewhere_is_read():
    """The library's builder, with what JPKI has not: URIs, reasons, an invalidity date."""
    key = ec.generate_private_key(ec.SECP384R1())
    revoked = (
        x509.RevokedCertificateBuilder(5, NOON)
        .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        .add_extension(x509.InvalidityDate(NOON.replace(tzinfo=None)), critical=False)
        .build()
    )
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier("http://example.org/a.crl")],
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=frozenset([x509.ReasonFlags.key_compromise]),
        indirect_crl=True,
        only_contains_attribute_certs=False,
    )
    name = x509.Name.from_rfc4514_string("CN=Elsewhere,O=Example,C=JP")
    theirs = (
        x509.CertificateRevocationListBuilder(name, NIGHT, NIGHT + LIFETIME)
        .add_revoked_certificate(revoked)
        .add_extension(x509.CRLNumber(7), critical=False)
        .add_extension(point, critical=True)
        .add_extension(x509.DeltaCRLIndicator(6), critical=True)
        .sign(key, hashes.SHA384())
    )

    crl = read_list(theirs.public_bytes(Encoding.DER))

    assert [(5, NOON, 1, None)] == list(index(crl))
    assert crl.delta
    assert 1 == len(crl.not_processed)
    assert crl.issuing_point.indirect
    assert crl.issuing_point.only_user
    assert crl.issuing_point.some_reasons
    assert frozenset() == crl.issuing_point.names
    assert verifies(key.public_key(), crl.signature, crl.tbs, "sha384")


def test_a_critical_extension_of_an_entry_is_reported():
    """Whoever does not know it must not use the list at all [5280 5.3]."""
    critical = entry(extensions="3011 300f 06032a0304 0101ff 0405 0c03414243")

    found = index(read_list(with_parts(entry(), critical)))

    assert bytes.fromhex("2a0304") == found.not_processed
    assert None is index(read_list(with_parts(entry()))).not_processed


# The quick way and the slow one

SHAPES = st.sampled_from([0x7F, 0x80, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 63, 1 << 70])


@st.composite
def lists_of_entries(draw):
    """Entries in runs of one shape and out of it, with some serials twice."""
    entries = []
    for _ in range(draw(st.integers(1, 6))):
        start = draw(SHAPES)
        reason = draw(st.sampled_from([Reason.UNSPECIFIED, Reason.SUPERSEDED]))
        since = draw(st.sampled_from([NOON, NOON.replace(year=2051), NOON.replace(year=1999)]))
        step = draw(st.integers(0, 3))
        for n in range(draw(st.integers(1, 40))):
            entries.append(
                Entry(
                    serial=start + n * step,
                    since=since + dt.timedelta(minutes=7 * n),
                    reason=reason,
                )
            )
    return entries


@settings(derandomize=True, max_examples=150, deadline=None)
@given(lists_of_entries(), st.booleans())
def test_both_ways_through_a_list_find_the_same(entries, by_serial):
    """And in whatever order the entries stand, each serial is found."""
    if by_serial:
        entries = sorted(entries, key=lambda each: each.serial)
    crl = read_list(with_parts(*map(encode_entry, entries)))

    found = index(crl)

    assert [(each.serial, each.since) for each in entries] == [
        (each.serial, each.since) for each in found
    ]
    assert len(entries) == len(found)
    for each in entries:
        earliest = min(other.since for other in entries if other.serial == each.serial)
        assert each.serial in found
        assert earliest == found.find(each.serial).since
        assert (each.serial + 5 in {other.serial for other in entries}) == (
            each.serial + 5 in found
        )


BAD_OCTETS = {
    "no-sequence": (0, 0x31),
    "too-short": (1, 0x20),
    "no-serial": (2, 0x03),
    "serial-too-long": (3, 0x05),
    "negative-serial": (4, 0x80),
    "no-time": (8, 0x16),
    "time-too-short": (9, 0x0C),
    "year": (10, 0x3A),
    "month": (12, 0x32),
    "day": (14, 0x34),
    "hour": (16, 0x33),
    "minute": (18, 0x36),
    "second": (20, 0x36),
    "zone": (22, 0x2B),
    "no-extensions": (23, 0x31),
    "no-extension": (25, 0x31),
    "no-oid": (27, 0x05),
    "no-enumerated": (34, 0x02),
    "empty-reason": (35, 0x00),
    "reason": (36, 0x07),
}


@pytest.mark.parametrize(("octet", "value"), BAD_OCTETS.values(), ids=BAD_OCTETS.keys())
@pytest.mark.parametrize("position", [0, 1, 40, 999])
def test_one_bad_entry_among_a_thousand_is_found(octet, value, position):
    """Wherever it stands, and whatever is wrong with it."""
    good = [
        encode_entry(Entry(serial=0x1000000 + n, since=NOON, reason=Reason.SUPERSEDED))
        for n in range(1000)
    ]
    bad = bytearray(good[position])
    bad[octet] = value
    assert len(opened(with_parts(*good))) == 1000

    good[position] = bytes(bad)
    with pytest.raises(MalformedDer):
        opened(with_parts(*good))


def slowly(octets):
    """Read one entry after the other; None if one of them is not strict DER."""
    at, found = 0, []
    try:
        while at < len(octets):
            listed, at = _entry(octets, at, len(octets))
            found.append(listed.serial)
    except MalformedDer:
        return None
    return found


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    lists_of_entries(),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=2),
    st.integers(0, 40),
)
def test_whatever_is_done_to_entries_both_ways_agree(entries, changes, cut):
    """Octets changed anywhere, the end cut off: the same serials, or the same refusal."""
    octets = bytearray(b"".join(map(encode_entry, entries)))
    for place, value in changes:
        octets[place % len(octets)] = value
    octets = bytes(octets[: max(len(octets) - cut, 1)])

    try:
        found = [each.serial for each in opened(with_parts(octets))]
    except MalformedDer:
        found = None

    assert slowly(octets) == found


def test_a_bad_date_late_in_a_long_list_costs_no_second_round():
    """A list of n entries is read in a few n steps, also when it ends in an error."""
    good = [
        encode_entry(Entry(serial=0x1000000 + n, since=NOON, reason=Reason.SUPERSEDED))
        for n in range(20_000)
    ]
    crl = read_list(with_parts(*good, good[-1].replace(b"260401", b"260231")))

    with Profile() as counter, pytest.raises(MalformedDer, match="no calendar has"):
        index(crl)

    assert sum(each.callcount for each in counter.getstats()) < 4 * len(good)


def test_a_long_list_is_found_in_any_order():
    """Ten thousand serials, shuffled by a fixed seed."""
    serials = random.Random(5).sample(range(1, 1 << 40), 10_000)
    pieces = [
        encode_entry(
            Entry(serial=serial, since=NOON, reason=Reason.UNSPECIFIED), Unspecified.ALWAYS
        )
        for serial in serials
    ]

    found = index(read_list(with_parts(*pieces)))

    assert serials == [each.serial for each in found]
    assert all(serial in found for serial in serials)
    assert not any(serial + 1 in found for serial in set(serials) - {each - 1 for each in serials})


def test_an_entry_says_why():
    """As a number: the words are for crl/status."""
    spelled = sequence(extension(REASON_CODE, enumerated(3)))

    [found] = opened(with_parts(sequence(integer(5), b"\x17\x0d260401030000Z", spelled)))

    assert 3 == found.code
