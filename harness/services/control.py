"""
The control room: what the command line can do, over HTTP, by the same commands.

`POST /control/resident/move {"id": "hanako", "address": "…"}` runs `minijpki resident move
hanako --address …` in this process, on the world that is served; its options and their
checks are the command's own.  Commands that read or write files are left out.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from harness.cli.desk import Desk, common_options
from harness.cli.root import cli
from harness.cli.secret import Secret
from harness.services.actions import ACTIONS, pytest_line
from harness.services.present import Present
from harness.world import World
from pki.errors import Missing, Unacceptable

COMMON = {each.name for each in common_options()}
# What would reach beyond the world: files, and other servers.
BEYOND = {"output", "ldap", "bind_dn", "bind_password"}
MASK = "****"


@dataclass(frozen=True, slots=True)
class Listening(Desk):
    """
    A desk that keeps what it is told to answer.

    Attributes:
        served: The world.
        rows: Everything that was answered.
    """

    served: World | None = None
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def world(self) -> World:
        assert self.served is not None
        return self.served

    def answer(self, fields: Mapping[str, Any]) -> None:
        self.rows.append(fields)

    def table(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.rows.extend(rows)

    def say(self, en: str, ja: str | None = None) -> None:
        """Keep talk to oneself."""


@dataclass(frozen=True, slots=True)
class Done:
    """
    What was done.

    Attributes:
        rows: What the command answers, as with --json.
        command: The equal line for a shell, PINs masked.
        pytest: The equal line for a test; empty where the plugin has none.
    """

    rows: list[Mapping[str, Any]]
    command: str
    pytest: str


def perform(present: Present, words: str, given: Mapping[str, Any]) -> Done:
    """Run one command; errors are those of the command."""
    command = _command(words)
    arguments, shown = _arguments(command, given)
    desk = Listening(as_json=True, served=present.world)
    try:
        with command.make_context(words, list(arguments), obj=desk) as context:
            command.invoke(context)
    except click.UsageError as error:
        raise Unacceptable(error.format_message()) from error
    except click.exceptions.Exit:
        raise Unacceptable("that is a question about help; see /control/") from None
    finally:
        present.wrote()
    line = " ".join(["minijpki", words, *map(shlex.quote, shown)])
    return Done(desk.rows, line, pytest_line(words, given))


def listed() -> list[dict[str, Any]]:
    """List what can be done, with the fields of each."""
    return [
        {
            "action": words,
            "path": f"/control/{words.replace(' ', '/')}",
            "what": _command(words).get_short_help_str(),
            "fields": [
                {"name": name, "required": param.required, "what": getattr(param, "help", None)}
                for name, param in _params(_command(words)).items()
            ],
            "pytest": ACTIONS[words],
        }
        for words in ACTIONS
    ]


def _command(words: str) -> click.Command:
    if words not in ACTIONS:
        raise Missing("no such action; see /control/ for those that there are")
    found: click.Command = cli
    with click.Context(cli) as context:
        for word in words.split():
            assert isinstance(found, click.Group)
            below = found.get_command(context, word)
            assert below is not None
            found = below
    return found


def _params(command: click.Command) -> dict[str, click.Parameter]:
    found = {}
    for param in command.params:
        if param.name in COMMON | BEYOND or isinstance(param.type, (click.Path, click.File)):
            continue
        longest = max(param.opts, key=len).lstrip("-").replace("-", "_")
        name = longest if isinstance(param, click.Option) else str(param.name)
        found["id" if name == "identifier" else name] = param
    return found


def _arguments(command: click.Command, given: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Spell a request as arguments, and once more for the eye, without secrets."""
    params = _params(command)
    strange = sorted(set(given) - set(params))
    if strange:
        raise Unacceptable(f"the action has no field {strange[0][:40]!r}; see /control/")
    options: list[str] = []
    shown: list[str] = []
    positional: list[str] = []
    for name, param in params.items():
        secret = isinstance(param, Secret) or "pin" in name
        if name not in given:
            if getattr(param, "prompt", None):
                raise Unacceptable(f"the action needs {name!r}; nobody is there to be asked")
            continue
        value = given[name]
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(each, (str, int, float, bool)) for each in values):
            raise Unacceptable(f"{name!r} is a string, a number, true or false, or several")
        if isinstance(param, click.Argument):
            positional += map(str, values)
        elif getattr(param, "is_flag", False):
            flag = [max(param.opts, key=len)] if value is True else []
            options += flag
            shown += flag
        else:
            option = max(param.opts, key=len)
            options += [f"{option}={each}" for each in values]
            for each in values:
                shown += [option, MASK if secret else str(each)]
    return [*options, "--", *positional], [*positional, *shown]
