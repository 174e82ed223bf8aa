"""
A name is the same name in other capitals, with other spaces, in another string type.

And names below a CA must stand where its constraints let them [5280 4.2.1.10] [5280 7.1].
"""

import ipaddress

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from path_workshop import authority, certificate, cn, dn, judged

from harness.verifier.paths import Answer
from pki.der.write import oid, sequence, set_of, tlv
from pki.errors import MalformedDer
from pki.paths.names import comparable, prepared, within

COMMON_NAME = "2.5.4.3"
UTF8, PRINTABLE, TELETEX, BMP = 0x0C, 0x13, 0x14, 0x1E


def name(*values, tag=UTF8):
    return sequence(*[set_of([attribute(value, tag)]) for value in values])


def attribute(value, tag=UTF8, kind=COMMON_NAME):
    return sequence(oid(kind), tlv(tag, value if isinstance(value, bytes) else value.encode()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Chiyoda-ku", "CHIYODA-KU", id="capitals"),
        pytest.param("Chiyoda  ku", " Chiyoda ku ", id="spaces"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("ＡＢＣ", "abc", id="full width"),
        pytest.param("が", "か\u3099", id="composed"),
        pytest.param("a\u00adb", "ab", id="soft hyphen"),
        pytest.param("a\u3000b", "a b", id="ideographic space"),
        pytest.param("a\tb", "a b", id="tab"),
    ],
)
def test_these_are_one_name(one, other):
    """
    [4518 2]
    """
    assert comparable(name(one)) == comparable(name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(name("Chiyoda"), name("Chuo"), id="values"),
        pytest.param(name("a", "b"), name("b", "a"), id="order of RDNs"),
        pytest.param(name("a", "b"), name("a"), id="length"),
        pytest.param(name("a b"), name("ab"), id="a space or none"),
        pytest.param(name("é", tag=UTF8), name(b"\xe9", tag=TELETEX), id="TeletexString"),
        pytest.param(
            name("a"), sequence(set_of([attribute("a", kind="2.5.4.10")])), id="attributes"
        ),
        pytest.param(
            sequence(set_of([attribute("a"), attribute("b")])), name("a", "b"), id="one RDN or two"
        ),
    ],
)
def test_these_are_two_names(one, other):
    assert comparable(one) != comparable(other)


def test_string_types_do_not_matter():
    assert comparable(name("Abc")) == comparable(name("abc", tag=PRINTABLE))
    assert comparable(name("Abc")) == comparable(name("abc".encode("utf-16-be"), tag=BMP))


def test_the_order_within_an_rdn_is_der_and_nothing_else():
    first, second = sorted([attribute("a"), attribute("b")])

    with pytest.raises(MalformedDer, match="not in order"):
        comparable(sequence(tlv(0x31, second + first)))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text())
def test_preparing_twice_changes_nothing_more(text):
    """
    But for letters that fold again after they were composed, which no name has.
    """
    once = prepared(text)

    assert "  " not in once
    assert once == once.strip(" ")
    assert prepared(" " + text + "  ") == once


def test_a_name_below_begins_with_the_base():
    assert within(comparable(name("jp", "tokyo")), comparable(name("JP")))
    assert within(comparable(name("jp")), comparable(name("jp")))
    assert not within(comparable(name("jp")), comparable(name("jp", "tokyo")))


def verdict(names, *, permitted=None, excluded=None, subject="Hanako"):
    constraints = x509.NameConstraints(permitted or None, excluded or None)
    ca = authority("CA", "Root", (constraints, True))
    extensions = [x509.SubjectAlternativeName(names)] if names else []
    target = certificate(subject, "CA", *extensions, subject_key="Hanako")
    return judged(target, [ca], [authority("Root")]).answer is Answer.VALID


DNS, MAIL, URI = x509.DNSName, x509.RFC822Name, x509.UniformResourceIdentifier


def address(text):
    return x509.IPAddress(ipaddress.ip_address(text))


def network(text):
    return x509.IPAddress(ipaddress.ip_network(text))


CASES = [
    # base, name, whether the name is within
    (DNS("example.jp"), DNS("example.jp"), True),
    (DNS("example.jp"), DNS("www.EXAMPLE.jp"), True),
    (DNS("example.jp"), DNS("myexample.jp"), False),
    (DNS(".example.jp"), DNS("www.example.jp"), True),
    (DNS(".example.jp"), DNS("example.jp"), False),
    (MAIL("example.jp"), MAIL("hanako@example.jp"), True),
    (MAIL("example.jp"), MAIL("hanako@mail.example.jp"), False),
    (MAIL(".example.jp"), MAIL("hanako@mail.example.jp"), True),
    (MAIL(".example.jp"), MAIL("hanako@example.jp"), False),
    (MAIL("hanako@example.jp"), MAIL("hanako@EXAMPLE.jp"), True),
    (MAIL("hanako@example.jp"), MAIL("taro@example.jp"), False),
    (URI("example.jp"), URI("https://example.jp/a?b"), True),
    (URI("example.jp"), URI("https://user@example.jp:8443/"), True),
    (URI("example.jp"), URI("https://www.example.jp/"), False),
    (URI(".example.jp"), URI("https://www.example.jp/"), True),
    (network("192.0.2.0/24"), address("192.0.2.200"), True),
    (network("192.0.2.0/24"), address("192.0.3.1"), False),
    (network("2001:db8::/32"), address("2001:db8::1"), True),
    (network("2001:db8::/32"), address("2001:db9::1"), False),
    (x509.DirectoryName(dn("JP")), x509.DirectoryName(x509.Name([cn("jp"), cn("x")])), True),
    (x509.DirectoryName(dn("JP")), x509.DirectoryName(dn("JPN")), False),
]


@pytest.mark.parametrize(("base", "alternative", "inside"), CASES, ids=str)
def test_a_name_is_within_a_subtree_or_not(base, alternative, inside):
    """
    What is permitted inside is excluded inside, and the reverse.
    """
    subject = x509.Name([cn("jp"), cn("Hanako")])

    assert inside is verdict([alternative], permitted=[base], subject=subject)
    assert inside is not verdict([alternative], excluded=[base], subject=x509.Name([]))


@pytest.mark.parametrize(
    "alternative",
    [
        pytest.param(URI("urn:isbn:123"), id="no host"),
        pytest.param(URI("https://192.0.2.1/"), id="an address"),
        pytest.param(URI("https://[2001:db8::1]/"), id="an address of version 6"),
    ],
)
def test_a_uri_without_a_host_name_is_refused_where_uris_are_constrained(alternative):
    assert not verdict([alternative], excluded=[URI("example.jp")])
    assert verdict([alternative], excluded=[DNS("example.jp")])


def test_a_form_that_cannot_be_judged_is_refused_where_it_is_constrained():
    """
    As the otherNames of a signature certificate would be, under a CA that limits those.
    """
    other = x509.OtherName(x509.ObjectIdentifier("1.2.392.200149.8.5.5.1"), b"\x0c\x01a")

    assert not verdict([other], permitted=[other])
    assert not verdict([other], excluded=[other])
    assert verdict([other], permitted=[DNS("example.jp")])


def test_a_wildcard_may_not_stand_for_an_excluded_host():
    assert not verdict([DNS("*.example.jp")], excluded=[DNS("www.example.jp")])
    assert verdict([DNS("*.example.jp")], permitted=[DNS("example.jp")])


def test_an_address_in_the_subject_counts_like_any():
    hanako = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "hanako@example.jp")])

    assert verdict([], permitted=[MAIL("example.jp")], subject=hanako)
    assert not verdict([], excluded=[MAIL("example.jp")], subject=hanako)


def test_constraints_add_up_along_the_path():
    wide = x509.NameConstraints([DNS("example.jp")], None)
    narrow = x509.NameConstraints([DNS("www.example.jp"), DNS("example.com")], None)
    bag = [authority("One", "Root", (wide, True)), authority("Two", "One", (narrow, True))]

    def answer(host):
        target = certificate("Hanako", "Two", x509.SubjectAlternativeName([DNS(host)]))
        return judged(target, bag, [authority("Root")]).answer

    assert Answer.VALID is answer("www.example.jp")
    assert Answer.INVALID is answer("mail.example.jp")
    assert Answer.INVALID is answer("example.com")
