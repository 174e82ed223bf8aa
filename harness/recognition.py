"""
What a file is, by its first octets; free of imports, for every front asks.
"""

# ContentInfo of type signed-data, whatever its length; BER, too, so that it is told why not.
_SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_LABELS = (b"-----BEGIN CMS-----", b"-----BEGIN PKCS7-----")


def is_message(content: bytes) -> bool:
    """Tell a CMS message, DER or PEM, from a certificate."""
    if content[:1] == b"\x30":
        return 2 <= content.find(_SIGNED_DATA, 0, 6 + len(_SIGNED_DATA))
    return any(label in content[:4096] for label in _LABELS)
