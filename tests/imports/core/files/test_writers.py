"""Workbooks are written as they are sent, and what is read of them is what was written."""

import io
import tempfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.files import writers
from imports.core.files.writers import write_sheet_cell, write_xlsx

TEXTS = st.text(max_size=8) | st.sampled_from(["=1+1", "a & <b>", "  spaces ", "x\ny"])


def read(portions: bytes) -> list[list[list[str | None]]]:
    book = openpyxl.load_workbook(io.BytesIO(portions))
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_texts_come_back_as_they_stand_in_cells(rows: list[tuple[str, str]]) -> None:
    records = [{"a": one, "b": other} for one, other in rows]
    (sheet,) = read(b"".join(write_xlsx(["a", "b"], records)))

    written = [[write_sheet_cell(text) or None for text in row] for row in rows]
    assert [[text and text.replace("\r", "\n") for text in row] for row in written] == [
        [text and text.replace("\r", "\n") for text in row] for row in sheet[1:]
    ]


@pytest.mark.parametrize(("rows", "sheets"), [(0, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_rows_beyond_a_sheet_stand_on_the_next(
    rows: int, sheets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "SHEET_ROWS", 3)
    found = read(b"".join(write_xlsx(["n"], ({"n": number} for number in range(rows)))))

    assert len(found) == sheets
    assert [sheet[0] for sheet in found] == [["n"]] * sheets
    assert [row[0] for sheet in found for row in sheet[1:]] == [str(n) for n in range(rows)]


def test_nothing_of_a_workbook_is_written_to_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "_TemporaryFileWrapper", None)
    monkeypatch.setattr(tempfile, "mkstemp", None)
    rows = ({"n": "secret " * 20} for _ in range(5000))

    assert sum(map(len, write_xlsx(["n"], rows))) > 0
