"""
Who decides, and remembers: residents, cards, the life cycle, the two authorities, the journal.
"""

DISTRIBUTION = "minijpki"
