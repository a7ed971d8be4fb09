"""The schema of users' custom attributes, and the index that keeps unique ones unique."""

from django.core.exceptions import ValidationError
from django.db import models

from accounts.attributes import AttributeRule, AttributeType, check_rule


class AttributeDefinition(models.Model):
    """One custom attribute that users may have: its name, type and constraints."""

    name = models.CharField(
        max_length=100, help_text="The key of the stored value, such as “department”."
    )
    label = models.CharField(max_length=200, blank=True)
    type = models.CharField(
        max_length=20,
        choices=[(kind.value, kind.value) for kind in AttributeType],
        default=AttributeType.STRING.value,
    )
    required = models.BooleanField(default=False)
    unique = models.BooleanField(default=False, help_text="No two users may have the same value.")
    choices = models.JSONField(
        default=list,
        blank=True,
        help_text="A JSON list of the allowed values. Leave empty to allow any value.",
    )
    pattern = models.CharField(
        max_length=500,
        blank=True,
        help_text="A regular expression that the whole string value must match.",
    )
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="attribute_name_unique")]

    def __str__(self) -> str:
        return self.label or self.name

    def clean(self) -> None:
        faults = check_rule(self.rule)
        if faults:
            raise ValidationError(faults)

    @property
    def rule(self) -> AttributeRule:
        """Return the definition as the pure rule that values are checked against."""
        return AttributeRule(
            name=self.name,
            type=AttributeType(self.type),
            required=self.required,
            unique=self.unique,
            choices=tuple(self.choices),
            pattern=self.pattern,
        )


class UniqueAttributeValue(models.Model):
    """One user's claim to one value of a unique attribute; the constraint settles races."""

    definition = models.ForeignKey(AttributeDefinition, models.CASCADE, db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "value"], name="attribute_value_unique")
        ]

    def __str__(self) -> str:
        return f"{self.definition}: {self.value}"
