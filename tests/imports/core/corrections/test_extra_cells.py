"""Rows with more cells than columns: what is dropped, and what is put together again."""

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imports.core.corrections.extra_cells import (
    count_surplus,
    cut_surplus,
    has_surplus_text,
    join_surplus,
)
from imports.core.readers import RawRow, ReaderOptions, read_rows

HEADER = "id,name,email,note\n"
CELLS = st.text("ab ;,\"'", max_size=4)


def read(line: str, header: str = HEADER) -> RawRow:
    return next(iter(read_rows(io.BytesIO(f"{header}{line}\n".encode()), ReaderOptions())))


def list_codes(row: RawRow) -> list[str]:
    return [problem.code for problem in row.problems]


def test_empty_cells_beyond_the_columns_are_excluded() -> None:
    row = cut_surplus(read("1,Ann,a@example.com,x,, "), with_text=False)

    assert row.values == {"id": "1", "name": "Ann", "email": "a@example.com", "note": "x"}
    assert row.problems == ()


def test_cells_that_hold_something_stay_unless_they_may_go() -> None:
    row = read("1,Ann,a@example.com,x,more")
    assert has_surplus_text(row)

    assert cut_surplus(row, with_text=False) == row
    assert cut_surplus(row, with_text=True).values == {
        "id": "1", "name": "Ann", "email": "a@example.com", "note": "x",
    }  # fmt: skip


def test_a_value_that_was_cut_is_joined_and_the_cells_after_it_move_back() -> None:
    row = join_surplus(read("1,Smith, Ann, Dr.,a@example.com,x"), "name", ",")

    assert row.values == {
        "id": "1", "name": "Smith, Ann, Dr.", "email": "a@example.com", "note": "x",
    }  # fmt: skip
    assert row.problems == ()


@pytest.mark.parametrize("column", ["none such", "(cell 5)", ""])
def test_what_is_no_column_of_the_header_is_not_joined(column: str) -> None:
    row = read("1,Smith, Ann,a@example.com,x")

    assert join_surplus(row, column, ",") == row


def test_a_row_with_the_right_cells_stays_as_it_is() -> None:
    row = read("1,Ann,a@example.com,x")

    assert count_surplus(row) == 0
    assert cut_surplus(row, with_text=True) == row
    assert join_surplus(row, "name", ",") == row


def test_a_problem_besides_the_surplus_stays() -> None:
    row = read("1,Ann\ufffd,a@example.com,x,y".replace("\ufffd", "\0"))
    others = [code for code in list_codes(row) if code != "row_too_many_cells"]

    assert list_codes(cut_surplus(row, with_text=True)) == others


@given(
    st.lists(CELLS.filter(str.strip), min_size=4, max_size=4),
    st.integers(0, 3),
    st.lists(st.text("ab ", max_size=3), min_size=1, max_size=3),
)
def test_joining_gives_back_exactly_what_was_cut(
    cells: list[str], position: int, parts: list[str]
) -> None:
    value = ",".join(["x", *parts])
    text = io.StringIO()
    csv.writer(text).writerow([*cells[:position], "MARK", *cells[position + 1 :]])
    row = read(text.getvalue().replace("MARK", value).rstrip("\r\n"))

    column = ["id", "name", "email", "note"][position]
    assert count_surplus(row) == len(parts)
    assume(has_surplus_text(row))
    joined = join_surplus(row, column, ",")
    assert list((joined.values or {}).values()) == [
        *cells[:position],
        value,
        *cells[position + 1 :],
    ]


def test_a_row_with_empty_cells_too_many_is_not_joined() -> None:
    row = read("1,Ann,a@example.com,x,")

    assert join_surplus(row, "name", ",") == row
