"""No column takes another one's values with it, whichever way the mapping was made."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.attributes import AttributeRule, AttributeType
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.mapping import MappedRow, Mapping, RecordMapper, build_mapping, suggest_mapping
from imports.core.mapping.drafts import draft_mapping, read_draft
from imports.core.mapping.templates import fit_mapping
from imports.core.readers import RawRow, read_rows
from imports.core.records.records import UserImportRecord
from tests.fixtures.make_golden import list_fixtures, read_answers
from tests.imports.core.mapping.test_mapping_drafts import write_form

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
RULES = {
    "dept": AttributeRule("dept"),
    "place": AttributeRule("place", type=AttributeType.OBJECT),
}
PARENTS = [
    "profile",
    "profile.attributes",
    "authenticators",
    "authenticators.password",
    "authenticators.totp",
    "memberships",
]
MISSING = object()
EMPTY: list[Any] = [{}, None, [], MISSING]


def make_record(number: int) -> dict[str, Any]:
    return {
        "subject_id": f"u{number}",
        "profile": {
            "email": f"u{number}@x.org",
            "email_verified": False,
            "emails": [{"email": f"v{number}@x.org"}],
            "attributes": {"dept": "IT", "place": {"city": "Bonn"}},
        },
        "authenticators": {
            "password": {"hash": BCRYPT, "must_change": True},
            "totp": {"secret": "JBSWY3DPEHPK3PXP"},
            "recovery_codes": ["one"],
        },
        "memberships": {"groups": ["g"], "roles": ["r"]},
    }


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Put a value in place of a part of the record, if it has that part still."""
    *above, leaf = path.split(".")
    node: Any = record
    for step in above:
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict) and leaf in node:
        if value is MISSING:
            del node[leaf]
        else:
            node[leaf] = copy.deepcopy(value)


def pass_the_page(inspection: Inspection, mapping: Mapping) -> Mapping:
    """Return the mapping that the page saves when nothing on it is changed."""
    columns = [column.name for column in inspection.columns]
    form = write_form(draft_mapping(mapping, columns, {}))
    rules, ignored = read_draft(form, list(form), columns, mapping.provider).build_rules()
    return mapping.model_copy(update={"rules": rules, "ignored": ignored})


def inspect(content: bytes, name: str = "users.json") -> tuple[Inspection, Mapping]:
    """Return what a file is taken for, and the mapping that is offered for it."""
    inspection = inspect_file(io.BytesIO(content), file_name=name)
    suggestions = suggest_mapping(inspection, RULES)
    return inspection, build_mapping(suggestions, inspection.provider, "test")


def read(content: bytes, inspection: Inspection, mapping: Mapping) -> list[MappedRow]:
    mapper = RecordMapper(mapping, RULES)
    return [mapper.map_row(row) for row in read_rows(io.BytesIO(content), inspection.options)]


def dump(row: MappedRow) -> Any:
    return row.record and row.record.model_dump(), row.problems


def list_ways(inspection: Inspection, mapping: Mapping) -> dict[str, Mapping]:
    """Return the mapping as the command line and the API have it, the page, and a template."""
    columns = [column.name for column in inspection.columns]
    page = pass_the_page(inspection, mapping)
    return {
        "offered": mapping,
        "page": page,
        "page of an empty mapping": pass_the_page(
            inspection, Mapping(provider=mapping.provider, source_name="test")
        ),
        "page, saved twice": pass_the_page(inspection, page),
        "template": fit_mapping(page, columns).mapping,
    }


@given(
    changes=st.lists(
        st.dictionaries(st.sampled_from(PARENTS), st.sampled_from(EMPTY), max_size=4),
        min_size=1,
        max_size=4,
    ),
    is_whole=st.booleans(),
)
def test_empty_part_of_a_record_takes_nothing_from_the_others(
    changes: list[dict[str, Any]], is_whole: bool
) -> None:
    records = [make_record(number) for number in range(len(changes))]
    expected = copy.deepcopy(records)
    for record, wanted, parts in zip(records, expected, changes, strict=True):
        for path, value in parts.items():
            put(record, path, value)
            put(wanted, path, MISSING)
    if is_whole:
        records.append(make_record(9))
        expected.append(make_record(9))
    content = json.dumps(records).encode()
    inspection, mapping = inspect(content)
    made = [UserImportRecord.model_validate(each).model_dump() for each in expected]
    for each in made:  # as it is read from the hash
        if (password := each["authenticators"]["password"]) and password["hash"]:
            password["format"] = "bcrypt"
    assert inspection.provider == "native"
    for way, each in list_ways(inspection, mapping).items():
        rows = read(content, inspection, each)
        assert [row.problems for row in rows] == [()] * len(rows), way
        assert [dump(row)[0] for row in rows] == made, way


def test_part_that_is_empty_in_the_whole_head_is_carried_from_below_it() -> None:
    head = {**make_record(0), "authenticators": {}, "memberships": None}
    inspection, mapping = inspect(json.dumps([head]).encode())
    below = RawRow(2, 2, make_record(1))
    for way, each in list_ways(inspection, mapping).items():
        record = RecordMapper(each, RULES).map_row(below).record
        assert record is not None, way
        assert record.authenticators.password.hash == BCRYPT, way
        assert record.memberships.roles == ["r"], way


@pytest.mark.parametrize("empty", [{}, None, []])
def test_fixed_roles_are_added_where_the_part_is_empty(empty: Any) -> None:
    values = {**make_record(1), "memberships": empty}
    constants = {"memberships.roles": ["everybody"]}
    mapping = Mapping(provider="native", constants=constants)
    row = RecordMapper(mapping, RULES).map_row(RawRow(1, 1, values))
    assert row.record is not None
    assert row.record.memberships.roles == ["everybody"]


def test_fixed_role_does_not_hide_that_a_part_is_text() -> None:
    mapping = Mapping(provider="native", constants={"memberships.roles": ["everybody"]})
    row = RecordMapper(mapping, RULES).map_row(
        RawRow(1, 1, {"subject_id": "1", "memberships": "r"})
    )
    assert [problem.code for problem in row.problems] == ["wrong_type"]


def test_excluded_parent_keeps_what_is_mapped_from_within_it() -> None:
    rule = {"source": "authenticators.password.hash", "target": "authenticators.password.hash"}
    mapping = Mapping.model_validate(
        {"provider": "native", "ignored": ["authenticators"], "rules": [rule]}
    )
    record = RecordMapper(mapping, RULES).map_row(RawRow(1, 1, make_record(1))).record
    assert record is not None
    assert record.authenticators.password.hash == BCRYPT
    assert (record.authenticators.totp, record.authenticators.recovery_codes) == (None, [])


def test_field_that_goes_to_two_fields_stays_where_it_is() -> None:
    rules = [
        {"source": "profile.email", "target": "profile.email"},
        {"source": "profile.email", "target": "profile.username"},
    ]
    mapping = Mapping.model_validate({"provider": "native", "rules": rules})
    record = RecordMapper(mapping, RULES).map_row(RawRow(1, 1, make_record(1))).record
    assert record is not None
    assert (record.profile.email, record.profile.username) == ("u1@x.org", "u1@x.org")


def test_field_that_a_template_reads_stays_where_it_is() -> None:
    rule = {"template": "{profile.email} of {subject_id}", "target": "profile.display_name"}
    mapping = Mapping.model_validate({"provider": "native", "rules": [rule]})
    record = RecordMapper(mapping, RULES).map_row(RawRow(1, 1, make_record(1))).record
    assert record is not None
    assert (record.subject_id, record.profile.email) == ("u1", "u1@x.org")


def test_unknown_field_fails_its_record_whichever_way_the_mapping_was_made() -> None:
    content = b'[{"subject_id": "1", "profile": {"emial": "a@x.org"}}]'
    inspection, mapping = inspect(content)
    for way, each in list_ways(inspection, mapping).items():
        (row,) = read(content, inspection, each)
        assert [problem.code for problem in row.problems] == ["unknown_field"], way


@pytest.mark.parametrize(
    "row",
    [
        {"profile": "", "profile.email": "a@x.org"},
        {"profile.email": "a@x.org", "profile": {"given_name": "Ann"}},
        {"profile": {"given_name": "Ann"}, "profile.email": "a@x.org"},
        {"profile.email": "a@x.org", "profile": None},
        {"profile.email": "a@x.org", "profile": {"email": ""}},
    ],
)
def test_dotted_column_is_kept_beside_one_named_like_its_parent(row: dict[str, Any]) -> None:
    mapped = RecordMapper(Mapping(provider="native"), RULES).map_row(
        RawRow(1, 1, {"subject_id": "1", **row})
    )
    assert mapped.record is not None
    assert mapped.record.profile.email == "a@x.org"


def test_value_that_is_given_twice_fails_its_record() -> None:
    row = {"subject_id": "1", "profile": {"email": "a@x.org"}, "profile.email": "b@x.org"}
    mapped = RecordMapper(Mapping(provider="native"), RULES).map_row(RawRow(1, 1, row))
    assert [problem.code for problem in mapped.problems] == ["unknown_field"]


@pytest.mark.parametrize("empty", [{}, None, []])
@pytest.mark.parametrize(
    ("parent", "path", "target"),
    [
        ("email", "email.address", "profile.email"),
        ("phone", "phone.value", "profile.phone"),
        ("name", "name.username", "profile.username"),
        ("https://acme.example.com/app", "https://acme.example.com/app.email", "profile.email"),
        ("a.b", "a.b.email", "profile.email"),
    ],
)
def test_empty_object_does_not_stand_in_the_way_of_what_others_have_in_it(
    empty: Any, parent: str, path: str, target: str
) -> None:
    value = "+442079460000" if target == "profile.phone" else "ann@x.org"
    leaf = path.removeprefix(f"{parent}.")
    content = json.dumps([{"id": "1", parent: empty}, {"id": "2", parent: {leaf: value}}]).encode()
    inspection, mapping = inspect(content)
    assert {rule.source: rule.target for rule in mapping.rules} == {
        "id": "subject_id",
        path: target,
    }
    for way, each in list_ways(inspection, mapping).items():
        if way == "page of an empty mapping":
            continue
        records = [row.record for row in read(content, inspection, each)]
        assert all(records), way
        assert value in records[1].model_dump_json(), way


@pytest.mark.parametrize(
    "path", list_fixtures(), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_page_makes_the_same_records_as_the_command_line(path: Path) -> None:
    with path.open("rb") as file:
        inspection = inspect_file(file, file_name=path.name)
        offered = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")
        offered.answers = read_answers(path)
        rows = list(read_rows(file, inspection.options))
    saved = pass_the_page(inspection, offered)
    for row in rows:
        assert dump(RecordMapper(offered, {}).map_row(row)) == dump(
            RecordMapper(saved, {}).map_row(row)
        )
