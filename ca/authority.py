"""
The two certification authorities: their generations, their one counter, what they sign.

Serial first, sign second: the number is committed before a signature exists, so a crash
leaves a recorded gap and never a certificate that nobody knows [D 6].
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from ca.inspection import Inspection, every
from ca.lifecycle import Good, Revoked, after
from ca.register import Register
from ca.store import Store, to_moment, to_seconds
from pki.certificate.write import Issuer, Subject, Template, found, signed, template, to_be_signed
from pki.errors import AlreadyRevoked, Missing, NotPermitted, WorldUnreadable
from pki.keys import PrivateKey, algorithm_of, load_private, private_der
from pki.kinds import Algorithm, Event, Kind, Naming, Reason
from pki.profiles import PROFILES
from pki.validity import ca_last_day, day_in_jst, last_second, rollover_due


class KeySource(Protocol):
    """Where key pairs come from: chance, or a seed."""

    def take(self, algorithm: Algorithm, number: int) -> PrivateKey:
        """Return the key pair with that running number in the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """
    One generation of a CA as the store has it, its key left where it is.

    Attributes:
        kind: Which CA.
        number: From 1.
        serial: Of its certificate.
        algorithm: Of its key.
        not_before: UTC.
        not_after: UTC, inclusive.
        key: Of its private key, in the store.
        certificate: DER.
    """

    kind: Kind
    number: int
    serial: int
    algorithm: Algorithm
    not_before: datetime
    not_after: datetime
    key: int
    certificate: bytes


class Authority:
    """
    Both CAs of one world.

    Loads keys, fills templates, and keeps both for as long as the process lives.
    """

    def __init__(self, store: Store, keys: KeySource, *, inspection: Inspection = every) -> None:
        self.store = store
        self._keys = keys
        self.inspection = inspection
        self._issuers: dict[tuple[Kind, int], Issuer] = {}
        self._templates: dict[tuple[Kind, int, str], Template] = {}

    @property
    def naming(self) -> Naming:
        return Naming(self.store.setting("naming"))

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm(self.store.setting("algorithm"))

    def generations(self, kind: Kind, *, at: datetime | None = None) -> list[Generation]:
        """List the generations of a CA that were founded by *at*, oldest first."""
        rows = self.store.rows(
            "SELECT generation, serial, algorithm, not_before, not_after, key, der "
            "FROM authorities WHERE ca = ? ORDER BY generation",
            kind.value,
        )
        listed = [
            Generation(
                kind=kind,
                number=number,
                serial=serial,
                algorithm=Algorithm(algorithm),
                not_before=to_moment(start),
                not_after=to_moment(end),
                key=key,
                certificate=bytes(der),
            )
            for number, serial, algorithm, start, end, key, der in rows
        ]
        return [each for each in listed if at is None or each.not_before <= at]

    def newest(self, kind: Kind, *, at: datetime) -> Generation:
        """Return the generation that issues at *at*."""
        founded = self.generations(kind, at=at)
        if not founded:
            raise NotPermitted(
                f"no {kind.value} CA exists at {at:%Y-%m-%dT%H:%M:%SZ}; "
                "make the world with an earlier --at, or with --history"
            )
        return founded[-1]

    def found(self, kind: Kind, *, at: datetime, algorithm: Algorithm | None = None) -> Generation:
        """Found the next generation of a CA: a new key under the old name [J 1]."""
        algorithm = algorithm or self.algorithm
        with self.store.writing():
            number = len(self.generations(kind)) + 1
            serial = self.reserve(kind, 1, at=at)[0]
            key_id, key = self.new_key(algorithm)
            issuer = found(
                kind,
                naming=self.naming,
                algorithm=algorithm,
                serial=serial,
                not_before=at,
                not_after=last_second(ca_last_day(day_in_jst(at), algorithm)),
                private_key=key,
                base_url=self.store.setting("base_url"),
                inspection=lambda tbs: self.inspection(tbs, "ca", None),
            )
            seq = self.store.append(
                at,
                "ca-founded",
                f"ca/{kind.value}",
                generation=number,
                serial=serial,
                algorithm=algorithm.value,
                sha256=sha256(issuer.certificate).hexdigest(),
            )
            self.store.insert(
                "authorities",
                (
                    kind.value,
                    number,
                    serial,
                    algorithm.value,
                    to_seconds(issuer.not_before),
                    to_seconds(issuer.not_after),
                    key_id,
                    issuer.certificate,
                    seq,
                ),
            )
        self._issuers[kind, number] = issuer
        return self.generations(kind)[-1]

    def issuing(self, kind: Kind, *, at: datetime) -> Generation:
        """Return who issues at *at*, after a rollover if one is due [D 2]."""
        newest = self.newest(kind, at=at)
        if rollover_due(
            day_in_jst(newest.not_after), on=day_in_jst(at), algorithm=newest.algorithm
        ):
            return self.found(kind, at=at)
        return newest

    def issuer(self, generation: Generation) -> Issuer:
        """Return a generation together with its private key."""
        known = self._issuers.get((generation.kind, generation.number))
        if known is None:
            from pki.certificate.read import read_certificate

            identifier = read_certificate(generation.certificate).key_identifier()
            assert identifier is not None  # our own profile states it
            known = Issuer(
                kind=generation.kind,
                naming=self.naming,
                algorithm=generation.algorithm,
                serial=generation.serial,
                key_identifier=identifier,
                not_before=generation.not_before,
                not_after=generation.not_after,
                certificate=generation.certificate,
                private_key=self.key(generation.key),
            )
            self._issuers[generation.kind, generation.number] = known
        return known

    def reserve(self, kind: Kind, count: int, *, at: datetime) -> list[int]:
        """Commit the next serial numbers of a CA before anything bears them [D 6]."""
        with self.store.writing():
            sql = "SELECT MAX(serial) FROM serials WHERE ca = ?"
            last = self.store.rows(sql, kind.value)[0][0] or 0
            numbers = list(range(last + 1, last + 1 + count))
            rows = [(kind.value, number, to_seconds(at)) for number in numbers]
            self.store.insert("serials", *rows)
        return numbers

    def new_key(self, algorithm: Algorithm) -> tuple[int, PrivateKey]:
        """Take a key pair from the source into the store; no two holders share one [D 12]."""
        with self.store.writing():
            number = self.store.rows("SELECT COUNT(*) FROM keys")[0][0] + 1
            key = self._keys.take(algorithm, number)
            der = private_der(key)
            self.store.insert(
                "keys", (number, algorithm_of(key).value, der, sha256(der).hexdigest())
            )
        return number, key

    def key(self, number: int) -> PrivateKey:
        """Load a private key that is as it was stored; WorldUnreadable if it is not."""
        found = self.store.rows("SELECT der, sha256 FROM keys WHERE id = ?", number)
        der = bytes(found[0][0]) if found else b""
        if not found or sha256(der).hexdigest() != found[0][1]:
            raise WorldUnreadable(
                f"private key {number} is not as it was stored; restore a copy of the world, "
                "nothing was signed"
            )
        return load_private(der, ours=True)

    def certify(self, generation: Generation, place: tuple[str, str], subject: Subject) -> bytes:
        """Inspect and sign one holder's certificate; *place* is (prefecture, municipality)."""
        if subject.not_after > generation.not_after:
            raise NotPermitted(
                f"the certificate would outlive generation {generation.number} of the "
                f"{generation.kind.value} CA ({generation.not_after:%Y-%m-%d}); "
                "roll the CA over first: `minijpki ca rollover`"
            )
        made = self._template(generation, place)
        tbs = to_be_signed(made, subject)
        self.inspection(tbs, generation.kind.value, generation.certificate)
        return signed(tbs, made.issuer.algorithm, made.issuer.private_key)

    def _template(self, generation: Generation, place: tuple[str, str]) -> Template:
        at = (generation.kind, generation.number, "/".join(place))
        if at not in self._templates:
            self._templates[at] = template(
                self.issuer(generation),
                PROFILES[generation.kind.value],
                place=place,
                base_url=self.store.setting("base_url"),
            )
        return self._templates[at]


def rollover(
    authority: Authority, kind: Kind, *, at: datetime, algorithm: Algorithm | None = None
) -> Generation:
    """Change a CA's key by hand; its older generations go on listing what they issued."""
    newest = authority.newest(kind, at=at)
    if newest.not_before == at:
        raise NotPermitted(
            f"generation {newest.number} of the {kind.value} CA was founded this very second; "
            "roll over later"
        )
    with authority.store.writing():
        made = authority.found(kind, at=at, algorithm=algorithm)
        if algorithm is not None:
            authority.store.set("algorithm", algorithm.value)
    return made


def compromise(authority: Authority, kind: Kind, number: int, *, at: datetime) -> int:
    """
    Announce that a CA's key is compromised, and count what that revokes [J 7] [J 11].

    Everything unexpired that this key issued is revoked, and the CA certificate goes onto
    the list of authorities.  A new generation is founded, for somebody must issue on.
    """
    store = authority.store
    known = authority.generations(kind, at=at)
    if not 1 <= number <= len(known):
        raise Missing(f"the {kind.value} CA has no generation {number}; see `minijpki ca show`")
    generation = known[number - 1]
    with store.writing():
        revoked = store.rows(
            "SELECT since FROM standings WHERE ca = ? AND serial = ?", kind.value, generation.serial
        )
        if revoked:
            raise AlreadyRevoked(to_moment(revoked[0][0]))
        event = Event.CA_KEY_COMPROMISED
        seq = store.append(at, event.value, f"ca/{kind.value}", generation=number)
        register = Register(store)
        rows = store.rows(
            "SELECT serial FROM certificates WHERE ca = ? AND generation = ? AND not_after >= ?",
            kind.value,
            number,
            to_seconds(at),
        )
        count = 0
        for (serial,) in rows:
            before = register.standing(kind, serial)
            become = after(event, kind, before, at=at)
            if become != before and not isinstance(become, Good):
                register.put_standing(seq, at, kind, serial, become)
                count += 1
        own = Revoked(at, Reason.CA_COMPROMISE)
        register.put_standing(seq, at, kind, generation.serial, own)
        if number == len(known):
            authority.found(kind, at=at)
    return count
