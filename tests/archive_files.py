"""Makes compressed files, archives, workbooks and databases for tests of reading."""

import datetime
import gzip
import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

MADE = datetime.datetime(2024, 1, 1)  # noqa: DTZ001 - the library's own are without, too


def make_zip(
    members: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return file.getvalue()


def make_workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    # Otherwise the file would say when it was made.
    book.properties.created = book.properties.modified = MADE
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def make_database(tables: Mapping[str, Sequence[Mapping[str, Any]]], extra: str = "") -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "users.db"
        connection = sqlite3.connect(path)
        for name, rows in tables.items():
            columns = ", ".join(f'"{column}"' for column in rows[0])
            marks = ", ".join("?" * len(rows[0]))
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})',  # noqa: S608
                [tuple(row.values()) for row in rows],
            )
        connection.executescript(extra)
        connection.commit()
        connection.close()
        return path.read_bytes()


def compress(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
