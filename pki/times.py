"""
A moment as certificates, lists and answers encode it.

Pure.
"""

from datetime import UTC, datetime

# Tag, length, digits [X.690 8.1.2].
_UTC_TIME = b"\x17\x0d%02d%02d%02d%02d%02d%02dZ"
_GENERALIZED_TIME = b"\x18\x0f%04d%02d%02d%02d%02d%02dZ"
FIRST_UTC_YEAR, LAST_UTC_YEAR = 1950, 2049  # two digits reach no further [5280 4.1.2.5.1]


def asn1_time(moment: datetime) -> bytes:
    """Encode *moment* as UTCTime through 2049 and GeneralizedTime from 2050 [5280 4.1.2.5]."""
    if moment.tzinfo is None or moment.microsecond:
        raise ValueError(f"{moment!r} must be aware and in whole seconds")
    at = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    year = at.year
    if year < FIRST_UTC_YEAR:
        raise ValueError(f"the year {year} is before {FIRST_UTC_YEAR}, which UTCTime starts with")
    # Not strftime, which takes three times as long and pads %Y on some systems only.
    rest = (at.month, at.day, at.hour, at.minute, at.second)
    if year <= LAST_UTC_YEAR:
        return _UTC_TIME % (year % 100, *rest)  # the century is understood
    return _GENERALIZED_TIME % (year, *rest)
