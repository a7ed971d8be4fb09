"""Reads a JSON array of records, or the one list of records inside a JSON object.

A streaming parser ends with the first error: a bare NaN, a damaged byte or a missing quote in one
record would cost all later ones. Here the file is only cut into records, by its brackets outside
strings, and each record is parsed by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.json_record import UP_TO_BRACKET, read_record
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.text import read_utf8

# How much of a JSON object is searched for its list of records.
HEAD_LIMIT = 2 << 20
# Text that is read again after a broken record gets a shorter distance to find the next end.
LIMIT_AGAIN = 16 << 10
QUOTE = ord('"')
BLANK = re.compile(rb"[\s,]*+")
UP_TO_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,\[\]{}"]++|[\]}]', re.DOTALL)
# An object laid out without indentation begins like the objects nested in it, but for its key.
UNINDENTED = re.compile(rb'\{\r?\n"[^"\\]*"\s*:')
KEY_BEFORE = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*\Z')
KEY_LIMIT = 1000
LIST_OF_OBJECTS = re.compile(rb"\s*\{")
# The member that holds the users when an object has several lists, in lower case.
USUAL_PATHS = ("users", "aspnetusers", "identities", "resources", "value", "records", "data")


def read_json_array(file: BinaryIO, options: ReaderOptions) -> Iterator[RawRow]:
    """Yield the elements of the top-level array, or of the list at `options.path`."""
    splitter = Splitter(read_utf8(file, options.encoding))
    first = splitter.skip_blank()
    if not first:
        raise FileFormatError(Problem("file_empty"))
    if first == b"{":
        path = options.path or choose_path(find_lists(read_head(file, options.encoding)))
        splitter = Splitter(read_utf8(file, options.encoding))
        splitter.enter_list(path)
    elif first == b"[":
        splitter.advance(splitter.at + 1)
    else:
        raise wrong_shape("Expected a JSON array, which starts with [, and found something else.")
    row_number = 0
    for row_number, row in enumerate(splitter.read_elements(), start=1):
        yield RawRow(row_number, row.line_number, row.values, row.problems)
    if first == b"[" and splitter.is_closed and splitter.skip_blank():
        detail = "there is more text after the end of the list, which was not read"
        params = {"syntax": "JSON", "detail": detail}
        yield RawRow(
            row_number + 1, splitter.line, None, (Problem("row_unreadable", params=params),)
        )
    elif row_number == 0:
        raise FileFormatError(Problem("file_no_records"))


def wrong_shape(detail: str) -> FileFormatError:
    return FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))


def choose_path(paths: list[str]) -> str:
    """Return the list that holds the records; raise FileFormatError when none is obvious."""
    usual = [path for name in USUAL_PATHS for path in paths if path.lower() == name]
    if len(paths) == 1 or usual:
        return (usual or paths)[0]
    if paths:
        raise wrong_shape(f"It is a JSON object with several lists: {', '.join(paths)[:300]}.")
    raise wrong_shape("It is one JSON object, not a list of objects or an object with such a list.")


def read_head(file: BinaryIO, encoding: str) -> bytes:
    head = b""
    for block in read_utf8(file, encoding):
        head += block
        if len(head) >= HEAD_LIMIT:
            break
    return head[:HEAD_LIMIT]


def find_lists(head: bytes) -> list[str]:
    """Return the members of the outermost object that are lists of objects, as far as it goes."""
    splitter = Splitter(iter([head]))
    found = {
        key: None
        for key in splitter.find_lists()
        if LIST_OF_OBJECTS.match(splitter.buffer, splitter.cursor)
    }
    return list(found)


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

    def read_elements(self) -> Iterator[RawRow]:
        """Yield the elements of the list just entered, without row numbers."""
        while first := self.skip_blank():
            if first == b"]":
                self.advance(self.at + 1)
                self.is_closed = True
                return
            row = self._read_brackets() if first in b"{[" else self._read_scalar()
            yield row
            if row.problems and row.problems[0].code == "row_truncated":
                return
        yield truncate("the closing ] of the list is missing", self.line)

    def skip_blank(self) -> bytes:
        """Move to the next byte that is neither blank nor a comma; return it if there is one."""
        before = b""
        while True:
            found = BLANK.match(self.buffer, self.at)
            end = found.end() if found else self.at
            before = before[-KEY_LIMIT:] + self.buffer[self.at : end][-KEY_LIMIT:]
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

    def enter_list(self, path: str) -> None:
        """Move behind the bracket that opens the list at a member of the outermost object."""
        for key in self.find_lists():
            if key == path:
                self.advance(self.cursor)
                return
        raise wrong_shape(f"The JSON object has no list “{path[:80]}”.")

    def find_lists(self) -> Iterator[str]:
        """Yield the key of each list in the outermost object; the cursor is behind its bracket."""
        depth = 0
        while bracket := self._next_bracket():
            if depth == 1 and bracket == b"[":
                before = self.buffer[max(self.at, self.cursor - KEY_LIMIT) : self.cursor - 1]
                if key := KEY_BEFORE.search(before):
                    yield read_key(key[1])
            depth += 1 if bracket in b"{[" else -1

    def _read_brackets(self) -> RawRow:
        """Return the row of an object or array, or of what is left of it when it has no end."""
        limit = LIMIT_AGAIN if self.at < self._again_until else RECORD_LIMIT
        depth = 0
        while bracket := self._next_bracket(limit):
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

    def _next_bracket(self, limit: int | None = None) -> bytes:
        """Return the next bracket outside strings; nothing at the end of the file or limit.

        Without a limit, the text passed over is not kept.
        """
        while True:
            end = len(self.buffer) if limit is None else min(len(self.buffer), self.at + limit)
            pattern = UP_TO_STRING_END if self._in_string else UP_TO_BRACKET
            found = pattern.match(self.buffer, self.cursor, end)
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
                self._forget(self.cursor - KEY_LIMIT)
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


def read_key(quoted: bytes) -> str:
    try:
        return str(orjson.loads(quoted))
    except orjson.JSONDecodeError:
        return quoted.decode("utf-8", "replace").strip('"')


def truncate(detail: str, line: int) -> RawRow:
    return RawRow(0, line, None, (Problem("row_truncated", params={"detail": detail}),))
