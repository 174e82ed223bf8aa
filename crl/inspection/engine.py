"""
Inspect any object: a certificate, a revocation list, an OCSP response.

Pure.  What an object is follows from its shape; a word such as `sign` or `municipal` overrides.
"""

from pki.inspection.certificate import judge_certificate, recognise
from pki.inspection.engine import RULES as CERTIFICATE_RULES
from pki.inspection.engine import Report, conclude
from pki.inspection.findings import Rule
from pki.inspection.specimen import NOTHING, Context, Specimen
from pki.inspection.table import CONFIRMED, ERROR, rule
from pki.inspection.tree import MAX_NODES, Tree
from pki.profiles import PROFILES, Profile

UNKNOWN = "unknown"
UNKNOWN_RULES: dict[str, Rule] = {
    each.id: each
    for each in (
        rule(
            "object-recognised",
            "object",
            ERROR,
            (UNKNOWN,),
            "[D 17]",
            CONFIRMED,
            "an object must be a certificate, a list or a response of a known kind; "
            "name one with --as",
            "対象は既知の種別の証明書、失効リスト、応答でなければならない。--as で種別を指定できる",
        ),
        rule(
            "object-der",
            "object",
            ERROR,
            (UNKNOWN,),
            "[X.690 10]",
            CONFIRMED,
            "the object must be encoded in DER",
            "対象は DER で符号化しなければならない",
        ),
    )
}
ALL_PROFILES: dict[str, Profile] = {**PROFILES}
RULES: dict[str, dict[str, Rule]] = {**CERTIFICATE_RULES}
UNKNOWN_PROFILE = Profile(word=UNKNOWN, title="unknown object", japanese="不明な対象", rows=())


def profile_of(kind: str) -> Profile:
    return ALL_PROFILES.get(kind, UNKNOWN_PROFILE)


def inspect(
    der: bytes, kind: str | None = None, *, context: Context = NOTHING, limit: int = MAX_NODES
) -> Report:
    """Inspect an object as *kind*, or as what it is."""
    tree = Tree(der, limit)
    top = tree.read(0, len(der))
    kind = kind or recognise(tree, top)
    if kind is None:
        it = Specimen(tree, UNKNOWN, UNKNOWN_RULES, context)
        it.hit("object-recognised", top[0] if top else None)
        return conclude(it, "object")
    it = Specimen(tree, kind, RULES[kind], context)
    judge_certificate(it, top)
    return conclude(it, "certificate")
