"""The form for a mapping template that was exported."""

from __future__ import annotations

from django import forms


class TemplateFileForm(forms.Form):
    """A mapping template that was exported."""

    file = forms.FileField(
        label="File",
        max_length=300,
        help_text="A mapping template that Userferry exported (JSON).",
        widget=forms.FileInput(attrs={"class": "uf-drop", "accept": ".json,application/json"}),
    )
    name = forms.CharField(
        required=False,
        max_length=200,
        label="Name",
        help_text=(
            "Leave empty to use the name in the file. An existing template of that name gets a "
            "new version."
        ),
    )
