"""
The real CAs of JPKI, to be recognised and named; never to be imitated [J 1.1].

Pure; a table.  The key identifier of the second authentication CA is not public, so whoever
decides by this table must still treat a certificate that it does not know as somebody's.
"""

from typing import NamedTuple


class Production(NamedTuple):
    """
    One generation of a real CA.

    Attributes:
        title: In prose.
        japanese: In Japanese prose.
        key_identifier: SHA-1 of its public key bits, hex; None where it is not public.
        sha256: Of its certificate, hex; None where it is not known.
    """

    title: str
    japanese: str
    key_identifier: str | None
    sha256: str | None


PRODUCTION = (
    Production(
        "signature CA of 2015",
        "署名用認証局 (2015 年)",
        "0d034cbb34d0714f45e45a1cafd8fd143fab54a7",
        "19645405a1fe14377434bd55957628ac4038557c542403a2243f21c706fc9355",
    ),
    Production(
        "signature CA of 2019",
        "署名用認証局 (2019 年)",
        "4de017de4b7f473dcd867a62d38b134ace83558a",
        "79679c33e4cc9319440f1ad120a597ff1844e2ef217063adb176966fd5e6fbeb",
    ),
    Production(
        "signature CA of 2023",
        "署名用認証局 (2023 年)",
        "d21ea55895617e93adbf966b941ab4edf653f08f",
        "d227f6cde11d35c5252178f106f843d24651944975413b539fa2fb68dbfa365f",
    ),
    Production(
        "authentication CA of 2015",
        "利用者証明用認証局 (2015 年)",
        "9567951b5ca70d84a0fff1d85a87f1aab1340385",
        "4dcfc4ca0aaf9fb2a3081b3f0c991c320b3acc008667a341eeaec5af1d58ca7d",
    ),
    Production("authentication CA of 2019", "利用者証明用認証局 (2019 年)", None, None),
    Production(
        "authentication CA of 2023",
        "利用者証明用認証局 (2023 年)",
        "1ac100f596a3bc8c4b3df195e32699249e9e308a",
        "64114f29620c24ed2631d46476a040e7ee740d956089c00b036a6a8118c322b5",
    ),
)


def by_key_identifier(identifier: bytes) -> Production | None:
    """Find the real CA whose key has that identifier."""
    stated = identifier.hex()
    return next((each for each in PRODUCTION if each.key_identifier == stated), None)


def by_digest(digest: str) -> Production | None:
    """Find the real CA whose certificate has that SHA-256."""
    return next((each for each in PRODUCTION if each.sha256 == digest), None)
