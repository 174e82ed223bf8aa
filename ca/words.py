"""
A sentence in both languages of the counter.  Pure.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """The same thing said twice; ids and codes are elsewhere and belong to neither language."""

    en: str
    ja: str

    def said(self, lang: str) -> str:
        """Say it in *lang*, ja or else English."""
        return self.ja if lang == "ja" else self.en
