"""
Exchanges of kind path, for make_oracle_cases.py.
"""

from collections.abc import Iterator
from typing import Any

from oracle_workshop import (
    CITY,
    CITY_SERIAL,
    CLIENT,
    DAY,
    HANAKO,
    HOUR,
    NOCHECK,
    NOON,
    OCSP_SIGNING,
    POLICY,
    ROOT,
    SERIAL,
    TIME,
    Exchange,
    authority,
    certificate,
    crl,
    point,
    purposes,
    response,
    revoked,
    scope,
    single,
    text,
    texts,
)


def paths() -> Iterator[Exchange]:
    """Requests of kind path."""

    def path(name: str, verdict: str, error: str | None = None, **fields: Any) -> Exchange:
        whole = {
            "kind": "path",
            "anchors": texts(ROOT),
            "certs": texts(HANAKO, CITY),
            "crls": [],
            "ocsps": [],
            "time": TIME,
            "policies": None,
            "explicit_policy": False,
            "inhibit_any": False,
            "inhibit_mapping": False,
        }
        says = {"verdict": verdict} if error is None else {"verdict": verdict, "error": error}
        return Exchange(name, {**whole, **fields}, says)

    lists = texts(crl("Root"), crl("City"))
    yield path("nobody is asked about revocation", "valid")
    yield path("both lists are silent", "valid", crls=lists)
    yield path("the policy is there", "valid", policies=[POLICY], explicit_policy=True)
    yield path(
        "another policy is wanted",
        *("invalid", "chain-constraints-failure"),
        policies=["1.2.3"],
        explicit_policy=True,
    )
    yield path("no anchor", *("invalid", "no-certificate-chain-found"), anchors=[])
    yield path("cut off", *("invalid", "format-failure"), certs=texts(HANAKO[:-1], CITY))
    late = f"{NOON + 800 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    yield path("after all ends", *("invalid", "ca-expired"), time=late)
    short = certificate("Hanako", "City", ends=NOON - HOUR)
    yield path("expired", *("invalid", "expired"), certs=texts(short, CITY))
    early = certificate("Hanako", "City", begins=NOON + HOUR)
    yield path("not yet valid", *("invalid", "not-yet-valid"), certs=texts(early, CITY))
    weak = certificate("Hanako", "City", issuer_key="a stranger")
    yield path(
        "signed by a stranger", *("invalid", "no-certificate-chain-found"), certs=texts(weak, CITY)
    )
    yield path("revoked", *("invalid", "revoked"), crls=texts(crl("Root"), crl("City", SERIAL)))
    yield path("no list", *("indeterminate", "crl-missing"), revocation="all")
    old = crl("City", at=NOON - 3 * DAY, next_update=NOON - DAY)
    yield path("a stale list", *("indeterminate", "crl-stale"), crls=texts(crl("Root"), old))
    users = scope(only_contains_ca_certs=True)
    yield path(
        "a list of another scope",
        *("indeterminate", "crl-scope"),
        crls=texts(crl("Root"), crl("City", extensions=((users, True),))),
    )
    yield path("a purpose that nobody bars", "valid", ekus=[CLIENT])
    yield path("too deep", *("invalid", "chain-constraints-failure"), max_depth=0)
    yield path("a bag to be searched for ever", *("indeterminate", "search-limit"), **_maze())
    yield from _paths_by_ocsp(path, lists)


def _maze() -> dict[str, Any]:
    """Eight CAs that all certify one another, and lead to no anchor."""
    names = [f"CA {number}" for number in range(8)]
    target = certificate("Taro", names[0])
    others = [
        authority(subject, issuer) for subject in names for issuer in names if subject != issuer
    ]
    return {"certs": texts(target, *others)}


def _paths_by_ocsp(path: Any, lists: list[str]) -> Iterator[Exchange]:
    root = response(single(serial=CITY_SERIAL, issuer="Root"), by="Root")
    city = response(single(serial=SERIAL))
    yield path("a response for each", "valid", ocsps=texts(root, city))
    yield path(
        "a list for one, a response for the other", "valid", crls=lists[:1], ocsps=[text(city)]
    )
    yield path(
        "a response by name",
        "valid",
        ocsps=texts(root, response(single(serial=SERIAL), named=True)),
    )
    yield path("the target alone", "valid", ocsps=texts(city), revocation="target")
    yield path(
        "nobody answers for the CA", "indeterminate", "ocsp-other-certificate", ocsps=texts(city)
    )
    gone = response(single(revoked(), serial=SERIAL))
    yield path("revoked by a response", "invalid", "revoked", ocsps=texts(root, gone))
    yield path("revoked by a response alone", "invalid", "revoked", crls=lists, ocsps=texts(gone))
    listed = texts(crl("Root"), crl("City", SERIAL))
    yield path(
        "revoked by a list alone", "invalid", "revoked", crls=listed, ocsps=texts(root, city)
    )
    above = response(single(revoked(), serial=CITY_SERIAL, issuer="Root"), by="Root")
    yield path("the CA is revoked", "invalid", "revoked", ocsps=texts(above, city))
    stale = response(single(serial=SERIAL, this_update=NOON - DAY, next_update=NOON - HOUR))
    yield path("a stale response", "indeterminate", "ocsp-stale", ocsps=texts(root, stale))
    yield path("a stale response beside a fresh one", "valid", ocsps=texts(root, stale, city))
    forged = response(single(serial=SERIAL), signed_by="a stranger")
    yield path("a forged response", "indeterminate", "ocsp-untrusted", ocsps=texts(root, forged))
    yield path(
        "junk for a response",
        "indeterminate",
        "crl-missing",
        ocsps=texts(b"junk"),
        revocation="target",
    )

    def helped(*extensions: Any) -> bytes:
        made = certificate("Helper", "City", purposes(OCSP_SIGNING), *extensions, serial=0x99)
        return response(single(serial=SERIAL), by="Helper", certificates=(made,))

    one = {"revocation": "target"}
    yield path("by a delegate", "valid", ocsps=texts(helped(NOCHECK)), **one)
    yield path(
        "by a delegate that is not to be checked",
        "valid",
        ocsps=texts(helped(NOCHECK)),
        crls=texts(crl("City", 0x99, at=NOON - 9 * DAY, next_update=NOON - DAY)),
        **one,
    )
    theirs = ((scope(name="Helpers"), True),)
    other = texts(helped(point("Helpers")))
    yield path(
        "by a delegate whose list nobody has", "indeterminate", "ocsp-untrusted", ocsps=other, **one
    )
    yield path(
        "by a delegate whose list is silent",
        "valid",
        ocsps=other,
        crls=texts(crl("City", extensions=theirs)),
        **one,
    )
    yield path(
        "by a delegate who is revoked",
        "indeterminate",
        "crl-scope",
        ocsps=other,
        crls=texts(crl("City", 0x99, extensions=theirs)),
        **one,
    )
