"""
The command line: what it prints, where it prints it, and how it ends.
"""

import json
import shlex
import sys
from importlib import import_module
from inspect import cleandoc

import click
import pytest
from click.testing import CliRunner
from town import COMMAND, WORLD, YOKOHAMA, minijpki, process, settle

from harness.cli.desk import Desk, width
from harness.cli.moment import Moment
from harness.cli.root import GROUPS, cli

SHOW = ["card", "show", "hanako"]
WITHDRAW = ["card", "withdraw", "hanako"]


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    settle(tmp_path)


def commands(group=cli, *before):
    """
    Walk every command below *group*, groups not included.
    """
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield (*before, name), command


def groups():
    for name in cli.list_commands(None):
        command = cli.get_command(None, name)
        if isinstance(command, click.Group):
            yield (name,), command


every_command = pytest.mark.parametrize(
    ("path", "command"),
    [pytest.param(path, command, id=" ".join(path)) for path, command in commands()],
)


def examples(text):
    """
    Take the examples of a help text apart, one command line each.
    """
    lines = text.partition("Examples:")[2].replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if line.strip()]
    return [line[: line.index("|")] if "|" in line else line for line in words]


@pytest.mark.usefixtures("town")
def test_one_result_is_a_field_to_the_line_and_a_list_within_it_a_table():
    result = minijpki(*SHOW)

    assert "" == result.stderr
    assert (
        "card          00000001\n"
        "id            hanako\n"
        "state         active\n"
        "issued_on     2026-04-01\n"
        "expires_on    2036-01-01\n"
        "tries         auth=3, juki=3, sign=5, text=3\n"
        "certificates\n"
        "  kind  serial  not_after             standing  since  reason\n"
        "  auth  0x2     2031-01-01T14:59:59Z  good      -      -\n"
        "  sign  0x2     2031-01-01T14:59:59Z  good      -      -\n"
    ) == result.stdout
    assert 0 == result.exit_code


@pytest.mark.usefixtures("town")
def test_many_results_are_columns_below_a_header():
    result = minijpki(*WITHDRAW, "--key", "sign")

    assert "" == result.stderr
    assert (
        "kind  serial  standing  since                 reason\n"
        "sign  0x2     revoked   2026-04-01T03:00:00Z  cessationOfOperation\n"
    ) == result.stdout
    assert 0 == result.exit_code


@pytest.mark.usefixtures("town")
def test_columns_stay_straight_where_a_character_takes_two_cells():
    minijpki("resident", "add", "--id", "taro", "--name", "住基 太郎", "--sex", "male",
             "--address", YOKOHAMA)  # fmt: skip

    result = minijpki("resident", "list", "--lang", "ja")

    header, hanako, taro = result.stdout.splitlines()
    assert "ID      氏名       生年月日    市区町村    死亡日" == header
    assert width(header.partition("死亡日")[0]) == width(hanako) - 1 == width(taro) - 1


@pytest.mark.usefixtures("town")
def test_no_result_is_said_to_the_person_and_not_to_the_program():
    result = minijpki("crl", "diff", "13101", "--since", "2026-04-01T03:00:00Z")

    assert ("", "nothing to show\n", 0) == (result.stdout, result.stderr, result.exit_code)


@pytest.mark.usefixtures("town")
def test_json_is_one_object_per_line_whatever_the_language():
    result = minijpki("--json", "--lang", "ja", *WITHDRAW)

    auth, sign = map(json.loads, result.stdout.splitlines())
    assert ["kind", "serial", "standing", "since", "reason"] == list(auth) == list(sign)
    assert {
        "kind": "sign",
        "serial": "0x2",
        "standing": "revoked",
        "since": "2026-04-01T03:00:00Z",
        "reason": "cessationOfOperation",
    } == sign


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "option", [["--json"], ["--lang", "ja"], ["-C", WORLD]], ids=lambda option: option[0]
)
def test_common_options_stand_anywhere(option):
    group, *rest = SHOW

    plain, *others = (
        minijpki(*SHOW, "--lang", "en"),
        minijpki(*option, *SHOW),
        minijpki(group, *option, *rest),
        minijpki(*SHOW, *option),
    )

    assert [0, 0, 0] == [each.exit_code for each in others]
    assert 1 == len({each.stdout for each in others})
    assert (option[0] == "-C") is (plain.stdout == others[0].stdout)


@every_command
def test_every_command_takes_the_common_options(path, command):
    spelled = {option for parameter in command.params for option in parameter.opts}

    assert {"-C", "--json", "--lang"} <= spelled


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("arguments", "directory"),
    [
        pytest.param(SHOW, "from-env", id="environment"),
        pytest.param(["-C", "first", *SHOW], "first", id="before"),
        pytest.param(["card", "-C", "between", *SHOW[1:]], "between", id="between"),
        pytest.param([*SHOW, "-C", "last"], "last", id="after"),
        pytest.param(["-C", "first", *SHOW, "-C", "last"], "last", id="both"),
        pytest.param(["-C", "first", "card", "-C", "between", *SHOW[1:]], "between", id="twice"),
    ],
)
def test_the_nearest_world_counts(arguments, directory):
    """
    An environment that outdid an explicit -C would make every script a riddle.
    """
    result = minijpki(*arguments, env={"MINIJPKI_WORLD": "from-env"})

    assert result.stderr.startswith(f"Error: there is no world in {directory}; ")
    assert 1 == result.exit_code


@pytest.mark.usefixtures("town")
def test_a_stranger_is_refused_in_one_line():
    """
    Object, rule, cure: and no traceback, because this is not a bug.
    """
    result = minijpki("resident", "move", "momotaro", "--address", YOKOHAMA)

    assert "" == result.stdout
    assert (
        "Error: no resident 'momotaro' in this world; see `minijpki resident list`\n"
        == result.stderr
    )
    assert 1 == result.exit_code


@pytest.mark.parametrize(
    ("path", "option"),
    [
        pytest.param(path, parameter.opts[-1], id=" ".join((*path, parameter.opts[-1])))
        for path, command in commands()
        for parameter in command.params
        if isinstance(parameter.type, Moment)
    ],
)
def test_a_time_without_offset_is_misuse(path, option):
    """
    Wherever a time is taken: never guessed, whatever the machine's zone.
    """
    given = [option] if option.startswith("-") else []

    result = minijpki(*path, *given, "2026-04-01T12:00:00")

    assert "'2026-04-01T12:00:00' has no offset; add Z or +09:00" in result.stderr
    assert ("", 2) == (result.stdout, result.exit_code)


@pytest.mark.usefixtures("town")
def test_offsets_may_differ_and_the_moment_is_the_same():
    asked = ["resident", "show", "hanako", "--json", "--at"]

    tokyo, london = (
        minijpki(*asked, "2026-04-01T12:30:00+09:00"),
        minijpki(*asked, "2026-04-01T03:30:00Z"),
    )

    assert tokyo.stdout == london.stdout
    assert 0 == tokyo.exit_code


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["resident", "nonsense"],
        ["resident", "show"],
        ["resident", "show", "hanako", "taro"],
        ["resident", "show", "hanako", "--nonsense"],
        ["card", "withdraw", "hanako", "--key", "SIGN_"],
        ["clock", "advance", "tomorrow"],
        ["--lang", "tlh", "clock", "show"],
    ],
    ids=" ".join,
)
def test_misuse_ends_with_two_and_touches_no_output(arguments):
    result = minijpki(*arguments)

    assert ("", 2) == (result.stdout, result.exit_code)
    assert "Error: " in result.stderr


def test_no_output_has_colour():
    assert "\x1b" not in minijpki("--help", color=True).stdout


@pytest.mark.parametrize(
    ("arguments", "spared"),
    [
        pytest.param(
            ["--help"], {"ca", "cryptography", "json", "lxml", "peewee", "sqlite3"}, id="help"
        ),
        pytest.param([*SHOW, "--help"], {"ca", "cryptography", "json", "peewee"}, id="its help"),
        pytest.param(
            ["resident", "show", "hanako"],
            {"cryptography", "lxml", "rich", "jinja2", "pyasn1", "asyncio", "pki.profiles"},
            id="resident show",
        ),
        pytest.param(SHOW, {"cryptography", "lxml", "rich", "jinja2"}, id="card show"),
        pytest.param(["clock", "show"], {"cryptography", "lxml", "rich", "jinja2"}, id="clock"),
    ],
)
def test_a_command_loads_only_what_it_needs(arguments, spared, tmp_path):
    """
    Counted in modules, for seconds prove nothing on a busy machine.
    """
    settle(tmp_path)
    watched = (sys.executable, "-B", "-X", "importtime", *COMMAND[2:])

    done = process(*arguments, directory=tmp_path, before=watched)

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert 0 == done.returncode
    assert {"click", "harness.cli.root"} <= loaded
    assert set() == {
        name for name in loaded for start in spared if f"{name}.".startswith(f"{start}.")
    }


@pytest.mark.parametrize("name", GROUPS)
def test_the_help_of_the_root_quotes_each_group(name):
    place, sentence = GROUPS[name]
    module, _, attribute = place.partition(":")

    assert getattr(import_module(module), attribute) is cli.get_command(None, name)
    assert sentence in " ".join(minijpki("--help").stdout.split())


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_is_called_what_the_root_calls_it(name):
    """
    Else its usage line would tell people to type something that does not exist.
    """
    assert name == cli.get_command(None, name).name


@every_command
def test_every_command_ends_its_help_with_examples(path, command):
    last = cleandoc(command.help).split("\n\n")[-1]

    assert last.startswith("\b\nExamples:\n")
    assert [] == [line for line in examples(last) if line[0] != "minijpki"]
    assert any(f" {' '.join(path)}" in " ".join(line) for line in examples(last))


@pytest.mark.parametrize(
    "line",
    sorted(
        {
            shlex.join(line)
            for _, command in [*groups(), *commands(), ((), cli)]
            for line in examples(command.help)
        }
    ),
)
def test_every_example_can_be_typed_as_it_stands(line):
    """
    Parsed to the last option; whether there is such a resident is the world's affair.
    """
    context, command, arguments = None, cli, shlex.split(line)[1:]
    with CliRunner().isolation(input="SAKURA2\nSAKURA2\n"):  # for those who are asked for a PIN
        while isinstance(command, click.Group):
            context = command.make_context(command.name, arguments, parent=context, obj=Desk())
            rest = [*context._protected_args, *context.args]
            name, command, arguments = command.resolve_command(context, rest)
        made = command.make_context(name, arguments, parent=context)

    assert [] == made.args
