"""
The commands about cards: certificates and PINs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from harness.cli.desk import Desk, Group
from harness.cli.inserting import insert, remove
from harness.cli.moment import Moment, Serial, Word, rfc3339
from harness.cli.residents import at_option, told
from harness.cli.secret import Secret
from pki.kinds import Channel, Event, Kind, Pin, Request

if TYPE_CHECKING:
    from ca.office import Handed
    from harness.world import World

BOTH = (Kind.AUTH, Kind.SIGN)


def pin_options(command: Any) -> Any:
    """Add an option for each of the four PINs."""
    for pin in reversed(Pin):
        help_text = f"The {pin.value} PIN.  [default: drawn, and shown once]"
        command = click.option(f"--{pin.value}-pin", help=help_text)(command)
    return command


key_option = click.option("--key", type=Word(Kind), help="Only this certificate.  [default: both]")


@click.group(cls=Group)
def card() -> None:
    """Issue cards, renew certificates, mind the PINs.

    \b
    Examples:
        minijpki card issue hanako --sign-pin ABC123 --auth-pin 1234
        minijpki card show hanako
    """


card.add_command(insert)
card.add_command(remove)


@card.command()
@click.argument("identifier", metavar="ID")
@pin_options
@click.option("--without", type=click.Choice(["sign", "auth", "both"]), help="Decline these.")
@click.option("--even-so", is_flag=True, help="Issue what is refused only as a rule.")
@at_option
@click.pass_obj
def issue(
    desk: Desk,
    /,
    identifier: str,
    without: str | None,
    even_so: bool,
    at: datetime | None,
    **pins: str | None,
) -> None:
    """Issue a card, with both certificates as far as the resident may have them.

    PINs that are not given are drawn and shown once, here.

    \b
    Examples:
        minijpki card issue hanako
        minijpki card issue hanako --sign-pin ABC123 --auth-pin 1234 --without sign
    """
    world = desk.world
    handed = world.office.issue_card(
        identifier,
        at=world.moment(at),
        pins=_chosen(pins),
        without=_declined(without),
        even_so=even_so,
    )
    _hand_over(desk, world, handed)


@card.command()
@click.argument("identifier", metavar="ID")
@pin_options
@click.option("--without", type=click.Choice(["sign", "auth", "both"]), help="Decline these.")
@click.option("--even-so", is_flag=True, help="Issue what is refused only as a rule.")
@at_option
@click.pass_obj
def reissue(
    desk: Desk,
    /,
    identifier: str,
    without: str | None,
    even_so: bool,
    at: datetime | None,
    **pins: str | None,
) -> None:
    """Replace the card: lost, damaged, expired or suspended.

    \b
    Examples:
        minijpki card reissue hanako --sign-pin ABC123
    """
    world = desk.world
    handed = world.office.issue_card(
        identifier,
        at=world.moment(at),
        pins=_chosen(pins),
        without=_declined(without),
        instead=True,
        even_so=even_so,
    )
    desk.say(
        "200 yen with a re-issued card, besides the card's own fee",
        "カード再交付時の電子証明書発行手数料は200円です（カードの手数料は別）。",
    )
    _hand_over(desk, world, handed)


@card.command()
@click.argument("identifier", metavar="ID")
@key_option
@click.option("--certificate", "serial", type=Serial(), help="Name the one to be renewed.")
@pin_options
@click.option("--even-so", is_flag=True, help="Issue what is refused only as a rule.")
@at_option
@click.pass_obj
def renew(
    desk: Desk,
    /,
    identifier: str,
    key: Kind | None,
    serial: int | None,
    even_so: bool,
    at: datetime | None,
    **pins: str | None,
) -> None:
    """Issue new certificates onto the card.

    Inside the renewal window that is a renewal; before it, after expiry or after a
    revocation it is an issue like any other, and ends one birthday earlier.

    \b
    Examples:
        minijpki card renew hanako
        minijpki card renew hanako --key sign
        minijpki card renew hanako --key sign --certificate 0x2
    """
    world = desk.world
    handed = world.office.renew(
        identifier,
        (key,) if key else BOTH,
        at=world.moment(at),
        serial=serial,
        pins=_chosen(pins),
        even_so=even_so,
    )
    _hand_over(desk, world, handed)


@card.command()
@click.argument("identifier", metavar="ID")
@click.option("--at", type=Moment(), help="As of then.  [default: now]")
@click.pass_obj
def show(desk: Desk, identifier: str, at: datetime | None) -> None:
    """Show the newest card of a resident; never its PINs.

    \b
    Examples:
        minijpki card show hanako --json
    """
    from pki.errors import Missing

    world = desk.world
    world.register.resident(identifier, at=at)
    found = world.register.card(identifier, at=at)
    if found is None:
        raise Missing(f"the resident {identifier!r} has no card; see `minijpki card issue`")
    when = at or world.now()
    certificates = [world.register.certificate(k, s.serial_number) for k, s in found.slots.items()]
    desk.answer(
        {
            "card": found.serial,
            "id": identifier,
            "state": found.state.value,
            "issued_on": found.issued_on.isoformat(),
            "expires_on": found.expires_on.isoformat(),
            "tries": {pin.value: state.tries_left for pin, state in found.pins.items()},
            "certificates": [
                {
                    "kind": each.kind.value,
                    "serial": f"{each.serial:#x}",
                    "not_after": rfc3339(each.not_after),
                    **told(world, each.kind, each.serial, each.not_after, at=when),
                }
                for each in certificates
            ],
        }
    )


def _event_command(name: str, event: Event, sentence: str, detail: str) -> None:
    """Make the command of one event that befalls a card."""

    @click.argument("identifier", metavar="ID")
    @at_option
    @click.pass_obj
    def body(desk: Desk, identifier: str, at: datetime | None) -> None:
        world = desk.world
        world.register.card_of(identifier)
        world.office.report(event, identifier, at=world.moment(at))
        changed = world.register.card_of(identifier)
        desk.answer({"card": changed.serial, "id": identifier, "state": changed.state.value})

    body.__doc__ = f"{sentence}\n\n{detail}\n\n\b\nExamples:\n    minijpki card {name} hanako\n"
    card.command(name)(body)


_event_command(
    "suspend",
    Event.CARD_LOST,
    "Suspend a lost card by phone, at any hour.",
    "Both certificates are put on hold, and a hold is never lifted.",
)
_event_command(
    "resume",
    Event.CARD_FOUND,
    "Resume a card that was found again, at the counter.",
    "Its certificates stay on the list; new ones are issued with `card renew`.",
)
_event_command(
    "return",
    Event.CARD_RETURNED,
    "Return the card to the counter.",
    "Revokes both certificates.",
)
_event_command(
    "destroy",
    Event.CARD_DESTROYED,
    "Destroy a card before it is handed over.",
    "Revokes both certificates without a stated reason.",
)


def _request_command(name: str, request: Request, sentence: str) -> None:
    """Make the command of one request that names a certificate."""

    @click.argument("identifier", metavar="ID")
    @key_option
    @at_option
    @click.pass_obj
    def body(desk: Desk, identifier: str, key: Kind | None, at: datetime | None) -> None:
        world = desk.world
        when = world.moment(at)
        kinds = (key,) if key else tuple(world.register.card_of(identifier).slots)
        with world.store.writing():
            done = [world.office.request(request, identifier, kind, at=when) for kind in kinds]
        desk.table(
            {
                "kind": each.kind.value,
                "serial": f"{each.serial:#x}",
                **told(world, each.kind, each.serial, each.not_after, at=world.now()),
            }
            for each in done
        )

    body.__doc__ = f"{sentence}\n\n\b\nExamples:\n    minijpki card {name} hanako --key sign\n"
    card.command(name)(body)


_request_command("withdraw", Request.WITHDRAW, "Withdraw a certificate at the holder's request.")
_request_command("report-leak", Request.REPORT_LEAK, "Report that a private key has leaked.")


@card.command("change-pin")
@click.argument("identifier", metavar="ID")
@click.option("--pin-name", "pin", type=Word(Pin), required=True, help="Which of the four.")
@click.option("--old", cls=Secret, prompt="The PIN now", help="[default: asked for]")
@click.option("--new", cls=Secret, prompt="The new PIN", help="[default: asked for]")
@click.option("--channel", type=Word(Channel), default="counter", show_default=True)
@at_option
@click.pass_obj
def change_pin(
    desk: Desk,
    identifier: str,
    pin: Pin,
    old: str,
    new: str,
    channel: Channel,
    at: datetime | None,
) -> None:
    """Change a PIN that is known.

    \b
    Examples:
        minijpki card change-pin hanako --pin-name auth --old 1234 --new 4321
        minijpki card change-pin hanako --pin-name sign --channel mynaportal
    """
    world = desk.world
    world.office.change_pin(identifier, pin, old, new, channel=channel, at=world.moment(at))
    desk.answer({"id": identifier, "pin": pin.value, "event": Event.PIN_CHANGED.value})


@card.command("reset-pin")
@click.argument("identifier", metavar="ID")
@click.option("--pin-name", "pin", type=Word(Pin), required=True, help="Which of the four.")
@click.option("--new", cls=Secret, prompt="The new PIN", help="[default: asked for]")
@click.option(
    "--at-store",
    "other",
    metavar="PIN",
    help="At a convenience store, by the PIN of the other certificate.",
)
@at_option
@click.pass_obj
def reset_pin(
    desk: Desk, identifier: str, pin: Pin, new: str, other: str | None, at: datetime | None
) -> None:
    """Set a forgotten or locked PIN anew.

    At the counter always; at a convenience store only if the other certificate is valid
    and its PIN is known and not locked.

    \b
    Examples:
        minijpki card reset-pin hanako --pin-name sign --new NEW123
        minijpki card reset-pin hanako --pin-name sign --new NEW123 --at-store 1234
    """
    world = desk.world
    when = world.moment(at)
    if other is None:
        world.office.reset_pin(identifier, pin, new, at=when)
    else:
        world.office.reset_pin_at_store(identifier, pin, new, other, at=when)
    desk.answer({"id": identifier, "pin": pin.value, "event": Event.PIN_RESET.value})


def _chosen(pins: Mapping[str, str | None]) -> dict[Pin, str]:
    return {pin: value for pin in Pin if (value := pins[f"{pin.value}_pin"]) is not None}


def _declined(without: str | None) -> frozenset[Kind]:
    if without is None:
        return frozenset()
    return frozenset(Kind) if without == "both" else frozenset({Kind(without)})


def _hand_over(desk: Desk, world: "World", handed: "Handed") -> None:
    """Tell what was made; drawn PINs are told here and nowhere else."""
    for _, refused in handed.declined:
        desk.say(refused.reason.en, refused.reason.ja)
    desk.answer(
        {
            "card": handed.card.serial,
            "id": handed.card.holder,
            "expires_on": handed.card.expires_on.isoformat(),
            "pins": {pin.value: secret for pin, secret in handed.drawn.items()},
            "certificates": [
                {
                    "kind": each.kind.value,
                    "serial": f"{each.serial:#x}",
                    "not_after": rfc3339(each.not_after),
                }
                for each in handed.certificates
            ],
        }
    )
