"""The forms that say how a file is read: on the upload page, and over its mapping."""

from __future__ import annotations

from typing import Any

from django import forms

from imports.core.inspection.inspection import Inspection
from imports.core.providers import PROVIDERS
from imports.core.readers import (
    DELIMITERS,
    ENCODINGS,
    OTHER_DELIMITERS,
    SYNTAX_NAMES,
    TEXT_SYNTAXES,
    ReaderOptions,
)

Choices = list[tuple[str, str]]
SYNTAX_CHOICES: Choices = [(name, SYNTAX_NAMES[name]) for name in TEXT_SYNTAXES]
ENCODING_CHOICES: Choices = [(name, name.upper()) for name in ENCODINGS]
DELIMITER_CHOICES: Choices = [
    (character, f"{name} ({character})" if character.strip() else name)
    for character, name in (DELIMITERS | OTHER_DELIMITERS).items()
]
PROVIDER_CHOICES: Choices = [(name, provider.label) for name, provider in PROVIDERS.items()]
PATH_HELP = (
    "Only for JSON whose users are inside an object: “users”, “data.users”, or “orgs[].people” for"
    " a list in each element of another. Empty to look for it."
)


class ReaderForm(forms.Form):
    """How to read a file that was uploaded, where what was recognised is wrong."""

    provider = forms.ChoiceField(choices=PROVIDER_CHOICES, label="Exported from")
    member = forms.ChoiceField(
        required=False,
        label="What to read of it",
        help_text="Another one is read in the way that its own start says.",
    )
    syntax = forms.ChoiceField(choices=SYNTAX_CHOICES, label="Syntax")
    encoding = forms.ChoiceField(choices=ENCODING_CHOICES)
    delimiter = forms.ChoiceField(choices=DELIMITER_CHOICES, help_text="Only for CSV.")
    skip_lines = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=1000,
        initial=0,
        label="Lines before the table",
        help_text="Of CSV and sheets: titles, comments or a version to be passed over.",
    )
    has_header = forms.BooleanField(
        required=False,
        label="The first line of the table names the columns",
        help_text="Of CSV and sheets. Without names the columns are numbered.",
    )
    path = forms.CharField(
        required=False,
        max_length=200,
        label="Path of the list",
        help_text=PATH_HELP,
    )

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = inspection.options
        if inspection.rivals:
            fitting = [(each.provider, each.label) for each in inspection.rivals]
            others = [each for each in PROVIDER_CHOICES if each not in fitting]
            self.fields["provider"] = forms.ChoiceField(
                choices=[("", "Choose"), ("Fit this file", fitting), ("Other systems", others)],
                label="Exported from",
            )
        if len(inspection.members) > 1:
            together = "All that belongs together" if options.tables else "Recognise"
            members = [(name, name) for name in inspection.members]
            self.fields["member"] = forms.ChoiceField(
                required=False,
                choices=[("", together), *members],
                label=f"What to read of the {inspection.container}",
                help_text=self.fields["member"].help_text,
            )
        else:
            del self.fields["member"]
        if options.syntax not in TEXT_SYNTAXES:
            superfluous = ["syntax", "encoding", "delimiter", "path"]
            if options.syntax == "sqlite":
                superfluous += ["skip_lines", "has_header"]
            for name in superfluous:
                del self.fields[name]
        elif options.delimiter not in DELIMITERS | OTHER_DELIMITERS:
            other = (options.delimiter, options.delimiter)
            self.fields["delimiter"] = forms.ChoiceField(choices=[*DELIMITER_CHOICES, other])

    def read_options(self) -> ReaderOptions:
        chosen = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return ReaderOptions.from_json(chosen)


class UploadForm(forms.Form):
    """A file to import. What is left empty is recognised from the file."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # reported like every other fault of a file, with what to do
        max_length=300,
        help_text="CSV, JSON, NDJSON, LDIF, an Excel workbook (.xlsx), an SQLite database, or the"
        " account file of Unix, Samba, Apache, Dovecot or DokuWiki; also"
        " compressed with gzip or in a zip archive, which may hold several tables that belong"
        " together. Of any size.",
        widget=forms.FileInput(attrs={"class": "uf-drop"}),
    )
    name = forms.CharField(
        required=False,
        max_length=200,
        label="Name of the job",
        help_text="What you will know it by later; the file's name if left empty.",
    )
    provider = forms.ChoiceField(
        required=False, choices=[("", "Recognise"), *PROVIDER_CHOICES], label="Exported from"
    )
    syntax = forms.ChoiceField(
        required=False, choices=[("", "Recognise"), *SYNTAX_CHOICES], label="Syntax"
    )
    encoding = forms.ChoiceField(required=False, choices=[("", "Recognise"), *ENCODING_CHOICES])
    delimiter = forms.ChoiceField(
        required=False,
        choices=[("", "Recognise"), *DELIMITER_CHOICES],
        help_text="Only for CSV.",
    )

    path = forms.CharField(
        required=False, max_length=200, label="Path of the list", help_text=PATH_HELP
    )

    def read_chosen(self) -> dict[str, Any]:
        """Return the reading options that were chosen rather than left to be recognised."""
        names = ("syntax", "encoding", "delimiter", "path")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
