"""
Put a time-stamp into a CMS message: an attribute that its signature does not cover.

Pure.  Everything else of the message stays octet for octet [3161 A] [5652 5.3].
"""

from pki.cms.identifiers import SIGNATURE_TIME_STAMP
from pki.der import read
from pki.der.write import sequence, tlv


def with_time_stamp(message: bytes, token: bytes) -> bytes:
    """
    Add a token to the one signer of a message, beside those that are there.

    The message must have been read: what is no SignedData of one signer raises MalformedDer.
    """
    attribute = sequence(tlv(read.OID, SIGNATURE_TIME_STAMP), tlv(read.SET, token))
    start, stop = read.whole(message, read.SEQUENCE)
    wrapped = read.enter(message, start, stop, read.OID)[1]
    begin, end = read.enter(message, wrapped, stop, 0xA0)
    data, data_stop = read.enter(message, begin, end, read.SEQUENCE)
    signers_at = read.children(message, data, data_stop)[-1][1]
    inner, inner_stop = read.enter(message, signers_at, data_stop, read.SET)
    signer, signer_stop = read.enter(message, inner, inner_stop, read.SEQUENCE)
    tag, at, first, last = read.children(message, signer, signer_stop)[-1]
    known = [attribute]
    if tag == 0xA1:
        known += [message[a:z] for _, a, _, z in read.children(message, first, last)]
    else:
        at = signer_stop
    # A SET OF, so in the order of DER [X.690 11.6].
    stamped = sequence(message[signer:at], tlv(0xA1, b"".join(sorted(known))))
    signed_data = sequence(message[data:signers_at], tlv(read.SET, stamped))
    return sequence(message[start:wrapped], tlv(0xA0, signed_data))
