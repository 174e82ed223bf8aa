"""
What the stories about the verifier share: certificates with one thing wrong, and filings.

A forged certificate is Hanako's own, taken apart and put together again by a library that
has no part in ours, with the CA's real key unless told.  So whatever a verdict complains
about is what the story changed.
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from harness.documents.signed_xml import xml_signature
from harness.verifier.verdict import Outcome
from pki.causes import Code
from pki.checks import Check
from pki.keys import ROWS, algorithm_of
from pki.kinds import Kind
from pki.xmldsig.algorithms import SIGNATURE_METHODS
from pki.xmldsig.forms import Form
from pki.xmldsig.write import sign_xml

FILING = (
    b'<DATA id="DATA" xmlns="urn:jp:filing"><RKO0010 id="RKO0010"><KINGAKU>100</KINGAKU>'
    b"</RKO0010></DATA>"
)


def key_of(scene, who="hanako", kind=Kind.SIGN):
    """
    Take a private key out of a card, which no card would allow.
    """
    return scene.world.authority.key(scene.world.register.certificates(who, kind)[-1].key)


def ca_key(scene, kind=Kind.SIGN, generation=1):
    listed = scene.world.authority.generations(kind)
    return scene.world.authority.key(listed[generation - 1].key)


def forged(
    scene,
    *,
    kind=Kind.SIGN,
    who="hanako",
    without=(),
    instead=(),
    signed_by=None,
    **fields,
):
    """
    Make somebody's certificate anew, DER, with something changed.

    *without* are OIDs of extensions to leave out; *instead* are (extension, critical), put
    in the place of those of the same OID or at the end; *fields* are arguments of the
    library's builder.  *signed_by* is a private key.
    """
    own = x509.load_der_x509_certificate(scene.world.certificate(who, kind))
    given = {
        "issuer_name": own.issuer,
        "subject_name": own.subject,
        "public_key": own.public_key(),
        "serial_number": own.serial_number,
        "not_valid_before": own.not_valid_before_utc,
        "not_valid_after": own.not_valid_after_utc,
    }
    builder = x509.CertificateBuilder(**(given | fields))
    changed = {value.oid: (value, critical) for value, critical in instead}
    for each in own.extensions:
        value, critical = changed.pop(each.oid, (each.value, each.critical))
        if each.oid not in without:
            builder = builder.add_extension(value, critical)
    for value, critical in changed.values():
        builder = builder.add_extension(value, critical)
    key = signed_by or ca_key(scene, kind)
    digest = hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else hashes.SHA384()
    return builder.sign(key, digest).public_bytes(Encoding.DER)


def filed(certificate, key, *, document=FILING, form=Form.XTX, **options):
    """
    Sign a document in the name of any certificate, past card and counter.
    """
    return sign_xml(
        document,
        form=form,
        certificate_der=certificate,
        signature_method=SIGNATURE_METHODS[ROWS[algorithm_of(key)].xml_signature],
        signer=lambda signed_info: xml_signature(key, signed_info),
        **options,
    )


def sound(verdict):
    """
    Return a verdict that keeps what every verdict promises.

    Each check stands there once, in the order of the report, and OK means passed.
    """
    checks = [each.check for each in verdict.results]
    assert checks == [check for check in Check if check in checks]
    assert verdict.passed == (verdict.code is Code.OK) == (verdict.cause is None)
    for each in verdict.signatures:
        sound(each)
    return verdict


def causes(verdict):
    """
    Name every check that did not pass, with its cause; the platform's code first.
    """
    doubts = {
        each.check.value: each.cause
        for each in sound(verdict).results
        if each.outcome in (Outcome.FAILED, Outcome.INDETERMINATE)
    }
    return verdict.code.value, doubts
