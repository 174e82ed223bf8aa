"""
The control room's pages: server-rendered, without scripts.
"""
