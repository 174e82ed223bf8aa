"""
Objects out of files: PEM, DER, PKCS #12 and directories taken apart; keys are passed over.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from harness.files import read_input
from pki.errors import Malformed

_LABELS = {b"CERTIFICATE", b"X509 CRL", b"OCSP RESPONSE", b"TRUSTED CERTIFICATE"}
_SUFFIXES = {
    *(".cer", ".crt", ".pem", ".der", ".crl", ".ors", ".ocsp", ".p12", ".pfx", ".arl"),
}
_PKCS12 = b"\x02\x01\x03\x30"  # version 3, then a ContentInfo


@dataclass(frozen=True, slots=True)
class Given:
    """
    One object that was handed over.

    Attributes:
        name: Of the file, with a number where it has several.
        octets: DER, as far as it is.
    """

    name: str
    octets: bytes


def objects(paths: Iterable[str], say: Callable[[str], None]) -> Iterator[Given]:
    """Take files, directories and standard input apart into objects; *say* what is passed over."""
    for path in paths:
        if path != "-" and Path(path).is_dir():
            files = sorted(
                each
                for each in Path(path).rglob("*")
                if each.suffix.lower() in _SUFFIXES and each.is_file()
            )
            if not files:
                say(f"{path} has no certificate, list or response in it")
            for each in files:
                yield from _within(str(each), read_input(str(each)), say)
        else:
            yield from _within(path, read_input(path), say)


def _within(name: str, content: bytes, say: Callable[[str], None]) -> Iterator[Given]:
    name = name.encode("utf-8", "replace").decode()  # a file may be called anything
    if b"-----BEGIN " in content[:65536] and content[:1] != b"\x30":
        blocks = [Given(name, der) for der in _pem(name, content, say)]
    elif content[:1] == b"\x30" and _PKCS12 in content[:12]:
        blocks = [Given(name, der) for der in _pkcs12(name, content)]
    else:
        blocks = [Given(name, content)]
    if len(blocks) > 1:
        blocks = [replace(each, name=f"{name}#{n}") for n, each in enumerate(blocks, start=1)]
    yield from blocks


def _pem(name: str, content: bytes, say: Callable[[str], None]) -> Iterator[bytes]:
    found, at = False, 0
    while (begin := content.find(b"-----BEGIN ", at)) >= 0:
        label, dashes, _ = content[begin + 11 : begin + 75].partition(b"-----")
        body = begin + 11 + len(label) + 5
        end = content.find(b"-----END " + label + b"-----", body) if dashes else -1
        if end < 0:
            raise Malformed(name, "its PEM has a beginning without an end")
        at = end + len(label) + 14
        if label not in _LABELS:
            say(f"{name}: {label.decode(errors='replace').lower()} is passed over")
            continue
        found = True
        try:
            yield base64.b64decode(b"".join(content[body:end].split()), validate=True)
        except binascii.Error as error:
            raise Malformed(name, f"its PEM is no base64 ({error})") from error
    if not found:
        raise Malformed(name, "its PEM has no certificate, list or response in it")


def _pkcs12(name: str, content: bytes) -> Iterator[bytes]:
    """Take the certificates of a PKCS #12 file that needs no password; keys are not looked at."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    store = None
    for password in (None, b""):
        try:
            store = load_pkcs12(content, password)
            break
        except (ValueError, TypeError):
            continue
    if store is None:
        raise Malformed(name, "the PKCS #12 file needs a password; take the certificates out first")
    for each in ([store.cert] if store.cert else []) + list(store.additional_certs):
        yield each.certificate.public_bytes(Encoding.DER)
