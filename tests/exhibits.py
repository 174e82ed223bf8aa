"""
One certificate and one list of each kind, made by scripts/make_golden.py and opened once.
"""

import runpy
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "make_golden.py"))

EXHIBITS = sorted(path.stem for path in GOLDEN.glob("*.txt"))
LISTS = [name for name in EXHIBITS if name.startswith("list-")]
CERTIFICATES = [name for name in EXHIBITS if name not in LISTS]
AUTHORITIES = [name for name in EXHIBITS if name.startswith("ca-")]
HOLDERS = ["sign", "sign-p384", "auth", "auth-p384"]
every_certificate = pytest.mark.parametrize("name", CERTIFICATES)


@cache
def exhibits():
    return SCRIPT["exhibits"]()


@cache
def opened(name):
    """
    Open a certificate or list with the library that is our second opinion.
    """
    read = x509.load_der_x509_crl if name in LISTS else x509.load_der_x509_certificate
    return read(exhibits()[name])


def profile(name):
    return name.removesuffix("-p384").partition("-")[0]


def lines(name):
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
