"""
Pages from values: one template, which knows tables, forms and a drawing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ca.lifecycle import Good
from ca.linking import in_force
from harness.faults.table import FAULTS
from harness.reports.page import jst
from harness.services.pages import forms
from harness.services.pages.bars import Bar, bars
from harness.services.pages.forms import Form
from harness.services.present import Present
from pki.kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from jinja2 import Template

    from ca.register import Issued

HERE = Path(__file__).parent
PEOPLE = ("ID", "氏名", "カード", "住所")
ITEMS = ("氏名", "生年月日", "性別", "カード", "住所")
_EMPTY: dict[str, Any] = {
    "tables": [],
    "groups": [],
    "drawing": "",
    "done": None,
    "note": "",
    "forms_first": False,
}
KINDS = {Kind.SIGN: "署名用", Kind.AUTH: "利用者証明用"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, and where it leads; nowhere if empty."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, and how they look: ended, on, or plain."""

    cells: tuple[Cell, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the names of the columns, and the rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Forms that belong together."""

    title: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an action; *error* is empty where it was done."""

    back: str
    error: str = ""
    command: str = ""
    pytest: str = ""
    rows: str = ""


class Pages:
    """The pages of one world."""

    def __init__(self, present: Present) -> None:
        self._present = present

    def overview(self) -> str:
        """Everybody, the clock, and who comes next."""
        register = self._present.world.register
        rows = []
        for each in register.residents():
            card = register.card(each.identifier)
            rows.append(
                _row(
                    (each.identifier, f"/residents/{each.identifier}"),
                    (each.name, ""),
                    (card.state.value if card else "—", ""),
                    (each.address, ""),
                )
            )
        now = self._present.now()
        return self._page(
            "住民 / residents",
            "/",
            tables=[
                Table("住民基本台帳 / register", ("ID", "氏名", "カード", "住所"), tuple(rows))
            ],
            groups=[
                Group("時計 / clock", forms.of_clock(now.isoformat())),
                Group("窓口 / counter", forms.ARRIVAL),
                Group("失効リスト / lists", forms.PUBLISHING),
            ],
        )

    def resident(self, identifier: str) -> str:
        """One resident, with the timeline of the certificates; UnknownResident."""
        register = self._present.world.register
        found = register.resident(identifier)
        now = self._present.now()
        issued = register.certificates(identifier)
        card = register.card(identifier)
        person = _row(
            (found.name, ""),
            (str(found.born or "—"), ""),
            (found.sex.value, ""),
            (card.state.value if card else "—", ""),
            (found.address, ""),
        )
        return self._page(
            f"{found.name}（{identifier}）",
            f"/residents/{identifier}",
            drawing=bars([self._bar(each) for each in issued], now),
            tables=[
                Table(
                    "基本4情報 / four items",
                    ("氏名", "生年月日", "性別", "カード", "住所"),
                    (person,),
                ),
                Table(
                    "証明書 / certificates",
                    ("種類", "シリアル", "有効期間", "世代", "リスト", "状態"),
                    tuple(self._certificate(each, now) for each in issued),
                ),
            ],
            groups=[
                Group(
                    "できごと / events",
                    forms.of_resident(identifier, has_card=card is not None),
                )
            ],
        )

    def _bar(self, each: Issued) -> Bar:
        standing = self._present.world.register.standing(each.kind, each.serial)
        ended = not isinstance(standing, Good)
        return Bar(
            label=f"{KINDS[each.kind]} {each.serial:#x}",
            kind=each.kind.value,
            begins=each.not_before,
            ends=each.not_after,
            revoked=standing.since if not isinstance(standing, Good) else None,
            reason=_reason(standing) if ended else "",
        )

    def _certificate(self, each: Issued, now: datetime) -> Row:
        register = self._present.world.register
        standing = register.standing(each.kind, each.serial, at=now)
        if not isinstance(standing, Good):
            state = f"{_reason(standing)}　{jst(standing.since)}"
        elif in_force(register, each, at=now):
            state = "有効 / in force"
        else:
            state = "期間外 / outside its dates"
        return _row(
            (KINDS[each.kind], ""),
            (f"{each.serial:#x}", ""),
            (f"{jst(each.not_before)[:10]} – {jst(each.not_after)[:10]}", ""),
            (str(each.generation), ""),
            (each.scope, f"/crl/{each.kind.value}/{each.generation}/{each.scope}.crl"),
            (state, ""),
            tone="" if isinstance(standing, Good) else "ended",
        )

    def authority(self, kind: Kind) -> str:
        """One CA: its generations and lists."""
        world, now = self._present.world, self._present.now()
        founded = world.authority.generations(kind, at=now)
        generations = tuple(
            _row(
                (str(each.number), f"/ca/{kind.value}/{each.number}.cer"),
                (f"{each.serial:#x}", ""),
                (each.algorithm.value, ""),
                (f"{jst(each.not_before)[:10]} – {jst(each.not_after)[:10]}", ""),
            )
            for each in founded
        )
        lists = tuple(
            _row(
                (made.word, f"/crl/{kind.value}/{made.generation}/{made.word}.crl"),
                (str(made.generation), ""),
                (str(made.request.number), ""),
                (jst(made.request.this_update), ""),
                (jst(made.request.next_update), ""),
                (str(len(made.entries)), ""),
            )
            for made in world.press.all_newest(at=now)
            if made.kind is kind
        )
        heads = ("リスト", "世代", "番号", "thisUpdate", "nextUpdate", "失効数")
        return self._page(
            f"{KINDS[kind]}認証局 / {kind.value} CA",
            f"/authorities/{kind.value}",
            tables=[
                Table("世代 / generations", ("世代", "シリアル", "鍵", "有効期間"), generations),
                Table("失効リスト / lists", heads, lists),
            ],
            groups=[Group("操作 / actions", forms.of_authority(kind.value))],
        )

    def faults(self) -> str:
        """The table of faults, and what is on."""
        switches = {each.fault: each for each in self._present.faults.switches}
        rows = tuple(
            _row(
                (each.id, ""),
                (each.service, ""),
                (_on(switches[each.id]) if each.id in switches else "", ""),
                (each.cause or "—", ""),
                (f"{each.ja} / {each.en}", ""),
                tone="on" if each.id in switches else "",
            )
            for each in FAULTS.values()
        )
        heads = ("障害", "サービス", "発生中", "検証側の見方", "内容")
        return self._page(
            "障害 / faults",
            "/faults",
            forms_first=True,
            groups=[Group("切替え / switches", forms.of_faults())],
            tables=[Table("一覧 / table", heads, rows)],
        )

    def outcome(self, words: str, outcome: Outcome) -> str:
        """What became of an action."""
        return self._page(words, outcome.back, done=outcome)

    def _page(self, title: str, here: str, **parts: Any) -> str:
        filled = {**_EMPTY, **parts}
        return _template().render(
            title=title,
            here=here,
            now=self._present.now(),
            frozen=bool(self._present.world.store.setting("clock")),
            switches=self._present.faults.switches,
            **filled,
        )


def told(rows: list[Any]) -> str:
    """Spell the answer of a command, a line for each object."""
    return "\n".join(json.dumps(each, ensure_ascii=False, default=str) for each in rows[:20])


def _row(*cells: tuple[str, str], tone: str = "") -> Row:
    return Row(tuple(Cell(text, href) for text, href in cells), tone)


def _reason(standing: Any) -> str:
    reason = getattr(standing, "reason", None)
    return reason.value if reason is not None else "certificateHold"


def _on(switch: Any) -> str:
    said = ["on"]
    if switch.left is not None:
        said.append(f"×{switch.left}")
    if switch.point is not None:
        said.append(switch.point)
    if switch.serial is not None:
        said.append(f"{switch.serial:#x}")
    return " ".join(said)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["jst"] = jst
    return environment.get_template("page.html.j2")
