"""
The time-stamping authority of a world, in the world's time.  Ours: JPKI has none [J 6].

The signature CA certifies it at its first use.  Each token has a serial number of its own,
recorded before the token is signed, so that none is given twice: not after a restart, and
not by two processes at once [D 6] [3161 2.1].
"""

import base64
from datetime import datetime
from typing import Any

from ca.authority import Authority
from ca.lifecycle import Revoked
from ca.register import Register
from ca.store import Store, to_seconds
from pki.certificate.fields import encode_name
from pki.certificate.write import Subject, issue, template
from pki.errors import JpkiError, Missing
from pki.keys import spki_of
from pki.kinds import Kind, Reason
from pki.names import service_name
from pki.profiles import TSA
from pki.timestamps.answer import Refusal, Stamper, accept, grant
from pki.timestamps.words import Failure
from pki.timestamps.write import refuse

CERTIFIED = "timestamping-certified"
REVOKED = "timestamping-revoked"
WORD = "tsa"  # of its counter, and of its state
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
        except JpkiError as error:  # no CA yet, or a moment that the journal has left behind
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
            Register(self.store).put_standing(seq, at, ISSUER, serial, Revoked(at, reason))
        return serial

    def _standing(self, *, at: datetime) -> dict[str, Any] | None:
        """Find the newest authority, if its certificate is good at *at*."""
        found: dict[str, Any] | None = self.store.state(WORD, WORD, at=at)
        if found is None or found["not_after"] < to_seconds(at):
            return None
        standing = Register(self.store).standing(ISSUER, found["serial"], at=at)
        return None if isinstance(standing, Revoked) else found

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
            "generation": generation.number,
            "serial": serial,
            "key": number,
            "certificate": base64.b64encode(der).decode(),
            "not_after": to_seconds(subject.not_after),
        }
        self.store.put_state(seq, at, WORD, WORD, value)
        self.store.put_state(seq, at, WORD, f"{ISSUER.value}/{serial}", value)
        return value

    def _subject(self) -> bytes:
        return encode_name(service_name(self.authority.naming, ISSUER, "Time-Stamping Authority"))

    def _reserve(self, *, at: datetime) -> int:
        with self.store.writing():
            sql = "SELECT MAX(serial) FROM serials WHERE ca = ?"
            serial = int(self.store.rows(sql, WORD)[0][0] or 0) + 1
            self.store.insert("serials", (WORD, serial, to_seconds(at)))
        return serial
