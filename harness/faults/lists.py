"""
Lists gone wrong: each fault of crl as the octets that come in the place of a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ca.publication import ARL, Made
from crl.entries import ListRequest
from crl.scope import Scope
from crl.write import Template, build_list, template, to_be_signed
from harness.exports import pem
from harness.world import World
from pki.certificate.fields import extension
from pki.certificate.write import Issuer
from pki.der import read
from pki.der.write import bit_string, implicit, integer, sequence
from pki.keys import ROWS, algorithm_of, sign

UNHEARD_OF = "2.999.1"  # the arc for examples [X.690 8.19]
DELTA = "2.5.29.27"
DAY = timedelta(days=1)
ELSEWHERE = ("13101", "14104")  # two municipalities; one of them is another than any


@dataclass(frozen=True, slots=True)
class Spoiling:
    """
    A list, and what is needed to make another in its place.

    Attributes:
        world: Whose.
        made: The list that would have come.
        at: When it is asked for.
    """

    world: World
    made: Made
    at: datetime

    @property
    def right(self) -> bytes:
        return self.world.press.bytes(self.made)

    @property
    def request(self) -> ListRequest:
        return self.made.request

    @property
    def scope(self) -> Scope:
        return self.world.press.scope(self.made.kind, self.made.word)

    @property
    def issuer(self) -> Issuer:
        founded = self.world.authority.generations(self.made.kind)
        return self.world.authority.issuer(founded[self.made.generation - 1])

    @property
    def template(self) -> Template:
        return template(self.issuer, self.scope)

    def dated(self, this_update: datetime, next_update: datetime) -> bytes:
        request = replace(self.request, this_update=this_update, next_update=next_update)
        return build_list(self.template, request)

    def extended(self, more: bytes) -> bytes:
        """Make the list with one extension more, at the end."""
        made = self.template
        return build_list(replace(made, after=made.after + more), self.request)


def spoiled_list(fault: str, world: World, made: Made, *, at: datetime) -> bytes | None:
    """Return what comes in the place of a list; None where nothing does."""
    return _MAKERS[fault](Spoiling(world, made, at))


def _other_ca(it: Spoiling) -> bytes:
    other = it.made.kind.other
    issuer = it.world.authority.issuer(it.world.authority.generations(other)[-1])
    return build_list(template(issuer, it.world.press.scope(other, it.made.word)), it.request)


def _elsewhere(it: Spoiling) -> bytes:
    word = next(each for each in ELSEWHERE if each != it.made.word)
    return build_list(
        template(it.issuer, it.world.press.scope(it.made.kind, word)),
        replace(it.request, entries=()),
    )


def _turned(it: Spoiling) -> bytes:
    return it.right[:-1] + bytes((it.right[-1] ^ 1,))


def _indirect(it: Spoiling) -> bytes:
    scope = it.scope
    content = b""
    if scope.idp is not None:
        start, stop = read.whole(scope.idp, read.SEQUENCE)
        content = scope.idp[start:stop]
    claimed = replace(scope, idp=sequence(content, implicit(4, b"\xff")))
    return build_list(template(it.issuer, claimed), it.request)


def _yesterday(it: Spoiling) -> bytes | None:
    made = it.made
    press = it.world.press
    before = press.find(made.kind, made.generation, made.word, at=it.at - DAY)
    return None if before is None else press.bytes(before)


def _authorities(it: Spoiling) -> bytes | None:
    press = it.world.press
    made = press.find(it.made.kind, it.made.generation, ARL, at=it.at)
    return None if made is None else press.bytes(made)


def _without_next_update(it: Spoiling) -> bytes:
    tbs = to_be_signed(it.template, it.request)
    start, stop = read.whole(tbs, read.SEQUENCE)
    parts = [tbs[at:after] for _, at, _, after in read.children(tbs, start, stop)]
    del parts[4]  # version, signature, issuer, thisUpdate, nextUpdate [5280 5.1]
    left, key = sequence(*parts), it.issuer.private_key
    return sequence(left, ROWS[algorithm_of(key)].identifier, bit_string(sign(key, left)))


_MAKERS: dict[str, Callable[[Spoiling], bytes | None]] = {
    "crl-stale": lambda it: it.dated(it.at - 9 * DAY, it.at - 7 * DAY),
    "crl-future": lambda it: it.dated(it.at + DAY, it.at + 3 * DAY),
    "crl-empty": lambda it: b"",
    "crl-truncated": lambda it: it.right[: len(it.right) // 2],
    "crl-wrong-issuer": _other_ca,
    "crl-wrong-partition": _elsewhere,
    "crl-bad-signature": _turned,
    "crl-unknown-critical": lambda it: it.extended(
        extension(UNHEARD_OF, b"\x05\x00", critical=True)
    ),
    "crl-number-backwards": lambda it: build_list(
        it.template, replace(it.request, number=it.request.number // 2)
    ),
    "crl-yesterday": _yesterday,
    "crl-no-next-update": _without_next_update,
    "crl-delta": lambda it: it.extended(extension(DELTA, integer(0), critical=True)),
    "crl-indirect": _indirect,
    "crl-authorities-only": _authorities,
    "crl-pem": lambda it: pem("X509 CRL", it.right),
    "crl-missing": lambda it: None,
}
