"""
A guest in somebody else's house: the pytest plugin in a relying party's project.

The README's first test runs as it stands, with nothing beside it.  Whoever owns a package
called `harness` keeps it, and loses nothing but the one test that asks for `jpki`.
"""

import ctypes
import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import minijpki_pytest as door
import pytest
from town import ROOT

CLONE_NEWNET = 0x40000000
PLAIN = ("-p", "no:cacheprovider", "-p", "no:benchmark")  # which leave folders behind
FLOORS = ("pki", "crl", "ca", "harness")
ASKS_FOR_THE_CERTIFICATE = """
from hashlib import sha256

def test_certificate(jpki):
    print("sha256:" + sha256(jpki.resident().certificate()).hexdigest())
"""
LOADS_NOTHING = """
import sys

def test_nothing_of_minijpki_is_loaded_that_nobody_asked_for():
    heavy = {"pki", "crl", "ca", "harness", "cryptography", "lxml", "peewee", "click"}
    assert "minijpki_pytest" in sys.modules
    assert set() == heavy & {name.partition(".")[0] for name in sys.modules}
"""
THEIRS = """
from {name} import ANSWER

def test_their_package_is_theirs():
    assert ANSWER == 42

def test_this_one_asks_for_jpki(jpki):
    assert jpki.resident()

def test_life_goes_on():
    assert ANSWER == 42
"""


def blocks(language):
    """
    Take the code blocks of one language out of the README.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def without_a_network():
    """
    Leave the network behind, where the system lets us.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(CLONE_NEWNET)  # else it fails, and nothing is lost


def run_pytest(project, *options, python=sys.executable, **environment):
    """
    Run pytest in a project as its owner would; its home is empty and there is no network.
    """
    bare = {"PATH": os.environ["PATH"], "HOME": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [python, "-m", "pytest", *PLAIN, *options],
        cwd=project,
        env=bare | environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
        preexec_fn=without_a_network,
    )


def outcomes(report):
    """
    Read a report of pytest: name of each test, and what went wrong with it, if anything.
    """
    return {
        case.attrib["name"]: [found.attrib["message"] for found in case]
        for case in ElementTree.parse(report).iter("testcase")
    }


@pytest.fixture
def project(tmp_path):
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def guest_python(tmp_path_factory):
    """
    Install the wheel, and what it needs, into an environment where nothing else is ours.
    """
    directory = tmp_path_factory.mktemp("guest")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(directory / "env", symlinks=True, with_pip=False)
    paths = {"base": str(directory / "env"), "platbase": str(directory / "env")}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if "minijpki" not in each.name and not each.name.endswith(".pth"):
            (site / each.name).symlink_to(each)
    [wheel] = directory.glob("minijpki-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return str(directory / "env" / "bin" / "python")


def test_the_first_example_of_the_readme_runs_as_it_stands(project):
    """
    Five lines, no file but the test, no configuration, no network.
    """
    example = blocks("python")[0]
    (project / "test_filing.py").write_text(example, encoding="utf-8")

    done = run_pytest(project, "-W", "error")

    assert 6 == len(example.splitlines())
    assert (0, "") == (done.returncode, done.stderr)
    assert "1 passed" in done.stdout
    assert ["test_filing.py"] == [path.name for path in project.iterdir()]


def test_every_example_of_the_readme_runs(project):
    (project / "test_readme.py").write_text("\n\n".join(blocks("python")), encoding="utf-8")

    done = run_pytest(project)

    assert 0 == done.returncode
    assert f"{len(blocks('python'))} passed" in done.stdout


def test_whoever_does_not_ask_pays_nothing(project):
    (project / "test_nothing.py").write_text(LOADS_NOTHING, encoding="utf-8")

    done = run_pytest(project)

    assert (0, "") == (done.returncode, done.stderr)


def test_the_door_opens_no_floor_when_it_is_imported():
    script = "import sys, minijpki_pytest, json; print(json.dumps(sorted(sys.modules)))"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8"
    )

    assert [] == [name for name in json.loads(loaded.stdout) if name.split(".")[0] in FLOORS]


def test_the_installed_door_is_the_one_in_the_source():
    """
    An editable install copies it, so a changed door asks for `make env`.
    """
    source = (ROOT / "harness" / "pytest_door.py").read_text(encoding="utf-8")

    assert source == Path(door.__file__).read_text(encoding="utf-8")


def test_all_that_the_plugin_adds_is_called_jpki(project):
    (project / "test_nothing.py").touch()

    fixtures = run_pytest(project, "--fixtures", "-v").stdout
    options = run_pytest(project, "--help").stdout.partition("\nminijpki:\n")[2]

    theirs = re.findall(r"^(\w+)\b.* -- .*(?:minijpki_pytest|pytest_door)", fixtures, re.MULTILINE)
    assert ["jpki", "jpki_reader"] == theirs
    assert ["--jpki-seed"] == re.findall(r"^  (-\S+?)=", options.partition("\n\n")[0], re.MULTILINE)


def test_the_seed_decides_every_byte(project):
    (project / "test_seed.py").write_text(ASKS_FOR_THE_CERTIFICATE, encoding="utf-8")

    runs = [run_pytest(project, "-s", *option) for option in ([], ["--jpki-seed=0"])]
    other = run_pytest(project, "-s", "--jpki-seed=7")

    first, again, different = (re.findall(r"sha256:\w+", run.stdout) for run in (*runs, other))
    assert [0, 0, 0] == [run.returncode for run in (*runs, other)]
    assert 1 == len(first)
    assert first == again != different


def test_a_seed_that_is_no_number_is_misuse(project):
    assert 4 == run_pytest(project, "--jpki-seed=lucky").returncode


def test_each_test_has_a_world_of_its_own(project):
    (project / "test_worlds.py").write_text(
        "def test_one(jpki):\n"
        "    jpki.resident('hanako')\n\n"
        "def test_two(jpki):\n"
        "    jpki.resident('hanako')\n"
        "    assert 1 == len(jpki.world.register.residents())\n",
        encoding="utf-8",
    )

    assert 0 == run_pytest(project, "-n", "2").returncode


def test_our_own_floors_are_recognised():
    assert door.foreign_floor() is None


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_a_project_that_owns_such_a_package_keeps_working(project, guest_python, name):
    """
    The one test that asks for jpki says why it cannot, in one sentence; the others pass.
    """
    (project / name).mkdir()
    (project / name / "__init__.py").write_text("ANSWER = 42\n", encoding="utf-8")
    (project / "test_theirs.py").write_text(THEIRS.format(name=name), encoding="utf-8")

    done = run_pytest(project, "--junit-xml=report.xml", python=guest_python)

    found = outcomes(project / "report.xml")
    [message] = found.pop("test_this_one_asks_for_jpki")
    assert {"test_their_package_is_theirs": [], "test_life_goes_on": []} == found
    assert 1 == done.returncode
    assert "2 passed, 1 error" in done.stdout
    assert (
        f'failed on setup with "Failed: the package {name!r} at '
        f"{project / name / '__init__.py'} hides minijpki's; "
        'rename it, or keep the tests that ask for jpki in a project of their own"'
    ) == message
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
def test_a_project_that_owns_none_gets_its_world_from_the_wheel(project, guest_python):
    """
    Whatever the source needs beside its modules, the tables and the keys, is in the wheel.
    """
    (project / "test_filing.py").write_text(blocks("python")[0], encoding="utf-8")

    done = run_pytest(project, python=guest_python)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.slow
def test_the_command_comes_with_the_wheel_and_knows_a_foreign_house(project, guest_python):
    """
    dogtag-pki owns the name pki too; better one sentence than a puzzling ImportError.
    """
    (project / "pki").mkdir()
    (project / "pki" / "__init__.py").touch()

    ours, foreign = (
        subprocess.run(
            [guest_python, *flags, "-m", "harness", "--help"],
            cwd=project,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        for flags in (["-P"], [])
    )

    assert (0, "") == (ours.returncode, ours.stderr)
    assert (1, "") == (foreign.returncode, foreign.stdout)
    assert (
        f"minijpki: the package 'pki' found at {project / 'pki' / '__init__.py'} is not ours; "
        "install minijpki in an environment of its own\n"
    ) == foreign.stderr
