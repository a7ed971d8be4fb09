"""Which records an import excludes, and what groups and roles of a file become."""

from collections.abc import Mapping as MappingType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.core.errors import MappingError
from imports.core.mapping import (
    Condition,
    Filter,
    MappedRow,
    Mapping,
    Operator,
    RecordMapper,
    Rule,
    check_mapping,
)
from imports.core.mapping.filters import RowFilter
from imports.core.readers import RawRow

RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="mail", target="profile.email"),
    Rule(source="seen", target="profile.last_login"),
    Rule(source="on", target="profile.active"),
    Rule(source="teams", target="memberships.groups"),
    Rule(source="roles", target="memberships.roles"),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def make_mapping(*conditions: Condition, **changes: Any) -> Mapping:
    filters = [Filter(conditions=conditions)] if conditions else []
    return Mapping(rules=RULES, exclude=filters, **changes)


def map_row(mapping: Mapping, **values: Any) -> MappedRow:
    row = RawRow(row_number=1, line_number=2, values={"id": "7", **values}, problems=())
    return RecordMapper(mapping, {}).map_row(row)


def is_excluded(values: MappingType[str, Any], *conditions: Condition) -> bool:
    return map_row(make_mapping(*conditions), **values).is_excluded


@pytest.mark.parametrize(
    ("operator", "value", "found", "expected"),
    [
        ("before", "2024-01-01", "2023-12-31T23:59:59Z", True),
        ("before", "2024-01-01", "2024-01-01T00:00:00Z", False),
        ("before", "2024-01-01", "2024-01-01T00:30:00+02:00", True),
        ("before", "2024-01-01", 1700000000, True),
        ("before", "2024-01-01", "last summer", False),
        ("before", "2024-01-01", "", False),
        ("after", "2024-01-01", "2024-05-31", True),
        ("empty", "", "", True),
        ("empty", "", None, True),
        ("filled", "", "2024-05-31", True),
    ],
)
def test_a_date_is_compared_as_a_timestamp_and_a_blank_or_nonsense_meets_no_comparison(
    operator: str, value: str, found: object, expected: bool
) -> None:
    condition = Condition(field="profile.last_login", operator=Operator(operator), value=value)

    assert is_excluded({"seen": found}, condition) is expected


@pytest.mark.parametrize(
    ("operator", "value", "found", "expected"),
    [
        ("is", "false", "No", True),
        ("is", "false", False, True),
        ("is", "false", "0", True),
        ("is", "false", "1", False),
        ("is", "false", None, False),
        ("is_not", "true", None, True),
        ("is_not", "true", "yes", False),
        ("is", "Guest", " guest ", True),
        ("is_not", "guest", "Guest", False),
        ("contains", "TEST", "a test account", True),
        ("starts_with", "svc-", "SVC-backup", True),
        ("ends_with", "@example.org", "ada@EXAMPLE.org", True),
        ("is", "b", ["a", "B"], True),
        ("below", "10", "9.5", True),
        ("below", "10", "ten", False),
        ("above", "10", 11, True),
    ],
)
def test_a_column_is_compared_as_text_without_case_or_as_a_word_for_true_and_false(
    operator: str, value: str, found: object, expected: bool
) -> None:
    condition = Condition(column="kind", operator=Operator(operator), value=value)

    assert is_excluded({"kind": found}, condition) is expected


def test_a_nested_column_is_found_by_its_path() -> None:
    condition = Condition(column="meta.kind", operator=Operator.IS, value="bot")

    assert is_excluded({"meta": {"kind": "bot"}}, condition)


def test_all_conditions_of_a_filter_have_to_be_met() -> None:
    both = (
        Condition(field="profile.active", operator=Operator.IS, value="false"),
        Condition(field="profile.last_login", operator=Operator.EMPTY),
    )

    assert is_excluded({"on": "no"}, *both)
    assert not is_excluded({"on": "no", "seen": "2024-05-31"}, *both)


def test_one_of_several_filters_is_enough_and_is_the_reason() -> None:
    mapping = Mapping(
        rules=RULES,
        exclude=[
            Filter(conditions=(Condition(column="kind", operator=Operator.IS, value="bot"),)),
            Filter(conditions=(Condition(column="kind", operator=Operator.IS, value="test"),)),
        ],
    )

    [problem] = map_row(mapping, kind="test").problems

    assert (problem.code, problem.message) == ("excluded", "column “kind” is test")


def test_a_row_that_is_excluded_is_not_validated() -> None:
    condition = Condition(column="kind", operator=Operator.IS, value="bot")

    row = map_row(make_mapping(condition), kind="bot", mail="nonsense")

    assert [problem.code for problem in row.problems] == ["excluded"]
    assert row.identifiers["email"] == "nonsense"


def test_groups_and_roles_take_their_names_of_here_and_empty_names_leave_them_behind() -> None:
    mapping = make_mapping(groups={"staff": "employees", "old": ""}, roles={"adm": ""})

    row = map_row(mapping, teams="staff;old;other", roles="adm")

    assert row.record is not None
    assert row.record.memberships.groups == ["employees", "other"]
    assert row.record.memberships.roles == []
    assert [(p.code, p.params["key"]) for p in row.problems] == [
        ("group_ignored", "old"),
        ("role_ignored", "adm"),
    ]


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (Condition(operator=Operator.EMPTY), "either a field or a column"),
        (Condition(field="shoe", operator=Operator.EMPTY), "no target field “shoe”"),
        (Condition(column="shoe", operator=Operator.EMPTY), "no column “shoe”"),
        (Condition(column="kind", operator=Operator.IS), "the value is missing"),
        (Condition(column="kind", operator=Operator.BEFORE, value="June"), "2024-05-31"),
        (Condition(column="kind", operator=Operator.ABOVE, value="ten"), "a number"),
        (
            Condition(field="authenticators.totp.secret", operator=Operator.IS, value="x"),
            "it is a secret",
        ),
    ],
)
def test_a_condition_that_cannot_be_compared_is_refused(condition: Condition, fault: str) -> None:
    columns = [rule.source for rule in RULES] + ["kind"]

    with pytest.raises(MappingError, match=fault):
        check_mapping(make_mapping(condition), columns, {})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=ANYTHING, operator=st.sampled_from(Operator), value=st.text(max_size=20))
def test_no_value_makes_a_condition_raise(found: Any, operator: Operator, value: str) -> None:
    condition = Condition(column="kind", operator=operator, value=value)
    row_filter = RowFilter([Filter(conditions=(condition,))])

    reason = row_filter.explain({}, {"kind": found})

    assert reason in {"", condition.sentence}
