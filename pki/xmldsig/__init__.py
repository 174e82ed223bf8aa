"""
XML signatures: which algorithms, canonical form, reading and writing.

Pure.  Read `reading` first: it says what one signature says.  `read` takes a document
apart and never trusts it; `write` makes a signature and shares with `read` only the
tables, the parser and the canonical form.
"""
