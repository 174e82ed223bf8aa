"""
Programs that nobody here wrote judge our messages, and we judge theirs.

OpenSSL asks for the path and the list as well, GnuTLS, Java and pyHanko stand on code of
their own.  Each yes has a twin that must be a no.  NIST's 224 signed messages of 2011 are
judged for their signatures alone, for their certificates are another story's.
"""

import asyncio
import base64
import email
import re
import subprocess
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest
from cms_workshop import (
    CONTENT,
    LATER,
    crl,
    hanako,
    jiro,
    judged,
    message,
    ours,
    signer_info,
    taro,
)
from forgery import causes
from outside import openssl
from xml_workshop import required

from harness.exports import pem
from pki.cms.check import candidates, content_problems, foreign_signature_cause
from pki.cms.read import read_signed_data
from pki.der import read
from pki.keys import private_der
from pki.paths.algorithms import Trust

SMIME = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data" / "smime"
EPOCH = str(int(LATER.timestamp()))
SIGNERS = {"RSA-2048": hanako, "P-384": jiro}
every_signer = pytest.mark.parametrize("who", SIGNERS)
PASSED = ("OK", {})


def write(folder, **files):
    for name, content in files.items():
        (folder / name).write_bytes(content)


def desk(folder, who, *revoked):
    """
    Lay out what OpenSSL needs; the list travels with the anchor.
    """
    kind = who.algorithm.algorithm
    bundle = pem("CERTIFICATE", who.ca) + pem("X509 CRL", crl(kind, *revoked))
    write(
        folder,
        bundle=bundle,
        ca=pem("CERTIFICATE", who.ca),
        cert=pem("CERTIFICATE", who.der),
        key=pem("PRIVATE KEY", private_der(who.key)),
        content=CONTENT,
    )


def openssl_accepts(folder, signed, *, detached, cades=True):
    """
    Ask for signature, attributes, path and list; and whether the content is what we say.
    """
    write(folder, signed=signed)
    (folder / "out").unlink(missing_ok=True)
    run = openssl(
        *("cms", "-verify", "-inform", "DER", "-in", "signed", "-binary", "-out", "out"),
        *("-CAfile", "bundle", "-no-CApath", "-no-CAstore", "-crl_check", "-x509_strict"),
        *("-purpose", "any", "-attime", EPOCH),
        *(("-content", "content") if detached else ()),
        *(("-cades",) if cades else ()),
        folder=folder,
    )
    if run.returncode == 0:
        assert CONTENT == (folder / "out").read_bytes()
    return run.returncode == 0


@every_signer
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
def test_openssl_accepts_ours_and_refuses_the_twins(tmp_path, who, detached):
    who = SIGNERS[who]()
    signed = ours(by=who, detached=detached, signing_time=LATER)
    desk(tmp_path, who)

    assert openssl_accepts(tmp_path, signed, detached=detached)

    changed = signed.replace(CONTENT[:3], b"abc") if not detached else signed
    write(tmp_path, content=CONTENT if not detached else CONTENT + b"!")
    assert not openssl_accepts(tmp_path, changed, detached=detached)
    number = 0x1001 if who is hanako() else 0x1003
    desk(tmp_path, who, number)
    assert not openssl_accepts(tmp_path, signed, detached=detached)
    assert "CERTIFICATE_REVOKED" == judged(signed, content=CONTENT, revoked=(number,)).code


def test_openssl_accepts_two_signers_and_not_one_of_two(tmp_path):
    desk(tmp_path, hanako())
    bag = hanako().der + taro().der
    both = message(*sorted([signer_info(), signer_info(by=taro())]), certificates=bag)
    one = message(signer_info(), signer_info(by=taro(), value=bytes(256)), certificates=bag)

    assert openssl_accepts(tmp_path, both, detached=False)
    assert not openssl_accepts(tmp_path, one, detached=False)


def openssl_signs(folder, *options):
    run = openssl(
        *("cms", "-sign", "-binary", "-in", "content", "-outform", "DER", "-out", "theirs"),
        *("-signer", "cert", "-inkey", "key", *options),
        folder=folder,
    )
    assert 0 == run.returncode, run.stderr
    return (folder / "theirs").read_bytes()


@every_signer
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
@pytest.mark.parametrize(
    "options",
    [(), ("-cades",), ("-keyid",), ("-cades", "-md", "sha512"), ("-nosmimecap",)],
    ids=lambda options: " ".join(options) or "as it is",
)
def test_we_accept_what_openssl_signs(tmp_path, who, detached, options):
    """
    Its signing-time is that of the machine, which is later than the story: a warning.
    """
    who = SIGNERS[who]()
    desk(tmp_path, who)
    md = () if "-md" in options or who is not jiro() else ("-md", "sha384")
    signed = openssl_signs(tmp_path, *options, *md, *(() if detached else ("-nodetach",)))

    verdict = judged(signed, content=CONTENT if detached else None)

    assert PASSED == causes(verdict)
    assert CONTENT == verdict.covered.octets
    assert "SIGNATURE_MISMATCH" == judged(signed, content=CONTENT + b" ").code


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-noattr",), {"algorithm": "sig-constraints-failure"}),
        (("-nocerts",), {"chain": "no-certificate-chain-found"}),
        (("-md", "sha1"), {"algorithm": "crypto-constraints-failure"}),
        (
            ("-keyopt", "rsa_padding_mode:pss"),
            {"algorithm": "crypto-constraints-failure"},
        ),
    ],
    ids=["no attributes", "no certificate", "SHA-1", "RSA-PSS"],
)
def test_what_openssl_signs_otherwise_we_refuse_and_say_why(tmp_path, options, expected):
    """
    OpenSSL takes each of them back; we are stricter on purpose [EN319122 5.1].
    """
    desk(tmp_path, hanako())

    signed = openssl_signs(tmp_path, "-nodetach", *options)

    assert expected == causes(judged(signed))[1]


def test_what_openssl_streams_is_ber_and_refused_in_one_sentence(tmp_path):
    desk(tmp_path, hanako())

    signed = openssl_signs(tmp_path, "-nodetach", "-stream")

    verdict = judged(signed)
    assert ("UNSPECIFIED", {"format": "format-failure"}) == causes(verdict)
    [note] = verdict.notes
    assert note.startswith("the CMS message cannot be read: a length that is indefinite")
    assert openssl_accepts(tmp_path, signed, detached=False, cades=False)


@every_signer
def test_gnutls_accepts_ours(tmp_path, who):
    """
    It asks for no list, and judges the path by the machine's clock.
    """
    who = SIGNERS[who]()
    signed = ours(by=who, signing_time=LATER)

    assert "Signature status: ok" in gnutls(tmp_path, who, signed)
    assert "Signature status: ok" not in gnutls(tmp_path, who, signed.replace(CONTENT[:3], b"abc"))


def gnutls(folder, who, signed):
    write(folder, ca=pem("CERTIFICATE", who.ca), signed=signed)
    run = subprocess.run(
        [
            *(required("certtool"), "--p7-verify", "--inder"),
            *("--load-ca-certificate", "ca", "--infile", "signed"),
        ],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return run.stdout + run.stderr


def java_says(jobs):
    source = Path(__file__).parent / "java" / "Cms.java"
    lines = ["\t".join(base64.b64encode(each).decode() for each in job) for job in jobs]
    run = subprocess.run(
        [
            *(required("java"), "-Xshare:auto"),
            *("--add-exports", "java.base/sun.security.pkcs=ALL-UNNAMED", str(source)),
        ],
        input="\n".join(lines) + "\n",
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert 0 == run.returncode, run.stderr
    return run.stdout.splitlines()


@pytest.mark.slow
def test_java_accepts_ours_and_refuses_the_twins():
    attached = ours(signing_time=LATER)
    nextcard = ours(by=jiro())
    bag = hanako().der + taro().der
    both = message(*sorted([signer_info(), signer_info(by=taro())]), certificates=bag)
    one = message(signer_info(), signer_info(by=taro(), value=bytes(256)), certificates=bag)

    said = java_says(
        [
            (attached, b""),
            (ours(detached=True), CONTENT),
            (nextcard, b""),
            (both, b""),
            (attached.replace(CONTENT[:3], b"abc"), b""),
            (ours(detached=True), CONTENT + b" "),
            (one, b""),
        ]
    )

    assert ["1 of 1", "1 of 1", "1 of 1", "2 of 2"] == said[:4]
    assert "1 of 1" not in said[4:6]
    assert "1 of 2" == said[6]


def pyhanko_says(signed, who, content=CONTENT):
    from asn1crypto import cms, tsp, x509  # noqa: F401
    from asn1crypto import crl as lists
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=[x509.Certificate.load(who.ca)],
        crls=[lists.CertificateList.load(crl(who.algorithm.algorithm))],
        revocation_mode="require",
        moment=LATER,
    )
    status = asyncio.run(
        async_validate_detached_cms(
            content,
            cms.ContentInfo.load(signed, strict=True)["content"],
            signer_validation_context=context,
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
        )
    )
    return status.intact, status.valid, status.trusted


@every_signer
def test_pyhanko_accepts_ours_with_path_and_list(who):
    who = SIGNERS[who]()
    signed = ours(by=who, detached=True, signing_time=LATER)

    assert (True, True, True) == pyhanko_says(signed, who)
    assert not pyhanko_says(signed, who, CONTENT + b" ")[0]


@every_signer
@pytest.mark.parametrize("cades", [True, False], ids=["CAdES", "plain"])
def test_we_accept_what_pyhanko_signs(who, cades):
    from asn1crypto import keys, tsp, x509  # noqa: F401
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    who = SIGNERS[who]()
    theirs = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(who.der),
        signing_key=keys.PrivateKeyInfo.load(private_der(who.key)),
        cert_registry=SimpleCertificateStore(),
    )
    made = theirs.async_sign_general_data(CONTENT, who.algorithm.digest, use_cades=cades)

    signed = asyncio.run(made).dump()

    assert PASSED == causes(judged(signed, content=CONTENT))
    assert "SIGNATURE_MISMATCH" == judged(signed, content=CONTENT + b" ").code


def test_asn1crypto_takes_ours_apart_as_we_meant_it():
    from asn1crypto import cms, tsp  # noqa: F401

    signed = ours(by=jiro(), signing_time=LATER)
    data = cms.ContentInfo.load(signed, strict=True)["content"]

    [info] = data["signer_infos"].native
    attributes = {each["type"]: each["values"] for each in info["signed_attrs"]}
    assert ["content_type", "message_digest", "signing_certificate_v2", "signing_time"] == sorted(
        attributes
    )
    assert [LATER] == attributes["signing_time"]
    assert "sha384" == info["digest_algorithm"]["algorithm"]
    assert "sha384_ecdsa" == info["signature_algorithm"]["algorithm"]
    assert CONTENT == data["encap_content_info"]["content"].native
    assert ("v1", "v1") == (data["version"].native, info["version"])
    assert 0x1003 == info["sid"]["serial_number"]


@cache
def smime(path):
    """
    Give the signed part of a message as it was signed, and the signature.
    """
    source = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    parsed = email.message_from_bytes(source)
    mark = b"\r\n--" + parsed.get_boundary().encode()
    part = source.split(mark)[1].removeprefix(b"\r\n")
    return part, parsed.get_payload(1).get_payload(decode=True)


def spki_of(der):
    """
    Find the key, and look at nothing else: some of these certificates are damaged on purpose.
    """
    start, stop = read.whole(der, 0x30)
    begin, end = read.enter(der, start, stop, 0x30)
    _, at, _, after = read.children(der, begin, end)[6]
    return der[at:after]


def nist_says(path):
    """
    Judge one message of NIST by the tables for old vectors; name what is wrong.
    """
    content, signed = smime(path)
    data = read_signed_data(signed)
    [signer] = data.signers
    found = [cause for cause, _ in content_problems(data, signer, content, Trust.LEGACY)]
    [der] = candidates(data, signer)
    spki = spki_of(der)
    cause = foreign_signature_cause(signer, content, spki, Trust.LEGACY, at=LATER)
    return [*found, *([cause] if cause else [])]


# The key leaves its parameters to the issuer's; paths fill them in, a lone signature cannot.
WITHOUT_PARAMETERS = "SignedValidDSAParameterInheritanceTest5.eml"


def test_the_messages_of_nist_verify():
    """
    224 signed messages; OpenSSL takes 223, all but the one whose key is half a key.
    """
    files = sorted(SMIME.glob("*.eml"))

    said = {path.name: nist_says(path) for path in files}

    assert 224 == len(said)
    assert {WITHOUT_PARAMETERS: ["crypto-constraints-failure"]} == {
        name: causes for name, causes in said.items() if causes
    }


def test_a_changed_message_of_nist_does_not():
    path = sorted(SMIME.glob("*.eml"))[0]
    content, signed = smime(path)
    data = read_signed_data(signed)

    problems = content_problems(data, data.signers[0], content + b" ", Trust.LEGACY)

    assert ["hash-failure"] == [cause for cause, _ in problems]


def test_the_oldest_key_passes_under_no_other_table():
    """
    DSA with SHA-1 is for old vectors alone.
    """
    path = next(path for path in SMIME.glob("*.eml") if re.search("ValidDSASig", path.name))
    content, signed = smime(path)
    data = read_signed_data(signed)
    [signer] = data.signers
    spki = spki_of(candidates(data, signer)[0])

    assert "crypto-constraints-failure" == foreign_signature_cause(
        signer, content, spki, Trust.DEFAULT, at=LATER
    )
    assert [] == nist_says(path)
