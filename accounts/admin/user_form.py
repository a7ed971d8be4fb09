"""The form of one user: the profile, and a field for each attribute that is defined."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime

from accounts.attributes import AttributeType, AttributeValueError
from accounts.identifiers import normalise_email, normalise_phone
from accounts.models import AttributeDefinition, User
from accounts.services import attributes, email_addresses

NOTHING = ("", "---------")
IN_JSON = {AttributeType.LIST, AttributeType.OBJECT}
INPUT_TYPES = {AttributeType.DATE: "date"}
HELP = {
    AttributeType.DATETIME: "In ISO 8601, such as 2026-11-21T09:30:00+00:00.",
    AttributeType.LIST: 'A JSON list, such as ["red", "blue"].',
    AttributeType.OBJECT: 'A JSON object, such as {"floor": 3}.',
}


class UserForm(forms.ModelForm):
    """A user. Subclasses that `build_user_form` makes have the fields of the attributes, too."""

    definitions: ClassVar[dict[str, AttributeDefinition]] = {}

    email_verified = forms.BooleanField(
        label="E-mail verified",
        required=False,
        help_text="The user has proven that the address is theirs.",
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["email_verified"] = email_addresses.is_main_address_verified(self.instance)
        self.email_before = self.instance.email
        self._name_parts_of_timestamps()
        for field_name, definition in self.definitions.items():
            value = self.instance.attributes.get(definition.name)
            self.initial[field_name] = show_value(value, AttributeType(definition.type))

    def _name_parts_of_timestamps(self) -> None:
        """Name both inputs of a date with a time: the admin gives them one label, for neither."""
        for field in self.fields.values():
            if isinstance(field.widget, AdminSplitDateTime):
                for part, name in zip(field.widget.widgets, ("date", "time"), strict=True):
                    part.attrs["aria-label"] = f"{field.label}: {name}"

    def clean_email(self) -> str | None:
        return normalise_email(self.cleaned_data["email"] or "") or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        stored = dict(self.instance.attributes)
        for field_name, definition in self.definitions.items():
            stored.pop(definition.name, None)
            try:
                value = attributes.clean_attribute(
                    definition, cleaned.get(field_name), self.instance
                )
            except AttributeValueError as error:
                self.add_error(field_name, f"{definition} {error}.")
                continue
            if value is not None:
                stored[definition.name] = value
        self.instance.attributes = stored
        return cleaned


class PhoneField(forms.CharField):
    """A phone number, with whatever punctuation it is written."""

    def to_python(self, value: Any) -> str | None:
        return normalise_phone(value or "") or None


def build_user_form(definitions: Iterable[AttributeDefinition]) -> type[UserForm]:
    by_field = {f"attribute_{each.pk}": each for each in definitions}
    fields = {name: build_field(each) for name, each in by_field.items()}
    return type("UserForm", (UserForm,), {**fields, "definitions": by_field})


def build_field(definition: AttributeDefinition) -> forms.Field:
    """Return a field that takes anything: the definition's rule judges it, as it does imports."""
    kind = AttributeType(definition.type)
    # Marked here and enforced by the rule, whose message says which attribute it is.
    label = f"{definition} *" if definition.required else str(definition)
    help_text = definition.description or HELP.get(kind, "")
    if kind == AttributeType.BOOLEAN:
        choices = [NOTHING, ("true", "Yes"), ("false", "No")]
        return forms.ChoiceField(label=label, required=False, choices=choices, help_text=help_text)
    if definition.choices and kind not in IN_JSON:
        choices = [NOTHING, *((str(each), str(each)) for each in definition.choices)]
        return forms.ChoiceField(label=label, required=False, choices=choices, help_text=help_text)
    widget: forms.Widget = forms.TextInput(
        attrs={"class": "vTextField", "type": INPUT_TYPES.get(kind, "text")}
    )
    if kind in IN_JSON:
        widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


def show_value(value: Any, kind: AttributeType) -> str:
    """Return a stored value as its field shows it."""
    if value is None:
        return ""
    if kind in IN_JSON:
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)
