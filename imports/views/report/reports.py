"""The migration report of a job: a page to print, and the same as a PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from imports.models import ImportJob
from imports.views.report.pdf import write_pdf
from imports.views.report.sections import build_report
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import list_parents, render_page


@require_safe
@requires("imports.view_importjob")
def show_report(request: StaffRequest, job_id: int) -> HttpResponse:
    job = _get_job(job_id)
    report = build_report(job, request.user, timezone.now())
    return render_page(
        request,
        "imports/report/report.html",
        title=report.title,
        job=job,
        report=report,
        parents=list_parents(job),
    )


@require_safe
@requires("imports.view_importjob")
def download_report(request: StaffRequest, job_id: int) -> HttpResponse:
    now = timezone.now()
    pdf = write_pdf(build_report(_get_job(job_id), request.user, now), now)
    disposition = f'attachment; filename="migration-report-{job_id}.pdf"'
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


def _get_job(job_id: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("created_by", "operator"), pk=job_id)
