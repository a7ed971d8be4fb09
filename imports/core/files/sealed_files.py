"""Files that are encrypted as they are written, and can be read from any place.

The format is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: “Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance”, 2015), laid out as in age (https://age-encryption.org/v1, “Payload”)
but with AES-256-GCM:

    8 bytes    “UFSEALED”
    16 bytes   salt; the file's own key is HKDF-SHA-256 of the given key, the salt and INFO
    blocks     64 KiB each, the last one of 0 to 64 KiB, every one with its tag of 16 bytes

The nonce of a block is its number in 11 bytes, big-endian, and a byte that is 1 for the last block
alone; the salt is authenticated with each. So a block that is changed, moved, repeated, of another
file, or missing at the end is found when it is read.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from imports.core.errors import FileFormatError
from imports.core.files.random_access import RandomAccessFile
from imports.core.problems import Problem

MARK = b"UFSEALED"
SALT_BYTES = 16
HEADER_BYTES = len(MARK) + SALT_BYTES
INFO = b"userferry sealed file"
KEY_BYTES = 32
BLOCK_BYTES = 64 << 10
TAG_BYTES = 16
SEALED_BLOCK_BYTES = BLOCK_BYTES + TAG_BYTES


class Sink(Protocol):
    """Where sealed bytes go."""

    def write(self, data: bytes, /) -> object: ...


def make_key() -> bytes:
    """Return a new key for the files of one job."""
    return os.urandom(KEY_BYTES)


class Sealer:
    """Writes a file sealed: its content in portions of any size, then `finish`."""

    def __init__(self, sink: Sink, key: bytes) -> None:
        self._sink = sink
        self._salt = os.urandom(SALT_BYTES)
        self._cipher = derive(key, self._salt)
        self._waiting = bytearray()
        self._number = 0
        sink.write(MARK + self._salt)

    def write(self, data: bytes) -> None:
        """Add to the content."""
        self._waiting += data
        # The last block is told from the others: a full one waits until something follows.
        while len(self._waiting) > BLOCK_BYTES:
            self._seal(bytes(self._waiting[:BLOCK_BYTES]), is_last=False)
            del self._waiting[:BLOCK_BYTES]

    def finish(self) -> None:
        """Write the last block; without it the file is one that was cut short."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, block: bytes, *, is_last: bool) -> None:
        nonce = write_nonce(self._number, is_last=is_last)
        self._sink.write(self._cipher.encrypt(nonce, block, self._salt))
        self._number += 1


class _SealedBlocks(RandomAccessFile):
    """The content of a sealed file, a block at a time."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        sealed_size = file.seek(0, io.SEEK_END)
        file.seek(0)
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(MARK):
            raise alter("it does not begin as one")
        self._salt = header[len(MARK) :]
        self._cipher = derive(key, self._salt)
        self._blocks = -(-(sealed_size - HEADER_BYTES) // SEALED_BLOCK_BYTES)
        super().__init__(sealed_size - HEADER_BYTES - self._blocks * TAG_BYTES)
        self._number, self._block = -1, b""
        # Whether the end is missing is known before anything is read.
        self._open(self._blocks - 1)

    def read_at(self, position: int, size: int) -> memoryview:
        number, start = divmod(position, BLOCK_BYTES)
        self._open(number)
        return memoryview(self._block)[start : start + size]

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._block = b""
        super().close()

    def _open(self, number: int) -> None:
        if number == self._number:
            return
        if number < 0:
            raise alter("it has no end")
        self._file.seek(HEADER_BYTES + number * SEALED_BLOCK_BYTES)
        nonce = write_nonce(number, is_last=number == self._blocks - 1)
        sealed = self._file.read(SEALED_BLOCK_BYTES)
        try:
            self._block = self._cipher.decrypt(nonce, sealed, self._salt)
        except (InvalidTag, ValueError):
            raise alter(f"block {number + 1} of {self._blocks} is not as it was written") from None
        self._number = number


def open_sealed(file: BinaryIO, key: bytes) -> io.BufferedReader:
    """Return the content of a sealed file, to be read anywhere; closing it closes the file.

    Raise FileFormatError, at once or when the place is read, where it is not as it was written.
    """
    return io.BufferedReader(_SealedBlocks(file, key), BLOCK_BYTES)


def derive(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, INFO).derive(key))


def write_nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def alter(detail: str) -> FileFormatError:
    return FileFormatError(Problem("file_altered", params={"detail": detail}))
