"""The forms of the import pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from django import forms

from accounts.hashing import FORMATS
from accounts.models import Group, Role
from imports.core.conflicts import Mode
from imports.core.inspection import Inspection
from imports.core.mapping import Mapping
from imports.core.mapping.drafts import MappingDraft
from imports.core.providers import PROVIDERS, Question, get_provider
from imports.core.readers import DELIMITERS, ENCODINGS, SYNTAX_NAMES, TEXT_SYNTAXES, ReaderOptions
from imports.core.targets import ATTRIBUTES, get_label, list_targets
from imports.services.mappings import MAX_CHUNK_ROWS, MIN_CHUNK_ROWS, JobOptions

PASSWORD_FORMAT = "authenticators.password.format"  # noqa: S105 - the name of a field
MUST_CHANGE = "authenticators.password.must_change"
GROUPS, ROLES = "memberships.groups", "memberships.roles"
# Values for every record that have a field of their own.
OWN_FIELDS = frozenset({PASSWORD_FORMAT, MUST_CHANGE, GROUPS, ROLES})
# Before the names of fields for a provider's questions.
ANSWER = "answer-"
Choices = list[tuple[str, str]]
GroupedChoices = list[tuple[str, Any]]

SYNTAX_CHOICES: Choices = [(name, SYNTAX_NAMES[name]) for name in TEXT_SYNTAXES]
ENCODING_CHOICES: Choices = [(name, name.upper()) for name in ENCODINGS]
DELIMITER_CHOICES: Choices = [
    (character, f"{name} ({character})" if character.strip() else name)
    for character, name in DELIMITERS.items()
]
PROVIDER_CHOICES: Choices = [(name, provider.label) for name, provider in PROVIDERS.items()]
MODES = {
    Mode.SKIP: ("Skip", "Existing users stay exactly as they are; only new ones are created."),
    Mode.UPDATE: (
        "Update",
        "What the file has replaces what the user has; authenticators and memberships are added,"
        " none is taken away.",
    ),
    Mode.FAIL: (
        "Fail",
        "Records of existing users fail. For a move into an empty system, where none is expected.",
    ),
}


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
        help_text="Only for JSON whose users are inside an object: “users”, “data.users”, or"
        " “orgs[].people” for a list in each element of another. Empty to look for it.",
    )

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = inspection.options
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
        elif options.delimiter not in DELIMITERS:
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
        help_text="CSV, JSON, NDJSON, an Excel workbook (.xlsx) or an SQLite database; text also"
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

    def read_chosen(self) -> dict[str, Any]:
        """Return the reading options that were chosen rather than left to be recognised."""
        names = ("syntax", "encoding", "delimiter")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}


class MappingForm(forms.Form):
    """What applies to the whole file: fixed values, answers, and how existing users are treated.

    Where each column goes is in a draft of the mapping, which `build_mapping` is given.
    """

    mode = forms.ChoiceField(
        label="When a user exists already",
        choices=[(mode.value, label) for mode, (label, _) in MODES.items()],
        widget=forms.RadioSelect,
    )
    password_format = forms.ChoiceField(
        required=False,
        label="Format of the password hashes",
        choices=[
            ("", "Recognise each hash"),
            *sorted(((each.id, each.label) for each in FORMATS.values()), key=lambda c: c[1]),
        ],
        help_text="Only for hashes that do not say what they are, such as bare hexadecimal.",
    )
    must_change = forms.BooleanField(
        required=False,
        label="Everybody chooses a new password at the first sign-in",
        help_text="After signing in with the one imported.",
    )
    source_name = forms.CharField(
        required=False,
        max_length=200,
        label="Name of the source",
        help_text="Where the file has no subject ids, they are made from this name and the user's"
        " e-mail address: keep it the same for every file of the same system.",
    )
    chunk_rows = forms.IntegerField(
        min_value=MIN_CHUNK_ROWS,
        max_value=MAX_CHUNK_ROWS,
        label="Rows written together",
        help_text=f"From {MIN_CHUNK_ROWS} to {MAX_CHUNK_ROWS}. Fewer are kinder to a busy"
        " database, more are faster.",
    )

    groups = forms.CharField(
        required=False,
        max_length=2000,
        label="Groups for everybody",
        help_text="Keys, separated by commas.",
        widget=forms.TextInput(attrs={"list": "group-keys", "autocomplete": "off"}),
    )
    roles = forms.CharField(
        required=False,
        max_length=2000,
        label="Roles for everybody",
        help_text="Keys, separated by commas. The run grants none that its operator may not grant.",
        widget=forms.TextInput(attrs={"list": "role-keys", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, mapping: Mapping, answered: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mapping = mapping
        for question in get_provider(mapping.provider).questions:
            given = mapping.answers.get(question.name, question.default)
            self.fields[f"{ANSWER}{question.name}"] = make_answer_field(
                question, given, is_answered=question.name in answered
            )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        """Return the fields for the provider's questions."""
        return [self[name] for name in self.fields if name.startswith(ANSWER)]

    def clean_groups(self) -> list[str]:
        return self._clean_keys("groups", Group)

    def clean_roles(self) -> list[str]:
        return self._clean_keys("roles", Role)

    def _clean_keys(self, name: str, model: type[Group] | type[Role]) -> list[str]:
        keys = [key.strip() for key in re.split("[,;\n]", self.cleaned_data[name]) if key.strip()]
        known = set(model.objects.filter(key__in=keys).values_list("key", flat=True))
        if lost := [key for key in keys if key not in known]:
            raise forms.ValidationError(f"There is no such key: {', '.join(lost)}.")
        return list(dict.fromkeys(keys))

    def build_mapping(self, draft: MappingDraft) -> Mapping:
        """Return the mapping that was chosen; what the page does not show stays as it is.

        Of a form with faults, what is right.
        """
        rules, ignored = draft.build_rules()
        chosen = self.cleaned_data
        constants = keep_hidden(self.mapping.constants) | keep_types(
            draft.build_constants(), self.mapping.constants
        )
        constants |= {
            PASSWORD_FORMAT: chosen.get("password_format", ""),
            MUST_CHANGE: chosen.get("must_change") or "",
            GROUPS: chosen.get("groups") or "",
            ROLES: chosen.get("roles") or "",
        }
        answers = {
            name.removeprefix(ANSWER): answer.strip()
            for name, answer in chosen.items()
            if name.startswith(ANSWER)
        }
        return self.mapping.model_copy(
            update={
                "source_name": chosen.get("source_name", ""),
                "rules": rules,
                "constants": {target: value for target, value in constants.items() if value != ""},
                "ignored": ignored,
                "answers": answers,
            }
        )

    def read_job_options(self) -> JobOptions:
        return JobOptions(Mode(self.cleaned_data["mode"]), self.cleaned_data["chunk_rows"])


def make_answer_field(question: Question, given: str, *, is_answered: bool) -> forms.Field:
    """Return the field for a question; that for a secret never shows what was answered."""
    # Left empty, a secret stays as it is; the service says which answers are missing.
    shared: dict[str, Any] = {"required": False, "label": question.label}
    if question.choices:
        choices = [("", "—"), *((choice, choice) for choice in question.choices)]
        return forms.ChoiceField(
            choices=choices, initial=given, help_text=question.help_text, **shared
        )
    if question.is_secret:
        kept = "An answer is kept, encrypted: leave this empty to keep it." if is_answered else ""
        widget = forms.PasswordInput(attrs={"autocomplete": "off"})
        return forms.CharField(
            max_length=4096, help_text=f"{question.help_text} {kept}", widget=widget, **shared
        )
    return forms.CharField(max_length=4096, initial=given, help_text=question.help_text, **shared)


def write_fixed(constants: dict[str, Any]) -> dict[str, str]:
    """Return the values for every record that have no field of their own, as they are typed."""
    return {
        target: write_constant(value)
        for target, value in constants.items()
        if target not in OWN_FIELDS and not isinstance(value, dict)
    }


def write_constant(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def keep_types(given: dict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    """Return fixed values as they were before where the text still says the same."""
    same = {target for target, text in write_fixed(before).items() if given.get(target) == text}
    return {target: before[target] if target in same else text for target, text in given.items()}


def keep_hidden(constants: dict[str, Any]) -> dict[str, Any]:
    """Return the values that no field shows, such as the parameters of a hash format."""
    return {target: value for target, value in constants.items() if isinstance(value, dict)}


def list_target_choices(attributes: Iterable[str]) -> GroupedChoices:
    """Return all target fields under the headings of the record's parts."""
    groups: dict[str, Choices] = {}
    for path, target in list_targets().items():
        groups.setdefault(target.part, []).append((path, get_label(path)))
    groups["Attributes"] = [(f"{ATTRIBUTES}.{name}", name) for name in attributes]
    return [("", "Do not import"), *((part, group) for part, group in groups.items() if group)]


class TemplateFileForm(forms.Form):
    """A mapping template that was exported."""

    file = forms.FileField(
        label="File",
        max_length=300,
        help_text="A mapping template as Userferry exports it, in JSON.",
        widget=forms.FileInput(attrs={"class": "uf-drop", "accept": ".json,application/json"}),
    )
    name = forms.CharField(
        required=False,
        max_length=200,
        label="Name",
        help_text="The one in the file if left empty. A template of that name gets a new version.",
    )


class ProofForm(forms.Form):
    """One record, and what is typed to test it: the field that `typed` names."""

    typed: str

    record = forms.CharField(
        max_length=300,
        label="Record",
        help_text="Its row number, or the user's subject id, user name or e-mail address.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PasswordProofForm(ProofForm):
    """One record and the password it is known to have."""

    typed = "password"
    password = forms.CharField(
        max_length=4096,
        strip=False,
        label="Its password",
        help_text="Used for this one answer and kept nowhere.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class UnkeptInput(forms.TextInput):
    """Text that is shown while it is typed, and never sent back."""

    def format_value(self, value: object) -> None:
        return None


class CodeProofForm(ProofForm):
    """One record and a code that its authenticator app shows now."""

    typed = "code"
    code = forms.RegexField(
        r"[0-9][0-9 -]{4,10}[0-9]",
        label="The code that the app shows now",
        help_text="Six to eight digits. Used for this one answer and kept nowhere.",
        error_messages={"invalid": "Type the digits that the app shows."},
        widget=UnkeptInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class CodeReadingForm(forms.Form):
    """How all secrets of a file are written and used."""

    notation = forms.ChoiceField(choices=[(name, name) for name in ("base32", "hex", "text")])
    algorithm = forms.ChoiceField(choices=[(name, name) for name in ("SHA1", "SHA256", "SHA512")])
    digits = forms.TypedChoiceField(coerce=int, choices=[(n, n) for n in (6, 7, 8)])
    period = forms.TypedChoiceField(coerce=int, choices=[(n, n) for n in (30, 60)])
