"""
The driver protocol: any test suite, in any language, can drive the verifier by it.
"""
