"""
The characters that a certificate may state, and what becomes of the others.

Pure.  The repertoire is JIS X 0208 (levels 1 and 2, kana, symbols) with JIS X 0212
(supplementary kanji) [J 2.3], which is just what the codec `euc_jp` of the standard library
knows; the two tables below say where codec and repertoire part.  A letter outside becomes a
substitute character and is flagged; anything else outside is refused.  Read classify and
to_repertoire first, then full_width, by which what people type gets there.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from pki.errors import OutsideRepertoire, Unacceptable

GETA = "〓"  # what printers set for want of a type; inferred [J 13]
ADDRESS_LIMIT = 200  # characters [J 2.3]
SPACE = "\u3000"  # separates family and given name [J 2.3]
NO_CHOICES: Mapping[str, str] = MappingProxyType({})


class Level(Enum):
    """Where a character stands in the two standards, or why it stands in neither."""

    LEVEL1 = "level-1"  # 第1水準, rows 16 to 47 of JIS X 0208
    LEVEL2 = "level-2"  # 第2水準, rows 48 to 84
    SUPPLEMENTARY = "supplementary"  # 補助漢字, rows 16 to 77 of JIS X 0212
    NON_KANJI = "non-kanji"  # kana, letters, digits, symbols of either
    OUTSIDE = "outside"  # a letter or number that gets a substitute
    FORBIDDEN = "forbidden"  # anything else: refused

    @property
    def allowed(self) -> bool:
        return self not in (Level.OUTSIDE, Level.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Substituted:
    """
    A text within the repertoire, as certificates state it.

    Attributes:
        text: Repertoire only, hence one UTF-16 unit per character as well.
        flags: For each character of the text `1` if it stands for another, else `0` [J 2.3].
    """

    text: str
    flags: str


# One character of JIS, two of Unicode, depending on who made the table.  We read both and
# write one, so that equal names are equal bytes.  The hyphen is the one that cards carry
# [J 2.3]; the rest is inferred: full width where Unicode has it, otherwise the spelling of
# JIS.  NOTE: JIS X 0212 has a tilde of its own, which the codec takes for the ASCII one; we
# hold every wide tilde for the wave dash, which is what people mean by it in Japanese.
ONE_SPELLING = {
    "\u2212": "\uff0d",  # MINUS SIGN, FULLWIDTH HYPHEN-MINUS
    "\u00a2": "\uffe0",  # CENT SIGN
    "\u00a3": "\uffe1",  # POUND SIGN
    "\u00ac": "\uffe2",  # NOT SIGN
    "\u00af": "\uffe3",  # MACRON
    "\u00a6": "\uffe4",  # BROKEN BAR
    "\uff5e": "\u301c",  # FULLWIDTH TILDE, WAVE DASH
    "\u2225": "\u2016",  # PARALLEL TO, DOUBLE VERTICAL LINE
    "\u2014": "\u2015",  # EM DASH, HORIZONTAL BAR
}
_SPELL = str.maketrans(ONE_SPELLING)
# The codec knows FULLWIDTH MACRON and WAVE DASH by our spelling, the others by theirs.
_AS_CODEC = str.maketrans(
    {"－": "−", "￠": "\u00a2", "￡": "\u00a3", "￢": "\u00ac", "￤": "\u00a6"}
)

# What people type, and what a certificate says instead.
_WIDEN = str.maketrans(
    ONE_SPELLING
    | {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}  # ASCII
    | dict.fromkeys(("'", "＇"), "’")  # JIS has no straight quotes
    | dict.fromkeys(('"', "＂"), "”")
    | {"~": "〜", "\u00a5": "￥", "\u203e": "￣"}  # the last two are those of JIS X 0201
    | {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF61, 0xFFA0)}
    | dict.fromkeys(map(chr, (0x20, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F)), SPACE)
)
_STAND_ALONE = str.maketrans({"\u3099": "゛", "\u309a": "゜"})  # 濁点, 半濁点

_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_SINGLE_SHIFT_2, _SINGLE_SHIFT_3 = 0x8E, 0x8F  # half-width katakana, JIS X 0212
_LEVEL1_ROW, _LEVEL2_ROW = 0xA0 + 16, 0xA0 + 48


def classify(character: str) -> Level:
    """Say where *character* stands; either spelling of one JIS character will do."""
    spelled = character.translate(_SPELL).translate(_AS_CODEC)
    try:
        code = spelled.encode("euc_jp")
    except UnicodeEncodeError:
        return Level.OUTSIDE if _is_letter(character) else Level.FORBIDDEN
    if len(code) == 1 or code[0] == _SINGLE_SHIFT_2:  # ASCII, JIS X 0201
        return Level.FORBIDDEN
    if code[0] == _SINGLE_SHIFT_3:
        return Level.SUPPLEMENTARY if code[1] >= _LEVEL1_ROW else Level.NON_KANJI
    if code[0] < _LEVEL1_ROW:
        return Level.NON_KANJI
    return Level.LEVEL1 if code[0] < _LEVEL2_ROW else Level.LEVEL2


def to_repertoire(
    text: str, *, substitute: str = GETA, choices: Mapping[str, str] = NO_CHOICES
) -> Substituted:
    """
    Put the substitute, or the holder's choice, for each letter outside, and flag it [J 2.3].

    A combining mark joins the character before it.  Nothing else is normalised: Unicode
    would quietly make U+795E of U+FA19, and so another person's name.  A choice for a
    character within the repertoire has no effect.
    """
    glyph = _glyph(substitute)
    chosen = {outside: _glyph(inside) for outside, inside in choices.items()}
    characters: list[str] = []
    flags: list[str] = []
    selectable = False
    for character in _compose(text).translate(_SPELL):
        if selectable and character in _SELECTORS:
            # The form that the holder writes is lost, so this is a substitute, though it
            # looks like the character itself (inferred: no source says).
            flags[-1] = "1"
            selectable = False
            continue
        level = classify(character)
        if level is Level.FORBIDDEN:
            raise _refusal(character)
        characters.append(character if level.allowed else chosen.get(character, glyph))
        flags.append("0" if level.allowed else "1")
        selectable = _is_kanji(character)
    return Substituted("".join(characters), "".join(flags))


def full_width(text: str) -> str:
    """Write ASCII, half-width katakana and spaces full width, as certificates do [J 2.3]."""
    # The marks of half-width katakana are characters; those that fit nothing remain so.
    return _compose(_compose(text).translate(_WIDEN)).translate(_STAND_ALONE)


def prepare_name(
    raw: str,
    *,
    substitute: str = GETA,
    choices: Mapping[str, str] = NO_CHOICES,
    limit: int | None = None,
) -> Substituted:
    """
    Write a name as certificates state it: full width, its parts one U+3000 apart [J 2.3].

    One part is enough, for there are people with no more.  No source knows of a limit, so
    the default is none [J 13].
    """
    return _prepare("name", raw, substitute, choices, limit)


def prepare_address(
    raw: str,
    *,
    substitute: str = GETA,
    choices: Mapping[str, str] = NO_CHOICES,
    limit: int | None = ADDRESS_LIMIT,
) -> Substituted:
    """Write an address as certificates state it: full width, 200 characters [J 2.3]."""
    return _prepare("address", raw, substitute, choices, limit)


def _prepare(
    what: str, raw: str, substitute: str, choices: Mapping[str, str], limit: int | None
) -> Substituted:
    parts = [part for part in full_width(raw).split(SPACE) if part]
    prepared = to_repertoire(SPACE.join(parts), substitute=substitute, choices=choices)
    if not prepared.text:
        raise Unacceptable(f"the {what} is empty; a certificate must state one, write it")
    if limit is not None and len(prepared.text) > limit:
        raise Unacceptable(
            f"the {what} has {len(prepared.text)} characters; "
            f"a certificate has room for {limit}, shorten it"
        )
    return prepared


def _compose(text: str) -> str:
    """Join combining marks to what stands before them, and leave all else as it is."""
    joined: list[str] = []
    for character in text:
        together = unicodedata.normalize("NFC", joined[-1] + character) if joined else ""
        if len(together) == 1:
            joined[-1] = together
        else:
            joined.append(character)
    return "".join(joined)


def _glyph(glyph: str) -> str:
    spelled = glyph.translate(_SPELL)
    if len(spelled) != 1 or not classify(spelled).allowed or spelled == SPACE:
        raise Unacceptable(
            f"the substitute {glyph!r} must be one visible character of JIS X 0208 "
            f"or JIS X 0212; choose another, such as {GETA}"
        )
    return spelled


def _is_kanji(character: str) -> bool:
    code = ord(character)
    if 0x20000 <= code <= 0x3FFFD:  # two planes for ideographs, assigned by and by
        return code & 0xFFFE != 0xFFFE
    in_block = 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF
    return in_block and unicodedata.category(character) == "Lo"


def _is_letter(character: str) -> bool:
    """Tell what a name can be written with from what it cannot: punctuation, symbols, emoji."""
    return not _is_half_width(character) and (
        _is_kanji(character) or unicodedata.category(character)[0] in "LN"
    )


def _is_half_width(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("H", "Na")


# What is wrong with a character of each general category, and what helps.
_REFUSALS = {
    "Cc": ("is a control character", "remove it"),
    "Cf": ("is invisible", "remove it"),
    "Cn": ("is assigned to nothing", "write another"),
    "Co": ("means something else on every system", f"write what it stands for, or {GETA}"),
    "Cs": ("is half of a surrogate pair", "read the text as what it was written in"),
    "M": ("is a mark that nothing before it can take", "remove it"),
    "Z": ("is a separator", "write the full-width space U+3000"),
}
_SYMBOL = (
    "is in neither JIS X 0208 nor JIS X 0212, and only letters get a substitute",
    "remove it",
)


def _refusal(character: str) -> OutsideRepertoire:
    category = unicodedata.category(character)
    rule, cure = _REFUSALS.get(category, _REFUSALS.get(category[0], _SYMBOL))
    if character in _SELECTORS:
        rule = "selects a form of a kanji, and there is none before it"
    elif category[0] not in "CZ" and _is_half_width(character):
        rule = "is half width"
    if category[0] in "LNPS":
        for plain in map(full_width, (character, unicodedata.normalize("NFKC", character))):
            if all(classify(part).allowed for part in plain):
                cure = f"write {plain}"
                break
    name = unicodedata.name(character, "no name")
    return OutsideRepertoire(
        f"the character U+{ord(character):04X} ({name}) {rule}; {cure}", character
    )
