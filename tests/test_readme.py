"""
The README as a stranger follows it: what is to be typed can be typed, and does what it says.
"""

import re
import shlex
import subprocess
import sys

import pytest
from town import ROOT
from xml_workshop import required

PROMPT = "$ "
STATUS = re.compile(r"exit status (\d)")


def walkthrough():
    """
    Take the lines that call minijpki or openssl out of the README: line, status, what it prints.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = typed.replace("\\\n", " ").splitlines()
            found.append((lines[0], lines[1:]))
    return [each for each in found if each[0].split()[0] in {"minijpki", "openssl", "echo"}]


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """
    What each line of the README printed, and how it ended, in order, by the shell.
    """
    required("openssl")
    directory = tmp_path_factory.mktemp("stranger")
    minijpki = f"minijpki() {{ PYTHONPATH={shlex.quote(str(ROOT))} {sys.executable} -m harness"
    return [
        subprocess.run(
            ["sh", "-c", f'{minijpki} "$@"; }}\n{line}'],
            cwd=directory,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        for line, _ in walkthrough()
    ]


def test_there_is_something_to_type():
    programs = [line.split()[0] for line, _ in walkthrough()]

    assert {"minijpki", "openssl", "echo"} == set(programs)


def test_every_line_ends_as_the_readme_says(typed):
    """
    0 unless a comment or the shown output says otherwise.
    """
    said = [STATUS.search(line) for line, _ in walkthrough()]

    expected = [int(each[1]) if each else 0 for each in said]
    actual = [
        0 if output and done.returncode else done.returncode  # the output tells of it
        for done, (_, output) in zip(typed, walkthrough(), strict=True)
    ]
    assert expected == actual


def test_every_line_prints_what_the_readme_shows(typed):
    shown = [
        (expected, done.stdout + done.stderr)
        for done, (_, output) in zip(typed, walkthrough(), strict=True)
        for expected in output
    ]

    assert shown
    assert [] == [expected for expected, printed in shown if expected not in printed]


def test_comments_quote_the_verdicts(typed):
    """
    As in `# TOTAL-FAILED / REVOKED, exit status 1`.
    """
    quoted = [
        (comment.partition(",")[0].strip(), done.stdout)
        for done, (line, _) in zip(typed, walkthrough(), strict=True)
        if (comment := line.partition("#")[2]) and STATUS.search(comment)
    ]

    assert 2 == len(quoted)
    assert all(printed.startswith(verdict) for verdict, printed in quoted)
