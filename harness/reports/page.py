"""
The report of a story: one page with everything in it, in both languages.

Pure; a story in, text out.  The page fetches nothing, runs no script, and links only to the
artefacts beside it; the language is switched by two buttons and a rule of CSS.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.reports.story import Answer, Command, Step, Story, Tone
from harness.reports.timeline import STYLE, timeline
from pki.validity import JST

if TYPE_CHECKING:
    from jinja2 import Template

LANGUAGES = ("en", "ja")
MARKS = {Tone.PASSED: "✓", Tone.FAILED: "✗", Tone.OPEN: "?", Tone.PLAIN: "·"}
LINES = 26  # of an output, before it is cut


def page(story: Story, lang: str) -> str:
    """Write the report; *lang* is the language that it opens in."""
    drawings = {each: timeline(story.chart, story.steps, each, alone=False) for each in LANGUAGES}
    return _template().render(
        story=story,
        lang=lang,
        drawings=drawings,
        style=STYLE,
        marks=MARKS,
        answers=sum(len(step.answers) for step in story.steps),
        ran=sum(command.accepted is not None for step in story.steps for command in step.commands),
        differing=[step for step in story.steps if not step.as_scripted],
    )


def jst(moment: datetime) -> str:
    """Spell a moment as a clock in Japan shows it; seconds only where there are any."""
    local = moment.astimezone(JST)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def cut(output: str) -> str:
    """Show the beginning of a long output."""
    lines = output.splitlines()
    return output if len(lines) <= LINES else "\n".join([*lines[: LINES - 1], "…"])


def unusual(answer: Answer, step: Step) -> bool:
    """Tell whether an answer is of another moment than its scene."""
    return answer.at != step.at


def foreign(commands: tuple[Command, ...]) -> list[str]:
    """Name the programs of others that were run, each once."""
    return list(dict.fromkeys(each.program for each in commands if each.accepted is not None))


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"jst": jst, "cut": cut, "foreign": foreign}
    environment.tests["unusual"] = unusual
    return environment.get_template("template.html.j2")
