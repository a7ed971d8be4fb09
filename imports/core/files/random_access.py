"""A raw file whose source gives bytes from any place, and whose size is known."""

from __future__ import annotations

import io


class RandomAccessFile(io.RawIOBase):
    """Keeps the position; a subclass reads. Sizes and positions are bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._position = 0

    def read_at(self, position: int, size: int) -> bytes | memoryview:
        """Return 1 to `size` bytes from a position within the file."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._size - self._position)
        if wanted <= 0:
            return 0
        portion = self.read_at(self._position, wanted)
        buffer[: len(portion)] = portion
        self._position += len(portion)
        return len(portion)
