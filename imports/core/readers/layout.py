"""Tell from the first lines of a CSV file its delimiter, and in which line its header is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile

from imports.core.readers.rows import DELIMITERS, OTHER_DELIMITERS, ReaderOptions
from imports.core.secrecy import Evidence, is_secret_name, weigh

SAMPLE_LINES = 50
SAMPLE_LENGTH = 1 << 16
SEPARATOR_HINT = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)
# What is the value of a cell and hardly the name of a column.
VALUE = re.compile(
    r".*[^\s@]+@[^\s@]+\.[^\s@]+.*"  # an e-mail address, be it within others
    r"|\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?"  # a UUID
    r"|\d{4}-\d\d-\d\d([T ].*)?|\d\d?[/.]\d\d?[/.]\d{4}( .*)?"  # a date
    r"|\+?\d{9,}|\+[\d ().\-/]{8,24}"  # a phone number, milliseconds, a long id
    r"|NULL|\\N"  # how databases write that there is none
    r"|https?://\S+"
    r"|true|false",
    re.IGNORECASE,
)
MARKED_HASH = re.compile(r"\s*(?:\$[\w-]+[$,].*|\{[\w.-]+\})[\w./+=]{16,}\s*", re.ASCII)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PATH = re.compile(r"(?:/[\w.+-]+)+/?")


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of a record in the head of a file; `number` is that of its first line, from 0."""

    number: int
    cells: list[str]

    @property
    def filled(self) -> int:
        return sum(1 for cell in self.cells if cell.strip())


def detect_layout(text: str) -> tuple[ReaderOptions, tuple[str, ...]]:
    """Return the delimiter and place of the header of CSV text, and sentences that say why."""
    head = text[:SAMPLE_LENGTH]
    hint = SEPARATOR_HINT.match(head.partition("\n")[0])
    split = {
        delimiter: split_head(head, delimiter)
        for delimiter in ([hint[1]] if hint else (*DELIMITERS, *OTHER_DELIMITERS))
        if delimiter not in '\r\n"'
    }
    found = {
        key: lines for key, lines in split.items() if hint or key in DELIMITERS or has_hashes(lines)
    }
    delimiter = max(found, key=lambda each: score(found[each]), default=",")
    lines = found.get(delimiter, [])
    if not hint and not any(score(lines)):
        delimiter = next((key for key in OTHER_DELIMITERS if has_digests(split[key])), ",")
        lines = split[delimiter]
    skip_lines, has_header, reasons = detect_header(lines)
    name = (DELIMITERS | OTHER_DELIMITERS).get(delimiter, delimiter)
    options = ReaderOptions(delimiter=delimiter, has_header=has_header, skip_lines=skip_lines)
    return options, (f"The delimiter is a {name}.", *reasons)


def has_digests(lines: list[Line]) -> bool:
    """Return whether rows are of one width, and most have what looks like a digest."""
    rows = lines[count_preamble(lines) :]
    if len({len(row.cells) for row in rows}) != 1 or len(rows[0].cells) < 2:
        return False
    found = sum(1 for row in rows if any(weigh(cell) > Evidence.RANDOM for cell in row.cells[1:]))
    return found * 2 > len(rows)


def detect_header(lines: list[Line]) -> tuple[int, bool, tuple[str, ...]]:
    """Return how many lines come before a table, whether its first names columns, and why."""
    count = count_preamble(lines)
    if count >= len(lines):
        return 0, True, ()
    reasons = []
    skip_lines = lines[count].number if count else 0
    if skip_lines:
        skipped = "Line 1 comes" if skip_lines == 1 else f"The first {skip_lines} lines come"
        reasons.append(f"{skipped} before the table.")
    has_header = is_header(lines[count].cells, [line.cells for line in lines[count + 1 :]])
    if not has_header:
        reasons.append("The first line has values instead of column names.")
    elif repeated := find_repeated(lines[count].cells):
        reasons.append(
            f"Its header names “{repeated[:40]}” more than once: all but the first have their "
            "position in their names."
        )
    return skip_lines, has_header, tuple(reasons)


def is_header(cells: list[str], rows: list[list[str]]) -> bool:
    """Return whether a first line names columns: it holds no value, and is unlike the rows."""
    if any(map(is_value, cells)):
        return False
    # Files that were put together have their header once more.
    others = [row for row in rows if len(row) == len(cells) and row != cells]
    alike = [
        is_like_below(cell.strip(), column) for cell, *column in zip(cells, *others, strict=True)
    ]
    return "kind" not in alike and alike.count("same") < 2


def is_like_below(cell: str, column: list[str]) -> str:
    """Return “kind” for a number or path above others, “same” for a text that rows have, too."""
    below = [text for each in column if (text := each.strip())]
    if not cell or len(below) < 2:
        return ""
    for kind in (NUMBER, PATH):
        if kind.fullmatch(cell) and all(map(kind.fullmatch, below)):
            return "kind"
    return "same" if below.count(cell) * 2 >= len(below) else ""


def find_repeated(names: list[str]) -> str:
    """Return the first name that comes again; empty when none does."""
    counts = Counter(name.strip() for name in names if name.strip())
    return next((name for name, count in counts.items() if count > 1), "")


def split_head(head: str, delimiter: str) -> list[Line]:
    """Return the records of the first lines that have a value, without the hint of Excel."""
    reader = csv.reader(
        io.StringIO(head, newline="").readlines()[:SAMPLE_LINES], delimiter=delimiter
    )
    lines = []
    number = 0
    try:
        for cells in reader:
            if any(cells) and not (number == 0 and SEPARATOR_HINT.match(",".join(cells))):
                lines.append(Line(number, cells))
            number = reader.line_num
    except csv.Error:
        pass
    return lines


def score(lines: list[Line]) -> tuple[bool, float, int]:
    """Return whether hashes are whole, the share of rows as wide as the first, and its width."""
    rows = lines[count_preamble(lines) :]
    if not rows or len(rows[0].cells) < 2:
        return False, 0, 0
    width = len(rows[0].cells)
    return has_hashes(rows), sum(1 for row in rows if len(row.cells) == width) / len(rows), width


def has_hashes(lines: list[Line]) -> bool:
    """Return whether most rows have a cell that is a hash with its mark, as a whole."""
    rows = lines[count_preamble(lines) :]
    whole = sum(1 for row in rows if any(map(MARKED_HASH.fullmatch, row.cells[1:])))
    return whole * 2 > len(rows)


def count_preamble(lines: list[Line]) -> int:
    """Return how many records at the start are titles, versions or comments.

    A title has at most one cell filled where the rows below have several; a comment begins with #
    and has another number of cells than they.
    """
    width = Counter(len(line.cells) for line in lines).most_common(1)[0][0] if lines else 0
    return sum(1 for _ in takewhile(lambda line: is_preamble(line, width), lines[:-1]))


def is_preamble(line: Line, width: int) -> bool:
    if line.cells[0].lstrip().startswith("#"):
        return len(line.cells) != width or line.filled < 2
    return line.filled < 2 <= width - 1


def is_value(cell: str) -> bool:
    text = cell.strip()
    return VALUE.fullmatch(text) is not None or is_secret_name(text)
