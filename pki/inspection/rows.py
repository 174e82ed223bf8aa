"""
What every row of a profile demands of its field, whatever it says: there, once, in its place.

Pure.  One walk over the extensions serves all of these rules.
"""

from functools import lru_cache

from pki import oids
from pki.inspection.findings import Rule
from pki.inspection.specimen import Specimen
from pki.inspection.table import CONFIRMED, ERROR, WARNING, rule, slug
from pki.inspection.tree import Node, dotted
from pki.profiles import Profile

ALL = ("ca", "sign", "auth", "ocsp", "tsa", "municipal", "authorities", "full")

RULES: tuple[Rule, ...] = (
    rule(
        "extension-unknown",
        "extensions",
        WARNING,
        ALL,
        "[J 2.2]",
        CONFIRMED,
        "there should be no extension that the profile does not have",
        "プロファイルにない拡張があってはならない",
    ),
    rule(
        "extension-unknown-critical",
        "extensions",
        ERROR,
        ALL,
        "[5280 4.2] [J 2.2]",
        CONFIRMED,
        "an extension that the profile does not have must not be critical",
        "プロファイルにない拡張はクリティカルであってはならない",
    ),
    rule(
        "extensions-elements",
        "extensions",
        ERROR,
        ALL,
        "[5280 4.1]",
        CONFIRMED,
        "each extension must be an OID, an optional BOOLEAN and an OCTET STRING of one element",
        "拡張は OID、任意の BOOLEAN、一要素を収めた OCTET STRING から成らなければならない",
    ),
)


@lru_cache(maxsize=16)
def _rows(profile: Profile) -> tuple[tuple[bytes, str, bool], ...]:
    return tuple(
        (oids.content(row.oid), slug(row.name), bool(row.critical))
        for row in profile.extensions
        if row.oid
    )


def judge_extensions(it: Specimen, profile: Profile, listed: Node) -> None:
    """Compare the extensions with the rows: presence, number, order, criticality, flags."""
    for node in it.take_extensions(listed):
        it.hit("extensions-elements", node)
    rows = _rows(profile)
    extensions = it.extensions
    if [e.oid for e in extensions] != [row[0] for row in rows]:
        _judge_places(it, rows, listed)
    criticality = {row[0]: row for row in rows}
    for extension in extensions:
        row = criticality.get(extension.oid)
        if row is None:
            kind = "extension-unknown-critical" if extension.critical else "extension-unknown"
            it.hit(kind, extension.node, dotted(extension.oid))
            continue
        _, name, critical = row
        extension.slug = name
        if extension.critical is not critical:
            it.hit(f"{name}-critical", extension.node)
        if extension.flag is not None and not extension.critical:
            it.hit(f"{name}-flag", extension.flag)
        if extension.inner is None:
            it.hit(f"{name}-structure", extension.value)


def _judge_places(it: Specimen, rows: tuple[tuple[bytes, str, bool], ...], listed: Node) -> None:
    wanted = [row[0] for row in rows]
    names = {row[0]: row[1] for row in rows}
    seen: set[bytes] = set()
    order = []
    for extension in it.extensions:
        if extension.oid in seen and extension.oid in names:
            it.hit(f"{names[extension.oid]}-once", extension.node)
        elif extension.oid in names:
            order.append(extension)
        seen.add(extension.oid)
    for oid in wanted:
        if oid not in seen:
            it.hit(f"{names[oid]}-presence", listed)
    due = [oid for oid in wanted if oid in seen]
    for extension, oid in zip(order, due, strict=True):
        if extension.oid != oid:
            it.hit(f"{names[extension.oid]}-order", extension.node)
