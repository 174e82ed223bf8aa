"""
The object under inspection: its parts by name, and what was found in it so far.

Pure.  Fields are told by their place where the count is right, and by their shape where one is
absent or stands twice, so that a finding names the field that is wrong and not its neighbour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pki.inspection.findings import Finding, Rule
from pki.inspection.tree import BOOLEAN, OCTET_STRING, OID, SEQUENCE, Node, Tree
from pki.kinds import Kind, Naming

MAX_FINDINGS = 1000
MAX_SIBLINGS = 64  # fields of one object that are told apart; none has more than ten

Places = Callable[[str, str], frozenset[str]]
"""Codes of the municipalities of that romanised prefecture and name; none if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """
    What the issuer's certificate says, as the inspector read it.

    Attributes:
        name: Its subject, encoded.
        serial: Content of its serialNumber.
        key_identifier: SHA-1 of its public key bits.
        spki: SubjectPublicKeyInfo, encoded.
        not_before: UTC; None where it cannot be read.
        not_after: The same.
    """

    name: bytes
    serial: bytes
    key_identifier: bytes
    spki: bytes
    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    What is known besides the octets; a rule whose evidence is missing is not judged.

    Attributes:
        authority: Of the issuer.
        places: To look municipalities up.
        limits: Other days that may end the certificate: of the card, of a limited stay.
    """

    authority: Authority | None = None
    places: Places | None = None
    limits: frozenset[date] = frozenset()


NOTHING = Context()


class Extension:
    """
    One extension.

    Attributes:
        oid: Content of its identifier.
        node: All of it.
        flag: critical, where encoded.
        critical: What that says.
        value: The OCTET STRING.
        inner: What is in it, read; None if that is not one element.
        slug: How the ids of its rules begin; of an unknown one `extensions`.
    """

    __slots__ = ("critical", "flag", "inner", "node", "oid", "slug", "value")

    def __init__(self, oid: bytes, node: Node, flag: Node | None, value: Node) -> None:
        self.oid = oid
        self.node = node
        self.flag = flag
        self.critical = False
        self.value = value
        self.inner: Node | None = None
        self.slug = "extensions"


class Specimen:
    """
    One object under inspection.

    Attributes:
        tree: Its octets.
        kind: Word of its kind.
        rules: Those of the kind, by id.
        context: What else is known.
        findings: So far.
        fields: Node by name.
        extensions: In their order.
        named: The first of each, by content of the OID.
        mode: Naming that the issuer's name is in; None if in none.
        ca: Which of the two; None likewise.
        dn: How that CA's name must be read; None without both.
        japanese: The same of its Japanese name.
        days: notBefore and notAfter, where they can be read.
        names: Those that were read, by offset.
        spans: Octets of fields that are no nodes of their own.
    """

    __slots__ = (
        *("ca", "context", "days", "dn", "extensions", "fields", "findings", "japanese"),
        *("kind", "mode", "named", "names", "rules", "spans", "tree"),
    )

    def __init__(
        self, tree: Tree, kind: str, rules: Mapping[str, Rule], context: Context = NOTHING
    ) -> None:
        self.tree = tree
        self.kind = kind
        self.rules = rules
        self.context = context
        self.findings: list[Finding] = []
        self.fields: dict[str, Node] = {}
        self.extensions: list[Extension] = []
        self.named: dict[bytes, Extension] = {}
        self.mode: Naming | None = None
        self.ca: Kind | None = None
        self.dn: Any = None
        self.japanese: Any = None
        self.days: tuple[datetime, datetime] | None = None
        self.names: dict[int, Any] = {}
        self.spans: list[tuple[int, int, str]] = []

    def hit(
        self,
        id: str,
        node: Node | None,
        found: str | None = None,
        expected: str | None = None,
        flaw: str | None = None,
    ) -> None:
        """Note that a rule is broken at *node*; whoever breaks a thousand is found out."""
        if len(self.findings) >= MAX_FINDINGS:
            return
        at, end = (node.at, node.end) if node else (0, 0)
        self.findings.append(Finding(self.rules[id], at, end, found, expected, flaw))

    def spread(self, node: Node, name: str) -> None:
        """Say whose octets these are, where that is no field of the object."""
        if len(self.spans) < MAX_FINDINGS:
            self.spans.append((node.at, node.end, name))

    def content(self, node: Node) -> bytes:
        return self.tree.data[node.start : node.end]

    def octets(self, node: Node) -> bytes:
        return self.tree.data[node.at : node.end]

    def inner(self, oid: bytes) -> Node | None:
        """Return what an extension holds, if it is there and can be read."""
        found = self.named.get(oid)
        return found.inner if found else None

    def take_extensions(self, listed: Node) -> list[Node]:
        """Take the extensions of a list apart; return those that are none."""
        data, strange = self.tree.data, []
        for node in listed.parts:
            parts = node.parts
            count = len(parts)
            if (
                node.tag != SEQUENCE
                or not 2 <= count <= 3
                or parts[0].tag != OID
                or parts[-1].tag != OCTET_STRING
                or (count == 3 and parts[1].tag != BOOLEAN)
            ):
                strange.append(node)
                continue
            oid = data[parts[0].start : parts[0].end]
            value = parts[-1]
            made = Extension(oid, node, parts[1] if count == 3 else None, value)
            if made.flag is not None:
                made.critical = data[made.flag.start : made.flag.end] != b"\x00"
            within = self.tree.read(value.start, value.end, 8)
            if len(within) == 1:
                made.inner = within[0]
            self.extensions.append(made)
            self.named.setdefault(oid, made)
        return strange


def align(
    data: bytes,
    nodes: list[Node],
    wanted: tuple[str, ...],
    fits: Mapping[str, Callable[[Node], bool]],
) -> tuple[dict[str, Node], list[str], list[tuple[str, Node]]]:
    """
    Say which of *nodes* is which field: those found, those absent, those that stand twice.

    With the right count places decide, whatever stands there.  Otherwise shapes do; what
    has the shape of no field to come counts as one more of the field before it.
    """
    nodes = nodes[:MAX_SIBLINGS]
    if len(nodes) == len(wanted):
        return dict(zip(wanted, nodes, strict=True)), [], []
    found: dict[str, Node] = {}
    absent: list[str] = []
    twice: list[tuple[str, Node]] = []
    names = list(wanted)
    last = ""
    for node in nodes:
        place = next((n for n, name in enumerate(names) if fits[name](node)), None)
        again = bool(last) and fits[last](node) and len(nodes) > len(wanted)
        if again and place == 0:
            before = found[last]
            again = data[before.at : before.end] == data[node.at : node.end]
        if again or place is None:
            twice.append((last or wanted[0], node))
            continue
        absent += names[:place]
        last = names[place]
        found[last] = node
        del names[: place + 1]
    return found, absent + names, twice
