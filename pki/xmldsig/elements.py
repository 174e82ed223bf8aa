"""
Children and values of the elements of a signature, strictly.

Pure.  Between children only white space and comments may stand; inside a value nothing but
its base64, so that no two readers see two values in it.
"""

import binascii

from lxml import etree

from pki.errors import MalformedXml

DS = "{http://www.w3.org/2000/09/xmldsig#}"

_XML_SPACE = " \t\r\n"


def broken(why: str) -> MalformedXml:
    """Say why a Signature element has the wrong structure."""
    return MalformedXml("the signature", why)


def children_of(element: etree._Element) -> tuple[list[etree._Element], list[str]]:
    """List the child elements of *element*, and their names."""
    children: list[etree._Element] = element[:]  # type: ignore[assignment,index]  # stubs
    texts = [element.text, *[child.tail for child in children]]
    if any(texts) and any(text.strip(_XML_SPACE) for text in texts if text):
        raise broken("there is text between its elements")
    names = [child.tag for child in children]
    if not all(map(_is_name, names)):  # a comment has a function for a tag
        children = [child for child in children if _is_name(child.tag)]
        names = [child.tag for child in children]
    return children, names


def decoded_value(element: etree._Element) -> bytes:
    """Decode the value of *element*, which has one spelling but for white space."""
    return decode(_text(element))


def decode(text: bytes) -> bytes:
    """Decode base64 that has one spelling."""
    try:
        value = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise broken("a value is not base64") from None
    if binascii.b2a_base64(value, newline=False) != text:
        raise broken("a value is not base64 as it must be spelled")
    return value


def decoded_certificate(element: etree._Element) -> bytes:
    """Decode the certificate that is the value of *element*."""
    return decode_certificate(_text(element))


def decode_certificate(text: bytes) -> bytes:
    """Decode a certificate, without padding too, as some hosts of the card write it [RP 4.1]."""
    try:
        return binascii.a2b_base64(text + b"==="[: -len(text) % 4], strict_mode=True)
    except ValueError:
        raise broken("a certificate is not base64") from None


def _text(element: etree._Element) -> bytes:
    if len(element):
        raise broken("there is a comment or an element inside a base64 value")
    try:
        return b"".join((element.text or "").encode("ascii").split())
    except UnicodeEncodeError:
        raise broken("a value is not base64") from None


def _is_name(tag: object) -> bool:
    return isinstance(tag, str)
