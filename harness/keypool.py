"""
Where key pairs come from: this machine's pool, or the committed deck of a seeded world.

RSA key generation costs as much as two hundred signatures, so unseeded worlds take keys
that were made ahead and wait in the user's cache directory, each protected by a hash of
its own and handed out once.  A cache that cannot be used means: generate, and go on.

Seeded worlds take RSA keys from a deck that everybody can read, in an order that the seed
decides.  Such keys are trusted nowhere but in a seeded world, whose names say so [D 12].
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pki.errors import Malformed
from pki.keys import PrivateKey, load_private, private_der
from pki.kinds import Algorithm

DECK = Path(__file__).with_name("deck.bin")
DECK_SIZE = 256  # keys
PRIME = 128  # octets; p and q of each key stand one behind the other
EXPONENT = 65537
AHEAD = 4  # keys that are made at once when the cache is empty: a world and its first card


def generate(algorithm: Algorithm) -> PrivateKey:
    """Generate one key pair by the system's chance."""
    if algorithm is Algorithm.RSA2048:
        return rsa.generate_private_key(EXPONENT, 2048)
    return ec.generate_private_key(ec.SECP384R1())


def cache_directory() -> Path:
    """Say where this machine keeps keys for worlds to come."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "minijpki" / "keys"


class Pool:
    """Keys made ahead of time on this machine; each is used once."""

    def __init__(self, directory: Path | None, *, ahead: int = AHEAD) -> None:
        self._directory = directory
        self._ahead = ahead

    def take(self, algorithm: Algorithm, number: int) -> PrivateKey:
        """Take one from the cache, or generate it and some more for the next."""
        if algorithm is not Algorithm.RSA2048 or self._directory is None:
            return generate(algorithm)
        for path in self._waiting():
            key = _claim(path)
            if key is not None:
                return key
        # Generation is the one thing that threads do as fast as processes: 2.02 on two cores.
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            first, *rest = pool.map(generate, [algorithm] * self._ahead)
        with suppress(OSError):
            for key in rest:
                self._put(key)
        return first

    def _waiting(self) -> Iterator[Path]:
        try:
            yield from sorted(self._directory.glob("*.key")) if self._directory else ()
        except OSError:
            return

    def _put(self, key: PrivateKey) -> None:
        assert self._directory is not None
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        der = private_der(key)
        target = self._directory / f"{sha256(der).hexdigest()}.key"
        beside = target.with_suffix(f".{os.getpid()}")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(der)
        beside.rename(target)


def _claim(path: Path) -> PrivateKey | None:
    """Take a cached key for ourselves: whoever renames it first has it."""
    mine = path.with_suffix(f".taken-{os.getpid()}")
    try:
        path.rename(mine)
        der = mine.read_bytes()
        mine.unlink()
    except OSError:
        return None
    if sha256(der).hexdigest() != path.stem:  # damaged, or not ours
        return None
    with suppress(Malformed):
        return load_private(der, ours=True)
    return None


class Deck:
    """The published keys, shuffled by a seed; the same seed gives the same keys."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._order = list(range(DECK_SIZE))
        Random(f"minijpki/{seed}/deck").shuffle(self._order)

    def take(self, algorithm: Algorithm, number: int) -> PrivateKey:
        """Return the key with a running number, from 1; beyond the deck, derive one."""
        if algorithm is not Algorithm.RSA2048:
            return self._p384(number)
        if number <= DECK_SIZE:
            return _from_deck(self._order[number - 1])
        return self._derived(number)

    def _p384(self, number: int) -> PrivateKey:
        chance = Random(f"minijpki/{self._seed}/p384/{number}")
        return ec.derive_private_key(chance.getrandbits(383) | 1, ec.SECP384R1())

    def _derived(self, number: int) -> PrivateKey:
        """Derive a key beyond the deck; slow, so it is cached under its seed and number."""
        name = f"{self._seed}-{number}.derived"
        path = cache_directory().with_name("derived") / name
        with suppress(OSError, Malformed):
            stored = path.read_bytes()
            if sha256(stored[32:]).digest() == stored[:32]:
                return load_private(stored[32:], ours=True)
        chance = Random(f"minijpki/{self._seed}/rsa/{number}")
        key = _assembled(derive_prime(chance), derive_prime(chance))
        der = private_der(key)
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_bytes(sha256(der).digest() + der)
            beside.rename(path)
        return key


def _from_deck(position: int) -> PrivateKey:
    with DECK.open("rb") as file:
        file.seek(position * 2 * PRIME)
        primes = file.read(2 * PRIME)
    return _assembled(int.from_bytes(primes[:PRIME], "big"), int.from_bytes(primes[PRIME:], "big"))


def _assembled(p: int, q: int) -> PrivateKey:
    if p < q:
        p, q = q, p
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(EXPONENT, p * q),
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def derive_prime(chance: Random) -> int:
    """Derive a prime of 1024 bits whose two top bits are set, so that n has 2048."""
    while True:
        candidate = chance.getrandbits(8 * PRIME) | 3 << (8 * PRIME - 2) | 1
        if candidate % EXPONENT != 1 and _is_prime(candidate):
            return candidate


_SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


def _is_prime(candidate: int) -> bool:
    """Test by division, then by Miller and Rabin; the bases are fixed, for keys of no secret."""
    if any(candidate % small == 0 for small in _SMALL):
        return False
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in _SMALL[:16]:
        x = pow(base, odd, candidate)
        if x in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % candidate
            if x == candidate - 1:
                break
        else:
            return False
    return True
