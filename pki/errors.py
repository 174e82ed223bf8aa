"""
Every error that this project raises on purpose.  A class stands for what the caller can do.

JpkiError
├── Malformed               an object cannot be read; get another copy       .what
│   ├── MalformedDer        .offset
│   └── MalformedXml
├── Unacceptable            a value breaks a rule; choose another
│   ├── OutsideRepertoire   .character
│   ├── ImpossibleDate
│   ├── UnknownMunicipality .address
│   │   └── WardMissing     .wards
│   ├── UnknownMunicipalityCode  .code
│   └── UnacceptablePin     .pin
├── Missing                 what was named is not in this world
│   ├── UnknownResident     .resident
│   ├── UnknownCertificate
│   └── UnknownProcedure
├── LifecycleError          what was asked for is impossible as things stand
│   ├── AlreadyRevoked      .since
│   ├── ResidentDied        .resident
│   ├── TooEarly            .newest
│   ├── NotNewest
│   └── NotEligible
├── CardError               the card says no
│   ├── WrongPin            .pin .tries_left
│   ├── PinLocked           .pin
│   ├── NotOnCard           .kind
│   └── CardGone            .state
├── SearchExhausted         one judgement would cost too much work      .work
├── NotInstalled            a library that this needs is missing        .extra
├── NotPermitted            the office, the profile or the naming mode forbids it
│   └── ProfileBroken       .rules
├── WorldError              the world on disk cannot be used
│   ├── NoWorld
│   ├── WorldExists
│   ├── WorldUnreadable
│   ├── WorldTooNew
│   └── WorldBusy
└── OutputRefused           a result cannot be written where it was asked for
"""

from datetime import datetime

from pki.kinds import Kind, Pin


class JpkiError(Exception):
    """Base of all; never raised itself."""


class Malformed(JpkiError):
    """An object cannot be read."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} cannot be read: {why}")
        self.what = what


class MalformedDer(Malformed):
    """Bytes are not the strict DER that the object needs [X.690 10]."""

    def __init__(self, what: str, why: str, offset: int) -> None:
        super().__init__(what, f"{why} (at byte {offset})")
        self.offset = offset


class MalformedXml(Malformed):
    """Bytes are no XML document that we are willing to read."""


class Unacceptable(JpkiError):
    """A value breaks a rule of JPKI; choose another."""


class OutsideRepertoire(Unacceptable):
    """A character may not stand in a name or an address, not even as a substitute."""

    def __init__(self, message: str, character: str) -> None:
        super().__init__(message)
        self.character = character


class ImpossibleDate(Unacceptable):
    """A date that no calendar has, or no resident."""


class UnknownMunicipality(Unacceptable):
    """An address begins with no municipality of Japan."""

    def __init__(self, address: str) -> None:
        super().__init__(
            "the address begins with no municipality of Japan; "
            "write it from the prefecture on, as in 東京都千代田区丸の内１－１－１"
        )
        self.address = address


class WardMissing(UnknownMunicipality):
    """An address names a designated city, whose wards have the counters, and none of them."""

    def __init__(self, address: str, city: str, wards: tuple[str, ...]) -> None:
        super().__init__(address)
        self.args = (
            f"the address names {city} without one of its wards, which have the counters; "
            f"write one behind the city: {'、'.join(wards)}",
        )
        self.wards = wards


class UnknownMunicipalityCode(Unacceptable):
    """No municipality of Japan has that code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"no municipality of Japan has the code {code!r}; "
            "give the five digits of JIS X 0402, without check digit, as in 13101"
        )
        self.code = code


class UnacceptablePin(Unacceptable):
    """A PIN breaks its rule; the message never repeats the PIN."""

    def __init__(self, pin: Pin, rule: str, cure: str = "choose another") -> None:
        super().__init__(f"the {pin.value} PIN must be {rule}; {cure}")
        self.pin = pin


class Missing(JpkiError):
    """What was named is not in this world."""


class UnknownResident(Missing):
    """No resident of this world has that identifier."""

    def __init__(self, resident: str) -> None:
        super().__init__(f"no resident {resident!r} in this world; see `minijpki resident list`")
        self.resident = resident


class UnknownCertificate(Missing):
    """No certificate of this world fits."""


class UnknownProcedure(Missing):
    """No procedure of the municipal counter has that name."""

    def __init__(self, procedure: str) -> None:
        super().__init__(
            f"no procedure {procedure!r} at the counter; see `minijpki office requirements`"
        )


class LifecycleError(JpkiError):
    """What was asked for is impossible as things stand."""


class AlreadyRevoked(LifecycleError):
    """A request names a certificate that is revoked, and stays so [5280 3.3]."""

    def __init__(self, since: datetime) -> None:
        super().__init__(
            f"the certificate is revoked since {since:%Y-%m-%d}; "
            "revocation is final, issue a new certificate"
        )
        self.since = since


class ResidentDied(LifecycleError):
    """Nothing more happens to the dead."""

    def __init__(self, resident: str) -> None:
        super().__init__(
            f"the resident {resident!r} is dead, and nothing more happens to the dead; "
            f"see `minijpki resident show {resident}`"
        )
        self.resident = resident


class TooEarly(LifecycleError):
    """An event lies before the newest entry of the journal."""

    def __init__(self, at: datetime, newest: datetime) -> None:
        super().__init__(
            f"the event of {at:%Y-%m-%dT%H:%M:%SZ} lies before the journal's newest entry; "
            f"give a moment from {newest:%Y-%m-%dT%H:%M:%SZ} on"
        )
        self.newest = newest


class NotNewest(LifecycleError):
    """The certificate that was named has a successor."""


class NotEligible(LifecycleError):
    """The resident may not have what was asked for."""


class CardError(JpkiError):
    """The card says no."""


class WrongPin(CardError):
    """The PIN was wrong, and the counter is one lower; it never rises but by the right PIN."""

    def __init__(self, pin: Pin, tries_left: int) -> None:
        left = f"{tries_left} tries left" if tries_left != 1 else "one try left"
        super().__init__(f"the {pin.value} PIN is wrong; {left}")
        self.pin = pin
        self.tries_left = tries_left


class PinLocked(CardError):
    """Too many wrong tries in a row; only the counter, or a kiosk, unlocks."""

    def __init__(self, pin: Pin) -> None:
        super().__init__(
            f"the {pin.value} PIN is locked; reset it at the counter: "
            f"`minijpki card reset-pin ID --pin-name {pin.value}`"
        )
        self.pin = pin


class NotOnCard(CardError):
    """The card holds no certificate of that kind."""

    def __init__(self, kind: Kind) -> None:
        name = "signature" if kind is Kind.SIGN else "authentication"
        super().__init__(
            f"the card holds no {name} certificate; issue one with `minijpki card renew ID`"
        )
        self.kind = kind


class CardGone(CardError):
    """The card is in nobody's hands any more."""

    def __init__(self, state: str) -> None:
        super().__init__(
            f"the card was {state} and answers nobody; issue one with `minijpki card issue ID`"
        )
        self.state = state


class SearchExhausted(JpkiError):
    """One judgement would cost more work than any honest input needs."""

    def __init__(self, work: str, limit: int) -> None:
        super().__init__(
            f"the judgement needs more than {limit} {work}, which no honest input does; "
            "hand over fewer certificates or lists"
        )
        self.work = work


class NotInstalled(JpkiError):
    """A library that only some need is missing."""

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(
            f"{what} needs a library that is not installed; pip install 'minijpki[{extra}]'"
        )
        self.extra = extra


class NotPermitted(JpkiError):
    """The office, the profile or the naming mode forbids it."""


class ProfileBroken(NotPermitted):
    """What was about to be signed is not what the profile says; nothing was signed."""

    def __init__(self, kind: str, rules: tuple[str, ...]) -> None:
        super().__init__(
            f"the {kind} certificate to be signed breaks the profile ({', '.join(rules)}); "
            "nothing was signed, see `minijpki inspect --rules` for what each rule demands"
        )
        self.rules = rules


class WorldError(JpkiError):
    """The world on disk cannot be used."""


class NoWorld(WorldError):
    """There is no world where it was looked for."""


class WorldExists(WorldError):
    """There is a world already, and it is never overwritten."""


class WorldUnreadable(WorldError):
    """The world's store is damaged or may not be read."""


class WorldTooNew(WorldError):
    """A newer minijpki made this world."""


class WorldBusy(WorldError):
    """Another process held the world for too long."""


class OutputRefused(JpkiError):
    """A result cannot be written where it was asked for; nothing was changed."""
