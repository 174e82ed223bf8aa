"""
Play the story into a directory: a world, the artefacts of each scene, the report.

Everything is made in a directory beside its place and moved there when it is complete, so a
demo that fails leaves what was there before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from harness.demo.answers import answer
from harness.demo.chart import chart_of
from harness.demo.outside import Outside
from harness.demo.scenes import FIRST, MATRIX, SCENES
from harness.demo.spring import BEGIN
from harness.demo.stage import Stage
from harness.files import write_whole
from harness.reports.page import page
from harness.reports.story import Answer, Row, Step, Story
from harness.reports.timeline import timeline
from harness.world import World
from pki.causes import Code
from pki.errors import OutputRefused

MARKER = ".minijpki-demo"
MARKED = b"Made by `minijpki demo`, which replaces everything in here when it is run again.\n"
REPORT, PICTURE = "index.html", "timeline.svg"
MADE = (REPORT, PICTURE, "steps", "world")

CODES = {"+": Code.OK, "-": Code.CERTIFICATE_REVOKED}


def play(
    directory: Path,
    *,
    seed: int,
    lang: str,
    tell: Callable[[Step, int], None] = lambda step, of: None,
    outside: Outside | None = None,
) -> Story:
    """Play the whole story into *directory*; *tell* hears of each scene when it is over."""
    check_place(directory)
    fresh = directory / f".new-{os.getpid()}"
    try:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            write_whole(directory / MARKER, MARKED)
            fresh.mkdir()
        except OSError as error:
            raise _refused(directory, str(error.strerror)) from error
        story = _played(fresh, seed, tell, outside or Outside())
        write_whole(fresh / REPORT, page(story, lang).encode())
        write_whole(fresh / PICTURE, timeline(story.chart, story.steps, lang).encode())
        _replace(directory, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return story


def check_place(directory: Path) -> None:
    """Refuse a place that holds anything but an earlier demo."""
    try:
        if not directory.exists() or (directory / MARKER).is_file():
            return
        if not any(directory.iterdir()):
            return
    except OSError as error:
        raise _refused(directory, str(error.strerror)) from error
    raise OutputRefused(
        f"{directory} holds something that no demo has put there, and none replaces it; "
        "name another directory with -o"
    )


def _played(
    directory: Path, seed: int, tell: Callable[[Step, int], None], outside: Outside
) -> Story:
    world = World.create(directory / "world", at=BEGIN, seed=seed)
    try:
        stage = Stage(world, directory, outside)
        for scene in SCENES:
            scene(stage)
            tell(stage.steps[-1], len(SCENES))
        return Story(
            seed=seed,
            steps=tuple(stage.steps),
            chart=chart_of(stage),
            moments=tuple((step.number, step.ended) for step in stage.steps[FIRST - 1 :]),
            matrix=_matrix(stage),
            programs=tuple(outside.versions.items()),
        )
    finally:
        world.close()


def _matrix(stage: Stage) -> tuple[Row, ...]:
    """Judge every filing as of the end of every scene; each list is made again for it."""
    rows = []
    for filing, script in zip(stage.filings, MATRIX, strict=True):
        cells: list[Answer | None] = []
        for step, mark in zip(stage.steps[FIRST - 1 :], script, strict=True):
            cell = None
            if step.ended >= filing.at:
                verdict = stage.world.verify_xml(filing.document, at=step.ended)
                cell = answer(filing.title, verdict, CODES.get(mark, Code.UNSPECIFIED))
            cells.append(cell)
        rows.append(Row(filing.title, tuple(cells)))
    return tuple(rows)


def _replace(directory: Path, fresh: Path) -> None:
    """Put what is new in the place of what an earlier demo made, and touch nothing else."""
    try:
        for name in MADE:
            old = directory / name
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink(missing_ok=True)
            (fresh / name).rename(old)
    except OSError as error:
        raise _refused(directory, str(error.strerror)) from error


def _refused(directory: Path, why: str) -> OutputRefused:
    return OutputRefused(f"{directory} cannot be written ({why}); name another place with -o")
