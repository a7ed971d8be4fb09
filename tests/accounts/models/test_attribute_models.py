import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import AttributeDefinition, UniqueAttributeValue


def test_second_claim_to_a_unique_value_is_refused_by_the_database(make_user):
    definition = AttributeDefinition.objects.create(name="number", unique=True)
    UniqueAttributeValue.objects.create(definition=definition, user=make_user(), value="7")
    with pytest.raises(IntegrityError, match="attribute_value_unique"):
        UniqueAttributeValue.objects.create(definition=definition, user=make_user(), value="7")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"pattern": "("}, "pattern", id="no regular expression"),
        pytest.param({"type": "integer", "pattern": "a"}, "pattern", id="pattern of a number"),
        pytest.param({"type": "list", "unique": True}, "unique", id="unique list"),
        pytest.param({"type": "integer", "choices": ["x"]}, "choices", id="choice of other type"),
    ],
)
def test_definition_that_no_value_could_satisfy_is_refused(fields, field):
    with pytest.raises(ValidationError) as refused:
        AttributeDefinition(name="number", **fields).clean()
    assert field in refused.value.message_dict
