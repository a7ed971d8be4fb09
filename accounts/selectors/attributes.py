"""Read the definitions of custom attributes."""

from __future__ import annotations

from accounts.attributes import AttributeRule
from accounts.models import AttributeDefinition


def read_rules() -> dict[str, AttributeRule]:
    """Return the rules of all defined attributes, by name."""
    return {definition.name: definition.rule for definition in AttributeDefinition.objects.all()}


def list_unique_attributes() -> list[str]:
    """Return the names of the attributes of which no two users may have the same value."""
    unique = AttributeDefinition.objects.filter(unique=True)
    return list(unique.order_by("name").values_list("name", flat=True))
