"""
One verdict as one page: every check with its rule, cause and cure, in both languages.

Pure; a verdict in, text out.  What it shows comes from a stranger's document, so the page
escapes everything, runs and fetches nothing, and spells out what cannot be seen.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.reports.page import jst
from harness.verifier.verdict import Verdict
from harness.verifier.witness import Witness
from harness.verifier.wording import Sentence, as_json, name_of, parted, rfc3339
from pki.causes import CAUSES
from pki.checks import NAMES
from pki.eras import read_birth_code
from pki.errors import JpkiError

if TYPE_CHECKING:
    from jinja2 import Template

MARKS = {"passed": "✓", "failed": "✗", "indeterminate": "?", "not-applicable": "·"}
TONES = {"TOTAL-PASSED": "passed", "TOTAL-FAILED": "failed", "INDETERMINATE": "indeterminate"}
# What the page has a place for; whatever else a verdict says is listed as it is.
PLACED = frozenset(
    {
        *("verdict", "sub_indication", "cause", "code", "en_indication", "checks", "holder"),
        *("certificate", "at", "signed_content", "notes", "signatures"),
    }
)
HEADINGS = {each.value: {"en": row.en, "ja": row.ja} for each, row in NAMES.items()}


def verdict_page(verdict: Verdict, witness: Witness, lang: str, *, name: str) -> str:
    """Write the page on the judgement of the file *name*; *lang* is what it opens in."""
    each = verdict.signatures or (verdict,)
    told = as_json(verdict)
    deciding = [check for check in told["checks"] if check["cause"] == told["cause"] is not None]
    return _template().render(
        lang=lang,
        name=name,
        told=told,
        deciding=deciding[0] if deciding else None,
        decider=_decider(verdict),
        causes=CAUSES,
        parts=[(as_json(part), _evidence(part, witness)) for part in each],
        marks=MARKS,
        tones=TONES,
        headings=HEADINGS,
        placed=PLACED,
    )


def _decider(verdict: Verdict) -> int | None:
    """Count to the signature that decided; None where there is but one."""
    for number, each in enumerate(verdict.signatures, start=1):
        if (each.cause, each.certificate) == (verdict.cause, verdict.certificate):
            return number
    return None


def _evidence(verdict: Verdict, witness: Witness) -> Mapping[str, Any]:
    """Gather what the witness saw of one signer: the CA that was found, and the sources."""
    signer = verdict.certificate
    issuer = witness.issuer_of(signer) if signer else None
    if signer is None or issuer is None:
        return {"issuer": None, "exhibits": ()}
    own = issuer.path.certificate
    return {
        "issuer": {"name": name_of(own.subject), "serial": f"{own.serial:#x}"},
        "from": rfc3339(own.not_before),
        "to": rfc3339(own.not_after),
        "exhibits": witness.exhibits(signer, at=verdict.at),
    }


def split(text: str, lang: str) -> Sentence:
    """Part cause and cure, and write each as a page does, with capital and full stop."""
    return Sentence(*(_written(each, lang) for each in parted(text, lang)))


def visible(text: object) -> str:
    """Spell out whatever has no face, such as what turns the direction of writing round."""
    return "".join(
        each if each.isprintable() or each == "\u3000" else f"\\u{ord(each):04x}"
        for each in str(text)
    )


def moment(text: str) -> str:
    """Add the clock of Japan to a moment in RFC 3339."""
    return f"{jst(datetime.fromisoformat(text))} JST"


def birthday(code: str) -> date | str:
    """Read a date of birth as far as it can be read."""
    try:
        return read_birth_code(code) or code
    except JpkiError:
        return code


def _written(text: str, lang: str) -> str:
    if not text:
        return ""
    return f"{text}。" if lang == "ja" else f"{text[0].upper()}{text[1:]}."


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "split": split,
        "visible": visible,
        "moment": moment,
        "birthday": birthday,
        "rfc3339": rfc3339,
    }
    return environment.get_template("verdict.html.j2")
