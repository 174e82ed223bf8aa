"""
S1 to S3: how many times faster a filing is judged than by what one would otherwise write.

The common stack is signxml for the signature and pyhanko-certvalidator for the certificate,
its path and its list.  Both sides have read and indexed the list before the clock starts, and
the peer keeps one context, so that it is as warm as it gets.  It is not asked for the policy,
which we are; it is not asked what the signature covers, either.
"""

import asyncio
from collections.abc import Callable

import stage
from cryptography import x509
from measure import Block, Contender, Item

from harness.verifier.documents import verify_xml

KB10, MB1 = 10 * stage.KB, stage.MB
SMALL, BIG = 1000, 100_000  # entries of the list


def common_stack() -> Block:
    """Measure S1, S2 and S3 as speed-ups over the common stack."""
    sizes = (("10 KB, 1k list", KB10, SMALL), ("10 KB, 100k list", KB10, BIG))
    sizes = (*sizes, ("1 MB, 1k list", MB1, SMALL))
    contenders, missing = [], []
    for name, size, entries in sizes:
        document = stage.filing(size)
        calls = 20 if size == KB10 else 2
        contenders.append(
            Contender(name=f"ours, {name}", run=_ours(document, entries), calls=calls)
        )
        try:
            peer = _stack(document, entries)
        except ImportError as error:
            missing.append(f"{error.name} is not installed; `make bench` installs it")
            continue
        calls = 1 if entries == BIG or size == MB1 else 3
        contenders.append(Contender(name=f"stack, {name}", run=peer, calls=calls, peer=True))
    items = tuple(
        Item(
            id=gate,
            what=f"times faster than signxml and certvalidator, {name}",
            contender=f"stack, {name}",
            limit=f"ours, {name}",
            at_least=at_least,
        )
        for gate, at_least, (name, _, _) in zip(
            ("S1", "S2", "S3"), (12, 400, 3.5), sizes, strict=True
        )
        if not missing
    )
    return Block(
        name="against the common stack",
        contenders=tuple(contenders),
        items=items,
        refusals=lambda: None,
        rounds=7,
        turns=1,
        missing=tuple(dict.fromkeys(missing)),
    )


def _ours(document: bytes, entries: int) -> Callable[[], None]:
    evidence = stage.evidence(entries)

    def run() -> None:
        assert verify_xml(document, evidence, at=stage.LATER).passed

    return run


def _stack(document: bytes, entries: int) -> Callable[[], None]:
    """Judge the same filing by signxml and pyhanko-certvalidator."""
    from asn1crypto import crl as asn1_crl
    from asn1crypto import x509 as asn1_x509
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from signxml import SignatureConfiguration, XMLVerifier

    der = stage.certificates()[0]
    certificate = x509.load_der_x509_certificate(der)
    expected = SignatureConfiguration(require_x509=True, location=".//")
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(stage.issuer().certificate)],
        crls=[asn1_crl.CertificateList.load(stage.revocation_list(entries))],
        revocation_mode="require",
        moment=stage.LATER,
    )
    loop = asyncio.new_event_loop()

    def run() -> None:
        XMLVerifier().verify(
            document, x509_cert=certificate, id_attribute="id", expect_config=expected
        )
        # Read anew each time, as it comes with each document.
        target = asn1_x509.Certificate.load(der)
        validator = CertificateValidator(target, validation_context=context)
        loop.run_until_complete(validator.async_validate_usage({"non_repudiation"}))

    return run
