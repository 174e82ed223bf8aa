"""
What becomes of a holder's certificates when life happens to the holder.

Pure.  The tables RULES and REQUESTS are the whole policy; what stands above them is
vocabulary, and the functions below only look things up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from pki.errors import AlreadyRevoked
from pki.kinds import Confidence, Event, Kind, Reason, Request


@dataclass(frozen=True, slots=True)
class Good:
    """On no CRL."""


@dataclass(frozen=True, slots=True)
class Held:
    """On the CRL as certificateHold, and never to leave it again [J 7]."""

    since: datetime

    @property
    def reason(self) -> Reason:
        return Reason.CERTIFICATE_HOLD


@dataclass(frozen=True, slots=True)
class Revoked:
    """On the CRL for a final reason."""

    since: datetime
    reason: Reason


Standing = Good | Held | Revoked


class Abroad(Enum):
    """What happens to the certificates of somebody who leaves Japan [J 13]."""

    BY_DATE = "by-date"  # kept since 2024-05-27, revoked before
    KEPT = "kept"
    REVOKED = "revoked"


class Effect(Enum):
    """When a revocation takes effect; two cities disagree [J 10.5]."""

    AT_ONCE = "at-once"
    NEXT_DAY = "next-day"  # 00:00 JST


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """
    Where public material leaves a choice.

    Attributes:
        abroad: Whether certificates survive a departure from Japan.
        effect: The date that a revocation bears.
    """

    abroad: Abroad = Abroad.BY_DATE
    effect: Effect = Effect.AT_ONCE


DEFAULT = Switches()


class Outcome(Enum):
    """What a row does to a certificate, in the words of the listing."""

    KEPT = "kept"
    HELD = "held"
    REVOKED = "revoked"
    KEPT_ABROAD = "kept abroad since 2024-05-27, revoked before"


@dataclass(frozen=True, slots=True)
class Row:
    """
    What one event does to one kind of certificate, and how well that is known.

    Attributes:
        outcome: What is done.
        reason: Of the list, once the certificate is on it; None if nothing puts it there.
        confidence: How sure we are of the whole row, the reason included.
        source: Citation of what the row rests on.
        note: What else a reader should know; empty if nothing.
    """

    outcome: Outcome
    reason: Reason | None
    confidence: Confidence
    source: str
    note: str = ""

    @property
    def words(self) -> str:
        """Outcome and reason, as the listing prints them."""
        return f"{self.outcome.value} ({self.reason.value})" if self.reason else self.outcome.value


CONFIRMED, SINGLE_SOURCE, INFERRED = Confidence


def keeps(confidence: Confidence, source: str, note: str = "") -> Row:
    """Write the row of what leaves a certificate as it stands."""
    return Row(Outcome.KEPT, None, confidence, source, note)


def revokes(reason: Reason, confidence: Confidence, source: str, note: str = "") -> Row:
    """Write the row of what ends a certificate for *reason*."""
    return Row(Outcome.REVOKED, reason, confidence, source, note)


def both(row: Row) -> dict[Kind, Row]:
    """Treat the two certificates alike."""
    return dict.fromkeys(Kind, row)


# The signature certificate states the four items, the authentication certificate none.
FOUR_ITEMS = {
    Kind.SIGN: revokes(Reason.AFFILIATION_CHANGED, CONFIRMED, "[J 11]"),
    Kind.AUTH: keeps(CONFIRMED, "[J 11]"),
}

# No source gives a reason for a card that is gone; that it ends both is confirmed.
CARD_GONE = both(revokes(Reason.CESSATION_OF_OPERATION, INFERRED, "[J 13]", "the reason"))
NEVER_LIFTED = both(keeps(SINGLE_SOURCE, "[J 7]", "a hold is never lifted"))
NOTHING = both(keeps(SINGLE_SOURCE, "[J 11]"))

# What each event does to each certificate, and why.
RULES: dict[Event, dict[Kind, Row]] = {
    Event.MOVED: FOUR_ITEMS,
    Event.MOVED_WITHIN: FOUR_ITEMS,
    Event.ADDRESS_RENUMBERED: FOUR_ITEMS,
    Event.RENAMED: FOUR_ITEMS,
    Event.BIRTH_CORRECTED: FOUR_ITEMS,
    Event.SEX_CORRECTED: FOUR_ITEMS,
    # Death has no reason code of its own: it is a change of the record [J 7].
    Event.DIED: {
        Kind.SIGN: revokes(Reason.AFFILIATION_CHANGED, SINGLE_SOURCE, "[J 11]"),
        Kind.AUTH: revokes(Reason.AFFILIATION_CHANGED, INFERRED, "[J 13]", "the reason"),
    },
    Event.LEFT: both(
        Row(
            Outcome.KEPT_ABROAD,
            Reason.CESSATION_OF_OPERATION,
            INFERRED,
            "[J 13]",
            "sources disagree; switch `abroad`",
        )
    ),
    Event.RECORD_DELETED: both(revokes(Reason.CESSATION_OF_OPERATION, INFERRED, "[J 13]")),
    # The stay is none of the four items; what its extension changes is the card.
    Event.STAY_EXTENDED: both(keeps(INFERRED, "[J 10.1]", "notAfter stays as it was")),
    Event.STAY_LAPSED: both(
        revokes(Reason.CESSATION_OF_OPERATION, INFERRED, "[J 10.1] [J 13]", "the card lapses")
    ),
    Event.ERROR_FOUND: both(revokes(Reason.AFFILIATION_CHANGED, INFERRED, "[J 13]", "ex officio")),
    Event.NUMBER_CHANGED: both(revokes(Reason.SUPERSEDED, INFERRED, "[J 13]", "the reason")),
    Event.CARD_LOST: both(
        Row(Outcome.HELD, Reason.CERTIFICATE_HOLD, CONFIRMED, "[J 11]", "never lifted [J 7]")
    ),
    Event.CARD_FOUND: NEVER_LIFTED,
    Event.CARD_RETURNED: CARD_GONE,
    Event.CARD_LAPSED: CARD_GONE,
    Event.CARD_EXPIRED: CARD_GONE,  # the certificates never outlive the card, so nobody looks
    # A new card brings new certificates, so the old ones end as a renewal ends them.
    Event.CARD_REISSUED: both(revokes(Reason.SUPERSEDED, INFERRED, "[J 11]")),
    Event.CARD_DESTROYED: both(revokes(Reason.UNSPECIFIED, SINGLE_SOURCE, "[J 7]")),
    Event.RENEWED: both(revokes(Reason.SUPERSEDED, CONFIRMED, "[J 11]", "the old one, at once")),
    Event.PIN_LOCKED: NOTHING,  # unusable, not revoked [J 10.4]
    Event.PIN_CHANGED: NOTHING,
    Event.PIN_RESET: both(keeps(INFERRED, "[J 10.4]")),
    Event.CA_KEY_COMPROMISED: both(revokes(Reason.CA_COMPROMISE, SINGLE_SOURCE, "[J 11]")),
}

# What each request does to the one certificate that it names.
REQUESTS: dict[Request, Row] = {
    Request.WITHDRAW: revokes(Reason.CESSATION_OF_OPERATION, CONFIRMED, "[J 11]"),
    Request.REPORT_LEAK: revokes(Reason.KEY_COMPROMISE, CONFIRMED, "[J 11]"),
}

KEPT_ABROAD_SINCE = datetime(2024, 5, 26, 15, tzinfo=UTC)  # 2024-05-27 in JST [J 11]
JST_AHEAD = timedelta(hours=9)  # not from pki/validity, whose calendar few commands need


def after(
    event: Event, kind: Kind, standing: Standing, *, at: datetime, switches: Switches = DEFAULT
) -> Standing:
    """Return how a certificate of *kind* stands once *event* has happened.

    A revoked one stands as before: life goes on, whatever became of a certificate.
    """
    if isinstance(standing, Revoked):
        return standing
    return _apply(RULES[event][kind], standing, at, switches)


def granted(
    request: Request, standing: Standing, *, at: datetime, switches: Switches = DEFAULT
) -> Standing:
    """Return how the certificate that *request* names stands once it is granted."""
    if isinstance(standing, Revoked):
        raise AlreadyRevoked(standing.since)
    return _apply(REQUESTS[request], standing, at, switches)


def survives_abroad(*, at: datetime, switches: Switches = DEFAULT) -> bool:
    """Whether somebody who leaves Japan at *at* keeps card and certificates."""
    if switches.abroad is Abroad.BY_DATE:
        return at >= KEPT_ABROAD_SINCE
    return switches.abroad is Abroad.KEPT


def listing() -> Iterator[tuple[Event | Request, Kind, Row]]:
    """List the policy row by row, for the eye and for docs/fidelity.md."""
    for event, rows in RULES.items():
        for kind, row in rows.items():
            yield event, kind, row
    for request, row in REQUESTS.items():
        for kind in Kind:
            yield request, kind, row


def _apply(row: Row, standing: Good | Held, at: datetime, switches: Switches) -> Standing:
    match row.outcome:
        case Outcome.KEPT:
            return standing
        case Outcome.HELD:
            # A second report of the same loss changes nothing.  And a hold never waits
            # for midnight, whatever the switch says: it is there for its haste (inferred).
            return Held(at) if isinstance(standing, Good) else standing
        case Outcome.KEPT_ABROAD if survives_abroad(at=at, switches=switches):
            return standing
        case _:
            return _revoke(row, standing, at, switches)


def _revoke(row: Row, standing: Good | Held, at: datetime, switches: Switches) -> Revoked:
    # NOTE: no source says which date a held certificate bears once it is revoked.
    # The reason changes, the date of the hold stays [J 13]; a later one would make a
    # signature of the days between look good.
    assert row.reason is not None
    if isinstance(standing, Held):
        return Revoked(standing.since, row.reason)
    since = _next_midnight(at) if switches.effect is Effect.NEXT_DAY else at
    return Revoked(since, row.reason)


def _next_midnight(at: datetime) -> datetime:
    """Return the first midnight in Japan after *at*; at midnight itself, a day later."""
    local = at + JST_AHEAD  # read as if UTC were JST; Japan has no summer time
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1) - JST_AHEAD
