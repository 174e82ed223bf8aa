"""
A name is written into a certificate.

The certificate knows the characters of two standards from the age of the typewriter, and
Hanako's village knows more.  What is within passes unchanged, what is a letter outside gets a
substitute and a flag, and what is no letter is refused with a word of advice.
"""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.errors import OutsideRepertoire, Unacceptable
from pki.repertoire import (
    GETA,
    ONE_SPELLING,
    SPACE,
    Level,
    Substituted,
    classify,
    full_width,
    prepare_address,
    prepare_name,
    to_repertoire,
)

fixed = settings(derandomize=True, max_examples=200, deadline=None)

BMP = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
COMPATIBILITY_KAMI = "\ufa19"  # 神 as some families write it; Unicode makes U+795E of it

# Texts in which everything happens: kana with marks, half width, rare kanji, selectors.
mixed = st.text(
    st.one_of(
        st.sampled_from("山田花子髙𠮷々かガｶﾞﾊﾟ －-−~～1Ａé\u3099\u309a\u0301 \u3000"),
        st.sampled_from(["\U000e0100", "\ufe00", "\ufa11", COMPATIBILITY_KAMI, "\u212b"]),
        st.characters(),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("character", "level"),
    [
        pytest.param("亜", Level.LEVEL1, id="first of level 1"),
        pytest.param("腕", Level.LEVEL1, id="last of level 1"),
        pytest.param("弌", Level.LEVEL2, id="first of level 2"),
        pytest.param("熙", Level.LEVEL2, id="last of level 2"),
        pytest.param("丂", Level.SUPPLEMENTARY, id="first supplementary kanji"),
        pytest.param("龥", Level.SUPPLEMENTARY, id="last supplementary kanji"),
        pytest.param("々", Level.NON_KANJI, id="repetition mark"),
        pytest.param("ゐ", Level.NON_KANJI, id="hiragana"),
        pytest.param("ヶ", Level.NON_KANJI, id="katakana"),
        pytest.param("１", Level.NON_KANJI, id="full-width digit"),
        pytest.param("Ｚ", Level.NON_KANJI, id="full-width letter"),
        pytest.param("é", Level.NON_KANJI, id="letter of JIS X 0212"),
        pytest.param(SPACE, Level.NON_KANJI, id="full-width space"),
        pytest.param("〓", Level.NON_KANJI, id="substitute itself"),
        pytest.param("髙", Level.OUTSIDE, id="ladder taka"),
        pytest.param("﨑", Level.OUTSIDE, id="standing saki"),
        pytest.param(COMPATIBILITY_KAMI, Level.OUTSIDE, id="compatibility ideograph"),
        pytest.param("𠮷", Level.OUTSIDE, id="beyond the first plane"),
        pytest.param("\U00031350", Level.OUTSIDE, id="assigned after this Python"),
        pytest.param("ệ", Level.OUTSIDE, id="Vietnamese letter"),
        pytest.param("한", Level.OUTSIDE, id="hangul"),
        pytest.param("①", Level.OUTSIDE, id="circled number"),
        pytest.param("A", Level.FORBIDDEN, id="ASCII letter"),
        pytest.param(" ", Level.FORBIDDEN, id="ASCII space"),
        pytest.param("ｱ", Level.FORBIDDEN, id="half-width katakana, which the codec lets pass"),
        pytest.param("ﾡ", Level.FORBIDDEN, id="half-width hangul"),
        pytest.param("\u00a5", Level.FORBIDDEN, id="yen of JIS X 0201, which the codec folds"),
        pytest.param("\u203e", Level.FORBIDDEN, id="overline, likewise"),
        pytest.param("\n", Level.FORBIDDEN, id="line break"),
        pytest.param("\u200d", Level.FORBIDDEN, id="joiner"),
        pytest.param("🍣", Level.FORBIDDEN, id="emoji"),
        pytest.param("㈱", Level.FORBIDDEN, id="symbol of one maker"),
        pytest.param("\ue000", Level.FORBIDDEN, id="private use"),
        pytest.param("\U000f0000", Level.FORBIDDEN, id="private plane"),
        pytest.param("\ud842", Level.FORBIDDEN, id="half a surrogate pair"),
        pytest.param("\u0378", Level.FORBIDDEN, id="unassigned"),
        pytest.param("\U0002ffff", Level.FORBIDDEN, id="no character"),
        pytest.param("\U000e0100", Level.FORBIDDEN, id="variation selector"),
    ],
)
def test_each_character_stands_where_the_standards_put_it(character, level):
    """
    JIS X 0208 and JIS X 0212 are in, letters outside get a substitute [J 2.3].
    """
    assert level == classify(character)


def test_the_repertoire_is_as_large_as_the_standards_say():
    """
    JIS X 0208 has 2,965 and 3,390 kanji and 524 others, JIS X 0212 has 5,801 and 266; of
    these the tilde is the one that we hold for the wave dash.
    """
    other_spellings = set(ONE_SPELLING)
    sizes = dict.fromkeys(Level, 0)
    for character in BMP:
        if character not in other_spellings:
            sizes[classify(character)] += 1

    # The macron of JIS X 0212 is our second loss: Unicode has one wide form for it and for
    # the overline of JIS X 0208.
    assert (2965, 3390, 5801) == (
        sizes[Level.LEVEL1],
        sizes[Level.LEVEL2],
        sizes[Level.SUPPLEMENTARY],
    )
    assert 524 + 266 - 2 == sizes[Level.NON_KANJI]


def test_another_codec_agrees_about_the_levels():
    """
    Shift_JIS knows JIS X 0208 only, and where each level begins; it was not asked before.
    """
    for character in BMP:
        try:
            code = character.encode("shift_jis")
        except UnicodeEncodeError:
            assert classify(character) not in (Level.LEVEL1, Level.LEVEL2)
            continue
        if len(code) == 2 and code >= b"\x88\x9f":
            expected = Level.LEVEL1 if code <= b"\x98\x72" else Level.LEVEL2
            assert expected == classify(character)


@pytest.mark.parametrize(
    ("name", "text", "flags"),
    [
        pytest.param("山田　花子", "山田　花子", "00000", id="nothing to do; the space counts"),
        pytest.param("髙橋　太郎", "〓橋　太郎", "10000", id="ladder taka"),
        pytest.param("𠮷田　花子", "〓田　花子", "10000", id="two UTF-16 units, one flag"),
        pytest.param("山﨑　太郎", "山〓　太郎", "01000", id="standing saki"),
        pytest.param(COMPATIBILITY_KAMI + "田", "〓田", "10", id="not normalised away"),
        pytest.param("葛\U000e0100城", "葛城", "10", id="selector dropped, base flagged"),
        pytest.param("辻\ufe00", "辻", "1", id="the other block of selectors"),
        pytest.param("𠮷\U000e0100野", "〓野", "10", id="selector after a rare kanji"),
        pytest.param("か\u3099", "が", "0", id="combining mark composed"),
        pytest.param("e\u0301", "é", "0", id="accent composed"),
        pytest.param("\u212b", "\u212b", "0", id="angstrom sign stays what it is"),
        pytest.param("１−２", "１－２", "000", id="minus sign is the hyphen"),
        pytest.param("１～２", "１〜２", "000", id="full-width tilde is the wave dash"),
        pytest.param("\u00a2", "￠", "0", id="cent sign is full width"),
        pytest.param("〓", "〓", "0", id="a substitute glyph that was meant"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_what_is_outside_is_replaced_and_flagged(name, text, flags):
    """
    One flag per character of the text, space included [J 2.3].
    """
    assert Substituted(text, flags) == to_repertoire(name)


def test_the_holder_may_choose_the_substitute():
    """
    As when collecting the card; it is a substitute all the same [J 2.3].
    """
    choices = {"髙": "高", "太": "大"}

    assert Substituted("高橋　太郎", "10000") == to_repertoire("髙橋　太郎", choices=choices)


def test_the_substitute_glyph_can_be_configured():
    """
    No public source shows the real one [J 13].
    """
    assert Substituted("■", "1") == to_repertoire("𠮷", substitute="■")


@pytest.mark.parametrize("glyph", ["", "?", "髙", "高高", "🍣", SPACE, "ｱ"])
def test_a_substitute_is_one_visible_character_of_the_repertoire(glyph):
    with pytest.raises(Unacceptable, match="one visible character"):
        to_repertoire("𠮷", substitute=glyph)
    with pytest.raises(Unacceptable, match="one visible character"):
        to_repertoire("𠮷", choices={"𠮷": glyph})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "ｱ",
            "the character U+FF71 (HALFWIDTH KATAKANA LETTER A) is half width; write ア",
            id="half width",
        ),
        pytest.param(
            "\x07", "the character U+0007 (no name) is a control character; remove it", id="bell"
        ),
        pytest.param(
            "🍣",
            "the character U+1F363 (SUSHI) is in neither JIS X 0208 nor JIS X 0212, "
            "and only letters get a substitute; remove it",
            id="emoji",
        ),
        pytest.param(
            "㈱",
            "the character U+3231 (PARENTHESIZED IDEOGRAPH STOCK) is in neither JIS X 0208 "
            "nor JIS X 0212, and only letters get a substitute; write （株）",
            id="symbol with a plain form",
        ),
        pytest.param(
            "\ue000",
            "the character U+E000 (no name) means something else on every system; "
            "write what it stands for, or 〓",
            id="private use",
        ),
        pytest.param(
            "\ud842",
            "the character U+D842 (no name) is half of a surrogate pair; "
            "read the text as what it was written in",
            id="surrogate",
        ),
        pytest.param(
            "\u0378",
            "the character U+0378 (no name) is assigned to nothing; write another",
            id="unassigned",
        ),
        pytest.param(
            "の\u3099",
            "the character U+3099 (COMBINING KATAKANA-HIRAGANA VOICED SOUND MARK) "
            "is a mark that nothing before it can take; remove it",
            id="stray mark",
        ),
        pytest.param(
            "\U000e0100",
            "the character U+E0100 (VARIATION SELECTOR-17) "
            "selects a form of a kanji, and there is none before it; remove it",
            id="lone selector",
        ),
        pytest.param(
            " ",
            "the character U+0020 (SPACE) is a separator; write the full-width space U+3000",
            id="ASCII space",
        ),
    ],
)
def test_a_refusal_names_character_rule_and_cure(text, message):
    with pytest.raises(OutsideRepertoire) as refusal:
        to_repertoire(text)

    assert message == str(refusal.value)
    assert text[-1] == refusal.value.character


@pytest.mark.parametrize("text", ["ア\ufe0e", "☆\ufe0f", "葛\U000e0100\U000e0101"])
def test_a_selector_follows_a_kanji_and_no_other_selector(text):
    with pytest.raises(OutsideRepertoire, match="selects a form of a kanji"):
        to_repertoire(text)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("1-2-3", "１－２－３", id="digits and hyphen"),
        pytest.param("1−2", "１－２", id="minus sign"),
        pytest.param("ABCxyz", "ＡＢＣｘｙｚ", id="letters"),
        pytest.param("a b\u00a0c", "ａ　ｂ　ｃ", id="spaces"),
        pytest.param("ｶﾞｷﾞﾊﾟｰﾄ･｢ｱ｣", "ガギパート・「ア」", id="half-width katakana"),
        pytest.param("かﾞ", "が", id="half-width mark after full-width kana"),
        pytest.param("か\u3099", "が", id="combining mark"),
        pytest.param("ｱﾞ", "ア゛", id="mark that fits nothing is a character"),
        pytest.param("e\u0301", "é", id="accent, before the letter becomes wide"),
        pytest.param("O'Hara", "Ｏ’Ｈａｒａ", id="apostrophe"),
        pytest.param('"A"', "”Ａ”", id="quotation marks"),
        pytest.param("~\\\u00a5", "〜＼￥", id="tilde, backslash, yen"),
        pytest.param("山田", "山田", id="nothing to do"),
    ],
)
def test_what_people_type_becomes_full_width(typed, written):
    """
    The exact characters: the hyphen of an address is U+FF0D [J 2.3].
    """
    assert written == full_width(typed)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("山田　花子", id="as it should be"),
        pytest.param("山田 花子", id="ASCII space"),
        pytest.param("  山田 　 花子　", id="spaces everywhere"),
    ],
)
def test_family_and_given_name_stand_one_wide_space_apart(raw):
    assert Substituted("山田　花子", "00000") == prepare_name(raw)


def test_a_name_of_one_part_is_a_name():
    assert Substituted("ＨＡＮＡＫＯ", "000000") == prepare_name("HANAKO")


@pytest.mark.parametrize("raw", ["", " ", "　 　"])
def test_an_empty_name_is_none(raw):
    with pytest.raises(Unacceptable, match="the name is empty"):
        prepare_name(raw)


def test_a_line_break_is_no_space_in_a_name():
    with pytest.raises(OutsideRepertoire, match="control character"):
        prepare_name("山田\n花子")


def test_a_name_has_no_limit_until_one_is_set():
    """
    No public source gives one [J 13].
    """
    long = "山" * 300

    assert 300 == len(prepare_name(long).text)
    with pytest.raises(Unacceptable, match="room for 299"):
        prepare_name(long, limit=299)


def test_an_address_is_full_width():
    prepared = prepare_address("東京都千代田区丸の内1-2-3 ﾏﾙﾋﾞﾙ101")

    assert Substituted("東京都千代田区丸の内１－２－３　マルビル１０１", "0" * 23) == prepared


def test_an_address_of_two_hundred_characters_is_the_longest():
    """
    Characters as written, so that a long building name is not let in half width [J 2.3].
    """
    assert 200 == len(prepare_address("東" * 200).text)
    assert 200 == len(prepare_address("ｶﾞ" * 200).text)
    with pytest.raises(Unacceptable, match="the address has 201 characters"):
        prepare_address("東" * 201)


@fixed
@given(mixed)
def test_full_width_once_is_enough(text):
    once = full_width(text)

    assert once == full_width(once)


@fixed
@given(mixed, st.sampled_from([to_repertoire, prepare_name, prepare_address]))
def test_whatever_comes_out_is_within_the_repertoire(text, prepare):
    """
    Codec, width and flags are checked here without the help of classify.
    """
    try:
        result = prepare(text)
    except Unacceptable:
        return

    standard = result.text.translate(str.maketrans("－￠￡￢￤", "−¢£¬¦"))
    codes = [character.encode("euc_jp") for character in standard]
    assert all(len(code) > 1 and code[0] != 0x8E for code in codes)
    assert not {"H", "Na"} & {unicodedata.east_asian_width(c) for c in result.text}
    assert len(result.text) == len(result.flags)
    assert set(result.flags) <= {"0", "1"}


@fixed
@given(mixed)
def test_what_is_within_is_not_touched_again(text):
    try:
        result = to_repertoire(text)
    except OutsideRepertoire:
        return

    assert Substituted(result.text, "0" * len(result.text)) == to_repertoire(result.text)


@fixed
@given(st.text(st.sampled_from("山花髙𠮷﨑" + COMPATIBILITY_KAMI), max_size=20))
def test_a_flag_stands_exactly_where_a_geta_does(text):
    result = to_repertoire(text)

    assert len(text) == len(result.text)
    assert [c in "山花" for c in text] == [flag == "0" for flag in result.flags]
    assert [c == GETA for c in result.text] == [flag == "1" for flag in result.flags]
