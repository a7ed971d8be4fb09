"""Read the sheets of an Excel workbook, a row at a time."""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

import openpyxl

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.delimited import Record, name_cells, number_columns, read_header
from imports.core.readers.layout import SAMPLE_LINES, Line, detect_header
from imports.core.readers.packed.archives import open_archive, refuse
from imports.core.readers.packed.streams import Unpacked, copy_to_spool
from imports.core.readers.rows import RECORD_LIMIT, RECORD_LIMIT_LABEL, RawRow, ReaderOptions
from imports.core.readers.text import is_damaged, repair

WORKBOOK = "xl/workbook.xml"
# The one part that is held in memory as a whole.
STRINGS, STRINGS_LIMIT = "xl/sharedStrings.xml", 64 << 20
# Excel's own; a row number far beyond would have every row before it read as a blank one.
ROW_LIMIT = 1 << 20
EXACT_FLOATS = 2**53


class Workbook:
    """The sheets of an .xlsx file. Raises FileFormatError when it cannot be opened."""

    label = "Excel workbook"

    def __init__(self, file: BinaryIO) -> None:
        self._copy = copy_to_spool(file) if isinstance(file, Unpacked) else None
        packed_size = file.packed_size if isinstance(file, Unpacked) else None
        try:
            self._open(self._copy or file, packed_size)
        except FileFormatError:
            self._close_copy()
            raise

    def _open(self, source: Any, packed_size: int | None) -> None:
        with open_archive(source, packed_size) as archive:
            check_strings(archive)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles, which are not read
                self._book = openpyxl.load_workbook(source, read_only=True, data_only=True)
                self.members = tuple(self._book.sheetnames)
        # The library has no exception of its own: what it raises depends on which XML is broken.
        except Exception as error:
            raise damage("The workbook", error) from error
        if not self.members:
            raise refuse("the workbook has no sheet")

    def detect(self, member: str) -> tuple[ReaderOptions, tuple[str, ...]]:
        """Return where the header of a sheet is, and why."""
        rows = list(islice(self._read_cells(member), SAMPLE_LINES))
        width = max((len(cells) for _, cells in rows), default=0)
        lines = [Line(number - 1, cells + [""] * (width - len(cells))) for number, cells in rows]
        skip_lines, has_header, reasons = detect_header(lines)
        options = ReaderOptions(
            syntax="xlsx", member=member, skip_lines=skip_lines, has_header=has_header
        )
        return options, reasons

    def list_columns(self, member: str) -> tuple[str, ...]:
        """Return the columns of a sheet; none of one without records."""
        options, _ = self.detect(member)
        try:
            row = next(self.read(options))
        except FileFormatError as error:
            if error.problem.kind.is_empty_list:
                return ()
            raise
        return tuple(row.values or ())

    def read(self, options: ReaderOptions) -> Iterator[RawRow]:
        """Yield the rows of a sheet; raise FileFormatError where it is damaged."""
        cells = self._read_cells(options.member)
        rows = ((number, row) for number, row in cells if number > options.skip_lines)
        first = next(rows, None)
        if first is None:
            raise FileFormatError(Problem("file_empty"))
        if options.has_header:
            columns = read_header(Record(trim(first[1]), [], first[0]))
        else:
            columns = number_columns(first[1])
        row_number = 0
        records = rows if options.has_header else chain([first], rows)
        for row_number, (number, row) in enumerate(records, start=1):
            yield build_row(row_number, number, columns, row)
        if row_number == 0:
            raise FileFormatError(Problem("file_no_records"))

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()
        self._close_copy()

    def _close_copy(self) -> None:
        if self._copy:
            self._copy.close()

    def _read_cells(self, member: str) -> Iterator[tuple[int, list[str]]]:
        """Yield number and cells of each row that has a value; raise FileFormatError for damage."""
        if member not in self.members:
            detail = f"The workbook has no sheet “{member[:80]}”."
            raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
        number = 0
        try:
            sheet = self._book[member]
            if not hasattr(sheet, "reset_dimensions"):
                return  # a sheet of charts
            # What a sheet says of its own size is often wrong.
            sheet.reset_dimensions()
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = [write_cell(value) for value in values]
                if any(map(str.strip, cells)):
                    yield number, cells
                if number > ROW_LIMIT:
                    return
        except Exception as error:  # as above
            raise damage(f"Sheet “{member}” after row {number}", error) from error


def check_strings(archive: zipfile.ZipFile) -> None:
    if WORKBOOK not in archive.namelist():
        raise refuse(
            "it is an archive inside an archive, and no Excel workbook; unpack it once and upload"
            " what is inside"
        )
    if STRINGS in archive.namelist() and archive.getinfo(STRINGS).file_size > STRINGS_LIMIT:
        raise refuse(
            f"the texts of the workbook take more than {STRINGS_LIMIT >> 20} MB; save the sheet as"
            " CSV (UTF-8) and upload that"
        )


def damage(part: str, error: Exception) -> FileFormatError:
    detail = str(error).rstrip(".") or type(error).__name__
    return FileFormatError(Problem("archive_damaged", params={"member": part, "detail": detail}))


def trim(cells: list[str]) -> list[str]:
    """Return the cells without the blank ones at the end."""
    end = max((index for index, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:end]


def build_row(row_number: int, number: int, columns: list[str], cells: list[str]) -> RawRow:
    cells = trim(cells)
    cells += [""] * (len(columns) - len(cells))
    values = name_cells(columns, cells)
    problems = []
    if len(cells) > len(columns):
        params = {"cells": len(cells), "columns": len(columns)}
        problems.append(Problem("row_too_many_cells", params=params))
    if sum(map(len, cells)) > RECORD_LIMIT:
        problem = Problem("row_too_large", params={"limit": RECORD_LIMIT_LABEL})
        return RawRow(row_number, number, None, (problem,))
    return RawRow(row_number, number, values, tuple(problems))


def write_cell(value: Any) -> str:
    """Return what a cell says as text: whole numbers without a point, dates in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_FLOATS:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    text = str(value)
    return repair(text) if is_damaged(text) else text
