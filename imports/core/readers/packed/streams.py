"""Unpack compressed bytes without trusting them: bounded, and never failing on damage."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO, BinaryIO, cast

from imports.core.errors import FileFormatError
from imports.core.files.spools import Spool
from imports.core.problems import Problem

BLOCK_SIZE = 1 << 18
# Exports of real users shrink to a twentieth at best; a bomb is made of much less.
RATIO_LIMIT = 250
RATIO_FREE = 32 << 20
TOTAL_LIMIT = 64 << 30
GZIP_START = b"\x1f\x8b"
DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


class Unpacked(io.RawIOBase):
    """The unpacked bytes of a compressed file or member, from the start as often as needed.

    Damaged data end it early; `fault` then says so. Raises FileFormatError as soon as more comes
    out than any export has.
    """

    def __init__(self, open_packed: Callable[[], IO[bytes]], name: str, packed_size: int) -> None:
        super().__init__()
        self.name = name
        self.packed_size = packed_size
        self.fault: Problem | None = None
        self._open_packed = open_packed
        self._limit = min(TOTAL_LIMIT, max(RATIO_FREE, RATIO_LIMIT * packed_size))
        self._stream: IO[bytes] | None = None
        self._count = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._count

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Go back to the start; there is no other place to go to."""
        if position or whence:
            raise io.UnsupportedOperation("compressed data are read from their start")
        if self._stream:
            self._stream.close()
        self._stream, self._count, self.fault = None, 0, None
        return 0

    def read(self, size: int = -1) -> bytes:
        """Return that many bytes; fewer only at the end."""
        blocks: list[bytes] = []
        while size and (block := self._read_some(min(size, BLOCK_SIZE) if size > 0 else -1)):
            blocks.append(block)
            size -= len(block) if size > 0 else 0
        return b"".join(blocks)

    def close(self) -> None:
        if self._stream:
            self._stream.close()
        super().close()

    def _read_some(self, size: int) -> bytes:
        try:
            if self._stream is None:
                self._stream = self._open_packed()
            block = self._stream.read(size if size > 0 else BLOCK_SIZE)
        except DAMAGE as error:
            params = {"member": self.name, "detail": str(error).rstrip(".")}
            self.fault = Problem("archive_damaged", params=params)
            return b""
        self._count += len(block)
        if self._count > self._limit:
            detail = (
                f"“{self.name}” unpacks to more than {RATIO_LIMIT} times its size, which no export"
                " does; if it is one, unpack it and upload what is inside"
            )
            raise FileFormatError(Problem("archive_refused", params={"detail": detail}))
        return block


def unpack_gzip(file: BinaryIO, name: str) -> Unpacked:
    """Return what a gzip file holds."""

    def open_packed() -> IO[bytes]:
        file.seek(0)
        return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))

    return Unpacked(open_packed, name, measure(file))


def measure(file: BinaryIO) -> int:
    """Return the size of a seekable file."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def copy_to_spool(stream: Unpacked) -> BinaryIO:
    """Return an encrypted temporary file with all that the stream holds; it is gone when closed.

    Raise FileFormatError when the stream is damaged, or more comes out than any export has.
    """
    stream.seek(0)
    with ExitStack() as undo:
        copy = undo.enter_context(Spool())
        while block := stream.read(BLOCK_SIZE):
            copy.write(block)
        if stream.fault:
            raise FileFormatError(stream.fault)
        copy.seek(0)
        undo.pop_all()  # from here on, whoever asked closes it
    return cast(BinaryIO, io.BufferedRandom(copy))


class FirstBytes:
    """The start of a file, as a file by itself that ends there."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._left = size

    def seek(self, position: int) -> int:
        """Go to a position from the start."""
        self._left = max(0, self._size - position)
        return self._file.seek(position)

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most so many."""
        block = self._file.read(min(size, self._left))
        self._left -= len(block)
        return block
