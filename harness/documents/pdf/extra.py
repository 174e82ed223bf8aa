"""
Whether the library for PDF containers is installed, which only those who need it install.
"""

from importlib.util import find_spec

from pki.errors import NotInstalled


def require() -> None:
    """Raise NotInstalled, with the one command that cures it, where pyHanko is missing."""
    if find_spec("pyhanko") is None:
        raise NotInstalled("PDF", extra="pdf")
