"""Outlines of JSON that people export: maps, pages, objects one after another, lists far down."""

import io
import json
from typing import Any

import pytest

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.mapping import Mapping, RecordMapper, Rule, suggest_mapping
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.json_files.extended import unwrap
from imports.core.readers.json_files.paths import parse_choice, parse_path, write_path

ADA = {"email": "ada@example.com", "name": "Ada"}
BEN = {"email": "ben@example.com", "name": "Ben"}
CAM = {"email": "cam@example.com", "name": "Cam"}


def inspect(content: str | bytes, name: str = "users.json") -> Inspection:
    raw = content.encode() if isinstance(content, str) else content
    return inspect_file(io.BytesIO(raw), file_name=name)


def read(content: str | bytes, **options: Any) -> list[RawRow]:
    """Return the rows as whoever uploads the file gets them."""
    raw = content.encode() if isinstance(content, str) else content
    chosen = ReaderOptions(**options) if options else inspect(raw).options
    return list(read_rows(io.BytesIO(raw), chosen))


def list_emails(rows: list[RawRow]) -> list[Any]:
    assert [row.problems for row in rows] == [()] * len(rows)
    return [(row.values or {}).get("email") for row in rows]


PEOPLE = ["ada@example.com", "ben@example.com", "cam@example.com"]
EVERY = [ADA, BEN, CAM]


def write_lines(*values: Any) -> str:
    return "\n".join(json.dumps(value) for value in values)


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps(each, indent=2) for each in EVERY),
        ",\n".join(json.dumps(each, indent=4) for each in EVERY),
        "".join(json.dumps(each) for each in EVERY),
        "  ".join(json.dumps(each, indent="\t") for each in EVERY),
        "\r\n\r\n".join(json.dumps(each, indent=1).replace("\n", "\r\n") for each in EVERY),
    ],
    ids=["pretty", "commas", "one line", "tabs", "windows"],
)
def test_objects_one_after_another_are_records(content):
    assert list_emails(read(content)) == PEOPLE


def test_objects_one_after_another_survive_a_broken_one():
    texts = [json.dumps(each, indent=2) for each in EVERY]
    rows = read("\n".join([texts[0], texts[1].replace('": "', '": '), texts[2]]))
    assert [row.values and row.values["email"] for row in rows] == [PEOPLE[0], None, PEOPLE[2]]
    assert [bool(row.problems) for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    "user",
    [
        {"userName": "ada", "emails": [{"value": "a@x.org"}], "phoneNumbers": [{"value": "+1"}]},
        {"id": "1", "traits": {"email": "a@x.org"}, "verifiable_addresses": [{"value": "a@x.org"}]},
        {"localId": "1", "providerUserInfo": [{"rawId": "2"}]},
        {"subject_id": "1", "profile": {"emails": [{"email": "a@x.org"}]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_one_user_alone_is_one_record(user, indent):
    assert [row.values for row in read(json.dumps(user, indent=indent))] == [user]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"users": {"u1": ADA, "u2": BEN, "u3": CAM}}, "users{}"),
        ({"u1": ADA, "u2": BEN, "u3": CAM}, "{}"),
        ({"data": {"accounts": {"u1": ADA, "u2": BEN, "u3": CAM}}}, "data.accounts{}"),
        ({"version": 3, "people": {"u1": ADA, "u2": BEN, "u3": CAM}, "x": [1]}, "people{}"),
        ({"users": {f"u{n}": {**EVERY[n - 1], "l": [{"p": 1}]} for n in (1, 2, 3)}}, "users{}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 2])
def test_object_of_users_by_their_ids_gives_each_with_its_key(value, path, indent):
    content = json.dumps(value, indent=indent)
    assert inspect(content).options.path == path
    rows = read(content)
    assert list_emails(rows) == PEOPLE
    assert [(row.values or {})["(id)"] for row in rows] == ["u1", "u2", "u3"]


def test_key_of_a_user_is_offered_as_subject_id():
    inspection = inspect(json.dumps({"users": {"u1": ADA, "u2": BEN}}))
    targets = {each.source: each.target for each in suggest_mapping(inspection, {})}
    assert targets["(id)"] == "subject_id"


def test_own_id_of_a_user_comes_before_the_key():
    users = {"k1": {"id": "u1", **ADA}, "k2": {"id": "u2", **BEN}}
    targets = {each.source: each.target for each in suggest_mapping(inspect(json.dumps(users)), {})}
    assert (targets["id"], targets["(id)"]) == ("subject_id", None)


@pytest.mark.parametrize(
    "content",
    ['{"a": {"b": 1}, "c": {"d": 2}}', '{"settings": {"mail": {"host": "x"}, "tls": {"on": 1}}}'],
)
def test_object_of_other_objects_is_no_map_of_users(content):
    with pytest.raises(FileFormatError) as caught:
        inspect("{\n" + content[1:])
    assert caught.value.problem.code == "file_wrong_shape"


def test_object_in_which_nobody_is_found_is_told_with_what_it_has():
    with pytest.raises(FileFormatError, match="It has “host”, “limits”"):
        inspect('{\n"host": "x", "limits": {"a": 1}}')


@pytest.mark.parametrize("cut", [-1, -2, -12])
def test_map_that_is_cut_short_keeps_the_users_before(cut):
    content = json.dumps({"users": {"u1": ADA, "u2": BEN, "u3": CAM}})[:cut]
    rows = read(content, syntax="json", path="users{}")
    assert rows[0].values == {**ADA, "(id)": "u1"}
    assert rows[-1].problems[0].code == "row_truncated"


def test_entry_of_a_map_that_is_no_object_costs_only_itself():
    rows = read('{"u1": {"email": "a@x.org"}, "u2": 7, "u3": {"email": "c@x.org"}}',
                syntax="json", path="{}")  # fmt: skip
    assert [row.values and row.values["(id)"] for row in rows] == ["u1", None, "u3"]
    assert rows[1].problems[0].code == "row_not_an_object"


PAGES = [{"page": 1, "users": [ADA, BEN]}, {"page": 2, "users": [CAM]}]


@pytest.mark.parametrize(
    "content",
    [
        write_lines(*PAGES),
        "\n".join(json.dumps(page, indent=2) for page in PAGES),
        write_lines(*({"total": 3, "items": page["users"]} for page in PAGES)),
        write_lines(*({"data": {"users": page["users"]}} for page in PAGES)),
        json.dumps(PAGES),
        json.dumps([{"data": {"items": page["users"]}} for page in PAGES], indent=1),
        json.dumps({"pages": PAGES}),
    ],
    ids=["lines", "pretty", "items", "nested", "list", "nested list", "inside"],
)
def test_pages_of_users_are_read_one_after_another(content):
    assert list_emails(read(content)) == PEOPLE


def test_users_with_a_list_of_records_are_no_pages():
    users = [each | {"data": [{"email": "x@x.org"}]} for each in EVERY]
    assert list_emails(read(write_lines(*users))) == PEOPLE
    assert list_emails(read(json.dumps(users))) == PEOPLE


POSTS = [{"title": f"Post {number}", "body": "x" * 1000} for number in range(3000)]


def test_list_of_users_that_begins_megabytes_into_an_object_is_found():
    content = json.dumps({"posts": POSTS, "users": EVERY})
    inspection = inspect(content)
    assert inspection.options.path == "users"
    assert [column.name for column in inspection.columns] == ["email", "name"]
    assert list_emails(read(content)) == PEOPLE


@pytest.mark.parametrize("name", ["users.json", "users.ndjson"])
def test_users_that_come_after_megabytes_of_others_are_in_the_sample(name):
    records = [*POSTS, *EVERY]
    content = json.dumps(records) if name == "users.json" else write_lines(*records)
    names = {column.name for column in inspect(content, name).columns}
    assert {"title", "body", "email", "name"} <= names


def test_dump_of_django_whose_users_come_last_is_recognised():
    posts = [
        {"model": "blog.comment", "pk": number, "fields": {"email": "x@x.org", "body": "x" * 1000}}
        for number in range(3000)
    ]
    fields = {"username": "ada", "password": "!", "last_login": None, "is_active": True,
              "date_joined": "2024-01-01T00:00:00Z"}  # fmt: skip
    inspection = inspect(json.dumps([*posts, {"model": "auth.user", "pk": 1, "fields": fields}]))
    assert inspection.provider == "django_auth"
    assert "username" in inspection.by_name


def write_phpmyadmin(**tables: list[Any]) -> str:
    head = [
        {"type": "header", "version": "5.2.1", "comment": "Export to JSON plugin for phpMyAdmin"},
        {"type": "database", "name": "shop"},
    ]
    found = [
        {"type": "table", "name": name, "database": "shop", "data": rows}
        for name, rows in tables.items()
    ]
    return json.dumps([*head, *found], indent=1)


def test_table_of_phpmyadmin_is_read_without_the_others():
    posts = [{"id": "1", "title": "x", "author_email": "x@x.org"}]
    content = write_phpmyadmin(posts=posts, members=EVERY, tags=[{"id": "7"}])
    inspection = inspect(content)
    assert inspection.options.path == "[name=members].data"
    assert "Its other tables are not read: posts, tags." in inspection.evidence[-1]
    assert list_emails(read(content)) == PEOPLE
    assert "(outer)" not in (read(content)[0].values or {})


def test_table_of_phpmyadmin_far_down_is_found():
    content = write_phpmyadmin(posts=POSTS, users=EVERY)
    assert list_emails(read(content)) == PEOPLE


def test_table_of_phpmyadmin_can_be_chosen():
    content = write_phpmyadmin(users=EVERY, admins=[BEN])
    assert list_emails(read(content, syntax="json", path="[name=admins].data")) == [BEN["email"]]


@pytest.mark.parametrize(
    ("text", "path", "choice"),
    [
        ("users", ("users",), {}),
        ("a.users{}", ("a", "users", "{}"), {}),
        ("{}", ("{}",), {}),
        ("orgs[].people", ("orgs", "[]", "people"), {}),
        ("[name=users].data", ("[]", "data"), {0: ("name", "users")}),
        ("a[].b{}", ("a", "[]", "b", "{}"), {}),
    ],
)
def test_path_as_written_is_understood(text, path, choice):
    assert (parse_path(text), parse_choice(text)) == (path, choice)
    if not choice:
        assert write_path(path) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"$oid": "65a1b2c3d4e5f60718293a4b"}, "65a1b2c3d4e5f60718293a4b"),
        ({"$date": "2024-01-12T20:35:47.123Z"}, "2024-01-12T20:35:47.123Z"),
        ({"$date": {"$numberLong": "1705091747123"}}, "2024-01-12T20:35:47.123000Z"),
        ({"$date": 1705091747000}, "2024-01-12T20:35:47Z"),
        ({"$date": {"$numberLong": "-1000"}}, "1969-12-31T23:59:59Z"),
        ({"$date": {"$numberLong": "9" * 18}}, 10**18 - 1),
        ({"$numberInt": "5"}, 5),
        ({"$numberLong": "12345678901234567"}, 12345678901234567),
        ({"$numberLong": "123456789012345678901"}, "123456789012345678901"),
        ({"$numberDecimal": "1.50"}, "1.50"),
        ({"$numberDouble": "NaN"}, "NaN"),
        ({"$uuid": "3b241101-e2bb-4255-8caf-4136c566a962"}, "3b241101-e2bb-4255-8caf-4136c566a962"),
        ({"$binary": {"base64": "OyQRAeK7QlWMr0E2xWapYg==", "subType": "04"}},
         "3b241101-e2bb-4255-8caf-4136c566a962"),
        ({"$binary": {"base64": "OyQRAeK7QlWMr0E2xWapYg==", "subType": "03"}},
         'BinData(3,"OyQRAeK7QlWMr0E2xWapYg==")'),
        ({"$binary": "OyQRAeK7QlWMr0E2xWapYg==", "$type": "03"},
         'BinData(3,"OyQRAeK7QlWMr0E2xWapYg==")'),
        ({"$binary": "AQID", "$type": "00"}, "AQID"),
        ({"$timestamp": {"t": 1705091747, "i": 1}}, "2024-01-12T20:35:47Z"),
        ({"$undefined": True}, None),
        ({"$oid": {"x": 1}}, {"$oid": {"x": 1}}),
        ({"$ref": "c", "$id": {"$oid": "1"}}, {"$ref": "c", "$id": "1"}),
        ({"$price": 3}, {"$price": 3}),
        ({"a": [{"$numberInt": "1"}]}, {"a": [1]}),
    ],
)  # fmt: skip
def test_value_of_mongodb_is_unwrapped(value, expected):
    assert unwrap(value) == expected


@pytest.mark.parametrize("layout", ["lines", "list", "pretty"])
def test_export_of_mongodb_has_plain_ids_and_timestamps(layout):
    record = {"_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, **ADA,
              "password": "$2b$10$VhG9BkkRdlCYh1i0lkskHuC/kIs8PO6HJrqmqwL1nzu8sc9INkndG",
              "createdAt": {"$date": {"$numberLong": "1705091747123"}}}  # fmt: skip
    content = {
        "lines": write_lines(record),
        "list": json.dumps([record]),
        "pretty": json.dumps(record, indent=2),
    }[layout]
    (row,) = read(content)
    assert row.values == record | {
        "_id": "65a1b2c3d4e5f60718293a4b",
        "createdAt": "2024-01-12T20:35:47.123000Z",
    }
    targets = {each.source: each.target for each in suggest_mapping(inspect(content), {})}
    assert targets["_id"] == "subject_id"
    assert targets["createdAt"] == "profile.created_at"


def test_users_with_old_uuids_of_mongodb_keep_an_id_each():
    ids = ["OyQRAeK7QlWMr0E2xWapYg==", "VUK74gERJDtiqWbFNkGvjA=="]
    content = write_lines(
        *(ADA | {"_id": {"$binary": {"base64": each, "subType": "03"}}} for each in ids)
    )
    targets = {each.source: each.target for each in suggest_mapping(inspect(content), {})}
    assert targets["_id"] == "subject_id"
    mapper = RecordMapper(
        Mapping(rules=[Rule(source="_id", target="subject_id"),
                       Rule(source="email", target="profile.email")]), {}
    )  # fmt: skip
    records = [mapper.map_row(row).record for row in read(content)]
    assert [each.subject_id for each in records] == [f'BinData(3,"{each}")' for each in ids]
