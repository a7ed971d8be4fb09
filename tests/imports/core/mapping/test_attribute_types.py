"""The attribute that a column makes: its name and its type."""

import pytest

from accounts.attributes import AttributeRule, AttributeType, AttributeValueError, clean_value
from imports.core.mapping.attribute_types import guess_type, name_attribute


@pytest.mark.parametrize(
    ("column", "name"),
    [("Cost Center", "cost_center"), ("costCenter", "cost_center"),
     ("meta.Team-Id", "meta_team_id"),
     ("Größe", "größe"), ("!?", "attribute"), ("x" * 300, "x" * 100)],
)  # fmt: skip
def test_attribute_is_named_after_its_column(column, name):
    assert name_attribute(column) == name


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-20", ""], "integer"),
        (["007", "12"], "string"),
        (["1.5", "2"], "decimal"),
        (["yes", "No"], "boolean"),
        (["1", "0"], "integer"),
        (["2020-12-31", "2021-01-01"], "date"),
        (["2020-12-31T10:00:00Z"], "datetime"),
        (["31/12/2020"], "date"),
        (["31/12/2020 10:00"], "datetime"),
        (["red"], "string"),
        (["", None], "string"),
        ([True, False], "boolean"),
        ([1, 2.5], "decimal"),
        ([1, 2], "integer"),
        ([["a"]], "list"),
        ([{"a": 1}], "object"),
        ([1, "a"], "string"),
    ],
)
def test_type_is_the_narrowest_that_every_value_has(values, kind):
    assert guess_type(values) == kind
    for value in values:
        if value and "/" not in str(value):
            clean_value(value, AttributeRule("x", type=guess_type(values)))


def test_number_beyond_64_bits_in_an_object_is_text():
    found = clean_value(
        {"a": [1e30, 2**64, 2**64 - 1, 1.5, True]}, AttributeRule("x", type=AttributeType.OBJECT)
    )

    assert found == {"a": ["1e+30", str(2**64), 2**64 - 1, 1.5, True]}


@pytest.mark.parametrize("value", [2**64, str(2**64), 1e30, float("inf")])
def test_number_beyond_64_bits_is_no_integer(value):
    with pytest.raises(AttributeValueError):
        clean_value(value, AttributeRule("x", type=AttributeType.INTEGER))
