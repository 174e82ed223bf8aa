"""
What people touch: the world, the command line, the verifier, the pytest plugin, the reports.
"""

DISTRIBUTION = "minijpki"
