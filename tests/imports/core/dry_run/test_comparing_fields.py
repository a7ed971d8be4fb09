"""The dry run says for each target field where fewer values arrive than the file has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.attributes import AttributeRule
from imports.core.dry_run import ColumnUse, Findings, build_report
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import MappedRow, Mapping, RecordMapper, build_mapping, suggest_mapping
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Problem
from imports.core.readers import RawRow, read_rows
from imports.core.records.records import UserImportRecord
from tests.fixtures.make_golden import list_fixtures, read_answers

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
RULES = {"dept": AttributeRule("dept")}


def report_on(rows: list[MappedRow], mapping: Mapping) -> dict[str, Any]:
    plans = [Plan(row.row_number, Action.CREATE, "") for row in rows]
    found = Findings.gather(plans, rows, ColumnUse(mapping, RULES))
    return build_report(Findings.from_json(found.to_json()))


def list_missing(report: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [
        (each["field"], each["params"]["stands"], each["params"]["arrives"])
        for each in report["columns"]
        if each["code"] == "values_missing"
    ]


def make_mapping(**options: Any) -> Mapping:
    rules = {
        "id": "subject_id",
        "hash": "authenticators.password.hash",
        "team": "memberships.roles",
    }
    made = [{"source": source, "target": target} for source, target in rules.items()]
    return Mapping.model_validate({"rules": made, **options})


def lose(source: dict[str, Any], number: int, **parts: Any) -> MappedRow:
    """Return a row whose record has none of its values but the subject id and these parts."""
    record = UserImportRecord.model_validate({"subject_id": source["id"], **parts})
    return MappedRow(number, number, record, (), {"subject_id": source["id"]}, source)


def map_all(mapping: Mapping, *rows: dict[str, Any]) -> list[MappedRow]:
    mapper = RecordMapper(mapping, RULES)
    return [mapper.map_row(RawRow(number, number, row)) for number, row in enumerate(rows, 1)]


def test_value_that_does_not_arrive_is_counted_for_its_field() -> None:
    mapping = make_mapping()
    rows = [
        *map_all(mapping, {"id": "1", "hash": BCRYPT}),
        lose({"id": "2", "hash": BCRYPT}, 2),
        lose({"id": "3", "hash": BCRYPT}, 3),
        lose({"id": "4", "hash": ""}, 4),
    ]
    report = report_on(rows, mapping)
    (missing,) = report["columns"]
    assert missing["count"] == 2
    assert missing["examples"] == [{"row": 2, "who": "2"}, {"row": 3, "who": "3"}]
    told = Problem.from_json(missing)
    assert told.message == (
        "“Password hash”: the file has a value in 3 records, but only 1 of them get one."
    )
    assert {"field": "authenticators.password.hash", "stands": 3, "arrives": 1} in report["fields"]


def test_role_for_everybody_does_not_hide_that_those_of_the_file_are_missing() -> None:
    mapping = make_mapping(constants={"memberships.roles": ["everybody"]})
    given = {"memberships": {"roles": ["everybody"]}}
    rows = [
        lose({"id": "1", "team": "clerk"}, 1, **given),
        lose({"id": "2", "team": ""}, 2, **given),
        lose({"id": "3", "team": "everybody"}, 3, **given),
    ]
    assert list_missing(report_on(rows, mapping)) == [("memberships.roles", 1, 0)]


ACTIVE: list[dict[str, Any]] = [
    {"source": "id", "target": "subject_id"},
    {
        "source": "state",
        "target": "profile.active",
        "transforms": [{"kind": "account_state", "means": "status"}],
    },
]


def test_state_that_says_nothing_of_sign_in_is_missing_from_the_account() -> None:
    mapping = Mapping.model_validate({"rules": ACTIVE})
    rows = map_all(
        mapping, {"id": "1", "state": "married"}, {"id": "2", "state": "active"}, {"id": "3"}
    )
    assert list_missing(report_on(rows, mapping)) == [("profile.active", 2, 1)]


def test_disabled_account_that_does_not_arrive_disabled_is_missing() -> None:
    mapping = Mapping.model_validate({"rules": ACTIVE})
    report = report_on([lose({"id": "1", "state": "suspended"}, 1)], mapping)
    assert list_missing(report) == [("profile.active", 1, 0)]


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({"means": "disabled_until"}, "2001-02-03"),
        ({"means": "disabled_until"}, "never"),
        ({"means": "status", "asks": True}, "married"),
    ],
)
def test_state_that_rightly_says_nothing_is_not_missing(
    options: dict[str, Any], state: str
) -> None:
    step = {"kind": "account_state", **options}
    mapping = Mapping.model_validate({"rules": [ACTIVE[0], {**ACTIVE[1], "transforms": [step]}]})
    rows = map_all(mapping, {"id": "1", "state": state})
    assert rows[0].record is not None
    assert list_missing(report_on(rows, mapping)) == []


@pytest.mark.parametrize(
    "path", ["authenticators.password.hash", "profile.active", "profile.attributes.dept"]
)
def test_field_of_a_record_that_no_rule_names_is_compared_too(path: str) -> None:
    *above, leaf = path.split(".")
    node: dict[str, Any] = {leaf: "x"}
    for step in reversed(above):
        node = {step: node}
    row = MappedRow(1, 1, UserImportRecord(subject_id="1"), (), {}, {"subject_id": "1", **node})
    (found,) = list_missing(report_on([row], Mapping(provider="native")))
    assert path.startswith(found[0])
    assert found[1:] == (1, 0)


@pytest.mark.parametrize(
    ("options", "row"),
    [
        ({}, {"id": "1", "hash": "  ", "team": " ; "}),
        ({"roles": {"clerk": ""}}, {"id": "1", "team": "clerk"}),
        ({"ignored": ["team"], "rules": [{"source": "id", "target": "subject_id"}]},
         {"id": "1", "team": "x"}),
        (
            {
                "rules": [
                    {"source": "id", "target": "subject_id"},
                    {
                        "source": "hash",
                        "target": "authenticators.password.hash",
                        "transforms": [{"kind": "drop", "values": ["*"]}],
                    },
                ]
            },
            {"id": "1", "hash": "*"},
        ),
        (
            {
                "rules": [
                    {"source": "id", "target": "subject_id"},
                    {"source": "kind", "target": "authenticators.password.format"},
                    {"source": "digits", "target": "authenticators.totp.digits"},
                ]
            },
            {"id": "1", "kind": "bcrypt", "digits": "6"},
        ),
        ({"provider": "native", "rules": [], "ignored": ["memberships"]},
         {"subject_id": "1", "memberships": {"roles": ["r"]}}),
        ({"provider": "native", "rules": [], "ignored": ["profile.attributes.shoe"]},
         {"subject_id": "1", "profile": {"attributes": {"shoe": 38}}}),
        ({"provider": "native", "rules": [{"source": "profile.username", "target": "subject_id"}]},
         {"profile": {"username": "ann"}}),
        ({"provider": "native", "rules": []}, {"subject_id": "1", "profile.emails": "[]"}),
    ],
)  # fmt: skip
def test_value_that_is_dropped_on_purpose_is_not_missing(
    options: dict[str, Any], row: dict[str, Any]
) -> None:
    mapping = make_mapping(**options)
    rows = map_all(mapping, row)
    assert rows[0].record is not None
    assert list_missing(report_on(rows, mapping)) == []


@pytest.mark.parametrize(
    "path", list_fixtures(), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_nothing_is_missing_from_what_source_systems_write(path: Path) -> None:
    with path.open("rb") as file:
        inspection = inspect_file(file, file_name=path.name)
        mapping = build_mapping(suggest_mapping(inspection, RULES), inspection.provider, "test")
        mapping.answers = read_answers(path)
        mapper = RecordMapper(mapping, RULES)
        rows = [mapper.map_row(row) for row in read_rows(file, inspection.options)]
    assert list_missing(report_on(rows, mapping)) == []
