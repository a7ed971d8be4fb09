"""Write rows as CSV, XLSX or NDJSON, one at a time and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from typing import IO, Any, cast
from xml.sax.saxutils import escape

import orjson
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.spreadsheets import FORMULA_START, neutralise_formula

# Excel's own limits.
CELL_LIMIT = 32_767
SHEET_ROWS = 1_048_575
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_START = f'{XML}<worksheet xmlns="{SHEETS}"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"


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


def write_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield a workbook, with as many sheets as the rows need, in memory that does not grow.

    It is packed as it is sent: openpyxl would first write each sheet to a temporary file, in clear.
    The parts are those that ECMA-376, part 1, 12.2 wants; texts stand in their cells (18.3.1.53).
    """
    portions, rest = _Portions(), iter(rows)
    with zipfile.ZipFile(cast(IO[bytes], portions), "w", zipfile.ZIP_DEFLATED) as archive:
        for number in count(1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                part.write(SHEET_START)
                part.write(_write_row(columns))
                for row in islice(rest, SHEET_ROWS):
                    part.write(_write_row([row.get(column) for column in columns]))
                    yield from portions.take()
                part.write(SHEET_END)
            first = next(rest, None)
            if first is None:
                break
            rest = chain([first], rest)
        for name, content in _list_parts(number):
            archive.writestr(name, content)
    yield from portions.take(1)


class _Portions:
    """A file for the packer that hands on what was written in portions."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def take(self, least: int = 1 << 16) -> Iterator[bytes]:
        """Yield what was written, if it is worth it."""
        if len(self._written) >= least:
            yield bytes(self._written)
            self._written.clear()


def _write_row(values: Iterable[Any]) -> bytes:
    cells = "".join(map(_write_text, map(write_sheet_cell, values)))
    return f"<row>{cells}</row>".encode(errors="replace")


def _write_text(text: str) -> str:
    if not text:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _list_parts(sheets: int) -> Iterator[tuple[str, str]]:
    """Yield name and content of what says which sheets there are."""
    numbers = range(1, sheets + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{MAIN}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{MAIN}.sheet.main+xml"/>'
        f"{types}</Types>",
    )
    yield "_rels/.rels", _relate([("officeDocument", "xl/workbook.xml")])
    yield (
        "xl/_rels/workbook.xml.rels",
        _relate([("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]),
    )
    names = "".join(
        f'<sheet name="Sheet{number}" sheetId="{number}" r:id="r{number}"/>' for number in numbers
    )
    yield (
        "xl/workbook.xml",
        f'{XML}<workbook xmlns="{SHEETS}" xmlns:r="{RELATIONS}">'
        f"<sheets>{names}</sheets></workbook>",
    )


def _relate(targets: Iterable[tuple[str, str]]) -> str:
    related = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
