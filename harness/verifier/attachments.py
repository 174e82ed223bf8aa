"""
What a relying party holds in its hands must be under every signature, not only what is named.

A signature speaks about the files that it refers to.  Who receives a document with files and
sees it pass takes them all for signed, so each file that was handed in has to be.
"""

from collections.abc import Collection
from dataclasses import replace

from harness.verifier.verdict import Verdict, decided, merged, result, worst
from pki.checks import Check
from pki.errors import Unacceptable
from pki.xmldsig.file_names import file_name

_MISSED = result(Check.COVERAGE, "coverage")


def demand_files(verdict: Verdict, names: Collection[str]) -> Verdict:
    """Fail each signature that does not cover every file of *names* [DS 8.1.3]."""
    if not names:
        return verdict
    if verdict.signatures:
        judged = tuple([_demanded(each, names) for each in verdict.signatures])
        return replace(worst(judged), signatures=judged)
    return _demanded(verdict, names)


def _demanded(verdict: Verdict, names: Collection[str]) -> Verdict:
    if verdict.covered is None and not verdict.passed:
        return verdict
    references = verdict.covered.references if verdict.covered else ()
    covered = {_name(uri) for uri in references} - {None}
    missed = sorted(name for name in names if name not in covered)
    if not missed:
        return verdict
    results = merged((*verdict.results, _MISSED))
    indication, cause, code = decided(results)
    return replace(
        verdict,
        indication=indication,
        cause=cause,
        code=code,
        results=results,
        covered=None,
        notes=(*verdict.notes, f"no part of the signature: {', '.join(missed)}"),
    )


def _name(uri: str) -> str | None:
    try:
        return file_name(uri)
    except Unacceptable:  # the document itself, or a part of it
        return None
