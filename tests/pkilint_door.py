"""
The way to pkilint, which lives in an environment of its own.

MINIJPKI_PKILINT names the Python of that environment; .ci/run makes one.  Its answers come
through tests/linting/lint.py, any number in one process, for it starts slowly.
"""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

DRIVER = Path(__file__).parent / "linting" / "lint.py"
VARIABLE = "MINIJPKI_PKILINT"
WORDS = {"municipal": "crl", "authorities": "arl", "full": "crl", "response": "ocsp"}
GRAVE = {"WARNING", "ERROR", "FATAL"}


def python():
    """
    Find the Python that has pkilint, or skip; where tools are required, fail.
    """
    named = os.environ.get(VARIABLE)
    if named and Path(named).is_file():
        return named
    reason = f"{VARIABLE} names no Python with pkilint, and only pkilint can be asked this"
    if os.environ.get("MINIJPKI_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
    return None


def opinions(objects):
    """
    Ask about all (kind, DER) at once: for each a list of (severity, code).
    """
    asked = list(objects)
    run = subprocess.run(
        [python(), str(DRIVER)],
        input="".join(
            f"{WORDS.get(kind, 'cert')} {base64.b64encode(der).decode()}\n" for kind, der in asked
        ),
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert 0 == run.returncode, run.stderr
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(asked) == len(answers)
    return [[(severity, code) for severity, code, _ in answer] for answer in answers]


def grave(opinion):
    """
    Keep what is a warning or worse.
    """
    return [(severity, code) for severity, code in opinion if severity in GRAVE]
