"""
Filings: an envelope as the tax service receives it, with invented content, signed by a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ca.words import Words
from harness.scene import PINS
from harness.world import World
from pki.kinds import Kind, Pin
from pki.validity import day_in_jst
from pki.xmldsig.forms import Form

if TYPE_CHECKING:
    from jinja2 import Template

    from ca.register import Issued


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """
    One signed filing.

    Attributes:
        holder: Who signed it.
        title: What the story calls it.
        content: Before it was signed.
        document: Signed.
        issued: The certificate that it was signed under.
        at: When; UTC.
    """

    holder: str
    title: Words
    content: bytes
    document: bytes
    issued: Issued
    at: datetime


def file(world: World, holder: str, title: Words, *, refund: int) -> Filing:
    """Fill in a refund claim, and sign it with the holder's card at the world's moment."""
    at = world.now()
    resident = world.register.resident(holder)
    content = _template().render(
        filed=day_in_jst(at),
        name=resident.name,
        address=resident.address,
        income=100 * refund,  # whole yen, all of it invented
        withheld=3 * refund,
        refund=refund,
    )
    issued = world.register.current(world.register.card_of(holder), Kind.SIGN)
    assert issued is not None
    # The form of the tax service; inferred [RP 2.1].
    signed = world.sign_xml(holder, content.encode(), pin=PINS[Pin.SIGN], form=Form.XTX)
    return Filing(
        holder=holder, title=title, content=content.encode(), document=signed, issued=issued, at=at
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    places = FileSystemLoader(Path(__file__).parent)
    return Environment(
        loader=places, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    ).get_template("filing.xml.j2")
