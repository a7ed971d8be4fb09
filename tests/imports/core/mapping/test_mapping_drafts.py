"""What the mapping page says becomes the mapping, and a mapping what the page says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.mapping import Mapping
from imports.core.mapping.drafts import MappingDraft, draft_mapping, name_column, read_draft
from imports.core.mapping.transform_options import StepDraft
from imports.core.transforms import TRANSFORMS
from tests.imports.core.test_transforms import EXAMPLES

COLUMNS = ["Nr", "First", "Last", "Roles"]


def write_form(draft: MappingDraft) -> dict[str, Any]:
    """Return the fields as the page has them."""
    form: dict[str, Any] = {}
    for rule in draft.list_rules():
        form[rule.key] = rule.target
        if rule.is_typed:
            form[f"{rule.key}-source"] = rule.source
        for number, step in enumerate(rule.steps):
            form[f"{rule.key}-step-{number}"] = step.kind
            for each in step.fields:
                if each.kind != "checkbox" or each.value == "true":
                    form[f"{rule.key}-step-{number}-{each.name}"] = each.value
    for fixed in draft.fixed:
        form |= {fixed.key: fixed.target, f"{fixed.key}-value": fixed.value}
    return form


def read(form: dict[str, Any]) -> MappingDraft:
    return read_draft(form, list(form), COLUMNS, "generic")


@pytest.mark.parametrize("step", EXAMPLES, ids=lambda step: step.kind)
def test_transform_survives_the_form(step):
    rule = {"source": "Nr", "target": "subject_id", "transforms": [step]}
    mapping = Mapping.model_validate({"rules": [rule]})
    rules, _ = read(write_form(draft_mapping(mapping, COLUMNS, {}))).build_rules()
    (found,) = rules[0].transforms
    assert found.apply("1") == step.apply("1")
    assert found.describe().lower() == step.describe().lower()


def test_mapping_survives_the_form():
    mapping = Mapping.model_validate(
        {
            "rules": [
                {"source": "Nr", "target": "subject_id"},
                {"source": "Nr", "target": "profile.username", "transforms": [{"kind": "trim"}]},
                {"source": "Roles", "target": "memberships.roles"},
                {"source": "meta[0].x", "target": "profile.locale"},
                {"template": "{First} {Last}", "target": "profile.display_name"},
            ]
        }
    )
    draft = read(write_form(draft_mapping(mapping, COLUMNS, {"profile.active": "true"})))
    assert draft.build_rules() == (mapping.rules, [])
    assert draft.build_constants() == {"profile.active": "true"}
    assert not draft.has_faults


def test_column_that_no_rule_reads_is_left_behind():
    _, ignored = read({f"{name_column('Nr')}-0": "subject_id"}).build_rules()
    assert ignored == ["First", "Last", "Roles"]


def test_new_transform_starts_with_usual_options():
    for kind in TRANSFORMS:
        step = StepDraft.new(kind)
        assert step.label
        assert [each.name for each in step.fields] == list(step.options) or kind == "lookup"
    assert StepDraft.new("date").build() is not None


def test_option_that_is_wrong_is_said_at_its_transform():
    key = f"{name_column('Nr')}-0"
    draft = read({key: "profile.phone", f"{key}-step-0": "phone", f"{key}-step-0-region": "XX"})
    rules, ignored = draft.build_rules()
    assert (rules, ignored) == ([], ["First", "Last", "Roles"])
    assert draft.has_faults
    assert draft.columns["Nr"][0].steps[0].fault == "“XX” is not a country such as DE"


def test_table_is_written_line_by_line():
    key = f"{name_column('Roles')}-0"
    draft = read(
        {
            key: "memberships.roles",
            f"{key}-step-0": "lookup",
            f"{key}-step-0-table": "a = b\r\nno equals\n c=d = e",
            f"{key}-step-0-otherwise": "drop",
        }
    )
    (rule,), _ = draft.build_rules()
    assert rule.transforms[0].table == {"a": "b", "c": "d = e"}


@given(
    st.dictionaries(
        st.sampled_from(
            [f"{name_column('Nr')}-0{end}" for end in ("", "-step-0", "-step-0-region")]
            + ["extra-0", "extra-0-source", "extra-7", "fixed-0", "fixed-0-value", "fixed-999"]
        ),
        st.sampled_from(["", "phone", "regex", "subject_id", "{", "{a}", "a[", "DE"]) | st.text(),
    )
)
def test_no_form_breaks_the_page(form):
    draft = read(form)
    draft.build_rules()
    draft.build_constants()
    for rule in draft.list_rules():
        for step in rule.steps:
            assert step.fields is not None
