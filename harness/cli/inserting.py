"""
The commands that put a card into a reader and take it out.
"""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from harness.cli.desk import Command, Desk

if TYPE_CHECKING:
    from harness.card.session import CardSession
    from harness.world import World

TOKENS = ("card", "android", "iphone")


@click.command("insert", cls=Command)
@click.argument("identifier", metavar="ID")
@click.option(
    "--reader",
    type=click.Choice(["pcsc", "tcp", "stdio"]),
    default="pcsc",
    show_default=True,
    help="Through pcscd, or without it: a port of the loop-back interface, or lines of hex.",
)
@click.option("--token", type=click.Choice(TOKENS), default="card", show_default=True)
@click.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="See docs/card.md.")
@click.option("--trace", is_flag=True, help="Tell every APDU, secrets as ****.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="For tcp.  [default: free]")
@click.option(
    "--socket",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where pcscd listens for clients.  [default: where all look, if it is free]",
)
@click.option(
    "--only-isolated",
    is_flag=True,
    help="Refuse where vpcd can have no network namespace of its own.",
)
@click.pass_obj
def insert(
    desk: Desk,
    identifier: str,
    reader: str,
    token: str,
    switches: tuple[str, ...],
    trace: bool,
    port: int,
    place: Path | None,
    only_isolated: bool,
) -> None:
    """Put a resident's card into a virtual reader, until `card remove` or Ctrl-C.

    Whatever speaks PC/SC or PKCS #11 finds it there: OpenSC, Java, OpenSSH, pyHanko.

    \b
    Examples:
        minijpki card insert hanako
        minijpki card insert hanako --trace --switch blocked=6983
        minijpki card insert hanako --reader tcp --port 9000 --token android
    """
    from harness.card.inserted import holding
    from harness.card.session import CardSession
    from harness.card.switches import parse_switches
    from harness.card.tokens import Token

    world = desk.world
    session = CardSession.insert(
        world,
        identifier,
        token=Token(token),
        switches=parse_switches(switches),
        trace=(lambda line: click.echo(line, err=True)) if trace else None,
    )
    with holding(world.directory, identifier):
        signal.signal(signal.SIGTERM, _ended)
        try:
            if reader == "stdio":
                _over_lines(session)
            elif reader == "tcp":
                _over_tcp(desk, session, port)
            else:
                _through_pcscd(desk, session, world, place, only_isolated=only_isolated)
        except KeyboardInterrupt:
            desk.say("the card is out", "カードを抜きました。")


@click.command("remove", cls=Command)
@click.argument("identifier", metavar="ID")
@click.pass_obj
def remove(desk: Desk, identifier: str) -> None:
    """Take a resident's card out of its reader.

    \b
    Examples:
        minijpki card remove hanako
    """
    from harness.card.inserted import take_out

    world = desk.world
    world.register.card_of(identifier)
    take_out(world.directory, identifier)
    desk.answer({"id": identifier, "reader": None})


def _over_lines(session: CardSession) -> None:
    from harness.card.transports import serve_lines

    serve_lines(sys.stdin, sys.stdout, session)


def _over_tcp(desk: Desk, session: CardSession, port: int) -> None:
    from harness.card.transports import listen, serve_tcp

    with listen(port) as listener:
        _tell(desk, session, "tcp", listener.getsockname()[1])
        serve_tcp(listener, session)


def _through_pcscd(
    desk: Desk, session: CardSession, world: World, place: Path | None, *, only_isolated: bool
) -> None:
    from harness.card.pcsc import STANDARD, VARIABLE, Reader, leave_the_network, place_for
    from harness.card.transports import serve
    from pki.errors import NotPermitted

    if place is None and not only_isolated and (wire := _somebody_elses()) is not None:
        desk.say(
            "a virtual reader is there already and is used; vpcd listens on all interfaces, so "
            "whoever reaches this machine can be the card",
            "既存の仮想リーダーを使います。vpcdは全インターフェースで待ち受けます。",
        )
        with wire:
            serve(wire, session, lambda: _tell(desk, session, "pcsc", str(STANDARD)))
        return
    why_not = leave_the_network()
    if why_not and only_isolated:
        raise NotPermitted(
            f"vpcd would listen on all interfaces, for it can have no network namespace of its "
            f"own ({why_not}); leave --only-isolated away"
        )
    if why_not:
        desk.say(
            f"no network namespace ({why_not}): vpcd listens on all interfaces, so whoever "
            "reaches this machine can be the card",
            f"ネットワーク名前空間なし（{why_not}）。vpcdは全インターフェースで待ち受けます。",
        )
    made = Reader(place.absolute() if place else place_for(world.directory), private=not why_not)
    try:
        if made.path != STANDARD:
            desk.say(f"export {VARIABLE}={made.path}")
        with made.start() as wire:
            serve(wire, session, lambda: _tell(desk, session, "pcsc", str(made.path)))
    finally:
        made.stop()


def _somebody_elses() -> socket.socket | None:
    from harness.card.transports import connected
    from pki.errors import NotPermitted

    try:
        return connected()
    except NotPermitted:
        return None


def _tell(desk: Desk, session: CardSession, reader: str, place: str | int) -> None:
    """Say where the card is, once it is there; whoever started this may be waiting for it."""
    atr = session.atr.hex().upper()
    desk.answer({"id": session.identifier, "reader": reader, "place": place, "atr": atr})
    sys.stdout.flush()
    desk.say(
        "the My Number and the photograph on this card are made up",
        "このカードの個人番号と顔写真は架空のものです。",
    )


def _ended(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
