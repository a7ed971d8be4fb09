"""What is decided on the dry-run page: what missing groups become, and which records stay out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping
from imports.core.problems import CODES
from imports.core.problems.of_permissions import MISSING_MEMBERSHIPS
from imports.models import ImportJob
from imports.services.dry_run.decisions import (
    KEYS,
    Choice,
    Decision,
    choose_excluded,
    decide_memberships,
)
from imports.services.runs import runs
from imports.views.dry_run.forms import ExcludeForm
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown
from imports.views.shared.problems import Missing, ShownProblem, list_missing

# More would make the list of suggestions slow; any other name can still be typed.
MAX_NAMES = 500
CHOICES = [
    ("", "Decide later"),
    (Choice.CREATE.value, "Create it"),
    (Choice.RENAME.value, "Replace it"),
    (Choice.IGNORE.value, "Drop it"),
]


@dataclass(frozen=True, slots=True)
class OpenDecision:
    """A group or role that cannot be given, with the problem that says so, and why it stays so."""

    missing: Missing
    problem: ShownProblem
    can_be_created: bool
    note: str


@require_POST
@requires("imports.add_importjob")
def decide(request: StaffRequest, job_id: int) -> HttpResponse:
    """Create, rename or ignore the groups and roles decided on, and start another dry run."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        with transaction.atomic():
            decided = _read_decisions(request.POST)
            count = decide_memberships(job, decided, actor=request.user, shown=read_shown(request))
            if count:
                runs.start_dry_run(job, actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        if not count:
            messages.info(request, "No decision selected. Choose one for a group or role.")
    return redirect("imports:dry_run", job_id)


def _read_decisions(posted: QueryDict) -> Iterator[Decision]:
    """Yield what was chosen; “for all others” counts where nothing was."""
    columns = [posted.getlist(name) for name in ("kind", "key", "choice", "name")]
    for kind, key, chosen, name in zip(*columns, strict=False):
        choice = chosen or posted.get("others", "")
        if choice in {each.value for each in Choice} and kind in KEYS and key:
            yield Decision(kind, key, Choice(choice), name.strip())


@require_POST
@requires("imports.add_importjob")
def exclude(request: StaffRequest, job_id: int) -> HttpResponse:
    """Set which records are excluded, and start another dry run."""
    job = get_object_or_404(ImportJob, pk=job_id)
    form = make_exclude_form(job, request.POST)
    if not form.is_valid():
        faults = (str(fault) for faults in form.errors.values() for fault in faults)
        messages.error(request, "Nothing was changed. " + " ".join(faults))
        return redirect("imports:dry_run", job_id)
    keeps_non_users = not form.cleaned_data["non_users"]
    try:
        with transaction.atomic():
            choose_excluded(
                job,
                form.read_filters(),
                keeps_non_users=keeps_non_users,
                actor=request.user,
                shown=read_shown(request),
            )
            runs.start_dry_run(job, actor=request.user)
    except ImporterError as error:
        messages.error(request, str(error))
    return redirect("imports:dry_run", job_id)


def make_exclude_form(job: ImportJob, posted: QueryDict | None = None) -> ExcludeForm:
    """Return the form with the records that the job excludes."""
    mapping = Mapping.model_validate(job.mapping)
    columns = [column.name for column in Inspection.from_json(job.inspection).columns]
    return ExcludeForm(
        posted,
        filters=mapping.exclude,
        columns=columns,
        initial={"non_users": not mapping.keeps_non_users},
    )


def list_decisions(
    problems: Sequence[ShownProblem], creatable: Collection[str]
) -> list[OpenDecision]:
    """Return the groups and roles that somebody has to decide about."""
    still_missing = set(list_missing(problems))
    found = []
    for problem in problems:
        missing = problem.missing
        if missing is None:
            continue
        if CODES[problem.code] not in MISSING_MEMBERSHIPS:
            note = f"{problem.title}. {problem.advice}"
            found.append(OpenDecision(missing, problem, can_be_created=False, note=note))
        elif missing in still_missing:
            can_be_created = missing.kind in creatable
            note = (
                ""
                if can_be_created
                else (f"To create it, you need the permission accounts.add_{missing.kind}.")
            )
            found.append(OpenDecision(missing, problem, can_be_created, note))
    return found


def list_names() -> dict[str, list[str]]:
    """Return the keys of groups and roles that those of a file can become."""
    return {kind: list(keys.order_by("key")[:MAX_NAMES]) for kind, keys in KEYS.items()}
