"""Let SQLite read and write files that are not on disk as they are: sealed, unpacked, in a pipe.

SQLite asks its “virtual file system” (https://sqlite.org/vfs.html) for pages of a file; here they
come from a Python file. So neither a database that was uploaded nor the tables of a join are ever
on disk in clear, and memory does not grow with them.
"""

from __future__ import annotations

import io
import itertools
from typing import Any, BinaryIO

import apsw

from imports.core.files.spools import Spool

COUNTER = itertools.count()


class Storage(apsw.VFS):
    """A virtual file system of one file, or of temporary ones that are encrypted."""

    def __init__(self, file: BinaryIO | None = None) -> None:
        self.name = f"userferry-{next(COUNTER)}"
        self._file = file
        super().__init__(self.name, base="", maxpathname=256)

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return StoredFile(self._file if self._file is not None else Spool())

    def xAccess(self, pathname: str, flags: int) -> bool:
        return False  # no journal beside it

    def xFullPathname(self, name: str) -> str:
        return name

    def xDelete(self, name: str, syncdir: bool) -> None:
        """Nothing has a name to be deleted by."""


class StoredFile:
    """What SQLite does with a file: https://sqlite.org/c3ref/io_methods.html."""

    def __init__(self, file: BinaryIO | Spool) -> None:
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(amount) or b""

    def xWrite(self, data: bytes, offset: int) -> None:
        self._file.seek(offset)
        self._file.write(data)

    def xTruncate(self, size: int) -> None:
        self._file.truncate(size)

    def xFileSize(self) -> int:
        return self._file.seek(0, io.SEEK_END)

    def xClose(self) -> None:
        if isinstance(self._file, Spool):
            self._file.close()

    def xSync(self, flags: int) -> bool:
        return True

    def xLock(self, level: int) -> None:
        """Nobody else has the file."""

    def xUnlock(self, level: int) -> None:
        """Nobody else has the file."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return 0


class Base:
    """A connection together with the storage it reads from."""

    def __init__(self, storage: Storage, name: str, flags: int) -> None:
        self._storage = storage
        try:
            self.connection = apsw.Connection(name, flags=flags, vfs=storage.name)
        except BaseException:
            storage.unregister()
            raise

    def close(self) -> None:
        self.connection.close()
        self._storage.unregister()


def open_database(file: BinaryIO) -> Base:
    """Return a connection that reads a database out of a file, which it does not change."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return Base(Storage(file), "file:upload?immutable=1", flags)


def open_scratch() -> Base:
    """Return a connection to an empty database in an encrypted temporary file."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    return Base(Storage(), "", flags)
