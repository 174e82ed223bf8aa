"""
Exchanges of the kinds crl and ocsp, for make_oracle_cases.py.
"""

from collections.abc import Iterator
from typing import Any

from cryptography import x509
from oracle_workshop import (
    ANY_PURPOSE,
    CITY,
    CLIENT,
    DAY,
    HANAKO,
    HOUR,
    NOON,
    OCSP_SIGNING,
    SERIAL,
    SHA256_OID,
    TIME,
    UNKNOWN,
    Exchange,
    authority,
    certificate,
    crl,
    extension,
    point,
    purposes,
    response,
    revoked,
    scope,
    single,
    text,
    usage,
)

from pki.der.write import enumerated, octet_string, sequence


def lists() -> Iterator[Exchange]:
    """Requests of kind crl."""

    def asked(
        name: str, made: bytes, status: str, error: str | None = None, **fields: Any
    ) -> Exchange:
        whole = {
            "kind": "crl",
            "cert": text(HANAKO),
            "issuer": text(CITY),
            "crl": text(made),
            "time": TIME,
        }
        says = {"status": status} if error is None else {"status": status, "error": error}
        return Exchange(name, {**whole, **fields}, says)

    yield asked("silent", crl("City"), "good")
    yield asked("listed", crl("City", SERIAL), "revoked", "revoked")
    yield asked("listed twice", crl("City", SERIAL, SERIAL), "revoked", "revoked")
    mute = certificate(
        "City",
        "Root",
        (x509.BasicConstraints(True, None), True),
        (usage("key_cert_sign"), True),
    )
    yield asked(
        "an issuer who may sign no list",
        *(crl("City"), "unknown", "crl-untrusted"),
        issuer=text(mute),
    )
    yield asked("another issuer's", crl("Root"), "unknown", "crl-missing")
    yield asked(
        "signed by a stranger", crl("City", issuer_key="a stranger"), "unknown", "crl-untrusted"
    )
    rolled = text(authority("City", "Root", subject_key="City, rolled"))
    new = crl("City", issuer_key="City, rolled")
    yield asked("signed with a new key", new, "good", extra_certs=[rolled])
    yield asked(
        "too old", crl("City", at=NOON - 9 * DAY, next_update=NOON - DAY), "unknown", "crl-stale"
    )
    yield asked("older than asked for", crl("City"), "unknown", "crl-stale", max_age=60)
    yield asked(
        "too new",
        crl("City", at=NOON + HOUR, next_update=NOON + DAY),
        "unknown",
        "crl-not-yet-valid",
    )
    of_cas = ((scope(only_contains_ca_certs=True), True),)
    yield asked("another scope", crl("City", extensions=of_cas), "unknown", "crl-scope")
    strange = ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),)
    yield asked(
        "an unknown critical extension", crl("City", extensions=strange), "unknown", "crl-unusable"
    )
    delta = ((x509.DeltaCRLIndicator(1), True),)
    yield asked("changes only, silent", crl("City", extensions=delta), "unknown", "crl-unusable")
    yield asked("changes only, listed", crl("City", SERIAL, extensions=delta), "revoked", "revoked")
    yield asked("cut off", crl("City")[:-1], "error", "format-failure")
    yield asked("octets after it", crl("City") + b"\0", "error", "format-failure")


def answers() -> Iterator[Exchange]:
    """Requests of kind ocsp."""

    def asked(
        name: str, made: bytes, status: str, error: str | None = None, **fields: Any
    ) -> Exchange:
        whole = {
            "kind": "ocsp",
            "cert": text(HANAKO),
            "issuer": text(CITY),
            "response": text(made),
            "time": TIME,
        }
        says = {"status": status} if error is None else {"status": status, "error": error}
        return Exchange(name, {**whole, **fields}, says)

    def one(
        name: str,
        status: str,
        error: str | None = None,
        standing: bytes | None = None,
        **given: Any,
    ) -> Exchange:
        fields = given.pop("fields", {})
        made = single(*(() if standing is None else (standing,)), **{"serial": SERIAL, **given})
        return asked(name, response(made), status, error, **fields)

    open_, stale, other = (
        ("unknown", "ocsp-unknown"),
        ("unknown", "ocsp-stale"),
        ("unknown", "ocsp-other-certificate"),
    )
    untrusted, gone, broken = (
        ("unknown", "ocsp-untrusted"),
        ("revoked", "revoked"),
        ("error", "format-failure"),
    )
    own = single(serial=SERIAL)
    bad = single(revoked(), serial=SERIAL)
    yield one("good", "good")
    yield asked("good, by name", response(own, named=True), "good")
    yield one("good, named by SHA-256", "good", digest=SHA256_OID)
    yield one("revoked", *gone, revoked())
    yield one("revoked without a reason", *gone, revoked(None))
    yield one("on hold", *gone, revoked(6))
    yield one("not known", *open_, UNKNOWN)
    for code, word in (
        (1, "malformedRequest"),
        (2, "internalError"),
        (3, "tryLater"),
        (5, "sigRequired"),
        (6, "unauthorized"),
    ):
        yield asked(word, sequence(enumerated(code)), "unknown", "ocsp-error")
    yield asked("a status of another standard", sequence(enumerated(4)), *broken)
    yield one("past its nextUpdate", *stale, this_update=NOON - DAY, next_update=NOON - HOUR)
    yield one(
        "revoked, past its nextUpdate",
        *stale,
        revoked(),
        this_update=NOON - DAY,
        next_update=NOON - HOUR,
    )
    yield one("from the future", *stale, this_update=NOON + HOUR, next_update=NOON + DAY)
    yield asked("produced in the future", response(own, produced_at=NOON + HOUR), *stale)
    yield one("no nextUpdate, an hour old", "good", next_update=None)
    yield one("no nextUpdate, two days old", *stale, next_update=None, this_update=NOON - 2 * DAY)
    yield one(
        "no nextUpdate, two days old, three asked for",
        "good",
        next_update=None,
        this_update=NOON - 2 * DAY,
        fields={"max_age": 3 * 86400},
    )
    yield one("older than asked for", *stale, fields={"max_age": 60})
    yield one("another serial", *other, serial=SERIAL + 1)
    yield one("another name", *other, issuer="Root", issuer_key="City")
    yield one("another key", *other, issuer_key="Root")
    yield one("a hash that nobody knows", *other, digest="1.2.3.4")
    yield asked("good and revoked", response(own, bad), *gone)
    yield asked("revoked and good", response(bad, own), *gone)
    yield asked("good and not known", response(own, single(UNKNOWN, serial=SERIAL)), *open_)
    yield asked(
        "good, and another revoked", response(single(revoked(), serial=SERIAL + 1), own), "good"
    )
    strange = extension("1.2.3.4", b"\x05\x00", critical=True)
    harmless = extension("1.2.3.4", b"\x05\x00", critical=False)
    yield asked("an unknown critical extension", response(own, extensions=(strange,)), *untrusted)
    yield asked("an unknown extension", response(own, extensions=(harmless,)), "good")
    yield one("an unknown critical extension of its own", *untrusted, extensions=(strange,))
    nonce = extension("1.3.6.1.5.5.7.48.1.2", octet_string(bytes(32)), critical=False)
    empty = extension("1.3.6.1.5.5.7.48.1.2", octet_string(b""), critical=False)
    yield asked("a nonce that nobody sent", response(own, extensions=(nonce,)), "good")
    yield asked("an empty nonce", response(own, extensions=(empty,)), *broken)
    yield asked("a forged signature", response(own, signed_by="a stranger"), *untrusted)
    whole = response(own)
    yield asked("cut off", whole[:-1], *broken)
    yield asked("octets after it", whole + b"\0", *broken)
    yield asked("an answer of another type", response(own, basic="1.2.3.4"), *broken)
    yield asked("successful without an answer", sequence(enumerated(0)), *broken)
    yield asked("an answer about nothing", response(), *broken)
    yield asked("a certificate of another issuer", whole, *other, cert=text(CITY))
    yield asked("no certificate", whole, *broken, cert=text(b"\x30\x00"))
    for name, said, made in _delegates():
        given = response(own, by="Helper", certificates=() if made is None else (made,))
        yield asked(name, given, *(("good",) if said else untrusted))


def _delegates() -> Iterator[tuple[str, bool, bytes | None]]:
    """Who may answer for City: his certificate, and whether he may [6960 4.2.2.2]."""
    may = purposes(OCSP_SIGNING)

    def helper(*extensions: Any, issuer: str = "City", **other: Any) -> bytes:
        return certificate("Helper", issuer, *extensions, **other)

    yield "a delegate", True, helper(may)
    yield "a delegate with several purposes", True, helper(purposes(CLIENT, OCSP_SIGNING))
    yield "a delegate who may sign", True, helper(may, (usage("digital_signature"), True))
    yield "a delegate whose list is elsewhere", True, helper(may, point("City"))
    yield "a delegate without a certificate", False, None
    yield "a delegate without purposes", False, helper()
    yield "a delegate for any purpose", False, helper(purposes(ANY_PURPOSE))
    yield "a delegate for another purpose", False, helper(purposes(CLIENT))
    yield "a delegate who may only encipher", False, helper(may, (usage("key_encipherment"), True))
    yield "a delegate whose time is over", False, helper(may, ends=NOON - HOUR)
    yield "a delegate whose time will come", False, helper(may, begins=NOON + HOUR)
    yield "a delegate of the CA above", False, helper(may, issuer="Root")
    yield "a delegate of another key", False, helper(may, issuer_key="City, rolled")
    yield "a delegate by his own word", False, helper(may, issuer="Helper")
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    yield "a delegate with an unknown critical extension", False, helper(may, (strange, True))
    yield "a delegate with another key", False, helper(may, subject_key="a stranger")
