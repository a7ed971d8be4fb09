"""The forms of the dry-run page: which records to exclude, and what missing groups become."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django import forms

from imports.core.mapping import Condition, Filter, Operator
from imports.core.mapping.filters import WORDS_OF
from imports.core.records.targets import SECRET_TARGETS, get_label, list_targets

ISO_DATE = "%Y-%m-%d"
LAST_LOGIN = "profile.last_login"
NEVER = Filter(conditions=(Condition(field=LAST_LOGIN, operator=Operator.EMPTY),))
DISABLED = Filter(
    conditions=(Condition(field="profile.active", operator=Operator.IS, value="false"),)
)
UNVERIFIED = Filter(
    conditions=(
        Condition(field="profile.email", operator=Operator.FILLED),
        Condition(field="profile.email_verified", operator=Operator.IS_NOT, value="true"),
    )
)
OWN_ROWS = 2
AND = "and"
OPERATOR_CHOICES = [(operator.value, words) for operator, words in WORDS_OF.items()]


class ExcludeForm(forms.Form):
    """Which records are excluded: ready-made filters, and rows of conditions.

    A row that is joined to the one above it has to be met together with that one.
    """

    before = forms.DateField(
        required=False,
        label="Last sign-in before",
        input_formats=[ISO_DATE],
        # What a browser takes for a date field, whatever the language.
        widget=forms.DateInput(format=ISO_DATE, attrs={"type": "date"}),
    )
    never = forms.BooleanField(required=False, label="No sign-in recorded")
    disabled = forms.BooleanField(required=False, label="Disabled accounts")
    unverified = forms.BooleanField(required=False, label="E-mail address not verified")
    non_users = forms.BooleanField(required=False, label="Entries that are not users")

    def __init__(
        self, *args: Any, filters: Iterable[Filter], columns: Iterable[str], **kwargs: Any
    ) -> None:
        rows, ready = _split_filters(filters)
        super().__init__(*args, **kwargs)
        self.initial = {**ready, **self.initial}
        self.row_count = len(rows) + OWN_ROWS
        subjects = _list_subjects(columns)
        for number in range(self.row_count):
            joined, condition = rows[number] if number < len(rows) else (False, None)
            self._add_row(number, condition, subjects, joined=joined)

    def _add_row(
        self, number: int, condition: Condition | None, subjects: Any, *, joined: bool
    ) -> None:
        subject = _name_subject(condition) if condition else ""
        names = {value for _, group in subjects[1:] for value, _ in group}
        if subject and subject not in names:
            subjects = [*subjects, (subject, subject.partition(":")[2])]
        name = f"Condition {number + 1}"
        self.fields[f"joined-{number}"] = forms.ChoiceField(
            required=False,
            choices=[("", "or"), (AND, "and")],
            initial=AND if joined else "",
            widget=forms.Select(attrs={"aria-label": f"{name}: joined to the one above by"}),
        )
        self.fields[f"subject-{number}"] = forms.ChoiceField(
            required=False,
            choices=subjects,
            initial=subject,
            widget=forms.Select(attrs={"aria-label": f"{name}: column or field"}),
        )
        self.fields[f"operator-{number}"] = forms.ChoiceField(
            required=False,
            choices=OPERATOR_CHOICES,
            initial=condition.operator.value if condition else Operator.IS.value,
            widget=forms.Select(attrs={"aria-label": f"{name}: comparison"}),
        )
        self.fields[f"value-{number}"] = forms.CharField(
            required=False,
            max_length=200,
            initial=condition.value if condition else "",
            widget=forms.TextInput(attrs={"aria-label": f"{name}: value"}),
        )

    def list_rows(self) -> list[dict[str, forms.BoundField]]:
        """Return the fields of each condition."""
        names = ("joined", "subject", "operator", "value")
        return [
            {name: self[f"{name}-{number}"] for name in names} for number in range(self.row_count)
        ]

    def read_filters(self) -> list[Filter]:
        """Return the filters that were chosen."""
        data = self.cleaned_data
        filters = []
        if data["before"]:
            filters.append(make_stale(data["before"]))
        ready = {"never": NEVER, "disabled": DISABLED, "unverified": UNVERIFIED}
        filters += [each for name, each in ready.items() if data[name]]
        return [*filters, *self._read_rows()]

    def _read_rows(self) -> list[Filter]:
        groups: list[list[Condition]] = []
        for number in range(self.row_count):
            kind, _, name = self.cleaned_data[f"subject-{number}"].partition(":")
            if not name:
                continue
            condition = Condition(
                field=name if kind == "field" else "",
                column=name if kind == "column" else "",
                operator=Operator(self.cleaned_data[f"operator-{number}"] or Operator.IS),
                value=self.cleaned_data[f"value-{number}"],
            )
            if groups and self.cleaned_data[f"joined-{number}"] == AND:
                groups[-1].append(condition)
            else:
                groups.append([condition])
        return [Filter(conditions=tuple(conditions)) for conditions in groups]


def make_stale(before: date) -> Filter:
    """Return the filter of accounts whose last sign-in was before a day."""
    return Filter(
        conditions=(
            Condition(field=LAST_LOGIN, operator=Operator.BEFORE, value=before.isoformat()),
        )
    )


def _split_filters(
    filters: Iterable[Filter],
) -> tuple[list[tuple[bool, Condition]], dict[str, Any]]:
    """Return the filters that are rows of conditions, and the values of the ready-made fields."""
    rows: list[tuple[bool, Condition]] = []
    ready: dict[str, Any] = {}
    for each in filters:
        if each in (NEVER, DISABLED, UNVERIFIED):
            name = {NEVER: "never", DISABLED: "disabled", UNVERIFIED: "unverified"}[each]
            ready[name] = True
        elif "before" not in ready and (day := _read_stale(each)):
            ready["before"] = day
        else:
            rows += [(number > 0, condition) for number, condition in enumerate(each.conditions)]
    return rows, ready


def _read_stale(each: Filter) -> date | None:
    condition = each.conditions[0]
    try:
        day = datetime.strptime(condition.value, ISO_DATE).replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return day if each == make_stale(day) else None


def _name_subject(condition: Condition) -> str:
    return f"column:{condition.column}" if condition.column else f"field:{condition.field}"


def _list_subjects(columns: Iterable[str]) -> list[tuple[str, Any]]:
    fields = [path for path in list_targets() if path not in SECRET_TARGETS]
    return [
        ("", "Nothing"),
        ("Columns of the file", [(f"column:{column}", column) for column in columns]),
        ("Target fields", [(f"field:{f}", get_label(f)) for f in fields]),
    ]
