"""
The network side: what relying parties reach over HTTP, and the control room.
"""
