"""
What is asked of an OCSP responder, read and written.
"""
