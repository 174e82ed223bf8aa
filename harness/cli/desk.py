"""
The desk at which every command works: the world, and how to answer.

Light: click and what click loads anyway.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from unicodedata import category, east_asian_width

import click

from harness.cli.words import JAPANESE
from pki.errors import JpkiError

if TYPE_CHECKING:
    from harness.world import World

EXIT = {"TOTAL-PASSED": 0, "TOTAL-FAILED": 1, "INDETERMINATE": 3}
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which POSIX asks them


def default_language() -> str:
    """Read the language for people from the locale: ja, or else English."""
    for name in LOCALES:
        if value := os.environ.get(name):
            return "ja" if value.startswith("ja") else "en"
    return "en"


@dataclass(frozen=True, slots=True)
class Desk:
    """
    What the three common options say.

    Attributes:
        directory: Of the world to work in; None for where the environment says.
        as_json: Whether a program reads the answer.
        lang: Of the answer for the eye, en or ja; None for the locale's.
    """

    directory: str | None = None
    as_json: bool = False
    lang: str | None = None

    @property
    def language(self) -> str:
        return self.lang or default_language()

    @property
    def place(self) -> str:
        """Where `init` makes a world."""
        from harness.world import DEFAULT_DIRECTORY

        return self.directory or DEFAULT_DIRECTORY

    @property
    def world(self) -> World:
        """The world to work in, closed when the command ends."""
        from harness.world import World

        return self.lock_up(World.open(self.directory))

    def lock_up(self, world: World) -> World:
        """See to it that *world* is closed when the command ends."""
        click.get_current_context().call_on_close(world.close)
        return world

    def word(self, text: str) -> str:
        """Put a word of the tables into the reader's language."""
        return JAPANESE.get(text, text) if self.language == "ja" else text

    def say(self, en: str, ja: str | None = None) -> None:
        """Say something to a person; programs read standard output only."""
        click.echo(ja if ja and self.language == "ja" else en, err=True)

    def answer(self, fields: Mapping[str, Any]) -> None:
        """Print one result: an object on a line, or one field to the line for the eye."""
        if self.as_json:
            click.echo(_json(fields))
            return
        labels = {name: self.word(name) for name in fields}
        widest = max((width(label) for label in labels.values()), default=0)
        for name, value in fields.items():
            if _is_table(value):
                click.echo(labels[name])
                self._columns(value, indent="  ")
            else:
                click.echo(f"{padded(labels[name], widest)}  {self._shown(value)}".rstrip())

    def table(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Print results of one shape: an object to the line, or columns under a header."""
        listed = list(rows)
        if self.as_json:
            for row in listed:
                click.echo(_json(row))
            return
        if not listed:
            self.say("nothing to show", "該当なし")
            return
        self._columns(listed)

    def _columns(self, rows: Sequence[Mapping[str, Any]], *, indent: str = "") -> None:
        """Print rows below a header; what one of them lacks is a dash."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = [[self.word(name) for name in names]]
        cells += [[self._shown(row.get(name)) for name in names] for row in rows]
        widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
        for line in cells:
            shown = [padded(cell, size) for cell, size in zip(line, widths, strict=True)]
            click.echo(indent + "  ".join(shown).rstrip())

    def _shown(self, value: Any) -> str:
        if value is None:
            return "-"
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, (list, tuple)):
            return ", ".join(self._shown(each) for each in value) or "-"
        if isinstance(value, dict):
            pairs = ", ".join(f"{self.word(k)}={self._shown(v)}" for k, v in value.items())
            return pairs or "-"
        return self.word(str(value))


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def width(text: str) -> int:
    """Count the cells of a terminal that a text takes: a kanji two, a selector of its form none."""
    return sum((category(each) != "Mn") + (east_asian_width(each) in "FW") for each in text)


def padded(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def _note(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Note the option on the desk; what stands nearest to the arguments counts."""
    desk = ctx.obj or Desk()
    ctx.obj = desk if value is None else replace(desk, **{str(param.name): value})


def common_options(*, envvar: str | None = None) -> list[click.Parameter]:
    """Make the options that stand before or after a command, with equal effect."""
    return [
        click.Option(
            ["-C", "directory"],
            metavar="WORLD",
            type=click.Path(file_okay=False),
            envvar=envvar,
            expose_value=False,
            callback=_note,
            help="Work in this world.  [default: .minijpki]",
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            default=None,
            expose_value=False,
            callback=_note,
            help="Answer with one JSON object per line.",
        ),
        click.Option(
            ["--lang"],
            type=click.Choice(["ja", "en"]),
            expose_value=False,
            callback=_note,
            help="Speak this language.  [default: the locale's]",
        ),
    ]


class Command(click.Command):
    """A command that takes the common options, too."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params += common_options()

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the whole sentence, which the listing of a group wraps."""
        return super().get_short_help_str(limit=200)


class Group(click.Group):
    """A group of such commands that takes them as well."""

    command_class = Command

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params += common_options()


class Refusing:
    """Tells our own errors in one line, and no others; a bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)  # type: ignore[misc]
        except JpkiError as error:
            raise click.ClickException(on_one_line(str(error))) from error


def on_one_line(text: str) -> str:
    """Keep what libraries or file names bring along from breaking the line, or the terminal."""
    return "".join(each if each.isprintable() else " " for each in text)
