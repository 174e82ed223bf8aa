"""
Write tests/oracle/: for each kind of request one to every status or verdict, with its answer.

    python scripts/make_oracle_cases.py            # write the files anew; then read the diff
    python scripts/make_oracle_cases.py --check    # exit 1 if one is not current

A line is one exchange: `name`, `request`, `answer`.  What an answer must say is written here
by hand, and only what it says besides (path, policies, why) is taken from the verifier; a
verifier that says anything else is not written down but reported.  Requests are the same
octets at every run, and need none of our code to be sent to another validator.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from oracle_paths import paths
from oracle_revocation import answers, lists
from oracle_signatures import FILING, NOT_DONE, documents, signatures
from oracle_workshop import (
    CITY,
    HANAKO,
    SERIAL,
    TIME,
    Exchange,
    crl,
    dn,
    response,
    single,
    spki,
    text,
)

from harness.oracle.answers import answer
from pki.der.write import integer, octet_string, oid, sequence

FOLDER = Path(__file__).parent.parent / "tests" / "oracle"


def objects() -> Iterator[Exchange]:
    """Requests of kind parse: of each sort one that is read and one that is not."""
    request = sequence(sequence(sequence(sequence(_identifier()))))
    good = {
        "certificate": HANAKO,
        "crl": crl("City", SERIAL),
        "ocsp-request": request,
        "ocsp-response": response(single(serial=SERIAL)),
        "name": dn("Hanako").public_bytes(),
        "spki": spki("Hanako"),
        "pem": b"-----BEGIN NULL-----\nBQA=\n-----END NULL-----\n",
        "xml": FILING,
        "der": b"\x05\x00",
    }
    for what, octets in good.items():
        fields = {"kind": "parse", "what": what}
        yield Exchange(what, {**fields, "data": text(octets)}, {"verdict": "parsed"})
        cut = {"verdict": "refused", "error": "format-failure"}
        yield Exchange(f"{what}, cut off", {**fields, "data": text(octets[:-2])}, cut)
        over = {"verdict": "refused", "error": "format-failure"}
        if what not in ("pem", "xml"):
            yield Exchange(f"{what}, and more", {**fields, "data": text(octets + b"\0")}, over)
    yield Exchange("tea", {"kind": "parse", "what": "tea", "data": ""}, {"error": NOT_DONE})


def _identifier() -> bytes:
    sha1 = sequence(oid("1.3.14.3.2.26"), b"\x05\x00")
    return sequence(sha1, octet_string(bytes(20)), octet_string(bytes(20)), integer(SERIAL))


def others() -> Iterator[Exchange]:
    """Requests that are not as the protocol writes them, or ask for what is not there."""
    bad = {"error": "bad-request"}
    yield Exchange("no kind", {}, bad)
    yield Exchange("an unknown kind", {"kind": "tea"}, {"error": NOT_DONE})
    for kind in ("path", "crl", "ocsp", "signature", "xmldsig", "parse"):
        yield Exchange(f"{kind} and nothing else", {"kind": kind}, bad)
    yield Exchange("no base64", {"kind": "parse", "what": "der", "data": "*"}, bad)
    fields = {"kind": "crl", "cert": text(HANAKO), "issuer": text(CITY), "crl": text(crl("City"))}
    yield Exchange("no time", fields, bad)
    yield Exchange("a time without offset", {**fields, "time": "2026-04-01T00:00:00"}, bad)
    yield Exchange("no such profile", {**fields, "time": TIME, "profile": "none"}, bad)
    yield Exchange("unknown keys", {**fields, "time": TIME, "tea": True}, {"status": "good"})
    old = {**fields, "time": TIME, "profile": "legacy"}
    yield Exchange("the old profile", old, {"status": "good", "profile": "legacy"})


FILES = {
    "path": paths,
    "crl": lists,
    "ocsp": answers,
    "signature": signatures,
    "xmldsig": documents,
    "parse": objects,
    "other": others,
}


def lines(word: str) -> list[str]:
    """Ask about each exchange of a file, and write it down if the answer is as it must be."""
    found, wrong = [], []
    for number, (name, fields, says) in enumerate(FILES[word](), start=1):
        request = {"id": f"{word}-{number}", **fields}
        said = answer(json.dumps(request).encode())
        if {each: said.get(each) for each in says} != says or (
            "error" in said and "error" not in says
        ):
            shown = {each: said.get(each) for each in ("error", "why", *says)}
            wrong.append(f"{word}: {name}: {shown} where it must say {says}")
        whole = {"name": name, "request": request, "answer": said}
        found.append(json.dumps(whole, ensure_ascii=False))
    if wrong:
        raise SystemExit("\n".join(wrong))
    return found


def main() -> int:
    check, stale = "--check" in sys.argv[1:], []
    for word in FILES:
        place = FOLDER / f"{word}.jsonl"
        written = "\n".join(lines(word)) + "\n"
        if check and (not place.exists() or place.read_text("utf-8") != written):
            stale.append(place.name)
        elif not check:
            place.write_text(written, "utf-8")
    print(f"not current: {', '.join(stale)}" if stale else f"{len(FILES)} files in {FOLDER}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
