"""JSON arrays and NDJSON, whole and broken: a broken record costs no other."""

import io
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.readers import ENCODINGS, SYNTAXES, RawRow, ReaderOptions, read_rows
from imports.core.readers.json_files import splitter as splitting
from imports.core.values.nesting import UP_TO_BRACKET


def read(content: bytes | str, **options: Any) -> list[RawRow]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read_rows(io.BytesIO(raw), ReaderOptions(**({"syntax": "json"} | options))))


def refuse(content: bytes | str, **options: Any) -> str:
    with pytest.raises(FileFormatError) as caught:
        read(content, **options)
    return caught.value.problem.code


def list_problems(rows: list[RawRow]) -> list[tuple[int, str, str]]:
    return [(row.row_number, each.code, each.column) for row in rows for each in row.problems]


def list_values(rows: list[RawRow]) -> list[Any]:
    return [row.values for row in rows]


PRETTY = '[\n  {\n    "id": 1,\n    "name": "Ann"\n  },\n  {\n    "id": 2\n  }\n]\n'


def test_array_gives_objects_with_both_numbers():
    assert read(PRETTY) == [RawRow(1, 2, {"id": 1, "name": "Ann"}), RawRow(2, 6, {"id": 2})]


@pytest.mark.parametrize("content", [b"", b" \n ", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("syntax", ["json", "ndjson"])
def test_file_without_content_is_refused(content, syntax):
    assert refuse(content, syntax=syntax) == "file_empty"


@pytest.mark.parametrize("content", ["[]", "[ ]\n", '{"users": []}'])
def test_array_without_records_is_refused(content):
    assert refuse(content, path="users") == "file_no_records"


@pytest.mark.parametrize("content", ['{"id": 1, "email": "a@x.org"}', "{}", '"text"', "7", "{"])
def test_file_that_is_no_list_is_refused(content):
    assert refuse(content) == "file_wrong_shape"


def test_object_with_one_list_of_objects_gives_that_list():
    content = '{"realm": {"a": [1]}, "roles": ["x"], "people": [{"id": 1}, {"id": 2}], "n": 3}'
    assert list_values(read(content)) == [{"id": 1}, {"id": 2}]


def test_object_with_several_lists_gives_the_one_called_users():
    assert list_values(read('{"groups": [{"id": 1}], "users": [{"id": 2}]}')) == [{"id": 2}]


def test_object_with_several_lists_and_no_obvious_one_names_them():
    with pytest.raises(FileFormatError, match="several lists: cats, dogs"):
        read('{"cats": [{"id": 1}], "dogs": [{"id": 2}]}')


def test_object_with_a_list_chosen_gives_that_list():
    content = '{"cats": [{"id": 1}], "dogs": [{"id": 2}]}'
    assert list_values(read(content, path="dogs")) == [{"id": 2}]


def test_list_far_down_a_large_object_is_found():
    content = json.dumps({"other": ["x" * 1000] * 4000, "users": [{"id": 1}]})
    assert list_values(read(content, path="users")) == [{"id": 1}]


def test_key_of_a_nested_list_is_not_taken_for_the_list():
    content = '{"meta": {"users": [{"id": 1}]}, "users": [{"id": 2}]}'
    assert list_values(read(content)) == [{"id": 2}]


ORGS = """{"orgs": [
  {"name": "A", "n": 1, "meta": {"x": 2}, "people": [{"id": 1}, {"id": 2}], "late": 3},
  {"name": "B", "people": [{"id": 3, "orgs": 4}]}
]}"""


@pytest.mark.parametrize("path", ["realm.users", "realm.users[]"])
def test_list_inside_nested_objects_is_found_by_its_path(path):
    content = '{"realm": {"roles": [{"users": [{"id": 8}]}], "users": [{"id": 1}]}, "users": 3}'
    assert list_values(read(content, path=path)) == [{"id": 1}]


def test_lists_in_a_list_are_read_one_after_another_with_what_stands_before_them():
    outer = {"orgs": {"name": "A", "n": 1}}
    rows = read(ORGS, path="orgs[].people")
    assert [(row.row_number, row.line_number) for row in rows] == [(1, 2), (2, 2), (3, 3)]
    assert list_values(rows) == [
        {**outer, "id": 1},
        {**outer, "id": 2},
        {"orgs": 4, "id": 3},
    ]


def test_lists_in_the_elements_of_an_array_are_read():
    rows = read('[{"realm": "x", "users": [{"id": 1}]}]', path="[].users")
    assert list_values(rows) == [{"(outer)": {"realm": "x"}, "id": 1}]


@pytest.mark.parametrize("cut", [len(ORGS) - 5, ORGS.index(', "late"'), ORGS.index('"B"')])
def test_lists_in_a_list_that_is_cut_short_keep_the_records_before(cut):
    rows = read(ORGS[:cut], path="orgs[].people")
    assert rows[1].values
    assert rows[1].values["id"] == 2
    assert list_problems(rows)[-1][1] == "row_truncated"


def test_list_that_is_not_there_is_refused_by_its_path():
    with pytest.raises(FileFormatError, match=r"no list “data\.users”") as refused:
        read('{"users": [{"id": 1}]}', path="data.users")

    assert refused.value.problem.code == "file_list_missing"


@given(keys=st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4))
def test_list_at_any_path_is_read(keys):
    content: Any = [{"id": 1}, {"id": 2}]
    for key in reversed(keys):
        content = {"x": [1, {"y": 2}], key: content, "z": {"a": [{"id": 9}]}}
    assert list_values(read(json.dumps(content), path=".".join(keys))) == [{"id": 1}, {"id": 2}]


def test_truncated_array_keeps_the_records_before():
    rows = read('[{"id": 1}, {"id": 2}, {"id": 3, "na')
    assert list_values(rows) == [{"id": 1}, {"id": 2}, None]
    assert list_problems(rows) == [(3, "row_truncated", "")]


def test_array_without_closing_bracket_is_reported():
    assert list_problems(read('[{"id": 1},\n')) == [(2, "row_truncated", "")]


def test_text_after_the_array_is_reported():
    rows = read('[{"id": 1}]\n[{"id": 2}]')
    assert list_problems(rows) == [(2, "row_unreadable", "")]


def test_broken_record_between_whole_ones_costs_only_itself_and_names_its_line():
    rows = read('[\n{"id": 1},\n{"id": 2 "x"},\n{"id": 3}\n]')
    assert list_values(rows) == [{"id": 1}, None, {"id": 3}]
    assert "(line 3, column 10)" in rows[1].problems[0].message


@pytest.mark.parametrize(
    "broken",
    ['{"id": 2, "name": "Ann, "x": 1}', '{"id": 2, "name": {"a": 1', '{"id": 2, "b": [[1, 2}'],
    ids=["quote", "brace", "bracket"],
)
def test_record_that_is_never_closed_costs_only_itself(broken):
    rows = read(f'[\n  {{"id": 1}},\n  {broken},\n  {{"id": 3}},\n  {{"id": 4}}\n]')
    assert list_values(rows) == [{"id": 1}, None, {"id": 3}, {"id": 4}]
    assert rows[1].line_number == 3


def test_nested_object_is_never_taken_for_a_record():
    rows = read('[\n{"id": 1, "in": [\n  {"id": 7}\n]},\n{"id": 2, "in": [\n  {"id": 8},')
    assert list_values(rows) == [{"id": 1, "in": [{"id": 7}]}, None]


def test_nested_object_without_indentation_is_never_taken_for_a_record():
    records = [{"id": 1, "in": [{"x": 7}]}, {"id": 2, "in": [{"x": 8}]}]
    content = json.dumps(records, indent=0).removesuffix("]\n}\n]")
    assert list_values(read(content)) == [records[0], None]


def test_line_break_inside_a_text_is_kept():
    assert list_values(read('[{"a": "x\ny"}, {"a": "z"}]')) == [{"a": "x\ny"}, {"a": "z"}]


@pytest.mark.parametrize(
    ("scalar", "found"),
    [("3", "a number"), ('"x"', "text"), ("null", "null"), ("true", "true or false"),
     ("[1]", "a list")],
)  # fmt: skip
def test_element_that_is_no_object_costs_only_itself(scalar, found):
    rows = read(f'[{{"id": 1}}, {scalar}, {{"id": 2}}]')
    assert list_values(rows) == [{"id": 1}, None, {"id": 2}]
    assert f"found {found}" in rows[1].problems[0].message


@pytest.mark.parametrize("syntax", ["json", "ndjson"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_record_nested_10000_deep_costs_only_itself(syntax, opening):
    closing = "]" if opening == "[" else "}"
    deep = '{"a":' + opening * 10_000 + "1" + closing * 10_000 + "}"
    records = [deep, '{"id": 2}']
    content = "\n".join(records) if syntax == "ndjson" else f"[{','.join(records)}]"
    rows = read(content, syntax=syntax)
    assert list_problems(rows) == [(1, "row_too_deep", "")]
    assert rows[1].values == {"id": 2}


def test_array_of_nothing_but_brackets_does_not_end_in_a_crash():
    assert list_problems(read("[" * 1_500_000)) == [(1, "row_truncated", "")]


@pytest.mark.parametrize(
    ("number", "expected"),
    [("1e999", "1e999"), ("NaN", None), ("-Infinity", "-Infinity"),
     ("123456789012345678901234567890", "123456789012345678901234567890"),
     ("18446744073709551615", 18446744073709551615), ("9" * 5000, "9" * 5000)],
    ids=["beyond float", "NaN", "infinity", "beyond 64 bits", "64 bits", "5000 digits"],
)  # fmt: skip
def test_odd_number_is_kept_and_can_be_written_again(number, expected):
    rows = read(f'[{{"n": {number}}}, {{"n": 1}}]')
    assert list_values(rows) == [{"n": expected}, {"n": 1}]
    assert orjson.loads(orjson.dumps(rows[0].values)) == {"n": expected}


def test_damaged_byte_names_the_column():
    rows = read(b'[{"id": 1, "in": {"name": "Jos\xff"}}, {"id": 2}]')
    assert list_problems(rows) == [(1, "invalid_encoding", "in.name")]
    assert rows[0].values == {"id": 1, "in": {"name": "Jos\ufffd"}}


def test_half_of_a_surrogate_pair_names_the_column():
    rows = read(r'[{"id": 1, "name": "x\ud800"}, {"id": 2}]')
    assert list_problems(rows) == [(1, "invalid_character", "name")]
    assert orjson.dumps(rows[0].values)


def test_nul_character_in_a_key_names_the_column():
    rows = read(r'[{"na\u0000me": "x", "note": "a\u0000b"}, {"id": 2}]')
    assert list_problems(rows) == [(1, "invalid_character", "na\ufffdme")]
    assert rows[0].values == {"na\ufffdme": "x", "note": "a\0b"}


@pytest.mark.parametrize("syntax", ["json", "ndjson"])
def test_value_of_5_megabytes_costs_only_its_own_row(syntax):
    records = ['{"id": 1, "n": "' + "x" * 5_000_000 + '"}', '{"id": 2}']
    content = "\n".join(records) if syntax == "ndjson" else f"[{','.join(records)}]"
    rows = read(content, syntax=syntax)
    assert list_problems(rows) == [(1, "row_too_large", "")]
    assert rows[1].values == {"id": 2}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "windows-1252"])
@pytest.mark.parametrize("syntax", ["json", "ndjson"])
def test_json_in_another_encoding_is_understood(encoding, syntax):
    content = '{"ort": "Zürich"}' if syntax == "ndjson" else '[{"ort": "Zürich"}]'
    rows = read(content.encode(encoding), encoding=encoding, syntax=syntax)
    assert rows[0].values == {"ort": "Zürich"}


def test_ndjson_skips_blank_lines_and_counts_them():
    rows = read('{"id": 1}\r\n\r\n{"id": 2}\n', syntax="ndjson")
    assert rows == [RawRow(1, 1, {"id": 1}), RawRow(2, 3, {"id": 2})]


def test_ndjson_broken_line_costs_only_itself():
    rows = read('{"id": 1}\n{"id": 2\n"x"\n{"id": 4}\n', syntax="ndjson")
    assert list_problems(rows) == [(2, "row_unreadable", ""), (3, "row_not_an_object", "")]
    assert rows[3].values == {"id": 4}


def test_ndjson_line_cut_short_is_reported_as_truncated():
    rows = read('{"id": 1}\n{"id": 2, "na', syntax="ndjson")
    assert list_problems(rows) == [(2, "row_truncated", "")]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab{}[]\"\\,:é"), inner),
    max_leaves=6,
)  # fmt: skip
RECORDS = st.lists(st.dictionaries(st.text('ab{}[]"\\,:é'), JSON_VALUES), min_size=1, max_size=5)


@given(records=RECORDS, indent=st.sampled_from([None, 0, 2]), is_ascii=st.booleans())
def test_what_a_json_writer_writes_is_read_back(records, indent, is_ascii):
    rows = read(json.dumps(records, indent=indent, ensure_ascii=is_ascii))
    assert list_values(rows) == records


@given(records=RECORDS, is_ascii=st.booleans())
def test_what_an_ndjson_writer_writes_is_read_back(records, is_ascii):
    lines = [json.dumps(record, ensure_ascii=is_ascii) for record in records]
    assert list_values(read("\n".join(lines), syntax="ndjson")) == records


SNIPPETS = st.sampled_from(
    [b'{"a":1}', b'"', b",", b"\n", b"\r", b"[", b"]", b"{", b"}", b"\\", b"\x00", b"\xff", b"\xc3",
     b"id,name", b"1e999", b"NaN", b"\xef\xbb\xbf", b"\xff\xfe", b":", b'{"users":[', b"sep=;",
     b"9" * 30, b"\\ud800", b" "]
)  # fmt: skip


@given(
    content=st.binary(max_size=300) | st.lists(SNIPPETS, max_size=25).map(b"".join),
    syntax=st.sampled_from(SYNTAXES),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(",;\t|"),
    has_header=st.booleans(),
    skip_lines=st.integers(0, 3),
    path=st.sampled_from(["", "users", "a.users", "[].a", "users[].a[].b", "..", "[][]"]),
)
def test_any_bytes_give_rows_or_a_file_format_error(
    content, syntax, encoding, delimiter, has_header, skip_lines, path
):
    options = ReaderOptions(syntax, encoding, delimiter, has_header, skip_lines, path)
    try:
        rows = list(read_rows(io.BytesIO(content), options))
    except FileFormatError:
        return
    assert [row.row_number for row in rows] == list(range(1, len(rows) + 1))
    assert all(orjson.dumps(row.values) for row in rows)
    assert all(row.problems for row in rows if row.values is None)
    assert all(problem.message for row in rows for problem in row.problems)


PIECES = (
    *(b"{}", b"[]", b'{"a":1}', b'{"a":[1]}', b'["}"]', b'{"a":{"b":"\\""}}', b'"{"'),
    *(b",", b"\n", b"{", b"}", b"[", b"]", b'"', b"\\"),
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join),
    st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_whole_inner_objects_are_passed_over_as_bracket_by_bracket(text: bytes, size: int) -> None:
    def read() -> list[Any]:
        blocks = (text[start : start + size] for start in range(0, len(text), size))
        splitter = splitting.Splitter(iter([b"[", *blocks]))
        splitter.find_bracket()
        counting = splitting.Splitter(iter([b"[" + text]))
        counting.find_bracket()
        return [*splitter.read_elements(), counting.count_nested(), counting.cursor]

    found = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "UP_TO_NESTING", UP_TO_BRACKET)
        assert found == read()
