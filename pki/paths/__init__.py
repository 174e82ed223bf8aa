"""
Certification paths of any length: reading foreign certificates, building, processing.

Pure.  `process` is RFC 5280, section 6.1; the other modules are its nouns.  The path of
JPKI itself is one certificate long and has a short way of its own, pki/path.
"""
