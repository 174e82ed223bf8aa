"""
Hanako signs a contract as a CMS message, and a company judges it.

Attached or detached, today's card or the next one's; with several signers the contract
stands only if all of them stand.  What is handed back is what was digested, octet for octet.
"""

import hashlib
from datetime import timedelta

import pytest
from cms_workshop import (
    CONTENT,
    CONTENT_TYPE,
    DATA,
    DIGESTS,
    ENDS,
    LATER,
    MESSAGE_DIGEST,
    NOON,
    PROTECTION,
    RSA_ENCRYPTION,
    SHA256_WITH_NULL,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
    TIME_STAMP,
    algorithm,
    attribute,
    authority,
    crl,
    hanako,
    jiro,
    judged,
    message,
    nobody,
    oid,
    ours,
    person,
    signer_info,
    taro,
    usual,
)
from forgery import causes

from harness.verifier.policy import Policy, Use
from harness.verifier.wording import as_json
from pki import oids
from pki.certificate.read import read_certificate
from pki.cms.check import signing_time, time_problems
from pki.cms.identifiers import TST_INFO
from pki.cms.read import (
    MAX_ATTRIBUTES,
    MAX_CERTIFICATES,
    MAX_LISTS,
    MAX_SIGNERS,
    MAX_SIZE,
    read_signed_data,
)
from pki.cms.write import sign_data, signed_attributes
from pki.der.write import integer, octet_string, sequence, tlv
from pki.errors import Malformed, WrongPin
from pki.keys import sign
from pki.kinds import Kind

PASSED = ("OK", {})
SIGNERS = {"RSA-2048": hanako, "P-384": jiro}
KEY_IDENTIFIER = "2.5.29.14"


@pytest.mark.parametrize("who", SIGNERS)
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
@pytest.mark.parametrize("time", [None, NOON], ids=["no time", "time"])
def test_what_we_sign_we_accept_and_hand_back(who, detached, time):
    signed = ours(by=SIGNERS[who](), detached=detached, signing_time=time)

    verdict = judged(signed, content=CONTENT if detached else None)

    assert PASSED == causes(verdict)
    assert CONTENT == verdict.covered.octets
    assert (CONTENT not in signed) is detached
    assert {
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "length": len(CONTENT),
        "references": [],
    } == as_json(verdict)["signed_content"]


@pytest.mark.parametrize("content", [b"", b"\x00", b"x" * 127, b"y" * 128, b"z" * 70_000])
def test_any_octets_can_be_signed(content):
    assert content == judged(ours(content)).covered.octets


def test_our_message_is_the_one_that_is_put_together_by_hand():
    """
    The writer works by template, the bench piece by piece [5652 5.1].
    """
    assert message() == ours()


def test_what_is_signed_octet_by_octet():
    """
    Three attributes in the order of a SET OF, the shortest first [5652 5.4] [X.690 11.6].
    """
    digest = bytes(range(32))
    certificate = hashlib.sha256(b"certificate").hexdigest()

    found = signed_attributes(digest, certificate_der=b"certificate", digest="sha256")

    assert (
        "318184"
        "3018 06092a864886f70d010903 310b 06092a864886f70d010701"
        f"302f 06092a864886f70d010904 3122 0420{digest.hex()}"
        f"3037 060b2a864886f70d010910022f 3128 3026 3024 3022 0420{certificate}"
    ).replace(" ", "") == found.hex()


def test_the_same_request_gives_the_same_bytes():
    assert ours(by=jiro(), signing_time=NOON) == ours(by=jiro(), signing_time=NOON)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOON, b"\x17\x0d260401030000Z"),
        (NOON.replace(year=2049), b"\x17\x0d490401030000Z"),
        (NOON.replace(year=2050), b"\x18\x0f20500401030000Z"),
    ],
    ids=["today", "2049", "2050"],
)
def test_the_time_has_two_forms(moment, expected):
    """
    [5652 11.3]
    """
    signed = ours(signing_time=moment)

    [signer] = read_signed_data(signed).signers

    assert expected == signer.signed_attributes[oids.content(SIGNING_TIME)]
    assert moment == signing_time(signer)


def test_the_reader_says_what_stands_there():
    stamp = sequence(integer(7))
    info = signer_info(unsigned=attribute(TIME_STAMP, stamp))
    signed = message(info, certificates=taro().der + hanako().der, lists=crl())

    data = read_signed_data(signed)

    [signer] = data.signers
    own = read_certificate(hanako().der)
    assert oids.content(DATA) == data.content_type
    assert CONTENT == data.content
    assert (taro().der, hanako().der) == data.certificates
    assert (crl(),) == data.revocation
    assert (algorithm(DIGESTS["sha256"]),) == data.digest_algorithms
    assert (own.issuer, b"\x10\x01", None) == (signer.issuer, signer.serial, signer.key_identifier)
    assert {
        oids.content(name) for name in (CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2)
    } == set(signer.signed_attributes)
    assert tlv(0x31, b"".join(sorted(usual().values()))) == signer.signed_octets
    assert hanako().algorithm.identifier == signer.signature_algorithm
    assert sign(hanako().key, signer.signed_octets) == signer.signature
    assert (stamp,) == signer.time_stamps


def test_a_message_about_something_else_is_read_and_no_document():
    """
    A time-stamp token is a message of this kind too, and nobody's contract [3161 2.4.2].
    """
    token = sequence(integer(1))
    signed = ours(token, content_type=TST_INFO)

    data = read_signed_data(signed)

    assert (TST_INFO, token) == (data.content_type, data.content)
    assert ("UNSPECIFIED", {"algorithm": "sig-constraints-failure"}) == causes(judged(signed))


def test_a_file_is_judged_beside_its_detached_signature():
    signed = ours(detached=True)

    assert PASSED == causes(judged(signed, content=CONTENT))
    assert ("SIGNATURE_MISMATCH", {"digest": "hash-failure"}) == causes(
        judged(signed, content=CONTENT + b" ")
    )
    assert ("UNSPECIFIED", {"digest": "signed-data-not-found"}) == causes(judged(signed))


def test_a_file_that_is_not_the_one_inside_fails():
    """
    Whoever hands over a file wants to know about that one.
    """
    assert PASSED == causes(judged(ours(), content=CONTENT))

    verdict = judged(ours(), content=b"another")

    assert ("SIGNATURE_MISMATCH", {"digest": "hash-failure"}) == causes(verdict)
    assert verdict.covered is None


def test_both_parties_sign_and_both_are_judged():
    infos = sorted([signer_info(), signer_info(by=taro())])
    signed = message(*infos, certificates=hanako().der + taro().der)

    verdict = judged(signed)

    assert PASSED == causes(verdict)
    assert [True, True] == [each.passed for each in verdict.signatures]
    assert [CONTENT] * 2 == [each.covered.octets for each in verdict.signatures]


def test_two_generations_of_cards_sign_one_contract():
    infos = [signer_info(), signer_info(by=jiro(), digest="sha384")]
    digests = algorithm(DIGESTS["sha256"]) + algorithm(DIGESTS["sha384"])

    verdict = judged(message(*infos, certificates=hanako().der + jiro().der, digests=digests))

    assert PASSED == causes(verdict)


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_one_bad_signer_spoils_the_contract(first):
    """
    The other's signature holds, and the document is judged by the worst.
    """
    good, bad = signer_info(), signer_info(by=taro(), value=bytes(256))
    infos = [bad, good] if first else [good, bad]

    verdict = judged(message(*infos, certificates=hanako().der + taro().der))

    assert ("SIGNATURE_MISMATCH", {"signature": "sig-crypto-failure"}) == causes(verdict)
    assert [not first, first] == [each.passed for each in verdict.signatures]


def test_a_revoked_signer_is_refused():
    verdict = judged(ours(), revoked=(0x1001,))

    assert ("CERTIFICATE_REVOKED", {"revocation-crl": "revoked"}) == causes(verdict)


def test_a_signature_certificate_is_no_login():
    verdict = judged(ours(), policy=Policy(use=Use.LOGIN, revocation=Policy().revocation))

    assert "UNSUPPORTED_CERTIFICATE" == verdict.code


def test_a_rogue_authority_of_the_same_name_is_refused():
    rogue = person(1, ca=4)

    verdict = judged(message(signer_info(by=rogue), certificates=rogue.der))

    assert ("UNSUPPORTED_CERTIFICATE", {"chain": "no-certificate-chain-found"}) == causes(verdict)


def by_key_identifier(who=None):
    found = read_certificate((who or hanako()).der).key_identifier()
    return tlv(0x80, found)


def test_a_signer_may_be_named_by_key():
    """
    [5652 5.3]
    """
    info = signer_info(named=by_key_identifier(), version=3)

    assert PASSED == causes(judged(message(info, version=3)))


def test_the_certificate_may_come_by_another_way():
    signed = message(certificates=b"")

    without = judged(signed)

    assert ("UNSUPPORTED_CERTIFICATE", {"chain": "no-certificate-chain-found"}) == causes(without)
    assert PASSED == causes(judged(signed, certificates=(hanako().der,)))


def test_an_announced_digest_may_have_null():
    """
    Written without parameters here, with NULL by others, and never both read as one thing
    that somebody could exchange [5754 2].
    """
    info = signer_info(digest_id=SHA256_WITH_NULL)

    assert PASSED == causes(judged(message(info)))
    assert PASSED == causes(judged(message(info, digests=SHA256_WITH_NULL)))


def test_rsa_may_be_named_without_a_digest():
    """
    [5754 3.2]
    """
    assert PASSED == causes(judged(message(signer_info(signature_id=RSA_ENCRYPTION))))


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_stronger_digests_pass(digest):
    by = hanako()
    info = signer_info(digest=digest, signature_id=RSA_ENCRYPTION, by=by)

    assert PASSED == causes(judged(message(info, digests=algorithm(DIGESTS[digest]))))


def named_certificate(hashed, digest=b"", rest=b""):
    return sequence(sequence(sequence(digest, octet_string(hashed), rest)))


def issuer_serial(who):
    read = read_certificate(who.der)
    return sequence(sequence(tlv(0xA4, read.issuer)), integer(read.serial))


SHA256 = algorithm(DIGESTS["sha256"])
SHA384 = algorithm(DIGESTS["sha384"])
TIME = tlv(0x17, b"260401030000Z")


def with_attribute(dotted, *values, instead=None):
    attributes = usual()
    if instead:
        del attributes[instead]
    return message(signer_info(attributes=(*attributes.values(), attribute(dotted, *values))))


def certificate_named(value):
    return with_attribute(SIGNING_CERTIFICATE_V2, value, instead="signing-certificate")


def sha(name, who=None):
    return hashlib.new(name, (who or hanako()).der).digest()


def protected(digest=SHA256, signature=None):
    own = signature or hanako().algorithm.identifier
    return with_attribute(PROTECTION, sequence(digest, b"\xa1" + own[1:]))


ACCEPTED = {
    "no signing-certificate": lambda: message(
        signer_info(
            attributes=[usual()["content-type"], usual()["message-digest"]],
        )
    ),
    "SHA-256 written out": lambda: certificate_named(named_certificate(sha("sha256"), SHA256)),
    "certificate by SHA-384": lambda: certificate_named(named_certificate(sha("sha384"), SHA384)),
    "issuer and serial too": lambda: certificate_named(
        named_certificate(sha("sha256"), rest=issuer_serial(hanako()))
    ),
    "the path after it": lambda: certificate_named(
        sequence(
            sequence(
                sequence(octet_string(sha("sha256"))),
                sequence(octet_string(hashlib.sha256(authority().certificate).digest())),
            )
        )
    ),
    "by SHA-1 as well": lambda: with_attribute(SIGNING_CERTIFICATE, named_certificate(sha("sha1"))),
    "an unknown attribute": lambda: with_attribute("1.3.6.1.4.1.32473.1", sequence()),
    "protected algorithms": protected,
    "a time": lambda: with_attribute(SIGNING_TIME, TIME),
    "an unsigned attribute": lambda: message(
        signer_info(unsigned=attribute("1.3.6.1.4.1.32473.1", NULL_VALUE, NULL_VALUE))
    ),
    "the CA's certificate in the bag": lambda: message(
        certificates=authority().certificate + hanako().der
    ),
    "a look-alike first": lambda: message(certificates=person(1, ca=4).der + hanako().der),
    "a list in the bag": lambda: message(lists=crl()),
    "three digests announced": lambda: message(digests=SHA384 + SHA256),
}
NULL_VALUE = b"\x05\x00"


@pytest.mark.parametrize("variant", ACCEPTED)
def test_what_others_write_differently_passes(variant):
    assert PASSED == causes(judged(ACCEPTED[variant]()))


MISMATCH, UNSPECIFIED = "SIGNATURE_MISMATCH", "UNSPECIFIED"
FORMAT = (UNSPECIFIED, {"format": "format-failure"})
CONSTRAINTS = (UNSPECIFIED, {"algorithm": "sig-constraints-failure"})
CRYPTO = (UNSPECIFIED, {"algorithm": "crypto-constraints-failure"})
BROKEN = (MISMATCH, {"signature": "sig-crypto-failure"})


def changed(name, value):
    return message(signer_info(attributes=(usual() | {name: value}).values()))


def without(name):
    attributes = usual()
    del attributes[name]
    return message(signer_info(attributes=attributes.values()))


ATTRIBUTES = tlv(0x31, b"".join(sorted(usual().values())))

REFUSED = {  # what was done, and what the verdict says
    "no signer": (nobody, FORMAT),
    "message-digest of something else": (
        lambda: message(signer_info(b"something else")),
        (MISMATCH, {"digest": "hash-failure"}),
    ),
    "without message-digest": (lambda: without("message-digest"), FORMAT),
    "without content-type": (lambda: without("content-type"), FORMAT),
    "content-type of something else": (
        lambda: changed("content-type", attribute(CONTENT_TYPE, oid("1.2.840.113549.1.7.3"))),
        FORMAT,
    ),
    "content-type that is no OID": (
        lambda: changed("content-type", attribute(CONTENT_TYPE, octet_string(b"data"))),
        FORMAT,
    ),
    "signed under the tag that is sent": (
        lambda: message(signer_info(signed=b"\xa0" + ATTRIBUTES[1:])),
        BROKEN,
    ),
    "no signed attributes": (lambda: message(signer_info(attributes=())), CONSTRAINTS),
    "attributes passed off as content": (
        # What Hanako signed as attributes is now the content, and her signature holds.
        lambda: message(
            signer_info(attributes=(), content=ATTRIBUTES, signed=ATTRIBUTES), content=ATTRIBUTES
        ),
        CONSTRAINTS,
    ),
    "signed attributes out of order": (
        lambda: message(signer_info(attributes=list(usual().values())[::-1], in_order=False)),
        FORMAT,
    ),
    "an attribute twice": (
        lambda: message(
            signer_info(
                attributes=[*usual().values(), attribute(MESSAGE_DIGEST, octet_string(bytes(32)))]
            )
        ),
        FORMAT,
    ),
    "an attribute with two values": (
        lambda: with_attribute(SIGNING_TIME, TIME, tlv(0x17, b"260401030001Z")),
        FORMAT,
    ),
    "an attribute without value": (lambda: with_attribute(SIGNING_TIME), FORMAT),
    "signer names another in the bag": (
        # The signature is Hanako's, the name is Taro's.
        lambda: message(signer_info(named=taro().named), certificates=hanako().der + taro().der),
        (
            MISMATCH,
            {"algorithm": "sig-constraints-failure", "signature": "sig-crypto-failure"},
        ),
    ),
    "signer names another, and nothing contradicts": (
        lambda: message(
            signer_info(
                named=taro().named,
                attributes=[usual()["content-type"], usual()["message-digest"]],
            ),
            certificates=hanako().der + taro().der,
        ),
        BROKEN,
    ),
    "signing-certificate of another": (
        lambda: certificate_named(named_certificate(sha("sha256", taro()))),
        CONSTRAINTS,
    ),
    "signing-certificate by SHA-1 of another": (
        lambda: with_attribute(SIGNING_CERTIFICATE, named_certificate(sha("sha1", taro()))),
        CONSTRAINTS,
    ),
    "signing-certificate with another's serial": (
        lambda: certificate_named(named_certificate(sha("sha256"), rest=issuer_serial(taro()))),
        CONSTRAINTS,
    ),
    "signing-certificate by SHA-1 under the new name": (
        lambda: certificate_named(named_certificate(sha("sha1"), algorithm(DIGESTS["sha1"]))),
        CONSTRAINTS,
    ),
    "an empty signing-certificate": (lambda: certificate_named(sequence(sequence())), FORMAT),
    "another algorithm than protected": (lambda: protected(SHA384), CONSTRAINTS),
    "another signature than protected": (
        lambda: protected(signature=RSA_ENCRYPTION),
        CONSTRAINTS,
    ),
    "SHA-1": (
        lambda: message(
            signer_info(
                attributes=usual(digest="sha1").values(), digest_id=algorithm(DIGESTS["sha1"])
            ),
            digests=algorithm(DIGESTS["sha1"]),
        ),
        CRYPTO,
    ),
    "two digests in one signature": (
        lambda: message(signer_info(digest_id=SHA384), digests=SHA384 + SHA256),
        (
            MISMATCH,
            {"algorithm": "crypto-constraints-failure", "digest": "hash-failure"},
        ),
    ),
    "a digest that was not announced": (lambda: message(digests=SHA384), FORMAT),
    "RSA-PSS": (
        lambda: message(signer_info(signature_id=algorithm("1.2.840.113549.1.1.10"))),
        CRYPTO,
    ),
    "ECDSA by name, RSA by key": (
        lambda: message(signer_info(signature_id=algorithm("1.2.840.10045.4.3.2"))),
        BROKEN,
    ),
    "signing-time before the certificate": (
        lambda: ours(signing_time=NOON - timedelta(seconds=1)),
        CONSTRAINTS,
    ),
    "signing-time that no calendar has": (
        lambda: with_attribute(SIGNING_TIME, tlv(0x17, b"261301030000Z")),
        FORMAT,
    ),
    "a signature of nothing": (lambda: message(signer_info(value=b"")), BROKEN),
    "a leading zero before the signature": (
        # 257 octets, as one client writes them.
        lambda: message(signer_info(value=b"\0" + sign(hanako().key, ATTRIBUTES))),
        BROKEN,
    ),
    "a key identifier of nothing": (
        lambda: message(signer_info(named=tlv(0x80, b""), version=3), version=3),
        ("UNSUPPORTED_CERTIFICATE", {"chain": "no-certificate-chain-found"}),
    ),
    "octets of the certificate as key identifier": (
        lambda: message(signer_info(named=tlv(0x80, hanako().der[4:24]), version=3), version=3),
        ("UNSUPPORTED_CERTIFICATE", {"chain": "no-certificate-chain-found"}),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_whatever_is_wrong_is_said_and_nothing_is_handed_back(case):
    forge, expected = REFUSED[case]

    verdict = judged(forge())

    assert expected == causes(verdict)
    assert verdict.covered is None


def test_a_claim_from_the_future_is_passed_with_a_warning():
    """
    Nobody vouches for signing-time, so it proves nothing [5652 11.3].
    """
    verdict = judged(ours(signing_time=LATER + timedelta(hours=1)))

    assert PASSED == causes(verdict)
    assert ("signing-time is in the future; nobody vouches for it",) == verdict.notes


def test_the_claim_may_be_the_very_second_of_notbefore():
    certificate = read_certificate(hanako().der)
    [signer] = read_signed_data(ours(signing_time=certificate.not_before)).signers

    assert [] == time_problems(signer, certificate)
    assert ENDS == certificate.not_after


def deeper(part):
    """
    Wrap the message so often that a recursive reader would fall over.
    """
    for _ in range(5000):
        part = tlv(0x30, part)
    return part


MALFORMED = {  # the octets, and a few words of the sentence
    "nothing": (lambda: b"", "cut off"),
    "something behind": (lambda: message() + b"\0", "octets after its end"),
    "enveloped-data": (lambda: message(outer="1.2.840.113549.1.7.3"), "another type"),
    "indefinite length": (
        lambda: b"\x30\x80" + message()[4:] + b"\0\0",
        "a length that is indefinite, which is BER",
    ),
    "indefinite length inside": (
        lambda: sequence(oid("1.2.840.113549.1.7.2"), b"\xa0\x80\x30\x00\0\0"),
        "a length that is indefinite, which is BER",
    ),
    "a length that is not the shortest": (
        lambda: message(digests=b"\x30\x81" + algorithm(DIGESTS["sha256"])[1:]),
        "length not in its one shortest form",
    ),
    "an OID with a long length": (
        lambda: message(
            signer_info(attributes=[sequence(b"\x06\x81" + bytes(0x81), tlv(0x31, NULL_VALUE))])
        ),
        "an attribute of another shape",
    ),
    "version 3 for nothing": (lambda: message(version=3), "another version than 1"),
    "version 1 for a key identifier": (
        lambda: message(signer_info(named=by_key_identifier(), version=3)),
        "another version than 3",
    ),
    "key identifier in a signer of version 1": (
        lambda: message(signer_info(named=by_key_identifier())),
        "tag 0x80 where 0x30 must stand",
    ),
    "a signer of version 2": (lambda: message(signer_info(version=2)), "version than 1 or 3"),
    "content in pieces": (
        lambda: message().replace(octet_string(CONTENT), tlv(0x24, CONTENT)),
        "tag 0x24 where 0x04 must stand",
    ),
    "nested 5,000 deep": (
        lambda: message(signer_info(unsigned=attribute(TIME_STAMP, deeper(b"")))),
        "nested deeper",
    ),
    "4 GiB": (lambda: b"\x30\x84\xff\xff\xff\xff" + message()[4:], "beyond its parent"),
    "a certificate of no kind": (lambda: message(certificates=b"\x04\x00"), "of no kind"),
    "a time-stamp of no value": (
        lambda: message(signer_info(unsigned=attribute(TIME_STAMP))),
        "an attribute of another shape",
    ),
    "17 signers": (
        lambda: message(*[signer_info()] * (MAX_SIGNERS + 1)),
        "more than 16 signers, which no honest message has",
    ),
    "10,000 certificates": (
        lambda: message(certificates=hanako().der * 10_000),
        "more than 256 certificates, which no honest message has",
    ),
    "257 lists": (
        lambda: message(lists=b"\x30\x00" * (MAX_LISTS + 1)),
        "more than 256 lists, which no honest message has",
    ),
    "65 attributes": (
        lambda: message(
            signer_info(
                attributes=[
                    attribute(f"1.3.6.1.4.1.32473.{n}", NULL_VALUE)
                    for n in range(MAX_ATTRIBUTES + 1)
                ]
            )
        ),
        "more than 64 attributes, which no honest message has",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_cannot_be_read_is_refused_in_one_sentence(case):
    forge, words = MALFORMED[case]
    octets = forge()

    with pytest.raises(Malformed) as caught:
        read_signed_data(octets)

    assert words in str(caught.value)
    assert str(caught.value).startswith("the CMS message cannot be read: ")
    assert FORMAT == causes(judged(octets))


def test_a_bag_of_many_certificates_is_no_work_but_for_those_that_are_named():
    """
    Whoever sends 256 certificates has one looked at [D 3].
    """
    strangers = b"".join(b"\x30\x03\x02\x01" + bytes((n,)) for n in range(MAX_CERTIFICATES - 1))

    assert PASSED == causes(judged(message(certificates=strangers + hanako().der)))


def test_what_is_too_large_is_not_looked_at():
    with pytest.raises(Malformed, match="67108865 octets, more than"):
        read_signed_data(bytes(MAX_SIZE + 1))


def test_a_test_signs_and_judges_in_two_lines(jpki):
    hanako = jpki.resident()
    contract = hanako.sign_cms(CONTENT)
    beside = hanako.sign_cms(CONTENT, detached=True)

    assert jpki.verify(contract).passed
    assert jpki.verify(beside, content=CONTENT).passed
    assert jpki.now == signing_time(read_signed_data(contract).signers[0])

    hanako.moves()

    assert "CERTIFICATE_REVOKED" == jpki.verify(contract).code


def test_a_wrong_pin_costs_a_try_and_signs_nothing(jpki):
    hanako = jpki.resident()

    with pytest.raises(WrongPin) as caught:
        hanako.sign_cms(CONTENT, pin="WRONG1")

    assert 4 == caught.value.tries_left


def test_the_authentication_key_signs_no_contract(jpki):
    """
    The card does it all the same, and every careful verifier refuses [J 3].
    """
    jpki.resident("hanako")

    signed = jpki.world.sign_cms("hanako", CONTENT, pin="1234", kind=Kind.AUTH)

    assert "UNSUPPORTED_CERTIFICATE" == jpki.verify(signed).code


def test_a_chain_may_come_along():
    signed = sign_data(
        CONTENT,
        certificate_der=hanako().der,
        algorithm=hanako().algorithm,
        signer=lambda octets: sign(hanako().key, octets),
        chain=(authority().certificate,),
    )

    assert {hanako().der, authority().certificate} == set(read_signed_data(signed).certificates)
    assert PASSED == causes(judged(signed))
