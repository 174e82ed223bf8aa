"""
The inspector's rules for revocation lists and OCSP responses, and the door for any object.

Pure, like pki/inspection, whose walker and tables it uses.
"""
