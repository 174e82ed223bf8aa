"""
Lists on the hot path: made again every night, and searched at every verification.

Each group holds the item and the work that nobody can skip, so that the report shows the
distance between the two.  The gates are ratios [D 11]: R1, R2, R4, G1, G2.
"""

import datetime as dt
import hashlib
import random

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from crl.entries import LIFETIME, Body, Entry, ListRequest, Page
from crl.index import index
from crl.read import read_list
from crl.scope import municipal
from crl.status import GOOD, Prepared, Revoked, prepare, status
from crl.write import build_list, encode_entries, encode_entry, template, to_be_signed, with_entry
from pki.certificate import write
from pki.certificate.read import read_certificate
from pki.keys import sign, spki_of, verifies
from pki.kinds import Algorithm, Kind, Naming, Reason
from pki.names import auth_identifier, auth_subject
from pki.profiles import AUTH

NIGHT = dt.datetime(2026, 4, 1, 18, 0, tzinfo=dt.UTC)
MUNICIPAL = 526  # entries of one municipality's list
PLACE = ("Tokyo-to", "Chiyoda-ku")
CHIYODA = municipal(Kind.AUTH, Naming.SIM, code="13101", prefecture=PLACE[0], name=PLACE[1])
FIRST, STEP = 0x1000000, 7  # serials of four octets, six of seven missing


@pytest.fixture(scope="module")
def auth_ca():
    return write.found(
        Kind.AUTH,
        naming=Naming.SIM,
        algorithm=Algorithm.RSA2048,
        serial=1,
        not_before=NIGHT - dt.timedelta(days=90),
        not_after=NIGHT + dt.timedelta(days=3000),
        private_key=rsa.generate_private_key(65537, 2048),
    )


@pytest.fixture(scope="module")
def made(auth_ca):
    return template(auth_ca, CHIYODA)


def entries(size):
    return tuple(
        Entry(
            serial=FIRST + STEP * n,
            since=NIGHT - dt.timedelta(seconds=61 * n % 30_000_000),
            reason=Reason.AFFILIATION_CHANGED,
        )
        for n in range(size)
    )


def body_of(size):
    """Encode many entries quickly, by writing serials into the octets of a few days' entries."""
    patterns = [
        encode_entry(each).split(each.serial.to_bytes(4, "big"), 1) for each in entries(1000)
    ]
    serials = range(FIRST, FIRST + STEP * size, STEP)
    pieces = [
        patterns[n % 1000][0] + serial.to_bytes(4, "big") + patterns[n % 1000][1]
        for n, serial in enumerate(serials)
    ]
    return Body((Page(tuple(serials), tuple(pieces), b"".join(pieces)),), (FIRST,))


def asking(body):
    return ListRequest(number=2, this_update=NIGHT, next_update=NIGHT + LIFETIME, entries=body)


@pytest.fixture(scope="module")
def lists(made):
    """Lists with a thousand entries and with a million."""
    return {size: build_list(made, asking(body_of(size))) for size in (1000, 1_000_000)}


# R2


@pytest.mark.benchmark(group="R2 rebuild a municipality's list")
def test_rebuilding_with_one_more_entry(benchmark, made):
    """What does a list of 526 entries cost, one of them new, the others encoded before?"""
    body = encode_entries(entries(MUNICIPAL - 1))
    new = Entry(serial=FIRST + 1000, since=NIGHT, reason=Reason.SUPERSEDED)

    der = benchmark(lambda: build_list(made, asking(with_entry(body, new))))

    assert build_list(made, asking((*entries(MUNICIPAL - 1), new))) == der


@pytest.mark.benchmark(group="R2 rebuild a municipality's list")
def test_limit_of_rebuilding(benchmark, made, auth_ca):
    """What do hashing and signing alone cost?"""
    tbs = to_be_signed(made, asking(encode_entries(entries(MUNICIPAL))))

    benchmark(lambda: sign(auth_ca.private_key, tbs))


# G1


@pytest.mark.benchmark(group="G1 build a list of n entries")
@pytest.mark.parametrize("size", [1000, 10_000, 100_000])
def test_building_grows_with_the_entries(benchmark, made, size):
    """Does ten times as much take ten times as long, and not a hundred?"""
    request = asking(entries(size))

    der = benchmark.pedantic(lambda: build_list(made, request), rounds=3, iterations=1)

    assert size == len(index(read_list(der)))


# R1, G2


def questions(size):
    """Half of them on the list."""
    draw = random.Random(size)
    on = [FIRST + STEP * draw.randrange(size) for _ in range(500)]
    off = [FIRST + STEP * draw.randrange(size) + 1 for _ in range(500)]
    return on, off


@pytest.mark.benchmark(group="R1 look a thousand serials up")
@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_looking_up(benchmark, lists, size):
    """What does a search in a list cost, and does it grow with the list?"""
    found = index(read_list(lists[size]))
    on, off = questions(size)

    hits = benchmark(lambda: [serial in found for serial in on + off])

    assert [True] * 500 + [False] * 500 == hits


@pytest.mark.benchmark(group="R1 look a thousand serials up")
@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_limit_of_looking_up(benchmark, size):
    """What does a set cost that somebody else has filled?"""
    known = frozenset(range(FIRST, FIRST + STEP * size, STEP))
    on, off = questions(size)

    hits = benchmark(lambda: [serial in known for serial in on + off])

    assert [True] * 500 + [False] * 500 == hits


# Indexing, R4


@pytest.mark.benchmark(group="R4 a million entries")
def test_indexing_a_million(benchmark, lists):
    """What does it cost to check and sort every entry, once?"""
    crl = read_list(lists[1_000_000])

    found = benchmark.pedantic(lambda: index(crl), rounds=3, iterations=1)

    assert 1_000_000 == len(found)


@pytest.mark.benchmark(group="R4 a million entries")
def test_verifying_a_million(benchmark, lists, auth_ca):
    """What does the signature of a great list cost, reading its frame included?"""
    key = auth_ca.private_key.public_key()

    def verified():
        crl = read_list(lists[1_000_000])
        return verifies(key, crl.signature, crl.tbs, "sha256")

    assert benchmark.pedantic(verified, rounds=5, iterations=1)


@pytest.mark.benchmark(group="R4 a million entries")
def test_limit_of_verifying_a_million(benchmark, lists):
    """What does SHA-256 over the same octets cost?"""
    tbs = bytes(read_list(lists[1_000_000]).tbs)

    benchmark.pedantic(lambda: hashlib.sha256(tbs).digest(), rounds=5, iterations=1)


# The share of a path


@pytest.mark.benchmark(group="V1 what a list says of a certificate")
@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_asking_a_list(benchmark, lists, auth_ca, size):
    """What does a prepared list add to a path: issuer, scope, dates and search?"""
    authority = read_certificate(auth_ca.certificate)
    prepared = prepare(read_list(lists[size]), authority)
    assert isinstance(prepared, Prepared)
    holder, revoked = (
        read_certificate(
            write.issue(
                write.template(auth_ca, AUTH, place=PLACE),
                write.Subject(
                    serial=serial,
                    not_before=NIGHT,
                    not_after=NIGHT + dt.timedelta(days=365),
                    name=auth_subject(auth_identifier("0123456789ABCD", "13101")),
                    spki=spki_of(auth_ca.private_key),
                ),
            )
        )
        for serial in (FIRST + 1, FIRST)
    )

    found = benchmark(lambda: status(prepared, holder, at=NIGHT, issuer=authority))

    assert GOOD == found
    assert isinstance(status(prepared, revoked, at=NIGHT, issuer=authority), Revoked)
