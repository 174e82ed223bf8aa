"""
A PDF of one empty page, for whoever needs something to sign.
"""

PAGE = (  # one to an object, from 1 on
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[ 3 0 R ]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[ 0 0 595 842 ]/Contents 4 0 R/Resources<<>>>>",
)


def blank_page(drawing: bytes = b"") -> bytes:
    """Write a PDF of one page of A4; *drawing* is its content stream [32000 7.5]."""
    content = b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing)
    found = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    entries = [b"0000000000 65535 f \n"]
    for number, each in enumerate((*PAGE, content), start=1):
        entries.append(b"%010d 00000 n \n" % len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start, size = len(found), len(entries)
    found += b"xref\n0 %d\n%s" % (size, b"".join(entries))
    found += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(found)
