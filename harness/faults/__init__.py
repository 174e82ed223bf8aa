"""
Bad days on demand: faults of the services, by name, for whom and for how long.
"""
