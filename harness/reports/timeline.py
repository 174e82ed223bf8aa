"""
The timeline of a story as one SVG: events as flags, certificates as bars, lists as ticks.

Pure; a chart in, text out.  It brings its colours along, for light and for dark, and needs
nothing from anywhere, so it stands in a page as well as alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from xml.sax.saxutils import escape

from ca.words import Words
from harness.reports.axis import Axis, Panel, axis, months, rows, width_of
from harness.reports.story import Chart, Lane, ListLane, Step, Tone
from pki.validity import JST

LEFT, GAP, RIGHT = 240, 22, 78  # before the first panel, between two, behind the last
MARGIN, TOP = 16, 18
FLAG, BADGE = 22, 16  # height of a row of flags; of the number in it
GROUP, ROW, BAR = 28, 20, 11  # heights of a heading, a lane, a bar
TICKS = 16  # height of a lane of lists
SMALL, TEXT = 11.5, 13.0  # font sizes

MARKS = {Tone.PASSED: "✓", Tone.FAILED: "✗", Tone.OPEN: "?", Tone.PLAIN: ""}
LISTS = Words("Revocation lists, one each night", "失効リスト（毎晩3時）")
LEFT_OUT = (Words("{} months", "{}か月"), Words("1 month", "1か月"))
CLOCK = Words("the clock stands here", "この世界の現在")
TITLE = (
    Words("Four years", "ミニチュアJPKIの"),
    Words("of a miniature JPKI", "四年間"),
)
SIMULATION = Words("a simulation, all of it invented", "模擬環境・登場人物は架空です")
LEGEND = (
    ("sign", Words("signature", "署名用")),
    ("auth", Words("authentication", "利用者証明用")),
    ("revoked", Words("revoked", "失効")),
    ("held", Words("on hold", "一時保留")),
    ("tick", Words("a list", "失効リスト")),
    ("shown", Words("a list shown in the story", "話に出てくるリスト")),
)

STYLE = """
.timeline { --paper:#fffdf9; --panel:#f5f1e8; --ink:#24211d; --soft:#6d655a; --line:#d9d1c2;
  --sign:#2f4d7a; --auth:#3b7a57; --held:#b97a00; --end:#b3382c; --grey:#b9b0a2; --badge:#24211d;
  --onbadge:#fffdf9;
  font-family:system-ui,-apple-system,"Segoe UI","Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",
  sans-serif }
@media (prefers-color-scheme:dark) { .timeline { --paper:#1b1c20; --panel:#24262b; --ink:#ece8e0;
  --soft:#a8a195; --line:#3c3e45; --sign:#86abe0; --auth:#79c49b; --held:#e6b04a; --end:#f0796b;
  --grey:#5e5b56; --badge:#ece8e0; --onbadge:#1b1c20 } }
.timeline text { fill:var(--ink); font-size:13px }
.timeline .small { font-size:11.5px; fill:var(--soft) }
.timeline .group { font-weight:600 }
.timeline .title { font-size:19px; font-weight:600; font-family:"Iowan Old Style",
  "Palatino Linotype",Palatino,"Hiragino Mincho ProN","Noto Serif JP",
  "Noto Serif CJK JP",Georgia,serif }
.timeline a { cursor:pointer } .timeline a:hover text { text-decoration:underline }
.timeline .paper { fill:var(--paper) }
.timeline .panel { fill:var(--panel) }
.timeline .pole { stroke:var(--soft); stroke-width:1 }
.timeline .drop { stroke:var(--soft); stroke-width:1; opacity:.22 }
.timeline .axis { stroke:var(--soft); stroke-width:1 }
.timeline .rule { stroke:var(--line); stroke-width:1 }
.timeline .sign { fill:var(--sign) } .timeline .auth { fill:var(--auth) }
.timeline .thread { stroke-width:1.5; stroke-dasharray:2 3; opacity:.7 }
.timeline .thread.sign { stroke:var(--sign) } .timeline .thread.auth { stroke:var(--auth) }
.timeline .thread.revoked { stroke:var(--grey) } .timeline .thread.held { stroke:var(--held) }
.timeline .hatch { stroke:var(--grey); stroke-width:2.4 }
.timeline .hold { stroke:var(--held); stroke-width:2.4 }
.timeline .outline { fill:none; stroke:var(--grey); stroke-width:1 }
.timeline .outline.held { stroke:var(--held) }
.timeline .cross { stroke:var(--end); stroke-width:2; stroke-linecap:round }
.timeline .reason { font-size:11.5px; fill:var(--ink); paint-order:stroke; stroke:var(--panel);
  stroke-width:4px; stroke-linejoin:round }
.timeline .badge { fill:var(--badge) }
.timeline text.number { fill:var(--onbadge); font-size:11px; font-weight:600; text-anchor:middle }
.timeline .passed { fill:var(--auth); font-weight:700 }
.timeline .failed { fill:var(--end); font-weight:700 }
.timeline .open { fill:var(--held); font-weight:700 }
.timeline .tick { stroke:var(--soft); stroke-width:1; opacity:.45 }
.timeline .shown { stroke:var(--end); stroke-width:2 }
.timeline .clock { stroke:var(--end); stroke-width:1.2; stroke-dasharray:5 4 }
.timeline text.clock { stroke:none; fill:var(--end); font-size:11.5px }
.timeline .year { font-weight:600 }
"""


def timeline(chart: Chart, steps: Sequence[Step], lang: str, *, alone: bool = True) -> str:
    """
    Draw a story in one language.

    *alone* brings the colours along; in a page, which has STYLE, the flags lead to the steps.
    """
    return _Drawing(chart, steps, lang, alone).draw()


class _Drawing:
    """One SVG on its way, from the top down."""

    def __init__(self, chart: Chart, steps: Sequence[Step], lang: str, alone: bool) -> None:
        self.chart, self.steps, self.lang, self.alone = chart, steps, lang, alone
        self.axis: Axis = axis(chart.windows, left=LEFT, gap=GAP)
        self.width = round(self.axis.right + RIGHT)
        self.parts: list[str] = []
        self.y = float(TOP)

    def draw(self) -> str:
        flags = self._flags()
        top = self.y
        self._ticks()
        body = self.y
        self._lanes()
        self._list_lanes()
        bottom = self.y
        behind = [*self._panels(top, bottom), *self._drops(body, bottom)]
        front = self._clock(body, bottom)
        self.y += 22
        height = round(self.y + MARGIN)
        title = escape(" ".join(each.said(self.lang) for each in TITLE))
        style = [f"<style>{STYLE}</style>"] if self.alone else []
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" lang="{self.lang}" '
                f'viewBox="0 0 {self.width} {height}" role="img" aria-label="{title}">',
                f"<title>{title}</title>",
                *style,
                f"<defs>{self._hatch('hatch')}{self._hatch('hold')}</defs>",
                f'<rect class="paper" width="{self.width}" height="{height}" rx="10"/>',
                *behind,
                *flags,
                *self.parts,
                *front,
                "</svg>\n",
            ]
        )

    def _hatch(self, name: str) -> str:
        return (
            f'<pattern id="{name}-{self.lang}" width="6" height="6" '
            f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<path class="{name}" d="M1 0V6"/></pattern>'
        )

    def _flags(self) -> list[str]:
        """Hang up the events; the lowest row of flags is just above the axis."""
        shown = []
        for step in self.steps:
            mark = MARKS[step.tone]
            day = _day(step.at)
            label = step.label.said(self.lang)
            width = BADGE + 5 + width_of(f"{day} {label} {mark}", TEXT)
            shown.append((self.axis.x(step.at), width, step, day, label, mark))
        heights = rows([(x, width) for x, width, *_ in shown])
        base = self.y + (max(heights, default=0) + 1) * FLAG
        parts = []
        for row, (x, _, step, day, label, mark) in zip(heights, shown, strict=True):
            y = base - (row + 1) * FLAG
            middle = y + BADGE / 2
            begin, end = ("", "") if self.alone else (f'<a href="#step-{step.number}">', "</a>")
            parts += [
                begin,
                _line("pole", x, y, x, base + 4),
                f'<rect class="badge" x="{_n(x)}" y="{_n(y)}" width="{BADGE + 2}" '
                f'height="{BADGE}" rx="2"/>',
                _text(x + BADGE / 2 + 1, middle + 3.6, str(step.number), "number"),
                f'<text x="{_n(x + BADGE + 7)}" y="{_n(middle + 4)}">'
                f'<tspan class="small">{escape(day)}</tspan> {escape(label)}'
                + (f' <tspan class="{step.tone.value}">{mark}</tspan>' if mark else "")
                + "</text>",
                end,
            ]
        self._legend(base)
        self.y = base + 4
        return parts

    def _ticks(self) -> None:
        """Write the axis: months where a window is short, years where it is long."""
        y = self.y
        for panel in self.axis.panels:
            self.parts.append(_line("axis", panel.left, y, panel.right, y))
            year, free = None, panel.left
            for moment in months(panel.window):
                x = panel.x(moment)
                self.parts.append(_line("axis", x, y, x, y + 5))
                text = self._month(moment, panel, first=moment.year != year)
                ends = x + 3 + width_of(text, SMALL)
                if free <= x and ends <= panel.right + GAP:
                    self.parts.append(_text(x + 3, y + 14, text, "small"))
                    year, free = moment.year, ends
        self.parts.append(_text(MARGIN, y + 14, "JST", "small"))
        self.y = y + 24

    def _month(self, moment: datetime, panel: Panel, *, first: bool) -> str:
        if panel.window.end - panel.window.start > timedelta(days=365):
            return f"{moment.year}年" if self.lang == "ja" else str(moment.year)
        if self.lang == "ja":
            return f"{moment.year}年{moment.month}月" if first else f"{moment.month}月"
        return f"{moment:%b} {moment.year}" if first else f"{moment:%b}"

    def _lanes(self) -> None:
        for group, lanes in groupby(self.chart.lanes, key=lambda lane: lane.group):
            self._heading(group)
            for lane in lanes:
                self._lane(lane)

    def _heading(self, words: Words) -> None:
        self.parts.append(_line("rule", MARGIN, self.y + 3, self.width - MARGIN, self.y + 3))
        self.parts.append(_text(MARGIN, self.y + 19, words.said(self.lang), "group"))
        self.y += GROUP

    def _lane(self, lane: Lane) -> None:
        """Draw one certificate: good until something happens, then hatched to its end."""
        y = self.y + (ROW - BAR) / 2
        self.parts.append(_text(MARGIN + 10, self.y + 14, lane.label.said(self.lang), "small"))
        cuts = [*(change.at for change in lane.changes), lane.end]
        self._bar(lane.start, cuts[0], lane.kind.value, y)
        for change, until in zip(lane.changes, cuts[1:], strict=True):
            self._bar(change.at, until, change.standing, y)
            self._reason(change.reason, change.at, until, y)
        for change in lane.changes[:1]:
            if self.axis.shows(change.at):
                x, middle = self.axis.x(change.at), y + BAR / 2
                self.parts.append(
                    f'<path class="cross" d="M{_n(x - 3.5)} {_n(middle - 3.5)}l7 7m0 -7l-7 7"/>'
                )
        if not lane.changes:
            day = f"{lane.end.astimezone(JST):%Y-%m-%d}"
            self.parts.append(_text(self.axis.x(lane.end) + 6, y + BAR - 1.5, day, "small"))
        self.y += ROW

    def _bar(self, start: datetime, end: datetime, style: str, y: float) -> None:
        pieces = self.axis.pieces(start, end)
        for left, right in pieces:
            width = _n(max(right - left, 1))
            place = f'x="{_n(left)}" y="{_n(y)}" width="{width}" height="{BAR}"'
            if style in ("sign", "auth"):
                self.parts.append(f'<rect class="{style}" {place} rx="1.5"/>')
            else:
                self._hatched(style, place)
        middle = y + BAR / 2
        for (_, left), (right, _) in pairwise(pieces):
            self.parts.append(_line(f"thread {style}", left + 2, middle, right - 2, middle))

    def _reason(self, reason: str, start: datetime, end: datetime, y: float) -> None:
        """Write a reason where there is room for it; nowhere if there is none."""
        for left, right in self.axis.pieces(start, end):
            if right - left > width_of(reason, SMALL) + 8:
                self.parts.append(_text(left + 9, y + BAR - 1.8, reason, "reason"))
                return

    def _list_lanes(self) -> None:
        self._heading(LISTS)
        for lane in self.chart.lists:
            self._list_lane(lane)

    def _list_lane(self, lane: ListLane) -> None:
        y = self.y
        self.parts.append(_text(MARGIN + 10, y + 12, lane.label.said(self.lang), "small"))
        drawn = [_n(self.axis.x(moment)) for moment in lane.out if self.axis.shows(moment)]
        path = "".join(f"M{x} {_n(y + 5)}v6" for x in drawn)
        self.parts.append(f'<path class="tick" d="{path}"/>')
        for i, (moment, number) in enumerate(lane.shown):
            x = self.axis.x(moment)
            self.parts.append(_line("shown", x, y + 2, x, y + 14))
            text = f"#{number}"
            following = self.axis.x(lane.shown[i + 1][0]) if i + 1 < len(lane.shown) else None
            if following is None or x + 3 + width_of(text, SMALL) < following:
                self.parts.append(_text(x + 4, y + 12, text, "reason"))
        self.y += TICKS

    def _panels(self, top: float, bottom: float) -> list[str]:
        parts = [
            f'<rect class="panel" x="{_n(panel.left)}" y="{_n(top)}" '
            f'width="{_n(panel.right - panel.left)}" height="{_n(bottom - top + 4)}"/>'
            for panel in self.axis.panels
        ]
        for before, behind in self.axis.gaps():
            count = round((behind.window.start - before.window.end) / timedelta(days=30.44))
            many, one = LEFT_OUT
            text = (one if count == 1 else many).said(self.lang).format(count)
            x, y = (before.right + behind.left) / 2 + 4, bottom - len(self.chart.lists) * TICKS / 2
            parts.append(
                f'<text class="small" text-anchor="middle" '
                f'transform="translate({_n(x)} {_n(y)}) rotate(-90)">{escape(text)}</text>'
            )
        return parts

    def _drops(self, top: float, bottom: float) -> list[str]:
        places = {_n(self.axis.x(step.at)) for step in self.steps}
        return [_line("drop", float(x), top, float(x), bottom) for x in sorted(places, key=float)]

    def _clock(self, top: float, bottom: float) -> list[str]:
        x = self.axis.x(self.chart.now)
        text = CLOCK.said(self.lang)
        return [
            _line("clock", x, top, x, bottom + 8),
            _text(x + 5, bottom + 15, text, "clock"),
        ]

    def _legend(self, bottom: float) -> None:
        """Write the title, and explain the colours, in the corner that the flags leave free."""
        for row, words in enumerate(TITLE):
            line = _text(MARGIN, TOP + 17 + 23 * row, words.said(self.lang), "title")
            self.parts.append(line)
        self.parts.append(
            _text(MARGIN, TOP + 18 + 23 * len(TITLE), SIMULATION.said(self.lang), "small")
        )
        y = bottom - 20.0 * (len(LEGEND) - 1) - 12
        for style, words in LEGEND:
            self._sample(style, MARGIN, y - 9)
            self.parts.append(_text(MARGIN + 30, y, words.said(self.lang), "small"))
            y += 20

    def _sample(self, style: str, x: float, y: float) -> None:
        """Draw what a style of the legend looks like."""
        place = f'x="{_n(x)}" y="{_n(y)}" width="22" height="{BAR}"'
        if style in ("sign", "auth"):
            self.parts.append(f'<rect class="{style}" {place} rx="1.5"/>')
        elif style in ("revoked", "held"):
            self._hatched(style, place)
        elif style == "tick":
            self.parts += [_line(style, x + each, y + 2, x + each, y + 8) for each in (6, 11, 16)]
        else:
            self.parts.append(_line(style, x + 11, y - 1, x + 11, y + 11))

    def _hatched(self, style: str, place: str) -> None:
        fill = "hold" if style == "held" else "hatch"
        self.parts.append(f'<rect {place} fill="url(#{fill}-{self.lang})"/>')
        self.parts.append(f'<rect class="outline {style}" {place}/>')


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(JST):%m-%d}"


def _n(value: float) -> str:
    """Spell a length, to a tenth of a pixel, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def _line(style: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="{style}" d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"/>'


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text class="{style}" x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'
