"""
What is measured: each hot path beside the work that nobody can skip, and beside peers.

A block is made only when its turn comes, for some need lists of a million entries.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import cycle

import stage
from card import card_in_a_reader
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from inspecting import inspecting
from lxml import etree
from measure import Block, Contender, Item
from serving import responding
from suite_cms import messages
from suite_oracle import exchanges, responses
from suite_pdf import documents
from suite_stack import common_stack

from crl.index import SerialIndex, index
from crl.read import read_list
from crl.status import Good, status
from crl.write import build_list, encode_entries, with_entry
from crl.write import template as list_template
from crl.write import to_be_signed as list_to_be_signed
from harness.verifier.documents import verify_xml
from pki.certificate.read import Certificate, read_certificate
from pki.certificate.write import issue, to_be_signed
from pki.path import issuer_of, judge
from pki.xmldsig.read import read_signatures

KEY = stage.rsa_key(1)
DS = "{http://www.w3.org/2000/09/xmldsig#}"
PUBLIC = KEY.public_key()
HOLDER = stage.rsa_key(3).public_key()


def _verify(signature: bytes, message: bytes, key: RSAPublicKey = PUBLIC) -> None:
    key.verify(signature, message, stage.PKCS1V15, stage.SHA_256)


def _in_turn(work: Callable[[object], object], things: tuple) -> Callable[[], object]:
    """Do the work on one thing after the other, so that no call repeats the one before."""
    following = cycle(things).__next__
    return lambda: work(following())


def issuance() -> Block:
    """Measure I1: from a row of residents to a signed certificate, against the signature."""
    made = stage.certificate_template()
    spki = [stage.spki(number) for number in range(16)]
    rows = tuple(zip(stage.rows(), cycle(spki), strict=False))
    tbs = to_be_signed(made, stage.subject(*rows[0]))
    built = _builder()

    def refusals() -> None:
        assert stage.certificates()[0] == issue(made, stage.subject(*rows[0]))

    return Block(
        name="issuing a certificate",
        contenders=(
            Contender(
                name="RSA sign",
                run=lambda: KEY.sign(tbs, stage.PKCS1V15, stage.SHA_256),
                calls=40,
            ),
            Contender(
                name="pki: row to DER",
                run=_in_turn(lambda row: issue(made, stage.subject(*row)), rows),
                calls=40,
            ),
            Contender(
                name="cryptography builder",
                run=lambda: built.sign(KEY, stage.SHA_256),
                calls=40,
                peer=True,
            ),
        ),
        items=(
            Item(
                id="I1",
                what="issue a certificate, key given",
                contender="pki: row to DER",
                limit="RSA sign",
                at_most=1.10,
                peers=("cryptography builder",),
            ),
        ),
        refusals=refusals,
    )


def _builder() -> x509.CertificateBuilder:
    """Prebuild what the library can be given before it signs: the friendliest case for it."""
    made = x509.load_der_x509_certificate(stage.certificates()[0])
    builder = x509.CertificateBuilder(
        issuer_name=made.issuer,
        subject_name=made.subject,
        public_key=made.public_key(),
        serial_number=made.serial_number,
        not_valid_before=made.not_valid_before_utc,
        not_valid_after=made.not_valid_after_utc,
    )
    for each in made.extensions:
        builder = builder.add_extension(each.value, critical=each.critical)
    return builder


def office() -> Block:
    """Measure I3: a card with two certificates through the office, journal and commits included."""
    from harness.world import World
    from pki.kinds import Sex

    world = World.create(stage.scratch() / "world", at=stage.NOON, seed=1)
    keys = cycle([stage.rsa_key(3 + number) for number in range(16)])
    world.authority._keys = type("Ready", (), {"take": lambda self, a, n: next(keys)})()
    tbs = to_be_signed(stage.certificate_template(), stage.subject(stage.rows()[0], stage.spki()))
    numbers = iter(range(10**9))

    def card() -> None:
        name = f"r{next(numbers)}"
        world.office.add(
            name,
            name="住基 花子",
            born=stage.LATER.date().replace(year=1990),
            sex=Sex.FEMALE,
            address="東京都千代田区丸の内1-1-1",
            at=stage.NOON,
        )
        assert len(world.office.issue_card(name, at=stage.NOON).certificates) == 2

    return Block(
        name="issuing through the office",
        contenders=(
            Contender(
                name="RSA sign",
                run=lambda: KEY.sign(tbs, stage.PKCS1V15, stage.SHA_256),
                calls=40,
            ),
            Contender(name="office: certificate", run=card, calls=10, works=2),
        ),
        items=(
            Item(
                id="I3",
                what="certificate by the office: resident, card, journal, commits",
                contender="office: certificate",
                limit="RSA sign",
                # The row counts one certificate; resident, card and PINs ride along.
            ),
        ),
        refusals=lambda: None,
    )


def reading() -> Block:
    """Measure V0 and V1: a strict read, and the path with the list, each against one verify."""
    ders = stage.certificates()
    read = tuple(read_certificate(der) for der in ders)
    anchors = stage.evidence(1000).anchors
    issuer = anchors[0]
    paths = tuple(each.path for each in anchors)
    lists = {count: stage.prepared(count) for count in (1000, 100_000)}

    def path(certificate: Certificate, count: int = 1000) -> None:
        found = issuer_of(certificate, paths)
        assert found is issuer.path
        findings = judge(certificate, found, issuer.requirement, at=stage.LATER)
        assert not [cause for _, cause in findings if cause]
        said = status(lists[count], certificate, at=stage.LATER, issuer=found.certificate)
        assert isinstance(said, Good)

    def refusals() -> None:
        for der, refused in (
            (stage.revoked_certificate(), "revoked"),
            (stage.other_policy_certificate(), "policy"),
            (ders[0][:-1] + bytes((ders[0][-1] ^ 1,)), "signature"),
        ):
            try:
                path(read_certificate(der))
            except AssertionError:
                continue
            raise AssertionError(f"accepted, though its {refused} is wrong")

    first = read[0]
    return Block(
        name="a certificate, and its path",
        contenders=(
            Contender(
                name="RSA verify", run=lambda: _verify(first.signature, first.tbs), calls=300
            ),
            Contender(name="strict read", run=_in_turn(read_certificate, ders), calls=300),
            Contender(name="path, 1k list", run=_in_turn(path, read), calls=300),
            Contender(
                name="path, 100k list",
                run=_in_turn(lambda each: path(each, 100_000), read),
                calls=300,
            ),
            Contender(
                name="cryptography .extensions",
                run=_in_turn(lambda der: x509.load_der_x509_certificate(der).extensions, ders),
                calls=300,
                peer=True,
            ),
        ),
        items=(
            Item(
                id="V0",
                what="strict read of a certificate, extensions included",
                contender="strict read",
                limit="RSA verify",
                at_most=3.0,
                peers=("cryptography .extensions",),
            ),
            Item(
                id="V1",
                what="path, time, usage, policy and list, from a read certificate",
                contender="path, 1k list",
                limit="RSA verify",
                at_most=2.0,
            ),
            Item(
                id="G4",
                what="the same with a 100k list, against a 1k list",
                contender="path, 100k list",
                limit="path, 1k list",
                at_most=1.1,
            ),
        ),
        refusals=refusals,
    )


def rebuilding() -> Block:
    """Measure R2: a municipality's list of 526 entries made again with one more."""
    made = list_template(stage.issuer(), stage.scope())
    entries = stage.entries(526)
    body = encode_entries(entries[:-1])
    request = replace(stage.request(526), entries=body)
    tbs = list_to_be_signed(made, stage.request(526))
    expected = build_list(made, stage.request(526))

    def rebuild() -> bytes:
        return build_list(made, replace(request, entries=with_entry(body, entries[-1])))

    def refusals() -> None:
        assert expected == rebuild()

    return Block(
        name="a municipality's list made again",
        contenders=(
            Contender(
                name="SHA-256 and RSA sign",
                run=lambda: KEY.sign(tbs, stage.PKCS1V15, stage.SHA_256),
                calls=40,
            ),
            Contender(name="rebuild, one entry new", run=rebuild, calls=40),
        ),
        items=(
            Item(
                id="R2",
                what="rebuild a list of 526 entries, one of them new",
                contender="rebuild, one entry new",
                limit="SHA-256 and RSA sign",
                at_most=1.15,
            ),
        ),
        refusals=refusals,
    )


def lookups() -> Block:
    """Measure R1 and G2: a serial number among a million, against a set."""
    small, big = (index(read_list(stage.revocation_list(n))) for n in (1000, 1_000_000))
    known = frozenset(stage.serials(1_000_000))
    wanted = stage.serials(1_000_000)[::1999]
    wanted += tuple(serial + 1 for serial in wanted if serial + 1 not in known)
    few = stage.serials(1000) + tuple(s + 1 for s in stage.serials(1000) if s + 1 not in known)

    def in_index(found: SerialIndex, serials: tuple[int, ...]) -> Callable[[], None]:
        def run() -> None:
            for serial in serials:
                serial in found  # noqa: B015

        return run

    def in_set() -> None:
        for serial in wanted:
            serial in known  # noqa: B015

    def refusals() -> None:
        assert all((serial in big) == (serial in known) for serial in wanted)
        assert all((serial in small) == (serial in set(few[:1000])) for serial in few[::97])

    return Block(
        name="serial numbers",
        contenders=(
            Contender(name="set of 1M", run=in_set, calls=20, works=len(wanted)),
            Contender(name="index of 1M", run=in_index(big, wanted), calls=20, works=len(wanted)),
            Contender(name="index of 1k", run=in_index(small, few), calls=20, works=len(few)),
        ),
        items=(
            Item(
                id="R1",
                what="look a serial number up among 1,000,000",
                contender="index of 1M",
                limit="set of 1M",
                at_most=30,
                budget=1e-6,
            ),
            Item(
                id="G2",
                what="look-up, 1M against 1k",
                contender="index of 1M",
                limit="index of 1k",
                at_most=4,
            ),
        ),
        refusals=refusals,
    )


def _minimal(
    document: bytes, key_of: Callable[[], RSAPublicKey] = lambda: HOLDER
) -> Callable[[], None]:
    """Do what nobody can skip: parse, canonicalise twice, hash, verify the signature."""
    [reading] = read_signatures(document).signatures
    signature, digest = reading.signature_value, reading.references[0].digest_value
    signed_info = reading.signed_info

    def run() -> None:
        root = etree.fromstring(document)
        found = root[-1]
        assert found.tag == DS + "Signature"
        info = etree.tostring(etree.fromstring(etree.tostring(found[0])), method="c14n")
        before = root[-2]
        before.tail = (before.tail or "") + (found.tail or "")
        root.remove(found)
        assert digest == sha256(etree.tostring(root, method="c14n")).digest()
        assert len(info) == len(signed_info)
        _verify(signature, signed_info, key_of())

    return run


def _minimal_with_path(document: bytes) -> Callable[[], None]:
    """
    Do the same, and verify the certificate.

    The holder's key comes with the document here, so it is loaded in each call: with a key
    that it has never seen the library verifies at two thirds of its speed.
    """
    holder = read_certificate(stage.certificates()[0])
    core = _minimal(document, lambda: load_der_public_key(holder.spki))

    def run() -> None:
        core()
        _verify(holder.signature, holder.tbs)

    return run


def _filing_refusals(document: bytes, count: int) -> None:
    evidence = stage.evidence(count)
    judged = verify_xml(document, evidence, at=stage.LATER)
    assert judged.passed
    assert judged.covered is not None
    revoked = stage.filing(len(document) // 2, stage.revoked_certificate())
    other = stage.filing(len(document) // 2, stage.other_policy_certificate())
    changed = document.replace("給与所得".encode(), "給与所徳".encode(), 1)
    for wrong, code in (
        (changed, "SIGNATURE_MISMATCH"),
        (revoked, "CERTIFICATE_REVOKED"),
        (other, "UNSUPPORTED_CERTIFICATE"),
    ):
        assert code == verify_xml(wrong, evidence, at=stage.LATER).code, code


def filings() -> Block:
    """Measure X1, X2, E1 and E2 at 10 KB."""
    document = stage.filing(10 * stage.KB)
    plain = stage.document(10 * stage.KB)
    small, big = stage.evidence(1000), stage.evidence(100_000)
    sign = stage.signer()
    core = _minimal(document)

    def minimal_signing() -> None:
        root = etree.fromstring(plain)
        sha256(etree.tostring(root, method="c14n")).digest()
        sign(plain[:600])
        etree.tostring(root)

    def passes(evidence: object) -> Callable[[], None]:
        def run() -> None:
            assert verify_xml(document, evidence, at=stage.LATER).passed  # type: ignore[arg-type]

        return run

    peers, missing = _signxml(document)
    return Block(
        name="a filing of 10 KB",
        contenders=(
            Contender(name="minimal signature check", run=core, calls=60),
            Contender(name="minimal with path", run=_minimal_with_path(document), calls=60),
            Contender(name="minimal signing", run=minimal_signing, calls=60),
            Contender(name="signature read and checked", run=lambda: _core(document), calls=60),
            Contender(name="filing judged, 1k list", run=passes(small), calls=60),
            Contender(name="filing judged, 100k list", run=passes(big), calls=60),
            Contender(name="filing signed", run=lambda: _sign(plain), calls=60),
            *peers,
        ),
        items=(
            Item(
                id="X1",
                what="XML signature verified, without path",
                contender="signature read and checked",
                limit="minimal signature check",
                at_most=1.15,
                peers=tuple(peer.name for peer in peers),
            ),
            Item(
                id="X2",
                what="XML signature made",
                contender="filing signed",
                limit="minimal signing",
            ),
            Item(
                id="E1",
                what="filing judged: signature, path, policy, 1k list",
                contender="filing judged, 1k list",
                limit="minimal with path",
                at_most=1.35,
            ),
            Item(
                id="E2",
                what="the same with a 100k list, against 1k",
                contender="filing judged, 100k list",
                limit="filing judged, 1k list",
                at_most=1.1,
            ),
        ),
        refusals=lambda: _filing_refusals(document, 1000),
        missing=missing,
    )


def big_filings() -> Block:
    """Measure X1 and E3 at 1 MB."""
    document = stage.filing(stage.MB)
    evidence = stage.evidence(1000)

    def passes() -> None:
        assert verify_xml(document, evidence, at=stage.LATER).passed

    return Block(
        name="a filing of 1 MB",
        contenders=(
            Contender(name="minimal signature check", run=_minimal(document), calls=1),
            Contender(name="minimal with path", run=_minimal_with_path(document), calls=1),
            Contender(name="signature read and checked", run=lambda: _core(document), calls=1),
            Contender(name="filing judged, 1k list", run=passes, calls=1),
        ),
        items=(
            Item(
                id="X1",
                what="XML signature verified, 1 MB, without path",
                contender="signature read and checked",
                limit="minimal signature check",
                at_most=1.2,
            ),
            Item(
                id="E3",
                what="filing of 1 MB judged, 1k list",
                contender="filing judged, 1k list",
                limit="minimal with path",
                at_most=1.2,
            ),
        ),
        refusals=lambda: _filing_refusals(document, 1000),
    )


def _core(document: bytes) -> None:
    """Verify the signature alone, with the holder's key at hand."""
    [reading] = read_signatures(document).signatures
    assert not reading.problems
    _verify(reading.signature_value, reading.signed_info, HOLDER)


def _sign(document: bytes) -> bytes:
    from pki.xmldsig.algorithms import RSA_SHA256
    from pki.xmldsig.forms import Form
    from pki.xmldsig.write import sign_xml

    return sign_xml(
        document,
        form=Form.XTX,
        certificate_der=stage.certificates()[0],
        signature_method=RSA_SHA256,
        signer=stage.signer(),
    )


def _signxml(document: bytes) -> tuple[tuple[Contender, ...], tuple[str, ...]]:
    """Let signxml verify the same signature, if it is installed."""
    try:
        from signxml import SignatureConfiguration, XMLVerifier
    except ImportError:
        return (), ("signxml is not installed; `make bench` installs it",)
    certificate = x509.load_der_x509_certificate(stage.certificates()[0])
    expected = SignatureConfiguration(require_x509=True, location=".//")

    def run() -> None:
        XMLVerifier().verify(
            document, x509_cert=certificate, id_attribute="id", expect_config=expected
        )

    try:
        run()
    except Exception as error:
        return (), (f"signxml does not verify this filing ({type(error).__name__})",)
    return (Contender(name="signxml", run=run, calls=4, peer=True),), ()


def cold_starts() -> Block:
    """Measure what a command costs before it does anything."""
    from harness.scene import Scene

    directory = stage.scratch() / "world"
    scene = Scene.fresh(directory, seed=1)
    scene.resident("hanako")
    scene.close()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def started(*words: str) -> Callable[[], None]:
        def run() -> None:
            subprocess.run(
                [sys.executable, *words], check=True, stdout=subprocess.DEVNULL, env=environment
            )

        return run

    def contender(name: str, *words: str) -> Contender:
        return Contender(name=name, run=started(*words), calls=2, children=True)

    return Block(
        name="cold starts",
        contenders=(
            contender("import click", "-c", "import click"),
            contender("import three libraries", "-c", "import click, cryptography.x509, sqlite3"),
            contender("minijpki --help", "-m", "harness", "--help"),
            contender(
                "resident show", "-m", "harness", "-C", str(directory), "resident", "show", "hanako"
            ),
        ),
        items=(
            Item(
                id="help",
                what="minijpki --help",
                contender="minijpki --help",
                limit="import click",
                at_most=1.5,
            ),
            Item(
                id="show",
                what="minijpki resident show, on an existing world",
                contender="resident show",
                limit="import three libraries",
                at_most=1.6,
            ),
        ),
        refusals=lambda: None,
    )


SUITES: dict[str, Callable[[], Block]] = {
    each.__name__: each
    for each in (
        issuance,
        inspecting,
        office,
        reading,
        rebuilding,
        lookups,
        filings,
        big_filings,
        common_stack,
        responses,
        exchanges,
        messages,
        documents,
        cold_starts,
        responding,
        card_in_a_reader,
    )
}


def blocks(only: tuple[str, ...] = ()) -> Iterator[Block]:
    """Make one block after the other; *only* names suites."""
    for name, suite in SUITES.items():
        if not only or name in only:
            yield suite()
