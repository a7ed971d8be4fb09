"""Compressed files, archives, workbooks and databases: read as what they hold, or refused."""

import datetime
import io
import json
import struct
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.packed import streams
from imports.core.readers.tables.databases import Database
from tests.archive_files import compress, make_database, make_workbook, make_zip

CSV = "id,name\n1,Ann\n2,Bob\n"
VALUES = [{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob"}]


def inspect(content: bytes, **options: Any) -> Inspection:
    return inspect_file(io.BytesIO(content), file_name="export", **options)


def read(content: bytes, **options: Any) -> list[RawRow]:
    return list(read_rows(io.BytesIO(content), inspect(content, **options).options))


def list_values(rows: list[RawRow]) -> list[Any]:
    return [row.values for row in rows]


def list_codes(rows: list[RawRow]) -> list[str]:
    return [problem.code for row in rows for problem in row.problems]


def refuse(content: bytes, **options: Any) -> FileFormatError:
    with pytest.raises(FileFormatError) as caught:
        read(content, **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "syntax"),
    [(CSV, "csv"), ('[{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob"}]', "json"),
     ('{"id": "1", "name": "Ann"}\n{"id": "2", "name": "Bob"}\n', "ndjson")],
)  # fmt: skip
def test_compressed_file_is_read_as_what_it_holds(content, syntax):
    packed = compress(content.encode())
    assert inspect(packed).options.syntax == syntax
    assert list_values(read(packed)) == VALUES


def test_compressed_file_that_is_cut_short_keeps_the_rows_before():
    content = "id,name\n" + "".join(f"{i},{i * 7919 % 10007}\n" for i in range(100_000))
    packed = compress(content.encode())
    rows = read(packed[: len(packed) // 2])
    assert len(rows) > 1000
    assert rows[-1].values is None
    assert list_codes(rows[-1:]) == ["archive_damaged"]


def test_archive_of_one_file_is_read_as_that_file():
    packed = make_zip({"__MACOSX/._users.csv": "x", "export/users.csv": CSV})
    inspection = inspect(packed)
    assert (inspection.container, inspection.members) == ("zip archive", ("export/users.csv",))
    assert list_values(read(packed)) == VALUES


def test_archive_of_several_files_is_read_from_the_one_of_users():
    packed = make_zip({"readme.txt": "x" * 5000, "groups.csv": "g,h\n1,2\n", "users.csv": CSV})
    inspection = inspect(packed)
    assert inspection.members == ("users.csv", "readme.txt", "groups.csv")
    assert "3 members, of which users.csv is read" in inspection.evidence[1]
    assert list_values(read(packed)) == VALUES


def test_member_that_is_chosen_is_read_in_its_own_way():
    packed = make_zip({"users.csv": CSV, "more.json": '[{"id": "9"}]'})
    assert list_values(read(packed, chosen={"member": "more.json"})) == [{"id": "9"}]


def test_member_that_is_not_there_is_refused():
    assert "no member “x”" in str(
        refuse(make_zip({"a.csv": CSV, "b.csv": "x"}), chosen={"member": "x"})
    )


def test_files_with_the_same_columns_are_read_one_after_another():
    packed = make_zip({"part-2.csv": "name,id\nBob,2\n", "part-1.csv": "id,name\n1,Ann\n"})
    rows = read(packed)
    assert list_values(rows) == VALUES
    assert [row.row_number for row in rows] == [1, 2]


@pytest.mark.parametrize(
    "name",
    [
        "../users.csv",
        "/users.csv",
        "a/../../users.csv",
        "C:/users.csv",
        "..\\users.csv",
        "\\users.csv",
    ],
)
def test_archive_with_a_path_out_of_it_is_refused(name):
    assert refuse(make_zip({name: CSV})).problem.code == "archive_refused"


def test_archive_in_an_archive_is_refused_and_named():
    error = refuse(make_zip({"inner.zip": make_zip({"users.csv": CSV})}))
    assert "inner.zip" in str(error)
    assert "inside an archive" in str(error)


def test_archive_in_gzip_is_refused():
    assert refuse(compress(make_zip({"users.csv": CSV}))).problem.code == "archive_refused"


def test_tar_archive_is_refused_by_its_name():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("users.csv"))
    assert "a tar archive" in str(refuse(packed.getvalue()))


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_member_is_chosen_by_its_columns_where_names_say_nothing(names):
    orders, people = names
    packed = make_zip({
        orders: "order,sku,price\n" + "1,2,3\n" * 500,
        people: "nr,E-Mail,First name\n1,ann@example.com,Ann\n",
        "c.json": '[{"name": "A", "country": "B"}]',
    })  # fmt: skip
    inspection = inspect(packed)
    assert inspection.options.member == people
    assert f"3 members, of which {people} is read" in inspection.evidence[1]


def test_list_in_a_json_member_is_chosen_by_its_columns():
    content = '{"meta": {"n": 1}, "rows": [{"mail": "a@example.com", "login": "ann"}]}'
    packed = make_zip({"1.csv": "order,sku\n1,2\n" * 9, "2.json": content})
    assert list_values(read(packed)) == [{"mail": "a@example.com", "login": "ann"}]


def test_member_that_is_called_users_is_read_whatever_others_hold():
    packed = make_zip({"users.csv": CSV, "contacts.csv": "mail,login,phone\na,b,c\n"})
    assert list_values(read(packed)) == VALUES


def test_encrypted_archive_is_refused_and_says_what_to_do():
    packed = bytearray(make_zip({"users.csv": CSV}))
    central = packed.index(b"PK\x01\x02")
    packed[central + 8] |= 1
    assert "unpack it with its password" in str(refuse(bytes(packed)))


def test_archive_with_an_unusual_compression_is_refused():
    packed = make_zip({"users.csv": CSV}, compression=zipfile.ZIP_BZIP2)
    assert "pack it again" in str(refuse(packed))


def test_archive_of_patched_data_is_refused():
    packed = bytearray(make_zip({"users.csv": CSV}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 0x20
    assert "compressed in an unusual way" in str(refuse(bytes(packed)))


def test_archive_with_two_members_of_one_name_is_refused():
    packed = make_zip({"users.csv": CSV, "users.CSV": "id,name\n3,Eve\n"})
    error = refuse(packed.replace(b"users.CSV", b"users.csv"))
    assert "two members called “users.csv”" in str(error)


def test_archive_whose_list_of_members_is_damaged_is_told_so():
    packed = make_zip({"users.csv": CSV}).replace(b"PK\x01\x02", b"PK\xff\xff")
    assert refuse(packed).problem.code == "archive_damaged"


def test_member_that_is_said_to_be_before_the_start_is_damaged():
    packed = bytearray(make_zip({"users.csv": CSV}))
    (start,) = struct.unpack_from("<I", packed, len(packed) - 6)
    struct.pack_into("<I", packed, len(packed) - 6, start + 7)
    assert refuse(bytes(packed)).problem.code == "archive_damaged"


@pytest.mark.parametrize("copies", [1, 2], ids=["of the member alone", "in the list too"])
def test_archive_with_a_name_that_is_not_text_is_damaged(copies):
    packed = make_zip({"é.csv": CSV}).replace("é".encode(), b"\xff\xff", copies)
    assert refuse(packed).problem.code == "archive_damaged"


@pytest.mark.parametrize("rest", [b"", b"\xff" * 40], ids=["short", "long"])
def test_archive_without_its_end_is_damaged_whatever_stands_there(rest):
    error = refuse(b"PK\x03\x04" + rest)
    assert error.problem.code == "archive_damaged"
    assert "its list of members is missing" in str(error)


def test_archive_of_a_version_that_is_not_known_is_damaged():
    packed = bytearray(make_zip({"users.csv": CSV}))
    packed[packed.index(b"PK\x01\x02") + 6] = 84
    assert refuse(bytes(packed)).problem.code == "archive_damaged"


def test_archive_of_thousands_of_members_is_refused():
    assert "at most 500" in str(refuse(make_zip({f"{i}.csv": CSV for i in range(600)})))


@pytest.mark.parametrize(
    ("place", "value"),
    [(12, b"\x58\x02"), (10, struct.pack("<I", 50 << 20))],
    ids=["count", "size"],
)
def test_archive_that_says_a_list_of_members_larger_than_any_is_refused(place, value):
    packed = bytearray(make_zip({"users.csv": CSV}))
    start = len(packed) - place
    packed[start : start + len(value)] = value
    assert refuse(bytes(packed)).problem.code == "archive_refused"


def say_again(packed: bytes, *, count: int, length: int, said: int = 1) -> bytes:
    """Return an archive that ends by saying a small list of members, after one of ZIP64's size."""
    cut = len(packed) - 22
    start = struct.unpack_from("<I", packed, cut + 16)[0]
    sizes = (count, count, length, start)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, *sizes)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, cut, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, said, said, 46, start, 0)
    return packed[:cut] + record + locator + end


def test_archive_that_says_two_counts_of_members_is_judged_by_what_it_has():
    packed = make_zip({f"{i}.csv": CSV for i in range(600)})
    length = struct.unpack_from("<I", packed, len(packed) - 10)[0]
    assert "it has 600 members" in str(refuse(say_again(packed, count=600, length=length)))


def test_archive_that_says_its_count_in_zip64_alone_is_read():
    packed = make_zip({"users.csv": CSV})
    length = struct.unpack_from("<I", packed, len(packed) - 10)[0]
    assert list_values(read(say_again(packed, count=1, length=length, said=0xFFFF))) == VALUES


def test_list_of_members_is_not_read_when_it_is_larger_than_any():
    packed = make_zip({"users.csv": CSV, "padding": bytes(2 << 20)}, compression=zipfile.ZIP_STORED)
    error = refuse(say_again(packed, count=1, length=2 << 20))
    assert "its list of members takes more than 1 MB" in str(error)


def test_bomb_that_tells_its_size_is_refused_before_it_is_unpacked():
    packed = make_zip({"users.csv": b"id\n" + b"0" * (64 << 20)})
    assert "which no export of its size does" in str(refuse(packed))


def test_archive_that_unpacks_to_more_than_any_is_refused(monkeypatch):
    monkeypatch.setattr("imports.core.readers.packed.archives.TOTAL_LIMIT", len(CSV) - 1)
    assert "which no export of its size does" in str(refuse(make_zip({"users.csv": CSV})))


def test_bomb_that_hides_its_size_is_refused_while_it_is_unpacked():
    packed = bytearray(make_zip({"users.csv": CSV + "3,x\n" * (12 << 20)}))
    central = packed.index(b"PK\x01\x02")
    struct.pack_into("<I", packed, central + 24, 1000)
    assert refuse(bytes(packed)).problem.code == "archive_damaged"


def test_compressed_bomb_is_refused_while_it_is_unpacked():
    packed = compress(CSV.encode() + b"0" * (40 << 20))
    with pytest.raises(FileFormatError, match="more than 250 times its size"):
        list(read_rows(io.BytesIO(packed), ReaderOptions()))


def test_damaged_member_keeps_the_rows_before():
    content = "id,name\n" + "".join(f"{i},{i * 7919 % 10007}\n" for i in range(100_000))
    packed = bytearray(make_zip({"users.csv": content}))
    middle = len(packed) // 2
    packed[middle : middle + 40] = b"\xff" * 40
    rows = read(bytes(packed))
    assert list_codes(rows)[-1] == "archive_damaged"
    assert sum(1 for row in rows if not row.problems) > 1000


TIMESTAMP = datetime.datetime(2024, 5, 1, 10, 30)  # noqa: DTZ001 - as workbooks have them
SHEET = [
    ["Users of Example", None, None],
    [],
    ["Id", "Name", "Born", "Active", "Number", "Phone"],
    [1, "Ann", datetime.date(1990, 5, 1), True, 1.0, 441632960001],
    [2, " Bob ", TIMESTAMP, False, 1.5, None],
    [],
    [3],
]  # fmt: skip


def test_workbook_gives_what_its_cells_say():
    rows = read(make_workbook({"Users": SHEET}))
    assert [(row.row_number, row.line_number) for row in rows] == [(1, 4), (2, 5), (3, 7)]
    assert rows[0].values == {
        "Id": "1", "Name": "Ann", "Born": "1990-05-01", "Active": "true", "Number": "1",
        "Phone": "441632960001",
    }  # fmt: skip
    assert rows[1].values["Born"] == "2024-05-01T10:30:00"
    assert rows[1].values["Number"] == "1.5"
    assert rows[2].values["Name"] == ""


def test_sheet_can_be_chosen():
    packed = make_workbook({"Notes": [["x", "y"], ["a", "b"]], "People": [["id"], ["7"]]})
    assert inspect(packed).members == ("Notes", "People")
    assert list_values(read(packed)) == [{"x": "a", "y": "b"}]
    assert list_values(read(packed, chosen={"member": "People"})) == [{"id": "7"}]


@pytest.mark.parametrize("other", [[], [["only", "a header"]]], ids=["empty", "header only"])
def test_sheet_without_records_costs_no_other(other):
    for sheets in ({"Sheet1": other, "All": [["id"], ["7"]]}, {"All": [["id"], ["7"]], "B": other}):
        assert list_values(read(make_workbook(sheets))) == [{"id": "7"}]


def test_workbook_row_with_more_cells_than_the_header_says_so():
    rows = read(make_workbook({"A": [["id", "n"], ["1", "2", "3"]]}))
    assert list_codes(rows) == ["row_too_many_cells"]
    assert rows[0].values == {"id": "1", "n": "2", "(cell 3)": "3"}


PACKINGS = {
    "gzip": compress,
    "zip": lambda raw: make_zip({"export/a.bin": raw}),
    "zip with notes": lambda raw: make_zip({"a": raw, "README.txt": "x", "b.pdf": "%PDF"}),
}


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_packed_workbook_is_read_as_if_it_were_not(pack):
    packed = pack(make_workbook({"Users": SHEET, "Notes": [["x"]]}))
    inspection = inspect(packed)
    assert inspection.members == ("Users", "Notes")
    assert inspection.evidence[1].startswith("It is an Excel workbook in a ")
    assert len(read(packed)) == 3


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_packed_database_is_read_as_if_it_were_not(pack):
    packed = pack(make_database(DATABASE))
    assert inspect(packed).members == ("users", "logs")
    assert len(read(packed)) == 1


def test_packed_tables_are_joined():
    users = [{"Id": "u1", "UserName": "ann", "NormalizedUserName": "ANN", "SecurityStamp": "x",
              "PasswordHash": "", "Email": "a@example.com"}]  # fmt: skip
    tables = {"AspNetUsers": users, "AspNetRoles": [{"Id": "r", "Name": "Staff"}],
              "AspNetUserRoles": [{"UserId": "u1", "RoleId": "r"}]}  # fmt: skip
    rows = read(make_zip({"app.db": make_database(tables)}))
    assert rows[0].values["AspNetUserRoles"][0]["UserId"] == "u1"


@pytest.mark.parametrize("other", ["b.csv", "b.xlsx"])
def test_workbook_among_other_tables_is_not_what_is_read(other):
    content = CSV if other == "b.csv" else make_workbook({"B": SHEET})
    packed = make_zip({"a.xlsx": make_workbook({"A": SHEET}), other: content})
    if other == "b.csv":
        assert list_values(read(packed)) == VALUES
    else:
        assert "among other files of an archive" in str(refuse(packed))


def test_workbook_is_judged_by_what_it_takes_in_the_outer_archive():
    # Beside 8 MB of zeros a sheet of 40 MB is no bomb; but those take nothing once packed again.
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
        archive.writestr("padding", bytes(8 << 20))
        archive.writestr("xl/sheet.xml", bytes(40 << 20), zipfile.ZIP_DEFLATED)
    workbook = file.getvalue()
    assert "The workbook cannot be read" in str(refuse(workbook))
    assert "unpacks to 48 MB" in str(refuse(make_zip({"a.xlsx": workbook})))
    assert "unpacks to 48 MB" in str(refuse(compress(workbook)))


def test_bomb_in_a_workbook_in_an_archive_is_refused():
    bomb = make_zip({"xl/workbook.xml": "x", "xl/sheet.xml": b"0" * (64 << 20)})
    assert "which no export of its size does" in str(refuse(make_zip({"a.xlsx": bomb})))
    assert "which no export of its size does" in str(refuse(compress(bomb)))


def test_bomb_of_a_database_is_refused_before_it_fills_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bomb = b"SQLite format 3\0" + bytes(64 << 20)
    for packed in (compress(bomb), make_zip({"a.db": bomb})):
        assert refuse(packed).problem.code in {"archive_refused", "member_unreadable"}
        assert list(tmp_path.iterdir()) == []


def test_packed_workbook_that_is_cut_short_is_refused_as_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    packed = compress(make_workbook({"Users": SHEET}))
    error = refuse(packed[: len(packed) // 2])
    assert error.problem.params["member"] == "The compressed file"
    assert list(tmp_path.iterdir()) == []


SHEET_XML = "xl/worksheets/sheet1.xml"


def replace_sheet(xml: str) -> bytes:
    """Return a workbook whose one sheet is this XML."""
    with zipfile.ZipFile(io.BytesIO(make_workbook({"Users": SHEET}))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return make_zip({**members, SHEET_XML: xml})


def write_rows(*numbers: int) -> str:
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>x{number}</t></is></c></row>'
        for number in numbers
    )
    return (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>{rows}</sheetData></worksheet>'
    )


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_sheet_of_broken_xml_is_damaged():
    rows = read(replace_sheet(write_rows(*range(1, 5001))[:-60]))
    assert list_codes(rows) == ["archive_damaged"]
    assert len(rows) > 4000


def test_sheet_is_read_no_further_than_a_sheet_can_be(monkeypatch):
    monkeypatch.setattr("imports.core.readers.tables.workbooks.ROW_LIMIT", 100)
    assert list_values(read(replace_sheet(write_rows(1, 2, 200_000)))) == [{"x1": "x2"}]


@pytest.mark.parametrize("kind", ["workbooks", "databases"])
def test_row_that_is_larger_than_any_record_is_a_problem_of_its_own(monkeypatch, kind):
    rows = [{"id": "1", "name": "x" * 50}, {"id": "2", "name": "Bob"}]
    packed = (
        make_database({"users": rows})
        if kind == "databases"
        else make_workbook({"Users": [["id", "name"], *(list(row.values()) for row in rows)]})
    )
    monkeypatch.setattr(f"imports.core.readers.tables.{kind}.RECORD_LIMIT", 40)
    assert [row.values for row in read(packed)] == [None, rows[1]]
    assert list_codes(read(packed)) == ["row_too_large"]


def test_temporary_file_of_what_is_refused_is_closed(monkeypatch):
    opened = []

    class Noted(streams.Spool):
        def __init__(self):
            super().__init__()
            opened.append(self)

    monkeypatch.setattr(streams, "Spool", Noted)
    refuse(compress(b"SQLite format 3\0" + bytes(64 << 20)))
    refuse(compress(make_zip({"xl/workbook.xml": "x"})))
    assert [each.closed for each in opened] == [True] * len(opened)
    assert opened


def test_workbook_with_too_many_texts_is_refused(monkeypatch):
    packed = make_zip({"xl/workbook.xml": "x", "xl/sharedStrings.xml": "long text"})
    monkeypatch.setattr("imports.core.readers.tables.workbooks.STRINGS_LIMIT", 5)
    assert "save the sheet as CSV" in str(refuse(packed))


DATABASE = {
    "logs": [{"n": 1}],
    "users": [{"id": 1, "name": "Ann", "key": b"\x00\xff", "big": 2**62, "rate": 1.5, "no": None}],
}


def test_database_gives_the_table_of_users():
    packed = make_database(DATABASE, "CREATE VIEW v AS SELECT * FROM users")
    inspection = inspect(packed)
    assert (inspection.container, inspection.members) == ("SQLite database", ("users", "logs"))
    assert list_values(read(packed)) == [
        {"id": 1, "name": "Ann", "key": "AP8=", "big": 2**62, "rate": 1.5, "no": None}
    ]


def test_virtual_table_is_no_member():
    packed = make_database({"users": [{"id": 1}]}, "CREATE VIRTUAL TABLE index_of USING fts5(x)")
    assert "users" in inspect(packed).members
    assert "index_of" not in inspect(packed).members


def test_database_of_very_many_tables_gives_the_first(monkeypatch):
    monkeypatch.setattr("imports.core.readers.tables.databases.TABLE_LIMIT", 2)
    packed = make_database({"users": [{"id": 1}], "b": [{"id": 1}], "c": [{"id": 1}]})
    assert inspect(packed).members == ("users", "b")


def test_names_with_quotes_are_read_as_they_are():
    packed = make_database(
        {}, """CREATE TABLE "us""ers" ("i""d"); INSERT INTO "us""ers" VALUES (7)"""
    )
    assert list_values(read(packed)) == [{'i"d': 7}]


def test_value_far_larger_than_a_record_is_not_made():
    table = "CREATE TABLE users (id, x AS (hex(zeroblob(3000000)))); INSERT INTO users VALUES (1)"
    error = refuse(make_database({}, table))
    assert "too big" in str(error)


def test_database_that_is_damaged_keeps_the_rows_before():
    users = [{"id": number, "name": f"user {number}" * 20} for number in range(2000)]
    packed = bytearray(make_database({"users": users}))
    middle = len(packed) // 2 // 4096 * 4096
    packed[middle : middle + 4096] = b"\xff" * 4096
    rows = read(bytes(packed))
    assert list_codes(rows) == ["archive_damaged"]
    assert len(rows) > 500


def test_database_is_read_without_trust_in_its_schema():
    database = Database(io.BytesIO(make_database(DATABASE)))
    pragma = database._connection.pragma
    assert (pragma("trusted_schema"), pragma("query_only")) == (0, 1)
    database.close()


def test_table_can_be_chosen():
    assert list_values(read(make_database(DATABASE), chosen={"member": "logs"})) == [{"n": 1}]


def test_database_on_disk_is_read_where_it_is_and_not_changed(tmp_path: Path):
    path = tmp_path / "users #1?.db"
    path.write_bytes(make_database(DATABASE))
    before = path.read_bytes()
    with path.open("rb") as file:
        options = inspect_file(file, file_name="x").options
        assert len(list(read_rows(file, options))) == 1
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_compressed_database_is_read():
    assert len(read(compress(make_database(DATABASE)))) == 1


def test_text_in_a_database_that_is_no_text_is_a_problem_of_its_row():
    packed = make_database(
        {"users": [{"id": 1, "name": "x"}]}, "UPDATE users SET name = CAST(x'ff' AS TEXT)"
    )
    assert list_codes(read(packed)) == ["invalid_encoding"]


WORKING = {
    "gzip": compress(CSV.encode()),
    "zip": make_zip({"users.csv": CSV, "more.json": json.dumps([{"id": 1}, {"id": 2}])}),
    "workbook": make_workbook({"Users": SHEET}),
    "database": make_database(DATABASE),
    "workbook in gzip": compress(make_workbook({"Users": SHEET})),
    "workbook in zip": make_zip({"a.xlsx": make_workbook({"Users": SHEET})}),
    "database in zip": make_zip({"a.db": make_database(DATABASE)}),
}


@pytest.mark.parametrize("kind", WORKING)
@given(data=st.data())
def test_any_damage_gives_rows_or_a_file_format_error(kind, data):
    content = bytearray(WORKING[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position] ^= data.draw(st.integers(1, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    try:
        options = inspect(bytes(content)).options
        rows = list(read_rows(io.BytesIO(content), options))
    except FileFormatError:
        return
    assert [row.row_number for row in rows] == list(range(1, len(rows) + 1))
    assert all(orjson.dumps(row.values) for row in rows)
    assert all(row.problems for row in rows if row.values is None)


@given(
    content=st.binary(max_size=300),
    wrap=st.sampled_from([compress, lambda raw: make_zip({"a": raw, "b.csv": CSV})]),
)
def test_any_bytes_in_an_archive_give_rows_or_a_file_format_error(content, wrap):
    try:
        rows = read(wrap(content))
    except FileFormatError:
        return
    assert all(row.problems for row in rows if row.values is None)
