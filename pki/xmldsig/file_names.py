"""
Names of files in references: percent-encoded, of one meaning, and never a way elsewhere.

Pure.  A reference names a file that lies beside the document, and nothing else: no folder, no
scheme, no query, no fragment.  Whatever two readers might take for two names is refused, and
names are the same when their characters are; no normal form and no case is folded [3986 2.1].
"""

import re
from collections.abc import Iterator, Mapping
from unicodedata import category

from pki.errors import Unacceptable

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_LONE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NEVER_ESCAPED = frozenset(b"-._~")  # and letters and digits [3986 2.3]
_AGAIN = re.compile(r"%[0-9A-Fa-f]{2}")
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})  # or they turn the text around: names that lie
_PLAIN = re.compile(r"[A-Za-z0-9._~!$'()*,;=@-]")  # not & and +, which some read as markup or space
_ELSEWHERE = re.compile(r'[/\\:?# <>"]')  # in a reference as it is written
_IMPOSSIBLE = re.compile(r"[/\\:]")  # in a name: folders, drives and streams
_MAX = 255  # octets of a name, as with most file systems


class ByName(Mapping[str, bytes]):
    """
    Files under their names, as a reader of signatures asks for them: by reference.

    What a reference cannot mean is not there, whatever *files* has.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def __getitem__(self, uri: str) -> bytes:
        try:
            return self._files[file_name(uri)]
        except Unacceptable:
            raise KeyError(uri) from None

    def __iter__(self) -> Iterator[str]:
        return iter([reference_to(name) for name in self._files])

    def __len__(self) -> int:
        return len(self._files)


def reference_to(name: str) -> str:
    """Spell the name of a file as a reference; everything unusual is percent-encoded."""
    _check(name)
    return encoded(name)


def encoded(text: str) -> str:
    """Percent-encode the UTF-8 of whatever might be read as something else [3986 2.5]."""
    return "".join(
        [
            each if _PLAIN.fullmatch(each) else "".join([f"%{o:02X}" for o in each.encode()])
            for each in text
        ]
    )


def file_name(uri: str) -> str:
    """Read the name of a file from a reference, or refuse what is no name [3986 4.2]."""
    if _ELSEWHERE.search(uri):
        raise Unacceptable(
            f"the reference {uri[:80]!r} is not the name of a file beside the document; "
            "only such files are read"
        )
    return _check(decoded(uri))


def decoded(text: str) -> str:
    """
    Undo percent-encoding, once and strictly.

    Refused are letters, digits and dots in disguise, as in %2e%2e, what is no UTF-8, control
    characters, and a result that looks as if it were to be decoded again.
    """
    octets = text.encode()
    if b"%" not in octets:
        return _uncontrolled(text)
    if _LONE.search(octets):
        raise _ambiguous(text, "has a % without two hexadecimal digits")
    for found in _ESCAPE.finditer(octets):
        octet = int(found[1], 16)
        if octet in _NEVER_ESCAPED or (chr(octet).isascii() and chr(octet).isalnum()):
            raise _ambiguous(text, f"hides {chr(octet)!r} behind an escape")
    try:
        result = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), octets).decode()
    except UnicodeDecodeError:
        raise _ambiguous(text, "is no UTF-8 behind its escapes") from None
    if _AGAIN.search(result):
        raise _ambiguous(text, "is encoded twice")
    return _uncontrolled(result)


def _uncontrolled(text: str) -> str:
    if _is_controlled(text):
        raise _ambiguous(text, "has a control character")
    return text


def _is_controlled(text: str) -> bool:
    return any(category(each) in _INVISIBLE for each in text)


def _check(name: str) -> str:
    if not name or name in (".", "..") or _IMPOSSIBLE.search(name) or name[-1] in ". ":
        raise Unacceptable(
            f"{name[:80]!r} cannot be the name of a file beside the document; rename the file"
        )
    if _AGAIN.search(name) or _is_controlled(name) or len(name.encode()) > _MAX:
        raise Unacceptable(
            f"the name {name[:80]!r} is too long, or two readers might read two names in it; "
            "rename the file"
        )
    return name


def _ambiguous(text: str, why: str) -> Unacceptable:
    return Unacceptable(f"the reference {text[:80]!r} {why}; encode each character once")
