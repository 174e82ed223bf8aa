"""
Signing documents with a card: the PIN first, and never around the counters.
"""
