"""
Judging files: what a file is, and where the evidence comes from.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from crl.read import read_list
from crl.status import prepare
from harness import clock
from harness.documents.pdf.extra import require
from harness.files import read_input
from harness.recognition import is_message, is_pdf
from harness.verifier.documents import verify_certificate, verify_raw, verify_xml
from harness.verifier.evidence import AtHand, Candidate, Evidence, anchor, response
from harness.verifier.messages import verify_cms
from harness.verifier.policy import DEFAULT, Judgement, Policy, Revocation, Use
from harness.verifier.proof import History, stored
from harness.verifier.timestamps import Stamp, verify_token
from harness.verifier.verdict import Verdict
from pki.errors import Malformed, Unacceptable

if TYPE_CHECKING:
    from harness.verifier.witness import Witness
    from harness.world import World

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s([^-]*)-----END \1-----")

NO_ANCHOR = "a list or a response speaks only for an anchor; name the CA with --anchor, too"


def judge_file(
    world: Callable[[], World],
    path: str,
    *,
    at: datetime | None,
    content: str | None,
    certificate: str | None,
    revocation: str,
    use: str,
    policy: str,
    anchors: tuple[str, ...],
    lists: tuple[str, ...],
    responses: tuple[str, ...],
    soft_fail: bool,
    timestamps: tuple[str, ...] = (),
    witness: Witness | None = None,
    resources: tuple[str, ...] = (),
    folder: str | None = None,
    source: str | None = None,
) -> Verdict:
    """Judge one file by a world, or by anchors and lists; *witness* attends."""
    if (lists or responses or source) and not anchors:
        raise Unacceptable(NO_ANCHOR)
    if source is not None:
        from harness.fetching import Fetched, Fetcher

        at = at or clock.now()
        usable_after = 0
        trusted = tuple(anchor(der_of(read_input(each), each)) for each in anchors)
        history: History = Fetched(trusted, Fetcher(source))
    elif anchors:
        at = at or clock.now()
        usable_after = 0
        history = at_hand(anchors, lists, responses)
    else:
        found = world()
        at = at or found.now()
        usable_after = int(found.store.setting("usable_after", "0"))
        history = found.evidence
    chosen = Policy(
        use=Use(use),
        revocation=Revocation(revocation),
        judgement=Judgement(policy),
        usable_after=usable_after,
        accept_unknown_revocation=soft_fail,
    )
    given = read_input(path)
    beside = bool(resources) or folder is not None
    if content is not None and is_pdf(given):
        raise Unacceptable("a PDF brings along what its signatures sign; leave --content away")
    if beside and (content is not None or _is_no_xml(given)):
        raise Unacceptable(
            "only a signed XML document refers to files; leave --resource and --resources away"
        )
    evidence = evidence_for(given, history, chosen, tuple(map(read_input, timestamps)), at=at)
    if witness is not None:
        witness.attend(evidence)
    if is_pdf(given):
        return judge_pdf(given, evidence, chosen, at=at)
    if is_message(given):
        return verify_cms(
            der_of(given, path),
            evidence,
            chosen,
            at=at,
            content=None if content is None else read_input(content),
            certificates=(
                () if certificate is None else (der_of(read_input(certificate), certificate),)
            ),
        )
    if content is not None:
        if certificate is None:
            raise Unacceptable(
                "a bare signature does not say whose it is; name the signer with --certificate"
            )
        return verify_raw(
            given,
            read_input(content),
            der_of(read_input(certificate), certificate),
            evidence,
            chosen,
            at=at,
        )
    if is_certificate(given):
        return verify_certificate(der_of(given, path), evidence, chosen, at=at)
    if not beside:
        return verify_xml(given, evidence, chosen, at=at)
    return _judge_with_files(given, evidence, chosen, resources, folder, at=at)


def _is_no_xml(given: bytes) -> bool:
    return is_pdf(given) or is_message(given) or is_certificate(given)


def _judge_with_files(
    document: bytes,
    evidence: Evidence,
    policy: Policy,
    resources: tuple[str, ...],
    folder: str | None,
    *,
    at: datetime,
) -> Verdict:
    """Judge a document with the files named one by one, or with what it names in a folder."""
    from harness.attachments import Folder, read_files
    from harness.verifier.attachments import demand_files
    from pki.xmldsig.file_names import ByName

    if folder is not None:
        if resources:
            raise Unacceptable("name the files with --resource or their folder, not both")
        return verify_xml(document, evidence, policy, at=at, resources=ByName(Folder(folder)))
    files = read_files(resources)
    judged = verify_xml(document, evidence, policy, at=at, resources=ByName(files))
    return demand_files(judged, files)


def judge_pdf(
    document: bytes, evidence: Evidence, policy: Policy = DEFAULT, *, at: datetime
) -> Verdict:
    """Judge a signed PDF; NotInstalled where the library for its container is missing."""
    require()
    from harness.verifier.pdf import verify_pdf

    return verify_pdf(document, evidence, policy, at=at)


def evidence_for(
    given: bytes, history: History, policy: Policy, timestamps: tuple[bytes, ...], *, at: datetime
) -> Evidence:
    """
    Gather what a policy judges by: the evidence of *at*, or what was kept and time-stamps.

    The first time-stamp is over all octets of the file, each further one over the one before.
    """
    if policy.judgement.past:
        return stored(history, given, timestamps, policy, at=at)
    if timestamps:
        raise Unacceptable(
            f"under the policy {policy.judgement.value} no time-stamp counts; "
            "judge with --policy archive"
        )
    return history.as_of(at)


def judge_timestamp(
    world: Callable[[], World],
    token: bytes,
    octets: bytes,
    *,
    at: datetime | None,
    anchors: tuple[str, ...],
    lists: tuple[str, ...],
    responses: tuple[str, ...],
) -> Stamp:
    """Judge a time-stamp by a world, or by anchors and evidence from files."""
    if (lists or responses) and not anchors:
        raise Unacceptable(NO_ANCHOR)
    if anchors:
        moment = at or clock.now()
        return verify_token(token, octets, at_hand(anchors, lists, responses), at=moment)
    found = world()
    moment = at or found.now()
    return verify_token(token, octets, found.evidence.as_of(moment), at=moment)


def at_hand(
    anchors: tuple[str, ...], lists: tuple[str, ...], responses: tuple[str, ...] = ()
) -> AtHand:
    """Gather evidence from files; each list is tried with each anchor of its name."""
    trusted = tuple(anchor(der_of(read_input(path), path)) for path in anchors)
    prepared: list[Candidate] = []
    for path in lists:
        read = read_list(der_of(read_input(path), path))
        prepared += [prepare(read, each.path.certificate) for each in trusted]
    answered = tuple(response(read_input(path)) for path in responses)
    return AtHand(trusted, tuple(prepared), answered)


def is_certificate(content: bytes) -> bool:
    return content[:1] == b"\x30" or b"-----BEGIN CERTIFICATE-----" in content[:4096]


def der_of(content: bytes, name: str) -> bytes:
    """Take DER as it is, and PEM apart; Malformed if it is neither."""
    if content[:1] == b"\x30":
        return content
    found = _PEM.search(content)
    if found is None:
        raise Malformed(name, "it is neither DER nor PEM")
    try:
        return base64.b64decode(b"".join(found[2].split()), validate=True)
    except binascii.Error as error:
        raise Malformed(name, f"its PEM is no base64 ({error})") from error
