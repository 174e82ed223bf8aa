"""
What the stories about XML signatures share: two signers, a filing, and outside programs.

Everything is real: keys are made once per run, certificates sign themselves, and the
programs judge files.  No story trusts a certificate here; that is another floor's business.
"""

import base64
import datetime as dt
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from pki.xmldsig.algorithms import ECDSA_SHA384, RSA_SHA256
from pki.xmldsig.ecdsa import der_from_raw, raw_from_der
from pki.xmldsig.forms import Form
from pki.xmldsig.read import read_signatures
from pki.xmldsig.write import sign_xml

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)  # 12:00 JST
DS = "http://www.w3.org/2000/09/xmldsig#"
XML = "http://www.w3.org/XML/1998/namespace"

FILING = """\
<DATA id="DATA" xmlns="http://xml.e-tax.nta.go.jp/XSD/shotoku"\
 xmlns:gen="http://xml.e-tax.nta.go.jp/XSD/general">
  <RKO0010 VR="25.0.0" id="RKO0010">
    <CONTENTS id="CONTENTS"><IT VR="1.5" id="IT"><NOZEISHA_NM ID="NM">国税　花子</NOZEISHA_NM></IT>
      <KINGAKU IDREF="NM">100</KINGAKU><gen:yyyy>2026</gen:yyyy></CONTENTS>
  </RKO0010>
</DATA>
""".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """
    A key with a certificate that it signed itself, and the method that goes with it.
    """

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    method: object

    @property
    def der(self):
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self):
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def value(self, message):
        """
        Sign *message* and spell the value as XML signatures want it.
        """
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return raw_from_der(self.key.sign(message, ec.ECDSA(hashes.SHA384())), 48)

    def agrees(self, reading):
        """
        Tell whether the signature value is this signer's over what was read.
        """
        try:
            if isinstance(self.key, rsa.RSAPrivateKey):
                self.key.public_key().verify(
                    reading.signature_value,
                    reading.signed_info,
                    padding.PKCS1v15(),
                    hashes.SHA256(),
                )
            else:
                self.key.public_key().verify(
                    der_from_raw(reading.signature_value, 48),
                    reading.signed_info,
                    ec.ECDSA(hashes.SHA384()),
                )
        except InvalidSignature:
            return False
        return True


@cache
def hanako():
    """
    Today's generation: RSA-2048 with SHA-256.
    """
    return _signer("Hanako", rsa.generate_private_key(65537, 2048), RSA_SHA256)


@cache
def taro():
    """
    The next card's generation: P-384 with SHA-384.
    """
    return _signer("Taro", ec.generate_private_key(ec.SECP384R1()), ECDSA_SHA384)


def signed(source=FILING, *, by=None, form=Form.XTX, **options):
    """
    Sign *source* as Hanako does, or somebody else.
    """
    signer = by or hanako()
    return sign_xml(
        source,
        form=form,
        certificate_der=signer.der,
        signature_method=signer.method,
        signer=signer.value,
        **options,
    )


def only_reading(source, **options):
    """
    Read the one signature of a document that has no other trouble.
    """
    document = read_signatures(source, **options)
    assert () == document.problems
    [reading] = document.signatures
    return reading


def causes(source, **options):
    """
    Name everything that is wrong with *source*, in order.
    """
    document = read_signatures(source, **options)
    problems = [*document.problems]
    for signature in document.signatures:
        problems += signature.problems
    return [problem.cause for problem in problems]


def required(program):
    """
    Find an outside *program*, or skip; where tools are required, fail.
    """
    found = shutil.which(program)
    if found is None:
        reason = f"{program} is not installed, and only it can be asked this"
        if os.environ.get("MINIJPKI_REQUIRE_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def xmlsec1(*arguments, folder):
    return subprocess.run(
        [required("xmlsec1"), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
    )


def identifiers_for_xmlsec1(source):
    """
    Tell xmlsec1 which attributes identify; without a DTD it knows xml:id alone.
    """
    found = set()
    for element in etree.fromstring(source).iter("*"):
        name = etree.QName(element)
        for spelling in ("id", "ID", "Id"):
            if element.get(spelling) is not None:
                where = f"{name.namespace}:{name.localname}" if name.namespace else name.localname
                found.add((f"--id-attr:{spelling}", where))
    return [word for pair in sorted(found) for word in pair]


def asked_of_java(jobs, folder):
    """
    Ask one virtual machine all *jobs*, and give its answer to each, in order.
    """
    java = required("java")
    source = Path(__file__).parent / "java" / "Dsig.java"
    lines = ["\t".join(str(word) for word in job) for job in jobs]
    run = subprocess.run(
        [java, "-Xshare:auto", str(source)],
        cwd=folder,
        input="\n".join(lines) + "\n",
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert 0 == run.returncode, run.stderr
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(jobs) == len(answers)
    return answers


def from_base64(text):
    return base64.b64decode(text, validate=True)


def _signer(name, key, method):
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - dt.timedelta(days=3650))
        .not_valid_after(NOON + dt.timedelta(days=36500))
        .sign(key, hashes.SHA384() if method is ECDSA_SHA384 else hashes.SHA256())
    )
    return Signer(key=key, certificate=certificate, method=method)
