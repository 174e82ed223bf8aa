"""
The audit of a world's store: whether everything is as it was stored, and fits together.

Reads and changes nothing.  Seals and digests find accidents and careless edits; whoever
rewrites a whole world, seals and all, is not found, for a world has no secret to seal with.
"""

from collections.abc import Iterator

from ca.audit_certificates import authorities, certificates, keys, read_issued, serials
from ca.audit_journal import journal_findings, publications, read_journal, settings, states
from ca.audit_standings import standings
from ca.flaws import DATABASE, Finding
from ca.store import Store


def audit(store: Store) -> Iterator[Finding]:
    """Check a whole store, and yield what is found, damage and notes alike."""
    complaints = store.complaints()
    yield from (Finding(DATABASE, "database", text) for text in complaints)
    if complaints:  # what is read from a broken database says nothing about the world
        return
    yield from settings(store)
    journal = read_journal(store)
    yield from journal_findings(journal)
    entries = {entry.seq: entry for entry in journal}
    issued = read_issued(store)
    yield from keys(store)
    yield from authorities(store, entries)
    yield from certificates(store, issued, entries)
    yield from serials(store, issued)
    yield from standings(store, issued, entries)
    yield from states(store, issued, entries)
    yield from publications(store, entries)
