"""
The time-stamp protocol: requests, responses and what a token says, read and written apart.
"""
