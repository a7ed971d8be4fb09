import pytest

from accounts.attributes import AttributeValueError
from accounts.models import AttributeDefinition, UniqueAttributeValue
from accounts.services import attributes


@pytest.fixture
def number(db):
    return AttributeDefinition.objects.create(name="number", type="integer", unique=True)


def list_claims():
    return list(UniqueAttributeValue.objects.order_by("value").values_list("user_id", "value"))


def test_saved_user_claims_unique_values(number, make_user):
    user = make_user(attributes={"number": 7, "other": "x"})
    attributes.claim_unique_values(user)
    assert list_claims() == [(user.pk, "7")]


def test_changed_value_replaces_the_claim(number, make_user):
    user = make_user(attributes={"number": 7})
    attributes.claim_unique_values(user)
    user.attributes["number"] = 8
    attributes.claim_unique_values(user)
    assert list_claims() == [(user.pk, "8")]


def test_removed_value_gives_up_the_claim(number, make_user):
    user = make_user(attributes={"number": 7})
    attributes.claim_unique_values(user)
    user.attributes = {}
    attributes.claim_unique_values(user)
    assert list_claims() == []


def test_value_of_another_user_is_refused(number, make_user):
    attributes.claim_unique_values(make_user(attributes={"number": 7}))
    with pytest.raises(AttributeValueError, match="already used") as refused:
        attributes.clean_attribute(number, "7", make_user())
    assert refused.value.code == "attribute_taken"


def test_own_value_may_stay(number, make_user):
    user = make_user(attributes={"number": 7})
    attributes.claim_unique_values(user)
    assert attributes.clean_attribute(number, "7", user) == 7


def test_missing_required_value_is_refused(make_user):
    required = AttributeDefinition(name="number", required=True)
    with pytest.raises(AttributeValueError, match="is required"):
        attributes.clean_attribute(required, "", make_user())


def test_attribute_that_becomes_unique_claims_what_users_have(make_user):
    flag = AttributeDefinition.objects.create(name="flag", type="boolean")
    first, second = make_user(attributes={"flag": True}), make_user(attributes={"flag": False})
    make_user(attributes={"flag": None})
    flag.unique = True
    attributes.save_definition(flag)
    assert list_claims() == [(second.pk, "False"), (first.pk, "True")]


def test_attribute_that_users_share_cannot_become_unique(make_user):
    definition = AttributeDefinition.objects.create(name="team")
    make_user(attributes={"team": "red"})
    make_user(attributes={"team": "red"})
    definition.unique = True
    assert attributes.find_faults(definition) == {
        "unique": "Several users have the same value: red."
    }


def test_attribute_that_is_no_longer_unique_gives_up_its_claims(number, make_user):
    attributes.claim_unique_values(make_user(attributes={"number": 7}))
    number.unique = False
    attributes.save_definition(number)
    assert list_claims() == []


def test_type_of_an_attribute_in_use_stays(number):
    number.type = "string"
    assert "type" in attributes.find_faults(number)
