"""
The ``minijpki`` command.  Parses, calls, prints; every decision is elsewhere.

Results go to standard output, everything said to a human goes to standard error.
Exit status: 0 done, 1 refused, 2 misused; 3 is for a verdict that stays open.

-C, --json and --lang are accepted before and after every command.  JSON, ids, codes and
the exit status never depend on language or locale.
"""
