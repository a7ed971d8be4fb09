"""A mapping says everything that is wrong with it, and survives being written as JSON."""

import pytest
from pydantic import ValidationError

from accounts.attributes import AttributeRule, AttributeType
from imports.core.errors import MappingError
from imports.core.mapping import Mapping, check_mapping
from imports.core.mapping.rules import find_secret_columns

COLUMNS = ["Id", "Mail", "Mail2", "Dept", "Tags"]
ATTRIBUTES = {
    "dept": AttributeRule("dept"),
    "tags": AttributeRule("tags", type=AttributeType.LIST),
}


def make(*rules: tuple[str, str], **options) -> Mapping:
    made = [{"source": source, "target": target} for source, target in rules]
    return Mapping.model_validate({"rules": made, **options})


def find_faults(mapping: Mapping, attributes=ATTRIBUTES, **options) -> list[str]:
    with pytest.raises(MappingError) as caught:
        check_mapping(mapping, COLUMNS, attributes, **options)
    return caught.value.faults


@pytest.mark.parametrize("target", ["subject_id", "profile.email", "profile.username"])
def test_mapping_with_an_id_or_a_natural_key_is_accepted(target):
    check_mapping(make(("Id", target)), COLUMNS, ATTRIBUTES)


def test_mapping_without_id_and_natural_key_is_refused():
    (fault,) = find_faults(make(("Dept", "profile.given_name")))
    assert fault.startswith("Nothing goes to “Subject id”")


def test_missing_column_is_named_with_its_field():
    (fault,) = find_faults(make(("Id", "subject_id"), ("E-Mail", "profile.email")))
    assert fault == "The file has no column “E-Mail”, from which “E-mail” comes."


def test_field_that_only_later_records_have_is_accepted_for_json():
    mapping = make(("Id", "subject_id"), ("late.mail", "profile.email"))
    check_mapping(mapping, COLUMNS, ATTRIBUTES, columns_are_complete=False)


def test_unknown_field_is_named():
    (fault,) = find_faults(make(("Id", "subject_id"), ("Mail", "profile.mail")))
    assert "no target field “profile.mail”" in fault


def test_undefined_attribute_is_named():
    (fault,) = find_faults(make(("Id", "subject_id"), ("Dept", "profile.attributes.team")))
    assert "no attribute definition “team”" in fault


def test_two_columns_for_one_value_are_named():
    rules = [("Id", "subject_id"), ("Mail", "profile.email"), ("Mail2", "profile.email")]
    (fault,) = find_faults(make(*rules))
    assert fault == "Both column “Mail” and column “Mail2” go to “E-mail”."


@pytest.mark.parametrize("target", ["memberships.roles", "profile.attributes.tags"])
def test_two_columns_and_a_constant_for_a_list_are_accepted(target):
    rules = [("Id", "subject_id"), ("Dept", target), ("Tags", target)]
    check_mapping(make(*rules, constants={target: ["x"]}), COLUMNS, ATTRIBUTES)


def test_column_and_constant_for_one_value_are_refused():
    mapping = make(
        ("Id", "subject_id"), ("Dept", "profile.locale"), constants={"profile.locale": "en"}
    )
    assert find_faults(mapping) == ["Both column “Dept” and a fixed value go to “Locale”."]


@pytest.mark.parametrize("target", ["profile.email", "authenticators.password.plaintext"])
def test_identifier_or_secret_as_constant_is_refused(target):
    (fault,) = find_faults(make(("Id", "subject_id"), constants={target: "x"}))
    assert "cannot be" in fault


def test_required_attribute_without_column_is_named():
    attributes = {"dept": AttributeRule("dept", required=True)}
    (fault,) = find_faults(make(("Id", "subject_id")), attributes)
    assert fault == "The attribute “dept” is required, and nothing goes to it."


def test_unknown_provider_is_named():
    (fault,) = find_faults(make(("Id", "subject_id"), provider="oracle"))
    assert fault == "There is no provider “oracle”."


def test_record_format_without_subject_id_is_refused():
    (fault,) = find_faults(make(provider="native"))
    assert "no column “subject_id”" in fault


def test_all_faults_are_said_at_once():
    mapping = make(("Nope", "profile.nope"), ("Mail", "profile.attributes.nope"))
    assert len(find_faults(mapping)) == 4


def test_mapping_survives_being_written_as_json():
    rule = {
        "source": "Blocked",
        "target": "profile.active",
        "transforms": [{"kind": "trim"}, {"kind": "boolean", "inverted": True}],
    }
    mapping = Mapping(rules=[rule], constants={"memberships.roles": ["a"]}, ignored=["x"])
    assert Mapping.model_validate_json(mapping.model_dump_json()) == mapping


@pytest.mark.parametrize(
    "stored",
    [{"version": 2}, {"rulez": []}, {"rules": [{"source": "a", "target": "b", "transforms": [
        {"kind": "explode"}]}]}],
    ids=["version", "member", "transform"],
)  # fmt: skip
def test_mapping_file_with_anything_unknown_is_refused(stored):
    with pytest.raises(ValidationError):
        Mapping.model_validate(stored)


def test_path_into_a_column_and_its_list_is_known():
    mapping = make(("Id", "subject_id"), ("Tags[0].name", "profile.given_name"))
    check_mapping(mapping, COLUMNS, ATTRIBUTES)


def test_template_names_the_column_that_is_missing():
    rule = {"template": "{Dept} {Team}", "target": "profile.display_name"}
    mapping = Mapping.model_validate({"rules": [{"source": "Id", "target": "subject_id"}, rule]})
    (fault,) = find_faults(mapping)
    assert fault == "The file has no column “Team”, from which “Display name” comes."


@pytest.mark.parametrize(
    "rule",
    [
        {"target": "profile.email"},
        {"source": "a", "template": "{a}", "target": "profile.email"},
        {"template": "no column", "target": "profile.email"},
    ],
)
def test_rule_reads_either_a_source_or_a_template(rule):
    with pytest.raises(ValidationError):
        Mapping.model_validate({"rules": [rule]})


@pytest.mark.parametrize("kind", ["default", "constant"])
def test_secret_is_not_kept_in_a_transform(kind):
    rule = {
        "source": "Dept",
        "target": "authenticators.password.plaintext",
        "transforms": [{"kind": kind, "value": "geheim"}],
    }
    mapping = Mapping.model_validate({"rules": [{"source": "Id", "target": "subject_id"}, rule]})
    (fault,) = find_faults(mapping)
    assert "would be kept in the mapping" in fault
    assert "geheim" not in fault


def test_column_that_is_a_secret_in_part_or_within_a_template_is_secret():
    rules = Mapping.model_validate(
        {
            "rules": [
                {"template": "{Salt}${Dept}", "target": "authenticators.password.hash"},
                {"source": "Tags[0].key", "target": "authenticators.totp.secret"},
                {"source": "Mail", "target": "profile.email"},
            ]
        }
    ).rules
    assert find_secret_columns(rules, [*COLUMNS, "Salt"]) == {"Salt", "Dept", "Tags"}
