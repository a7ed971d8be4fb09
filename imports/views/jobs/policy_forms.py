"""Forms of a job's policies for conflicts and existing users' fields, and its limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.forms import BoundField

from imports.core.planning.conflicts import PRESETS, Mode, list_resolutions
from imports.core.planning.field_policies import (
    ATTRIBUTES,
    GROUPS,
    POLICY_KINDS,
    POSSIBLE,
    list_possible,
)
from imports.core.planning.matching import (
    MatchCount,
    label_matching_key,
    list_matching_keys,
    propose_matching_key,
)
from imports.core.problems.conflict_kinds import KINDS, Reason, Resolution
from imports.core.records.targets import get_label
from imports.models import ImportJob
from imports.services.jobs.rate_limits import read_limits
from imports.views.runs.forms import LimitsForm

RESOLUTION_LABELS = {
    Resolution.SKIP: "Skip",
    Resolution.OVERWRITE: "Overwrite",
    Resolution.FAIL: "Fail the record",
    Resolution.STOP: "Fail the record and stop the job",
}
GROUP_LABELS = {
    "profile": "All of the profile",
    "authenticators": "All authenticators",
    "memberships": "All memberships",
    ATTRIBUTES: "All custom attributes",
}


class PoliciesForm(LimitsForm):
    """The conflict table and the policies of fields, each empty where the default counts."""

    def __init__(
        self,
        *args: Any,
        job: ImportJob,
        attributes: Iterable[str] = (),
        unique_attributes: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {}).update(read_limits(job))
        super().__init__(*args, **kwargs)
        self.mode = Mode(job.mode)
        self.fields["matching_key"] = _make_key_field(job, unique_attributes)
        self.reasons = {f"conflict-{reason}": reason for reason in Reason}
        self.paths = {f"field-{path}": path for path in list_paths(attributes)}
        for name, reason in self.reasons.items():
            self.fields[name] = self._make_reason_field(reason, job.conflicts.get(reason, ""))
        for name, path in self.paths.items():
            self.fields[name] = _make_path_field(path, job.field_policies.get(path, ""))

    def read_conflicts(self) -> dict[str, str]:
        return self._read_chosen(self.reasons)

    def read_field_policies(self) -> dict[str, str]:
        return self._read_chosen(self.paths)

    def list_reasons(self) -> list[BoundField]:
        return [self[name] for name in self.reasons]

    def list_groups(self) -> list[list[BoundField]]:
        """Return the fields of the profile and those of the rest, each group before its fields."""
        profile = [name for name, path in self.paths.items() if path.startswith("profile")]
        rest = [name for name in self.paths if name not in profile]
        return [[self[name] for name in names] for names in (profile, rest)]

    def _read_chosen(self, names: dict[str, Any]) -> dict[str, str]:
        return {
            str(key): self.cleaned_data[name]
            for name, key in names.items()
            if self.cleaned_data[name]
        }

    def _make_reason_field(self, reason: Reason, initial: str) -> forms.ChoiceField:
        preset = RESOLUTION_LABELS[PRESETS[self.mode][reason]]
        kind = KINDS[reason]
        return forms.ChoiceField(
            required=False,
            initial=initial,
            label=kind.label,
            help_text=kind.help,
            choices=[
                ("", f"Mode “{self.mode}”: {preset.lower()}"),
                *((each.value, RESOLUTION_LABELS[each]) for each in list_resolutions(reason)),
            ],
        )


def _make_key_field(job: ImportJob, unique_attributes: Collection[str]) -> forms.ChoiceField:
    """Return the choice of the matching key, with what each matches as far as that is known."""
    matches = job.dry_run["matches"] if job.dry_run else []
    counts = {each["key"]: each for each in matches}
    keys = list_matching_keys(unique_attributes)
    proposal = propose_matching_key(matches, job.matching_key)
    help_text = "How records are matched with existing users."
    if proposal:
        label = label_matching_key(proposal["key"])
        help_text += f" Proposed: {label}, by which most records have a user."
    elif not matches:
        help_text += " A dry run counts how many records match by each."
    return forms.ChoiceField(
        required=False,
        initial=job.matching_key,
        label="Matching key",
        help_text=help_text,
        choices=[(key, _label_key(key, counts.get(key))) for key in keys],
    )


def _label_key(matching_key: str, count: MatchCount | None) -> str:
    label = label_matching_key(matching_key)
    label = label[0].upper() + label[1:]
    return f"{label}: {count['users']:,} of {count['values']:,} match" if count else label


def list_paths(attributes: Iterable[str]) -> list[str]:
    """Return every field and group that can have a policy, each group before its fields."""
    paths = [*POSSIBLE, *(f"{ATTRIBUTES}.{name}" for name in attributes)]
    return [
        path
        for group in GROUPS
        for path in (group, *(each for each in paths if each.startswith(f"{group}.")))
    ]


def _make_path_field(path: str, initial: str) -> forms.ChoiceField:
    possible = list_possible(path)
    is_group = path in GROUPS or path.startswith(f"{ATTRIBUTES}.")
    default = POLICY_KINDS[possible[0]].label if path in POSSIBLE else "Same as for all"
    default = "Set individually below" if path in GROUPS else default
    label = GROUP_LABELS.get(path) or get_label(path)
    if path.startswith(f"{ATTRIBUTES}."):
        label = f"Attribute {path.removeprefix(f'{ATTRIBUTES}.')}"
    shown = possible if is_group else possible[1:]
    return forms.ChoiceField(
        required=False,
        initial=initial,
        label=label,
        choices=[("", default), *((each.value, POLICY_KINDS[each].label) for each in shown)],
    )
