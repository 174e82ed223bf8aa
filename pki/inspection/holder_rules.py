"""
The rules about holders: subject, the four items, and the days that follow from them.

Pure; a table, in the order of docs/fidelity.md, J 2.1, J 2.3 and J 3.  `holder` has the checks.
"""

from pki.inspection.findings import Rule, Severity
from pki.inspection.table import CONFIRMED, ERROR, INFERRED, SINGLE_SOURCE, WARNING, rule
from pki.kinds import Confidence
from pki.repertoire import ADDRESS_LIMIT, GETA

SIGN = ("sign",)


def _rule(
    id: str,
    en: str,
    ja: str,
    field: str = "subjectAltName",
    severity: Severity = ERROR,
    confidence: Confidence = CONFIRMED,
    kinds: tuple[str, ...] = SIGN,
    clause: str = "[J 2.3]",
) -> Rule:
    return rule(id, field, severity, kinds, clause, confidence, en, ja)


RULES: tuple[Rule, ...] = (
    *(
        _rule(
            f"other-name-{name}-presence",
            f"the otherName {word} must be there",
            f"otherName の {word} がなければならない",
        )
        for name, word in (
            ("name", "commonName (.1)"),
            ("birth", "dateOfBirth (.4)"),
            ("gender", "gender (.3)"),
            ("address", "address (.5)"),
            ("name-flags", "substituteCharacterOfCommonName (.2)"),
            ("address-flags", "substituteCharacterOfAddress (.6)"),
        )
    ),
    _rule(
        "other-names-once",
        "no otherName must be there twice, and none beside the six",
        "otherName は重複してはならず、六つのほかにあってはならない",
    ),
    _rule(
        "other-names-order",
        "the otherNames must stand in the order .1 .4 .3 .5 .2 .6",
        "otherName は .1 .4 .3 .5 .2 .6 の順でなければならない",
    ),
    _rule(
        "other-names-string",
        "the value of each otherName must be a UTF8String, the digits, too",
        "otherName の値は数字も含めて UTF8String でなければならない",
    ),
    _rule(
        "name-characters",
        "the name must be of the characters of JIS X 0208 and JIS X 0212",
        "氏名は JIS X 0208 と JIS X 0212 の文字でなければならない",
        confidence=SINGLE_SOURCE,
    ),
    _rule(
        "name-width",
        "the name must be full width, its parts one U+3000 apart",
        "氏名は全角とし、姓と名を U+3000 一つで区切らなければならない",
    ),
    _rule(
        "birth-form",
        "the birth date must be nine digits, EYYYYMMDD",
        "生年月日は 9 桁の数字 EYYYYMMDD でなければならない",
    ),
    _rule(
        "birth-calendar",
        "the birth date must be on the calendar, and not after the day of issue",
        "生年月日は暦に存在し、発行日以前でなければならない",
    ),
    _rule(
        "birth-era",
        "the era digit must be that of the date",
        "元号の数字は日付の元号と一致しなければならない",
    ),
    _rule(
        "gender-code",
        "the sex must be 1, 2, or the code for unknown: 3 or 9",
        "性別は 1、2、または不明を表す 3 か 9 でなければならない",
    ),
    _rule(
        "address-characters",
        "the address must be of the characters of JIS X 0208 and JIS X 0212",
        "住所は JIS X 0208 と JIS X 0212 の文字でなければならない",
        confidence=SINGLE_SOURCE,
    ),
    _rule(
        "address-width",
        "the address must be full width, digits and hyphens included, without outer spaces",
        "住所は数字とハイフンも含めて全角とし、前後に空白があってはならない",
    ),
    _rule(
        "address-length",
        f"the address must have 1 to {ADDRESS_LIMIT} characters",
        f"住所は 1 文字以上 {ADDRESS_LIMIT} 文字以下でなければならない",
        confidence=SINGLE_SOURCE,
    ),
    _rule(
        "address-prefecture",
        "the address should begin with a prefecture",
        "住所は都道府県から始まるのが望ましい",
        severity=WARNING,
    ),
    _rule(
        "flags-length",
        "the flags must be as many as the characters of their text",
        "代替文字フラグの数は本文の文字数と一致しなければならない",
    ),
    _rule(
        "flags-digits",
        "each flag must be 0 or 1",
        "代替文字フラグは 0 か 1 でなければならない",
    ),
    _rule(
        "flags-geta",
        f"a {GETA} should be flagged as a substitute",
        f"{GETA} には代替文字フラグを立てるのが望ましい",
        severity=WARNING,
        confidence=INFERRED,
        clause="[J 13]",
    ),
    _rule(
        "validity-birthday",
        "the last day should be a birthday, or the last day of a limited stay",
        "有効期間の末日は誕生日か在留期間の満了日であるのが望ましい",
        field="validity",
        severity=WARNING,
        clause="[J 10.2]",
    ),
    _rule(
        "subject-identifier",
        "the CN must be of the profile's length and characters",
        "CN の長さと文字種はプロファイルのとおりでなければならない",
        field="subject",
        kinds=("sign", "auth"),
        clause="[J 2.1] [J 3]",
    ),
    _rule(
        "subject-identifier-form",
        "the CN should be a moment, five digits, the municipality's code, and 003A",
        "CN は日時、5 桁の数字、市区町村コード、003A から成るのが望ましい",
        field="subject",
        severity=WARNING,
        confidence=INFERRED,
        clause="[J 2.1] [J 13]",
    ),
    _rule(
        "subject-identifier-moment",
        "the CN should begin with a moment in JST that is not after notBefore",
        "CN は notBefore 以前の日本時間の日時で始まるのが望ましい",
        field="subject",
        severity=WARNING,
        confidence=SINGLE_SOURCE,
        clause="[J 2.1]",
    ),
    _rule(
        "subject-identifier-place",
        "the code in the CN should be that of the distribution point's municipality",
        "CN の市区町村コードは配布点の市区町村のものであるのが望ましい",
        field="subject",
        severity=WARNING,
        confidence=INFERRED,
        clause="[J 2.1] [J 13]",
    ),
    _rule(
        "subject-identifier-place",
        "the code in the CN must be that of the distribution point's municipality",
        "CN の市区町村コードは配布点の市区町村のものでなければならない",
        field="subject",
        kinds=("auth",),
        clause="[J 3]",
    ),
    _rule(
        "subject-place",
        "prefecture and municipality must be those of the distribution point",
        "都道府県と市区町村は配布点のものと一致しなければならない",
        field="subject",
        clause="[J 2.1] [J 2.2]",
    ),
)
