"""
Fuzz every reader of the project: whatever the octets, it reads them or raises its own error.

    python scripts/fuzz.py                        # the names of the targets
    python scripts/fuzz.py certificate            # coverage-guided, 100,000 runs
    python scripts/fuzz.py crl --runs 1000000 --corpus corpus/crl

Guided runs need atheris (the extra `fuzz`; Linux on x86-64).  tests/test_fuzz.py uses the
same targets without it.  A reader is added by a row in `targets`, or by one in the oracle's
table of readers, which are all here; its seeds are the octets of tests/oracle/ that it
reads, so a new reader wants an exchange of kind parse there.  An input that makes trouble is
written to crash-*; keep it as a row of tests/test_fuzz.py.
"""

import argparse
import json
import sys
import tempfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

CATALOGUE = Path(__file__).parent.parent / "tests" / "oracle"
RUNS = 100_000
SLOWEST = 10  # seconds for one input, ten times its budget
LONGEST = 8192  # octets of an input in guided runs; longer ones have tests of their own
FIELDS = ("certs", "crls", "ocsps", "cert", "issuer", "crl", "response", "spki", "data", "document")

# Who not only reads but judges, and what it is shown; a verdict of any sort will do.
JUDGED = {
    "judged certificate": "certificate",
    "judged issuer": "certificate",
    "judged list": "crl",
    "judged response": "ocsp-response",
}


class Target(NamedTuple):
    """
    A reader under fire.

    Attributes:
        read: Returns for what it reads, and raises JpkiError, and nothing else, for the rest.
        seeds: Octets that it reads.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def targets() -> dict[str, Target]:
    """Import the readers, and give each its seeds."""
    from crl.index import index
    from crl.read import read_list
    from harness.oracle.answers import answer
    from harness.oracle.kinds import READERS
    from harness.verifier.lists import said_by as list_says
    from harness.verifier.paths import validate
    from harness.verifier.responses import said_by as response_says
    from pki.certificate.read import read_certificate
    from pki.errors import JpkiError, Malformed
    from pki.xmldsig.read import read_signatures

    def line(octets: bytes) -> None:
        found = answer(octets)
        if found.get("error") == "internal":
            raise AssertionError(found["why"])
        if found.get("error") == "bad-request":
            raise Malformed("the line", found["why"])

    def signatures(octets: bytes) -> None:
        found = read_signatures(octets)
        if found.problems:
            raise Malformed("the document", found.problems[0].text)

    at = datetime(2026, 4, 1, 3, tzinfo=UTC)
    asked = {name: exchanged("ocsp", name, "good") for name in ("cert", "issuer")}
    root, path = exchanged("path", "anchors", "both lists are silent"), tuple(asked.values())

    rows: dict[str, Callable[[bytes], object]] = {
        **{what: reader for what, (_, reader) in READERS.items()},
        "certificate of JPKI": read_certificate,
        "list of JPKI": lambda octets: index(read_list(octets)),
        "judged certificate": lambda octets: validate(octets, path, [root], at=at),
        "judged issuer": lambda octets: validate(path[0], [octets], [root], at=at),
        "judged list": lambda octets: list_says(octets, *path, at=at),
        "judged response": lambda octets: response_says(octets, *path, at=at),
        "signatures": signatures,
        "line": line,
    }
    octets = [*catalogue(), *ours()]
    lines = tuple(each for each in octets if each.startswith(b"{"))
    found = {}
    for name, reader in rows.items():
        seeds = [
            each for each in octets if len(each) <= LONGEST and accepts(reader, each, JpkiError)
        ]
        if seeds:  # without any, damage would be but noise
            kept = lines if name == "line" else tuple(dict.fromkeys(seeds))
            found[name] = Target(reader, kept)
    for name, sort in JUDGED.items():
        found[name] = Target(rows[name], found[sort].seeds)
    return found


def accepts(reader: Callable[[bytes], object], octets: bytes, refusal: type[Exception]) -> bool:
    try:
        reader(octets)
    except refusal:
        return False
    return True


def exchanged(kind: str, field: str, name: str) -> bytes:
    """Give the octets of a field of one exchange."""
    for each in (CATALOGUE / f"{kind}.jsonl").read_text("utf-8").splitlines():
        exchange = json.loads(each)
        if exchange["name"] == name:
            value = exchange["request"][field]
            return b64decode(value[0] if isinstance(value, list) else value)
    raise LookupError(f"no exchange {name!r} of kind {kind}")


def catalogue() -> Iterator[bytes]:
    """Give the objects of tests/oracle/, and the lines that ask about them."""
    for place in sorted(CATALOGUE.glob("*.jsonl")):
        for each in place.read_text("utf-8").splitlines():
            request = json.loads(each)["request"]
            asked = json.dumps(request).encode()
            if len(asked) <= LONGEST:
                yield asked
            for field in FIELDS:
                values = request.get(field) or []
                for value in values if isinstance(values, list) else [values]:
                    try:
                        yield b64decode(value)
                    except ValueError:
                        continue


def ours() -> Iterator[bytes]:
    """Give a CA certificate of JPKI in each naming mode, and one that it issued."""
    from harness.keypool import Deck
    from pki.certificate.write import Subject, found, issue, template
    from pki.keys import spki_of
    from pki.kinds import Algorithm, Kind, Naming
    from pki.names import service_name
    from pki.profiles import OCSP

    deck, begin = Deck(1), datetime(2026, 4, 1, 3, tzinfo=UTC)
    dates = {"not_before": begin, "not_after": begin + timedelta(days=3650)}
    for number, naming in enumerate(Naming):
        authority = found(
            Kind.SIGN,
            naming=naming,
            algorithm=Algorithm.RSA2048,
            serial=1,
            private_key=deck.take(Algorithm.RSA2048, number),
            **dates,
        )
        yield authority.certificate
        name = service_name(naming, Kind.SIGN, "OCSP Responder")
        spki = spki_of(deck.take(Algorithm.RSA2048, 9))
        yield issue(template(authority, OCSP), Subject(serial=2, name=name, spki=spki, **dates))


class Damage:
    """Damages octets in ways that are drawn from a seed, half of them keeping DER whole."""

    def __init__(self, target: Target, seed: object) -> None:
        self._chance = Random(f"minijpki/fuzz/{seed}")
        self._seeds = target.seeds

    def one(self, octets: bytes | None = None) -> bytes:
        """Damage *octets*, or one of the seeds."""
        chance = self._chance
        if octets is None:
            octets = chance.choice(self._seeds)
        for _ in range(chance.choice((1, 1, 2, 4))):
            try:
                octets = self._element(octets) if chance.random() < 0.5 else self._octets(octets)
            except (IndexError, RecursionError):
                octets = self._octets(octets)
        return octets

    def _octets(self, octets: bytes) -> bytes:
        """Turn a bit, or write, take out, repeat or bring in some octets."""
        chance, size = self._chance, len(octets)
        at = chance.randrange(size + 1)
        upto = min(size, at + chance.choice((1, 1, 2, 4, 16, 64)))
        match chance.randrange(6):
            case 0:
                return (
                    octets[:at] + bytes([octets[at] ^ 1 << chance.randrange(8)]) + octets[at + 1 :]
                    if at < size
                    else octets
                )
            case 1:
                return (
                    octets[:at]
                    + bytes([chance.choice((0, 1, 0x7F, 0x80, 0xFF, 0x30, 0xA0))])
                    + octets[at + 1 :]
                )
            case 2:
                return octets[:at] + octets[upto:]
            case 3:
                return octets[:upto] + octets[at:]
            case 4:
                other = chance.choice(self._seeds)
                begin = chance.randrange(len(other) + 1)
                return octets[:at] + other[begin : begin + upto - at] + octets[upto:]
            case _:
                return octets[:at] + chance.randbytes(upto - at) + octets[upto:]

    def _element(self, octets: bytes) -> bytes:
        """Change one element, and write the lengths around it anew."""
        chance = self._chance
        way: list[tuple[int, int, int, int]] = []
        at, stop = 0, len(octets)
        while True:
            listed = _elements(octets, at, stop)
            chosen = chance.choice(listed)
            way.append(chosen)
            tag, _, at, stop = chosen
            if not tag & 0x20 or at == stop or chance.random() < 0.15:
                break
        tag, begin, at, stop = way.pop()
        whole, content = octets[begin:stop], octets[at:stop]
        match chance.randrange(6):
            case 0:
                changed = b""
            case 1:
                changed = whole * chance.choice((2, 2, 3, 40))
            case 2:
                changed = _tlv(chance.choice((tag ^ 0x20, tag ^ 1, chance.randrange(256))), content)
            case 3:
                changed = _tlv(
                    tag,
                    chance.choice(
                        (b"", b"\0", b"\xff" * 9, content * 2, content[:-1], b"\0" + content)
                    ),
                )
            case 4:
                changed = _tlv(tag, self._octets(content))
            case _:
                changed = _tlv(0x30, whole)
        inner, last = begin, stop
        for outer, above, start, end in reversed(way):
            changed = _tlv(outer, octets[start:inner] + changed + octets[last:end])
            inner, last = above, end
        return octets[:inner] + changed + octets[last:]


def _elements(octets: bytes, at: int, stop: int) -> list[tuple[int, int, int, int]]:
    """List tag, begin, content and end of what lies there; IndexError if it is no DER."""
    found = []
    while at < stop:
        tag, size, start = octets[at], octets[at + 1], at + 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(octets[at + 2 : start])
        if start + size > stop:
            raise IndexError("beyond its parent")
        found.append((tag, at, start, start + size))
        at = start + size
    return found


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def guided(name: str, runs: int, corpus: Path | None, rest: list[str]) -> None:
    """Let atheris find the way; it ends the process after *runs*."""
    import atheris  # type: ignore[import-not-found]

    with ExitStack() as stack:
        stack.enter_context(atheris.instrument_imports(include=["pki", "crl", "harness"]))
        target = targets()[name]
    from pki.errors import JpkiError

    done = passed = 0

    def once(octets: bytes) -> None:
        nonlocal done, passed
        done += 1
        passed += accepts(target.read, octets, JpkiError)
        if done == runs:
            print(f"{name}: {passed} of {done} inputs were read", flush=True)

    def mutated(octets: bytes, limit: int, seed: int) -> bytes:
        if seed % 2:
            return bytes(atheris.Mutate(octets, limit))
        return Damage(target, seed).one(octets)[:limit]

    folder = corpus or Path(tempfile.mkdtemp(prefix="minijpki-fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (folder / f"seed-{number}").write_bytes(seed)
    limits = [f"-runs={runs}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}"]
    arguments = [sys.argv[0], *limits, *rest, str(folder)]
    atheris.Setup(arguments, once, custom_mutator=mutated)
    atheris.Fuzz()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("target", nargs="?", help="one of those that are listed without it")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--corpus", type=Path, help="a folder that keeps what was interesting")
    given, rest = parser.parse_known_args(arguments)
    if given.target is None:
        for name, target in targets().items():
            print(f"{name}, {len(target.seeds)} seeds")
        return 0
    guided(given.target, given.runs, given.corpus, rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
