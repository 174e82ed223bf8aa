"""
Who may come in: the name that was asked for, where a page comes from, and the token.

A browser can be led to loopback by a name that somebody else owns (DNS rebinding), and any
page can post a form there: so the Host is checked on loopback, too, and the Origin of
whatever is not a mere reading.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# What anybody may ask for, as in reality; the rest is behind the token where there is one.
PUBLIC = frozenset({"crl", "ca", "ocsp", "tsa", "healthz", "metrics", "cps.html"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """
    The rules of one server.

    Attributes:
        hosts: Names it may be asked by, lower case, without port.
        any_address: Whether any bare IP address will do, which no rebinding can forge.
        token: That the rest asks for; None on loopback, where nobody else comes.
        exactly: Spellings of Host that are right without a closer look.
    """

    hosts: frozenset[str] = LOOPBACK
    any_address: bool = False
    token: str | None = None
    exactly: frozenset[bytes] = frozenset()

    def refuse(
        self, service: str, method: str, version: str, headers: Mapping[bytes, bytes]
    ) -> tuple[int, str] | None:
        """Return status and reason of a refusal; None to let it in."""
        host = headers.get(b"host")
        if host is None:
            if version != "1.0":
                return 400, "a request of HTTP/1.1 names its Host"
        elif not self._is_ours(host):
            return 421, "this server does not answer for that Host; see --allow-host"
        if method not in READING:
            origin = headers.get(b"origin")
            if origin is not None and not _same(origin, host):
                return 403, "the request comes from a page of another Origin"
            if headers.get(b"sec-fetch-site", b"none") in (b"cross-site", b"same-site"):
                return 403, "the request comes from a page of another site"
        if self.token is not None and service not in PUBLIC and not self._knows(headers):
            return 401, "this needs the token that the server printed when it started"
        return None

    def _is_ours(self, host: bytes) -> bool:
        if host in self.exactly:  # nearly always
            return True
        name = name_of(host.decode("latin-1"))
        if name in self.hosts:
            return True
        return self.any_address and is_address(name)

    def _knows(self, headers: Mapping[bytes, bytes]) -> bool:
        """Compare a bearer token, or the password that a browser asked for."""
        scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
        secret = given.strip()
        if scheme.lower() == b"basic":
            try:
                secret = base64.b64decode(secret, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        elif scheme.lower() != b"bearer":
            return False
        assert self.token is not None
        return hmac.compare_digest(secret, self.token.encode())


def name_of(host: str) -> str:
    """Take the port off a Host."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Tell whether nobody but this machine reaches an address."""
    if name == "localhost":
        return True
    return is_address(name) and ip_address(name.strip("[]")).is_loopback


def _same(origin: bytes, host: bytes | None) -> bool:
    """Compare where a page comes from with where it asks; `null` is nowhere."""
    scheme, _, place = origin.partition(b"://")
    return host is not None and scheme in (b"http", b"https") and place.lower() == host.lower()
