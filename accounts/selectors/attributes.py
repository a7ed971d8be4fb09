"""Read the definitions of custom attributes."""

from __future__ import annotations

from accounts.attributes import AttributeRule
from accounts.models import AttributeDefinition


def read_rules() -> dict[str, AttributeRule]:
    """Return the rules of all defined attributes, by name."""
    return {definition.name: definition.rule for definition in AttributeDefinition.objects.all()}
