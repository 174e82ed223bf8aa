"""
How to repeat a judgement with programs that nobody here wrote: their words, option by option.

Pure.  openssl asks about certificates, lists and bare signatures, xmlsec1 about XML; our own
command reads the same files, without the world that they came from.
"""

from datetime import UTC, datetime

from pki.kinds import Kind, Naming
from pki.naming import MODES

DATA = "http://xml.e-tax.nta.go.jp/XSD/shotoku:DATA"
OURS = "minijpki"


def path(
    kind: Kind, at: datetime, *, certificate: str, authority: str, revoked: str | None
) -> tuple[str, ...]:
    """
    Have openssl validate a certificate as of a moment.

    Without -explicit_policy the policy would be asked for and never enforced [RP 1].
    """
    lists = ("-crl_check", "-CRLfile", revoked) if revoked else ()
    return (
        *("openssl", "verify", "-x509_strict", "-policy_check", "-explicit_policy"),
        *("-policy", MODES[Naming.SIM].policy(kind), *lists, "-CAfile", authority),
        *("-attime", str(int(at.timestamp())), certificate),
    )


def root(authority: str, at: datetime) -> tuple[str, ...]:
    """Have openssl check what an authority says of itself."""
    moment = str(int(at.timestamp()))
    return (
        *("openssl", "verify", "-x509_strict", "-check_ss_sig", "-attime", moment),
        *("-CAfile", authority, authority),
    )


def describe(certificate: str) -> tuple[str, ...]:
    """Have openssl say whose a certificate is, and for how long."""
    options = ("-noout", "-subject", "-serial", "-dates", "-nameopt", "utf8,sep_comma_plus_space")
    return ("openssl", "x509", *options, "-in", certificate)


def print_list(revoked: str, authority: str) -> tuple[str, ...]:
    """Have openssl print a list, and check who signed it."""
    return ("openssl", "crl", "-noout", "-text", "-CAfile", authority, "-in", revoked)


def ask(certificate: str, authority: str, response: str, at: datetime) -> tuple[str, ...]:
    """
    Have openssl read an OCSP response; its exit status says nothing of what that says [RP 1].

    Its clock is the machine's, hence the generous -validity_period.
    """
    return (
        *("openssl", "ocsp", "-issuer", authority, "-cert", certificate, "-CAfile", authority),
        *("-no_nonce", "-validity_period", "4000000000"),
        *("-attime", str(int(at.timestamp())), "-respin", response),
    )


def digest(content: str) -> tuple[str, ...]:
    return ("openssl", "dgst", "-sha256", content)


def bare(key: str, signature: str, content: str) -> tuple[str, ...]:
    """Have openssl check a bare signature."""
    return ("openssl", "dgst", "-sha256", "-verify", key, "-signature", signature, content)


def document(signed: str, authority: str, at: datetime) -> tuple[str, ...]:
    """Have xmlsec1 check a filing; it validates the certificate, and asks no list."""
    moment = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return (
        *("xmlsec1", "--verify", "--id-attr:id", DATA, "--trusted-pem", authority),
        *("--verification-gmt-time", moment, signed),
    )


def ours(
    given: str,
    at: datetime,
    *,
    authority: str,
    revoked: str,
    response: str | None = None,
    options: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Have our own verifier judge a file by files."""
    moment = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    answered = ("--ocsp", response) if response else ()
    return (
        *(OURS, "verify", given, *options, "--anchor", authority, "--crl", revoked),
        *(*answered, "--at", moment),
    )
