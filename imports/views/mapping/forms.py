"""The form of the mapping page but for its columns: options, fixed values, answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from django import forms

from accounts.hashing import FORMATS
from accounts.hashing.presets import PRESETS, find_preset
from accounts.models import Group, Role
from imports.core.decisions import Answer, pick_decisions, pick_questions
from imports.core.mapping import Mapping
from imports.core.mapping.drafts import MappingDraft
from imports.core.planning.conflicts import Mode
from imports.core.questions import Question
from imports.core.records.targets import (
    ATTRIBUTES,
    PASSWORD_FORMAT,
    PASSWORD_PARAMS,
    get_label,
    list_targets,
)
from imports.services.mapping.mappings import MAX_CHUNK_ROWS, MIN_CHUNK_ROWS, JobOptions

Choices = list[tuple[str, str]]
MUST_CHANGE = "authenticators.password.must_change"
GROUPS, ROLES = "memberships.groups", "memberships.roles"
# Values for every record that have a field of their own.
OWN_FIELDS = frozenset({PASSWORD_FORMAT, MUST_CHANGE, GROUPS, ROLES})
# Before the names of fields for a provider's questions.
ANSWER = "answer-"
GroupedChoices = list[tuple[str, Any]]
MODES = {
    Mode.SKIP: ("Skip", "Existing users do not change. Only new users are created."),
    Mode.UPDATE: (
        "Update",
        "Values in the file replace those of existing users. Authenticators and memberships are "
        "added and never removed.",
    ),
    Mode.FAIL: (
        "Fail",
        "Records of existing users fail. Use this for an import into an empty system.",
    ),
}


class MappingForm(forms.Form):
    """What applies to the whole file: fixed values, answers, and how existing users are treated.

    Where each column goes is in a draft of the mapping, which `build_mapping` is given.
    """

    mode = forms.ChoiceField(
        label="Existing users",
        choices=[(mode.value, label) for mode, (label, _) in MODES.items()],
        widget=forms.RadioSelect,
    )
    password_preset = forms.CharField(
        required=False,
        max_length=200,
        label="Password preset",
        help_text=(
            "The system whose password hashes these are, if its name is in the list. Save to see "
            "what the preset asks for, such as a secret of the application."
        ),
        widget=forms.TextInput(attrs={"list": "password-presets", "autocomplete": "off"}),
    )
    password_format = forms.ChoiceField(
        required=False,
        label="Password format",
        choices=[
            ("", "Detect for each hash"),
            *sorted(((each.id, each.label) for each in FORMATS.values()), key=lambda c: c[1]),
        ],
        help_text=(
            "Applies only to hashes without a format marker, such as bare hexadecimal. Hashes "
            "with a marker, such as bcrypt, are read as marked."
        ),
    )
    must_change = forms.BooleanField(
        required=False,
        label="Require a new password at first sign-in",
        help_text="Users sign in once with the imported password, then choose a new one.",
    )
    source_name = forms.CharField(
        required=False,
        max_length=200,
        label="Source name",
        help_text=(
            "Records without a subject id get one derived from this name and their e-mail "
            "address, user name or phone number. Use the same name for all files from the same "
            "system."
        ),
    )
    chunk_rows = forms.IntegerField(
        min_value=MIN_CHUNK_ROWS,
        max_value=MAX_CHUNK_ROWS,
        label="Batch size",
        help_text=(
            f"From {MIN_CHUNK_ROWS} to {MAX_CHUNK_ROWS}. Smaller batches put less load on the "
            "database. Larger batches are faster."
        ),
    )

    groups = forms.CharField(
        required=False,
        max_length=2000,
        label="Groups for all users",
        help_text="Keys, separated by commas.",
        widget=forms.TextInput(attrs={"list": "group-keys", "autocomplete": "off"}),
    )
    roles = forms.CharField(
        required=False,
        max_length=2000,
        label="Roles for all users",
        help_text=(
            "Keys, separated by commas. The run grants only roles that its operator can grant."
        ),
        widget=forms.TextInput(attrs={"list": "role-keys", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        mapping: Mapping,
        questions: Iterable[Question] = (),
        answered: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mapping = mapping
        for question in questions:
            given = pick_questions(mapping.answers).get(question.name, question.default)
            self.fields[f"{ANSWER}{question.name}"] = make_answer_field(
                question, given, is_answered=question.name in answered
            )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        """Return the fields for the questions that records need answered."""
        return [self[name] for name in self.fields if name.startswith(ANSWER)]

    @property
    def presets(self) -> list[tuple[str, str]]:
        """Return the names of the presets to choose from, and what each stands for."""
        return [(name, describe_preset(name)) for name in PRESETS]

    def clean_password_preset(self) -> str:
        """Return the name of a preset as the table has it."""
        given: str = self.cleaned_data["password_preset"]
        preset = find_preset(given)
        if given.strip() and preset is None:
            raise forms.ValidationError("There is no such preset. Choose one from the list.")
        return preset.name if preset else ""

    def _choose_format(self) -> str:
        """Return the format that was chosen; a preset chosen just now replaces a former one."""
        chosen: str = self.cleaned_data.get("password_format", "")
        preset = find_preset(self.cleaned_data.get("password_preset", ""))
        is_new = preset is not None and preset.name != self.mapping.password_preset
        is_former = chosen == self.mapping.constants.get(PASSWORD_FORMAT, "")
        return "" if is_new and is_former else chosen

    def clean_groups(self) -> list[str]:
        return self._clean_keys("groups", Group)

    def clean_roles(self) -> list[str]:
        return self._clean_keys("roles", Role)

    def _clean_keys(self, name: str, model: type[Group] | type[Role]) -> list[str]:
        keys = [key.strip() for key in re.split("[,;\n]", self.cleaned_data[name]) if key.strip()]
        known = set(model.objects.filter(key__in=keys).values_list("key", flat=True))
        if lost := [key for key in keys if key not in known]:
            raise forms.ValidationError(
                f"These keys do not exist: {', '.join(lost)}. Correct or remove them.",
            )
        return list(dict.fromkeys(keys))

    def _keep_hidden(self) -> dict[str, Any]:
        """Return the values that no field shows, such as the parameters of the hash format."""
        constants = self.mapping.constants
        kept = {target: value for target, value in constants.items() if isinstance(value, dict)}
        if self._choose_format() != constants.get(PASSWORD_FORMAT, ""):
            kept.pop(PASSWORD_PARAMS, None)  # those of another format
        return kept

    def build_mapping(self, draft: MappingDraft) -> Mapping:
        """Return the mapping that was chosen; what the page does not show stays as it is.

        Of a form with faults, what is right.
        """
        rules, ignored = draft.build_rules()
        unseen = [path for path in self.mapping.ignored if path not in draft.columns]
        chosen = self.cleaned_data
        constants = self._keep_hidden() | keep_types(
            draft.build_constants(), self.mapping.constants
        )
        constants |= {
            PASSWORD_FORMAT: self._choose_format(),
            MUST_CHANGE: chosen.get("must_change") or "",
            GROUPS: chosen.get("groups") or "",
            ROLES: chosen.get("roles") or "",
        }
        answers: dict[str, Answer] = pick_decisions(self.mapping.answers)
        answers |= {
            name.removeprefix(ANSWER): answer.strip()
            for name, answer in chosen.items()
            if name.startswith(ANSWER)
        }
        return self.mapping.model_copy(
            update={
                "source_name": chosen.get("source_name", ""),
                "password_preset": chosen.get("password_preset", ""),
                "rules": rules,
                "constants": {target: value for target, value in constants.items() if value != ""},
                "ignored": [*unseen, *ignored],
                "answers": answers,
            }
        )

    def read_job_options(self) -> JobOptions:
        return JobOptions(Mode(self.cleaned_data["mode"]), self.cleaned_data["chunk_rows"])


def describe_preset(name: str) -> str:
    """Return the formats that a preset stands for."""
    preset = PRESETS[name]
    formats = preset.marked or (preset.format_id,)
    return ", ".join(FORMATS[each].label for each in formats)


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
        kept = "An answer is stored encrypted. Leave empty to keep it." if is_answered else ""
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


def list_target_choices(attributes: Iterable[str]) -> GroupedChoices:
    """Return all target fields under the headings of the record's parts."""
    groups: dict[str, Choices] = {}
    for path, target in list_targets().items():
        groups.setdefault(target.part, []).append((path, get_label(path)))
    groups["Attributes"] = [(f"{ATTRIBUTES}.{name}", name) for name in attributes]
    return [("", "Do not import"), *((part, group) for part, group in groups.items() if group)]


def list_answered(posted: Iterable[str]) -> list[str]:
    """Return the names of the questions for which a form had a field."""
    return [name.removeprefix(ANSWER) for name in posted if name.startswith(ANSWER)]
