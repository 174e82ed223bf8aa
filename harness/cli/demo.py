"""
The command that plays the story.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.desk import Command, Desk

if TYPE_CHECKING:
    from harness.reports.story import Step


@click.command(cls=Command)
@click.option(
    "-o",
    "--output",
    "place",
    metavar="DIR",
    type=click.Path(file_okay=False),
    default="minijpki-demo",
    show_default=True,
    help="Write report, artefacts and world here.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Play another world.")
@click.option("--commands", is_flag=True, help="Spell out what others can repeat, and its output.")
@click.pass_obj
def demo(desk: Desk, place: str, seed: int, commands: bool) -> None:
    """Play the whole story on a fresh world, and write a report of it.

    Two residents over four years: a filing is accepted, its signer moves, the same filing is
    refused while the login still passes; then a new name, a lost card, a renewal, new CA
    keys.  Programs that nobody here wrote are asked as well, where they are installed.

    Exit status: 0 if everything came as the script says, 1 if not.

    \b
    Examples:
        minijpki demo
        minijpki demo -o story --lang ja
        minijpki demo --commands
        minijpki demo --json
    """
    import json

    from harness.cli.telling import as_json, table, told
    from harness.demo.play import play

    def tell(step: "Step", of: int) -> None:
        if desk.as_json:
            click.echo(json.dumps(as_json(step), ensure_ascii=False))
        else:
            click.echo("\n".join(told(step, desk.language, commands=commands)) + "\n")
        advance(of)

    with _progress() as advance:
        story = play(Path(place), seed=seed, lang=desk.language, tell=tell)
    if not desk.as_json:
        click.echo("\n".join(table(story, desk.language)))
    for name, version in story.programs:
        if version is None:
            desk.say(f"{name} is not here, so nobody asked it", f"{name} がないため、省きました")
    report = Path(place) / "index.html"
    if not story.as_scripted:
        desk.say(
            f"the world answered otherwise than the script says; {report} shows where",
            f"筋書きと異なる結果があります。{report} を見てください。",
        )
        sys.exit(1)
    desk.say(
        f"everything came as scripted; the report is {report}",
        f"すべて筋書きどおりでした。報告は {report} です。",
    )


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Show how far it is, unless whoever watches sees the story itself go by."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("minijpki demo")
        yield lambda of: progress.update(task, total=of, advance=1)
