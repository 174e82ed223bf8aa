"""
DER is read in its one strict form, or not at all.

The writer and the reader share nothing, so each is the other's judge here; for what only
one of them can do, known octets are.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pki.der import read, write
from pki.errors import MalformedDer
from pki.oids import content

fixed = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        pytest.param(0, "02 01 00", id="zero"),
        pytest.param(127, "02 01 7f", id="seven bits"),
        pytest.param(128, "02 02 00 80", id="eight bits"),
        pytest.param(256, "02 02 01 00", id="nine bits"),
        pytest.param(-128, "02 01 80", id="minus 128"),
        pytest.param(-129, "02 02 ff 7f", id="minus 129"),
    ],
)
def test_integers_have_the_octets_of_the_standard(value, octets):
    """
    [X.690 8.3]
    """
    assert bytes.fromhex(octets) == write.integer(value)


@fixed
@given(st.integers(min_value=-(2**200), max_value=2**200))
def test_an_integer_survives_the_round_trip(value):
    encoded = write.integer(value)
    _, start, stop = read.header(encoded, 0, len(encoded))

    assert value == read.integer(encoded, start, stop)


@pytest.mark.parametrize(
    ("bits", "octets"),
    [
        pytest.param([0, 1], "03 02 06 c0", id="sign"),
        pytest.param([0], "03 02 07 80", id="auth"),
        pytest.param([5, 6], "03 02 01 06", id="ca"),
        pytest.param([8], "03 03 07 00 80", id="decipherOnly"),
        pytest.param([], "03 01 00", id="none"),
    ],
)
def test_named_bits_drop_trailing_zeros(bits, octets):
    """
    [X.690 11.2.2]; the first three are the keyUsage of real certificates [J 1.2] [J 2.2] [J 3].
    """
    assert bytes.fromhex(octets) == write.named_bits(bits)


@fixed
@given(
    st.tuples(st.integers(0, 2), st.integers(0, 39)).flatmap(
        lambda head: st.lists(st.integers(0, 2**70), max_size=6).map(lambda rest: [*head, *rest])
    )
)
def test_an_object_identifier_survives_the_round_trip(arcs):
    dotted = ".".join(map(str, arcs))
    octets = content(dotted)

    assert dotted == read.dotted(octets, 0, len(octets))


@fixed
@given(st.integers(0, 0x1E), st.binary(max_size=70_000 // 64).map(lambda b: b * 64))
def test_any_length_is_written_in_its_shortest_form(tag, value):
    encoded = write.tlv(tag, value)

    assert (tag, len(encoded) - len(value), len(encoded)) == read.header(encoded, 0, len(encoded))


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param("30 80 00 00", id="indefinite length"),
        pytest.param("30 81 03 02 01 00", id="length too long by an octet"),
        pytest.param("30 82 00 80" + " 00" * 128, id="length with a leading zero"),
        pytest.param("30 84 ff ff ff ff", id="four gibibytes"),
        pytest.param("30 85 01 00 00 00 00", id="length of five octets"),
        pytest.param("30 04 02 01 00", id="longer than the data"),
        pytest.param("1f 01 00", id="tag of two octets"),
        pytest.param("30", id="no length"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_form_of_length_or_tag_is_refused(octets):
    """
    [X.690 10.1]
    """
    data = bytes.fromhex(octets)

    with pytest.raises(MalformedDer):
        read.header(data, 0, len(data))


@pytest.mark.parametrize("octets", ["02 02 00 01", "02 02 ff ff", "02 00"])
def test_an_integer_with_an_octet_too_many_is_refused(octets):
    """
    [X.690 8.3.2]
    """
    data = bytes.fromhex(octets)
    _, start, stop = read.header(data, 0, len(data))

    with pytest.raises(MalformedDer, match="shortest form"):
        read.integer(data, start, stop)


def test_true_is_ff_and_nothing_else():
    """
    [X.690 11.1]
    """
    assert read.boolean(b"\xff", 0, 1)
    with pytest.raises(MalformedDer):
        read.boolean(b"\x01", 0, 1)


def test_unused_bits_must_be_zero():
    """
    [X.690 11.2.1]
    """
    with pytest.raises(MalformedDer, match="unused bits"):
        read.bits(bytes.fromhex("06c1"), 0, 2)


def test_deep_nesting_ends_in_an_error_and_not_in_recursion():
    deep = b""
    for _ in range(5000):
        deep = write.tlv(0x30, deep)

    with pytest.raises(MalformedDer, match="nested deeper"):
        read.check(deep, 0, len(deep))


@fixed
@given(st.binary(max_size=200))
def test_no_octets_raise_anything_but_the_one_error(data):
    offset = 0
    try:
        read.check(data, 0, len(data))
    except MalformedDer as error:
        offset = error.offset

    assert 0 <= offset <= len(data)


def test_a_set_of_is_sorted():
    """
    [X.690 11.6]
    """
    assert bytes.fromhex("31 06 02 01 01 02 01 02") == write.set_of(
        [write.integer(2), write.integer(1)]
    )


def test_a_printable_string_takes_no_kanji():
    with pytest.raises(ValueError, match="not a PrintableString"):
        write.printable("日本")
