"""
What several stories share: how much of a full size this run does.
"""

import os

import pytest

TWENTIETH = 20


@pytest.fixture(scope="session")
def scaled():
    """
    Give the share of a full size: all under MINIJPKI_TORTURE=1, else a twentieth.

    Seeds stay the same, so what fails in `make torture` alone failed for its size.
    """
    share = 1 if os.environ.get("MINIJPKI_TORTURE") == "1" else TWENTIETH
    return lambda full: max(1, full // share)
