"""Sealed files: their content comes back from any place, and nothing else is taken for it."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.files.sealed_files import (
    BLOCK_BYTES,
    HEADER_BYTES,
    SEALED_BLOCK_BYTES,
    Sealer,
    make_key,
    open_sealed,
)

KEY = make_key()
SIZES = [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES, 200_000]


def seal(content: bytes, portion: int = 50_000) -> bytes:
    sealed = io.BytesIO()
    sealer = Sealer(sealed, KEY)
    for start in range(0, len(content), portion):
        sealer.write(content[start : start + portion])
    sealer.finish()
    return sealed.getvalue()


def read(sealed: bytes, key: bytes = KEY) -> bytes:
    return open_sealed(io.BytesIO(sealed), key).read()


@pytest.mark.parametrize("size", SIZES)
def test_content_of_any_size_comes_back(size):
    content = os.urandom(size)

    assert read(seal(content)) == content
    assert read(seal(content, portion=BLOCK_BYTES)) == content


@given(st.lists(st.tuples(st.integers(0, 210_000), st.integers(0, 100_000)), max_size=8))
def test_every_place_can_be_read_in_any_order(places):
    content = bytes(range(256)) * 800
    file = open_sealed(io.BytesIO(seal(content)), KEY)

    assert file.seek(0, io.SEEK_END) == len(content)
    for start, size in places:
        file.seek(start)
        assert file.read(size) == content[start : start + size]


def test_nothing_of_the_content_is_in_the_sealed_bytes_and_no_two_are_alike():
    content = b"a secret that would be found" * 5000

    assert b"secret" not in seal(content)
    assert seal(content) != seal(content)


@pytest.mark.parametrize("cut", [1, 100, BLOCK_BYTES + 16, SEALED_BLOCK_BYTES * 2, 200_000])
def test_file_that_is_cut_short_is_refused_before_anything_is_read(cut):
    sealed = seal(os.urandom(200_000))

    with pytest.raises(FileFormatError) as caught:
        open_sealed(io.BytesIO(sealed[: -min(cut, len(sealed))]), KEY)
    assert caught.value.problem.code == "file_altered"


def test_file_that_is_cut_between_two_blocks_is_refused():
    sealed = seal(os.urandom(3 * BLOCK_BYTES))

    with pytest.raises(FileFormatError):
        read(sealed[: HEADER_BYTES + 2 * SEALED_BLOCK_BYTES])


def test_block_that_is_moved_is_refused():
    sealed = seal(os.urandom(3 * BLOCK_BYTES))
    first, second = HEADER_BYTES, HEADER_BYTES + SEALED_BLOCK_BYTES
    rest = second + SEALED_BLOCK_BYTES
    swapped = sealed[:first] + sealed[second:rest] + sealed[first:second] + sealed[rest:]

    with pytest.raises(FileFormatError):
        read(swapped)


def test_content_that_follows_the_last_block_is_refused():
    with pytest.raises(FileFormatError):
        read(seal(b"a") + seal(b"b"))


def test_block_of_another_file_with_the_same_key_is_refused():
    one, other = seal(b"a" * 100_000), seal(b"b" * 100_000)

    with pytest.raises(FileFormatError):
        read(one[: HEADER_BYTES + SEALED_BLOCK_BYTES] + other[HEADER_BYTES + SEALED_BLOCK_BYTES :])


def test_other_key_opens_nothing():
    with pytest.raises(FileFormatError):
        read(seal(b"content"), make_key())


@given(st.integers(0, 100_000 + HEADER_BYTES + 31), st.integers(1, 255))
def test_any_altered_byte_is_found(place, change):
    sealed = bytearray(seal(b"x" * 100_000))
    sealed[place] ^= change

    with pytest.raises(FileFormatError):
        read(bytes(sealed))
