"""The dry run: what an import would do, before it does it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import User
from imports.core.planning.wording import describe_changed_inputs, describe_plan_changes
from imports.core.providers import get_provider
from imports.core.providers.contract import exclude_nothing
from imports.models import ImportJob, PlanState
from imports.selectors import list_error_groups
from imports.services.approval import approvals
from imports.services.runs import runs
from imports.states import JobAction, JobState, may
from imports.views.dry_run.corrections import can_add, list_added
from imports.views.dry_run.decisions import CHOICES, list_names, make_exclude_form
from imports.views.dry_run.report import describe_report
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.live import ask_to_reload, describe_progress
from imports.views.shared.page import render_page


@require_safe
@requires("imports.view_importjob")
def show_dry_run(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    approval = _describe_approval(job, request.user)
    is_held = approvals.is_approval_required() and not approval["is_approved"]
    return render_page(
        request,
        "imports/dry_run/overview.html",
        title=str(job),
        job=job,
        step="dry_run",
        live=describe_progress(job) if job.state == JobState.DRY_RUNNING else None,
        can_dry_run=may(job, JobAction.DRY_RUN),
        can_run=may(job, JobAction.RUN) and job.started_at is None and not is_held,
        approval=approval,
        had_dry_run=runs.had_dry_run(job),
        is_held=is_held,
        may_dry_run=request.user.has_perm("imports.add_importjob"),
        may_run=request.user.has_perm("imports.run_importjob"),
        pilot_rows=settings.IMPORT_FIRST_SLICE_ROWS,
        choices=CHOICES,
        names=list_names(),
        form=make_exclude_form(job),
        excludes_non_users=get_provider(job.provider).excludes is not exclude_nothing,
        may_see_values=request.user.has_perm("imports.view_importrecord_values"),
        corrections=list_added(job),
        can_add=can_add(job, request),
        correctable={each.digest for each in list_error_groups(job)} if not job.has_begun else (),
        **(describe_report(job, job.dry_run, request.user) if job.dry_run else {}),
    )


@require_safe
@requires("imports.view_importjob")
def show_dry_run_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    if job.state != JobState.DRY_RUNNING:
        return ask_to_reload()
    return render(
        request, "imports/dry_run/live.html", {"job": job, "live": describe_progress(job)}
    )


def _describe_approval(job: ImportJob, user: User) -> dict[str, Any]:
    """Return the plan that the dry run made, and what the user may do about it."""
    plan = approvals.find_plan(job)
    if plan is None or job.started_at is not None or job.state != JobState.DRY_RUN_DONE:
        return {"plan": None, "is_approved": False}
    changed = approvals.find_changed_inputs(job, plan)
    is_preparer = user.pk in approvals.find_preparers(job)
    return {
        "plan": plan,
        "is_waiting": plan.state == PlanState.WAITING,
        "is_approved": plan.state == PlanState.APPROVED and not changed,
        "is_rejected": plan.state == PlanState.REJECTED,
        "changes": [*describe_changed_inputs(changed), *describe_plan_changes(plan.changes)],
        "is_preparer": is_preparer,
        "may_decide": not is_preparer and user.has_perm(approvals.PERMISSION),
    }
