"""
How the demo's story reads on a terminal, and what a program gets of it.

Pure.  Japanese is wrapped between any two characters, but no line begins with what closes.
"""

from collections.abc import Iterator
from typing import Any

from ca.words import Words
from harness.cli.desk import padded, width
from harness.reports.page import MARKS, cut, jst
from harness.reports.story import Answer, Command, Step, Story
from harness.verifier.wording import rfc3339

HEADING = Words("each filing, judged at the end of scene", "各申告の判定（各場面の終わり）")
COLUMNS = 88
INDENT = 4
CLOSING, OPENING = "、。，．」』）・ー", "「『（"  # which begin no line, and end none
ASKED, SAID = 44, 48  # cells for what was asked; characters of what a program said


def told(step: Step, lang: str, *, commands: bool) -> Iterator[str]:
    """Tell one scene line by line; *commands* spells out what others can repeat."""
    pad = " " * INDENT
    yield f"{step.number:>2}  {jst(step.at)}  {step.title.said(lang)}"
    for paragraph in step.text:
        for line in wrapped(paragraph.said(lang), COLUMNS - INDENT):
            yield pad + line
    for answer in step.answers:
        asked = padded(answer.asked.said(lang), ASKED)
        line = f"{pad}{MARKS[answer.tone]} {asked}  {answer.found}"
        if answer.at != step.at:
            line += f"  @ {jst(answer.at)}"
        yield line if answer.as_scripted else f"{line}  ≠ {answer.expected}"
    for command in step.commands:
        if commands:
            yield f"{pad}# {command.shows.said(lang)}"
            yield from (pad + line for line in f"$ {command.line}".splitlines())
            yield from (f"{pad}  {line}" for line in cut(command.output).splitlines())
        elif command.accepted is not None:
            yield f"{pad}$ {_brief(command)}{'' if command.as_scripted else '  ≠'}"


def table(story: Story, lang: str) -> Iterator[str]:
    """Tell what became of every filing at the end of every scene."""
    numbers = "".join(f"{number:>4}" for number, _ in story.moments)
    yield padded(HEADING.said(lang), INDENT + ASKED) + numbers
    for row in story.matrix:
        cells = "".join(f"{_cell(each):>4}" for each in row.answers)
        yield padded(" " * INDENT + row.filing.said(lang), INDENT + ASKED) + cells


def _cell(answer: Answer | None) -> str:
    if answer is None:
        return "-"
    return MARKS[answer.tone] if answer.as_scripted else f"≠{MARKS[answer.tone]}"


def as_json(step: Step) -> dict[str, Any]:
    """Write one scene as the one object that `demo --json` prints for it; keys are stable."""
    return {
        "scene": step.number,
        "name": step.slug,
        "at": rfc3339(step.at),
        "title": {"en": step.title.en, "ja": step.title.ja},
        "as_scripted": step.as_scripted,
        "answers": [_answer(each) for each in step.answers],
        "commands": [_command(each) for each in step.commands],
        "directory": step.directory,
        "files": list(step.files),
    }


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text into lines, English between words and Japanese between characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line) + width(piece.rstrip()) > columns and piece[0] not in CLOSING:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """Cut a text where a line may end: behind a space, around a wide character."""
    piece = ""
    for each in text:
        if width(each) > 1 and piece and piece not in OPENING:
            yield piece
            piece = ""
        piece += each
        if each == " " or (width(each) > 1 and each not in OPENING):
            yield piece
            piece = ""
    if piece:
        yield piece


def _brief(command: Command) -> str:
    """Tell in one line what was run, and the line of its output that matters."""
    words = command.line.replace("\\\n", "").split()
    lines = command.output.splitlines() or [""]
    telling = [line for line in lines if line.startswith("error ")]
    telling += [line for line in lines if command.says and command.says in line]
    shown = f"{words[0]} {words[1]} … {words[-1]}"
    said = (telling or lines)[0].strip()
    return f"{padded(shown, ASKED)}  {said if len(said) <= SAID else said[: SAID - 1] + '…'}"


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "asked": {"en": answer.asked.en, "ja": answer.asked.ja},
        "at": rfc3339(answer.at),
        "expected": answer.expected,
        "found": answer.found,
        "detail": answer.detail or None,
    }


def _command(command: Command) -> dict[str, Any]:
    return {
        "line": command.line,
        "accepts": command.accepts,
        "accepted": command.accepted,
        "output": command.output,
    }
