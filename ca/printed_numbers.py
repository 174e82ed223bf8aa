"""
The tries of the numbers printed on a card (照合番号), which open it to whoever holds it.

Counted like those of a PIN: stored before anybody hears, restored only by the right number,
never given back.  What the numbers are is not decided here.
"""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from ca.card import Card
from ca.store import Store

NOUN = "printed-number"


@dataclass(frozen=True, slots=True)
class NumberAttempt:
    """
    What came of entering a printed number.

    Attributes:
        ok: Whether it was right.
        tries_left: Now.
        compared: False if it was locked before.
    """

    ok: bool
    tries_left: int
    compared: bool = True


def tries_left(store: Store, card: Card, reference: str, limit: int) -> int:
    """Return the tries that a reference has left; *limit* until somebody fails."""
    kept = store.state(NOUN, _identifier(card, reference))
    return limit if kept is None else min(int(kept), limit)


def enter_number(
    store: Store, card: Card, reference: str, value: str, right: str, *, limit: int, at: datetime
) -> NumberAttempt:
    """Compare *value* with the *right* one, and store the counter before this returns."""
    with store.writing():
        before = tries_left(store, card, reference, limit)
        if before == 0:
            return NumberAttempt(False, 0, compared=False)
        ok = compare_digest(value.encode(), right.encode())
        left = limit if ok else before - 1
        if left != before:
            moment = max(at, store.newest() or at)
            what = "number-right" if ok else "number-failed"
            seq = store.append(moment, what, card.holder, reference=reference, left=left)
            store.put_state(seq, moment, NOUN, _identifier(card, reference), left)
    return NumberAttempt(ok, left)


def _identifier(card: Card, reference: str) -> str:
    return f"{card.serial}/{reference}"
