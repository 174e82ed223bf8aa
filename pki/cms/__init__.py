"""
CMS SignedData: signed messages, attached and detached, and what others build on it.

Pure.  Read `reading` first: it says what a message says.  `read` takes any SignedData
apart, whatever its content, and trusts nothing; `check` compares one signer's claims with
the content and a certificate; `write` makes a message of JPKI.
"""
