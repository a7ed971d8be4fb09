"""Temporary files: what was written comes back, and the disk holds nothing of it."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.files.spools import BLOCK_BYTES, HELD_BLOCKS, Spool
from imports.core.readers.tables.sqlite_storage import open_scratch

PLACES = st.integers(0, 5 * BLOCK_BYTES)
STEPS = st.lists(
    st.tuples(st.just("write"), PLACES, st.integers(0, 3 * BLOCK_BYTES))
    | st.tuples(st.just("read"), PLACES, st.integers(0, 3 * BLOCK_BYTES))
    | st.tuples(st.just("truncate"), PLACES, st.just(0)),
    max_size=12,
)


@given(steps=STEPS)
def test_spool_is_read_and_written_like_any_file(steps):
    expected = io.BytesIO()
    with Spool() as spool:
        for number, (step, place, size) in enumerate(steps, start=1):
            for file in (expected, spool):
                file.seek(place)
            if step == "read":
                assert spool.read(size) == expected.read(size)
            elif step == "write":
                assert spool.write(bytes([number]) * size) == size
                expected.write(bytes([number]) * size)
            else:
                spool.truncate(min(place, len(expected.getvalue())))
                expected.truncate(min(place, len(expected.getvalue())))
        spool.seek(0)
        assert spool.read() == expected.getvalue()


def read_disk(spool: Spool) -> bytes:
    descriptor = spool._file.fileno()
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def test_what_does_not_fit_into_memory_is_on_disk_encrypted_and_comes_back():
    content = b"a secret that would be found " * (HELD_BLOCKS * BLOCK_BYTES // 10)
    with Spool() as spool:
        spool.write(content)

        assert len(read_disk(spool)) > BLOCK_BYTES
        assert b"secret" not in read_disk(spool)
        spool.seek(0)
        assert spool.read() == content


def test_block_that_the_disk_changed_is_refused():
    with Spool() as spool:
        spool.write(os.urandom(2 * HELD_BLOCKS * BLOCK_BYTES))
        os.pwrite(spool._file.fileno(), b"changed", 100)
        spool.seek(0)

        with pytest.raises(FileFormatError):
            spool.read()


def test_database_in_a_spool_sorts_and_finds_more_than_its_cache_holds():
    scratch = open_scratch()
    scratch.connection.execute("PRAGMA cache_size = -200")
    scratch.connection.execute("CREATE TABLE t (key TEXT, body BLOB)")
    rows = [(f"key {number * 7919 % 20_000:05}", b"x" * 200) for number in range(20_000)]
    with scratch.connection:
        scratch.connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    scratch.connection.execute("CREATE INDEX t_key ON t (key)")

    found = [key for (key,) in scratch.connection.execute("SELECT key FROM t ORDER BY key")]

    assert found == sorted(key for key, _ in rows)
    scratch.close()
