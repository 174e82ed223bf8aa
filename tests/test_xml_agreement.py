"""
Two programs that we did not write read our XML signatures, and we read theirs.

xmlsec1 stands on the same libxml2 as we do, the XMLDSig of the JDK on nothing that we use.
Every trap of canonicalization is a small document here.  Each of the three signs it, the
other two verify, and where a program can show the octets that it digested, they are ours
to the last one.  One disagreement stands, with the sentence that settles it.
"""

import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from xml_workshop import (
    DS,
    FILING,
    asked_of_java,
    from_base64,
    hanako,
    identifiers_for_xmlsec1,
    only_reading,
    signed,
    taro,
    xmlsec1,
)

from pki.xmldsig.algorithms import C14N, C14N_11, ENVELOPED, EXC_C14N, RSA_SHA256, SHA256
from pki.xmldsig.forms import SHAPES

# Each has a root with the identifier "root" and an element with the identifier "sub".
TRAPS = {
    "inherited-default-namespace": (
        '<r id="root" xmlns="urn:u"><m><s id="sub"><t><v/></t></s></m></r>'
    ),
    "inherited-unused-prefix": (
        '<r id="root" xmlns:z="urn:z" xmlns:a="urn:a"><s id="sub"><a:t/><t/></s></r>'
    ),
    "default-and-prefixes": (
        '<a:r id="root" xmlns="urn:u" xmlns:a="urn:a"><a:m><a:s id="sub"><t><a:v a:w="1"><x/>'
        "</a:v></t></a:s></a:m></a:r>"
    ),
    "prefix-rebound": (
        '<r id="root" xmlns:a="urn:1"><m xmlns:a="urn:2"><a:s id="sub">'
        '<a:t xmlns:a="urn:1"><a:v/></a:t></a:s></m></r>'
    ),
    "default-undeclared": (
        '<r id="root" xmlns="urn:u"><m xmlns=""><s id="sub"><t xmlns="urn:u"><v xmlns=""/></t>'
        "</s></m></r>"
    ),
    "default-undeclared-inside": (
        '<r id="root" xmlns="urn:u"><a:s xmlns:a="urn:a" id="sub"><t xmlns=""><v/></t></a:s></r>'
    ),
    "declared-again": (
        '<r id="root" xmlns="urn:u" xmlns:a="urn:a"><s id="sub" xmlns="urn:u" xmlns:a="urn:a">'
        '<a:t xmlns:a="urn:a"/></s></r>'
    ),
    "language-above": (
        '<r id="root" xmlns="urn:u" xml:lang="ja"><m xml:space="preserve"><s id="sub"> <t/> </s>'
        "</m></r>"
    ),
    "language-nearest-first": (
        '<r id="root" xml:lang="en" xml:space="preserve"><m xml:lang="ja"><s id="sub"> <t/> </s>'
        "</m></r>"
    ),
    "language-of-its-own": (
        '<r id="root" xmlns="urn:u" xml:lang="en"><s id="sub" xml:lang="ja"><t/></s></r>'
    ),
    "xml-id-above": '<r id="root"><m xml:id="above"><s id="sub"><t/></s></m></r>',
    "comments": (
        '<!-- a --><r id="root"><s id="sub">1<!-- b -->00<t><!-- c --></t></s></r><!-- d -->'
    ),
    "line-ends": '<r id="root">\r\n<s id="sub">a\r\nb\rc&#13;d\n<t/></s></r>\r\n',
    "cdata": '<r id="root"><s id="sub">x<![CDATA[<a> & ]]>y<![CDATA[]]></s></r>',
    "escapes": (
        '<r id="root"><s id="sub" a="&lt;&gt;&quot;&amp;&apos;" b="1\t2\n3&#9;4&#10;5&#13;6">'
        "&lt;&gt;&quot;&amp;&apos;</s></r>"
    ),
    "attribute-order": (
        '<r id="root" xmlns:b="urn:1" xmlns:a="urn:2"><s id="sub" b:x="1" a:x="2" y="3" x="4" Z="5"'
        ' xml:lang="ja"/></r>'
    ),
    "beyond-ascii": (
        '<構成 id="root" xmlns:税="urn:z">'
        '<税:管理 id="sub" 属性="値">髙𠮷&#x20BB7;é</税:管理></構成>'
    ),
    "instructions": (
        '<?xml-stylesheet  href="a.xsl"?><?empty?><r id="root">'
        '<s id="sub"><?p  q r ?></s></r><?end?>'
    ),
}
BASE = '<r id="root" xml:base="http://example.jp/a/"><m><s id="sub"><t/></s></m></r>'
ALL = {**TRAPS, "base-above": BASE}

# The JDK takes xml:lang of the farthest ancestor, and Canonical XML 2.4 says "nearest
# occurrences of attributes in the xml namespace"; xmlsec1 is asked alone there.
JAVA_IS_WRONG = "language-nearest-first"

SUBTREE = [
    ("#sub", (C14N.uri,), ""),
    ("#sub", (EXC_C14N.uri,), ""),
    ("#sub", (EXC_C14N.uri,), "#default a z"),
    ("#sub", (C14N_11.uri,), ""),
]
WHOLE = [
    ("", (ENVELOPED, C14N.uri), ""),
    ("", (ENVELOPED, EXC_C14N.uri), ""),
    ("", (ENVELOPED, EXC_C14N.uri), "#default z"),
    ("#root", (ENVELOPED, C14N.uri), ""),
    ("#root", (ENVELOPED, EXC_C14N.uri), "#default a"),
    ("#root", (ENVELOPED, C14N_11.uri), ""),
    ("", (ENVELOPED,), ""),
]


def references_for(name):
    """
    Canonical XML 1.1 would join xml:base, and we say no rather than guess.
    """
    subtree = [r for r in SUBTREE if name != "base-above" or C14N_11.uri not in r[1]]
    return subtree + WHOLE


def template(source, prefix, references, own=C14N):
    """
    Put an empty Signature as last child into *source*, for xmlsec1 to fill.
    """
    p = f"{prefix}:" if prefix else ""
    declared = f'xmlns{":" if prefix else ""}{prefix}="{DS}"'
    listed = "".join(
        f'<{p}Reference URI="{uri}"><{p}Transforms>'
        + "".join(
            f'<{p}Transform Algorithm="{each}">'
            + (
                f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N.uri}" PrefixList="{prefixes}"/>'
                if prefixes and each == EXC_C14N.uri
                else ""
            )
            + f"</{p}Transform>"
            for each in transforms
        )
        + f'</{p}Transforms><{p}DigestMethod Algorithm="{SHA256.uri}"/>'
        f"<{p}DigestValue></{p}DigestValue></{p}Reference>"
        for uri, transforms, prefixes in references
    )
    signature = (
        f"<{p}Signature {declared}><{p}SignedInfo>"
        f'<{p}CanonicalizationMethod Algorithm="{own.uri}"/>'
        f'<{p}SignatureMethod Algorithm="{RSA_SHA256.uri}"/>{listed}</{p}SignedInfo>'
        f"<{p}SignatureValue></{p}SignatureValue>"
        f"<{p}KeyInfo><{p}X509Data/></{p}KeyInfo></{p}Signature>"
    )
    start, end_tag, rest = source.rpartition("</")
    return (start + signature + end_tag + rest).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """
    A folder with the keys and certificates of both signers.
    """
    where = tmp_path_factory.mktemp("agreement")
    for name, signer in (("hanako", hanako()), ("taro", taro())):
        (where / f"{name}.pem").write_bytes(signer.pem)
        (where / f"{name}.key").write_bytes(signer.key_pem)
        (where / f"{name}.pk8").write_bytes(
            signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        )
    return where


@pytest.fixture(scope="module")
def from_xmlsec1(folder):
    """
    Every trap, signed by xmlsec1 in all canonical forms, under a prefix and without one.
    """
    made = {}
    for name, source in ALL.items():
        for prefix, own in (("ds", C14N), ("", EXC_C14N), ("", C14N)):
            asked = template(source, prefix, references_for(name), own)
            label = f"{name}-{prefix or 'default'}-{own.rule.value}"
            (folder / "template.xml").write_bytes(asked)
            run = xmlsec1(
                "--sign",
                "--privkey-pem",
                "hanako.key,hanako.pem",
                *identifiers_for_xmlsec1(asked),
                "--output",
                f"{label}.xml",
                "template.xml",
                folder=folder,
            )
            assert 0 == run.returncode, run.stderr.decode()
            made[label] = (folder / f"{label}.xml").read_bytes()
    return made


@pytest.fixture(scope="module")
def from_us(folder):
    """
    Every trap, signed by us in every form, today's way and the next card's.
    """
    made = {}
    sources = {name: source.encode() for name, source in ALL.items()} | {"filing": FILING}
    for name, source in sources.items():
        for form in SHAPES:
            made[f"{name}-{form.value}"] = signed(source, form=form)
        made[f"{name}-exclusive"] = signed(source, canonicalization=EXC_C14N)
        if name != "filing":
            made[f"{name}-part"] = signed(source, signed_id="sub")
    made["filing-taro"] = signed(FILING, by=taro())
    made["filing-procedure-taro"] = signed(FILING, by=taro(), signed_id="RKO0010")
    for label, source in made.items():
        (folder / f"ours-{label}.xml").write_bytes(source)
    return made


@pytest.fixture(scope="module")
def java(folder, from_us, from_xmlsec1):
    """
    What Java says, in one run: it verifies all of ours and of xmlsec1's, and signs on its own.
    """
    verified = [f"ours-{label}" for label in from_us] + list(from_xmlsec1)
    verified = [label for label in verified if JAVA_IS_WRONG not in label]
    jobs = [("verify", f"{label}.xml", certificate_of(label)) for label in verified]
    broken = ["broken-xtx", "broken-taro"]
    for label in broken:
        altered = from_us[label.replace("broken", "filing")].replace(b">100<", b">900<")
        (folder / f"{label}.xml").write_bytes(altered)
        jobs.append(("verify", f"{label}.xml", certificate_of(label)))
    signing = []
    for name, source in ALL.items():
        if name == JAVA_IS_WRONG:
            continue
        (folder / f"in-{name}.xml").write_bytes(source.encode())
        references = ";".join("|".join((u, ",".join(t), p)) for u, t, p in references_for(name))
        for who, signer, own, prefix in (
            ("hanako", hanako(), C14N, "ds"),
            ("taro", taro(), EXC_C14N, ""),
        ):
            signing.append(f"{name}-{who}")
            jobs.append(
                (
                    *("sign", f"in-{name}.xml", f"java-{name}-{who}.xml"),
                    *(f"{who}.pk8", f"{who}.pem", signer.method.uri, signer.method.digest.uri),
                    *(own.uri, prefix, references),
                )
            )
    answers = asked_of_java(jobs, folder)
    said = dict(zip([*verified, *broken, *signing], answers, strict=True))
    return said, {label: (folder / f"java-{label}.xml").read_bytes() for label in signing}


def certificate_of(label):
    return "taro.pem" if label.endswith("taro") else "hanako.pem"


def disagreements(expected, actual):
    return {
        label: (value, actual.get(label))
        for label, value in expected.items()
        if actual.get(label) != value
    }


def digested(source):
    return [content.octets for content in only_reading(source).contents]


def digested_by(answer):
    [signature] = answer["signatures"]
    return [from_base64(each["octets"]) for each in signature["references"]]


def judged_by_java(made, prefix=""):
    return {
        f"{prefix}{label}": source for label, source in made.items() if JAVA_IS_WRONG not in label
    }


def test_java_accepts_what_we_sign(java, from_us):
    said, _ = java

    assert {} == {
        label: said[label] for label in judged_by_java(from_us, "ours-") if not said[label]["valid"]
    }


def test_java_digests_the_octets_that_we_say_are_signed(java, from_us, from_xmlsec1):
    """
    All three agree on every canonical form of every trap.
    """
    said, _ = java
    sources = judged_by_java(from_us, "ours-") | judged_by_java(from_xmlsec1)

    assert {} == disagreements(
        {label: digested(source) for label, source in sources.items()},
        {label: digested_by(said[label]) for label in sources},
    )


def test_java_and_we_canonicalise_signed_info_alike(java, from_us, from_xmlsec1):
    """
    What is really signed: inherited namespaces and xml:* attributes are in it.
    """
    said, _ = java
    sources = judged_by_java(from_us, "ours-") | judged_by_java(from_xmlsec1)

    assert {} == disagreements(
        {label: only_reading(source).signed_info for label, source in sources.items()},
        {label: from_base64(said[label]["signatures"][0]["signed_info"]) for label in sources},
    )


@pytest.mark.parametrize("label", ["broken-xtx", "broken-taro"])
def test_java_refuses_one_changed_figure(java, label):
    said, _ = java

    assert not said[label]["valid"]


@pytest.mark.parametrize("name", [*ALL, "filing"])
def test_xmlsec1_accepts_what_we_sign_and_digests_the_same_octets(folder, from_us, name):
    for label, source in from_us.items():
        if label.rpartition("-")[0] not in (name, f"{name}-procedure"):
            continue
        run = verified_by_xmlsec1(folder, f"ours-{label}.xml", source, certificate_of(label))

        assert 0 == run.returncode, run.stderr.decode()
        assert digested(source) == re.findall(
            rb"== PreDigest data - start buffer:\n(.*?)\n== PreDigest data - end buffer",
            run.stdout,
            re.DOTALL,
        )


@pytest.mark.parametrize("signer", [hanako, taro], ids=lambda signer: signer.__name__)
def test_xmlsec1_refuses_one_changed_figure(folder, signer):
    altered = signed(by=signer()).replace(b">100<", b">900<")
    (folder / "altered.xml").write_bytes(altered)

    run = verified_by_xmlsec1(folder, "altered.xml", altered, certificate_of(signer.__name__))

    assert 0 != run.returncode


def test_we_accept_what_xmlsec1_signs(from_xmlsec1):
    readings = {label: only_reading(source) for label, source in from_xmlsec1.items()}

    assert {} == {label: r.problems for label, r in readings.items() if r.problems}
    assert {} == {label: r for label, r in readings.items() if not hanako().agrees(r)}
    assert {(hanako().der,)} == {reading.certificates for reading in readings.values()}


@pytest.mark.parametrize("name", [name for name in ALL if name != JAVA_IS_WRONG])
@pytest.mark.parametrize("signer", [hanako, taro], ids=lambda signer: signer.__name__)
def test_we_accept_what_java_signs(java, name, signer):
    said, made = java
    who = signer.__name__
    assert said[f"{name}-{who}"]["valid"], said[f"{name}-{who}"]

    reading = only_reading(made[f"{name}-{who}"])

    assert () == reading.problems
    assert signer().agrees(reading)
    assert len(references_for(name)) == len(reading.contents)


def verified_by_xmlsec1(folder, file, source, certificate):
    return xmlsec1(
        "--verify",
        "--store-references",
        "--enabled-key-data",
        "x509",
        "--trusted-pem",
        certificate,
        *identifiers_for_xmlsec1(source),
        file,
        folder=folder,
    )
