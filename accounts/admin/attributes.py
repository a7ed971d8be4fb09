"""The admin of attribute definitions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.admin.resources import AttributeDefinitionResource
from accounts.admin.transfer import ImportsAndExports
from accounts.models import AttributeDefinition
from accounts.services import attributes
from accounts.sign_in.races import LooksAgain


class AttributeDefinitionForm(forms.ModelForm):
    """A definition, checked against what users have already."""

    class Meta:
        model = AttributeDefinition
        fields = AttributeDefinitionResource.Meta.fields

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and (faults := attributes.find_faults(self.instance)):
            self._update_errors(ValidationError(faults))  # type: ignore[attr-defined]


@admin.register(AttributeDefinition)
class AttributeDefinitionAdmin(LooksAgain, ImportsAndExports, admin.ModelAdmin):
    """The schema of users' custom attributes."""

    form = AttributeDefinitionForm
    resource_classes = [AttributeDefinitionResource]
    when_empty = (
        "Attributes hold what the user profile does not, such as a department. An import can "
        "fill only attributes that are defined here. You can also define one while mapping a "
        "file."
    )
    list_display = ["name", "label", "type", "required", "unique"]
    list_filter = ["type", "required", "unique"]
    search_fields = ["name", "label"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: AttributeDefinition | None = None
    ) -> list[str]:
        # Values are stored under the name, in the form of the type.
        return ["name", "type"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: AttributeDefinition, form: Any, change: bool
    ) -> None:
        attributes.save_definition(obj)
