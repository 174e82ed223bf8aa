"""
A stranger tries everything on what Hanako signed as a CMS message.

Every octet is flipped in turn and every end is cut off, alone and by thousands of chances;
whatever comes of it is a verdict, and no yes but where nobody signed what was changed.
What a message may cost is counted, not timed.
"""

import random
import signal
import sys
from contextlib import contextmanager

import pytest
from cms_workshop import (
    CONTENT,
    DIGESTS,
    NOON,
    SHA256_WITH_NULL,
    TIME_STAMP,
    algorithm,
    attribute,
    hanako,
    jiro,
    judged,
    message,
    ours,
    signer_info,
    taro,
)
from forgery import sound
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.cms.check import (
    candidates,
    certificate_problems,
    content_problems,
    signature_cause,
    signing_time,
)
from pki.cms.read import read_signed_data
from pki.der import read
from pki.der.write import explicit, integer, octet_string, sequence, tlv
from pki.errors import JpkiError, Malformed
from pki.pkcs1 import PREFIXES

ATTACHED = ours(signing_time=NOON)
DETACHED = ours(by=jiro(), detached=True)
STAMP = sequence(integer(7))
STAMPED = message(signer_info(unsigned=attribute(TIME_STAMP, STAMP)), digests=SHA256_WITH_NULL)
SAMPLES = {
    "RSA, attached": (ATTACHED, None),
    "P-384, detached": (DETACHED, CONTENT),
    "RSA, with a time-stamp": (STAMPED, None),
}
every_sample = pytest.mark.parametrize("name", SAMPLES)

# What no signature covers, and why a change of it may still give a yes.
UNCOVERED = {
    "RSA, with a time-stamp": (
        attribute(TIME_STAMP, STAMP),
        "an unsigned attribute: whoever relies on the token judges the token [5652 5.3]",
    ),
}


def uncovered(name):
    """
    Say at which offsets of a sample nobody signed.
    """
    if name not in UNCOVERED:
        return range(0)
    octets, _ = SAMPLES[name]
    part, _ = UNCOVERED[name]
    assert 1 == octets.count(part)
    start = octets.index(part)
    return range(start, start + len(part))


@every_sample
def test_no_flipped_octet_passes_but_where_nobody_signed(name):
    """
    All eight bits of each octet at once; the next story flips them one by one.
    """
    octets, content = SAMPLES[name]
    assert sound(judged(octets, content=content)).passed

    passed = {
        at for at in range(len(octets)) if judged(flipped(octets, at, 0xFF), content=content).passed
    }

    assert passed <= set(uncovered(name))
    assert bool(passed) is (name in UNCOVERED)  # the list names nothing in vain


@every_sample
@pytest.mark.torture
def test_no_flipped_bit_passes_but_where_nobody_signed(name, scaled):
    octets, content = SAMPLES[name]
    bits = [(at, 1 << bit) for at in range(len(octets)) for bit in range(8)]
    chosen = random.Random(name).sample(bits, scaled(len(bits)))

    passed = {at for at, bit in chosen if judged(flipped(octets, at, bit), content=content).passed}

    assert passed <= set(uncovered(name))


@pytest.mark.parametrize("at", range(0, len(CONTENT), 7))
def test_no_flipped_octet_of_detached_content_passes(at):
    assert "SIGNATURE_MISMATCH" == judged(DETACHED, content=flipped(CONTENT, at, 1)).code


def flipped(octets, at, bits):
    changed = bytearray(octets)
    changed[at] ^= bits
    return bytes(changed)


@every_sample
def test_whatever_is_cut_off_is_refused(name):
    octets, content = SAMPLES[name]

    for size in range(len(octets)):
        with pytest.raises(Malformed):
            read_signed_data(octets[:size])
    assert not judged(octets[:-1], content=content).passed


@every_sample
def test_whatever_is_put_in_is_refused(name):
    """
    One octet more, at each place, of four that mean something to DER.
    """
    octets, _ = SAMPLES[name]

    for at in range(len(octets) + 1):
        for octet in (b"\x00", b"\x30", b"\x80", b"\xff"):
            changed = octets[:at] + octet + octets[at:]
            with pytest.raises(Malformed):
                read_signed_data(changed)


def opened(octets):
    """
    Do all that a reader of messages may do, with any octets.
    """
    data = read_signed_data(octets)
    for signer in data.signers:
        content_problems(data, signer, data.content)
        for der in candidates(data, signer):
            certificate_problems(signer, der)
        signature_cause(signer, CONTENT, hanako().key.public_key())
        signing_time(signer)


def tree(octets):
    """
    Take DER apart into tags and contents, as far as the certificates, which stay whole.
    """
    found = []
    at = 0
    while at < len(octets):
        tag, begin, end = read.header(octets, at, len(octets))
        inner = octets[begin:end]
        whole = octets[at:end] in (hanako().der, jiro().der)
        found.append([tag, tree(inner) if tag & 0x20 and not whole else inner])
        at = end
    return found


def encoded(nodes):
    return b"".join(
        tlv(tag, inner if isinstance(inner, bytes) else encoded(inner)) for tag, inner in nodes
    )


def lists_of(nodes):
    """
    Give every list of nodes in a tree, the tree's own first.
    """
    found = [nodes]
    for each in found:
        found += [inner for _, inner in each if type(inner) is list]
    return found


def copied(part):
    return [copied(each) for each in part] if isinstance(part, list) else part


TAGS = (0x02, 0x04, 0x05, 0x06, 0x17, 0x24, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0x1F)


def change(nodes, chance):
    """
    Do something to a tree that leaves it DER, so that it gets past the first look.
    """
    inhabited = [each for each in lists_of(nodes) if each]
    siblings = chance.choice(inhabited)
    at = chance.randrange(len(siblings))
    tag, inner = siblings[at]
    match chance.randrange(7):
        case 0 if len(siblings) > 1:
            del siblings[at]
        case 1 if len(siblings) < 40:
            siblings.insert(at, copied(siblings[at]))
        case 2:
            chance.shuffle(siblings)
        case 3:
            siblings[at] = [chance.choice(TAGS), inner]
        case 4:
            siblings[at] = copied(chance.choice(chance.choice(inhabited)))
        case 5:
            siblings[at] = [tag, b""]
        case _:
            raw = bytearray(inner if isinstance(inner, bytes) else encoded(inner)) or bytearray(1)
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            siblings[at] = [tag, bytes(raw)]


def mutations(seed, count):
    """
    Yield *count* messages with one to four things changed, and the content that goes along.
    """
    chance = random.Random(seed)
    samples = [(tree(octets), content) for octets, content in SAMPLES.values()]
    for number in range(count):
        if number % 4 == 0:
            nodes, content = chance.choice(samples)
            nodes = copied(nodes)
        change(nodes, chance)
        yield encoded(nodes), content


def test_nothing_but_our_own_error_comes_of_any_octets():
    """
    Twenty thousand messages that are DER and not what they were; a part is read to its end.
    """
    read_whole = refused = 0

    for octets, _ in mutations("tests/cms", 20_000):
        try:
            opened(octets)
            read_whole += 1
        except JpkiError:
            refused += 1

    assert 1_000 < read_whole
    assert 1_000 < refused


@pytest.mark.torture
def test_no_changed_message_gives_a_yes_about_something_else(scaled):
    """
    What passes all the same is the same content by the same signer, only packed otherwise.
    """
    signed = {read_signed_data(octets).signers[0].signature for octets, _ in SAMPLES.values()}

    for octets, content in mutations("tests/cms/verdicts", scaled(20_000)):
        verdict = sound(judged(octets, content=content))
        if verdict.passed:
            assert CONTENT == verdict.covered.octets
            assert {each.signature for each in read_signed_data(octets).signers} <= signed


@st.composite
def attribute_values(draw):
    """
    Anything at all as the value of an attribute that a reader opens.
    """
    return draw(
        st.binary(max_size=40)
        | st.recursive(
            st.sampled_from([integer(1), octet_string(bytes(32)), tlv(0x06, b"\x2a")]),
            lambda inner: st.lists(inner, max_size=3).map(lambda parts: sequence(*parts)),
            max_leaves=6,
        )
    )


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    dotted=st.sampled_from(
        [
            *("1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"),
            *("1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"),
            "1.2.840.113549.1.9.52",
        ]
    ),
    value=attribute_values(),
)
def test_any_value_of_any_attribute_gives_a_verdict(dotted, value):
    """
    Signed by Hanako herself, so that every check is reached.
    """
    info = signer_info(attributes=[attribute(dotted, value)])

    assert not sound(judged(message(info))).passed


BARE = bytes(range(32))


@pytest.mark.parametrize(
    "padded",
    [
        pytest.param(lambda digest: digest, id="a bare hash"),
        pytest.param(
            lambda digest: sequence(algorithm(DIGESTS["sha256"]), octet_string(digest)),
            id="DigestInfo without NULL",
        ),
        pytest.param(lambda digest: PREFIXES[64] + digest, id="SHA-512 around a SHA-256 value"),
        pytest.param(lambda digest: PREFIXES[32] + digest + b"\0", id="an octet after DigestInfo"),
    ],
)
def test_what_a_card_signs_for_careless_callers_is_refused(padded):
    """
    [8017 8.2.2] [8017 9.2]
    """
    from hashlib import sha256

    from pki.pkcs1 import sign_verbatim

    [signer] = read_signed_data(ATTACHED).signers
    plain = sha256(signer.signed_octets).digest()
    forged = ATTACHED.replace(signer.signature, sign_verbatim(hanako().key, padded(plain)))
    twin = sign_verbatim(hanako().key, PREFIXES[32] + plain)

    assert "SIGNATURE_MISMATCH" == judged(forged).code
    assert twin == signer.signature


class Counter:
    """
    Counts how often functions of this project are entered: the work, whatever the machine.
    """

    def __init__(self):
        self.calls = 0

    def __enter__(self):
        self._before = sys.getprofile()
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_):
        sys.setprofile(self._before)

    def _count(self, frame, event, _):
        self.calls += event == "call"


def work(octets, **options):
    with Counter() as counter:
        verdict = judged(octets, **options)
    return counter.calls, verdict


def strangers(count):
    return b"".join(sequence(integer(number)) for number in range(count))


WORST = {  # what is sent, and how many calls it may cost
    "10,000 certificates": (lambda: message(certificates=hanako().der * 10_000), 600),
    "256 strangers in the bag": (lambda: message(certificates=strangers(255) + hanako().der), 4000),
    "the same certificate 256 times": (lambda: message(certificates=hanako().der * 256), 3500),
    "16 signers, 256 certificates": (
        lambda: message(*[signer_info()] * 16, certificates=hanako().der * 250 + taro().der),
        60_000,
    ),
    "a million octets in a signer": (
        lambda: message(signer_info(unsigned=attribute(TIME_STAMP, tlv(0x30, NULLS)))),
        1500,
    ),
    "100,000 levels": (lambda: nested(100_000), 60),
    "16 signers of 30 MiB": (
        lambda: message(*[signer_info(bytes(30 << 20))] * 16, content=bytes(30 << 20)),
        12_000,
    ),
}
NULLS = b"\x05\x00" * 500_000


def nested(depth):
    octets = b""
    for _ in range(depth):
        octets = b"\x30\x80" + octets
    return octets


@pytest.mark.parametrize("case", WORST)
def test_a_message_costs_no_more_work_than_an_honest_one_may(case):
    forge, allowed = WORST[case]
    octets = forge()
    evidence_is_ready = judged(ATTACHED).passed

    with alarm(seconds=10):
        calls, _ = work(octets)

    assert evidence_is_ready
    assert calls <= allowed


def test_the_digest_of_a_large_content_is_made_once_for_all_signers():
    content = bytes(1 << 20)
    infos = [signer_info(content), signer_info(content, by=taro())]
    signed = message(*infos, content=content, certificates=hanako().der + taro().der)
    data = read_signed_data(signed)
    known = {}

    for signer in data.signers:
        assert [] == content_problems(data, signer, data.content, known=known)

    assert ["sha256"] == list(known)
    known["sha256"] = bytes(32)
    assert [("hash-failure", "message-digest is not the digest of the content")] == (
        content_problems(data, data.signers[0], data.content, known=known)
    )


@contextmanager
def alarm(*, seconds):
    """
    Ring at ten times the limit, lest a test of work hangs.
    """

    def ring(*_):
        raise AssertionError(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_a_bag_is_no_place_to_hide_a_certificate_from_the_path():
    """
    What is not named by the signer adds nothing to anybody's trust.
    """
    signed = message(certificates=taro().der)

    assert "UNSUPPORTED_CERTIFICATE" == judged(signed).code
    assert explicit(0, taro().der) in signed
