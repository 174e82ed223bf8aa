"""
Inspect any object: a certificate, a revocation list, an OCSP response.

Pure.  What an object is follows from its shape; a word such as `sign` or `municipal` overrides.
"""

from crl.inspection import list_rules, lists, response_rules, responses
from crl.ocsp.shape import RESPONSE
from crl.shapes import SHAPES
from pki.inspection import rows
from pki.inspection.certificate import judge_certificate, recognise
from pki.inspection.engine import Report, conclude, gather, rules_of
from pki.inspection.findings import Rule
from pki.inspection.oddities import note_oddities
from pki.inspection.specimen import NOTHING, Context, Specimen
from pki.inspection.table import CONFIRMED, ERROR, of_profile, rule
from pki.inspection.tree import ENUMERATED, INTEGER, MAX_NODES, SEQUENCE, Node, Tree
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
_WHOLE = {UNKNOWN: "object", RESPONSE.word: "response"}
UNKNOWN_PROFILE = Profile(word=UNKNOWN, title="unknown object", japanese="不明な対象", rows=())
ALL_PROFILES: dict[str, Profile] = {
    **PROFILES,
    **{shape.value: profile for shape, profile in SHAPES.items()},
    RESPONSE.word: RESPONSE,
}


def _generated(profile: Profile) -> list[Rule]:
    if profile is RESPONSE:
        return [r for r in of_profile(profile) if r.id not in response_rules.NOT_DEMANDED]
    found = of_profile(profile, list_rules.CLAUSES)
    return [each for each in found if each.id not in list_rules.NOT_DEMANDED]


RULES: dict[str, dict[str, Rule]] = {
    **{word: rules_of(word) for word in PROFILES},
    **{
        word: gather(
            word,
            _generated(profile),
            (*list_rules.RULES, *response_rules.RULES, *rows.RULES),
        )
        for word, profile in ALL_PROFILES.items()
        if word not in PROFILES
    },
    UNKNOWN: UNKNOWN_RULES,
}


def profile_of(kind: str) -> Profile:
    return ALL_PROFILES.get(kind, UNKNOWN_PROFILE)


def inspect(
    der: bytes, kind: str | None = None, *, context: Context = NOTHING, limit: int = MAX_NODES
) -> Report:
    """Inspect an object as *kind*, or as what it is."""
    tree = Tree(der, limit)
    top = tree.read(0, len(der))
    kind = kind or recognise_any(tree, top)
    it = Specimen(tree, kind, RULES[kind], context)
    if tree.exhausted:  # which is the finding; what was read of it is no object
        return conclude(it, _WHOLE.get(kind, "certificate" if kind in PROFILES else "list"))
    if kind == UNKNOWN:
        it.hit("object-recognised", top[0] if top else None)
        return conclude(it, "object")
    if kind in PROFILES:
        judge_certificate(it, top)
        note_oddities(it)
        return conclude(it, "certificate")
    if kind == RESPONSE.word:
        responses.judge_response(it, top)
        return conclude(it, "response")
    lists.judge_list(it, top)
    return conclude(it, "list")


def recognise_any(tree: Tree, top: list[Node]) -> str:
    """Tell what an object is by its shape."""
    parts = top[0].parts if top and top[0].tag == SEQUENCE else []
    if parts and parts[0].tag == ENUMERATED:
        return RESPONSE.word
    tbs = parts[0] if parts else None
    if tbs is not None and any(node.tag in (0x17, 0x18) for node in tbs.parts):
        return lists.recognise_list(Specimen(Tree(tree.data), "", {}), tbs)
    first = tbs.parts[0] if tbs is not None and tbs.parts else None
    if first is None or first.tag not in (0xA0, INTEGER):
        return UNKNOWN
    return recognise(tree, top) or UNKNOWN
