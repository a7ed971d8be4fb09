"""The first look at a file: how it is read, where it is from, and no secrets shown."""

import gzip
import io
import json
from typing import Any

import orjson
import pytest

from imports.core.column_samples import ColumnSample
from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.readers import ReaderOptions

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


def inspect(content: bytes | str, name: str = "users", **options: Any) -> Inspection:
    raw = content.encode() if isinstance(content, str) else content
    return inspect_file(io.BytesIO(raw), file_name=name, **options)


class CountingFile(io.BytesIO):
    """A file that counts the bytes that are read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def refuse(content: bytes | str, name: str = "users") -> str:
    with pytest.raises(FileFormatError) as caught:
        inspect(content, name)
    return caught.value.problem.code


def find_column(inspection: Inspection, name: str) -> ColumnSample:
    return next(column for column in inspection.columns if column.name == name)


@pytest.mark.parametrize(
    ("content", "syntax"),
    [
        ("id,name\n1,Ann\n", "csv"),
        ("id\n1\n", "csv"),
        ('"id","name"\n"1","{Ann}"\n', "csv"),
        ("[id],[name]\n1,Ann\n", "csv"),
        ('[{"id": 1}]', "json"),
        ('\n[\n{"id": 1},\n{"id": 2}\n]', "json"),
        ('{"users": [{"id": 1}]}', "json"),
        ('{\n"users": [\n{"id": 1}\n]}', "json"),
        ('{"id": 1}\n{"id": 2}\n', "ndjson"),
        ('{"id": 1}\n', "ndjson"),
        ('{"id": 1}\n{"id": 2, "na', "ndjson"),
        ('{"id": 1, "in": {"a": [1]}}\n\n{"id": 2}', "ndjson"),
    ],
)
def test_syntax_is_told_by_the_content(content, syntax):
    assert inspect(content).options.syntax == syntax


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_told_by_even_rows(delimiter):
    lines = [["id", "name", "note"], ["1", "Lee", "a b"], ["2", '"x,y;z|w"', "c d"]]
    content = "\n".join(delimiter.join(cells) for cells in lines)
    assert inspect(content).options.delimiter == delimiter


def test_delimiter_of_the_separator_hint_is_believed():
    assert inspect("sep=|\nid|a,b\n1|2,3\n").options.delimiter == "|"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("id,ort\n1,Zürich\n".encode(), "utf-8"),
        ("\ufeffid,ort\n1,x\n".encode(), "utf-8"),
        ("\ufeffid,ort\n1,Zürich\n".encode("utf-16-le"), "utf-16-le"),
        ("\ufeffid,ort\n1,Zürich\n".encode("utf-16-be"), "utf-16-be"),
        ("id,ort\n1,Zürich\n".encode("utf-16-le"), "utf-16-le"),
        ("id,ort\n1,Zürich\n".encode("utf-16-be"), "utf-16-be"),
        ("id,ort\n1,Zürich\n".encode("cp1252"), "windows-1252"),
        ("id,ort\n1,“x”\n".encode("cp1252"), "windows-1252"),
        (b"id,ort\n1,Z\xffrich\n", "utf-8"),
        ("id,ort\n1,Zürich\n".encode() + b"2,Gen\xe8ve\n", "utf-8"),
    ],
    ids=["utf-8", "utf-8 mark", "16le mark", "16be mark", "16le", "16be", "1252", "1252 quotes",
         "damaged", "mixed"],
)  # fmt: skip
def test_encoding_is_told_by_the_bytes(content, encoding):
    assert inspect(content).options.encoding == encoding


def test_encoding_that_is_not_plain_is_explained():
    assert "Its byte order mark says UTF-16-LE." in inspect("\ufeffid\n1".encode("utf-16")).evidence


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\0\0\0", "file_empty"),
        (b"id,name\n", "file_no_records"),
        (b"[]", "file_no_records"),
        (b"PK\x03\x04rest", "archive_damaged"),
        (gzip.compress(gzip.compress(b"id\n1\n")), "file_not_text"),
        (b"SQLite format 3\x00rest", "archive_damaged"),
        (b"\xd0\xcf\x11\xe0rest", "file_not_text"),
        (bytes(range(1, 32)) * 20, "file_not_text"),
        (b'{\n"id": 1\n}', "file_wrong_shape"),
    ],
    ids=[
        "empty",
        "zeros",
        "header",
        "array",
        "zip",
        "gzip twice",
        "sqlite",
        "xls",
        "noise",
        "object",
    ],
)
def test_file_without_users_is_refused(content, code):
    assert refuse(content) == code


def test_file_that_only_calls_itself_json_is_refused():
    assert refuse("Internal Server Error", "users.json") == "file_wrong_shape"


def test_options_overrule_what_is_detected():
    options = ReaderOptions(encoding="windows-1252", delimiter=";")
    inspection = inspect("id,name;x\n1,Ann;é\n", options=options)
    assert inspection.options == options
    assert [column.name for column in inspection.columns] == ["id,name", "x"]


def test_columns_have_three_distinct_samples_and_their_share_of_values():
    column = find_column(inspect("id,city\n1,Rome\n2,Rome\n3,\n4,Oslo\n"), "city")
    assert (column.samples, column.filled) == (("Rome", "Oslo"), 0.75)


def test_samples_are_cut_at_80_characters():
    column = find_column(inspect("id,note\n1," + "x" * 500 + "\n"), "note")
    assert column.samples == ("x" * 80,)


def test_nested_objects_are_columns_by_path_and_lists_are_one():
    inspection = inspect('[{"id": 1, "a": {"b": {"c": "x"}, "d": [1, {"e": 2}]}, "n": {}}]')
    samples = {column.name: column.samples for column in inspection.columns}
    assert samples == {"id": ("1",), "a.b.c": ("x",), "a.d": ('[1,{"e":2}]',), "n": ()}


@pytest.mark.parametrize(
    ("name", "value", "sample"),
    [
        ("pw", BCRYPT, "$2b$10…"),
        ("password_hash", BCRYPT, "$2b$10…"),
        ("password", "Tr0ub4dor&3", "••••••••"),
        ("totp", "JBSWY3DPEHPK3PXP", "••••••••"),
        ("backup_codes", "aaaa-bbbb", "••••••••"),
        ("SecurityStamp", "ABCDEF", "••••••••"),
    ],
)
def test_secrets_are_masked(name, value, sample):
    column = find_column(inspect(f"id,{name}\n1,{value}\n"), name)
    assert (column.looks_secret, column.samples) == (True, (sample,))


def test_secrets_in_lists_of_objects_are_masked():
    inspection = inspect('[{"id": 1, "extra": [{"type": "password", "value": "geheim"}]}]')
    assert "geheim" not in json.dumps(inspection.to_json())


@pytest.mark.parametrize(
    ("name", "value"), [("password_changed", "2024-01-01"), ("mfa_enabled", "true")]
)
def test_dates_and_boolean_values_are_never_masked(name, value):
    assert find_column(inspect(f"id,{name}\n1,{value}\n"), name).samples == (value,)


def test_inspection_survives_being_stored():
    inspection = inspect(f"id,password,x\n1,{BCRYPT},1,2\n2,{BCRYPT},y\n")
    assert inspection.problems
    assert Inspection.from_json(json.loads(json.dumps(inspection.to_json()))) == inspection


def test_nul_characters_are_not_stored():
    inspection = inspect("id,na\0me\n1,A\0nn\n")
    assert "\\u0000" not in json.dumps(inspection.to_json())


@pytest.mark.parametrize("line_end", ["\n", ""], ids=["lines", "one line"])
def test_large_file_is_read_a_few_times_at_most_and_without_false_problems(line_end):
    records = ",".join(f'{{"id": {i}, "name": "Zoë {i}"}}{line_end}' for i in range(150_000))
    content = f"[{records}]".encode()
    file = CountingFile(content)
    inspection = inspect_file(file, file_name="users")
    assert file.count < 3 * len(content)
    assert (inspection.problems, inspection.options.encoding) == ((), "utf-8")


def test_head_that_is_cut_inside_a_quoted_cell_gives_no_false_problem():
    content = "id,note\n" + "".join(f'{i},"{"x" * 30_000}"\n' for i in range(100))
    assert inspect(content).problems == ()


@pytest.mark.parametrize("name", ["id", "users"])
def test_huge_first_record_does_not_cost_the_others(name):
    inspection = inspect(f'[{{"{name}": "' + "x" * 5_000_000 + '"}, {"id": 2}]')
    assert [column.name for column in inspection.columns] == ["id"]


def test_file_of_unreadable_records_is_refused_with_the_first_reason():
    with pytest.raises(FileFormatError, match="None of the first records"):
        inspect("[1, 2, 3]")


def test_rows_that_are_broken_are_no_samples():
    inspection = inspect("id,name\n1,Lee, Ann\n2,Bob\n")
    assert find_column(inspection, "name").samples == ("Bob",)


def test_one_record_alone_is_not_taken_for_the_list_in_it() -> None:
    logins = [{"provider": "google", "subject": "g1"}]
    record = {"subject_id": "s1", "authenticators": {"external_logins": logins}}
    inspection = inspect_file(io.BytesIO(orjson.dumps(record)), file_name="one.ndjson")

    assert inspection.provider == "native"
    assert inspection.options.path == ""
