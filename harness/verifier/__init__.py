"""
The verifier: gathers evidence, judges, and words the verdict.

Shares nothing with the issuer: readers only, never a writer, nothing of ca.  A verifier
that shared code with the issuer could not catch the issuer's mistakes.
"""
