"""
A stranger's document names files, and nobody is led astray.

A name is percent-encoded once, means one file beside the document, and is found under exactly
its characters.  Whatever two readers might read differently is refused by ours.
"""

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.attachments import Folder, read_files
from pki.errors import Malformed, Unacceptable
from pki.xmldsig.file_names import ByName, decoded, file_name, reference_to

NAMES = {
    "a.xml": "a.xml",
    "900A01020000100001_01.xml": "900A01020000100001_01.xml",
    "申請書 1.xml": "%E7%94%B3%E8%AB%8B%E6%9B%B8%201.xml",
    "100%.csv": "100%25.csv",
    "a+b&c.csv": "a%2Bb%26c.csv",
    "#1?.txt": "%231%3F.txt",
    "別紙(2).csv": "%E5%88%A5%E7%B4%99(2).csv",
    '"<>.csv': "%22%3C%3E.csv",
    "髙𠮷.xml": "%E9%AB%99%F0%A0%AE%B7.xml",
    "..a": "..a",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_becomes_a_reference_and_comes_back(name):
    assert NAMES[name] == reference_to(name)
    assert name == file_name(NAMES[name])


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        pytest.param("申請書.xml", "申請書.xml", id="not encoded at all"),
        pytest.param("%e7%94%b3.xml", "申.xml", id="small hexadecimal digits"),
        pytest.param("a+b.csv", "a+b.csv", id="a plus is a plus"),
        pytest.param("a%2Cb", "a,b", id="more encoded than it must be"),
    ],
)
def test_other_spellings_that_mean_one_name(uri, name):
    assert name == file_name(uri)


ASTRAY = {
    "nothing": "",
    "the folder itself": ".",
    "up": "..",
    "up and away": "../a.xml",
    "into a folder": "a/b.xml",
    "a round about": "./a.xml",
    "absolute": "/etc/passwd",
    "another host": "//host/a.xml",
    "a scheme": "file:a.xml",
    "a drive": "C:a.xml",
    "backslashes": "..\\a.xml",
    "a query": "a.xml?b",
    "a fragment": "a.xml#b",
    "an empty fragment": "a.xml#",
    "a space": "a b.xml",
    "up, encoded": "%2e%2e",
    "up, encoded in capitals": "%2E%2E",
    "up, half encoded": ".%2e",
    "a slash, encoded": "..%2Fa.xml",
    "a backslash, encoded": "..%5Ca.xml",
    "a colon, encoded": "a.xml%3Astream",
    "encoded twice": "%252e%252e%252fa",
    "a letter, encoded": "%61.xml",
    "a digit, encoded": "a%31.xml",
    "a zero octet": "a.xml%00.png",
    "a line end": "a%0A.xml",
    "a control character, not encoded": "a\x7f.xml",
    "text turned around": "fdp%E2%80%AE.exe",
    "a joiner that nobody sees": "a\u200db.xml",
    "a line separator": "a%E2%80%A8.xml",
    "a lone percent": "100%.csv",
    "a percent at the end": "a%",
    "half an escape": "a%4",
    "no hexadecimal digits": "a%zz",
    "no UTF-8": "%FF.xml",
    "half a character": "%E7%94.xml",
    "a slash in five octets": "%C0%AF",
    "a surrogate": "%ED%A0%80",
    "a character half encoded": "申%94.xml",
    "a dot that Windows drops": "a.xml.",
    "a space that Windows drops": "a.xml%20",
    "too long": "a" * 256,
}


@pytest.mark.parametrize("way", ASTRAY)
def test_a_reference_that_leads_astray_is_no_name(way):
    with pytest.raises(Unacceptable) as refused:
        file_name(ASTRAY[way])

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "c:a", "a.", "a ", "%41", "a\nb"])
def test_what_cannot_be_referred_to_is_not_signed(name):
    with pytest.raises(Unacceptable, match="rename the file"):
        reference_to(name)


@given(name=st.text(st.characters(codec="utf-8"), max_size=12))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_every_name_comes_back_or_is_refused(name):
    try:
        uri = reference_to(name)
    except Unacceptable:
        return

    assert name == file_name(uri)
    assert uri.isascii()
    assert not set(uri) & set(' "&<>+#?/\\:')


@given(uri=st.text(st.sampled_from("a.%25eE2fF/\\:申é+ #\0"), max_size=10))
@settings(derandomize=True, max_examples=500, deadline=None)
def test_no_reference_means_two_names(uri):
    """
    What is taken is read by a second decoding as the same, and stays in its folder.
    """
    try:
        name = file_name(uri)
    except Unacceptable:
        return

    assert not set(name) & set("/\\:\0")
    assert name not in ("", ".", "..")
    if "%" not in name:
        assert name == decoded(name)
    assert name == file_name(reference_to(name))


def test_files_are_asked_for_by_reference():
    files = ByName({"申.xml": b"1", "a/b": b"2"})

    assert b"1" == files["%E7%94%B3.xml"] == files["申.xml"]
    assert "a/b" not in files
    assert "a%2Fb" not in files
    assert 2 == len(files)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outside.txt").write_bytes(b"secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.xml").write_bytes(b"a")
    (inside / unicodedata.normalize("NFC", "デ.csv")).write_bytes(b"de")
    (inside / "sub").mkdir()
    os.symlink(tmp_path / "outside.txt", inside / "link.txt")
    os.mkfifo(inside / "pipe")
    return Folder(str(inside))


@pytest.mark.parametrize(
    "name",
    ["link.txt", "sub", "pipe", "A.xml", "../outside.txt", "", ".", "inside/a.xml", "b.xml"],
)
def test_only_files_of_the_folder_are_there(folder, name):
    """
    No links, folders, pipes; no other case.
    """
    assert name not in folder
    assert {"a.xml", unicodedata.normalize("NFC", "デ.csv")} == set(folder)


def test_a_name_in_another_normal_form_is_another_name(folder):
    assert b"de" == folder[unicodedata.normalize("NFC", "デ.csv")]
    assert unicodedata.normalize("NFD", "デ.csv") not in folder


def test_no_folder_is_said_in_one_sentence(tmp_path):
    with pytest.raises(Malformed, match="No such file or directory"):
        Folder(str(tmp_path / "none"))


def test_two_files_of_one_name_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_bytes(b"")

    with pytest.raises(Unacceptable, match="two of the files have the name"):
        read_files((str(tmp_path / "a" / "x.csv"), str(tmp_path / "b" / "x.csv")))


def test_no_document_makes_us_read_without_end(folder, monkeypatch):
    monkeypatch.setattr("harness.attachments.MAX_TOTAL", 2)

    assert b"a" == folder["a.xml"]
    with pytest.raises(Unacceptable, match="judge it without them"):
        folder[unicodedata.normalize("NFC", "デ.csv")]
