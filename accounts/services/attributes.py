"""Check a user's custom attributes against their definitions, and claim the unique values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from accounts.attributes import AttributeValueError, clean_value
from accounts.models import AttributeDefinition, UniqueAttributeValue, User


def clean_attribute(definition: AttributeDefinition, value: Any, user: User) -> Any:
    """Return the value as it is stored, or raise AttributeValueError; None is no value."""
    if value is None or value == "":
        if definition.required:
            raise AttributeValueError("attribute_missing", "is required")
        return None
    cleaned = clean_value(value, definition.rule)
    if definition.unique and _is_claimed(definition, cleaned, user):
        raise AttributeValueError("attribute_taken", "is already used by another user")
    return cleaned


def _is_claimed(definition: AttributeDefinition, value: Any, user: User) -> bool:
    claims = UniqueAttributeValue.objects.filter(definition=definition, value=str(value))
    return claims.exclude(user_id=user.pk).exists()


def claim_unique_values(user: User) -> None:
    """Bring the index of unique values in step with the attributes of a saved user."""
    definitions = {each.pk: each for each in AttributeDefinition.objects.filter(unique=True)}
    wanted = {
        pk: str(user.attributes[each.name])
        for pk, each in definitions.items()
        if user.attributes.get(each.name) is not None
    }
    claims = UniqueAttributeValue.objects.filter(user=user)
    held = {claim.definition_id: claim.value for claim in claims}
    stale = [pk for pk, value in held.items() if wanted.get(pk) != value]
    claims.filter(definition__in=stale).delete()
    UniqueAttributeValue.objects.bulk_create(
        UniqueAttributeValue(definition=definitions[pk], user=user, value=value)
        for pk, value in wanted.items()
        if held.get(pk) != value
    )


def list_undefined_attributes(user: User) -> Mapping[str, Any]:
    """Return the attributes that have no definition any more; they are kept as they are."""
    defined = set(AttributeDefinition.objects.values_list("name", flat=True))
    return {name: value for name, value in user.attributes.items() if name not in defined}


def find_faults(definition: AttributeDefinition) -> dict[str, str]:
    """Return what speaks against saving a changed definition, by field."""
    stored = AttributeDefinition.objects.filter(pk=definition.pk).first()
    if stored is None:
        return {}
    faults = {}
    if stored.type != definition.type:
        faults["type"] = "Users have values of this type already. Create another attribute."
    if definition.unique and not stored.unique and (shared := _find_shared_values(definition)):
        faults["unique"] = "Several users have the same value: " + ", ".join(shared) + "."
    return faults


def _find_shared_values(definition: AttributeDefinition) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attributes ->> %(name)s FROM accounts_user"
            " WHERE jsonb_typeof(attributes -> %(name)s) <> 'null'"
            " GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 5",
            {"name": definition.name},
        )
        return [value for (value,) in cursor.fetchall()]


@transaction.atomic
def save_definition(definition: AttributeDefinition) -> None:
    """Save a definition; all users' values of an attribute that became unique are claimed."""
    definition.save()
    claims = UniqueAttributeValue.objects.filter(definition=definition)
    if not definition.unique:
        claims.delete()
    elif not claims.exists():
        _claim_existing_values(definition)


def _claim_existing_values(definition: AttributeDefinition) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_uniqueattributevalue (definition_id, user_id, value)"
            " SELECT %(definition)s, id,"
            # Claims are written as Python writes the value, and it capitalises its booleans.
            " CASE jsonb_typeof(attributes -> %(name)s) WHEN 'boolean'"
            " THEN initcap(attributes ->> %(name)s) ELSE attributes ->> %(name)s END"
            " FROM accounts_user WHERE jsonb_typeof(attributes -> %(name)s) <> 'null'",
            {"definition": definition.pk, "name": definition.name},
        )
