"""
Certificates: a writer that walks the profile tables, and a strict reader that does not know them.
"""
