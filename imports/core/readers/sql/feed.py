"""Give the text of a file to patterns, piece by piece, in memory that does not grow with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# How far to look, in characters, for the end of what has begun; and after so many failures that
# a file of opening quotes would make every line as dear as the first.
LOOK_AHEAD = 8 << 20
LEAST_AHEAD = 64 << 10


class Feed:
    """The text from a place onwards. `line` is the number of the line that `at` is in."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._is_whole = False
        self.room = LOOK_AHEAD
        self.text = ""
        self.at = 0
        self.line = 1

    @property
    def is_at_end(self) -> bool:
        return self._is_whole and self.at >= len(self.text)

    def grow(self) -> bool:
        """Drop what lies behind and read on, twice as far; return whether there was more."""
        if self._is_whole:
            return False
        parts, size = [self.text[self.at :]], 0
        for block in self._blocks:
            parts.append(block)
            size += len(block)
            if size >= len(parts[0]):
                break
        else:
            self._is_whole = True
        self.text, self.at = "".join(parts), 0
        return size > 0

    def ensure(self, length: int) -> None:
        """Read on until so much text lies ahead, if there is so much."""
        while len(self.text) - self.at < length and self.grow():
            pass

    def move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what matches here and ends within the text, be it after reading on."""
        while True:
            found = pattern.match(self.text, self.at, self.at + self.room)
            if found and (found.end() < len(self.text) or self._is_whole):
                return found if found.end() < self.at + self.room else None
            if len(self.text) - self.at > self.room or not self.grow():
                return found if self._is_whole else None

    def skip_past(self, mark: str) -> bool:
        """Go on after the next such mark; return False, at the end of the file, without one."""
        while (found := self.text.find(mark, self.at)) < 0:
            self.move(max(self.at, len(self.text) - len(mark) + 1))
            if not self.grow():
                self.move(len(self.text))
                return False
        self.move(found + len(mark))
        return True

    def fail(self) -> None:
        """Look less far from now on."""
        self.room = max(self.room // 2, LEAST_AHEAD)
