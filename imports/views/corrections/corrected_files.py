"""Send records as a download, and accept the file in which they were corrected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.files import File
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in.reauthentication import find_confirmation_page, is_sign_in_recent
from imports.core.errors import FileFormatError, ImporterError
from imports.core.files.writers import write_csv, write_ndjson, write_xlsx
from imports.models import CorrectedFile, ImportJob, Status
from imports.services.corrections import corrected_files
from imports.services.corrections.downloads import (
    Download,
    list_source_objects,
    list_sources,
    list_statuses,
)
from imports.services.corrections.edits import foresee
from imports.services.jobs.transitions import note_event
from imports.views.results.filters import list_fields, read_filter, read_ticked
from imports.views.results.results import can_retry
from imports.views.shared.access import StaffRequest, refuse, requires
from imports.views.shared.page import list_parents, read_shown, render_page
from imports.views.shared.problems import describe_problem

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
}
VALUES, SECRETS = "imports.view_importrecord_values", "imports.view_importrecord_secrets"
SIGN_IN_AGAIN = (
    "Passwords and other secrets can only be downloaded shortly after signing in. Sign out, sign"
    " in again, and come back to this page."
)
# How many of the rows that a corrected file changes are tried before anybody decides.
TRIED = 20


@require_safe
@requires("imports.view_importjob")
def offer_download(request: StaffRequest, job_id: int) -> HttpResponse:
    """Offer records as a download, and to upload the corrected file."""
    job = get_object_or_404(ImportJob, pk=job_id)
    chosen = read_filter(request.GET, default=Status.FAILED.value)
    return render_page(
        request,
        "imports/corrections/download.html",
        title="Corrected file",
        job=job,
        step="results",
        fields=list_fields(chosen),
        chosen=chosen,
        may_see_values=request.user.has_perm(VALUES),
        may_see_secrets=request.user.has_perm(SECRETS),
        wants_secrets="secrets" in request.GET,
        wanted_format=request.GET.get("format", ""),
        can_retry=can_retry(job, request),
        parents=list_parents(job),
    )


@require_POST
@requires("imports.run_importjob", takes_files=True)
@requires("imports.view_importrecord_values")
def upload_corrected_file(request: StaffRequest, job_id: int) -> HttpResponse:
    """Accept a corrected file, and redirect to what it changes."""
    job = get_object_or_404(ImportJob, pk=job_id)
    file = request.FILES.get("file")
    try:
        if not isinstance(file, File):
            raise ImporterError("Choose the file first.")
        corrected = corrected_files.accept_corrected_file(
            job, file, actor=request.user, shown=read_shown(request)
        )
    except FileFormatError as error:
        messages.error(request, f"{error} {error.problem.kind.advice}")
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        return redirect("imports:corrected_file", job.pk, corrected.pk)
    return redirect("imports:corrected_files", job.pk)


@require_safe
@requires("imports.view_importjob")
def download(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Send the records that the address means; it is noted who took them and how."""
    job = get_object_or_404(ImportJob, pk=job_id)
    chosen = read_ticked(request.GET) or read_filter(request.GET)
    syntax = request.GET.get("format", "csv")
    if syntax not in FORMATS:
        raise Http404("This format does not exist.")
    may_see_values = request.user.has_perm(VALUES)
    has_values = may_see_values and chosen.keeps_rows
    with_secrets = "secrets" in request.GET and chosen.keeps_rows
    if with_secrets and (answer := _guard_secrets(request, job)):
        return answer
    detail: dict[str, Any] = {"format": syntax, "values": has_values, "secrets": with_secrets}
    if with_secrets:
        detail["records"] = chosen.select(job.pk).count()
    note_event(job, "download", actor=request.user, detail=detail)
    name = f"job-{job.pk}-{chosen.status or 'all'}.{syntax}"
    if syntax == "ndjson" and has_values:
        rows = list_source_objects(job, chosen, with_secrets=with_secrets)
        return _send(write_ndjson(rows), name, syntax)
    if has_values:
        table = list_sources(job, chosen, with_secrets=with_secrets)
    else:
        table = list_statuses(job, chosen)
    return _send_table(table, name, syntax)


def _guard_secrets(request: StaffRequest, job: ImportJob) -> HttpResponse | None:
    """Return what is answered instead of secrets; None to those who may have them now.

    It takes a permission of its own, and a password or code that was typed a short while ago.
    """
    lacking = next((each for each in (VALUES, SECRETS) if not request.user.has_perm(each)), None)
    if lacking is not None:
        return refuse(request, lacking)
    if is_sign_in_recent(request):
        return None
    # A download leaves the browser on the page that it was asked from.
    page = f"{reverse('imports:corrected_files', args=[job.pk])}?{request.GET.urlencode()}"
    then = request.get_full_path() if "row" in request.GET else page
    if question := find_confirmation_page(request, then=then):
        return redirect(question)
    messages.error(request, SIGN_IN_AGAIN)
    return redirect(page)


def _send_table(table: Download, name: str, syntax: str) -> HttpResponseBase:
    if syntax == "csv":
        return _send(write_csv(table.columns, table.rows), name, syntax)
    if syntax == "ndjson":
        return _send(write_ndjson(table.rows), name, syntax)
    return _send(write_xlsx(table.columns, table.rows), name, syntax)


def _send(content: Iterator[Any], name: str, syntax: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        content,
        content_type=FORMATS[syntax],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@require_safe
@requires("imports.run_importjob")
def show_corrected_file(request: StaffRequest, job_id: int, file_id: int) -> HttpResponse:
    """Show what a corrected file changes, what is rejected, and what a retry would result in."""
    corrected = get_object_or_404(
        CorrectedFile.objects.select_related("job"), pk=file_id, job=job_id
    )
    job = corrected.job
    rows = corrected_files.read_corrected_rows(corrected, TRIED) if can_retry(job, request) else []
    tried = foresee(job, rows, actor=request.user)
    return render_page(
        request,
        "imports/corrections/corrected_file.html",
        title=corrected.file_name,
        job=job,
        step="results",
        corrected=corrected,
        tried=[
            (
                each.row.row_number,
                each.status,
                [describe_problem(one, has_begun=True) for one in each.plan.problems],
            )
            for each in tried
        ],
        can_apply=bool(tried),
        parents=list_parents(job),
    )


@require_POST
@requires("imports.run_importjob")
def apply_corrected_file(request: StaffRequest, job_id: int, file_id: int) -> HttpResponse:
    """Retry the records of a corrected file with its rows."""
    corrected = get_object_or_404(CorrectedFile, pk=file_id, job=job_id)
    try:
        corrected_files.apply_corrected_file(
            corrected, actor=request.user, shown=read_shown(request)
        )
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:corrected_file", job_id, file_id)
    return redirect("imports:results", job_id)
