"""
The one place that asks what time it is.
"""

from datetime import UTC, datetime

# In which a world may live: its seconds are counted from 1970, and what begins in the last
# of them, be it a CA of twenty years, must end before the calendar does.
YEARS = range(1970, 9900)


def now() -> datetime:
    """Return the moment, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
