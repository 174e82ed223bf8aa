"""
What an XML signature says, as plain values that outlive the document.

Pure.  Nothing here is trusted yet: a caller verifies `signature_value` over `signed_info`
with the key of a certificate that it trusts for other reasons, and only then, and only
when `problems` is empty, believes `contents`, never the document that was sent.
The values are named tuples, for they are made on the hot path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from pki.xmldsig.algorithms import Canonicalization, Digest, SignatureMethod


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something that a verdict will have to mention.

    Attributes:
        cause: Its id in the table of causes.
        text: One line for a person, lower case, without full stop.
    """

    cause: str
    text: str


class Coverage(Enum):
    """How much of the document sent is under one signature."""

    DOCUMENT = "document"  # the root element, whole but for the signature itself
    CONTENT = "content"  # every child of the root but the signatures
    FRAME = "frame"  # 構成情報 of an e-Gov application, which leaves its frame open [RP 3]
    PART = "part"  # less than that; what is outside anybody may change
    DISPLACED = "displaced"  # part, and an unsigned element bears the name of the signed one


COVERAGE_CAUSES: Mapping[Coverage, str] = MappingProxyType(
    {Coverage.PART: "coverage", Coverage.DISPLACED: "wrapping"}
)
"""What a policy says that wants the whole document signed; the reader itself does not."""


class Reference(NamedTuple):
    """
    One Reference, as it stands in SignedInfo.

    Attributes:
        uri: None when the attribute is absent.
        transforms: Their URIs, in order.
        enveloped: The enveloped-signature transform is among them.
        canonicalization: None when none is named; C14N 1.0 then applies to nodes [DS 4.4.3.2].
        prefixes: InclusiveNamespaces of that canonicalization.
        digest: None when it is outside our table.
        digest_value: Decoded.
        allowed: False when an algorithm or the order of transforms forbids computing it.
    """

    uri: str | None
    transforms: tuple[str, ...]
    enveloped: bool
    canonicalization: Canonicalization | None
    prefixes: tuple[str, ...]
    digest: Digest | None
    digest_value: bytes
    allowed: bool


class SignedContent(NamedTuple):
    """
    What one Reference covers, and its digest agrees.

    Attributes:
        uri: As the Reference has it.
        octets: Exactly what was digested.
        name: Of the element, `{namespace}local`; None for outside octets.
        is_root: The element is the root of the document sent, whole but for the signature.
    """

    uri: str
    octets: bytes
    name: str | None
    is_root: bool


class SignatureReading(NamedTuple):
    """
    One Signature element that has the right structure.

    Attributes:
        identifier: Its Id, or None.
        method: None when it is outside our table; see problems.
        signature_value: Decoded; ECDSA as r and s side by side.
        signed_info: Canonical SignedInfo, what was signed; None when its canonicalization
            is outside our table.
        references: In document order.
        certificates: DER from KeyInfo/X509Data, in document order; candidates, no more.
        contents: One for each Reference; empty as long as there is any problem.
        coverage: How much of the document the References mean, whether or not their digests
            agree; None when they mean nothing, or two elements at once.
        problems: Everything that is wrong, in the order of the checks.
    """

    identifier: str | None
    method: SignatureMethod | None
    signature_value: bytes
    signed_info: bytes | None
    references: tuple[Reference, ...]
    certificates: tuple[bytes, ...]
    contents: tuple[SignedContent, ...]
    coverage: Coverage | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One Signature element whose structure is wrong, so that nothing else can be said."""

    problems: tuple[Problem, ...]


class SignedDocument(NamedTuple):
    """
    All signatures of one document.

    Attributes:
        signatures: In document order.
        problems: Of the document as a whole; they hold for each signature.
    """

    signatures: tuple[SignatureReading | Unreadable, ...]
    problems: tuple[Problem, ...]
