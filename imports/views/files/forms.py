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
    "For JSON with users inside an object: “users”, “data.users”, or “orgs[].people” for a list "
    "in each element of another. For an SQL dump, the name of the table. Leave empty to detect it."
)


class ReaderForm(forms.Form):
    """How to read a file that was uploaded, where what was recognised is wrong."""

    provider = forms.ChoiceField(choices=PROVIDER_CHOICES, label="Source system")
    member = forms.ChoiceField(
        required=False,
        label="Table",
        help_text="A different table is read with the format detected for it.",
    )
    syntax = forms.ChoiceField(choices=SYNTAX_CHOICES, label="Syntax")
    encoding = forms.ChoiceField(choices=ENCODING_CHOICES)
    delimiter = forms.ChoiceField(choices=DELIMITER_CHOICES, help_text="For CSV only.")
    skip_lines = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=1000,
        initial=0,
        label="Lines to skip",
        help_text="For CSV and sheets: titles, comments or version lines before the table.",
    )
    has_header = forms.BooleanField(
        required=False,
        label="The first line has the column names",
        help_text="For CSV and sheets. Otherwise columns are numbered.",
    )
    path = forms.CharField(
        required=False,
        max_length=200,
        label="Path to users",
        help_text=PATH_HELP,
    )

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = inspection.options
        if inspection.rivals:
            fitting = [(each.provider, each.label) for each in inspection.rivals]
            others = [each for each in PROVIDER_CHOICES if each not in fitting]
            self.fields["provider"] = forms.ChoiceField(
                choices=[("", "Choose"), ("Matches", fitting), ("Other systems", others)],
                label="Source system",
            )
        if len(inspection.members) > 1:
            together = "All related tables" if options.tables else "Detect automatically"
            members = [(name, name) for name in inspection.members]
            self.fields["member"] = forms.ChoiceField(
                required=False,
                choices=[("", together), *members],
                label=f"Table of the {inspection.container}",
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
        help_text=(
            "CSV, JSON, NDJSON, LDIF, an SQL dump, an Excel workbook (.xlsx), an SQLite database, "
            "or the account file of Unix, Samba, Apache, Dovecot or DokuWiki; also compressed with "
            "gzip or in a zip archive, which can contain several related tables. Any size."
        ),
        widget=forms.FileInput(attrs={"class": "uf-drop"}),
    )
    name = forms.CharField(
        required=False,
        max_length=200,
        label="Job name",
        help_text="Leave empty to use the file name.",
    )
    provider = forms.ChoiceField(
        required=False,
        choices=[("", "Detect automatically"), *PROVIDER_CHOICES],
        label="Source system",
    )
    syntax = forms.ChoiceField(
        required=False, choices=[("", "Detect automatically"), *SYNTAX_CHOICES], label="Syntax"
    )
    encoding = forms.ChoiceField(
        required=False, choices=[("", "Detect automatically"), *ENCODING_CHOICES]
    )
    delimiter = forms.ChoiceField(
        required=False,
        choices=[("", "Detect automatically"), *DELIMITER_CHOICES],
        help_text="For CSV only.",
    )

    path = forms.CharField(
        required=False, max_length=200, label="Path to users", help_text=PATH_HELP
    )

    def read_chosen(self) -> dict[str, Any]:
        """Return the reading options that were chosen rather than left to be recognised."""
        names = ("syntax", "encoding", "delimiter", "path")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
