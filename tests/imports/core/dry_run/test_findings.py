"""What the dry run finds in a file's columns and records besides their statuses."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.attributes import AttributeRule, AttributeType
from imports.core.dry_run import ColumnUse, Findings, build_report, forget_people, hide_values
from imports.core.dry_run.sensitive import is_card
from imports.core.dry_run.tally import MAX_EXAMPLES, Tally
from imports.core.mapping import Mapping, RecordMapper, Rule
from imports.core.planning.plans import Action, Change, Plan
from imports.core.problems import CODES, Problem
from imports.core.readers import RawRow

RULES = [
    Rule(source="id", target="subject_id"),
    Rule(source="mail", target="profile.email"),
    Rule(source="seen", target="profile.last_login"),
    Rule(source="on", target="profile.active"),
    Rule(source="hash", target="authenticators.password.hash"),
]
MAPPING = Mapping(rules=RULES, ignored=["shoe"])
SINCE = {"since": AttributeRule("since", AttributeType.DATE)}


def find(
    rows: Sequence[dict[str, Any]],
    *,
    mapping: Mapping = MAPPING,
    attributes: dict[str, AttributeRule] | None = None,
    chunk_rows: int = 1000,
    plans: Sequence[Plan] = (),
) -> dict[str, Any]:
    """Return the report over rows that all are created unless there are plans."""
    mapper = RecordMapper(mapping, attributes or {})
    use = ColumnUse(mapping, attributes or {})
    total = Findings()
    for start in range(0, len(rows), chunk_rows):
        mapped = [
            mapper.map_row(RawRow(number, number + 1, {"id": str(number), **values}, ()))
            for number, values in enumerate(rows[start : start + chunk_rows], start + 1)
        ]
        planned = plans[start : start + chunk_rows] or [
            Plan(row.row_number, Action.CREATE, "", problems=list(row.problems)) for row in mapped
        ]
        stored = orjson.dumps(Findings.gather(planned, mapped, use).to_json())
        total.add(Findings.from_json(orjson.loads(stored)))
    return build_report(total)


def list_columns(report: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(each["code"], each.get("column", ""), each["count"]) for each in report["columns"]]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.23E+10", "column_scientific"),
        ("4,4E+11", "column_scientific"),
        ("03-Feb", "column_short_dates"),
        ("Jun-23", "column_short_dates"),
        ("ZoÃ«", "column_mojibake"),
        ("GarÃ§on", "column_mojibake"),
        ("donâ€™t", "column_mojibake"),
        ("Ð²Ð½", "column_mojibake"),
        ("Zo\ufffd", "column_replaced"),
    ],
)
def test_a_damaged_value_is_found_with_column_row_and_value(value: str, code: str) -> None:
    report = find([{"name": "fine"}, {"name": value}])

    assert list_columns(report) == [(code, "name", 1)]
    assert report["columns"][0]["examples"] == [{"row": 2, "value": value}]


@pytest.mark.parametrize(
    "value", ["Zoë", "São Paulo", "ÃO", "1E10", "E+", "2024-02-03", "â", "м", "BinData(3,"]
)
def test_a_sound_value_is_not_taken_for_damaged(value: str) -> None:
    assert find([{"name": value}])["columns"] == []


def test_uuids_of_mongodb_whose_order_of_bytes_is_unknown_are_told() -> None:
    value = 'BinData(3,"OyQRAeK7QlWMr0E2xWapYg==")'

    report = find([{"_id": "65a1b2c3d4e5f60718293a4b"}, {"_id": value}])

    assert list_columns(report) == [("column_legacy_uuids", "_id", 1)]
    assert report["columns"][0]["examples"] == [{"row": 2, "value": value}]


def test_numbers_of_one_length_some_of_which_are_shorter_have_lost_zeros() -> None:
    numbers = [f"{10_000_000 + 137 * n}" for n in range(90)] + [
        str(1_000_000 + n) for n in range(9)
    ]

    report = find([{"number": number} for number in numbers], chunk_rows=17)

    assert list_columns(report) == [("column_lost_zeros", "number", 9)]
    assert report["columns"][0]["params"] == {"length": 8}
    assert report["columns"][0]["examples"] == [{"row": 91}]


def test_numbers_that_keep_their_zeros_or_were_counted_up_are_left_alone() -> None:
    kept = [{"number": f"{n:08}"} for n in range(100)] + [{"number": "1234567"}] * 10
    counted = [{"number": str(n)} for n in range(900, 10_000)]

    assert find(kept)["columns"] == []
    assert find(counted)["columns"] == []


def test_values_of_a_column_that_may_be_secret_are_not_looked_at() -> None:
    assert find([{"api_token": "1.23E+10", "hash": "1.23E+10"}])["columns"] == []


@pytest.mark.parametrize(
    "digits",
    [
        "4111111111111111",
        "5555555555554444",
        "378282246310005",
        "6011111111111117",
        "30569309025904",
    ],
)
def test_a_test_number_of_each_card_scheme_is_a_card(digits: str) -> None:
    assert is_card(digits)
    assert not is_card(digits[:-1] + str((int(digits[-1]) + 1) % 10))


def test_a_column_of_card_numbers_is_found_and_their_values_are_not_in_the_report() -> None:
    report = find([{"note": "4111 1111 1111 1111"}, {"note": "5555-5555-5555-4444"}, {"note": ""}])

    assert list_columns(report) == [("column_cards", "note", 2)]
    assert "1111" not in str(report)


def test_long_numbers_of_which_few_pass_for_cards_are_not_taken_for_them() -> None:
    assert find([{"key": str(4_000_000_000_000_000 + n)} for n in range(100)])["columns"] == []


@pytest.mark.parametrize(
    ("country", "values"),
    [
        # Published specimens of the issuing authorities or their documentation.
        ("Brazilian CPF", ["529.982.247-25", "111.444.777-35", "12345678909"]),
        ("British National Insurance number", ["AB 12 34 56 C"] * 3),
        ("Dutch BSN", ["111222333", "123456782", "111222333"]),
        ("Finnish personal identity code", ["131052-308T", "131052-308T", "131052-308T"]),
        ("French social security number", ["2 55 08 14 168 025 38"] * 3),
        ("German tax id", ["86095742719", "47036892816", "65929970489"]),
        ("Italian fiscal code", ["RSSMRA85T10A562S", "RSSMRA85T10A562S", "RSSMRA85T10A562S"]),
        ("Polish PESEL", ["44051401359", "02070803628", "44051401359"]),
        ("Spanish DNI or NIE", ["12345678Z", "X1234567L", "00000000T"]),
        ("Swedish personal identity number", ["811228-9874", "670919-9530", "19811228-9874"]),
        ("US social security number", ["078-05-1120", "219-09-9999", "123-45-6789"]),
    ],
)
def test_a_column_of_national_ids_is_found_by_its_form_and_checksum(
    country: str, values: list[str]
) -> None:
    report = find([{"number": value} for value in values])

    found = [(each["code"], each["params"]["what"]) for each in report["columns"]]
    assert ("column_national_ids", country) in found
    assert report["columns"][0]["count"] == 3


def test_random_numbers_of_which_a_tenth_pass_by_chance_are_no_national_ids() -> None:
    report = find([{"number": str(10_000_000_000 + 7919 * n)} for n in range(200)])

    assert report["columns"] == []


@pytest.mark.parametrize("column", ["BloodType", "religion", "medical_notes", "Konfession"])
def test_a_column_called_after_specially_protected_data_is_named(column: str) -> None:
    assert list_columns(find([{column: "x"}, {column: ""}])) == [("column_special", column, 1)]


@pytest.mark.parametrize("seen", [1_700_000, 8_000_000_000])
def test_a_date_of_a_year_that_cannot_be_is_found_with_its_value(seen: int) -> None:
    report = find([{"seen": seen}])

    [found] = report["columns"]
    assert (found["code"], found["field"]) == ("implausible_date", "profile.last_login")


def test_an_odd_date_in_an_attribute_is_found() -> None:
    mapping = Mapping(rules=[*RULES, Rule(source="since", target="profile.attributes.since")])

    report = find([{"since": "1970-01-20"}], mapping=mapping, attributes=SINCE)

    assert report["columns"][0]["field"] == "profile.attributes.since"


def test_what_goes_nowhere_is_counted_by_column_and_nested_path_where_it_has_a_value() -> None:
    rows = [{"shoe": "38", "meta": {"a": 1, "b": None}}, {"shoe": "", "meta": {"a": 2}}]

    assert find(rows)["lost"] == [("meta.a", 2), ("shoe", 1)]


def test_a_path_below_or_beside_what_a_rule_reads_is_told_apart() -> None:
    mapping = Mapping(
        rules=[
            Rule(source="id", target="subject_id"),
            Rule(source="who.mail", target="profile.email"),
            Rule(source="ids[0].provider", target="profile.locale"),
        ]
    )

    report = find([{"who": {"mail": "a@example.org", "age": 7}, "ids": [1]}], mapping=mapping)

    assert report["lost"] == [("who.age", 1)]


def test_parts_that_a_provider_says_go_nowhere_are_counted_once_a_row() -> None:
    report = find(
        [{"(not carried)": ["wallet", "passkey", "wallet"]}, {"(not carried)": ["wallet"]}]
    )

    assert report["lost_parts"] == [("wallet", 2), ("passkey", 1)]
    assert report["lost"] == []


def test_accounts_are_counted_by_last_sign_in_and_as_disabled_or_unverified() -> None:
    rows = [
        {"seen": "2019-05-31", "on": "no"},
        {"seen": "2024-05-31", "mail": "ada@example.org"},
        {},
    ]

    assert find(rows)["people"] == {
        "last_sign_ins": {"": 1, "2019": 1, "2024": 1},
        "disabled": 1,
        "unverified": 1,
        "without_logins": 2,
    }


@pytest.mark.parametrize("action", [Action.SKIP, Action.FAIL])
def test_accounts_that_do_not_arrive_are_not_counted(action: Action) -> None:
    plan = Plan(1, action, "1", problems=[Problem("duplicate_in_file")])

    report = find([{"seen": "2019-05-31", "on": "no"}], plans=[plan])

    assert (report["people"]["disabled"], report["people"]["last_sign_ins"]) == (0, {})
    assert report["disabled_by"] == []


def test_a_change_is_counted_by_field_with_old_and_new() -> None:
    plan = Plan(1, Action.UPDATE, "1", changes=[Change("profile.locale", None, "en-GB")])

    assert find([{"mail": "ada@example.org"}], plans=[plan])["differences"] == [
        {
            "field": "profile.locale",
            "count": 1,
            "examples": [{"row": 1, "who": "ada@example.org", "old": "", "new": "en-GB"}],
        }
    ]


def test_an_example_of_a_problem_has_its_value_unless_the_column_may_be_secret() -> None:
    report = find([{"mail": "nonsense"}, {"hash": "nonsense!"}])

    examples = {each["code"]: each["examples"][0] for each in report["problems"]}
    assert examples["invalid_email"]["value"] == "nonsense"
    assert "value" not in examples["hash_unrecognised"]


def test_a_report_can_be_had_without_values_and_without_people() -> None:
    report = find([{"mail": "nonsense"}])

    [hidden] = hide_values(report)["problems"]
    [forgotten] = forget_people(report)["problems"]
    assert hidden["examples"] == [{"row": 1, "who": "nonsense"}]
    assert forgotten["examples"] == [{"row": 1}]


def test_error_groups_beyond_the_limit_are_counted_together_and_examples_are_few() -> None:
    tally = Tally(lambda error_group: error_group[0], limit=2)
    for error_group in ["a1", "a2", "a3", "a4", "a3", "b1", *["a1"] * 20]:
        tally.count(error_group, lambda error_group=error_group: {"row": error_group})

    counted = {error_group: found.count for error_group, found in tally}
    assert counted == {"a1": 21, "a2": 1, "a": 3, "b1": 1}
    assert all(len(found.examples) <= MAX_EXAMPLES for _, found in tally)


def test_a_file_that_is_wrong_in_every_row_has_a_small_report() -> None:
    rows = [{f"column {n}": "Ã©" * 100, "mail": f"wrong {n}"} for n in range(3000)]

    assert len(orjson.dumps(find(rows))) < 150_000


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(["mail", "seen", "on", "note", "a.b", "pass", "(x)", "\0"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
                lambda inner: (
                    st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
                ),
                max_leaves=3,
            ),
        ),
        max_size=8,
    ),
    chunk_rows=st.integers(min_value=1, max_value=12),
)
@example(rows=[{"on": {"\0": None}}], chunk_rows=1)
def test_any_rows_give_a_report_that_adds_up_and_can_be_stored(
    rows: list[dict[str, Any]], chunk_rows: int
) -> None:
    whole, parts = find(rows), find(rows, chunk_rows=chunk_rows)

    assert {**whole, "columns": []} == {**parts, "columns": []}
    assert "\\x00" not in repr(parts)
    assert all(Problem.from_json(each).code in CODES for each in parts["columns"])
