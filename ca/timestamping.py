"""
The time-stamping authority of a world, in the world's time.  Ours: JPKI has none [J 6].

The signature CA certifies it at its first use, and anew under each of its generations.
Each token has a serial number of its own, recorded before the token is signed, so that none
is given twice: not after a restart, and not by two processes at once [D 6] [3161 2.1].
"""

import base64
from datetime import datetime
from typing import Any

from ca.authority import Authority
from ca.publication import STAMPING
from ca.store import Store, to_seconds
from pki.certificate.fields import encode_name
from pki.certificate.write import Subject, issue, template
from pki.errors import Missing, NotPermitted, TooEarly
from pki.keys import spki_of
from pki.kinds import Kind, Reason
from pki.names import service_name
from pki.profiles import TSA
from pki.timestamps.answer import Refusal, Stamper, accept, grant
from pki.timestamps.words import Failure
from pki.timestamps.write import refuse

CERTIFIED = "timestamping-certified"
REVOKED = "timestamping-revoked"
TOKENS = "tsa"  # whose serial numbers they are
NEWEST = "newest"
ISSUER = Kind.SIGN


class TimestampDesk:
    """The one authority of a world, in one process."""

    def __init__(self, store: Store, authority: Authority) -> None:
        self.store = store
        self.authority = authority
        self._stampers: dict[int, Stamper] = {}

    def answer(self, request: bytes, *, at: datetime) -> bytes:
        """Answer a TimeStampReq of that moment with a TimeStampResp, both DER [3161 2.4]."""
        read = accept(request)
        if isinstance(read, Refusal):
            return refuse(read.failure, read.text)
        try:
            stamper = self.stamper(at=at)
        except (NotPermitted, TooEarly) as error:  # no CA yet, or the journal has gone on
            return refuse(Failure.TIME_NOT_AVAILABLE, str(error))
        return grant(read, stamper, at=at, serial=self._reserve(at=at))

    def stamper(self, *, at: datetime) -> Stamper:
        """Return who stamps at *at*, certified now if nobody is."""
        found = self._standing(at=at)
        if found is None:
            with self.store.writing():
                found = self._standing(at=at) or self._certify(at=at)
        serial = found["serial"]
        if serial not in self._stampers:
            self._stampers[serial] = Stamper(
                private_key=self.authority.key(found["key"]),
                certificate=base64.b64decode(found["certificate"]),
                subject=self._subject(),
            )
        return self._stampers[serial]

    def revoke(self, reason: Reason, *, at: datetime) -> int:
        """
        Revoke the authority's certificate and return its serial number.

        The next request finds another authority, with a key of its own.
        """
        with self.store.writing():
            found = self._standing(at=at)
            if found is None:
                raise Missing(
                    "no time-stamping authority is at work in this world; one is certified when "
                    "the first time-stamp is asked for"
                )
            serial: int = found["serial"]
            seq = self.store.append(
                at, REVOKED, f"ca/{ISSUER.value}", serial=serial, reason=reason.value
            )
            self._put(seq, at, found | {"since": to_seconds(at), "reason": reason.value})
        return serial

    def _standing(self, *, at: datetime) -> dict[str, Any] | None:
        """Find the newest authority, if its certificate is good, and of the newest generation."""
        found: dict[str, Any] | None = self.store.state(STAMPING, NEWEST, at=at)
        if found is None or "since" in found or found["not_after"] < to_seconds(at):
            return None
        newest = self.authority.newest(ISSUER, at=at).number
        return found if found["generation"] == newest else None

    def _certify(self, *, at: datetime) -> dict[str, Any]:
        generation = self.authority.newest(ISSUER, at=at)
        serial = self.authority.reserve(ISSUER, 1, at=at)[0]
        number, key = self.authority.new_key(generation.algorithm)
        subject = Subject(
            serial=serial,
            not_before=at,
            not_after=generation.not_after,
            name=service_name(self.authority.naming, ISSUER, "Time-Stamping Authority"),
            spki=spki_of(key),
        )
        der = issue(template(self.authority.issuer(generation), TSA), subject)
        seq = self.store.append(
            at,
            CERTIFIED,
            f"ca/{ISSUER.value}",
            generation=generation.number,
            serial=serial,
        )
        value = {
            "ca": ISSUER.value,
            "generation": generation.number,
            "serial": serial,
            "key": number,
            "certificate": base64.b64encode(der).decode(),
            "not_after": to_seconds(subject.not_after),
        }
        self._put(seq, at, value)
        return value

    def _put(self, seq: int, at: datetime, value: dict[str, Any]) -> None:
        """Remember an authority as the newest, and under its serial number."""
        for name in (NEWEST, f"{ISSUER.value}/{value['serial']}"):
            self.store.put_state(seq, at, STAMPING, name, value)

    def _subject(self) -> bytes:
        return encode_name(service_name(self.authority.naming, ISSUER, "Time-Stamping Authority"))

    def _reserve(self, *, at: datetime) -> int:
        with self.store.writing():
            sql = "SELECT MAX(serial) FROM serials WHERE ca = ?"
            serial = int(self.store.rows(sql, TOKENS)[0][0] or 0) + 1
            self.store.insert("serials", (TOKENS, serial, to_seconds(at)))
        return serial
