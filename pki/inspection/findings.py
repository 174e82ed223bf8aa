"""
What an inspection says: rules, and findings that break them.

Pure; values only.  A rule is a stable id, a sentence in both languages, the clause it rests
on, and how firmly; a finding is one place where it is broken.
"""

from dataclasses import dataclass
from enum import Enum

from pki.kinds import Confidence


class Severity(Enum):
    """How bad a finding is; the words of the standards that it stands for."""

    ERROR = "error"  # MUST, or the profile
    WARNING = "warning"  # SHOULD
    NOTE = "note"  # an oddity that JPKI shares, explained and not flagged


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One rule about one field of some kinds of object.

    Attributes:
        id: Kebab case, stable.
        field: As the profile table spells it.
        severity: Of a finding.
        clause: Citations, in brackets.
        confidence: How sure it is that JPKI has this rule.
        en: What must hold, or of a note why it is as it is.
        ja: The same in Japanese.
        kinds: Words of the kinds of object.
    """

    id: str
    field: str
    severity: Severity
    clause: str
    confidence: Confidence
    en: str
    ja: str
    kinds: tuple[str, ...]

    def text(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One place where a rule is broken.

    Attributes:
        rule: Which.
        at: Offset of the first octet concerned.
        end: Behind the last.
        found: What stands there, for people; None where the sentence says it all.
        expected: What should; None likewise.
        flaw: Of an encoding that is no DER, its key in pki/inspection/tree; else None.
    """

    rule: Rule
    at: int
    end: int
    found: str | None = None
    expected: str | None = None
    flaw: str | None = None

    @property
    def severity(self) -> Severity:
        return self.rule.severity
