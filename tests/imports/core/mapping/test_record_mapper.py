"""Rows become records: nothing invented, nothing lost, and every problem with its column."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.attributes import AttributeRule, AttributeType
from imports.core.mapping import MappedRow, Mapping, RecordMapper
from imports.core.problems import Problem
from imports.core.readers import RawRow

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
TEXTS_OR_BLANK = st.text("abc123", max_size=6)
ATTRIBUTES = {
    "dept": AttributeRule("dept"),
    "a.b": AttributeRule("a.b"),
    "extra": AttributeRule("extra", type=AttributeType.OBJECT),
}


def map_values(values: dict[str, Any] | None, *rules: tuple[str, str], **options) -> MappedRow:
    made = [{"source": source, "target": target} for source, target in rules]
    problems = options.pop("problems", ())
    mapping = Mapping.model_validate({"rules": made, **options})
    return RecordMapper(mapping, ATTRIBUTES).map_row(RawRow(7, 9, values, problems))


def map_native(values: dict[str, Any], **options) -> MappedRow:
    return map_values(values, provider="native", **options)


def list_problems(row: MappedRow) -> list[tuple[str, str, str]]:
    return [(each.code, each.field, each.column) for each in row.problems]


def test_columns_go_to_their_fields():
    row = map_values(
        {"Id": "1", "Mail": "A@x.org", "Dept": "IT"},
        ("Id", "subject_id"), ("Mail", "profile.email"), ("Dept", "profile.attributes.dept"),
    )  # fmt: skip
    assert (row.row_number, row.line_number, row.problems) == (7, 9, ())
    assert row.record.subject_id == "1"
    assert row.record.profile.email == "a@x.org"
    assert row.record.profile.attributes == {"dept": "IT"}


def test_path_reaches_into_nested_objects():
    row = map_values({"id": 1, "a": {"b": {"mail": "a@x.org"}}},
                     ("id", "subject_id"), ("a.b.mail", "profile.email"))  # fmt: skip
    assert row.record.profile.email == "a@x.org"


def test_key_with_dots_is_found_as_it_is():
    row = map_values({"id": "1", "a.b": "Ann"}, ("id", "subject_id"), ("a.b", "profile.given_name"))
    assert row.record.profile.given_name == "Ann"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("identities[0].provider", "google"),
        ("identities[-1].provider", "github"),
        ("identities[7].provider", None),
        ("identities.provider", None),
        ("meta.https://x.org/name", "Ann"),
        ("meta[0]", None),
        ("tags[1]", "b"),
        ("rows[0][1]", "y"),
    ],
)
def test_path_reaches_into_lists_and_past_dots(source, expected):
    values = {
        "id": 1,
        "identities": [{"provider": "google"}, {"provider": "github"}],
        "meta": {"https://x.org/name": "Ann"},
        "tags": ["a", "b"],
        "rows": [["x", "y"]],
    }
    row = map_values(values, ("id", "subject_id"), (source, "profile.given_name"))
    assert row.record.profile.given_name == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"first": "Ann", "last": "Lee"}, "Lee, Ann"),
        ({"first": "Ann", "last": ""}, ", Ann"),
        ({"first": None, "last": " "}, None),
        ({"first": {"a": 1}, "last": []}, None),
        ({"first": 7, "last": True}, "true, 7"),
    ],
)
def test_template_puts_columns_together(values, expected):
    rules = [
        {"source": "id", "target": "subject_id"},
        {"template": "{last}, {first}", "target": "profile.display_name"},
    ]
    row = map_values({"id": 1, **values}, rules=rules)
    assert row.record.profile.display_name == expected


def test_problem_of_a_template_names_it():
    rules = [
        {"source": "id", "target": "subject_id"},
        {"template": "{name} at {host}", "target": "profile.email"},
    ]
    row = map_values({"id": 1, "name": "a b", "host": "x"}, rules=rules)
    assert list_problems(row) == [("invalid_email", "profile.email", "{name} at {host}")]


def test_attribute_with_dots_in_its_name_is_one_attribute():
    row = map_values({"id": "1", "x": "y"}, ("id", "subject_id"), ("x", "profile.attributes.a.b"))
    assert row.record.profile.attributes == {"a.b": "y"}


@pytest.mark.parametrize("blank", ["", None, "   "])
def test_blank_leaves_the_field_absent(blank):
    row = map_values({"id": "1", "n": blank}, ("id", "subject_id"), ("n", "profile.given_name"))
    assert row.record.profile.given_name is None


def test_transforms_apply_in_order():
    rule = {
        "source": "n",
        "target": "memberships.groups",
        "transforms": [{"kind": "lower"}, {"kind": "split", "delimiter": "/"}],
    }
    row = map_values(
        {"id": "1", "n": "A/B"}, rules=[{"source": "id", "target": "subject_id"}, rule]
    )
    assert row.record.memberships.groups == ["a", "b"]


def test_default_fills_a_blank():
    rule = {
        "source": "n",
        "target": "profile.locale",
        "transforms": [{"kind": "trim"}, {"kind": "default", "value": "en"}],
    }
    row = map_values({"id": "1", "n": ""}, rules=[{"source": "id", "target": "subject_id"}, rule])
    assert row.record.profile.locale == "en"


def test_columns_and_constant_for_a_list_are_joined():
    row = map_values(
        {"id": "1", "a": "x;y", "b": ["z"]},
        ("id", "subject_id"), ("a", "memberships.roles"), ("b", "memberships.roles"),
        constants={"memberships.roles": ["all"]},
    )  # fmt: skip
    assert row.record.memberships.roles == ["x", "y", "z", "all"]


def test_format_without_a_hash_is_no_password():
    row = map_values(
        {"id": "1", "h": "", "f": "bcrypt"},
        ("id", "subject_id"), ("h", "authenticators.password.hash"),
        ("f", "authenticators.password.format"),
        constants={"authenticators.totp.digits": 6},
    )  # fmt: skip
    assert row.record.authenticators.password is None
    assert row.record.authenticators.totp is None


def test_constant_format_applies_to_a_hash():
    row = map_values(
        {"id": "1", "h": BCRYPT}, ("id", "subject_id"), ("h", "authenticators.password.hash"),
        constants={"authenticators.password.format": "bcrypt"},
    )  # fmt: skip
    assert row.record.authenticators.password.format == "bcrypt"


def test_every_problem_names_its_column():
    row = map_values(
        {"Id": "", "Mail": "nobody", "Ok": "maybe"},
        ("Id", "subject_id"), ("Mail", "profile.email"), ("Ok", "profile.active"),
    )  # fmt: skip
    assert row.record is None
    assert sorted(list_problems(row)) == [
        ("invalid_email", "profile.email", "Mail"),
        ("state_unclear", "profile.active", "Ok"),
    ]


def test_problem_of_a_secret_does_not_quote_it():
    row = map_values({"id": "1", "h": "geheim"}, ("id", "subject_id"),
                     ("h", "authenticators.password.hash"))  # fmt: skip
    assert list_problems(row) == [("hash_unrecognised", "authenticators.password.hash", "h")]
    assert "geheim" not in repr(row)


def test_nul_character_names_its_column():
    row = map_values({"id": "1", "n": "A\0"}, ("id", "subject_id"), ("n", "profile.given_name"))
    assert list_problems(row) == [("invalid_character", "profile.given_name", "n")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("[" * 50_000, "row_too_deep"), ('{"a":' * 300 + "1" + "}" * 300, "row_too_deep"),
     (r'{"a": "\u0000"}', "invalid_character"), ("{", "attribute_invalid")],
    ids=["brackets", "too deep to store", "hidden NUL", "broken"],
)  # fmt: skip
def test_json_text_that_cannot_be_stored_is_refused(text, code):
    row = map_values(
        {"id": "1", "x": text}, ("id", "subject_id"), ("x", "profile.attributes.extra")
    )
    assert list_problems(row) == [(code, "profile.attributes.extra", "x")]


def test_unreadable_row_passes_its_problems_on():
    problem = Problem("row_truncated", params={"detail": "x"})
    row = map_values(None, ("id", "subject_id"), problems=(problem,))
    assert row == MappedRow(7, 9, None, (problem,), {})


def test_broken_row_fails_but_says_who_it_is():
    problem = Problem("row_too_few_cells", params={"cells": 2, "columns": 3})
    row = map_values({"id": " 1 ", "mail": "a@x.org"}, ("id", "subject_id"),
                     ("mail", "profile.email"), problems=(problem,))  # fmt: skip
    assert (row.record, row.problems) == (None, (problem,))
    assert row.identifiers == {"subject_id": "1", "email": "a@x.org"}


def test_identifiers_hold_nothing_that_cannot_be_stored():
    row = map_values({"id": "1\0", "n": "x" * 900}, ("id", "subject_id"), ("n", "profile.username"))
    assert row.identifiers == {"subject_id": "1", "username": "x" * 200}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"mail": "Ann@X.org", "name": "ann"}, {"mail": " ann@x.org ", "name": "other"}),
        ({"mail": "", "name": "Ann"}, {"mail": None, "name": "ANN"}),
        ({"phone": "+44 1632 960001"}, {"phone": "+441632960001"}),
    ],
    ids=["email", "username", "phone"],
)
def test_made_subject_id_is_the_same_for_the_same_natural_key(first, second):
    rules = (("mail", "profile.email"), ("name", "profile.username"), ("phone", "profile.phone"))
    ids = {map_values(values, *rules).record.subject_id for values in (first, second)}
    assert len(ids) == 1


def test_made_subject_id_differs_between_sources():
    rule = ("mail", "profile.email")
    ids = {map_values({"mail": "a@x.org"}, rule, source_name=name).record.subject_id
           for name in ("shop", "forum")}  # fmt: skip
    assert len(ids) == 2


def test_made_subject_id_stays_the_same_for_ever():
    row = map_values({"mail": "ann@example.com"}, ("mail", "profile.email"), source_name="shop")
    assert row.record.subject_id == "6ae1052f-51a4-50d6-8e1a-5476a2b27601"


def test_row_without_natural_key_says_what_is_missing():
    row = map_values({"mail": ""}, ("mail", "profile.email"))
    assert row.problems[0].message.startswith("An e-mail address, user name or phone number")


IDS_AND_KEYS = (
    ("id", "subject_id"),
    ("mail", "profile.email"),
    ("name", "profile.username"),
    ("phone", "profile.phone"),
)


@pytest.mark.parametrize("blank", ["", None, "  ", "n/a"])
def test_row_without_its_id_gets_the_one_it_had_if_no_row_had_any(blank):
    drop = {"kind": "drop"}
    rules = [
        {"source": "id", "target": "subject_id", "transforms": [drop]},
        {"source": "mail", "target": "profile.email"},
    ]
    row = map_values({"id": blank, "mail": "ann@example.com"}, rules=rules, source_name="shop")
    assert row.record.subject_id == "6ae1052f-51a4-50d6-8e1a-5476a2b27601"
    assert list_problems(row) == [("subject_id_made", "subject_id", "id")]


def test_row_with_its_id_keeps_it_beside_rows_without():
    row = map_values({"id": 17, "mail": "ann@example.com"}, *IDS_AND_KEYS)
    assert (row.record.subject_id, row.record.has_made_id, row.problems) == ("17", False, ())


def test_source_without_ids_makes_no_row_say_so():
    row = map_values({"mail": "ann@example.com"}, ("mail", "profile.email"))
    assert (row.record.has_made_id, row.problems) == (True, ())


def test_row_without_id_and_natural_key_says_that_either_will_do():
    row = map_values({"id": " "}, *IDS_AND_KEYS)
    assert list_problems(row) == [("missing_required", "subject_id", "id")]
    assert row.problems[0].message.startswith("A subject id, or an e-mail address")


@pytest.mark.parametrize("cut", ["1.23E+10", "1,23E+11", "4E+12"])
def test_id_that_a_spreadsheet_cut_short_is_refused(cut):
    row = map_values({"id": cut, "mail": "a@x.org"}, *IDS_AND_KEYS)
    assert list_problems(row) == [("id_cut_short", "subject_id", "id")]


@pytest.mark.parametrize("whole", ["ABE+10", "1.23E10", "E+1", "12E+10"])
def test_id_that_only_looks_a_little_like_that_is_taken(whole):
    assert map_values({"id": whole}, ("id", "subject_id")).record.subject_id == whole


def test_record_format_has_no_ids_made():
    row = map_native({"subject_id": "", "profile": {"email": "a@x.org"}})
    assert list_problems(row) == [("missing_required", "subject_id", "subject_id")]


BLANK_OR = {
    "id": st.sampled_from(["", "  ", "1", "2", "a@x.org"]),
    "mail": st.sampled_from(["", "a@x.org", "A@x.org ", "b@x.org"]),
    "name": st.sampled_from(["", "ann", "ANN", "1"]),
    "phone": st.sampled_from(["", "+441632960001", "+44 1632 960001", "+441632960002"]),
}


def find_person(values: dict[str, str]) -> tuple[str, str] | None:
    """Return what makes a row somebody: its id, or the first of what else names it."""
    written = {
        "id": values["id"].strip(),
        "mail": values["mail"].strip().lower(),
        "name": values["name"].upper(),
        "phone": values["phone"].replace(" ", ""),
    }
    return next(((name, value) for name, value in written.items() if value), None)


@given(rows=st.lists(st.fixed_dictionaries(BLANK_OR), min_size=2, max_size=6))
def test_rows_share_a_subject_id_only_if_they_name_the_same_person(rows):
    again = [map_values(values, *IDS_AND_KEYS).record for values in rows]
    ids = {}
    for values, record in zip(rows, again, strict=True):
        person = find_person(values)
        assert (record is None) is (person is None)
        if record is not None:
            assert ids.setdefault(person, record.subject_id) == record.subject_id
    assert len(set(ids.values())) == len(ids)


def test_native_record_is_taken_as_it_is():
    row = map_native(
        {"subject_id": "1", "profile": {"email": "a@x.org", "attributes": {"dept": 1}}}
    )
    assert row.record.profile.email == "a@x.org"
    assert row.record.profile.attributes == {"dept": "1"}


def test_native_cells_with_dotted_names_are_nested():
    row = map_native(
        {
            "subject_id": "1",
            "profile.emails": '[{"email": "b@x.org", "verified": true}]',
            "profile.attributes.dept": "IT",
            "authenticators.totp.secret": "JBSWY3DPEHPK3PXP",
            "authenticators.totp.digits": "8",
            "authenticators.recovery_codes": "one;two",
            "authenticators.password.hash": "",
            "authenticators.password.format": "bcrypt",
        }
    )
    assert row.problems == ()
    assert row.record.profile.emails[0].verified is True
    assert row.record.profile.attributes == {"dept": "IT"}
    assert row.record.authenticators.totp.digits == 8
    assert row.record.authenticators.recovery_codes == ["one", "two"]
    assert row.record.authenticators.password is None


def test_native_unknown_field_fails_the_record_by_name():
    row = map_native({"subject_id": "1", "profile": {"emial": "a@x.org"}})
    assert list_problems(row) == [("unknown_field", "profile.emial", "")]


def test_native_attribute_without_a_definition_fails_the_record():
    row = map_native({"subject_id": "1", "profile": {"attributes": {"shoe": 42}}})
    assert [problem.code for problem in row.problems] == ["attribute_unknown"]
    assert row.problems[0].field == "profile.attributes.shoe"


def test_native_hash_beside_a_plain_password_fails_the_record():
    password = {"hash": BCRYPT, "plaintext": "correct horse"}
    row = map_native({"subject_id": "1", "authenticators": {"password": password}})
    assert list_problems(row) == [("password_ambiguous", "authenticators.password", "")]


def test_native_totp_secret_that_is_not_base32_fails_the_record():
    row = map_native({"subject_id": "1", "authenticators": {"totp": {"secret": "0189"}}})
    field = "authenticators.totp.secret"
    assert list_problems(row) == [("invalid_totp_secret", field, field)]


def test_native_ignored_field_is_excluded():
    values = {"subject_id": "1", "profile": {"notes": "x", "email": "a@x.org"}, "more": {"a": 1}}
    row = map_native(values, ignored=["profile.notes", "more.a"])
    assert (row.problems, row.record.profile.email) == ((), "a@x.org")


def test_native_rule_moves_a_field():
    row = map_native(
        {"subject_id": "1", "profile": {"nick": "ann"}},
        rules=[{"source": "profile.nick", "target": "profile.username"}],
    )
    assert (row.problems, row.record.profile.username) == ((), "ann")


def test_mapping_a_row_leaves_it_as_it_was():
    values = {"subject_id": "1", "profile": {"email": "A@x.org", "attributes": {"dept": 5}}}
    map_native(values, constants={"memberships.roles": ["x"], "profile.locale": "en"})
    assert values == {
        "subject_id": "1",
        "profile": {"email": "A@x.org", "attributes": {"dept": 5}},
    }


WORDS = st.text("abcxyz", min_size=1, max_size=5)
LISTS = ["memberships.groups", "memberships.roles"]


@given(
    values=st.dictionaries(st.sampled_from("abcdef"), st.lists(WORDS, max_size=3).map(",".join)),
    rules=st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(LISTS)), unique=True, max_size=8
    ),
    constants=st.dictionaries(st.sampled_from(LISTS), st.lists(WORDS, min_size=1, max_size=2)),
)
def test_several_columns_for_one_list_neither_invent_nor_lose_a_value(values, rules, constants):
    row = map_values({"id": "1", **values}, ("id", "subject_id"), *rules, constants=constants)
    for target in LISTS:
        columns = [values.get(source, "") for source, to in rules if to == target]
        given_values = [word for text in columns for word in text.split(",") if word]
        stored = getattr(row.record.memberships, target.rpartition(".")[2])
        assert stored == [*given_values, *constants.get(target, [])]


@given(
    parts=st.dictionaries(st.sampled_from("abcd"), TEXTS_OR_BLANK), order=st.permutations("abcd")
)
def test_template_neither_invents_nor_loses_a_value(parts, order):
    template = "|".join(f"{{{name}}}" for name in order)
    rules = [{"source": "id", "target": "subject_id"},
             {"template": template, "target": "profile.display_name"}]  # fmt: skip
    row = map_values({"id": "1", **parts}, rules=rules)
    expected = [parts.get(name, "") for name in order]
    stored = row.record.profile.display_name
    assert (stored or "|||").split("|") == expected


TARGETS = ["profile.given_name", "profile.family_name", "profile.display_name", "profile.locale",
           "profile.zoneinfo", "profile.attributes.dept"]  # fmt: skip
TEXTS = st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Zs"]), max_size=30)


@given(
    values=st.dictionaries(st.sampled_from("abcdefgh"), TEXTS),
    targets=st.permutations(TARGETS),
    sources=st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=len(TARGETS)),
)
def test_mapping_neither_invents_nor_loses_a_value(values, targets, sources):
    rules = list(zip(sources, targets, strict=False))
    row = map_values({"id": "1", **values}, ("id", "subject_id"), *rules)
    found = row.record.model_dump(exclude_none=True, exclude_defaults=True)
    profile = found.get("profile", {})
    stored = profile | {"dept": profile.get("attributes", {}).get("dept")}
    stored = {name: text for name, text in stored.items() if isinstance(text, str)}
    expected = {target.rpartition(".")[2]: values.get(source) for source, target in rules}
    assert stored == {name: text for name, text in expected.items() if text}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("emial", "profile.email"), ("user_name", "profile.username"), ("wings", "")],
)
def test_native_unknown_field_is_told_with_the_one_that_was_meant(written: str, meant: str):
    row = map_native({"subject_id": "1", "profile": {written: "x"}})
    [problem] = row.problems
    assert problem.params["hint"] == (f" Is “{meant}” meant?" if meant else "")
