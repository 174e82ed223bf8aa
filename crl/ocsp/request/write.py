"""
Write OCSP requests.  Pure: equal questions give equal bytes.
"""

from crl.ocsp.write import NONCE
from pki.der.write import explicit, octet_string, oid, sequence


def write_request(identifiers: tuple[bytes, ...], nonce: bytes | None = None) -> bytes:
    """Ask about certificates by their CertIDs, DER; unsigned [6960 4.1.1]."""
    extensions = b""
    if nonce is not None:
        extension = sequence(oid(NONCE), octet_string(octet_string(nonce)))
        extensions = explicit(2, sequence(extension))
    return sequence(sequence(sequence(*map(sequence, identifiers)), extensions))
