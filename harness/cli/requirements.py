"""
How the table of the municipal counter is shown: for programs, and for the eye.

Programs get ids, and sentences in both languages; a person gets the sentences of one.
"""

from typing import Any

from ca.documents import ASKED, Proof
from ca.documents import NAMES as DOCUMENTS
from ca.eligibility import Applicant
from ca.hours import NAMES as PLACES
from ca.procedures import BY, TITLES, Procedure, Refusal, Requirement, requirements
from ca.words import Words

YEN = Words("{} yen", "{}円")
NOT_POSSIBLE = Words("not possible", "不可")


def row(procedure: Procedure, by: Applicant) -> dict[str, Any]:
    """Write one row of the table for a program."""
    found = requirements(procedure, by)
    wanted = found if isinstance(found, Requirement) else None
    return {
        "procedure": procedure.value,
        "title": TITLES[procedure]._asdict(),
        "by": by.value,
        "possible": wanted is not None,
        "reason": found.reason._asdict() if isinstance(found, Refusal) else None,
        "bring": [each.value for each in wanted.bring] if wanted else None,
        "holder_proof": wanted.holder_proof.value if wanted else None,
        "own_proof": wanted.own_proof.value if wanted else None,
        "pins": [each.value for each in wanted.pins] if wanted else None,
        "new_pins": [each.value for each in wanted.new_pins] if wanted else None,
        "visits": wanted.visits if wanted else None,
        "second_visit": [each.value for each in wanted.second_visit] if wanted else None,
        "shortcut": wanted.shortcut.value if wanted and wanted.shortcut else None,
        "fee": wanted.fee if wanted else None,
        "places": [each.value for each in wanted.places] if wanted else None,
        "same_day": wanted.same_day if wanted else None,
        "pages": list(wanted.pages) if wanted else None,
        "source": found.source,
        "confidence": found.confidence.value,
        "of_pins": wanted.of_pins.value if wanted else None,
        "of_documents": wanted.of_documents.value if wanted else None,
        "note": wanted.note._asdict() if wanted and wanted.note else None,
    }


def summary(procedure: Procedure, by: Applicant, lang: str) -> dict[str, Any]:
    """Write one row of the table for the eye, short enough to stand among others."""
    found = requirements(procedure, by)
    shown: dict[str, Any] = {"procedure": procedure.value, "by": BY[by].said(lang)}
    if isinstance(found, Refusal):
        refused = {"pins": NOT_POSSIBLE.said(lang), "visits": None, "fee": None, "places": None}
        return {**shown, **refused, "confidence": found.confidence.value}
    return {
        **shown,
        "pins": [each.value for each in found.pins],
        "visits": found.visits,
        "fee": YEN.said(lang).format(found.fee),
        "places": [PLACES[each].said(lang) for each in found.places],
        "confidence": found.confidence.value,
    }


def full(procedure: Procedure, by: Applicant, lang: str) -> dict[str, Any]:
    """Write one row of the table for the eye, with all that an applicant needs."""
    found = requirements(procedure, by)
    shown: dict[str, Any] = {
        "procedure": f"{procedure.value} ({TITLES[procedure].said(lang)})",
        "by": BY[by].said(lang),
    }
    if isinstance(found, Refusal):
        refused = {"possible": False, "reason": found.reason.said(lang)}
        return {**shown, **refused, "source": found.source, "confidence": found.confidence.value}
    return {
        **shown,
        "bring": [each.said(lang) for each in _bring(found)],
        "pins": [each.value for each in found.pins],
        "new_pins": [each.value for each in found.new_pins],
        "visits": found.visits,
        "second_visit": [DOCUMENTS[each].said(lang) for each in found.second_visit],
        "shortcut": DOCUMENTS[found.shortcut].said(lang) if found.shortcut else None,
        "fee": YEN.said(lang).format(found.fee),
        "places": [PLACES[each].said(lang) for each in found.places],
        "same_day": found.same_day,
        "note": found.note.said(lang) if found.note else None,
        "pages": found.pages,
        "source": found.source,
        "confidence": found.confidence.value,
    }


def _bring(requirement: Requirement) -> list[Words]:
    """Name papers and proofs; whose proof it is goes with it."""
    named = [DOCUMENTS[each] for each in requirement.bring]
    if requirement.holder_proof is not Proof.NOTHING:
        asked = ASKED[requirement.holder_proof]
        named.append(Words(f"{asked.en}, of the holder", f"本人の{asked.ja}"))
    if requirement.own_proof is not Proof.NOTHING:
        asked = ASKED[requirement.own_proof]
        named.append(Words(f"{asked.en}, of whoever comes", f"来庁者の{asked.ja}"))
    return named
