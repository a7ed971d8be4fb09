"""Temporary files that are on disk only encrypted, under a key that nobody else ever has.

The file has no name and is gone with the process; what its blocks once held cannot be read after.
Each block is AES-256-GCM with its number authenticated, under a nonce that counts writes.
"""

from __future__ import annotations

import io
import tempfile
from collections import OrderedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from imports.core.files.sealed_files import TAG_BYTES, alter, make_key

BLOCK_BYTES = 16 << 10
NONCE_BYTES = 12
SLOT_BYTES = NONCE_BYTES + BLOCK_BYTES + TAG_BYTES
# Blocks held in memory, in clear.
HELD_BLOCKS = 64


class Spool(io.RawIOBase):
    """A temporary file to be written and read anywhere. What was never written is zeros."""

    def __init__(self) -> None:
        super().__init__()
        made = tempfile.TemporaryFile(prefix="userferry-", buffering=0)  # noqa: SIM115 - `close` does
        self._file = made
        self._cipher = AESGCM(make_key())
        self._writes = 0
        self._size = self._position = 0
        # Blocks by number, the one used last at the end; and those that differ from the disk.
        self._held: OrderedDict[int, bytearray] = OrderedDict()
        self._changed: set[int] = set()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        done = 0
        wanted = min(len(buffer), max(0, self._size - self._position))
        while done < wanted:
            number, start = divmod(self._position, BLOCK_BYTES)
            portion = memoryview(self._hold(number))[start : start + wanted - done]
            buffer[done : done + len(portion)] = portion
            done += len(portion)
            self._position += len(portion)
        return done

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        rest = memoryview(data).cast("B")
        while rest:
            number, start = divmod(self._position, BLOCK_BYTES)
            portion = rest[: BLOCK_BYTES - start]
            self._hold(number)[start : start + len(portion)] = portion
            self._changed.add(number)
            self._position += len(portion)
            self._size = max(self._size, self._position)
            rest = rest[len(portion) :]
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        """Cut the file, or make it longer; what is added is zeros."""
        size = self._position if size is None else size
        number, start = divmod(size, BLOCK_BYTES)
        if size < self._size:
            if start:
                self._hold(number)[start:] = bytes(BLOCK_BYTES - start)
                self._changed.add(number)
                number += 1
            for each in [each for each in self._held if each >= number]:
                del self._held[each]
                self._changed.discard(each)
            self._file.truncate(number * SLOT_BYTES)
        self._size = size
        return size

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._held.clear()
        super().close()

    def _hold(self, number: int) -> bytearray:
        """Return a block; one that was used long ago makes room for it."""
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        if len(self._held) >= HELD_BLOCKS:
            self._put(*self._held.popitem(last=False))
        self._held[number] = self._fetch(number)
        return self._held[number]

    def _put(self, number: int, block: bytearray) -> None:
        if number not in self._changed:
            return
        self._writes += 1
        nonce = self._writes.to_bytes(NONCE_BYTES, "big")
        self._file.seek(number * SLOT_BYTES)
        write_all(self._file, nonce + self._cipher.encrypt(nonce, bytes(block), name(number)))
        self._changed.discard(number)

    def _fetch(self, number: int) -> bytearray:
        self._file.seek(number * SLOT_BYTES)
        slot = self._file.read(SLOT_BYTES)
        if not slot.strip(b"\0"):
            return bytearray(BLOCK_BYTES)  # beyond the end, or a hole
        nonce, sealed = slot[:NONCE_BYTES], slot[NONCE_BYTES:]
        try:
            return bytearray(self._cipher.decrypt(nonce, sealed, name(number)))
        except (InvalidTag, ValueError):
            raise alter("a temporary file is not as it was written") from None


def name(number: int) -> bytes:
    return number.to_bytes(8, "big")


def write_all(file: io.FileIO, data: bytes) -> None:
    """Write it all: a raw file may take only a part when the disk is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
