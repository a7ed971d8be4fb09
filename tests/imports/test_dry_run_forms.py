"""The form that chooses which records are excluded."""

from datetime import date

import pytest
from django.http import QueryDict

from imports.core.mapping import Condition, Filter, Operator
from imports.views.dry_run.forms import DISABLED, NEVER, UNVERIFIED, ExcludeForm, make_stale

OWN = Filter(
    conditions=(
        Condition(column="Kind", operator=Operator.IS, value="bot"),
        Condition(field="profile.locale", operator=Operator.EMPTY),
    )
)
ALONE = Filter(conditions=(Condition(column="Shoe", operator=Operator.ABOVE, value="50"),))


def send_back(form: ExcludeForm, filters: list[Filter]) -> ExcludeForm:
    """Return the form as a browser sends it that changed nothing."""
    posted = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False, ""):
            posted[name] = "on" if value is True else str(value)
    return ExcludeForm(posted, filters=filters, columns=["Kind", "Shoe"])


@pytest.mark.parametrize(
    "filters",
    [
        [],
        [make_stale(date(2020, 1, 31)), NEVER, DISABLED, UNVERIFIED],
        [OWN, ALONE],
        [make_stale(date(2020, 1, 31)), make_stale(date(2021, 1, 31)), OWN],
    ],
    ids=["nothing", "ready-made", "conditions", "both"],
)
def test_filters_come_back_from_the_form_as_they_were(filters: list[Filter]) -> None:
    form = send_back(ExcludeForm(filters=filters, columns=["Kind", "Shoe"]), filters)

    assert form.is_valid(), form.errors
    assert form.read_filters() == filters


def test_there_is_always_room_for_more_conditions() -> None:
    assert len(ExcludeForm(filters=[OWN], columns=[]).list_rows()) == 4


def test_a_column_that_the_file_lacks_can_still_be_taken_away() -> None:
    form = ExcludeForm(filters=[OWN], columns=[])

    assert ("column:Kind", "Kind") in form.fields["subject-0"].choices  # type: ignore[attr-defined]


def test_no_secret_can_be_chosen() -> None:
    choices = str(ExcludeForm(filters=[], columns=[]).fields["subject-0"].choices)  # type: ignore[attr-defined]

    assert "profile.email" in choices
    assert "password.hash" not in choices
