"""
`minijpki inspect`: what goes in, what comes out, and how it ends.
"""

import base64
import json
import runpy
import shutil
from pathlib import Path

import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from lxml import etree
from town import WORLD, minijpki, process, refused, settle

ROOT = Path(__file__).parent.parent
samples = runpy.run_path(str(ROOT / "scripts" / "mutations.py"))["samples"]
SCHEMA = json.loads((ROOT / "tests" / "sarif.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """
    Make a world with Hanako in it, her files, and a certificate of hers that is broken.
    """
    folder = tmp_path_factory.mktemp("inspect")
    settle(folder)
    minijpki("-C", str(folder / WORLD), "export", "--holder", "hanako", "-o", str(folder / "out"))
    (folder / "bad.der").write_bytes(broken())
    return folder


@pytest.fixture
def town(furnished, tmp_path, monkeypatch):
    shutil.copytree(furnished, tmp_path / "town")
    monkeypatch.chdir(tmp_path / "town")
    return tmp_path / "town"


def broken():
    """
    Write 昭和 for 1990, and a keyUsage without nonRepudiation.
    """
    der = samples()["sign"].der
    return der.replace(b"419900101", b"319900101").replace(
        bytes.fromhex("030206c0"), bytes.fromhex("03020780")
    )


def inspected(*arguments, **settings):
    """
    Type `inspect --json`; the objects, and how it ended.
    """
    result = minijpki("inspect", "--json", *arguments, **settings)
    return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


def test_everything_of_a_holder_is_as_the_profile_says(town):
    objects, ended = inspected("out")

    assert 0 == ended
    assert ["ca", "auth", "municipal", "ca", "sign", "municipal"] == [o["kind"] for o in objects]
    assert {"note"} >= {each["severity"] for told in objects for each in told["findings"]}


def test_findings_have_all_that_a_program_needs(town):
    [told], ended = inspected("bad.der")

    era = next(each for each in told["findings"] if each["rule"] == "birth-era")
    assert 1 == ended
    assert ("error", "subjectAltName", "[J 2.3]", "confirmed", "3", "4") == (
        era["severity"],
        era["field"],
        era["clause"],
        era["confidence"],
        era["found"],
        era["expected"],
    )
    assert b"319900101" in Path("bad.der").read_bytes()[era["offset"] :][: era["length"]]
    assert {"en", "ja"} == set(era["text"])


def test_the_finding_stands_below_its_field(town):
    result = minijpki("--lang", "en", "inspect", "bad.der")

    lines = result.stdout.splitlines()
    place = next(n for n, line in enumerate(lines) if line.lstrip().startswith("keyUsage"))
    assert "✗ key-usage-value" in lines[place + 1]
    assert "[5280 4.2.1.3]" in lines[place + 1]
    assert lines[-1].endswith("errors")


def test_the_answer_comes_in_japanese(town):
    result = minijpki("--lang", "ja", "inspect", "bad.der")

    assert "元号の数字は日付の元号と一致しなければならない" in result.stdout
    assert "署名用電子証明書" in result.stdout


@pytest.mark.parametrize("form", ["pem", "der", "several", "standard input", "pkcs12"])
def test_every_form_of_a_file_is_read(town, form):
    pem = (town / "out" / "sign.cert.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    der = base64.b64decode("".join(pem.decode().splitlines()[1:-1]))
    other = (town / "out" / "sign.ca.pem").read_bytes()
    given, settings = "given", {}
    match form:
        case "pem":
            Path("given").write_bytes(b"Bag Attributes\n" + pem)
        case "der":
            Path("given").write_bytes(der)
        case "several":
            Path("given").write_bytes(pem + other)
        case "standard input":
            given, settings = "-", {"input": pem}
        case "pkcs12":
            chain = [pkcs12.PKCS12Certificate(certificate, None)]
            Path("given").write_bytes(
                pkcs12.serialize_key_and_certificates(
                    None, None, None, [each.certificate for each in chain], NoEncryption()
                )
            )

    objects, ended = inspected(given, **settings)

    assert (0, "sign") == (ended, objects[0]["kind"])
    assert len(objects) == (2 if form == "several" else 1)


def test_keys_are_passed_over(town):
    pem = (town / "out" / "sign.cert.pem").read_bytes()
    Path("given").write_bytes(
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + pem
    )

    result = minijpki("inspect", "given")

    assert 0 == result.exit_code
    assert "private key is passed over" in result.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "without an end"),
        (b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "no base64"),
        (b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", "no certificate"),
    ],
)
def test_what_is_no_pem_is_refused_in_one_line(town, content, words):
    Path("given").write_bytes(content)

    result = minijpki("inspect", "given")

    assert 1 == result.exit_code
    assert words in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("content", [b"", b"hello", b"\x30", b"\x30\x00", bytes(100)])
def test_rubbish_is_a_finding(town, content):
    Path("given").write_bytes(content)

    [told], ended = inspected("given")

    assert (1, "unknown") == (ended, told["kind"])
    assert "object-recognised" in {each["rule"] for each in told["findings"]}


def test_a_missing_file_is_refused(town):
    assert "nowhere.pem" in refused(minijpki("inspect", "nowhere.pem"))


def test_no_file_is_misuse(town):
    assert 2 == minijpki("inspect").exit_code


def test_the_kind_can_be_said(town):
    [told], ended = inspected("--as", "auth", "out/sign.cert.pem")

    rules = {each["rule"] for each in told["findings"]}
    assert (1, "auth") == (ended, told["kind"])
    assert {"ext-key-usage-presence", "certificate-policies-value", "key-usage-value"} <= rules


def test_a_warning_fails_only_when_asked_to(town):
    der = samples()["sign"].der
    Path("given").write_bytes(der.replace("東京都千代".encode(), "東京市千代".encode()))

    Path("worldless").mkdir()
    # Without its issuer nobody can tell that the signature is no longer right.
    arguments = ("-C", "worldless", "inspect", "given")
    assert 0 == minijpki(*arguments).exit_code
    assert 1 == minijpki(*arguments, "--fail-on", "warning").exit_code


def test_the_issuer_may_be_named(town):
    Path("worldless").mkdir()
    arguments = ("-C", "worldless", "inspect", "--json", "out/sign.cert.pem", "--issuer")

    assert 0 == minijpki(*arguments, "out/sign.ca.pem").exit_code


def test_sarif_is_as_its_schema_says(town):
    result = minijpki("inspect", "bad.der", "out", "--format", "sarif")

    log = json.loads(result.stdout)
    jsonschema.Draft7Validator(SCHEMA).validate(log)
    [run] = log["runs"]
    assert 1 == result.exit_code
    assert "birth-era" in {each["ruleId"] for each in run["results"]}
    assert {"error"} == {each["level"] for each in run["results"]}
    for each in run["results"]:
        assert each["ruleId"] == run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"]


def test_the_schema_refuses_what_is_no_sarif(town):
    log = json.loads(minijpki("inspect", "bad.der", "--format", "sarif").stdout)
    log["runs"][0]["results"][0]["level"] = "fatal"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(log)


def test_junit_counts_rules_and_failures(town):
    result = minijpki("inspect", "bad.der", "--format", "junit", "-o", "report.xml")

    [suite] = etree.parse("report.xml").getroot()
    cases = suite.findall("testcase")
    failures = suite.findall("testcase/failure")
    assert (1, "") == (result.exit_code, result.stdout)
    assert (str(len(cases)), str(len(failures))) == (suite.get("tests"), suite.get("failures"))
    assert "birth-era" in {each.get("type") for each in failures}


def test_the_page_needs_nothing_from_outside(town):
    minijpki("inspect", "bad.der", "out", "--format", "html", "-o", "page.html")

    page = Path("page.html").read_text(encoding="utf-8")
    root = etree.fromstring(page.encode(), etree.HTMLParser(encoding="utf-8"))
    assert [] == root.xpath("//script | //link | //img | //iframe | //@src | //@onclick")
    assert "birth-era" in page
    assert "元号の数字は" in page


def test_a_page_shows_markup_as_text(town):
    der = samples()["sign"].der
    Path("given").write_bytes(der.replace("丸の内".encode(), b'<b>&amp;"x'))

    minijpki("inspect", "given", "--format", "html", "-o", "page.html")

    assert "<b>&amp;" not in Path("page.html").read_text(encoding="utf-8").partition("<table>")[2]


def test_nothing_in_a_certificate_speaks_to_the_terminal(town):
    der = samples()["sign"].der
    Path("given").write_bytes(der.replace("丸の内".encode(), b"\x1b[31mxxxx"))

    assert "\x1b" not in minijpki("inspect", "given").stdout


def test_two_objects_are_compared_field_by_field(town):
    result = minijpki("inspect", "--json", "--diff", "out/sign.cert.pem", "out/auth.cert.pem")

    rows = {each["field"]: each for each in map(json.loads, result.stdout.splitlines())}
    assert 1 == result.exit_code
    assert "version" not in rows
    assert ("critical digitalSignature, nonRepudiation", "critical digitalSignature") == (
        rows["keyUsage"]["first"],
        rows["keyUsage"]["second"],
    )
    assert None is rows["extKeyUsage"]["first"]


def test_an_object_does_not_differ_from_itself(town):
    result = minijpki("inspect", "--json", "--diff", "out/sign.cert.pem", "out/sign.cert.pem")

    assert (0, "") == (result.exit_code, result.stdout)


def test_more_than_may_be_looked_at_is_a_finding(town):
    """
    What was not looked at is not sound; who has a reason may raise the limit.
    """
    few = minijpki("--lang", "en", "inspect", "--limit", "50", "out/sign.cert.pem")

    assert 1 == few.exit_code
    assert "more elements than are looked at" in few.stdout
    assert 0 == minijpki("inspect", "--limit", "5000", "out/sign.cert.pem").exit_code


def test_one_file_twice_is_one_artifact(town):
    log = json.loads(minijpki("inspect", "bad.der", "bad.der", "--format", "sarif").stdout)

    jsonschema.Draft7Validator(SCHEMA).validate(log)
    assert [{"bad.der"}, 1] == [
        {each["location"]["uri"] for each in log["runs"][0]["artifacts"]},
        len(log["runs"][0]["artifacts"]),
    ]


def test_three_objects_cannot_be_compared(town):
    assert 2 == minijpki("inspect", "--diff", "bad.der", "bad.der", "bad.der").exit_code


def test_every_rule_is_listed_with_its_clause():
    rules = [
        json.loads(line) for line in minijpki("inspect", "--rules", "--json").stdout.splitlines()
    ]

    assert len(rules) > 200
    for rule in rules:
        assert rule["clause"].startswith("[")
        assert rule["confidence"] in ("confirmed", "single source", "inferred")
        assert rule["text"]["en"]
        assert rule["text"]["ja"]


def test_oddities_are_explained_and_not_flagged(town):
    """
    What other linters dislike and JPKI really does [J 14].
    """
    silent = minijpki("--lang", "en", "inspect", "out/sign.cert.pem")
    told = minijpki("--lang", "en", "inspect", "--notes", "out/sign.cert.pem")

    assert (0, 0) == (silent.exit_code, told.exit_code)
    assert "no findings" in silent.stdout
    for word in ("sequential", "critical", "no URI", "repeated"):
        assert word in told.stdout


def test_without_a_world_it_works_as_well(town, tmp_path):
    (tmp_path / "empty").mkdir()

    result = process("inspect", str(town / "out" / "sign.cert.pem"), directory=tmp_path / "empty")

    assert (0, "") == (result.returncode, result.stderr)


@pytest.mark.parametrize("kind", ["municipal", "authorities", "full", "response"])
def test_profiles_of_lists_and_responses_are_shown_too(kind):
    result = minijpki("profile", "show", kind, "--json")

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert 0 == result.exit_code
    assert {"inferred"} == {row["confidence"] for row in rows}
