"""
Which further rooms there are: added here, so that the door need not know them.
"""

from harness.services.present import Present
from harness.services.rooms import Rooms


def furnish(rooms: Rooms, present: Present) -> None:
    """Add the rooms that are built on others."""
