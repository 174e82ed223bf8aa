"""
What is revoked: scopes, entries, schedules, lists, and what they say of one certificate.

Pure, like pki: no disk, no clock, no network.
"""

DISTRIBUTION = "minijpki"
