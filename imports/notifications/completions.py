"""Tell the result of an import that a program asked for by e-mail."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from imports.models import RequestedJob
from imports.services.connections.requested_jobs import count_records


def send_completion_mail(requested_job_id: int) -> None:
    """Send it to whoever the connection acts for; nothing if it is forgotten by now."""
    jobs = RequestedJob.objects.select_related("connection__owner")
    asked = jobs.filter(pk=requested_job_id).first()
    if asked is None or not asked.connection.owner.email:
        return
    counts = count_records(asked)
    pages = [
        urljoin(settings.PUBLIC_URL, reverse("imports:results", args=[job_id]))
        for job_id in sorted({each.job_id for each in asked.batches.all()})
    ]
    context = {"asked": asked, "connection": asked.connection, "counts": counts, "pages": pages}
    EmailMessage(
        f"Import by {asked.connection}: {counts['failed']} of {counts['total']} users failed"
        if counts["failed"]
        else f"Import by {asked.connection}: {counts['total']} users imported",
        render_to_string("imports/email/requested_job.txt", context),
        to=[asked.connection.owner.email],
    ).send()
