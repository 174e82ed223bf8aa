"""
What a card may be handed to sign; free of imports, for the command line's help loads it.
"""

GIVEN = ("message", "digest", "digestinfo", "bytes")
