"""
Signatures that are not the root's last child: beside files, beside each other, within each other.

Pure.  `place` finds where one goes into the octets, `template` spells it, `write` decides what
it refers to.
"""
