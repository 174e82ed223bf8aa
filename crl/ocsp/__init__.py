"""
OCSP: answers about one certificate, written and read [6960].
"""
