"""
GeneralName: the eight ways to name somebody besides a DN.  Pure [5280 4.2.1.6].
"""

from typing import NamedTuple

from pki.der import read
from pki.errors import MalformedDer
from pki.paths.names import ComparableName, comparable

OTHER_NAME, RFC822, DNS, DIRECTORY, URI, IP_ADDRESS = 0xA0, 0x81, 0x82, 0xA4, 0x86, 0x87
_ALL = frozenset({OTHER_NAME, RFC822, DNS, 0xA3, DIRECTORY, 0xA5, URI, IP_ADDRESS, 0x88})
_TEXT = frozenset({RFC822, DNS, URI})


class GeneralName(NamedTuple):
    """
    One name.

    Attributes:
        form: The context tag, which says of which form it is.
        value: Content octets; of a directoryName the DN, encoded.
        directory: The DN prepared for comparison; empty for the other forms.
    """

    form: int
    value: bytes
    directory: ComparableName = ()

    @property
    def text(self) -> str:
        """Return an rfc822Name, dNSName or URI as text."""
        return self.value.decode("ascii")


def read_general_names(data: bytes, start: int, stop: int) -> tuple[GeneralName, ...]:
    """Read GeneralNames, of which there must be one at least, between two offsets."""
    if start == stop:
        raise MalformedDer("the names", "none, where one at least must stand", start)
    return tuple(
        [read_general_name(data, *each) for each in read.children(data, start, stop)],
    )


def read_general_name(data: bytes, form: int, at: int, begin: int, end: int) -> GeneralName:
    """Read one GeneralName, whose TLV was taken apart already."""
    if form not in _ALL:
        raise MalformedDer("the names", "a form that the standard does not have", at)
    value = data[begin:end]
    if form == DIRECTORY:
        return GeneralName(form, value, comparable(value))
    if form in _TEXT and not value.isascii():
        raise MalformedDer("the names", "an IA5String with other characters", begin)
    return GeneralName(form, value)
