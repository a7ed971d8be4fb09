"""CSV files, whole and broken: every row comes back, and what is wrong is said where it is."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.delimited import LOOK_AHEAD


def read(content: bytes | str, **options: Any) -> list[RawRow]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read_rows(io.BytesIO(raw), ReaderOptions(**options)))


def refuse(content: bytes | str, **options: Any) -> str:
    with pytest.raises(FileFormatError) as caught:
        read(content, **options)
    return caught.value.problem.code


def list_problems(rows: list[RawRow]) -> list[tuple[int, str, str]]:
    return [(row.row_number, each.code, each.column) for row in rows for each in row.problems]


def test_rows_have_values_by_header_and_both_numbers():
    assert read("id,email\n1,a@x.org\n2,b@x.org\n") == [
        RawRow(1, 2, {"id": "1", "email": "a@x.org"}),
        RawRow(2, 3, {"id": "2", "email": "b@x.org"}),
    ]


@pytest.mark.parametrize("content", [b"", b"\n\r\n", b"\xef\xbb\xbf", b",,\n,,\n"])
def test_file_without_content_is_refused(content):
    assert refuse(content) == "file_empty"


def test_file_with_header_only_is_refused():
    assert refuse("id,email\n\n") == "file_no_records"


def test_column_whose_name_came_before_has_its_position_in_its_name():
    assert read("id,email,name,email,,email\n1,2,3,4,5,6\n")[0].values == {
        "id": "1",
        "email": "2",
        "name": "3",
        "email (column 4)": "4",
        "(column 5)": "5",
        "email (column 6)": "6",
    }


def test_header_that_ends_with_a_delimiter_fits_rows_that_do_not():
    rows = read("id,name,,\n1,Ann\n2,Bob\n3,Cy,x,y\n")
    assert [row.values for row in rows[:2]] == [
        {"id": "1", "name": "Ann"},
        {"id": "2", "name": "Bob"},
    ]
    assert list_problems(rows) == [(3, "row_too_many_cells", "")]


def test_rows_that_all_end_with_a_delimiter_fit_a_header_that_does_not():
    rows = read("id,name\n1,Ann,\n2,Bob, \n3,Lee, Ann\n4,Cy\n")
    assert [row.values for row in rows[:2]] == [
        {"id": "1", "name": "Ann"},
        {"id": "2", "name": "Bob"},
    ]
    assert list_problems(rows) == [(3, "row_too_many_cells", "")]
    assert rows[3].values == {"id": "4", "name": "Cy"}


def test_row_of_white_space_is_no_row():
    assert [row.values["id"] for row in read("id,a\n1,x\n , \t\n2,y\n")] == ["1", "2"]


def test_header_with_open_quote_is_refused():
    assert refuse('id,"email\n1,2\n') == "file_wrong_shape"


def test_header_without_name_is_named_after_its_position():
    assert read("id,,name\n1,2,3\n")[0].values == {"id": "1", "(column 2)": "2", "name": "3"}


def test_header_cells_are_trimmed():
    assert read(" id , email\n1,2\n")[0].values == {"id": "1", "email": "2"}


def test_file_without_header_numbers_its_columns():
    rows = read("1,2\n3,4\n", has_header=False)
    assert [row.values for row in rows] == [
        {"(column 1)": "1", "(column 2)": "2"},
        {"(column 1)": "3", "(column 2)": "4"},
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(end):
    rows = read(end.join(["id,name", "1,Ann", "2,Bob"]))
    assert [row.values for row in rows] == [{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_understood(delimiter):
    rows = read(f"id{delimiter}name\n1{delimiter}Ann\n", delimiter=delimiter)
    assert rows[0].values == {"id": "1", "name": "Ann"}


def test_separator_hint_of_excel_is_skipped():
    rows = read("sep=;\nid;name\n1;Ann\n", delimiter=";")
    assert rows == [RawRow(1, 3, {"id": "1", "name": "Ann"})]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("utf-8", "utf-8-sig"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
     ("windows-1252", "cp1252"), ("iso-8859-15", "iso-8859-15")],
)  # fmt: skip
def test_every_encoding_is_understood(encoding, codec):
    rows = read("naïve,ort\n1,Zürich\n".encode(codec), encoding=encoding)
    assert rows[0].values == {"naïve": "1", "ort": "Zürich"}


def test_byte_order_mark_of_utf_16_is_not_part_of_the_header():
    assert read("\ufeffid\n1\n".encode("utf-16-le"), encoding="utf-16-le")[0].values == {"id": "1"}


def test_unknown_encoding_is_refused():
    assert refuse("id\n1\n", encoding="rot13") == "file_wrong_encoding"


def test_blank_lines_are_no_rows_but_count_as_lines():
    rows = read("id,name\n\n1,Ann\n\n\n,\n2,Bob\n")
    assert [(row.row_number, row.line_number) for row in rows] == [(1, 3), (2, 7)]


def test_cell_of_several_lines_keeps_them():
    rows = read('id,name\n1,"Ann\r\nLee"\n2,Bob\n')
    assert [(row.line_number, row.values) for row in rows] == [
        (2, {"id": "1", "name": "Ann\r\nLee"}),
        (4, {"id": "2", "name": "Bob"}),
    ]


def test_open_quote_costs_only_its_own_row():
    rows = read('id,email,name\n1,a@x,"Ann\n2,b@x,Bob\n3,"c@x","Cy"\n4,d@x,Di\n')
    assert list_problems(rows) == [(1, "row_unclosed_quote", "name")]
    assert [row.values["id"] for row in rows] == ["1", "2", "3", "4"]


def test_open_quote_names_its_line():
    row = read('id,name\n1,Ann\n2,"Bob\n3,Cy\n')[1]
    assert row.problems[0].message == "The quoted cell that starts in line 3 is not closed."


def test_open_quote_that_a_later_row_happens_to_close_costs_only_its_own_row():
    rows = read('id,a,b\n1,x,"y\n2,p,q\n3,z",w\n4,r,s\n')
    assert list_problems(rows) == [(1, "row_unclosed_quote", "b")]
    assert rows[1].values == {"id": "2", "a": "p", "b": "q"}
    assert rows[3].values == {"id": "4", "a": "r", "b": "s"}


def test_open_quote_in_the_last_line_is_reported():
    assert list_problems(read('id,name\n1,Ann\n2,"Bob')) == [(2, "row_unclosed_quote", "name")]


def test_open_quote_at_the_start_of_a_large_file_costs_only_its_own_row():
    line = "2,some name without any quotation mark in it\n"
    count = 2 * LOOK_AHEAD // len(line)
    rows = read('id,name\n1,"Ann\n' + line * count)
    assert len(rows) == count + 1
    assert list_problems(rows) == [(1, "row_unclosed_quote", "name")]
    assert rows[-1].line_number == count + 2


def test_open_quotes_in_every_line_take_time_proportional_to_the_file():
    # Read on its own, each line leaves a quote open; inside a quote, each keeps it open.
    rows = read("a,b\n" + 'x",y"z,"\n' * 5_000)
    assert len(rows) == 5_000


def test_text_after_a_closing_quote_names_the_column():
    rows = read('id,name,city\n1,"Ann" Lee,Rome\n2,Bob,Oslo\n')
    assert list_problems(rows) == [(1, "row_unreadable", "name")]


def test_row_with_a_cell_too_many_keeps_it_for_mending():
    rows = read("id,name\n1,Lee, Ann\n2,Bob\n")
    assert list_problems(rows) == [(1, "row_too_many_cells", "")]
    assert rows[0].values == {"id": "1", "name": "Lee", "(cell 3)": " Ann"}


def test_row_with_a_blank_cell_too_many_is_not_shifted_silently():
    assert list_problems(read("id,a,b\n1,x,y,\n")) == [(1, "row_too_many_cells", "")]


def test_row_with_too_few_cells_says_how_many():
    row = read("id,name,city\n1,Ann\n2,Bob,Oslo\n")[0]
    assert row.problems[0].message == "The row has 2 cells, the header 3."


def test_damaged_byte_names_column_byte_and_position():
    rows = read(b"id,name\n1,Jos\xff\n2,Bob\n")
    assert list_problems(rows) == [(1, "invalid_encoding", "name")]
    assert "byte 0xFF at position 6 of the row" in rows[0].problems[0].message
    assert rows[0].values == {"id": "1", "name": "Jos\ufffd"}


def test_character_cut_by_the_end_of_a_utf_16_file_is_reported():
    rows = read("id\n1\nab".encode("utf-16-le") + b"\xe9", encoding="utf-16-le")
    assert list_problems(rows) == [(2, "invalid_encoding", "id")]


def test_nul_byte_stays_in_its_value():
    assert read("id,name\n1,A\0nn\n2,Bob\n")[0].values == {"id": "1", "name": "A\0nn"}


@pytest.mark.parametrize("cell", ["x" * 5_000_000, '"' + "x\n" * 2_500_000 + '"'],
                         ids=["one line", "many lines"])  # fmt: skip
def test_cell_of_5_megabytes_is_named_and_costs_only_its_own_row(cell):
    rows = read(f"id,name\n1,{cell}\n2,Bob\n")
    assert list_problems(rows) == [(1, "row_too_large", "name")]
    assert [row.values for row in rows] == [{"id": "1"}, {"id": "2", "name": "Bob"}]


def test_line_of_any_length_is_not_kept_whole():
    rows = read("id,name\n1," + "x" * (3 * LOOK_AHEAD) + "\n2,Bob\n")
    assert list_problems(rows) == [(1, "row_too_large", "name")]
    assert rows[1] == RawRow(2, 3, {"id": "2", "name": "Bob"})


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    has_mark=st.booleans(),
)
def test_what_a_csv_writer_writes_is_read_back(rows, delimiter, encoding, line_end, has_mark):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    text = ("\ufeff" if has_mark else "") + file.getvalue()
    read_back = read(text.encode(encoding), encoding=encoding, delimiter=delimiter)
    assert [list(row.values.values()) for row in read_back] == rows
    assert not list_problems(read_back)
