"""Set a job's conflict policies, its field policies, and the limits of its run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors.attributes import read_rules
from imports.core.errors import ChangedMeanwhile, ImporterError
from imports.models import ImportJob
from imports.services.jobs.policies import save_policies
from imports.services.jobs.rate_limits import set_limits
from imports.states import JobAction, may
from imports.views.jobs.policy_forms import PoliciesForm
from imports.views.runs.forms import LimitsForm
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page


@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob")
def set_policies(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    form = _make_form(job, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, job, form)
    if not form.is_valid():
        return _show(request, job, form, status=422)
    try:
        # Both or neither: the second goes by what the first found unchanged.
        with transaction.atomic():
            _save(request, job, form)
    except ChangedMeanwhile as error:
        messages.error(request, str(error))
        return redirect("imports:policies", job_id)
    except ImporterError as error:
        form.add_error(None, str(error))
        return _show(request, job, form, status=422)
    messages.success(request, "Policies saved.")
    return redirect("imports:job", job_id)


@require_POST
@requires("imports.run_importjob")
def change_limits(request: StaffRequest, job_id: int) -> HttpResponse:
    """Change the limits of a job while it runs."""
    job = get_object_or_404(ImportJob, pk=job_id)
    form = LimitsForm(request.POST)
    if form.is_valid():
        try:
            limits = form.read_limits()
            set_limits(job, **limits, actor=request.user, shown=read_shown(request))
        except ChangedMeanwhile as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Limits changed. They apply immediately.")
    else:
        for name, faults in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, faults))}")
    return redirect("imports:run", job_id)


def _save(request: StaffRequest, job: ImportJob, form: PoliciesForm) -> None:
    save_policies(
        job,
        conflicts=form.read_conflicts(),
        field_policies=form.read_field_policies(),
        matching_key=form.cleaned_data["matching_key"] or job.matching_key,
        actor=request.user,
        shown=read_shown(request),
    )
    set_limits(job, **form.read_limits(), actor=request.user)


def _make_form(job: ImportJob, posted: Any) -> PoliciesForm:
    rules = read_rules()
    unique = [name for name, rule in rules.items() if rule.unique]
    form = PoliciesForm(posted, job=job, attributes=rules, unique_attributes=unique)
    if not may(job, JobAction.SET_POLICIES):
        for field in form.fields.values():
            field.disabled = True
    return form


def _show(
    request: StaffRequest, job: ImportJob, form: PoliciesForm, status: int = 200
) -> HttpResponse:
    return render_page(
        request,
        "imports/jobs/policies.html",
        title=str(job),
        subtitle="Conflict policies",
        job=job,
        step="mapping",
        form=form,
        is_editable=may(job, JobAction.SET_POLICIES),
        status=status,
    )
