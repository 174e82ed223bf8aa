"""
A child at the keyboard: commands with arguments that fit them, or do not.

Whatever is typed ends as people and scripts expect, never in a traceback; and however many
of these things happened in a world, nothing in it is damaged.
"""

from random import Random

import click
import pytest
from town import WORLD, YOKOHAMA, minijpki, settle

from harness.cli.root import cli

FULL = 6_000  # lines, in worlds of 50 each
IN_ONE_WORLD = 50
SEEN = {"demo", "oracle", "init", "serve"}  # take long, or for ever, or make what others need
WORDS = (
    *("", "hanako", "taro", "A-1", "0", "-1", "9" * 30, "0x2", "2", "13101", "arl", "full", "yes"),
    *("2026-04-01T12:00:00+09:00", "2036-05-05T00:00:00Z", "9899-12-31T23:59:59Z", "2030-01-01"),
    *("1970-01-01T00:00:00Z", "2031-01", "8999-12", "30d", "999999s", "sign=ABC123", "=", "髙=高"),
    *(YOKOHAMA, "東京都", "鬼", "é", "\x1b[0m", "filing.xml", "signed.xml", ".", "no/no"),
    *("sign.cert.pem", "sign.ca.pem", "sign.crl.pem", "kakei", "renew", "my-number-card", "sign"),
)
FITTING = {"identifier": ("hanako", "taro"), "pin": ("ABC123", "1234", "WRONG1")}


def commands(group=cli, *before):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        elif name not in SEEN:
            yield (*before, name), command


def typed(chance, path, command):
    """
    Type a command: what it needs always, what it takes often, what fits it mostly.
    """
    line = list(path)
    for parameter in command.params:
        if (
            parameter.name in {"directory", "lang"}
            or not parameter.required > chance.random() - 0.4
        ):
            continue
        spelled = [parameter.opts[-1]] if isinstance(parameter, click.Option) else []
        line += (
            spelled if getattr(parameter, "is_flag", False) else [*spelled, word(chance, parameter)]
        )
    return line


def word(chance, parameter):
    fits = FITTING.get(parameter.name, ())
    if isinstance(parameter.type, click.Choice):
        fits = parameter.type.choices
    return chance.choice(fits if fits and chance.random() < 0.9 else WORDS)


@pytest.mark.torture
def test_nothing_that_is_typed_ends_in_a_traceback(tmp_path, monkeypatch, scaled):
    """
    In process every error but our own would come out of this call.
    """
    chance, known, done = Random("minijpki/a child"), list(commands()), 0
    for number in range(max(1, scaled(FULL) // IN_ONE_WORLD)):
        directory = tmp_path / str(number)
        directory.mkdir()
        settle(directory)
        monkeypatch.chdir(directory)
        minijpki("export", "--holder", "hanako")
        for _ in range(IN_ONE_WORLD):
            line = typed(chance, *chance.choice(known))

            result = minijpki(*line, input="ABC123\nABC123\n")

            assert result.exit_code in {0, 1, 2, 3}, line
            done += result.exit_code == 0
            if result.exit_code == 1 and not result.stdout:
                assert result.stderr.startswith("Error: "), line
                assert 1 == len(result.stderr.splitlines()), line
        assert 0 == minijpki("-C", WORLD, "fsck").exit_code

    assert done > scaled(FULL) / 10  # else nobody got as far as the world
