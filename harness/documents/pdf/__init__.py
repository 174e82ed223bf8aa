"""
Signed PDF documents: written with a resident's card, and read for the verifier.

pyHanko knows the container; what a signature is worth is judged elsewhere.  Nothing here is
imported before somebody signs or hands over a PDF, and the extra may be absent: `extra`.
"""
