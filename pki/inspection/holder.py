"""
What a certificate says of its holder: subject, the four items, and the days that follow from them.

Pure.  In the order of docs/fidelity.md, J 2.1, J 2.3 and J 3.
"""

import re
from datetime import date, datetime, timedelta

from pki import oids
from pki.eras import ERAS
from pki.inspection.contents import municipality, point_name
from pki.inspection.moments import day_in_japan, shown, years_on
from pki.inspection.names import judge_name, read_name
from pki.inspection.names import shown as name_shown
from pki.inspection.specimen import Specimen
from pki.inspection.tree import OID, SEQUENCE, UTF8, Node, dotted
from pki.kinds import Algorithm
from pki.repertoire import ADDRESS_LIMIT, GETA, SPACE, classify
from pki.validity import TERMS

# In the order of the otherNames: what each is called, and its OID [J 2.3].
ITEMS = (
    ("commonName", oids.COMMON_NAME_OF_HOLDER),
    ("dateOfBirth", oids.DATE_OF_BIRTH),
    ("gender", oids.GENDER),
    ("address", oids.ADDRESS),
    ("substituteCharacterOfCommonName", oids.SUBSTITUTES_OF_NAME),
    ("substituteCharacterOfAddress", oids.SUBSTITUTES_OF_ADDRESS),
)


_WORDS = dict(
    zip(
        (oids.content(oid) for _, oid in ITEMS),
        ("name", "birth", "gender", "address", "name-flags", "address-flags"),
        strict=True,
    )
)
_ORDER = tuple(_WORDS)
_FLAGS = frozenset("01")
_GENDERS = (b"1", b"2", b"3", b"9")
_SHAPES = {
    "sign": tuple(map(oids.content, (oids.COUNTRY_NAME, oids.LOCALITY_NAME, oids.LOCALITY_NAME))),
    "auth": (oids.content(oids.COUNTRY_NAME),),
}
_COMMON_NAME = oids.content(oids.COMMON_NAME)
_IDENTIFIERS = {
    "sign": re.compile(rb"[0-9A-Z]{28}"),
    "auth": re.compile(rb"[0-9A-Z]{14}\d{5}003A"),
}
_COMPOSED = re.compile(rb"\d{14}\d{5}\d{5}003A")  # as composed here [J 13]
_PREFECTURE = re.compile("東京都|北海道|京都府|大阪府|(?:神奈川|和歌山|鹿児島|[^0-9\u3000]{2})県")
_POINTS = oids.content(oids.CRL_DISTRIBUTION_POINTS)
ONE_DAY = timedelta(days=1)


def subject(it: Specimen, node: Node, begin: datetime | None) -> None:
    name = judge_name(it, "subject", node, None)
    if name is None:
        return
    shape = (*_SHAPES[it.kind], _COMMON_NAME)
    if tuple(a.oid for a in name) != shape or name[0].value != b"JP":
        it.hit("subject-value", node, name_shown(name))
        return
    identifier = name[-1].value
    where = point_of(it)
    if not _IDENTIFIERS[it.kind].fullmatch(identifier):
        it.hit("subject-identifier", node.parts[-1], identifier.decode(errors="replace"))
    elif it.kind == "sign" and not _COMPOSED.fullmatch(identifier):
        it.hit("subject-identifier-form", node.parts[-1], identifier.decode())
    else:
        _identifier(it, node, identifier.decode(), begin, where)
    if it.kind == "sign" and where is not None:
        stated = tuple(a.value.decode(errors="replace") for a in name[1:3])
        if stated != where:
            it.hit("subject-place", node, " / ".join(stated), " / ".join(where))


def point_of(it: Specimen) -> tuple[str, str] | None:
    """Return prefecture and municipality of the first distribution point."""
    node = it.inner(_POINTS)
    if node is None or not node.parts or not node.parts[0].parts:
        return None
    name = point_name(it, node.parts[0].parts[0])
    read = read_name(it, name) if name else None
    return municipality(read) if read else None


def _identifier(
    it: Specimen,
    node: Node,
    identifier: str,
    begin: datetime | None,
    where: tuple[str, str] | None,
) -> None:
    if it.kind == "sign":
        try:
            requested = datetime.fromisoformat(f"{identifier[:8]}T{identifier[8:14]}+09:00")
        except ValueError:
            requested = None
        if requested is None or (begin is not None and requested > begin):
            it.hit("subject-identifier-moment", node.parts[-1], identifier[:14])
    places = it.context.places
    if places is not None and where is not None:
        codes = places(*where)
        if codes and identifier[-9:-4] not in codes:
            it.hit(
                "subject-identifier-place",
                node.parts[-1],
                identifier[-9:-4],
                " / ".join(sorted(codes)),
            )


def four_items(
    it: Specimen, node: Node, days: tuple[datetime, datetime] | None, algorithm: Algorithm | None
) -> None:
    """Judge the six otherNames, and the last day by the birthday in them."""
    found = _other_names(it, node)
    if found is None:
        return
    texts = {word: it.content(part).decode(errors="replace") for word, part in found.items()}
    if "name" in found:
        _characters(it, "name", found["name"], texts["name"])
    if "address" in found:
        _characters(it, "address", found["address"], texts["address"])
        if not 1 <= len(texts["address"]) <= ADDRESS_LIMIT:
            it.hit("address-length", found["address"], str(len(texts["address"])))
        if not _PREFECTURE.match(texts["address"]):
            it.hit("address-prefecture", found["address"], texts["address"][:4])
    if "gender" in found and it.content(found["gender"]) not in _GENDERS:
        it.hit("gender-code", found["gender"], texts["gender"][:4])
    for word in ("name", "address"):
        if f"{word}-flags" in found and word in found:
            _flags(it, found[f"{word}-flags"], texts[f"{word}-flags"], texts[word])
    if "birth" in found:
        born = _birth(it, found["birth"], texts["birth"], days)
        if born and days:
            _birthday(it, born, *days, algorithm)


def _other_names(it: Specimen, node: Node) -> dict[str, Node] | None:
    """Take GeneralNames of otherNames apart: the value of each, by word."""
    if node.tag != SEQUENCE or not node.parts:
        it.hit("subject-alt-name-structure", node)
        return None
    data = it.tree.data
    order = []
    found: dict[str, Node] = {}
    for part in node.parts:
        inner = part.parts
        if (
            part.tag != 0xA0
            or len(inner) != 2
            or inner[0].tag != OID
            or inner[1].tag != 0xA0
            or len(inner[1].parts) != 1
        ):
            it.hit("subject-alt-name-structure", part)
            continue
        oid = data[inner[0].start : inner[0].end]
        word = _WORDS.get(oid)
        if word is None or word in found:
            it.hit("other-names-once", part, dotted(oid))
            continue
        order.append(oid)
        value = inner[1].parts[0]
        if value.tag != UTF8:
            it.hit("other-names-string", value)
        found[word] = value
    if tuple(order) != _ORDER:
        for oid, word in _WORDS.items():
            if oid not in order:
                it.hit(f"other-name-{word}-presence", node)
        if order != [oid for oid in _ORDER if oid in order]:
            it.hit("other-names-order", node, " ".join(f".{oid[-1]}" for oid in order))
    return found


def _characters(it: Specimen, word: str, node: Node, text: str) -> None:
    if text.isascii() and text:
        it.hit(f"{word}-width", node, text)
        return
    strange = sorted(set(text) - _ALLOWED)
    for character in strange:
        if character.isascii() or "\uff61" <= character <= "\uff9f":
            it.hit(f"{word}-width", node, f"U+{ord(character):04X}")
            break
        if not classify(character).allowed:
            it.hit(f"{word}-characters", node, f"U+{ord(character):04X}")
            break
        _ALLOWED.add(character)
    apart = text.split(SPACE)
    if word == "name" and (not text or not all(apart)):
        it.hit("name-width", node, text)
    elif word == "address" and text.strip(SPACE) != text:
        it.hit("address-width", node, text)


_ALLOWED: set[str] = set()  # found in the repertoire before, of which there are 13,000


def _flags(it: Specimen, node: Node, flags: str, text: str) -> None:
    if len(flags) != len(text):
        it.hit("flags-length", node, str(len(flags)), str(len(text)))
    if not _FLAGS.issuperset(flags):
        it.hit("flags-digits", node, flags)
    elif (
        len(flags) == len(text) <= ADDRESS_LIMIT
        and GETA in text
        and any(
            flag == "0" and character == GETA for flag, character in zip(flags, text, strict=False)
        )
    ):
        it.hit("flags-geta", node, flags)


def _birth(
    it: Specimen, node: Node, code: str, days: tuple[datetime, datetime] | None
) -> date | None:
    if len(code) != 9 or not (code.isascii() and code.isdigit()) or code[0] > "5":
        it.hit("birth-form", node, code)
        return None
    if code == "000000000":  # nobody knows
        return None
    try:
        born = date(int(code[1:5]), int(code[5:7]), int(code[7:]))
    except ValueError:
        it.hit("birth-calendar", node, code)
        return None
    due = next((era.digit for era in ERAS if era.first <= born), "0")
    if code[0] != due:
        it.hit("birth-era", node, code[0], due)
    if days and born > day_in_japan(days[0]):
        it.hit("birth-calendar", node, code)
        return None
    return born


def _birthday(
    it: Specimen, born: date, begin: datetime, end: datetime, algorithm: Algorithm | None
) -> None:
    """Judge the last day: some birthday after issue, or another day that is known to limit."""
    terms = TERMS[algorithm or Algorithm.RSA2048]
    last = day_in_japan(end)
    first = day_in_japan(begin)
    longest = max(terms.first, terms.renewed)
    if not terms.months_more and (last.month, last.day) == (born.month, born.day) and last > first:
        return  # some birthday; that it is none too late, validity-length judges
    for year in range(first.year, min(first.year + longest, 9998) + 1):
        birthday = years_on(born, year - born.year)
        if birthday > first and last == years_on(birthday, 0, terms.months_more):
            return
    if last not in it.context.limits:
        it.hit("validity-birthday", it.fields["validity"], shown(end), f"…-{born:%m-%d}")


def country_and_service(it: Specimen, node: Node) -> None:
    """Judge the subject of a responder or a time-stamping authority: C, O, then OUs, then a CN."""
    name = judge_name(it, "subject", node, None)
    if name is None:
        return
    words = [a.oid for a in name]
    issuer = it.fields.get("issuer")
    own = read_name(it, issuer) if issuer else None
    same = own is not None and [a.value for a in name[:2]] == [a.value for a in own[:2]]
    between = all(oid == _UNIT for oid in words[2:-1])
    if len(name) < 3 or not same or not between or words[-1] != _COMMON_NAME or not name[-1].value:
        it.hit("subject-value", node, name_shown(name))


_UNIT = oids.content(oids.ORGANIZATIONAL_UNIT_NAME)
