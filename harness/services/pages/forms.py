"""
The forms of the pages as a table: an action of the control room, and what it asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.faults.table import FAULTS
from harness.scene import HOME, NEW_HOME
from harness.services.actions import pytest_line


@dataclass(frozen=True, slots=True)
class Blank:
    """
    One thing to fill in.

    Attributes:
        name: Of the field.
        label: In Japanese and English, as on a form of the counter.
        value: That stands there at first.
        choices: Where only these will do.
    """

    name: str
    label: str
    value: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """
    One form.

    Attributes:
        words: The action.
        label: On its button.
        blanks: What is asked for.
        fixed: What is known already.
        grave: Whether it cannot be taken back.
    """

    words: str
    label: str
    blanks: tuple[Blank, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    grave: bool = False

    @property
    def path(self) -> str:
        return "/control/" + self.words.replace(" ", "/")

    @property
    def example(self) -> dict[str, Any]:
        """What is sent when nothing is changed."""
        return {**self.fixed, **{each.name: each.value for each in self.blanks}}

    @property
    def command(self) -> str:
        """The equal line for a shell."""
        words = [self.fixed[each] for each in ("id", "kind") if each in self.fixed]
        options = [
            f"--{name.replace('_', '-')} {_quoted(value)}"
            for name, value in self.example.items()
            if name not in ("id", "kind", *_POSITIONAL) and value
        ]
        bare = [_quoted(self.example[name]) for name in _POSITIONAL if self.example.get(name)]
        return " ".join(["minijpki", self.words, *words, *bare, *options])

    @property
    def pytest(self) -> str:
        """The equal line for a test."""
        return pytest_line(self.words, self.example)


_POSITIONAL = ("period", "moment", "fault")
_KEY = Blank("key", "証明書 / certificate", "sign", ("sign", "auth"))


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def of_clock(now: str) -> tuple[Form, ...]:
    """Turn the world's clock."""
    return (
        Form("clock advance", "進める / advance", (Blank("period", "期間 / period", "1d"),)),
        Form("clock set", "合わせる / set", (Blank("moment", "日時 / moment", now),)),
        Form("clock run", "動かす / run", (Blank("rate", "倍速 / rate", "1"),)),
    )


ARRIVAL = (
    Form(
        "resident add",
        "転入届 / register",
        (
            Blank("id", "ID", "taro"),
            Blank("name", "氏名 / name", "住基 太郎"),
            Blank("born", "生年月日 / born", "1990-01-01"),
            Blank("sex", "性別 / sex", "male", ("male", "female")),
            Blank("address", "住所 / address", HOME),
        ),
    ),
)
PUBLISHING = (Form("crl publish", "今すぐ発行 / publish now"),)


def of_resident(identifier: str, *, has_card: bool) -> tuple[Form, ...]:
    """What can happen to somebody."""
    known = {"id": identifier}
    if not has_card:
        issue = (
            Blank("sign_pin", "署名用PIN / sign PIN", "ABC123"),
            Blank("auth_pin", "利用者証明用PIN / auth PIN", "1234"),
            Blank("juki_pin", "住基PIN / juki PIN", "1234"),
            Blank("text_pin", "券面PIN / text PIN", "1234"),
        )
        first: tuple[Form, ...] = (Form("card issue", "カード交付 / issue", issue, known),)
    else:
        first = (
            Form("card renew", "証明書更新 / renew", (_KEY,), known),
            Form("card suspend", "紛失届 / lost", (), known, grave=True),
            Form("card withdraw", "失効申請 / withdraw", (_KEY,), known, grave=True),
            Form("card report-leak", "秘密鍵漏えい / key leaked", (_KEY,), known, grave=True),
        )
    return (
        *first,
        Form("resident move", "転居届 / move", (Blank("address", "住所 / to", NEW_HOME),), known),
        Form(
            "resident rename", "改姓 / rename", (Blank("name", "氏名 / name", "電子 花子"),), known
        ),
        Form("resident leave", "国外転出 / leave", (), known, grave=True),
        Form("resident die", "死亡届 / die", (), known, grave=True),
    )


def of_authority(kind: str) -> tuple[Form, ...]:
    """What can happen to a CA."""
    return (
        Form("crl publish", "リスト発行 / publish", (), {"kind": kind}),
        Form("ca delegate", "OCSP委任 / delegate", (), {"kind": kind}),
        Form("ca rollover", "鍵更新 / roll over", (), {"kind": kind}, grave=True),
    )


def of_faults() -> tuple[Form, ...]:
    """Make bad days happen, and end them."""
    return (
        Form(
            "faults on",
            "障害を起こす / turn on",
            (
                Blank("fault", "障害 / fault", "crl-stale", tuple(FAULTS)),
                Blank("times", "回数 / times (empty: all)", ""),
                Blank("point", "対象パス / path (empty: all)", ""),
                Blank("serial", "シリアル / serial (empty: all)", ""),
            ),
        ),
        Form("faults off", "すべて解除 / turn all off"),
    )
