"""
A contract is signed with the card, twice perhaps, and whoever receives it learns what is what.

Every signature has a verdict of its own, and the document the worst of them.
"""

import asyncio
import hashlib
import json
import sys
from base64 import b64encode
from datetime import timedelta

import pytest
from forgery import causes, sound
from pdf_workshop import PAGE, draw, message_of, ranges_of, updated, with_ranges
from town import PIN, WORLD, minijpki, process, refused, settle

from harness.documents.pdf.container import open_container
from harness.documents.pdf.profiles import PdfProfile
from harness.documents.pdf.read import read_pdf
from harness.documents.pdf.write import stamp_pdf
from harness.oracle.answers import answer
from harness.scene import Scene
from harness.verifier.evidence import AtHand
from harness.verifier.pdf import verify_pdf
from harness.verifier.policy import DEFAULT, Judgement, Policy, Revocation, Use
from harness.verifier.verdict import Indication
from harness.verifier.wording import as_json
from harness.verifying import judge_pdf
from harness.world import World
from pki.checks import Check
from pki.errors import Malformed, WrongPin
from pki.kinds import Algorithm, Kind, Reason
from pki.timestamps.read import read_response

every_profile = pytest.mark.parametrize("profile", PdfProfile, ids=lambda each: each.value)
every_algorithm = pytest.mark.parametrize("algorithm", Algorithm, ids=lambda each: each.value)


@pytest.fixture
def hanako(jpki):
    return jpki.resident("hanako")


@pytest.fixture
def signed(hanako):
    return hanako.sign_pdf(PAGE)


@every_algorithm
@every_profile
def test_what_the_card_signs_passes(tmp_path, algorithm, profile):
    scene = Scene.fresh(tmp_path / "world", algorithm=algorithm)

    document = scene.resident("hanako").sign_pdf(PAGE, profile=profile)
    verdict = scene.verify(document)

    assert ("OK", {}) == causes(verdict)
    assert document.startswith(PAGE)
    assert (0, ranges_of(document)[1]) == ranges_of(document)[:2]
    scene.close()


@every_profile
def test_the_same_act_gives_the_same_octets(tmp_path, profile):
    documents = []
    for name in ("one", "other"):
        scene = Scene.fresh(tmp_path / name)
        documents.append(scene.resident("hanako").sign_pdf(PAGE, profile=profile))
        scene.close()

    assert documents[0] == documents[1]


def test_what_was_signed_is_handed_back(jpki, signed):
    _, gap, resume, length = ranges_of(signed)
    octets = signed[:gap] + signed[resume:]

    verdict = jpki.verify(signed)

    assert len(signed) == resume + length
    assert octets == verdict.covered.octets
    assert {
        "sha256": hashlib.sha256(octets).hexdigest(),
        "length": len(octets),
        "references": [f"ByteRange [0 {gap} {resume} {length}]"],
    } == as_json(verdict)["signed_content"]


def test_a_move_ends_the_signature_for_whoever_judges_afterwards(jpki, hanako, signed):
    hanako.moves()

    assert "CERTIFICATE_REVOKED" == jpki.verify(signed).code


def test_the_authentication_certificate_is_not_for_documents(jpki, hanako):
    document = jpki.world.sign_pdf("hanako", PAGE, pin="1234", kind=Kind.AUTH)

    assert "UNSUPPORTED_CERTIFICATE" == jpki.verify(document).code
    assert jpki.verify(document, Policy(use=Use.LOGIN)).passed


def test_a_wrong_pin_costs_a_try_and_a_bad_file_none(jpki, hanako):
    with pytest.raises(Malformed, match="the PDF cannot be read"):
        hanako.sign_pdf(b"%PDF-1.7\nnothing", pin="WRONG1")
    with pytest.raises(WrongPin) as caught:
        hanako.sign_pdf(PAGE, pin="WRONG1")

    assert 4 == caught.value.tries_left


def test_it_can_be_signed_within_a_running_loop(jpki, hanako):
    """
    Signing is asynchronous inside pyHanko, and so may the caller be.
    """

    async def within():
        return hanako.sign_pdf(PAGE)

    assert jpki.verify(asyncio.run(within())).passed


def test_each_of_two_signatures_has_its_own_verdict(jpki, signed):
    taro = jpki.resident("taro")
    both = taro.sign_pdf(signed)

    verdict = sound(jpki.verify(both))

    assert verdict.passed
    assert 2 == len(verdict.signatures)
    assert signed == both[: len(signed)]
    assert f"{len(both) - len(signed)} octets follow what is signed" in verdict.signatures[0].notes

    taro.moves()
    later = sound(jpki.verify(both))

    assert ["OK", "CERTIFICATE_REVOKED"] == [each.code for each in later.signatures]
    assert "CERTIFICATE_REVOKED" == later.code


def test_the_first_signature_fails_the_document_as_well(jpki, hanako, signed):
    both = jpki.resident("taro").sign_pdf(signed)
    hanako.moves()

    verdict = jpki.verify(both)

    assert ["CERTIFICATE_REVOKED", "OK"] == [each.code for each in verdict.signatures]
    assert "CERTIFICATE_REVOKED" == verdict.code


def test_evidence_in_the_file_is_enough_for_whoever_has_the_anchor(jpki, hanako):
    """
    And without it the question stays open, though the signature is the same.
    """
    hanako_and_list = hanako.sign_pdf(PAGE, profile=PdfProfile.B_LT)
    bare = hanako.sign_pdf(PAGE)
    anchors = AtHand(jpki.world.evidence.as_of(jpki.now).anchors)

    assert judge_pdf(
        hanako_and_list, anchors, Policy(revocation=Revocation.CRL), at=jpki.now
    ).passed
    verdict = judge_pdf(bare, anchors, at=jpki.now)
    assert Indication.INDETERMINATE is verdict.indication
    assert {"revocation-crl": "crl-missing", "revocation-ocsp": "ocsp-missing"} == causes(verdict)[
        1
    ]


def test_evidence_in_the_file_makes_nobody_trusted(jpki, hanako, tmp_path):
    other = Scene.fresh(tmp_path / "other", seed=1)
    document = hanako.sign_pdf(PAGE, profile=PdfProfile.B_LT)

    verdict = other.world.verify_pdf(document)

    assert "UNSUPPORTED_CERTIFICATE" == verdict.code
    other.close()


def test_evidence_in_the_file_does_not_hide_a_revocation(jpki, hanako):
    document = hanako.sign_pdf(PAGE, profile=PdfProfile.B_LT)
    hanako.moves()

    assert "CERTIFICATE_REVOKED" == jpki.verify(document).code


def test_the_store_holds_the_authority_a_list_and_a_response(jpki, hanako):
    evidence = read_pdf(hanako.sign_pdf(PAGE, profile=PdfProfile.B_LT)).evidence
    authority = jpki.world.authority.generations(Kind.SIGN)[0]

    assert authority.certificate in evidence.certificates
    assert 1 <= len(evidence.lists)
    assert 1 <= len(evidence.responses)


def test_a_time_stamp_keeps_a_signature_after_the_move(jpki, hanako):
    """
    With it `archive` judges the moment that it proves; without it the question stays open.
    """
    stamped = hanako.sign_pdf(PAGE, profile=PdfProfile.B_T)
    bare = hanako.sign_pdf(PAGE)
    jpki.advance(timedelta(seconds=2))
    hanako.moves()
    archive = Policy(judgement=Judgement.ARCHIVE)

    assert ("OK", {}) == causes(jpki.verify(stamped, archive))
    assert "revoked-no-poe" in causes(jpki.verify(bare, archive))[1].values()


def test_a_time_stamp_of_the_document_is_a_signature_of_its_own_kind(jpki, hanako, signed):
    def stamp(octets):
        return read_response(jpki.world.timestamp(octets)).token

    document = stamp_pdf(signed, stamp)
    jpki.advance(timedelta(hours=1))  # by then the responder knows the authority
    verdict = sound(jpki.verify(document))

    assert [False, True] == [each.is_stamp for each in read_pdf(document).signatures]
    assert verdict.passed
    assert {"format", "coverage", "timestamp"} == {
        each.check.value for each in verdict.signatures[1].results
    }

    hanako.moves()

    assert "CERTIFICATE_REVOKED" == jpki.verify(document).code
    assert jpki.verify(document, Policy(judgement=Judgement.ARCHIVE)).passed


def test_a_stamp_of_an_authority_that_lost_its_key_proves_nothing(jpki, hanako, signed):
    """
    Once the authority has lost its key, its stamps prove nothing any more.
    """

    def stamp(octets):
        return read_response(jpki.world.timestamp(octets)).token

    once = stamp_pdf(signed, stamp)
    jpki.advance(timedelta(hours=1))
    archive = Policy(judgement=Judgement.ARCHIVE)

    assert jpki.verify(once, archive).passed
    jpki.world.timestamping.revoke(Reason.KEY_COMPROMISE, at=jpki.now)
    jpki.advance(timedelta(days=2))

    assert "timestamp-untrusted" in causes(jpki.verify(once, archive))[1].values()


def test_a_pdf_without_a_signature_does_not_pass(jpki):
    assert {"format": "format-failure"} == causes(jpki.verify(PAGE))[1]


def test_the_command_signs_and_judges(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)
    (tmp_path / "in.pdf").write_bytes(PAGE)

    done = minijpki("sign", "pdf", "--holder", "hanako", "--pin", PIN, "in.pdf", "-o", "out.pdf")
    judged = minijpki("verify", "out.pdf", "--extract", "what.bin")

    assert (0, "") == (done.exit_code, done.stdout)
    assert 0 == judged.exit_code
    assert judged.stdout.startswith("TOTAL-PASSED  OK\n")
    _, gap, resume, _ = ranges_of((tmp_path / "out.pdf").read_bytes())
    written = (tmp_path / "out.pdf").read_bytes()
    assert written[:gap] + written[resume:] == (tmp_path / "what.bin").read_bytes()

    (tmp_path / "more.pdf").write_bytes(updated(written, draw))
    later = minijpki("verify", "more.pdf")

    assert 1 == later.exit_code
    assert later.stdout.startswith("TOTAL-FAILED / HASH_FAILURE  SIGNATURE_MISMATCH\n")


def test_the_command_judges_by_an_anchor_and_the_evidence_in_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)
    (tmp_path / "in.pdf").write_bytes(PAGE)
    minijpki("export", "--holder", "hanako", "-o", "out")
    sign = ("sign", "pdf", "--holder", "hanako", "--pin", PIN, "in.pdf", "-o")
    minijpki(*sign, "bare.pdf")
    minijpki(*sign, "long.pdf", "--profile", "b-lt")
    given = ("--anchor", "out/sign.ca.pem", "--at", "2026-04-01T12:00:00+09:00")

    assert 0 == minijpki("verify", "long.pdf", *given).exit_code
    assert 3 == minijpki("verify", "bare.pdf", *given).exit_code
    assert 1 == minijpki("verify", "long.pdf", "--anchor", "out/auth.ca.pem", *given[2:]).exit_code


@pytest.mark.parametrize(
    "command",
    [
        ("sign", "pdf", "--holder", "hanako", "--pin", PIN, "in.pdf", "-o", "out.pdf"),
        ("verify", "in.pdf"),
    ],
    ids=["sign", "verify"],
)
def test_without_the_library_one_sentence_says_what_to_install(tmp_path, command):
    settle(tmp_path)
    (tmp_path / "in.pdf").write_bytes(PAGE)
    without = "import sys; sys.modules['pyhanko'] = None; from harness.__main__ import main; main()"

    result = process(*command, directory=tmp_path, before=(sys.executable, "-B", "-c", without))

    assert refused(result) == (
        "Error: PDF needs a library that is not installed; pip install 'minijpki[pdf]'"
    )


@pytest.mark.parametrize(
    ("spoil", "verdict"),
    [
        (lambda d: d, "parsed"),
        (lambda d: updated(d, draw), "parsed"),  # what it is worth is another question
        (lambda d: d[:-200], "refused"),
        (lambda d: with_ranges(d, 0, 1), "refused"),
        (lambda d: PAGE, "parsed"),
    ],
    ids=["signed", "updated", "cut", "ranges", "unsigned"],
)
def test_the_oracle_reads_it(signed, spoil, verdict):
    data = b64encode(spoil(signed)).decode()
    request = {"id": "1", "kind": "parse", "what": "pdf", "data": data}

    found = answer(json.dumps(request).encode())

    assert verdict == found["verdict"]
    assert {"parsed": None, "refused": "format-failure"}[verdict] == found.get("error")


def test_pyhanko_says_nothing_on_its_own(tmp_path, monkeypatch):
    """
    It would log a traceback for a revision that it does not like.
    """
    monkeypatch.chdir(tmp_path)
    settle(tmp_path)
    scene = Scene(World.open(tmp_path / WORLD))
    signed = scene.world.sign_pdf("hanako", PAGE, pin=PIN)
    (tmp_path / "more.pdf").write_bytes(updated(signed, draw))
    scene.close()

    result = process("verify", "more.pdf", directory=tmp_path)

    assert (1, "") == (result.returncode, result.stderr)


def test_every_cause_of_the_reader_has_a_check(jpki, signed):
    assert Check.COVERAGE is next(
        each.check
        for each in verify_pdf(
            updated(signed, draw), jpki.world.evidence.as_of(jpki.now), DEFAULT, at=jpki.now
        ).results
        if each.cause == "modified"
    )


def test_the_padding_is_zeros(signed):
    message = read_pdf(signed).signatures[0].message

    assert message_of(signed).startswith(message)
    assert b"" == message_of(signed)[len(message) :].strip(b"\0")
    assert 2 == open_container(signed).total_revisions
