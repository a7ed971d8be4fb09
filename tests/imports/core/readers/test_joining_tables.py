"""Several tables of one export: found, joined on their keys, and nothing lost on the way."""

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import inspect_file
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.related_tables import FoundTable, Link, Place, Table, find_tables
from tests.archive_files import make_zip
from tests.fixtures.make_archives import ASPNET, write_csv

PETS = Table(
    "owners",
    ("id", "name"),
    children=(
        Table(
            "pets",
            ("owner_id", "pet"),
            (Link("owner_id", "id"),),
            (Table("visits", ("pet_id",), (Link("pet_id", "pet"),)),),
        ),
    ),
)


def place(table: Table, members: dict[str, str | bytes]) -> Table:
    found = [FoundTable(Place(name), name.partition(".")[0], ()) for name in members if "." in name]
    placed = find_tables(table, found)
    assert placed
    return placed


def read(members: dict[str, str | bytes], table: Table = PETS) -> list[RawRow]:
    options = ReaderOptions(tables=place(table, members))
    return list(read_rows(io.BytesIO(make_zip(members)), options))


OWNERS = "id,name\n1,Ann\n2,Bob\n"


def test_rows_of_a_table_are_nested_in_the_row_that_they_name():
    rows = read(
        {
            "owners.csv": OWNERS,
            "pets.csv": "pet,owner_id\ncat,2\ndog,1\nemu,2\n",
            "visits.ndjson": '{"pet_id": "emu", "n": 1}\n{"pet_id": "emu", "n": 2}\n',
        }
    )
    visits = [{"pet_id": "emu", "n": 1}, {"pet_id": "emu", "n": 2}]
    assert [row.values for row in rows] == [
        {"id": "1", "name": "Ann", "pets": [{"pet": "dog", "owner_id": "1", "visits": []}]},
        {
            "id": "2",
            "name": "Bob",
            "pets": [
                {"pet": "cat", "owner_id": "2", "visits": []},
                {"pet": "emu", "owner_id": "2", "visits": visits},
            ],
        },
    ]


def test_rows_of_a_table_that_belong_to_nobody_are_counted():
    rows = read({"owners.csv": OWNERS, "pets.csv": "pet,owner_id\ncat,3\ndog,1\nemu,4\nhen,\n"})
    assert [row.row_number for row in rows] == [1, 2, 3]
    (problem,) = rows[2].problems
    assert (problem.code, problem.params["count"]) == ("table_orphans", 3)
    assert problem.message == "3 rows of pets name nobody in owners, such as owner_id 3."


def test_row_of_a_table_that_is_damaged_is_a_problem_of_whom_it_belongs_to():
    rows = read({"owners.csv": OWNERS, "pets.csv": "pet,owner_id\ncat,2,9\n"})
    assert [(row.row_number, each.code) for row in rows for each in row.problems] == [
        (2, "row_too_many_cells")
    ]
    assert rows[1].problems[0].column == "pets"


def test_row_of_a_table_that_cannot_be_read_is_reported_with_its_line():
    rows = read({"owners.csv": OWNERS, "pets.ndjson": '{"pet": "cat", "owner_id": 1}\n{"pet\n'})
    assert rows[0].values
    assert rows[0].values["pets"] == [{"pet": "cat", "owner_id": 1}]
    (problem,) = rows[2].problems
    assert problem.code == "table_row_unreadable"
    assert "A row of pets cannot be read: line 2: " in problem.message


def test_table_without_rows_is_empty():
    rows = read({"owners.csv": OWNERS, "pets.csv": "pet,owner_id\n"})
    assert [row.values["pets"] for row in rows if row.values] == [[], []]


def test_damaged_table_names_itself():
    content = make_zip({"owners.csv": OWNERS, "pets.csv": "pet,owner_id\n" + "x,1\n" * 1000})
    start = content.index(b"pets.csv") + len("pets.csv")
    damaged = content[:start] + b"\xff" * 20 + content[start + 20 :]
    options = ReaderOptions(tables=place(PETS, {"owners.csv": "", "pets.csv": ""}))
    with pytest.raises(FileFormatError, match=r"“pets\.csv” in the file cannot be read"):
        list(read_rows(io.BytesIO(damaged), options))


def test_keys_that_are_uuids_are_joined_in_any_case_and_others_as_they_are():
    key = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
    rows = read(
        {
            "owners.csv": f"id,name\n{key},Ann\nabc,Bob\n",
            "pets.csv": f"pet,owner_id\ncat,{key.upper()}\ndog,ABC\n",
        }
    )
    assert [len(row.values["pets"]) for row in rows if row.values] == [1, 0]
    assert rows[2].problems[0].code == "table_orphans"


def test_first_link_with_a_value_decides():
    links = (Link("uid", "id", "auth0|"), Link("email", "name"))
    table = Table("owners", ("id",), children=(Table("pets", ("pet",), links),))
    rows = read(
        {
            "owners.csv": "id,name\nauth0|1,A@x.org\nauth0|2,b@x.org\n",
            "pets.csv": "pet,uid,email\ncat,1,b@x.org\ndog,,a@X.org\n",
        },
        table,
    )
    assert [[pet["pet"] for pet in row.values["pets"]] for row in rows if row.values] == [
        ["cat", "dog"],
        [],
    ]


def test_table_under_another_name_is_told_by_its_columns():
    found = [
        FoundTable(Place("people.csv"), "people", ("ID", "Name", "More")),
        FoundTable(Place("animals.csv"), "animals", ("OwnerId", "Pet")),
        FoundTable(Place("notes.csv"), "notes", ("text",)),
    ]
    placed = find_tables(PETS, found)
    assert placed
    assert [(table.name, table.places[0].member) for table in placed.walk()] == [
        ("owners", "people.csv"),
        ("pets", "animals.csv"),
    ]


def test_tables_that_could_each_be_the_one_are_none():
    found = [
        FoundTable(Place("owners.csv"), "owners", ("id", "name")),
        FoundTable(Place("a.csv"), "a", ("owner_id", "pet")),
        FoundTable(Place("b.csv"), "b", ("owner_id", "pet")),
    ]
    placed = find_tables(PETS, found)
    assert placed
    assert placed.children == ()


def test_options_of_joined_tables_survive_being_stored():
    options = ReaderOptions(
        tables=place(PETS, {"owners.csv": "", "pets.csv": "", "visits.csv": ""})
    )
    assert ReaderOptions.from_json(json.loads(json.dumps(options.to_json()))) == options


def test_encoding_chosen_by_a_person_holds_for_all_tables():
    members: dict[str, str | bytes] = {
        "owners.csv": "id,name\n1,Zoë\n".encode("cp1250", "replace"),
        "pets.csv": "pet,owner_id\nľ,1\n".encode("cp1250"),
    }
    options = ReaderOptions(encoding="windows-1250", tables=place(PETS, members))
    rows = list(read_rows(io.BytesIO(make_zip(members)), options))
    assert rows[0].values
    assert rows[0].values["pets"][0]["pet"] == "ľ"


def test_member_that_is_chosen_is_not_joined():
    members = {f"{name}.csv": write_csv(rows) for name, rows in ASPNET.items()}
    content = io.BytesIO(make_zip(members))
    inspection = inspect_file(content, file_name="x", chosen={"member": "AspNetRoles.csv"})
    assert inspection.options.tables is None
    assert [column.name for column in inspection.columns][:2] == ["Id", "Name"]


def test_lists_below_the_head_of_a_large_json_file_are_joined():
    filler = [
        user | {"Id": f"u{i}", "Note": "x" * 1000}
        for i in range(3000)
        for user in ASPNET["AspNetUsers"][:1]
    ]
    tables: dict[str, Any] = ASPNET | {"AspNetUsers": ASPNET["AspNetUsers"] + filler}
    content = io.BytesIO(json.dumps(tables).encode())
    inspection = inspect_file(content, file_name="x")
    assert inspection.options.tables
    rows = list(read_rows(content, inspection.options))
    assert rows[0].values
    assert len(rows[0].values["AspNetUserTokens"]) == 2


def test_joined_tables_are_not_held_in_memory():
    lines = [f'{{"pet": {n}, "owner_id": 1, "note": "{n:0300}"}}\n' for n in range(40_000)]
    pets = "".join(lines)
    members: dict[str, str | bytes] = {"owners.csv": "id,name\n3,Cy\n", "pets.ndjson": pets}
    content = io.BytesIO(make_zip(members))
    options = ReaderOptions(tables=place(PETS, members))
    tracemalloc.start()
    rows = list(read_rows(content, options))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows[-1].problems[0].params["count"] == 40_000
    assert peak < len(pets) / 2


KEYS = st.sampled_from(["a", "b", "c", "d", ""])


@given(owners=st.lists(KEYS.filter(bool), unique=True, min_size=1), pets=st.lists(KEYS))
def test_every_row_of_a_table_comes_to_its_owner_or_is_counted(owners, pets):
    members: dict[str, str | bytes] = {
        "owners.json": json.dumps([{"id": owner} for owner in owners]),
        "pets.json": json.dumps([{"owner_id": pet, "n": n} for n, pet in enumerate(pets)]),
    }
    rows = read(members)
    joined = [
        pet["n"]
        for row in rows
        if row.values and "pets" in row.values
        for pet in row.values["pets"]
    ]
    lost = sum(problem.params["count"] for row in rows for problem in row.problems)
    assert len(joined) == len(set(joined))
    assert len(joined) + lost == len(pets)
    assert all(
        pet["owner_id"] == row.values["id"]
        for row in rows
        if row.values
        for pet in row.values["pets"]
    )
