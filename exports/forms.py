"""The form of an export: which users, for which target, with or without credentials."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Group, User
from exports.selection import Selection
from exports.services.exporting import Order
from exports.targets import TARGETS
from imports.core.providers import label_source
from imports.models import ImportJob

# Longer lists are no help: a field takes what is typed.
MOST_LISTED = 200
FORM_SEPARATOR = ":"


class ExportForm(forms.Form):
    """What somebody wants exported; all that is chosen has to hold."""

    source = forms.CharField(
        label="Source system",
        required=False,
        widget=forms.TextInput(attrs={"list": "sources"}),
        help_text="Empty: users of every source system.",
    )
    group = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"list": "groups"}),
        help_text="The key of a group. Empty: members of any group, and others.",
    )
    search = forms.CharField(
        required=False,
        help_text="Start of a subject id, e-mail address, user name or phone number.",
    )
    job = forms.IntegerField(
        label="Import job",
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"list": "jobs", "inputmode": "numeric"}),
        help_text="The number of a job: users whom it created or updated.",
    )
    form = forms.ChoiceField(label="Format")
    with_credentials = forms.BooleanField(
        label="Include password hashes and authenticators", required=False
    )

    def __init__(self, *args: Any, may_take_credentials: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forms_of_targets = [
            (f"{target.name}{FORM_SEPARATOR}{name}", f"{target.label}: {shape.label}")
            for target in TARGETS.values()
            for name, shape in target.shapes.items()
        ]
        self.fields["form"].choices = forms_of_targets  # type: ignore[attr-defined]
        self.fields["form"].initial = forms_of_targets[0][0]
        if not may_take_credentials:
            del self.fields["with_credentials"]

    def read_order(self) -> Order:
        """Return what a valid form asks for."""
        chosen = self.cleaned_data
        target, _, shape = chosen["form"].partition(FORM_SEPARATOR)
        names = ("source", "group", "search", "job")
        selection = Selection(**{name: chosen[name] for name in names})
        return Order(TARGETS[target], shape, selection, chosen.get("with_credentials", False))


def list_sources() -> list[tuple[str, str]]:
    """Return the source systems of users, with what people call them."""
    names = User.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return [(name, label_source(name)) for name in names.distinct()[:MOST_LISTED]]


def list_groups() -> list[str]:
    return list(Group.objects.values_list("key", flat=True)[:MOST_LISTED])


def list_jobs() -> list[ImportJob]:
    return list(ImportJob.objects.order_by("-pk").only("pk", "name")[:20])
