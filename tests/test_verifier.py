"""
A filing arrives, and the verdict says whether it passes, why not, and what was signed.

Whatever else is wrong is said as well: no check hides another, and OK means all is well.
"""

import hashlib
import re
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from forgery import FILING, causes, filed, forged, key_of, sound
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.verifier.documents import CHECK_OF, verify_xml
from harness.verifier.evidence import AtHand
from harness.verifier.policy import Policy, Revocation
from harness.verifier.verdict import Indication, Outcome, decided, not_applicable, result, worst
from harness.verifier.wording import as_json
from pki.causes import CAUSES, Check, Code
from pki.kinds import Kind
from pki.xmldsig.forms import Form

ROOT = Path(__file__).parent.parent
UNSUPPORTED, MISMATCH = "UNSUPPORTED_CERTIFICATE", "SIGNATURE_MISMATCH"
OF_A_DOCUMENT = set(Check) - {Check.CHALLENGE, Check.TIMESTAMP}


@pytest.fixture
def hanako(jpki):
    return jpki.resident("hanako")


@pytest.fixture
def filing(hanako):
    return hanako.sign_xml(FILING)


def edited(document, old, new):
    assert old in document
    return document.replace(old, new, 1)


def replaced(document, name, text):
    """
    Put another text into the first element of XMLDSig of that name.
    """
    return re.sub(rf"(:{name}>)[^<]*<".encode(), rb"\1" + text + b"<", document, count=1)


def test_a_filing_passes_every_check(jpki, filing):
    jpki.advance(timedelta(hours=1))  # by then the responder knows the certificate, too

    verdict = jpki.verify(filing)

    assert ("OK", {}) == causes(verdict)
    assert Indication.TOTAL_PASSED is verdict.indication
    assert OF_A_DOCUMENT == {each.check for each in verdict.results}
    assert {Outcome.PASSED} == {each.outcome for each in verdict.results}


@pytest.mark.parametrize("form", Form, ids=lambda form: form.value)
def test_what_was_signed_is_handed_back(jpki, hanako, form):
    """
    And nothing else: canonical, without the signature, as another library has it.
    """
    document = b"<?xml version='1.0'?><!-- a --><DATA b='2' a=\"1\" id='DATA'>x<y/>\r\n</DATA>"
    expected = BytesIO()
    etree.fromstring(document).getroottree().write_c14n(expected, with_comments=False)

    verdict = jpki.verify(hanako.sign_xml(document, form=form))

    assert expected.getvalue() == verdict.covered.octets
    assert {
        "sha256": hashlib.sha256(expected.getvalue()).hexdigest(),
        "length": len(expected.getvalue()),
        "references": ["" if form is Form.ENVELOPED else "#DATA"],
    } == as_json(verdict)["signed_content"]


SPOILED = {  # what is done to the filing: how, code, and what each check says
    "content-changed": (
        lambda f: edited(f, b">100<", b">900<"),
        (MISMATCH, {"digest": "hash-failure"}),
    ),
    "digest-changed": (
        lambda f: replaced(f, "DigestValue", b"A" * 43 + b"="),
        (MISMATCH, {"digest": "hash-failure", "signature": "sig-crypto-failure"}),
    ),
    "signature-changed": (
        lambda f: replaced(f, "SignatureValue", b"A" * 342 + b"=="),
        (MISMATCH, {"signature": "sig-crypto-failure"}),
    ),
    "signature-cut": (
        lambda f: replaced(f, "SignatureValue", b"AAAA"),
        (MISMATCH, {"signature": "sig-crypto-failure"}),
    ),
    "sha-1": (
        lambda f: edited(f, b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1"),
        (
            MISMATCH,
            {"algorithm": "crypto-constraints-failure", "signature": "sig-crypto-failure"},
        ),
    ),
    "hmac": (
        lambda f: edited(f, b"#rsa-sha256", b"#hmac-sha256"),
        (
            MISMATCH,
            {"algorithm": "crypto-constraints-failure", "signature": "sig-crypto-failure"},
        ),
    ),
    "xpath": (
        lambda f: edited(f, b"xmldsig#enveloped-signature", b"xmldsig#base64"),
        (
            MISMATCH,
            {"algorithm": "sig-constraints-failure", "signature": "sig-crypto-failure"},
        ),
    ),
    "elsewhere": (
        lambda f: edited(f, b'URI="#DATA"', b'URI="http://example.jp/"'),
        (MISMATCH, {"algorithm": "sig-constraints-failure", "signature": "sig-crypto-failure"}),
    ),
    "nowhere": (
        lambda f: edited(f, b'URI="#DATA"', b'URI="#ATAD"'),
        (MISMATCH, {"digest": "signed-data-not-found", "signature": "sig-crypto-failure"}),
    ),
    "id-twice": (
        lambda f: edited(f, b"<KINGAKU>", b'<KINGAKU id="DATA">'),
        ("UNSPECIFIED", {"coverage": "wrapping"}),
    ),
    "not-xml": (lambda f: f[:-3], ("UNSPECIFIED", {"format": "format-failure"})),
    "entity": (
        lambda f: b'<!DOCTYPE d [<!ENTITY e "x">]>' + f,
        ("UNSPECIFIED", {"format": "format-failure"}),
    ),
    "unsigned": (lambda f: FILING, ("UNSPECIFIED", {"format": "format-failure"})),
    "empty": (lambda f: b"", ("UNSPECIFIED", {"format": "format-failure"})),
    "no-value": (
        lambda f: re.sub(rb"<dsig:SignatureValue>.*?</dsig:SignatureValue>", b"", f),
        ("UNSPECIFIED", {"format": "format-failure"}),
    ),
    "certificate-cut": (
        lambda f: replaced(f, "X509Certificate", b"MIIB"),
        (
            UNSUPPORTED,
            {"format": "format-failure", "chain": "no-certificate-chain-found"},
        ),
    ),
    "no-certificate": (
        lambda f: re.sub(rb"<dsig:KeyInfo>.*?</dsig:KeyInfo>", b"", f),
        (UNSUPPORTED, {"chain": "no-certificate-chain-found"}),
    ),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_filing_is_refused_and_told_why(jpki, filing, how):
    """
    Every check is there, in order, once; and nothing is handed back as signed.
    """
    spoil, expected = SPOILED[how]

    verdict = jpki.verify(spoil(filing))

    assert expected == causes(verdict)
    assert OF_A_DOCUMENT == {each.check for each in verdict.results}
    assert None is verdict.covered


def test_of_changed_content_nobody_says_that_it_is_covered(jpki, filing):
    verdict = jpki.verify(edited(filing, b">100<", b">900<"))

    assert {Outcome.NOT_APPLICABLE} == {
        each.outcome for each in verdict.results if each.check is Check.COVERAGE
    }


def test_a_signature_over_a_part_does_not_cover_the_document(jpki, hanako):
    document = b'<DATA id="DATA"><A id="A">mine</A><B>anybody\'s</B></DATA>'
    signed = filed(hanako.certificate(), key_of(jpki), document=document, signed_id="A")

    verdict = jpki.verify(signed)

    assert ("UNSPECIFIED", {"coverage": "coverage"}) == causes(verdict)
    assert None is verdict.covered


def test_a_signed_document_inside_another_signs_only_itself(jpki, filing):
    """
    The oldest trick: what the reader looks for stands outside what was signed.
    """
    wrapped = b'<DATA xmlns="urn:jp:filing"><KINGAKU>900</KINGAKU>' + filing + b"</DATA>"

    verdict = jpki.verify(wrapped)

    assert ("UNSPECIFIED", {"coverage": "wrapping"}) == causes(verdict)
    assert None is verdict.covered


def test_somebody_elses_certificate_beside_the_signature_fits_nothing(jpki, filing, hanako):
    """
    Taro is a holder in good standing; it is just not his signature.
    """
    taro = jpki.resident("taro")
    swapped = replaced(filing, "X509Certificate", b64encode(taro.certificate()))

    verdict = jpki.verify(swapped)

    assert (MISMATCH, {"signature": "sig-crypto-failure"}) == causes(verdict)


def test_the_certificate_is_chosen_by_the_signature_and_not_by_its_place(jpki, filing):
    """[DS 4.5.4]: KeyInfo is a hint."""
    taro, own = jpki.resident("taro"), rb"(<dsig:X509Certificate>)"
    first = re.sub(
        own, rb"\1" + b64encode(taro.certificate()) + rb"</dsig:X509Certificate>\1", filing
    )
    assert first != filing

    verdict = jpki.verify(first)

    assert ("OK", {}) == causes(verdict)
    assert "住基　花子" == verdict.certificate.four_items().name


def test_a_second_cause_is_never_masked_by_the_first(jpki, hanako, filing):
    """
    Changed, revoked and expired: three lines, and the platform's order decides the code.
    """
    changed = edited(filing, b">100<", b">900<")
    ends = jpki.world.register.certificates("hanako", Kind.SIGN)[0].not_after
    hanako.moves()
    lists_alone = Policy(revocation=Revocation.CRL)

    soon = jpki.verify(changed, lists_alone)
    late = jpki.verify(changed, lists_alone, at=ends + timedelta(seconds=1))

    wrong = {"digest": "hash-failure", "revocation-crl": "revoked"}
    assert (MISMATCH, wrong) == causes(soon)
    assert ("CERTIFICATE_EXPIRED", wrong | {"validity": "expired"}) == causes(late)


ORDER = [
    ("chain-constraints-failure", UNSUPPORTED),
    ("expired", "CERTIFICATE_EXPIRED"),
    ("hash-failure", MISMATCH),
    ("revoked", "CERTIFICATE_REVOKED"),
    ("coverage", "UNSPECIFIED"),
]


@pytest.mark.parametrize("position", range(len(ORDER)), ids=[cause for cause, _ in ORDER])
def test_the_code_is_that_of_the_first_match(position):
    """In the order of the platform operators, whatever order the checks have [RP 6.2]."""
    checks = iter(Check)
    found = tuple(result(next(checks), cause) for cause, _ in reversed(ORDER[position:]))

    indication, cause, code = decided(found)

    assert (Indication.TOTAL_FAILED, *ORDER[position]) == (indication, cause, code)


RESULTS = st.builds(
    lambda check, cause, soft: not_applicable(check) if soft else result(check, cause),
    st.sampled_from(Check),
    st.none() | st.sampled_from(sorted(CAUSES)),
    st.booleans(),
)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(RESULTS, max_size=6))
def test_ok_means_that_nothing_failed_and_nothing_is_open(found):
    """Could not tell is never yes [D 8] [D 9]."""
    outcomes = {each.outcome for each in found}

    indication, cause, code = decided(tuple(found))

    fine = not outcomes & {Outcome.FAILED, Outcome.INDETERMINATE}
    assert fine is (code is Code.OK) is (indication is Indication.TOTAL_PASSED) is (cause is None)
    assert (Outcome.FAILED in outcomes) is (indication is Indication.TOTAL_FAILED)


def test_every_cause_that_the_reader_of_xml_names_has_its_check():
    named = set()
    for path in (ROOT / "pki" / "xmldsig").glob("*.py"):
        for word in re.findall(r'"([a-z-]+)"', path.read_text(encoding="utf-8")):
            named |= {word} & set(CAUSES)

    assert {"format-failure", "wrapping", "hash-failure"} <= named
    assert named <= set(CHECK_OF)


def test_every_verdict_can_be_put_into_words(jpki, filing):
    for spoil, _ in [(lambda f: f, None), *SPOILED.values()]:
        told = as_json(jpki.verify(spoil(filing)))

        assert {"verdict", "sub_indication", "code", "en_indication", "checks", "holder"} <= set(
            told
        )
        assert {"passed", "failed", "indeterminate", "not-applicable"} >= {
            each["outcome"] for each in told["checks"]
        }
        assert all(each["text"]["en"] and each["text"]["ja"] for each in told["checks"])
        assert all(each["rule"] for each in told["checks"])


def test_a_holder_is_named_only_where_a_trusted_ca_vouches(jpki, hanako, filing):
    """
    Anybody can write four items into a certificate, and real ones are none of our business.
    """
    own = forged(jpki, signed_by=key_of(jpki))

    believed = as_json(jpki.verify(filing))
    claimed = as_json(jpki.verify(filed(own, key_of(jpki))))

    assert "住基　花子" == believed["holder"]["name"]
    assert None is claimed["holder"]


SHARED = b'<DATA id="DATA"><RKO0010 id="RKO0010"><KINGAKU>100</KINGAKU></RKO0010></DATA>'


@pytest.fixture
def both_signed(jpki, hanako):
    """
    A taxpayer and a tax accountant sign the same part, side by side [RP 2.1].
    """
    jpki.resident("taro", address="大阪府大阪市北区中之島1-1")
    once = filed(hanako.certificate(), key_of(jpki), document=SHARED, signed_id="RKO0010")
    certificate = jpki.world.certificate("taro", Kind.SIGN)
    return filed(certificate, key_of(jpki, "taro"), document=once, signed_id="RKO0010")


def test_two_signatures_pass_if_both_do(jpki, both_signed):
    verdict = sound(jpki.verify(both_signed))

    assert verdict.passed
    assert [True, True] == [each.passed for each in verdict.signatures]
    assert ["住基　花子", "住基　太郎"] == [
        each["holder"]["name"] for each in as_json(verdict)["signatures"]
    ]


@pytest.mark.parametrize("mover", ["hanako", "taro"])
def test_of_two_signatures_the_worst_decides(jpki, both_signed, mover):
    jpki.world.office.move(mover, address="北海道札幌市中央区北1条西2丁目", at=jpki.now)
    jpki.wait_for_lists()

    verdict = sound(jpki.verify(both_signed))

    assert "CERTIFICATE_REVOKED" == verdict.code
    assert [mover != "hanako", mover != "taro"] == [each.passed for each in verdict.signatures]


def test_an_open_question_is_better_than_a_failure_and_worse_than_a_pass(jpki, hanako, filing):
    passed, failed = jpki.verify(filing), jpki.verify(edited(filing, b">100<", b">900<"))
    evidence = jpki.world.evidence.as_of(jpki.now)
    blind = AtHand(evidence.anchors)
    doubtful = verify_xml(filing, blind, at=jpki.now)

    assert Indication.INDETERMINATE is doubtful.indication
    assert doubtful is worst((passed, doubtful))
    assert failed is worst((passed, doubtful, failed))
