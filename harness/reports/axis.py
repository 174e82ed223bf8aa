"""
The broken axis of a timeline, and flags on it that never overlap.

Pure.  Time is drawn in windows, each to a scale of its own; what lies between two windows
shrinks to a gap.  Text is measured by guess, generously, for no font is at hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from unicodedata import east_asian_width

from harness.reports.story import Window
from pki.validity import JST

WIDE, NARROW = 1.0, 0.6  # of the font size, for one character; most Latin letters take less
FLAG_GAP = 6.0  # pixels between two flags of a row


@dataclass(frozen=True, slots=True)
class Panel:
    """One window as drawn: from *left* to *right* in pixels."""

    window: Window
    left: float
    right: float

    def holds(self, moment: datetime) -> bool:
        return self.window.start <= moment <= self.window.end

    def x(self, moment: datetime) -> float:
        """Place a moment; one outside falls on the nearer edge."""
        share = (moment - self.window.start) / (self.window.end - self.window.start)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class Axis:
    """The panels of a timeline, from left to right."""

    panels: tuple[Panel, ...]

    @property
    def left(self) -> float:
        return self.panels[0].left

    @property
    def right(self) -> float:
        return self.panels[-1].right

    def x(self, moment: datetime) -> float:
        """Place a moment; what lies between two windows falls on the earlier one's end."""
        for panel in self.panels:
            if moment <= panel.window.end:
                return panel.x(moment)
        return self.right

    def shows(self, moment: datetime) -> bool:
        return any(panel.holds(moment) for panel in self.panels)

    def pieces(self, start: datetime, end: datetime) -> list[tuple[float, float]]:
        """Cut a period into what the windows show of it."""
        return [
            (panel.x(start), panel.x(end))
            for panel in self.panels
            if start < panel.window.end and end > panel.window.start
        ]

    def gaps(self) -> list[tuple[Panel, Panel]]:
        """Pair the panels that something was left out between."""
        return [
            (before, behind)
            for before, behind in pairwise(self.panels)
            if behind.window.start > before.window.end
        ]


def axis(windows: Sequence[Window], *, left: float, gap: float) -> Axis:
    """Lay windows side by side."""
    panels = []
    for window in windows:
        panels.append(Panel(window, left, left + window.width))
        left += window.width + gap
    return Axis(tuple(panels))


def months(window: Window) -> list[datetime]:
    """List the first moments of months within a window, in Japan; of years in a long one."""
    start = window.start.astimezone(JST)
    years = (window.end - window.start).days / 365
    step = 1 if years < 1 else 60  # months
    count = 12 * start.year + start.month - 1
    count += -count % step
    found: list[datetime] = []
    while True:
        moment = datetime(count // 12, count % 12 + 1, 1, tzinfo=JST)
        if moment > window.end:
            return found
        if moment >= window.start:
            found.append(moment)
        count += step


def width_of(text: str, size: float) -> float:
    """Guess how wide a text is, rather too wide than too narrow; pixels."""
    return size * sum(WIDE if east_asian_width(each) in "FWA" else NARROW for each in text)


def rows(flags: Sequence[tuple[float, float]]) -> list[int]:
    """
    Give each flag (place of its pole, width to the right of it) a row, 0 the lowest.

    Flags come in the order of their poles.  One that would reach over the pole of a later
    flag hangs above that flag, so that no pole crosses a flag and no two flags meet.
    """
    found = [0] * len(flags)
    for i in range(len(flags) - 1, -1, -1):
        place, width = flags[i]
        met = [
            found[j] for j in range(i + 1, len(flags)) if flags[j][0] <= place + width + FLAG_GAP
        ]
        found[i] = 1 + max(met) if met else 0
    return found
