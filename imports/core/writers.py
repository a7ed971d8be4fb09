"""Writes rows as CSV, XLSX or NDJSON, one at a time and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import openpyxl
import orjson
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.spreadsheets import FORMULA_START, neutralise_formula

# Excel's own limits.
CELL_LIMIT = 32_767
SHEET_ROWS = 1_048_575


class _Echo:
    """A file for the CSV writer that hands each line on at once."""

    def write(self, line: str) -> str:
        return line


def write_cell(value: Any) -> str:
    """Return a value as it stands in a cell: text that no spreadsheet runs."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return str(neutralise_formula(text))


def write_sheet_cell(value: Any) -> str:
    """Return a value as it stands in a cell of a workbook, which cannot hold everything."""
    text: str = ILLEGAL_CHARACTERS_RE.sub("\ufffd", write_cell(value))
    return text[:CELL_LIMIT]


def read_cell(text: str) -> str:
    """Return what a cell holds without the quote that kept it from being run."""
    is_quoted = text.startswith("'") and text[1:].startswith(FORMULA_START)
    return text[1:] if is_quoted else text


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file; one mark before them tells Excel that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([write_cell(column) for column in columns])
    for row in rows:
        yield writer.writerow([write_cell(row.get(column)) for column in columns])


def write_ndjson(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield a line for each row."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def write_xlsx(file: IO[bytes], columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a workbook, with as many sheets as the rows need, in memory that does not grow."""
    book = openpyxl.Workbook(write_only=True)
    sheet = _add_sheet(book, columns)
    for number, row in enumerate(rows, start=1):
        sheet.append([write_sheet_cell(row.get(column)) for column in columns])
        if number % SHEET_ROWS == 0:
            sheet = _add_sheet(book, columns)
    book.save(file)


def _add_sheet(book: openpyxl.Workbook, columns: Sequence[str]) -> Any:
    sheet = book.create_sheet()
    sheet.append([write_sheet_cell(column) for column in columns])
    return sheet
