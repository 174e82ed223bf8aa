"""
Keys come from a pool: each is used once, and a broken cache only costs time.
"""

import pytest

from harness.keypool import DECK, DECK_SIZE, Deck, Pool, derive_prime
from pki.keys import private_der, spki_of
from pki.kinds import Algorithm

RSA = Algorithm.RSA2048


def test_two_takers_never_get_the_same_key(tmp_path):
    pool = Pool(tmp_path / "keys", ahead=3)

    taken = {spki_of(pool.take(RSA, n)) for n in range(4)}

    assert 4 == len(taken)


def test_a_waiting_key_is_for_the_owner_alone(tmp_path):
    Pool(tmp_path / "keys", ahead=2).take(RSA, 1)

    [waiting] = (tmp_path / "keys").glob("*.key")
    assert 0o600 == waiting.stat().st_mode & 0o777


def test_a_damaged_waiting_key_is_never_used(tmp_path):
    """
    It is loaded without the library's check of the numbers, so our hash must fit [D 12].
    """
    pool = Pool(tmp_path / "keys", ahead=2)
    pool.take(RSA, 1)
    [waiting] = (tmp_path / "keys").glob("*.key")
    damaged = bytearray(waiting.read_bytes())
    damaged[200] ^= 1
    waiting.write_bytes(bytes(damaged))

    key = pool.take(RSA, 2)

    assert bytes(damaged) != private_der(key)
    assert not waiting.exists()


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path):
    (tmp_path / "keys").write_text("a file where the directory should be")

    assert 2048 == Pool(tmp_path / "keys", ahead=1).take(RSA, 1).key_size


def test_the_deck_has_its_size():
    assert DECK_SIZE * 2 * 128 == DECK.stat().st_size


def test_a_seed_decides_the_order_of_the_deck():
    first, again, other = Deck(1), Deck(1), Deck(2)

    assert spki_of(first.take(RSA, 1)) == spki_of(again.take(RSA, 1))
    assert [spki_of(first.take(RSA, n)) for n in range(1, 9)] != [
        spki_of(other.take(RSA, n)) for n in range(1, 9)
    ]


def test_a_deck_gives_no_key_twice():
    deck = Deck(3)

    assert DECK_SIZE == len({spki_of(deck.take(RSA, n)) for n in range(1, DECK_SIZE + 1)})


def test_beyond_the_deck_keys_are_derived_and_cached(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    deck = Deck(3)

    derived = deck.take(RSA, DECK_SIZE + 1)

    assert 2048 == derived.key_size
    assert 1 == len(list((tmp_path / "minijpki" / "derived").iterdir()))
    assert private_der(derived) == private_der(Deck(3).take(RSA, DECK_SIZE + 1))


def test_a_damaged_derived_key_is_derived_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    deck = Deck(3)
    derived = private_der(deck.take(RSA, DECK_SIZE + 1))
    [cached] = (tmp_path / "minijpki" / "derived").iterdir()
    cached.write_bytes(cached.read_bytes()[:-1] + b"x")

    assert derived == private_der(deck.take(RSA, DECK_SIZE + 1))


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda a: a.value)
def test_every_algorithm_can_be_dealt(algorithm):
    assert private_der(Deck(5).take(algorithm, 2)) == private_der(Deck(5).take(algorithm, 2))


def test_a_derived_prime_is_what_another_library_calls_prime():
    """
    cryptography checks the numbers of a key that it is told to check.
    """
    from random import Random

    from cryptography.hazmat.primitives.asymmetric import rsa

    chance = Random(1)
    p, q = derive_prime(chance), derive_prime(chance)
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(65537, p * q),
    )

    assert 2048 == numbers.private_key().key_size
