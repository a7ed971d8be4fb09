"""Walk through an SQL dump from one table's rows to the next; nothing else in it is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from imports.core.problems import Problem
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL
from imports.core.readers.sql import grammar
from imports.core.readers.sql.feed import Feed
from imports.core.readers.sql.literals import Literals

SYNTAX_NAME = "SQL"
# Text that is at hand before a statement is looked at.
STATEMENT_START = 64 << 10
# How far a failed row is looked through for the start of the next.
NEXT_ROW = re.compile(r"\)\s*,\s*(?=\()|\n(?=INSERT\s|REPLACE\s|COPY\s|CREATE\s)", re.IGNORECASE)
END_MARK = "\\."
END_LINE = re.compile(r"\\\.\r?(?=\n|\Z)")
MOST_COLUMNS = 4096


@dataclass(frozen=True, slots=True)
class Definition:
    """A table as CREATE TABLE describes it; the name has its schema before it.

    `generated` are the columns that the database computes from others.
    """

    table: str
    columns: tuple[str, ...]
    generated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rows:
    """The start of rows for a table. `columns` are those the statement lists, if it does.

    `fault` says why they cannot be read, such as those of INSERT … SELECT.
    """

    table: str
    columns: tuple[str, ...]
    is_copy: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The text of one row, with the number of the line it begins in; or why there is none."""

    number: int
    text: str
    problem: Problem | None = None


class Dump:
    """One pass over a dump. Between two calls of `find_next`, rows are read, counted or skipped."""

    def __init__(self, blocks: Iterator[str], encoding: str) -> None:
        first = next(blocks, "")
        self.dialect, escapes = grammar.detect_dialect(first[: grammar.HEAD_LENGTH])
        self.literals = Literals(self.dialect, escapes=escapes, encoding=encoding)
        self._feed = Feed(chain([first], blocks))
        self._escapes = escapes
        self._many = grammar.compile_many(escapes=escapes)
        # How the last two INSERT began.
        self._head = self._head_before = ""
        self._values, self.value, self._part = grammar.compile_cells(escapes=escapes)
        self._item = grammar.compile_definition(escapes=escapes)

    def find_next(self) -> Definition | Rows | None:
        """Go to the next definition or rows; return None at the end of the dump."""
        feed = self._feed
        while True:
            self._skip_space()
            if feed.is_at_end:
                return None
            if found := grammar.INSERT.match(feed.text, feed.at):
                return self._begin_insert(found)
            if found := grammar.COPY.match(feed.text, feed.at):
                return self._begin_copy(found)
            if found := grammar.TABLE.match(feed.text, feed.at):
                return self._read_definition(found)
            if found := grammar.DELIMITER.match(feed.text, feed.at):
                self._skip_delimited(found)
            else:
                self._skip_statement()

    def read(self, rows: Rows) -> Iterator[Line]:
        """Yield the text of each row."""
        if rows.fault:
            params = {"syntax": SYNTAX_NAME, "detail": rows.fault}
            yield Line(self._feed.line, "", Problem("row_unreadable", params=params))
            self._skip_statement()
        elif rows.is_copy:
            yield from self._read_copied()
        else:
            yield from self._read_inserted()

    def skip(self, rows: Rows) -> bool:
        """Go on after the rows; return whether there were any."""
        if rows.is_copy and not rows.fault:
            feed = self._feed
            feed.ensure(len(END_MARK) + 1)
            is_empty = feed.text.startswith(f"\n{END_MARK}", feed.at)
            feed.skip_past(f"\n{END_MARK}")
            return not is_empty
        if rows.fault:
            return self.count(rows) > 0
        return self._skip_inserted()

    def count(self, rows: Rows) -> int:
        """Go on after the rows and return how many there were."""
        return sum(1 for line in self.read(rows) if not line.problem)

    def _begin_insert(self, found: re.Match[str]) -> Rows:
        is_known = found["values"] is not None
        self._head, self._head_before = found[0], self._head
        fault = "" if is_known else "it inserts what a query finds, which is not in the dump"
        self._feed.move(found.end() if is_known else self._feed.at + 1)
        return make_rows(found, is_copy=False, fault=fault)

    def _begin_copy(self, found: re.Match[str]) -> Rows:
        options = found["options"].strip()
        fault = ""
        if found["from"].lower() != "stdin":
            fault = f"its rows are in another file, {found['from'].strip(chr(39))[-80:]}"
        elif options and not re.fullmatch(r"(?:WITH\s*)?(?:\(FORMAT text\))?", options, re.I):
            fault = "COPY has options that are not read; dump the table again with pg_dump"
        self._feed.move(found.end())
        return make_rows(found, is_copy=True, fault=fault)

    def _read_definition(self, found: re.Match[str]) -> Definition:
        feed = self._feed
        feed.move(found.end() + 1)
        columns: list[str] = []
        generated: set[str] = set()
        while item := feed.match(self._item):
            feed.move(item.end())
            if (name := self._name_column(item[1])) and len(columns) < MOST_COLUMNS:
                columns.append(name)
                if grammar.GENERATED.search(item[1]):
                    generated.add(name)
            if item[2] == ")":
                break
        self._skip_statement()
        return Definition(name_table(found["table"]), tuple(columns), frozenset(generated))

    def _name_column(self, item: str) -> str:
        """Return the name in an item of CREATE TABLE; empty where it is a constraint or index."""
        text = re.sub(grammar.COMMENT, " ", item, flags=re.DOTALL).strip()
        found = grammar.ONE_IDENTIFIER.match(text)
        if not found:
            return ""
        word = found[0].lower()
        is_index = self.dialect == "mysql" and word in grammar.INDEXES
        return "" if is_index or word in grammar.CONSTRAINTS else grammar.unquote(found[0])

    def _read_inserted(self) -> Iterator[Line]:
        feed = self._feed
        while True:
            start = feed.line
            found = feed.match(self._values)
            if found is None:
                yield Line(start, "", self._describe_fault())
                if not self._find_next_row():
                    return
                continue
            text = found[1]
            # White space before the values may hold line ends, too.
            before = feed.text.count("\n", feed.at, found.start(1))
            yield Line(start + before, text)
            feed.line = start + before + text.count("\n")
            feed.line += feed.text.count("\n", found.end(1), found.end())
            feed.at = found.end()
            if not found[2]:
                self._end_rows()
                return

    def _skip_inserted(self) -> bool:
        """Go on after the rows of INSERT, and after the statements like it that follow."""
        feed = self._feed
        has_rows = False
        while True:
            if many := self._many.match(feed.text, feed.at):
                has_rows = has_rows or many.end() > feed.at
                feed.move(many.end())
            found = feed.match(self._values)
            if found is None:
                return any(not line.problem for line in self._read_inserted()) or has_rows
            feed.move(found.end())
            has_rows = True
            if not found[2]:
                self._end_rows()
                self._skip_alike()
                return True

    def _skip_alike(self) -> None:
        """Go on after statements that begin just as the last two did, a row in each."""
        feed = self._feed
        if self._head != self._head_before:
            return
        alike = grammar.compile_alike(self._head, escapes=self._escapes)
        while True:
            feed.ensure(STATEMENT_START)
            found = alike.match(feed.text, feed.at)
            if found is None or found.end() == feed.at:
                return
            feed.move(found.end())

    def _describe_fault(self) -> Problem:
        feed = self._feed
        if not feed.grow() and ")" not in feed.text[feed.at :]:
            return Problem("row_truncated", params={"detail": "its parenthesis is not closed"})
        detail = "its parentheses or quotation marks do not close"
        return Problem("row_unreadable", params={"syntax": SYNTAX_NAME, "detail": detail})

    def _find_next_row(self) -> bool:
        """Go to what may be the next row of the statement; return whether there is one."""
        feed = self._feed
        feed.fail()
        feed.ensure(feed.room)
        found = NEXT_ROW.search(feed.text, feed.at + 1)
        if found is None:
            feed.move(len(feed.text))
            return False
        feed.move(found.end())
        return not found[0].startswith("\n")

    def _end_rows(self) -> None:
        """Go on after what may follow the last row of a statement."""
        feed = self._feed
        feed.ensure(STATEMENT_START)
        if found := grammar.AFTER_ROWS.match(feed.text, feed.at):
            feed.move(found.end())
            if found["more"] is not None:
                self._skip_statement()

    def _read_copied(self) -> Iterator[Line]:
        """Yield the lines up to the end mark, which begin after the line end that comes next."""
        feed = self._feed
        feed.move(feed.at + 1)
        while True:
            if END_LINE.match(feed.text, feed.at):
                feed.at += len(END_MARK)
                return
            mark = feed.text.find(f"\n{END_MARK}", feed.at)
            end = mark if mark >= 0 else feed.text.rfind("\n", feed.at)
            if end < 0:
                if len(feed.text) - feed.at <= RECORD_LIMIT and feed.grow():
                    continue
                if (last := self._end_copied()) is not None:
                    yield last
                if feed.is_at_end:
                    return
                continue
            for text in feed.text[feed.at : end].split("\n"):
                yield Line(feed.line, text.removesuffix("\r"))
                feed.at += len(text) + 1
                feed.line += 1

    def _end_copied(self) -> Line | None:
        """Return the problem of a line that has no end, or of rows without an end mark."""
        feed = self._feed
        number, text = feed.line, feed.text[feed.at :]
        if text.strip() == END_MARK:
            feed.move(len(feed.text))
            return None
        if len(text) > RECORD_LIMIT and feed.skip_past("\n"):
            return Line(number, "", Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL}))
        feed.move(len(feed.text))
        detail = "the rows of COPY are not closed by \\."
        return Line(number, "", Problem("row_truncated", params={"detail": detail}))

    def _skip_space(self) -> None:
        """Go to the start of a statement, past comments."""
        feed = self._feed
        while True:
            feed.ensure(STATEMENT_START)
            found = grammar.SPACE.match(feed.text, feed.at)
            end = found.end() if found else feed.at
            is_cut = end >= len(feed.text) - 2 and not feed.is_at_end
            feed.move(end)
            if not is_cut or not feed.grow():
                return

    def _skip_delimited(self, found: re.Match[str]) -> None:
        """Go on after statements that end in a mark of their own, as routines of MySQL do."""
        self._feed.move(found.end())
        if found[1] != ";":
            self._feed.skip_past("\nDELIMITER ;")

    def _skip_statement(self) -> None:
        """Go on after a statement: at its semicolon, or before a line that begins another."""
        feed = self._feed
        is_routine = grammar.ROUTINE.match(feed.text, feed.at) is not None
        depth = 0
        while found := feed.match(self._part):
            text = found[0]
            feed.move(found.end())
            if is_routine:
                words = (
                    grammar.BLOCK_WORDS.findall(text)
                    if len(text) > 2 and text[0] not in "'$"
                    else ()
                )
                depth += sum(-1 if word.upper() == "END" else 1 for word in words)
            if text == ";" and depth <= 0 and not (is_routine and self.dialect == "tsql"):
                return
            if text == "\n":
                feed.ensure(STATEMENT_START)
                starts = grammar.GO if is_routine else grammar.NEXT_STATEMENT
                if starts.match(feed.text, feed.at):
                    return
            if feed.is_at_end:
                return
        feed.move(len(feed.text))


def make_rows(found: re.Match[str], *, is_copy: bool, fault: str) -> Rows:
    columns = grammar.split_columns(found["columns"])
    return Rows(name_table(found["table"]), columns, is_copy, fault)


def name_table(name: str) -> str:
    """Return a table's name as it is shown and chosen: without quotes, after its schema."""
    return ".".join(grammar.split_name(name))
