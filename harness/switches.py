"""
The switches of a world: where public material leaves a choice, and what may be chosen.
"""

from collections.abc import Callable, Iterable

from pki.errors import Unacceptable


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda value: value in words


# Each with a test of its value, and what the message offers [J 13].
SWITCHES: dict[str, tuple[Callable[[str], bool], str]] = {
    "designated_city": (_one_of("ward", "city"), "ward or city"),
    "abroad": (_one_of("by-date", "kept", "revoked"), "by-date, kept or revoked"),
    "effect": (_one_of("at-once", "next-day"), "at-once or next-day"),
    "usable_after": (
        lambda value: value.isascii() and value.isdigit() and len(value) < 4,
        "a number of days",
    ),
    "full_list": (_one_of("on", "off"), "on or off"),
    "substitute": (lambda value: len(value) == 1, "one character"),
}


def parse_switches(settings: Iterable[str]) -> dict[str, str]:
    """Read SWITCH=WORD settings; Unacceptable for a name or a word that is not in the table."""
    found = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        name = name.replace("-", "_")
        if name not in SWITCHES:
            raise Unacceptable(f"no switch is called {name!r}; use one of {', '.join(SWITCHES)}")
        fits, words = SWITCHES[name]
        if not fits(value):
            raise Unacceptable(f"the switch {name} cannot be {value!r}; use {words}")
        found[name] = value
    return found
