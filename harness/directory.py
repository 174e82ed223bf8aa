"""
Publication in a directory: each list at the entry that certificates name, over LDAP.

JPKI's distribution points are directory names, so that a client such as Java's fetches by
itself.  All generations' lists of a point stand in one attribute, for the CA's generations
share their name, and a reader chooses by authorityKeyIdentifier (RFC 4523).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ca.publication import ARL, Made
from harness.world import World
from pki.errors import OutputRefused, Unacceptable
from pki.kinds import Kind
from pki.names import Name, ca_name, rfc4514

CLASSES = {"C": "country", "O": "organization", "OU": "organizationalUnit"}
POINT = "cRLDistributionPoint"  # RFC 4523, 3.2
SECONDS = 10
ALREADY_THERE = 68  # entryAlreadyExists (RFC 4511, A.2)
REVOKED, AUTHORITIES = "certificateRevocationList;binary", "authorityRevocationList;binary"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry that a list, or a CA, stands at.

    Attributes:
        name: Its DN.
        classes: Of the entry.
        values: By attribute.
    """

    name: Name
    classes: tuple[str, ...]
    values: dict[str, list[bytes]]


def entries(world: World, *, at: datetime) -> list[Entry]:
    """Return what a directory holds at *at*: points with their lists, and both CAs."""
    found: dict[Name, Entry] = {}
    for kind in Kind:
        own = ca_name(kind, world.naming)
        certificates = [each.certificate for each in world.authority.generations(kind, at=at)]
        classes = ("organizationalUnit", "pkiCA")
        found[own] = Entry(own, classes, {"cACertificate;binary": certificates})
    for made in world.press.all_newest(at=at):
        _add(found, world, made)
    return list(found.values())


def _add(found: dict[Name, Entry], world: World, made: Made) -> None:
    name = world.press.scope(made.kind, made.word).point or ca_name(made.kind, world.naming)
    entry = found.setdefault(name, Entry(name, (POINT,), {}))
    attribute = AUTHORITIES if made.word == ARL else REVOKED
    entry.values.setdefault(attribute, []).append(world.press.bytes(made))


def publish(
    world: World,
    url: str,
    *,
    at: datetime,
    bind_dn: str | None = None,
    password: str | None = None,
) -> list[str]:
    """
    Write every list that is out into a directory, and return the DNs written.

    Entries above the points are made where they are missing.
    """
    listed = entries(world, at=at)
    connection = _connected(url, bind_dn, password)
    try:
        made: set[Name] = set()
        for each in listed:
            for depth in range(1, len(each.name)):
                _container(connection, each.name[:depth], made)
            _write(connection, each)
        return [rfc4514(each.name) for each in listed]
    finally:
        connection.unbind()


def _connected(url: str, bind_dn: str | None, password: str | None) -> Any:
    try:
        with warnings.catch_warnings():
            # Of its last release, which uses a name that pyasn1 has another for since.
            warnings.simplefilter("ignore", DeprecationWarning)
            import ldap3
            from ldap3.core.exceptions import LDAPException
    except ImportError:
        raise OutputRefused(
            "publication over LDAP needs ldap3; `pip install minijpki[ldap]`"
        ) from None
    if not url.startswith(("ldap://", "ldaps://")):
        raise Unacceptable(f"{url!r} is no LDAP URL; write it as in ldap://127.0.0.1:389")
    server = ldap3.Server(url, get_info=ldap3.NONE, connect_timeout=SECONDS)
    connection = ldap3.Connection(server, user=bind_dn, password=password, receive_timeout=SECONDS)
    try:
        if connection.bind():
            return connection
        why = connection.result["description"]
    except LDAPException as error:
        why = type(error).__name__
    if connection.socket is not None:
        connection.socket.close()  # of a failed attempt the library leaves it open
    raise OutputRefused(
        f"the directory {url} cannot be written ({why}); check the URL, --bind-dn and the password"
    )


def _container(connection: Any, name: Name, made: set[Name]) -> None:
    if name in made:
        return
    attribute, _ = name[-1]
    connection.add(rfc4514(name), [CLASSES[attribute]])
    if connection.result["result"] not in (0, ALREADY_THERE):
        _refuse(connection, name)
    made.add(name)


def _write(connection: Any, entry: Entry) -> None:
    dn = rfc4514(entry.name)
    connection.add(dn, list(entry.classes), entry.values)
    if connection.result["result"] == 0:
        return
    if connection.result["result"] != ALREADY_THERE:
        _refuse(connection, entry.name)
    changes = {name: [("MODIFY_REPLACE", values)] for name, values in entry.values.items()}
    if "pkiCA" in entry.classes:
        # Made as a bare container by somebody before: what it becomes by its class.
        connection.modify(dn, {"objectClass": [("MODIFY_REPLACE", list(entry.classes))]})
    connection.modify(dn, changes)
    if connection.result["result"] != 0:
        _refuse(connection, entry.name)


def _refuse(connection: Any, name: Name) -> None:
    raise OutputRefused(
        f"the directory refuses {rfc4514(name)} ({connection.result['description']}); "
        "check its schema, and what the bind may write"
    )
