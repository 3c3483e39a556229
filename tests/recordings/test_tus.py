"""Headers of the protocol as plain values: what is read, what is refused, and that bytes are checked as they come."""

from base64 import b64encode
from hashlib import new

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.errors import Invalid
from mentorcert.recordings import tus
from mentorcert.recordings.tus import Arriving, BrokenOff, Checksum, ChecksumMismatch, Metadata


def encoded(text: bytes) -> str:
    return b64encode(text).decode()


def named(name: bytes) -> str:
    return f"filename {encoded(name)}"


@pytest.mark.parametrize("text", [None, "", "-1", "+1", "1.0", "1e3", "٣", " 1", "1_0", "nan", "9" * 16])
def test_a_number_is_digits_and_few_of_them(text: str | None) -> None:
    with pytest.raises(Invalid, match="Upload-Length must be a whole number"):
        tus.whole_number("Upload-Length", text)


@given(st.integers(0, 10**15 - 1))
def test_a_number_is_read(number: int) -> None:
    assert tus.whole_number("Upload-Offset", str(number)) == number


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, Metadata()),
        ("", Metadata()),
        (named("Gespräch 3.mp4".encode()), Metadata("Gespräch 3.mp4")),
        (f"{named(b'a.mp4')}, filetype {encoded(b'video/mp4')},is_new", Metadata("a.mp4")),
        (f"sha256 {encoded(b'AB' * 32)}", Metadata("", "ab" * 32)),
        (named(b"../../etc/passwd"), Metadata("passwd")),
        (named(rb"C:\films\a.mp4"), Metadata("a.mp4")),
        (named("a\u202e4pm.exe\0\n".encode()), Metadata("a4pm.exe")),
        (named(b"x" * 900), Metadata("x" * 200)),
    ],
)
def test_of_what_is_told_of_a_file_a_name_and_a_hash_are_used(header: str | None, expected: Metadata) -> None:
    assert tus.metadata(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        "filename ***",
        "filename YQ",
        f"{named(b'a')},{named(b'b')}",
        f"n\xe4me {encoded(b'a')}",
        named(b"\xff\xfe"),
        f"sha256 {encoded(b'abc')}",
        f"sha256 {encoded(bytes([255] * 64))}",
        named(b"x" * 3000),
    ],
)
def test_rubbish_is_refused(header: str) -> None:
    with pytest.raises(Invalid):
        tus.metadata(header)


@given(st.text(max_size=2000))
def test_whatever_is_told_is_read_or_refused(header: str) -> None:
    try:
        told = tus.metadata(header)
    except Invalid:
        return
    assert tus.metadata(told.header()) == told


@pytest.mark.parametrize("text", ["md5 AAAA", "sha256", "sha256 ***", "sha256 AAAA", f"sha1 {encoded(bytes(32))}", ""])
def test_a_checksum_that_can_not_be_used_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        tus.checksum(text)


@pytest.mark.parametrize("algorithm", tus.CHECKSUMS)
def test_a_part_is_what_was_sent_or_is_refused(algorithm: str) -> None:
    digest = new(algorithm, b"abcdef").digest()
    claimed = tus.checksum(f"{algorithm} {encoded(digest)}")
    assert claimed == Checksum(algorithm, digest)
    arriving = Arriving([b"abc", b"def"], 6, claimed)
    assert list(arriving) == [b"abc", b"def"]
    assert (arriving.size, arriving.sha256) == (6, new("sha256", b"abcdef").hexdigest())
    with pytest.raises(ChecksumMismatch):
        list(Arriving([b"abc", b"deg"], 6, claimed))
    with pytest.raises(BrokenOff):
        list(Arriving([b"abc"], 6, claimed))


def test_without_a_checksum_what_came_is_kept() -> None:
    arriving = Arriving([b"abc"], 6, tus.checksum(None))
    assert (list(arriving), arriving.size) == ([b"abc"], 3)
