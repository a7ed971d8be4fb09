"""What the dry run asks an operator to decide, and the form that answers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from imports.core.decisions import KINDS, Decision, DecisionValue, name_value
from imports.core.errors import ImporterError
from imports.models import ImportJob
from imports.services.dry_run.decisions import answer_decisions
from imports.services.runs import runs
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown
from imports.views.shared.problems import ShownExample, ShownProblem

# Where an operator can find the answer by a test sign-in, and where they give it.
TEST_PAGE, MAPPING_PAGE = "imports:test_sign_in_password", "imports:mapping"


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One value of a decision, its choices as id and label, and which is selected.

    `state` says who selected it.
    """

    value: str
    name: str
    count: int
    choices: list[tuple[str, str]]
    selected: str
    state: str


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision about one column; open while any of its values has no answer.

    `pairs` are examples of records that are beside an earlier row of the file; `help_page` is the
    name of the page on which the answer is found, and `help_label` what the link to it says.
    """

    key: str
    title: str
    text: str
    advice: str
    count: int
    is_open: bool
    values: list[ShownValue]
    help_page: str = ""
    help_label: str = ""
    pairs: tuple[ShownExample, ...] = ()


def list_required(
    decisions: Iterable[Decision], problems: Sequence[ShownProblem]
) -> list[ShownDecision]:
    """Return the decisions of a dry-run report, with examples out of its problems."""
    pairs: defaultdict[str, list[ShownExample]] = defaultdict(list)
    for problem in problems:
        pairs[problem.code] += [example for example in problem.examples if example.other]
    return [_describe(entry, tuple(pairs[entry["code"]])) for entry in decisions]


def _describe(entry: Decision, pairs: tuple[ShownExample, ...]) -> ShownDecision:
    help_page, help_label = find_help_page(entry["code"])
    return ShownDecision(
        key=entry["answer"],
        title=entry["title"],
        text=entry["text"],
        advice=entry["advice"],
        count=entry["count"],
        is_open=bool(entry["open"]),
        values=[_describe_value(entry["code"], value) for value in entry["values"]],
        help_page=help_page,
        help_label=help_label,
        pairs=pairs,
    )


def find_help_page(code: str) -> tuple[str, str]:
    """Return name and link text of the page that helps to answer; empty where there is none."""
    kind = KINDS.get(code)
    if kind and kind.is_answered_in_mapping:
        return MAPPING_PAGE, "Answer on the mapping page"
    return (TEST_PAGE, "Test sign-in") if kind and kind.is_found_by_testing else ("", "")


def _describe_value(code: str, value: DecisionValue) -> ShownValue:
    return ShownValue(
        value=value["value"],
        name=name_value(value["value"]),
        count=value["count"],
        choices=list_choices(code, value["choices"]),
        selected=value["choice"] or value["proposal"],
        state=_name_state(value),
    )


def _name_state(value: DecisionValue) -> str:
    if value["settled"]:
        return "Certain"
    if value["choice"]:
        return "Decided"
    return "Proposed" if value["proposal"] else "Open"


def list_choices(code: str, ids: list[str] | tuple[str, ...]) -> list[tuple[str, str]]:
    """Return id and label of choices of a kind of decision."""
    return [(each, KINDS[code].find_label(each)) for each in ids]


@require_POST
@requires("imports.add_importjob")
def answer(request: StaffRequest, job_id: int) -> HttpResponse:
    """Keep the choices that were made in the mapping, and start the dry run again."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        with transaction.atomic():
            choices, shown = _read_choices(request.POST), read_shown(request)
            count = answer_decisions(job, choices, actor=request.user, shown=shown)
            if count:
                runs.start_dry_run(job, actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        if not count:
            messages.info(request, "No decision selected. Choose what to do with the values.")
    return redirect("imports:dry_run", job_id)


def _read_choices(posted: QueryDict) -> dict[str, dict[str, str]]:
    """Return what was chosen by the name of the answer and by value; without what was left open."""
    chosen: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, value, choice in _list_posted(posted):
        if key and value and choice:
            chosen[key][value] = choice
    return dict(chosen)


def _list_posted(posted: QueryDict) -> Iterator[tuple[str, str, str]]:
    return zip(*(posted.getlist(name) for name in ("key", "value", "choice")), strict=False)
