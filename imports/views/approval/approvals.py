"""The decision of a second person about the plan that a dry run made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from imports.core.errors import ImporterError
from imports.models import ImportJob
from imports.services.approval.approvals import decide_plan
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown

MAX_COMMENT = 2000


@require_POST
@requires("imports.view_importjob")
@requires("imports.approve_importjob")
def decide(request: StaffRequest, job_id: int) -> HttpResponse:
    """Approve or reject the plan that the page showed."""
    job = get_object_or_404(ImportJob, pk=job_id)
    plan = request.POST.get("plan", "")
    decision = request.POST.get("decision", "")
    if not plan.isdecimal() or decision not in {"approve", "reject"}:
        messages.error(request, "Approve the plan or reject it.")
        return redirect("imports:dry_run", job.pk)
    comment = request.POST.get("comment", "")[:MAX_COMMENT]
    is_approved = decision == "approve"
    try:
        decide_plan(
            job,
            int(plan),
            is_approved=is_approved,
            comment=comment,
            actor=request.user,
            shown=read_shown(request),
        )
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        done = "approved and can be imported" if is_approved else "rejected"
        messages.success(request, f"Plan {plan} is {done}.")
    return redirect("imports:dry_run", job.pk)
