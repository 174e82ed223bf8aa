"""
OpenSSL is shown the same random paths, and both of us answer the same.

Self-issued key changes, policies and their inhibitions, name constraints, path lengths,
expired CAs and such as are none: every path has some of it, drawn from a fixed seed.
"""

import random
import ssl
import subprocess

import pytest
from cryptography import x509
from path_workshop import HOUR, NOON, P1, P2, P3, authority, certificate, judged, key, policies
from xml_workshop import required

from harness.verifier.paths import Answer

ANY_POLICY = "2.5.29.32.0"
HOSTS = ["example.jp", "b.example.jp", "x.a.example.jp", "other.jp"]


def identifiers(own, above):
    """
    Hint at both keys: without, OpenSSL takes the first CA of a name and tries no other.
    """
    return [
        x509.SubjectKeyIdentifier.from_public_key(key(own).public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key(above).public_key()),
    ]


def some_policies(chance):
    return policies(*chance.sample([P1, P2, P3, ANY_POLICY], chance.randrange(1, 4)))


def a_ca(chance, name, own, issuer, above):
    extensions = identifiers(own, above)
    if chance.random() < 0.8:
        extensions.append(some_policies(chance))
    if chance.random() < 0.15:
        subtree = [x509.DNSName(chance.choice(["example.jp", "a.example.jp"]))]
        permitted = chance.random() < 0.5
        constraints = (subtree, None) if permitted else (None, subtree)
        extensions.append((x509.NameConstraints(*constraints), True))
    if chance.random() < 0.2:
        counts = chance.choice([None, 0, 1]), chance.choice([0, 1])
        extensions.append((x509.PolicyConstraints(*counts), True))
    if chance.random() < 0.2:
        extensions.append((x509.InhibitAnyPolicy(chance.randrange(2)), True))
    keys = {"subject_key": own, "issuer_key": above}
    if chance.random() < 0.08:
        keys["ends"] = NOON - HOUR
    if chance.random() < 0.05:
        return certificate(name, issuer, *extensions, **keys)
    length = chance.randrange(3) if chance.random() < 0.2 else None
    return authority(name, issuer, *extensions, length=length, **keys)


def a_path(chance):
    """
    Return a target and its bag under the CA named Root.
    """
    bag, issuer, above = [], "Root", "Root"
    for number in range(chance.randrange(4)):
        own = f"CA {number}"
        name = issuer if number and chance.random() < 0.1 else own
        bag.append(a_ca(chance, name, own, issuer, above))
        issuer, above = name, own
    extensions = identifiers("Hanako", above)
    extensions.append(x509.SubjectAlternativeName([x509.DNSName(chance.choice(HOSTS))]))
    if chance.random() < 0.85:
        extensions.append(some_policies(chance))
    return certificate("Hanako", issuer, *extensions, issuer_key=above), bag


@pytest.mark.slow
@pytest.mark.torture
def test_openssl_answers_alike(tmp_path, scaled):
    openssl = required("openssl")
    chance = random.Random(3)
    root = authority(
        "Root", None, x509.SubjectKeyIdentifier.from_public_key(key("Root").public_key())
    )
    size, accepted = scaled(1000), 0
    for number in range(size):
        target, bag = a_path(chance)
        wanted, explicit = chance.choice([None, P1, P2]), chance.random() < 0.5
        files = {"target": [target], "bag": bag or [root], "root": [root]}
        for name, ders in files.items():
            (tmp_path / name).write_text("".join(map(ssl.DER_cert_to_PEM_cert, ders)))

        ours = judged(
            target,
            chance.sample(bag, len(bag)),
            [root],
            explicit_policy=explicit,
            policies=wanted and frozenset({wanted}),
        )
        theirs = subprocess.run(
            [
                *(openssl, "verify", "-attime", str(int(NOON.timestamp())), "-CAfile", "root"),
                *("-untrusted", "bag", "-no-CApath", "-no-CAstore", "-policy_check"),
                *("-policy", wanted or "anyPolicy", *["-explicit_policy"] * explicit, "target"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )

        accepted += theirs.returncode == 0
        assert (number, theirs.returncode == 0) == (number, ours.answer is Answer.VALID), (
            ours.why,
            theirs.stderr,
        )
    assert size // 5 < accepted < size * 4 // 5
