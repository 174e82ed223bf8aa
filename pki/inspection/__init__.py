"""
The inspector: every field of a certificate judged against a cited rule.

Pure, and a stranger to the issuer: `tree` reads DER by itself, strictly and with offsets, and
goes on where it can; what is expected comes from pki/profiles as data.  Read `rules` for the
tables, `engine` for how they are walked.
"""
