"""
Which commands the control room runs, and the line of a test that does the same.

A line is a template over the fields of the request; `jpki` is the plugin's fixture.
"""

import re
from collections.abc import Mapping
from typing import Any

from harness.cli.moment import UNITS

HOLDER = "jpki.holder({id!r})"

ACTIONS = {
    "clock show": "jpki.now",
    "clock set": "jpki.set_clock(datetime.fromisoformat({moment!r}))",
    "clock advance": "jpki.advance({period})",
    "clock run": "jpki.world.let_clock_run()",
    "resident add": (
        "jpki.resident({id!r}, name={name!r}, born=date.fromisoformat({born!r}), "
        "address={address!r}, card=False)"
    ),
    "resident list": "jpki.world.register.residents()",
    "resident show": "jpki.world.register.resident({id!r})",
    "resident move": f"{HOLDER}.moves({{address!r}}, wait=False)",
    "resident rename": f"{HOLDER}.renames({{name!r}}, wait=False)",
    "resident correct": "",
    "resident extend-stay": (
        "jpki.world.office.extend_stay({id!r}, until=date.fromisoformat({until!r}), at=jpki.now)"
    ),
    "resident die": f"{HOLDER}.dies(wait=False)",
    "resident leave": f"{HOLDER}.leaves(wait=False)",
    "resident report": "jpki.world.office.report(Event({event!r}), {id!r}, at=jpki.now)",
    "card issue": "jpki.world.office.issue_card({id!r}, at=jpki.now, pins=PINS)",
    "card reissue": "jpki.world.office.issue_card({id!r}, at=jpki.now, pins=PINS, instead=True)",
    "card renew": f"{HOLDER}.renews(wait=False)",
    "card show": "jpki.world.register.card_of({id!r})",
    "card suspend": f"{HOLDER}.loses_card(wait=False)",
    "card return": f"{HOLDER}.returns_card(wait=False)",
    "card withdraw": f"{HOLDER}.withdraws(Kind({{key!r}}), wait=False)",
    "card report-leak": (
        "jpki.world.office.request(Request.REPORT_LEAK, {id!r}, Kind({key!r}), at=jpki.now)"
    ),
    "card change-pin": "",
    "card reset-pin": "",
    "office requirements": "",
    "notices list": "",
    "ca show": "jpki.world.authority.generations(Kind.SIGN)",
    "ca rollover": "jpki.world.authority.found(Kind({kind!r}), at=jpki.now)",
    "ca delegate": "jpki.world.responder.delegate(Kind({kind!r}), at=jpki.now)",
    "crl show": "jpki.world.press.newest(Kind.SIGN, {scope!r}, at=jpki.now)",
    "crl publish": "jpki.world.press.publish(tuple(Kind), at=jpki.now)",
    "crl diff": "",
    "link show": "",
    "link latest": "",
    "consent give": "give_consent(jpki.world.register, {id!r}, {service!r}, at=jpki.now)",
    "consent withdraw": "withdraw_consent(jpki.world.register, {id!r}, {service!r}, at=jpki.now)",
    "consent show": "",
    "consent latest": "",
    "faults list": "jpki.faults.switches",
    "faults on": (
        "jpki.faults.on(Switch(fault={fault!r}, left={times}, point={point!r}, serial={serial}))"
    ),
    "faults off": "jpki.faults.off({fault!r})",
}


# In the place of these where a field is given that changes what is meant.
CLOSER = {
    ("card renew", "key"): f"{HOLDER}.renews(Kind({{key!r}}), wait=False)",
    ("crl publish", "kind"): "jpki.world.press.publish((Kind({kind!r}),), at=jpki.now)",
    ("crl show", "kind"): "jpki.world.press.newest(Kind({kind!r}), {scope!r}, at=jpki.now)",
}
_PERIOD = re.compile(r"(\d+)([smhdw])")


class _Blank(dict[str, Any]):
    """What was not given stands as None."""

    def __missing__(self, key: str) -> Any:
        return None


def pytest_line(words: str, given: Mapping[str, Any]) -> str:
    """Spell what was done as a line of a test."""
    closer = (CLOSER[words, name] for name in given if (words, name) in CLOSER)
    fields = _Blank(given)
    if period := _PERIOD.fullmatch(str(given.get("period", ""))):
        fields["period"] = f"timedelta({UNITS[period[2]]}={period[1]})"
    return next(closer, ACTIONS[words]).format_map(fields)
