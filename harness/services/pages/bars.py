"""
Somebody's certificates as bars over the years, in SVG.  Pure; values in, text out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from pki.validity import JST

WIDTH, ROW, BAR, LEFT, TOP = 900, 34, 14, 150, 26
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """
    One certificate.

    Attributes:
        label: Beside the bar.
        kind: sign or auth.
        begins: Its notBefore.
        ends: Its notAfter.
        revoked: Since when it is; None if it is not.
        reason: Why; empty if it is not.
    """

    label: str
    kind: str
    begins: datetime
    ends: datetime
    revoked: datetime | None
    reason: str


def bars(listed: list[Bar], now: datetime) -> str:
    """Draw them over a common axis, with the world's clock."""
    if not listed:
        return ""
    first = min(each.begins for each in listed) - timedelta(days=30)
    last = max([*(each.ends for each in listed), now]) + timedelta(days=30)
    whole = (last - first).total_seconds()

    def x(moment: datetime) -> float:
        share = (moment - first).total_seconds() / whole
        return round(LEFT + share * (WIDTH - LEFT - 20), 1)

    height = TOP + ROW * len(listed) + 24
    parts = [
        f'<svg class="bars" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="証明書の有効期間 / certificates over time">'
    ]
    step = max(1, (last.year - first.year) // 8)
    for year in range(first.year + 1, last.year + 1, step):
        at = x(datetime(year, 1, 1, tzinfo=JST))
        if LEFT <= at <= WIDTH - 20:
            parts.append(
                f'<line class="grid" x1="{at}" x2="{at}" y1="{TOP - 6}" y2="{height - 20}"/>'
            )
            parts.append(f'<text class="year" x="{at}" y="{TOP - 11}">{year}</text>')
    for row, each in enumerate(listed):
        parts += _bar(each, TOP + row * ROW, x)
    here = x(now)
    parts.append(f'<line class="now" x1="{here}" x2="{here}" y1="{TOP - 8}" y2="{height - 18}"/>')
    parts.append(
        f'<text class="nowtext" x="{min(max(here, LEFT + 30), WIDTH - 60)}" y="{height - 5}">'
        f"現在 {now.astimezone(JST):%Y-%m-%d}</text></svg>"
    )
    return "".join(parts)


def _bar(each: Bar, top: float, x: Callable[[datetime], float]) -> list[str]:
    begins, ends = x(each.begins), x(each.ends)
    parts = [
        f'<text class="label" x="{LEFT - 10}" y="{top + BAR}">{escape(each.label)}</text>',
        f'<rect class="{each.kind}" x="{begins}" y="{top + 2}" '
        f'width="{max(ends - begins, 2):.1f}" height="{BAR}" rx="3"/>',
    ]
    if each.revoked is not None:
        since = min(max(x(each.revoked), begins), ends)
        parts.append(
            f'<rect class="ended" x="{since}" y="{top + 2}" '
            f'width="{max(ends - since, 2):.1f}" height="{BAR}" rx="3"/>'
        )
        parts.append(
            f'<text class="reason" x="{since + 6}" y="{top + BAR - 1}">{escape(each.reason)}</text>'
        )
    return parts
