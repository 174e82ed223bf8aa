"""
The one place that asks what time it is.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the moment, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
