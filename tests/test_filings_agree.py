"""
Two programs that we did not write judge applications, drawings and co-signatures.

Each reads ours, we read theirs, and each refuses one changed octet.  xmlsec1 reads files by
itself and escapes of their names, too, but takes the escaped identifier of e-Gov at its
letters; so it gets applications with an identifier in ASCII, and Java gets both.
"""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from filings import (
    APPLICATION,
    ASCII,
    DRAWING,
    FILES,
    KOUSEI,
    PIXELS,
    SHEET,
    application,
    cosigned,
    drawing,
    filed,
)
from xml_workshop import (
    DS,
    asked_of_java,
    from_base64,
    hanako,
    identifiers_for_xmlsec1,
    taro,
    xmlsec1,
)

from pki.xmldsig.algorithms import C14N, ENVELOPED
from pki.xmldsig.file_names import ByName, reference_to
from pki.xmldsig.forms import SHAPES
from pki.xmldsig.read import read_signatures

SIGNERS = {"hanako": hanako, "taro": taro}
BESIDE = {**FILES, DRAWING: PIXELS}
LATER = "20260401120001"
ESCAPED = "#%E6%A7%8B%E6%88%90%E6%83%85%E5%A0%B1"
by_signer = pytest.mark.parametrize("who", SIGNERS)


def ours():
    """
    Sign everything that stands beside something, with who signed it, in order.
    """
    made = {}
    for who, other in (("hanako", "taro"), ("taro", "hanako")):
        by, also = SIGNERS[who](), SIGNERS[other]()
        for name, source in (("kousei", KOUSEI), ("ascii", ASCII)):
            once = application(source, by=by)
            made[f"{name}-{who}"] = (once, [who])
            made[f"{name}-{who}-{other}"] = (application(once, by=also, stamp=LATER), [who, other])
        made[f"drawing-{who}"] = (drawing(by=by), [who])
        for form in SHAPES:
            both = cosigned(filed(form, by=by), by=also)
            made[f"{form.value}-{who}-{other}"] = (both, [who, other])
            made[f"{form.value}-{who}-{other}-{who}"] = (cosigned(both, by=by), [who, other, who])
        part = cosigned(filed(signed_id="RKO0010", by=by), by=also)
        made[f"part-{who}-{other}"] = (part, [who, other])
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """
    A folder with the keys, the certificates, and the files that came along.
    """
    where = tmp_path_factory.mktemp("filings")
    for who, signer in SIGNERS.items():
        (where / f"{who}.pem").write_bytes(signer().pem)
        (where / f"{who}.key").write_bytes(signer().key_pem)
        (where / f"{who}.pk8").write_bytes(
            signer().key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        )
    for name, content in BESIDE.items():
        (where / name).write_bytes(content)
    return where


@pytest.fixture(scope="module")
def from_us(folder):
    made = ours()
    for label, (source, _) in made.items():
        (folder / f"{label}.xml").write_bytes(source)
    return made


def twins(made):
    """
    Change one letter of whatever is signed within a document; a drawing has nothing within.
    """
    found = {}
    for label, (source, signers) in made.items():
        for old, new in (("その一", "その二"), (">100<", ">900<")):
            if old.encode() in source:
                found[f"{label}-changed"] = (source.replace(old.encode(), new.encode()), signers)
    return found


def by_java():
    """
    Say what Java signs: who, into what, by whom in the end, which references, and where.
    """
    escaped = [f"{reference_to(name)}||" for name in (APPLICATION, SHEET)]
    frame = KOUSEI.replace("<その他>".encode(), "<署名情報/><その他>".encode())
    one = {}
    for who in SIGNERS:
        other = "taro" if who == "hanako" else "hanako"
        jobs = {
            "kousei": (frame, [], ";".join([f"{ESCAPED}|{C14N.uri}|", *escaped]), "署名情報"),
            "drawing": (None, [], f"{reference_to(DRAWING)}||", None),
            "second": (
                application(by=SIGNERS[other]()),
                [other],
                ";".join([f"{ESCAPED}|{C14N.uri}|", *escaped]),
                "署名情報",
            ),
            "within": (
                filed(by=SIGNERS[other]()).replace(
                    b"</dsig:Signature>", b"<dsig:Object/></dsig:Signature>"
                ),
                [other],
                f"#DATA|{ENVELOPED},{C14N.uri}|",
                "Object",
            ),
            "part": (
                filed(by=SIGNERS[other](), signed_id="RKO0010"),
                [other],
                f"#RKO0010|{C14N.uri}|",
                "DATA",
            ),
        }
        for name, (source, before, references, parent) in jobs.items():
            one[f"java-{name}-{who}"] = (who, source, [*before, who], references, parent)
    return one


@pytest.fixture(scope="module")
def java(folder, from_us):
    """
    What Java says of all of ours and of their twins, and what it signs, in one run.
    """
    jobs, asked = [], []
    for label, (source, signers) in (from_us | twins(from_us)).items():
        (folder / f"{label}.xml").write_bytes(source)
        asked.append(label)
        jobs.append(("verify", f"{label}.xml", ",".join(f"{who}.pem" for who in signers)))
    for label, (who, source, _, references, parent) in by_java().items():
        if source is not None:
            (folder / f"in-{label}.xml").write_bytes(source)
        signer = SIGNERS[who]()
        asked.append(label)
        jobs.append(
            (
                *("sign", "" if source is None else f"in-{label}.xml", f"{label}.xml"),
                *(f"{who}.pk8", f"{who}.pem", signer.method.uri, signer.method.digest.uri),
                *(C14N.uri, "", references, *([parent] if parent else [])),
            )
        )
    said = dict(zip(asked, asked_of_java(jobs, folder), strict=True))
    return said, {label: (folder / f"{label}.xml").read_bytes() for label in by_java()}


def contents(source):
    return [
        [content.octets for content in reading.contents]
        for reading in read_signatures(source, resources=ByName(BESIDE)).signatures
    ]


def test_java_accepts_what_we_sign_and_digests_the_same_octets(java, from_us):
    said, _ = java

    assert {} == {label: said[label] for label in from_us if not said[label]["valid"]}
    assert {label: contents(source) for label, (source, _) in from_us.items()} == {
        label: [
            [from_base64(each["octets"]) for each in signature["references"]]
            for signature in said[label]["signatures"]
        ]
        for label in from_us
    }


def test_java_and_we_refuse_one_changed_letter(java, from_us):
    said, _ = java
    made = twins(from_us)

    assert len(from_us) - 2 == len(made)  # all but the drawings
    assert set() == {label for label in made if said[label]["valid"]}
    assert set() == {label for label, (source, _) in made.items() if any(contents(source))}


def assert_read(source, signers):
    document = read_signatures(source, resources=ByName(BESIDE))
    assert () == document.problems
    assert len(signers) == len(document.signatures)
    for who, reading in zip(signers, document.signatures, strict=True):
        assert () == reading.problems
        assert SIGNERS[who]().agrees(reading)


def test_we_accept_what_java_signs(java):
    """
    Alone, and beside or within what we signed before.
    """
    said, made = java

    for label, (_, _, signers, _, _) in by_java().items():
        assert said[label]["valid"], said[label]
        assert_read(made[label], signers)


def judged(folder, source, signers):
    """
    Ask xmlsec1 about each signature in turn; it reads files from its folder.
    """
    (folder / "judged.xml").write_bytes(source)
    return [
        xmlsec1(
            *("--verify", "--enabled-key-data", "x509", "--trusted-pem", f"{who}.pem"),
            *("--node-xpath", f"(//*[local-name()='Signature'])[{number}]"),
            *identifiers_for_xmlsec1(source),
            "judged.xml",
            folder=folder,
        ).returncode
        for number, who in enumerate(signers, start=1)
    ]


def test_xmlsec1_accepts_what_we_sign(folder, from_us):
    readable = {label: row for label, row in from_us.items() if "kousei" not in label}

    assert {label: [0] * len(signers) for label, (_, signers) in readable.items()} == {
        label: judged(folder, source, signers) for label, (source, signers) in readable.items()
    }


def test_xmlsec1_refuses_one_changed_letter(folder, from_us):
    made = {label: row for label, row in twins(from_us).items() if "kousei" not in label}

    assert set() == {
        label for label, (source, signers) in made.items() if 0 in judged(folder, source, signers)
    }


@by_signer
def test_xmlsec1_refuses_a_changed_file(folder, from_us, who):
    """
    And so do we; afterwards the files are as they were.
    """
    for name, label in ((DRAWING, f"drawing-{who}"), (SHEET, f"ascii-{who}")):
        source, signers = from_us[label]
        (folder / name).write_bytes(BESIDE[name] + b"\0")
        files = {**BESIDE, name: BESIDE[name] + b"\0"}
        try:
            assert [1] == judged(folder, source, signers)
        finally:
            (folder / name).write_bytes(BESIDE[name])
        [reading] = read_signatures(source, resources=ByName(files)).signatures
        assert ["hash-failure"] == [problem.cause for problem in reading.problems]
        assert [0] == judged(folder, source, signers)


def empty_signature(method, references):
    listed = "".join(
        f'<Reference URI="{uri}">'
        + (
            "<Transforms>"
            + "".join(f'<Transform Algorithm="{each}"/>' for each in transforms)
            + "</Transforms>"
            if transforms
            else ""
        )
        + f'<DigestMethod Algorithm="{method.digest.uri}"/><DigestValue/></Reference>'
        for uri, *transforms in references
    )
    return (
        f'<Signature xmlns="{DS}"><SignedInfo><CanonicalizationMethod Algorithm="{C14N.uri}"/>'
        f'<SignatureMethod Algorithm="{method.uri}"/>{listed}</SignedInfo><SignatureValue/>'
        "<KeyInfo><X509Data/></KeyInfo></Signature>"
    )


@by_signer
@pytest.mark.parametrize("label", ["application", "drawing", "second", "within", "part"])
def test_we_accept_what_xmlsec1_signs(folder, label, who):
    """
    Alone, and beside or within what we signed before.
    """
    other = "taro" if who == "hanako" else "hanako"
    by = SIGNERS[other]()
    files = [(reference_to(name),) for name in FILES]
    source, at, references, signers = {
        "application": (ASCII, "<その他>", [("#KOUSEI", C14N.uri), *files], [who]),
        "drawing": (b"", "", [(reference_to(DRAWING),)], [who]),
        "second": (
            application(ASCII, by=by),
            "</署名情報>",
            [("#KOUSEI", C14N.uri), *files],
            [other, who],
        ),
        "within": (
            filed(by=by),
            "</dsig:Signature>",
            [("#DATA", ENVELOPED, C14N.uri)],
            [other, who],
        ),
        "part": (
            filed(by=by, signed_id="RKO0010"),
            "</DATA>",
            [("#RKO0010", C14N.uri)],
            [other, who],
        ),
    }[label]
    made = empty_signature(SIGNERS[who]().method, references)
    around = {"application": "署名情報", "within": "Object"}.get(label)
    if around:
        own = f' xmlns="{DS}"' if label == "within" else ""
        made = f"<{around}{own}>{made}</{around}>"
    template = source.decode().replace(at, made + at, 1) if at else made
    (folder / "template.xml").write_text(template, encoding="utf-8")

    run = xmlsec1(
        *("--sign", "--privkey-pem", f"{who}.key,{who}.pem"),
        *("--node-xpath", f"(//*[local-name()='Signature'])[{len(signers)}]"),
        *identifiers_for_xmlsec1(template.encode()),
        *("--output", "made.xml", "template.xml"),
        folder=folder,
    )

    assert 0 == run.returncode, run.stderr.decode()
    assert_read((folder / "made.xml").read_bytes(), signers)


def test_xmlsec1_takes_the_identifier_of_e_gov_at_its_letters(folder, from_us):
    """
    A known difference: e-Gov escapes it as URIs do, and what xmlsec1 looks for is not there.
    """
    source, signers = from_us["kousei-hanako"]

    assert [1] == judged(folder, source, signers)
