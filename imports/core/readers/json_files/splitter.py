"""Cut the text of a JSON file into the elements of a list, by its brackets outside strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from imports.core.problems import Problem
from imports.core.problems.of_rows import ROW_TRUNCATED
from imports.core.readers.json_files.record import read_record
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow
from imports.core.readers.text import REPLACEMENT
from imports.core.values.nesting import UP_TO_BRACKET, UP_TO_NESTING

# Text that is read again after a broken record gets a shorter distance to find the next end.
LIMIT_AGAIN = 16 << 10
QUOTE = ord('"')
BLANK = re.compile(rb"[\s,]*+")
UP_TO_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,\[\]{}"]++|[\]}]', re.DOTALL)
# An object laid out without indentation begins like the objects nested in it, but for its key.
UNINDENTED = re.compile(rb'\{\r?\n"[^"\\]*"\s*:')
# How much of the text before a bracket is kept when more is read: a key, or some plain members.
KEPT = 16 << 10
KEY = re.compile(rb'("(?:[^"\\]|\\.)*+")\s*+:', re.DOTALL)
# The line end and indentation before a record.
LAYOUT_LIMIT = 1000


class Splitter:
    """A window on a JSON file that moves over it element by element.

    `at` is where the element begins, `line` the line of that, `cursor` how far it was looked at.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.buffer = b""
        self.at = self.cursor = 0
        self.line = 1
        self.is_closed = False
        self._blocks = blocks
        self._in_string = False
        self._again_until = 0
        self._separator = b""

    def read_elements(self, *, in_list: bool = True) -> Iterator[RawRow]:
        """Yield the elements of the list just entered, or of the text itself, without numbers."""
        while first := self.skip_blank():
            if in_list and first == b"]":
                self.advance(self.at + 1)
                self.is_closed = True
                return
            row = self._read_brackets() if first in b"{[" else self._read_scalar()
            yield row
            if row.problems and row.problems[0].kind is ROW_TRUNCATED:
                return
        if in_list:
            yield truncate("the closing ] of the list is missing", self.line)

    def read_entries(self, key_column: str) -> Iterator[RawRow]:
        """Yield the values of the object just entered, each with its key in a column."""
        while first := self.skip_blank():
            if first == b"}":
                self.advance(self.at + 1)
                self.is_closed = True
                return
            key = self._read_key() if first == b'"' else None
            if key is None:
                yield truncate(f"a key is missing where line {self.line} needs one", self.line)
                return
            first = self.skip_blank()
            row = self._read_brackets() if first and first in b"{[" else self._read_scalar()
            values = row.values if row.values is None else {**row.values, key_column: key}
            yield RawRow(0, row.line_number, values, row.problems)
            if row.problems and row.problems[0].kind is ROW_TRUNCATED:
                return
        yield truncate("the closing } of the object is missing", self.line)

    def _read_key(self) -> str | None:
        """Move behind the key and its colon, and return the key; None where it is none."""
        while not (found := KEY.match(self.buffer, self.at)):
            if len(self.buffer) - self.at > KEPT or not self._fill():
                return None
        self.advance(found.end())
        return make_text(found[1])

    def skip_blank(self) -> bytes:
        """Move to the next byte that is neither blank nor a comma; return it if there is one."""
        before = b""
        while True:
            found = BLANK.match(self.buffer, self.at)
            end = found.end() if found else self.at
            before = before[-LAYOUT_LIMIT:] + self.buffer[self.at : end][-LAYOUT_LIMIT:]
            self.advance(end)
            if end < len(self.buffer):
                if not self._separator and b"\n" in before:
                    self._learn_separator(before)
                return self.buffer[end : end + 1]
            if not self._fill():
                return b""

    def advance(self, position: int) -> None:
        """Begin the next element at `position` of the buffer."""
        self.line += self.buffer.count(b"\n", self.at, position)
        self.at = self.cursor = position
        self._in_string = False

    def find_bracket(self) -> tuple[bytes, bytes]:
        """Return the text up to the next bracket, and that; both are passed, and no element.

        Of a long text only the end is returned.
        """
        self.advance(self.cursor)
        bracket = self._next_bracket()
        return self.buffer[self.at : self.cursor - len(bracket)], bracket

    def skip_element(self) -> None:
        """Move behind the end of the element whose opening bracket was passed."""
        depth = 1
        while depth and (bracket := self._next_bracket(pattern=UP_TO_NESTING)):
            depth += 1 if bracket in b"{[" else -1

    def count_elements(self) -> int:
        """Move behind the end of the list whose opening bracket was passed; return its length."""
        self.advance(self.cursor)
        if self.skip_blank() in (b"{", b"["):
            return self.count_nested()
        count = sum(1 for _ in self.read_elements())
        self.is_closed = False
        return count

    def count_nested(self) -> int:
        """Move behind the end of the element whose opening bracket was passed.

        Return how many objects and lists it has.
        """
        count, depth = 0, 1
        pattern = UP_TO_BRACKET
        while depth and (bracket := self._next_bracket(pattern=pattern)):
            count += depth == 1 and bracket in b"{["
            depth += 1 if bracket in b"{[" else -1
            pattern = UP_TO_BRACKET if depth == 1 else UP_TO_NESTING
        return count

    def _read_brackets(self) -> RawRow:
        """Return the row of an object or array, or of what is left of it when it has no end."""
        limit = LIMIT_AGAIN if self.at < self._again_until else RECORD_LIMIT
        depth, pattern = 0, UP_TO_BRACKET
        while bracket := self._next_bracket(limit, pattern=pattern):
            pattern = UP_TO_NESTING
            depth += 1 if bracket in b"{[" else -1
            if depth == 0:
                raw, line = self.buffer[self.at : self.cursor], self.line
                self.advance(self.cursor)
                return read_record(raw, 0, line, "json")
        return self._recover(depth)

    def _recover(self, depth: int) -> RawRow:
        """Go on at the next line that begins as records do, else behind the element's end."""
        line = self.line
        found = self.buffer.find(self._separator, self.at + 1) if self._separator else -1
        if found >= 0:
            self._again_until = max(self._again_until, self.cursor)
            self.advance(found + self._separator.index(b"{"))
            detail = f"the object that starts in line {line} is never closed"
            problem = Problem("row_unreadable", params={"syntax": "JSON", "detail": detail})
            return RawRow(0, line, None, (problem,))
        while depth > 0 and (bracket := self._next_bracket()):
            depth += 1 if bracket in b"{[" else -1
        if depth > 0:
            return truncate(f"the object that starts in line {line} has no end", line)
        self.advance(self.cursor)
        problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
        return RawRow(0, line, None, (problem,))

    def _read_scalar(self) -> RawRow:
        """Return the row of an element that is no object, nor a list."""
        while len(self.buffer) - self.at <= RECORD_LIMIT and self._fill():
            pass
        found, line = SCALAR.match(self.buffer, self.at), self.line
        if not found:
            return truncate(f"the text that starts in line {line} has no end", line)
        self.advance(found.end())
        return read_record(found[0], 0, line, "json")

    def _next_bracket(
        self, limit: int | None = None, *, pattern: re.Pattern[bytes] = UP_TO_BRACKET
    ) -> bytes:
        """Return the next bracket outside strings; nothing at the end of the file or limit.

        What the pattern matches is passed over, and without a limit not kept.
        """
        while True:
            end = len(self.buffer) if limit is None else min(len(self.buffer), self.at + limit)
            passed = UP_TO_STRING_END if self._in_string else pattern
            found = passed.match(self.buffer, self.cursor, end)
            self.cursor = found.end() if found else self.cursor
            if self.cursor < end:
                byte = self.buffer[self.cursor]
                if byte == QUOTE:
                    self._in_string = not self._in_string
                    self.cursor += 1
                    continue
                if not self._in_string:
                    self.cursor += 1
                    return self.buffer[self.cursor - 1 : self.cursor]
            if limit is None:
                self._forget(self.cursor - KEPT)
            elif len(self.buffer) - self.at >= limit:
                return b""
            if not self._fill():
                return b""

    def _fill(self) -> bool:
        """Read more of the file behind what is kept; False at its end."""
        block = next(self._blocks, b"")
        self.buffer = self.buffer[self.at :] + block
        self.cursor -= self.at
        self._again_until -= self.at
        self.at = 0
        return bool(block)

    def _forget(self, position: int) -> None:
        """Let go of the buffer before `position`, keeping count of its lines."""
        if position > self.at:
            self.line += self.buffer.count(b"\n", self.at, position)
            self.at = position

    def _learn_separator(self, before: bytes) -> None:
        """Remember the line end, indentation and bracket with which records begin."""
        if self.buffer[self.at : self.at + 1] == b"{":
            key = UNINDENTED.match(self.buffer, self.at)
            self._separator = before[before.rindex(b"\n") :] + (key[0] if key else b"{")


def make_text(quoted: bytes) -> str:
    """Return the text that stands between quotes, without what cannot be stored."""
    try:
        text = str(orjson.loads(quoted))
    except orjson.JSONDecodeError:
        text = quoted.decode("utf-8", "replace").strip('"')
    return text.replace("\0", REPLACEMENT)


def truncate(detail: str, line: int) -> RawRow:
    return RawRow(0, line, None, (Problem("row_truncated", params={"detail": detail}),))
