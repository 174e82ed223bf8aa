"""
Relying parties in small, on the public verifier: what a developer replaces by the real product.
"""
