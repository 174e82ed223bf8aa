"""
Make harness/deck.bin: the primes of 256 RSA-2048 keys for seeded worlds.

Run once; the file is committed, so that a seed gives the same bytes on every machine.  The
keys are public knowledge and trusted nowhere.

    python scripts/make_deck.py harness/deck.bin
"""

import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

KEYS = 256
PRIME = 128  # octets


def main(target: Path) -> None:
    parts = []
    for _ in range(KEYS):
        numbers = rsa.generate_private_key(65537, 2048).private_numbers()
        parts += [numbers.p.to_bytes(PRIME, "big"), numbers.q.to_bytes(PRIME, "big")]
    target.write_bytes(b"".join(parts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
