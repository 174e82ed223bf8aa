"""
Programs that nobody here wrote, asked to judge certificates and lists.

A `Case` is one question: this certificate, under these authorities, by these lists, at that
moment, for that policy.  OpenSSL answers one at a time, Java any number in one run, for a
virtual machine starts slowly.  Their answers are put into the same few words as ours.
"""

import base64
import datetime as dt
import subprocess
from dataclasses import dataclass
from pathlib import Path

from xml_workshop import required

from crl.read import read_list
from crl.status import prepare
from harness.exports import pem
from harness.verifier.documents import verify_certificate
from harness.verifier.evidence import AtHand, anchor
from harness.verifier.paths import Answer, validate
from harness.verifier.policy import Policy, Revocation, Use
from harness.verifier.verdict import Indication
from pki.causes import Code
from pki.kinds import Kind
from pki.naming import MODES

GOOD = "good"
REVOKED = "revoked"
OPEN = "open"  # the lists at hand cannot speak
REFUSED = "refused"  # for whatever else is wrong

# Of openssl verify; what is not here is a refusal.
OPENSSL_ERRORS = {
    3: OPEN,  # unable to get certificate CRL
    8: OPEN,  # CRL signature failure
    11: OPEN,  # CRL is not yet valid
    12: OPEN,  # CRL has expired
    23: REVOKED,
    44: OPEN,  # different CRL scope
}
JAVA_REASONS = {"UNDETERMINED_REVOCATION_STATUS": OPEN, "REVOKED": REVOKED}
USES = {Kind.SIGN: Use.SIGN, Kind.AUTH: Use.LOGIN}
STRICT = ("-no-CApath", "-no-CAstore", "-x509_strict", "-policy_check", "-explicit_policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One question, everything in it as DER.

    Attributes:
        certificate: Of the holder.
        anchors: CA certificates that are trusted.
        lists: All that are at hand.
        policy: That must be stated, dotted.
        at: When.
    """

    certificate: bytes
    anchors: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    policy: str
    at: dt.datetime


def asked(world, issued, *, at, scope=None):
    """
    Ask whether a certificate of a world was good at *at*, by its list of then.

    *scope* takes the list of another municipality instead.
    """
    kind, number = issued.kind, issued.generation
    made = world.press.newest(kind, scope or issued.scope, generation=number, at=at)
    return Case(
        certificate=world.register.der(kind, issued.serial),
        anchors=(world.authority.generations(kind)[number - 1].certificate,),
        lists=(world.press.bytes(made),),
        policy=MODES[world.naming].policy(kind),
        at=at,
    )


def judged(case, kind):
    """
    Give our own verifier's verdict, on the same bytes as everybody's.
    """
    anchors = tuple(anchor(der) for der in case.anchors)
    lists = tuple(
        prepare(read_list(der), each.path.certificate) for der in case.lists for each in anchors
    )
    policy = Policy(use=USES[kind], revocation=Revocation.CRL)
    return verify_certificate(case.certificate, AtHand(anchors, lists), policy, at=case.at)


def we_say(case, kind):
    """
    Put our own verdict into the common words.
    """
    verdict = judged(case, kind)
    if verdict.passed:
        return GOOD
    if verdict.code is Code.CERTIFICATE_REVOKED:
        return REVOKED
    return OPEN if verdict.indication is Indication.INDETERMINATE else REFUSED


def we_say_in_general(case):
    """
    Ask our general path validation, which knows nothing of JPKI, and use the same words.
    """
    verdict = validate(
        case.certificate,
        (),
        case.anchors,
        case.lists,
        at=case.at,
        policies=frozenset({case.policy}),
        explicit_policy=True,
    )
    if verdict.answer is Answer.VALID:
        return GOOD
    if verdict.cause == "revoked":
        return REVOKED
    return OPEN if verdict.answer is Answer.INDETERMINATE else REFUSED


def openssl(*words, folder=None, given=None):
    """
    Run openssl and return what it did; whether that is good is for the story to say.
    """
    return subprocess.run(
        [required("openssl"), *map(str, words)],
        cwd=folder,
        input=given,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def openssl_errors(case, folder, *more):
    """
    Ask openssl verify; return the numbers of its errors, none when it says OK.
    """
    (folder / "ee.pem").write_bytes(pem("CERTIFICATE", case.certificate))
    (folder / "ca.pem").write_bytes(b"".join(pem("CERTIFICATE", each) for each in case.anchors))
    lists = []
    for number, each in enumerate(case.lists):
        (folder / f"{number}.crl.pem").write_bytes(pem("X509 CRL", each))
        lists += ["-CRLfile", f"{number}.crl.pem"]
    run = openssl(
        *("verify", *STRICT, "-policy", case.policy, "-attime", int(case.at.timestamp())),
        *("-CAfile", "ca.pem", "-crl_check", *lists, *more, "ee.pem"),
        folder=folder,
    )
    numbers = [
        int(line.removeprefix("error ").partition(" ")[0])
        for line in run.stderr.splitlines()
        if line.startswith("error ") and line[6:7].isdigit()
    ]
    assert (run.returncode == 0 and run.stdout == "ee.pem: OK\n") is not bool(numbers), run
    return numbers


def openssl_says(case, folder):
    """
    Put the answer of openssl into our words.
    """
    numbers = openssl_errors(case, folder)
    return OPENSSL_ERRORS.get(numbers[0], REFUSED) if numbers else GOOD


def java_answers(cases):
    """
    Ask Java about all *cases* in one virtual machine; its own words, a line for each.
    """
    source = Path(__file__).parent / "java" / "Pkix.java"
    run = subprocess.run(
        [required("java"), "-Xshare:auto", str(source)],
        input="".join("\t".join(_job(case)) + "\n" for case in cases),
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=1200,
    )
    assert 0 == run.returncode, run.stderr
    answers = run.stdout.splitlines()
    assert len(cases) == len(answers)
    return answers


def java_word(answer):
    """
    Put an answer of Java into our words.
    """
    if answer == "valid":
        return GOOD
    return JAVA_REASONS.get(answer, REVOKED if answer.startswith("revoked ") else REFUSED)


def _job(case):
    return (
        str(int(case.at.timestamp())),
        case.policy,
        ",".join(base64.b64encode(each).decode() for each in case.anchors),
        ",".join(base64.b64encode(each).decode() for each in case.lists),
        base64.b64encode(case.certificate).decode(),
    )
