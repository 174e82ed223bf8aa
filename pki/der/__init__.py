"""
Distinguished Encoding Rules: a strict reader and a writer that share nothing [X.690 10].
"""
