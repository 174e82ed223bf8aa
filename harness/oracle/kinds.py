"""
The kinds of request: paths, lists, OCSP, bare signatures, XML signatures, parsing.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from crl.ocsp.read import read_response
from crl.ocsp.request.read import read_request
from crl.opened import ask, open_list
from crl.status import Good, Revoked, Status
from harness.documents.pdf.extra import require
from harness.oracle.request import Answer, BadRequest, Request, Unsupported, why
from harness.verifier.lists import said_by as list_says
from harness.verifier.paths import Asked, validate
from harness.verifier.responses import said_by as response_says
from pki.cms.read import read_signed_data
from pki.der import read
from pki.der.write import NULL, oid, sequence
from pki.errors import JpkiError, Malformed, NotInstalled, SearchExhausted
from pki.paths.algorithms import UNACCEPTABLE, Trust, check, load
from pki.paths.budget import Budget
from pki.paths.foreign import read_foreign
from pki.paths.names import comparable
from pki.xmldsig.ecdsa import der_from_raw
from pki.xmldsig.parse import parse_xml
from pki.xmldsig.read import read_signatures
from pki.xmldsig.reading import Coverage, SignatureReading, Unreadable

NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # where the tables ask for a moment and need none

# AlgorithmIdentifiers by which the table of signatures knows the protocol's names.
ALGORITHMS = {
    "rsa-pkcs1-sha256": sequence(oid("1.2.840.113549.1.1.11"), NULL),
    "rsa-pkcs1-sha384": sequence(oid("1.2.840.113549.1.1.12"), NULL),
    "rsa-pkcs1-sha512": sequence(oid("1.2.840.113549.1.1.13"), NULL),
    "ecdsa-sha256": sequence(oid("1.2.840.10045.4.3.2")),
    "ecdsa-sha384": sequence(oid("1.2.840.10045.4.3.3")),
    "ecdsa-sha512": sequence(oid("1.2.840.10045.4.3.4")),
}
MAX_KEYS = 64  # candidates for an XML signature


def path(request: Request) -> Answer:
    """Build and validate a certification path."""
    anchors, certificates = request.octets_of("anchors"), request.octets_of("certs")
    crls, responses = request.all_octets("crls"), request.all_octets("ocsps")
    if not certificates:
        raise BadRequest("certs is empty, and its first is the target")
    asked = Asked.ALL if crls or responses else Asked.NONE
    if "revocation" in request:
        word = request.word("revocation")
        if word not in {each.value for each in Asked}:
            raise BadRequest("revocation is none of all, target, none")
        asked = Asked(word)
    verdict = validate(
        certificates[0],
        certificates[1:],
        anchors,
        crls,
        responses,
        at=request.moment("time"),
        policies=request.identifiers("policies"),
        explicit_policy=request.flag("explicit_policy"),
        inhibit_mapping=request.flag("inhibit_mapping"),
        inhibit_any=request.flag("inhibit_any"),
        purposes=request.identifiers("ekus") or frozenset(),
        max_depth=request.number("max_depth"),
        revocation=asked,
        trust=request.trust,
    )
    found: Answer = {"verdict": verdict.answer.value, "why": why(verdict.why)}
    if verdict.cause is not None:
        found["error"] = verdict.cause
    if verdict.path:
        found["path"] = [b64encode(each).decode("ascii") for each in verdict.path]
        found["policies"] = sorted(verdict.policies)
    return found


def crl(request: Request) -> Answer:
    """Say what a list says about a certificate."""
    return _status(
        lambda: list_says(
            request.octets("crl"),
            request.octets("cert"),
            request.octets("issuer"),
            request.all_octets("extra_certs"),
            at=request.moment("time"),
            max_age=request.seconds("max_age"),
            trust=request.trust,
        ),
        "the list that speaks for it does not name it",
    )


def ocsp(request: Request) -> Answer:
    """Say what a response says about a certificate."""
    return _status(
        lambda: response_says(
            request.octets("response"),
            request.octets("cert"),
            request.octets("issuer"),
            at=request.moment("time"),
            max_age=request.seconds("max_age"),
            trust=request.trust,
        ),
        "its issuer's responder says so",
    )


def _status(ask: Callable[[], Status], good: str) -> Answer:
    try:
        said = ask()
    except Malformed as error:
        return {"status": "error", "error": "format-failure", "why": why(str(error))}
    except SearchExhausted as error:
        return {"status": "unknown", "error": "search-limit", "why": why(str(error))}
    if isinstance(said, Good):
        return {"status": "good", "why": good}
    if isinstance(said, Revoked):
        return {
            "status": "revoked",
            "error": "revoked",
            "why": f"{said.reason.value}, {said.since:%Y-%m-%dT%H:%M:%SZ}",
        }
    return {"status": "unknown", "error": said.cause, "why": why(said.why)}


def signature(request: Request) -> Answer:
    """Judge a bare signature."""
    name = request.word("algorithm")
    spki, message = request.octets("spki"), request.octets("message")
    value = request.octets("signature")
    if name not in ALGORITHMS:
        raise Unsupported(f"the algorithm {name!r} is not implemented")
    return _verdict(_signature_cause(spki, name, value, message, request.trust))


def _signature_cause(
    spki: bytes, name: str, value: bytes, message: bytes, trust: Trust
) -> str | None:
    try:
        start, stop = read.whole(spki, read.SEQUENCE)
        read.check(spki, start, stop)
    except Malformed:
        return "format-failure"
    return check(spki, ALGORITHMS[name], value, message, trust, at=NO_DATE)


def _verdict(cause: str | None, text: str = "") -> Answer:
    if cause is None:
        return {"verdict": "valid", "why": ""}
    return {"verdict": "invalid", "error": cause, "why": why(text or cause)}


def xmldsig(request: Request) -> Answer:
    """Judge the first XML signature of a document."""
    document, keys = request.octets("document"), request.part("keys")
    certificates, hmac = keys.all_octets("certs"), "hmac" in keys
    request.moment("time")
    found = read_signatures(document, resources=request.resources())
    first = found.signatures[0] if found.signatures else None
    problems = [*found.problems, *(first.problems if first is not None else ())]
    legacy = request.trust is Trust.LEGACY
    if legacy and (hmac or any(_is_old(each.cause, each.text) for each in problems)):
        raise Unsupported("SHA-1, DSA and HMAC are not implemented for XML signatures")
    answer = _verdict(None)
    if problems or first is None or isinstance(first, Unreadable):
        cause, text = (problems[0].cause, problems[0].text) if problems else ("format-failure", "")
        answer = _verdict(cause, text)
    else:
        answer = _verdict(_xml_cause(first, certificates[:MAX_KEYS], request.trust))
    whole = answer["verdict"] == "valid" and (
        isinstance(first, SignatureReading) and first.coverage is Coverage.DOCUMENT
    )
    return {**answer, "signed_root_is_document": whole}


def _is_old(cause: str, text: str) -> bool:
    return cause == UNACCEPTABLE and bool(re.search(r"sha1|hmac", text)) and "md5" not in text


def _xml_cause(reading: SignatureReading, certificates: list[bytes], trust: Trust) -> str | None:
    """Try the keys that the caller trusts; KeyInfo adds none to them."""
    method, octets = reading.method, reading.signed_info
    if method is None or octets is None:
        return UNACCEPTABLE
    name = method.name.replace("rsa-", "rsa-pkcs1-")
    cause = "no-certificate-chain-found"
    for der in certificates:
        try:
            spki = read_foreign(der).certificate.spki
            value = reading.signature_value
            if method.key_type == "ecdsa":
                key = load(spki)
                if not isinstance(key, EllipticCurvePublicKey):
                    continue
                value = der_from_raw(value, (key.key_size + 7) // 8)
        except Malformed:
            continue
        said = _signature_cause(spki, name, value, octets, trust)
        if said is None:
            return None
        cause = said
    return cause


def parse(request: Request) -> Answer:
    """Only read an object."""
    what, octets = request.word("what"), request.octets("data")
    if what not in READERS:
        raise Unsupported(f"nothing here reads {what!r}")
    limit, reader = READERS[what]
    try:
        if len(octets) > limit:
            raise SearchExhausted("octets", limit)
        reader(octets)
    except SearchExhausted as error:
        return {"verdict": "refused", "error": "search-limit", "why": why(str(error))}
    except JpkiError as error:
        return {"verdict": "refused", "error": "format-failure", "why": why(str(error))}
    return {"verdict": "parsed"}


def _crl(octets: bytes) -> None:
    ask(open_list(octets), Budget())


def _spki(octets: bytes) -> None:
    start, stop = read.whole(octets, read.SEQUENCE)
    read.check(octets, start, stop)
    if load(octets) is None:
        raise Malformed("the public key", "of no kind that signs certificates here")


def _der(octets: bytes) -> None:
    if read.header(octets, 0, len(octets))[2] != len(octets):
        raise Malformed("the DER", "octets after its end")
    read.check(octets, 0, len(octets))


_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n([A-Za-z0-9+/=\r\n]*)-----END \1-----")


def _pem(octets: bytes) -> None:
    blocks = list(_BLOCK.finditer(octets))
    if not blocks or octets.count(b"-----BEGIN ") != len(blocks):
        raise Malformed("the PEM", "no block, or one that is not closed")
    for block in blocks:
        try:
            _der(b64decode(b"".join(block[2].split()), validate=True))
        except ValueError:
            raise Malformed("the PEM", "a block that is not base64") from None


def _pdf(octets: bytes) -> None:
    try:
        require()
    except NotInstalled as error:
        raise Unsupported(str(error)) from error
    from harness.documents.pdf.read import read_pdf

    for each in read_pdf(octets).signatures:
        for cause, text in each.problems:
            if cause == "format-failure":
                raise Malformed("the PDF", text)


READERS: dict[str, tuple[int, Callable[[bytes], object]]] = {
    # The most octets that a second is enough for, and the reader.
    "certificate": (256 << 10, read_foreign),
    "crl": (8 << 20, _crl),
    "ocsp-request": (64 << 10, read_request),
    "ocsp-response": (256 << 10, read_response),
    "cms": (8 << 20, read_signed_data),
    "name": (256 << 10, comparable),
    "spki": (64 << 10, _spki),
    "pem": (2 << 20, _pem),
    "pdf": (32 << 20, _pdf),
    "xml": (32 << 20, parse_xml),
    "der": (2 << 20, _der),
}
