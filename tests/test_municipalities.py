"""
The office looks up where somebody lives.

First the table itself: all of Japan, each romanised name once.  Then addresses as people write
them, with and without county; the places that are easily mistaken; who issues in a designated
city; and that a look-up stays cheap.  At the end the script that makes the table, on small
packages, some of them damaged.
"""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.municipalities import (
    MunicipalityKind,
    by_code,
    city_of,
    everyone,
    issuing,
    of_address,
    unique_romaji,
    wards_of,
)
from pki.errors import (
    NotPermitted,
    UnknownMunicipality,
    UnknownMunicipalityCode,
    WardMissing,
)

ROOT = Path(__file__).resolve().parents[1]

ALL = tuple(everyone())

NORTHERN = {"01695", "01696", "01697", "01698", "01699", "01700"}

ISSUING = [each for each in ALL if each.issues]


def test_all_of_japan_is_there():
    """
    1,741 municipalities are counted officially; wards and the six northern villages come on top.
    """
    kinds = Counter(each.kind for each in ALL)

    assert {
        MunicipalityKind.CITY: 772,
        MunicipalityKind.DESIGNATED_CITY: 20,
        MunicipalityKind.SPECIAL_WARD: 23,
        MunicipalityKind.TOWN: 743,
        MunicipalityKind.VILLAGE: 183 + len(NORTHERN),
        MunicipalityKind.WARD: 171,
    } == kinds
    assert 1741 == len(ALL) - kinds[MunicipalityKind.WARD] - len(NORTHERN)


def test_prefectures_are_numbered_as_in_jis_x_0401():
    numbered = {(each.code[:2], each.prefecture, each.prefecture_romaji) for each in ALL}

    assert [f"{number:02}" for number in range(1, 48)] == sorted(code for code, _, _ in numbered)
    assert ("01", "北海道", "Hokkaido") in numbered
    assert ("13", "東京都", "Tokyo-to") in numbered
    assert ("14", "神奈川県", "Kanagawa-ken") in numbered
    assert ("26", "京都府", "Kyoto-fu") in numbered
    assert ("27", "大阪府", "Osaka-fu") in numbered
    assert ("47", "沖縄県", "Okinawa-ken") in numbered


def test_codes_are_five_digits_in_order():
    codes = [each.code for each in ALL]

    assert sorted(set(codes)) == codes
    assert all(re.fullmatch(r"[0-9]{5}", code) for code in codes)


def test_prefecture_and_romanised_name_are_unique():
    """
    Otherwise two lists would have one distribution point [J 13].
    """
    names = Counter((each.prefecture_romaji, each.name_romaji) for each in ALL)

    assert [] == [name for name, times in names.items() if times > 1]


def test_only_what_coincides_has_its_code_behind_the_name():
    assert {
        "Esashi-cho-01361",
        "Esashi-cho-01514",
        "Tomari-mura-01403",
        "Tomari-mura-01696",
    } == {each.name_romaji for each in ALL if re.search(r"[0-9]", each.name_romaji)}
    assert "Esashi-cho-01361" == unique_romaji("01361", "Hokkaido", "Esashi-cho")
    assert "Chiyoda-ku" == unique_romaji("13101", "Tokyo-to", "Chiyoda-ku")


ENDINGS = {
    MunicipalityKind.CITY: ("市", r"[A-Z][a-z]+-shi"),
    MunicipalityKind.DESIGNATED_CITY: ("市", r"[A-Z][a-z]+-shi"),
    MunicipalityKind.SPECIAL_WARD: ("区", r"[A-Z][a-z]+-ku"),
    MunicipalityKind.TOWN: ("町", r"[A-Z][a-z]+-(cho|machi)(-[0-9]{5})?"),
    MunicipalityKind.VILLAGE: ("村", r"[A-Z][a-z]+-(mura|son)(-[0-9]{5})?"),
    MunicipalityKind.WARD: ("区", r"[A-Z][a-z]+-shi [A-Z][a-z]+-ku"),
}


@pytest.mark.parametrize("kind", MunicipalityKind, ids=lambda kind: kind.value)
def test_names_have_the_shape_of_their_kind(kind):
    ending, romaji = ENDINGS[kind]
    named = [(each.name, each.name_romaji) for each in ALL if each.kind is kind]

    assert [] == [
        name for name in named if not (name[0].endswith(ending) and re.fullmatch(romaji, name[1]))
    ]


def test_only_towns_and_villages_lie_in_a_county():
    assert {MunicipalityKind.TOWN, MunicipalityKind.VILLAGE} == {
        each.kind for each in ALL if each.county
    }
    assert all(re.fullmatch("[^郡]{1,4}郡", each.county) for each in ALL if each.county)


def test_the_file_is_plain_enough_to_be_searched_as_text():
    """
    The module splits at commas; a csv reader must see the same.
    """
    path = ROOT / "ca" / "municipalities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))

    assert rows == [line.split(",") for line in path.read_bytes().decode().split("\n")[:-1]]
    assert [each.code for each in ALL] == [row[0] for row in rows[1:]]


def test_the_page_about_the_table_counts_as_the_table_does():
    page = (ROOT / "docs" / "municipalities.md").read_text("utf-8")
    counted = {
        kind: int(number) for kind, number in re.findall(r"^\| `(\S+)` \| ([0-9]+) \|$", page, re.M)
    }

    assert Counter(each.kind.value for each in ALL) == counted


@pytest.mark.parametrize(
    ("code", "name", "romaji"),
    [
        pytest.param("13101", "千代田区", "Chiyoda-ku", id="a special ward"),
        pytest.param("27127", "大阪市北区", "Osaka-shi Kita-ku", id="a ward"),
        pytest.param("14100", "横浜市", "Yokohama-shi", id="a designated city"),
        pytest.param("01345", "森町", "Mori-machi", id="the only machi of Hokkaido"),
        pytest.param("46523", "大和村", "Yamato-son", id="a son"),
        pytest.param("46303", "三島村", "Mishima-mura", id="a mura in the same prefecture"),
        pytest.param("19430", "富士河口湖町", "Fujikawaguchiko-machi", id="cut off in the source"),
        pytest.param("13362", "利島村", "Toshima-mura", id="missing in the source"),
    ],
)
def test_a_code_finds_its_municipality(code, name, romaji):
    found = by_code(code)

    assert (name, romaji) == (found.name, found.name_romaji)


@pytest.mark.parametrize("code", ["", "1310", "131016", "99999", "code", "13101\n", "13101,東京都"])
def test_an_unknown_code_is_refused(code):
    with pytest.raises(UnknownMunicipalityCode, match="five digits of JIS X 0402") as refusal:
        by_code(code)

    assert code == refusal.value.code


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from(ISSUING), st.text(max_size=12))
def test_whatever_follows_the_name_does_not_matter(where, rest):
    """
    A digit first, for 東村 and 山市 would together be another place.
    """
    assert where == of_address(f"{where.prefecture}{where.county}{where.name}１{rest}")


def test_every_municipality_finds_itself_with_its_county():
    assert ISSUING == [
        of_address(f"{each.prefecture}{each.county}{each.name}１－２－３") for each in ISSUING
    ]


def test_every_municipality_finds_itself_without_its_county():
    assert ISSUING == [of_address(f"{each.prefecture}{each.name}１－２－３") for each in ISSUING]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param("北海道枝幸郡枝幸町本町", "01514", id="Esashi in Esashi-gun"),
        pytest.param("北海道檜山郡江差町本町", "01361", id="Esashi in Hiyama-gun"),
        pytest.param("長野県下伊那郡阿智村駒場", "20407", id="county and village"),
        pytest.param("長野県阿智村駒場", "20407", id="county left out"),
        pytest.param("長野県上伊那郡阿智村駒場", "20407", id="another county is believed"),
        pytest.param("福島県郡山市朝日", "07203", id="begins with 郡"),
        pytest.param("兵庫県赤穂郡上郡町大持", "28481", id="a town with 郡, in a county"),
        pytest.param("兵庫県上郡町大持", "28481", id="a town with 郡, alone"),
        pytest.param("愛知県蒲郡市旭町", "23214", id="Gamagori"),
        pytest.param("奈良県大和郡山市北郡山町", "29203", id="two 郡"),
        pytest.param("福岡県小郡市小郡", "40216", id="Ogori"),
        pytest.param("岐阜県郡上市八幡町", "21219", id="Gujo"),
        pytest.param("神奈川県中郡大磯町東小磯", "14341", id="a county of one character"),
        pytest.param("愛知県西春日井郡豊山町豊場", "23342", id="a county of four"),
        pytest.param("三重県四日市市諏訪町", "24202", id="市市"),
        pytest.param("石川県野々市市三納", "17212", id="々市市"),
        pytest.param("広島県廿日市市下平良", "34213", id="日市市"),
        pytest.param("広島県府中町大通", "34302", id="Fuchu, the town"),
        pytest.param("広島県府中市府川町", "34208", id="Fuchu, the city"),
        pytest.param("東京都東村山市本町", "13213", id="begins like a village of Okinawa"),
        pytest.param("東京都大島町元町", "13361", id="an island without county"),
        pytest.param("京都府京都市北区紫野", "26101", id="京都 twice"),
        pytest.param("大阪府堺市堺区南瓦町", "27141", id="堺 twice"),
        pytest.param("大阪府大阪市北区梅田", "27127", id="Kita-ku of Osaka"),
        pytest.param("大阪府堺市北区新金岡町", "27146", id="Kita-ku of Sakai"),
        pytest.param("茨城県龍ケ崎市", "08208", id="the large ケ"),
        pytest.param("茨城県龍ヶ崎市", "08208", id="the small ヶ"),
        pytest.param("高知県高岡郡檮原町", "39405", id="the character that the town prefers"),
        pytest.param("奈良県葛\U000e0100城市", "29211", id="a variation selector"),
    ],
)
def test_addresses_that_are_easily_misread(address, code):
    assert code == of_address(address).code


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("", id="nothing"),
        pytest.param("東京都", id="only a prefecture"),
        pytest.param("千代田区丸の内１－１－１", id="no prefecture"),
        pytest.param("神奈川県千代田区丸の内", id="another prefecture"),
        pytest.param("埼玉県浦和市高砂", id="a city that is no more"),
        pytest.param("兵庫県篠山市北新町", id="a name that is no more"),
        pytest.param("福島県郡小野町", id="a county without name"),
        pytest.param("東京都伊豆諸島郡大島町", id="a county where none is"),
        pytest.param("長野県どこかの遠い郡阿智村", id="too long for a county"),
        pytest.param("Tokyo-to Chiyoda-ku", id="romanised"),
        pytest.param(",東京都,千代田区", id="commas"),
        pytest.param("\n13101", id="a piece of the table"),
    ],
)
def test_an_address_nowhere_in_japan_is_refused(address):
    with pytest.raises(UnknownMunicipality, match="write it from the prefecture on") as refusal:
        of_address(address)

    assert address == refusal.value.address


@pytest.mark.parametrize(
    ("address", "city", "ward"),
    [
        pytest.param("神奈川県横浜市本町", "横浜市", "保土ケ谷区", id="no ward"),
        pytest.param("静岡県浜松市浜北区貴布祢", "浜松市", "浜名区", id="a ward that is no more"),
    ],
)
def test_a_designated_city_needs_the_ward(address, city, ward):
    """
    The refusal says which wards there are.
    """
    with pytest.raises(WardMissing, match=f"names {city} without one of its wards.*{ward}") as no:
        of_address(address)

    assert ward in no.value.wards
    assert address == no.value.address


def test_hamamatsu_has_three_wards():
    """
    Since 2024-01-01; there were seven before.
    """
    hamamatsu = by_code("22130")

    assert [("22138", "中央区"), ("22139", "浜名区"), ("22140", "天竜区")] == [
        (ward.code, ward.name.removeprefix("浜松市")) for ward in wards_of(hamamatsu)
    ]
    assert {hamamatsu} == {city_of(ward) for ward in wards_of(hamamatsu)}


def test_every_ward_belongs_to_one_designated_city():
    wards = [each for each in ALL if each.kind is MunicipalityKind.WARD]
    cities = [each for each in ALL if each.kind is MunicipalityKind.DESIGNATED_CITY]

    assert wards == [ward for city in cities for ward in wards_of(city)]


def test_the_northern_villages_issue_nothing():
    villages = [each for each in ALL if each.code in NORTHERN]

    assert {False} == {village.issues for village in villages}
    for village in villages:
        with pytest.raises(NotPermitted, match="northern territories"):
            issuing(village, designated_city="ward")


def test_tomari_is_not_the_village_of_the_northern_territories():
    """
    Unless the county says so.
    """
    assert "01403" == of_address("北海道泊村茅沼村").code
    assert "01403" == of_address("北海道古宇郡泊村茅沼村").code
    assert "01696" == of_address("北海道国後郡泊村").code


def test_a_ward_issues_unless_the_switch_says_city():
    kita = by_code("27127")

    assert "Osaka-shi Kita-ku" == issuing(kita, designated_city="ward").name_romaji
    assert "Osaka-shi" == issuing(kita, designated_city="city").name_romaji


def test_a_designated_city_issues_only_if_the_switch_says_so():
    osaka = by_code("27100")

    assert osaka == issuing(osaka, designated_city="city")
    with pytest.raises(NotPermitted, match="大阪市 issues nothing itself"):
        issuing(osaka, designated_city="ward")


@pytest.mark.parametrize(
    ("switch", "number"),
    [pytest.param("ward", 1741 - 20 + 171, id="ward"), pytest.param("city", 1741, id="city")],
)
def test_the_switch_moves_wards_and_nobody_else(switch, number):
    issuers = {issuing(each, designated_city=switch) for each in ISSUING}
    moved = {each.kind for each in ISSUING if issuing(each, designated_city=switch) != each}

    assert number == len(issuers)
    assert ({MunicipalityKind.WARD} if switch == "city" else set()) == moved


def test_a_look_up_loads_nothing_heavy():
    """
    A harness is hundreds of short commands, and each asks where somebody lives.
    """
    run = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-c",
            "from ca.municipalities import of_address; of_address('東京都千代田区丸の内')",
        ],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}

    assert "ca.municipalities" in loaded
    assert set() == loaded & {"cryptography", "csv", "importlib.resources", "json", "tempfile"}


WAKAYAMA = {
    "code": "300004",
    "name": "和歌山県",
    "municipalities": [
        {"code": "302015", "name": "和歌山市", "ruby": "わかやまし"},
        {"code": "304212", "name": "那智勝浦町", "ruby": "なちかつうらちょう"},
        {"code": "304271", "name": "北山村", "ruby": "きたやまむら"},
    ],
}

ROMANISED = """\
cityCode,cityName,cityAlphabet
30201,和歌山市,Wakayama-shi
30421,東牟婁郡那智勝浦町,Higashimuro-gun Nachikatsuura-cho
30427,東牟婁郡北山村,Higashimuro-gun Kitayama-mura
"""

MADE = """\
code,prefecture,county,name,prefecture_romaji,name_romaji,kind,issues
22138,静岡県,,浜松市中央区,Shizuoka-ken,Hamamatsu-shi Chuo-ku,ward,yes
22139,静岡県,,浜松市浜名区,Shizuoka-ken,Hamamatsu-shi Hamana-ku,ward,yes
22140,静岡県,,浜松市天竜区,Shizuoka-ken,Hamamatsu-shi Tenryu-ku,ward,yes
30201,和歌山県,,和歌山市,Wakayama-ken,Wakayama-shi,city,yes
30421,和歌山県,東牟婁郡,那智勝浦町,Wakayama-ken,Nachikatsuura-cho,town,yes
30427,和歌山県,東牟婁郡,北山村,Wakayama-ken,Kitayama-mura,village,yes
"""


def make_table(folder, *, listed, romanised=ROMANISED, version="1.8.0"):
    """Write two packages that hold next to nothing, and run the script on them."""
    package, unzipped = folder / "package", folder / "unzipped"
    (package / "dist").mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version}))
    (package / "dist" / "codes.json").write_text(json.dumps([listed]), "utf-8")
    names = ["nowhere"] * 47
    names[21], names[29] = "shizuoka", "wakayama"
    (package / "dist" / "prefecture.js").write_text(
        "exports.prefectureIds = [\n" + "".join(f"    '{name}',\n" for name in names) + "];\n"
    )
    (unzipped / "jp_prefecture" / "data").mkdir(parents=True)
    (unzipped / "jp_prefecture" / "data" / "cities.csv").write_text(romanised, "utf-8")
    (unzipped / "jp_prefecture-0.7.9.1.dist-info").mkdir()
    (unzipped / "jp_prefecture-0.7.9.1.dist-info" / "METADATA").write_text("Version: 0.7.9.1\n")
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "scripts" / "build_municipalities.py"),
            str(package),
            str(unzipped),
            "-o",
            str(folder / "made.csv"),
        ],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
    )


def test_the_script_makes_the_table_of_two_packages(tmp_path):
    make_table(tmp_path, listed=WAKAYAMA).check_returncode()

    assert MADE == (tmp_path / "made.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        pytest.param({"version": "1.9.0"}, "the corrections are for 1.8.0", id="another version"),
        pytest.param(
            {"listed": json.loads(json.dumps(WAKAYAMA).replace("302015", "302016"))},
            "302016 has a wrong check digit",
            id="check digit",
        ),
        pytest.param(
            {"romanised": ROMANISED.replace("那智勝浦町", "勝浦町")},
            "30421 is 那智勝浦町 and 勝浦町",
            id="kanji",
        ),
        pytest.param(
            {"romanised": ROMANISED.replace("Nachikatsuura-cho", "Nachikatsuura-machi")},
            "30421 is read なちかつうらちょう and Nachikatsuura-machi",
            id="cho or machi",
        ),
    ],
)
def test_the_script_refuses_what_its_tables_do_not_explain(tmp_path, damage, complaint):
    made = make_table(tmp_path, **{"listed": WAKAYAMA, **damage})

    assert (1, True) == (made.returncode, complaint in made.stderr)
    assert not (tmp_path / "made.csv").exists()
