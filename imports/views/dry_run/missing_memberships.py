"""The buttons that create a role or group that records name and that does not exist."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from imports.core.errors import ImporterError
from imports.models import ImportJob
from imports.services.dry_run import missing_memberships
from imports.views.shared.access import StaffRequest, View, requires
from imports.views.shared.page import read_shown

KEY_LENGTH = 200
CONSEQUENCES = {
    "role": "It has no permissions yet. Add them in the admin if needed.",
    "group": "It has no roles yet. Add them in the admin if needed.",
}


def make_repair(kind: str, create: Callable[..., bool]) -> View:
    """Return the view that creates what the button's value names."""

    def _create(request: StaffRequest, job: ImportJob, key: str) -> None:
        try:
            is_new = create(job, key, actor=request.user, shown=read_shown(request))
        except ImporterError as error:
            messages.error(request, str(error))
            return
        if is_new:
            messages.success(request, f"The {kind} “{key}” was created. {CONSEQUENCES[kind]}")
        else:
            messages.info(request, f"The {kind} “{key}” exists already.")

    @require_POST
    @requires("imports.view_importjob")
    @requires(f"accounts.add_{kind}")
    def create_missing(request: StaffRequest, job_id: int) -> HttpResponse:
        job = get_object_or_404(ImportJob, pk=job_id)
        key = request.POST.get("key", "")
        if not 0 < len(key) <= KEY_LENGTH:
            messages.error(request, f"The key of a {kind} has 1 to {KEY_LENGTH} characters.")
        else:
            _create(request, job, key)
        return redirect("imports:results" if job.started_at else "imports:dry_run", job_id)

    return create_missing


create_role = make_repair("role", missing_memberships.create_role)
create_group = make_repair("group", missing_memberships.create_group)


def list_creatable(user: User) -> set[str]:
    """Return which of role and group the user may create."""
    return {kind for kind in CONSEQUENCES if user.has_perm(f"accounts.add_{kind}")}
