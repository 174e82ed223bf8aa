"""
What a SignedData says, as plain values.  Pure; nothing here is trusted yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pki.cms.identifiers import SIGNATURE_TIME_STAMP

Problem = tuple[str, str]
"""Id of a cause, and one line for a person."""


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """
    One signer's part of a message [5652 5.3].

    Attributes:
        issuer: DN of the certificate's issuer, encoded; None if named by key identifier.
        serial: Content octets of its serial number; None likewise.
        key_identifier: subjectKeyIdentifier; None if named by issuer and serial.
        digest_algorithm: AlgorithmIdentifier, encoded.
        signed_attributes: Content octets of the OID to the one value, encoded; None where
            there are none, so that the signature is over the content itself.
        signed_octets: What is signed if there are attributes: their DER, as a SET OF
            [5652 5.4]; None likewise.
        signature_algorithm: AlgorithmIdentifier, encoded.
        signature: The octets.
        unsigned_attributes: Content octets of the OID, and the values, encoded; in order.
    """

    issuer: bytes | None
    serial: bytes | None
    key_identifier: bytes | None
    digest_algorithm: bytes
    signed_attributes: Mapping[bytes, bytes] | None
    signed_octets: bytes | None
    signature_algorithm: bytes
    signature: bytes
    unsigned_attributes: tuple[tuple[bytes, tuple[bytes, ...]], ...]

    @property
    def time_stamps(self) -> tuple[bytes, ...]:
        """Return the time-stamp tokens over `signature`, DER, unread [3161 A]."""
        return tuple(
            [
                value
                for identifier, values in self.unsigned_attributes
                if identifier == SIGNATURE_TIME_STAMP
                for value in values
            ]
        )


@dataclass(frozen=True, slots=True)
class SignedData:
    """
    A message, read and checked for form, not for truth [5652 5.1].

    Attributes:
        digest_algorithms: AlgorithmIdentifiers that are announced, encoded.
        content_type: Content octets of eContentType; DATA unless the message is something
            special, such as TST_INFO.
        content: eContent, exactly the octets that are digested; None if detached.
        certificates: X.509 ones of the bag, DER, in order; candidates, no more.
        revocation: Lists and other RevocationInfoChoices of the bag, encoded, unread.
        signers: Empty where nobody signed, which is legal syntax.
    """

    digest_algorithms: tuple[bytes, ...]
    content_type: bytes
    content: bytes | None
    certificates: tuple[bytes, ...]
    revocation: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]
