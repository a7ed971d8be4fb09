"""Whatever columns accept is what the record path makes of it, and they accept what is plain."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.hashing.ambiguity import list_readings
from accounts.hashing.heads import HEADS, find_head
from accounts.hashing.likeliest import find_likeliest
from imports.core.columns import ColumnReader
from imports.core.columns.table import PLAINTEXT
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import MappedRow, Mapping, build_mapping, suggest_mapping
from imports.core.mapping.rules import Rule
from imports.core.readers import read_rows
from imports.core.readers.rows import encode_row
from imports.core.records.records import Password
from imports.core.records.validation import encode_password
from tests.cases import files as cases
from tests.cases.files import list_cases
from tests.fixtures import make_golden as fixtures
from tests.fixtures.make_golden import list_fixtures
from tests.imports.conftest import SAMPLES
from tests.imports.core.columns.oddities import (
    COLUMNS,
    FIELDS,
    FLAT_RECORDS,
    READ_BY_RULES,
    RECORDS,
    ROWS,
    list_odd_rows,
    nest,
)
from tests.imports.core.columns.sameness import (
    encode_records,
    list_differences,
    list_unread,
    read_both,
)

NATIVE = Mapping(provider="native")
GENERIC = Mapping(
    provider="generic",
    rules=[Rule(source=target, target=target) for target in ("subject_id", *COLUMNS)],
)
# Rules that leave every field where it is.
KEPT = Mapping(provider="native", rules=GENERIC.rules)


def make_hash(number: int) -> str:
    """Return a hash of ASP.NET Identity, with another salt and digest for each number."""
    head = struct.pack(">BIII", 1, 1, 10_000, 16)
    return base64.b64encode(head + hashlib.sha384(str(number).encode()).digest()).decode()


def make_plain_record(number: int) -> dict[str, Any]:
    return {
        "subject_id": f"id-{number}",
        "profile": {
            "username": f"Üser{number}",
            "email": f"User{number}@example.com",
            "email_verified": number % 2 == 0,
            "phone": f"+4416329{number:05}",
            "given_name": "Zoë",
            "family_name": None,
            "active": number % 5 > 0,
            "created_at": "2021-03-04T09:30:00Z",
            "last_login": "2023-03-04T09:30:00.25+02:00",
        },
        "authenticators": {
            "password": {"hash": make_hash(number)},
            "external_logins": [{"provider": "google", "subject": str(number)}],
        },
        "memberships": {"roles": ["member"]},
    }


@pytest.mark.parametrize(
    ("rows", "mapping"),
    [
        pytest.param(list(map(nest, list_odd_rows(FIELDS, FIELDS))), NATIVE, id="records"),
        pytest.param(
            list(list_odd_rows(("subject_id", *COLUMNS), READ_BY_RULES)), GENERIC, id="table"
        ),
    ],
)
def test_each_odd_value_by_itself_is_what_the_record_path_makes(
    rows: list[dict[str, Any]], mapping: Mapping
) -> None:
    table, mapped = read_both(encode_storable(rows), mapping)

    assert list(list_differences(table, mapped, mapping)) == []


@given(st.lists(RECORDS | FLAT_RECORDS, min_size=1, max_size=20), st.sampled_from([NATIVE, KEPT]))
@settings(max_examples=60, deadline=None)
def test_accepted_record_is_what_the_record_path_makes(
    records: list[dict[str, Any]], mapping: Mapping
) -> None:
    table, rows = read_both(encode_storable(records), mapping)

    assert list(list_differences(table, rows, mapping)) == []


@given(st.lists(ROWS, min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_accepted_row_of_a_table_is_what_the_record_path_makes(rows: list[dict[str, Any]]) -> None:
    table, mapped = read_both(encode_storable(rows), GENERIC)

    assert list(list_differences(table, mapped, GENERIC)) == []


def encode_storable(records: list[dict[str, Any]]) -> list[bytes]:
    """Return rows as readers write them, which leave out what JSON cannot say."""
    return encode_records(record for record in records if may_encode(record))


def may_encode(record: dict[str, Any]) -> bool:
    try:
        orjson.dumps(record)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize(
    "path",
    [*list_fixtures(), *list_cases()],
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_accepted_rows_of_a_real_export_are_what_the_record_path_makes(path: Path) -> None:
    read = read_export(path)
    if read is None:
        return
    encoded, mapping, samples = read

    table, rows = read_both(encoded, mapping, samples=samples)

    assert list(list_differences(table, rows, mapping)) == []


def read_export(path: Path) -> tuple[list[bytes], Mapping, dict[str, Any]] | None:
    """Return the rows of a file, and the mapping and samples that nobody overrules."""
    read_answers = fixtures.read_answers if path in list_fixtures() else cases.read_answers
    try:
        with path.open("rb") as file:
            inspection = inspect_file(file, file_name=path.name)
            suggested = suggest_mapping(inspection, {})
            mapping = build_mapping(suggested, inspection.provider, "export")
            mapping.answers = read_answers(path)
            rows = [encode_row(row) for row in read_rows(file, inspection.options)]
    except ImporterError:
        return None  # refused as a whole
    return rows, mapping, inspection.by_name


@pytest.mark.parametrize("pattern", HEADS.values(), ids=HEADS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_hashes_of_one_head_are_read_alike(pattern: re.Pattern[str], data: st.DataObject) -> None:
    """What one is refused for, all are; what is stored of one begins as of all."""
    values = data.draw(st.lists(st.from_regex(pattern, fullmatch=True), min_size=2, max_size=2))
    salted = [change_end(value) for value in values]
    for value, other in zip(values, salted, strict=True):
        assert find_head(value) == find_head(other)
        assert judge(value) == judge(other)


KEYCLOAK_ENDS = (
    '"hashIterations":27500,"algorithm":"pbkdf2-sha256","additionalParameters":{}',
    '"hashIterations":210000,"algorithm":"pbkdf2-sha512"',
    '"hashIterations":999999999,"algorithm":"pbkdf2-sha256"',
    '"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],'
    '"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}',
    '"hashIterations":5.0,"algorithm":"scrypt"',
)


@pytest.mark.parametrize("end", KEYCLOAK_ENDS, ids=range(len(KEYCLOAK_ENDS)))
@pytest.mark.parametrize("length", [32, 64])
def test_hashes_of_one_kind_of_keycloak_have_one_head(end: str, length: int) -> None:
    """Others than those that are drawn: these are JSON, and most are taken."""
    values = [write_keycloak_hash(number, length, end) for number in range(20)]

    assert len({find_head(value) for value in values} - {None}) == 1
    first, *others = map(judge, values)
    assert all(other == first for other in others)


def write_keycloak_hash(number: int, length: int, end: str) -> str:
    made_up = hashlib.sha512(str(number).encode()).digest()
    key, salt = base64.b64encode(made_up[:length]), base64.b64encode(made_up[:16])
    secret = f'"value":"{key.decode()}","salt":"{salt.decode()}","additionalParameters":{{}}'
    return f'{{"secretData":{{{secret}}},"credentialData":{{{end}}}}}'


def change_end(value: str) -> str:
    """Return a hash of the same head with another digest."""
    # What differs stands at the end, but first in JSON.
    at = value.index('":"') + 3 if value.startswith("{") else len(value) - 6
    changed = value[at : at + 2].translate(str.maketrans("ABab01", "BAba10"))
    return f"{value[:at]}{changed}{value[at + 2 :]}"


def judge(value: str) -> tuple[Any, ...]:
    """Return all that is said of a hash which is declared or not, but the hash itself."""
    said: list[Any] = []
    for declared in ("", find_head(value)[0]):  # type: ignore[index]
        password = Password.model_validate({"hash": value, "format": declared or None})
        said.append(list(encode_password(password, "")))
        stored = password.encoded
        said.append(stored and (stored.endswith(value), stored.removesuffix(value)))
    return (*said, list_readings(value), find_likeliest(value))


@pytest.mark.parametrize("mapping", [NATIVE, KEPT])
def test_plain_records_are_accepted(mapping: Mapping) -> None:
    encoded = encode_records(map(make_plain_record, range(1000)))

    table = ColumnReader(mapping, {}).read(encoded)

    assert len(table) == len(encoded)


@pytest.mark.parametrize("mapping", [NATIVE, KEPT])
def test_plain_passwords_are_accepted(mapping: Mapping) -> None:
    records = [
        {"subject_id": f"id-{number}", "authenticators.password.plaintext": "correct horse"}
        for number in range(10)
    ]

    table = ColumnReader(mapping, {}).read(encode_records(records))

    assert table.get(PLAINTEXT) == ["correct horse"] * 10


@pytest.mark.parametrize(
    "name",
    ["native_users.json", "keycloak_realm.json", "auth0_users.json", "aspnet_identity_users.csv"],
)
def test_of_clean_samples_nearly_all_rows_are_accepted(name: str) -> None:
    read = read_export(SAMPLES / name)
    assert read is not None
    encoded, mapping, samples = read

    table, rows = read_both(encoded, mapping, samples=samples)

    clean = [row for row in rows if is_clean(row)]
    assert len(table) >= 0.95 * len(clean) > 0


def is_clean(row: MappedRow) -> bool:
    """Return whether a row makes a record of which nothing is to be said, of fields in columns."""
    return bool(row.record) and not (row.problems or row.decided or list_unread(row.record))
