"""
The oracle, and an OCSP response: what a request costs beside the signatures in it.
"""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import stage
from measure import Block, Contender, Item

from crl.ocsp.read import read_response
from crl.ocsp.status import ocsp_status
from crl.ocsp.write import Responder, Single, respond
from crl.status import Good, Revoked
from harness.oracle.answers import answer
from pki.certificate.read import read_certificate
from pki.keys import PublicKey, spki_of, verifies
from pki.kinds import Reason
from pki.path import trust_anchor
from pki.paths.algorithms import Trust, check
from pki.paths.foreign import read_foreign

CATALOGUE = Path(__file__).parent.parent / "tests" / "oracle"
NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)
SMALL = {"id": "1", "kind": "parse", "what": "der", "data": "BQA="}


def exchanges() -> Block:
    """Measure Q1 and Q2: a path of three certificates, and the first answer of a process."""
    found = {}
    for each in (CATALOGUE / "path.jsonl").read_text("utf-8").splitlines():
        exchange = json.loads(each)
        found[exchange["name"]] = json.dumps(exchange["request"]).encode()
    path, forged = found["a response for each"], found["signed by a stranger"]
    asked = json.loads(path)
    target, above = [read_foreign(b64decode(each)).certificate for each in asked["certs"]]

    def whole() -> None:
        assert answer(path)["verdict"] == "valid"

    def bare() -> None:
        for _ in range(4):  # two certificates and two responses are signed
            cause = check(
                above.spki, target.algorithm, target.signature, target.tbs, Trust.DEFAULT, at=NOON
            )
            assert cause is None

    def refusals() -> None:
        assert answer(forged)["verdict"] == "invalid"

    def started(*words: str, given: str = "") -> Callable[[], None]:
        def run() -> None:
            done = subprocess.run(
                [sys.executable, *words], input=given.encode(), capture_output=True, check=True
            )
            assert bool(done.stdout) is bool(given)

        return run

    return Block(
        name="the oracle",
        contenders=(
            Contender(name="four ECDSA verify", run=bare, calls=40),
            Contender(name="path request", run=whole, calls=40),
            Contender(
                name="import three libraries",
                run=started("-c", "import click, cryptography.x509, lxml.etree"),
                calls=1,
                children=True,
            ),
            Contender(
                name="first answer",
                run=started("-m", "harness", "oracle", given=json.dumps(SMALL) + "\n"),
                calls=1,
                children=True,
            ),
        ),
        items=(
            Item(
                id="Q1",
                what="oracle: a path of three certificates with two OCSP responses",
                contender="path request",
                limit="four ECDSA verify",
                budget=1 / 50,
            ),
            Item(
                id="Q2",
                what="oracle: from start to first answer",
                contender="first answer",
                limit="import three libraries",
                budget=1.0,
            ),
        ),
        refusals=refusals,
        turns=2,
    )


def responses() -> Block:
    """Measure O3: a response of the CA itself, read and judged, against its one signature."""
    authority = stage.evidence(1000).anchors[0].path
    certificate = read_certificate(stage.certificates()[0])
    key = stage.issuer().private_key

    def made(standing: Good | Revoked) -> bytes:
        single = Single(
            issuer_name=authority.certificate.subject,
            issuer_spki=authority.certificate.spki,
            serial=certificate.serial,
            standing=standing,
            this_update=stage.LATER,
            next_update=stage.LATER + timedelta(minutes=15),
        )
        responder = Responder(private_key=key, spki=spki_of(key))
        return respond([single], responder, produced_at=stage.LATER)

    good, revoked = made(Good()), made(Revoked(stage.LATER, Reason.SUPERSEDED))
    read = read_response(good)
    public: PublicKey = trust_anchor(authority.certificate.der).public_key

    def bare() -> None:
        assert verifies(public, read.signature, read.tbs, authority.digest)

    def judged() -> None:
        said = ocsp_status(read_response(good), certificate, authority, at=stage.LATER)
        assert isinstance(said, Good)

    def refusals() -> None:
        said = ocsp_status(read_response(revoked), certificate, authority, at=stage.LATER)
        assert isinstance(said, Revoked)
        forged = read_response(good[:-1] + bytes((good[-1] ^ 1,)))
        assert not isinstance(
            ocsp_status(forged, certificate, authority, at=stage.LATER), (Good, Revoked)
        )

    return Block(
        name="an OCSP response",
        contenders=(
            Contender(name="RSA verify", run=bare, calls=300),
            Contender(name="OCSP verify", run=judged, calls=300),
        ),
        items=(
            Item(
                id="O3",
                what="OCSP response: read, signature, identity, dates",
                contender="OCSP verify",
                limit="RSA verify",
                at_most=1.3,
            ),
        ),
        refusals=refusals,
    )
