"""
A moment as certificates, lists and answers encode it.

Pure.
"""

from datetime import UTC, datetime

UTC_TIME, GENERALIZED_TIME = 0x17, 0x18  # [X.690 8.1.2]
FIRST_UTC_YEAR, LAST_UTC_YEAR = 1950, 2049  # two digits reach no further [5280 4.1.2.5.1]


def asn1_time(moment: datetime) -> bytes:
    """Encode *moment* as UTCTime through 2049 and GeneralizedTime from 2050 [5280 4.1.2.5]."""
    if moment.tzinfo is None or moment.microsecond:
        raise ValueError(f"{moment!r} must be aware and in whole seconds")
    at = moment.astimezone(UTC)
    if at.year < FIRST_UTC_YEAR:
        raise ValueError(
            f"the year {at.year} is before {FIRST_UTC_YEAR}, which UTCTime starts with"
        )
    content = f"{at.year:04}{at:%m%d%H%M%S}Z".encode("ascii")  # %Y pads on some systems only
    if at.year <= LAST_UTC_YEAR:
        return bytes((UTC_TIME, len(content) - 2)) + content[2:]  # the century is understood
    return bytes((GENERALIZED_TIME, len(content))) + content
